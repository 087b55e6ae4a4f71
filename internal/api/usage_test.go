package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/usage"
)

func TestTheAPISaysHowOftenADocumentIsReadToThoseWhoMayChangeIt(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), lib *library.Library) {
		counter := &usage.Counter{DB: lib.DB}
		path := func(external string) string {
			id, err := store.Get[string](ctx, lib.DB, store.Everything("test"), "SELECT document FROM language_version WHERE {scope} AND external = $1", external)
			if err != nil {
				t.Fatal(err)
			}
			for _, reader := range []string{"a", "b"} {
				counter.Add(reader, time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC), usage.Use{Document: id, Lang: "ru"}, usage.Use{Document: id, Lang: "ru", Kind: usage.File})
			}
			return "/api/v1/documents/" + id + "/usage"
		}
		public, member, closed := path("en-1"), path("en-3"), path("en-4")
		if err := counter.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		code, body := ask(public, "desk")
		list, _ := body["figures"].([]any)
		if code != http.StatusOK || body["counted"] != "month" || len(list) != 3 {
			t.Fatal(code, body)
		}
		first := list[0].(map[string]any)
		if first["span"] != "month" || first["since"] != "2026-11-01" || first["lang"] != "ru" || first["reads"] != 2.0 || first["downloads"] != 2.0 || first["citations"] != 0.0 {
			t.Errorf("%v", first)
		}
		for asked, want := range map[string]string{member + " desk": "quarter", closed + " kg": "never"} {
			path, as, _ := strings.Cut(asked, " ")
			if code, body := ask(path, as); code != http.StatusOK || body["counted"] != want || len(body["figures"].([]any)) > 0 {
				t.Errorf("%s: %d %v", want, code, body)
			}
		}
		for asked, want := range map[string]int{public + " ": 403, public + " member": 403, member + " ": 404, closed + " desk": 404, "/api/v1/documents/none/usage desk": 404} {
			path, as, _ := strings.Cut(asked, " ")
			if code, body := ask(path, as); code != want || body["figures"] != nil {
				t.Errorf("%s: %d %v", asked, code, body)
			}
		}
	})
}
