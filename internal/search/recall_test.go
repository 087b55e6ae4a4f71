package search_test

import (
	"testing"

	"polis/internal/access"
	"polis/internal/search"
)

// What is remembered of a word for one scope must not answer for another.
func TestWhatOneScopeWasToldIsNotToldToAnother(t *testing.T) {
	ix := indexOf(t)
	put := []search.Entry{
		{Document: "open", Lang: "fr", Title: "Le terrorisme"},
		{Document: "closed", Lang: "fr", Title: "La radicalisation", Label: access.Label{Level: access.Closed, Group: "g"}},
		{Document: "compound", Lang: "de", Title: "Bedarfsermittlung Bedarf", Label: access.Label{Level: access.Closed, Group: "g"}},
	}
	if err := ix.Update(1, put, nil); err != nil {
		t.Fatal(err)
	}
	insider := access.Subject{ID: "p", Trust: access.Closed, Groups: []string{"g"}}.Scope()
	outsider := access.Subject{}.Scope()
	found := func(scope access.Scope, q search.Query) int {
		a, err := ix.Search(t.Context(), scope, q)
		if err != nil {
			t.Fatal(err)
		}
		return a.Total
	}
	for range 2 { // the second time it is remembered
		for _, q := range []search.Query{{Text: "радикализация", Lang: "ru"}, {Text: "Ermittlung", Lang: "de"}} {
			if n := found(insider, q); n != 1 {
				t.Errorf("%s: who reads it finds %d", q.Text, n)
			}
			if n := found(outsider, q); n != 0 {
				t.Errorf("%s: who may not read it finds %d", q.Text, n)
			}
		}
	}
	for i := range put { // opened to all
		put[i].Label = access.Label{}
	}
	if err := ix.Update(2, put, nil); err != nil {
		t.Fatal(err)
	}
	if n := found(outsider, search.Query{Text: "радикализация", Lang: "ru"}); n != 1 {
		t.Errorf("once it is open, everyone finds %d", n)
	}
}
