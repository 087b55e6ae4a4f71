package event

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/calendar"
	"polis/internal/lang"
	"polis/internal/store"
)

// MakeFeed gives the caller a calendar of events and returns the secret of its address,
// which is nowhere else from then on. An earlier one ends. Of what is above member there
// is nothing in it: its address stands in other people's logs.
func (s *Events) MakeFeed(ctx context.Context, who access.Subject) (string, error) {
	if !who.SignedIn() || who.Program {
		return "", ErrForbidden
	}
	secret := rand.Text() + rand.Text() // 260 bits
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "INSERT INTO meeting_feed (person, hash, made) VALUES ($1, $2, $3) ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, made = excluded.made", who.ID, hashed(secret), tx.Now())
		return of(who.ID, who.ID, "community.event.feed.made"), err
	})
	return secret, err
}

// EndFeed takes the address back at once.
func (s *Events) EndFeed(ctx context.Context, who access.Subject) error {
	if !who.SignedIn() || who.Program {
		return ErrForbidden
	}
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM meeting_feed WHERE person = $1", who.ID)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return of(who.ID, who.ID, "community.event.feed.ended"), err
	})
	return err
}

// FeedMade is since when the caller has an address, zero where she has none.
func (s *Events) FeedMade(ctx context.Context, who access.Subject) (time.Time, error) {
	made, err := store.Get[time.Time](ctx, s.DB, everything, "SELECT made FROM meeting_feed WHERE {scope} AND person = $1", who.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return made, err
}

// Fed finds who reads behind a secret: at most what members read, as long as she is one.
// store.ErrNotFound for every secret that opens nothing.
func (s *Events) Fed(ctx context.Context, secret string) (access.Subject, error) {
	if len(secret) != 52 {
		return access.Subject{}, store.ErrNotFound
	}
	person, err := store.Get[string](ctx, s.DB, everything, "SELECT person FROM meeting_feed WHERE {scope} AND hash = $1", hashed(secret))
	if err != nil {
		return access.Subject{}, err
	}
	who, _, err := account.Subject(ctx, s.DB, person, account.OneFactor)
	return who.Within(access.Member, false), err
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Calendar are events as a calendar shows them; at is the address of a page. The online
// link is in none: a calendar is handed on.
func Calendar(words *lang.Printer, list []Event, at func(path string) string) (entries []calendar.Entry) {
	for _, e := range list {
		place := e.Place
		if e.Online {
			if place != "" {
				place += ", "
			}
			place += words.T("event.online")
		}
		entries = append(entries, calendar.Entry{
			UID: e.ID, From: e.Begins, Until: e.Ends, Title: e.Title, Place: place, URL: at(e.Path()), Description: words.T("event.when", "span", span(words, e, e.Location()), "zone", e.Zone),
			Updated: e.Updated, Cancelled: e.Stage == Cancelled, Sequence: int(e.Seq),
		})
	}
	return entries
}
