package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/archive"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx    = context.Background()
	system = access.System("test")
)

// furnished is a system with a directory, a person, documents and files.
func furnished(t *testing.T, db *store.DB) archive.System {
	t.Helper()
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return furnish(t, archive.System{DB: db, Files: files})
}

func furnish(t *testing.T, s archive.System) archive.System {
	t.Helper()
	if err := directory.Seed(ctx, s.DB); err != nil {
		t.Fatal(err)
	}
	_, err := account.Create(ctx, s.DB, system, account.New{
		Email: "desk@example.org", Name: "Ольга Ким", Role: access.DeskOfficer, Lang: "ru", Password: "a long enough password",
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		addDocument(t, s, n)
	}
	addIntake(t, s, "quarantined", "broken file")
	return s
}

func put(t *testing.T, s archive.System, content string) string {
	t.Helper()
	sum, _, err := s.Files.Put(ctx, strings.NewReader(content), math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	return string(sum)
}

// addDocument stores a document with one language version and its file.
func addDocument(t *testing.T, s archive.System, n int) {
	t.Helper()
	sum := put(t, s, fmt.Sprintf("the file of document %d", n))
	_, err := store.Write(ctx, s.DB, system, func(tx *store.Tx) (store.Event, error) {
		id := store.NewID()
		for _, insert := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO document (id, symbol, kind, dated, original, origin, licence, sample, confirmed, rev, created, updated, level, state, grp, owner, circle, was)
			VALUES ($1, '', 'guide', '2012', 'fr', '', '', FALSE, TRUE, 1, $2, $2, 1, '', '', '', 'member', 'member')`, []any{id, tx.Now()}},
			{
				`INSERT INTO language_version (id, document, lang, title, summary, external) VALUES ($1, $1, 'fr', $2, '', $2)`,
				[]any{id, fmt.Sprintf("Évaluation «ex post» %d", n)},
			},
			{`INSERT INTO version (id, edition, number, mark, sum, file, media, bytes, pages, ocr, created)
			VALUES ($1, $1, 1, '', $2, 'guide.pdf', 'application/pdf', 22, 1, FALSE, $3)`, []any{id, sum, tx.Now()}},
			{
				`INSERT INTO passage (version, n, page, kind, depth, body) VALUES ($1, 0, 1, 'paragraph', 0, $2)`,
				[]any{id, "Une phrase.\nEt \"une\" autre\u2028 – с полицией"},
			},
		} {
			if _, err := tx.Exec(ctx, insert.sql, insert.args...); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "library.document.created", Object: id, Label: access.Label{Level: access.Member}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func addIntake(t *testing.T, s archive.System, stage, content string) {
	t.Helper()
	sum := put(t, s, content)
	_, err := store.Write(ctx, s.DB, system, func(tx *store.Tx) (store.Event, error) {
		id := store.NewID()
		_, err := tx.Exec(ctx, `
			INSERT INTO intake (id, batch, file, sum, bytes, stage, reason, proposal, text_sum, document, tries, rev, created, updated, level, state, grp, owner)
			VALUES ($1, 'b', 'x.pdf', $2, 1, $3, 'broken', '{}', '', '', 1, 1, $4, $4, 3, '', '', 'somebody')`,
			id, sum, stage, tx.Now())
		return store.Event{Act: "library.intake." + stage, Object: id, Label: access.Label{Level: access.Closed, Owner: "somebody"}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func backup(t *testing.T, s archive.System) (string, archive.Manifest) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "polis.backup.zip")
	m, err := archive.Backup(ctx, s, file, "test", nil)
	if err != nil {
		t.Fatal("backup:", err)
	}
	if _, err := os.Stat(file + archive.Partial); err == nil {
		t.Error("the partial file is still there")
	}
	return file, m
}

// rows are what a database holds: table → its rows, sorted.
func rows(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	texts := map[string]*strings.Builder{}
	err := store.Dump(ctx, db, func(table string) (io.Writer, error) {
		texts[table] = &strings.Builder{}
		return texts[table], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]string{}
	for table, b := range texts {
		lines[table] = strings.Split(b.String(), "\n")
		slices.Sort(lines[table])
	}
	return lines
}

// sameRows compares two databases.
func sameRows(t *testing.T, want, have *store.DB) {
	t.Helper()
	if diff := cmp.Diff(rows(t, want), rows(t, have)); diff != "" {
		t.Errorf("other rows than were backed up (-before +after):\n%s", diff)
	}
}

func restore(t *testing.T, file, dsn string) (archive.System, archive.Restored) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new")
	done, err := archive.Restore(ctx, file, archive.Place{Dir: dir, DSN: dsn}, nil)
	if err != nil {
		t.Fatal("restore:", err)
	}
	return reopen(t, dir, dsn), done
}

func reopen(t *testing.T, dir, dsn string) archive.System {
	t.Helper()
	if err := archive.CheckPlace(dir); err != nil {
		t.Fatal(err)
	}
	options := store.Options{Dir: dir, DSN: dsn}
	db, err := store.Open(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	files, err := blob.Open(filepath.Join(dir, archive.FilesDir))
	if err != nil {
		t.Fatal(err)
	}
	return archive.System{DB: db, Files: files}
}

func verify(t *testing.T, s archive.System) archive.Verified {
	t.Helper()
	v, err := archive.Verify(ctx, s, nil)
	if err != nil {
		t.Fatal("verify:", err)
	}
	return v
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := furnished(t, db)
		put(t, s, "a file that nothing refers to")
		file, m := backup(t, s)
		if m.Seq != db.Seq() || m.Engine != db.Engine() || len(m.Missing) != 0 {
			t.Errorf("manifest: %+v", m)
		}
		again, err := archive.Inspect(file)
		if err != nil || again.Hash != m.Hash || len(again.Parts) != len(m.Parts) {
			t.Errorf("inspect: %+v, %v", again, err)
		}
		into := func(engine, dsn string) {
			t.Run("it is restored into "+engine, func(t *testing.T) {
				got, done := restore(t, file, dsn)
				if len(done.Faults) > 0 || got.DB.Engine() != engine {
					t.Errorf("restored into %s: %v", got.DB.Engine(), done.Faults)
				}
				sameRows(t, s.DB, got.DB)
				v := verify(t, got)
				if v.Files != 4 || v.Idle != 0 || len(v.Faults) > 0 {
					t.Errorf("verified: %+v", v)
				}
				addDocument(t, got, 99) // and it lives on
				if v := verify(t, got); len(v.Faults) > 0 {
					t.Errorf("after another document: %+v", v.Faults)
				}
			})
		}
		into("sqlite", "")
		if os.Getenv("POLIS_TEST_POSTGRES") != "" {
			into("postgres", storetest.PostgresDSN(t))
		}
	})
}

func TestBackupWhileOthersWrite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := furnished(t, db)
		writing, stop := context.WithCancel(ctx)
		var writers sync.WaitGroup
		for w := range 2 {
			writers.Go(func() {
				for n := 0; writing.Err() == nil; n++ {
					addDocument(t, s, 1000*(w+1)+n)
				}
			})
		}
		var made []string
		for range 3 {
			file, _ := backup(t, s)
			made = append(made, file)
		}
		stop()
		writers.Wait()
		for _, file := range made {
			got, done := restore(t, file, "")
			v := verify(t, got)
			if len(done.Faults) > 0 || len(v.Faults) > 0 || v.Events != done.Seq {
				t.Errorf("the moment is not whole: %+v %+v", done.Faults, v)
			}
			n, err := store.Get[int64](ctx, got.DB, system.Scope(), "SELECT COUNT(*) FROM event WHERE {scope} AND act = 'library.document.created'")
			docs, err2 := store.Get[int64](ctx, got.DB, system.Scope(), "SELECT COUNT(*) FROM document WHERE {scope}")
			if err != nil || err2 != nil || n != docs || v.Files != docs+1 {
				t.Errorf("%d events, %d documents, %d files; %v %v", n, docs, v.Files, err, err2)
			}
		}
	})
}

func TestMissingFiles(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := furnished(t, db)
		addIntake(t, s, "discarded", "nobody needs this any more")
		lost, spoilt, gone := put(t, s, "the file of document 1"), put(t, s, "the file of document 2"), put(t, s, "nobody needs this any more")
		damage(t, s, lost, func(path string) error { return os.Remove(path) })
		damage(t, s, gone, func(path string) error { return os.Remove(path) })
		damage(t, s, spoilt, func(path string) error {
			return errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("something else"), 0o600))
		})
		wantFaults := func(t *testing.T, faults []archive.Fault) {
			t.Helper()
			text := fmt.Sprint(faults)
			if len(faults) != 2 || !strings.Contains(text, lost+" is missing") || !strings.Contains(text, spoilt+" is damaged") {
				t.Errorf("faults: %v", faults)
			}
		}
		t.Run("verify names each of them", func(t *testing.T) { wantFaults(t, verify(t, s).Faults) })
		t.Run("a backup is made all the same, and says what it lacks", func(t *testing.T) {
			file, m := backup(t, s)
			wantFaults(t, m.Missing)
			got, done := restore(t, file, "")
			wantFaults(t, done.Missing)
			sameRows(t, s.DB, got.DB)
		})
	})
}

// damage does something to a stored file behind the store's back.
func damage(t *testing.T, s archive.System, sum string, do func(path string) error) {
	t.Helper()
	f, err := s.Files.Local(ctx, blob.Sum(sum))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := do(f.Name()); err != nil {
		t.Fatal(err)
	}
}

func TestStoppedBackup(t *testing.T) {
	t.Parallel()
	s := furnished(t, storetest.SQLite(t))
	file := filepath.Join(t.TempDir(), "b.zip")
	stopped, stop := context.WithCancel(ctx)
	_, err := archive.Backup(stopped, s, file, "test", func(what string, done, _ int64) {
		if what == "files" && done == 2 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error("got:", err)
	}
	if left, _ := filepath.Glob(file + "*"); len(left) > 0 {
		t.Error("left behind:", left)
	}
}

func TestCompareIndex(t *testing.T) {
	t.Parallel()
	s := furnished(t, storetest.SQLite(t))
	ix, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	compare := func(t *testing.T) archive.Compared {
		t.Helper()
		c, err := archive.CompareIndex(ctx, s.DB, ix)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	entry := func(n int) search.Entry {
		return search.Entry{Document: fmt.Sprint(n), Lang: "fr", Title: "Guide", Label: access.Label{Level: access.Member}}
	}
	update := func(t *testing.T, seq int64, put ...search.Entry) {
		t.Helper()
		if err := ix.Update(seq, put, nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("an index that has yet to follow is behind, which is no fault", func(t *testing.T) {
		update(t, 1)
		if c := compare(t); len(c.Faults) > 0 || c.Behind() != s.DB.Seq()-1 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("one that lacks an entry does not agree", func(t *testing.T) {
		update(t, s.DB.Seq(), entry(1), entry(2))
		if c := compare(t); len(c.Faults) != 2 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("one with all of them agrees", func(t *testing.T) {
		update(t, s.DB.Seq(), entry(3))
		if c := compare(t); len(c.Faults) > 0 || c.Entries != 3 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("one that holds an entry at another level does not agree", func(t *testing.T) {
		open := entry(3)
		open.Label.Level = access.Public
		update(t, s.DB.Seq(), open)
		if c := compare(t); len(c.Faults) != 2 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("one ahead of the log is of another library", func(t *testing.T) {
		update(t, s.DB.Seq()+7)
		if c := compare(t); len(c.Faults) != 1 {
			t.Errorf("%+v", c)
		}
	})
}
