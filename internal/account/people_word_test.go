package account_test

import (
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// called are the names of those who are found by the words.
func called(t *testing.T, db *store.DB, words string) (names string) {
	t.Helper()
	people, total, err := account.People(ctx, db, system, account.Filter{Words: words, Limit: 10})
	must(t, err)
	if total.N != len(people) {
		t.Errorf("%d of %+v", len(people), total)
	}
	for _, p := range people {
		names += p.Name + ";"
	}
	return names
}

func TestPeopleAreFoundByTheirWordsWhateverBecomesOfThem(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "anna@polis.example", Name: "Ánna-Мария Ёлкина", Role: access.Visitor})
		create(t, db, account.New{Email: "other@polis.example", Name: "Cyril", Role: access.Visitor})
		create(t, db, account.New{Email: "admin@polis.example", Name: "Admin", Role: access.Administrator})
		for words, want := range map[string]string{
			"anna": p.Name + ";", "мар ел": p.Name + ";", "ЕЛКИНА": p.Name + ";", "nna": "", "anna cyril": "", "polis.example oth": "Cyril;", "!": "",
		} {
			if got := called(t, db, words); got != want {
				t.Errorf("%q finds %q, not %q", words, got, want)
			}
		}
		t.Run("by the new name after a correction", func(t *testing.T) {
			must(t, account.Correct(ctx, db, system, p.ID, account.Own{Name: "Béla"}))
			if old, now := called(t, db, "Ёлкина"), called(t, db, "bela"); old != "" || now != "Béla;" {
				t.Errorf("%q, %q", old, now)
			}
		})
		t.Run("after an upgrade that knew no words", func(t *testing.T) {
			_, err := store.Upkeep(ctx, db, "DELETE FROM person_word")
			must(t, err)
			if n, err := account.Spell(ctx, db); n != 3 || err != nil {
				t.Error(n, err)
			}
			if n, err := account.Spell(ctx, db); n != 0 || err != nil {
				t.Error("a second time:", n, err)
			}
			if got := called(t, db, "bel"); got != "Béla;" {
				t.Errorf("%q", got)
			}
		})
		t.Run("not at all once erased", func(t *testing.T) {
			_, err := store.WriteAll(ctx, db, system, func(tx *store.Tx) ([]store.Event, error) { return account.Erase(ctx, tx, system, p.ID) })
			must(t, err)
			left, err := store.Get[int](ctx, db, store.Everything("test"), "SELECT COUNT(*) FROM person_word WHERE {scope} AND person = $1", p.ID)
			if err != nil || left != 0 || called(t, db, "bela") != "" {
				t.Error(left, err)
			}
		})
	})
}
