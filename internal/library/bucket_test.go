package library_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"polis/internal/blob"
	"polis/internal/blob/blobtest"
	"polis/internal/job"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// A storage that is away says nothing of a file: what has arrived waits and is
// read when it is back, and what cannot be kept is not acknowledged.
func TestAFileWaitsForAStorageThatIsAway(t *testing.T) {
	minio.DefaultRetryUnit = time.Millisecond // nobody waits here
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		storage, l := blobtest.Start(t), newLibrary(t, db)
		var err error
		if l.Files, err = storage.Bucket(t, "files").Open(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		in, err := l.Receive(ctx, expert, "b", "note.txt", strings.NewReader("Minutes\n\nThe officers of both towns met and agreed to meet again.\n"))
		if err != nil {
			t.Fatal(err)
		}
		storage.Die(0)
		if _, err := l.Receive(ctx, expert, "b", "lost.txt", strings.NewReader("It does not arrive.")); !errors.Is(err, blob.ErrUnavailable) {
			t.Error("a file that nobody keeps:", err)
		}
		working, stop := context.WithCancel(ctx)
		defer stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			job.NewRunner(db, quiet, l.Handlers()).Work(working)
		}()
		time.Sleep(300 * time.Millisecond) // it has been begun
		if in, err = l.Intake(ctx, expert, in.ID); err != nil || in.Stage != library.Arrived {
			t.Errorf("while the storage is away it is %s, %v", in.Stage, err)
		}
		storage.Revive()
		for end := time.Now().Add(10 * time.Second); in.Stage == library.Arrived && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if in, err = l.Intake(ctx, expert, in.ID); err != nil {
				t.Fatal(err)
			}
		}
		if in.Stage != library.Ready {
			t.Errorf("it became %s: %s", in.Stage, in.Reason)
		}
		if passages, err := l.Opening(ctx, in, 5); err != nil || len(passages) != 2 {
			t.Errorf("its text: %v, %v", passages, err)
		}
		stop()
		<-done
		if stages, err := l.Stages(ctx, expert, ""); err != nil || len(stages) != 1 || stages[library.Ready] != 1 {
			t.Errorf("of the files, %v, %v", stages, err)
		}
	})
}
