package roster

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Everybody reads all profiles, whoever may see them.
func Everybody(ctx context.Context, r *Roster) ([]Profile, error) {
	list, err := store.List[Profile](ctx, r.DB, everything, "SELECT "+profileColumns+" FROM expert e WHERE {scope} ORDER BY e.person")
	if err != nil {
		return nil, err
	}
	return list, withParts(ctx, r.DB, list)
}

// SeenBy is what the subject sees of a profile that she finds.
func SeenBy(who access.Subject, p Profile, now time.Time) (Profile, bool) {
	e := EyeOf(who)
	return e.only(p), e.Finds(p, now)
}
