package web

import (
	"net/http"
	"net/url"

	"polis/internal/library"
	"polis/internal/search"
)

// DocumentsView is the newest of the documents that a theme, an item of the
// Framework or an entry of the directory leads to: {{template "documents" .}}.
type DocumentsView struct {
	Items   []DocumentItem
	All     string // address of all of them
	AllText string // "All 148 documents"
	Empty   string // what belongs here and how it comes to be
}

// DocumentItem is one document with the languages it is in.
type DocumentItem struct {
	Title, URL string
	Lang       string // of the title
	Tag        *Tag   // who may read what is not public
	Meta       []string
	Languages  []VersionLink
}

// documentsShown is how many documents a doorway names before it leads on to
// the library.
const documentsShown = 6

// counts asks the index once how many documents the reader may see under each
// value of a facet.
func (h *House) counts(r *http.Request, facet search.Facet) (map[string]int, error) {
	answer, err := h.Index.Search(r.Context(), scope(r), search.Query{Facets: true, Group: true})
	counts := map[string]int{}
	for _, c := range answer.Facets[facet] {
		counts[c.Value] = c.N
	}
	return counts, err
}

// documents lists the newest documents with a value of a facet, and what the
// index counts beside them.
func (h *House) documents(r *http.Request, words wording, facet search.Facet, value string) (DocumentsView, search.Answer, error) {
	v := DocumentsView{All: words.URL("/library?" + string(facet) + "=" + url.QueryEscape(value))}
	answer, found, err := h.Library.Search(r.Context(), h.Index, scope(r), search.Query{
		Lang: words.Lang, Filter: map[search.Facet][]string{facet: {value}}, Sort: search.ByDate, Facets: true, Group: true,
		Limit: documentsShown,
	})
	if err == nil {
		err = h.turnAll(r, words.Frame, found)
	}
	if err != nil {
		return v, answer, err
	}
	v.AllText = words.T("themes.all", "n", answer.Total)
	for _, f := range found {
		v.Items = append(v.Items, words.document(f))
	}
	return v, answer, nil
}

func (w wording) document(found library.Found) DocumentItem {
	id, shown := found.Hit.Document, found.Hit.Lang
	item := DocumentItem{Title: found.Title, Lang: string(shown), URL: w.URL(library.Path(id, shown)), Tag: w.closedTo(found.Label), Meta: w.meta(found)}
	for _, t := range found.Hit.Langs {
		item.Languages = append(item.Languages, VersionLink{
			Name: w.value(search.Lang, library.LangPath(t)), Lang: string(t), URL: w.URL(library.Path(id, t)),
		})
	}
	return item
}
