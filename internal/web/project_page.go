package web

import (
	"net/http"
	"slices"

	"polis/internal/assistance"
	"polis/internal/search"
)

// ProjectView is one project at a glance: what, where, when, with whom and how far,
// what it lacks for its next move, and what the reader can do about it.
type ProjectView struct {
	Head     ProjectHead
	Steps    []Step
	Refused  string     // why a move did not go
	Refusing []NeedLine // and all that is missing for it
	Says     []string
	Decide   []NeedLine // gates about which is to be decided
	Missing  string     // heading of what the next move needs
	Needs    []NeedLine
	Glances  []Glance // figures
	Lang     string   // of the texts
	Texts    []HelpText
	Timeline *Timeline
	Facts    []Fact
	Edit     string
	Moves    []PersonForm
	Model    *Link  // after which it was made
	AsModel  string // address where a project begins after this one, or ""
	Made     []HelpLine
	Similar  []HelpLine
	Lessons  []HelpLine
	Drawn    *LessonsDrawn
	Readers  string
	Experts  string // address where experts are looked for, or ""
}

var projectPage = newPage("project", ProjectView{
	Head: sampleProjectHead, Steps: []Step{{Text: "Idea", Done: true}, {Text: "Appraised", Here: true}, {Text: "Approved", Missing: "2 things are missing"}},
	Refused: "It cannot be approved yet.", Refusing: []NeedLine{{"Choose the mandate.", "/en/assistance/projects/1/edit#mandate"}}, Says: []string{"Somebody has acted meanwhile."},
	Decide: []NeedLine{{"Kyrgyzstan, cybercrime: decide by 3 March 2026", "/en/assistance/projects/1/gates"}}, Missing: "Before it is approved",
	Needs: []NeedLine{{"Choose the mandate.", "/en/assistance/projects/1/edit#mandate"}, {"Answer.", ""}}, Glances: []Glance{sampleGlance}, Lang: "ru", Texts: []HelpText{{"summary", "What is done", "Курс."}}, Timeline: &sampleTimeline,
	Facts: []Fact{{"Host States", []Link{{"Kyrgyzstan", "/en/directory/KG"}}}}, Edit: "/en/assistance/projects/1/edit", Moves: []PersonForm{samplePersonForm},
	Model: &Link{"2026/3 Training", "/en/assistance/projects/2"}, AsModel: "/en/assistance/projects/new?model=1", Made: []HelpLine{sampleHelpLine}, Similar: []HelpLine{sampleHelpLine}, Lessons: []HelpLine{sampleHelpLine},
	Drawn: &sampleDrawn, Readers: "Official use", Experts: "/en/experts?project=1",
})

// project is the overview.
func (h *House) project(w http.ResponseWriter, r *http.Request) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	return h.showProject(w, r, q, meant{}, nil, http.StatusOK)
}

func (h *House) showProject(w http.ResponseWriter, r *http.Request, q assistance.Project, m meant, refusing []assistance.Need, status int) error {
	f := h.site.Frame(r)
	f.Status = status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.helps().ProjectSteps(r.Context(), q.ID)
	if err != nil {
		return err
	}
	if err := p.meet([]string{q.Owner}); err != nil {
		return err
	}
	v := ProjectView{Head: p.projectHead(q, ""), Lang: string(q.Lang), Texts: p.projectTexts(q, steps), Readers: p.T("access.level." + q.Level.String() + ".hint")}
	if plansHelp(f.Reader.Subject) {
		v.Experts = f.URL("/experts?project=" + q.ID)
	}
	if m.says != "" {
		v.Says = append(v.Says, m.says)
	}
	if len(refusing) > 0 {
		v.Refused, v.Refusing = p.T("project.refused"), p.needLines(q, refusing)
	}
	if err := p.ahead(q, &v); err != nil {
		return err
	}
	if v.Facts, err = p.projectFacts(q); err != nil {
		return err
	}
	if v.Glances, err = p.glanceOf(q); err != nil {
		return err
	}
	if v.Timeline, err = p.timelineOfProject(q); err != nil {
		return err
	}
	v.Moves = p.projectMoves(q, m)
	if p.writes(q) {
		v.Edit = f.URL(projectPath(q.ID, "edit"))
	}
	if err := p.besideProject(q, &v); err != nil {
		return err
	}
	if err := h.offerFollow(r, f, "project", q.ID); err != nil {
		return err
	}
	return projectPage.Show(w, f, v)
}

// ahead says how far it is and what it needs to go on.
func (p *helping) ahead(q assistance.Project, v *ProjectView) error {
	for _, g := range q.Gates {
		if g.DecideBy != "" {
			v.Decide = append(v.Decide, NeedLine{p.T("project.decide.line", "gate", p.gateName(g.Host, g.Area), "day", p.day(g.DecideBy)), p.gateURL(q, g.Host, g.Area)})
		}
	}
	next := nextMove[q.Stage]
	if next != "" {
		needs, err := p.h.helps().Missing(p.r.Context(), q, next)
		if err != nil {
			return err
		}
		v.Needs = p.needLines(q, needs)
		v.Missing = p.T("project.before." + string(next))
	}
	v.Steps = p.projectSteps(q, len(v.Needs))
	return nil
}

// projectSteps are idea, appraised, approved, active, closed, evaluated; of one that
// was stopped, how far it came.
func (p *helping) projectSteps(q assistance.Project, missing int) (list []Step) {
	way := []assistance.ProjectStage{assistance.Idea, assistance.Appraised, assistance.Approved, assistance.Active, assistance.Closed, assistance.Evaluated}
	if q.Stage == assistance.Stopped {
		return []Step{{Text: p.T("project.stage.idea"), Done: true}, {Text: p.T("project.stage.stopped"), Here: true}}
	}
	for i, s := range way {
		here := s == q.Stage || s == assistance.Active && q.Stage == assistance.Suspended
		step := Step{Text: p.T("project.stage." + string(s)), Here: here}
		if here {
			step.Text = p.T("project.stage." + string(q.Stage))
			for j := range list {
				list[j].Done = true
			}
			step.Done = i == len(way)-1
		}
		list = append(list, step)
	}
	for i := range list {
		if target := map[assistance.ProjectMove]int{assistance.Approve: 2, assistance.Start: 3, assistance.Close: 4, assistance.EvaluateProject: 5}[nextMove[q.Stage]]; i == target && missing > 0 {
			list[i].Missing = p.T("project.missing", "n", missing)
		}
	}
	return list
}

// projectTexts are what is done, how it fits, and what came of it.
func (p *helping) projectTexts(q assistance.Project, steps []assistance.ProjectStep) (texts []HelpText) {
	came := ""
	for _, s := range steps {
		if s.Move == assistance.Close {
			came = s.Words
		}
	}
	for _, t := range []HelpText{
		{"came", p.T("project.text.came"), came}, {"summary", p.T("project.field.summary"), q.Summary}, {"tailoring", p.T("project.field.tailoring"), q.Tailoring},
	} {
		if t.Text != "" {
			texts = append(texts, t)
		}
	}
	return texts
}

// projectFacts are its summary: where and when, with whom, what it serves and by what
// right.
func (p *helping) projectFacts(q assistance.Project) (list []Fact, err error) {
	add := func(key string, values ...Link) {
		if len(values) > 0 && values[0].Text != "" {
			list = append(list, Fact{p.T(key), values})
		}
	}
	entries := func(ids []string) (links []Link) {
		for _, id := range ids {
			links = append(links, p.entry(id))
		}
		return links
	}
	word := func(name, value string) {
		if value != "" {
			add("project.field."+name, Link{Text: p.T("project." + name + "." + value)})
		}
	}
	var themes, items, places []Link
	for _, id := range q.Themes {
		themes = append(themes, Link{p.value(search.Theme, id), p.URL("/themes/" + id)})
	}
	for _, id := range q.Items {
		items = append(items, Link{p.value(search.Item, id), p.URL("/framework/" + id)})
	}
	for _, place := range q.Places {
		places = append(places, Link{Text: place})
	}
	add("project.field.hosts", p.hostLinks(q)...)
	add("project.field.places", places...)
	add("project.field.dates", Link{Text: p.span(q.Starts, q.Ends)})
	add("project.field.organisers", entries(q.Organisers)...)
	add("project.field.partners", entries(q.Partners)...)
	add("project.field.bodies", entries(q.Bodies)...)
	add("library.field.themes", themes...)
	if q.Line != "" {
		add("project.field.line", Link{p.value(search.Line, q.Line), p.URL("/framework/" + q.Line)})
	}
	add("library.field.items", items...)
	word("phase", q.Phase)
	word("dimension", q.Dimension)
	word("gender", q.Gender)
	advised, err := p.advisedLinks(q)
	if err != nil {
		return nil, err
	}
	add("assessment.fact.advised", advised...)
	if err := p.programmeFact(q, add); err != nil {
		return nil, err
	}
	if err := p.mandateFact(q, add); err != nil {
		return nil, err
	}
	add("project.field.due", p.dueLinks(q)...)
	if q.Owner != "" {
		add("project.fact.author", Link{Text: p.name(q.Owner)})
	}
	return list, nil
}

// hostLinks are the host States, each with what of it is open.
func (p *helping) hostLinks(q assistance.Project) (links []Link) {
	for _, host := range q.Hosts {
		open, of := 0, 0
		for _, g := range q.Gates {
			if g.Host == host && g.Included {
				of++
				if lacking(q, g) == "" {
					open++
				}
			}
		}
		link := p.entry(host)
		switch {
		case of == 0:
			link.Text += " – " + p.T("project.host.out")
		case open < of && q.Stage != assistance.Stopped:
			link.Text += " – " + p.T("project.host.lacks")
		}
		links = append(links, link)
	}
	return links
}

func (p *helping) dueLinks(q assistance.Project) (links []Link) {
	for _, due := range []struct{ name, day string }{{"interim", q.InterimDue}, {"final", q.FinalDue}, {"expost", q.ExPostDue}} {
		if due.day != "" {
			links = append(links, Link{Text: p.T("project.due."+due.name, "day", p.day(due.day))})
		}
	}
	return links
}

func (p *helping) mandateFact(q assistance.Project, add func(string, ...Link)) error {
	if q.Mandate == "" {
		return nil
	}
	m, err := p.h.helps().Mandate(p.r.Context(), scope(p.r), q.Mandate)
	if err != nil {
		return err
	}
	add("project.field.mandate", Link{m.Title + " (" + p.span(m.Since, m.Until) + ")", p.URL("/assistance/mandates#" + m.ID)})
	return nil
}

// besideProject is what stands at the side: its model, what was made after it, and
// what is like it.
func (p *helping) besideProject(q assistance.Project, v *ProjectView) (err error) {
	if q.Model != "" {
		m, err := p.h.helps().Project(p.r.Context(), scope(p.r), q.Model)
		if err != nil {
			return err
		}
		v.Model = &Link{m.Number + " " + m.Title, p.URL(projectPath(m.ID, ""))}
	}
	if plansHelp(p.Reader.Subject) {
		v.AsModel = p.URL("/assistance/projects/new?model=" + q.ID)
	}
	if v.Made, err = p.projectLines(assistance.ProjectFilter{Model: q.ID}, shownAtDoor); err != nil {
		return err
	}
	similar, err := p.similarProjects(q.ID, q.Hosts, q.Themes)
	for _, s := range similar {
		if s.Model != q.ID { // those stand above
			v.Similar = append(v.Similar, p.projectLine(s))
		}
	}
	if err != nil {
		return err
	}
	if v.Lessons, err = p.lessonsFor(q.Themes, q.Hosts); err != nil {
		return err
	}
	if v.Drawn, err = p.drawnHere(assistance.LessonFilter{Project: q.ID}, "project="+q.ID); err != nil || v.Drawn == nil {
		return err
	}
	v.Lessons = slices.DeleteFunc(v.Lessons, func(l HelpLine) bool { // those stand above
		return slices.ContainsFunc(v.Drawn.Lines, func(d HelpLine) bool { return d.URL == l.URL })
	})
	return nil
}

// similarProjects are projects of the same themes in the States, then elsewhere.
func (p *helping) similarProjects(id string, hosts, themes []string) (list []assistance.Project, err error) {
	seen := map[string]bool{id: true}
	for _, host := range append(hosts[:min(len(hosts), shownBeside):min(len(hosts), shownBeside)], "") {
		for _, theme := range themes[:min(len(themes), shownBeside)] {
			found, _, err := p.h.helps().Projects(p.r.Context(), scope(p.r), assistance.ProjectFilter{State: host, Theme: theme}, assistance.Place{}, shownBeside+1)
			if err != nil {
				return nil, err
			}
			for _, q := range found {
				if !seen[q.ID] && len(list) < shownBeside {
					seen[q.ID] = true
					list = append(list, q)
				}
			}
		}
	}
	return list, nil
}
