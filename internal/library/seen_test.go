package library_test

import (
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

func TestReadingLeavesTheIndexInPeace(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		official := create(t, l, desk, library.Draft{Level: access.Official}, text("en", "Standing order", "Officers meet."))
		ix := openIndex(t)
		catchUp := func(want int64) {
			t.Helper()
			if err := l.CatchUp(ctx, ix, nil); err != nil {
				t.Fatal(err)
			}
			if at, err := ix.Seq(); err != nil || at != want || l.DB.Content() != want {
				t.Errorf("the index stands at %d, the content at %d, not at %d: %v", at, l.DB.Content(), want, err)
			}
		}
		catchUp(1)
		d := library.Document{ID: official, Label: access.Label{Level: access.Official}}
		for _, version := range []string{"v1", "v2", "v1"} {
			if err := l.NoteText(ctx, focalKG, d, version); err != nil {
				t.Fatal(err)
			}
		}
		if l.DB.Seq() != 3 {
			t.Errorf("two readings make %d events", l.DB.Seq()-1)
		}
		catchUp(1)
		create(t, l, desk, library.Draft{}, text("en", "Another", "One more."))
		catchUp(4)
		if n, err := ix.Count(); err != nil || n != 2 {
			t.Errorf("%d entries, %v", n, err)
		}
	})
}

func TestTitlesAreThoseThatTheReaderMaySee(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		open := create(t, l, desk, library.Draft{}, text("en", "Patrol", "x"), text("ru", "Патруль", "x"))
		closed := create(t, l, desk, library.Draft{Level: access.Official}, text("en", "Standing order", "x"))
		ids := []string{open, closed, "none"}
		for who, want := range map[string]map[string]string{
			"nobody": {open: "Патруль"}, "desk": {open: "Патруль", closed: "Standing order"},
		} {
			scope := nobody.Scope()
			if who == "desk" {
				scope = desk.Scope()
			}
			got, err := l.Titles(ctx, scope, ids, lang.Tag("ru"))
			if err != nil || len(got) != len(want) || got[open] != want[open] || got[closed] != want[closed] {
				t.Errorf("%s: %v, %v", who, got, err)
			}
		}
		if none, err := l.Titles(ctx, all, nil, "en"); err != nil || len(none) != 0 {
			t.Error(none, err)
		}
		if label, err := l.LabelOf(ctx, closed); err != nil || label.Level != access.Official {
			t.Error(label, err)
		}
		if _, err := l.LabelOf(ctx, "none"); err != store.ErrNotFound {
			t.Error(err)
		}
	})
}
