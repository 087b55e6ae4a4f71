package web

import (
	"fmt"
	"testing"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store/storetest"
)

// longList is a house with so many documents, of all kinds, origins, themes and
// years, each in two languages.
func longList(b *testing.B, n int) *House {
	b.Helper()
	h := referenceHouse(b, storetest.SQLite(b))
	h.openSearch()
	origins, types := []string{"KG", "TJ", "spmu", "odihr", "DE", "secretariat"}, framework.Types()
	for i := range n {
		theme := framework.Themes()[i%6]
		var texts []library.Text
		for j, t := range []lang.Tag{lang.All[i%6], lang.All[(i+1)%6]} {
			title := fmt.Sprintf("Community policing in the district, part %d, %s", i, t)
			body := "Police and residents meet. The first patrol names one contact person for each street, who answers within two days and writes down what was agreed with the residents of the district."
			texts = append(texts, library.Text{Lang: t, Title: title, Sum: title, Passages: []extract.Passage{{Kind: extract.Paragraph, Text: body + title, Page: j + 1}}})
		}
		_, err := h.Library.Create(b.Context(), access.System("test"), library.Draft{
			Symbol: fmt.Sprintf("POLIS.DEC/%d", i), Kind: types[i%len(types)].ID, Dated: fmt.Sprintf("%d-03-0%d", 2000+i%26, 1+i%9), Origin: origins[i%6],
			Tags: library.Tags{Themes: []string{theme.ID, theme.Narrower[0].ID}, Items: []string{framework.Current().Items[i%60].ID}},
		}, texts...)
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := h.Library.CatchUp(b.Context(), h.Index, nil); err != nil {
		b.Fatal(err)
	}
	return h
}

// BenchmarkList makes pages of results anew: the whole list, and that of a
// question with a filter.
func BenchmarkList(b *testing.B) {
	h := longList(b, 300)
	for name, path := range map[string]string{"all": "/en/library", "found": "/en/search?q=patrol+street&lang=en"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := ask(h.site, "GET", path, "Accept-Encoding", "gzip"); w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
