package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Address is whose an address is, for what and, where it is about something of its
// own, such as a thread, about what.
type Address struct{ Person, Purpose, Object string }

// addressRow is an address as the table has it.
type addressRow struct {
	Person  string
	Purpose string
	Object  string
	N       int64
	Hash    string
	Made    time.Time
	Ended   time.Time
}

const addressColumns = "person, purpose, object, n, hash, made, ended"

// secrets are written in small letters: some mail servers make all letters small.
var secrets = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// secret is the part of an address that nobody can guess: 130 bits of a fingerprint
// under the installation's key.
func (b *Box) secret(a Address, n int64) string {
	mark, err := hex.DecodeString(b.Keys.Mark("inbox address", fmt.Sprintf("%q %q %q %d", a.Person, a.Purpose, a.Object, n)))
	if err != nil {
		panic(err) // Mark is hexadecimal
	}
	return secrets.EncodeToString(mark)[:26]
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Address is where somebody writes to for a purpose, and since when; "" where she has
// no address, and where no mail is taken in here.
func (b *Box) Address(ctx context.Context, a Address) (text string, made time.Time, err error) {
	if b.Domain == "" {
		return "", time.Time{}, nil
	}
	r, err := row(ctx, b.DB, a)
	if errors.Is(err, store.ErrNotFound) {
		return "", time.Time{}, nil
	}
	if err != nil || !r.Ended.IsZero() {
		return "", time.Time{}, err
	}
	secret := b.secret(a, r.N)
	if hashed(secret) != r.Hash { // made under another key: it opens nothing
		return "", time.Time{}, nil
	}
	return a.Purpose + "+" + secret + "@" + b.Domain, r.Made, nil
}

func row(ctx context.Context, q store.Reader, a Address) (addressRow, error) {
	return store.Get[addressRow](ctx, q, everything,
		"SELECT "+addressColumns+" FROM inbox_address WHERE {scope} AND person = $1 AND purpose = $2 AND object = $3", a.Person, a.Purpose, a.Object)
}

// Renew gives the caller an address for a purpose. An earlier one ends.
func (b *Box) Renew(ctx context.Context, who access.Subject, purpose string) error {
	if !who.SignedIn() || who.Program {
		return ErrForbidden
	}
	if b.handlers[purpose] == nil || b.Domain == "" {
		return store.ErrNotFound
	}
	_, err := store.Write(ctx, b.DB, who, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "inbox.address.made", Object: who.ID, Label: own(who.ID), Data: map[string]string{"purpose": purpose}, Quiet: true},
			b.renew(ctx, tx, Address{who.ID, purpose, ""})
	})
	return err
}

// renew writes the next address of a person as part of a write.
func (b *Box) renew(ctx context.Context, tx *store.Tx, a Address) error {
	n := int64(1)
	before, err := row(ctx, tx, a)
	switch {
	case err == nil:
		n = before.N + 1
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO inbox_address (`+addressColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 0)
		ON CONFLICT (person, purpose, object) DO UPDATE SET n = excluded.n, hash = excluded.hash, made = excluded.made, ended = 0`,
		a.Person, a.Purpose, a.Object, n, hashed(b.secret(a, n)), tx.Now())
	return err
}

// End takes the caller's address back at once.
func (b *Box) End(ctx context.Context, who access.Subject, purpose string) error {
	_, err := store.Write(ctx, b.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE inbox_address SET ended = $3 WHERE person = $1 AND purpose = $2 AND object = '' AND ended = 0", who.ID, purpose, tx.Now())
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return store.Event{Act: "inbox.address.ended", Object: who.ID, Label: own(who.ID), Data: map[string]string{"purpose": purpose}, Quiet: true}, err
	})
	return err
}

// find is whose a recipient is; store.ErrNotFound for every one that is nobody's, or
// somebody's whose account is closed. Why is not told.
func (b *Box) find(ctx context.Context, recipient string) (Address, error) {
	local, domain, _ := strings.Cut(strings.ToLower(recipient), "@")
	purpose, secret, _ := strings.Cut(local, "+")
	if domain != strings.ToLower(b.Domain) || len(secret) != 26 || b.handlers[purpose] == nil {
		return Address{}, store.ErrNotFound
	}
	r, err := store.Get[addressRow](ctx, b.DB, everything,
		"SELECT "+addressColumns+" FROM inbox_address WHERE {scope} AND hash = $1 AND purpose = $2 AND ended = 0", hashed(secret), purpose)
	if err != nil {
		return Address{}, err
	}
	a := Address{r.Person, r.Purpose, r.Object}
	if b.secret(a, r.N) != secret { // a row that this installation has not written
		return Address{}, store.ErrNotFound
	}
	p, err := account.Load(ctx, b.DB, r.Person)
	if err == nil && (p.Blocked || p.Erased) {
		err = store.ErrNotFound
	}
	return a, err
}

// Give gives somebody an address for a purpose and an object of its own, such as a topic,
// unless she has one that holds, and returns it; "" where no mail is taken in here. Who
// reads the object is asked by who gives it, and again by who looks after what comes.
func (b *Box) Give(ctx context.Context, a Address) (string, error) {
	if b.Domain == "" {
		return "", nil
	}
	if b.handlers[a.Purpose] == nil {
		return "", store.ErrNotFound
	}
	if text, _, err := b.Address(ctx, a); err != nil || text != "" {
		return text, err
	}
	_, err := store.Write(ctx, b.DB, access.System("inbox"), func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "inbox.address.made", Object: a.Person, Label: own(a.Person), Data: map[string]string{"purpose": a.Purpose, "of": a.Object}, Quiet: true},
			b.renew(ctx, tx, a)
	})
	if err != nil {
		return "", err
	}
	text, _, err := b.Address(ctx, a)
	return text, err
}
