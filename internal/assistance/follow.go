package assistance

import (
	"context"
	"errors"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/store"
)

// FollowKinds are what somebody can follow: records, and all of a State or a theme.
// Messages: "follow.kind.KIND".
var FollowKinds = []string{"request", "project", "programme", "activity", "lesson", "state", "theme"}

// maxFollows is how much one person follows.
const maxFollows = 200

// Follow is something that somebody follows.
type Follow struct {
	Kind    string
	Object  string    // an id
	Seen    time.Time // up to when she has seen what changed
	Created time.Time
}

// follows says which records are of a kind that can be followed one by one: their
// table. A State and a theme are no records.
var follows = map[string]string{"request": "request", "project": "project", "programme": "programme", "activity": "activity", "lesson": "lesson"}

// Follow lets the caller know of what changes in something from now on. What she may
// not read she does not follow.
func (a *Assistance) Follow(ctx context.Context, who access.Subject, kind, object string) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := followable(ctx, tx, who, kind, object); err != nil {
			return store.Event{}, err
		}
		count, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM follow WHERE {scope} AND person = $1", who.ID)
		if err != nil {
			return store.Event{}, err
		}
		if count >= maxFollows {
			return store.Event{}, Invalid{"follow": "follow.error.many"}
		}
		n, err := tx.Exec(ctx, `
			INSERT INTO follow (person, kind, object, seen, created) VALUES ($1, $2, $3, $4, $4)
			ON CONFLICT (person, kind, object) DO NOTHING`, who.ID, kind, object, tx.Now())
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return following(who, "assistance.follow.begun", kind, object), err
	})
	return done(err)
}

// done is what has happened already.
func done(err error) error {
	if errors.Is(err, store.ErrUnchanged) {
		return nil
	}
	return err
}

// followable asks whether there is something of that kind, and whether she reads it.
func followable(ctx context.Context, tx *store.Tx, who access.Subject, kind, object string) error {
	if _, reads := who.Scope().Allows(access.Label{Level: access.Official}); !reads {
		return ErrForbidden
	}
	ok, err := false, error(nil)
	switch kind {
	case "state":
		var e directory.Entry
		if e, err = directory.Get(ctx, tx, everything, object); err == nil {
			ok = e.Kind.IsState()
		}
	case "theme":
		_, ok = framework.Theme(object)
	default:
		table := follows[kind]
		if table == "" {
			return Invalid{"follow": "follow.error.kind"}
		}
		_, err = store.Get[string](ctx, tx, who.Scope(), "SELECT id FROM "+table+" WHERE {scope} AND id = $1", object)
		ok = err == nil
	}
	if err == nil && !ok {
		err = store.ErrNotFound
	}
	return err
}

// following is an event that is hers alone.
func following(who access.Subject, act, kind, object string) store.Event {
	return store.Event{
		Act: act, Object: who.ID, Label: access.Label{Level: access.Closed, Owner: who.ID}, Quiet: true,
		Data: map[string]string{"kind": kind, "of": object},
	}
}

// Unfollow ends it. What she may not read any more she can still leave.
func (a *Assistance) Unfollow(ctx context.Context, who access.Subject, kind, object string) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM follow WHERE person = $1 AND kind = $2 AND object = $3", who.ID, kind, object)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return following(who, "assistance.follow.ended", kind, object), err
	})
	return done(err)
}

// Follows reports whether the caller follows something.
func (a *Assistance) Follows(ctx context.Context, who access.Subject, kind, object string) (bool, error) {
	if !who.SignedIn() {
		return false, nil
	}
	n, err := store.Get[int](ctx, a.DB, everything, "SELECT COUNT(*) FROM follow WHERE {scope} AND person = $1 AND kind = $2 AND object = $3", who.ID, kind, object)
	return n > 0, err
}

// Seen says that the caller has seen what changed up to a moment, which lies not ahead.
func (a *Assistance) Seen(ctx context.Context, who access.Subject, until time.Time) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if until.After(tx.Now()) {
			until = tx.Now()
		}
		n, err := tx.Exec(ctx, "UPDATE follow SET seen = $2 WHERE person = $1 AND seen < $2", who.ID, until)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return following(who, "assistance.follow.seen", "", ""), err
	})
	return done(err)
}

// Followed is something that somebody follows, with what it is called. A State or a
// theme has neither number nor title: the directory and the Framework name them.
type Followed struct {
	Follow
	Number, Title, Lang string
}

// Following lists what the caller follows and may read, the latest first. What she may
// not read any more is not in it.
func (a *Assistance) Following(ctx context.Context, who access.Subject) ([]Followed, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	list, err := store.List[Followed](ctx, a.DB, everything,
		"SELECT kind, object, seen, created, '' AS number, '' AS title, '' AS lang FROM follow WHERE {scope} AND person = $1 AND kind IN ('state', 'theme')", who.ID)
	if err != nil {
		return nil, err
	}
	for _, kind := range FollowKinds {
		table := follows[kind]
		if table == "" {
			continue
		}
		number := "x.of_year || '/' || x.nth"
		if kind == "lesson" {
			number = "''"
		}
		found, err := store.List[Followed](ctx, a.DB, who.Scope(), `
			SELECT f.kind, f.object, f.seen, f.created, `+number+` AS number, x.title, x.lang
			FROM follow f JOIN `+table+` x ON x.id = f.object
			WHERE {scope x} AND f.person = $1 AND f.kind = $2`, who.ID, kind)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortStableFunc(list, func(a, b Followed) int { return b.Created.Compare(a.Created) })
	return list, nil
}
