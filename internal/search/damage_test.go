package search_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"polis/internal/search"
)

// written makes an index of two segments on disk and returns its files.
func written(t *testing.T) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	for part := range 2 {
		ix, err := search.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		var put []search.Entry
		for i := range 50 {
			put = append(put, search.Entry{Document: fmt.Sprint(part, "-", i), Lang: "en", Title: "A guide", Passages: []string{"police reform", fmt.Sprint("word", i)}, Type: "guide", Date: "2020"})
		}
		if err := errors.Join(ix.Update(int64(part+1), put, nil), ix.Close()); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	return dir, files
}

func mustBeRebuilt(t *testing.T, what string, err error) {
	t.Helper()
	var unusable *search.UnusableError
	if !errors.As(err, &unusable) {
		t.Errorf("%s: %v", what, err)
	}
}

// damaged opens and closes a copy of the index in which a file has other bytes,
// or, with nil, is missing.
func damaged(t *testing.T, dir, file string, bytes []byte) error {
	t.Helper()
	other := filepath.Join(t.TempDir(), "index")
	path := filepath.Join(other, file)
	err := errors.Join(os.CopyFS(other, os.DirFS(dir)), os.Remove(path))
	if bytes != nil {
		err = errors.Join(err, os.WriteFile(path, bytes, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	ix, err := search.Open(other)
	if err == nil {
		err = ix.Close()
	}
	return err
}

func TestDamage(t *testing.T) {
	dir, files := written(t)
	for _, f := range files {
		whole, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(f)
		table := name == "root.bolt"
		t.Run("cut short: "+name, func(t *testing.T) {
			for _, n := range []int{0, 1, 100, len(whole) / 10, len(whole) / 4, len(whole) - 1} {
				if table && n > len(whole)/4 {
					continue // the end of the table is room to grow
				}
				mustBeRebuilt(t, fmt.Sprint(n, " bytes"), damaged(t, dir, name, whole[:n:n]))
			}
		})
		t.Run("missing: "+name, func(t *testing.T) {
			mustBeRebuilt(t, "missing", damaged(t, dir, name, nil))
		})
		t.Run("overwritten: "+name, func(t *testing.T) {
			for at := 0; at < len(whole); at += len(whole)/20 + 1 {
				b := slices.Clone(whole)
				for i := at; i < min(at+20, len(b)); i++ {
					b[i] ^= 0xA5
				}
				if err := damaged(t, dir, name, b); err != nil || !table { // the table has room in which nothing stands
					mustBeRebuilt(t, fmt.Sprint("from ", at), err)
				}
			}
		})
	}
	t.Run("a file of an open index that is cut short is an error, and the program lives", func(t *testing.T) {
		ix, err := search.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer ix.Close()
		if err := ix.Compact(t.Context()); err != nil { // scorch has nothing more to merge
			t.Fatal(err)
		}
		segments, _ := filepath.Glob(filepath.Join(dir, "*.zap"))
		for _, f := range segments {
			if err := os.Truncate(f, 0); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		_, err = ix.Search(t.Context(), everyone, search.Query{Text: "police", Limit: 1})
		mustBeRebuilt(t, "search", err)
		_, err = ix.Suggest(t.Context(), everyone, "gui", "en", 5)
		mustBeRebuilt(t, "suggest", err)
	})
	t.Run("a file that is cut short while scorch merges it is an error, and the program lives", func(t *testing.T) {
		dir, _ := written(t)
		ix, err := search.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer ix.Close()
		segments, _ := filepath.Glob(filepath.Join(dir, "*.zap"))
		for _, f := range segments {
			if err := os.Truncate(f, 0); err != nil {
				t.Fatal(err)
			}
		}
		mustBeRebuilt(t, "compact", ix.Compact(t.Context()))
		put := []search.Entry{{Document: "0-1", Lang: "en", Title: "A guide"}}
		mustBeRebuilt(t, "update", ix.Update(3, put, []string{"0-1"}))
		mustBeRebuilt(t, "compact again", ix.Compact(t.Context()))
	})
	t.Run("a whole index opens", func(t *testing.T) {
		dir, _ := written(t)
		ix, err := search.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer ix.Close()
		if n, err := ix.Count(); n != 100 || err != nil {
			t.Error(n, err)
		}
	})
}
