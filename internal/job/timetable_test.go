package job_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"polis/internal/job"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// turns counts how often each turn of a timetable was had, by its due time.
type turns struct {
	mu   sync.Mutex
	had  map[time.Time]int
	rung chan struct{}
}

func newTurns() *turns { return &turns{had: map[time.Time]int{}, rung: make(chan struct{}, 1000)} }

func (n *turns) take(_ context.Context, run *job.Run) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.had[run.Due]++
	n.rung <- struct{}{}
	return nil
}

// wait waits for so many turns.
func (n *turns) wait(t *testing.T, turns int) {
	t.Helper()
	for range turns {
		select {
		case <-n.rung:
		case <-time.After(20 * time.Second):
			t.Fatal("no turn came")
		}
	}
}

// work lets a runner of its own work until the test stops it.
func work(t *testing.T, r *job.Runner) (stop func()) {
	t.Helper()
	working, cancel := context.WithCancel(ctx)
	var busy sync.WaitGroup
	busy.Go(func() { r.Work(working) })
	busy.Go(func() {
		for working.Err() == nil { // so that the test need not wait for a worker to look by itself
			r.Wake()
			time.Sleep(3 * time.Millisecond)
		}
	})
	stop = func() { cancel(); busy.Wait() }
	t.Cleanup(stop)
	return stop
}

func entry(t *testing.T, db *store.DB, name string) job.Job {
	t.Helper()
	list, err := job.Timetable(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range list {
		if j.Kind == name {
			return j
		}
	}
	t.Fatalf("the timetable has no %q", name)
	return job.Job{}
}

func TestEachTurnOfTheTimetableIsHadOnceByOneNode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		n := newTurns()
		var stops []func()
		for range 2 {
			r := job.NewRunner(db, quiet, nil)
			r.Every("round", 40*time.Millisecond, n.take)
			stops = append(stops, work(t, r))
		}
		n.wait(t, 12)
		for _, stop := range stops {
			stop()
		}
		if len(n.had) < 12 {
			t.Errorf("%d turns", len(n.had))
		}
		for due, times := range n.had {
			if times != 1 {
				t.Errorf("the turn of %s was had %d times", due, times)
			}
		}
		j := entry(t, db, "round")
		if j.Stage != job.Waiting || !j.Due.After(j.Ran) || j.Ran.IsZero() || j.Every != 40*time.Millisecond {
			t.Errorf("%+v", j)
		}
		if list, err := job.List(ctx, db, all, 10, 0); err != nil || len(list) != 0 {
			t.Error("turns stand among the jobs:", list, err)
		}
	})
}

func TestTheTimetableSurvivesARestart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := newTurns()
		r := job.NewRunner(db, quiet, nil)
		r.Every("daily", 24*time.Hour, first.take)
		stop := work(t, r)
		first.wait(t, 1)
		stop()
		due := entry(t, db, "daily").Due

		again := newTurns()
		r = job.NewRunner(db, quiet, nil)
		r.Every("daily", 24*time.Hour, again.take)
		stop = work(t, r)
		time.Sleep(50 * time.Millisecond)
		stop()
		if len(again.had) != 0 || !entry(t, db, "daily").Due.Equal(due) {
			t.Error("a restart is a turn")
		}

		// Three days without anybody at work: one turn makes up for all of them.
		if _, err := store.Upkeep(ctx, db, "UPDATE job SET due = $1 WHERE kind = 'daily'", time.Now().Add(-73*time.Hour)); err != nil {
			t.Fatal(err)
		}
		r = job.NewRunner(db, quiet, nil)
		r.Every("daily", 24*time.Hour, again.take)
		stop = work(t, r)
		again.wait(t, 1)
		time.Sleep(50 * time.Millisecond)
		stop()
		if left := time.Until(entry(t, db, "daily").Due); len(again.had) != 1 || left < 22*time.Hour || left > 24*time.Hour {
			t.Errorf("%d turns, the next in %s", len(again.had), left)
		}
	})
}

func TestATurnThatFailsSaysSoAndComesRoundAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		had := make(chan int, 10)
		n := 0
		r := job.NewRunner(db, quiet, nil)
		r.Every("hourly", time.Hour, func(context.Context, *job.Run) error {
			n++
			defer func() { had <- n }()
			if n == 1 {
				return errors.New("the mail server does not answer")
			}
			return nil
		})
		stop := work(t, r)
		defer stop()
		<-had
		settled(t, db, "hourly", 1)
		if j := entry(t, db, "hourly"); j.Stage != job.Waiting || j.Reason != "the mail server does not answer" || time.Until(j.Due) < 50*time.Minute {
			t.Errorf("%+v", j)
		}
		if err := r.Now(ctx, "hourly"); err != nil {
			t.Fatal(err)
		}
		if <-had != 2 {
			t.Error("it was not run now")
		}
		settled(t, db, "hourly", 2)
		if j := entry(t, db, "hourly"); j.Reason != "" || time.Until(j.Due) < 50*time.Minute {
			t.Errorf("%+v", j)
		}
		if err := r.Now(ctx, "nothing"); !errors.Is(err, store.ErrNotFound) {
			t.Error("what is not in the timetable is run:", err)
		}
	})
}

// settled waits until the turn is written down.
func settled(t *testing.T, db *store.DB, name string, turn int) {
	t.Helper()
	for range 400 {
		if j := entry(t, db, name); j.Stage == job.Waiting && !j.Ran.IsZero() && (turn == 1 || j.Reason == "") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the turn does not end")
}

func TestATurnUnderWayIsNotBegunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		begun, end := make(chan struct{}), make(chan struct{})
		r := job.NewRunner(db, quiet, nil)
		r.Every("long", time.Hour, func(context.Context, *job.Run) error {
			begun <- struct{}{}
			<-end
			return nil
		})
		work(t, r)
		<-begun
		if err := r.Now(ctx, "long"); !errors.Is(err, job.ErrRunning) {
			t.Error(err)
		}
		close(end)
		settled(t, db, "long", 1)
	})
}

func TestALongTurnGivesWayToWorkThatSomebodyAskedFor(t *testing.T) {
	t.Run("waiting", func(t *testing.T) { givesWay(t, func(*store.DB) {}) })
	t.Run("left by a worker that is gone", func(t *testing.T) {
		givesWay(t, func(db *store.DB) {
			if _, err := store.Upkeep(ctx, db, "UPDATE job SET stage = 'running', lease_until = 1 WHERE kind = 'upload'"); err != nil {
				t.Error(err)
			}
		})
	})
}

// givesWay lets an upload come while a turn of four pieces is under way.
func givesWay(t *testing.T, arrives func(*store.DB)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var mu sync.Mutex
		var order []string
		note := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, what)
		}
		pieces, begun, ended := 0, make(chan struct{}, 1), make(chan struct{}, 1)
		r := job.NewRunner(db, quiet, map[string]job.Handler{
			"upload": func(context.Context, *job.Run) error { note("upload"); return nil },
		})
		r.Every("long", time.Hour, func(ctx context.Context, run *job.Run) error {
			for pieces < 4 { // it remembers by itself where it was
				note("piece")
				if pieces++; pieces == 2 {
					begun <- struct{}{}
					<-ended
				}
				if err := run.GiveWay(ctx); err != nil {
					return err
				}
			}
			note("end")
			return nil
		})
		work(t, r) // one worker
		<-begun
		add(t, db, "upload", 1)
		arrives(db)
		ended <- struct{}{}
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if j := entry(t, db, "long"); !j.Ran.IsZero() {
				if !j.Due.After(time.Now().Add(50*time.Minute)) || j.Reason != "" {
					t.Errorf("its next turn: %+v", j)
				}
				break
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"piece", "piece", "upload", "piece", "piece", "end"}; !slices.Equal(order, want) {
			t.Errorf("%v", order)
		}
	})
}
