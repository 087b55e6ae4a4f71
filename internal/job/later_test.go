package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"polis/internal/job"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestAJobThatWaitsForSomethingHoldsNobodyUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		away, begun, other := errors.New("the scanner is away"), 0, make(chan struct{}, 1)
		r := job.NewRunner(db, quiet, map[string]job.Handler{
			"waits": func(ctx context.Context, run *job.Run) error {
				if begun++; begun > 5 {
					return nil
				}
				if err := run.Progress(ctx, 0, 0, begun); err != nil {
					return err
				}
				return job.Later(50*time.Millisecond, away)
			},
			"other": func(context.Context, *job.Run) error { other <- struct{}{}; return nil },
		})
		id := add(t, db, "waits", 1)
		j, err := r.RunNow(ctx, id, nil)
		if err != nil || j.Stage != job.Waiting || j.Reason != away.Error() || j.Tries != 0 || j.Mark != "1" || !j.Due.After(j.Updated) {
			t.Fatalf("%+v %v", j, err)
		}
		if _, err := r.RunNow(ctx, id, nil); !errors.Is(err, store.ErrNotFound) {
			t.Error("it is begun before its time:", err)
		}
		add(t, db, "other", 1)
		stop := work(t, r) // one worker
		select {
		case <-other:
		case <-time.After(5 * time.Second):
			t.Fatal("other work waits behind it")
		}
		for end := time.Now().Add(10 * time.Second); j.Stage != job.Done && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if j, err = job.Get(ctx, db, all, id); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if j.Stage != job.Done || j.Reason != "" || begun != 6 { // more often than something that breaks is tried
			t.Errorf("%+v after %d times", j, begun)
		}
	})
}
