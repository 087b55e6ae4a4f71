package search_test

import (
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/search"
)

func TestASymbolIsFoundHoweverItIsTyped(t *testing.T) {
	of := func(id, symbol, title string, words ...string) search.Entry {
		return search.Entry{Document: id, Lang: "en", Symbol: symbol, Title: title, Passages: words}
	}
	russian := of("ru", "Решение 1049", "О рамочном документе")
	russian.Lang = "ru"
	secret := of("secret", "PC.DEC/1050", "Not for everybody")
	secret.Label = access.Label{Level: access.Official}
	ix := indexOf(
		t,
		of("framework", "PC.DEC/1049", "Strategic framework"),
		of("revised", "PC.DEC/1049/Rev.2", "Strategic framework, revised"),
		of("talk", "", "PC.DEC/1049 and 1049 again", "On dec 1049: pc dec 1049, PC.DEC/1049, Решение 1049, pcdec1049."),
		of("next", "PC.DEC/1107", "Another decision", "See PC.DEC/1049."),
		of("council", "MC.DEC/2/12", "Ministerial Council"),
		of("plain", "SEC.GAL/49/26", "A letter"),
		russian, secret,
	)
	first := func(asked, want string) {
		t.Run(asked, func(t *testing.T) {
			got := ask(t, ix, search.Query{Text: asked, Lang: "en"})
			if len(got) == 0 || got[0] != want {
				t.Errorf("leads %q, not %s", got, want)
			}
		})
	}
	for _, asked := range []string{"PC.DEC/1049", "pc dec 1049", "dec 1049", "pcdec1049", "PCDEC/1049", "pc-dec-1049", "1049", "PC.DEC/1049/Rev.1", "Decision No. 1049", "“PC.DEC/1049”", " Pc.Dec / 1049 "} {
		first(asked, "framework")
	}
	first("PC.DEC/1049/Rev.2", "revised")
	first("mc.dec/2/12", "council")
	first("dec 2/12", "council")
	first("sec.gal 49", "plain")
	t.Run("in Russian", func(t *testing.T) {
		for _, asked := range []string{"Решение 1049", "решение № 1049", "РЕШЕНИЕ1049"} {
			if got := ask(t, ix, search.Query{Text: asked, Lang: "ru"}); len(got) == 0 || got[0] != "ru" {
				t.Errorf("%q leads %q", asked, got)
			}
		}
	})
	t.Run("a question that is more than a symbol is weighed by its words", func(t *testing.T) {
		if got := ask(t, ix, search.Query{Text: "again 1049", Lang: "en"}); got[0] != "talk" {
			t.Errorf("%q", got)
		}
	})
	t.Run("a part of a number is no symbol", func(t *testing.T) {
		for _, asked := range []string{"104", "049", "pcdec10", "12"} {
			for _, h := range answer(t, ix, search.Query{Text: asked, Lang: "en", Sort: search.ByRelevance}).Hits {
				if h.Document == "framework" {
					t.Errorf("%q finds it", asked)
				}
			}
		}
	})
	t.Run("a filter or an exclusion still holds", func(t *testing.T) {
		got := ask(t, ix, search.Query{Text: "dec 1049", Lang: "en", Filter: map[search.Facet][]string{search.Lang: {"ru"}}})
		if slices.Contains(got, "framework") {
			t.Errorf("%q", got)
		}
		if got := ask(t, ix, search.Query{Text: "1049 -strategic", Lang: "en"}); slices.Contains(got, "framework") {
			t.Errorf("%q", got)
		}
	})
	t.Run("what the reader may not see has no symbol", func(t *testing.T) {
		a, err := ix.Search(t.Context(), access.Subject{}.Scope(), search.Query{Text: "pcdec1050", Limit: 10})
		if err != nil || slices.Contains(ids(a), "secret") {
			t.Errorf("%q, %v", ids(a), err)
		}
	})
	t.Run("nonsense is no symbol", func(t *testing.T) {
		for _, asked := range []string{"1", "///1///", "1.2.3.4.5.6.7.8.9.10.11.12.13.14", "№ №", "no 1049", "\x00\xff1049", "rev 1"} {
			answer(t, ix, search.Query{Text: asked, Lang: "en"})
		}
	})
}
