package roster

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// maxWhy is how long a purpose may be.
const maxWhy = 500

// Look is that somebody opened a profile, and for what.
type Look struct {
	ID     string
	Person string
	ByWhom string
	Why    string
	Day    string
	At     time.Time
}

// KeptLooks is for how long she is shown who looked.
const KeptLooks = Year

// Open reads somebody's profile, of which only what the caller sees is left, and notes
// for its owner who looked and why: once a day for each purpose. store.ErrNotFound where
// the caller does not find her; an Invalid where she says no purpose.
func (r *Roster) Open(ctx context.Context, who access.Subject, person, why string) (Profile, error) {
	now := time.Now()
	p, err := profile(ctx, r.DB, person)
	if err != nil {
		return Profile{}, err
	}
	e := EyeOf(who)
	if !e.Finds(p, now) {
		return Profile{}, store.ErrNotFound
	}
	why = strings.Join(strings.Fields(why), " ")
	if why == "" || len(why) > maxWhy {
		return Profile{}, Invalid{"why": "expert.error.why"}
	}
	_, err = store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "INSERT INTO expert_look (id, person, by_whom, why, day, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person, by_whom, day, why) DO NOTHING",
			store.NewID(), person, who.ID, why, day(tx.Now()), tx.Now())
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		e := event(person, "community.expert.opened", nil)
		e.Quiet = true
		return e, err
	})
	return e.only(p), err
}

// Looks are who looked at the caller's profile, the last first, at most limit.
func (r *Roster) Looks(ctx context.Context, who access.Subject, limit int) ([]Look, error) {
	if !who.SignedIn() || who.Limited {
		return nil, ErrForbidden
	}
	return store.List[Look](ctx, r.DB, everything,
		"SELECT id, person, by_whom, why, day, at FROM expert_look WHERE {scope} AND person = $1 AND at > $2 ORDER BY at DESC, id DESC LIMIT $3",
		who.ID, time.Now().Add(-KeptLooks), limit)
}

// Preview is the caller's own profile as another width sees it: what she shows to members
// or officials.
func (p Profile) Preview(w Width) Profile { return Eye{floor: w}.only(p) }

// Finds reports whether the caller may find the person now, without noting anything.
func (r *Roster) Finds(ctx context.Context, who access.Subject, person string) (Profile, error) {
	p, err := profile(ctx, r.DB, person)
	if err != nil {
		return p, err
	}
	e := EyeOf(who)
	if !e.Finds(p, time.Now()) {
		return Profile{}, store.ErrNotFound
	}
	return e.only(p), nil
}
