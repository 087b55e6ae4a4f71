package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

var (
	noticeContextWritten = newNotice("context.done.write")
	noticeContextSaved   = newNotice("context.done.saved")
	noticeContextRetired = newNotice("context.done.retire")
)

// readContext takes the form as it came.
func readContext(w wording, form url.Values) assistance.ContextDraft {
	return assistance.ContextDraft{
		About: w.idOf(plain(form, "about")), Theme: form.Get("theme"), Lang: lang.Tag(form.Get("lang")),
		Title: strings.Join(strings.Fields(form.Get("title")), " "), Summary: plain(form, "summary"),
	}
}

// newContext is the form of a new note; ?state= and ?theme= fill it in.
func (h *House) newContext(w http.ResponseWriter, r *http.Request) error {
	if d := ReaderOf(r).May(access.Assess, access.Label{}); !d.Allowed {
		return Refused(d.Rule)
	}
	q := r.URL.Query()
	return h.showContextForm(w, r, "", assistance.ContextDraft{Lang: LangOf(r), About: q.Get("state"), Theme: q.Get("theme")}, putting{})
}

func (h *House) writeContext(w http.ResponseWriter, r *http.Request) error {
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	d := readContext(words, r.PostForm)
	id, err := h.helps().WriteContext(r.Context(), ReaderOf(r).Subject, d)
	if wrong := invalidHelp(err); wrong != nil {
		return h.showContextForm(w, r, "", d, putting{wrong: wrong})
	}
	if err != nil {
		return helpFault(r, access.Assess, access.Label{}, err)
	}
	return h.site.Frame(r).Redirect(w, contextPath(id), noticeContextWritten, 0)
}

// noted reads the note of the address for somebody who writes it.
func (h *House) noted(r *http.Request) (assistance.ContextNote, error) {
	c, err := h.helps().ContextNote(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return c, err
	}
	if d := ReaderOf(r).May(access.Assess, c.Label); !d.Allowed {
		return c, Refused(d.Rule)
	}
	return c, nil
}

// rewritten reads one that the reader writes now.
func (h *House) rewritten(r *http.Request) (assistance.ContextNote, error) {
	c, err := h.noted(r)
	if err == nil && c.Retired != "" {
		err = &Fault{Status: http.StatusConflict, Key: "context.impossible.retired"}
	}
	return c, err
}

func (h *House) editContext(w http.ResponseWriter, r *http.Request) error {
	c, err := h.rewritten(r)
	if err != nil {
		return err
	}
	return h.showContextForm(w, r, c.ID, c.Draft(), putting{rev: c.Rev})
}

// reviseContext stores it anew. Where somebody has stored something else meanwhile she
// sees both beside each other.
func (h *House) reviseContext(w http.ResponseWriter, r *http.Request) error {
	c, err := h.noted(r)
	if err != nil {
		return err
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	in := putting{rev: revOf(r)}
	d := readContext(p.wording, r.PostForm)
	err = h.helps().ReviseContext(r.Context(), ReaderOf(r).Subject, c.ID, in.rev, d)
	var stale assistance.Stale
	switch {
	case errors.As(err, &in.wrong):
		return h.showContextForm(w, r, c.ID, d, in)
	case errors.As(err, &stale):
		in.rev, in.stored = c.Rev, p.contextWords(c.Draft())
		return h.showContextForm(w, r, c.ID, d, in)
	case err != nil:
		return helpFault(r, access.Assess, c.Label, err)
	}
	return h.site.Frame(r).Redirect(w, contextPath(c.ID), noticeContextSaved, 0)
}

func (h *House) showContextForm(w http.ResponseWriter, r *http.Request, id string, d assistance.ContextDraft, in putting) error {
	f := h.asking(r, "context.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = p.contextCrumbs()
	v := RecordFormView{Action: f.URL("/assistance/context"), Back: f.URL("/assistance/context"), Lead: f.T("context.new.lead")}
	if id != "" {
		f.Title = f.T("context.edit")
		v.Action, v.Back = f.URL(contextPath(id)+"/edit"), f.URL(contextPath(id))
		f.Crumbs = append(f.Crumbs, Link{d.Title, v.Back})
	}
	about := p.entryField("about", f.T("context.field.about"), f.T("context.hint.about"), d.About)
	v.Named = &about
	themes := []Option{{Text: f.T("context.theme.none")}}
	for _, t := range framework.Themes() {
		for _, t := range append([]framework.Term{t}, t.Narrower...) {
			themes = append(themes, Option{Value: t.ID, Text: p.value(search.Theme, t.ID), Chosen: t.ID == d.Theme})
		}
	}
	v.Fields = []Field{
		{Name: "theme", Label: f.T("assistance.field.theme"), Type: "select", Options: themes},
		{Name: "title", Label: f.T("assistance.field.title"), Value: d.Title, Auto: "off"},
		{Name: "lang", Label: f.T("assistance.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(d.Lang))},
		{Name: "summary", Label: f.T("context.field.summary"), Hint: f.T("context.hint.summary"), Value: d.Summary, Type: "textarea", Rows: 8},
	}
	return p.showForm(w, v, in, p.contextWords(d))
}

func (p *helping) contextWords(d assistance.ContextDraft) []described {
	return []described{
		{p.T("context.field.about"), p.entry(d.About).Text},
		{p.T("assistance.field.theme"), p.value(search.Theme, d.Theme)},
		{p.T("assistance.field.title"), d.Title},
		{p.T("assistance.field.lang"), d.Lang.Name()},
		{p.T("context.field.summary"), d.Summary},
	}
}

func (p *helping) retireForm(c assistance.ContextNote, m meant) *PersonForm {
	form := PersonForm{
		ID: "retire", Title: p.T("context.retire"), Says: []string{p.T("context.retire.says")}, Action: p.URL(contextPath(c.ID) + "/retire"), Button: p.T("context.retire.button"),
		Hidden: []Carried{{"rev", strconv.FormatInt(c.Rev, 10)}}, Fields: []Field{{Name: "words", Label: p.T("assistance.words.reason"), Type: "textarea", Rows: 3}},
		Warning: true, Open: m.move == "retire",
	}
	if form.Open {
		form.Fields[0].Value = p.r.PostFormValue("words")
		p.flag(form.Fields, m.wrong)
	}
	return &form
}

// retireContext takes a note out of use.
func (h *House) retireContext(w http.ResponseWriter, r *http.Request) error {
	words := r.PostFormValue("words")
	err := h.helps().RetireContext(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), revOf(r), words)
	if err == nil {
		return h.site.Frame(r).Redirect(w, contextPath(r.PathValue("id")), noticeContextRetired, 0)
	}
	c, missing := h.helps().ContextNote(r.Context(), scope(r), r.PathValue("id"))
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	m, status, other := f.unmoved(err, "retire")
	if other != nil {
		return helpFault(r, access.Assess, c.Label, other)
	}
	if c.Retired != "" {
		m.keep(f, words)
	}
	return h.showContext(w, r, c, m, status)
}

// factorOf reads a factor of the address, nil for a new one.
func (h *House) factorOf(r *http.Request, c assistance.ContextNote) (*assistance.Factor, error) {
	id := r.PathValue("factor")
	if id == anew {
		return nil, nil
	}
	list, err := h.helps().Factors(r.Context(), c.ID)
	i := slices.IndexFunc(list, func(f assistance.Factor) bool { return f.ID == id })
	if err == nil && i < 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[i], nil
}

func readFactor(form url.Values) assistance.FactorDraft {
	return assistance.FactorDraft{
		Kind: form.Get("kind"), Words: plain(form, "words"), Source: plain(form, "source"), Dated: plainDate(plain(form, "dated")), Document: plain(form, "document"),
		Reliability: form.Get("reliability"), Credibility: form.Get("credibility"), ReviewBy: plainDate(plain(form, "review_by")),
	}
}

func (h *House) editFactor(w http.ResponseWriter, r *http.Request) error {
	c, err := h.rewritten(r)
	if err != nil {
		return err
	}
	f, err := h.factorOf(r, c)
	if err != nil {
		return err
	}
	if f == nil {
		return h.showFactor(w, r, c, assistance.FactorDraft{}, putting{})
	}
	return h.showFactor(w, r, c, f.FactorDraft, putting{rev: f.Rev})
}

// putFactor stores a factor. Where somebody has stored something else meanwhile she
// sees both beside each other.
func (h *House) putFactor(w http.ResponseWriter, r *http.Request) error {
	c, err := h.noted(r)
	if err != nil {
		return err
	}
	f, err := h.factorOf(r, c)
	if err != nil {
		return err
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	in, id := putting{rev: revOf(r)}, ""
	d := readFactor(r.PostForm)
	if f != nil {
		id = f.ID
	}
	err = h.helps().PutFactor(r.Context(), ReaderOf(r).Subject, c.ID, id, in.rev, d)
	var stale assistance.Stale
	switch {
	case errors.As(err, &in.wrong):
		return h.showFactor(w, r, c, d, in)
	case errors.As(err, &stale):
		in.rev, in.stored = f.Rev, p.factorWords(f.FactorDraft)
		return h.showFactor(w, r, c, d, in)
	case err != nil:
		return helpFault(r, access.Assess, c.Label, err)
	}
	return h.site.Frame(r).Redirect(w, contextPath(c.ID), noticeContextSaved, 0)
}

func (h *House) showFactor(w http.ResponseWriter, r *http.Request, c assistance.ContextNote, d assistance.FactorDraft, in putting) error {
	f := h.asking(r, "context.factor.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	id := r.PathValue("factor")
	v := RecordFormView{Action: f.URL(contextPath(c.ID) + "/factors/" + id), Back: f.URL(contextPath(c.ID)), Lead: f.T("context.factor.lead")}
	v.Of = &Link{c.Title, v.Back}
	f.Crumbs = append(p.contextCrumbs(), *v.Of)
	if id != anew {
		f.Title = f.T("context.factor.edit")
		v.Drop = p.dropForm(v.Action, in.rev)
	}
	reliability := p.choose("reliability", "context.field.reliability", "context.reliability.", append([]string{""}, assistance.Reliabilities...), d.Reliability)
	credibility := p.choose("credibility", "context.field.credibility", "context.credibility.", append([]string{""}, assistance.Credibilities...), d.Credibility)
	reliability.Hint = f.T("context.hint.reliability")
	v.Fields = []Field{
		p.choose("kind", "context.field.kind", "context.kind.", assistance.FactorKinds, d.Kind),
		{Name: "words", Label: f.T("context.field.words"), Hint: f.T("context.hint.words"), Value: d.Words, Type: "textarea", Rows: 5},
		{Name: "source", Label: f.T("context.field.source"), Hint: f.T("context.hint.source"), Value: d.Source, Type: "textarea", Rows: 2},
		{Name: "dated", Label: f.T("assessment.field.dated"), Hint: f.T("library.hint.date"), Value: d.Dated, Width: "short", Auto: "off"},
		{Name: "document", Label: f.T("assessment.field.document"), Hint: f.T("assessment.hint.document"), Value: d.Document, Width: "medium", Auto: "off"},
		reliability, credibility,
		{Name: "review_by", Label: f.T("context.field.review"), Hint: f.T("context.hint.review"), Value: d.ReviewBy, Width: "short", Auto: "off"},
	}
	return p.showForm(w, v, in, p.factorWords(d))
}

// factorWords puts a factor into words; what is not one of the choices is as it came.
func (p *helping) factorWords(d assistance.FactorDraft) []described {
	called := func(prefix, value string) string {
		if value == "" || !lang.Has(prefix+value) {
			return value
		}
		return p.T(prefix + value)
	}
	return []described{
		{p.T("context.field.kind"), called("context.kind.", d.Kind)},
		{p.T("context.field.words"), d.Words},
		{p.T("context.field.source"), d.Source},
		{p.T("assessment.field.dated"), p.day(d.Dated)},
		{p.T("assessment.field.document"), d.Document},
		{p.T("context.field.reliability"), called("context.reliability.", d.Reliability)},
		{p.T("context.field.credibility"), called("context.credibility.", d.Credibility)},
		{p.T("context.field.review"), p.day(d.ReviewBy)},
	}
}

func (h *House) dropFactor(w http.ResponseWriter, r *http.Request) error {
	c, err := h.noted(r)
	if err != nil {
		return err
	}
	if err := h.helps().DropFactor(r.Context(), ReaderOf(r).Subject, c.ID, r.PathValue("factor"), revOf(r)); err != nil {
		return helpFault(r, access.Assess, c.Label, err)
	}
	return h.site.Frame(r).Redirect(w, contextPath(c.ID), noticeContextSaved, 0)
}
