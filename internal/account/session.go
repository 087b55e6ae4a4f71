package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"polis/internal/store"
)

// SessionStore keeps sessions in the table `session` for scs. The token itself
// is at the reader's alone; the table has its hash.
type SessionStore struct{ DB *store.DB }

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx returns the session's data, and whether there is one that has not
// expired.
func (s SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	text, err := store.Get[string](ctx, s.DB, store.Everything("session"),
		"SELECT data FROM session WHERE {scope} AND hash = $1 AND expires > $2", hashed(token), time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	return data, err == nil, err
}

// CommitCtx stores the session's data until it expires.
func (s SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	_, err := store.Upkeep(ctx, s.DB, `
		INSERT INTO session (hash, data, expires) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires = excluded.expires`,
		hashed(token), base64.StdEncoding.EncodeToString(data), expires)
	return err
}

// DeleteCtx ends a session, and forgets those that have expired.
func (s SessionStore) DeleteCtx(ctx context.Context, token string) error {
	_, err := store.Upkeep(ctx, s.DB, "DELETE FROM session WHERE hash = $1 OR expires < $2", hashed(token), time.Now())
	return err
}

// Find, Commit and Delete serve callers without a context.
func (s SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s SessionStore) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx without a context.
func (s SessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}
