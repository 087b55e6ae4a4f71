package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/api"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

const records = `{"id":"en-1","lang":"en","title":"Electronic evidence","text":"Isolate the telephone from the network.\n\nNote the time of seizure and who held it.","type":"guide","themes":["cybercrime"],"date":"2026-03-01","symbol":"X/1"}
{"id":"ru-1","lang":"ru","title":"Электронные доказательства","text":"Изолируйте телефон от сети.","translation_of":"en-1"}
{"id":"de-2","lang":"de","title":"Drogenhandel","text":"Vorläuferstoffe werden umgeleitet.","date":"2025"}
{"id":"en-3","lang":"en","title":"For members","text":"Isolate the secret telephone.","level":"member"}
{"id":"en-4","lang":"en","title":"For one State","text":"Isolate the closed telephone.","level":"closed","state":"KG","symbol":"X/4"}
`

// serve answers requests for an imported collection on both engines. Who asks
// stands in the header "As": nobody, a member, a focal point of KG.
func serve(t *testing.T, fn func(t *testing.T, ask func(path, as string) (int, map[string]any), lib *library.Library)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		lib := &library.Library{DB: db, Files: files, Texts: extract.New("", extract.DefaultLimits())}
		tally, err := lib.ImportRecords(ctx, access.System("test"), strings.NewReader(records), access.Public, func(int64) {})
		if err != nil || tally.New != 5 {
			t.Fatal(tally, err)
		}
		ix, err := search.Open("")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ix.Close() })
		if err := lib.CatchUp(ctx, ix, nil); err != nil {
			t.Fatal(err)
		}
		people := map[string]access.Subject{
			"member": access.Act("m", access.MemberRole, "", ""),
			"kg":     access.Act("f", access.FocalPoint, "KG", ""),
			"desk":   access.Act("d", access.DeskOfficer, "", ""),
		}
		h := (&api.API{
			DB: db, Library: lib, Index: ix, Version: "test",
			Who: func(r *http.Request) access.Subject { return people[r.Header.Get("As")] },
		}).Handler()
		fn(t, func(path, as string) (int, map[string]any) {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("As", as)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var body map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatalf("%s answers %d %q: %v", path, w.Code, w.Body.String(), err)
			}
			return w.Code, body
		}, lib)
	})
}

func hits(body map[string]any) []map[string]any {
	var list []map[string]any
	for _, h := range body["hits"].([]any) {
		list = append(list, h.(map[string]any))
	}
	return list
}

func TestASearchLeadsToThePassage(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		code, body := ask("/api/v1/search?q=time+of+seizure&lang=en&limit=10", "")
		if code != http.StatusOK || body["total"] != 1.0 {
			t.Fatal(code, body)
		}
		h := hits(body)[0]
		if h["external_id"] != "en-1" || h["lang"] != "en" || h["title"] != "Electronic evidence" || !strings.Contains(h["snippet"].(string), "time of seizure") {
			t.Errorf("%v", h)
		}
		if want := "/library/" + h["id"].(string) + "/en#p2"; h["url"] != want {
			t.Errorf("it leads to %v, not %s", h["url"], want)
		}
		if h["score"].(float64) <= 0 || len(h["why"].([]any)) == 0 {
			t.Errorf("no score or reason: %v", h)
		}
		for reader, want := range map[string]string{"ru": "Электронные доказательства", "de": "", "en": "", "": ""} {
			if _, body := ask("/api/v1/search?q=time+of+seizure&lang="+reader, ""); hits(body)[0]["translated_title"] != want {
				t.Errorf("asked in %q, the title is translated as %q, not %q", reader, hits(body)[0]["translated_title"], want)
			}
		}
		if f := body["facets"].(map[string]any); len(f["language"].([]any)) != 1 || len(f["theme"].([]any)) != 1 {
			t.Errorf("facets: %v", f)
		}
	})
}

func TestASearchShowsNobodyWhatSheMayNotRead(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		for as, want := range map[string]float64{"": 1, "member": 2, "kg": 3} {
			_, body := ask("/api/v1/search?q=isolate&lang=en&language=en", as)
			if body["total"] != want || len(hits(body)) != int(want) {
				t.Errorf("%q finds %v: %v", as, body["total"], hits(body))
			}
			levels := body["facets"].(map[string]any)["level"].([]any)
			if len(levels) != int(want) {
				t.Errorf("%q counts the levels %v", as, levels)
			}
		}
		_, all := ask("/api/v1/search?q=isolate", "kg")
		for _, h := range hits(all) {
			code, _ := ask("/api/v1/documents/"+h["id"].(string), "")
			if open := h["level"] == "public"; open != (code == http.StatusOK) {
				t.Errorf("a %v document answers anybody with %d", h["level"], code)
			}
			code, _ = ask("/api/v1/documents/"+h["id"].(string)+"/en/text", "")
			if open := h["level"] == "public"; open != (code == http.StatusOK) {
				t.Errorf("the text of a %v document answers anybody with %d", h["level"], code)
			}
		}
	})
}

func TestFiltersOrderAndPaging(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		for path, want := range map[string]string{
			"/api/v1/search?sort=date&theme=cybercrime&language=en": "en-1",
			"/api/v1/search?language=de":                            "de-2",
			"/api/v1/search?year=2025&year=1999":                    "de-2",
			"/api/v1/search?sort=date&limit=1&language=en":          "en-1",
			"/api/v1/search?sort=date&limit=1&offset=2":             "de-2",
			"/api/v1/search?q=%22from+the+network%22":               "en-1",
			"/api/v1/search?q=телефон+-секрет&lang=ru&language=ru":  "ru-1",
		} {
			path, query, _ := strings.Cut(path, "?")
			values, _ := url.ParseQuery(query)
			_, body := ask(path+"?"+values.Encode(), "")
			if found := hits(body); len(found) != 1 || found[0]["external_id"] != want {
				t.Errorf("%s finds %v", query, found)
			}
		}
	})
}

func TestADocumentShowsItsLanguagesAndText(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		_, body := ask("/api/v1/search?q=seizure", "")
		id := hits(body)[0]["id"].(string)
		code, doc := ask("/api/v1/documents/"+id, "")
		if code != http.StatusOK || doc["symbol"] != "X/1" || len(doc["language_versions"].([]any)) != 2 {
			t.Errorf("%d %v", code, doc)
		}
		code, text := ask("/api/v1/documents/"+id+"/en/text?offset=1", "")
		if passages := text["passages"].([]any); code != http.StatusOK || text["total"] != 2.0 || len(passages) != 1 || passages[0].(map[string]any)["number"] != 2.0 {
			t.Errorf("%d %v", code, text)
		}
	})
}

func TestBadRequestsAreProblemsNotPanics(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		for path, want := range map[string]int{
			"/api/v1/search?limit=-1":                          http.StatusUnprocessableEntity,
			"/api/v1/search?limit=many":                        http.StatusUnprocessableEntity,
			"/api/v1/search?sort=luck":                         http.StatusUnprocessableEntity,
			"/api/v1/search?q=" + strings.Repeat("a", 20000):   http.StatusUnprocessableEntity,
			"/api/v1/search?offset=999999":                     http.StatusOK,
			"/api/v1/search?q=%ff%fe%00":                       http.StatusOK,
			"/api/v1/search?q=%22":                             http.StatusOK,
			"/api/v1/search?q=---":                             http.StatusOK,
			"/api/v1/search?theme=%27%3B--&level=x":            http.StatusOK,
			"/api/v1/search?lang=zz":                           http.StatusOK,
			"/api/v1/documents/nothing":                        http.StatusNotFound,
			"/api/v1/documents/%27%20OR%201=1":                 http.StatusNotFound,
			"/api/v1/directory/atlantis":                       http.StatusNotFound,
			"/api/v1/directory?kind=kingdom":                   http.StatusUnprocessableEntity,
			"/api/v1/directory?kind=state&limit=100":           http.StatusOK,
			"/api/v1/directory/KG":                             http.StatusOK,
			"/api/v1/framework":                                http.StatusOK,
			"/api/v1/documents/nothing/en/text?limit=99999999": http.StatusUnprocessableEntity,
		} {
			code, body := ask(path, "")
			if code != want {
				t.Errorf("%.60s answers %d, not %d: %v", path, code, want, body)
			}
			if code >= 400 && (body["status"] != float64(code) || body["title"] == nil) {
				t.Errorf("%.60s: %v is no problem document", path, body)
			}
		}
	})
}

func TestTheAPIDescribesItself(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		code, doc := ask("/api/v1/openapi.json", "")
		if code != http.StatusOK || !strings.HasPrefix(doc["openapi"].(string), "3.1") {
			t.Fatal(code, doc["openapi"])
		}
		for _, path := range []string{"/api/v1/search", "/api/v1/documents/{id}", "/api/v1/documents/{id}/{lang}/text", "/api/v1/documents/{id}/usage", "/api/v1/directory", "/api/v1/framework", "/api/v1/requests/{id}/moves", "/api/v1/consents/{id}", "/api/v1/projects/{id}/gates", "/api/v1/projects/{id}/evaluations/{kind}", "/api/v1/lessons", "/api/v1/mandates"} {
			if doc["paths"].(map[string]any)[path] == nil {
				t.Errorf("%s is not described", path)
			}
		}
		_, states := ask("/api/v1/directory?kind=state", "")
		if states["total"] != 57.0 {
			t.Errorf("%v participating States", states["total"])
		}
	})
}

func TestTheAPISaysHowToShowOnWhoseBehalfOneAsks(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		_, doc := ask("/api/v1/openapi.json", "")
		schemes := doc["components"].(map[string]any)["securitySchemes"].(map[string]any)
		if token := schemes["token"].(map[string]any); token["type"] != "http" || token["scheme"] != "bearer" || schemes["session"] == nil {
			t.Errorf("%v", schemes)
		}
		if all := doc["security"].([]any); len(all) != 3 {
			t.Errorf("what is public needs neither: %v", all)
		}
		for path, item := range doc["paths"].(map[string]any) {
			for method, operation := range item.(map[string]any) {
				answers := operation.(map[string]any)["responses"].(map[string]any)
				if answers["401"] == nil || answers["429"] == nil {
					t.Errorf("%s %s does not say how it refuses", method, path)
				}
			}
		}
	})
}

// The document is one that a generator can use: what it refers to is there, each
// operation has a name of its own and says what it does, and every part of an address
// is described.
func TestTheDescriptionIsWhole(t *testing.T) {
	serve(t, func(t *testing.T, ask func(string, string) (int, map[string]any), _ *library.Library) {
		_, doc := ask("/api/v1/openapi.json", "")
		schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
		var follow func(at string, of any)
		follow = func(at string, of any) {
			switch of := of.(type) {
			case []any:
				for _, one := range of {
					follow(at, one)
				}
			case map[string]any:
				if ref, ok := of["$ref"].(string); ok && schemas[strings.TrimPrefix(ref, "#/components/schemas/")] == nil {
					t.Errorf("%s leads to %s, which is nowhere", at, ref)
				}
				for name, one := range of {
					follow(at+"/"+name, one)
				}
			}
		}
		follow("", doc)
		names := map[any]bool{}
		for path, item := range doc["paths"].(map[string]any) {
			for method, operation := range item.(map[string]any) {
				op := operation.(map[string]any)
				if op["operationId"] == nil || names[op["operationId"]] || op["summary"] == nil {
					t.Errorf("%s %s is called %v and says %v", method, path, op["operationId"], op["summary"])
				}
				names[op["operationId"]] = true
				described := map[string]bool{}
				parameters, _ := op["parameters"].([]any)
				for _, p := range parameters {
					if p := p.(map[string]any); p["in"] == "path" {
						described["{"+p["name"].(string)+"}"] = true
					}
				}
				for _, part := range strings.Split(path, "/") {
					if strings.HasPrefix(part, "{") && !described[part] {
						t.Errorf("%s %s does not describe %s", method, path, part)
					}
				}
			}
		}
		if len(names) < 40 {
			t.Errorf("only %d operations", len(names))
		}
	})
}
