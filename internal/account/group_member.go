package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Member is somebody in a closed group.
type Member struct {
	Person  string
	Name    string
	ActsFor string // the State or body on whose word she was admitted
	Body    string
	Since   time.Time
	Until   time.Time // when that word ends
	Open    bool      // the word holds: the group is open to her
}

// GetGroup reads one group, for its members and for those who keep groups.
func GetGroup(ctx context.Context, q store.Reader, who access.Subject, id string) (Group, error) {
	scope := who.Scope()
	if keepsGroups(who) {
		scope = everything
	}
	return store.Get[Group](ctx, q, scope, "SELECT "+groupColumns+" FROM closed_group WHERE {scope} AND id = $1", id)
}

func keepsGroups(who access.Subject) bool {
	return who.May(access.ManageGroups, access.Label{}).Allowed
}

// GroupsOf are the groups that are open to the subject, by name.
func GroupsOf(ctx context.Context, q store.Reader, who access.Subject) ([]Group, error) {
	if len(who.Groups) == 0 {
		return nil, nil
	}
	groups, err := store.List[Group](ctx, q, who.Scope(), "SELECT "+groupColumns+" FROM closed_group WHERE {scope} AND ended = 0 ORDER BY name, id")
	return slices.DeleteFunc(groups, func(g Group) bool { return !slices.Contains(who.Groups, g.ID) }), err
}

// GroupNames are the names of all groups, for pages that the caller may see: of
// a person whom she keeps, of records that she reads.
func GroupNames(ctx context.Context, q store.Reader) (map[string]string, error) {
	rows, err := store.List[struct{ ID, Name string }](ctx, q, everything, "SELECT id, name FROM closed_group WHERE {scope}")
	names := make(map[string]string, len(rows))
	for _, g := range rows {
		names[g.ID] = g.Name
	}
	return names, err
}

// Members lists who is in a group, by name, for its members and for those who
// keep groups. To its members only those show to whom it is open.
func Members(ctx context.Context, q store.Reader, who access.Subject, group string) ([]Member, error) {
	if !keepsGroups(who) && !slices.Contains(who.Groups, group) {
		return nil, ErrForbidden
	}
	now := time.Now()
	rows, err := store.List[struct {
		Person, Name, ActsFor, Body string
		Since, Until, Ended         time.Time
	}](ctx, q, everything, `
		SELECT p.id AS person, p.name, v.acts_for, v.body, m.since, v.until, v.ended
		FROM membership m
		JOIN person p ON p.id = m.person
		JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND m.grp = $1 AND NOT p.erased
		ORDER BY p.name, p.id`, group)
	var list []Member
	for _, r := range rows {
		m := Member{r.Person, r.Name, r.ActsFor, r.Body, r.Since, r.Until, r.Ended.IsZero() && r.Until.After(now)}
		if m.Open || keepsGroups(who) {
			list = append(list, m)
		}
	}
	return list, err
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

// EditGroup changes a group's name and what it is for. rev is the one that the
// caller saw; ErrChanged where somebody was quicker.
func EditGroup(ctx context.Context, db *store.DB, who access.Subject, id string, rev int64, name, about string) error {
	if !keepsGroups(who) {
		return ErrForbidden
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > 200 {
		return Invalid{"name": "account.error.group-name"}
	}
	return onGroup(ctx, db, who, id, "account.group.edited",
		"UPDATE closed_group SET name = $3, about = $4, rev = rev + 1, updated = $5 WHERE id = $1 AND ended = 0 AND rev = $2",
		id, rev, name, strings.TrimSpace(about))
}

// EndGroup ends a group: it is open to nobody from then on, its records stay
// where they are and are read by their owners alone.
func EndGroup(ctx context.Context, db *store.DB, who access.Subject, id string, rev int64) error {
	if !keepsGroups(who) {
		return ErrForbidden
	}
	return onGroup(ctx, db, who, id, "account.group.ended",
		"UPDATE closed_group SET ended = $3, rev = rev + 1, updated = $3 WHERE id = $1 AND ended = 0 AND rev = $2", id, rev)
}

// onGroup runs one statement on a group; its last placeholder is now.
func onGroup(ctx context.Context, db *store.DB, who access.Subject, id, act, statement string, args ...any) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, statement, append(args, tx.Now())...)
		if err == nil && n == 0 {
			if err = exists(ctx, tx, id); err == nil {
				err = ErrChanged
			}
		}
		return store.Event{Act: act, Object: id, Label: access.Label{Level: access.Closed, Group: id}}, err
	})
	return err
}

func exists(ctx context.Context, tx *store.Tx, group string) error {
	_, err := store.Get[string](ctx, tx, everything, "SELECT id FROM closed_group WHERE {scope} AND id = $1", group)
	return err
}
