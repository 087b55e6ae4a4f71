// Package account knows the people who may sign in: who vouches for them, what
// was granted to them and until when, which groups admitted them.
//
// Somebody who registers is a visitor. A State's focal point vouches for people
// of her State, a structure's or organisation's focal point for its own: that
// word has a term, and everything that follows from it — what she reads, the
// roles she holds for that State or body, the closed groups — ends with it
// (Framework ¶9.3, 16.2, 22). Rights are read anew on every request, so that
// what is withdrawn is gone at once.
//
// A person's name and address stand in one row only; the event log holds her id.
package account

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Person is somebody with an account.
type Person struct {
	ID        string
	Email     string // lower case
	Name      string
	ActsFor   string // two-letter code of the State that she names as hers, or ""
	Body      string // directory id of the structure, organisation or academy she names, or ""
	Lang      lang.Tag
	Reads     string    // the languages that she has said she reads, for ParseTongues
	Confirmed time.Time // when her address was, zero not yet
	Seen      time.Time // when she last signed in
	Blocked   bool
	Erased    bool
	Rev       int64
	Created   time.Time
	Updated   time.Time
	access.Label
}

const columns = "id, email, name, acts_for, body, lang, reads, confirmed, seen, blocked, erased, rev, created, updated, level, state, grp, owner"

// Invalid says which fields of a form are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("account: invalid: %v", map[string]string(v)) }

// ErrForbidden is returned where the caller may not do this to people.
var ErrForbidden = errors.New("account: not allowed")

// everything is the program's scope on tables that only this package reads.
var everything = store.Everything("account")

// New is a person to be, with the role that she begins with.
type New struct {
	Email    string
	Name     string
	Role     access.Role
	ActsFor  string
	Body     string
	Lang     lang.Tag
	Password string
}

// minPassword and maxPassword bound a password, in characters: length over rules.
const (
	minPassword = 12
	maxPassword = 256
)

// Validate returns an Invalid, or nil.
func (n New) Validate() error {
	v := Invalid{}
	v.identity(n.Email, n.Name)
	v.grant(n.grant())
	v.password(n.Password, n.Email, n.Name)
	return v.orNil()
}

func (v Invalid) orNil() error {
	if len(v) > 0 {
		return v
	}
	return nil
}

// identity checks an address and a name.
func (v Invalid) identity(email, name string) {
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > 254 {
		v["email"] = "account.error.email"
	}
	v.name(name)
}

// name checks a name: one line of text, which letters and lists can show.
func (v Invalid) name(name string) {
	if name = strings.TrimSpace(name); name == "" || len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		v["name"] = "account.error.name"
	}
}

// grant is the role that the account begins with, for her State or, without
// one, her body.
func (n New) grant() access.Grant {
	g := access.Grant{Role: n.Role, State: n.ActsFor}
	if n.ActsFor == "" {
		g.Body = n.Body
	}
	return g
}

// Create makes an account that may be used at once, on the word of whoever
// makes it: the command line, the demonstration, an administrator. The address
// must be free.
func Create(ctx context.Context, db *store.DB, who access.Subject, n New) (Person, error) {
	if !who.May(access.ManagePeople, access.Label{}).Allowed {
		return Person{}, ErrForbidden
	}
	if err := n.Validate(); err != nil {
		return Person{}, err
	}
	secret, err := seal(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	p := Person{ID: store.NewID(), Email: n.Email, Name: n.Name, ActsFor: n.ActsFor, Body: n.Body, Lang: n.Lang}
	_, err = store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		events, err := insert(ctx, tx, p, secret)
		if err != nil || n.Role == access.Visitor {
			return events, err
		}
		more, err := appoint(ctx, tx, who, p.ID, n.grant(), time.Time{})
		return append(events, more...), err
	})
	if err != nil {
		return Person{}, err
	}
	return Load(ctx, db, p.ID)
}

// insert makes the row of a person whose address is confirmed.
func insert(ctx context.Context, tx *store.Tx, p Person, secret string) ([]store.Event, error) {
	if err := taken(ctx, tx, p.Email); err != nil {
		return nil, err
	}
	label := own(p.ID)
	_, err := tx.Exec(ctx, `
		INSERT INTO person (id, email, name, acts_for, body, lang, secret, confirmed, seen, blocked, erased, rev, created, updated, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, FALSE, FALSE, 1, $8, $8, $9, '', '', $1)`,
		p.ID, strings.ToLower(p.Email), strings.TrimSpace(p.Name), p.ActsFor, p.Body, string(p.Lang), secret, tx.Now(), int(label.Level))
	if err == nil {
		err = spell(ctx, tx, p.ID)
	}
	return []store.Event{about(p.ID, "account.person.created", map[string]string{"acts_for": p.ActsFor, "body": p.Body})}, err
}

// own is the label of what concerns one person: hers, and nobody else's to read.
func own(id string) access.Label { return access.Label{Level: access.Closed, Owner: id} }

// about is an event that concerns one person.
func about(id, act string, data any) store.Event {
	return store.Event{Act: act, Object: id, Label: own(id), Data: data}
}

// taken returns an Invalid where another account has the address.
func taken(ctx context.Context, tx *store.Tx, email string) error {
	_, err := store.Get[string](ctx, tx, everything, "SELECT id FROM person WHERE {scope} AND email = $1", strings.ToLower(email))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = Invalid{"email": "account.error.taken"}
	}
	return err
}

// Block closes an account, or opens it again. Its sessions end with it.
func Block(ctx context.Context, db *store.DB, who access.Subject, id string, blocked bool) error {
	if !who.May(access.ManagePeople, access.Label{}).Allowed || who.ID == id {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		err := update(ctx, tx, id, "blocked = $2", blocked)
		if err == nil && blocked {
			err = endSessions(ctx, tx, id, "")
		}
		return about(id, "account.person.blocked", map[string]bool{"blocked": blocked}), err
	})
	return err
}

// SetPassword replaces a person's password: her own, or as an administrator. All
// her sessions end with it, and she is told.
func SetPassword(ctx context.Context, db *store.DB, who access.Subject, id, password string) error {
	if err := self(who, id); err != nil {
		return err
	}
	p, err := Load(ctx, db, id)
	if err != nil {
		return err
	}
	v := Invalid{}
	v.password(password, p.Email, p.Name)
	if err := v.orNil(); err != nil {
		return err
	}
	secret, err := seal(ctx, password)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		err := update(ctx, tx, id, "secret = $2", secret)
		if err == nil {
			err = endSessions(ctx, tx, id, "")
		}
		if err == nil {
			err = tellPassword(ctx, tx, id)
		}
		return about(id, "account.password.set", nil), err
	})
	return err
}

// SetLang keeps the language that a person wants to read.
func SetLang(ctx context.Context, db *store.DB, who access.Subject, id string, t lang.Tag) error {
	if err := self(who, id); err != nil {
		return err
	}
	return change(ctx, db, who, id, "account.lang.set", map[string]string{"lang": string(t)}, "lang = $2", string(t))
}

// self lets a person change what is hers, and an administrator everybody's.
func self(who access.Subject, id string) error {
	if who.ID == id || who.May(access.ManagePeople, access.Label{}).Allowed {
		return nil
	}
	return ErrForbidden
}

// change updates one person. set uses $2 and following; $1 is the id.
func change(ctx context.Context, db *store.DB, who access.Subject, id, act string, data any, set string, args ...any) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return about(id, act, data), update(ctx, tx, id, set, args...)
	})
	return err
}

func update(ctx context.Context, tx *store.Tx, id, set string, args ...any) error {
	n, err := tx.Exec(ctx,
		fmt.Sprintf("UPDATE person SET %s, rev = rev + 1, updated = $%d WHERE id = $1 AND NOT erased", set, len(args)+2),
		append(append([]any{id}, args...), tx.Now())...)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// Load reads one person by id.
func Load(ctx context.Context, q store.Reader, id string) (Person, error) {
	return store.Get[Person](ctx, q, everything, "SELECT "+columns+" FROM person WHERE {scope} AND id = $1", id)
}

// ByEmail reads one person by address.
func ByEmail(ctx context.Context, q store.Reader, email string) (Person, error) {
	return store.Get[Person](ctx, q, everything, "SELECT "+columns+" FROM person WHERE {scope} AND email = $1", strings.ToLower(email))
}
