package account

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Factors are what a person has for showing who she is.
type Factors struct {
	Password      bool
	Authenticator time.Time // since when she has an app with codes, zero: none
	Passkeys      []Passkey
	Codes         int // recovery codes that are left
}

// Second reports whether she has a second factor beside her password.
func (f Factors) Second() bool { return !f.Authenticator.IsZero() || len(f.Passkeys) > 0 }

// LoadFactors reads what a person has.
func LoadFactors(ctx context.Context, q store.Reader, person string) (f Factors, err error) {
	row, err := store.Get[struct {
		HasPassword   bool
		Authenticator time.Time
		Codes         int
	}](ctx, q, everything, `
		SELECT p.secret <> '' AS has_password,
			COALESCE((SELECT a.created FROM authenticator a WHERE a.person = p.id), 0) AS authenticator,
			(SELECT COUNT(*) FROM recovery_code c WHERE c.person = p.id AND c.used = 0) AS codes
		FROM person p WHERE {scope} AND p.id = $1`, person)
	if err != nil {
		return Factors{}, err
	}
	f = Factors{Password: row.HasPassword, Authenticator: row.Authenticator, Codes: row.Codes}
	f.Passkeys, err = passkeys(ctx, q, person)
	return f, err
}

// Welcome notes that a person has signed in: from where, how and how surely. With
// a browser that is new to her, a letter tells her so. ErrSignIn where her account
// was closed meanwhile.
func (d Door) Welcome(ctx context.Context, k Knock, p Person, how string, strength Strength) error {
	strange, err := d.strange(ctx, k, p)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, d.DB, access.Subject{ID: p.ID}, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE person SET seen = $2 WHERE id = $1 AND NOT blocked AND NOT erased", p.ID, tx.Now())
		if err == nil && n == 0 {
			err = ErrSignIn
		}
		if err == nil && strange {
			err = tellDevice(ctx, tx, p.ID, k.Browser)
		}
		return quiet(p.ID, "account.signed-in", map[string]any{"how": how, "strength": strength}), err
	})
	return err
}

// refuse notes a failure, where it was somebody's account, and returns ErrSignIn.
func (d Door) refuse(ctx context.Context, person, how string) error {
	if person == "" {
		return ErrSignIn
	}
	_, err := store.Write(ctx, d.DB, access.System("door"), func(*store.Tx) (store.Event, error) {
		return quiet(person, "account.sign-in-failed", map[string]string{"how": how}), nil
	})
	if err == nil {
		err = ErrSignIn
	}
	return err
}

// Code looks at a code that a person shows after her password: of her app, or one
// of her recovery codes. It returns which it was: "totp" or "recovery".
func (d Door) Code(ctx context.Context, k Knock, p Person, code string) (how string, err error) {
	start := time.Now()
	device := ""
	if d.Recognises(k.Device, p.Email) {
		device = k.Device.id()
	}
	b := d.bucket(byCode, p.ID+" "+device)
	if err := d.try(ctx, b); err != nil {
		return "", err
	}
	code = bare(code)
	var ok bool
	if how = "recovery"; len(code) == codeDigits {
		how = "totp"
		ok, err = d.timeCode(ctx, p.ID, code, start)
	} else {
		ok, err = d.useRecovery(ctx, p.ID, code)
	}
	if err != nil {
		return "", err
	}
	if !ok {
		err := d.refuse(ctx, p.ID, how)
		d.keepPace(ctx, start)
		return "", err
	}
	return how, d.forgive(ctx, b)
}

// changeFactor changes how a person shows who she is, which ends her sessions and
// is told to her: whoever goes on in the present browser gets a new one. The caller
// has asked who may.
func changeFactor(ctx context.Context, db *store.DB, who access.Subject, person string, fn func(tx *store.Tx) (store.Event, error)) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		e, err := fn(tx)
		if err != nil {
			return e, err
		}
		if err := tidy(ctx, tx, person); err != nil {
			return e, err
		}
		if err := tellFactor(ctx, tx, person, e.Act); err != nil {
			return e, err
		}
		return e, endSessions(ctx, tx, person, "")
	})
	return err
}

// tidy forgets recovery codes where there is no second factor left that they
// could stand in for.
func tidy(ctx context.Context, tx *store.Tx, person string) error {
	_, err := tx.Exec(ctx, `
		DELETE FROM recovery_code WHERE person = $1
			AND NOT EXISTS (SELECT 1 FROM passkey WHERE person = $1)
			AND NOT EXISTS (SELECT 1 FROM authenticator WHERE person = $1)`, person)
	return err
}

// ResetFactors takes every second factor from a person who has lost them, by an
// administrator who knows that it is she who asks (ASVS 5.0 6.4.4). She signs in
// with her password and is led to set up new ones.
func ResetFactors(ctx context.Context, db *store.DB, who access.Subject, person string) error {
	if !who.May(access.ManagePeople, access.Label{}).Allowed || who.ID == person {
		return ErrForbidden
	}
	return changeFactor(ctx, db, who, person, func(tx *store.Tx) (store.Event, error) {
		var n int64
		for _, query := range []string{"DELETE FROM passkey WHERE person = $1", "DELETE FROM authenticator WHERE person = $1"} {
			touched, err := tx.Exec(ctx, query, person)
			if err != nil {
				return store.Event{}, err
			}
			n += touched
		}
		if n == 0 {
			return store.Event{}, store.ErrUnchanged
		}
		return about(person, "account.factors.reset", nil), nil
	})
}
