package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

func (h *House) openAssessments() {
	h.site.Handle("GET /assistance/assessments", h.official(h.assessments))
	h.site.Handle("GET /assistance/assessments/new", h.official(h.newAssessment))
	h.site.Handle("POST /assistance/assessments", h.official(h.once(h.planAssessment)))
	h.site.Handle("GET /assistance/assessments/{id}", h.official(h.assessment))
	h.site.Handle("GET /assistance/assessments/{id}/edit", h.official(h.editAssessment))
	h.site.Handle("POST /assistance/assessments/{id}/edit", h.official(h.reviseAssessment))
	h.site.Handle("POST /assistance/assessments/{id}/move/{move}", h.official(h.moveAssessment))
	h.site.Handle("POST /assistance/assessments/{id}/cite", h.official(h.citeNote))
	h.site.Handle("POST /assistance/assessments/{id}/uncite", h.official(h.unciteNote))
	h.site.Handle("GET /assistance/assessments/{id}/findings/{finding}", h.official(h.editFinding))
	h.site.Handle("POST /assistance/assessments/{id}/findings/{finding}", h.official(h.once(h.putFinding)))
	h.site.Handle("POST /assistance/assessments/{id}/findings/{finding}/drop", h.official(h.dropFinding))
	h.site.Handle("GET /assistance/assessments/{id}/findings/{finding}/recommendations/{recommendation}", h.official(h.editRecommendation))
	h.site.Handle("POST /assistance/assessments/{id}/findings/{finding}/recommendations/{recommendation}", h.official(h.once(h.putRecommendation)))
	h.site.Handle("POST /assistance/assessments/{id}/findings/{finding}/recommendations/{recommendation}/drop", h.official(h.dropRecommendation))
	h.openContexts()
}

func assessmentPath(id string) string { return "/assistance/assessments/" + id }

// anew stands in an address for a finding, recommendation or factor that is not there
// yet.
const anew = "new"

// assesses reports whether the reader plans and writes assessments and context notes.
func assesses(who access.Subject) bool { return who.May(access.Assess, access.Label{}).Allowed }

var assessmentMoods = map[assistance.AssessmentStage]Mood{
	assistance.AssessmentPlanned: Plain, assistance.AssessmentFielded: Attention, assistance.AssessmentDrafted: Attention,
	assistance.AssessmentComments: Attention, assistance.AssessmentFinal: Done, assistance.AssessmentStopped: Refusal,
}

func (p *helping) assessmentStage(s assistance.AssessmentStage) Tag {
	return Tag{assessmentMoods[s], p.T("assessment.stage." + string(s))}
}

// assessmentLate is the tag of what somebody should have acted on, nil where nobody
// should.
func (p *helping) assessmentLate(x assistance.Assessment) *Tag {
	if !x.Overdue(p.now) {
		return nil
	}
	return &Tag{Refusal, p.T("assistance.late", "day", p.day(x.Due+x.DecideBy))} // it has one of the two
}

// assessmentNext says what comes next and by when, "" where nothing does.
func (p *helping) assessmentNext(x assistance.Assessment) string {
	key := string(x.Stage)
	switch {
	case x.Stage == assistance.AssessmentFinal || x.Stage == assistance.AssessmentStopped:
		return ""
	case x.DecideBy != "":
		key = "doubted"
	case x.Stage == assistance.AssessmentComments && x.Last != assistance.SendAssessment:
		key = "heard"
	}
	return p.T("assessment.next."+key, "state", p.names.Name(x.Host, "", p.Lang), "day", p.day(x.Due+x.DecideBy))
}

func (p *helping) assessmentLine(x assistance.Assessment) HelpLine {
	themes := make([]string, len(x.Areas))
	for i, a := range x.Areas {
		themes[i] = a.Theme
	}
	meta := p.names.Name(x.Host, "", p.Lang) + " · " + x.Number + " · " + p.all(search.Theme, themes)
	if dates := p.span(x.Starts, x.Ends); dates != "" {
		meta += " · " + dates
	}
	return HelpLine{
		Title: x.Title, URL: p.URL(assessmentPath(x.ID)), Lang: string(x.Lang), Tag: p.assessmentStage(x.Stage), Late: p.assessmentLate(x),
		Meta: meta, Next: p.assessmentNext(x),
	}
}

// assessmentsOf are the assessments that rest on a request, and the address where one
// is planned, "" where the reader plans none: for the request's page.
func (p *helping) assessmentsOf(q assistance.Request) (lines []HelpLine, plan string, err error) {
	list, _, err := p.h.helps().Assessments(p.r.Context(), scope(p.r), assistance.AssessmentFilter{Request: q.ID}, assistance.Place{}, 2*shownInList)
	for _, x := range list {
		lines = append(lines, p.assessmentLine(x))
	}
	if q.Stage == assistance.Accepted && assesses(p.Reader.Subject) {
		plan = p.URL("/assistance/assessments/new?request=" + url.QueryEscape(q.ID))
	}
	return lines, plan, err
}

// assessments lists needs assessments.
func (h *House) assessments(w http.ResponseWriter, r *http.Request) error {
	asked, after, ok := readHelpFilter(r)
	if !ok {
		return NotFound()
	}
	filter := assistance.AssessmentFilter{State: asked.State, Theme: asked.Theme, Request: r.URL.Query().Get("request")}
	stage := r.URL.Query().Get("stage")
	if s := assistance.AssessmentStage(stage); slices.Contains(assistance.AssessmentStages, s) {
		filter.Stages = []assistance.AssessmentStage{s}
	}
	list, more, err := h.helps().Assessments(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountAssessments(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f := h.asking(r, "assessment.list.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{
		Lead: f.T("assessment.list.lead"), Action: f.URL("/assistance/assessments"), Count: f.T("assessment.count", "n", count),
		Fields: p.assessmentFilters(stage, asked), None: f.T("assistance.requests.none"), New: &Link{f.T("context.list.title"), f.URL("/assistance/context")},
	}
	for _, x := range list {
		v.Lines = append(v.Lines, p.assessmentLine(x))
	}
	p.chips(&v, stage, asked)
	if len(v.Chips) == 0 {
		v.None = f.T("assessment.none")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	return assistanceListPage.Show(w, f, v)
}

func (p *helping) assessmentFilters(stage string, f assistance.RequestFilter) []Field {
	stages := []Option{{Text: p.T("assistance.any")}}
	for _, s := range assistance.AssessmentStages {
		stages = append(stages, Option{Value: string(s), Text: p.T("assessment.stage." + string(s)), Chosen: string(s) == stage})
	}
	fields := p.helpFilters("", f)
	fields[0].Options = stages
	return fields
}

// priorityTag is a priority as a word in its colour.
func (p *helping) priorityTag(priority string) Tag {
	return Tag{map[string]Mood{"high": Refusal, "medium": Attention, "low": Plain}[priority], p.T("assessment.priority." + priority)}
}

// choose is a field with one choice out of a few; each is called by its key.
func (p *helping) choose(name, label, prefix string, values []string, chosen string) Field {
	f := Field{Name: name, Label: p.T(label), Type: "select", Width: "medium"}
	for _, v := range values {
		o := Option{Value: v, Chosen: v == chosen}
		if v != "" {
			o.Text = p.T(prefix + v)
		}
		f.Options = append(f.Options, o)
	}
	return f
}

// plain takes a text of a form as it is kept: trimmed, with plain ends of lines.
func plain(form url.Values, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
}

// assessmentCrumbs lead from an assessment's page back to the list.
func (p *helping) assessmentCrumbs() []Link {
	return []Link{{p.T("assistance.title"), p.URL("/assistance")}, {p.T("assessment.list.title"), p.URL("/assistance/assessments")}}
}
