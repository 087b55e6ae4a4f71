package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/cite"
	"polis/internal/library"
	"polis/internal/store"
)

// Putting a document into a collection from its own page, and taking a collection
// along: as references, as a feed.

// askCollect asks into which of her collections the document goes.
func (h *House) askCollect(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showCollect(w, r, nil)
}

func (h *House) showCollect(w http.ResponseWriter, r *http.Request, wrong map[string]string) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	if err := mayContribute(r); err != nil {
		return err
	}
	list, err := h.Library.CollectionsToEdit(r.Context(), ReaderOf(r).Subject)
	if err != nil {
		return err
	}
	f := h.asking(r, "collections.add")
	title := rec.Edition(f.Lang).Title
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {title, f.URL("/library/" + rec.ID)}}
	v := AskView{
		Lead:  []string{f.T("collections.add.lead", "title", title)},
		Links: []Link{{f.T("collections.add.new"), f.URL("/collections/new?" + url.Values{"document": {rec.ID}}.Encode())}},
	}
	if len(list) > 0 {
		into := Field{Name: "collection", Label: f.T("collections.field.collection"), Type: "select"}
		for _, k := range list {
			into.Options = append(into.Options, Option{Value: k.ID, Text: k.Titles.In(f.Lang), Chosen: k.ID == r.PostFormValue("collection")})
		}
		v.Fields = []Field{into, {
			Name: "note", Label: f.T("collections.field.note"), Hint: f.T("collections.hint.note"), Type: "textarea", Rows: 3, Value: r.PostFormValue("note"),
		}}
		v.Action, v.Button = f.URL("/library/"+rec.ID+"/collect"), f.T("collections.add.button")
	}
	f.flag(v.Fields, wrong)
	return askPage.Show(w, f, v)
}

func (h *House) collect(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	id := r.PostFormValue("collection")
	err = h.Library.AddToCollection(r.Context(), ReaderOf(r).Subject, id, rec.ID, r.PostFormValue("note"))
	var wrong library.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showCollect(w, r, wrong)
	case errors.Is(err, library.ErrFull):
		return h.showCollect(w, r, library.Invalid{"collection": "collections.error.full"})
	case errors.Is(err, library.ErrForbidden):
		return Refused(access.RuleRole)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return err
	}
	return h.site.Frame(r).Redirect(w, "/collections/"+id, noticeAdded, 0)
}

func (h *House) openCollectionExports() {
	h.site.Handle("GET /collections/{id}/feed.atom", h.site.costly(h.collectionFeed))
	for _, f := range cite.Formats {
		h.site.Handle("GET /collections/{id}/references."+f.Ext, h.site.costly(h.citeCollection(f)))
	}
}

// citeCollection sends the references of the documents in it that the reader may see.
func (h *House) citeCollection(f cite.Format) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		k, list, words, err := h.takeAlong(r)
		if err != nil {
			return err
		}
		return h.sendReferences(w, r, f, "polis-"+k.ID, wishes(list, words))
	}
}

func (h *House) takeAlong(r *http.Request) (library.Collection, []library.Collected, wording, error) {
	k, err := h.Library.Collection(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return k, nil, wording{}, err
	}
	list, err := h.Library.Collected(r.Context(), scope(r), k.ID)
	if err != nil {
		return k, nil, wording{}, err
	}
	words, err := h.words(r, h.site.Frame(r))
	return k, list, words, err
}

// collectionFeed tells what was put into it, the last in front.
func (h *House) collectionFeed(w http.ResponseWriter, r *http.Request) error {
	k, list, words, err := h.takeAlong(r)
	if err != nil {
		return err
	}
	added := map[string]library.Collected{}
	for _, c := range list {
		added[c.Document] = c
	}
	latest := newestAdded(list)
	briefs, err := h.Library.Briefs(r.Context(), scope(r), wishes(latest, words))
	if err != nil {
		return err
	}
	base, path := h.origin(r), words.URL("/collections/"+k.ID)
	f := atomFeed{
		Lang: words.Lang, ID: documentURN(base, k.ID), Title: "POLIS – " + k.Titles.In(words.Lang), Updated: atomTime(k.Created), Author: atomPerson{"POLIS", base}, Generator: "POLIS",
		Links: []atomLink{
			{Rel: "alternate", Type: "text/html", Lang: string(words.Lang), Href: base + path},
			{Rel: "self", Type: atomMedia, Href: base + path + "/feed.atom"},
		},
	}
	last := k.Created
	for _, b := range briefs {
		c := added[b.ID]
		e := words.entry(base, b)
		e.Updated, e.Published = atomTime(later(b.Updated, c.Added)), atomTime(c.Added)
		if c.Note != "" {
			e.Summary = c.Note
		}
		last = later(last, later(b.Updated, c.Added))
		f.Entries = append(f.Entries, e)
	}
	f.Updated = atomTime(last)
	return sendXML(w, r, f, atomMedia, "private, no-cache")
}

// newestAdded are as many as a feed tells of, the last added in front.
func newestAdded(list []library.Collected) []library.Collected {
	latest := slices.SortedStableFunc(slices.Values(list), func(a, b library.Collected) int { return b.Added.Compare(a.Added) })
	return latest[:min(len(latest), entriesAPage)]
}

// collectionsNamed is how many collections a document's page names.
const collectionsNamed = 6

// collections says in which collections the document is.
func (p *reading) collections(v *ReadingView) error {
	list, err := p.h.Library.CollectionsWith(p.r.Context(), scope(p.r), p.rec.ID, collectionsNamed)
	for _, k := range list {
		v.Collections = append(v.Collections, Link{k.Titles.In(p.Lang), p.URL("/collections/" + k.ID)})
	}
	if mayContribute(p.r) == nil {
		v.Collect = p.URL("/library/" + p.rec.ID + "/collect")
	}
	return err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
