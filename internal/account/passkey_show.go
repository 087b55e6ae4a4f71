package account

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"polis/internal/access"
	"polis/internal/store"
)

// AskPasskey asks a browser for a passkey: of the person, after her password or
// to show again that it is she; or, where person is "", of whoever sits before it.
// Alone it has to stand for two factors: then it asks for a finger or a number.
func (d Door) AskPasskey(ctx context.Context, site Site, person string, alone bool) (Challenge, error) {
	party, err := site.party()
	if err != nil {
		return Challenge{}, err
	}
	verify := webauthn.WithUserVerification(protocol.VerificationPreferred)
	if alone || person == "" {
		verify = webauthn.WithUserVerification(protocol.VerificationRequired)
	}
	var options *protocol.CredentialAssertion
	var session *webauthn.SessionData
	if person == "" {
		options, session, err = party.BeginDiscoverableLogin(verify)
	} else {
		h, herr := d.holder(ctx, site, person)
		if herr != nil {
			return Challenge{}, herr
		}
		if len(h.keys) == 0 {
			return Challenge{}, store.ErrNotFound
		}
		options, session, err = party.BeginLogin(h, verify)
	}
	if err != nil {
		return Challenge{}, fmt.Errorf("account: ask for a passkey: %w", err)
	}
	return d.challenge(options.Response, session, asked(person, alone)), nil
}

// asked keeps the challenges for one purpose apart from those for another.
func asked(person string, alone bool) string {
	if alone && person != "" {
		return "alone " + person
	}
	return "show " + person
}

// Passkey looks at the answer to such a challenge and returns whose it is.
// ErrSignIn where it does not fit, Slow where it is too early to try again.
func (d Door) Passkey(ctx context.Context, k Knock, site Site, person string, alone bool, state, answer string) (Person, error) {
	b := d.bucket(byAddress, k.Address)
	if err := d.try(ctx, b); err != nil {
		return Person{}, err
	}
	h, key, err := d.shown(ctx, site, person, alone, state, answer)
	if errors.Is(err, ErrSignIn) {
		return Person{}, d.refuse(ctx, h.ID, "passkey")
	}
	if err != nil {
		return Person{}, err
	}
	id := base64.RawURLEncoding.EncodeToString(key.ID)
	_, err = store.Write(ctx, d.DB, access.Subject{ID: h.ID}, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE passkey SET credential = $2, used = $3 WHERE id = $1", id, store.JSON(key), tx.Now())
		if err == nil && n == 0 {
			err = ErrSignIn // it was removed meanwhile
		}
		return quiet(h.ID, "account.passkey.used", map[string]string{"passkey": id}), err
	})
	if err != nil {
		return Person{}, err
	}
	return h.Person, d.forgive(ctx, b)
}

// shown looks at the answer alone. The holder is whose passkey it claims to be.
func (d Door) shown(ctx context.Context, site Site, person string, alone bool, state, answer string) (h holder, key *webauthn.Credential, err error) {
	party, err := site.party()
	if err != nil {
		return h, nil, err
	}
	session, err := d.answered(ctx, state, asked(person, alone))
	if err != nil {
		return h, nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return h, nil, ErrSignIn
	}
	owner := person
	if owner == "" {
		owner = string(parsed.Response.UserHandle)
	}
	h, err = d.holder(ctx, site, owner)
	if errors.Is(err, store.ErrNotFound) {
		return h, nil, ErrSignIn
	}
	if err != nil {
		return h, nil, err
	}
	if person != "" {
		key, err = party.ValidateLogin(h, session, parsed)
	} else {
		_, key, err = party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, session, parsed)
	}
	if err != nil || key.Authenticator.CloneWarning {
		return h, nil, ErrSignIn
	}
	return h, key, nil
}
