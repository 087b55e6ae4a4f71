package account

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/mail"
	"polis/internal/store"
)

// Change is a change of a person's address. The new one confirms it; the old one
// hears of it and can stop it or, for a week, undo it, whatever came after.
type Change struct {
	ID      string
	Person  string
	Was     string
	Becomes string
	Asked   time.Time
	Done    time.Time
	Undone  time.Time
}

const changeColumns = "id, person, was, becomes, asked, done, undone"

func changeByID(ctx context.Context, q store.Reader, id string) (Change, error) {
	return store.Get[Change](ctx, q, everything, "SELECT "+changeColumns+" FROM address_change WHERE {scope} AND id = $1", id)
}

// AskToMove begins a change of the caller's own address. Whether somebody else
// has the new one, its letter says and nobody else.
func AskToMove(ctx context.Context, db *store.DB, who access.Subject, typed string) error {
	becomes, err := address(typed)
	if err != nil {
		return err
	}
	p, err := Load(ctx, db, who.ID)
	if err != nil {
		return err
	}
	if becomes == p.Email {
		return Invalid{"email": "joining.error.same-address"}
	}
	id := store.NewID()
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		if err := stopChanges(ctx, tx, p.ID, "done = 0 AND asked <= $3", tx.Now()); err != nil {
			return store.Event{}, err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO address_change (id, person, was, becomes, asked, done, undone)
			SELECT $1, id, email, $3, $4, 0, 0 FROM person WHERE id = $2`, id, p.ID, becomes, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		for to, kind := range map[string]string{becomes: letterMove, p.Email: letterMoving} {
			if err := mail.Queue(ctx, tx, mail.Letter{To: to, Lang: p.Lang, Kind: kind, Object: id}); err != nil {
				return store.Event{}, err
			}
		}
		return about(p.ID, "account.address.asked", map[string]string{"change": id}), nil
	})
	return err
}

// stopChanges ends those changes of a person that meet the condition, in which
// $3 is at, and their links.
func stopChanges(ctx context.Context, tx *store.Tx, person, which string, at time.Time) error {
	list, err := store.List[Change](ctx, tx, everything,
		"SELECT "+changeColumns+" FROM address_change WHERE {scope} AND person = $1 AND undone = $2 AND "+which, person, 0, at)
	if err != nil {
		return err
	}
	for _, c := range list {
		if _, err := tx.Exec(ctx, "UPDATE address_change SET undone = $2 WHERE id = $1", c.ID, tx.Now()); err != nil {
			return err
		}
		if err := errors.Join(spend(ctx, tx, ToMove, c.ID), spend(ctx, tx, ToStay, c.ID)); err != nil {
			return err
		}
	}
	return nil
}

// ChangeOf reads the change that a ticket is for, without using it.
func ChangeOf(ctx context.Context, q store.Reader, kind TicketKind, secret string) (Change, error) {
	t, err := Peek(ctx, q, kind, secret)
	if err != nil {
		return Change{}, err
	}
	c, err := changeByID(ctx, q, t.Object)
	if errors.Is(err, store.ErrNotFound) || err == nil && !c.Undone.IsZero() {
		err = ErrTicket
	}
	return c, err
}

// Move makes the change: the person has read the letter to her new address and
// is signed in, so that a stranger who got it by a slip of hers cannot. session
// is hers, which goes on; every other ends.
func Move(ctx context.Context, db *store.DB, who access.Subject, secret, session string) error {
	c, err := ChangeOf(ctx, db, ToMove, secret)
	if err != nil {
		return err
	}
	if who.ID != c.Person {
		return ErrForbidden
	}
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		if _, err := use(ctx, tx, ToMove, secret); err != nil {
			return store.Event{}, err
		}
		n, err := tx.Exec(ctx, "UPDATE address_change SET done = $2 WHERE id = $1 AND done = 0 AND undone = 0", c.ID, tx.Now())
		if err == nil && n == 0 {
			err = ErrTicket
		}
		if err == nil {
			err = setAddress(ctx, tx, c.Person, c.Becomes)
		}
		if err != nil {
			return store.Event{}, err
		}
		if err := endSessions(ctx, tx, c.Person, session); err != nil {
			return store.Event{}, err
		}
		return about(c.Person, "account.address.changed", map[string]string{"change": c.ID}),
			mail.Queue(ctx, tx, mail.Letter{To: c.Was, Kind: letterMoved, Object: c.ID})
	})
	return err
}

// setAddress gives a person an address, confirmed now. Links for a new password that
// went to the address before are worth nothing any more.
func setAddress(ctx context.Context, tx *store.Tx, person, email string) error {
	n, err := tx.Exec(ctx, `
		UPDATE person SET email = $2, confirmed = $3, rev = rev + 1, updated = $3
		WHERE id = $1 AND NOT erased AND NOT EXISTS (SELECT 1 FROM person o WHERE o.email = $2 AND o.id <> $1)`, person, email, tx.Now())
	if err == nil && n == 0 {
		err = Invalid{"email": "account.error.taken"}
	}
	if err != nil {
		return err
	}
	if err := spell(ctx, tx, person); err != nil {
		return err
	}
	return spend(ctx, tx, ToReset, person)
}

// Stay stops a change, or undoes it and whatever changed the address after it.
// Every session of the person ends: somebody who was not she may have one.
func Stay(ctx context.Context, db *store.DB, secret string) (Change, error) {
	c, err := ChangeOf(ctx, db, ToStay, secret)
	if err != nil {
		return c, err
	}
	_, err = store.Write(ctx, db, access.Subject{ID: c.Person}, func(tx *store.Tx) (store.Event, error) {
		if _, err := use(ctx, tx, ToStay, secret); err != nil {
			return store.Event{}, err
		}
		if c, err = changeByID(ctx, tx, c.ID); err != nil {
			return store.Event{}, err
		}
		if err := stopChanges(ctx, tx, c.Person, "asked >= $3", c.Asked); err != nil {
			return store.Event{}, err
		}
		act := "account.address.stopped"
		if !c.Done.IsZero() {
			act = "account.address.restored"
			if err := setAddress(ctx, tx, c.Person, c.Was); err != nil {
				return store.Event{}, err
			}
		}
		if err := endSessions(ctx, tx, c.Person, ""); err != nil {
			return store.Event{}, err
		}
		return about(c.Person, act, map[string]string{"change": c.ID}), spend(ctx, tx, ToReset, c.Person)
	})
	return c, err
}
