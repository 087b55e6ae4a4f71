package library_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/search"
)

// holds are the files below dir in which the word stands.
func holds(t *testing.T, dir, word string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // merged away meanwhile
		}
		content, err := os.ReadFile(path)
		if err == nil && bytes.Contains(bytes.ToLower(content), []byte(word)) {
			files = append(files, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What was withdrawn is gone from the index's files too, not only from its answers.
func TestTheFilesOfTheIndexForgetWhatWasWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		dir := t.TempDir()
		ix, err := search.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ix.Close() })
		create(t, l, desk, library.Draft{Level: access.Public}, text("en", "A guide that stays", "Officers meet the neighbours."))
		id := create(t, l, desk, library.Draft{Level: access.Public}, text("en", "Order Qxzvwomarker", "The qxzvwomarker stands in the text."))
		if err := l.CatchUp(ctx, ix, nil); err != nil {
			t.Fatal(err)
		}
		if err := ix.Compact(ctx); err != nil { // the hardest case: one segment holds both
			t.Fatal(err)
		}
		const marker = "qxzvwomarker"
		if len(holds(t, dir, marker)) == 0 {
			t.Fatal("the index never held it in a form that can be looked for")
		}
		following, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); l.Follow(following, ix, quiet) }()
		rec, err := l.Get(ctx, desk.Scope(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Withdraw(ctx, desk, id, rec.Rev, "It names somebody."); err != nil {
			t.Fatal(err)
		}
		await(t, func() bool { return len(holds(t, dir, marker)) == 0 })
		stop()
		<-done
		if left, err := ix.Remembers(); err != nil || left {
			t.Error("something dropped is left:", err)
		}
		a, err := ix.Search(ctx, access.Subject{}.Scope(), search.Query{Text: "neighbours", Limit: 5})
		if err != nil || a.Total != 1 {
			t.Errorf("what stays is found no more: %+v %v", a, err)
		}
	})
}
