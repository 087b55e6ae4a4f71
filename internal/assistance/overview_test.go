package assistance_test

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/assistance/assistancetest"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestTheMatrixCountsWhatItsCellsOpenOnto(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		if err := assistancetest.Many(ctx, a.DB, 300, 900); err != nil {
			t.Fatal(err)
		}
		for _, stages := range [][]assistance.ProjectStage{nil, assistance.Groups["running"], assistance.Groups["drafts"]} {
			cells, err := a.Matrix(ctx, desk.Scope(), stages)
			if err != nil || len(cells) == 0 {
				t.Fatal(err, cells)
			}
			for _, c := range cells {
				f := assistance.ProjectFilter{State: c.Host, Theme: c.Theme, Stages: stages}
				n, err := a.CountProjects(ctx, desk.Scope(), f, 1000)
				if err != nil || n != c.N {
					t.Errorf("%+v, and the list has %d (%v)", c, n, err)
				}
			}
		}
		t.Run("nobody counts what she may not read", func(t *testing.T) {
			if cells, err := a.Matrix(ctx, member.Scope(), nil); err != nil || len(cells) > 0 {
				t.Error(cells, err)
			}
		})
		t.Run("a State that is left out is not counted any more, one that is added is", func(t *testing.T) {
			id, _ := started(t, a, assistance.Active, "KG", "TJ")
			before := cell(t, a, "KG")
			p := readProject(t, a, id)
			if err := a.LeaveOut(ctx, desk, id, p.Rev, "KG", area, "no"); err != nil {
				t.Fatal(err)
			}
			if n := cell(t, a, "KG"); n != before-1 {
				t.Errorf("%d, then %d", before, n)
			}
			list, _, err := a.Projects(ctx, desk.Scope(), assistance.ProjectFilter{State: "KG", Theme: area}, assistance.Place{}, 1000)
			if err != nil || len(list) != before-1 || slices.ContainsFunc(list, func(p assistance.Project) bool { return p.ID == id }) {
				t.Errorf("the list has %d (%v)", len(list), err)
			}
		})
	})
}

func cell(t testing.TB, a *assistance.Assistance, host string) int {
	t.Helper()
	cells, err := a.Matrix(ctx, desk.Scope(), nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(cells, func(c assistance.Cell) bool { return c.Host == host && c.Theme == area })
	if i < 0 {
		return 0
	}
	return cells[i].N
}

// BenchmarkProjects reads the matrix and lists out of 100,000 projects with 500,000
// activities; POLIS_BENCH_PROJECTS makes it fewer. It reports the 95th percentile.
func BenchmarkProjects(b *testing.B) {
	n := 100_000
	if few, err := strconv.Atoi(os.Getenv("POLIS_BENCH_PROJECTS")); err == nil {
		n = few
	}
	dbs := map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite}
	if os.Getenv("POLIS_TEST_POSTGRES") != "" {
		dbs["postgres"] = storetest.Postgres
	}
	for engine, open := range dbs {
		b.Run(engine, func(b *testing.B) {
			a := &assistance.Assistance{DB: open(b)}
			if err := directory.Seed(ctx, a.DB); err != nil {
				b.Fatal(err)
			}
			begun := time.Now()
			if err := assistancetest.Many(ctx, a.DB, n, 5*n); err != nil {
				b.Fatal(err)
			}
			b.Logf("%d projects made in %s", n, time.Since(begun))
			for name, read := range overviews(a) {
				b.Run(name, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						at := time.Now()
						if err := read(); err != nil {
							b.Fatal(err)
						}
						took = append(took, time.Since(at))
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
				})
			}
		})
	}
}

// overviews are what is read, by name.
func overviews(a *assistance.Assistance) map[string]func() error {
	projects := func(f assistance.ProjectFilter) func() error {
		after := assistance.Place{}
		return func() error {
			_, more, err := a.Projects(ctx, desk.Scope(), f, after, 25)
			after = more
			return err
		}
	}
	matrix := func(who access.Subject, stages []assistance.ProjectStage) func() error {
		return func() error { _, err := a.Matrix(ctx, who.Scope(), stages); return err }
	}
	return map[string]func() error{
		"matrix": matrix(desk, nil), "matrix of what runs": matrix(focal, assistance.Groups["running"]),
		"projects": projects(assistance.ProjectFilter{}), "of a State": projects(assistance.ProjectFilter{State: "KG"}),
		"of a theme": projects(assistance.ProjectFilter{Theme: "drugs"}), "of a State and theme": projects(assistance.ProjectFilter{State: "KG", Theme: "drugs"}),
		"ideas of a structure": projects(assistance.ProjectFilter{Body: "odihr", Stages: []assistance.ProjectStage{assistance.Idea}}),
		"to decide":            func() error { _, err := a.ToDecide(ctx, desk.Scope(), "", 25); return err },
	}
}
