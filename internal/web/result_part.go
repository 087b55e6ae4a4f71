package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// PartView is one result, indicator, risk, stakeholder or consultation of a project:
// its form, for those who write the project as it stands, else what it says; and what
// else can be done with it.
type PartView struct {
	Head        ProjectHead
	Title       string
	Says        []string
	Action      string
	Back        string
	Rev         int64 // 0 for a new one
	Stale       bool  // somebody has changed it meanwhile
	Differences []Difference
	Hidden      []Carried
	Fields      []Field
	Fold        string // heading of the form where it stands folded behind the rest, or ""
	Open        bool   // it is unfolded all the same
	Lang        string // of the facts
	Facts       []Fact
	Forms       []PersonForm
	Below       string // heading of what was measured or done, or ""
	History     []HelpStep
}

var projectPartPage = newPage("result-part", PartView{
	Head: sampleProjectHead, Title: "Output 1.1.2", Says: []string{"Somebody has acted meanwhile."}, Action: "/en/assistance/projects/1/results/2",
	Back: "/en/assistance/projects/1/results", Rev: 2, Stale: true, Differences: []Difference{{"Result", "Twenty trainers", "Thirty trainers"}},
	Hidden: []Carried{{"kind", "output"}}, Fields: []Field{{Name: "text", Label: "Result", Type: "textarea", Error: "Write it."}}, Fold: "Change the indicator", Open: true, Lang: "ru",
	Facts: []Fact{{"Result", []Link{{"Двадцать инструкторов", ""}}}}, Forms: []PersonForm{samplePersonForm}, Below: "Measured",
	History: []HelpStep{{What: "12 · 3 March 2026", Who: "Aigul Asanova, 4 March 2026", Words: "List of the academy"}},
})

// partForm is the form of a part in one person's hands.
type partForm struct {
	q      assistance.Project
	id     string // "" for a new one
	rev    int64
	fixed  bool       // it cannot be written anew as it stands
	in     url.Values // what stands there, or what was typed
	wrong  assistance.Invalid
	stored url.Values // what somebody else has stored meanwhile
	m      meant      // what she wanted otherwise
}

// projectPart is a kind of thing that belongs to a project and has a form of its own.
type projectPart struct {
	name   string // in the address
	tab    string // the part of the project's pages where it stands
	folds  bool   // there is more to do than to write it anew, once the project runs
	blank  func(p *helping, q assistance.Project) (url.Values, error)
	find   func(p *helping, q assistance.Project, id string) (partForm, error)
	title  func(p *helping, x partForm) string
	fields func(p *helping, x partForm) ([]Field, error)
	save   func(p *helping, x partForm) error
	beside func(p *helping, x partForm, v *PartView) error
	move   func(p *helping, x partForm, move string) error
}

var noticePartSaved = newNotice("result.done.saved")

// openPart opens the addresses of a kind of part.
func (h *House) openPart(part projectPart) {
	at := "/assistance/projects/{id}/" + part.name
	h.site.Handle("GET "+at+"/new", h.official(h.newPart(part)))
	h.site.Handle("POST "+at, h.official(h.once(h.savePart(part))))
	h.site.Handle("GET "+at+"/{part}", h.official(h.onePart(part)))
	h.site.Handle("POST "+at+"/{part}", h.official(h.savePart(part)))
	h.site.Handle("POST "+at+"/{part}/{move}", h.official(h.once(h.movePart(part))))
}

// partOf prepares the words for a part of the project of the address.
func (h *House) partOf(r *http.Request) (*helping, assistance.Project, error) {
	q, err := h.projectOf(r)
	if err != nil {
		return nil, q, err
	}
	p, err := h.helping(r, h.site.Frame(r))
	return p, q, err
}

// newPart is the form of a new one.
func (h *House) newPart(part projectPart) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, q, err := h.partOf(r)
		switch {
		case err != nil:
			return err
		case !q.Writes(p.Reader.Subject):
			return helpFault(r, access.PlanHelp, q.Label, assistance.ErrForbidden)
		case !p.writes(q):
			return &Fault{Status: http.StatusConflict, Key: "result.impossible." + string(q.Stage)}
		}
		in, err := part.blank(p, q)
		if err != nil {
			return err
		}
		return part.show(w, p, partForm{q: q, in: in})
	}
}

// onePart is one that is there.
func (h *House) onePart(part projectPart) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, q, err := h.partOf(r)
		if err != nil {
			return err
		}
		x, err := part.find(p, q, r.PathValue("part"))
		if err != nil {
			return err
		}
		return part.show(w, p, x)
	}
}

// savePart stores a new one, or one anew. Where somebody has stored something else
// meanwhile she sees both beside each other, and nothing that she typed is lost.
func (h *House) savePart(part projectPart) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, q, err := h.partOf(r)
		if err != nil {
			return err
		}
		_ = r.ParseForm() // a form that cannot be read is an empty one
		x := partForm{q: q, id: r.PathValue("part"), rev: revOf(r), in: r.PostForm}
		err = part.save(p, x)
		var stale assistance.Stale
		switch {
		case err == nil || errors.Is(err, store.ErrUnchanged):
			return p.Redirect(w, projectPath(q.ID, part.tab), noticePartSaved, 0)
		case errors.As(err, &x.wrong):
			return part.show(w, p, x)
		case errors.As(err, &stale):
			now, missing := part.find(p, q, x.id)
			if missing != nil {
				return missing
			}
			p.Status, x.rev, x.fixed, x.stored = http.StatusConflict, now.rev, now.fixed, now.in
			return part.show(w, p, x)
		}
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
}

// movePart does something with one. Where it did not go the page comes back as it
// stands now, with the words that were written.
func (h *House) movePart(part projectPart) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, q, err := h.partOf(r)
		if err != nil {
			return err
		}
		move := r.PathValue("move")
		x, err := part.find(p, q, r.PathValue("part"))
		if err != nil {
			return err
		}
		asked := x
		asked.rev = revOf(r)
		err = part.move(p, asked, move)
		if err == nil || errors.Is(err, store.ErrUnchanged) {
			path := projectPath(q.ID, part.tab)
			if move == "measure" {
				path = projectPath(q.ID, part.name+"/"+x.id)
			}
			return p.Redirect(w, path, noticePartSaved, 0)
		}
		m, status, other := p.unmoved(err, move)
		if other != nil {
			return helpFault(r, access.PlanHelp, q.Label, err)
		}
		m.keep(p.Frame, strings.TrimSpace(r.PostFormValue("words-"+move)))
		p.Status, x.m = status, m
		return part.show(w, p, x)
	}
}

// show shows the form, and what else can be done.
func (part projectPart) show(w http.ResponseWriter, p *helping, x partForm) error {
	fields, err := part.fields(p, x)
	if err != nil {
		return err
	}
	v := PartView{Head: p.projectHead(x.q, part.tab), Title: part.title(p, x), Back: p.URL(projectPath(x.q.ID, part.tab)), Lang: string(x.q.Lang)}
	p.Crumbs = append(p.Crumbs, Link{p.partName(part.tab), v.Back})
	p.Title = v.Title + " · " + x.q.Title
	if x.m.says != "" {
		v.Says = append(v.Says, x.m.says)
	}
	if p.writes(x.q) && !x.fixed {
		v.Fields, v.Rev, v.Action = fields, x.rev, p.URL(projectPath(x.q.ID, part.name))
		if x.id != "" {
			v.Action += "/" + x.id
		}
		for _, name := range []string{"kind", "result"} {
			if part.name != "stakeholders" && x.in.Get(name) != "" {
				v.Hidden = append(v.Hidden, Carried{name, x.in.Get(name)})
			}
		}
		p.flagPart(v.Fields, x.wrong)
	} else {
		v.Facts = p.factsOf(fields)
	}
	if part.folds && x.id != "" && x.q.Stage.Measurable() && len(v.Fields) > 0 {
		v.Fold, v.Open = p.T("result.change"), x.wrong != nil || x.stored != nil
	}
	if x.stored != nil {
		stored, err := part.fields(p, partForm{q: x.q, id: x.id, in: x.stored})
		if err != nil {
			return err
		}
		v.Stale, v.Differences = true, p.fieldDifferences(fields, stored)
	}
	if x.id != "" && part.beside != nil {
		if err := part.beside(p, x, &v); err != nil {
			return err
		}
	}
	return projectPartPage.Show(w, p.Frame, v)
}

// flagPart writes what is wrong at the fields; what has none stands above the page.
func (p *helping) flagPart(fields []Field, wrong assistance.Invalid) {
	p.flag(fields, wrong)
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
	}
	for field, key := range wrong {
		if !known[field] {
			p.Errors, p.Status = append(p.Errors, Error{"", p.T(key)}), http.StatusUnprocessableEntity
		}
	}
}

// said is what a field says in words.
func (f Field) said() string {
	if len(f.Options) == 0 {
		return f.Value
	}
	var list []string
	for _, o := range f.Options {
		if o.Chosen && o.Value != "" {
			list = append(list, o.Text)
		}
	}
	return strings.Join(list, "; ")
}

// factsOf are fields for those who only read them.
func (p *helping) factsOf(fields []Field) (facts []Fact) {
	for _, f := range fields {
		if text := f.said(); text != "" {
			facts = append(facts, Fact{f.Label, []Link{{Text: text}}})
		}
	}
	return facts
}

// fieldDifferences compares, in words, what was typed with what is stored now.
func (p *helping) fieldDifferences(typed, stored []Field) (list []Difference) {
	for i, f := range typed {
		if a, b := f.said(), stored[i].said(); a != b {
			list = append(list, Difference{f.Label, a, b})
		}
	}
	return list
}

// partMove is a form of something else that can be done with a part. Its fields bear
// the move in their names, because all forms stand on one page.
func (p *helping) partMove(x partForm, part, room, move string, fields ...Field) PersonForm {
	key := room + ".do." + move
	form := PersonForm{
		ID: "move-" + move, Title: p.T(key), Button: p.T(key), Action: p.URL(projectPath(x.q.ID, part+"/"+x.id+"/"+move)),
		Hidden: []Carried{{"rev", strconv.FormatInt(x.rev, 10)}}, Open: x.m.move == move, Fields: fields,
		Warning: move == "remove" || move == "retire",
	}
	if lang.Has(key + ".says") {
		form.Says = []string{p.T(key + ".says")}
	}
	for i := range form.Fields {
		form.Fields[i].Name += "-" + move
		if x.m.move == move {
			form.Fields[i].Value = p.r.PostFormValue(form.Fields[i].Name)
		}
	}
	if x.m.move == move {
		wrong := assistance.Invalid{}
		for field, key := range x.m.wrong {
			wrong[field+"-"+move] = key
		}
		p.flagPart(form.Fields, wrong)
	}
	return form
}

// area is a field for some lines of text.
func (p *helping) area(room, name string, in url.Values, rows int) Field {
	return p.hinted(room, Field{Name: name, Type: "textarea", Rows: rows, Value: in.Get(name)})
}

// dayField is a field for a day.
func (p *helping) dayField(room, name string, in url.Values) Field {
	return p.hinted(room, Field{Name: name, Type: "date", Width: "medium", Value: in.Get(name)})
}

// choiceField is a choice of one of some words.
func (p *helping) choiceField(room, name string, in url.Values, of []string) Field {
	f := p.hinted(room, Field{Name: name, Type: "select", Width: "medium", Options: []Option{{Text: p.T("core.not-stated")}}})
	for _, v := range of {
		f.Options = append(f.Options, Option{Value: v, Text: p.T(room + "." + name + "." + v), Chosen: v == in.Get(name)})
	}
	return f
}

// hinted gives a field its label, and its hint where there is one.
func (p *helping) hinted(room string, f Field) Field {
	f.Label = p.T(room + ".field." + f.Name)
	if key := room + ".hint." + f.Name; lang.Has(key) {
		f.Hint = p.T(key)
	}
	return f
}
