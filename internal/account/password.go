package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"polis/internal/store"
)

// ErrSignIn is the one answer to a wrong address, a wrong password and a
// blocked account: who has an account is nobody's business.
var ErrSignIn = errors.New("account: address or password is wrong")

// The cost of argon2id: the memory in KiB and passes that OWASP names for it.
const (
	cost   = 2
	memory = 19 * 1024
	lanes  = 1
	keyLen = 32
)

// ovens bounds how many hashes are computed at once, and with it the memory
// that a crowd at the door can take.
var ovens = make(chan struct{}, 2)

func stretch(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case ovens <- struct{}{}:
		defer func() { <-ovens }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, cost, memory, lanes, keyLen), nil
}

// password checks a new password: length over rules, but nothing that everybody
// tries first. about are her address and her name.
func (v Invalid) password(password string, about ...string) {
	if n := len([]rune(password)); n < minPassword || n > maxPassword {
		v["password"] = "account.error.password"
	} else if key := guessed(password, about...); key != "" {
		v["password"] = key
	}
}

// seal hashes a new password with a salt of its own.
func seal(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	key, err := stretch(ctx, password, salt)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, cost, lanes, enc(salt), enc(key)), nil
}

// matches reports whether the password is the one that was sealed.
func matches(ctx context.Context, secret, password string) (bool, error) {
	parts := strings.Split(secret, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("account: the stored secret has an unknown form")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("account: stored salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("account: stored key: %w", err)
	}
	got, err := stretch(ctx, password, salt)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// decoy is what an unknown address is compared with, so that the answer takes
// as long as for a known one.
var decoy = sync.OnceValues(func() (string, error) {
	return seal(context.Background(), "nobody has this password")
})

// SignIn returns the person with this address and password, or ErrSignIn. It
// counts nothing: the Door does.
func SignIn(ctx context.Context, db *store.DB, email, password string) (Person, error) {
	id, ok, err := check(ctx, db, email, password)
	if err != nil {
		return Person{}, err
	}
	if !ok {
		return Person{}, ErrSignIn
	}
	return Load(ctx, db, id)
}

// check looks at an address and a password, and takes as long for an unknown
// account, and for one without a password, as for any. id is "" where nobody has
// the address.
func check(ctx context.Context, db *store.DB, email, password string) (id string, ok bool, err error) {
	row, err := store.Get[struct {
		ID, Secret string
		Blocked    bool
		Erased     bool
	}](ctx, db, everything, "SELECT id, secret, blocked, erased FROM person WHERE {scope} AND email = $1", normal(email))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", false, err
	}
	open := err == nil && row.Secret != "" && !row.Blocked && !row.Erased
	if row.Secret == "" {
		if row.Secret, err = decoy(); err != nil {
			return "", false, err
		}
	}
	right, err := matches(ctx, row.Secret, password)
	return row.ID, right && open, err
}

// Password looks at an address and a password that somebody shows at the door:
// ErrSignIn where they are wrong, Slow where it is too early to try again.
func (d Door) Password(ctx context.Context, k Knock, email, password string) (Person, error) {
	start := time.Now()
	email = normal(email)
	buckets := d.buckets(k, email)
	if err := d.try(ctx, buckets...); err != nil {
		return Person{}, err
	}
	id, ok, err := check(ctx, d.DB, email, password)
	if err != nil {
		return Person{}, err
	}
	if !ok {
		err := d.refuse(ctx, id, "password")
		d.keepPace(ctx, start)
		return Person{}, err
	}
	if err := d.forgive(ctx, buckets...); err != nil {
		return Person{}, err
	}
	return Load(ctx, d.DB, id)
}
