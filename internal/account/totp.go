package account

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"polis/internal/access"
	"polis/internal/store"
)

// Codes of an authenticator app (RFC 6238), as every such app makes them.
const (
	codeStep   = 30 // seconds
	codeDigits = 6
)

// ErrFactor is returned where a second factor that is to be added is there
// already, or what would add it is not what was offered.
var ErrFactor = errors.New("account: this second factor cannot be added")

// AuthenticatorOffer is a secret for a new app, to be confirmed with a code.
type AuthenticatorOffer struct {
	Secret string // as the reader types it, in base32
	URL    string // what the QR code holds
	State  string // sealed: comes back with the code
}

// offered is what State holds.
type offered struct {
	Person, Secret string
	Until          time.Time
}

// offerLasts is for how long an offer may be taken up.
const offerLasts = time.Hour

// OfferAuthenticator makes a secret. Nothing is stored before a code shows that
// the app has it.
func (d Door) OfferAuthenticator(p Person) AuthenticatorOffer {
	raw := make([]byte, 20) // as long as the hash, RFC 4226 §4
	_, _ = rand.Read(raw)   // it never fails
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	return d.offer(p, secret, time.Now().Add(offerLasts))
}

func (d Door) offer(p Person, secret string, until time.Time) AuthenticatorOffer {
	label := url.PathEscape("POLIS:" + p.Email)
	return AuthenticatorOffer{
		Secret: secret,
		URL:    "otpauth://totp/" + label + "?" + url.Values{"secret": {secret}, "issuer": {"POLIS"}}.Encode(),
		State:  d.Keys.Seal("authenticator offer "+p.ID, store.JSON(offered{p.ID, secret, until})),
	}
}

// Offered opens the state of an offer again, to show it once more.
func (d Door) Offered(p Person, state string) (AuthenticatorOffer, error) {
	text, err := d.Keys.Unseal("authenticator offer "+p.ID, state)
	var o offered
	if err != nil || json.Unmarshal([]byte(text), &o) != nil || o.Person != p.ID || time.Now().After(o.Until) {
		return AuthenticatorOffer{}, ErrFactor
	}
	return d.offer(p, o.Secret, o.Until), nil
}

// AddAuthenticator stores the secret that was offered, once a code of the app
// shows that it is there. Only a person herself adds how she signs in.
func (d Door) AddAuthenticator(ctx context.Context, who access.Subject, p Person, state, code string) error {
	if who.ID != p.ID {
		return ErrForbidden
	}
	offer, err := d.Offered(p, state)
	if err != nil {
		return err
	}
	ok, err := d.matchesStep(ctx, p.ID, offer.Secret, bare(code), time.Now())
	if err != nil {
		return err
	}
	if !ok {
		return Invalid{"code": "signin.error.code"}
	}
	return changeFactor(ctx, d.DB, who, p.ID, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "INSERT INTO authenticator (person, secret, created) VALUES ($1, $2, $3)",
			p.ID, d.Keys.Seal("authenticator "+p.ID, offer.Secret), tx.Now())
		if store.Refused(err) {
			err = ErrFactor
		}
		return about(p.ID, "account.authenticator.added", nil), err
	})
}

// RemoveAuthenticator takes the app away.
func RemoveAuthenticator(ctx context.Context, db *store.DB, who access.Subject, person string) error {
	if err := self(who, person); err != nil {
		return err
	}
	return changeFactor(ctx, db, who, person, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM authenticator WHERE person = $1", person)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return about(person, "account.authenticator.removed", nil), err
	})
}

// timeCode looks at a code of the person's app.
func (d Door) timeCode(ctx context.Context, person, code string, now time.Time) (bool, error) {
	sealed, err := store.Get[string](ctx, d.DB, everything, "SELECT secret FROM authenticator WHERE {scope} AND person = $1", person)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	secret, err := d.Keys.Unseal("authenticator "+person, sealed)
	if err != nil {
		return false, err
	}
	return d.matchesStep(ctx, person, secret, code, now)
}

// matchesStep reports whether the code is that of the present half minute, the
// one before or the one after, and has not been shown before (ASVS 5.0 6.5.1).
func (d Door) matchesStep(ctx context.Context, person, secret, code string, now time.Time) (bool, error) {
	step := now.Unix() / codeStep
	for _, at := range []int64{step, step - 1, step + 1} {
		ok, err := hotp.ValidateCustom(code, uint64(at), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if errors.Is(err, otp.ErrValidateInputInvalidLength) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if ok {
			return d.once(ctx, "code "+person+" "+secret+" "+code, 10*time.Minute)
		}
	}
	return false, nil
}

// bare is a code as it was meant: without the spaces and hyphens that make it
// readable.
func bare(code string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' || r == '\t' {
			return -1
		}
		return r
	}, code))
}
