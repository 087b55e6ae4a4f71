package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx   = context.Background()
	quiet = slog.New(slog.DiscardHandler)
	all   = store.Everything("test")
)

type count struct{ To int64 }

func add(t *testing.T, db *store.DB, kind string, to int64) string {
	t.Helper()
	var id string
	_, err := store.Write(ctx, db, access.System("test"), func(tx *store.Tx) (e store.Event, err error) {
		id, err = job.Add(ctx, tx, kind, count{to}, access.Label{Level: access.Closed, Owner: "p1"})
		return store.Event{Act: "job.added", Object: id}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// counter counts from its mark to its end and tells each number it passes.
func counter(tell func(n int64)) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		var (
			args count
			at   int64
		)
		if err := run.Decode(&args, &at); err != nil {
			return err
		}
		for at < args.To {
			at++
			tell(at)
			if err := run.Progress(ctx, at, args.To, at); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestSixWorkersDoEachJobOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const jobs = 60
		var (
			mu   sync.Mutex
			did  = map[string]int{}
			left sync.WaitGroup
		)
		left.Add(jobs)
		for range jobs {
			add(t, db, "once", 1)
		}
		working, stop := context.WithCancel(ctx)
		var workers sync.WaitGroup
		for range 6 {
			r := job.NewRunner(db, quiet, map[string]job.Handler{"once": func(_ context.Context, run *job.Run) error {
				mu.Lock()
				defer mu.Unlock()
				did[run.ID]++
				left.Done()
				return nil
			}})
			workers.Go(func() { r.Work(working) })
		}
		left.Wait()
		stop()
		workers.Wait()
		for id, n := range did {
			if n != 1 {
				t.Errorf("job %s was done %d times", id, n)
			}
		}
		if len(did) != jobs {
			t.Errorf("%d of %d jobs were done", len(did), jobs)
		}
	})
}

func TestAStoppedJobGoesOnWhereItWas(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := add(t, db, "count", 10)
		var seen []int64
		r := job.NewRunner(db, quiet, map[string]job.Handler{"count": counter(func(n int64) {
			seen = append(seen, n)
			if n == 4 && len(seen) == 4 {
				if err := job.Stop(ctx, db, id); err != nil {
					t.Error(err)
				}
			}
		})})
		j, err := r.RunNow(ctx, id, nil)
		if err != nil || j.Stage != job.Stopped || j.Done != 4 || j.Total != 10 {
			t.Fatalf("%+v %v", j, err)
		}
		if err := job.Resume(ctx, db, id); err != nil {
			t.Fatal(err)
		}
		j, err = r.RunNow(ctx, id, nil)
		if err != nil || j.Stage != job.Done || j.Done != 10 {
			t.Fatalf("%+v %v", j, err)
		}
		if fmt.Sprint(seen) != "[1 2 3 4 5 6 7 8 9 10]" {
			t.Errorf("it passed %v", seen)
		}
	})
}

func TestAJobWhoseWorkerDiedIsTakenUpAtItsMark(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := add(t, db, "count", 3)
		dying, die := context.WithCancel(ctx)
		r := job.NewRunner(db, quiet, map[string]job.Handler{"count": counter(func(n int64) {
			if n == 2 {
				die()
			}
		})})
		if _, err := r.RunNow(dying, id, nil); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		var seen []int64
		r = job.NewRunner(db, quiet, map[string]job.Handler{"count": counter(func(n int64) { seen = append(seen, n) })})
		j, err := r.RunNow(ctx, id, nil)
		if err != nil || j.Stage != job.Done || fmt.Sprint(seen) != "[2 3]" {
			t.Errorf("%+v %v, passed %v", j, err, seen)
		}
	})
}

func TestAJobThatKillsTheProgramIsGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := add(t, db, "count", 3)
		abandon := "UPDATE job SET stage = 'running', tries = 3, lease_until = $2 WHERE id = $1"
		if _, err := store.Upkeep(ctx, db, abandon, id, time.Now().Add(-time.Second)); err != nil {
			t.Fatal(err)
		}
		r := job.NewRunner(db, quiet, map[string]job.Handler{"count": counter(func(int64) { t.Error("it was begun a fourth time") })})
		j, err := r.RunNow(ctx, id, nil)
		if err == nil || j.Stage != job.Failed || j.Reason == "" {
			t.Errorf("%+v %v", j, err)
		}
	})
}

func TestAPanicFailsTheJobAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		bad, good := add(t, db, "bad", 1), add(t, db, "count", 1)
		working, stop := context.WithCancel(ctx)
		r := job.NewRunner(db, quiet, map[string]job.Handler{
			"bad":   func(context.Context, *job.Run) error { panic("index out of range") },
			"count": func(context.Context, *job.Run) error { stop(); return nil },
		})
		r.Work(working)
		for id, want := range map[string]job.Stage{bad: job.Failed, good: job.Done} {
			if j, err := job.Get(ctx, db, all, id); err != nil || j.Stage != want {
				t.Errorf("%s is %s, not %s (%v)", j.Kind, j.Stage, want, err)
			}
		}
	})
}

func TestAPersonSeesHerOwnJobsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := add(t, db, "count", 1)
		hers, others := access.Act("p1", access.MemberRole, "", ""), access.Act("p2", access.Administrator, "", "")
		if _, err := job.Get(ctx, db, hers.Scope(), id); err != nil {
			t.Error(err)
		}
		if _, err := job.Get(ctx, db, others.Scope(), id); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		if list, err := job.List(ctx, db, others.Scope(), 10, 0); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
	})
}
