package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/assistance"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/search"
)

// ProjectFormView is the form of a project: new, or to be changed.
type ProjectFormView struct {
	Action, Back string
	Says         []string // what it begins from, and what follows
	Rev          int64    // 0 for a new one
	Stale        bool     // somebody has changed it meanwhile
	Differences  []Difference
	Hidden       []Carried // request and model
	What         []Field
	Themes       Picks
	Serves       []Field
	Items        Field
	Heard        []string
	Hears        string
	Numbers      Link
	Where        []Field
	Whom         []Field
	Right        Field
	Mandates     Link
	Button       string
	Models       []HelpLine // each begins this form anew, with it as a model
	Lessons      []HelpLine
}

var projectEditPage = newPage("project-edit", ProjectFormView{
	Action: "/en/assistance/projects/1/edit", Back: "/en/assistance/projects/1", Says: []string{"Another State asks and agrees for itself."}, Rev: 2, Stale: true,
	Differences: []Difference{{"Title", "Training", "Training of trainers"}}, Hidden: []Carried{{"model", "1"}},
	What:   []Field{{Name: "title", Label: "Title", Error: "Write one."}, {Name: "summary", Label: "What is done", Type: "textarea"}},
	Themes: Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{"Police reform", "", []Pick{{"themes-1-1", "police-reform", "In general", true}}}}},
	Serves: []Field{{Name: "line", Label: "Main line of action", Type: "select", Options: []Option{{Value: "1049/12.1", Text: "12.1", Chosen: true}}}},
	Items:  Field{Name: "items", Label: "Items", Value: "14.3"}, Heard: []string{"14.3 Victims"}, Hears: "/en/framework/numbers", Numbers: Link{"The Framework", "/en/framework"},
	Where: []Field{{Name: "hosts", Label: "Host States", Type: "textarea"}}, Whom: []Field{{Name: "organisers", Label: "Organisers", Type: "textarea"}},
	Right: Field{Name: "mandate", Label: "Mandate", Type: "select", Options: []Option{{Value: "1", Text: "PC.DEC/1049"}}}, Mandates: Link{"Mandates", "/en/assistance/mandates"},
	Button: "Save", Models: []HelpLine{sampleHelpLine}, Lessons: []HelpLine{sampleHelpLine},
})

// projectForm is the form in one person's hands.
type projectForm struct {
	id             string // "" for a new one
	rev            int64
	stage          assistance.ProjectStage
	model, request string // of a new one
	recommendation string // of which a new one is made
	draft          assistance.ProjectDraft
	items          string // as they were typed
	wrong          assistance.Invalid
	stored         *assistance.ProjectDraft // what somebody else has stored meanwhile
}

// readProject takes the form as it came.
func readProject(w wording, form url.Values) projectForm {
	text := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n")) }
	named := func(name string) (list []string) {
		for line := range strings.Lines(form.Get(name)) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, w.idOf(line))
			}
		}
		return list
	}
	d := assistance.ProjectDraft{
		Lang: lang.Tag(text("lang")), Title: strings.Join(strings.Fields(form.Get("title")), " "), Summary: text("summary"), Tailoring: text("tailoring"),
		Line: text("line"), Phase: text("phase"), Dimension: text("dimension"), Gender: text("gender"),
		Starts: plainDate(text("starts")), Ends: plainDate(text("ends")), Mandate: text("mandate"),
		Themes: form["themes"], Hosts: named("hosts"), Items: readItems(form.Get("items")),
		Organisers: named("organisers"), Partners: named("partners"), Bodies: named("bodies"), Places: plainLines(form.Get("places")),
	}
	return projectForm{draft: d, items: form.Get("items"), model: text("model"), request: text("request"), recommendation: text("recommendation")}
}

// plainLines are the lines of a text that say something.
func plainLines(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// projectFields fills the view with what was typed.
func (p *helping) projectFields(form projectForm, v *ProjectFormView) error {
	in, d := form.draft, drafting{wording: p.wording, wrong: form.wrong}
	v.What = []Field{
		{Name: "title", Label: p.T("project.field.title"), Hint: p.T("project.hint.title"), Value: in.Title, Error: d.fault("title"), Auto: "off"},
		{Name: "lang", Label: p.T("assistance.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")},
		{Name: "summary", Label: p.T("project.field.summary"), Hint: p.T("project.hint.summary"), Value: in.Summary, Error: d.fault("summary"), Type: "textarea", Rows: 6},
	}
	area := func(name, value string) Field {
		return Field{Name: name, Label: p.T("project.field." + name), Hint: p.T("project.hint." + name), Value: value, Error: d.fault(name), Type: "textarea", Rows: 3}
	}
	v.Where = []Field{
		area("hosts", p.bodies(in.Hosts)), area("places", strings.Join(in.Places, "\n")),
		{Name: "starts", Label: p.T("project.field.starts"), Hint: p.T("project.hint.starts"), Value: in.Starts, Width: "short", Error: d.fault("starts"), Auto: "off"},
		{Name: "ends", Label: p.T("project.field.ends"), Value: in.Ends, Width: "short", Error: d.fault("ends"), Auto: "off"},
		area("tailoring", in.Tailoring),
	}
	v.Whom = []Field{area("organisers", p.bodies(in.Organisers)), area("partners", p.bodies(in.Partners)), area("bodies", p.bodies(in.Bodies))}
	v.Themes = d.themes(in.Themes)
	v.Themes.Hint = p.T("project.hint.themes")
	v.Serves = []Field{
		d.lineOf(in.Line), d.chosen("phase", in.Phase, assistance.Phases), d.chosen("dimension", in.Dimension, assistance.Dimensions),
		d.chosen("gender", in.Gender, assistance.GenderMarkers),
	}
	v.Items = d.items(in.Items)
	v.Items.Hint = p.T("assistance.hint.items")
	if form.items != "" {
		v.Items.Value = form.items
	}
	v.Heard, v.Hears, v.Numbers = p.heard(in.Items), p.URL("/framework/numbers"), Link{p.T("library.items.numbers"), p.URL("/framework")}
	var err error
	v.Right, err = p.mandateField(d, in.Mandate)
	return err
}

// lineOf is the choice of the one main line of action (Framework ¶12).
func (d drafting) lineOf(chosen string) Field {
	f := Field{Name: "line", Label: d.T("project.field.line"), Hint: d.T("project.hint.line"), Type: "select", Error: d.fault("line"), Options: []Option{{Text: d.T("core.not-stated")}}}
	for _, line := range framework.Lines() {
		f.Options = append(f.Options, Option{Value: line.ID, Text: d.value(search.Line, line.ID), Chosen: line.ID == chosen})
	}
	return f
}

// chosen is a choice of one of some words.
func (d drafting) chosen(name, value string, of []string) Field {
	f := Field{Name: name, Label: d.T("project.field." + name), Hint: d.T("project.hint." + name), Type: "select", Width: "medium", Error: d.fault(name), Options: []Option{{Text: d.T("core.not-stated")}}}
	for _, v := range of {
		f.Options = append(f.Options, Option{Value: v, Text: d.T("project." + name + "." + v), Chosen: v == value})
	}
	return f
}

// mandateField is the choice of the mandate on which it rests (¶22).
func (p *helping) mandateField(d drafting, chosen string) (Field, error) {
	f := Field{Name: "mandate", Label: p.T("project.field.mandate"), Hint: p.T("project.hint.mandate"), Type: "select", Error: d.fault("mandate"), Options: []Option{{Text: p.T("core.not-stated")}}}
	list, err := p.h.helps().Mandates(p.r.Context(), scope(p.r), "")
	for _, m := range list {
		f.Options = append(f.Options, Option{Value: m.ID, Text: m.Title + " (" + p.names.Short(m.Holder, "", p.Lang) + ", " + p.span(m.Since, m.Until) + ")", Chosen: m.ID == chosen})
	}
	return f, err
}

func (h *House) showProjectForm(w http.ResponseWriter, r *http.Request, form projectForm) error {
	f := h.asking(r, "project.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("project.title"), f.URL("/assistance/projects")}}
	v := ProjectFormView{
		Action: f.URL("/assistance/projects"), Back: f.URL("/assistance/projects"), Button: f.T("project.save.new"),
		Mandates: Link{f.T("mandate.title"), f.URL("/assistance/mandates")},
	}
	if form.id != "" {
		f.Title, v.Button = f.T("project.edit"), f.T("core.save")
		v.Action, v.Back, v.Rev = f.URL(projectPath(form.id, "edit")), f.URL(projectPath(form.id, "")), form.rev
		f.Crumbs = append(f.Crumbs, Link{form.draft.Title, v.Back})
		if form.stage.Runs() {
			v.Says = append(v.Says, f.T("project.edit.says"))
		}
	} else if err := p.begins(form, &v); err != nil {
		return err
	}
	if err := p.projectFields(form, &v); err != nil {
		return err
	}
	if form.stored != nil {
		f.Status, v.Stale, v.Differences = http.StatusConflict, true, p.projectDifferences(form.draft, *form.stored)
	}
	if v.Lessons, err = p.lessonsFor(form.draft.Themes, form.draft.Hosts); err != nil {
		return err
	}
	return projectEditPage.Show(w, f, v)
}

// begins says from what a new project begins.
func (p *helping) begins(form projectForm, v *ProjectFormView) error {
	ctx := p.r.Context()
	v.Says = append(v.Says, p.T("project.new.lead"))
	if form.request != "" {
		q, err := p.h.helps().Request(ctx, scope(p.r), form.request)
		if err != nil {
			return err
		}
		v.Back = p.URL(helpPath(q.ID))
		v.Hidden = append(v.Hidden, Carried{"request", q.ID})
		v.Says = append(v.Says, p.T("project.new.request", "number", q.Number, "title", q.Title, "state", p.names.Name(q.Asker, "", p.Lang)))
	}
	if form.recommendation != "" {
		if err := p.beginsAdvised(form, v); err != nil {
			return err
		}
	}
	if form.model != "" {
		m, err := p.h.helps().Project(ctx, scope(p.r), form.model)
		if err != nil {
			return err
		}
		v.Hidden = append(v.Hidden, Carried{"model", m.ID})
		v.Says = append(v.Says, p.T("project.new.model", "number", m.Number, "title", m.Title))
		return nil
	}
	models, err := p.similarProjects("", form.draft.Hosts, form.draft.Themes)
	for _, q := range models {
		line := p.projectLine(q)
		line.URL = p.URL("/assistance/projects/new") + "?" + url.Values{"model": {q.ID}, "request": slices.DeleteFunc([]string{form.request}, func(s string) bool { return s == "" })}.Encode()
		v.Models = append(v.Models, line)
	}
	return err
}

// projectDifferences compares, in words, what was typed with what is stored now.
func (p *helping) projectDifferences(typed, stored assistance.ProjectDraft) (list []Difference) {
	now := p.projectDescribed(stored)
	for i, t := range p.projectDescribed(typed) {
		if t.Text != now[i].Text {
			list = append(list, Difference{t.Name, t.Text, now[i].Text})
		}
	}
	return list
}

// projectDescribed puts a project's fields into words, in a fixed order.
func (p *helping) projectDescribed(d assistance.ProjectDraft) []described {
	word := func(name, value string) described {
		text := ""
		if value != "" {
			text = p.T("project." + name + "." + value)
		}
		return described{p.T("project.field." + name), text}
	}
	line := ""
	if d.Line != "" {
		line = p.value(search.Line, d.Line)
	}
	return []described{
		{p.T("project.field.title"), d.Title},
		{p.T("assistance.field.lang"), d.Lang.Name()},
		{p.T("project.field.summary"), d.Summary},
		{p.T("library.field.themes"), p.all(search.Theme, d.Themes)},
		{p.T("project.field.line"), line},
		{p.T("library.field.items"), p.all(search.Item, d.Items)},
		word("phase", d.Phase), word("dimension", d.Dimension), word("gender", d.Gender),
		{p.T("project.field.hosts"), p.bodies(d.Hosts)},
		{p.T("project.field.places"), strings.Join(d.Places, "\n")},
		{p.T("project.field.dates"), p.span(d.Starts, d.Ends)},
		{p.T("project.field.tailoring"), d.Tailoring},
		{p.T("project.field.organisers"), p.bodies(d.Organisers)},
		{p.T("project.field.partners"), p.bodies(d.Partners)},
		{p.T("project.field.bodies"), p.bodies(d.Bodies)},
		{p.T("project.field.mandate"), p.mandateName(d.Mandate)},
	}
}
