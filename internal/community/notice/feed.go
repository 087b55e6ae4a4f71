package notice

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// MakeFeed gives the caller a feed of a group or topic and returns the secret of its
// address, which is nowhere else from then on. An earlier one ends. The secret opens this
// one feed and nothing else. Of what is above member there is none: a feed's address
// stands in other people's logs.
func (n *Notice) MakeFeed(ctx context.Context, who access.Subject, kind Kind, object string) (string, error) {
	if !herself(who) {
		return "", ErrForbidden
	}
	secret := rand.Text() + rand.Text() // 260 bits
	_, err := store.Write(ctx, n.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := n.choosable(ctx, tx, who.Within(access.Member, false), kind, object, Once); err != nil {
			return store.Event{}, err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO notice_feed (person, kind, object, hash, made) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (person, kind, object) DO UPDATE SET hash = excluded.hash, made = excluded.made`, who.ID, string(kind), object, hashed(secret), tx.Now())
		return of(who.ID, "community.notice.feed.made", map[string]string{"kind": string(kind), "of": object}), err
	})
	return secret, err
}

// EndFeed takes the address of a feed back at once.
func (n *Notice) EndFeed(ctx context.Context, who access.Subject, kind Kind, object string) error {
	if !herself(who) {
		return ErrForbidden
	}
	_, err := store.Write(ctx, n.DB, who, func(tx *store.Tx) (store.Event, error) {
		count, err := tx.Exec(ctx, "DELETE FROM notice_feed WHERE person = $1 AND kind = $2 AND object = $3", who.ID, string(kind), object)
		if err == nil && count == 0 {
			err = store.ErrUnchanged
		}
		return of(who.ID, "community.notice.feed.ended", map[string]string{"kind": string(kind), "of": object}), err
	})
	return err
}

// Feed is what a secret opens.
type Feed struct {
	Kind   Kind
	Object string
	Made   time.Time
}

// Feed finds what a secret opens, and who reads it there: at most what members read, as
// long as she is one. store.ErrNotFound for every secret that opens nothing.
func (n *Notice) Feed(ctx context.Context, secret string) (Feed, access.Subject, error) {
	if len(secret) != 52 {
		return Feed{}, access.Subject{}, store.ErrNotFound
	}
	f, err := store.Get[struct {
		Person string
		Feed
	}](ctx, n.DB, everything, "SELECT person, kind, object, made FROM notice_feed WHERE {scope} AND hash = $1", hashed(secret))
	if err != nil {
		return Feed{}, access.Subject{}, err
	}
	who, _, err := account.Subject(ctx, n.DB, f.Person, account.OneFactor)
	return f.Feed, who.Within(access.Member, false), err
}

// GroupName is what a group is called, and in which language, for who reads it.
func (n *Notice) GroupName(ctx context.Context, who access.Subject, id string) (string, lang.Tag, error) {
	g, err := store.Get[struct {
		Name string
		Lang lang.Tag
	}](ctx, n.DB, who.Scope(), "SELECT name, lang FROM circle WHERE {scope} AND id = $1", id)
	return g.Name, g.Lang, err
}

// feeds are when the feeds of a person were made, by kind and object.
func (n *Notice) feeds(ctx context.Context, person string) (map[string]time.Time, error) {
	list, err := store.List[Feed](ctx, n.DB, everything, "SELECT kind, object, made FROM notice_feed WHERE {scope} AND person = $1", person)
	made := map[string]time.Time{}
	for _, f := range list {
		made[string(f.Kind)+f.Object] = f.Made
	}
	return made, err
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
