package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

// ProgrammeView is one programme: what it is for, who carries it, how far it is, and
// the projects in it (Framework ¶24).
type ProgrammeView struct {
	Kind     string
	Tag      Tag
	Steps    []Step
	Says     []string // what has just gone otherwise than she meant
	Lang     string   // of the texts
	Texts    []HelpText
	Facts    []Fact
	Needs    []NeedLine // what it lacks until it can be agreed
	Edit     string     // address of the form, or ""
	Moves    []PersonForm
	Projects []HelpLine
	More     *Link
	Place    []PersonForm // put a project in, take one out
	History  []HelpStep
}

var programmePage = newPage("programme", ProgrammeView{
	Kind: "Programme 2026/3", Tag: Tag{Done, "Running"}, Steps: []Step{{Text: "Draft", Done: true}, {Text: "Agreed", Here: true}, {Text: "Running", Missing: "by its organisers"}},
	Says: []string{"Somebody has acted meanwhile."}, Lang: "ru", Texts: []HelpText{{"purpose", "Purpose", "Академия учит сама."}},
	Facts: []Fact{{"States", []Link{{"Kyrgyzstan", "/en/directory/KG"}}}}, Needs: []NeedLine{{"Say who carries it.", "/en/assistance/programmes/1/edit#ownership"}, {"Agree.", ""}},
	Edit: "/en/assistance/programmes/1/edit", Moves: []PersonForm{samplePersonForm}, Projects: []HelpLine{sampleHelpLine}, More: &Link{"All projects", "/en/assistance/programmes/1?after=1"},
	Place: []PersonForm{{ID: "put", Title: "Put a project in", Action: "/en/assistance/programmes/1/projects", Fields: []Field{{Name: "project", Label: "Number"}}, Button: "Put it in"}}, History: []HelpStep{sampleHelpStep},
})

func (h *House) openProgrammes() {
	h.site.Handle("GET /assistance/programmes", h.official(h.programmes))
	h.site.Handle("GET /assistance/programmes/new", h.official(h.newProgramme))
	h.site.Handle("POST /assistance/programmes", h.official(h.once(h.draftProgramme)))
	h.site.Handle("GET /assistance/programmes/{id}", h.official(h.programme))
	h.site.Handle("GET /assistance/programmes/{id}/edit", h.official(h.editProgramme))
	h.site.Handle("POST /assistance/programmes/{id}/edit", h.official(h.reviseProgramme))
	h.site.Handle("POST /assistance/programmes/{id}/move/{move}", h.official(h.moveProgramme))
	h.site.Handle("POST /assistance/programmes/{id}/projects", h.official(h.placeProject))
}

func programmePath(id, part string) string {
	return strings.TrimSuffix("/assistance/programmes/"+id+"/"+part, "/")
}

var programmeMoods = map[assistance.ProgrammeStage]Mood{
	assistance.ProgrammeDrafted: Attention, assistance.ProgrammeAgreed: Done, assistance.ProgrammeRunning: Done,
	assistance.ProgrammeHandedOver: Done, assistance.ProgrammeEnded: Plain,
}

func (p *helping) programmeStage(s assistance.ProgrammeStage) Tag {
	return Tag{programmeMoods[s], p.T("programme.stage." + string(s))}
}

// programmeLine is a programme in a list.
func (p *helping) programmeLine(g assistance.Programme) HelpLine {
	line := HelpLine{Title: g.Title, URL: p.URL(programmePath(g.ID, "")), Lang: string(g.Lang), Tag: p.programmeStage(g.Stage), Meta: g.Number}
	for _, part := range []string{p.all(search.Origin, g.States), p.all(search.Theme, g.Themes), p.span(g.Since, g.Until)} {
		if part != "" {
			line.Meta += " · " + part
		}
	}
	return line
}

// programmes lists those that the reader may read.
func (h *House) programmes(w http.ResponseWriter, r *http.Request) error {
	asked, after, ok := readProjectFilter(r)
	if !ok {
		return NotFound()
	}
	filter := assistance.ProgrammeFilter{State: asked.State, Theme: asked.Theme, Body: asked.Body}
	stage := r.URL.Query().Get("stage")
	if s := assistance.ProgrammeStage(stage); slices.Contains(assistance.ProgrammeStages, s) {
		filter.Stages = []assistance.ProgrammeStage{s}
	}
	list, more, err := h.helps().Programmes(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountProgrammes(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f := h.asking(r, "programme.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{
		Lead: f.T("programme.lead"), Action: f.URL("/assistance/programmes"), Count: f.T("programme.count", "n", count),
		Fields: p.projectFilters("", asked), None: f.T("assistance.requests.none"),
	}
	v.Fields[0].Options = []Option{{Text: p.T("assistance.any")}}
	for _, s := range assistance.ProgrammeStages {
		v.Fields[0].Options = append(v.Fields[0].Options, Option{Value: string(s), Text: p.T("programme.stage." + string(s)), Chosen: string(s) == stage})
	}
	for _, g := range list {
		v.Lines = append(v.Lines, p.programmeLine(g))
	}
	p.projectChips(&v, stage, asked)
	if len(v.Chips) == 0 {
		v.None = f.T("programme.none")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	if plansHelp(ReaderOf(r).Subject) {
		v.New = &Link{f.T("programme.new"), f.URL("/assistance/programmes/new")}
	}
	return assistanceListPage.Show(w, f, v)
}

// programme is the page of one.
func (h *House) programme(w http.ResponseWriter, r *http.Request) error {
	g, err := h.helps().Programme(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showProgramme(w, r, g, meant{}, http.StatusOK)
}

func (h *House) showProgramme(w http.ResponseWriter, r *http.Request, g assistance.Programme, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status, f.Title = true, status, g.Title
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("programme.title"), f.URL("/assistance/programmes")}}
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.helps().ProgrammeSteps(r.Context(), g.ID)
	if err != nil {
		return err
	}
	people := []string{}
	for _, s := range steps {
		people = append(people, s.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	v := ProgrammeView{Kind: p.T("programme.kind", "number", g.Number), Tag: p.programmeStage(g.Stage), Steps: p.programmeSteps(g), Lang: string(g.Lang), Facts: p.programmeFacts(g)}
	if m.says != "" {
		v.Says = append(v.Says, m.says)
	}
	for _, t := range []HelpText{{"purpose", "", g.Purpose}, {"brief", "", g.Brief}, {"ownership", "", g.Ownership}, {"handover", "", g.Handover}} {
		if t.Text != "" {
			v.Texts = append(v.Texts, HelpText{t.ID, p.T("programme.field." + t.ID), t.Text})
		}
	}
	v.Moves = p.programmeMoves(g, m)
	v.History = p.programmeWay(g, steps)
	writes := g.Writes(p.Reader.Subject) && !g.Stage.Over()
	if writes {
		v.Edit = f.URL(programmePath(g.ID, "edit"))
	}
	if g.Stage == assistance.ProgrammeDrafted {
		for _, need := range g.Missing() {
			line := NeedLine{Text: p.T(need.Key)}
			if writes {
				line.URL = v.Edit + "#" + need.Field
			}
			v.Needs = append(v.Needs, line)
		}
	}
	if err := p.programmeProjects(g, m, &v); err != nil {
		return err
	}
	if err := h.offerFollow(r, f, "programme", g.ID); err != nil {
		return err
	}
	return programmePage.Show(w, f, v)
}

// programmeWay are the steps in words; of a change to what was agreed the former text
// stands beside the new one.
func (p *helping) programmeWay(g assistance.Programme, steps []assistance.ProgrammeStep) []HelpStep {
	list := make([]HelpStep, len(steps))
	became, left := g.ProgrammeDraft, shownRevisions
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		list[i] = HelpStep{What: p.T("programme.did." + string(s.Move)), Who: p.T("assistance.by", "who", p.name(s.By), "day", s.At), Words: s.Words}
		if s.Move != "revise" {
			continue
		}
		if left--; left >= 0 {
			list[i].Former = p.differing(p.programmeWords(s.Former), p.programmeWords(became))
		}
		became = s.Former
	}
	return list
}

// programmeSteps are draft, agreed, running, handed over; of one that was ended, how it
// ended.
func (p *helping) programmeSteps(g assistance.Programme) (list []Step) {
	if g.Stage == assistance.ProgrammeEnded {
		return []Step{{Text: p.T("programme.stage.draft"), Done: true}, {Text: p.T("programme.stage.ended"), Here: true}}
	}
	at := slices.Index(assistance.ProgrammeStages, g.Stage)
	for i, s := range assistance.ProgrammeStages[:4] {
		step := Step{Text: p.T("programme.stage." + string(s)), Done: i < at || i == 3 && at == 3, Here: i == at}
		if i == at+1 {
			step.Missing = p.programmeMissing(g, s)
		}
		list = append(list, step)
	}
	return list
}

// programmeMissing is what is missing for a stage.
func (p *helping) programmeMissing(g assistance.Programme, s assistance.ProgrammeStage) string {
	switch n := len(g.Missing()); {
	case s == assistance.ProgrammeAgreed && n > 0:
		return p.T("programme.missing.agreed", "n", n)
	case s == assistance.ProgrammeAgreed:
		return p.T("programme.missing.desk")
	case s == assistance.ProgrammeHandedOver:
		return p.T("programme.missing.handed-over", "day", p.day(g.HandoverDay))
	}
	return p.T("programme.missing.running")
}

// programmeFacts are a programme's summary.
func (p *helping) programmeFacts(g assistance.Programme) (list []Fact) {
	entries := func(key string, ids []string) {
		var values []Link
		for _, id := range ids {
			values = append(values, p.entry(id))
		}
		if len(values) > 0 {
			list = append(list, Fact{p.T(key), values})
		}
	}
	entries("programme.field.states", g.States)
	if dates := p.span(g.Since, g.Until); dates != "" {
		list = append(list, Fact{p.T("programme.field.dates"), []Link{{Text: dates}}})
	}
	if g.HandoverDay != "" {
		list = append(list, Fact{p.T("programme.field.handover_day"), []Link{{Text: p.day(g.HandoverDay)}}})
	}
	var themes []Link
	for _, id := range g.Themes {
		themes = append(themes, Link{p.value(search.Theme, id), p.URL("/themes/" + id)})
	}
	if len(themes) > 0 {
		list = append(list, Fact{p.T("library.field.themes"), themes})
	}
	entries("programme.field.government", g.Government)
	entries("programme.field.civil", g.Civil)
	entries("programme.field.organisers", g.Organisers)
	entries("programme.field.partners", g.Partners)
	return append(list, Fact{p.T("assistance.fact.lang"), []Link{{Text: g.Lang.Name()}}})
}

// programmeProjects are the projects in it, and the forms that put one in or take one
// out.
func (p *helping) programmeProjects(g assistance.Programme, m meant, v *ProgrammeView) error {
	var after assistance.Place
	if text := p.r.URL.Query().Get("after"); text != "" && p.r.Method == http.MethodGet {
		var ok bool
		if after, ok = assistance.ParsePlace(text); !ok {
			return NotFound()
		}
	}
	list, more, err := p.h.helps().Projects(p.r.Context(), scope(p.r), assistance.ProjectFilter{Programme: g.ID}, after, shownInList)
	if err != nil {
		return err
	}
	out := Field{Name: "out", Label: p.T("programme.field.project"), Type: "select"}
	for _, q := range list {
		v.Projects = append(v.Projects, p.projectLine(q))
		if q.Writes(p.Reader.Subject) {
			out.Options = append(out.Options, Option{Value: q.Number, Text: q.Number + " " + shortened(q.Title)})
		}
	}
	if more != (assistance.Place{}) {
		v.More = &Link{p.T("assistance.further"), p.With("after", more.String())}
	}
	at := p.URL(programmePath(g.ID, "projects"))
	if g.Writes(p.Reader.Subject) && !g.Stage.Over() {
		in := []Field{{Name: "project", Label: p.T("programme.field.number"), Hint: p.T("programme.hint.number"), Value: p.r.PostFormValue("project"), Width: "short", Auto: "off"}}
		p.flag(in, m.wrong)
		v.Place = append(v.Place, PersonForm{ID: "put", Title: p.T("programme.do.put"), Action: at, Fields: in, Button: p.T("programme.do.put.button"), Open: m.move == "put"})
	}
	if len(out.Options) > 0 {
		v.Place = append(v.Place, PersonForm{ID: "take-out", Title: p.T("programme.do.out"), Action: at, Fields: []Field{out}, Button: p.T("programme.do.out.button")})
	}
	return nil
}

var (
	noticeProgrammeDrafted = newNotice("programme.done.drafted")
	noticeProgrammeSaved   = newNotice("programme.done.saved")
	noticeProjectPut       = newNotice("programme.done.put")
	noticeProjectOut       = newNotice("programme.done.out")
	programmeNotices       = map[assistance.ProgrammeMove]string{
		assistance.AgreeProgramme: newNotice("programme.done.agree"), assistance.BeginProgramme: newNotice("programme.done.begin"),
		assistance.HandOver: newNotice("programme.done.hand-over"), assistance.ReopenProgramme: newNotice("programme.done.reopen"),
		assistance.EndProgramme: newNotice("programme.done.end"),
	}
)

// programmeMoves are the forms of what the reader can do now, the likeliest first.
func (p *helping) programmeMoves(g assistance.Programme, m meant) (forms []PersonForm) {
	for _, move := range assistance.ProgrammeMoves(p.Reader.Subject, g) {
		name := string(move)
		form := PersonForm{
			ID: "move-" + name, Title: p.T("programme.do." + name), Says: []string{p.T("programme.do." + name + ".says")}, Action: p.URL(programmePath(g.ID, "move/"+name)),
			Hidden: []Carried{{"rev", strconv.FormatInt(g.Rev, 10)}}, Button: p.T("programme.do." + name + ".button"),
			Warning: move == assistance.EndProgramme, Open: m.move == name,
		}
		if move != assistance.AgreeProgramme {
			form.Fields = []Field{{Name: "words-" + name, Label: p.T("programme.words." + name), Type: "textarea", Rows: 4}}
		}
		if m.move == name {
			for i := range form.Fields {
				form.Fields[i].Value = p.r.PostFormValue(form.Fields[i].Name)
			}
			p.flagAt(form.Fields, m, name)
		}
		forms = append(forms, form)
	}
	return forms
}

// moveProgramme takes a move of the address. Where it did not go the page comes back as
// it stands now, with what is missing and the words that were written.
func (h *House) moveProgramme(w http.ResponseWriter, r *http.Request) error {
	move, id := assistance.ProgrammeMove(r.PathValue("move")), r.PathValue("id")
	if programmeNotices[move] == "" {
		return NotFound()
	}
	words := strings.TrimSpace(r.PostFormValue("words-" + string(move)))
	err := h.helps().MoveProgramme(r.Context(), ReaderOf(r).Subject, id, revOf(r), move, words)
	if err == nil {
		return h.site.Frame(r).Redirect(w, programmePath(id, ""), programmeNotices[move], 0)
	}
	g, missing := h.helps().Programme(r.Context(), scope(r), id)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	var still assistance.Unfinished
	if errors.As(err, &still) {
		return h.showProgramme(w, r, g, meant{move: string(move), says: f.T("programme.says.running", "n", still.Running)}, http.StatusConflict)
	}
	m, status, other := f.unmoved(err, string(move))
	switch {
	case other != nil:
		return helpFault(r, access.PlanHelp, g.Label, err)
	case move == assistance.AgreeProgramme && len(m.wrong) > 0:
		return h.showProgrammeForm(w, r, programmeForm{id: g.ID, rev: g.Rev, draft: g.ProgrammeDraft, wrong: m.wrong})
	}
	if !slices.Contains(assistance.ProgrammeMoves(ReaderOf(r).Subject, g), move) {
		m.keep(f, words)
	}
	return h.showProgramme(w, r, g, m, status)
}

// placeProject puts a project in, or takes one out.
func (h *House) placeProject(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), ReaderOf(r).Subject
	g, err := h.helps().Programme(ctx, scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	number, into, notice := strings.TrimSpace(r.PostFormValue("project")), g.ID, noticeProjectPut
	if out := r.PostFormValue("out"); out != "" {
		number, into, notice = out, "", noticeProjectOut
	}
	q, found, err := h.helps().ProjectNumbered(ctx, scope(r), number)
	if err != nil {
		return err
	}
	if !found || into == "" && q.Programme != g.ID {
		return h.showProgramme(w, r, g, meant{move: "put", wrong: map[string]string{"project": "programme.error.number"}}, http.StatusUnprocessableEntity)
	}
	err = h.helps().PutInProgramme(ctx, who, q.ID, q.Rev, into)
	m, status, other := h.site.Frame(r).unmoved(err, "put")
	switch {
	case err == nil:
		return h.site.Frame(r).Redirect(w, programmePath(g.ID, ""), notice, 0)
	case errors.Is(err, assistance.ErrForbidden):
		return h.showProgramme(w, r, g, meant{move: "put", wrong: map[string]string{"project": "programme.error.writes"}}, http.StatusUnprocessableEntity)
	case other != nil:
		return other
	}
	return h.showProgramme(w, r, g, m, status)
}
