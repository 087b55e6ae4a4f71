package framework_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	operator = access.Act("operator", access.Administrator, "", "")
	nobody   = access.Subject{}
)

func TestImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, text := context.Background(), standIn(t)
		text = strings.Replace(text, "\n4. The fourth", "\nPC.DEC/1049\n26 July 2012\n\n4. The fourth", 1)
		o := parse(t, text)

		t.Run("before the first import there is no text", func(t *testing.T) {
			if _, err := framework.Text(ctx, db, nobody.Scope(), "1049", lang.English); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("got %v, want store.ErrNotFound", err)
			}
		})

		t.Run("only who operates the system may import", func(t *testing.T) {
			for _, who := range []access.Subject{nobody, access.Act("desk", access.DeskOfficer, "", ""), access.Act("expert", access.Expert, "", "")} {
				if _, err := framework.Import(ctx, db, who, "", o); !errors.Is(err, framework.ErrForbidden) {
					t.Errorf("%q: got %v, want ErrForbidden", who.Grants, err)
				}
			}
			if db.Seq() != 0 {
				t.Errorf("%d events were written", db.Seq())
			}
		})

		t.Run("everybody reads exactly what was imported", func(t *testing.T) { readByEverybody(t, db, o) })

		t.Run("importing the same text again changes nothing and is no event", func(t *testing.T) { unchangedByTheSame(t, db, o) })

		t.Run("importing a changed text says what changed", func(t *testing.T) { changedIsSaid(t, db, text) })

		t.Run("the event names the text by its ids and bears its hash", func(t *testing.T) { eventNamesTheText(t, db) })

		t.Run("a language that was named wins over the one that was detected", func(t *testing.T) { namedLanguageWins(t, db, o) })

		t.Run("a text without a language is refused", func(t *testing.T) {
			unknown := o
			unknown.Lang = ""
			for _, tag := range []lang.Tag{"", "uk", "EN"} {
				if _, err := framework.Import(ctx, db, operator, tag, unknown); !errors.Is(err, framework.ErrNoLanguage) {
					t.Errorf("%q: got %v, want ErrNoLanguage", tag, err)
				}
			}
		})
	})
}

func readByEverybody(t *testing.T, db *store.DB, o framework.Official) {
	done := load(t, db, "", o)
	if !done.First || done.Same() || done.Lang != lang.English || len(done.SHA256) != 64 {
		t.Errorf("got %+v", done)
	}
	got := read(t, db, lang.English)
	if got.Imported.IsZero() {
		t.Error("the time of the import is missing")
	}
	got.Imported = o.Imported
	if diff := cmp.Diff(o, got); diff != "" {
		t.Error("(- imported, + read)\n", diff)
	}
	if len(got.Running) != 2 {
		t.Errorf("running heads are %q", got.Running)
	}
}

func unchangedByTheSame(t *testing.T, db *store.DB, o framework.Official) {
	seq, at := db.Seq(), read(t, db, lang.English).Imported
	if done := load(t, db, "", o); !done.Same() {
		t.Errorf("got %+v", done)
	}
	if db.Seq() != seq || !read(t, db, lang.English).Imported.Equal(at) {
		t.Error("something was written")
	}
}

func changedIsSaid(t *testing.T, db *store.DB, text string) {
	changed := strings.NewReplacer("is short", "is shorter", "Industry too", "And industry", "Decision No. 557", "Decision No. 558").Replace(text)
	done := load(t, db, "", parse(t, changed))
	if want := []string{"1049/4", "1049/attachment.7", "1049/note.4"}; !cmp.Equal(done.Changed, want) {
		t.Errorf("got %v, want %v", done.Changed, want)
	}
	p, _ := read(t, db, lang.English).Find("1049/4")
	if p.Text != "The fourth paragraph is shorter." {
		t.Errorf("reads %q", p.Text)
	}
}

func eventNamesTheText(t *testing.T, db *store.DB) {
	events, err := store.History(context.Background(), db, operator.Scope(), "1049:en", 10)
	if err != nil || len(events) != 2 || events[0].Act != "framework.text.imported" {
		t.Fatalf("got %+v, %v", events, err)
	}
	var data framework.Imported
	if err := json.Unmarshal(events[0].Data.(json.RawMessage), &data); err != nil {
		t.Fatal(err)
	}
	if data.Edition != "1049" || data.First || len(data.Changed) != 3 || len(data.SHA256) != 64 {
		t.Errorf("got %+v", data)
	}
}

func namedLanguageWins(t *testing.T, db *store.DB, o framework.Official) {
	load(t, db, lang.Russian, o)
	if got := read(t, db, lang.Russian).Lang; got != lang.Russian {
		t.Errorf("stored in %q", got)
	}
	if p, _ := read(t, db, lang.English).Find("1049/4"); !strings.Contains(p.Text, "shorter") {
		t.Error("the other language's text was touched")
	}
	tags, err := framework.Languages(context.Background(), db, nobody.Scope(), "1049")
	if err != nil || !cmp.Equal(tags, []lang.Tag{lang.English, lang.Russian}) {
		t.Errorf("got %v, %v", tags, err)
	}
}

func load(t *testing.T, db *store.DB, tag lang.Tag, o framework.Official) framework.Imported {
	t.Helper()
	done, err := framework.Import(context.Background(), db, operator, tag, o)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// read reads as somebody who is not signed in.
func read(t *testing.T, db *store.DB, tag lang.Tag) framework.Official {
	t.Helper()
	o, err := framework.Text(context.Background(), db, nobody.Scope(), "1049", tag)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
