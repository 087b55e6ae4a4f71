package web

import (
	"context"
	"html"
	"io"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
)

// thesaurusHouse has the thesaurus as it is delivered.
func thesaurusHouse(t *testing.T, db *store.DB) *House {
	t.Helper()
	h := referenceHouse(t, db)
	if err := thesaurus.Seed(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	open := func(ctx context.Context, sum string) (io.ReadCloser, error) {
		return h.Library.Files.Get(ctx, blob.Sum(sum))
	}
	subject := func(context.Context, string) (access.Subject, error) { return colleagues["desk"], nil }
	h.Jobs = job.NewRunner(db, quiet, map[string]job.Handler{thesaurus.ImportJob: thesaurus.Importer(db, open, subject)})
	h.openThesaurus()
	h.openReading()
	return h
}

var areaTag = regexp.MustCompile(`(?s)<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>`)

// written is what stands in a form, text areas too.
func written(w *httptest.ResponseRecorder) url.Values {
	form := typedIn(w)
	for _, area := range areaTag.FindAllStringSubmatch(w.Body.String(), -1) {
		form.Set(area[1], html.UnescapeString(area[2]))
	}
	return form
}

func TestThesaurusPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := thesaurusHouse(t, db)
		t.Run("the tree, a letter and a search lead to concepts", func(t *testing.T) {
			w := visitAs(h, "", "/ru/thesaurus")
			says(t, w, 200, "общественный порядок", "более узких понятий")
			sound(t, w, "ru")
			silentOn(t, w, "Новое понятие")
			says(t, visitAs(h, "", "/de/thesaurus?letter=b"), 200, "Bedarfsermittlung")
			says(t, visitAs(h, "", "/fr/thesaurus?q="+url.QueryEscape("дпи")), 200, "ДПИ → police fondée sur le renseignement")
			says(t, visitAs(h, "", "/en/thesaurus?q=zzzz"), 200, "No concept is called so.")
			says(t, visitAs(h, "", "/en/thesaurus?scheme=none"), 404)
		})
		t.Run("a concept says what it is in six languages and what stands around it", func(t *testing.T) {
			w := visitAs(h, "", "/en/thesaurus/intelligence-led-policing")
			says(t, w, 200, "intelligence-led policing", "Also called: ILP", "ДПИ", "erkenntnisgestützte Polizeiarbeit", "criminal intelligence", "No document that you may read")
			sound(t, w, "en")
			says(t, visitAs(h, "", "/en/thesaurus/nothing"), 404)
		})
		t.Run("programs are given what they ask for, page by page or by its ending", func(t *testing.T) {
			for path, want := range map[string]string{
				"/thesaurus/riot.ttl": "text/turtle", "/thesaurus/riot.rdf": "application/rdf+xml", "/thesaurus/riot.jsonld": "application/ld+json", "/thesaurus.ttl": "text/turtle",
			} {
				w := visitAs(h, "", "/en"+path)
				if got := w.Header().Get("Content-Type"); w.Code != 200 || !strings.HasPrefix(got, want) || !strings.Contains(w.Body.String(), "émeute") {
					t.Errorf("%s: %d %s", path, w.Code, got)
				}
			}
			for accept, want := range map[string]string{
				"text/turtle": "text/turtle", "text/html,application/rdf+xml;q=0.9": "text/html", "application/rdf+xml, text/html;q=0.5": "application/rdf+xml", "*/*": "text/html",
			} {
				w := ask(h.site, "GET", "/en/thesaurus/riot", "Accept", accept)
				if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, want) {
					t.Errorf("%s: %s", accept, got)
				}
			}
		})
		t.Run("documents about it are those that the reader may read", func(t *testing.T) {
			open := shelve(t, h, library.Draft{}, lang.Names{"en": "Open text"})
			shut := shelve(t, h, library.Draft{Level: access.Official}, lang.Names{"en": "Shut text"})
			for _, id := range []string{open, shut} {
				if err := h.Library.IndexWith(t.Context(), colleagues["desk"], id, []string{"riot"}); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.Library.CatchUp(t.Context(), h.Index, nil); err != nil {
				t.Fatal(err)
			}
			w := visitAs(h, "", "/en/thesaurus/riot")
			says(t, w, 200, "Open text")
			silentOn(t, w, "Shut text")
			says(t, visitAs(h, "desk", "/en/thesaurus/riot"), 200, "Open text", "Shut text")
			says(t, visitAs(h, "", "/en/library/"+open), 200, "What it is about", "riot")
		})
		t.Run("what people miss is offered to those who may add it", func(t *testing.T) {
			h.Misses = func(context.Context, int) ([]Miss, error) { return []Miss{{"Bodycam", "de", 12}}, nil }
			says(t, visitAs(h, "desk", "/en/thesaurus"), 200, "Looked for and not found", "Bodycam")
			silentOn(t, visitAs(h, "member", "/en/thesaurus"), "Bodycam")
			if got := written(visitAs(h, "desk", "/en/thesaurus/new?name=Bodycam&in=de")).Get("pref.de"); got != "Bodycam" {
				t.Errorf("the form has %q", got)
			}
		})
	})
}

func TestThesaurusForm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := thesaurusHouse(t, db)
		get := func(id string) thesaurus.Concept {
			t.Helper()
			c, err := thesaurus.Get(t.Context(), db, id)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		const path = "/en/thesaurus/riot/edit"
		t.Run("is not for those who may not", func(t *testing.T) {
			says(t, visitAs(h, "member", path), 403)
			if w := send(h, "member", path, url.Values{"base": {"{}"}}); w.Code != 403 {
				t.Error(w.Code)
			}
		})
		t.Run("saved as it was opened it changes nothing", func(t *testing.T) {
			before := get("riot")
			if w := send(h, "desk", path, written(visitAs(h, "desk", path))); w.Code != 303 {
				t.Fatalf("%d %s", w.Code, pageWords(w))
			}
			if get("riot").Rev != before.Rev {
				t.Error("it was changed")
			}
		})
		t.Run("says in its place what is wrong", func(t *testing.T) {
			form := written(visitAs(h, "desk", path))
			form.Set("broader", "nothing at all\npublic order")
			w := send(h, "desk", path, form)
			says(t, w, 422, "One of these is no concept’s name")
			sound(t, w, "en")
			form.Set("broader", "riot")
			says(t, send(h, "desk", path, form), 422, "A concept is not related to itself.")
			form.Set("broader", "public order")
			form.Set("pref.en", "")
			says(t, send(h, "desk", path, form), 422, "Write the English name")
		})
		t.Run("two who change different fields both keep their change", func(t *testing.T) {
			mine, theirs := written(visitAs(h, "desk", path)), written(visitAs(h, "admin", path))
			theirs.Set("alt.en", theirs.Get("alt.en")+"\naffray")
			if w := send(h, "admin", path, theirs); w.Code != 303 {
				t.Fatal(w.Code)
			}
			mine.Set("scope.en", "Not a strike.")
			w := send(h, "desk", path, mine)
			says(t, w, 409, "affray")
			if w := send(h, "desk", path, written(w)); w.Code != 303 {
				t.Fatalf("%d %s", w.Code, pageWords(w))
			}
			c := get("riot")
			if !strings.Contains(strings.Join(c.Labelled("en", thesaurus.Alt), "|"), "affray") || len(c.Noted("en", thesaurus.ScopeNote)) != 1 {
				t.Errorf("%v %v", c.Labels, c.Notes)
			}
		})
		t.Run("a new concept stands where it was put", func(t *testing.T) {
			form := url.Values{"base": {""}, "pref.en": {"Body scanner"}, "pref.ru": {"сканер тела"}, "broader": {"police equipment"}}
			w := send(h, "desk", "/en/thesaurus/new", form)
			if w.Code != 303 || !strings.Contains(w.Header().Get("Location"), "/en/thesaurus/body-scanner") {
				t.Fatalf("%d %s", w.Code, pageWords(w))
			}
			if c := get("body-scanner"); len(c.Broader) != 1 || c.Name("ru") != "сканер тела" {
				t.Errorf("%+v", c)
			}
		})
		t.Run("a form that is not ours is refused", func(t *testing.T) {
			for _, bad := range []string{"{", "[]", `{"ID":"police","Rev":1}`, strings.Repeat("[", 100_000)} {
				if w := send(h, "desk", path, url.Values{"base": {bad}}); w.Code != 400 {
					t.Errorf("%.20q: %d", bad, w.Code)
				}
			}
		})
	})
}

func TestThesaurusUpload(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := thesaurusHouse(t, db)
		upload := func(who, content string) *httptest.ResponseRecorder {
			body := "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.ttl\"\r\n\r\n" + content + "\r\n--cut--\r\n"
			r := httptest.NewRequest("POST", "/en/thesaurus/import", strings.NewReader(body))
			r.Header.Set("Content-Type", "multipart/form-data; boundary=cut")
			r.Header.Set("Authorization", who)
			w := httptest.NewRecorder()
			h.site.ServeHTTP(w, r)
			return w
		}
		run := func(w *httptest.ResponseRecorder) string {
			t.Helper()
			at, err := url.Parse(w.Header().Get("Location"))
			if err != nil || w.Code != 303 {
				t.Fatalf("%d %s", w.Code, pageWords(w))
			}
			says(t, visitAs(h, "desk", at.String()), 200, "Under way")
			if _, err := h.Jobs.RunNow(t.Context(), at.Query().Get("job"), nil); err != nil {
				t.Fatal(err)
			}
			return at.String()
		}
		t.Run("a vocabulary is taken in by a job, and the page says what it did", func(t *testing.T) {
			at := run(upload("desk", "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n<http://x.example/v> a s:ConceptScheme ; s:prefLabel \"Words\"@en .\n<http://x.example/v/1> a s:Concept ; s:inScheme <http://x.example/v> ; s:prefLabel \"riot\"@en .\n<bad> a s:Concept ; s:prefLabel \"x\"@en ."))
			w := visitAs(h, "desk", at)
			says(t, w, 200, "Done", "New 1", "Its identifier is no absolute address.")
			sound(t, w, "en")
			says(t, visitAs(h, "", "/en/thesaurus?scheme=words"), 200, "riot")
		})
		t.Run("a proposal is decided on the concept's page", func(t *testing.T) {
			silentOn(t, visitAs(h, "", "/en/thesaurus/riot"), "http://x.example/v/1")
			says(t, visitAs(h, "desk", "/en/thesaurus/riot"), 200, "http://x.example/v/1", "Yes, the same")
			if w := send(h, "desk", "/en/thesaurus/riot/match", url.Values{"uri": {"http://x.example/v/1"}, "same": {"1"}}); w.Code != 303 {
				t.Fatal(w.Code)
			}
			says(t, visitAs(h, "", "/en/thesaurus/riot"), 200, "http://x.example/v/1")
		})
		t.Run("a broken file is named with its line", func(t *testing.T) {
			says(t, visitAs(h, "desk", run(upload("desk", "@prefix s: <urn:s:> .\n<urn:a> s:p ! ."))), 200, "nothing was stored", "Line 2:")
		})
		t.Run("no file, an empty one, and somebody who may not are refused", func(t *testing.T) {
			says(t, upload("desk", ""), 422, "Choose a file")
			if w := upload("member", "x"); w.Code != 403 {
				t.Error(w.Code)
			}
		})
	})
}

func TestDocumentConcepts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := thesaurusHouse(t, db)
		id := shelve(t, h, library.Draft{}, lang.Names{"en": "Riot police and riot control at a riot"})
		if err := h.Library.ProposeConcepts(t.Context(), false, func(int64, int64) error { return nil }); err != nil {
			t.Fatal(err)
		}
		path := "/en/library/" + id + "/concepts"
		says(t, visitAs(h, "", "/en/library/"+id), 200, "nobody has looked at it yet")
		says(t, visitAs(h, "member", path), 403)
		w := visitAs(h, "desk", path)
		says(t, w, 200, "riot", "Proposed")
		sound(t, w, "en")
		says(t, send(h, "desk", path, url.Values{"concept": {"riot"}, "more": {"no such thing"}}), 422, "no such thing")
		if w := send(h, "desk", path, url.Values{"concept": {"riot"}, "more": {"bürgernahe Polizeiarbeit"}}); w.Code != 303 {
			t.Fatalf("%d %s", w.Code, pageWords(w))
		}
		w = visitAs(h, "", "/en/library/"+id)
		says(t, w, 200, "riot", "community policing")
		silentOn(t, w, "nobody has looked at it yet")
	})
}
