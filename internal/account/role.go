package account

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Held is a role that a person was granted: for whom, by whom, until when.
type Held struct {
	ID      string
	Person  string
	Role    access.Role
	ActsFor string
	Body    string
	ByWhom  string
	Since   time.Time
	Until   time.Time // zero: as long as somebody vouches for her
	Ended   time.Time // zero while it is held
	EndedBy string
	Reason  string // of its end
}

const heldColumns = "id, person, role, acts_for, body, by_whom, since, until, ended, ended_by, reason"

// Grant is the role as the access rules see it.
func (h Held) Grant() access.Grant {
	return access.Grant{Role: h.Role, State: h.ActsFor, Body: h.Body}
}

// ErrHeld is returned where the person already holds the role.
var ErrHeld = errors.New("account: she holds this role already")

// grant checks whether a role may be held for that State or body.
func (v Invalid) grant(g access.Grant) {
	switch {
	case !g.Role.Valid():
		v["role"] = "account.error.role"
	case g.Role == access.Delegation && g.State == "":
		v["state"] = "account.error.state"
	case g.Role == access.FocalPoint && g.State == "" && g.Body == "":
		v["state"] = "account.error.state-or-body"
	case g.Role == access.ProgrammeOfficer && g.Body == "":
		v["body"] = "account.error.body"
	}
}

// Grant gives a person a role for a State or body that vouches for her, until a
// day or, with the zero time, as long as it does. Nobody grants to herself.
func Grant(ctx context.Context, db *store.DB, who access.Subject, person string, g access.Grant, until time.Time) error {
	if !who.MayGrant(g).Allowed || who.ID == person {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return grant(ctx, tx, who, person, g, until)
	})
	return err
}

func grant(ctx context.Context, tx *store.Tx, who access.Subject, person string, g access.Grant, until time.Time) (store.Event, error) {
	v := Invalid{}
	v.grant(g)
	if !g.Role.Granted() {
		v["role"] = "account.error.role"
	}
	if !until.IsZero() && !until.After(tx.Now()) {
		v["until"] = "account.error.until"
	}
	if len(v) > 0 {
		return store.Event{}, v
	}
	if g.Role.House() {
		g.State, g.Body = "", ""
	}
	_, err := tx.Exec(ctx, `
		UPDATE role_grant SET ended = until, ended_by = 'system:term', reason = 'term'
		WHERE person = $1 AND ended = 0 AND until > 0 AND until <= $2`, person, tx.Now())
	if err != nil {
		return store.Event{}, err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO role_grant (id, person, role, acts_for, body, by_whom, since, until, ended, ended_by, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '')`,
		store.NewID(), person, string(g.Role), g.State, g.Body, who.ID, tx.Now(), until)
	if store.Refused(err) {
		err = ErrHeld
	}
	return about(person, "account.role.granted", rights(g)), err
}

func rights(g access.Grant) map[string]string {
	return map[string]string{"role": string(g.Role), "acts_for": g.State, "body": g.Body}
}

// Appoint vouches for a person, unless that State or body does already, and
// grants her the role: how focal points are made. With the role of a member it
// only vouches.
func Appoint(ctx context.Context, db *store.DB, who access.Subject, person string, g access.Grant, until time.Time) error {
	if !who.MayVouch(g.State, g.Body).Allowed || g.Role.Granted() && !who.MayGrant(g).Allowed || who.ID == person {
		return ErrForbidden
	}
	_, err := store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		return appoint(ctx, tx, who, person, g, until)
	})
	return err
}

func appoint(ctx context.Context, tx *store.Tx, who access.Subject, person string, g access.Grant, until time.Time) ([]store.Event, error) {
	v := Invalid{}
	if v.grant(g); g.Role == access.Visitor {
		v["role"] = "account.error.role"
	}
	if len(v) > 0 {
		return nil, v
	}
	words, err := inForce(ctx, tx, person, tx.Now())
	if err != nil {
		return nil, err
	}
	var events []store.Event
	if !vouchedBy(words, g.State, g.Body) {
		e, err := vouch(ctx, tx, who, person, g.State, g.Body, until)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	if g.Role.Granted() {
		e, err := grant(ctx, tx, who, person, g, until)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// vouchedBy reports whether one of the words is that of the State or body. Any
// word will do for a role that is held for nobody in particular.
func vouchedBy(words []Vouching, state, body string) bool {
	for _, v := range words {
		if state+body == "" || v.ActsFor == state && v.Body == body {
			return true
		}
	}
	return false
}

// EndRole takes a role away, with a reason. Whoever held it signs in anew.
func EndRole(ctx context.Context, db *store.DB, who access.Subject, id, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > 1000 {
		return Invalid{"reason": "account.error.reason"}
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		h, err := store.Get[Held](ctx, tx, everything, "SELECT "+heldColumns+" FROM role_grant WHERE {scope} AND id = $1 AND ended = 0", id)
		if err != nil {
			return store.Event{}, err
		}
		if !who.MayGrant(h.Grant()).Allowed || who.ID == h.Person && h.Role.House() {
			return store.Event{}, ErrForbidden
		}
		_, err = tx.Exec(ctx, "UPDATE role_grant SET ended = $2, ended_by = $3, reason = $4 WHERE id = $1", id, tx.Now(), who.ID, reason)
		if err == nil {
			err = endSessions(ctx, tx, h.Person, "")
		}
		return about(h.Person, "account.role.ended", rights(h.Grant())), err
	})
	return err
}

// Roles lists the roles of a person, the newest first, ended ones too.
func Roles(ctx context.Context, q store.Reader, person string) ([]Held, error) {
	return store.List[Held](ctx, q, everything,
		"SELECT "+heldColumns+" FROM role_grant WHERE {scope} AND person = $1 ORDER BY since DESC, id DESC", person)
}
