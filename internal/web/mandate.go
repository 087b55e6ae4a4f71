package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// MandatesView are the mandates: what a structure may do, by which decision, and from
// when until when (Framework ¶22).
type MandatesView struct {
	New   string // address of the form of a new one, or ""
	Lines []MandateLine
}

// MandateLine is one of them.
type MandateLine struct {
	ID, Title, Lang string
	Tag             Tag
	Holder          Link
	Document        Link
	Dates           string
	Edit            string // address of its form, or ""
}

var mandatesPage = newPage("mandates", MandatesView{"/en/assistance/mandates/new", []MandateLine{{
	"m1", "Police-related activities", "ru",
	Tag{Done, "Valid"},
	Link{"Strategic Police Matters Unit", "/en/directory/spmu"},
	Link{"PC.DEC/1049", "/en/library/1"},
	"since 26 July 2012", "/en/assistance/mandates/m1/edit",
}}})

// MandateFormView is the form of a mandate.
type MandateFormView struct {
	Action, Back string
	Rev          int64 // 0 for a new one
	Stale        bool
	Differences  []Difference
	Holder       NamedField
	Fields       []Field
}

var mandateEditPage = newPage("mandate-edit", MandateFormView{
	"/en/assistance/mandates", "/en/assistance/mandates", 2, true,
	[]Difference{{"Title", "Police", "Police-related activities"}},
	NamedField{Field{Name: "holder", Label: "Structure", Error: "Which?"}, []string{"Strategic Police Matters Unit"}, "/en/directory/names"},
	[]Field{{Name: "title", Label: "Title", Error: "Write one."}},
})

var (
	noticeMandateAdded = newNotice("mandate.done.added")
	noticeMandateSaved = newNotice("mandate.done.saved")
)

func (h *House) openMandates() {
	h.site.Handle("GET /assistance/mandates", h.official(h.mandates))
	h.site.Handle("GET /assistance/mandates/new", h.official(h.newMandate))
	h.site.Handle("POST /assistance/mandates", h.official(h.once(h.putMandate)))
	h.site.Handle("GET /assistance/mandates/{id}/edit", h.official(h.editMandate))
	h.site.Handle("POST /assistance/mandates/{id}/edit", h.official(h.putMandate))
}

// keepsMandates refuses those who do not write mandates: it is the desk that does.
func keepsMandates(r *http.Request) error {
	if d := ReaderOf(r).May(access.HandleHelp, access.Label{Level: access.Official}); !d.Allowed {
		return Refused(d.Rule)
	}
	return nil
}

func (h *House) mandates(w http.ResponseWriter, r *http.Request) error {
	list, err := h.helps().Mandates(r.Context(), scope(r), "")
	if err != nil {
		return err
	}
	f := h.asking(r, "mandate.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("project.title"), f.URL("/assistance/projects")}}
	v := MandatesView{}
	writes := keepsMandates(r) == nil
	if writes {
		v.New = f.URL("/assistance/mandates/new")
	}
	for _, m := range list {
		line := MandateLine{ID: m.ID, Title: m.Title, Lang: string(m.Lang), Tag: p.mandateTag(m), Holder: p.entry(m.Holder), Dates: p.span(m.Since, m.Until)}
		if line.Document, err = p.paper(m.Document); err != nil {
			return err
		}
		if writes {
			line.Edit = f.URL("/assistance/mandates/" + m.ID + "/edit")
		}
		v.Lines = append(v.Lines, line)
	}
	return mandatesPage.Show(w, f, v)
}

// mandateTag says whether it is valid today.
func (p *helping) mandateTag(m assistance.Mandate) Tag {
	today := p.now.UTC().Format(time.DateOnly)
	switch {
	case m.Since > today:
		return Tag{Plain, p.T("mandate.later")}
	case m.Until != "" && m.Until < today:
		return Tag{Plain, p.T("mandate.ended")}
	}
	return Tag{Done, p.T("mandate.valid")}
}

// mandateName is a mandate's title, "" where there is none.
func (p *helping) mandateName(id string) string {
	if id == "" {
		return ""
	}
	m, err := p.h.helps().Mandate(p.r.Context(), scope(p.r), id)
	if err != nil {
		return id
	}
	return m.Title + " (" + p.span(m.Since, m.Until) + ")"
}

func (h *House) newMandate(w http.ResponseWriter, r *http.Request) error {
	return h.showMandateForm(w, r, mandateForm{mandate: assistance.Mandate{Lang: LangOf(r)}})
}

func (h *House) editMandate(w http.ResponseWriter, r *http.Request) error {
	m, err := h.helps().Mandate(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showMandateForm(w, r, mandateForm{mandate: m, holder: m.Holder})
}

// mandateForm is the form in one person's hands.
type mandateForm struct {
	mandate assistance.Mandate
	holder  string // as it was typed
	wrong   assistance.Invalid
	stored  *assistance.Mandate // what somebody else has stored meanwhile
}

func (h *House) showMandateForm(w http.ResponseWriter, r *http.Request, form mandateForm) error {
	if err := keepsMandates(r); err != nil {
		return err
	}
	f := h.asking(r, "mandate.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	in := form.mandate
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("project.title"), f.URL("/assistance/projects")}, {f.T("mandate.title"), f.URL("/assistance/mandates")}}
	v := MandateFormView{Action: f.URL("/assistance/mandates"), Back: f.URL("/assistance/mandates"), Rev: in.Rev}
	if in.ID != "" {
		f.Title, v.Action = f.T("mandate.edit"), f.URL("/assistance/mandates/"+in.ID+"/edit")
	}
	d := drafting{wording: p.wording, wrong: form.wrong}
	v.Holder = p.entryField("holder", f.T("mandate.field.holder"), f.T("mandate.hint.holder"), form.holder)
	v.Holder.Error = d.fault("holder")
	v.Fields = []Field{
		{Name: "title", Label: f.T("mandate.field.title"), Hint: f.T("mandate.hint.title"), Value: in.Title, Error: d.fault("title"), Auto: "off"},
		{Name: "lang", Label: f.T("assistance.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")},
		{Name: "document", Label: f.T("mandate.field.document"), Hint: f.T("mandate.hint.document"), Value: in.Document, Error: d.fault("document"), Width: "medium", Auto: "off"},
		{Name: "since", Label: f.T("mandate.field.since"), Hint: f.T("project.hint.starts"), Value: in.Since, Error: d.fault("since"), Width: "short", Auto: "off"},
		{Name: "until", Label: f.T("mandate.field.until"), Hint: f.T("mandate.hint.until"), Value: in.Until, Error: d.fault("until"), Width: "short", Auto: "off"},
	}
	if form.stored != nil {
		f.Status, v.Stale, v.Rev = http.StatusConflict, true, form.stored.Rev
		now := p.mandateDescribed(*form.stored)
		for i, t := range p.mandateDescribed(in) {
			if t.Text != now[i].Text {
				v.Differences = append(v.Differences, Difference{t.Name, t.Text, now[i].Text})
			}
		}
	}
	return mandateEditPage.Show(w, f, v)
}

func (p *helping) mandateDescribed(m assistance.Mandate) []described {
	return []described{
		{p.T("mandate.field.holder"), p.entry(m.Holder).Text},
		{p.T("mandate.field.title"), m.Title},
		{p.T("assistance.field.lang"), m.Lang.Name()},
		{p.T("mandate.field.document"), m.Document},
		{p.T("project.field.dates"), p.span(m.Since, m.Until)},
	}
}

// putMandate stores one: a new one, or the one of the address.
func (h *House) putMandate(w http.ResponseWriter, r *http.Request) error {
	if err := keepsMandates(r); err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	text := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	form := mandateForm{holder: text("holder")}
	form.mandate = assistance.Mandate{
		ID: r.PathValue("id"), Holder: words.idOf(form.holder), Lang: lang.Tag(text("lang")), Title: strings.Join(strings.Fields(text("title")), " "), Document: text("document"),
		Since: plainDate(text("since")), Until: plainDate(text("until")),
	}
	notice := noticeMandateAdded
	if form.mandate.ID != "" {
		form.mandate.Rev, notice = revOf(r), noticeMandateSaved
	}
	id, err := h.helps().PutMandate(r.Context(), ReaderOf(r).Subject, form.mandate)
	var stale assistance.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showMandateForm(w, r, form)
	case errors.As(err, &stale):
		stored, missing := h.helps().Mandate(r.Context(), scope(r), form.mandate.ID)
		if missing != nil {
			return missing
		}
		form.stored = &stored
		return h.showMandateForm(w, r, form)
	case err != nil:
		return helpFault(r, access.HandleHelp, access.Label{Level: access.Official}, err)
	}
	return h.site.Frame(r).Redirect(w, "/assistance/mandates#"+id, notice, 0)
}
