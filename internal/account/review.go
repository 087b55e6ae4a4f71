package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Review looks again at each of the people and gives the caller's word for
// another term: what holds is renewed, what has run out is given anew, for the
// same State or body. It does all of them or none, and returns how many.
// Somebody for whom the caller never gave her word is refused: whoever waits is
// vouched for one by one.
func Review(ctx context.Context, db *store.DB, who access.Subject, people []string, until time.Time) (int, error) {
	events, err := store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		var events []store.Event
		for _, person := range people {
			e, err := review(ctx, tx, who, person, until)
			if err != nil {
				return nil, err
			}
			events = append(events, e)
		}
		return events, nil
	})
	return len(events), err
}

func review(ctx context.Context, tx *store.Tx, who access.Subject, person string, until time.Time) (store.Event, error) {
	words, err := Vouchings(ctx, tx, person)
	if err != nil || who.ID == person {
		return store.Event{}, orForbidden(err)
	}
	for _, v := range words {
		if v.Holds(tx.Now()) && who.MayVouch(v.ActsFor, v.Body).Allowed {
			return renew(ctx, tx, who, v, until)
		}
	}
	for _, v := range words {
		if (v.Ended.IsZero() || v.EndedBy == byTerm) && who.MayVouch(v.ActsFor, v.Body).Allowed {
			return vouch(ctx, tx, who, person, v.ActsFor, v.Body, until)
		}
	}
	return store.Event{}, ErrForbidden
}

func orForbidden(err error) error {
	if err == nil {
		err = ErrForbidden
	}
	return err
}

// LetGo says of a word that ran out that it was not to be renewed: the person
// is overdue no longer.
func LetGo(ctx context.Context, db *store.DB, who access.Subject, id string) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		v, err := store.Get[Vouching](ctx, tx, everything, "SELECT "+vouchingColumns+" FROM vouching WHERE {scope} AND id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		if !who.MayVouch(v.ActsFor, v.Body).Allowed || who.ID == v.Person {
			return store.Event{}, ErrForbidden
		}
		if v.Holds(tx.Now()) || !v.Ended.IsZero() && v.EndedBy != byTerm {
			return store.Event{}, store.ErrUnchanged
		}
		_, err = tx.Exec(ctx, `
			UPDATE vouching SET ended = until, ended_by = $2, reason = 'term'
			WHERE person = $1 AND acts_for = $3 AND body = $4 AND (ended = 0 AND until <= $5 OR ended_by = 'system:term')`,
			v.Person, who.ID, v.ActsFor, v.Body, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		return about(v.Person, "account.vouching.let-go", map[string]any{"vouching": id}), Reckon(ctx, tx, v.Person)
	})
	return err
}

// Consequence is what ends with a word: what a focal point is told before she
// takes it back.
type Consequence struct {
	Groups []Group
	Roles  []Held
	Trust  access.Level // what the person reads without it
}

// Consequences of withdrawing the word.
func Consequences(ctx context.Context, q store.Reader, v Vouching) (Consequence, error) {
	var c Consequence
	now := time.Now()
	words, err := inForce(ctx, q, v.Person, now)
	if err != nil {
		return c, err
	}
	left := make([]Vouching, 0, len(words))
	for _, w := range words {
		if w.ID != v.ID {
			left, c.Trust = append(left, w), max(c.Trust, w.Trust)
		}
	}
	held, err := inOffice(ctx, q, v.Person, now)
	if err != nil {
		return c, err
	}
	for _, h := range held {
		switch {
		case h.Role.House():
			c.Trust = access.Official
		case vouchedBy(words, h.ActsFor, h.Body) && !vouchedBy(left, h.ActsFor, h.Body):
			c.Roles = append(c.Roles, h)
		}
	}
	c.Groups, err = store.List[Group](ctx, q, everything, "SELECT "+prefixed("g", groupColumns)+`
		FROM membership m JOIN circle g ON g.id = m.grp
		WHERE {scope} AND m.vouching = $1 ORDER BY g.name, g.id`, v.ID)
	return c, err
}

// inOffice are the roles that a person holds now, in force or waiting for a word.
func inOffice(ctx context.Context, q store.Reader, person string, now time.Time) ([]Held, error) {
	return store.List[Held](ctx, q, everything,
		"SELECT "+heldColumns+" FROM role_grant WHERE {scope} AND person = $1 AND ended = 0 AND (until = 0 OR until > $2) ORDER BY since", person, now)
}

// prefixed names the columns of one table among several.
func prefixed(alias, columns string) string {
	return alias + "." + strings.ReplaceAll(columns, ", ", ", "+alias+".")
}

// FocalPoints are those who answer for the people of a State or body now.
func FocalPoints(ctx context.Context, q store.Reader, state, body string) ([]Person, error) {
	return Speakers(ctx, q, access.FocalPoint, state, body)
}

// Speakers are those who hold the role for a State or body now, while it vouches for
// them.
func Speakers(ctx context.Context, q store.Reader, role access.Role, state, body string) ([]Person, error) {
	if state+body == "" {
		return nil, nil
	}
	return officers(ctx, q, `p.id IN (
		SELECT k.person FROM role_grant k
		JOIN vouching w ON w.person = k.person AND w.acts_for = k.acts_for AND w.body = k.body
		WHERE k.role = $2 AND k.acts_for = $3 AND k.body = $4 AND k.ended = 0 AND (k.until = 0 OR k.until > $1) AND w.ended = 0 AND w.until > $1)`,
		string(role), state, body)
}

// Desk are the desk officers or, where there are none, the administrators.
func Desk(ctx context.Context, q store.Reader) ([]Person, error) {
	for _, role := range []access.Role{access.DeskOfficer, access.Administrator} {
		list, err := officers(ctx, q, `p.id IN (
			SELECT k.person FROM role_grant k WHERE k.role = $2 AND k.ended = 0 AND (k.until = 0 OR k.until > $1))`, string(role))
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

// officers are the people of a condition in which $1 is now.
func officers(ctx context.Context, q store.Reader, which string, args ...any) ([]Person, error) {
	return store.List[Person](ctx, q, everything,
		fmt.Sprintf("SELECT %s FROM person p WHERE {scope} AND NOT p.blocked AND NOT p.erased AND %s ORDER BY p.name, p.id", columns, which),
		append([]any{time.Now()}, args...)...)
}

// Names are the names of people by id, for those who may see who did what.
func Names(ctx context.Context, q store.Reader, ids []string) (map[string]string, error) {
	names := map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var c condition
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = c.bind(id)
	}
	rows, err := store.List[struct{ ID, Name string }](ctx, q, everything,
		"SELECT id, name FROM person WHERE {scope} AND id IN ("+strings.Join(marks, ", ")+")", c.args...)
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, err
}
