package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// What stands in the way of a change of who is in a group, and what to do, is said
// by the page under "groups.error.NAME".
var (
	// ErrBeyond is returned where a group is above what the person reads.
	ErrBeyond = errors.New("account: the group is above what this person reads")
	// ErrLastFacilitator is returned where nobody would be left to run the group,
	// though others are there who could.
	ErrLastFacilitator = errors.New("account: nobody else runs this group")
	// ErrDecided is returned where a proposal was decided or withdrawn meanwhile.
	ErrDecided = errors.New("account: the proposal was decided meanwhile")
)

// Join lets a person into an open group, one for members or a forum, by herself:
// whoever reads it and is vouched for.
func Join(ctx context.Context, db *store.DB, who access.Subject, group string) error {
	if !who.SignedIn() || who.Idle {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := store.Get[Group](ctx, tx, who.Scope(), "SELECT "+groupColumns+" FROM circle WHERE {scope} AND id = $1", group)
		if err == nil && g.Kind == GroupClosed {
			err = ErrForbidden // she is in it, or keeps it: see Admit
		}
		if err != nil {
			return store.Event{}, err
		}
		return enter(ctx, tx, who, g, who.ID, "account.group.joined")
	})
	return err
}

// Admit lets a person into a group, for those who keep groups, on the word that
// vouches for her: of her State before any other. When that word ends, so does this.
func Admit(ctx context.Context, db *store.DB, who access.Subject, group, person string) error {
	if !keepsGroups(who) {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return admit(ctx, tx, who, group, person)
	})
	return err
}

func admit(ctx context.Context, tx *store.Tx, who access.Subject, group, person string) (store.Event, error) {
	g, err := anyGroup(ctx, tx, group)
	if err != nil {
		return store.Event{}, err
	}
	return enter(ctx, tx, who, g, person, "account.group.admitted")
}

// anyGroup reads a group for what was decided already.
func anyGroup(ctx context.Context, q store.Reader, id string) (Group, error) {
	return store.Get[Group](ctx, q, everything, "SELECT "+groupColumns+" FROM circle WHERE {scope} AND id = $1", id)
}

// enter puts a person into a group as part of a write. What was proposed for her is
// answered with it, and a silence that she left with goes on.
func enter(ctx context.Context, tx *store.Tx, who access.Subject, g Group, person, act string) (store.Event, error) {
	if !g.Ended.IsZero() {
		return store.Event{}, ErrChanged
	}
	word, err := strongest(ctx, tx, person)
	if err != nil {
		return store.Event{}, err
	}
	if err := reaches(ctx, tx, person, g); err != nil {
		return store.Event{}, err
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO membership (grp, person, vouching, by_whom, since, facilitates, silent, greeted) VALUES ($1, $2, $3, $4, $5, FALSE,
			COALESCE((SELECT until FROM circle_silence WHERE grp = $1 AND person = $2), 0), FALSE)
		ON CONFLICT (grp, person) DO UPDATE SET vouching = excluded.vouching, by_whom = excluded.by_whom, since = excluded.since
		WHERE membership.vouching <> excluded.vouching`, g.ID, person, word, who.ID, tx.Now())
	if err == nil && n == 0 {
		err = store.ErrUnchanged
	}
	if err != nil {
		return store.Event{}, err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM circle_silence WHERE grp = $1 AND person = $2", g.ID, person); err != nil {
		return store.Event{}, err
	}
	return membership(act, g, person), settle(ctx, tx, who, Admitted, "", "grp = $5 AND person = $6", g.ID, person)
}

// reaches holds that the person reads what is written in the group. A closed one
// opens it to her by admitting her.
func reaches(ctx context.Context, tx *store.Tx, person string, g Group) error {
	if g.Kind == GroupClosed {
		return nil
	}
	her, err := Rights(ctx, tx, person)
	if err != nil {
		return err
	}
	if _, reads := her.Scope().Allows(g.Label); !reads {
		return ErrBeyond
	}
	return nil
}

// strongest is the id of the word on which a person is admitted.
func strongest(ctx context.Context, tx *store.Tx, person string) (string, error) {
	id, err := store.Get[string](ctx, tx, everything, `
		SELECT id FROM vouching WHERE {scope} AND person = $1 AND ended = 0 AND until > $2
		ORDER BY trust DESC, acts_for DESC, id LIMIT 1`, person, tx.Now())
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNoVouching
	}
	return id, err
}

// Dismiss takes a person out of a group: she herself, who runs it, or who keeps
// groups. The last who runs it may leave, and is taken out by keepers alone, and
// only where nobody is left to take her place.
func Dismiss(ctx context.Context, db *store.DB, who access.Subject, group, person string) error {
	if who.Idle {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := GetGroup(ctx, tx, who, group)
		if errors.Is(err, store.ErrNotFound) && who.ID == person {
			g, err = anyGroup(ctx, tx, group) // what she does not read any more she may leave still
		}
		if err != nil {
			return store.Event{}, err
		}
		if err := mayDismiss(ctx, tx, who, g, person); err != nil {
			return store.Event{}, err
		}
		return leave(ctx, tx, who, g, person)
	})
	return err
}

func mayDismiss(ctx context.Context, tx *store.Tx, who access.Subject, g Group, person string) error {
	if who.ID == person {
		return nil
	}
	s, err := StandingIn(ctx, tx, who, g.ID)
	if err != nil {
		return err
	}
	if !s.Runs() && !(s.Ended && keepsGroups(who)) {
		return ErrForbidden
	}
	inside, err := within(ctx, tx, g.ID)
	if err != nil {
		return err
	}
	others := slices.ContainsFunc(inside, func(m seat) bool { return m.Facilitates && m.Person != person })
	if last := slices.Contains(inside, seat{person, true}) && !others; last && len(inside) > 1 {
		return ErrLastFacilitator
	}
	return nil
}

// seat is somebody who is in a group on a word that holds.
type seat struct {
	Person      string
	Facilitates bool
}

func within(ctx context.Context, tx *store.Tx, group string) ([]seat, error) {
	return store.List[seat](ctx, tx, everything, `
		SELECT m.person, m.facilitates FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND m.grp = $1 AND v.ended = 0 AND v.until > $2`, group, tx.Now())
}

// leave takes her out as part of a write. What she had proposed goes with her; until
// when she was silent is remembered, so that nobody leaves to speak again.
func leave(ctx context.Context, tx *store.Tx, who access.Subject, g Group, person string) (store.Event, error) {
	silent, err := store.Get[time.Time](ctx, tx, everything, "SELECT silent FROM membership WHERE {scope} AND grp = $1 AND person = $2", g.ID, person)
	if errors.Is(err, store.ErrNotFound) {
		err = store.ErrUnchanged
	}
	if err != nil {
		return store.Event{}, err
	}
	if silent.After(tx.Now()) {
		if _, err := tx.Exec(ctx, `
			INSERT INTO circle_silence (grp, person, until) VALUES ($1, $2, $3)
			ON CONFLICT (grp, person) DO UPDATE SET until = excluded.until`, g.ID, person, silent); err != nil {
			return store.Event{}, err
		}
	}
	if _, err := tx.Exec(ctx, "DELETE FROM membership WHERE grp = $1 AND person = $2", g.ID, person); err != nil {
		return store.Event{}, err
	}
	act := "account.group.dismissed"
	if who.ID == person {
		act = "account.group.left"
	}
	return membership(act, g, person), settle(ctx, tx, who, Withdrawn, "", "grp = $5 AND by_whom = $6", g.ID, person)
}

// membership is an event about who is in a group: told to nobody by the group's
// level, since who is in an open one is its members' to know.
func membership(act string, g Group, person string) store.Event {
	label := own(person)
	if g.Kind == GroupClosed {
		label = g.Label
	}
	return store.Event{Act: act, Object: person, Label: label, Data: map[string]string{"group": g.ID}}
}

// Greeted reports whether a member has been shown what the group says to who has just
// come.
func Greeted(ctx context.Context, q store.Reader, who access.Subject, group string) (bool, error) {
	return store.Get[bool](ctx, q, everything, "SELECT greeted FROM membership WHERE {scope} AND grp = $1 AND person = $2", group, who.ID)
}

// Greet takes that she has been shown what the group says to who has just come.
func Greet(ctx context.Context, db *store.DB, who access.Subject, group string) error {
	if !who.SignedIn() || who.Program {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := GetGroup(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		n, err := tx.Exec(ctx, "UPDATE membership SET greeted = TRUE WHERE grp = $1 AND person = $2 AND NOT greeted", group, who.ID)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		e := membership("account.group.greeted", g, who.ID)
		e.Quiet = true
		return e, err
	})
	return err
}
