package library_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

func seek(t *testing.T, l *library.Library) {
	t.Helper()
	if err := l.SeekTwins(ctx, func(int64, int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// prose makes paragraphs of words that another seed does not make.
func prose(seed uint64, paragraphs, words int) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	list := make([]string, paragraphs)
	for i := range list {
		sentence := make([]string, words)
		for j := range sentence {
			sentence[j] = fmt.Sprintf("w%x", r.IntN(3000))
		}
		list[i] = strings.Join(sentence, " ") + "."
	}
	return list
}

// smudged is a text as a scanner reads it: one word in so many is misread.
func smudged(paragraphs []string, every int) []string {
	r := rand.New(rand.NewPCG(7, 7))
	list := slices.Clone(paragraphs)
	for i, p := range list {
		words := strings.Fields(p)
		for j := range words {
			if r.IntN(every) == 0 {
				words[j] = "rn" + words[j]
			}
		}
		list[i] = strings.Join(words, " ")
	}
	return list
}

// twin is what the list says of two documents, or false.
func twin(t *testing.T, l *library.Library, who access.Subject, a, b string) (library.Twin, bool) {
	t.Helper()
	list, _, err := l.Twins(ctx, who, library.TwinFilter{}, library.TwinPlace{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.One == a && one.Other == b || one.One == b && one.Other == a {
			return one, true
		}
	}
	return library.Twin{}, false
}

func TestTwinsAreFound(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		if err := directory.Seed(ctx, l.DB); err != nil {
			t.Fatal(err)
		}
		guide := prose(1, 20, 30)
		dated := func(symbol, date string) library.Draft {
			return library.Draft{Symbol: symbol, Dated: date, Origin: "spmu"}
		}
		first := create(t, l, desk, dated("SPMU.GUIDE/1/12", "2012"), text("en", "Guide to first contact", guide...))

		other := text("en", "first-contact-final", strings.ToUpper(strings.Join(guide, "\n")))
		other.Passages = append(other.Passages, extract.Passage{Kind: "margin", Text: "page 1 of 12"})
		copied := create(t, l, desk, library.Draft{}, other)

		edited := slices.Clone(guide)
		edited[4], edited[11] = prose(2, 1, 30)[0], edited[11]+" "+prose(3, 1, 12)[0]
		revised := create(t, l, desk, dated("SPMU.GUIDE/1/12/Rev.1", "2014"), text("en", "Guide to first contact, second edition", edited...))
		scanned := create(t, l, desk, library.Draft{}, text("en", "Scan 0034", smudged(guide, 25)...))
		renamed := create(t, l, desk, dated("", "2012-07"), text("en", "Guide to first contact", prose(4, 3, 30)...))
		translated := create(t, l, desk, library.Draft{}, text("ru", "Первые контакты", prose(5, 20, 30)...))

		form := prose(6, 6, 20)
		decision := func(n uint64) []string { return append(prose(100+n, 5, 20), form...) }
		decisions := []string{
			create(t, l, desk, library.Draft{}, text("en", "Decision on training", decision(1)...)),
			create(t, l, desk, library.Draft{}, text("en", "Decision on equipment", decision(2)...)),
			create(t, l, desk, library.Draft{Symbol: "PC.DEC/10"}, text("en", "Extension of the mandate to 2011", append(form, "Until 2011.")...)),
			create(t, l, desk, library.Draft{Symbol: "PC.DEC/11"}, text("en", "Extension of the mandate to 2012", append(form, "Until 2012.")...)),
		}
		leaflets := []string{
			create(t, l, desk, library.Draft{}, text("en", "At night", "Call 112. Say where you are and wait for the patrol. Lock the door. Leave the light on. The police will come.")),
			create(t, l, desk, library.Draft{}, text("en", "By day", "Call 112. Say where you are and wait for the patrol. Lock the door. Leave the light on. The police have come.")),
			create(t, l, desk, library.Draft{}, text("en", "Minutes of May", "No summary.")),
			create(t, l, desk, library.Draft{}, text("en", "Minutes of June", "No summary.")),
		}
		seek(t, l)
		is := func(a, b string) library.Twin {
			t.Helper()
			found, ok := twin(t, l, desk, a, b)
			if !ok {
				t.Fatal("not found")
			}
			return found
		}
		t.Run("an exact copy in another format", func(t *testing.T) {
			if got := is(first, copied); got.Likeness != 1000 || got.Symbol || got.Titled || got.File {
				t.Errorf("%+v", got)
			}
		})
		t.Run("a lightly revised edition, by text and by symbol", func(t *testing.T) {
			if got := is(first, revised); got.Likeness < 820 || got.Likeness > 960 || !got.Symbol || got.Titled {
				t.Errorf("%+v", got)
			}
		})
		t.Run("what was read from a scan", func(t *testing.T) {
			if got := is(first, scanned); got.Likeness < 800 || got.Likeness > 960 || got.Lang != "en" {
				t.Errorf("%+v", got)
			}
		})
		t.Run("another text under the same title, of the same year and origin", func(t *testing.T) {
			if got := is(first, renamed); got.Nearly() || !got.Titled {
				t.Errorf("%+v", got)
			}
		})
		t.Run("but no translation, no two decisions on one form, and no short notes", func(t *testing.T) {
			for _, pair := range [][2]string{
				{first, translated}, {decisions[0], decisions[1]}, {decisions[2], decisions[3]}, {leaflets[0], leaflets[1]}, {leaflets[2], leaflets[3]},
			} {
				if got, ok := twin(t, l, desk, pair[0], pair[1]); ok {
					t.Errorf("%+v", got)
				}
			}
		})
		t.Run("the most alike first, page by page, and by kind", func(t *testing.T) {
			var all []library.Twin
			for place, turns := (library.TwinPlace{}), 0; turns < 20; turns++ {
				list, more, err := l.Twins(ctx, desk, library.TwinFilter{}, place, 2)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, list...)
				if more == (library.TwinPlace{}) {
					break
				}
				if place, _ = library.ParseTwinPlace(more.String()); place != more {
					t.Fatalf("%v", more)
				}
			}
			n, err := l.CountTwins(ctx, desk, library.TwinFilter{})
			if err != nil || n != len(all) || !slices.IsSortedFunc(all, func(a, b library.Twin) int { return int(b.Likeness - a.Likeness) }) {
				t.Errorf("%d, %v: %+v", n, err, all)
			}
			for kind, want := range map[string]int{"exact": 1, "named": 2} { // renamed with the first, and with its revision by nothing
				if got, _, err := l.Twins(ctx, desk, library.TwinFilter{Kind: kind, Lang: "en"}, library.TwinPlace{}, 100); err != nil || len(got) > want || len(got) == 0 {
					t.Errorf("%s: %+v %v", kind, got, err)
				}
			}
			if got, _, _ := l.Twins(ctx, desk, library.TwinFilter{Lang: "ru"}, library.TwinPlace{}, 100); len(got) > 0 {
				t.Errorf("%+v", got)
			}
		})
		t.Run("and looked for once", func(t *testing.T) {
			seek(t, l)
			before := l.DB.Seq()
			if seek(t, l); l.DB.Seq() != before {
				t.Error("something was written")
			}
		})
		t.Run("what is no twin any more is none", func(t *testing.T) {
			if err := l.AddText(ctx, desk, copied, 1, text("en", "Something else", prose(9, 20, 30)...)); err != nil {
				t.Fatal(err)
			}
			seek(t, l)
			if _, ok := twin(t, l, desk, first, copied); ok {
				t.Error("still proposed")
			}
		})
	})
}

func TestTwinsWithinTheScope(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		body := prose(1, 10, 30)
		open := create(t, l, expert, library.Draft{}, text("en", "Open", body...))
		closed := create(t, l, desk, library.Draft{Level: access.Closed}, text("en", "Closed", body...))
		seek(t, l)
		ids := func(who access.Subject, of string) (list []string) {
			twins, err := l.TwinsOf(ctx, who.Scope(), of, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range twins {
				list = append(list, one.Beside(of))
			}
			return list
		}
		if got := ids(desk, open); !slices.Equal(got, []string{closed}) {
			t.Errorf("the owner of the closed one sees %v", got)
		}
		if got := append(ids(nobody, open), ids(expert, open)...); len(got) > 0 {
			t.Errorf("the closed one is betrayed: %v", got)
		}
		if _, ok := twin(t, l, expert, open, closed); ok {
			t.Error("the list betrays the closed one")
		}
		if n, err := l.CountTwins(ctx, expert, library.TwinFilter{}); n > 0 || err != nil {
			t.Errorf("its count betrays it: %d %v", n, err)
		}
		if err := l.TellApart(ctx, expert, library.Pair{One: open, Other: closed}, false); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("she decides about what she does not see: %v", err)
		}
		again := create(t, l, expert, library.Draft{}, text("en", "Again", body...))
		seek(t, l)
		if _, ok := twin(t, l, expert, open, again); !ok {
			t.Error("her own two are not proposed to her")
		}
		other := access.Act("p-other", access.Trainer, "KG", "")
		if _, ok := twin(t, l, other, open, again); ok {
			t.Error("those of others are work for somebody who may not do it")
		}
	})
}

func TestAFileThatArrivesLooksLike(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		body := prose(1, 10, 30)
		open := create(t, l, desk, library.Draft{}, text("en", "Open", body...))
		create(t, l, desk, library.Draft{Level: access.Closed}, text("en", "Closed", body...))
		seek(t, l)
		in, err := l.Receive(ctx, expert, "b", "guide.txt", strings.NewReader(strings.Join(smudged(body, 30), "\n\n")))
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, l)
		if in, err = l.Intake(ctx, expert, in.ID); err != nil || in.Stage != library.Ready {
			t.Fatalf("%+v %v", in, err)
		}
		list, err := l.TwinsOfArrived(ctx, expert.Scope(), in, 5)
		if err != nil || len(list) != 1 || list[0].Other != open || list[0].Likeness < 800 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestSomebodyDecidesAboutTwins(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		if err := directory.Seed(ctx, l.DB); err != nil {
			t.Fatal(err)
		}
		body := prose(1, 10, 30)
		pair := func(t *testing.T) library.Pair {
			t.Helper()
			a := create(t, l, desk, library.Draft{Symbol: "A/1"}, text("en", "The first", body...))
			b := create(t, l, desk, library.Draft{Origin: "spmu", Tags: library.Tags{Keywords: map[lang.Tag][]string{"en": {"contact"}}}}, text("en", "The second", smudged(body, 30)...), text("fr", "Le second", prose(2, 10, 30)...))
			seek(t, l)
			if _, ok := twin(t, l, desk, a, b); !ok {
				t.Fatal("not found")
			}
			return library.Pair{One: a, Other: b}
		}
		t.Run("not the same: never proposed again, unless she takes it back", func(t *testing.T) {
			p := pair(t)
			for range 2 {
				if err := l.TellApart(ctx, desk, p, false); err != nil {
					t.Fatal(err)
				}
			}
			if err := l.AddText(ctx, desk, p.One, 1, text("en", "The first, again", smudged(body, 60)...)); err != nil {
				t.Fatal(err)
			}
			seek(t, l)
			if _, ok := twin(t, l, desk, p.One, p.Other); ok {
				t.Error("proposed again")
			}
			if list, _ := l.TwinsOf(ctx, nobody.Scope(), p.One, 5); slices.ContainsFunc(list, func(o library.Twin) bool { return o.Other == p.Other }) {
				t.Error("readers are told still")
			}
			if err := l.TellApart(ctx, desk, p, true); err != nil {
				t.Fatal(err)
			}
			if _, ok := twin(t, l, desk, p.One, p.Other); !ok {
				t.Error("not taken back")
			}
			if err := l.TellApart(ctx, expert, p, false); !errors.Is(err, library.ErrForbidden) {
				t.Errorf("somebody who may change neither decides: %v", err)
			}
		})
		t.Run("a newer edition supersedes the other", func(t *testing.T) {
			p := pair(t)
			var stale library.Stale
			if err := l.Succeed(ctx, desk, p.Other, p.One, 7); !errors.As(err, &stale) {
				t.Errorf("a page of yesterday decides: %v", err)
			}
			for range 2 {
				if err := l.Succeed(ctx, desk, p.Other, p.One, 1); err != nil {
					t.Fatal(err)
				}
			}
			rec, err := l.Get(ctx, nobody.Scope(), p.Other)
			if err != nil || len(rec.Related) != 1 || rec.Related[0].Kind != "supersedes" || rec.Related[0].ID != p.One || rec.Rev != 2 {
				t.Errorf("%+v %v", rec, err)
			}
			if err := l.Succeed(ctx, desk, p.One, p.Other, 1); !errors.Is(err, library.ErrReversed) {
				t.Errorf("each is newer than the other: %v", err)
			}
			seek(t, l)
			if _, ok := twin(t, l, desk, p.One, p.Other); ok {
				t.Error("proposed again")
			}
		})
		t.Run("the same: one stays and comes into all that the other had", func(t *testing.T) {
			p := pair(t)
			citing := create(t, l, desk, library.Draft{Relations: []library.Relation{{Kind: "cites", Target: p.Other}}}, text("en", "Citing", "It cites."))
			u := library.Union{Keep: p.One, Gone: p.Other, KeepRev: 1, GoneRev: 1, Reason: "twice"}
			var stale library.Stale
			if err := l.Unite(ctx, desk, library.Union{Keep: p.One, Gone: p.Other, KeepRev: 1, GoneRev: 9, Reason: "twice"}); !errors.As(err, &stale) {
				t.Errorf("%v", err)
			}
			if err := l.Unite(ctx, expert, u); !errors.Is(err, library.ErrForbidden) {
				t.Errorf("%v", err)
			}
			for range 2 {
				if err := l.Unite(ctx, desk, u); err != nil {
					t.Fatal(err)
				}
			}
			rec, err := l.Get(ctx, nobody.Scope(), p.One)
			if err != nil || len(rec.Editions) != 2 || rec.Symbol != "A/1" || rec.Origin != "spmu" || !slices.Equal(rec.Keywords["en"], []string{"contact"}) {
				t.Fatalf("%+v %v", rec, err)
			}
			versions, err := l.Versions(ctx, nobody.Scope(), rec.Edition("en").ID)
			if err != nil || len(versions) != 2 || rec.Edition("en").Title != "The first" || versions[0].ID != rec.Edition("en").Version.ID {
				t.Errorf("%+v %v", versions, err)
			}
			if n, err := l.Length(ctx, versions[1].ID); n != 10 || err != nil {
				t.Errorf("its text is gone: %d %v", n, err)
			}
			if to, err := l.Forwarded(ctx, nobody.Scope(), p.Other); to != p.One || err != nil {
				t.Errorf("its address leads to %q, %v", to, err)
			}
			if c, err := l.Get(ctx, nobody.Scope(), citing); err != nil || len(c.Related) != 1 || c.Related[0].ID != p.One {
				t.Errorf("what cited it leads to %+v %v", c.Related, err)
			}
			if _, err := l.Withdrawn(ctx, nobody.Scope(), p.Other); err != nil {
				t.Errorf("no tombstone: %v", err)
			}
			seek(t, l)
		})
		t.Run("documents for different readers do not become one", func(t *testing.T) {
			a := create(t, l, desk, library.Draft{}, text("en", "For all", body...))
			b := create(t, l, desk, library.Draft{Level: access.Closed}, text("en", "For me", body...))
			err := l.Unite(ctx, desk, library.Union{Keep: a, Gone: b, KeepRev: 1, GoneRev: 1, Reason: "twice"})
			if !errors.Is(err, library.ErrApart) {
				t.Errorf("%v", err)
			}
		})
		t.Run("a withdrawn document leaves", func(t *testing.T) {
			p := pair(t)
			if err := l.Withdraw(ctx, desk, p.One, 1, "gone"); err != nil {
				t.Fatal(err)
			}
			n, err := store.Get[int](ctx, l.DB, store.Everything("test"), "SELECT COUNT(*) FROM twin WHERE {scope} AND (one = $1 OR other = $1)", p.One)
			if err != nil || n != 0 {
				t.Errorf("%d %v", n, err)
			}
			n, err = store.Get[int](ctx, l.DB, store.Everything("test"), "SELECT COUNT(*) FROM twin_key k WHERE {scope} AND NOT EXISTS (SELECT 1 FROM text_sign s WHERE s.n = k.sign)")
			if err != nil || n != 0 {
				t.Errorf("%d %v", n, err)
			}
		})
	})
}

func TestTheSearchForTwinsGoesOnWhereItWas(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		body := prose(1, 4, 30)
		var ids []string
		for i := range 120 {
			ids = append(ids, create(t, l, desk, library.Draft{}, text("en", fmt.Sprint("Text ", i), prose(uint64(10+i), 4, 30)...)))
		}
		first := create(t, l, desk, library.Draft{}, text("en", "Last", body...))
		second := create(t, l, desk, library.Draft{}, text("en", "Last again", body...))
		killed := errors.New("killed")
		var reached int64
		err := l.SeekTwins(ctx, func(at, end int64) error {
			if reached = at; at >= end {
				t.Errorf("at %d of %d", at, end)
			}
			return killed
		})
		if !errors.Is(err, killed) {
			t.Fatal(err)
		}
		signs := func() int {
			n, err := store.Get[int](ctx, l.DB, store.Everything("test"), "SELECT COUNT(*) FROM text_sign WHERE {scope}")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := signs(); n == 0 || n > len(ids) {
			t.Fatalf("%d texts are signed", n)
		}
		stopped, stop := context.WithCancel(ctx)
		begun := int64(0)
		err = l.SeekTwins(stopped, func(at, _ int64) error {
			if begun == 0 {
				begun = at
			}
			stop()
			return stopped.Err()
		})
		if !errors.Is(err, context.Canceled) || begun <= reached {
			t.Errorf("it goes on at %d behind %d: %v", begun, reached, err)
		}
		seek(t, l)
		if _, ok := twin(t, l, desk, first, second); !ok || signs() != len(ids)+2 {
			t.Errorf("%d texts are signed", signs())
		}
	})
}

// A form that thousands fill in must not make each new one cost thousands.
func TestWhatManyHaveInCommonCostsLittle(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		body := prose(1, 4, 30)
		for i := range 150 {
			create(t, l, desk, library.Draft{}, text("en", fmt.Sprint("Form ", i), body...))
		}
		seek(t, l)
		rows, err := store.Get[int](ctx, l.DB, store.Everything("test"), "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM twin_key WHERE {scope} GROUP BY key) c")
		if err != nil || rows > 64 {
			t.Errorf("%d texts are looked at for one key, %v", rows, err)
		}
		pairs, err := store.Get[int](ctx, l.DB, store.Everything("test"), "SELECT COUNT(*) FROM twin WHERE {scope}")
		if err != nil || pairs > 150*10 {
			t.Errorf("%d pairs, %v", pairs, err)
		}
	})
}

func TestACompareShowsWhatDiffers(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		was := prose(1, 300, 12)
		became := slices.Clone(was)
		became[20] = strings.Replace(became[20], " ", " newly ", 1)
		became = slices.Delete(became, 100, 101)
		became = slices.Insert(became, 200, "An altogether new paragraph.")
		a := create(t, l, desk, library.Draft{}, text("en", "A", was...))
		b := create(t, l, desk, library.Draft{}, text("en", "B", became...))
		version := func(id string) string {
			rec, err := l.Get(ctx, desk.Scope(), id)
			if err != nil {
				t.Fatal(err)
			}
			return rec.Editions[0].Version.ID
		}
		c, err := l.Compare(ctx, desk.Scope(), version(a), version(b))
		if err != nil || c.Changed != 3 || c.Same != 298 || c.More != 0 || c.Cut {
			t.Fatalf("%d changed, %d the same, %v", c.Changed, c.Same, err)
		}
		var shape []string
		for _, row := range c.Rows {
			switch {
			case row.Skipped > 0:
				shape = append(shape, fmt.Sprint(row.Skipped))
			case row.Same:
				shape = append(shape, "=")
			case row.One == nil:
				shape = append(shape, "+")
			case row.Other == nil:
				shape = append(shape, "-")
			default:
				shape = append(shape, "~")
			}
		}
		if got := strings.Join(shape, " "); got != "19 = ~ = 77 = - = 98 = + = 98" {
			t.Error(got)
		}
		if _, err := l.Compare(ctx, nobody.Scope(), version(a), version(b)); err != nil {
			t.Error(err)
		}
	})
}
