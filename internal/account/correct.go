package account

import (
	"context"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// Own is what a person says of herself, beside her address and her language.
type Own struct {
	Name    string
	ActsFor string // the State that she names as hers, or
	Body    string // the structure, organisation or academy; or neither
}

// Correct replaces what a person says of herself: she herself, or an
// administrator. Nothing that she may do follows from it. Who may vouch for
// people of the State or body that she names anew is asked to.
func Correct(ctx context.Context, db *store.DB, who access.Subject, person string, o Own) error {
	if err := self(who, person); err != nil {
		return err
	}
	v := Invalid{}
	v.name(o.Name)
	if err := v.belongs(ctx, db, o.ActsFor, o.Body); err != nil {
		return err
	}
	if len(v) > 0 {
		return v
	}
	o.Name = strings.TrimSpace(o.Name)
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		p, err := Load(ctx, tx, person)
		if err != nil {
			return store.Event{}, err
		}
		changed := o.changes(p)
		if len(changed) == 0 {
			return store.Event{}, store.ErrUnchanged
		}
		if err := update(ctx, tx, person, "name = $2, acts_for = $3, body = $4", o.Name, o.ActsFor, o.Body); err != nil {
			return store.Event{}, err
		}
		if err := spell(ctx, tx, person); err != nil {
			return store.Event{}, err
		}
		p.Name, p.ActsFor, p.Body = o.Name, o.ActsFor, o.Body
		return about(person, "account.person.corrected", map[string]any{"fields": changed}), tellAnew(ctx, tx, p, changed)
	})
	return err
}

// changes names the fields that differ, without what stands in them: names are
// not for the log.
func (o Own) changes(p Person) (fields []string) {
	if o.Name != p.Name {
		fields = append(fields, "name")
	}
	if o.ActsFor != p.ActsFor || o.Body != p.Body {
		fields = append(fields, "for")
	}
	return fields
}

// tellAnew asks those to vouch who have not been asked: for somebody who names
// another State or body, and has nobody's word for it.
func tellAnew(ctx context.Context, tx *store.Tx, p Person, changed []string) error {
	if changed[len(changed)-1] != "for" || p.ActsFor+p.Body == "" {
		return nil
	}
	words, err := inForce(ctx, tx, p.ID, tx.Now())
	if err != nil || vouchedBy(words, p.ActsFor, p.Body) {
		return err
	}
	return tell(ctx, tx, p)
}
