// Package notice tells people what is written in their groups, and no more often than
// they like (Framework ¶9.3, 12.4).
//
// She says once how she wants to be told (Wish), and of single groups and topics what
// differs (Choose): at once, in a daily or weekly letter, or not. By itself a group's news
// come weekly, and what is said where she wrote or is mentioned at once. In her quiet
// hours no letter leaves.
//
// A follower reads the event log and writes down of what she is owed a letter (Follow),
// with its number in the log in the same transaction: a program that is killed in the
// middle loses nothing and tells nothing twice. What a letter says is looked up when it is
// sent, in her scope of that moment, so who was expelled, or whose post was hidden
// meanwhile, is in none. A letter travels through other people's machines: of a group
// whose facilitators do not allow more, it says only that somebody has written.
package notice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	_ "time/tzdata" // her time zone is known on every machine

	"polis/internal/access"
	"polis/internal/keyring"
	"polis/internal/store"
)

// Notice is the room with its store.
type Notice struct {
	DB   *store.DB
	Keys *keyring.Ring
	Log  *slog.Logger // nil: slog.Default
	// Address is where a person answers to a topic by mail; nil, or "": nowhere.
	Address func(ctx context.Context, person, topic string) (string, error)
	// Experts are people who may know an answer on one of the themes; nil: only those
	// whom their own posts and what they follow show.
	Experts func(ctx context.Context, q store.Reader, themes []string, limit int) ([]string, error)

	passed atomic.Int64 // number of the log up to which nothing is about a post
}

// Pace is how soon somebody is told. Messages: "notice.pace.PACE".
type Pace string

// The paces.
const (
	Once   Pace = "once" // at once, each
	Daily  Pace = "daily"
	Weekly Pace = "weekly"
	None   Pace = "none"
)

// Paces lists them all.
var Paces = []Pace{Once, Daily, Weekly, None}

// Valid reports whether it is one of Paces.
func (p Pace) Valid() bool { return p == Once || p == Daily || p == Weekly || p == None }

// The paces of who has chosen nothing.
const (
	groupPace     = Weekly
	ownPace       = Once
	announcedPace = Weekly
)

// Kind is of what a pace is chosen.
type Kind string

// What has a pace of its own.
const (
	Group Kind = "group"
	Topic Kind = "topic"
)

// ErrForbidden is returned where the caller has not signed in, or is a program.
var ErrForbidden = errors.New("notice: not allowed")

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("notice: invalid: %v", map[string]string(v)) }

// everything is the program's scope on tables without labels; each statement names the
// person.
var everything = store.Everything("notice")

// of is an event that is one person's alone.
func of(person, act string, data any) store.Event {
	return store.Event{Act: act, Object: person, Label: access.Label{Level: access.Closed, Owner: person}, Quiet: true, Data: data}
}

func (n *Notice) log() *slog.Logger {
	if n.Log == nil {
		return slog.Default()
	}
	return n.Log
}

// pace is how soon she is told of a topic: as she chose for it, else as she wants to hear
// of what is her own, else as she chose for the group.
func pace(topic, group Pace, own bool, w Wish) Pace {
	switch {
	case topic != "":
		return topic
	case own:
		return w.Own
	case group != "":
		return group
	}
	return groupPace
}

// Release takes all away that names a person, as part of her erasure.
func Release(ctx context.Context, tx *store.Tx, person string) error {
	for _, table := range []string{"notice_wish", "notice_choice", "notice_feed", "notice_seen", "notice_own", "notice_owed", "notice_digest", "notice_announced"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE person = $1", person); err != nil {
			return fmt.Errorf("notice: release: %w", err)
		}
	}
	return nil
}
