package archive_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"polis/internal/archive"
	"polis/internal/blob"
	"polis/internal/blob/blobtest"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func init() { minio.DefaultRetryUnit = time.Millisecond } // nobody waits here

// inBucket opens a data directory whose files are in a bucket.
func inBucket(t *testing.T, b blob.Bucket, dir, dsn string) archive.System {
	t.Helper()
	if err := archive.CheckPlace(dir); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(ctx, store.Options{Dir: dir, DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	files, err := b.Open(filepath.Join(dir, archive.FilesDir))
	if err != nil {
		t.Fatal(err)
	}
	return archive.System{DB: db, Files: files}
}

func furnishedBucket(t *testing.T, server *blobtest.Server, db *store.DB) archive.System {
	t.Helper()
	files, err := server.Bucket(t, "files").Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return furnish(t, archive.System{DB: db, Files: files})
}

func TestRoundTripThroughABucket(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		server := blobtest.Start(t)
		s := furnishedBucket(t, server, db)
		file, m := backup(t, s)
		if len(m.Missing) > 0 {
			t.Errorf("missing: %v", m.Missing)
		}
		t.Run("it is restored into a directory", func(t *testing.T) {
			got, _ := restore(t, file, "")
			sameRows(t, s.DB, got.DB)
			if v := verify(t, got); v.Files != 4 || len(v.Faults) > 0 {
				t.Errorf("verified: %+v", v)
			}
		})
		t.Run("it is restored into a bucket", func(t *testing.T) {
			b, dir := server.Bucket(t, "other/files"), filepath.Join(t.TempDir(), "new")
			dsn := ""
			if db.Engine() == "postgres" {
				dsn = storetest.PostgresDSN(t)
			}
			if _, err := archive.Restore(ctx, file, archive.Place{Dir: dir, DSN: dsn, Bucket: b}, nil); err != nil {
				t.Fatal(err)
			}
			got := inBucket(t, b, dir, dsn)
			sameRows(t, s.DB, got.DB)
			if v := verify(t, got); v.Files != 4 || v.Idle != 0 || len(v.Faults) > 0 {
				t.Errorf("verified: %+v", v)
			}
			if _, err := blob.Open(filepath.Join(dir, archive.FilesDir)); err == nil {
				t.Error("it opens without its bucket")
			}
		})
	})
}

func TestFaultsInABucket(t *testing.T) {
	t.Parallel()
	server := blobtest.Start(t)
	s := furnishedBucket(t, server, storetest.SQLite(t))
	lost, cut := put(t, s, "the file of document 1"), put(t, s, "the file of document 2")
	server.Remove(t, "files", blob.Sum(lost))
	server.Put(t, "files", blob.Sum(cut), "the file of doc")
	wantFaults := func(t *testing.T, faults []archive.Fault) {
		t.Helper()
		text := fmt.Sprint(faults)
		if len(faults) != 2 || !strings.Contains(text, lost+" is missing") || !strings.Contains(text, cut+" is damaged") || !strings.Contains(text, "version ") {
			t.Errorf("faults: %v", faults)
		}
	}
	t.Run("verify names a file that is lost and one that was cut off", func(t *testing.T) { wantFaults(t, verify(t, s).Faults) })
	t.Run("a backup is made all the same, and says what it lacks", func(t *testing.T) {
		_, m := backup(t, s)
		wantFaults(t, m.Missing)
	})
}

func TestAStorageThatIsAwayIsNoFaultOfTheFiles(t *testing.T) {
	t.Parallel()
	server := blobtest.Start(t)
	s := furnishedBucket(t, server, storetest.SQLite(t))
	whole, _ := backup(t, s)
	for what, away := range map[string]func(){
		"dead":    func() { server.Die(0) },
		"dying":   func() { server.Die(3_000) },
		"refuses": func() { server.Refuse(403, "AccessDenied") },
	} {
		t.Run(what, func(t *testing.T) {
			away()
			defer server.Revive()
			defer server.Refuse(0, "")
			if v, err := archive.Verify(ctx, s, nil); !errors.Is(err, blob.ErrUnavailable) || len(v.Faults) > 0 {
				t.Errorf("verified: %+v, %v", v, err)
			}
			away()
			file := filepath.Join(t.TempDir(), "b.zip")
			if _, err := archive.Backup(ctx, s, file, "test", nil); !errors.Is(err, blob.ErrUnavailable) {
				t.Error("backup:", err)
			}
			if left, _ := filepath.Glob(file + "*"); len(left) > 0 {
				t.Error("left behind:", left)
			}
			away()
			dir := filepath.Join(t.TempDir(), "new")
			to := archive.Place{Dir: dir, Bucket: server.Bucket(t, "restored-"+what)}
			if _, err := archive.Restore(ctx, whole, to, nil); !errors.Is(err, blob.ErrUnavailable) {
				t.Error("restore:", err)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("the directory was made")
			}
			server.Revive()
			server.Refuse(0, "")
			if _, err := archive.Restore(ctx, whole, to, nil); err != nil {
				t.Fatal("the same restore again:", err)
			}
			if v := verify(t, inBucket(t, to.Bucket, dir, "")); v.Files != 4 || v.Idle != 0 || len(v.Faults) > 0 {
				t.Errorf("verified: %+v", v)
			}
		})
	}
}

func TestNothingOfARefusedBackupGoesIntoABucket(t *testing.T) {
	t.Parallel()
	file, _ := backup(t, furnished(t, storetest.SQLite(t)))
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := len(content) / 20; at < len(content); at += len(content) / 20 {
		server := blobtest.Start(t)
		spoilt := append([]byte{}, content...)
		spoilt[at] ^= 0x20
		dir := filepath.Join(t.TempDir(), "new")
		_, err := archive.Restore(ctx, write(t, spoilt), archive.Place{Dir: dir, Bucket: server.Bucket(t, "files")}, nil)
		if err == nil { // the byte was of no part
			continue
		}
		refused++
		if _, made := os.Stat(dir); server.Count(t) > 0 || made == nil {
			t.Errorf("spoilt at %d: %d files are left in the bucket, and the directory: %v", at, server.Count(t), made)
		}
	}
	if refused < 10 {
		t.Errorf("only %d were refused", refused)
	}
}
