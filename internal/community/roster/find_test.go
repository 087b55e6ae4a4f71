package roster_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/community/roster"
	"polis/internal/community/roster/rostertest"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// searchers are who looks: each kind sees something else.
var searchers = map[string]access.Subject{
	"the desk":                access.Act("desk", access.DeskOfficer, "", ""),
	"an official":             access.Act("officer", access.ProgrammeOfficer, "", "spmu"),
	"a member":                access.Act("member", access.Partner, "", "some"),
	"a focal point":           access.Act("focal", access.FocalPoint, "KG", ""),
	"an organisation's":       access.Act("body", access.FocalPoint, "", "some"),
	"a program that reads":    access.Act("desk", access.DeskOfficer, "", "").Within(access.Member, false),
	"an expert who is listed": access.Act("many-000001", access.Expert, "KG", ""),
}

// TestWhatIsFoundIsWhatIsSeen holds the two readings of a search against each other: the
// statement on each engine, and Judge on each profile of which only what the searcher
// sees is left. So what she does not see finds nobody.
func TestWhatIsFoundIsWhatIsSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, now := context.Background(), time.Now()
		must(t, directory.Seed(ctx, db))
		must(t, rostertest.Many(ctx, db, 300, 7, now))
		disturb(t, db, now)
		r := &roster.Roster{DB: db}
		all, err := roster.Everybody(ctx, r)
		must(t, err)
		rnd, hits := rand.New(rand.NewPCG(3, 4)), 0
		for name, who := range searchers {
			for range 60 {
				w := rostertest.Wishes(rnd, now)
				found, err := r.Find(ctx, who, w, 0, roster.Most)
				if err == roster.ErrEverybody && !w.Narrow() && !roster.EyeOf(who).Lists() {
					continue
				}
				must(t, err)
				want := map[string]roster.Judged{}
				for _, p := range all {
					if seen, ok := roster.SeenBy(who, p, now); ok {
						if j, ok := w.Judge(seen, now); ok {
							want[p.Person] = j
						}
					}
				}
				hits += len(want)
				compare(t, fmt.Sprintf("%s, %+v", name, w), found, want)
			}
		}
		if hits < 500 {
			t.Errorf("the searches find %d people in all: they hold nothing", hits)
		}
	})
}

func compare(t *testing.T, name string, found roster.Found, want map[string]roster.Judged) {
	t.Helper()
	if found.N != len(want) || len(found.Hits) != found.N {
		t.Errorf("%s: %d found instead of %d", name, found.N, len(want))
	}
	last := 1 << 30
	for _, h := range found.Hits {
		j, ok := want[h.Person]
		if !ok || j.Met != h.Met || j.Level != h.Level {
			t.Errorf("%s: %s is found, %v, with %d and %d, not %d and %d", name, h.Person, ok, h.Met, h.Level, j.Met, j.Level)
		}
		if at := h.Met*10 + int(h.Level); at > last {
			t.Errorf("%s: %s stands too low", name, h.Person)
		} else {
			last = at
		}
	}
}

// disturb brings some of the experts into each state in which nobody finds them.
func disturb(t *testing.T, db *store.DB, now time.Time) {
	t.Helper()
	write(t, db, "UPDATE person SET blocked = TRUE WHERE id IN ('many-000002', 'many-000003')")
	write(t, db, "UPDATE vouching SET ended = $1, ended_by = 'test', reason = 'x' WHERE person IN ('many-000004', 'many-000005')", now)
	write(t, db, "UPDATE vouching SET until = $1, since = 0 WHERE person = 'many-000006'", now.Add(-time.Hour))
	write(t, db, "UPDATE role_grant SET ended = $1, ended_by = 'test' WHERE person = 'many-000007'", now)
	write(t, db, "UPDATE role_grant SET until = $1, since = 0 WHERE person = 'many-000008'", now.Add(-time.Hour))
	write(t, db, "UPDATE expert SET reviewed = 0, review_by = $1 WHERE person IN ('many-000009')", now.Add(-roster.Overdue-time.Hour))
	write(t, db, "UPDATE expert SET reviewed = 0, review_by = $1 WHERE person IN ('many-000010')", now.Add(-roster.Overdue+time.Hour))
	write(t, db, "UPDATE expert SET found = 0, consented = 0 WHERE person = 'many-000011'")
}

func write(t testing.TB, db *store.DB, query string, args ...any) {
	t.Helper()
	must(t, try(db, query, args...))
}

func try(db *store.DB, query string, args ...any) error {
	_, err := store.Write(context.Background(), db, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(context.Background(), query, args...)
		return store.Event{Act: "test.row", Quiet: true}, err
	})
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkExperts searches among 20,000 profiles as desks, officials, members and focal
// points do; POLIS_BENCH_EXPERTS makes them another number.
func BenchmarkExperts(b *testing.B) {
	n := 20_000
	if text := os.Getenv("POLIS_BENCH_EXPERTS"); text != "" {
		if _, err := fmt.Sscan(text, &n); err != nil {
			b.Fatal(err)
		}
	}
	ctx, now := context.Background(), time.Now()
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			if engine == "postgres" && os.Getenv("POLIS_TEST_POSTGRES") == "" {
				b.Skip("no PostgreSQL")
			}
			db := map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}[engine](b)
			must(b, directory.Seed(ctx, db))
			must(b, rostertest.Many(ctx, db, n, 7, now))
			if engine == "postgres" { // a running one does so by itself
				write(b, db, "ANALYZE")
			}
			r, names := &roster.Roster{DB: db}, []string{"the desk", "an official", "a member", "a focal point"}
			rnd := rand.New(rand.NewPCG(3, 4))
			var took []time.Duration
			var found, slowest int
			var slow roster.Wishes
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				who, w := searchers[names[i%len(names)]], rostertest.Wishes(rnd, now)
				begun := time.Now()
				f, err := r.Find(ctx, who, w, 0, 20)
				if err == roster.ErrEverybody {
					continue
				}
				must(b, err)
				took = append(took, time.Since(begun))
				found += f.N
				if d := int(took[len(took)-1]); d > slowest {
					slowest, slow = d, w
				}
			}
			b.StopTimer()
			sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
			at := func(p int) float64 { return float64(took[min(len(took)*p/100, len(took)-1)].Microseconds()) / 1000 }
			b.ReportMetric(at(50), "p50-ms")
			b.ReportMetric(at(95), "p95-ms")
			b.ReportMetric(at(99), "p99-ms")
			b.ReportMetric(float64(found)/float64(len(took)), "found/search")
			b.Logf("slowest: %v %+v", time.Duration(slowest), slow)
		})
	}
}
