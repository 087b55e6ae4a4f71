package library

import (
	"net/url"
	"strings"

	"polis/internal/lang"
	"polis/internal/search"
)

// Filters are the facets that an address may choose by, in the order of the page.
var Filters = []search.Facet{search.Theme, search.Type, search.Lang, search.Year, search.Origin, search.Line, search.Item, search.Level, search.Concept, search.Harvest, search.Group}

const (
	maxQuestion = 1000 // the longest question taken, in bytes
	maxValues   = 50   // of one filter
)

// ReadAsked reads what an address asks the library for, in a language: its words
// and filters. Page and order are no part of it.
func ReadAsked(form url.Values, t lang.Tag) search.Query {
	q := search.Query{Text: form.Get("q"), Lang: t, Filter: map[search.Facet][]string{}}
	if len(q.Text) > maxQuestion {
		q.Text = strings.ToValidUTF8(q.Text[:maxQuestion], "")
	}
	for _, name := range Filters {
		if values := form[string(name)]; len(values) > 0 {
			q.Filter[name] = values[:min(len(values), maxValues)]
		}
	}
	return q
}

// Asked is what ReadAsked reads, in one order: two addresses that ask the same
// have it in common.
func Asked(q search.Query) url.Values {
	v := url.Values{}
	if text := strings.TrimSpace(q.Text); text != "" {
		v.Set("q", text)
	}
	for _, name := range Filters {
		if len(q.Filter[name]) > 0 {
			v[string(name)] = q.Filter[name]
		}
	}
	return v
}
