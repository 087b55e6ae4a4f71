package web

import (
	"net/http"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/search"
)

func (h *House) openProjects() {
	h.site.Handle("GET /assistance/projects", h.official(h.projects))
	h.site.Handle("GET /assistance/projects/new", h.official(h.newProject))
	h.site.Handle("POST /assistance/projects", h.official(h.once(h.draftProject)))
	h.site.Handle("GET /assistance/projects/{id}", h.official(h.project))
	h.site.Handle("GET /assistance/projects/{id}/edit", h.official(h.editProject))
	h.site.Handle("POST /assistance/projects/{id}/edit", h.official(h.reviseProject))
	h.site.Handle("POST /assistance/projects/{id}/move/{move}", h.official(h.moveProject))
	h.site.Handle("GET /assistance/projects/{id}/gates", h.official(h.gates))
	h.site.Handle("POST /assistance/projects/{id}/gates/rest", h.official(h.restGate))
	h.site.Handle("POST /assistance/projects/{id}/gates/leave", h.official(h.leaveGate))
	h.site.Handle("GET /assistance/projects/{id}/principles", h.official(h.principles))
	h.site.Handle("POST /assistance/projects/{id}/principles/{moment}", h.official(h.answerPrinciples))
	h.site.Handle("GET /assistance/projects/{id}/history", h.official(h.projectHistory))
	h.openMandates()
}

// plansHelp reports whether the reader begins projects.
func plansHelp(who access.Subject) bool {
	return who.May(access.PlanHelp, access.Label{Level: access.Official, Owner: who.ID}).Allowed
}

// projectLine is a project in a list.
func (p *helping) projectLine(q assistance.Project) HelpLine {
	line := HelpLine{Title: q.Title, URL: p.URL(projectPath(q.ID, "")), Lang: string(q.Lang), Tag: p.projectStage(q.Stage), Meta: q.Number}
	for _, part := range []string{p.all(search.Origin, q.States()), p.all(search.Theme, q.Themes), p.span(q.Starts, q.Ends)} {
		if part != "" {
			line.Meta += " · " + part
		}
	}
	for _, g := range q.Gates {
		if g.DecideBy != "" {
			line.Next = p.T("project.decide.line", "gate", p.gateName(g.Host, g.Area), "day", p.day(g.DecideBy))
		}
		if g.Overdue(p.now) {
			line.Late = &Tag{Refusal, p.T("project.decide.late")}
		}
	}
	return line
}

// gateName is a host State and an area in words.
func (p *helping) gateName(host, area string) string {
	return p.T("project.gate.name", "state", p.names.Name(host, "", p.Lang), "area", p.value(search.Theme, area))
}

// projectLines lists up to limit of those that the filter chooses.
func (p *helping) projectLines(f assistance.ProjectFilter, limit int) (lines []HelpLine, err error) {
	list, _, err := p.h.helps().Projects(p.r.Context(), scope(p.r), f, assistance.Place{}, limit)
	for _, q := range list {
		lines = append(lines, p.projectLine(q))
	}
	return lines, err
}

// readProjectFilter reads what the address asks for.
func readProjectFilter(r *http.Request) (f assistance.ProjectFilter, after assistance.Place, ok bool) {
	q := r.URL.Query()
	f = assistance.ProjectFilter{State: q.Get("state"), Theme: q.Get("theme"), Body: q.Get("organiser")}
	f.Stages = assistance.Groups[q.Get("stage")]
	for _, s := range assistance.ProjectStages {
		if string(s) == q.Get("stage") {
			f.Stages = []assistance.ProjectStage{s}
		}
	}
	if text := q.Get("after"); text != "" {
		if after, ok = assistance.ParsePlace(text); !ok {
			return f, after, false
		}
	}
	return f, after, true
}

// projects lists those that the reader may read.
func (h *House) projects(w http.ResponseWriter, r *http.Request) error {
	filter, after, ok := readProjectFilter(r)
	if !ok {
		return NotFound()
	}
	list, more, err := h.helps().Projects(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountProjects(r.Context(), scope(r), filter, assistance.Countable+1)
	if err != nil {
		return err
	}
	f := h.asking(r, "project.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{
		Lead: f.T("project.lead"), Action: f.URL("/assistance/projects"), Count: f.counted("project.count", count),
		Fields: p.projectFilters(r.URL.Query().Get("stage"), filter), None: f.T("assistance.requests.none"),
		Sheets: p.sheets("/assistance/projects"),
	}
	for _, q := range list {
		v.Lines = append(v.Lines, p.projectLine(q))
	}
	p.projectChips(&v, r.URL.Query().Get("stage"), filter)
	if len(v.Chips) == 0 {
		v.None = f.T("project.none")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	if plansHelp(ReaderOf(r).Subject) {
		v.New = &Link{f.T("project.new"), f.URL("/assistance/projects/new")}
	}
	return assistanceListPage.Show(w, f, v)
}

func (p *helping) projectFilters(stage string, f assistance.ProjectFilter) []Field {
	stages := []Option{{Text: p.T("assistance.any")}}
	for _, group := range groupsInOrder[:len(assistance.Groups)] {
		stages = append(stages, Option{Value: group, Text: p.T("overview.group." + group), Chosen: group == stage})
	}
	for _, s := range assistance.ProjectStages {
		stages = append(stages, Option{Value: string(s), Text: p.T("project.stage." + string(s)), Chosen: string(s) == stage})
	}
	return []Field{
		{Name: "stage", Label: p.T("assistance.field.stage"), Type: "select", Options: stages},
		{Name: "state", Label: p.T("assistance.field.state"), Type: "select", Options: p.stateOptions(f.State)},
		{Name: "theme", Label: p.T("assistance.field.theme"), Type: "select", Options: p.themeOptions(f.Theme)},
		{Name: "organiser", Label: p.T("project.field.organiser"), Type: "select", Options: p.structureOptions(f.Body)},
	}
}

// structures are the kinds of entries that organise.
var structures = []directory.Kind{directory.Unit, directory.Institution, directory.FieldOperation}

// structureOptions are the OSCE's structures for a filter.
func (p *helping) structureOptions(chosen string) []Option {
	options := []Option{{Text: p.T("assistance.any")}}
	for _, e := range p.names.List(directory.Filter{Kinds: structures, Lang: p.Lang}) {
		options = append(options, Option{Value: e.ID, Text: p.names.Label(e, p.Lang), Chosen: e.ID == chosen})
	}
	return options
}

// projectChips are what was chosen, each to be taken away.
func (p *helping) projectChips(v *HelpListView, stage string, f assistance.ProjectFilter) {
	p.chips(v, stage, assistance.RequestFilter{State: f.State, Theme: f.Theme})
	if f.Body != "" {
		chip := p.Chip("organiser", p.T("project.field.organiser"), f.Body, p.entry(f.Body).Text)
		chip.Remove = p.instead("organiser")
		v.Chips = append(v.Chips, chip)
	}
}
