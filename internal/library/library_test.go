package library_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/extract"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx     = context.Background()
	all     = store.Everything("test")
	quiet   = slog.New(slog.DiscardHandler)
	system  = access.System("test")
	desk    = access.Act("desk", access.DeskOfficer, "", "")
	expert  = access.Act("expert", access.Expert, "", "")
	member  = access.Act("member", access.MemberRole, "", "")
	nobody  = access.Subject{}
	admin   = access.Act("admin", access.Administrator, "", "")
	focalKG = access.Act("kg", access.FocalPoint, "KG", "")
)

func each(t *testing.T, fn func(t *testing.T, l *library.Library)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, newLibrary(t, db)) })
}

func newLibrary(t testing.TB, db *store.DB) *library.Library {
	t.Helper()
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	x := extract.New("", extract.DefaultLimits())
	t.Cleanup(x.Close)
	return &library.Library{DB: db, Files: files, Texts: x}
}

func text(t lang.Tag, title string, paragraphs ...string) library.Text {
	v := library.Text{Lang: t, Title: title, Sum: title, Media: "text/plain"}
	for _, p := range paragraphs {
		v.Passages = append(v.Passages, extract.Passage{Kind: extract.Paragraph, Text: p})
	}
	return v
}

func create(t *testing.T, l *library.Library, who access.Subject, d library.Draft, texts ...library.Text) string {
	t.Helper()
	id, err := l.Create(ctx, who, d, texts...)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func openIndex(t testing.TB) *search.Index {
	t.Helper()
	ix, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ix.Close() })
	return ix
}

func found(t *testing.T, l *library.Library, ix *search.Index, who access.Subject, q string) []string {
	t.Helper()
	if err := l.CatchUp(ctx, ix, nil); err != nil {
		t.Fatal(err)
	}
	answer, hits, err := l.Search(ctx, ix, who.Scope(), search.Query{Text: q, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Total != len(hits) {
		t.Errorf("%q counts %d and shows %d", q, answer.Total, len(hits))
	}
	var titles []string
	for _, h := range hits {
		titles = append(titles, h.Title)
	}
	return titles
}

func TestADocumentHasOneAddressInAllItsLanguages(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := create(t, l, desk, library.Draft{
			Symbol: "PC.DEC/1049", Kind: "decision", Dated: "2012-07-26", Original: "fr", Licence: "CC-BY-4.0",
			Tags: library.Tags{Themes: []string{"cybercrime"}, Items: []string{"1049/14.3"}, Keywords: map[lang.Tag][]string{"en": {"police"}, "ru": {"полиция"}}},
		}, text("en", "Framework", "one", "two"), text("ru", "Рамки", "раз", "два"))
		rec, err := l.Get(ctx, nobody.Scope(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(rec.Editions) != 2 || rec.Edition("ru").Title != "Рамки" || rec.Edition("de").Title != "Framework" {
			t.Errorf("language versions: %+v", rec.Editions)
		}
		if rec.Symbol != "PC.DEC/1049" || rec.Themes[0] != "cybercrime" || rec.Keywords["ru"][0] != "полиция" {
			t.Errorf("metadata: %+v", rec)
		}
		p, err := l.Passages(ctx, nobody.Scope(), rec.Edition("ru").Version.ID, 1, 10)
		if err != nil || len(p) != 1 || p[0].Body != "два" || p[0].N != 1 {
			t.Errorf("passages: %+v %v", p, err)
		}
	})
}

func TestARevisionStandsBesideTheFirstText(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := create(t, l, desk, library.Draft{}, text("en", "Guide", "obsolete words"))
		rev := text("en", "Guide, revised", "modern words")
		rev.Mark, rev.Sum = "Rev.1", "other"
		if err := l.AddText(ctx, desk, id, 1, rev); err != nil {
			t.Fatal(err)
		}
		rec, _ := l.Get(ctx, nobody.Scope(), id)
		e := rec.Edition("en")
		if e.Version.Mark != "Rev.1" || e.Version.Number != 2 || e.Title != "Guide, revised" {
			t.Errorf("%+v", e)
		}
		versions, err := l.Versions(ctx, nobody.Scope(), e.ID)
		if err != nil || len(versions) != 2 {
			t.Errorf("%d versions, %v", len(versions), err)
		}
		ix := openIndex(t)
		if got := found(t, l, ix, nobody, "modern"); len(got) != 1 {
			t.Errorf("the new text is not found: %v", got)
		}
		if got := found(t, l, ix, nobody, "obsolete"); len(got) != 0 {
			t.Errorf("the old text is still found: %v", got)
		}
	})
}

func TestAStaleEditOverwritesNothing(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := create(t, l, desk, library.Draft{Symbol: "A"}, text("en", "Guide", "x"))
		if err := l.Revise(ctx, desk, id, 1, library.Draft{Symbol: "B"}); err != nil {
			t.Fatal(err)
		}
		err := l.Revise(ctx, admin, id, 1, library.Draft{Symbol: "C"})
		var stale library.Stale
		if !errors.As(err, &stale) || stale.Rev != 2 {
			t.Errorf("got %v", err)
		}
		if rec, _ := l.Get(ctx, nobody.Scope(), id); rec.Symbol != "B" {
			t.Errorf("it now says %s", rec.Symbol)
		}
	})
}

func TestWhoMayChangeADocument(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := create(t, l, expert, library.Draft{}, text("en", "Guide", "x"))
		for _, c := range []struct {
			who access.Subject
			may bool
		}{
			{nobody, false},
			{member, false},
			{access.Act("e2", access.Expert, "", ""), false},
			{focalKG, false},
			{expert, true},
			{desk, true},
			{admin, true},
		} {
			rec, err := l.Get(ctx, all, id)
			if err != nil {
				t.Fatal(err)
			}
			err = l.Revise(ctx, c.who, id, rec.Rev, library.Draft{})
			if c.may != (err == nil) || err != nil && !errors.Is(err, library.ErrForbidden) {
				t.Errorf("%s as %s: %v", c.who.ID, c.who.Grants, err)
			}
		}
		for _, who := range []access.Subject{nobody, member, access.Act("v", access.Visitor, "", "")} {
			if _, err := l.Create(ctx, who, library.Draft{}, text("en", "x", "x")); !errors.Is(err, library.ErrForbidden) {
				t.Errorf("%s put a document in: %v", who.Grants, err)
			}
		}
		if _, err := l.Create(ctx, focalKG, library.Draft{Level: access.Closed, State: "TJ"}, text("en", "x", "x")); !errors.Is(err, library.ErrForbidden) {
			t.Error("a focal point closed a document to another State:", err)
		}
	})
}

func TestBadMetadataAreNamedFieldByField(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		for field, d := range map[string]library.Draft{
			"symbol":    {Symbol: "a<b"},
			"type":      {Kind: "poem"},
			"date":      {Dated: "2026-13"},
			"original":  {Original: "xx"},
			"themes":    {Tags: library.Tags{Themes: []string{"astrology"}}},
			"items":     {Tags: library.Tags{Items: []string{"1049/99"}}},
			"origin":    {Origin: "atlantis"},
			"relations": {Relations: []library.Relation{{Kind: "likes", Symbol: "x"}}},
		} {
			_, err := l.Create(ctx, desk, d, text("en", "x", "x"))
			var invalid library.Invalid
			if !errors.As(err, &invalid) || invalid[field] == "" || len(invalid) != 1 {
				t.Errorf("%s: %v", field, err)
			}
			for _, key := range invalid {
				if !lang.Has(key) {
					t.Errorf("there is no sentence %q", key)
				}
			}
		}
		if _, err := l.Create(ctx, desk, library.Draft{}, text("en", "  ", "x")); err == nil {
			t.Error("a document without a title was taken")
		}
	})
}

func TestNobodyFindsWhatSheMayNotRead(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		create(t, l, desk, library.Draft{}, text("en", "public drones", "drones"))
		create(t, l, desk, library.Draft{Level: access.Member}, text("en", "member drones", "drones"))
		create(t, l, desk, library.Draft{Level: access.Official}, text("en", "official drones", "drones"))
		create(t, l, system, library.Draft{Level: access.Closed, Group: "g1"}, text("en", "group drones", "drones"))
		secret := create(t, l, system, library.Draft{Level: access.Closed, State: "KG", Symbol: "S/1"}, text("en", "state drones", "drones"))
		citing := create(t, l, desk, library.Draft{Relations: []library.Relation{{Kind: "cites", Symbol: "S/1"}, {Kind: "cites", Target: secret}}}, text("en", "citing", "x"))
		ix := openIndex(t)
		for _, c := range []struct {
			who  access.Subject
			want int
		}{
			{nobody, 1},
			{member, 2},
			{focalKG, 4},
			{access.Act("x", access.FocalPoint, "TJ", ""), 3},
			{access.Act("y", access.Expert, "", "", "g1"), 3},
		} {
			if got := found(t, l, ix, c.who, "drones"); len(got) != c.want {
				t.Errorf("%+v finds %v", c.who, got)
			}
		}
		if _, err := l.Get(ctx, nobody.Scope(), secret); !errors.Is(err, store.ErrNotFound) {
			t.Error("a closed document opened:", err)
		}
		rec, err := l.Get(ctx, nobody.Scope(), citing)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rec.Related {
			if r.ID != "" || len(r.Titles) > 0 {
				t.Errorf("a relation betrays a closed document: %+v", r)
			}
		}
	})
}

func TestAStaleIndexLeaksNothing(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := create(t, l, desk, library.Draft{}, text("en", "drones", "drones"))
		ix := openIndex(t)
		if got := found(t, l, ix, nobody, "drones"); len(got) != 1 {
			t.Fatal(got)
		}
		if err := l.Revise(ctx, desk, id, 1, library.Draft{Level: access.Official}); err != nil {
			t.Fatal(err)
		}
		_, hits, err := l.Search(ctx, ix, nobody.Scope(), search.Query{Text: "drones", Limit: 10}) // the index has not followed yet
		if err != nil || len(hits) != 0 {
			t.Errorf("%+v %v", hits, err)
		}
	})
}

func TestTheIndexIsBuiltAgainFromNothing(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		for i := range 30 {
			create(t, l, desk, library.Draft{}, text("en", fmt.Sprint("drones ", i), "drones"), text("ru", fmt.Sprint("дроны ", i), "дроны"))
		}
		ix := openIndex(t)
		if err := l.CatchUp(ctx, ix, nil); err != nil {
			t.Fatal(err)
		}
		if n, err := ix.Count(); err != nil || n != 60 {
			t.Errorf("%d entries, %v", n, err)
		}
		if seq, err := ix.Seq(); err != nil || seq != l.DB.Seq() {
			t.Errorf("the index stands at %d, the log at %d", seq, l.DB.Seq())
		}
	})
}

// zipped writes a ZIP archive.
func zipped(t *testing.T, path string, files map[string]string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// readAll runs the jobs that wait until none does.
func readAll(t *testing.T, l *library.Library) {
	t.Helper()
	r := job.NewRunner(l.DB, quiet, l.Handlers())
	waiting, err := store.List[string](ctx, l.DB, all, "SELECT id FROM job WHERE {scope} AND stage = 'waiting' ORDER BY created")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range waiting {
		if _, err := r.RunNow(ctx, id, nil); err != nil {
			t.Fatal(err)
		}
	}
}
