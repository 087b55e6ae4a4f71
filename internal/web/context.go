package web

import (
	"net/http"
	"slices"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

// ContextView is a context note with its factors, and what uses it.
type ContextView struct {
	Kind     string
	Tag      Tag
	Says     []string
	Lang     string
	Facts    []Fact
	Summary  string
	Factors  []ContextFactor
	Edit     string // addresses of the forms, or ""
	Add      string
	Retire   *PersonForm
	Cited    []HelpLine
	History  []HelpStep
	Readers  string
	Warnings bool // something is to be reviewed
}

// ContextFactor is a factor.
type ContextFactor struct {
	ID, Kind string
	Tag      *Tag
	Words    string
	Source   string
	Paper    *Link
	Grade    string // how far it can be trusted, or ""
	Review   string
	Edit     string
}

var contextPage = newPage("context", ContextView{
	Kind: "Context note · Kyrgyzstan", Tag: Tag{Refusal, "Review was due"}, Says: []string{"One factor is to be reviewed."}, Lang: "en",
	Facts: []Fact{{"State", []Link{{"Kyrgyzstan", "/en/directory/KG"}}}}, Summary: "A new law is prepared.",
	Factors: []ContextFactor{{"f1", "Threat assessment", &Tag{Refusal, "Review was due"}, "More fraud on the Internet.", "Annual report, 2026", &Link{"KG/1/26", ""}, "B2", "3 March 2027", "/en/assistance/context/1/factors/f1"}},
	Edit:    "/en/assistance/context/1/edit", Add: "/en/assistance/context/1/factors/new", Retire: &samplePersonForm, Cited: []HelpLine{sampleHelpLine},
	History: []HelpStep{{What: "Written", Who: "Aigul Asanova, 3 March 2026"}}, Readers: "Official use", Warnings: true,
})

func (h *House) openContexts() {
	h.site.Handle("GET /assistance/context", h.official(h.contexts))
	h.site.Handle("GET /assistance/context/new", h.official(h.newContext))
	h.site.Handle("POST /assistance/context", h.official(h.once(h.writeContext)))
	h.site.Handle("GET /assistance/context/{id}", h.official(h.context))
	h.site.Handle("GET /assistance/context/{id}/edit", h.official(h.editContext))
	h.site.Handle("POST /assistance/context/{id}/edit", h.official(h.reviseContext))
	h.site.Handle("POST /assistance/context/{id}/retire", h.official(h.retireContext))
	h.site.Handle("GET /assistance/context/{id}/factors/{factor}", h.official(h.editFactor))
	h.site.Handle("POST /assistance/context/{id}/factors/{factor}", h.official(h.once(h.putFactor)))
	h.site.Handle("POST /assistance/context/{id}/factors/{factor}/drop", h.official(h.dropFactor))
}

func contextPath(id string) string { return "/assistance/context/" + id }

func (p *helping) contextCrumbs() []Link {
	return []Link{{p.T("assistance.title"), p.URL("/assistance")}, {p.T("context.list.title"), p.URL("/assistance/context")}}
}

// contextTag says whether a note may be used as it stands.
func (p *helping) contextTag(c assistance.ContextNote) Tag {
	switch {
	case c.Retired != "":
		return Tag{Plain, p.T("context.retired", "day", p.day(c.Retired))}
	case c.ReviewBy == "":
		return Tag{Attention, p.T("context.empty")}
	case c.Overdue(p.now):
		return Tag{Refusal, p.T("context.overdue", "day", p.day(c.ReviewBy))}
	}
	return Tag{Done, p.T("context.valid", "day", p.day(c.ReviewBy))}
}

// contextAbout is the State and the theme of a note, as far as it has them.
func (p *helping) contextAbout(c assistance.ContextNote) string {
	text := ""
	if c.About != "" {
		text = p.names.Name(c.About, "", p.Lang)
	}
	if c.Theme != "" {
		if text != "" {
			text += " · "
		}
		text += p.value(search.Theme, c.Theme)
	}
	return text
}

func (p *helping) contextLine(c assistance.ContextNote) HelpLine {
	return HelpLine{Title: c.Title, URL: p.URL(contextPath(c.ID)), Lang: string(c.Lang), Tag: p.contextTag(c), Meta: p.contextAbout(c)}
}

// What the filter of notes for their standing knows.
const (
	contextDue     = "due"
	contextRetired = "retired"
)

// contexts lists context notes.
func (h *House) contexts(w http.ResponseWriter, r *http.Request) error {
	asked, after, ok := readHelpFilter(r)
	if !ok {
		return NotFound()
	}
	stage := r.URL.Query().Get("stage")
	filter := assistance.ContextFilter{State: asked.State, Theme: asked.Theme, Overdue: stage == contextDue, Retired: stage == contextRetired}
	list, more, err := h.helps().Contexts(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountContexts(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f := h.asking(r, "context.list.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{
		Lead: f.T("context.list.lead"), Action: f.URL("/assistance/context"), Count: f.T("context.count", "n", count),
		Fields: p.helpFilters("", asked), None: f.T("assistance.requests.none"),
	}
	v.Fields[0].Options = []Option{{Text: f.T("context.stage.current")}}
	for _, s := range []string{contextDue, contextRetired} {
		v.Fields[0].Options = append(v.Fields[0].Options, Option{Value: s, Text: f.T("context.stage." + s), Chosen: s == stage})
	}
	for _, c := range list {
		v.Lines = append(v.Lines, p.contextLine(c))
	}
	p.chips(&v, stage, asked)
	if len(v.Chips) == 0 {
		v.None = f.T("context.none")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	if assesses(p.Reader.Subject) {
		v.New = &Link{f.T("context.new"), f.URL("/assistance/context/new")}
	}
	return assistanceListPage.Show(w, f, v)
}

// context is the page of a note.
func (h *House) context(w http.ResponseWriter, r *http.Request) error {
	c, err := h.helps().ContextNote(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showContext(w, r, c, meant{}, http.StatusOK)
}

func (h *House) showContext(w http.ResponseWriter, r *http.Request, c assistance.ContextNote, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status = true, status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Title, f.Crumbs = c.Title, p.contextCrumbs()
	v := ContextView{
		Kind: f.T("context.kind", "about", p.contextAbout(c)), Tag: p.contextTag(c), Lang: string(c.Lang), Summary: c.Summary, Facts: p.contextFacts(c),
		Readers: f.T("access.level." + c.Level.String() + ".hint"), Warnings: c.Overdue(p.now),
	}
	if m.says != "" {
		v.Says = append(v.Says, m.says)
	}
	if v.Warnings {
		v.Says = append(v.Says, f.T("context.overdue.says", "day", p.day(c.ReviewBy)))
	}
	writes := c.Retired == "" && p.Reader.May(access.Assess, c.Label).Allowed
	if err := p.factors(c, &v, writes); err != nil {
		return err
	}
	if writes {
		v.Edit, v.Add, v.Retire = f.URL(contextPath(c.ID)+"/edit"), f.URL(contextPath(c.ID)+"/factors/"+anew), p.retireForm(c, m)
	}
	cited, err := h.helps().Cited(r.Context(), scope(r), c.ID)
	if err != nil {
		return err
	}
	for _, x := range cited {
		v.Cited = append(v.Cited, p.assessmentLine(x))
	}
	if v.History, err = p.contextHistory(c); err != nil {
		return err
	}
	return contextPage.Show(w, f, v)
}

func (p *helping) contextFacts(c assistance.ContextNote) (list []Fact) {
	if c.About != "" {
		list = append(list, Fact{p.T("assistance.fact.state"), []Link{p.entry(c.About)}})
	}
	if c.Theme != "" {
		list = append(list, Fact{p.T("assistance.field.theme"), []Link{{p.value(search.Theme, c.Theme), p.URL("/themes/" + c.Theme)}}})
	}
	if c.ReviewBy != "" {
		list = append(list, Fact{p.T("context.field.review"), []Link{{Text: p.day(c.ReviewBy)}}})
	}
	return append(list, Fact{p.T("assistance.fact.lang"), []Link{{Text: c.Lang.Name()}}})
}

// factors are what the note says, each with its source, and flagged where its review
// is due.
func (p *helping) factors(c assistance.ContextNote, v *ContextView, writes bool) error {
	list, err := p.h.helps().Factors(p.r.Context(), c.ID)
	if err != nil {
		return err
	}
	for _, f := range list {
		view := ContextFactor{ID: f.ID, Kind: p.T("context.kind." + f.Kind), Words: f.Words, Source: f.Source + ", " + p.day(f.Dated), Review: p.day(f.ReviewBy)}
		if f.Overdue(p.now) {
			view.Tag = &Tag{Refusal, p.T("context.overdue", "day", p.day(f.ReviewBy))}
		}
		if f.Reliability != "" || f.Credibility != "" {
			var parts []string
			if f.Reliability != "" {
				parts = append(parts, p.T("context.reliability."+f.Reliability))
			}
			if f.Credibility != "" {
				parts = append(parts, p.T("context.credibility."+f.Credibility))
			}
			view.Grade = p.List(parts)
		}
		paper, err := p.paper(f.Document)
		if err != nil {
			return err
		}
		if paper.Text != "" {
			view.Paper = &paper
		}
		if writes {
			view.Edit = p.URL(contextPath(c.ID) + "/factors/" + f.ID)
		}
		v.Factors = append(v.Factors, view)
	}
	return nil
}

func (p *helping) contextHistory(c assistance.ContextNote) (lines []HelpStep, err error) {
	steps, err := p.h.helps().ContextSteps(p.r.Context(), c.ID)
	if err != nil {
		return nil, err
	}
	people := make([]string, len(steps))
	for i, s := range steps {
		people[i] = s.By
	}
	if err := p.meet(people); err != nil {
		return nil, err
	}
	for _, s := range steps {
		line := HelpStep{What: p.T("context.did." + s.Move), Who: p.T("assistance.by", "who", p.name(s.By), "day", s.At), Words: s.Words}
		if slices.Contains(assistance.FactorKinds, s.Words) {
			line.What, line.Words = line.What+": "+p.T("context.kind."+s.Words), ""
		}
		lines = append(lines, line)
	}
	return lines, nil
}
