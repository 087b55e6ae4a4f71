package search_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
)

var (
	someStates = rapid.SampledFrom([]string{"", "KG", "TJ"})
	someGroups = rapid.SampledFrom([]string{"", "g1", "g2"})
	somePeople = rapid.SampledFrom([]string{"", "p1", "p2"})
	someLevels = rapid.SampledFrom(access.Levels)
	someWords  = rapid.SampledFrom([]string{"police", "reform", "border", "безопасность", "sécurité", "1049/14.3", "Ermittlung", "Bedarf", "Bedarfsermittlung", "terrorisme", "терроризм"})
)

func someLabel(t *rapid.T) access.Label {
	return access.Label{
		Level: someLevels.Draw(t, "level"), State: someStates.Draw(t, "state"),
		Group: someGroups.Draw(t, "group"), Owner: somePeople.Draw(t, "owner"),
	}
}

func someSubject(t *rapid.T) access.Subject {
	return access.Subject{
		ID: somePeople.Draw(t, "id"), Trust: someLevels.Draw(t, "trust"), Limited: rapid.Bool().Draw(t, "limited"), State: someStates.Draw(t, "of"),
		Groups: rapid.SliceOfN(someGroups, 0, 2).Draw(t, "groups"),
	}
}

// someEntries are documents in one to four languages, which need not have the
// same label.
func someEntries(t *rapid.T) []search.Entry {
	var entries []search.Entry
	some := rapid.SampledFrom(append(slices.Clone(lang.All), ""))
	for i := range rapid.IntRange(1, 10).Draw(t, "documents") {
		for _, l := range rapid.SliceOfNDistinct(some, 1, 4, rapid.ID[lang.Tag]).Draw(t, "langs") {
			entries = append(entries, search.Entry{
				Document: fmt.Sprintf("d%02d", i),
				Lang:     l,
				Title:    fmt.Sprintf("%s %d%s", someWords.Draw(t, "title"), i, l),
				Passages: rapid.SliceOfN(someWords, 0, 4).Draw(t, "words"),
				Type:     rapid.SampledFrom([]string{"guide", "report"}).Draw(t, "type"),
				Themes:   rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"drugs", "terrorism"}), 0, 2, rapid.ID[string]).Draw(t, "themes"),
				Date:     rapid.SampledFrom([]string{"", "2019", "2020-02-03"}).Draw(t, "date"),
				Label:    someLabel(t),
			})
		}
	}
	return rapid.Permutation(entries).Draw(t, "order")
}

// What a scope finds in an index is what everybody would find in an index that
// holds only what the scope allows.
func TestScopeIsLikeAnIndexOfItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries, scope := someEntries(t), someSubject(t).Scope()
		var allowed []search.Entry
		for _, e := range entries {
			if _, ok := scope.Allows(e.Label); ok {
				allowed = append(allowed, e)
			}
		}
		whole, own := open(t), open(t)
		defer whole.Close()
		defer own.Close()
		half := len(entries) / 2
		update(t, whole, entries[:half])
		update(t, whole, entries[half:])
		update(t, own, allowed)
		for _, text := range []string{"", "police", "polcie", `"police reform"`, "reform -border", "securite безопасности", "14.3", "Ermittlung", "Bedarfsermittlung", "terrorism"} {
			q := search.Query{Text: text, Limit: 100, Facets: true, Lang: rapid.SampledFrom([]lang.Tag{"", "fr", "ru", "de"}).Draw(t, "asked in")}
			q.Sort = rapid.SampledFrom([]search.Sort{search.ByDate, search.ByRelevance}).Draw(t, "sort")
			if rapid.Bool().Draw(t, "filtered") {
				q.Filter = map[search.Facet][]string{search.Type: {"guide"}, search.Level: {"public", "member"}, search.Lang: {"fr", "de", "en"}}
			}
			for _, q.Group = range []bool{false, true} {
				if got, want := find(t, whole, scope, q), find(t, own, everyone, q); !reflect.DeepEqual(got, want) {
					t.Fatalf("%q grouped %v: %+v, alone %+v", text, q.Group, got, want)
				}
			}
			groups(t, own, q, allowed)
		}
		if all := find(t, whole, scope, search.Query{Limit: 100}); all.Total != len(allowed) {
			t.Fatalf("%d found of %d allowed", all.Total, len(allowed))
		}
		suggests(t, whole, scope, allowed)
	})
}

func open(t *rapid.T) *search.Index {
	ix, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

func update(t *rapid.T, ix *search.Index, entries []search.Entry) {
	if err := ix.Update(1, entries, nil); err != nil {
		t.Fatal(err)
	}
}

func find(t *rapid.T, ix *search.Index, scope access.Scope, q search.Query) search.Answer {
	a, err := ix.Search(t.Context(), scope, q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// groups holds that a grouped answer is what one gets by taking, out of the
// ungrouped one, of each document the version that stands for it.
func groups(t *rapid.T, ix *search.Index, q search.Query, entries []search.Entry) {
	q.Group = true
	got := find(t, ix, everyone, q)
	q.Group = false
	single := find(t, ix, everyone, q)
	kept := standing(single.Hits, q)
	if got.Total != len(kept) || len(got.Hits) != len(kept) {
		t.Fatalf("%q: %d documents, %d hits, want %d", q.Text, got.Total, len(got.Hits), len(kept))
	}
	for i, h := range got.Hits {
		if h.Langs = nil; !reflect.DeepEqual(h, kept[i]) {
			t.Fatalf("%q: hit %d is %+v, want %+v", q.Text, i, h, kept[i])
		}
	}
	for _, facet := range []search.Facet{search.Type, search.Theme, search.Level} {
		open := q
		open.Filter = maps.Clone(q.Filter)
		delete(open.Filter, facet)
		want := map[string]int{}
		for _, h := range standing(find(t, ix, everyone, open).Hits, q) {
			for _, v := range values(entries, h, facet) {
				want[v]++
			}
		}
		for _, c := range got.Facets[facet] {
			if want[c.Value] != c.N {
				t.Fatalf("%q: %s %v, want %v", q.Text, facet, got.Facets[facet], want)
			}
			delete(want, c.Value)
		}
		if len(want) > 0 {
			t.Fatalf("%q: %s %v lacks %v", q.Text, facet, got.Facets[facet], want)
		}
	}
	if !slices.Equal(got.Facets[search.Lang], single.Facets[search.Lang]) {
		t.Fatalf("%q: languages %v, want %v", q.Text, got.Facets[search.Lang], single.Facets[search.Lang])
	}
}

// standing keeps of each document the hit that stands for it.
func standing(hits []search.Hit, q search.Query) []search.Hit {
	rank := func(h search.Hit) int {
		return slices.Index(append([]lang.Tag{q.Lang, "en"}, append(slices.Clone(lang.All), "")...), h.Lang)
	}
	if q.Lang == "" {
		rank = func(h search.Hit) int {
			return slices.Index(append([]lang.Tag{"en"}, append(slices.Clone(lang.All), "")...), h.Lang)
		}
	}
	best := map[string]search.Hit{}
	for _, h := range hits {
		b, ok := best[h.Document]
		if !ok || h.Score > b.Score || h.Score == b.Score && rank(h) < rank(b) {
			best[h.Document] = h
		}
	}
	return slices.DeleteFunc(slices.Clone(hits), func(h search.Hit) bool { return best[h.Document].Lang != h.Lang })
}

func values(entries []search.Entry, h search.Hit, facet search.Facet) []string {
	i := slices.IndexFunc(entries, func(e search.Entry) bool { return e.Document == h.Document && e.Lang == h.Lang })
	switch e := entries[i]; facet {
	case search.Type:
		return []string{e.Type}
	case search.Theme:
		return e.Themes
	default:
		return []string{e.Label.Level.String()}
	}
}

// suggests holds that suggestions are titles that the scope reads, and all of
// them.
func suggests(t *rapid.T, ix *search.Index, scope access.Scope, allowed []search.Entry) {
	for _, begun := range []string{"pol", "secur", "Border "} {
		list, err := ix.Suggest(t.Context(), scope, begun, "en", 100)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, s := range list {
			got = append(got, s.Document)
		}
		for _, e := range allowed {
			plain := strings.ReplaceAll(e.Title, "é", "e")
			if strings.HasPrefix(plain, strings.ToLower(strings.TrimSpace(begun))) {
				want = append(want, e.Document)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%q suggests %v, want %v", begun, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	ix := indexOf(t,
		search.Entry{Document: "a", Lang: "fr", Title: "Évaluation des besoins", Symbol: "SEC.GAL/12/14", Keywords: []string{"besoins de formation"}},
		search.Entry{Document: "b", Lang: "en", Title: "Needs assessment", Keywords: []string{"evaluation"}},
		search.Entry{Document: "c", Lang: "en", Title: "A guide to ex post evaluation"},
	)
	for _, c := range []struct {
		rule, begun string
		want        []string
	}{
		{"accents need not be typed; what begins so comes first, in the reader's language", "eval", []string{"evaluation", "Évaluation des besoins", "A guide to ex post evaluation"}},
		{"words after the first are whole", "ex post ev", []string{"A guide to ex post evaluation"}},
		{"symbols however they are divided", "sec gal 12", []string{"SEC.GAL/12/14"}},
		{"keywords", "besoins de f", []string{"besoins de formation"}},
		{"nothing is begun by nothing", "  ", nil},
		{"signs are not words", "*.*", nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			list, err := ix.Suggest(t.Context(), everyone, c.begun, "en", 10)
			var got []string
			for _, s := range list {
				got = append(got, s.Text)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%q suggests %q, want %q (%v)", c.begun, got, c.want, err)
			}
		})
	}
}
