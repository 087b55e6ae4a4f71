package forum

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Minutes are those of a meeting of a forum: a document of the library.
type Minutes struct {
	ID       string
	Document string
	Held     string   // the day
	Groups   []string `db:"-"`       // that were represented
	Issues   []Issue  `db:"-"`       // that were treated
	By       string   `db:"by_whom"` // a person's id
	Created  time.Time
	access.Label
}

// MinutesDraft is what is written of a meeting.
type MinutesDraft struct {
	Document string // id; the caller has seen that whoever reads the forum reads it
	Held     string
	Groups   []string
	Issues   []string // ids, of those that are shown
}

// mostTreated is how many issues one meeting treats.
const mostTreated = 50

// AddMinutes puts the minutes of a meeting to a forum, by who runs it.
func (f *Forum) AddMinutes(ctx context.Context, who access.Subject, group string, d MinutesDraft) error {
	d.Groups, d.Issues = clean(d.Groups), clean(d.Issues)
	_, err := store.Write(ctx, f.DB, who, func(tx *store.Tx) (store.Event, error) {
		in, err := f.running(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		if err := d.check(ctx, tx, group); err != nil {
			return store.Event{}, err
		}
		m := Minutes{ID: store.NewID(), Label: access.Label{Level: in.Level, Group: group}}
		_, err = tx.Exec(ctx, `
			INSERT INTO forum_minutes (id, document, held, by_whom, created, level, state, grp, owner) VALUES ($1, $2, $3, $4, $5, $6, '', $7, '')`,
			m.ID, d.Document, d.Held, who.ID, tx.Now(), int(in.Level), group)
		if err != nil {
			return store.Event{}, err
		}
		var groups, issues [][]any
		for _, g := range d.Groups {
			groups = append(groups, []any{m.ID, g})
		}
		for _, id := range d.Issues {
			issues = append(issues, []any{m.ID, group, id})
		}
		if err := tx.Insert(ctx, "forum_minutes_group (minutes, value)", groups, ""); err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: "community.minutes.added", Object: group, Label: m.Label, Data: map[string]string{"document": d.Document}},
			tx.Insert(ctx, "forum_minutes_issue (minutes, forum, issue)", issues, "")
	})
	return err
}

// running asks whether she runs the forum, which goes on.
func (f *Forum) running(ctx context.Context, tx *store.Tx, who access.Subject, group string) (account.GroupStanding, error) {
	in, err := account.StandingIn(ctx, tx, who, group)
	switch {
	case err != nil:
	case in.Kind != account.GroupForum:
		err = store.ErrNotFound
	case in.Ended:
		err = Impossible{"minutes", "", "issue.impossible.ended"}
	case !in.Runs():
		err = ErrForbidden
	}
	return in, err
}

func (d MinutesDraft) check(ctx context.Context, tx *store.Tx, group string) error {
	v := Invalid{}
	if !validDay(d.Held) || d.Held > day(tx.Now()) {
		v["held"] = "issue.error.held"
	}
	if d.Document == "" {
		v["document"] = "issue.error.document"
	}
	if len(d.Groups) == 0 || slices.ContainsFunc(d.Groups, func(g string) bool { return !slices.Contains(Groups, g) }) {
		v["groups"] = "issue.error.groups"
	}
	there, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM forum_minutes WHERE {scope} AND grp = $1 AND document = $2", group, d.Document)
	if err != nil {
		return err
	}
	if there > 0 {
		v["document"] = "issue.error.twice"
	}
	if len(d.Issues) > mostTreated {
		v["issues"] = "issue.error.treated"
		return v
	}
	for _, id := range d.Issues {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM issue WHERE {scope} AND id = $1 AND shown = $2", id, group)
		if err != nil {
			return err
		}
		if n == 0 {
			v["issues"] = "issue.error.treated"
		}
	}
	return v.orNil()
}

// DropMinutes takes the minutes away from the forum; the document stays where it is.
func (f *Forum) DropMinutes(ctx context.Context, who access.Subject, group, id string) error {
	_, err := store.Write(ctx, f.DB, who, func(tx *store.Tx) (store.Event, error) {
		in, err := f.running(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		for _, query := range []string{
			"DELETE FROM forum_minutes_group WHERE minutes IN (SELECT id FROM forum_minutes WHERE id = $1 AND grp = $2)",
			"DELETE FROM forum_minutes_issue WHERE minutes = $1 AND forum = $2",
		} {
			if _, err := tx.Exec(ctx, query, id, group); err != nil {
				return store.Event{}, err
			}
		}
		n, err := tx.Exec(ctx, "DELETE FROM forum_minutes WHERE id = $1 AND grp = $2", id, group)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return store.Event{Act: "community.minutes.removed", Object: group, Label: access.Label{Level: in.Level, Group: group}}, err
	})
	return err
}

const minutesColumns = "m.id, m.document, m.held, m.by_whom, m.created, m.level, m.state, m.grp, m.owner"

// shownMinutes is how many meetings a page shows.
const shownMinutes = 50

// MinutesIn are those of a forum that the scope reads, the last meeting first.
func (f *Forum) MinutesIn(ctx context.Context, scope access.Scope, group string) ([]Minutes, error) {
	return f.minutes(ctx, scope, "m.grp = $1", group)
}

// MinutesOf are those of the meetings that treated an issue.
func (f *Forum) MinutesOf(ctx context.Context, scope access.Scope, issue string) ([]Minutes, error) {
	return f.minutes(ctx, scope, "m.id IN (SELECT t.minutes FROM forum_minutes_issue t WHERE t.issue = $1)", issue)
}

func (f *Forum) minutes(ctx context.Context, scope access.Scope, which string, args ...any) ([]Minutes, error) {
	list, err := store.List[Minutes](ctx, f.DB, scope, "SELECT "+minutesColumns+" FROM forum_minutes m WHERE {scope m} AND "+which+
		" ORDER BY m.held DESC, m.id DESC LIMIT "+strconv.Itoa(shownMinutes), args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at, marks, ids := map[string]*Minutes{}, make([]string, len(list)), make([]any, len(list))
	for n := range list {
		at[list[n].ID], marks[n], ids[n] = &list[n], "$"+strconv.Itoa(n+1), list[n].ID
	}
	these := " IN (" + strings.Join(marks, ", ") + ")"
	groups, err := store.List[struct{ Minutes, Value string }](ctx, f.DB, everything, "SELECT minutes, value FROM forum_minutes_group WHERE {scope} AND minutes"+these, ids...)
	if err != nil {
		return nil, err
	}
	for _, g := range Groups {
		for _, row := range groups {
			if row.Value == g {
				at[row.Minutes].Groups = append(at[row.Minutes].Groups, g)
			}
		}
	}
	treated, err := store.List[struct {
		Minutes string
		Issue
	}](ctx, f.DB, scope, "SELECT t.minutes, "+columns+" FROM forum_minutes_issue t JOIN issue i ON i.id = t.issue WHERE {scope i} AND t.minutes"+these+" ORDER BY i.created, i.id", ids...)
	for _, row := range treated {
		at[row.Minutes].Issues = append(at[row.Minutes].Issues, row.Issue)
	}
	return list, err
}
