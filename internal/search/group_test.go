package search_test

import (
	"fmt"
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
)

// version is a language version of a document.
func version(document string, t lang.Tag, title, date string) search.Entry {
	return search.Entry{Document: document, Lang: t, Title: title, Type: "guide", Date: date}
}

// versions lists the hits as "fr:document".
func versions(a search.Answer) []string {
	list := []string{}
	for _, h := range a.Hits {
		list = append(list, string(h.Lang)+":"+h.Document)
	}
	return list
}

func TestGroup(t *testing.T) {
	hidden := version("a", "it", "Guida alla polizia", "2020")
	hidden.Label = access.Label{Level: access.Official}
	ix := indexOf(t,
		version("a", "en", "Guide to police reform", "2020"),
		version("a", "fr", "Guide de la réforme de la police", "2020"),
		hidden,
		version("b", "fr", "La police", "2021"),
		version("b", "ru", "Полиция", "2021"),
	)
	late := version("a", "de", "Polizeireform", "2020")
	if err := ix.Update(2, []search.Entry{late}, nil); err != nil { // a segment of its own
		t.Fatal(err)
	}
	public := access.Subject{}.Scope()
	grouped := func(q search.Query) search.Answer {
		t.Helper()
		q.Group, q.Facets, q.Limit = true, true, 10
		a, err := ix.Search(t.Context(), public, q)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range []struct {
		rule  string
		query search.Query
		want  []string
	}{
		{"without words it is the reader's language, else English, else the first", search.Query{Lang: "ru"}, []string{"ru:b", "en:a"}},
		{"likewise in the order of dates", search.Query{Text: "police", Lang: "de", Sort: search.ByDate}, []string{"fr:b", "en:a"}},
		{"a version in another segment stands too", search.Query{Lang: "de"}, []string{"fr:b", "de:a"}},
		{"a version that the scope does not read does not", search.Query{Lang: "it"}, []string{"fr:b", "en:a"}},
		{"a question is answered by the version with the best score", search.Query{Text: "police réforme", Lang: "fr"}, []string{"fr:a", "fr:b"}},
		{"whichever language that is", search.Query{Text: "Polizeireform", Lang: "en"}, []string{"de:a"}},
		{"a language that was filtered out does not stand", search.Query{Lang: "en", Filter: map[search.Facet][]string{search.Lang: {"fr"}}}, []string{"fr:b", "fr:a"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if a := grouped(c.query); !slices.Equal(versions(a), c.want) || a.Total != len(c.want) {
				t.Errorf("%v (total %d), want %v", versions(a), a.Total, c.want)
			}
		})
	}
	all := grouped(search.Query{Lang: "en"})
	t.Run("facets count documents", func(t *testing.T) {
		if got := all.Facets[search.Type]; !slices.Equal(got, []search.Count{{Value: "guide", N: 2}}) {
			t.Error(got)
		}
	})
	t.Run("languages count the documents that have them", func(t *testing.T) {
		want := []search.Count{{Value: "fr", N: 2}, {Value: "de", N: 1}, {Value: "en", N: 1}, {Value: "ru", N: 1}}
		if got := all.Facets[search.Lang]; !slices.Equal(got, want) {
			t.Error(got)
		}
	})
	t.Run("a hit names the languages in which the scope reads the document", func(t *testing.T) {
		if got := all.Hits[1].Langs; !slices.Equal(got, []lang.Tag{"en", "fr", "de"}) {
			t.Error(got)
		}
	})
	t.Run("pages continue one another", func(t *testing.T) {
		q := search.Query{Group: true, Limit: 1, Offset: 1}
		a, err := ix.Search(t.Context(), public, q)
		if err != nil || a.Total != 2 || !slices.Equal(versions(a), []string{"en:a"}) {
			t.Error(versions(a), a.Total, err)
		}
	})
	t.Run("a document in a thousand is found once, and again after it changed", func(t *testing.T) {
		var put []search.Entry
		for i := range 1000 {
			for _, l := range lang.All[:1+i%6] {
				put = append(put, version(fmt.Sprint("m", i), l, "x", ""))
			}
		}
		ix := indexOf(t, put...)
		if err := ix.Update(2, []search.Entry{version("m5", "de", "y", "2024")}, []string{"m7"}); err != nil {
			t.Fatal(err)
		}
		if a := answer(t, ix, search.Query{Group: true, Lang: "de"}); a.Total != 999 || versions(a)[0] != "de:m5" {
			t.Error(a.Total, versions(a)[0])
		}
	})
}
