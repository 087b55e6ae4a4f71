package account

import (
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
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

func (c *condition) filter(f Filter, now time.Time) {
	for _, word := range strings.Fields(strings.ToLower(f.Words)) {
		c.add(c.called(word))
	}
	if f.State != "" {
		c.add(c.of(f.State, ""))
	}
	if f.Body != "" {
		c.add(c.of("", f.Body))
	}
	if f.Role != "" {
		c.add("p.id IN (SELECT person FROM role_grant WHERE ended = 0 AND role = " + c.bind(string(f.Role)) + ")")
	}
	c.standing(f.Standing, now)
}

// called is the condition that the word stands in a person's name or address.
func (c *condition) called(word string) string {
	at := c.bind("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%")
	return fmt.Sprintf(`(LOWER(p.name) LIKE %s ESCAPE '\' OR p.email LIKE %s ESCAPE '\')`, at, at)
}

// Where few people have a standing they are found from the words, by index;
// where many have, the list goes by name and asks for each.
func (c *condition) standing(s Standing, now time.Time) {
	switch s {
	case Waiting:
		c.add(waiting("p"))
	case Vouched:
		c.add("p.vouched AND " + holds("p.id", c.bind(now)))
	case Due:
		c.add("p.id IN (SELECT person FROM vouching WHERE ended = 0 AND until > " + c.bind(now) + " AND until <= " + c.bind(now.Add(ReviewAhead)) + ")")
	case Overdue:
		c.add("NOT p.blocked AND p.id IN (" + overdue(c.bind(now)) + ")")
	case Left:
		c.left(now)
	case Blockade:
		c.add("p.blocked")
	case Staff:
		c.add("p.id IN (SELECT person FROM role_grant WHERE ended = 0)")
	}
}

// holds is the condition that somebody's word for the person is good.
func holds(person, now string) string {
	return "EXISTS (SELECT 1 FROM vouching h WHERE h.person = " + person + " AND h.ended = 0 AND h.until > " + now + ")"
}

func waiting(alias string) string {
	return strings.ReplaceAll("NOT p.vouched AND NOT p.blocked AND (p.acts_for <> '' OR p.body <> '')", "p.", alias+".")
}

// overdue are the people whose word ran out, while no other holds.
func overdue(now string) string {
	return `
		SELECT o.person FROM vouching o WHERE o.ended_by = '` + byTerm + `' AND NOT ` + holds("o.person", now) + `
		UNION
		SELECT o.person FROM vouching o WHERE o.ended = 0 AND o.until <= ` + now + ` AND NOT ` + holds("o.person", now)
}

// left are those whom the desk has to see to: nobody else can, or did in time.
func (c *condition) left(now time.Time) {
	at, since := c.bind(now), c.bind(now.Add(-LeftAfter))
	soon, end := c.bind(now.Add(ReviewAhead-LeftAfter)), c.bind(now.Add(ReviewAhead))
	c.add(`NOT p.blocked AND p.id IN (
		SELECT w.id FROM person w WHERE ` + waiting("w") + ` AND (w.created <= ` + since + ` OR NOT ` + kept("w", at) + `)
		UNION ` + overdue(at) + `
		UNION
		SELECT v.person FROM vouching v
		WHERE v.ended = 0 AND v.until > ` + at + ` AND v.until <= ` + end + ` AND (v.until <= ` + soon + ` OR NOT ` + kept("v", at) + `))`)
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
