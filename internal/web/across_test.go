package web

import (
	"strings"
	"testing"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// knowing makes the index know that "custody" is "Beweise" in German.
func (h inhabited) knowing() {
	terms := []string{search.Terms("de", "Beweise")[0].Stem}
	h.Index.Speak(func(from, to lang.Tag, words []string) []search.Sense {
		if from != "en" || to != "de" || len(words) != 1 || words[0] != search.Terms("en", "custody")[0].Stem {
			return nil
		}
		return []search.Sense{{From: 0, To: 1, Terms: terms, Shown: "Beweise", Weight: 1, Source: search.Dictionary}}
	})
}

func TestAHitInAnotherLanguageSaysSoAndWhy(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.knowing()
		id := h.shelve(library.Draft{}, "Telephones", "They ring.")
		found := h.visitor().get("/en/search?q=custody")
		for _, want := range []string{
			`hreflang="de">Telephones (deutsch)</a> <strong class="tag tag-plain">`,
			`<p class="own-title"><a href="/en/library/` + id + `/en">Telephones</a></p>`,
			"Beweise ↔ custody, dictionary",
			"<mark>Beweise</mark>",
		} {
			if !strings.Contains(found.body, want) {
				t.Errorf("the results lack %s", want)
			}
		}
		t.Run("and its page marks what was found and not only what was typed", func(t *testing.T) {
			page := h.visitor().get("/en/library/" + id + "/de?q=custody")
			if !strings.Contains(page.body, "<mark>Beweise</mark> werden") {
				t.Error("nothing is marked")
			}
			if other := h.visitor().get("/en/library/" + id + "/en?q=custody&beside=de"); !strings.Contains(other.body, "<mark>Beweise</mark> werden") {
				t.Error("nothing is marked in the text beside")
			}
			if inside := h.visitor().get("/en/library/" + id + "/de?q=custody&inside=1"); !strings.Contains(inside.body, `class="inside"`) || strings.Count(inside.body, "<mark>Beweise</mark>") != 2 {
				t.Error("a search inside the document does not find it")
			}
		})
		if own := h.visitor().get("/de/search?q=Beweise"); own.says(lang.For("de").T("box.in.de")) || strings.Contains(own.body, "own-title") {
			t.Error("a hit in the reader's own language is marked as another's")
		}
	})
}
