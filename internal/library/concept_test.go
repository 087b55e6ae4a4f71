package library_test

import (
	"errors"
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

func propose(t *testing.T, l *library.Library, whole bool) (looked int64) {
	t.Helper()
	err := l.ProposeConcepts(ctx, whole, func(done, _ int64) error {
		looked = done
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return looked
}

func TestConcepts(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		if err := thesaurus.Seed(ctx, l.DB); err != nil {
			t.Fatal(err)
		}
		trafficking := create(t, l, desk, library.Draft{}, text("ru", "Выявление жертв торговли людьми",
			"Сотрудник полиции встречает возможную жертву торговли людьми.", "О торговле людьми говорят редко."))
		patrol := create(t, l, expert, library.Draft{Level: access.Official}, text("en", "Body-worn cameras on patrol",
			"A body-worn camera is switched on before a patrol speaks to people.", "Recordings of body-worn cameras are kept."))
		concepts := func(who access.Subject, id string) map[string]thesaurus.Stage {
			t.Helper()
			list, err := l.Concepts(ctx, who.Scope(), id)
			if err != nil {
				t.Fatal(err)
			}
			m := map[string]thesaurus.Stage{}
			for _, one := range list {
				m[one.Concept] = one.Stage
			}
			return m
		}
		if n := propose(t, l, false); n != 2 {
			t.Fatalf("%d documents were looked through", n)
		}
		t.Run("are proposed from the text in its language", func(t *testing.T) {
			if got := concepts(desk, trafficking); got["trafficking-in-human-beings"] != thesaurus.Proposed || len(got) > 8 {
				t.Errorf("%v", got)
			}
		})
		t.Run("of what a reader may not see are not shown to her", func(t *testing.T) {
			if got := concepts(nobody, patrol); len(got) > 0 || len(concepts(desk, patrol)) == 0 {
				t.Errorf("%v, %v", got, concepts(desk, patrol))
			}
		})
		t.Run("are looked for once, until a document changes", func(t *testing.T) {
			before := l.DB.Seq()
			if n := propose(t, l, false); n != 0 || l.DB.Seq() != before {
				t.Errorf("%d documents were looked through again", n)
			}
			if n := propose(t, l, true); n != 2 {
				t.Errorf("of all, %d documents were looked through", n)
			}
		})
		t.Run("are a person's to confirm and refuse, and no program changes that", func(t *testing.T) {
			proposed := concepts(desk, trafficking)
			if err := l.IndexWith(ctx, desk, trafficking, []string{"trafficking-in-human-beings", "police"}); err != nil {
				t.Fatal(err)
			}
			propose(t, l, true)
			got := concepts(desk, trafficking)
			if got["trafficking-in-human-beings"] != thesaurus.Confirmed || got["police"] != thesaurus.Confirmed {
				t.Errorf("%v", got)
			}
			for id := range proposed {
				if id != "trafficking-in-human-beings" && id != "police" && got[id] != thesaurus.Refused {
					t.Errorf("%s is %q", id, got[id])
				}
			}
		})
		t.Run("are changed by nobody who may not change the document, and are such that exist", func(t *testing.T) {
			if err := l.IndexWith(ctx, expert, trafficking, nil); !errors.Is(err, library.ErrForbidden) {
				t.Error(err)
			}
			if err := l.IndexWith(ctx, member, patrol, nil); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			var wrong library.Invalid
			if err := l.IndexWith(ctx, desk, trafficking, []string{"nothing"}); !errors.As(err, &wrong) {
				t.Error(err)
			}
		})
		t.Run("find documents, within the reader's scope", func(t *testing.T) {
			ix := openIndex(t)
			if err := l.CatchUp(ctx, ix, nil); err != nil {
				t.Fatal(err)
			}
			find := func(who access.Subject, concept string) []string {
				answer, err := ix.Search(ctx, who.Scope(), search.Query{Filter: map[search.Facet][]string{search.Concept: {concept}}, Limit: 9})
				if err != nil {
					t.Fatal(err)
				}
				var ids []string
				for _, h := range answer.Hits {
					ids = append(ids, h.Document)
				}
				return ids
			}
			if got := find(nobody, "police"); !slices.Equal(got, []string{trafficking}) {
				t.Errorf("%v", got)
			}
			for id := range concepts(desk, patrol) {
				if got := find(nobody, id); slices.Contains(got, patrol) {
					t.Errorf("%s shows what is hidden", id)
				}
			}
		})
		t.Run("go with the document", func(t *testing.T) {
			rec, err := l.Get(ctx, all, trafficking)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Withdraw(ctx, desk, trafficking, rec.Rev, "it was a trial"); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestAnAbbreviationIsFoundInCapitalsAlone(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		if err := thesaurus.Seed(ctx, l.DB); err != nil {
			t.Fatal(err)
		}
		s, err := thesaurus.NewSpotter(ctx, l.DB)
		if err != nil {
			t.Fatal(err)
		}
		sees := func(title string, tag lang.Tag) bool {
			return slices.ContainsFunc(s.Sight(map[lang.Tag]thesaurus.Sighted{tag: {Title: title}}), func(one thesaurus.Sighting) bool {
				return one.Concept == "intelligence-led-policing"
			})
		}
		if !sees("Внедрение ДПИ в работу", "ru") || !sees("ILP in five steps", "en") || sees("ilp in five steps", "en") {
			t.Error(sees("Внедрение ДПИ в работу", "ru"), sees("ILP in five steps", "en"), sees("ilp in five steps", "en"))
		}
	})
}
