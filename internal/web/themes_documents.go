package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
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
	Meta       []string
	Languages  []VersionLink
}

// documentsShown is how many documents a doorway names before it leads on to
// the library.
const documentsShown = 6

// counts asks the index once how many documents the reader may see under each
// value of a facet. Like the library's own count, it is of language versions.
func (h *House) counts(r *http.Request, facet search.Facet) (map[string]int, error) {
	answer, err := h.Index.Search(r.Context(), scope(r), search.Query{Facets: true})
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
	answer, err := h.Index.Search(r.Context(), scope(r), search.Query{
		Lang: words.Lang, Filter: map[search.Facet][]string{facet: {value}}, Sort: search.ByDate, Facets: true,
		Limit: documentsShown * (len(lang.All) + 1), // a document has a hit in each of its languages
	})
	if err != nil {
		return v, answer, err
	}
	v.AllText = words.T("themes.all", "n", answer.Total)
	var seen []string
	for _, hit := range answer.Hits {
		if len(v.Items) == documentsShown || slices.Contains(seen, hit.Document) {
			continue
		}
		seen = append(seen, hit.Document)
		rec, err := h.Library.Get(r.Context(), scope(r), hit.Document)
		if errors.Is(err, store.NotFound) { // the index is behind the times
			continue
		}
		if err != nil {
			return v, answer, err
		}
		v.Items = append(v.Items, words.document(rec))
	}
	return v, answer, nil
}

func (w wording) document(rec library.Record) DocumentItem {
	e := rec.Edition(w.Lang)
	item := DocumentItem{Title: e.Title, Lang: string(e.Lang), URL: w.URL(library.Path(rec.ID, e.Lang))}
	for _, s := range []string{w.kind(rec.Kind), rec.Symbol, w.names.Short(rec.Origin, rec.Dated, w.Lang), w.PartialDate(rec.Dated)} {
		if s != "" {
			item.Meta = append(item.Meta, s)
		}
	}
	for _, t := range append(slices.Clone(lang.All), "") {
		for _, e := range rec.Editions {
			if e.Lang == t {
				item.Languages = append(item.Languages, VersionLink{
					Name: w.value(search.Lang, library.LangPath(t)), Lang: string(t), URL: w.URL(library.Path(rec.ID, t)),
				})
			}
		}
	}
	return item
}

// narrower are counted links into the library: what is at base, by each of the
// facets. One with a single value narrows nothing and is left out.
func (w wording) narrower(base string, answer search.Answer, facets ...search.Facet) []Facet {
	var list []Facet
	for _, name := range facets {
		counts := answer.Facets[name]
		if len(counts) < 2 {
			continue
		}
		if name == search.Year { // the newest first
			slices.SortFunc(counts, func(a, b search.Count) int { return strings.Compare(b.Value, a.Value) })
		}
		facet := Facet{Name: w.T("themes.by." + string(name)), Open: true}
		for _, c := range counts[:min(len(counts), maxChoices)] {
			facet.Choices = append(facet.Choices, Choice{
				Text: w.value(name, c.Value), Count: w.Number(c.N),
				URL: w.URL(base + "&" + string(name) + "=" + url.QueryEscape(c.Value)),
			})
		}
		list = append(list, facet)
	}
	return list
}
