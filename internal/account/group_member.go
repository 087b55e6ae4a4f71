package account

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Member is somebody in a group.
type Member struct {
	Person      string
	Name        string
	ActsFor     string // the State or body on whose word she was admitted
	Body        string
	Facilitates bool
	Silent      time.Time // until when she does not write there
	Since       time.Time
	Until       time.Time // when that word ends
	Open        bool      // the word holds: she is in the group
}

// MemberFilter chooses among the members of a group.
type MemberFilter struct {
	Words string // of her name, or their beginnings
	Runs  bool   // who run the group
}

// Members lists who is in a group, who runs it first, then by name, from behind the
// person with the id after on; more is the last one's id where others follow. It is
// for its members and for those who keep groups. To its members only those show for
// whom the word holds.
func Members(ctx context.Context, q store.Reader, who access.Subject, group string, f MemberFilter, after string, limit int) (list []Member, more string, err error) {
	s, err := StandingIn(ctx, q, who, group)
	if err == nil && !s.Member && !keepsGroups(who) {
		err = ErrForbidden
	}
	if err != nil {
		return nil, "", err
	}
	var c condition
	if err := c.seated(ctx, q, group, after); err != nil {
		return nil, "", err
	}
	if f.Runs {
		c.add("m.facilitates")
	}
	now, words := nowOf(q), wordsOf(f.Words)
	for r, err := range store.Rows[memberRow](ctx, q, everything, `
		SELECT p.id AS person, p.name, v.acts_for, v.body, m.facilitates, m.silent, m.since, v.until, v.ended
		FROM membership m
		JOIN person p ON p.id = m.person
		JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND NOT p.erased AND `+strings.Join(c.all, " AND ")+`
		ORDER BY CASE WHEN m.facilitates THEN 0 ELSE 1 END, p.name, p.id`, c.args...) {
		if err != nil {
			return nil, "", err
		}
		r.Open = r.Ended.IsZero() && r.Until.After(now)
		if !r.Open && !keepsGroups(who) || !named(words, r.Name) {
			continue
		}
		if len(list) == limit {
			return list, list[limit-1].Person, nil
		}
		list = append(list, r.Member)
	}
	return list, "", nil
}

type memberRow struct {
	Member
	Ended time.Time
}

// seated chooses the members of a group, from behind one of them on.
func (c *condition) seated(ctx context.Context, q store.Reader, group, after string) error {
	c.add("m.grp = " + c.bind(group))
	if after == "" {
		return nil
	}
	at, err := store.Get[struct {
		Place int
		Name  string
	}](ctx, q, everything, `
		SELECT CASE WHEN m.facilitates THEN 0 ELSE 1 END AS place, p.name FROM membership m JOIN person p ON p.id = m.person
		WHERE {scope} AND m.grp = $1 AND m.person = $2`, group, after)
	if err == nil {
		c.add("(CASE WHEN m.facilitates THEN 0 ELSE 1 END, p.name, p.id) > (" + c.bind(at.Place) + ", " + c.bind(at.Name) + ", " + c.bind(after) + ")")
	}
	return orNotFound(err)
}

// maxCandidates is how many people are offered at once.
const maxCandidates = 20

// Candidates finds people who may be admitted to a group by how words of their
// name or address begin: those for whom somebody vouches. It asks for at least two letters,
// so that it is no list of everybody.
func Candidates(ctx context.Context, q store.Reader, who access.Subject, group, words string) ([]Listed, error) {
	if !keepsGroups(who) {
		return nil, ErrForbidden
	}
	words = strings.TrimSpace(words)
	if len([]rune(words)) < 2 {
		return nil, nil
	}
	var c condition
	c.add("NOT p.erased AND NOT p.blocked")
	if err := c.called(ctx, q, words); err != nil {
		return nil, err
	}
	at := c.bind(time.Now())
	c.add("p.reaches > " + at)
	c.add(`p.id NOT IN (
		SELECT m.person FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE v.ended = 0 AND v.until > ` + at + ` AND m.grp = ` + c.bind(group) + ")")
	limit := c.bind(maxCandidates)
	people, err := store.List[Person](ctx, q, everything,
		"SELECT "+columns+" FROM person p WHERE {scope} AND "+strings.Join(c.all, " AND ")+" ORDER BY p.name, p.id LIMIT "+limit, c.args...)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	return withStanding(ctx, q, people)
}
