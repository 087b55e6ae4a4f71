package assistance

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// ProjectDraft is what a programme officer writes of a project.
type ProjectDraft struct {
	Lang       lang.Tag
	Title      string
	Summary    string
	Tailoring  string
	Line       string
	Phase      string
	Dimension  string
	Gender     string
	Starts     string // days
	Ends       string
	Mandate    string
	Themes     []string
	Hosts      []string
	Items      []string
	Organisers []string
	Partners   []string
	Bodies     []string
	Places     []string
}

// Draft is what of a project can be written anew.
func (p Project) Draft() ProjectDraft {
	return ProjectDraft{
		p.Lang, p.Title, p.Summary, p.Tailoring, p.Line, p.Phase, p.Dimension, p.Gender, p.Starts, p.Ends, p.Mandate,
		p.Themes, p.Hosts, p.Items, p.Organisers, p.Partners, p.Bodies, p.Places,
	}
}

func (d *ProjectDraft) clean() {
	for _, s := range []*string{&d.Title, &d.Summary, &d.Tailoring, &d.Line, &d.Phase, &d.Dimension, &d.Gender, &d.Starts, &d.Ends, &d.Mandate} {
		*s = strings.TrimSpace(*s)
	}
	for _, list := range []*[]string{&d.Themes, &d.Hosts, &d.Items, &d.Organisers, &d.Partners, &d.Bodies, &d.Places} {
		*list = clean(*list)
	}
}

// Validate returns an Invalid that names the fields, or nil. What it lacks for its
// approval is no fault of an idea: see Missing.
func (d ProjectDraft) Validate() error {
	d.clean()
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", d.Title, maxTitle, true)
	v.text("summary", d.Summary, maxText, false)
	v.text("tailoring", d.Tailoring, maxText, false)
	if _, ok := framework.Line(d.Line); !ok && d.Line != "" {
		v["line"] = "assistance.error.lines"
	}
	v.choice("phase", d.Phase, Phases)
	v.choice("dimension", d.Dimension, Dimensions)
	v.choice("gender", d.Gender, GenderMarkers)
	v.days("starts", "ends", d.Starts, d.Ends)
	v.each("themes", d.Themes, func(id string) bool { _, ok := framework.Theme(id); return ok })
	v.each("items", d.Items, func(id string) bool { _, ok := framework.Find(id); return ok })
	for field, list := range map[string][]string{"organisers": d.Organisers, "partners": d.Partners, "bodies": d.Bodies, "places": d.Places} {
		v.each(field, list, func(name string) bool { return utf8.RuneCountInString(name) <= maxName })
	}
	if len(d.Themes)*len(d.Hosts) > maxGates {
		v["hosts"] = "project.error.many"
	}
	return v.orNil()
}

// choice asks whether a value is one of those that there are, or none.
func (v Invalid) choice(field, value string, of []string) {
	if value != "" && !slices.Contains(of, value) {
		v[field] = "assistance.error.choice"
	}
}

// days asks whether both are days, in their order, or neither is there.
func (v Invalid) days(from, to, since, until string) {
	for field, day := range map[string]string{from: since, to: until} {
		if day != "" && (len(day) != 10 || !validDate(day)) {
			v[field] = "assistance.error.day"
		}
	}
	switch {
	case v[from] != "" || v[to] != "":
	case since == "" && until != "":
		v[from] = "assistance.error.day.missing"
	case until == "" && since != "":
		v[to] = "assistance.error.day.missing"
	case since > until:
		v[to] = "assistance.error.order"
	}
}

// DraftProject begins one as an idea. model is the project after which it is made, or
// "": its States are never taken over, because another State asks and agrees for
// itself (¶23). request is the request for which it is made, or "": the gates of its
// State rest on it from the outset, and on the consent that was given for it.
func (a *Assistance) DraftProject(ctx context.Context, who access.Subject, d ProjectDraft, model, request string) (string, error) {
	return a.beginProject(ctx, who, d, begun{model: model, request: request})
}

// begun is from what a project begins: a model, a request, or the recommendation of a
// needs assessment.
type begun struct{ model, request, recommendation string }

func (a *Assistance) beginProject(ctx context.Context, who access.Subject, d ProjectDraft, from begun) (string, error) {
	d.clean()
	label := access.Label{Level: access.Official, Owner: owner(who)}
	if !who.May(access.PlanHelp, label).Allowed {
		return "", ErrForbidden
	}
	if err := d.Validate(); err != nil {
		return "", err
	}
	p := Project{ID: store.NewID(), Stage: Idea, Label: label}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := d.known(ctx, tx); err != nil {
			return store.Event{}, err
		}
		if from.model != "" {
			if _, err := project(ctx, tx, who.Scope(), from.model); err != nil {
				return store.Event{}, err
			}
		}
		p.Created = tx.Now()
		if err := p.insert(ctx, tx, who, d, from.model); err != nil {
			return store.Event{}, err
		}
		return p.event("assistance.project.drafted"), p.begin(ctx, tx, who, from)
	})
	return p.ID, err
}

// begin ties a new project to the recommendation of which it is made, and to the
// request for which it is.
func (p Project) begin(ctx context.Context, tx *store.Tx, who access.Subject, from begun) (err error) {
	if from.recommendation != "" {
		if from.request, err = p.follow(ctx, tx, who, from.recommendation); err != nil {
			return err
		}
	}
	if from.request == "" {
		return nil
	}
	return p.restOn(ctx, tx, who, from.request)
}

// insert writes a new project with its number, tags, gates and first step.
func (p Project) insert(ctx context.Context, tx *store.Tx, who access.Subject, d ProjectDraft, model string) error {
	year := int64(tx.Now().Year())
	nth, err := store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(nth), 0) + 1 FROM project WHERE {scope} AND of_year = $1", year)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO project (id, of_year, nth, lang, title, summary, tailoring, line, phase, dimension, gender, starts, ends, mandate, mandate_since, mandate_until,
		  stage, moves, moved, interim_due, final_due, expost_due, mid_waived, model, rev, created, updated, level, state, grp, owner)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, m.id, m.since, m.until,
		  'idea', 0, $14, '', '', '', '', $15, 1, $14, $14, 2, '', '', $16
		FROM (SELECT 1 AS one) o LEFT JOIN mandate m ON m.id = $17`,
		p.ID, year, nth, string(d.Lang), d.Title, d.Summary, d.Tailoring, d.Line, d.Phase, d.Dimension, d.Gender, d.Starts, d.Ends,
		tx.Now(), orNull(model), p.Owner, d.Mandate)
	if err != nil {
		return err
	}
	if err := p.put(ctx, tx, d); err != nil {
		return err
	}
	return p.take(ctx, tx, who, projectStep{move: "draft", stage: Idea})
}

// orNull is a value of a column that may be empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// known asks whether mandate and host States are there.
func (d ProjectDraft) known(ctx context.Context, tx *store.Tx) error {
	v := Invalid{}
	if d.Mandate != "" {
		if _, err := mandate(ctx, tx, everything, d.Mandate); err != nil {
			v["mandate"] = "assistance.error.mandate"
		}
	}
	for _, host := range d.Hosts {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1 AND kind IN ('state', 'partner-state')", host)
		if err != nil {
			return err
		}
		if n == 0 {
			v["hosts"] = "assistance.error.hosts"
		}
	}
	return v.orNil()
}

// put writes what it is about, and a gate for each host and area that has none yet.
func (p Project) put(ctx context.Context, tx *store.Tx, d ProjectDraft) error {
	if _, err := tx.Exec(ctx, "DELETE FROM project_tag WHERE project = $1", p.ID); err != nil {
		return err
	}
	var rows [][]any
	for _, of := range []struct {
		kind string
		list []string
	}{
		{"theme", d.Themes},
		{"under", above(d.Themes)},
		{"host", d.Hosts},
		{"item", d.Items},
		{"organiser", d.Organisers},
		{"partner", d.Partners},
		{"body", d.Bodies},
		{"place", d.Places},
	} {
		for i, value := range of.list {
			rows = append(rows, []any{p.ID, of.kind, value, i, p.Created})
		}
	}
	if err := tx.Insert(ctx, "project_tag (project, kind, value, n, created)", rows, ""); err != nil {
		return err
	}
	return p.putGates(ctx, tx, d)
}

// ReviseProject writes a project anew. What was approved keeps what stood there with
// the step. rev is the revision that the caller read.
func (a *Assistance) ReviseProject(ctx context.Context, who access.Subject, id string, rev int64, d ProjectDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := writable(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		if !p.Stage.Drafting() && !p.Stage.Runs() {
			return store.Event{}, Impossible{"revise", string(p.Stage), "assistance.impossible.project." + string(p.Stage)}
		}
		if err := d.Validate(); err != nil {
			return store.Event{}, err
		}
		if err := d.known(ctx, tx); err != nil {
			return store.Event{}, err
		}
		if store.JSON(d) == store.JSON(p.Draft()) {
			return store.Event{}, store.ErrUnchanged
		}
		return p.event("assistance.project.revised"), p.rewrite(ctx, tx, who, d)
	})
	return err
}

// writable reads a project for somebody who writes it, at the revision that she read.
func writable(ctx context.Context, tx *store.Tx, who access.Subject, id string, rev int64) (Project, error) {
	p, err := project(ctx, tx, who.Scope(), id)
	switch {
	case err != nil:
		return p, err
	case !p.Writes(who):
		return p, ErrForbidden
	case p.Rev != rev:
		return p, Stale{p.Rev}
	}
	return p, nil
}

// rewrite stores the new words. One that runs has to hold what it was approved with.
func (p Project) rewrite(ctx context.Context, tx *store.Tx, who access.Subject, d ProjectDraft) error {
	next := p
	next.apply(d)
	if p.Stage.Runs() {
		m, err := mandate(ctx, tx, everything, d.Mandate)
		if err != nil {
			m = Mandate{}
		}
		v := next.wanting(m).invalid()
		for _, need := range next.gateNeeds() {
			if need.Host != "" { // what was approved was open: only the days can be wrong now
				v["starts"] = need.Key
			}
		}
		if len(v) > 0 {
			return v
		}
	}
	raised := 1
	if !p.Stage.Drafting() {
		raised = 0 // by the step
	}
	if err := p.holdsActivities(ctx, tx, d.Starts, d.Ends); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		UPDATE project
		SET lang = $2, title = $3, summary = $4, tailoring = $5, line = $6, phase = $7, dimension = $8, gender = $9, starts = $10, ends = $11,
		    mandate = (SELECT id FROM mandate WHERE id = $12), mandate_since = (SELECT since FROM mandate WHERE id = $12),
		    mandate_until = (SELECT until FROM mandate WHERE id = $12), rev = rev + $14, updated = $13
		WHERE id = $1`, p.ID, string(d.Lang), d.Title, d.Summary, d.Tailoring, d.Line, d.Phase, d.Dimension, d.Gender, d.Starts, d.Ends, d.Mandate, tx.Now(), raised)
	if err != nil {
		return err
	}
	if err := p.put(ctx, tx, d); err != nil || p.Stage.Drafting() {
		return err
	}
	return p.take(ctx, tx, who, projectStep{move: "revise", stage: p.Stage, former: store.JSON(p.Draft())})
}

// apply puts the draft in place of what stood there.
func (p *Project) apply(d ProjectDraft) {
	p.Lang, p.Title, p.Summary, p.Tailoring, p.Line, p.Phase, p.Dimension, p.Gender = d.Lang, d.Title, d.Summary, d.Tailoring, d.Line, d.Phase, d.Dimension, d.Gender
	p.Starts, p.Ends, p.Mandate = d.Starts, d.Ends, d.Mandate
	p.Themes, p.Hosts, p.Items, p.Organisers, p.Partners, p.Bodies, p.Places = d.Themes, d.Hosts, d.Items, d.Organisers, d.Partners, d.Bodies, d.Places
	p.Gates = slices.DeleteFunc(slices.Clone(p.Gates), func(g Gate) bool { return !slices.Contains(d.Hosts, g.Host) || !slices.Contains(d.Themes, g.Area) })
	for _, host := range d.Hosts {
		for _, area := range d.Themes {
			if _, ok := p.Gate(host, area); !ok {
				p.Gates = append(p.Gates, Gate{Project: p.ID, Host: host, Area: area, Included: p.Stage.Drafting()})
			}
		}
	}
}

// dayAfter is the day so many years and months after another, "" where that is none.
func dayAfter(day string, years, months int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(years, months, 0).Format(time.DateOnly)
}
