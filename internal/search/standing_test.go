package search_test

import (
	"context"
	"errors"
	"testing"

	"polis/internal/access"
	"polis/internal/search"
)

// Answers without words are kept until the index changes, each for its scope.
func TestAKeptAnswerIsNeverOlderThanTheIndexNorSomebodyElses(t *testing.T) {
	ix, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	count := func(who access.Subject, q search.Query) int {
		t.Helper()
		q.Limit, q.Facets, q.Group = 10, true, true
		a, err := ix.Search(context.Background(), who.Scope(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Hits) != a.Total {
			t.Errorf("%d hits of %d", len(a.Hits), a.Total)
		}
		return a.Total
	}
	put := func(seq int64, id string, label access.Label, drop ...string) {
		t.Helper()
		var entries []search.Entry
		if id != "" {
			entries = []search.Entry{{Document: id, Lang: "en", Title: id, Label: label, Type: "guide"}}
		}
		if err := ix.Update(seq, entries, drop); err != nil {
			t.Fatal(err)
		}
	}
	nobody, desk := access.Subject{}, access.Act("d", access.DeskOfficer, "", "")
	put(1, "a", access.Label{})
	put(2, "b", access.Label{Level: access.Official})
	for range 2 {
		if n, m := count(nobody, search.Query{}), count(desk, search.Query{}); n != 1 || m != 2 {
			t.Errorf("anybody counts %d, the desk %d", n, m)
		}
	}
	if n := count(desk, search.Query{Filter: map[search.Facet][]string{search.Level: {"public"}}}); n != 1 {
		t.Errorf("a filter is overlooked: %d", n)
	}
	put(3, "c", access.Label{})
	if n := count(nobody, search.Query{}); n != 2 {
		t.Errorf("after an update: %d", n)
	}
	put(4, "", access.Label{}, "a")
	if n := count(nobody, search.Query{Text: " "}); n != 1 {
		t.Errorf("after a removal: %d", n)
	}
	if err := ix.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ix.Search(context.Background(), nobody.Scope(), search.Query{Text: " "}); !errors.Is(err, search.ErrClosed) {
		t.Errorf("a closed index answers %v", err)
	}
}
