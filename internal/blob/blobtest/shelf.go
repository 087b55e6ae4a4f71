package blobtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/blob"
)

// Shelf is a store, and what lies in it behind its back.
type Shelf struct {
	*blob.Store
	Dir    string  // of the files or, of a bucket, of what is on its way
	server *Server // nil of a directory
}

func (s Shelf) path(sum blob.Sum) string { return filepath.Join(s.Dir, string(sum[:2]), string(sum)) }

// Lay puts a content under a sum, be it the content's or not.
func (s Shelf) Lay(t *testing.T, sum blob.Sum, content string) {
	t.Helper()
	if s.server != nil {
		s.server.Put(t, "files", sum, content)
		return
	}
	if err := os.MkdirAll(filepath.Dir(s.path(sum)), 0o750); err != nil {
		t.Fatal(err)
	}
	os.Remove(s.path(sum)) // a stored file is not written to
	if err := os.WriteFile(s.path(sum), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Lose removes a stored file.
func (s Shelf) Lose(t *testing.T, sum blob.Sum) {
	t.Helper()
	if s.server != nil {
		s.server.Remove(t, "files", sum)
		return
	}
	if err := os.Remove(s.path(sum)); err != nil {
		t.Fatal(err)
	}
}

// Count counts everything that lies anywhere: stored, half stored, or on its
// way; the mark of a bucket is none of it.
func (s Shelf) Count(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(s.Dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasSuffix(path, "/bucket") {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.server != nil {
		n += s.server.Count(t)
	}
	return n
}
