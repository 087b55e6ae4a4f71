package search_test

import (
	"testing"

	"polis/internal/access"
	"polis/internal/search"
)

// A group is chosen within what the reader may see: the filter opens nothing.
func TestTheDocumentsOfAGroupAreChosenWithinTheScope(t *testing.T) {
	ix, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ix.Close() })
	var entries []search.Entry
	for id, l := range map[string]access.Label{
		"cyber": {Level: access.Closed, Group: "cyber"}, "drugs": {Level: access.Closed, Group: "drugs"},
		"state": {Level: access.Closed, State: "KG"}, "open": {Level: access.Public},
	} {
		entries = append(entries, search.Entry{Document: id, Lang: "en", Title: "Guide " + id, Label: l})
	}
	if err := ix.Update(1, entries, nil); err != nil {
		t.Fatal(err)
	}
	both, one := access.Subject{ID: "a", Trust: access.Official, Groups: []string{"cyber", "drugs"}}, access.Subject{ID: "b", Trust: access.Official, State: "KG", Groups: []string{"drugs"}}
	for _, c := range []struct {
		who   access.Subject
		group string
		want  string
	}{{both, "cyber", "cyber"}, {both, "drugs", "drugs"}, {one, "cyber", ""}, {one, "drugs", "drugs"}, {access.Subject{}, "cyber", ""}, {both, "nobody", ""}} {
		a, err := ix.Search(t.Context(), c.who.Scope(), search.Query{Filter: map[search.Facet][]string{search.Group: {c.group}}, Limit: 5, Facets: true})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, h := range a.Hits {
			got += h.Document
		}
		if got != c.want || a.Total != len(a.Hits) {
			t.Errorf("%s chooses %s: %q of %d", c.who.ID, c.group, got, a.Total)
		}
	}
}
