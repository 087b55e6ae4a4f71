package watch

import (
	"context"
	"crypto/rand"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// MakeCalendar gives the caller's desk an address for calendars and returns its
// secret, which is nowhere else from then on. An earlier one ends. It opens her
// calendar and nothing else, and reads what is official as long as she may.
func (k *Watch) MakeCalendar(ctx context.Context, who access.Subject, strength account.Strength) (string, error) {
	if !who.SignedIn() || who.Program || who.Trust < access.Official {
		return "", account.ErrForbidden
	}
	secret := rand.Text() + rand.Text() // 260 bits
	_, err := store.Write(ctx, k.DB, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO calendar_key (person, hash, strength, made) VALUES ($1, $2, $3, $4)
			ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, strength = excluded.strength, made = excluded.made`,
			who.ID, hashed(secret), int(strength), tx.Now())
		return store.Event{Act: "watch.calendar.made", Object: who.ID, Label: access.Label{Level: access.Closed, Owner: who.ID}}, err
	})
	return secret, err
}

// EndCalendar takes the address back at once.
func (k *Watch) EndCalendar(ctx context.Context, who access.Subject) error {
	_, err := store.Write(ctx, k.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM calendar_key WHERE person = $1", who.ID)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return store.Event{Act: "watch.calendar.ended", Object: who.ID, Label: access.Label{Level: access.Closed, Owner: who.ID}}, err
	})
	return err
}

// CalendarMade is when the caller's address was made, zero where she has none.
func (k *Watch) CalendarMade(ctx context.Context, who access.Subject) (time.Time, error) {
	list, err := store.List[time.Time](ctx, k.DB, everything, "SELECT made FROM calendar_key WHERE {scope} AND person = $1", who.ID)
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0], nil
}

// Calendar finds whose calendar a secret opens: the person with her rights, to know
// what she looks after, and what is read for her there. ErrNotFound for every secret
// that opens nothing; why is not told.
func (k *Watch) Calendar(ctx context.Context, secret string) (access.Subject, access.Scope, error) {
	if len(secret) != 52 {
		return access.Subject{}, access.Scope{}, store.ErrNotFound
	}
	key, err := store.Get[struct {
		Person   string
		Strength account.Strength
	}](ctx, k.DB, everything, "SELECT person, strength FROM calendar_key WHERE {scope} AND hash = $1", hashed(secret))
	if err != nil {
		return access.Subject{}, access.Scope{}, err
	}
	who, _, err := account.Subject(ctx, k.DB, key.Person, key.Strength)
	return who, who.Within(access.Official, false).Scope(), err
}
