package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"polis/internal/access"
	"polis/internal/store"
)

// Site is for whom a passkey is made: it works at this host and nowhere else,
// which is why nobody can be talked into showing it to another.
type Site struct {
	Host   string // a name, never a number
	Origin string // "https://polis.example"
}

// Passkey is one that a person has made.
type Passkey struct {
	ID         string // the credential's, base64url
	Person     string
	Name       string
	Site       string
	Credential webauthn.Credential `db:"credential,json"`
	Created    time.Time
	Used       time.Time // zero: never
}

// maxPasskeys is how many one person may have, and maxPasskeyName how long their
// names may be, in characters.
const (
	maxPasskeys    = 20
	maxPasskeyName = 60
)

func passkeys(ctx context.Context, q store.Reader, person string) ([]Passkey, error) {
	return store.List[Passkey](ctx, q, everything,
		"SELECT id, person, name, site, credential, created, used FROM passkey WHERE {scope} AND person = $1 ORDER BY created, id", person)
}

// holder is a person as the WebAuthn library sees her.
type holder struct {
	Person
	keys []Passkey
}

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.Email }
func (h holder) WebAuthnDisplayName() string { return h.Name }

func (h holder) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, len(h.keys))
	for i, k := range h.keys {
		list[i] = k.Credential
	}
	return list
}

// holder reads a person with her passkeys for the site.
func (d Door) holder(ctx context.Context, site Site, person string) (holder, error) {
	p, err := Load(ctx, d.DB, person)
	if err != nil {
		return holder{}, err
	}
	if p.Blocked || p.Erased {
		return holder{}, store.ErrNotFound
	}
	keys, err := passkeys(ctx, d.DB, person)
	return holder{p, slices.DeleteFunc(keys, func(k Passkey) bool { return k.Site != site.Host })}, err
}

// ceremonyLasts is how long a challenge may be answered.
const ceremonyLasts = 5 * time.Minute

// party is the library, for one site.
func (s Site) party() (*webauthn.WebAuthn, error) {
	limit := webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyLasts, TimeoutUVD: ceremonyLasts}
	return webauthn.New(&webauthn.Config{
		RPID: s.Host, RPDisplayName: "POLIS", RPOrigins: []string{s.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: limit, Registration: limit},
	})
}

// Challenge is what a browser is asked to answer with a passkey. State comes back
// with the answer; it is sealed, so nothing is stored before there is one.
type Challenge struct {
	Options any    `json:"options"` // of navigator.credentials
	State   string `json:"state"`
}

func (d Door) challenge(options any, session *webauthn.SessionData, what string) Challenge {
	return Challenge{options, d.Keys.Seal("passkey "+what, store.JSON(session))}
}

// answered opens the state of a challenge, once.
func (d Door) answered(ctx context.Context, state, what string) (session webauthn.SessionData, err error) {
	text, err := d.Keys.Unseal("passkey "+what, state)
	if err != nil || json.Unmarshal([]byte(text), &session) != nil {
		return session, ErrSignIn
	}
	first, err := d.once(ctx, "challenge "+session.Challenge, 2*ceremonyLasts)
	if err == nil && !first {
		err = ErrSignIn
	}
	return session, err
}

// OfferPasskey asks a browser to make a passkey for a person.
func (d Door) OfferPasskey(ctx context.Context, site Site, person string) (Challenge, error) {
	party, err := site.party()
	if err != nil {
		return Challenge{}, err
	}
	h, err := d.holder(ctx, site, person)
	if err != nil {
		return Challenge{}, err
	}
	options, session, err := party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, fmt.Errorf("account: offer a passkey: %w", err)
	}
	return d.challenge(options.Response, session, "add "+person), nil
}

// AddPasskey stores the passkey that a browser has made for the person who asks.
// ErrFactor where the answer does not fit the offer.
func (d Door) AddPasskey(ctx context.Context, who access.Subject, site Site, name, state, answer string) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	if name = strings.TrimSpace(name); name == "" || len([]rune(name)) > maxPasskeyName {
		return Invalid{"name": "signin.error.passkey-name"}
	}
	h, err := d.holder(ctx, site, who.ID)
	if err != nil {
		return err
	}
	credential, err := d.made(ctx, site, h, "add "+who.ID, state, answer)
	if err != nil {
		return err
	}
	return changeFactor(ctx, d.DB, who, who.ID, func(tx *store.Tx) (store.Event, error) {
		keys, err := passkeys(ctx, tx, who.ID)
		if err == nil && len(keys) >= maxPasskeys {
			err = ErrFactor
		}
		if err != nil {
			return store.Event{}, err
		}
		return insertPasskey(ctx, tx, who.ID, site.Host, name, credential)
	})
}

// made looks at the answer to an offer.
func (d Door) made(ctx context.Context, site Site, h holder, what, state, answer string) (*webauthn.Credential, error) {
	party, err := site.party()
	if err != nil {
		return nil, err
	}
	session, err := d.answered(ctx, state, what)
	if errors.Is(err, ErrSignIn) {
		return nil, ErrFactor
	}
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, ErrFactor
	}
	credential, err := party.CreateCredential(h, session, parsed)
	if err != nil {
		return nil, ErrFactor
	}
	credential.Attestation = webauthn.CredentialAttestation{} // none was asked for
	return credential, nil
}

// RenamePasskey gives one of the caller's own passkeys another name.
func RenamePasskey(ctx context.Context, db *store.DB, who access.Subject, id, name string) error {
	if name = strings.TrimSpace(name); name == "" || len([]rune(name)) > maxPasskeyName {
		return Invalid{"name": "signin.error.passkey-name"}
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE passkey SET name = $3 WHERE id = $1 AND person = $2", id, who.ID, name)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return quiet(who.ID, "account.passkey.renamed", map[string]string{"passkey": id}), err
	})
	return err
}

// RemovePasskey takes away a passkey of a person. ErrLastWay where she could not
// sign in without it.
func RemovePasskey(ctx context.Context, db *store.DB, who access.Subject, person, id string) error {
	if err := self(who, person); err != nil {
		return err
	}
	return changeFactor(ctx, db, who, person, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM passkey WHERE id = $1 AND person = $2", id, person)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		if err == nil {
			err = hasWay(ctx, tx, person)
		}
		return about(person, "account.passkey.removed", map[string]string{"passkey": id}), err
	})
}
