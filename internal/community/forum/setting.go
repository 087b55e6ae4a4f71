package forum

import (
	"context"
	"errors"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Setting is how issues are raised in a forum.
type Setting struct {
	Anybody bool  // may raise one without an account, while everybody reads the forum
	Daily   int64 // how many of those in a day
	Days    int64 // in which an answer is owed as a rule
	Rev     int64 // 0: it was never written down
}

// usual is the setting of a forum that has chosen nothing.
var usual = Setting{Daily: 20, Days: 28}

// SettingOf reads the setting of a forum that was read in the reader's scope.
func (f *Forum) SettingOf(ctx context.Context, group string) (Setting, error) {
	return settingOf(ctx, f.DB, group)
}

func settingOf(ctx context.Context, q store.Reader, group string) (Setting, error) {
	s, err := store.Get[Setting](ctx, q, everything, "SELECT anybody, daily, days, rev FROM forum_setting WHERE {scope} AND grp = $1", group)
	if errors.Is(err, store.ErrNotFound) {
		return usual, nil
	}
	return s, err
}

// Set writes down how issues are raised; s.Rev is what the caller read. An issue without
// an account needs somebody who reads it: without a facilitator there is none.
func (f *Forum) Set(ctx context.Context, who access.Subject, group string, s Setting) error {
	_, err := store.Write(ctx, f.DB, who, func(tx *store.Tx) (store.Event, error) {
		g, err := account.GetGroup(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		in, err := account.StandingIn(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		now, err := settingOf(ctx, tx, group)
		switch {
		case err != nil:
			return store.Event{}, err
		case g.Kind != account.GroupForum:
			return store.Event{}, store.ErrNotFound
		case !in.Runs():
			return store.Event{}, ErrForbidden
		case now.Rev != s.Rev:
			return store.Event{}, Stale{now.Rev}
		}
		v := Invalid{}
		if s.Daily < 1 || s.Daily > 500 {
			v["daily"] = "issue.error.daily"
		}
		if s.Days < 1 || s.Days > 365 {
			v["days"] = "issue.error.days"
		}
		readers, err := account.Facilitators(ctx, tx, group)
		if err != nil {
			return store.Event{}, err
		}
		if s.Anybody && len(readers) == 0 {
			v["anybody"] = "issue.error.nobody"
		}
		if len(v) > 0 {
			return store.Event{}, v
		}
		if now == s && s.Rev > 0 {
			return store.Event{}, store.ErrUnchanged
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO forum_setting (grp, anybody, daily, days, rev, updated) VALUES ($1, $2, $3, $4, 1, $5)
			ON CONFLICT (grp) DO UPDATE SET anybody = excluded.anybody, daily = excluded.daily, days = excluded.days, rev = forum_setting.rev + 1, updated = excluded.updated`,
			group, s.Anybody, s.Daily, s.Days, tx.Now())
		return store.Event{Act: "community.forum.set", Object: group, Label: g.Label}, err
	})
	return err
}

// Open reports whether an issue can be raised without an account now: the forum says so,
// goes on, is read by everybody, and somebody reads what is raised.
func (f *Forum) Open(ctx context.Context, group string) (bool, error) {
	return open(ctx, f.DB, group)
}

func open(ctx context.Context, q store.Reader, group string) (bool, error) {
	in, err := account.StandingIn(ctx, q, access.Subject{}, group)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil // not everybody reads it
	}
	if err != nil || in.Kind != account.GroupForum || in.Ended {
		return false, err
	}
	s, err := settingOf(ctx, q, group)
	if err != nil || !s.Anybody {
		return false, err
	}
	readers, err := account.Facilitators(ctx, q, group)
	return len(readers) > 0, err
}
