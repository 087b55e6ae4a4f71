package demo_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/lexicon"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
)

// TestAQuestionIsAnsweredInTheOtherLanguages asks what officers would ask of the
// documents in each of the five other languages, with nothing but the shipped
// thesaurus and what the demonstration's own editions teach.
func TestAQuestionIsAnsweredInTheOtherLanguages(t *testing.T) {
	db := storetest.SQLite(t)
	lib, ix := load(t, db)
	if err := thesaurus.Seed(ctx, db); err != nil {
		t.Fatal(err)
	}
	words := lexicon.New(db, lib.Files)
	defer words.Close()
	ix.Speak(words.Translate)
	if n, err := lib.Learn(ctx, words, access.System("test"), func(int, int) error { return nil }); err != nil || n != 30 {
		t.Fatal(n, err)
	}
	if err := words.Refresh(ctx, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	official := access.Act("x", access.DeskOfficer, "", "").Scope()
	asked, first, third, passage, said := 0, 0, 0, 0, 0
	own, right := 0, 0
	for _, q := range questions(t) {
		_, mixed, err := lib.Search(ctx, ix, official, search.Query{Text: q.Q, Lang: q.Lang, Limit: 1, Group: true})
		if err != nil || len(mixed) != 1 {
			t.Fatal(mixed, err)
		}
		if mixed[0].Hit.Lang == q.Lang {
			own++
		}
		if strings.HasPrefix(mixed[0].External, "demo:"+q.Slug+":") {
			right++
		}
		answer := passageOf(t, db, "demo:"+q.Slug+":"+string(q.Lang), q.Answer)
		for _, other := range lang.All {
			if other == q.Lang {
				continue
			}
			asked++
			_, found, err := lib.Search(ctx, ix, official, search.Query{
				Text: q.Q, Lang: q.Lang, Limit: 3, Filter: map[search.Facet][]string{search.Lang: {string(other)}},
			})
			if err != nil {
				t.Fatal(err)
			}
			name := "demo:" + q.Slug + ":" + string(other)
			for i, f := range found {
				if f.External != name {
					continue
				}
				third++
				if i == 0 {
					first++
				}
				if f.Hit.Passage == answer {
					passage++
				}
				if slices.ContainsFunc(f.Why, func(r search.Reason) bool { return r.Source != "" && r.Shown != "" && r.Word != "" }) {
					said++
				}
			}
		}
	}
	t.Logf("in all languages at once: %d of %d first hits in the language of the question, %d of the right document", own, len(questions(t)), right)
	if share := float64(len(questions(t))); float64(own) < .97*share || float64(right) < .85*share {
		t.Error("the language of the question does not come first")
	}
	n := float64(asked)
	t.Logf("%d questions across languages: first %.3f, among three %.3f, the very passage %.3f, with the reason %.3f", asked, float64(first)/n, float64(third)/n, float64(passage)/n, float64(said)/n)
	if asked != 540 || float64(first)/n < .86 || float64(third)/n < .95 || float64(passage)/n < .51 || float64(said)/float64(third) < .97 {
		t.Error("questions across languages are answered worse than they were")
	}
}

// passageOf is the number of the passage that answers, in its own edition.
func passageOf(t *testing.T, db *store.DB, external, answer string) int {
	rows, err := store.List[struct {
		N    int64
		Body string
	}](ctx, db, store.Everything("test"), `
		SELECT p.n, p.body FROM passage p
		JOIN version v ON v.id = p.version
		JOIN language_version e ON e.id = v.edition
		WHERE {scope} AND e.external = $1 ORDER BY p.n`, external)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if strings.Contains(r.Body, answer) {
			return int(r.N)
		}
	}
	t.Fatalf("%q does not stand in %s", answer, external)
	return 0
}
