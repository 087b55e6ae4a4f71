// Package account knows the people who may sign in: what they are, for which
// State or structure they act, which groups admitted them.
//
// A person's rights are read anew on every request, so that what is withdrawn
// is gone at once. Her name and address stand in one row only; the event log
// holds her id.
package account

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Person is somebody with an account.
type Person struct {
	ID      string
	Email   string // lower case
	Name    string
	Role    access.Role
	ActsFor string // two-letter code of the State she acts for, or ""
	Body    string // directory id of her structure or organisation, or ""
	Lang    lang.Tag
	Blocked bool
	Rev     int64
	Created time.Time
	Updated time.Time
	access.Label
}

const columns = "id, email, name, role, acts_for, body, lang, blocked, rev, created, updated, level, state, grp, owner"

// Invalid says which fields of a form are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("account: invalid: %v", map[string]string(v)) }

// ErrForbidden is returned where the caller may not manage people.
var ErrForbidden = errors.New("account: not allowed")

// New is what it takes to make an account.
type New struct {
	Email    string
	Name     string
	Role     access.Role
	ActsFor  string
	Body     string
	Lang     lang.Tag
	Password string
}

// minPassword is the shortest password, in characters: length over rules.
const minPassword = 12

// Validate returns an Invalid, or nil.
func (n New) Validate() error {
	v := Invalid{}
	if a, err := mail.ParseAddress(n.Email); err != nil || a.Address != n.Email || len(n.Email) > 254 {
		v["email"] = "account.error.email"
	}
	if name := strings.TrimSpace(n.Name); name == "" || len(name) > 200 {
		v["name"] = "account.error.name"
	}
	if !n.Role.Valid() {
		v["role"] = "account.error.role"
	}
	switch {
	case n.Role == access.Delegation && n.ActsFor == "":
		v["state"] = "account.error.state"
	case n.Role == access.FocalPoint && n.ActsFor == "" && n.Body == "":
		v["state"] = "account.error.state-or-body"
	case n.Role == access.ProgrammeOfficer && n.Body == "":
		v["body"] = "account.error.body"
	}
	if n := len([]rune(n.Password)); n < minPassword || n > 256 {
		v["password"] = "account.error.password"
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

// Create makes an account and returns the person. The address must be free.
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
	id := store.NewID()
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		label := access.Label{Level: access.Official, Owner: id}
		if err := taken(ctx, tx, n.Email); err != nil {
			return store.Event{}, err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO person (id, email, name, role, acts_for, body, lang, secret, blocked, rev, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, 1, $9, $9, $10, '', '', $1)`,
			id, strings.ToLower(n.Email), strings.TrimSpace(n.Name), string(n.Role), n.ActsFor, n.Body, string(n.Lang),
			secret, tx.Now(), int(label.Level))
		return store.Event{Act: "account.person.created", Object: id, Label: label, Data: rights(n.Role, n.ActsFor, n.Body)}, err
	})
	if err != nil {
		return Person{}, err
	}
	return Load(ctx, db, id)
}

func rights(role access.Role, state, body string) map[string]string {
	return map[string]string{"role": string(role), "acts_for": state, "body": body}
}

// taken returns an Invalid where another account has the address.
func taken(ctx context.Context, tx *store.Tx, email string) error {
	_, err := store.Get[string](ctx, tx, store.Everything("account"),
		"SELECT id FROM person WHERE {scope} AND email = $1", strings.ToLower(email))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = Invalid{"email": "account.error.taken"}
	}
	return err
}

// Grant gives a person another role, and the State or body she acts for.
func Grant(ctx context.Context, db *store.DB, who access.Subject, id string, role access.Role, actsFor, body string) error {
	check := New{Email: "a@b.example", Name: "x", Role: role, ActsFor: actsFor, Body: body, Password: strings.Repeat("x", minPassword)}
	if err := check.Validate(); err != nil {
		return err
	}
	return change(ctx, db, who, id, "account.role.granted", rights(role, actsFor, body),
		"role = $2, acts_for = $3, body = $4", string(role), actsFor, body)
}

// Block closes an account, or opens it again. Its sessions end at once,
// because every request asks.
func Block(ctx context.Context, db *store.DB, who access.Subject, id string, blocked bool) error {
	return change(ctx, db, who, id, "account.person.blocked", map[string]bool{"blocked": blocked}, "blocked = $2", blocked)
}

// SetPassword replaces a person's password. She may do it herself.
func SetPassword(ctx context.Context, db *store.DB, who access.Subject, id, password string) error {
	if n := len([]rune(password)); n < minPassword || n > 256 {
		return Invalid{"password": "account.error.password"}
	}
	secret, err := seal(ctx, password)
	if err != nil {
		return err
	}
	return change(ctx, db, who, id, "account.password.set", nil, "secret = $2", secret)
}

// SetLang keeps the language that a person wants to read.
func SetLang(ctx context.Context, db *store.DB, who access.Subject, id string, t lang.Tag) error {
	return change(ctx, db, who, id, "account.lang.set", map[string]string{"lang": string(t)}, "lang = $2", string(t))
}

// change updates one person. set uses $2 and following; $1 is the id.
func change(ctx context.Context, db *store.DB, who access.Subject, id, act string, data any, set string, args ...any) error {
	own := act == "account.password.set" || act == "account.lang.set"
	if !who.May(access.ManagePeople, access.Label{}).Allowed && !(own && who.ID == id) {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		next := len(args) + 2
		n, err := tx.Exec(ctx,
			fmt.Sprintf("UPDATE person SET %s, rev = rev + 1, updated = $%d WHERE id = $1", set, next),
			append(append([]any{id}, args...), tx.Now())...)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return store.Event{Act: act, Object: id, Label: access.Label{Level: access.Official, Owner: id}, Data: data}, err
	})
	return err
}

// Admit lets a person into a closed group.
func Admit(ctx context.Context, db *store.DB, who access.Subject, group, person string) error {
	if !who.May(access.ManagePeople, access.Label{}).Allowed {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, `
			INSERT INTO membership (grp, person, since) VALUES ($1, $2, $3)
			ON CONFLICT (grp, person) DO NOTHING`, group, person, tx.Now())
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return store.Event{
			Act: "account.group.admitted", Object: person,
			Label: access.Label{Level: access.Closed, Group: group}, Data: map[string]string{"group": group},
		}, err
	})
	return err
}

// Load reads one person by id.
func Load(ctx context.Context, q store.Reader, id string) (Person, error) {
	return store.Get[Person](ctx, q, store.Everything("account"), "SELECT "+columns+" FROM person WHERE {scope} AND id = $1", id)
}

// ByEmail reads one person by address.
func ByEmail(ctx context.Context, q store.Reader, email string) (Person, error) {
	return store.Get[Person](ctx, q, store.Everything("account"),
		"SELECT "+columns+" FROM person WHERE {scope} AND email = $1", strings.ToLower(email))
}

// List reads people by name, for those who manage them.
func List(ctx context.Context, q store.Reader, who access.Subject, limit, offset int) ([]Person, error) {
	if !who.May(access.ManagePeople, access.Label{}).Allowed {
		return nil, ErrForbidden
	}
	return store.List[Person](ctx, q, who.Scope(),
		"SELECT "+columns+" FROM person WHERE {scope} ORDER BY name, id LIMIT $1 OFFSET $2", limit, offset)
}

// Subject is the person as the access rules see her now, with her groups.
// NotFound where the account is gone or blocked.
func Subject(ctx context.Context, q store.Reader, id string) (access.Subject, Person, error) {
	p, err := Load(ctx, q, id)
	if err != nil {
		return access.Subject{}, Person{}, err
	}
	if p.Blocked {
		return access.Subject{}, Person{}, store.ErrNotFound
	}
	groups, err := store.List[string](ctx, q, store.Everything("account"),
		"SELECT grp FROM membership WHERE {scope} AND person = $1 ORDER BY grp", id)
	if err != nil {
		return access.Subject{}, Person{}, err
	}
	return access.Subject{ID: p.ID, Role: p.Role, State: p.ActsFor, Body: p.Body, Groups: groups}, p, nil
}
