package web

import (
	"strings"
	"testing"

	"polis/internal/library"
)

func TestALineOfActionLeadsToItsDocuments(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		one := h.shelve(library.Draft{Tags: library.Tags{Lines: []string{"1049/12.1"}}}, "Of the first line", "It helps.")
		other := h.shelve(library.Draft{Tags: library.Tags{Lines: []string{"1049/12.2"}}}, "Of the second line", "It helps too.")
		v := h.visitor()
		if page := v.get("/en/library/" + one); !strings.Contains(page.body, "/en/library?line=1049%2F12.1") {
			t.Error("the document does not lead to its like")
		}
		list := v.get("/en/library?line=1049%2F12.1").body
		if !strings.Contains(list, one) || strings.Contains(list, other) || !strings.Contains(list, "12.1") {
			t.Error("the list is not of that line")
		}
	})
}
