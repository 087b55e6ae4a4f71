package demo_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/demo"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

// load puts the demonstration into an empty house.
func load(t *testing.T, db *store.DB) (*library.Library, *search.Index) {
	t.Helper()
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	if err := directory.Seed(ctx, db); err != nil {
		t.Fatal(err)
	}
	texts := extract.New("", extract.DefaultLimits())
	t.Cleanup(texts.Close)
	lib := &library.Library{DB: db, Files: files, Texts: texts}
	for range 2 { // a second load changes nothing
		if err := demo.Load(ctx, lib, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
	}
	ix, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ix.Close() })
	if err := lib.CatchUp(ctx, ix, nil); err != nil {
		t.Fatal(err)
	}
	return lib, ix
}

func TestTheDemonstrationIsWholeAndSaysWhatItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		lib, ix := load(t, db)
		slugs, err := demo.Slugs()
		if err != nil || len(slugs) < 18 {
			t.Fatal(slugs, err)
		}
		if n, err := ix.Count(); err != nil || n != len(slugs)*len(lang.All) {
			t.Errorf("%d entries for %d documents in six languages, %v", n, len(slugs), err)
		}
		docs, err := lib.Newest(ctx, store.Everything("test"), 100)
		if err != nil || len(docs) != len(slugs) {
			t.Fatal(len(docs), err)
		}
		for _, d := range docs {
			if !d.Sample || d.Kind == "" || d.Origin == "" || len(d.Editions) != len(lang.All) {
				t.Errorf("%s: %+v", d.Symbol, d.Document)
			}
		}
	})
}

func TestEveryRoleOfTheDemonstrationSignsIn(t *testing.T) {
	db := storetest.SQLite(t)
	load(t, db)
	for _, p := range demo.People() {
		got, err := account.SignIn(ctx, db, p.Email, demo.Password)
		if err != nil {
			t.Errorf("%s: %v", p.Email, err)
			continue
		}
		who, _, err := account.Subject(ctx, db, got.ID, account.OneFactor)
		if err != nil || who.Has(p.Role) != p.Role.Granted() || (who.Trust > access.Public) != (p.Role != access.Visitor) {
			t.Errorf("%s: %+v %v", p.Email, who, err)
		}
	}
	if len(demo.People()) != len(access.Roles) {
		t.Errorf("%d people for %d roles", len(demo.People()), len(access.Roles))
	}
}

// question is what an officer asks, and where the answer stands.
type question struct {
	Lang   lang.Tag `json:"lang"`
	Q      string   `json:"q"`
	Slug   string   `json:"slug"`
	Answer string   `json:"answer"` // part of the passage
}

func questions(t *testing.T) []question {
	t.Helper()
	names, err := filepath.Glob("questions/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var all []question
	for _, name := range names {
		var some []question
		b, err := demo.Files.ReadFile(filepath.ToSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &some); err != nil {
			t.Fatal(name, err)
		}
		all = append(all, some...)
	}
	return all
}

// The relevance of the search is kept: what officers ask in six languages leads
// to the document that answers, and as a rule to the very passage.
func TestQuestionsLeadToTheirAnswers(t *testing.T) {
	lib, ix := load(t, storetest.SQLite(t))
	official := access.Act("x", access.DeskOfficer, "", "").Scope()
	all := questions(t)
	first, third, passage := 0, 0, 0
	for _, q := range all {
		_, found, err := lib.Search(ctx, ix, official, search.Query{Text: q.Q, Lang: q.Lang, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		at := -1
		for i, f := range found {
			if f.External == "demo:"+q.Slug+":"+string(q.Lang) {
				at = i
				break
			}
		}
		switch {
		case at == 0:
			first++
			third++
		case at > 0:
			third++
		default:
			t.Logf("not among the first three: %s %q → %s", q.Lang, q.Q, q.Slug)
		}
		if at >= 0 && strings.Contains(found[at].Passage, q.Answer) {
			passage++
		} else if at >= 0 {
			t.Logf("other passage: %s %q → %.80q, not %q", q.Lang, q.Q, found[at].Passage, q.Answer)
		}
	}
	n := float64(len(all))
	t.Logf("%d questions: first %.3f, among three %.3f, the very passage %.3f", len(all), float64(first)/n, float64(third)/n, float64(passage)/n)
	if len(all) < 60 || float64(first)/n < .85 || float64(third)/n < .95 || float64(passage)/n < .60 {
		t.Error("questions are answered worse than they were")
	}
}
