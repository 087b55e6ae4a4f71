package library_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/clamd"
	"polis/internal/clamd/clamdtest"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

func TestAnInfectedFileStaysInQuarantineUnread(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		scanner, err := clamd.Parse(clamdtest.Start(t, "").Address)
		if err != nil {
			t.Fatal(err)
		}
		l.Scanner = scanner
		bad, err := l.Receive(ctx, expert, "b", "minutes.txt", strings.NewReader("Minutes of the meeting.\n\n"+clamdtest.EICAR()))
		if err != nil {
			t.Fatal(err)
		}
		good, err := l.Receive(ctx, expert, "b", "good.txt", strings.NewReader("The officers of both towns met and agreed to meet again."))
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, l)
		bad, err = l.Intake(ctx, expert, bad.ID)
		if err != nil || bad.Stage != library.Quarantined || bad.Reason != "infected" || bad.TextSum != "" || bad.Proposal.Title != "" {
			t.Errorf("%+v %v", bad, err)
		}
		if !lang.Has("extract.reason."+bad.Reason) || !lang.Has("extract.advice."+bad.Reason) {
			t.Error("nobody is told why")
		}
		if good, err = l.Intake(ctx, expert, good.ID); err != nil || good.Stage != library.Ready {
			t.Errorf("the good one: %+v %v", good, err)
		}
		t.Run("on the command line too", func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bad.txt"), []byte("Another. "+clamdtest.EICAR()), 0o600); err != nil {
				t.Fatal(err)
			}
			tally, err := l.ImportFiles(ctx, desk, dir, library.FileOptions{}, func(int, int, string) {})
			if err != nil || tally.Quarantined != 1 || tally.New != 0 || tally.Bad[0].Reason != "infected" {
				t.Errorf("%+v %v", tally, err)
			}
		})
	})
}

// A scanner that does not answer says nothing of a file: it waits until one does,
// and is read then.
func TestAFileWaitsForAVirusScannerThatIsAway(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		reserved, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := reserved.Addr().String()
		reserved.Close()
		if l.Scanner, err = clamd.Parse("tcp://" + address); err != nil {
			t.Fatal(err)
		}
		in, err := l.Receive(ctx, expert, "b", "note.txt", strings.NewReader("The officers of both towns met and agreed to meet again."))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.ImportFiles(ctx, desk, imported(t), library.FileOptions{}, func(int, int, string) {}); !errors.Is(err, clamd.ErrUnavailable) {
			t.Errorf("an import without the scanner: %v", err)
		}
		working, stop := context.WithCancel(ctx)
		defer stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			job.NewRunner(l.DB, quiet, l.Handlers()).Work(working)
		}()
		await(t, func() bool { return l.Scanner.Silent() })
		if in, err = l.Intake(ctx, expert, in.ID); err != nil || in.Stage != library.Arrived {
			t.Errorf("while the scanner is away it is %s, %v", in.Stage, err)
		}
		scanner := clamdtest.Start(t, address)
		await(t, func() bool {
			in, err = l.Intake(ctx, expert, in.ID)
			return err != nil || in.Stage != library.Arrived
		})
		if in.Stage != library.Ready || scanner.Scanned.Load() == 0 || l.Scanner.Silent() {
			t.Errorf("it became %s: %s, %d scanned", in.Stage, in.Reason, scanner.Scanned.Load())
		}
		stop()
		<-done
	})
}

// A scanner that takes every line and says nothing holds up the files, and nothing
// else: each goes back into the queue.
func TestFilesThatWaitForAScannerThatHangsHoldNobodyUp(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		scanner := clamdtest.Start(t, "")
		scanner.Hang.Store(true)
		var err error
		if l.Scanner, err = clamd.Parse(scanner.Address); err != nil {
			t.Fatal(err)
		}
		l.Scanner.Patience = 500 * time.Millisecond
		const files = 8
		for i := range files {
			if _, err := l.Receive(ctx, expert, "b", fmt.Sprintf("note%d.txt", i), strings.NewReader(fmt.Sprintf("The officers of town %d met and agreed to meet again.", i))); err != nil {
				t.Fatal(err)
			}
		}
		other := make(chan struct{}, 100)
		kinds := l.Handlers()
		kinds["test.other"] = func(context.Context, *job.Run) error { other <- struct{}{}; return nil }
		runner := job.NewRunner(l.DB, quiet, kinds)
		working, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); runner.Work(working) }() // one worker alone
		await(t, func() bool { return l.Scanner.Silent() })
		for range 3 {
			addJob(t, l, "test.other")
			runner.Wake()
			select {
			case <-other:
			case <-time.After(5 * time.Second):
				t.Fatal("other work waits for the scanner too")
			}
		}
		if stages, err := l.Stages(ctx, expert, ""); err != nil || stages[library.Arrived] != files {
			t.Errorf("while the scanner hangs: %v %v", stages, err)
		}
		scanner.Hang.Store(false)
		await(t, func() bool {
			stages, err := l.Stages(ctx, expert, "")
			return err != nil || stages[library.Ready] == files
		})
		stop()
		<-done
	})
}

func addJob(t *testing.T, l *library.Library, kind string) {
	t.Helper()
	_, err := store.Write(ctx, l.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		id, err := job.Add(ctx, tx, kind, nil, access.Label{Level: access.Closed})
		return store.Event{Act: "job.added", Object: id}, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// imported is a directory with one good file.
func imported(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "one.txt"), []byte("A guide for the first patrol of the district."), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func await(t *testing.T, until func() bool) {
	t.Helper()
	for end := time.Now().Add(25 * time.Second); !until(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came")
		}
	}
}
