package web

import (
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
)

// CollectionsView lists the collections that the reader may see.
type CollectionsView struct {
	Items []CollectionLine
	New   string // address of the form for a new one, or ""
	Older string // address of those further back, or ""
}

// CollectionLine is one collection of the list.
type CollectionLine struct {
	Title, URL, Lang string
	About            string
	Tag              *Tag
	Count            string
}

var collectionsPage = newPage("collections", CollectionsView{
	Items: []CollectionLine{{"First contact", "/en/collections/1", "en", "What to read before the first meeting.", &Tag{Attention, "Members"}, "12 documents"}},
	New:   "/en/collections/new", Older: "/en/collections?after=1",
})

// CollectionFormView is the form of a collection: new, or to be changed.
type CollectionFormView struct {
	Action   string
	Rev      int64  // 0 for a new one
	Document string // that a new one begins with, or ""
	Stale    bool   // somebody else has changed it meanwhile
	Own      []Field
	Others   []CollectionTexts // in the other languages
	Level    Field
	Back     string
}

// CollectionTexts are title and description in one language.
type CollectionTexts struct {
	Language string
	Open     bool
	Fields   []Field
}

var collectionFormPage = newPage("collection-form", CollectionFormView{
	Action: "/en/collections", Rev: 1, Document: "1", Stale: true, Back: "/en/collections",
	Own:    []Field{{Name: "title-en", Label: "Title"}, {Name: "about-en", Label: "Description", Type: "textarea"}},
	Others: []CollectionTexts{{"Français", true, []Field{{Name: "title-fr", Label: "Title", Error: "Write it."}}}},
	Level:  Field{Name: "level", Label: "Who may read it", Type: "radios", Options: []Option{{Value: "public", Text: "Everyone", Hint: "Signed in or not", Chosen: true}}},
})

var (
	noticeCollected   = newNotice("collections.done.made")
	noticeRecollected = newNotice("collections.done.saved")
	noticeUncollected = newNotice("collections.done.deleted")
	noticeAdded       = newNotice("collections.done.added")
)

func (h *House) openCollections() {
	h.site.Handle("GET /collections", h.collections)
	h.site.Handle("GET /collections/new", h.newCollection)
	h.site.Handle("POST /collections", h.once(h.makeCollection))
	h.site.Handle("GET /collections/{id}", h.collection)
	h.site.Handle("POST /collections/{id}/documents/{document}", h.arrangeCollection)
	h.site.Handle("GET /collections/{id}/edit", h.editCollection)
	h.site.Handle("POST /collections/{id}/edit", h.saveCollection)
	h.site.Handle("GET /collections/{id}/delete", h.askDropCollection)
	h.site.Handle("POST /collections/{id}/delete", h.dropCollection)
	h.site.Handle("GET /library/{id}/collect", h.askCollect)
	h.site.Handle("POST /library/{id}/collect", h.collect)
	h.openCollectionExports()
}

// collections lists them, the last changed first.
func (h *House) collections(w http.ResponseWriter, r *http.Request) error {
	var after library.Place
	if text := r.URL.Query().Get("after"); text != "" {
		var ok bool
		if after, ok = library.ParsePlace(text); !ok {
			return NotFound()
		}
	}
	list, more, err := h.Library.Collections(r.Context(), scope(r), after, 20)
	if err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i, k := range list {
		ids[i] = k.ID
	}
	counts, err := h.Library.CountCollected(r.Context(), scope(r), ids)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	var v CollectionsView
	for _, k := range list {
		title, in := nameIn(k.Titles, f.Lang)
		v.Items = append(v.Items, CollectionLine{
			Title: title, Lang: string(in), URL: f.URL("/collections/" + k.ID), About: cut200(k.Abouts[in]), Tag: words.closedTo(k.Label),
			Count: f.T("library.count", "n", counts[k.ID]),
		})
	}
	if more != (library.Place{}) {
		v.Older = f.URL("/collections?after=" + more.String())
	}
	if mayContribute(r) == nil {
		v.New = f.URL("/collections/new")
	}
	f.Title, f.Description = f.T("collections.title"), f.T("collections.lead")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	return collectionsPage.Show(w, f, v)
}

// nameIn is a name in the language or the next best, and which that is.
func nameIn(names lang.Names, t lang.Tag) (string, lang.Tag) {
	name := names.In(t)
	if names[t] == name {
		return name, t
	}
	for _, other := range lang.All {
		if names[other] == name {
			return name, other
		}
	}
	return name, ""
}

// collectionForm is the form in one person's hands.
type collectionForm struct {
	titles, abouts lang.Names
	circle         string
	label          access.Label // what it has now
	measure        *library.Measure
	wrong          library.Invalid
}

func readCollectionForm(r *http.Request) collectionForm {
	c := collectionForm{titles: lang.Names{}, abouts: lang.Names{}, circle: r.PostFormValue("level")}
	for _, t := range lang.All {
		c.titles[t], c.abouts[t] = r.PostFormValue("title-"+string(t)), r.PostFormValue("about-"+string(t))
	}
	return c
}

// draft is what the library takes; there is no default for its readers.
func (c collectionForm) draft() (library.CollectionDraft, error) {
	label, ok := labelOf(c.circle)
	if !ok {
		return library.CollectionDraft{}, library.Invalid{"level": "library.error.level"}
	}
	return library.CollectionDraft{Titles: c.titles, Abouts: c.abouts, Label: label}, nil
}

// fields fills the view: the reader's own language is open, so are those with
// something in them.
func (c collectionForm) fields(w wording, who access.Subject, v *CollectionFormView) {
	d := drafting{wording: w, who: who, label: c.label, measure: c.measure, wrong: c.wrong}
	for _, t := range append([]lang.Tag{w.Lang}, lang.All...) {
		if t == w.Lang && v.Own != nil {
			continue
		}
		title, about := "title-"+string(t), "about-"+string(t)
		before := len(w.Errors)
		fields := []Field{
			{Name: title, Label: w.T("collections.field.title"), Value: c.titles[t], Error: d.fault(title), Auto: "off"},
			{Name: about, Label: w.T("collections.field.about"), Hint: w.T("collections.hint.about"), Value: c.abouts[t], Error: d.fault(about), Type: "textarea", Rows: 4},
		}
		if t == w.Lang {
			v.Own = fields
			continue
		}
		v.Others = append(v.Others, CollectionTexts{t.Name(), c.titles[t] != "" || len(w.Errors) > before, fields})
	}
	// What is wrong with the title at all is said where she writes one.
	if key := c.wrong["title-en"]; key == "collections.error.title" && w.Lang != "en" && len(c.titles) == 0 {
		v.Own[0].Error = w.T(key)
	}
	v.Level = d.readers(c.circle)
	v.Level.Label, v.Level.Hint = w.T("collections.field.level"), w.T("collections.hint.level")
}

func (h *House) newCollection(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err := mayContribute(r); err != nil {
		return err
	}
	return h.showNewCollection(w, r, collectionForm{circle: "owner"}, r.URL.Query().Get("document"))
}

func (h *House) showNewCollection(w http.ResponseWriter, r *http.Request, c collectionForm, document string) error {
	f := h.asking(r, "collections.new")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("collections.title"), f.URL("/collections")}}
	v := CollectionFormView{Action: f.URL("/collections"), Document: documentID(document), Back: f.URL("/collections")}
	c.label.Owner = ReaderOf(r).ID
	c.fields(words, ReaderOf(r).Subject, &v)
	return collectionFormPage.Show(w, f, v)
}

// makeCollection makes it, with the document from whose page she came in it.
func (h *House) makeCollection(w http.ResponseWriter, r *http.Request) error {
	if err := mayContribute(r); err != nil {
		return err
	}
	who := ReaderOf(r).Subject
	form := readCollectionForm(r)
	d, err := form.draft()
	id := ""
	if err == nil {
		id, err = h.Library.Collect(r.Context(), who, d)
		err = refusal(err)
	}
	if errors.As(err, &form.wrong) {
		return h.showNewCollection(w, r, form, r.PostFormValue("document"))
	}
	if err != nil {
		return err
	}
	if document := documentID(r.PostFormValue("document")); document != "" {
		if err := h.Library.AddToCollection(r.Context(), who, id, document, ""); err != nil {
			return err
		}
	}
	return h.site.Frame(r).Redirect(w, "/collections/"+id, noticeCollected, 0)
}

// arranged reads the collection of the address for somebody who wants to change it.
func (h *House) arranged(r *http.Request) (library.Collection, error) {
	k, err := h.Library.Collection(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return k, err
	}
	if d := ReaderOf(r).May(access.Edit, k.Label); !d.Allowed {
		return k, Refused(d.Rule)
	}
	return k, nil
}

func (h *House) editCollection(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	k, err := h.arranged(r)
	if err != nil {
		return err
	}
	return h.showEditCollection(w, r, k, collectionForm{titles: k.Titles, abouts: k.Abouts, circle: circleOf(k.Label)}, false)
}

func (h *House) showEditCollection(w http.ResponseWriter, r *http.Request, k library.Collection, c collectionForm, stale bool) error {
	f := h.asking(r, "collections.edit")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	path := "/collections/" + k.ID
	f.Crumbs = []Link{{f.T("collections.title"), f.URL("/collections")}, {k.Titles.In(f.Lang), f.URL(path)}}
	v := CollectionFormView{Action: f.URL(path + "/edit"), Rev: k.Rev, Stale: stale, Back: f.URL(path)}
	if stale {
		f.Status = http.StatusConflict
	}
	measure := k.Measure(ReaderOf(r).Subject)
	c.label, c.measure = k.Label, &measure
	c.fields(words, ReaderOf(r).Subject, &v)
	return collectionFormPage.Show(w, f, v)
}

func (h *House) saveCollection(w http.ResponseWriter, r *http.Request) error {
	k, err := h.arranged(r)
	if err != nil {
		return err
	}
	form := readCollectionForm(r)
	d, err := form.draft()
	if err == nil {
		err = refusal(h.Library.Recollect(r.Context(), ReaderOf(r).Subject, k.ID, revOf(r), d))
	}
	var stale library.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showEditCollection(w, r, k, form, false)
	case errors.As(err, &stale):
		return h.showEditCollection(w, r, k, form, true)
	case err != nil:
		return err
	}
	return h.site.Frame(r).Redirect(w, "/collections/"+k.ID, noticeRecollected, 0)
}
