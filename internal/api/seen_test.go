package api_test

import (
	"testing"

	"polis/internal/library"
	"polis/internal/store"
)

func TestAClosedTextTakenByAProgramIsNoted(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), lib *library.Library) {
		id := func(external string) string {
			id, err := store.Get[string](ctx, lib.DB, store.Everything("test"), "SELECT document FROM language_version WHERE {scope} AND external = $1", external)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		reads := func(document string) int64 {
			n, err := store.Get[int64](ctx, lib.DB, store.Everything("test"),
				"SELECT COUNT(*) FROM event WHERE {scope} AND object = $1 AND act = 'library.document.read' AND who = 'f' AND quiet", document)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for external, want := range map[string]int64{"en-1": 0, "en-3": 0, "en-4": 1} {
			path := "/api/v1/documents/" + id(external)
			for range 2 {
				if code, _ := ask(path+"/en/text", "kg"); code != 200 {
					t.Fatal(external, code)
				}
			}
			if n := reads(id(external)); n != want {
				t.Errorf("%s: %d readings are noted, not %d", external, n, want)
			}
		}
		if code, _ := ask("/api/v1/documents/"+id("en-4")+"/en/text", "member"); code != 404 || reads(id("en-4")) != 1 {
			t.Error("a refused one:", code)
		}
	})
}
