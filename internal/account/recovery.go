package account

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// recoveryCodes is how many codes a person gets at a time.
const recoveryCodes = 10

// recoveryLetters leave out what is mistaken for something else on paper, and
// asWritten reads such mistakes as they were meant.
var (
	recoveryLetters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
	asWritten       = strings.NewReplacer("o", "0", "i", "1", "l", "1")
)

// NewRecoveryCodes makes ten codes in place of all from before, and returns them
// to be shown this once: "abcd-efgh-jkmn". They are stored like passwords, with
// one salt for the ten, so that a code is looked up with one computation (ASVS 5.0
// 6.5.2, 6.5.3). ErrFactor where there is no second factor for them to stand in.
func (d Door) NewRecoveryCodes(ctx context.Context, who access.Subject, person string) ([]string, error) {
	if who.ID != person {
		return nil, ErrForbidden
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // it never fails
	codes, hashes := make([]string, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		raw := make([]byte, 8)
		_, _ = rand.Read(raw)
		code := recoveryLetters.EncodeToString(raw)[:12] // 60 bits
		key, err := stretch(ctx, code, salt)
		if err != nil {
			return nil, err
		}
		codes[i], hashes[i] = code[:4]+"-"+code[4:8]+"-"+code[8:], hex.EncodeToString(key)
	}
	_, err := store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		f, err := LoadFactors(ctx, tx, person)
		if err == nil && !f.Second() {
			err = ErrFactor
		}
		var before int64
		if err == nil {
			before, err = tx.Exec(ctx, "DELETE FROM recovery_code WHERE person = $1", person)
		}
		if err == nil && before > 0 { // the first come with the factor of which she is told
			err = tellFactor(ctx, tx, person, "account.recovery.renewed")
		}
		for i := 0; err == nil && i < len(hashes); i++ {
			_, err = tx.Exec(ctx, "INSERT INTO recovery_code (person, hash, salt, used) VALUES ($1, $2, $3, 0)",
				person, hashes[i], hex.EncodeToString(salt))
		}
		return about(person, "account.recovery.renewed", nil), err
	})
	return codes, err
}

// useRecovery takes a recovery code, which is gone with it.
func (d Door) useRecovery(ctx context.Context, person, code string) (bool, error) {
	salt, err := store.Get[string](ctx, d.DB, everything,
		"SELECT salt FROM recovery_code WHERE {scope} AND person = $1 AND used = 0", person)
	if errors.Is(err, store.ErrNotFound) || len(code) > 100 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	raw, err := hex.DecodeString(salt)
	if err != nil {
		return false, err
	}
	key, err := stretch(ctx, asWritten.Replace(code), raw)
	if err != nil {
		return false, err
	}
	used := false
	_, err = store.Write(ctx, d.DB, access.Subject{ID: person}, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE recovery_code SET used = $3 WHERE person = $1 AND hash = $2 AND used = 0",
			person, hex.EncodeToString(key), tx.Now())
		if used = n == 1; err == nil && !used {
			err = store.ErrUnchanged
		}
		return quiet(person, "account.recovery.used", nil), err
	})
	return used, err
}
