package thesaurus_test

import (
	"slices"
	"strings"
	"testing"

	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
)

func TestLabelsAreFoundByTheirBeginnings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var words thesaurus.Wordlist
		if list, err := words.Begin(ctx, db, "needs", "en", 5); err != nil || len(list) > 0 {
			t.Fatalf("an empty thesaurus has %v, %v", list, err)
		}
		if err := thesaurus.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		begin := func(text string, in lang.Tag) []thesaurus.Found {
			t.Helper()
			list, err := words.Begin(ctx, db, text, in, 8)
			if err != nil || len(list) > 8 {
				t.Fatal(list, err)
			}
			return list
		}
		for _, c := range []struct {
			text    string
			in      lang.Tag
			concept string
		}{
			{"communi", "en", "community-policing"},
			{"  COMMUNITY   pol", "en", "community-policing"},
			{"order", "en", "public-order"}, // a word of it
			{"police de prox", "fr", "community-policing"},
			{"police de prox", "ru", "community-policing"}, // in another language than hers
			{"общественный пор", "ru", "public-order"},
		} {
			if list := begin(c.text, c.in); !slices.ContainsFunc(list, func(f thesaurus.Found) bool { return f.Concept == c.concept && f.Name != "" }) {
				t.Errorf("%q in %s begins %+v, and not %s", c.text, c.in, list, c.concept)
			}
		}
		if list := begin("pol", "de"); len(list) == 0 || list[0].Lang != "de" {
			t.Errorf("the reader's own language is not first: %+v", list)
		}
		for _, text := range []string{"", " ", "%", "xqzw", "\x00\xff"} {
			if list := begin(text, "en"); len(list) > 0 {
				t.Errorf("%q begins %+v", text, list)
			}
		}
		t.Run("its words are listed by their letter", func(t *testing.T) {
			for first, want := range map[string]string{"p": "policing", "п": "порядок", "é": "évaluation"} {
				list, err := words.Words(ctx, db, first)
				if err != nil || !slices.ContainsFunc(list, func(w string) bool { return strings.HasPrefix(strings.ToLower(w), want[:4]) }) {
					t.Errorf("%s: %d words without %s, %v", first, len(list), want, err)
				}
			}
		})
		t.Run("a hidden label leads to its concept and is not shown", func(t *testing.T) {
			c := concept(t, db, "public-order")
			c.Labels = append(c.Labels, thesaurus.Label{Lang: "en", Kind: thesaurus.Hidden, Text: "pulbic order"})
			if _, err := thesaurus.Save(ctx, db, desk, c); err != nil {
				t.Fatal(err)
			}
			if list := begin("pulb", "en"); len(list) != 1 || list[0].Text != c.Name("en") {
				t.Errorf("%+v", list)
			}
		})
	})
}
