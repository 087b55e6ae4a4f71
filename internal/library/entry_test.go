package library_test

import (
	"fmt"
	"testing"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/search"
)

// Several hundred events go into the index as one: what is said of a document twice
// in them counts once, as it is in the end.
func TestTheIndexTakesInManyEventsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		ix, err := search.Open("")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ix.Close() })
		first := create(t, l, desk, library.Draft{Level: access.Public}, text("en", "The first guide"), text("fr", "Le premier guide"))
		gone := create(t, l, desk, library.Draft{Level: access.Public}, text("en", "A guide that goes"))
		for i := range 420 { // more than are read at once
			create(t, l, desk, library.Draft{Level: access.Public}, text("en", fmt.Sprint("Guide ", i)))
		}
		if err := l.AddText(ctx, desk, first, 1, text("en", "The first guide, revised")); err != nil {
			t.Fatal(err)
		}
		if err := l.Withdraw(ctx, desk, gone, 1, "obsolete"); err != nil {
			t.Fatal(err)
		}
		told := 0
		if err := l.CatchUp(ctx, ix, func(int64, int64) { told++ }); err != nil {
			t.Fatal(err)
		}
		if n, err := ix.Count(); n != 422 || err != nil {
			t.Errorf("%d language versions of 421 documents, one in two languages: %v", n, err)
		}
		if told != 1 {
			t.Errorf("it was written %d times", told)
		}
		for question, want := range map[string]int{"revised": 1, "premier": 1, "goes": 0} {
			if a, err := ix.Search(ctx, desk.Scope(), search.Query{Text: question}); err != nil || a.Total != want {
				t.Errorf("%s: %d, %v", question, a.Total, err)
			}
		}
	})
}
