package demo

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

const day = 24 * time.Hour

// ward is somebody of the focal point's people: fictional, and named so.
type ward struct {
	email, name string
	left        time.Duration // for how long somebody vouches yet; 0 nobody does, below 0 it has run out
	role        access.Role
}

// wards are the people of the demonstration's focal point: some wait for her
// word, some come up for review, for one it is too late.
var wards = []ward{
	{"demo.waiting.one@polis.example", "Demo Applicant A", 0, ""},
	{"demo.waiting.two@polis.example", "Demo Applicant B", 0, ""},
	{"demo.waiting.three@polis.example", "Demo Applicant C", 0, ""},
	{"demo.due.one@polis.example", "Demo Officer D", 12 * day, access.Trainer},
	{"demo.due.two@polis.example", "Demo Officer E", 45 * day, ""},
	{"demo.overdue@polis.example", "Demo Officer F", -9 * day, ""},
	{"demo.settled.one@polis.example", "Demo Officer G", 500 * day, access.Expert},
	{"demo.settled.two@polis.example", "Demo Officer H", 640 * day, ""},
}

// loadWards gives the focal point of KG her people, each once.
func loadWards(ctx context.Context, db *store.DB) error {
	focal, err := account.ByEmail(ctx, db, string(access.FocalPoint)+"@polis.example")
	if err != nil {
		return err
	}
	who, _, err := account.Subject(ctx, db, focal.ID, account.TwoFactors)
	if err != nil {
		return err
	}
	for _, w := range wards {
		if err := w.load(ctx, db, who); err != nil {
			return err
		}
	}
	return nil
}

func (w ward) load(ctx context.Context, db *store.DB, focal access.Subject) error {
	p, err := account.Create(ctx, db, system, account.New{
		Email: w.email, Name: w.name, Role: access.Visitor, ActsFor: focal.State, Lang: "ru", Password: Password,
	})
	if invalid := (account.Invalid{}); errors.As(err, &invalid) && invalid["email"] != "" { // she came with an earlier try
		p, err = account.ByEmail(ctx, db, w.email)
	}
	if err != nil || w.left == 0 {
		return err
	}
	until := time.Now().Add(max(w.left, time.Hour))
	if err := account.Vouch(ctx, db, focal, p.ID, focal.State, "", until); err != nil && !errors.Is(err, account.ErrVouched) {
		return err
	}
	if w.role != "" {
		g := access.Grant{Role: w.role, State: focal.State}
		if err := account.Grant(ctx, db, focal, p.ID, g, time.Time{}); err != nil && !errors.Is(err, account.ErrHeld) {
			return err
		}
	}
	if w.left < 0 {
		return backdate(ctx, db, p.ID, w.left)
	}
	return nil
}

// backdate lets a word have run out: nobody can give one that has.
func backdate(ctx context.Context, db *store.DB, person string, left time.Duration) error {
	now := time.Now()
	_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "UPDATE vouching SET since = $2, until = $3, ended = $3, ended_by = 'system:term', reason = 'term' WHERE person = $1 AND ended = 0",
			person, now.Add(left-account.Term), now.Add(left))
		if err == nil {
			err = account.Reckon(ctx, tx, person)
		}
		return store.Event{Act: "demo.backdated", Object: person, Label: access.Label{Level: access.Closed, Owner: person}}, err
	})
	return err
}
