package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// EditingView is the form of a document that exists.
type EditingView struct {
	Action      string
	Rev         int64
	Differences []Difference // what differs from what is stored now
	Stale       bool         // somebody changed it meanwhile
	Texts       []EditText
	Draft       DraftView
	Add         *Field // to bring a file
	AddAction   string
	Lower       string // address where a wider circle is asked for, or ""
	Back        string
}

// EditText is one language version.
type EditText struct {
	Language, Title, Lang string
	Open                  bool // the one she reads, or one with a mistake
	Fields                []Field
}

// Difference is a field in which what was typed is not what is stored now.
type Difference struct{ Name, Typed, Stored string }

var editingPage = newPage("editing", EditingView{
	Action: "/en/library/1/edit", Rev: 3, Stale: true,
	Differences: []Difference{{"Title", "Community policing", "Community policing: first contact"}},
	Texts:       []EditText{{"Русский", "Начало", "ru", true, []Field{{Name: "title-ru", Label: "Title", Value: "Начало"}}}},
	Draft:       sampleDraft, Add: &Field{Name: "file", Label: "File", Type: "file"}, AddAction: "/en/library/1/text", Lower: "/en/library/1/lowering", Back: "/en/library/1",
})

var noticeRevised = newNotice("library.edit.saved")

func (h *House) openEditing() {
	h.site.Handle("GET /library/{id}/edit", h.editForm)
	h.site.Handle("POST /library/{id}/edit", h.edit)
	h.site.HandleUpload("POST /library/{id}/text", library.MaxFile+bodyLimit, h.addText)
}

// editing is a document that exists, in its form.
type editing struct {
	recordForm
	rec    library.Record
	hidden []library.Relation // to what she may not see; they stay
	stored draftForm          // as it stands now
}

// openDocument reads the document for an edit, or says why she may not.
func (h *House) openDocument(r *http.Request) (*editing, error) {
	rec, err := h.record(r)
	if err != nil {
		return nil, err
	}
	who := ReaderOf(r)
	if !who.SignedIn() {
		return nil, Refused(access.RuleSignIn)
	}
	if d := who.May(access.Edit, rec.Label); !d.Allowed {
		return nil, Refused(d.Rule)
	}
	relations, hidden, err := h.Library.Relations(r.Context(), scope(r), rec.ID)
	if err != nil {
		return nil, err
	}
	measure, err := h.Library.Measure(r.Context(), rec.Document)
	if err != nil {
		return nil, err
	}
	form := formOf(rec, relations)
	return &editing{recordForm{h: h, r: r, rev: rec.Rev, draft: form, texts: textsOf(rec), measure: &measure}, rec, hidden, form}, nil
}

func (h *House) editForm(w http.ResponseWriter, r *http.Request) error {
	e, err := h.openDocument(r)
	if err != nil {
		return err
	}
	return e.show(w)
}

// edit saves the form, or shows it again with what stands in the way.
func (h *House) edit(w http.ResponseWriter, r *http.Request) error {
	e, err := h.openDocument(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	e.read(r.PostForm)
	for i, t := range e.texts {
		if r.PostForm.Has("title" + t.suffix) {
			e.texts[i] = readText(r.PostForm, t.Lang, t.suffix)
		} // else the language was added after the form was opened
	}
	var stale library.Stale
	switch err := e.save(); {
	case errors.As(err, &e.wrong):
		return e.show(w)
	case errors.As(err, &stale):
		return e.showStale(w)
	case err != nil:
		return err
	}
	return h.site.Frame(r).Redirect(w, "/library/"+e.rec.ID, noticeRevised, 0)
}

// save checks everything at once and hands it to the library.
func (e *editing) save() error {
	if e.rev != e.rec.Rev {
		return library.Stale{Rev: e.rec.Rev}
	}
	draft, wrong, err := e.check(true)
	switch {
	case err != nil:
		return err
	case len(wrong) > 0:
		return wrong
	}
	titles := make([]library.Titles, len(e.texts))
	for i, t := range e.texts {
		titles[i] = library.Titles{Lang: t.Lang, Title: t.Title, Summary: t.Summary}
	}
	e.complete(&draft)
	return refusal(e.h.Library.Revise(e.r.Context(), ReaderOf(e.r).Subject, e.rec.ID, e.rev, draft, titles...))
}

// complete adds what the form does not show, so that saving takes nothing away:
// relations to what she may not see, keywords in languages without a text, and
// the State whose focal point keeps the document.
func (e *editing) complete(d *library.Draft) {
	d.Relations = append(d.Relations, e.hidden...)
	if d.Level < access.Closed {
		d.State = e.rec.State
	}
	d.Keywords = maps.Clone(e.rec.Keywords)
	if d.Keywords == nil {
		d.Keywords = map[lang.Tag][]string{}
	}
	for _, t := range e.texts {
		d.Keywords[t.Lang] = t.keywords()
	}
}

// showStale reads the document anew and shows what was typed beside it. Saving
// once more is a decision taken with both before her eyes.
func (e *editing) showStale(w http.ResponseWriter) error {
	now, err := e.h.openDocument(e.r)
	if err != nil {
		return err
	}
	now.draft, now.changed = e.draft, true
	for i := range now.texts {
		for _, typed := range e.texts {
			if typed.Lang == now.texts[i].Lang {
				now.texts[i] = typed
			}
		}
	}
	return now.show(w)
}

func (e *editing) show(w http.ResponseWriter) error {
	words, err := e.page()
	if err != nil {
		return err
	}
	f := words.Frame
	title := e.rec.Edition(f.Lang).Title
	f.Title = f.T("library.edit.title", "title", title)
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {title, f.URL("/library/" + e.rec.ID)}}
	d := e.drafting(words, e.rec.Label)
	v := EditingView{
		Action: f.URL("/library/" + e.rec.ID + "/edit"), Rev: e.rec.Rev, Stale: e.changed, Back: f.URL("/library/" + e.rec.ID),
		AddAction: f.URL("/library/" + e.rec.ID + "/text"),
	}
	if !e.measure.Free && mayAskLowering(e.r, e.rec.Label) {
		v.Lower = f.URL(loweringPath(e.rec.ID))
	}
	own := e.rec.Edition(f.Lang).Lang
	for i, t := range e.texts {
		before := len(f.Errors)
		fields := d.text(t)
		v.Texts = append(v.Texts, EditText{
			Language: d.value(search.Lang, library.LangPath(t.Lang)), Title: e.rec.Editions[i].Title, Lang: string(t.Lang),
			Open: t.Lang == own || len(f.Errors) > before, Fields: fields,
		})
	}
	v.Draft = d.view(e.draft)
	if e.changed {
		v.Differences = e.differences(words)
	}
	v.Add = &Field{
		Name: "file", Label: f.T("library.edit.file"), Type: "file", Accept: accepted, Must: true,
		Hint: f.T("library.edit.file.hint", "limit", f.Size(library.MaxFile)),
	}
	return editingPage.Show(w, f, v)
}

// differences compares, in words, what was typed with what is stored now.
func (e *editing) differences(w wording) []Difference {
	typed, stored := w.lines(e.draft, e.texts), w.lines(e.stored, textsOf(e.rec))
	var list []Difference
	for i, t := range typed {
		if i < len(stored) && t.Text != stored[i].Text {
			list = append(list, Difference{t.Name, t.Text, stored[i].Text})
		}
	}
	return list
}

// described is a field in words.
type described struct{ Name, Text string }

// lines puts a form into words, field by field, in a fixed order.
func (w wording) lines(d draftForm, texts []textForm) []described {
	var list []described
	add := func(key, suffix, text string) {
		list = append(list, described{w.T(key) + suffix, text})
	}
	for _, t := range texts {
		suffix := " (" + w.value(search.Lang, library.LangPath(t.Lang)) + ")"
		add("library.field.title", suffix, t.Title)
		add("library.field.summary", suffix, strings.ReplaceAll(t.Summary, "\r\n", "\n"))
		add("library.field.keywords", suffix, strings.Join(slices.Sorted(slices.Values(t.keywords())), ", "))
	}
	add("library.field.symbol", "", d.Symbol)
	add("library.field.date", "", w.PartialDate(plainDate(d.Date)))
	add("library.facet.type", "", w.kind(d.Type))
	add("library.facet.origin", "", w.originName(d.Origin))
	add("library.field.original", "", lang.Tag(d.Original).Name())
	add("library.field.themes", "", w.all(search.Theme, d.Themes))
	add("library.field.lines", "", w.all(search.Line, d.Lines))
	add("library.field.items", "", w.all(search.Item, d.Items))
	add("library.field.level", "", w.readersOf(d.Circle))
	add("library.field.licence", "", d.Licence)
	var relations []string
	for _, r := range d.Relations {
		relations = append(relations, w.T("library.relation."+r.Kind)+": "+r.To)
	}
	add("library.field.relations", "", strings.Join(slices.Sorted(slices.Values(relations)), "; "))
	return list
}

func (w wording) all(facet search.Facet, values []string) string {
	names := make([]string, len(values))
	for i, v := range slices.Sorted(slices.Values(values)) {
		names[i] = w.value(facet, v)
	}
	return strings.Join(names, "; ")
}

// readersOf says in words who may read a record.
func (w wording) readersOf(circle string) string {
	kind, id, _ := strings.Cut(circle, ":")
	switch kind {
	case "":
		return ""
	case "owner":
		return w.T("library.level.owner")
	case "state":
		return w.T("library.level.state", "state", w.names.Name(id, "", w.Lang))
	case "group":
		return w.T("library.level.group", "group", w.groupName(id))
	}
	if _, ok := labelOf(circle); !ok {
		return circle
	}
	return w.T("access.level." + circle)
}

// addText takes a file that is another language version of the document, or a
// new version of one. It goes through the intake like any other.
func (h *House) addText(w http.ResponseWriter, r *http.Request) error {
	e, err := h.openDocument(r)
	if err != nil {
		return err
	}
	if err := mayContribute(r); err != nil {
		return err
	}
	got, err := h.receive(r, store.NewID())
	if err != nil {
		return err
	}
	if len(got) == 0 {
		return Wrong("library.upload.none")
	}
	return h.site.Frame(r).Redirect(w, confirmPath(got[0].ID)+"?"+url.Values{"into": {e.rec.ID}}.Encode(), "", 0)
}
