package account

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// AnswerDays is within how many working days a newcomer is told to expect an
// answer.
const AnswerDays = 5

// Newcomer is what somebody says of herself when she makes her account.
type Newcomer struct {
	Name     string
	ActsFor  string // the State that she names as hers, or
	Body     string // the structure, organisation or academy; or neither
	Lang     lang.Tag
	Password string
	First    *FirstPasskey // instead of a password, or nil
}

// AskToRegister sends a letter with which the address is confirmed. It does the
// same for every address, and looks none up: what it says is decided when it is
// sent.
func AskToRegister(ctx context.Context, db *store.DB, email string, t lang.Tag) error {
	email, err := address(email)
	if err != nil {
		return err
	}
	return mail.Put(ctx, db, mail.Letter{To: email, Lang: t, Kind: letterRegister})
}

// address is what was typed, as the tables have it, or an Invalid.
func address(typed string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(typed))
	if !mail.ValidAddress(email) {
		return "", Invalid{"email": "account.error.email"}
	}
	return email, nil
}

// Register makes the account of a visitor who confirmed her address with the
// ticket, and asks her focal points, or the desk, to vouch for her.
func Register(ctx context.Context, db *store.DB, secret string, n Newcomer) (Person, error) {
	ticket, err := Peek(ctx, db, ToRegister, secret)
	if err != nil {
		return Person{}, err
	}
	p, sealed, err := n.prepare(ctx, db, secret, ticket.Object)
	if err != nil {
		return Person{}, err
	}
	_, err = store.WriteAll(ctx, db, access.Subject{ID: p.ID}, func(tx *store.Tx) ([]store.Event, error) {
		if _, err := use(ctx, tx, ToRegister, secret); err != nil {
			return nil, err
		}
		events, err := n.insert(ctx, tx, p, sealed)
		if err != nil {
			return nil, err
		}
		return events, tell(ctx, tx, p)
	})
	if err != nil {
		return Person{}, err
	}
	return Load(ctx, db, p.ID)
}

// prepare checks what the newcomer says and seals her password: outside of the
// write, which others wait for. With a first passkey there is none.
func (n Newcomer) prepare(ctx context.Context, db *store.DB, secret, email string) (Person, string, error) {
	v := Invalid{}
	v.identity(email, n.Name)
	if n.First == nil {
		v.password(n.Password, email, n.Name)
	} else if n.First.ticket != hashed(secret) {
		return Person{}, "", ErrFactor
	}
	if err := v.belongs(ctx, db, n.ActsFor, n.Body); err != nil {
		return Person{}, "", err
	}
	if len(v) > 0 {
		return Person{}, "", v
	}
	p := Person{ID: store.NewID(), Email: email, Name: n.Name, ActsFor: n.ActsFor, Body: n.Body, Lang: n.Lang}
	if n.First != nil {
		p.ID = n.First.person
		return p, "", nil
	}
	sealed, err := seal(ctx, n.Password)
	return p, sealed, err
}

// insert makes the account, with what opens it.
func (n Newcomer) insert(ctx context.Context, tx *store.Tx, p Person, sealed string) ([]store.Event, error) {
	events, err := insert(ctx, tx, p, sealed)
	if err != nil || n.First == nil {
		return events, err
	}
	e, err := insertPasskey(ctx, tx, p.ID, n.First.site, n.First.name, n.First.credential)
	return append(events, e), err
}

// belongs checks that the State or body is one of the directory's.
func (v Invalid) belongs(ctx context.Context, q store.Reader, state, body string) error {
	if state+body == "" {
		return nil
	}
	e, err := directory.Get(ctx, q, access.Scope{}, state+body)
	if errors.Is(err, store.ErrNotFound) || err == nil && (state != "" && body != "" || e.Kind.IsState() != (state != "")) {
		v["for"] = "account.error.unknown-entry"
		return nil
	}
	return err
}

// tell writes to those who may vouch for somebody new.
func tell(ctx context.Context, tx *store.Tx, p Person) error {
	asked, _, err := Asked(ctx, tx, p.ActsFor, p.Body)
	if err != nil {
		return err
	}
	l := mail.Letter{
		Kind: "waits", Object: p.ID, Path: "/people?" + url.Values{"q": {p.Email}}.Encode(),
		Args: map[string]string{"who": p.Name, "address": p.Email, "entry": p.ActsFor + p.Body},
	}
	if l.Args["entry"] == "" {
		l.Kind = "waits-nowhere"
	}
	for _, officer := range asked {
		l.To = officer.ID
		if err := mail.Queue(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// Asked are those who are asked to vouch for somebody of the State or body: its
// focal points or, where it has none, the desk.
func Asked(ctx context.Context, q store.Reader, state, body string) (people []Person, desk bool, err error) {
	people, err = FocalPoints(ctx, q, state, body)
	if err != nil || len(people) > 0 {
		return people, false, err
	}
	people, err = Desk(ctx, q)
	return people, true, err
}

// AskToReset sends a letter with which a new password is set. It does the same
// for every address, and looks none up.
func AskToReset(ctx context.Context, db *store.DB, email string, t lang.Tag) error {
	email, err := address(email)
	if err != nil {
		return err
	}
	return mail.Put(ctx, db, mail.Letter{To: email, Lang: t, Kind: letterReset})
}

// ResetByHand makes the ticket for a person's new password, for an administrator
// to hand over where no letters leave.
func ResetByHand(ctx context.Context, db *store.DB, who access.Subject, person string) (secret string, err error) {
	if !who.May(access.ManagePeople, access.Label{}).Allowed || who.ID == person {
		return "", ErrForbidden
	}
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return about(person, "account.reset.handed", nil), spend(ctx, tx, ToReset, person)
	})
	if err != nil {
		return "", err
	}
	return issue(ctx, db, ToReset, person, false, time.Now().Add(24*time.Hour))
}

// Reset sets a new password with a ticket, ends every session of the person and
// tells her so.
func Reset(ctx context.Context, db *store.DB, secret, password string) (Person, error) {
	ticket, err := Peek(ctx, db, ToReset, secret)
	if err != nil {
		return Person{}, err
	}
	p, err := Load(ctx, db, ticket.Object)
	if err != nil {
		return Person{}, err
	}
	v := Invalid{}
	if v.password(password, p.Email, p.Name); len(v) > 0 {
		return Person{}, v
	}
	sealed, err := seal(ctx, password)
	if err != nil {
		return Person{}, err
	}
	person := p.ID
	_, err = store.Write(ctx, db, access.Subject{ID: person}, func(tx *store.Tx) (store.Event, error) {
		if _, err := use(ctx, tx, ToReset, secret); err != nil {
			return store.Event{}, err
		}
		n, err := tx.Exec(ctx, "UPDATE person SET secret = $2, rev = rev + 1, updated = $3 WHERE id = $1 AND NOT erased AND NOT blocked", person, sealed, tx.Now())
		if err == nil && n == 0 {
			err = ErrTicket
		}
		if err != nil {
			return store.Event{}, err
		}
		if err := endSessions(ctx, tx, person, ""); err != nil {
			return store.Event{}, err
		}
		return about(person, "account.password.reset", map[string]bool{"mailed": ticket.Mailed}),
			mail.Queue(ctx, tx, mail.Letter{To: person, Kind: letterPassword, Path: "/reset"})
	})
	return p, err
}
