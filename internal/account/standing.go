package account

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Standing sorts people by what has to be done about them.
type Standing string

// The standings of a list of people.
const (
	Anyone   Standing = ""
	Waiting  Standing = "waiting"   // nobody vouches, and she names a State or body
	Due      Standing = "due"       // the word ends within ReviewAhead
	Overdue  Standing = "overdue"   // it has ended by its term and nobody has said what follows
	Left     Standing = "left"      // waiting, due or overdue, and it is the desk's to act: see LeftAfter
	Vouched  Standing = "vouched"   // somebody does
	Staff    Standing = "with-role" // she holds a role
	Blockade Standing = "blocked"   // the account is closed
)

// Standings lists them in the order of the filter.
var Standings = []Standing{Anyone, Waiting, Due, Overdue, Left, Vouched, Staff, Blockade}

// byTerm is who ended what ran out.
const byTerm = "system:term"

// ReviewAhead is how long before its end a word comes up for review.
const ReviewAhead = 60 * 24 * time.Hour

// LeftAfter is how long a focal point has, after she was asked, until the desk
// is asked in her place. Where there is no focal point it is asked at once.
const LeftAfter = 30 * 24 * time.Hour

// StandingOf is how a person stands: the one of these that has to be acted on
// first.
func (l Listed) StandingOf(now time.Time) Standing {
	word, lapsed := false, false
	var until time.Time
	for _, v := range l.Words {
		switch {
		case v.Holds(now):
			word = true
			if until.IsZero() || v.Until.Before(until) {
				until = v.Until
			}
		case v.Ended.IsZero() || v.EndedBy == byTerm:
			lapsed = true
		}
	}
	switch {
	case l.Blocked:
		return Blockade
	case word && !until.After(now.Add(ReviewAhead)):
		return Due
	case word:
		return Vouched
	case lapsed:
		return Overdue
	case len(l.Words) == 0 && l.ActsFor+l.Body != "":
		return Waiting
	}
	return Anyone
}

// filter narrows to what was asked for, but for the standing: see streams.
func (c *condition) filter(ctx context.Context, q store.Reader, f Filter) error {
	if f.State != "" {
		c.add(c.of(f.State, ""))
	}
	if f.Body != "" {
		c.add(c.of("", f.Body))
	}
	if f.Role != "" {
		c.few = true
		c.add("p.id IN (SELECT person FROM role_grant WHERE ended = 0 AND role = " + c.bind(string(f.Role)) + ")")
	}
	if f.Words == "" {
		return nil
	}
	return c.called(ctx, q, f.Words)
}

// stream is a part of a list: who is in it, and by which column it goes. An index
// has it in that order.
type stream struct{ where, by string }

// streams are the parts of a list of people who stand so. Whoever has to be acted
// on comes in the order in which it has to be done, everybody else by name.
func (c *condition) streams(s Standing, now time.Time) []stream {
	by := func(column string, where ...string) stream { return stream{strings.Join(where, " AND "), column} }
	switch s {
	case Waiting:
		return []stream{by("created", waiting)}
	case Vouched:
		return []stream{by("name", "p.reaches > "+c.bind(now))}
	case Due:
		return []stream{by("review", c.due(now)...)}
	case Overdue:
		return []stream{by("reaches", c.overdue(now)...)}
	case Left:
		return c.left(now)
	case Blockade:
		return []stream{by("name", "p.blocked")}
	case Staff:
		return []stream{by("name", "p.id IN (SELECT person FROM role_grant WHERE ended = 0)")}
	}
	return []stream{by("name")}
}

// waiting is written as the index has it.
const waiting = "NOT p.vouched AND NOT p.blocked AND (p.acts_for <> '' OR p.body <> '')"

// due are those of whose words one ends soon.
func (c *condition) due(now time.Time) []string {
	return []string{"p.review > 0 AND p.review <= " + c.bind(now.Add(ReviewAhead)), "p.reaches > " + c.bind(now)}
}

// overdue are those whose words ran out.
func (c *condition) overdue(now time.Time) []string {
	return []string{"NOT p.blocked", "p.reaches > 0 AND p.reaches <= " + c.bind(now)}
}

// left are those whom the desk has to see to: nobody else can, or did in time.
func (c *condition) left(now time.Time) []stream {
	at, since := c.bind(now), c.bind(now.Add(-LeftAfter))
	soon, end := c.bind(now.Add(ReviewAhead-LeftAfter)), c.bind(now.Add(ReviewAhead))
	all := func(where ...string) string { return strings.Join(where, " AND ") }
	return []stream{
		{all(waiting, "p.created <= "+since), "created"},
		{all(waiting, "p.created > "+since, "NOT "+kept("p", at)), "created"},
		{all(c.overdue(now)...), "reaches"},
		{all("NOT p.blocked AND p.review > 0", "p.review <= "+end, "p.reaches > "+at, `EXISTS (
			SELECT 1 FROM vouching v
			WHERE v.person = p.id AND v.ended = 0 AND v.until > `+at+` AND v.until <= `+end+` AND (v.until <= `+soon+` OR NOT `+kept("v", at)+`))`), "review"},
	}
}

// kept is the condition that the State or body in the columns acts_for and body
// of the alias has a focal point in office. Who they are is found once.
func kept(alias, now string) string {
	office := func(column string) string {
		return `(SELECT k.` + column + ` FROM role_grant k
			JOIN person kp ON kp.id = k.person
			JOIN vouching kv ON kv.person = k.person AND kv.acts_for = k.acts_for AND kv.body = k.body
			WHERE k.role = '` + string(access.FocalPoint) + `' AND k.ended = 0 AND (k.until = 0 OR k.until > ` + now + `)
			  AND kv.ended = 0 AND kv.until > ` + now + ` AND NOT kp.blocked)`
	}
	return `(` + alias + `.acts_for <> '' AND ` + alias + `.acts_for IN ` + office("acts_for") + `
		OR ` + alias + `.acts_for = '' AND ` + alias + `.body <> '' AND ` + alias + `.body IN ` + office("body") + `)`
}
