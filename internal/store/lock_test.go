package store_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"polis/internal/store"
)

func TestLock(t *testing.T) {
	t.Parallel()

	t.Run("a directory is held by one at a time, and free again after release", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "not there yet")
		release, err := store.Lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Lock(dir); !errors.Is(err, store.ErrInUse) {
			t.Fatal("the second one got:", err)
		}
		if err := release(); err != nil {
			t.Fatal("release:", err)
		}
		again, err := store.Lock(dir)
		if err != nil {
			t.Fatal("after release:", err)
		}
		again()
	})

	t.Run("a place that cannot be a directory is not called in use", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Lock(file); err == nil || errors.Is(err, store.ErrInUse) {
			t.Fatal("got:", err)
		}
	})

	t.Run("the tables can be written while the directory is held", func(t *testing.T) {
		dir := t.TempDir()
		release, err := store.Lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		db, err := store.Open(t.Context(), store.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	})

	t.Run("a killed process lets go", func(t *testing.T) { killedLetsGo(t) })
}

func killedLetsGo(t *testing.T) {
	dir := t.TempDir()
	holder := exec.Command(os.Args[0], "-test.run=^TestHoldLock$")
	holder.Env = append(os.Environ(), "POLIS_TEST_HOLD="+dir)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder said %q, %v", line, err)
	}
	if _, err := store.Lock(dir); !errors.Is(err, store.ErrInUse) {
		t.Error("while it is held by another process:", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	release, err := store.Lock(dir)
	if err != nil {
		t.Fatal("after the kill:", err)
	}
	release()
}

// TestHoldLock is the process that the test above kills.
func TestHoldLock(t *testing.T) {
	dir := os.Getenv("POLIS_TEST_HOLD")
	if dir == "" {
		return
	}
	if _, err := store.Lock(dir); err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("held\n")
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed, or orphaned
}
