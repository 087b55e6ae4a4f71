package api_test

import (
	"reflect"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// A withdrawn document says so to whoever could have read it, in the words of its
// page; to everybody else it is what never was.
func TestAWithdrawnDocumentSaysSoToItsReadersOnly(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), lib *library.Library) {
		id, err := store.Get[string](ctx, lib.DB, store.Everything("test"), "SELECT document FROM language_version WHERE {scope} AND external = 'en-4'")
		if err != nil {
			t.Fatal(err)
		}
		rec, err := lib.Get(ctx, store.Everything("test"), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := lib.Withdraw(ctx, access.System("test"), id, rec.Rev, "Outdated."); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/api/v1/documents/ID", "/api/v1/documents/ID/en/text"} {
			at := func(id string) string {
				return path[:len("/api/v1/documents/")] + id + path[len("/api/v1/documents/ID"):]
			}
			if code, said := ask(at(id), "kg"); code != 410 || said["detail"] != lang.For(lang.English).T("personal.withdrawn") {
				t.Errorf("%s: %d %v", path, code, said)
			}
			for _, who := range []string{"", "member"} {
				code, said := ask(at(id), who)
				never, nothing := ask(at("01890000-0000-7000-8000-000000000000"), who)
				if code != 404 || never != 404 || !reflect.DeepEqual(said, nothing) {
					t.Errorf("%s for %q: %d %v, not %d %v", path, who, code, said, never, nothing)
				}
			}
		}
	})
}
