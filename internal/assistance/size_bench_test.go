package assistance_test

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"polis/internal/assistance"
	"polis/internal/assistance/assistancetest"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// BenchmarkProjects reads overviews, desks and lists out of 100,000 projects with 500,000
// activities; POLIS_BENCH_PROJECTS makes it fewer. POLIS_BENCH_DIR and POLIS_BENCH_DSN
// keep what was made in a directory and a database for the next time. It reports the
// median and the 95th percentile.
func BenchmarkProjects(b *testing.B) {
	dbs := map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite}
	if os.Getenv("POLIS_TEST_POSTGRES") != "" {
		dbs["postgres"] = storetest.Postgres
	}
	for engine, keep := range map[string]store.Options{"sqlite": {Dir: os.Getenv("POLIS_BENCH_DIR")}, "postgres": {DSN: os.Getenv("POLIS_BENCH_DSN")}} {
		if keep != (store.Options{}) {
			dbs[engine] = func(t testing.TB) *store.DB { return kept(t, keep) }
		}
	}
	for engine, open := range dbs {
		b.Run(engine, func(b *testing.B) {
			a := &assistance.Assistance{DB: open(b)}
			filled(b, a)
			for name, read := range overviews(a) {
				b.Run(name, func(b *testing.B) { timed(b, read) })
			}
		})
	}
}

func kept(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// filled makes the projects, unless they are there.
func filled(b *testing.B, a *assistance.Assistance) {
	b.Helper()
	n := 100_000
	if few, err := strconv.Atoi(os.Getenv("POLIS_BENCH_PROJECTS")); err == nil {
		n = few
	}
	if there, err := a.CountProjects(ctx, desk.Scope(), assistance.ProjectFilter{}, n); err != nil || there > 0 {
		b.Logf("%d projects are there (%v)", there, err)
		return
	}
	if err := directory.Seed(ctx, a.DB); err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	if err := assistancetest.Many(ctx, a.DB, n, 5*n); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d projects made in %s", n, time.Since(begun))
}

// timed reads again and again, and reports what of that is usual and what is rare.
func timed(b *testing.B, read func() error) {
	var took []time.Duration
	for b.Loop() {
		at := time.Now()
		if err := read(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	for name, of := range map[string]int{"p50-ms": 50, "p95-ms": 95} {
		b.ReportMetric(float64(took[len(took)*of/100].Microseconds())/1000, name)
	}
}

// overviews are what is read, by name: the overviews, the desks, and each list with how
// many there are, as its page asks for both.
func overviews(a *assistance.Assistance) map[string]func() error {
	running := assistance.Groups["running"]
	matrix := func(stages []assistance.ProjectStage) func() error {
		return func() error { _, err := a.Matrix(ctx, desk.Scope(), stages); return err }
	}
	reads := map[string]func() error{
		"matrix": matrix(nil), "matrix of what runs": matrix(running),
		"to decide": func() error { _, err := a.ToDecide(ctx, desk.Scope(), "", 25); return err },
		"lessons for themes": func() error {
			_, err := a.LessonsFor(ctx, desk.Scope(), []string{"police-reform"}, []string{"KG"}, 5)
			return err
		},
	}
	for name, w := range map[string]assistance.Watch{
		"everything": {}, "a State": {State: "KG"}, "a structure": {Body: "spmu"}, "a small structure": {Body: "presence-albania"}, "an author": {Owner: "many-o-07"}, "nobody": {Owner: "nobody"},
	} {
		reads["desk of "+name] = onDesk(a, w)
	}
	for name, f := range map[string]assistance.ProjectFilter{
		"all": {}, "State": {State: "KG"}, "theme": {Theme: "drugs"}, "State, theme": {State: "KG", Theme: "drugs"}, "structure": {Body: "spmu"},
		"stage": {Stages: []assistance.ProjectStage{assistance.Closed}}, "rare stage": {Stages: []assistance.ProjectStage{assistance.Suspended}},
		"stages": {Stages: assistance.Groups["drafts"]}, "theme, stages": {Theme: "police-reform", Stages: running}, "theme, rare stage": {Theme: "drugs", Stages: []assistance.ProjectStage{assistance.Suspended}},
		"structure, theme": {Body: "spmu", Theme: "police-reform"}, "structure, theme, rare stage": {Body: "odihr", Theme: "cybercrime", Stages: []assistance.ProjectStage{assistance.Stopped}},
		"State, structure": {State: "KG", Body: "odihr"}, "ideas of a structure": {Body: "odihr", Stages: []assistance.ProjectStage{assistance.Idea}},
		"mandate": {Mandate: "many-m"}, "request": {Request: "many-r-KG"}, "programme": {Programme: "none"},
	} {
		reads["projects by "+name] = onPage(
			func(after assistance.Place) (assistance.Place, error) {
				_, more, err := a.Projects(ctx, desk.Scope(), f, after, 25)
				return more, err
			},
			func() error { _, err := a.CountProjects(ctx, desk.Scope(), f, assistance.Countable+1); return err })
	}
	for name, f := range activityLists() {
		reads["activities by "+name] = onPage(
			func(after assistance.Place) (assistance.Place, error) {
				_, more, err := a.Activities(ctx, desk.Scope(), f, after, 25)
				return more, err
			},
			func() error { _, err := a.CountActivities(ctx, desk.Scope(), f, assistance.Countable+1); return err })
	}
	maps.Copy(reads, otherLists(a))
	return reads
}

func activityLists() map[string]assistance.ActivityFilter {
	cancelled := []assistance.ActivityStage{assistance.ActivityCancelled}
	year := time.Now().AddDate(-3, 0, 0).Format("2006")
	return map[string]assistance.ActivityFilter{
		"all": {}, "State": {State: "KG"}, "theme": {Theme: "drugs"}, "State, theme": {State: "KG", Theme: "drugs"}, "structure": {Body: "spmu"},
		"structure, rare stage": {Body: "spmu", Stages: cancelled}, "State, rare stage": {State: "KG", Stages: cancelled}, "theme, rare kind": {Theme: "drugs", Kind: "forum"},
		"theme, kind": {Theme: "police-reform", Kind: "training"}, "year": {From: year + "-01-01", To: year + "-12-31"}, "State, year": {State: "KG", From: year + "-01-01", To: year + "-12-31"},
		"structure, theme, year, kind": {Body: "spmu", Theme: "drugs", From: year + "-01-01", To: year + "-12-31", Kind: "advice"}, "author": {Owner: "many-o-07"},
		"stage": {Stages: []assistance.ActivityStage{assistance.ActivityPlanned}},
	}
}

// otherLists are those of requests, consents, evaluations and lessons.
func otherLists(a *assistance.Assistance) map[string]func() error {
	reads := map[string]func() error{}
	for name, f := range map[string]assistance.RequestFilter{
		"all": {}, "waiting": {Waiting: true}, "overdue": {Overdue: true}, "State": {State: "KG"}, "State, theme": {State: "KG", Theme: "drugs"},
		"theme, stage": {Theme: "drugs", Stages: []assistance.Stage{assistance.Declined}}, "stage": {Stages: []assistance.Stage{assistance.Clarification}},
	} {
		reads["requests by "+name] = onPage(
			func(after assistance.Place) (assistance.Place, error) {
				_, more, err := a.Requests(ctx, desk.Scope(), f, after, 25)
				return more, err
			},
			func() error { _, err := a.CountRequests(ctx, desk.Scope(), f); return err })
	}
	for name, f := range map[string]assistance.ConsentFilter{
		"all": {}, "State, theme": {State: "KG", Theme: "drugs"}, "theme": {Theme: "cybercrime"}, "stage": {Stages: []assistance.ConsentStage{assistance.ConsentRefused}},
	} {
		reads["consents by "+name] = onPage(
			func(after assistance.Place) (assistance.Place, error) {
				_, more, err := a.Consents(ctx, desk.Scope(), f, after, 25)
				return more, err
			},
			func() error { _, err := a.CountConsents(ctx, desk.Scope(), f); return err })
	}
	for name, f := range map[string]assistance.EvaluationFilter{
		"all": {}, "open": {Stages: []assistance.EvaluationStage{assistance.EvaluationDue, assistance.EvaluationBegun}}, "State": {State: "KG"}, "structure": {Body: "spmu"},
		"State, stage": {State: "KG", Stages: []assistance.EvaluationStage{assistance.EvaluationFinal}}, "author": {Owner: "many-o-07"}, "kind": {Kind: assistance.EvaluationAtEnd},
	} {
		reads["evaluations by "+name] = onPage(
			func(after assistance.Place) (assistance.Place, error) {
				_, more, err := a.Evaluations(ctx, desk.Scope(), f, after, 25)
				return more, err
			},
			func() error { _, err := a.CountEvaluations(ctx, desk.Scope(), f); return err })
	}
	for name, f := range map[string]assistance.LessonFilter{
		"all": {}, "theme": {Theme: "drugs"}, "State": {State: "KG"}, "State, theme, stage": {State: "KG", Theme: "drugs", Stages: []assistance.LessonStage{assistance.LessonDrafted}},
	} {
		reads["lessons by "+name] = onPage(
			func(after assistance.Place) (assistance.Place, error) {
				_, more, err := a.Lessons(ctx, desk.Scope(), f, after, 25)
				return more, err
			},
			func() error { _, err := a.CountLessons(ctx, desk.Scope(), f); return err })
	}
	return reads
}

// onPage is a list read page after page, each time with how many there are.
func onPage(read func(assistance.Place) (assistance.Place, error), count func() error) func() error {
	after := assistance.Place{}
	return func() (err error) {
		if after, err = read(after); err != nil {
			return err
		}
		return count()
	}
}

// onDesk is what the desk of somebody asks for.
func onDesk(a *assistance.Assistance, w assistance.Watch) func() error {
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	coming := assistance.ActivityFilter{State: w.State, Body: w.Body, Owner: w.Owner, Stages: []assistance.ActivityStage{assistance.ActivityPlanned}, From: day(0), To: day(60)}
	return func() error {
		if _, err := a.Tasks(ctx, desk.Scope(), []assistance.Watch{w}, time.Now(), day(30), 25); err != nil {
			return err
		}
		if _, _, err := a.Activities(ctx, desk.Scope(), coming, assistance.Place{}, 25); err != nil {
			return err
		}
		_, err := a.Changed(ctx, desk.Scope(), w, 10)
		return err
	}
}
