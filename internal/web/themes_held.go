package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/thesaurus"
)

// Figures are what a theme holds by one facet: a table with a bar in each row.
type Figures struct {
	ID, Name string // "by-type", "By type"
	Head     string // of the first column: "Type"
	Rows     []Figure
	Earlier  []Figure // years further back
}

// Figure is one row: a value, how many documents have it, and the way to them.
type Figure struct {
	Text, URL string
	Lang      string // of the text, where it is a language's own name
	Count     string
	Share     int // of the largest row, in hundredths: the length of its bar
}

var sampleFigures = []Figures{{
	ID: "by-lang", Name: "By language", Head: "Language", Rows: []Figure{{"Русский", "/en/library?theme=drugs&lang=ru", "ru", "12", 100}},
	Earlier: []Figure{{"1999", "/en/library?theme=drugs&year=1999", "", "2", 16}},
}}

// What a theme's page shows: the newest documents, the years that stand open, the
// collections and concepts, and of how many of the newest documents the concepts
// are taken: so many hits the index keeps.
const (
	newestOnTheme   = 5
	yearsOpen       = 8
	collectionsOn   = 4
	conceptsOn      = 10
	conceptsSampled = 100
)

// figures are counted links into the library: what is at base, by each of the
// facets.
func (w wording) figures(base string, answer search.Answer, facets ...search.Facet) []Figures {
	var list []Figures
	for _, name := range facets {
		counts := slices.Clone(answer.Facets[name])
		if len(counts) == 0 {
			continue
		}
		most := counts[0].N
		if name == search.Year { // the newest first
			slices.SortFunc(counts, func(a, b search.Count) int { return strings.Compare(b.Value, a.Value) })
		}
		f := Figures{ID: "by-" + string(name), Name: w.T("themes.by." + string(name)), Head: w.T("library.facet." + string(name))}
		for _, c := range counts {
			row := Figure{
				Text: w.value(name, c.Value), Count: w.Number(c.N), Share: max(100*c.N/most, 1),
				URL: w.URL(base + "&" + string(name) + "=" + url.QueryEscape(c.Value)),
			}
			if t, ok := lang.Parse(c.Value); ok && name == search.Lang {
				row.Lang = string(t)
			}
			if name == search.Year && len(f.Rows) == yearsOpen {
				f.Earlier = append(f.Earlier, row)
				continue
			}
			f.Rows = append(f.Rows, row)
		}
		list = append(list, f)
	}
	return list
}

// beside adds the collections and concepts that belong to a theme.
func (h *House) beside(r *http.Request, words wording, t framework.Term, v *ThemeView) error {
	themes := []string{t.ID}
	for _, sub := range t.Narrower {
		themes = append(themes, sub.ID)
	}
	list, err := h.Library.CollectionsOn(r.Context(), scope(r), themes, collectionsOn)
	if err != nil {
		return err
	}
	for _, k := range list {
		title, in := nameIn(k.Titles, words.Lang)
		v.Collections = append(v.Collections, CollectionLine{
			Title: title, Lang: string(in), URL: words.URL("/collections/" + k.ID), About: cut200(k.Abouts[in]), Tag: words.closedTo(k.Label),
			Count: words.T("tongues.collections.count", "n", k.Held),
		})
	}
	v.Concepts, err = h.conceptsOn(r, words.Frame, t)
	return err
}

// conceptsOn leads to the concept that the theme itself is, where the thesaurus
// has it, and to those of which its newest documents speak.
func (h *House) conceptsOn(r *http.Request, f *Frame, t framework.Term) ([]Link, error) {
	ctx := r.Context()
	newest, err := h.Index.Search(ctx, scope(r), search.Query{
		Filter: map[search.Facet][]string{search.Theme: {t.ID}}, Sort: search.ByDate, Group: true, Limit: conceptsSampled,
	})
	if err != nil {
		return nil, err
	}
	documents := make([]string, len(newest.Hits))
	for i, hit := range newest.Hits {
		documents[i] = hit.Document
	}
	ids, err := h.Library.ConceptsAmong(ctx, scope(r), documents, conceptsOn)
	if err != nil {
		return nil, err
	}
	name := t.Names.In(f.Lang)
	own, err := h.labels.Begin(ctx, h.DB, name, f.Lang, 1)
	if err != nil {
		return nil, err
	}
	if len(own) > 0 && strings.EqualFold(own[0].Text, name) {
		id := own[0].Concept
		ids = append([]string{id}, slices.DeleteFunc(ids, func(other string) bool { return other == id })...)
	}
	names, err := thesaurus.NamesOf(ctx, h.DB, ids...)
	var links []Link
	for _, id := range ids {
		links = append(links, Link{names[id].In(f.Lang), f.URL(conceptPath(id))})
	}
	return links, err
}
