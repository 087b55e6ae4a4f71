// Package watch keeps what people want to hear of again: the searches that they
// have saved, what they looked for lately, and the letters and feeds that tell
// them what is new.
//
// What a letter or feed tells is looked up when it is made, in the person's scope
// of that moment: what she has lost the right to see since is not in it. A letter
// travels through other people's machines, and a feed's address stands in their
// logs; so letters name nothing that is closed, and feeds nothing above member.
package watch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"polis/internal/access"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// Watch is the room with its stores.
type Watch struct {
	DB      *store.DB
	Library *library.Library
	Index   *search.Index
	Keys    *keyring.Ring
}

// Often is how often letters tell what is new.
type Often string

// How often: never is for those who only come back to the search, or follow it as
// a feed.
const (
	Never  Often = "never"
	Daily  Often = "daily"
	Weekly Often = "weekly"
)

// Search is one that somebody has saved.
type Search struct {
	ID      string
	Person  string
	Name    string
	Query   string   // of its address, as library.Asked writes it
	Lang    lang.Tag // in which it is asked
	Often   Often
	Fed     time.Time // when the secret of its feed was made, zero where it has none
	Created time.Time
	Updated time.Time
}

const columns = "s.id, s.person, s.name, s.query, s.lang, s.often, s.fed, s.created, s.updated"

// Asked is what the search asks for.
func (s Search) Asked() search.Query {
	v, _ := url.ParseQuery(s.Query) // Save took nothing that does not parse
	return library.ReadAsked(v, s.Lang)
}

// ErrForbidden is returned to who is not signed in.
var ErrForbidden = errors.New("watch: not allowed")

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("watch: invalid: %v", map[string]string(v)) }

// everything is the program's scope; each statement names the person.
var everything = store.Everything("watch")

// maxSearches is how many searches one person saves.
const maxSearches = 100

// New is a search to be saved.
type New struct {
	Name  string
	Query search.Query
	Often Often
}

func (n *New) check() error {
	n.Name = strings.TrimSpace(n.Name)
	v := Invalid{}
	if !fits(n.Name) {
		v["name"] = "ways.error.name"
	}
	if n.Often != Never && n.Often != Daily && n.Often != Weekly {
		v["often"] = "ways.error.often"
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

func fits(name string) bool {
	return name != "" && len(name) <= 200 && !strings.ContainsFunc(name, unicode.IsControl)
}

// Save keeps a search for the caller.
func (k *Watch) Save(ctx context.Context, who access.Subject, n New) (Search, error) {
	if !who.SignedIn() {
		return Search{}, ErrForbidden
	}
	if err := n.check(); err != nil {
		return Search{}, err
	}
	s := Search{ID: store.NewID(), Person: who.ID, Name: n.Name, Query: library.Asked(n.Query).Encode(), Lang: n.Query.Lang, Often: n.Often}
	_, err := store.Write(ctx, k.DB, who, func(tx *store.Tx) (store.Event, error) {
		count, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM saved_search WHERE {scope} AND person = $1", who.ID)
		if err != nil {
			return store.Event{}, err
		}
		if count >= maxSearches {
			return store.Event{}, Invalid{"name": "ways.error.many"}
		}
		s.Created, s.Updated = tx.Now(), tx.Now()
		_, err = tx.Exec(ctx, `
			INSERT INTO saved_search (id, person, name, query, lang, often, feed, fed, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7, $7)`, s.ID, s.Person, s.Name, s.Query, string(s.Lang), string(s.Often), tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		return event(who, "watch.search.saved", s.ID), k.startTelling(ctx, tx, s)
	})
	return s, err
}

// event is about what is the person's alone, and shown on no page but hers.
func event(who access.Subject, act, id string) store.Event {
	return of(who.ID, act, id)
}

func of(person, act, id string) store.Event {
	return store.Event{
		Act: act, Object: person, Label: access.Label{Level: access.Closed, Owner: person}, Quiet: true,
		Data: map[string]string{"search": id},
	}
}

// Searches lists the caller's, the newest first.
func (k *Watch) Searches(ctx context.Context, who access.Subject) ([]Search, error) {
	if !who.SignedIn() {
		return nil, ErrForbidden
	}
	return store.List[Search](ctx, k.DB, everything,
		"SELECT "+columns+" FROM saved_search s WHERE {scope} AND s.person = $1 ORDER BY s.created DESC, s.id DESC", who.ID)
}

// Rename gives one of the caller's searches another name.
func (k *Watch) Rename(ctx context.Context, who access.Subject, id, name string) error {
	if name = strings.TrimSpace(name); !fits(name) {
		return Invalid{"name": "ways.error.name"}
	}
	return k.change(ctx, who, id, "watch.search.changed", func(tx *store.Tx, s Search) error {
		_, err := tx.Exec(ctx, "UPDATE saved_search SET name = $2, updated = $3 WHERE id = $1", id, name, tx.Now())
		return err
	})
}

// Tell changes how often letters tell of one of the caller's searches. They tell
// what came from now on.
func (k *Watch) Tell(ctx context.Context, who access.Subject, id string, often Often) error {
	if often != Never && often != Daily && often != Weekly {
		return Invalid{"often": "ways.error.often"}
	}
	return k.change(ctx, who, id, "watch.search.changed", func(tx *store.Tx, s Search) error {
		return k.setOften(ctx, tx, s, often)
	})
}

func (k *Watch) setOften(ctx context.Context, tx *store.Tx, s Search, often Often) error {
	if s.Often == often {
		return store.ErrUnchanged
	}
	if _, err := tx.Exec(ctx, "UPDATE saved_search SET often = $2, updated = $3 WHERE id = $1", s.ID, string(often), tx.Now()); err != nil {
		return err
	}
	began := s.Often == Never
	if s.Often = often; began || often == Never {
		return k.startTelling(ctx, tx, s)
	}
	_, err := tx.Exec(ctx, "UPDATE alert SET due = $2 WHERE search = $1", s.ID, next(often, tx.Now()))
	return err
}

// Delete forgets one of the caller's searches, with its letters and its feed.
func (k *Watch) Delete(ctx context.Context, who access.Subject, id string) error {
	return k.change(ctx, who, id, "watch.search.deleted", func(tx *store.Tx, s Search) error {
		for _, query := range []string{
			"DELETE FROM letter WHERE object = $1", "DELETE FROM alert WHERE search = $1", "DELETE FROM saved_search WHERE id = $1",
		} {
			if _, err := tx.Exec(ctx, query, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// change is a write on one of the caller's searches; ErrNotFound where it is none
// of hers.
func (k *Watch) change(ctx context.Context, who access.Subject, id, act string, fn func(tx *store.Tx, s Search) error) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	_, err := store.Write(ctx, k.DB, who, func(tx *store.Tx) (store.Event, error) {
		s, err := store.Get[Search](ctx, tx, everything,
			"SELECT "+columns+" FROM saved_search s WHERE {scope} AND s.id = $1 AND s.person = $2", id, who.ID)
		if err != nil {
			return store.Event{}, err
		}
		return event(who, act, id), fn(tx, s)
	})
	return err
}
