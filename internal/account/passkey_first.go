package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"polis/internal/store"
)

// Somebody who joins may begin with a passkey and no password at all. Her browser
// makes it before she has an account, for the id that the account will have. It has
// to open alone, so it asks for her finger or a number and is kept where it can be
// found without an address. Should it be lost, a letter gives her a password, and a
// recovery code stands in for it.

// FirstPasskey is what a browser has made for whoever holds a link to join.
type FirstPasskey struct {
	ticket     string // hash of the link's secret: it opens no other account
	person     string
	site       string
	name       string
	credential *webauthn.Credential
}

// OfferFirstPasskey asks a browser to make a passkey for whoever brings the secret
// of a link to join: ToRegister or ToJoin. ErrTicket where the link opens nothing.
func (d Door) OfferFirstPasskey(ctx context.Context, site Site, kind TicketKind, secret string) (Challenge, error) {
	party, err := site.party()
	if err != nil {
		return Challenge{}, err
	}
	h, err := d.joins(ctx, kind, secret)
	if err != nil {
		return Challenge{}, err
	}
	options, session, err := party.BeginRegistration(h, webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
		ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
		UserVerification: protocol.VerificationRequired,
	}))
	if err != nil {
		return Challenge{}, fmt.Errorf("account: offer a first passkey: %w", err)
	}
	return d.challenge(options.Response, session, "first "+hashed(secret)), nil
}

// FirstPasskey looks at the answer to such an offer. ErrFactor where it does not
// fit, ErrTicket where the link opens nothing any more.
func (d Door) FirstPasskey(ctx context.Context, site Site, kind TicketKind, secret, name, state, answer string) (*FirstPasskey, error) {
	if name = strings.TrimSpace(name); name == "" || len([]rune(name)) > maxPasskeyName {
		return nil, Invalid{"name": "signin.error.passkey-name"}
	}
	h, err := d.joins(ctx, kind, secret)
	if err != nil {
		return nil, err
	}
	credential, err := d.made(ctx, site, h, "first "+hashed(secret), state, answer)
	if err != nil {
		return nil, err
	}
	return &FirstPasskey{hashed(secret), h.ID, site.Host, name, credential}, nil
}

// joins is whoever brings a link to join, as the WebAuthn library sees her.
func (d Door) joins(ctx context.Context, kind TicketKind, secret string) (holder, error) {
	if kind != ToRegister && kind != ToJoin {
		return holder{}, ErrTicket
	}
	t, err := Peek(ctx, d.DB, kind, secret)
	if err != nil {
		return holder{}, err
	}
	email := t.Object
	if kind == ToJoin {
		i, err := InvitationOf(ctx, d.DB, secret)
		if err != nil {
			return holder{}, err
		}
		email = i.Email
	}
	_, err = ByEmail(ctx, d.DB, email)
	if err == nil {
		return holder{}, ErrTicket // she has an account, and signs in with it
	}
	if !errors.Is(err, store.ErrNotFound) {
		return holder{}, err
	}
	return holder{Person: Person{ID: t.newcomer(), Email: email, Name: email}}, nil
}

// newcomer is the id of whoever joins with the ticket: the same at each try, so
// that a browser which is asked twice keeps one passkey. Its order is the order of
// making, like that of the other ids (UUIDv7).
func (t Ticket) newcomer() string {
	id := sha256.Sum256([]byte("newcomer " + t.Hash))
	var when [8]byte
	binary.BigEndian.PutUint64(when[:], uint64(t.Made.UnixMilli())<<16)
	copy(id[:6], when[:6])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	s := hex.EncodeToString(id[:16])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// insertPasskey writes down a passkey that was looked at.
func insertPasskey(ctx context.Context, tx *store.Tx, person, site, name string, credential *webauthn.Credential) (store.Event, error) {
	id := base64.RawURLEncoding.EncodeToString(credential.ID)
	_, err := tx.Exec(ctx, "INSERT INTO passkey (id, person, name, site, credential, created, used) VALUES ($1, $2, $3, $4, $5, $6, 0)",
		id, person, name, site, store.JSON(credential), tx.Now())
	if store.Refused(err) {
		err = ErrFactor
	}
	return about(person, "account.passkey.added", map[string]string{"passkey": id}), err
}
