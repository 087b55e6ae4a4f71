package account

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// GroupDraft is what a group says of itself, to be opened or changed.
type GroupDraft struct {
	ID                       string    // the address, which does not change
	Kind                     GroupKind // nor does this but by Raise
	Level                    access.Level
	Name, About              string
	Lang                     lang.Tag
	Welcome, Rules           string // Markdown
	Themes                   []string
	Holds, Mails, Translates bool
}

// The most bytes of a group's texts.
const (
	maxGroupName  = 200
	maxGroupAbout = 2_000
	maxGroupText  = 20_000 // welcome, rules
)

// straighten takes away what nobody meant, and says what is wrong.
func (d *GroupDraft) straighten() Invalid {
	v := Invalid{}
	d.Name, d.About = strings.TrimSpace(d.Name), strings.TrimSpace(d.About)
	d.Welcome, d.Rules = strings.TrimSpace(d.Welcome), strings.TrimSpace(d.Rules)
	if d.Name == "" || len(d.Name) > maxGroupName {
		v["name"] = "account.error.group-name"
	}
	if len(d.About) > maxGroupAbout {
		v["about"] = "groups.error.about"
	}
	for field, text := range map[string]string{"welcome": d.Welcome, "rules": d.Rules} {
		if len(text) > maxGroupText {
			v[field] = "groups.error.text"
		}
	}
	if d.Lang == "" {
		d.Lang = lang.All[0]
	}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "groups.error.lang"
	}
	slices.Sort(d.Themes)
	d.Themes = slices.Compact(d.Themes)
	for _, id := range d.Themes {
		if _, ok := framework.Theme(id); !ok {
			v["themes"] = "groups.error.themes"
		}
	}
	return v
}

// OpenGroup makes a group without members, of any kind.
func OpenGroup(ctx context.Context, db *store.DB, who access.Subject, d GroupDraft) error {
	if !keepsGroups(who) {
		return ErrForbidden
	}
	v := d.straighten()
	if !groupID.MatchString(d.ID) {
		v["id"] = "account.error.group-id"
	}
	if d.Kind == GroupClosed {
		d.Level = access.Closed
	}
	if len(d.Kind.Levels()) == 0 {
		v["kind"] = "groups.error.kind"
	} else if !slices.Contains(d.Kind.Levels(), d.Level) {
		v["level"] = "groups.error.level"
	}
	if len(v) > 0 {
		return v
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO circle (id, kind, name, about, lang, welcome, rules, holds, mails, translates, rev, created, updated, ended, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, 0, $12, '', $1, '')`,
			d.ID, d.Kind, d.Name, d.About, d.Lang, d.Welcome, d.Rules, d.Holds, d.Mails, d.Translates, tx.Now(), int(d.Level))
		if store.Refused(err) {
			return store.Event{}, Invalid{"id": "account.error.group-taken"}
		}
		if err == nil {
			err = setThemes(ctx, tx, d.ID, d.Themes)
		}
		return store.Event{Act: "account.group.opened", Object: d.ID, Label: groupLabel(d.Level, d.ID), Data: map[string]string{"kind": string(d.Kind)}}, err
	})
	return err
}

func setThemes(ctx context.Context, tx *store.Tx, group string, themes []string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM circle_theme WHERE grp = $1", group); err != nil {
		return err
	}
	for _, id := range themes {
		if _, err := tx.Exec(ctx, "INSERT INTO circle_theme (grp, theme) VALUES ($1, $2)", group, id); err != nil {
			return err
		}
	}
	return nil
}

// unmachine drops what machines outside have translated of what is written in a group:
// its word that they may, or its level, is not the same any more.
func unmachine(ctx context.Context, tx *store.Tx, group string) error {
	_, err := tx.Exec(ctx, "DELETE FROM post_machine WHERE grp = $1", group)
	return err
}

// groupLabel is who reads what is written in a group.
func groupLabel(level access.Level, id string) access.Label {
	return access.Label{Level: level, Group: id}
}

// EditGroup changes what a group says of itself; its kind and level stay. rev is
// the one that the caller saw; ErrChanged where somebody was quicker.
func EditGroup(ctx context.Context, db *store.DB, who access.Subject, rev int64, d GroupDraft) error {
	return onGroup(ctx, db, who, d.ID, rev, "account.group.edited", func(tx *store.Tx, _ Group) error {
		if v := d.straighten(); len(v) > 0 {
			return v
		}
		_, err := tx.Exec(ctx, `
			UPDATE circle SET name = $2, about = $3, lang = $4, welcome = $5, rules = $6, holds = $7, mails = $8, translates = $9, rev = rev + 1, updated = $10
			WHERE id = $1`, d.ID, d.Name, d.About, d.Lang, d.Welcome, d.Rules, d.Holds, d.Mails, d.Translates, tx.Now())
		if err == nil && !d.Translates {
			err = unmachine(ctx, tx, d.ID)
		}
		if err != nil {
			return err
		}
		return setThemes(ctx, tx, d.ID, d.Themes)
	})
}

// EndGroup makes a group an archive: it stays readable to those who could read it,
// and takes nothing new.
func EndGroup(ctx context.Context, db *store.DB, who access.Subject, id string, rev int64) error {
	if !keepsGroups(who) {
		return ErrForbidden
	}
	return onGroup(ctx, db, who, id, rev, "account.group.ended", func(tx *store.Tx, _ Group) error {
		if _, err := tx.Exec(ctx, "UPDATE circle SET ended = $2, rev = rev + 1, updated = $2 WHERE id = $1", id, tx.Now()); err != nil {
			return err
		}
		return settle(ctx, tx, who, Withdrawn, "", "grp = $5", id)
	})
}

// onGroup changes a group that runs still, by somebody who runs it and saw its
// revision.
func onGroup(ctx context.Context, db *store.DB, who access.Subject, id string, rev int64, act string, change func(*store.Tx, Group) error) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := runnable(ctx, tx, who, id)
		if err == nil && g.Rev != rev {
			err = ErrChanged
		}
		if err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: act, Object: id, Label: g.Label}, change(tx, g)
	})
	return err
}
