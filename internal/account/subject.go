package account

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Strength is how surely somebody is who she says.
type Strength int

// The strengths: one factor, such as a password; two, such as a password and a
// code, or a passkey that asked for a finger or a number.
const (
	OneFactor Strength = iota + 1
	TwoFactors
)

// Subject is the person as the access rules see her now: what those who vouch
// for her let her read, the roles in force, her groups. Roles above member wait
// for a second factor, unless the installation asks for none. ErrNotFound where
// the account is gone or blocked.
func Subject(ctx context.Context, db *store.DB, id string, strength Strength) (access.Subject, Person, error) {
	return subject(ctx, db, id, func() (bool, error) {
		if strength == TwoFactors {
			return false, nil
		}
		waived, err := SecondFactorWaived(ctx, db)
		return !waived, err
	})
}

// Rights are what a person may with all that she holds, as part of a write: what
// she asked for earlier is held against what she may now.
func Rights(ctx context.Context, q store.Reader, id string) (access.Subject, error) {
	s, _, err := subject(ctx, q, id, func() (bool, error) { return false, nil })
	return s, err
}

// subject asks withhold only about somebody who holds roles.
func subject(ctx context.Context, db store.Reader, id string, withhold func() (bool, error)) (access.Subject, Person, error) {
	p, err := Load(ctx, db, id)
	if err != nil {
		return access.Subject{}, Person{}, err
	}
	if p.Blocked || p.Erased {
		return access.Subject{}, Person{}, store.ErrNotFound
	}
	now := time.Now()
	words, err := inForce(ctx, db, id, now)
	if err != nil {
		return access.Subject{}, Person{}, err
	}
	s := vouchedFor(id, words)
	if err := addGrants(ctx, db, &s, words, now, withhold); err != nil {
		return access.Subject{}, Person{}, err
	}
	s.Groups, err = groupsOf(ctx, db, id, now)
	return s, p, err
}

// vouchedFor is what somebody is by the words that hold, without her roles.
func vouchedFor(id string, words []Vouching) access.Subject {
	s := access.Subject{ID: id}
	for _, v := range words {
		s.Trust = max(s.Trust, v.Trust)
		if v.ActsFor != "" {
			s.State = v.ActsFor
		} else if v.Body != "" {
			s.Body = v.Body
		}
	}
	return s
}

// hold adds the roles in force: those of the house as they are, every other one
// only while the State or body for which it is held vouches.
func hold(s *access.Subject, words []Vouching, held []Held) {
	for _, h := range held {
		if h.Role.House() {
			s.Trust = access.Official
		} else if !vouchedBy(words, h.ActsFor, h.Body) {
			continue
		}
		s.Grants = append(s.Grants, h.Grant())
	}
}

// addGrants adds the roles in force, unless they wait for a second factor.
func addGrants(ctx context.Context, db store.Reader, s *access.Subject, words []Vouching, now time.Time, withhold func() (bool, error)) error {
	held, err := store.List[Held](ctx, db, everything,
		"SELECT "+heldColumns+" FROM role_grant WHERE {scope} AND person = $1 AND ended = 0 AND (until = 0 OR until > $2) ORDER BY since", s.ID, now)
	if err != nil || len(held) == 0 {
		return err
	}
	if s.Withheld, err = withhold(); err != nil || s.Withheld {
		return err
	}
	hold(s, words, held)
	return nil
}

// groupsOf are the closed groups that admitted her on a word that still holds: they
// open records, the other kinds open nothing. One that has ended stays readable.
func groupsOf(ctx context.Context, q store.Reader, id string, now time.Time) ([]string, error) {
	return store.List[string](ctx, q, everything, `
		SELECT m.grp FROM membership m
		JOIN vouching v ON v.id = m.vouching
		JOIN circle g ON g.id = m.grp
		WHERE {scope} AND m.person = $1 AND v.ended = 0 AND v.until > $2 AND g.kind = 'closed'
		ORDER BY m.grp`, id, now)
}

// secondFactor is the setting that says whether a second factor is asked for.
const secondFactor = "account.second-factor"

// SecondFactorWaived reports whether this installation asks nobody for a second
// factor. Only a demonstration does.
func SecondFactorWaived(ctx context.Context, db *store.DB) (bool, error) {
	v, err := db.Setting(ctx, secondFactor)
	return v == "waived", err
}

// WaiveSecondFactor makes the installation one that asks for no second factor:
// a demonstration, whose passwords everybody knows anyway.
func WaiveSecondFactor(ctx context.Context, db *store.DB, who access.Subject) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "account.second-factor.waived"}, tx.Set(ctx, secondFactor, "waived")
	})
	return err
}
