package web

import (
	"os"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// importStandIn stores a text in the Framework's shape as the official one.
func importStandIn(t *testing.T, h *House, tag lang.Tag) framework.Official {
	t.Helper()
	file, err := os.Open("../framework/testdata/standin.en.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	o, err := framework.ParseOfficial(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := framework.Import(t.Context(), h.DB, access.System("test"), tag, o); err != nil {
		t.Fatal(err)
	}
	return o
}

// titles are our titles of all items, as pages show them.
func titles(tag lang.Tag) []string {
	var list []string
	for _, item := range framework.Current().Items {
		list = append(list, item.Number()+" "+item.Titles.In(tag))
	}
	return list
}

func TestFrameworkWithoutText(t *testing.T) {
	h := referenceHouse(t, storetest.SQLite(t))
	shelve(t, h, library.Draft{Tags: library.Tags{Items: []string{"1049/14.3"}}}, lang.Names{"en": "An open guide"})
	shelve(t, h, library.Draft{Tags: library.Tags{Items: []string{"1049/14.3"}}, Level: access.Member}, lang.Names{"en": "An inner guide"})

	t.Run("all sections, paragraphs and items stand there under our titles, each with its anchor and page", func(t *testing.T) {
		for _, tag := range lang.All {
			w := visitAs(h, "", "/"+string(tag)+"/framework")
			says(t, w, 200)
			sound(t, w, tag)
			says(t, w, 200, titles(tag)...)
			for _, item := range framework.Current().Items {
				for _, part := range []string{`id="` + item.Number() + `"`, `href="/` + string(tag) + `/framework/` + item.ID + `"`} {
					if !strings.Contains(w.Body.String(), part) {
						t.Errorf("%s has no %s", item.ID, part)
					}
				}
			}
		}
	})
	t.Run("it says how the official text comes here", func(t *testing.T) {
		says(t, visitAs(h, "", "/en/framework"), 200, "The official text has not been imported yet", "polis import framework FILE")
	})
	t.Run("an item leads to the documents that point at it, as far as the reader may see them", func(t *testing.T) {
		for who, count := range map[string]string{"": "1 document", "member": "2 documents"} {
			w := visitAs(h, who, "/en/framework")
			says(t, w, 200, count)
			if !strings.Contains(w.Body.String(), `href="/en/library?item=1049/14.3"`) {
				t.Error("the count leads nowhere")
			}
		}
		w := visitAs(h, "", "/en/framework/1049/14.3")
		says(t, w, 200, "An open guide", "All: 1 document")
		silentOn(t, w, "An inner guide")
	})
	t.Run("every item has a page that is whole in six languages", func(t *testing.T) {
		for _, item := range framework.Current().Items {
			for _, tag := range lang.All {
				w := visitAs(h, "", "/"+string(tag)+"/framework/"+item.ID)
				says(t, w, 200, item.Titles.In(tag))
				sound(t, w, tag)
			}
		}
	})
	t.Run("consent is told apart as the items tell it apart", func(t *testing.T) { tellsConsentApart(t, h) })
	t.Run("what is no item or edition is not found", func(t *testing.T) {
		for _, path := range append(hostile, "1050", "1049/", "1049/27", "1049/14.9", "1049/V.a", "1049/14/3", "1049/0") {
			if w := visitAs(h, "", "/en/framework/"+path); w.Code != 404 {
				t.Errorf("%.60q: %d", path, w.Code)
			}
		}
	})
}

func tellsConsentApart(t *testing.T, h *House) {
	en := lang.For("en")
	says(t, visitAs(h, "", "/en/framework/1049/14.5"), 200,
		en.T("framework.consent.co-operation"), en.T("framework.gate.co-operation"), en.T("framework.gate.host"))
	w := visitAs(h, "", "/en/framework/1049/15.2")
	says(t, w, 200, en.T("framework.consent.request"), en.T("framework.gate.agreement"), "13 ")
	silentOn(t, w, en.T("framework.gate.co-operation"))
	w = visitAs(h, "", "/en/framework/1049/22")
	says(t, w, 200, en.T("framework.consent.silent"))
	silentOn(t, w, en.T("framework.gate"))
}

func TestFrameworkWithText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		o := importStandIn(t, h, "en")

		t.Run("nothing of the official text is left out, in its order, and our titles stand beside it", func(t *testing.T) {
			w := visitAs(h, "", "/en/framework")
			says(t, w, 200)
			sound(t, w, "en")
			rest := pageWords(w)
			for _, p := range o.Passages {
				text := strings.Join(strings.Fields(p.Mark+" "+p.Text), " ")
				_, after, found := strings.Cut(rest, text)
				if !found {
					t.Fatalf("%s is missing, or not in its place: %q", p.ID, text)
				}
				rest = after
			}
			for _, running := range o.Running {
				if !strings.Contains(rest, running) {
					t.Errorf("the running head %q is missing", running)
				}
			}
			says(t, w, 200, titles("en")...)
		})
		t.Run("a footnote is raised at its mark, linked there and back, and listed", func(t *testing.T) {
			body := visitAs(h, "", "/en/framework").Body.String()
			for _, part := range []string{`years<sup id="mark-1"><a href="#note-1" aria-label="Footnote 1">1</a></sup>. A second`, `id="note-1"`, `href="#mark-1"`} {
				if !strings.Contains(body, part) {
					t.Errorf("no %s", part)
				}
			}
			w := visitAs(h, "", "/en/framework/1049/2")
			says(t, w, 200, "A list of them is in the first attachment.")
			silentOn(t, w, "See the decision of another year")
		})
		t.Run("a reader of another language is told which one she sees, and may choose", func(t *testing.T) {
			w := visitAs(h, "", "/ru/framework/1049/14.1")
			says(t, w, 200, "Официальный текст на этом языке (Русский) не загружен; он показан на другом (English).")
			sound(t, w, "ru")
			importStandIn(t, h, "fr")
			for path, want := range map[string]string{
				"/fr/framework/1049/2":         `reading" lang="fr"`,
				"/fr/framework/1049/2?text=en": `reading" lang="en"`,
				"/de/framework/1049/2":         `reading" lang="en"`,
				"/de/framework/1049/2?text=fr": `reading" lang="fr"`,
				"/de/framework/1049/2?text=it": `reading" lang="en"`, // not imported
				"/de/framework/1049/2?text=zz": `reading" lang="en"`,
			} {
				if w := visitAs(h, "", path); !strings.Contains(w.Body.String(), want) {
					t.Errorf("%s: no %s", path, want)
				}
			}
		})
	})
}
