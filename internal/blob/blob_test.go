package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"polis/internal/blob"
	"polis/internal/blob/blobtest"
)

var ctx = context.Background()

func put(t *testing.T, s blobtest.Shelf, content string) blob.Sum {
	t.Helper()
	sum, _, err := s.Put(ctx, strings.NewReader(content), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func read(t *testing.T, s blobtest.Shelf, sum blob.Sum) string {
	t.Helper()
	f, err := s.Get(ctx, sum)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func list(t *testing.T, s blobtest.Shelf) map[blob.Sum]int64 {
	t.Helper()
	found := map[blob.Sum]int64{}
	for e, err := range s.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		found[e.Sum] = e.Size
	}
	return found
}

func TestAFileIsKeptOnceUnderItsSum(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
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
		if n := s.Count(t); n != 1 {
			t.Errorf("%d files for one content", n)
		}
		found := list(t, s)
		for sum, size := range found {
			if text := read(t, s, sum); text != "Осло" || size != 8 {
				t.Errorf("read back %q, size %d", text, size)
			}
			if err := s.Check(ctx, sum); err != nil {
				t.Error(err)
			}
		}
		if len(found) != 1 {
			t.Errorf("%d files are named", len(found))
		}
		if err := s.Ready(ctx); err != nil {
			t.Error("not ready:", err)
		}
	})
}

func TestEveryFileIsNamedOnce(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
		want := map[blob.Sum]int64{}
		for n := range 1050 { // more than a storage lists at once
			sum := blob.Sum(fmt.Sprintf("%02x%062x", n%256, n))
			s.Lay(t, sum, strings.Repeat("x", n))
			want[sum] = int64(n)
		}
		found := list(t, s)
		for sum, size := range want {
			if found[sum] != size {
				t.Errorf("%s has size %d in the list, and %d", sum, found[sum], size)
			}
		}
		if len(found) != len(want) {
			t.Errorf("%d files of %d are named", len(found), len(want))
		}
		ended, end := context.WithCancel(ctx)
		defer end()
		n := 0
		for _, err := range s.All(ended) {
			if n++; n == 3 {
				end()
			}
			if err != nil {
				return
			}
		}
		t.Errorf("a list that was given up ended after %d files without an error", n)
	})
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
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
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
		if n := s.Count(t); n != 0 {
			t.Errorf("%d files are left", n)
		}
		if _, n, err := s.Put(ctx, bytes.NewReader(make([]byte, 100)), 100); err != nil || n != 100 {
			t.Error("exactly the limit is allowed:", err)
		}
	})
}

func TestAFileIsReadFromAnywhere(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
		content := make([]byte, 300_000)
		for i := range content {
			content[i] = byte(rand.IntN(256))
		}
		f, err := s.Get(ctx, put(t, s, string(content)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		model := bytes.NewReader(content)
		for range 50 {
			whence := rand.IntN(3)
			offset := rand.Int64N(310_000) - []int64{0, 150_000, 305_000}[whence]
			want, wantErr := model.Seek(offset, whence)
			at, err := f.Seek(offset, whence)
			if (err == nil) != (wantErr == nil) || err == nil && at != want {
				t.Fatalf("seek %d from %d: %d, %v and not %d, %v", offset, whence, at, err, want, wantErr)
			}
			a, b := make([]byte, 1000), make([]byte, 1000)
			n, err := io.ReadFull(f, a)
			m, wantErr := io.ReadFull(model, b)
			if n != m || !bytes.Equal(a, b) || !errors.Is(err, wantErr) {
				t.Fatalf("from %d: %d bytes, %v and not %d, %v", at, n, err, m, wantErr)
			}
		}
		if text := read(t, s, put(t, s, "")); text != "" {
			t.Errorf("the empty file reads %q", text)
		}
	})
}

func TestAFileIsReadOnThisMachine(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
		sum := put(t, s, "back and forth")
		f, err := s.Local(ctx, sum)
		if err != nil {
			t.Fatal(err)
		}
		again, err := os.ReadFile(f.Name())
		end := make([]byte, 5)
		_, err2 := f.ReadAt(end, 9)
		all, err3 := io.ReadAll(f)
		if string(again) != "back and forth" || string(end) != "forth" || string(all) != "back and forth" {
			t.Errorf("read %q, %q and %q: %v", again, end, all, errors.Join(err, err2, err3))
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if n := s.Count(t); n != 1 {
			t.Errorf("%d files are there afterwards", n)
		}
		s.Lay(t, sum, "back and")
		if _, err := s.Local(ctx, sum); !errors.Is(err, blob.ErrDamaged) {
			t.Error("a file that was cut off was opened:", err)
		}
		if n := s.Count(t); n != 1 {
			t.Errorf("%d files are there after that", n)
		}
	})
}

func TestADamagedFileIsNoticed(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
		sum := put(t, s, "evidence")
		s.Lay(t, sum, "evidencf")
		if err := s.Check(ctx, sum); !errors.Is(err, blob.ErrDamaged) || !strings.Contains(err.Error(), string(sum)) {
			t.Error("a changed file:", err)
		}
		s.Lay(t, sum, "evid")
		if err := s.Check(ctx, sum); !errors.Is(err, blob.ErrDamaged) {
			t.Error("a file that was cut off:", err)
		}
		put(t, s, "evidence")
		if err := s.Check(ctx, sum); err != nil {
			t.Error("a file that was cut off and came again:", err)
		}
		s.Lose(t, sum)
		if err := s.Check(ctx, sum); !errors.Is(err, blob.ErrNotFound) {
			t.Error("a file that was lost:", err)
		}
		if _, err := s.Local(ctx, sum); !errors.Is(err, blob.ErrNotFound) {
			t.Error("a file that was lost, here:", err)
		}
	})
}

func TestNoNameLeadsOutOfTheStore(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
		secret := filepath.Join(filepath.Dir(s.Dir), "secret")
		if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, name := range []blob.Sum{"", "x", "../secret", "..", blob.Sum(strings.Repeat("A", 64)), blob.Sum("../" + strings.Repeat("a", 61))} {
			if f, err := s.Get(ctx, name); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("%q opened %v, %v", name, f, err)
			}
		}
	})
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
	blobtest.Each(t, func(t *testing.T, s blobtest.Shelf) {
		_, _, err = s.Put(ctx, broken{errReader{werr}}, 10)
		if !errors.Is(err, blob.ErrFull) {
			t.Errorf("a full disk reads as %v", err)
		}
	})
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestADirectoryThatIsGoneIsNotReady(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Ready(ctx), os.RemoveAll(dir)); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(ctx); !errors.Is(err, blob.ErrUnavailable) {
		t.Error("ready:", err)
	}
	for _, err := range s.All(ctx) {
		if err != nil {
			return
		}
	}
	t.Error("the files of no directory were listed")
}
