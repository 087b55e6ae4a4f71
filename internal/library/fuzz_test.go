package library_test

import (
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/store/storetest"
)

// A file of records from another collection: each line is taken, or named with
// what is wrong with it, and none stops the rest.
func FuzzImportRecords(f *testing.F) {
	good := `{"id":"a","lang":"en","title":"Guide","text":"One.\n\nTwo."}` + "\n"
	for _, file := range []string{
		"", good, good + good, "\ufeff" + good, "null\n[]\n1\n\"x\"\n", `{"id":"a","level":"secret"}`, `{"id":"b","title":"x","translation_of":"a"}`, `{"id":"c","title":"\u0000\ud800"}`,
		`{"id":"d","title":"x","themes":["nothing"],"date":"2026-13-99"}`, `{"id":"e","title":"x","level":"closed","state":"KG","group":"g"}`, `{"id":"f","translation_of":"f","text":"x"}`, "{\"id\":\"\x00\xff\",\"title\":\"x\"}", strings.Repeat("{", 5000),
	} {
		f.Add([]byte(file))
	}
	l := newLibrary(f, storetest.SQLite(f))
	f.Fuzz(func(t *testing.T, file []byte) {
		tally, err := l.ImportRecords(ctx, system, strings.NewReader(string(file)), access.Member, func(int64) {})
		if err != nil {
			t.Fatalf("%q: %v", file, err)
		}
		lines := strings.Count(string(file), "\n") + 1
		if n := tally.New + tally.Changed + tally.Same + len(tally.Bad); n > lines {
			t.Errorf("%d lines make %+v", lines, tally)
		}
	})
}
