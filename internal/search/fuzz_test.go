package search_test

import (
	"testing"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
)

// Whatever is asked, an answer comes, of what the asker may read, with marks that
// stand in the text.
func FuzzQuestion(f *testing.F) {
	for _, q := range []string{
		"", "patrol", `"community policing"`, `"open`, "-drugs patrol", "-", `-"`, `""`, "патруль -наркотики", "\x00\xff", "ＰＡＴＲＯＬ", "a\u0301\u0301\u0301", "((((", "patrol*", "\u202epatrol", "“patrol”", "−patrol", "\U0001f600",
	} {
		for _, t := range []lang.Tag{"en", "ru"} {
			f.Add(q, string(t), 3, 0)
		}
	}
	f.Add("patrol", "xx", -1, -1)
	f.Add("patrol", "de", 1<<40, 1<<40)
	hidden := text("hidden", "en", "A patrol that only officials read, patrol patrol.")
	hidden.Label = access.Label{Level: access.Official}
	ix := indexOf(f, text("one", "en", "A patrol in the street.", "Community policing, explained."), text("two", "ru", "Патруль на улице и наркотики."), hidden)
	f.Fuzz(func(t *testing.T, q, tag string, limit, offset int) {
		a, err := ix.Search(t.Context(), access.Scope{}, search.Query{Text: q, Lang: lang.Tag(tag), Limit: min(limit, 1000), Offset: offset, Facets: true})
		if err != nil {
			t.Fatalf("%q: %v", q, err)
		}
		if a.Total < 0 || a.Total > 2 {
			t.Errorf("%q finds %d", q, a.Total)
		}
		for _, h := range a.Hits {
			if h.Document == "hidden" {
				t.Errorf("%q finds what nobody may read", q)
			}
		}
		if !utf8.ValidString(q) {
			return
		}
		const passage = "A patrol in the street: Патруль, патрули."
		for _, m := range search.Marks("en", passage, search.Words(q)) {
			if m.Start < 0 || m.End <= m.Start || m.End > len(passage) || !utf8.ValidString(passage[m.Start:m.End]) {
				t.Errorf("%q marks %+v", q, m)
			}
		}
	})
}
