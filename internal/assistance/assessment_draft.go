package assistance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// AssessmentDraft is what of an assessment is written by those who plan it.
type AssessmentDraft struct {
	Lang    lang.Tag
	Title   string
	Purpose string
	Methods string
	Starts  string   // days, or ""
	Ends    string   //
	Themes  []string // the areas
	Team    []string // offices and organisations: ids of the directory, or names; never people
}

// Draft is what of an assessment can be written anew.
func (x Assessment) Draft() AssessmentDraft {
	return AssessmentDraft{x.Lang, x.Title, x.Purpose, x.Methods, x.Starts, x.Ends, x.themes(), x.Team}
}

func (d *AssessmentDraft) clean() {
	for _, s := range []*string{&d.Title, &d.Purpose, &d.Methods, &d.Starts, &d.Ends} {
		*s = strings.TrimSpace(*s)
	}
	d.Themes, d.Team = clean(d.Themes), clean(d.Team)
	slices.Sort(d.Themes)
}

// Validate returns an Invalid that names the fields, or nil. complete asks for what it
// needs to be fielded too: its purpose and the days of the visit.
func (d AssessmentDraft) Validate(complete bool) error {
	d.clean()
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", d.Title, maxTitle, true)
	v.text("purpose", d.Purpose, maxText, false)
	v.text("methods", d.Methods, maxText, false)
	if complete && d.Purpose == "" {
		v["purpose"] = "assessment.error.purpose"
	}
	v.day("starts", d.Starts, complete)
	v.day("ends", d.Ends, complete)
	if v["starts"] == "" && v["ends"] == "" && d.Starts != "" && d.Ends != "" && d.Starts > d.Ends {
		v["ends"] = "assistance.error.order"
	}
	v.each("themes", d.Themes, func(id string) bool { _, ok := framework.Theme(id); return ok })
	if len(d.Themes) == 0 {
		v["themes"] = "assessment.error.themes"
	}
	for _, name := range d.Team {
		if utf8.RuneCountInString(name) > maxName {
			v["team"] = "assessment.error.team"
		}
	}
	if len(d.Team) > maxList {
		v["team"] = "assistance.error.many"
	}
	return v.orNil()
}

// day asks whether a text is a day, where it has to be there.
func (v Invalid) day(field, text string, needed bool) {
	switch {
	case text == "" && needed:
		v[field] = "assessment.error.visit"
	case text != "" && (len(text) != len(time.DateOnly) || !validDate(text)):
		v[field] = "assistance.error.day"
	}
}

// PlanAssessment begins an assessment of the State whose accepted request it rests on.
func (a *Assistance) PlanAssessment(ctx context.Context, who access.Subject, from string, d AssessmentDraft) (string, error) {
	d.clean()
	if !who.SignedIn() || !who.May(access.Assess, access.Label{}).Allowed {
		return "", ErrForbidden
	}
	if err := d.Validate(false); err != nil {
		return "", err
	}
	id := store.NewID()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		r, err := request(ctx, tx, who.Scope(), from)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return store.Event{}, Invalid{"request": "assessment.error.request"}
		case err != nil:
			return store.Event{}, err
		case r.Stage != Accepted:
			return store.Event{}, Impossible{string(PlanAssessment), string(r.Stage), "assessment.impossible.request"}
		}
		x := Assessment{
			ID: id, Host: r.Asker, Request: r.ID, Stage: AssessmentPlanned,
			Label: access.Label{Level: access.Official, State: r.Asker, Owner: owner(who)},
		}
		if err := d.insert(ctx, tx, x); err != nil {
			return store.Event{}, err
		}
		mark, err := putAssessmentStep(ctx, tx, who, x, assessmentStep{move: PlanAssessment, stage: AssessmentPlanned})
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE assessment SET moves = 1, step = $2, area = $3 WHERE id = $1", x.ID, mark, x.ID+" "+d.Themes[0])
		if err != nil {
			return store.Event{}, err
		}
		return x.event("assistance.assessment.planned"), groundAssessment(ctx, tx, x.ID)
	})
	return id, err
}

func (d AssessmentDraft) insert(ctx context.Context, tx *store.Tx, x Assessment) error {
	year := tx.Now().Year()
	nth, err := store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(nth), 0) + 1 FROM assessment WHERE {scope} AND of_year = $1", year)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO assessment (id, of_year, nth, host, request, request_stage, lang, title, purpose, methods, team, starts, ends, stage, moves, moved, due, decide_by, doubted, rev, created, updated, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, 'accepted', $6, $7, $8, $9, $10, $11, $12, 'planned', 0, $13, '', '', 0, 1, $13, $13, $14, $4, '', $15)`,
		x.ID, year, nth, x.Host, x.Request, string(d.Lang), d.Title, d.Purpose, d.Methods, store.JSON(d.Team), d.Starts, d.Ends, tx.Now(), int(x.Level), x.Owner)
	if err != nil {
		return err
	}
	x.Starts, x.Ends = d.Starts, d.Ends
	return x.putAreas(ctx, tx, d.Themes)
}

// putAreas adds the themes that are not areas of it yet.
func (x Assessment) putAreas(ctx context.Context, tx *store.Tx, themes []string) error {
	var rows [][]any
	for _, theme := range themes {
		if !slices.Contains(x.themes(), theme) {
			rows = append(rows, []any{x.ID, theme, x.Host, string(x.Stage), x.Starts, x.Ends, x.DecideBy, x.ID + " " + theme})
		}
	}
	return tx.Insert(ctx, "assessment_area (assessment, theme, host, stage, starts, ends, decide_by, mark)", rows, "")
}

// ReviseAssessment writes it anew. Its areas are fixed once it is fielded, and the days
// of the visit once that is over. rev is the revision that the caller read.
func (a *Assistance) ReviseAssessment(ctx context.Context, who access.Subject, id string, rev int64, d AssessmentDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, err := assessment(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !who.SignedIn() || !who.May(access.Assess, x.Label).Allowed:
			return store.Event{}, ErrForbidden
		case x.Rev != rev:
			return store.Event{}, Stale{x.Rev}
		case !x.Revisable():
			return store.Event{}, Impossible{"revise", string(x.Stage), "assessment.impossible." + string(x.Stage)}
		}
		if err := d.fits(x); err != nil {
			return store.Event{}, err
		}
		if store.JSON(d) == store.JSON(x.Draft()) {
			return store.Event{}, store.ErrUnchanged
		}
		return x.event("assistance.assessment.revised"), x.rewrite(ctx, tx, d)
	})
	return err
}

// Revisable reports whether its plan can be written anew at this stage.
func (x Assessment) Revisable() bool { return x.Stage == AssessmentPlanned || x.Stage.Written() }

// fits asks whether an assessment at its stage can become what is written.
func (d AssessmentDraft) fits(x Assessment) error {
	if err := d.Validate(x.Stage != AssessmentPlanned); err != nil {
		return err
	}
	v := Invalid{}
	if x.Stage != AssessmentPlanned && !slices.Equal(d.Themes, x.themes()) {
		v["themes"] = "assessment.error.fixed"
	}
	if x.Stage == AssessmentDrafted && (d.Starts != x.Starts || d.Ends != x.Ends) {
		v["ends"] = "assessment.error.fixed"
	}
	for _, area := range x.Areas {
		if x.Stage == AssessmentFielded && x.DecideBy == "" && !area.Covers(d.Starts, d.Ends) {
			v["ends"] = "assessment.error.outside"
		}
	}
	return v.orNil()
}

// rewrite stores the new words and, while it is planned, its areas and their ground.
func (x Assessment) rewrite(ctx context.Context, tx *store.Tx, d AssessmentDraft) error {
	_, err := tx.Exec(ctx, `
		UPDATE assessment
		SET lang = $2, title = $3, purpose = $4, methods = $5, team = $6, starts = $7, ends = $8, rev = rev + 1, updated = $9
		WHERE id = $1`, x.ID, string(d.Lang), d.Title, d.Purpose, d.Methods, store.JSON(d.Team), d.Starts, d.Ends, tx.Now())
	if err != nil || x.Stage != AssessmentPlanned {
		return err
	}
	x.Starts, x.Ends = d.Starts, d.Ends
	if err := x.putAreas(ctx, tx, d.Themes); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE assessment SET area = $2 WHERE id = $1", x.ID, x.ID+" "+d.Themes[0]); err != nil {
		return err
	}
	for _, theme := range x.themes() {
		if !slices.Contains(d.Themes, theme) {
			if _, err := tx.Exec(ctx, "DELETE FROM assessment_area WHERE assessment = $1 AND theme = $2", x.ID, theme); err != nil {
				return err
			}
		}
	}
	return groundAssessment(ctx, tx, x.ID)
}
