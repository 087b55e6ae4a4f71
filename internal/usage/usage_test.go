package usage_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/usage"
)

var (
	ctx      = context.Background()
	system   = access.System("test")
	everyone = system.Scope()
	autumn   = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
)

// shelf is a library whose use is counted.
type shelf struct {
	*library.Library
	*usage.Counter
	t *testing.T
}

func each(t *testing.T, fn func(t *testing.T, s shelf)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		x := extract.New("", extract.DefaultLimits())
		t.Cleanup(x.Close)
		fn(t, shelf{&library.Library{DB: db, Files: files, Texts: x}, &usage.Counter{DB: db}, t})
	})
}

func (s shelf) document(d library.Draft) string {
	s.t.Helper()
	id, err := s.Create(ctx, system, d, library.Text{Lang: "en", Title: "A guide", Sum: store.NewID(), Media: "text/plain"})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// readers count n different readers of a document.
func (s shelf) readers(n int, document, in string, at time.Time) {
	for i := range n {
		s.Add(fmt.Sprintf("reader %d", i), at, usage.Use{Document: document, Lang: in})
	}
}

func (s shelf) flush() {
	s.t.Helper()
	if err := s.Flush(ctx); err != nil {
		s.t.Fatal(err)
	}
}

func (s shelf) settle(now time.Time) {
	s.t.Helper()
	if err := usage.Settle(ctx, s.Library.DB, now, func(int64) error { return nil }); err != nil {
		s.t.Fatal(err)
	}
}

// reads says how often a document was read in a period, as the list has it.
func (s shelf) reads(document string, p usage.Period, in string) int64 {
	s.t.Helper()
	list, _, err := usage.Most(ctx, s.Library.DB, everyone, usage.Query{Period: p, Lang: in, Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range list {
		if l.Document == document {
			return l.Reads
		}
	}
	return 0
}

func TestWhatIsReadIsCountedByMonthAndLanguage(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		id := s.document(library.Draft{})
		s.readers(3, id, "en", autumn)
		s.readers(2, id, "ru", autumn)
		s.readers(4, id, "ru", autumn.AddDate(0, 1, 0)) // the same quarter and year
		s.readers(1, id, "fr", autumn.AddDate(0, 2, 0)) // the next year
		s.readers(9, store.NewID(), "en", autumn)       // nothing of that id
		s.readers(9, "no \x7f document", "en", autumn)  // nor of that
		s.Add("", autumn, usage.Use{Document: id, Lang: "en", Kind: usage.Found}, usage.Use{Document: id, Lang: "en", Kind: usage.File}, usage.Use{Document: id, Lang: "en", Kind: usage.Cite})
		s.flush()
		s.flush()
		for _, want := range []struct {
			period, lang string
			reads        int64
		}{
			{"2026-11", "", 5}, {"2026-11", "ru", 2}, {"2026-12", "", 4}, {"2026-q4", "", 9}, {"2026-q4", "en", 3}, {"2026", "ru", 6}, {"2027", "", 1}, {"all", "", 10}, {"all", "fr", 1}, {"2026-10", "", 0},
		} {
			p, ok := usage.ParsePeriod(want.period)
			if !ok || p.String() != want.period {
				t.Fatalf("%s is read as %v", want.period, p)
			}
			if got := s.reads(id, p, want.lang); got != want.reads {
				t.Errorf("%s %s: %d readings instead of %d", want.period, want.lang, got, want.reads)
			}
		}
		list, _, err := usage.Most(ctx, s.Library.DB, everyone, usage.Query{Period: usage.PeriodOf(usage.All, autumn), Limit: 9})
		if err != nil || len(list) != 1 || list[0].Figures != (usage.Figures{Reads: 10, Found: 1, Files: 1, Cites: 1}) {
			t.Errorf("%+v, %v", list, err)
		}
		months, err := usage.Months(ctx, s.Library.DB, autumn.AddDate(0, -1, 0))
		if err != nil || len(months) != 3 || months[0].Reads != 5 {
			t.Errorf("all public documents by month: %+v, %v", months, err)
		}
		langs, err := usage.Languages(ctx, s.Library.DB, usage.PeriodOf(usage.Year, autumn))
		if err != nil || len(langs) != 2 || langs[0].Lang != "ru" || langs[0].Reads != 6 {
			t.Errorf("by language: %+v, %v", langs, err)
		}
		counts, err := usage.Of(ctx, s.Library.DB, everyone, id)
		if err != nil || len(counts) != 4+2+1 {
			t.Errorf("of the document: %+v, %v", counts, err)
		}
		if err := s.Withdraw(ctx, system, id, 1, "outdated"); err != nil {
			t.Fatal(err)
		}
		if n, err := store.Get[int64](ctx, s.Library.DB, everyone, "SELECT COUNT(*) FROM usage_count WHERE {scope} AND document <> ''"); err != nil || n != 0 {
			t.Errorf("%d figures stay of a document that was taken out: %v", n, err)
		}
	})
}

func TestWhoComesBackIsCountedOnce(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		id := s.document(library.Draft{})
		for i := range 10 {
			s.Add("a reader", autumn.Add(time.Duration(i)*time.Second), usage.Use{Document: id, Lang: "en"})
		}
		s.Add("a reader", autumn, usage.Use{Document: id, Lang: "ru"})
		s.Add("a reader", autumn, usage.Use{Document: id, Lang: "en", Kind: usage.File})
		s.Add("another", autumn, usage.Use{Document: id, Lang: "en"})
		s.Add("a reader", autumn.Add(time.Hour), usage.Use{Document: id, Lang: "en"})
		for range 2 { // who cannot be told apart
			s.Add("", autumn, usage.Use{Document: id, Lang: "de"})
		}
		s.flush()
		month := usage.PeriodOf(usage.Month, autumn)
		if en, ru, de := s.reads(id, month, "en"), s.reads(id, month, "ru"), s.reads(id, month, "de"); en != 3 || ru != 1 || de != 2 {
			t.Errorf("read %d times in English, %d in Russian, %d in German", en, ru, de)
		}
	})
}

func TestManyReadersAndTwoProgramsAddUp(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		ids := []string{s.document(library.Draft{}), s.document(library.Draft{}), s.document(library.Draft{Level: access.Member})}
		nodes := []*usage.Counter{s.Counter, {DB: s.Library.DB}}
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() {
				node := nodes[n%2]
				for i := range 50 {
					node.Add(fmt.Sprint(n, i), autumn, usage.Use{Document: ids[i%3], Lang: string(lang.All[n%6])})
					if i%10 == 0 {
						if err := node.Flush(ctx); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		all.Wait()
		for _, node := range nodes {
			if err := node.Flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
		month := usage.PeriodOf(usage.Month, autumn)
		if a, b := s.reads(ids[0], month, ""), s.reads(ids[1], month, ""); a != 40*17 || b != 40*17 {
			t.Errorf("read %d and %d times", a, b)
		}
		if months, err := usage.Months(ctx, s.Library.DB, month.Since); err != nil || months[0].Reads != 80*17 {
			t.Errorf("together %+v, %v", months, err)
		}
		if n, err := store.Get[int64](ctx, s.Library.DB, everyone, "SELECT reads FROM usage_pending WHERE {scope} AND document = $1", ids[2]); err != nil || n != 40*16 {
			t.Errorf("the members’ document waits with %d, %v", n, err)
		}
	})
}

// cells are all figures that are shown of a document, whatever is asked.
func (s shelf) cells(document string) (all []usage.Count) {
	s.t.Helper()
	var list []struct {
		usage.Count
	}
	list, err := store.List[struct{ usage.Count }](ctx, s.Library.DB, everyone, "SELECT span, since, lang, reads, found, files, cites FROM usage_count WHERE {scope} AND document = $1 ORDER BY span, since, lang", document)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range list {
		all = append(all, l.Count)
	}
	return all
}

func TestSmallNumbersOfAFewAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		few, many, closed := s.document(library.Draft{Level: access.Official}), s.document(library.Draft{Level: access.Member}), s.document(library.Draft{Level: access.Closed, Group: ""})
		spring := autumn.AddDate(0, -6, 0)
		s.readers(usage.Fewest-1, few, "en", spring)
		s.readers(usage.Fewest-1, few, "ru", autumn)
		s.readers(4, many, "en", spring)
		s.readers(3, many, "ru", spring)
		s.readers(usage.Fewest-1, many, "ru", spring.AddDate(0, 3, 0))
		s.Add("x", spring, usage.Use{Document: many, Lang: "en", Kind: usage.File})
		s.readers(50, closed, "en", spring)
		s.flush()

		t.Run("nothing is shown while the quarter runs", func(t *testing.T) {
			s.settle(spring)
			for _, id := range []string{few, many, closed} {
				if got := s.cells(id); len(got) > 0 {
					t.Errorf("%+v", got)
				}
			}
		})
		s.settle(autumn)
		s.settle(autumn) // again changes nothing
		t.Run("then figures of five and more, without language or month", func(t *testing.T) {
			got := s.cells(many)
			if len(got) != 3 {
				t.Fatalf("%+v", got)
			}
			for _, c := range got {
				if c.Lang != "" || c.Span == usage.Month || c.Figures != (usage.Figures{Reads: 7}) {
					t.Errorf("%+v", c)
				}
			}
		})
		t.Run("so no difference of two figures is a small number", func(t *testing.T) {
			// The third quarter had four readings: neither the year nor the whole has them.
			year, whole := s.reads(many, usage.PeriodOf(usage.Year, autumn), ""), s.reads(many, usage.Period{Span: usage.All}, "")
			second := s.reads(many, usage.PeriodOf(usage.Quarter, spring), "")
			if year != second || whole != second {
				t.Errorf("%d in the year and %d in all, of which %d in the second quarter", year, whole, second)
			}
			for _, in := range []string{"en", "ru"} {
				if n := s.reads(many, usage.PeriodOf(usage.Year, autumn), in); n != 0 {
					t.Errorf("%d of them in %s", n, in)
				}
			}
			if months, err := usage.Months(ctx, s.Library.DB, time.Time{}); err != nil || len(months) > 0 {
				t.Errorf("the sum of all public documents has them: %+v, %v", months, err)
			}
		})
		t.Run("and the small ones are nowhere any more", func(t *testing.T) {
			if got := s.cells(few); len(got) > 0 {
				t.Errorf("%+v", got)
			}
			waiting, err := store.List[int64](ctx, s.Library.DB, everyone, "SELECT reads FROM usage_pending WHERE {scope}")
			if err != nil || len(waiting) != 1 || waiting[0] != usage.Fewest-1 { // this quarter's
				t.Errorf("%v wait, %v", waiting, err)
			}
		})
		t.Run("a closed document is not counted", func(t *testing.T) {
			if got := s.cells(closed); len(got) > 0 {
				t.Errorf("%+v", got)
			}
		})
	})
}

func TestTheListsArePagedWithinTheScope(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		var ids []string
		for i := range 12 {
			d := library.Draft{Kind: "guide"}
			if i%2 == 0 {
				d.Kind, d.Themes = "report", []string{"police-reform/community-policing"}
			}
			ids = append(ids, s.document(d))
			s.readers(i/2, ids[i], "en", autumn) // the first two nobody
		}
		hidden := s.document(library.Draft{Level: access.Member})
		s.flush()
		if _, err := store.Upkeep(ctx, s.Library.DB, "INSERT INTO usage_count (document, span, since, lang, reads, found, files, cites) VALUES ($1, 'year', $2, '', 99, 0, 0, 0)", hidden, usage.PeriodOf(usage.Year, autumn).Since); err != nil {
			t.Fatal(err)
		}
		walk := func(q usage.Query, scope access.Scope, list func(usage.Query) ([]usage.Line, usage.Place, error)) (got []usage.Line) {
			q.Period, q.Limit = usage.PeriodOf(usage.Year, autumn), 3
			for range 10 {
				page, more, err := list(q)
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, page...); more == (usage.Place{}) {
					return got
				}
				var ok bool
				if q.After, ok = usage.ParsePlace(more.String()); !ok || q.After != more {
					t.Fatal(more)
				}
			}
			t.Fatal("it has no end")
			return nil
		}
		most := func(scope access.Scope) func(usage.Query) ([]usage.Line, usage.Place, error) {
			return func(q usage.Query) ([]usage.Line, usage.Place, error) { return usage.Most(ctx, s.Library.DB, scope, q) }
		}
		least := func(before time.Time) func(usage.Query) ([]usage.Line, usage.Place, error) {
			return func(q usage.Query) ([]usage.Line, usage.Place, error) {
				return usage.Least(ctx, s.Library.DB, access.Scope{}, q, before)
			}
		}
		anybody := access.Scope{}
		if got := walk(usage.Query{}, anybody, most(anybody)); len(got) != 10 || got[0].Reads != 5 || got[9].Reads != 1 {
			t.Errorf("anybody’s list: %+v", got)
		}
		if got := walk(usage.Query{}, everyone, most(everyone)); len(got) != 11 || got[0].Document != hidden || got[0].Level != access.Member {
			t.Errorf("the list with the hidden one: %+v", got)
		}
		if got := walk(usage.Query{Theme: "police-reform", Type: "report", Lang: "en", Added: time.Now().Year()}, anybody, most(anybody)); len(got) != 5 {
			t.Errorf("of a theme: %+v", got)
		}
		if got := walk(usage.Query{Added: 2001}, anybody, most(anybody)); len(got) > 0 {
			t.Errorf("of another year: %+v", got)
		}
		got := walk(usage.Query{}, anybody, least(time.Now().Add(time.Hour)))
		seen := map[string]bool{}
		for i, l := range got {
			if seen[l.Document] = true; l.Document == hidden || i > 0 && l.Reads < got[i-1].Reads {
				t.Errorf("%d: %+v", i, l)
			}
		}
		if len(got) != 12 || len(seen) != 12 || got[1].Reads != 0 || got[11].Reads != 5 {
			t.Errorf("the least read: %+v", got)
		}
		if got := walk(usage.Query{}, anybody, least(time.Now().AddDate(-1, 0, 0))); len(got) > 0 {
			t.Errorf("what has just come is said to be read by nobody: %+v", got)
		}
		for _, bad := range []string{"", "x-1", "-1", "3", "3-"} {
			if _, ok := usage.ParsePlace(bad); ok {
				t.Errorf("%q is a place", bad)
			}
		}
		for _, bad := range []string{"", "2026-13", "2026-q5", "2026-q", "11-2026", "x"} {
			if p, ok := usage.ParsePeriod(bad); ok {
				t.Errorf("%q is %v", bad, p)
			}
		}
	})
}

// TestFiguresTravelAndNameNobody holds that a backup takes the figures along, and
// that nothing in it tells readers apart.
func TestFiguresTravelAndNameNobody(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		id, member := s.document(library.Draft{}), s.document(library.Draft{Level: access.Member})
		const reader = "203.0.113.77 Mozilla/5.0 (Kestrel)"
		for i := range 3 {
			at := autumn.Add(time.Duration(i) * time.Hour)
			s.Add(reader, at, usage.Use{Document: id, Lang: "en"}, usage.Use{Document: member, Lang: "en"})
		}
		s.flush()
		tables := map[string]*bytes.Buffer{}
		if err := store.Dump(ctx, s.Library.DB, func(table string) (io.Writer, error) {
			tables[table] = new(bytes.Buffer)
			return tables[table], nil
		}); err != nil {
			t.Fatal(err)
		}
		for table, rows := range tables {
			for _, word := range []string{"203.0.113", "Kestrel", "Mozilla"} {
				if strings.Contains(rows.String(), word) {
					t.Errorf("%s holds %q", table, word)
				}
			}
			if strings.HasPrefix(table, "usage_") && strings.Contains(rows.String(), fmt.Sprint(store.Micros(autumn))) {
				t.Errorf("%s holds the moment", table)
			}
		}
		for _, other := range []*store.DB{storetest.SQLite(t)} {
			err := store.Load(ctx, other, func(load func(string, io.Reader) error) error {
				for table, rows := range tables {
					if err := load(table, rows); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			there := shelf{&library.Library{DB: other}, &usage.Counter{DB: other}, t}
			there.readers(2, id, "en", autumn)
			there.flush()
			if got := there.reads(id, usage.PeriodOf(usage.Month, autumn), "en"); got != 5 {
				t.Errorf("restored and read twice more: %d", got)
			}
			there.readers(2, member, "en", autumn)
			there.flush()
			there.settle(autumn.AddDate(0, 3, 0))
			if got := there.reads(member, usage.Period{Span: usage.All}, ""); got != 5 {
				t.Errorf("what waited in the backup is %d", got)
			}
		}
	})
}

func TestWhatCannotBeWrittenWaits(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		id := s.document(library.Draft{})
		s.readers(7, id, "en", autumn)
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if err := s.Flush(gone); err == nil {
			t.Fatal("it was written nowhere")
		}
		s.readers(2, id, "ru", autumn)
		s.flush()
		if got := s.reads(id, usage.PeriodOf(usage.Year, autumn), ""); got != 9 {
			t.Errorf("%d", got)
		}
	})
}
