package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/store"
)

// Term is how long somebody's word holds unless another day is named: two years.
const Term = 2 * 365 * 24 * time.Hour

// MaxTerm is the longest that anybody vouches for at once.
const MaxTerm = 5 * 365 * 24 * time.Hour

// Vouching is the word of a State or body for a person. ActsFor and Body are
// both "" where the house itself gave it.
type Vouching struct {
	ID      string
	Person  string
	ActsFor string
	Body    string
	Trust   access.Level // what it lets her read: member or official
	ByWhom  string       // id of the focal point
	Since   time.Time
	Until   time.Time
	Ended   time.Time // zero while it holds
	EndedBy string
	Reason  string // of its end
	access.Label
}

const vouchingColumns = "id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner"

// Holds reports whether the word is good at the time.
func (v Vouching) Holds(at time.Time) bool { return v.Ended.IsZero() && v.Until.After(at) }

// ErrVouched is returned where a State, or a body, already vouches for the person.
var ErrVouched = errors.New("account: somebody already vouches for this person")

// ErrLapsed is returned where a word ran out before it was renewed: it is given
// anew with Vouch.
var ErrLapsed = errors.New("account: this word has ended")

// Vouch gives the word of a State or body for a person until a day; the zero
// time means the usual Term. Nobody vouches for herself.
func Vouch(ctx context.Context, db *store.DB, who access.Subject, person, state, body string, until time.Time) error {
	if !who.MayVouch(state, body).Allowed || who.ID == person {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return vouch(ctx, tx, who, person, state, body, until)
	})
	return err
}

func vouch(ctx context.Context, tx *store.Tx, who access.Subject, person, state, body string, until time.Time) (store.Event, error) {
	until, err := termEnd(tx.Now(), until)
	if err != nil {
		return store.Event{}, err
	}
	trust, err := trustOf(ctx, tx, state, body)
	if err != nil {
		return store.Event{}, err
	}
	if err := lapse(ctx, tx, person); err != nil {
		return store.Event{}, err
	}
	id := store.NewID()
	_, err = tx.Exec(ctx, `
		INSERT INTO vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '', $9, $3, '', $2)`,
		id, person, state, body, int(trust), who.ID, tx.Now(), until, int(access.Closed))
	if store.Refused(err) {
		err = ErrVouched
	}
	if err != nil {
		return store.Event{}, err
	}
	if _, err := tx.Exec(ctx, "UPDATE person SET vouched = TRUE WHERE id = $1 AND NOT vouched", person); err != nil {
		return store.Event{}, err
	}
	return about(person, "account.vouched", map[string]any{"vouching": id, "acts_for": state, "body": body, "until": until.UnixMicro()}), Reckon(ctx, tx, person)
}

// Reckon writes into a person's row what lists find her by, as it follows from
// her words: see the migration 00016. Whatever changes a word calls it after.
func Reckon(ctx context.Context, tx *store.Tx, person string) error {
	_, err := tx.Exec(ctx, `
		UPDATE person SET
		  reaches = COALESCE(
		    (SELECT MAX(v.until) FROM vouching v WHERE v.person = person.id AND v.ended = 0),
		    (SELECT MAX(v.until) FROM vouching v WHERE v.person = person.id AND v.ended_by = 'system:term'), 0),
		  review = COALESCE((SELECT MIN(v.until) FROM vouching v WHERE v.person = person.id AND v.ended = 0), 0)
		WHERE id = $1 AND NOT erased`, person)
	if err != nil {
		return fmt.Errorf("account: reckon the words for %s: %w", person, err)
	}
	return nil
}

// termEnd is the last moment of a term that begins now.
func termEnd(now, until time.Time) (time.Time, error) {
	if until.IsZero() {
		return now.Add(Term), nil
	}
	if !until.After(now) || until.After(now.Add(MaxTerm)) {
		return until, Invalid{"until": "account.error.until"}
	}
	return until, nil
}

// trustOf is what the word of the State or body reaches to: see access.Trust.
func trustOf(ctx context.Context, tx *store.Tx, state, body string) (access.Level, error) {
	id := state + body
	if id == "" {
		return access.Member, nil
	}
	e, err := directory.Get(ctx, tx, access.Scope{}, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.Kind.IsState() != (state != "") {
		field := "body"
		if state != "" {
			field = "state"
		}
		return 0, Invalid{field: "account.error.unknown-entry"}
	}
	return access.Trust(e.Kind != directory.Organisation), err
}

// lapse ends what has run out, so that a new word may take its place.
func lapse(ctx context.Context, tx *store.Tx, person string) error {
	_, err := tx.Exec(ctx, `
		UPDATE vouching SET ended = until, ended_by = 'system:term', reason = 'term'
		WHERE person = $1 AND ended = 0 AND until <= $2`, person, tx.Now())
	if err != nil {
		return err
	}
	return Reckon(ctx, tx, person)
}

// Renew moves the end of a word that still holds. Whoever renews it answers for
// it from then on.
func Renew(ctx context.Context, db *store.DB, who access.Subject, id string, until time.Time) error {
	return onVouching(ctx, db, who, id, func(tx *store.Tx, v Vouching) (store.Event, error) {
		return renew(ctx, tx, who, v, until)
	})
}

func renew(ctx context.Context, tx *store.Tx, who access.Subject, v Vouching, until time.Time) (store.Event, error) {
	if !v.Holds(tx.Now()) { // it would open what its end has closed
		return store.Event{}, ErrLapsed
	}
	until, err := termEnd(tx.Now(), until)
	if err != nil {
		return store.Event{}, err
	}
	_, err = tx.Exec(ctx, "UPDATE vouching SET until = $2, by_whom = $3, reviewed = 0 WHERE id = $1", v.ID, until, who.ID)
	if err != nil {
		return store.Event{}, err
	}
	return about(v.Person, "account.vouching.renewed", map[string]any{"vouching": v.ID, "until": until.UnixMicro()}), Reckon(ctx, tx, v.Person)
}

// Withdraw takes the word back at once, with a reason. The roles held for that
// State or body and the closed groups that it opened are gone with it.
func Withdraw(ctx context.Context, db *store.DB, who access.Subject, id, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > 1000 {
		return Invalid{"reason": "account.error.reason"}
	}
	return onVouching(ctx, db, who, id, func(tx *store.Tx, v Vouching) (store.Event, error) {
		_, err := tx.Exec(ctx, "UPDATE vouching SET ended = $2, ended_by = $3, reason = $4 WHERE id = $1", id, tx.Now(), who.ID, reason)
		if err != nil {
			return store.Event{}, err
		}
		return about(v.Person, "account.vouching.withdrawn", map[string]any{"vouching": id}), Reckon(ctx, tx, v.Person)
	})
}

// onVouching runs fn on a word that holds and that the caller may give.
func onVouching(ctx context.Context, db *store.DB, who access.Subject, id string, fn func(*store.Tx, Vouching) (store.Event, error)) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		v, err := store.Get[Vouching](ctx, tx, everything, "SELECT "+vouchingColumns+" FROM vouching WHERE {scope} AND id = $1 AND ended = 0", id)
		if err != nil {
			return store.Event{}, err
		}
		if !who.MayVouch(v.ActsFor, v.Body).Allowed || who.ID == v.Person {
			return store.Event{}, ErrForbidden
		}
		return fn(tx, v)
	})
	return err
}

// Vouchings lists the words for a person, the newest first, ended ones too.
func Vouchings(ctx context.Context, q store.Reader, person string) ([]Vouching, error) {
	return store.List[Vouching](ctx, q, everything,
		"SELECT "+vouchingColumns+" FROM vouching WHERE {scope} AND person = $1 ORDER BY since DESC, id DESC", person)
}

// inForce are the words for a person that hold now.
func inForce(ctx context.Context, q store.Reader, person string, now time.Time) ([]Vouching, error) {
	return store.List[Vouching](ctx, q, everything,
		"SELECT "+vouchingColumns+" FROM vouching WHERE {scope} AND person = $1 AND ended = 0 AND until > $2", person, now)
}

// LapseAll ends the words whose term is over, with an event each, and returns
// how many. They counted for nothing since then; this says so in the log.
func LapseAll(ctx context.Context, db *store.DB, who access.Subject) (int, error) {
	events, err := store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		over, err := store.List[Vouching](ctx, tx, everything,
			"SELECT "+vouchingColumns+" FROM vouching WHERE {scope} AND ended = 0 AND until <= $1 ORDER BY until LIMIT 500", tx.Now())
		if err != nil {
			return nil, err
		}
		var events []store.Event
		for _, v := range over {
			if err := lapse(ctx, tx, v.Person); err != nil {
				return nil, fmt.Errorf("account: lapse %s: %w", v.ID, err)
			}
			events = append(events, about(v.Person, "account.vouching.lapsed", map[string]any{"vouching": v.ID}))
		}
		return events, nil
	})
	return len(events), err
}
