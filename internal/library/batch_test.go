package library_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

func ptr(s string) *string { return &s }

// librarian is somebody at the desk with an account, whose rights are read anew.
func librarian(t *testing.T, l *library.Library) access.Subject {
	t.Helper()
	if err := directory.Seed(ctx, l.DB); err != nil {
		t.Fatal(err)
	}
	p, err := account.Create(ctx, l.DB, system, account.New{Email: "desk@polis.example", Name: "Desk", Role: access.DeskOfficer, Password: "a long enough password"})
	if err != nil {
		t.Fatal(err)
	}
	who, _, err := account.Subject(ctx, l.DB, p.ID, account.TwoFactors)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// works runs the batch's job to its end.
func works(t *testing.T, l *library.Library, who access.Subject, id string) job.Job {
	t.Helper()
	b, err := l.Batch(ctx, who, id)
	if err != nil {
		t.Fatal(err)
	}
	j, err := job.NewRunner(l.DB, quiet, l.Handlers()).RunNow(ctx, b.Job, nil)
	if err != nil || j.Stage != job.Done {
		t.Fatal(j, err)
	}
	return j
}

func counts(t *testing.T, l *library.Library, id string) string {
	t.Helper()
	list, err := l.BatchCounts(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, c := range list {
		said = append(said, strings.TrimSpace(fmt.Sprint(c.N, " ", c.Stage, " ", c.Reason)))
	}
	return strings.Join(said, ", ")
}

func TestABatch(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		who := librarian(t, l)
		rec := func(id string) library.Record {
			r, err := l.Get(ctx, all, id)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		draft := library.Draft{Kind: "study", Licence: "old", Tags: library.Tags{Themes: []string{"drugs"}, Keywords: map[lang.Tag][]string{"en": {"militia", "patrol"}, "ru": {"милиция"}}}}
		first := create(t, l, desk, draft, text("en", "Militia and public: a militia guide"), text("ru", "Милиция и общество"))
		second := create(t, l, desk, draft, text("en", "The Militia"))
		draft.Level, draft.State = access.Closed, "KG"
		hidden := create(t, l, focalKG, draft, text("en", "Militia of a State"))
		other := create(t, l, desk, library.Draft{}, text("en", "Paramilitiary forms"))
		closed := library.Draft{Level: access.Closed}
		own := create(t, l, desk, closed, text("en", "Militia draft"))
		ids := []string{first, second, hidden, other, own, "missing"}

		edit := library.BatchEdit{
			Find: "militia", With: "police", InTitles: true, InKeywords: true, WholeWords: true,
			AddThemes: []string{"police-reform"}, DropThemes: []string{"drugs"}, DropKeywords: []string{"PATROL"}, KeywordLang: "en", AddKeywords: []string{"reform"},
			Kind: ptr("guide"), Licence: ptr("CC BY 4.0"), Raise: "member",
		}
		id, err := l.PrepareBatch(ctx, who, edit, "q=militia", ids)
		if err != nil {
			t.Fatal(err)
		}
		b, err := l.Batch(ctx, who, id)
		if err != nil || b.Stage != library.BatchPrepared || len(b.Passed) != 0 {
			t.Fatalf("%+v %v", b, err)
		}
		t.Run("the preview shows each change, and changes nothing", func(t *testing.T) {
			lines, more, err := l.BatchLines(ctx, who, b, 0, 2)
			if err != nil || len(lines) != 2 || more != 2 || lines[0].Document != first {
				t.Fatalf("%+v %d %v", lines, more, err)
			}
			var said []string
			for _, d := range lines[0].Differences {
				said = append(said, fmt.Sprint(d.Field, " ", d.Lang, d.Was, d.Became))
			}
			want := []string{
				"title en[Militia and public: a militia guide] [police and public: a police guide]",
				"keywords en[militia patrol] [police reform]", "type [study] [guide]", "licence [old] [CC BY 4.0]", "themes [drugs] [police-reform]", "level [public] [member]",
			}
			if !slices.Equal(said, want) {
				t.Errorf("%q", said)
			}
			rest, more, err := l.BatchLines(ctx, who, b, 2, 10)
			if err != nil || len(rest) != 1 || more != 0 || rest[0].Document != other {
				t.Errorf("%+v %d %v", rest, more, err)
			}
			if r := rec(first); r.Rev != 1 || r.Kind != "study" {
				t.Errorf("%+v", r)
			}
		})
		t.Run("it is hers alone", func(t *testing.T) {
			if _, err := l.Batch(ctx, admin, id); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if err := l.StartBatch(ctx, admin, id); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if _, err := l.PrepareBatch(ctx, expert, edit, "", ids); !errors.Is(err, library.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("it changes what nobody has changed since the preview, an event each", func(t *testing.T) {
			if err := l.Revise(ctx, desk, other, 1, library.Draft{}, library.Titles{Lang: "en", Title: "Somebody was here"}); err != nil {
				t.Fatal(err)
			}
			for range 2 { // a double click
				if err := l.StartBatch(ctx, who, id); err != nil {
					t.Fatal(err)
				}
			}
			works(t, l, who, id)
			if got := counts(t, l, id); got != "2 changed, 1 passed changed" {
				t.Error(got)
			}
			r := rec(first)
			if r.Kind != "guide" || r.Licence != "CC BY 4.0" || r.Level != access.Member || !slices.Equal(r.Themes, []string{"police-reform"}) ||
				!slices.Equal(r.Keywords["en"], []string{"police", "reform"}) || r.Keywords["ru"][0] != "милиция" || r.Edition("en").Title != "police and public: a police guide" || r.Rev != 2 {
				t.Errorf("%+v", r)
			}
			if h := rec(hidden); h.Rev != 1 || h.Kind != "study" {
				t.Error("what she may not read was changed")
			}
			events, err := store.List[string](ctx, l.DB, all, "SELECT act FROM event WHERE {scope} AND who = $1 ORDER BY seq", who.ID)
			if err != nil || strings.Join(events, " ") != "library.batch.prepared library.batch.started library.document.revised library.document.revised library.batch.done" {
				t.Error(events, err)
			}
		})
		t.Run("one click undoes it where nobody was since; who reads it takes two, as everywhere", func(t *testing.T) {
			r := rec(second)
			if err := l.Revise(ctx, desk, second, r.Rev, library.Draft{Kind: "report", Level: access.Member}); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := l.UndoBatch(ctx, who, id); err != nil {
					t.Fatal(err)
				}
			}
			works(t, l, who, id)
			if got := counts(t, l, id); got != "1 kept changed, 1 passed changed, 1 undone" {
				t.Error(got)
			}
			r = rec(first)
			if r.Kind != "study" || r.Licence != "old" || r.Level != access.Member || r.Edition("en").Title != "Militia and public: a militia guide" ||
				!slices.Equal(r.Keywords["en"], []string{"militia", "patrol"}) || !slices.Equal(r.Themes, []string{"drugs"}) {
				t.Errorf("%+v", r)
			}
			if r := rec(second); r.Kind != "report" {
				t.Errorf("%+v", r)
			}
			before := counts(t, l, id)
			if err := l.UndoBatch(ctx, who, id); err != nil || counts(t, l, id) != before {
				t.Error(err)
			}
		})
		t.Run("a document that is taken out leaves nothing in it", func(t *testing.T) {
			if err := l.Withdraw(ctx, desk, first, rec(first).Rev, "outdated"); err != nil {
				t.Fatal(err)
			}
			if got := counts(t, l, id); strings.Contains(got, "undone") {
				t.Error(got)
			}
		})
		t.Run("raising is not lowering", func(t *testing.T) {
			id, err := l.PrepareBatch(ctx, who, library.BatchEdit{Raise: "member"}, "", []string{hidden, other})
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := l.Batch(ctx, who, id); len(b.Passed) != 0 || counts(t, l, id) != "1 waiting" {
				t.Error(b.Passed, counts(t, l, id))
			}
			official := create(t, l, desk, library.Draft{Level: access.Official}, text("en", "o"))
			if id, err = l.PrepareBatch(ctx, who, library.BatchEdit{Raise: "member"}, "", []string{official}); err != nil {
				t.Fatal(err)
			}
			if b, _ := l.Batch(ctx, who, id); b.Passed["same"] != 1 {
				t.Error(b.Passed)
			}
			if err := l.DropBatch(ctx, who, id); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestABatchThatMakesNoSense(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		who := librarian(t, l)
		id := create(t, l, desk, library.Draft{}, text("en", "title"))
		for field, e := range map[string]library.BatchEdit{
			"find":         {InTitles: true},
			"in":           {Find: "x", With: "y"},
			"with":         {Find: "x", With: strings.Repeat("y", 301), InTitles: true},
			"type":         {Kind: ptr("nothing")},
			"origin":       {Origin: ptr("nowhere")},
			"themes":       {AddThemes: []string{"weather"}},
			"licence":      {Licence: ptr(strings.Repeat("x", 301))},
			"raise":        {Raise: "public"},
			"add-keywords": {AddKeywords: []string{strings.Repeat("x", 201)}},
		} {
			_, err := l.PrepareBatch(ctx, who, e, "", []string{id})
			var wrong library.Invalid
			if !errors.As(err, &wrong) || wrong[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		for text, e := range map[string]library.BatchEdit{
			"a title would be empty":        {Find: "TITLE", InTitles: true},
			"nothing of it is anywhere":     {Find: "title", With: "x", InTitles: true, CaseMatters: true, WholeWords: true, InKeywords: true},
			"signs that patterns know":      {Find: ".*", With: "$1", InTitles: true},
			"what is no text finds nothing": {Find: "\xff", With: "x", InTitles: true},
			"a part of a word is no word":   {Find: "titl", With: "x", InTitles: true, WholeWords: true},
		} {
			made, err := l.PrepareBatch(ctx, who, e, "", []string{id})
			if text == "nothing of it is anywhere" {
				if err != nil || counts(t, l, made) != "1 waiting" {
					t.Errorf("%s: %v", text, err)
				}
				continue
			}
			if err == nil && counts(t, l, made) != "" {
				t.Errorf("%s: %s", text, counts(t, l, made))
			}
		}
	})
}

func TestALongBatchStopsAndGoesOn(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		who := librarian(t, l)
		var ids []string
		for i := range 230 {
			ids = append(ids, create(t, l, desk, library.Draft{}, text("en", fmt.Sprintf("Old %d", i))))
		}
		id, err := l.PrepareBatch(ctx, who, library.BatchEdit{Find: "Old", With: "New", InTitles: true}, "", ids)
		if err == nil {
			err = l.StartBatch(ctx, who, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := l.Batch(ctx, who, id)
		if err != nil {
			t.Fatal(err)
		}
		runner := job.NewRunner(l.DB, quiet, l.Handlers())
		stopped, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		j, err := runner.RunNow(stopped, b.Job, func(job.Job) { _ = job.Stop(ctx, l.DB, b.Job) })
		if err != nil || j.Stage != job.Stopped || j.Total != 230 || j.Done >= 230 {
			t.Fatalf("%+v %v", j, err)
		}
		t.Run("what was done is done, and it goes on from there", func(t *testing.T) {
			if got := counts(t, l, id); !strings.Contains(got, "changed") || !strings.Contains(got, "waiting") {
				t.Error(got)
			}
			if err := job.Resume(ctx, l.DB, b.Job); err != nil {
				t.Fatal(err)
			}
			if j := works(t, l, who, id); j.Done != 230 || j.Total != 230 {
				t.Errorf("%d of %d", j.Done, j.Total)
			}
			if got := counts(t, l, id); got != "230 changed" {
				t.Error(got)
			}
		})
		t.Run("who lost the right meanwhile changes nothing more", func(t *testing.T) {
			if err := l.UndoBatch(ctx, who, id); err != nil {
				t.Fatal(err)
			}
			_, err := store.Write(ctx, l.DB, system, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, "UPDATE role_grant SET ended = 1, ended_by = 'system:test' WHERE person = $1", who.ID)
				return store.Event{Act: "test.ended"}, err
			})
			if err != nil {
				t.Fatal(err)
			}
			works(t, l, who, id)
			if got := counts(t, l, id); got != "230 kept forbidden" {
				t.Error(got)
			}
		})
	})
}
