package account_test

import (
	"errors"
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestTongues(t *testing.T) {
	for text, want := range map[string][]lang.Tag{
		"en": {"en"}, "ru.en": {"ru", "en"}, "en.fr.de.it.ru.es": lang.All,
		"": nil, "EN": nil, "en.": nil, ".en": nil, "en..de": nil, "en.en": nil, "en ru": nil, "en.uz": nil, "en.fr.de.it.ru.es.en": nil, "\x00": nil,
	} {
		if got := account.ParseTongues(text); !slices.Equal(got, want) {
			t.Errorf("%q says %v", text, got)
		}
	}
	if got := account.FormatTongues([]lang.Tag{"ru", "en", "ru"}); got != "en.ru" {
		t.Errorf("they are written %q", got)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		system := access.System("test")
		make := func(email string) string {
			p, err := account.Create(t.Context(), db, system, account.New{Email: email, Name: "Test", Role: access.Visitor, Password: "a long enough password 1"})
			if err != nil {
				t.Fatal(err)
			}
			return p.ID
		}
		her, other := make("her@polis.example"), make("other@polis.example")
		reads := func(want string) {
			t.Helper()
			if p, err := account.Load(t.Context(), db, her); err != nil || p.Reads != want {
				t.Errorf("her row has %q, not %q: %v", p.Reads, want, err)
			}
		}
		t.Run("she chooses, and nobody for her", func(t *testing.T) {
			if err := account.SetTongues(t.Context(), db, access.Subject{ID: her}, her, []lang.Tag{"ru", "en"}); err != nil {
				t.Fatal(err)
			}
			if err := account.SetTongues(t.Context(), db, access.Subject{ID: other}, her, nil); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%v", err)
			}
			reads("en.ru")
		})
		t.Run("with her account it is gone", func(t *testing.T) {
			_, err := store.WriteAll(t.Context(), db, system, func(tx *store.Tx) ([]store.Event, error) { return account.Erase(t.Context(), tx, system, her) })
			if err != nil {
				t.Fatal(err)
			}
			reads("")
		})
	})
}
