package web

import (
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
)

func TestAThemeIsAWayIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := referenceHouse(t, db)
		under := library.Tags{Themes: []string{"drugs/precursors"}} // alone: its theme holds it too
		public := shelve(t, h, library.Draft{Tags: under, Dated: "2024", Kind: "guide"}, lang.Names{"en": "Open guide", "ru": "Открытое пособие"})
		hidden := shelve(t, h, library.Draft{Tags: under, Dated: "2025", Kind: "report", Level: access.Official}, lang.Names{"en": "Inner report"})
		for year := range 12 {
			shelve(t, h, library.Draft{Tags: under, Dated: "199" + string(rune('0'+year%10)), Kind: "guide"}, lang.Names{"en": "Old guide " + string(rune('a'+year))})
		}
		desk := colleagues["desk"]
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for title, documents := range map[string][]string{"With both": {public, hidden}, "With the hidden one": {hidden}, "With neither": nil} {
			id, err := h.Library.Collect(t.Context(), desk, library.CollectionDraft{Titles: lang.Names{"en": title}})
			must(err)
			for _, d := range documents {
				must(h.Library.AddToCollection(t.Context(), desk, id, d, ""))
			}
		}
		for name, document := range map[string]string{"precursor control": public, "undercover purchase": hidden} {
			c, err := thesaurus.Save(t.Context(), h.DB, access.System("test"), thesaurus.Concept{Scheme: thesaurus.Policing, Labels: []thesaurus.Label{{Lang: "en", Kind: thesaurus.Pref, Text: name}}})
			must(err)
			must(h.Library.IndexWith(t.Context(), desk, document, []string{c.ID}))
		}
		must(h.Library.CatchUp(t.Context(), h.Index, nil))
		for _, path := range []string{"/en/themes/drugs", "/en/themes/drugs/precursors"} {
			t.Run(path+" leads to collections and concepts, as far as the reader reads what they hold", func(t *testing.T) {
				w := visitAs(h, "", path)
				says(t, w, 200, "With both", "1 document on this theme", "precursor control", "Atom feed")
				silentOn(t, w, "With the hidden one", "With neither", "undercover purchase", "Report", "2025")
				says(t, visitAs(h, "desk", path), 200, "With the hidden one", "2 documents on this theme", "undercover purchase", "Report 1", "2025 1")
				silentOn(t, visitAs(h, "desk", path), "With neither")
			})
			t.Run(path+" counts by type, language and year, the earlier years folded", func(t *testing.T) {
				body := visitAs(h, "", path).Body.String()
				says(t, visitAs(h, "", path), 200, "Guide 13", "English 13", "Русский 1", "2024 1")
				if open, earlier, ok := strings.Cut(body, "<summary>Earlier years</summary>"); !ok || !strings.Contains(open, ">1999</a>") || strings.Contains(open, ">1990</a>") || !strings.Contains(earlier, ">1990</a>") {
					t.Error("the years are not in their places")
				}
				if strings.Count(body, "<svg viewBox=\"0 0 100 1\"") < 5 || strings.Contains(body, "style=") {
					t.Error("the bars are missing, or not allowed to show")
				}
			})
		}
	})
}
