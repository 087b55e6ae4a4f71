package account

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// GroupStanding is what somebody is in a group at this moment, and what the group
// asks of those who write there. What she reads follows from the group's level
// alone, never from this.
type GroupStanding struct {
	Member      bool // on a word that holds
	Facilitates bool // and she runs it
	Silent      time.Time
	Ended       bool
	Kind        GroupKind
	Level       access.Level
	Holds       bool // a member's first post waits for a facilitator
	Mails       bool // letters may say what was written
	Translates  bool // a translation service outside may be given what was written
	keeps       bool // she keeps groups, and may change things
	idle        bool // a program asks, with a token that changes nothing
}

// StandingIn reads it as part of a request or a write; store.ErrNotFound where the
// group is not there for her: its name alone may say too much.
func StandingIn(ctx context.Context, q store.Reader, who access.Subject, group string) (GroupStanding, error) {
	g, err := GetGroup(ctx, q, who, group)
	if err != nil {
		return GroupStanding{}, err
	}
	s := GroupStanding{
		Ended: !g.Ended.IsZero(), Kind: g.Kind, Level: g.Level, Holds: g.Holds, Mails: g.Mails, Translates: g.Translates,
		keeps: keepsGroups(who), idle: who.Idle,
	}
	if _, reads := who.Scope().Allows(g.Label); !reads || !who.SignedIn() {
		return s, nil // a keeper from outside
	}
	m, err := store.Get[struct {
		Facilitates bool
		Silent      time.Time
	}](ctx, q, everything, `
		SELECT m.facilitates, m.silent FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND m.grp = $1 AND m.person = $2 AND v.ended = 0 AND v.until > $3`, group, who.ID, nowOf(q))
	if errors.Is(err, store.ErrNotFound) {
		return s, nil
	}
	s.Member, s.Facilitates, s.Silent = err == nil, m.Facilitates, m.Silent
	return s, err
}

// nowOf is the transaction's time, or the clock's.
func nowOf(q store.Reader) time.Time {
	if tx, ok := q.(*store.Tx); ok {
		return tx.Now()
	}
	return time.Now()
}

// Writes reports whether she may write there now.
func (s GroupStanding) Writes(now time.Time) bool {
	return s.Member && !s.Ended && !s.idle && !s.Silent.After(now)
}

// Runs reports whether she decides there: about posts, members and what the
// group says of itself. An ended group is run by nobody.
func (s GroupStanding) Runs() bool {
	return (s.Facilitates || s.keeps) && !s.Ended && !s.idle
}
