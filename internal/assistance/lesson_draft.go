package assistance

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// LessonDraft is what is written of a lesson.
type LessonDraft struct {
	Lang       lang.Tag
	Title      string
	Happened   string
	Learned    string
	Guidance   string
	Origin     string
	Source     string
	Project    string
	Evaluation string
	Activity   string
	Evidence   string
	Themes     []string
	Items      []string
	States     []string
	Documents  []string // ids of the library
}

// Draft is what of a lesson can be written anew.
func (l Lesson) Draft() LessonDraft {
	return LessonDraft{
		l.Lang, l.Title, l.Happened, l.Learned, l.Guidance, l.Origin, l.Source, l.Project, l.Evaluation, l.Activity, l.Evidence,
		l.Themes, l.Items, l.States, l.Documents,
	}
}

func (d *LessonDraft) clean() {
	for _, s := range []*string{&d.Title, &d.Happened, &d.Learned, &d.Guidance, &d.Origin, &d.Source, &d.Project, &d.Evaluation, &d.Activity, &d.Evidence} {
		*s = strings.TrimSpace(*s)
	}
	for _, list := range []*[]string{&d.Themes, &d.Items, &d.States, &d.Documents} {
		*list = clean(*list)
	}
}

// Validate returns an Invalid that names the fields, or nil. complete asks for what it
// needs to be reviewed: what happened, what was learned, guidance, evidence, where it
// comes from, and a theme.
func (d LessonDraft) Validate(complete bool) error {
	d.clean()
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", d.Title, maxTitle, true)
	for field, text := range map[string]string{"happened": d.Happened, "learned": d.Learned, "guidance": d.Guidance, "evidence": d.Evidence} {
		v.text(field, text, maxText, false)
		if complete && text == "" {
			v[field] = "lesson.error." + field
		}
	}
	v.text("source", d.Source, maxTitle, false)
	if complete && d.Source == "" && d.Evaluation == "" && d.Activity == "" {
		v["source"] = "lesson.error.source"
	}
	if !slices.Contains(Origins, d.Origin) || d.Evaluation != "" && d.Origin != "evaluation" || d.Activity != "" && d.Origin != "activity" && d.Origin != "forum" {
		v["origin"] = "lesson.error.origin"
	}
	v.each("themes", d.Themes, func(id string) bool { _, ok := framework.Theme(id); return ok })
	if complete && len(d.Themes) == 0 {
		v["themes"] = "assistance.error.themes.missing"
	}
	v.each("items", d.Items, func(id string) bool { _, ok := framework.Find(id); return ok })
	if len(d.States) > maxList {
		v["states"] = "assistance.error.many"
	}
	if len(d.Documents) > maxList {
		v["documents"] = "assistance.error.many"
	}
	return v.orNil()
}

// known asks whether what it was drawn from is there for her to read, and whether the
// States are States.
func (d *LessonDraft) known(ctx context.Context, tx *store.Tx, who access.Subject) error {
	for _, state := range d.States {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1 AND kind IN ('state', 'partner-state')", state)
		if err != nil {
			return err
		}
		if n == 0 {
			return Invalid{"states": "assistance.error.hosts"}
		}
	}
	if d.Evaluation != "" {
		e, err := evaluation(ctx, tx, who.Scope(), "e.id = $1", d.Evaluation)
		if err != nil {
			return Invalid{"origin": "lesson.error.origin"}
		}
		d.Project = e.Project
	}
	if d.Activity != "" {
		of, err := store.Get[struct{ Project, Kind string }](ctx, tx, who.Scope(),
			"SELECT p.id AS project, a.kind FROM activity a JOIN project p ON p.id = a.project WHERE {scope p} AND a.id = $1", d.Activity)
		if err != nil || d.Origin == "forum" && of.Kind != "forum" {
			return Invalid{"origin": "lesson.error.origin"}
		}
		d.Project = of.Project
	}
	if d.Project != "" {
		if _, err := project(ctx, tx, who.Scope(), d.Project); err != nil {
			return Invalid{"origin": "lesson.error.origin"}
		}
	}
	return nil
}

// DraftLesson begins a lesson.
func (a *Assistance) DraftLesson(ctx context.Context, who access.Subject, d LessonDraft) (string, error) {
	d.clean()
	l := Lesson{ID: store.NewID(), Stage: LessonDrafted, Label: access.Label{Level: access.Official, Owner: owner(who)}}
	if !who.SignedIn() || !who.May(access.PlanHelp, l.Label).Allowed {
		return "", ErrForbidden
	}
	if err := d.Validate(false); err != nil {
		return "", err
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := d.known(ctx, tx, who); err != nil {
			return store.Event{}, err
		}
		l.Created = tx.Now()
		_, err := tx.Exec(ctx, `
			INSERT INTO lesson (id, lang, title, happened, learned, guidance, origin, source, project, evaluation, activity, evidence, theme,
			  stage, moves, moved, reviewer, adopted, adopted_on, rev, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'draft', 0, $14, '', '', '', 1, $14, $14, 2, '', '', $15)`,
			l.ID, string(d.Lang), d.Title, d.Happened, d.Learned, d.Guidance, d.Origin, d.Source, orNull(d.Project), orNull(d.Evaluation), orNull(d.Activity),
			d.Evidence, d.theme(), tx.Now(), l.Owner)
		if err != nil {
			return store.Event{}, err
		}
		if err := l.putTags(ctx, tx, d); err != nil {
			return store.Event{}, err
		}
		mark, err := putLessonStep(ctx, tx, who, l, "draft", LessonDrafted, "")
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE lesson SET moves = 1, step = $2 WHERE id = $1", l.ID, mark)
		return l.event("assistance.lesson.drafted"), err
	})
	return l.ID, err
}

// theme is the first of its themes.
func (d LessonDraft) theme() string {
	if len(d.Themes) == 0 {
		return ""
	}
	return d.Themes[0]
}

func (l Lesson) putTags(ctx context.Context, tx *store.Tx, d LessonDraft) error {
	if _, err := tx.Exec(ctx, "DELETE FROM lesson_tag WHERE lesson = $1", l.ID); err != nil {
		return err
	}
	var rows [][]any
	for _, of := range []struct {
		kind string
		list []string
	}{{"theme", d.Themes}, {"under", above(d.Themes)}, {"item", d.Items}, {"state", d.States}, {"document", d.Documents}} {
		for i, value := range of.list {
			rows = append(rows, []any{l.ID, of.kind, value, i, l.Created})
		}
	}
	return tx.Insert(ctx, "lesson_tag (lesson, kind, value, n, created)", rows, "")
}

// Writes reports whether the person writes the lesson: its author, and the desk.
func (l Lesson) Writes(who access.Subject) bool {
	return who.SignedIn() && who.May(access.PlanHelp, l.Label).Allowed && (l.Owner == who.ID || who.May(access.HandleHelp, l.Label).Allowed)
}

// ReviseLesson writes a draft anew. rev is the revision that the caller read.
func (a *Assistance) ReviseLesson(ctx context.Context, who access.Subject, id string, rev int64, d LessonDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		l, err := lesson(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !l.Writes(who):
			return store.Event{}, ErrForbidden
		case l.Rev != rev:
			return store.Event{}, Stale{l.Rev}
		case l.Stage != LessonDrafted:
			return store.Event{}, Impossible{"revise", string(l.Stage), "lesson.impossible." + string(l.Stage)}
		}
		if err := d.Validate(false); err != nil {
			return store.Event{}, err
		}
		if err := d.known(ctx, tx, who); err != nil {
			return store.Event{}, err
		}
		if store.JSON(d) == store.JSON(l.Draft()) {
			return store.Event{}, store.ErrUnchanged
		}
		_, err = tx.Exec(ctx, `
			UPDATE lesson
			SET lang = $2, title = $3, happened = $4, learned = $5, guidance = $6, origin = $7, source = $8, project = $9, evaluation = $10, activity = $11,
			    evidence = $12, theme = $13, rev = rev + 1, updated = $14
			WHERE id = $1`, id, string(d.Lang), d.Title, d.Happened, d.Learned, d.Guidance, d.Origin, d.Source, orNull(d.Project), orNull(d.Evaluation),
			orNull(d.Activity), d.Evidence, d.theme(), tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		return l.event("assistance.lesson.revised"), l.putTags(ctx, tx, d)
	})
	return err
}
