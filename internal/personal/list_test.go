package personal_test

import (
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/account"
	"polis/internal/archive"
	"polis/internal/blob"
	"polis/internal/library"
	"polis/internal/personal"
	"polis/internal/search"
	"polis/internal/store"
)

func TestARestoredBackupBringsNobodyBack(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "old")})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	p := settle(t, db)
	p.List = filepath.Join(dir, personal.ListFile)
	before := filepath.Join(dir, "before.zip")
	_, err = archive.Backup(ctx, archive.System{DB: db, Files: p.Library.Files}, before, "test", nil)
	must(t, err)
	must(t, p.Erase(ctx, p.her(), p.id, p.guide))
	after := filepath.Join(dir, "after.zip")
	_, err = archive.Backup(ctx, archive.System{DB: db, Files: p.Library.Files}, after, "test", nil)
	must(t, err)
	for _, source := range []string{p.List, after} {
		t.Run("by the list in "+filepath.Base(source), func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "new")
			_, err := archive.Restore(ctx, before, archive.Place{Dir: at}, nil)
			must(t, err)
			db, err := store.Open(ctx, store.Options{Dir: at})
			must(t, err)
			t.Cleanup(func() { db.Close() })
			files, err := blob.Open(filepath.Join(at, archive.FilesDir))
			must(t, err)
			q := &place{T: t, Keeper: personal.Keeper{DB: db, Library: &library.Library{DB: db, Files: files}}}
			ix, err := search.Open("")
			must(t, err)
			t.Cleanup(func() { _ = ix.Close() })
			if back, err := account.Load(ctx, db, p.id); err != nil || back.Name != herName {
				t.Fatal("the backup from before does not have her:", err)
			}
			list, err := personal.OpenList(source)
			must(t, err)
			people, documents, err := q.Repeat(ctx, list)
			if err != nil || people != 1 || documents != 2 {
				t.Errorf("%d people, %d documents, %v", people, documents, err)
			}
			if left := q.traces(ix); len(left) > 0 {
				t.Errorf("%q", left)
			}
			if faults := verify(t, db); len(faults) > 0 {
				t.Error(faults)
			}
			if people, documents, err = q.Repeat(ctx, list); err != nil || people+documents != 0 {
				t.Error("a second time:", people, documents, err)
			}
		})
	}
	t.Run("a list that is something else is refused, not half read", func(t *testing.T) {
		for _, text := range []string{"person\n", "person a b\n", "nobody 1\n", "person " + p.id + "\nx\n", "person ../etc\n"} {
			if _, err := personal.ReadList(strings.NewReader(text)); err == nil {
				t.Errorf("%q is read", text)
			}
		}
	})
}
