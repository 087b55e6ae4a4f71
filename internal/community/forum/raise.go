package forum

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// Draft is what is written of an issue.
type Draft struct {
	Lang   lang.Tag
	Title  string
	About  string
	Speaks string
	Place  string
	Host   string
	Groups []string
	Themes []string
}

// Draft is what of an issue can be written anew before it is shown.
func (i Issue) Draft() Draft {
	return Draft{i.Lang, i.Title, i.About, i.Speaks, i.Place, i.Host, i.Groups, i.Themes}
}

func (d *Draft) clean() {
	for _, s := range []*string{&d.Title, &d.About, &d.Speaks, &d.Place, &d.Host} {
		*s = strings.TrimSpace(*s)
	}
	d.Groups, d.Themes = clean(d.Groups), clean(d.Themes)
}

// check returns an Invalid that names the fields. Who raises it with her name says for
// whom; without one she need not.
func (d Draft) check(ctx context.Context, q store.Reader, named bool) error {
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "issue.error.lang"
	}
	v.text("title", d.Title, MaxTitle, true)
	v.text("about", d.About, MaxAbout, true)
	v.text("speaks", d.Speaks, MaxSpeaks, slices.Contains(d.Groups, "other"))
	v.text("place", d.Place, MaxPlace, false)
	if named && len(d.Groups) == 0 {
		v["groups"] = "issue.error.groups"
	}
	for _, g := range d.Groups {
		if !slices.Contains(Groups, g) {
			v["groups"] = "issue.error.groups"
		}
	}
	if len(d.Themes) > MaxThemes {
		v["themes"] = "issue.error.themes"
	}
	for _, id := range d.Themes {
		if _, ok := framework.Theme(id); !ok {
			v["themes"] = "issue.error.themes"
		}
	}
	if d.Host != "" {
		n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1 AND kind IN ('state', 'partner-state')", d.Host)
		if err != nil {
			return err
		}
		if n == 0 {
			v["host"] = "issue.error.host"
		}
	}
	return v.orNil()
}

// Raise raises an issue in a forum, as one of its members. All who read the forum read
// it at once. It returns its id.
func (f *Forum) Raise(ctx context.Context, who access.Subject, group string, d Draft) (string, error) {
	d.clean()
	i := Issue{ID: store.NewID(), Forum: group, Author: who.ID, Stage: Raised}
	_, err := store.Write(ctx, f.DB, who, func(tx *store.Tx) (store.Event, error) {
		in, err := account.StandingIn(ctx, tx, who, group)
		switch {
		case err != nil:
			return store.Event{}, err
		case in.Kind != account.GroupForum:
			return store.Event{}, store.ErrNotFound
		case in.Ended:
			return store.Event{}, Impossible{"raise", "", "issue.impossible.ended"}
		case !in.Writes(tx.Now()):
			return store.Event{}, ErrForbidden
		}
		if err := d.check(ctx, tx, true); err != nil {
			return store.Event{}, err
		}
		i.Shown, i.Label = true, access.Label{Level: in.Level, Group: group}
		return i.event("community.issue.raised"), i.put(ctx, tx, d, nil)
	})
	return i.ID, err
}

// RaiseUnnamed raises an issue without an account, to be followed by the receipt. The
// same receipt again, within an hour, is the same form sent twice: the issue is there.
func (f *Forum) RaiseUnnamed(ctx context.Context, group string, r Receipt, d Draft) error {
	d.clean()
	_, err := store.Write(ctx, f.DB, access.System("receipt"), func(tx *store.Tx) (store.Event, error) {
		made, err := store.Get[time.Time](ctx, tx, everything, "SELECT created FROM issue WHERE {scope} AND receipt = $1", r.hash())
		if err == nil && tx.Now().Sub(made) < time.Hour {
			return store.Event{}, store.ErrUnchanged
		}
		if err == nil {
			return store.Event{}, ErrForbidden // it is shown once
		}
		if !errors.Is(err, store.ErrNotFound) {
			return store.Event{}, err
		}
		if err := f.admitUnnamed(ctx, tx, group); err != nil {
			return store.Event{}, err
		}
		if err := d.check(ctx, tx, false); err != nil {
			return store.Event{}, err
		}
		i := Issue{ID: store.NewID(), Forum: group, Stage: Raised, Label: access.Label{Level: access.Closed}}
		if err := i.put(ctx, tx, d, r.hash()); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "INSERT INTO issue_original (issue, title, about, speaks, place) VALUES ($1, $2, $3, $4, $5)", i.ID, d.Title, d.About, d.Speaks, d.Place)
		return i.event("community.issue.raised"), err
	})
	return err
}

// admitUnnamed asks whether the forum takes one more issue without an account.
func (f *Forum) admitUnnamed(ctx context.Context, tx *store.Tx, group string) error {
	ok, err := open(ctx, tx, group)
	if err != nil {
		return err
	}
	if !ok {
		return store.ErrNotFound
	}
	s, err := settingOf(ctx, tx, group)
	if err != nil {
		return err
	}
	today, err := store.Get[int64](ctx, tx, everything, "SELECT COUNT(*) FROM issue WHERE {scope} AND forum = $1 AND author = '' AND created > $2", group, tx.Now().Add(-24*time.Hour))
	if err == nil && today >= s.Daily {
		return ErrFull
	}
	return err
}

// put writes a new issue with its first step. receipt is a hash, or nil.
func (i Issue) put(ctx context.Context, tx *store.Tx, d Draft, receipt any) error {
	var shown any
	if i.Shown {
		shown = i.Forum
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO issue (id, forum, shown, lang, title, about, speaks, place, host, stage, moves, moved, author, receipt, office, due, answered, follow_by,
		  rev, created, updated, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'raised', 0, $10, $11, $12, '', '', '', '', 1, $10, $10, $13, '', $14, '')`,
		i.ID, i.Forum, shown, string(d.Lang), d.Title, d.About, d.Speaks, d.Place, d.Host, tx.Now(), i.Author, receipt, int(i.Level), i.Group)
	if err != nil {
		return err
	}
	if err := i.tag(ctx, tx, d); err != nil {
		return err
	}
	mark, err := i.step(ctx, tx, taken{move: "raise", stage: Raised, by: i.Author})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE issue SET moves = 1, step = $2 WHERE id = $1", i.ID, mark)
	return err
}

// tag writes what it is about and for whom it is raised.
func (i Issue) tag(ctx context.Context, tx *store.Tx, d Draft) error {
	if _, err := tx.Exec(ctx, "DELETE FROM issue_tag WHERE issue = $1", i.ID); err != nil {
		return err
	}
	under := slices.Clone(d.Themes)
	for _, id := range d.Themes {
		if t, ok := framework.Theme(id); ok {
			under = append(under, t.Parent())
		}
	}
	var rows [][]any
	for _, of := range []struct {
		kind string
		list []string
	}{{"group", d.Groups}, {"theme", d.Themes}, {"under", clean(under)}} {
		for n, value := range of.list {
			rows = append(rows, []any{i.ID, of.kind, value, n})
		}
	}
	return tx.Insert(ctx, "issue_tag (issue, kind, value, n)", rows, "")
}
