package directory_test

import (
	"context"
	"testing"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// TestNamed holds that a name that somebody writes leads to what she means, or
// to a question, and never to something else.
func TestNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"academy-north", "academy-south"} {
			e := directory.Entry{ID: id, Kind: directory.Organisation, Names: []directory.Name{{Long: lang.Names{"en": "Police Academy"}}}}
			if _, err := directory.Save(ctx, db, access.System("test"), e); err != nil {
				t.Fatal(err)
			}
		}
		s, err := directory.Names(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			sentence, text string
			lang           lang.Tag
			ids            []string
		}{
			{"a name in the reader's language", "Кыргызстан", "ru", []string{"KG"}},
			{"a name in another language", "Allemagne", "ru", []string{"DE"}},
			{"case, accents and spaces aside", "  turkiye ", "en", []string{"TR"}},
			{"a code of two letters or three", "kgz", "en", []string{"KG"}},
			{"a former name", "OSCE Centre in Bishkek", "en", []string{"programme-office-bishkek"}},
			{"a name that two bear", "police academy", "en", []string{"academy-north", "academy-south"}},
			{"the label of one of the two", "Police Academy (academy-south)", "en", []string{"academy-south"}},
			{"a part of a name is no name: Oman lies in Romania", "Oman", "en", nil},
			{"nothing", " ", "en", nil},
		} {
			t.Run(c.sentence, func(t *testing.T) { holdNamed(t, s, c.text, c.lang, c.ids) })
		}
		t.Run("every label leads back to its entry, in every language", func(t *testing.T) {
			for _, tag := range lang.All {
				for _, e := range s.List(directory.Filter{}) {
					holdNamed(t, s, s.Label(e, tag), tag, []string{e.ID})
				}
			}
		})
	})
}

func holdNamed(t *testing.T, s *directory.Snapshot, text string, tag lang.Tag, ids []string) {
	t.Helper()
	found := s.Named(text, tag)
	if len(found) != len(ids) {
		t.Fatalf("%q in %s: %d entries, not %v", text, tag, len(found), ids)
	}
	for i, e := range found {
		if e.ID != ids[i] {
			t.Errorf("%q in %s: %s, not %s", text, tag, e.ID, ids[i])
		}
	}
}
