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

// password checks a new password: length over rules.
func (v Invalid) password(password string) {
	if n := len([]rune(password)); n < minPassword || n > 256 {
		v["password"] = "account.error.password"
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

// SignIn returns the person with this address and password, or ErrSignIn.
func SignIn(ctx context.Context, db *store.DB, email, password string) (Person, error) {
	row, err := store.Get[struct {
		ID, Secret string
		Blocked    bool
	}](ctx, db, store.Everything("account"),
		"SELECT id, secret, blocked FROM person WHERE {scope} AND email = $1", strings.ToLower(strings.TrimSpace(email)))
	known := err == nil
	switch {
	case errors.Is(err, store.ErrNotFound):
		if row.Secret, err = decoy(); err != nil {
			return Person{}, err
		}
	case err != nil:
		return Person{}, err
	}
	ok, err := matches(ctx, row.Secret, password)
	if err != nil {
		return Person{}, err
	}
	if !ok || !known || row.Blocked {
		return Person{}, ErrSignIn
	}
	return Load(ctx, db, row.ID)
}
