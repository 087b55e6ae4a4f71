package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"polis/internal/access"
	"polis/internal/cite"
	"polis/internal/library"
	"polis/internal/store"
)

// CollectionView is one collection with its documents.
type CollectionView struct {
	Title, Lang, About string
	Tag                *Tag
	Count              string
	Items              []CollectedItem
	Start              int // number of the first item
	Pages              *Pagination
	Why                string
	Edit, Delete       string // addresses, for those who may
	Address            string // as it is passed on
	Feed               string
	Exports            []Link
}

// CollectedItem is a document of the collection.
type CollectedItem struct {
	DocumentItem
	Note string
	Acts *CollectedActs // for those who may change it
}

// CollectedActs change a document's place and note.
type CollectedActs struct {
	Action    string
	ID        string // of the fields
	Position  string
	Note      string
	Up, Down  bool
	Last      int
	NoteLabel string
}

var collectionPage = newPage("collection", CollectionView{
	Title: "First contact", Lang: "en", About: "What to read before the first meeting.", Tag: &Tag{Attention, "Members"}, Count: "2 documents", Start: 1,
	Items: []CollectedItem{{
		DocumentItem{Title: "Guide", URL: "/en/library/1/en", Lang: "en", Tag: &Tag{Attention, "Members"}, Meta: []string{"Guide"}, Languages: []VersionLink{{"English", "en", "/en/library/1/en", false, ""}}},
		"Begin here.", &CollectedActs{"/en/collections/1/documents/1", "1", "1", "Begin here.", true, true, 2, "Note"},
	}},
	Why: "Everyone may read it.", Edit: "/en/collections/1/edit", Delete: "/en/collections/1/delete", Address: "https://polis.example/collections/1",
	Feed: "/en/collections/1/feed.atom", Exports: []Link{{"BibTeX", "/en/collections/1/references.bib"}},
})

// collectedShown is how many documents of a collection one page has.
const collectedShown = 50

func (h *House) collection(w http.ResponseWriter, r *http.Request) error {
	return h.showCollection(w, r, nil)
}

func (h *House) showCollection(w http.ResponseWriter, r *http.Request, wrong library.Invalid) error {
	ctx := r.Context()
	k, err := h.Library.Collection(ctx, scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	all, err := h.Library.Collected(ctx, scope(r), k.ID)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	pages := max((len(all)+collectedShown-1)/collectedShown, 1)
	page = min(max(page, 1), pages)
	from := (page - 1) * collectedShown
	title, in := nameIn(k.Titles, f.Lang)
	path := "/collections/" + k.ID
	v := CollectionView{
		Title: title, Lang: string(in), About: k.Abouts[in], Tag: words.closedTo(k.Label), Count: f.T("library.count", "n", len(all)),
		Pages: f.Pagination(page, pages), Start: from + 1, Address: h.origin(r) + path, Feed: f.URL(path + "/feed.atom"),
	}
	rule, _ := ReaderOf(r).Scope().Allows(k.Label)
	v.Why = f.T("access.rule." + string(rule))
	may := ReaderOf(r).May(access.Edit, k.Label).Allowed
	if may {
		v.Edit, v.Delete = f.URL(path+"/edit"), f.URL(path+"/delete")
	}
	for _, format := range cite.Formats {
		v.Exports = append(v.Exports, Link{format.Name, f.URL(path + "/references." + format.Ext)})
	}
	if v.Items, err = h.collectedItems(r, words, k.ID, all, from, may); err != nil {
		return err
	}
	for _, key := range wrong {
		f.Errors, f.Status = append(f.Errors, Error{"", f.T(key)}), http.StatusUnprocessableEntity
	}
	f.Title, f.Description, f.Feed = title, v.About, v.Feed
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {f.T("collections.title"), f.URL("/collections")}}
	return collectionPage.Show(w, f, v)
}

// collectedItems are the documents of one page of it.
func (h *House) collectedItems(r *http.Request, words wording, collection string, all []library.Collected, from int, may bool) ([]CollectedItem, error) {
	shown := all[from:min(from+collectedShown, len(all))]
	briefs, err := h.Library.Briefs(r.Context(), scope(r), wishes(shown, words))
	if err != nil {
		return nil, err
	}
	var items []CollectedItem
	for i, c := range shown {
		at := slices.IndexFunc(briefs, func(b library.Brief) bool { return b.ID == c.Document })
		if at < 0 {
			continue
		}
		item := CollectedItem{DocumentItem: words.briefly(briefs[at]), Note: c.Note}
		if position := from + i + 1; may {
			item.Acts = &CollectedActs{
				Action: withQuery(words.URL("/collections/"+collection+"/documents/"+c.Document), samePage(r)), ID: strconv.Itoa(position),
				Position: strconv.Itoa(position), Note: c.Note, Up: position > 1, Down: position < len(all), Last: len(all),
			}
		}
		items = append(items, item)
	}
	return items, nil
}

func samePage(r *http.Request) url.Values {
	if page := r.URL.Query().Get("page"); page != "" {
		return url.Values{"page": {page}}
	}
	return nil
}

func wishes(list []library.Collected, words wording) []library.Wish {
	wanted := make([]library.Wish, len(list))
	for i, c := range list {
		wanted[i] = library.Wish{Document: c.Document, Lang: words.Lang}
	}
	return wanted
}

// briefly is a document as lists show it that did not come from the index.
func (w wording) briefly(b library.Brief) DocumentItem {
	item := DocumentItem{Title: b.Edition.Title, Lang: string(b.Edition.Lang), URL: w.URL(library.Path(b.ID, b.Edition.Lang)), Tag: w.closedTo(b.Label)}
	for _, s := range []string{w.kind(b.Kind), b.Symbol, w.names.Short(b.Origin, b.Dated, w.Lang), w.PartialDate(b.Dated)} {
		if s != "" {
			item.Meta = append(item.Meta, s)
		}
	}
	for _, t := range b.Langs {
		item.Languages = append(item.Languages, VersionLink{Name: w.value("lang", library.LangPath(t)), Lang: string(t), URL: w.URL(library.Path(b.ID, t))})
	}
	return item
}

// arrangeCollection moves one document, or says or takes away something about it.
func (h *House) arrangeCollection(w http.ResponseWriter, r *http.Request) error {
	k, err := h.arranged(r)
	if err != nil {
		return err
	}
	who, document := ReaderOf(r).Subject, r.PathValue("document")
	seen, err := h.Library.Collected(r.Context(), scope(r), k.ID)
	if err != nil {
		return err
	}
	at := 1 + slices.IndexFunc(seen, func(c library.Collected) bool { return c.Document == document })
	var typed int
	switch do := r.PostFormValue("do"); do {
	case "up":
		err = h.Library.PlaceInCollection(r.Context(), who, k.ID, document, at-1)
	case "down":
		err = h.Library.PlaceInCollection(r.Context(), who, k.ID, document, at+1)
	case "move":
		if typed, err = strconv.Atoi(r.PostFormValue("position")); err != nil {
			err = library.Invalid{"position": "collections.error.position"}
			break
		}
		err = h.Library.PlaceInCollection(r.Context(), who, k.ID, document, typed)
	case "note":
		err = h.Library.Annotate(r.Context(), who, k.ID, document, r.PostFormValue("note"))
	case "remove":
		err = h.Library.TakeFromCollection(r.Context(), who, k.ID, document)
	default:
		err = NotFound()
	}
	var wrong library.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showCollection(w, r, wrong)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return err
	}
	return h.site.Frame(r).Redirect(w, withQuery("/collections/"+k.ID, samePage(r)), noticeRecollected, 0)
}

func (h *House) askDropCollection(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	k, err := h.arranged(r)
	if err != nil {
		return err
	}
	f := h.asking(r, "collections.delete")
	f.Crumbs = []Link{{f.T("collections.title"), f.URL("/collections")}, {k.Titles.In(f.Lang), f.URL("/collections/" + k.ID)}}
	return askPage.Show(w, f, AskView{
		Lead:   []string{f.T("collections.delete.lead", "title", k.Titles.In(f.Lang))},
		Action: f.URL("/collections/" + k.ID + "/delete"), Button: f.T("collections.delete"),
	})
}

func (h *House) dropCollection(w http.ResponseWriter, r *http.Request) error {
	k, err := h.arranged(r)
	if err == nil {
		err = h.Library.DropCollection(r.Context(), ReaderOf(r).Subject, k.ID)
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/collections", noticeUncollected, 0)
}
