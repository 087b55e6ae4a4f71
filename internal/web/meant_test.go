package web

import (
	"net/url"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/library"
)

func TestAMistypedQuestionIsOfferedAsItMayHaveBeenMeant(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.shelve(library.Draft{}, "Telephones", "Evidence is kept in bags.", "Наблюдение за границей.")
		h.shelve(library.Draft{Level: access.Official}, "Helicopters", "Closed words: reconnaissance.")
		h.name(patrolling)
		v := h.visitor()
		offered := func(v visitor, prefix, q string) string {
			body := v.get(prefix + "/search?q=" + url.QueryEscape(q)).body
			_, rest, found := strings.Cut(body, `<p class="meant">`)
			if !found {
				return ""
			}
			_, rest, _ = strings.Cut(rest, `">`)
			text, _, _ := strings.Cut(rest, "</a>")
			return text
		}
		for q, want := range map[string]string{
			"evidense":             "evidence",
			"telefones evidense":   "telephones evidence",
			"evidence":             "",
			"xqzwvk":               "",
			"helikopters":          "",
			"reconaissance":        "",
			"\"evidense\" -police": "&#34;evidence&#34; -police",
			"":                     "",
		} {
			if got := offered(v, "/en", q); got != want {
				t.Errorf("%q is offered as %q, not %q", q, got, want)
			}
		}
		if got := offered(h.signedIn("desk@example.org", access.DeskOfficer), "/en", "helikopters"); got != "helicopters" {
			t.Errorf("the desk is offered %q", got)
		}
	})
}
