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

var (
	ctx  = context.Background()
	all  = store.Everything("test")
	desk = access.Act("desk", access.DeskOfficer, "", "")
)

// seeded runs the test on both engines with the directory that an installation
// begins with.
func seeded(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		fn(t, db)
	})
}

func get(t *testing.T, db *store.DB, id string) directory.Entry {
	t.Helper()
	e, err := directory.Get(ctx, db, all, id)
	if err != nil {
		t.Fatal(id, err)
	}
	return e
}

func name(since, until, english string) directory.Name {
	return directory.Name{Since: since, Until: until, Long: lang.Names{lang.English: english}}
}

func TestTheNameIsTheOneOfTheDate(t *testing.T) {
	e := directory.Entry{Names: []directory.Name{
		name("2017-05", "", "Programme Office"),
		name("1998-07-23", "2017", "Centre"),
	}}
	for _, c := range []struct{ on, want string }{
		{"", "Programme Office"},
		{"2026-11-22", "Programme Office"},
		{"2017-05-01", "Programme Office"},
		{"2017", "Programme Office"}, // a year that had both: the later one
		{"2017-04-30", "Centre"},
		{"2012", "Centre"},
		{"1998", "Centre"},
		{"1998-07-23", "Centre"},
		{"1990", "Centre"}, // before the first name, for want of another
	} {
		if got := e.NameOn(c.on, lang.English); got != c.want {
			t.Errorf("on %q it is called %q, not %q", c.on, got, c.want)
		}
	}
	t.Run("between two names the one before still holds", func(t *testing.T) {
		e := directory.Entry{Names: []directory.Name{name("2010", "", "New"), name("2000", "2005", "Old")}}
		if got := e.NameOn("2007", lang.English); got != "Old" {
			t.Error(got)
		}
	})
	t.Run("an entry without names has none", func(t *testing.T) {
		if got := (directory.Entry{}).NameOn("2007", lang.English); got != "" {
			t.Error(got)
		}
	})
}

func TestAnEntryExistsBetweenItsDates(t *testing.T) {
	for _, c := range []struct {
		from, to, on string
		want         bool
	}{
		{"", "", "1980", true},
		{"2014-03-21", "2022-03-31", "2014", true},
		{"2014-03-21", "2022-03-31", "2014-03-20", false},
		{"2014-03-21", "2022-03-31", "2022-04", false},
		{"1999", "2015", "2015-12-31", true},
		{"1999", "2015", "2016-01-01", false},
		{"1999", "", "2026", true},
	} {
		e := directory.Entry{ValidFrom: c.from, ValidTo: c.to}
		if got := e.Active(c.on); got != c.want {
			t.Errorf("from %q to %q, on %q: %v", c.from, c.to, c.on, got)
		}
	}
}

func TestAnAbbreviationFallsBackToTheNameInTheSameLanguage(t *testing.T) {
	e := directory.Entry{Names: []directory.Name{{
		Long:  lang.Names{lang.English: "Council of Europe", lang.German: "Europarat"},
		Short: lang.Names{lang.English: "CoE"},
	}}}
	for tag, want := range map[lang.Tag]string{lang.English: "CoE", lang.German: "Europarat", lang.Spanish: "Council of Europe"} {
		if got := e.ShortOn("", tag); got != want {
			t.Errorf("%s: %q, not %q", tag, got, want)
		}
	}
}

func TestTheListIsChosen(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		ids := func(f directory.Filter) []string {
			t.Helper()
			entries, err := directory.List(ctx, db, access.Subject{}.Scope(), f)
			if err != nil {
				t.Fatal(err)
			}
			ids := make([]string, len(entries))
			for i, e := range entries {
				ids[i] = e.ID
			}
			return ids
		}
		expect := func(f directory.Filter, want ...string) {
			t.Helper()
			equal(t, ids(f), want)
		}
		kinds := func(k ...directory.Kind) []directory.Kind { return k }
		expect(directory.Filter{Kinds: kinds(directory.FieldOperation), Host: "UA", On: "2020"},
			"project-co-ordinator-ukraine", "special-monitoring-mission-ukraine")
		expect(directory.Filter{Kinds: kinds(directory.FieldOperation), Host: "UA", On: "2026"})
		expect(directory.Filter{Kinds: kinds(directory.State), SubRegion: "south-caucasus"}, "AM", "AZ", "GE")
		expect(directory.Filter{Parent: "tntd"}, "atu", "bsmu", "tntd-co-ordination-cell", "spmu")
		t.Run("text is found in any language and any time, without accents", func(t *testing.T) {
			expect(directory.Filter{Text: "turkiye"}, "TR")
			expect(directory.Filter{Text: "zentrum BISCHKEK"}, "programme-office-bishkek")
			expect(directory.Filter{Text: "нур-султане"}, "programme-office-astana")
			expect(directory.Filter{Text: "BDIMR"}, "odihr")
			expect(directory.Filter{Text: "kgz"}, "KG")
			expect(directory.Filter{Text: "no such thing"})
		})
		t.Run("the order is the reader's", func(t *testing.T) {
			baltic := directory.Filter{Kinds: kinds(directory.State), SubRegion: "south-caucasus", Lang: lang.Russian}
			expect(baltic, "AZ", "AM", "GE") // Азербайджан, Армения, Грузия
		})
	})
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got, want)
			return
		}
	}
}

func TestTheSnapshotFollowsTheLog(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		snapshot := func() *directory.Snapshot {
			t.Helper()
			s, err := directory.Names(ctx, db)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := snapshot()
		if got := s.Name("programme-office-bishkek", "2012", lang.German); got != "OSZE-Zentrum in Bischkek" {
			t.Error(got)
		}
		if got := s.Short("spmu", "", lang.Russian); got != "ОСВПД" {
			t.Error(got)
		}
		if got := s.Name("nobody", "", lang.English); got != "nobody" {
			t.Error("an unknown id is shown as it is, not as", got)
		}
		e := get(t, db, "spmu")
		e.Website = "https://example.org/spmu"
		if _, err := directory.Save(ctx, db, desk, e); err != nil {
			t.Fatal(err)
		}
		if got, _ := snapshot().Entry("spmu"); got.Website != e.Website {
			t.Error("the snapshot is older than the log:", got.Website)
		}
		if got, _ := s.Entry("spmu"); got.Website == e.Website {
			t.Error("a snapshot changed under its reader")
		}
	})
}

func TestAnotherRoomsEventDoesNotMakeTheSnapshotReadAgain(t *testing.T) {
	db := storetest.SQLite(t)
	if err := directory.Seed(ctx, db); err != nil {
		t.Fatal(err)
	}
	spmu := func() *directory.Name {
		s, err := directory.Names(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := s.Entry("spmu")
		return &e.Names[0]
	}
	before := spmu()
	_, err := store.Write(ctx, db, desk, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "library.document.created", Object: "x"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if spmu() != before {
		t.Error("it was read again")
	}
}

func BenchmarkANameFromTheSnapshot(b *testing.B) {
	db := storetest.SQLite(b)
	if err := directory.Seed(ctx, db); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := directory.Names(ctx, db)
		if err != nil || s.Name("programme-office-bishkek", "2012", lang.German) == "" {
			b.Fatal(err)
		}
	}
}

func TestASlugIsProposed(t *testing.T) {
	for in, want := range map[string]string{
		"OSCE Office in Baku":         "osce-office-in-baku",
		"  École — des Cadres (2009)": "ecole-des-cadres-2009",
		"Центр":                       "",
	} {
		if got := directory.Slug(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}
