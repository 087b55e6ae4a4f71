package account

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/store"
)

// Facilitate gives a member the group to run, beside those who do already.
func Facilitate(ctx context.Context, db *store.DB, who access.Subject, group, person string) error {
	return setFacilitator(ctx, db, who, group, person, true, "account.group.facilitator-made")
}

// Unfacilitate takes that back. Somebody else has to run the group still:
// ErrLastFacilitator.
func Unfacilitate(ctx context.Context, db *store.DB, who access.Subject, group, person string) error {
	return setFacilitator(ctx, db, who, group, person, false, "account.group.facilitator-ended")
}

func setFacilitator(ctx context.Context, db *store.DB, who access.Subject, group, person string, runs bool, act string) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := runnable(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		inside, err := within(ctx, tx, group)
		if err != nil {
			return store.Event{}, err
		}
		others := slices.ContainsFunc(inside, func(m seat) bool { return m.Facilitates && m.Person != person })
		switch {
		case slices.Contains(inside, seat{person, runs}):
			return store.Event{}, store.ErrUnchanged
		case !slices.Contains(inside, seat{person, !runs}):
			return store.Event{}, store.ErrNotFound // she is no member, or nobody vouches any more
		case !runs && !others:
			return store.Event{}, ErrLastFacilitator
		}
		_, err = tx.Exec(ctx, "UPDATE membership SET facilitates = $3 WHERE grp = $1 AND person = $2", group, person, runs)
		return membership(act, g, person), err
	})
	return err
}

// runnable is the group that the caller runs, as part of a write: ErrForbidden where
// she does not, ErrChanged where it has ended.
func runnable(ctx context.Context, tx *store.Tx, who access.Subject, group string) (Group, error) {
	g, err := GetGroup(ctx, tx, who, group)
	if err != nil {
		return g, err
	}
	s, err := StandingIn(ctx, tx, who, group)
	switch {
	case err != nil:
		return g, err
	case s.Ended && (s.Facilitates || s.keeps):
		return g, ErrChanged
	case !s.Runs():
		return g, ErrForbidden
	}
	return g, nil
}

// Unled are the groups that nobody runs any more, the last one having left or her
// word having ended: those who keep groups find somebody.
func Unled(ctx context.Context, q store.Reader, who access.Subject) ([]Group, error) {
	if !keepsGroups(who) {
		return nil, nil
	}
	return store.List[Group](ctx, q, everything, "SELECT "+prefixed("g", groupColumns)+` FROM circle g
		WHERE {scope} AND g.ended = 0 AND NOT EXISTS (
			SELECT 1 FROM membership m JOIN vouching v ON v.id = m.vouching
			WHERE m.grp = g.id AND m.facilitates AND v.ended = 0 AND v.until > $1)
		ORDER BY g.name, g.id LIMIT 100`, nowOf(q))
}
