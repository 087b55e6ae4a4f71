package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// ProgrammeFormView is the form of a programme: new, or to be changed.
type ProgrammeFormView struct {
	Action, Back string
	Says         []string
	Rev          int64 // 0 for a new one
	Stale        bool  // somebody has changed it meanwhile
	Differences  []Difference
	What         []Field
	Themes       Picks
	Owners       []Field
	Future       []Field
}

var programmeEditPage = newPage("programme-edit", ProgrammeFormView{
	Action: "/en/assistance/programmes/1/edit", Back: "/en/assistance/programmes/1", Says: []string{"A draft may lack anything."}, Rev: 2, Stale: true,
	Differences: []Difference{{"Title", "Academy", "An academy that lasts"}}, What: []Field{{Name: "title", Label: "Title", Error: "Write one."}},
	Themes: Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{"Police reform", "", []Pick{{"themes-1-1", "police-reform", "In general", true}}}}},
	Owners: []Field{{Name: "government", Label: "Co-owners in government", Type: "textarea"}}, Future: []Field{{Name: "handover", Label: "Hand-over", Type: "textarea"}},
})

// programmeForm is the form in one person's hands.
type programmeForm struct {
	id     string // "" for a new one
	rev    int64
	draft  assistance.ProgrammeDraft
	wrong  assistance.Invalid
	stored *assistance.ProgrammeDraft // what somebody else has stored meanwhile
}

// readProgramme takes the form as it came.
func readProgramme(w wording, form url.Values) programmeForm {
	named := func(name string) (list []string) {
		for _, line := range plainLines(form.Get(name)) {
			list = append(list, w.idOf(line))
		}
		return list
	}
	day := func(name string) string { return plainDate(plain(form, name)) }
	return programmeForm{draft: assistance.ProgrammeDraft{
		Lang: lang.Tag(form.Get("lang")), Title: strings.Join(strings.Fields(form.Get("title")), " "), Purpose: plain(form, "purpose"),
		Since: day("since"), Until: day("until"), Brief: plain(form, "brief"), Ownership: plain(form, "ownership"), Handover: plain(form, "handover"), HandoverDay: day("handover_day"),
		Themes: form["themes"], States: named("states"), Government: named("government"), Civil: named("civil"), Organisers: named("organisers"), Partners: named("partners"),
	}}
}

// newProgramme is the form of a new one, in the language of the page; the structure for
// which the reader works organises it.
func (h *House) newProgramme(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r).Subject
	if !plansHelp(who) {
		return Refused(who.May(access.PlanHelp, access.Label{}).Rule)
	}
	d := assistance.ProgrammeDraft{Lang: LangOf(r)}
	for _, g := range who.Grants {
		if g.Role == access.ProgrammeOfficer && g.Body != "" {
			d.Organisers = append(d.Organisers, g.Body)
		}
	}
	return h.showProgrammeForm(w, r, programmeForm{draft: d})
}

func (h *House) draftProgramme(w http.ResponseWriter, r *http.Request) error {
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	form := readProgramme(words, r.PostForm)
	id, err := h.helps().DraftProgramme(r.Context(), ReaderOf(r).Subject, form.draft)
	if errors.As(err, &form.wrong) {
		return h.showProgrammeForm(w, r, form)
	}
	if err != nil {
		return helpFault(r, access.PlanHelp, access.Label{}, err)
	}
	return h.site.Frame(r).Redirect(w, programmePath(id, ""), noticeProgrammeDrafted, 0)
}

// programmed reads the programme of the address for somebody who writes it.
func (h *House) programmed(r *http.Request) (assistance.Programme, error) {
	g, err := h.helps().Programme(r.Context(), scope(r), r.PathValue("id"))
	if err == nil && !g.Writes(ReaderOf(r).Subject) {
		err = helpFault(r, access.PlanHelp, g.Label, assistance.ErrForbidden)
	}
	return g, err
}

func (h *House) editProgramme(w http.ResponseWriter, r *http.Request) error {
	g, err := h.programmed(r)
	if err != nil {
		return err
	}
	if g.Stage.Over() {
		return &Fault{Status: http.StatusConflict, Key: "programme.impossible." + string(g.Stage)}
	}
	return h.showProgrammeForm(w, r, programmeForm{id: g.ID, rev: g.Rev, draft: g.ProgrammeDraft})
}

// reviseProgramme stores it anew. Where somebody has stored something else meanwhile
// she sees both beside each other, and nothing that she typed is lost.
func (h *House) reviseProgramme(w http.ResponseWriter, r *http.Request) error {
	g, err := h.programmed(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	rev := revOf(r)
	form := readProgramme(words, r.PostForm)
	form.id, form.rev = g.ID, rev
	err = h.helps().ReviseProgramme(r.Context(), ReaderOf(r).Subject, g.ID, rev, form.draft)
	var stale assistance.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showProgrammeForm(w, r, form)
	case errors.As(err, &stale):
		form.rev, form.stored = g.Rev, &g.ProgrammeDraft
		return h.showProgrammeForm(w, r, form)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return helpFault(r, access.PlanHelp, g.Label, err)
	}
	return h.site.Frame(r).Redirect(w, programmePath(g.ID, ""), noticeProgrammeSaved, 0)
}

func (h *House) showProgrammeForm(w http.ResponseWriter, r *http.Request, form programmeForm) error {
	f := h.asking(r, "programme.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("programme.title"), f.URL("/assistance/programmes")}}
	v := ProgrammeFormView{Action: f.URL("/assistance/programmes"), Back: f.URL("/assistance/programmes"), Says: []string{f.T("programme.new.lead")}}
	if form.id != "" {
		f.Title, v.Says = f.T("programme.edit"), nil
		v.Action, v.Back, v.Rev = f.URL(programmePath(form.id, "edit")), f.URL(programmePath(form.id, "")), form.rev
		f.Crumbs = append(f.Crumbs, Link{form.draft.Title, v.Back})
	}
	p.programmeFields(form, &v)
	if form.stored != nil {
		f.Status, v.Stale, v.Differences = http.StatusConflict, true, differing(p.programmeWords(form.draft), p.programmeWords(*form.stored))
	}
	return programmeEditPage.Show(w, f, v)
}

// programmeFields fills the view with what was typed.
func (p *helping) programmeFields(form programmeForm, v *ProgrammeFormView) {
	in, d := form.draft, drafting{wording: p.wording, wrong: form.wrong}
	area := func(name, value string, rows int) Field {
		f := p.hinted("programme", Field{Name: name, Type: "textarea", Rows: rows, Value: value})
		f.Error = d.fault(name)
		return f
	}
	day := func(name, value string) Field {
		f := p.hinted("programme", Field{Name: name, Width: "short", Value: value, Auto: "off"})
		f.Error = d.fault(name)
		return f
	}
	v.What = []Field{
		{Name: "title", Label: p.T("programme.field.title"), Hint: p.T("programme.hint.title"), Value: in.Title, Error: d.fault("title"), Auto: "off"},
		{Name: "lang", Label: p.T("assistance.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")},
		area("purpose", in.Purpose, 5),
	}
	v.What[1].Label = p.T("programme.field.lang")
	v.Themes = d.themes(in.Themes)
	v.Themes.Hint = ""
	v.Owners = []Field{
		area("states", p.bodies(in.States), 3), area("government", p.bodies(in.Government), 3), area("civil", p.bodies(in.Civil), 3),
		area("organisers", p.bodies(in.Organisers), 2), area("partners", p.bodies(in.Partners), 2),
	}
	v.Future = []Field{
		day("since", in.Since), day("until", in.Until), area("brief", in.Brief, 2), area("ownership", in.Ownership, 5), area("handover", in.Handover, 5),
		day("handover_day", in.HandoverDay),
	}
}

// programmeWords puts a programme's fields into words, in a fixed order.
func (p *helping) programmeWords(d assistance.ProgrammeDraft) []described {
	list := []described{
		{p.T("programme.field.title"), d.Title},
		{p.T("programme.field.lang"), d.Lang.Name()},
		{p.T("library.field.themes"), p.all(search.Theme, d.Themes)},
	}
	for _, of := range [][2]string{
		{"purpose", d.Purpose},
		{"states", p.bodies(d.States)},
		{"government", p.bodies(d.Government)},
		{"civil", p.bodies(d.Civil)},
		{"organisers", p.bodies(d.Organisers)},
		{"partners", p.bodies(d.Partners)},
		{"dates", p.span(d.Since, d.Until)},
		{"brief", d.Brief},
		{"ownership", d.Ownership},
		{"handover", d.Handover},
		{"handover_day", p.day(d.HandoverDay)},
	} {
		list = append(list, described{p.T("programme.field." + of[0]), of[1]})
	}
	return list
}
