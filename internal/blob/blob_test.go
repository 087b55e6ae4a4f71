package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"polis/internal/blob"
)

var ctx = context.Background()

func open(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFileIsKeptOnceUnderItsSum(t *testing.T) {
	s, dir := open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			sum, n, err := s.Put(ctx, strings.NewReader("Осло"), 100)
			if err != nil || n != 8 || len(sum) != 64 {
				t.Error(sum, n, err)
			}
		})
	}
	wg.Wait()
	if n := files(t, dir); n != 1 {
		t.Errorf("%d files for one content", n)
	}
	for sum, size := range s.All() {
		f, err := s.Get(sum)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if b, _ := io.ReadAll(f); string(b) != "Осло" || size != 8 {
			t.Errorf("read back %q, size %d", b, size)
		}
		if err := s.Check(ctx, sum); err != nil {
			t.Error(err)
		}
	}
}

type broken struct{ after io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.after.Read(p)
	if err == io.EOF {
		err = errors.New("the line was cut")
	}
	return n, err
}

func TestAFileThatDoesNotArriveWholeLeavesNothing(t *testing.T) {
	s, dir := open(t)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		r    io.Reader
		want error
	}{
		"too large": {ctx, bytes.NewReader(make([]byte, 101)), blob.ErrTooLarge},
		"line cut":  {ctx, broken{strings.NewReader("half")}, nil},
		"given up":  {cancelled, strings.NewReader("x"), context.Canceled},
	} {
		_, _, err := s.Put(c.ctx, c.r, 100)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := files(t, dir); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if _, n, err := s.Put(ctx, bytes.NewReader(make([]byte, 100)), 100); err != nil || n != 100 {
		t.Error("exactly the limit is allowed:", err)
	}
}

func TestADamagedFileIsNoticed(t *testing.T) {
	s, dir := open(t)
	sum, _, err := s.Put(ctx, strings.NewReader("evidence"), 100)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, string(sum[:2]), string(sum))
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("evidencf"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx, sum); err == nil {
		t.Error("a changed file passed its check")
	}
}

func TestNoNameLeadsOutOfTheStore(t *testing.T) {
	s, dir := open(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []blob.Sum{"", "x", "../secret", "..", blob.Sum(strings.Repeat("A", 64)), blob.Sum("../" + strings.Repeat("a", 61))} {
		if f, err := s.Get(name); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%q opened %v, %v", name, f, err)
		}
	}
}

func TestAFullDiskIsSaidSo(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, werr := f.WriteString("x")
	s, _ := open(t)
	_, _, err = s.Put(ctx, broken{errReader{werr}}, 10)
	if !errors.Is(err, blob.ErrFull) {
		t.Errorf("a full disk reads as %v", err)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }
