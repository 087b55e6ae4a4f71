package search_test

import (
	"fmt"
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
	someRoles  = rapid.SampledFrom(append([]access.Role{""}, access.Roles...))
	someWords  = rapid.SampledFrom([]string{"police", "reform", "border", "безопасность", "sécurité", "1049/14.3"})
)

func someLabel(t *rapid.T) access.Label {
	return access.Label{
		Level: someLevels.Draw(t, "level"), State: someStates.Draw(t, "state"),
		Group: someGroups.Draw(t, "group"), Owner: somePeople.Draw(t, "owner"),
	}
}

func someSubject(t *rapid.T) access.Subject {
	return access.Subject{
		ID: somePeople.Draw(t, "id"), Role: someRoles.Draw(t, "role"), State: someStates.Draw(t, "of"),
		Groups: rapid.SliceOfN(someGroups, 0, 2).Draw(t, "groups"),
	}
}

func someEntries(t *rapid.T) []search.Entry {
	n := rapid.IntRange(1, 25).Draw(t, "entries")
	entries := make([]search.Entry, n)
	for i := range entries {
		entries[i] = search.Entry{
			Document: fmt.Sprintf("d%02d", i),
			Lang:     rapid.SampledFrom(append(slices.Clone(lang.All), "")).Draw(t, "lang"),
			Title:    fmt.Sprintf("%s %d", someWords.Draw(t, "title"), i),
			Passages: rapid.SliceOfN(someWords, 0, 4).Draw(t, "words"),
			Type:     rapid.SampledFrom([]string{"guide", "report"}).Draw(t, "type"),
			Themes:   rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"drugs", "terrorism"}), 0, 2, rapid.ID[string]).Draw(t, "themes"),
			Date:     rapid.SampledFrom([]string{"", "2019", "2020-02-03"}).Draw(t, "date"),
			Label:    someLabel(t),
		}
	}
	return entries
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
		for _, text := range []string{"", "police", "polcie", `"police reform"`, "reform -border", "securite безопасности", "14.3"} {
			q := search.Query{Text: text, Limit: 100, Facets: true, Sort: rapid.SampledFrom([]search.Sort{search.ByDate, search.ByRelevance}).Draw(t, "sort")}
			if rapid.Bool().Draw(t, "filtered") {
				q.Filter = map[search.Facet][]string{search.Type: {"guide"}, search.Level: {"public", "member"}}
			}
			same(t, text, find(t, whole, scope, q), find(t, own, everyone, q))
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

func same(t *rapid.T, text string, got, want search.Answer) {
	a, b := ids(got), ids(want)
	slices.Sort(a)
	slices.Sort(b)
	if got.Total != want.Total || got.Forgiven != want.Forgiven || got.Loose != want.Loose || !slices.Equal(a, b) || len(a) != got.Total {
		t.Fatalf("%q: %d %v %v, alone %d %v %v", text, got.Total, a, got.Forgiven, want.Total, b, want.Forgiven)
	}
	for _, facet := range search.Facets {
		if !slices.Equal(got.Facets[facet], want.Facets[facet]) {
			t.Fatalf("%q: %s %v, alone %v", text, facet, got.Facets[facet], want.Facets[facet])
		}
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
