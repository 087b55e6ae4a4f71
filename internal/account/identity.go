package account

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Identity is what a person is known by at a provider.
type Identity struct {
	ID       string
	Issuer   string
	Subject  string
	Provider string // id
	Person   string // id
	Created  time.Time
	Used     time.Time // when she last signed in with it
}

const identityColumns = "id, issuer, subject, provider, person, created, used"

// Errors of people who come from a provider.
var (
	// ErrStranger: nobody here is known by this, and no account can be opened on
	// the provider's word alone: it does not say that the address is hers, or the
	// address has an account, which only its person can connect.
	ErrStranger = errors.New("account: nobody is known here by this identity")
	// ErrIdentityTaken: somebody else is.
	ErrIdentityTaken = errors.New("account: this identity is another person's")
	// ErrLastWay: without it she could not sign in any more.
	ErrLastWay = errors.New("account: this is the only way in which the person can sign in")
)

// Arrive finds whom the provider speaks of. Somebody who comes for the first time
// gets a visitor's account, and those who may vouch for her are asked to; isNew
// says so. Her roles become what the provider's groups give now.
//
// An address is no proof of who somebody is: an account that has it already is
// never opened by it (see Introduction).
func (ps *Providers) Arrive(ctx context.Context, p Provider, c Claims, t lang.Tag) (person Person, isNew bool, err error) {
	_, err = store.WriteAll(ctx, ps.DB, access.System(p.by()), func(tx *store.Tx) ([]store.Event, error) {
		var events []store.Event
		isNew = false
		known, err := findIdentity(ctx, tx, c.Issuer, c.Subject)
		switch {
		case errors.Is(err, store.ErrNotFound):
			isNew = true
			person, events, err = receive(ctx, tx, p, c, t)
		case err == nil:
			person, err = Load(ctx, tx, known.Person)
			if err == nil && (person.Blocked || person.Erased) {
				err = ErrSignIn
			}
			if err == nil {
				_, err = tx.Exec(ctx, "UPDATE identity SET used = $2 WHERE id = $1", known.ID, tx.Now())
			}
			events = []store.Event{quiet(person.ID, "account.identity.used", map[string]string{"identity": known.ID, "provider": p.ID})}
		}
		if err != nil {
			return nil, err
		}
		roles, err := renewRoles(ctx, tx, p, person.ID, c)
		return append(events, roles...), err
	})
	return person, isNew, err
}

// receive opens the account of somebody who comes for the first time.
func receive(ctx context.Context, tx *store.Tx, p Provider, c Claims, t lang.Tag) (Person, []store.Event, error) {
	if !c.Verified || c.Email == "" {
		return Person{}, nil, ErrStranger
	}
	v := Invalid{}
	if v.identity(c.Email, c.Name); len(v) > 0 {
		return Person{}, nil, ErrStranger
	}
	person := Person{ID: store.NewID(), Email: c.Email, Name: c.Name, ActsFor: p.ActsFor, Body: p.Body, Lang: t}
	events, err := insert(ctx, tx, person, "")
	if errors.As(err, &v) {
		return Person{}, nil, ErrStranger // the address has an account
	}
	if err != nil {
		return Person{}, nil, err
	}
	e, err := connect(ctx, tx, Introduction{p.ID, c.Issuer, c.Subject, time.Time{}}, person.ID)
	if err != nil {
		return Person{}, nil, err
	}
	return person, append(events, e), tell(ctx, tx, person)
}

func findIdentity(ctx context.Context, q store.Reader, issuer, subject string) (Identity, error) {
	return store.Get[Identity](ctx, q, everything,
		"SELECT "+identityColumns+" FROM identity WHERE {scope} AND issuer = $1 AND subject = $2", issuer, subject)
}

// Introduction is a provider's word for somebody whom nobody here is known as
// yet. It waits, sealed in a cookie of the browser, until she has signed in with
// what she has here, and says that both are hers.
type Introduction struct {
	Provider, Issuer, Subject string
	Made                      time.Time
}

// introductionLasts is how long she may take.
const introductionLasts = 15 * time.Minute

// SealIntroduction closes the introduction for its cookie.
func (ps *Providers) SealIntroduction(p Provider, c Claims) string {
	return ps.Keys.Seal("introduction", store.JSON(Introduction{p.ID, c.Issuer, c.Subject, time.Now()}))
}

// OpenIntroduction reads an introduction from its cookie. ErrErrand where it is
// none of ours, or took too long.
func (ps *Providers) OpenIntroduction(sealed string) (i Introduction, err error) {
	text, err := ps.Keys.Unseal("introduction", sealed)
	if err != nil || json.Unmarshal([]byte(text), &i) != nil || time.Since(i.Made) > introductionLasts {
		return Introduction{}, ErrErrand
	}
	return i, nil
}

// Join connects what a provider says with the person who is signed in here. All
// her sessions end; the present one goes on anew.
func (ps *Providers) Join(ctx context.Context, who access.Subject, i Introduction) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	return changeFactor(ctx, ps.DB, who, who.ID, func(tx *store.Tx) (store.Event, error) {
		p, err := LoadProvider(ctx, tx, i.Provider)
		if err != nil {
			return store.Event{}, err
		}
		if !p.Enabled || p.Issuer != i.Issuer {
			return store.Event{}, ErrErrand
		}
		known, err := findIdentity(ctx, tx, i.Issuer, i.Subject)
		switch {
		case err == nil && known.Person == who.ID:
			return store.Event{}, store.ErrUnchanged
		case err == nil:
			return store.Event{}, ErrIdentityTaken
		case !errors.Is(err, store.ErrNotFound):
			return store.Event{}, err
		}
		return connect(ctx, tx, i, who.ID)
	})
}

func connect(ctx context.Context, tx *store.Tx, i Introduction, person string) (store.Event, error) {
	id := store.NewID()
	_, err := tx.Exec(ctx, "INSERT INTO identity (id, issuer, subject, provider, person, created, used) VALUES ($1, $2, $3, $4, $5, $6, $6)",
		id, i.Issuer, i.Subject, i.Provider, person, tx.Now())
	return about(person, "account.identity.joined", map[string]string{"identity": id, "provider": i.Provider}), err
}

// Identities lists what a person is known by elsewhere: for herself and for
// administrators.
func Identities(ctx context.Context, q store.Reader, who access.Subject, person string) ([]Identity, error) {
	if err := self(who, person); err != nil {
		return nil, err
	}
	return store.List[Identity](ctx, q, everything, "SELECT "+identityColumns+" FROM identity WHERE {scope} AND person = $1 ORDER BY created, id", person)
}

// CountIdentities is how many people a provider is known to know.
func CountIdentities(ctx context.Context, q store.Reader, provider string) (int, error) {
	return store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM identity WHERE {scope} AND provider = $1", provider)
}

// Part takes one identity from a person, with the roles that its provider gave:
// by herself or an administrator. ErrLastWay where she could not sign in without
// it. All her sessions end.
func Part(ctx context.Context, db *store.DB, who access.Subject, person, id string) error {
	if err := self(who, person); err != nil {
		return err
	}
	return changeFactor(ctx, db, who, person, func(tx *store.Tx) (store.Event, error) {
		i, err := store.Get[Identity](ctx, tx, everything, "SELECT "+identityColumns+" FROM identity WHERE {scope} AND id = $1 AND person = $2", id, person)
		if err != nil {
			return store.Event{}, err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM identity WHERE id = $1", id); err != nil {
			return store.Event{}, err
		}
		if err := hasWay(ctx, tx, person); err != nil {
			return store.Event{}, err
		}
		err = endRolesBy(ctx, tx, Provider{ID: i.Provider}, person)
		return about(person, "account.identity.parted", map[string]string{"identity": id, "provider": i.Provider}), err
	})
}

// hasWay looks whether a person can sign in at all: with a password, a passkey or
// an account elsewhere.
func hasWay(ctx context.Context, tx *store.Tx, person string) error {
	ways, err := store.Get[int](ctx, tx, everything, `
		SELECT (SELECT COUNT(*) FROM identity i JOIN provider v ON v.id = i.provider WHERE i.person = p.id AND v.enabled)
			+ (SELECT COUNT(*) FROM passkey k WHERE k.person = p.id)
			+ CASE WHEN p.secret <> '' THEN 1 ELSE 0 END
		FROM person p WHERE {scope} AND p.id = $1`, person)
	if err == nil && ways == 0 {
		err = ErrLastWay
	}
	return err
}
