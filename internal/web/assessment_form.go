package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// RecordFormView is the form of an assessment's plan, a finding, a recommendation, a
// context note or a factor: new, or to be changed.
type RecordFormView struct {
	Action, Back string
	Lead         string
	Of           *Link // what it belongs to
	Rev          int64 // 0 for a new one
	Stale        bool  // somebody has changed it meanwhile
	Differences  []Difference
	Hidden       []Carried
	Named        *NamedField
	Fields       []Field
	Themes       *Picks
	Drop         *PersonForm
}

var assessmentFormPage = newPage("assessment-form", RecordFormView{
	Action: "/en/assistance/assessments/1/edit", Back: "/en/assistance/assessments/1", Lead: "What is assessed, and how.",
	Of: &Link{"Training of trainers", "/en/assistance/requests/1"}, Rev: 2, Stale: true, Differences: []Difference{{"Title", "Training", "Training of trainers"}},
	Hidden: []Carried{{"request", "1"}}, Named: &NamedField{Field{Name: "about", Label: "State", Error: "Which?"}, []string{"Kyrgyzstan"}, "/en/directory/names"},
	Fields: []Field{{Name: "title", Label: "Title", Error: "Write one."}, {Name: "purpose", Label: "Purpose", Type: "textarea"}},
	Themes: &Picks{Name: "themes", Label: "Areas", Groups: []PickGroup{{"Police reform", "", []Pick{{"themes-1-1", "police-reform", "In general", true}}}}},
	Drop:   &samplePersonForm,
})

var (
	noticeAssessmentPlanned = newNotice("assessment.done.plan")
	noticeAssessmentSaved   = newNotice("assessment.done.saved")
)

// differing compares, in words, what was typed with what is stored now.
func differing(typed, stored []described) (list []Difference) {
	for i, t := range typed {
		if t.Text != stored[i].Text {
			list = append(list, Difference{t.Name, t.Text, stored[i].Text})
		}
	}
	return list
}

// flagAll writes what is wrong at the fields, and above the page in their order. What
// has no field of its own stands above the page alone.
func (p *helping) flagAll(v *RecordFormView, wrong assistance.Invalid) {
	if v.Named != nil && wrong[v.Named.Name] != "" {
		one := []Field{v.Named.Field}
		p.flag(one, wrong)
		v.Named.Field = one[0]
	}
	p.flag(v.Fields, wrong)
	known := func(field string) bool {
		return v.Named != nil && v.Named.Name == field || v.Themes != nil && v.Themes.Name == field ||
			slices.ContainsFunc(v.Fields, func(f Field) bool { return f.Name == field })
	}
	for field, key := range wrong {
		if !known(field) {
			p.Errors, p.Status = append(p.Errors, Error{"", p.T(key)}), http.StatusUnprocessableEntity
		}
	}
}

// assessmentForm is the form of a plan in one person's hands.
type assessmentForm struct {
	id      string // "" for a new one
	rev     int64
	stage   assistance.AssessmentStage
	request string
	draft   assistance.AssessmentDraft
	wrong   assistance.Invalid
	stored  *assistance.AssessmentDraft // what somebody else has stored meanwhile
}

// readAssessment takes the form as it came.
func readAssessment(w wording, form url.Values) assistance.AssessmentDraft {
	d := assistance.AssessmentDraft{
		Lang: lang.Tag(form.Get("lang")), Title: strings.Join(strings.Fields(form.Get("title")), " "), Purpose: plain(form, "purpose"), Methods: plain(form, "methods"),
		Starts: plainDate(plain(form, "starts")), Ends: plainDate(plain(form, "ends")), Themes: form["themes"],
	}
	for line := range strings.Lines(form.Get("team")) {
		if line = strings.TrimSpace(line); line != "" {
			d.Team = append(d.Team, w.idOf(line))
		}
	}
	return d
}

// newAssessment is the form of a new one: it begins with the request's title and themes.
func (h *House) newAssessment(w http.ResponseWriter, r *http.Request) error {
	if d := ReaderOf(r).May(access.Assess, access.Label{}); !d.Allowed {
		return Refused(d.Rule)
	}
	q, err := h.helps().Request(r.Context(), scope(r), r.URL.Query().Get("request"))
	if errors.Is(err, store.ErrNotFound) && r.URL.Query().Get("request") == "" {
		return Wrong("assessment.error.request")
	}
	if err != nil {
		return err
	}
	if q.Stage != assistance.Accepted {
		return &Fault{Status: http.StatusConflict, Key: "assessment.impossible.request"}
	}
	return h.showAssessmentForm(w, r, assessmentForm{
		stage: assistance.AssessmentPlanned, request: q.ID, draft: assistance.AssessmentDraft{Lang: LangOf(r), Title: q.Title, Themes: q.Themes},
	})
}

func (h *House) planAssessment(w http.ResponseWriter, r *http.Request) error {
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	form := assessmentForm{stage: assistance.AssessmentPlanned, request: r.PostForm.Get("request"), draft: readAssessment(words, r.PostForm)}
	id, err := h.helps().PlanAssessment(r.Context(), ReaderOf(r).Subject, form.request, form.draft)
	if form.wrong = invalidHelp(err); form.wrong != nil && form.wrong["request"] == "" {
		return h.showAssessmentForm(w, r, form)
	}
	if form.wrong != nil {
		return Wrong(form.wrong["request"])
	}
	if err != nil {
		return helpFault(r, access.Assess, access.Label{}, err)
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(id), noticeAssessmentPlanned, 0)
}

// assessed reads the assessment of the address for somebody who writes it.
func (h *House) assessed(r *http.Request) (assistance.Assessment, error) {
	x, err := h.helps().Assessment(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return x, err
	}
	if d := ReaderOf(r).May(access.Assess, x.Label); !d.Allowed {
		return x, Refused(d.Rule)
	}
	return x, nil
}

func (h *House) editAssessment(w http.ResponseWriter, r *http.Request) error {
	x, err := h.assessed(r)
	if err != nil {
		return err
	}
	if !x.Revisable() {
		return &Fault{Status: http.StatusConflict, Key: "assessment.impossible." + string(x.Stage)}
	}
	return h.showAssessmentForm(w, r, assessmentForm{id: x.ID, rev: x.Rev, stage: x.Stage, request: x.Request, draft: x.Draft()})
}

// reviseAssessment stores it anew. Where somebody has stored something else meanwhile
// she sees both beside each other.
func (h *House) reviseAssessment(w http.ResponseWriter, r *http.Request) error {
	x, err := h.assessed(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	form := assessmentForm{id: x.ID, rev: revOf(r), stage: x.Stage, request: x.Request, draft: readAssessment(words, r.PostForm)}
	if x.Stage != assistance.AssessmentPlanned { // what is fixed is not asked for
		form.draft.Themes = x.Draft().Themes
	}
	if x.Stage == assistance.AssessmentDrafted {
		form.draft.Starts, form.draft.Ends = x.Starts, x.Ends
	}
	err = h.helps().ReviseAssessment(r.Context(), ReaderOf(r).Subject, x.ID, form.rev, form.draft)
	var stale assistance.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showAssessmentForm(w, r, form)
	case errors.As(err, &stale):
		stored := x.Draft()
		form.rev, form.stored = x.Rev, &stored
		return h.showAssessmentForm(w, r, form)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return helpFault(r, access.Assess, x.Label, err)
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(x.ID), noticeAssessmentSaved, 0)
}

func (h *House) showAssessmentForm(w http.ResponseWriter, r *http.Request, form assessmentForm) error {
	f := h.asking(r, "assessment.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	q, err := h.helps().Request(r.Context(), scope(r), form.request)
	if err != nil {
		return err
	}
	line := p.line(q)
	f.Crumbs = p.assessmentCrumbs()
	v := RecordFormView{
		Action: f.URL("/assistance/assessments"), Back: line.URL, Lead: f.T("assessment.new.lead"), Of: &Link{strings.TrimSpace(q.Number + " " + line.Title), line.URL},
		Hidden: []Carried{{"request", q.ID}},
	}
	if form.id != "" {
		f.Title = f.T("assessment.edit")
		v.Action, v.Back, v.Rev, v.Hidden = f.URL(assessmentPath(form.id)+"/edit"), f.URL(assessmentPath(form.id)), form.rev, nil
		f.Crumbs = append(f.Crumbs, Link{form.draft.Title, v.Back})
	}
	p.assessmentFields(form, &v)
	p.flagAll(&v, form.wrong)
	if form.stored != nil {
		f.Status, v.Stale, v.Differences = http.StatusConflict, true, differing(p.assessmentWords(form.draft), p.assessmentWords(*form.stored))
	}
	return assessmentFormPage.Show(w, f, v)
}

func (p *helping) assessmentFields(form assessmentForm, v *RecordFormView) {
	in := form.draft
	v.Fields = []Field{
		{Name: "title", Label: p.T("assistance.field.title"), Value: in.Title, Auto: "off"},
		{Name: "lang", Label: p.T("assistance.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang))},
		{Name: "purpose", Label: p.T("assessment.field.purpose"), Hint: p.T("assessment.hint.purpose"), Value: in.Purpose, Type: "textarea", Rows: 6},
		{Name: "methods", Label: p.T("assessment.field.methods"), Hint: p.T("assessment.hint.methods"), Value: in.Methods, Type: "textarea", Rows: 6},
		{Name: "team", Label: p.T("assessment.field.team"), Hint: p.T("assessment.hint.team"), Value: p.bodies(in.Team), Type: "textarea", Rows: 3},
	}
	if form.stage != assistance.AssessmentDrafted {
		v.Fields = append(
			v.Fields,
			Field{Name: "starts", Label: p.T("assessment.field.starts"), Hint: p.T("assessment.hint.visit"), Value: in.Starts, Width: "short", Auto: "off"},
			Field{Name: "ends", Label: p.T("assessment.field.ends"), Value: in.Ends, Width: "short", Auto: "off"},
		)
	}
	if form.stage == assistance.AssessmentPlanned {
		d := drafting{wording: p.wording, wrong: form.wrong}
		themes := d.themes(in.Themes)
		themes.Label, themes.Hint = p.T("assessment.field.areas"), p.T("assessment.hint.areas")
		v.Themes = &themes
	}
}

func (p *helping) assessmentWords(d assistance.AssessmentDraft) []described {
	return []described{
		{p.T("assistance.field.title"), d.Title},
		{p.T("assistance.field.lang"), d.Lang.Name()},
		{p.T("assessment.field.purpose"), d.Purpose},
		{p.T("assessment.field.methods"), d.Methods},
		{p.T("assessment.field.team"), p.bodies(d.Team)},
		{p.T("assessment.field.visit"), p.span(d.Starts, d.Ends)},
		{p.T("assessment.field.areas"), p.all(search.Theme, d.Themes)},
	}
}
