package watch

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// MakeFeed gives one of the caller's searches a feed of its own and returns the
// secret of its address, which is nowhere else from then on. An earlier one ends.
// The secret opens this one feed and nothing else: it is no token, and nobody can
// sign in with it.
func (k *Watch) MakeFeed(ctx context.Context, who access.Subject, id string) (string, error) {
	secret := rand.Text() + rand.Text() // 260 bits
	err := k.change(ctx, who, id, "watch.feed.made", func(tx *store.Tx, s Search) error {
		_, err := tx.Exec(ctx, "UPDATE saved_search SET feed = $2, fed = $3, updated = $3 WHERE id = $1", id, hashed(secret), tx.Now())
		return err
	})
	return secret, err
}

// EndFeed takes the address of a feed back at once.
func (k *Watch) EndFeed(ctx context.Context, who access.Subject, id string) error {
	return k.change(ctx, who, id, "watch.feed.ended", func(tx *store.Tx, s Search) error {
		if s.Fed.IsZero() {
			return store.ErrUnchanged
		}
		_, err := tx.Exec(ctx, "UPDATE saved_search SET feed = '', fed = 0, updated = $2 WHERE id = $1", id, tx.Now())
		return err
	})
}

// Feed finds the search that a secret opens, and what its person reads there: what
// members read, as long as she is one. ErrNotFound for every secret that opens
// nothing; why is not told.
func (k *Watch) Feed(ctx context.Context, secret string) (Search, access.Scope, error) {
	if len(secret) != 52 {
		return Search{}, access.Scope{}, store.ErrNotFound
	}
	s, err := store.Get[Search](ctx, k.DB, everything,
		"SELECT "+columns+" FROM saved_search s WHERE {scope} AND s.feed = $1 AND s.feed <> ''", hashed(secret))
	if err != nil {
		return Search{}, access.Scope{}, err
	}
	who, _, err := account.Subject(ctx, k.DB, s.Person, account.OneFactor)
	return s, who.Within(access.Member, false).Scope(), err
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
