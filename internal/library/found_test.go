package library_test

import (
	"fmt"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

func TestAHitShowsThePassageThatAnswers(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		guide := text("en", "A guide", "Begin with a map.", "Radios", "Every patrol carries one.")
		guide.Passages[1].Kind = extract.Heading
		create(t, l, desk, library.Draft{}, guide)
		told := text("en", "Handbook of patrols", "Opening.")
		told.Summary = "What patrols are for."
		create(t, l, desk, library.Draft{}, told)
		create(t, l, desk, library.Draft{}, text("en", "Handbook of posts", "Opening of the second."))
		ix := openIndex(t)
		if err := l.CatchUp(ctx, ix, nil); err != nil {
			t.Fatal(err)
		}
		for question, want := range map[string]string{
			"map":            "Begin with a map.",
			"radios":         "Every patrol carries one.", // what stands under the heading
			"handbook posts": "Opening of the second.",    // only the title has it: the opening
			"handbook -post": "What patrols are for.",     // … or the summary, where there is one
		} {
			_, hits, err := l.Search(ctx, ix, nobody.Scope(), search.Query{Text: question, Limit: 5})
			if err != nil || len(hits) == 0 || hits[0].Passage != want {
				t.Errorf("%q: %+v %v", question, hits, err)
			}
		}
	})
}

func TestAThousandHitsComeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		var records strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&records, `{"id":"r%d","lang":"en","title":"Report %d","text":"Patrols met."}`+"\n", i, i)
		}
		if _, err := l.ImportRecords(ctx, system, strings.NewReader(records.String()), access.Public, func(int64) {}); err != nil {
			t.Fatal(err)
		}
		ix := openIndex(t)
		if err := l.CatchUp(ctx, ix, nil); err != nil {
			t.Fatal(err)
		}
		_, hits, err := l.Search(ctx, ix, nobody.Scope(), search.Query{Text: "patrols", Limit: 1000})
		if err != nil || len(hits) != 1000 || hits[999].Passage != "Patrols met." {
			t.Errorf("%d hits, %v", len(hits), err)
		}
	})
}

func TestAHitInAnotherLanguageHasItsTitleInTheReaders(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		create(t, l, desk, library.Draft{}, text("fr", "La ronde", "Les patrouilles."), text("en", "The round", "Streets."), text("", "Обхід", "Patrouilles."))
		create(t, l, desk, library.Draft{}, text("fr", "Sans traduction", "Les patrouilles aussi."))
		ix := openIndex(t)
		if err := l.CatchUp(ctx, ix, nil); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			reader lang.Tag
			want   map[string]string // by the title found
		}{
			{"en", map[string]string{"La ronde": "The round", "Обхід": "The round", "Sans traduction": ""}},
			{"fr", map[string]string{"La ronde": "", "Обхід": "La ronde", "Sans traduction": ""}},
			{"", map[string]string{"La ronde": "", "Обхід": "", "Sans traduction": ""}},
		} {
			_, hits, err := l.Search(ctx, ix, nobody.Scope(), search.Query{Text: "patrouilles", Lang: c.reader, Limit: 9})
			if err != nil || len(hits) != len(c.want) {
				t.Fatalf("%d hits, %v", len(hits), err)
			}
			for _, h := range hits {
				if want, ok := c.want[h.Title]; !ok || h.Own != want {
					t.Errorf("to a reader of %q, %q has the title %q, not %q", c.reader, h.Title, h.Own, want)
				}
			}
		}
	})
}
