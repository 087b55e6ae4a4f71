package archive_test

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/archive"
	"polis/internal/blob"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// old is the schema of the first backups, which did not name it.
const old = 5

// oldSystem is a system as it stood then, with a person, a document and its file.
func oldSystem(t *testing.T, o store.Options) archive.System {
	t.Helper()
	o.Schema = old
	db, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := archive.System{DB: db, Files: files}
	alter(t, o, "ALTER TABLE event ADD COLUMN quiet BOOLEAN NOT NULL DEFAULT FALSE", "ALTER TABLE chain ADD COLUMN content BIGINT NOT NULL DEFAULT 0",
		"ALTER TABLE document ADD COLUMN circle TEXT NOT NULL DEFAULT ''", "ALTER TABLE document ADD COLUMN was TEXT NOT NULL DEFAULT ''")
	defer alter(t, o, "ALTER TABLE event DROP COLUMN quiet", "ALTER TABLE chain DROP COLUMN content",
		"ALTER TABLE document DROP COLUMN circle", "ALTER TABLE document DROP COLUMN was")
	addDocument(t, s, 1)
	_, err = store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO person (id, email, name, role, acts_for, body, lang, secret, blocked, rev, created, updated, level, state, grp, owner)
			VALUES ('p1', 'desk@example.org', 'Ольга Ким', 'desk-officer', '', '', 'ru', '', FALSE, 1, $1, $1, 3, '', '', 'p1')`, tx.Now())
		return store.Event{Act: "account.person.created", Object: "p1", Label: access.Label{Level: access.Closed, Owner: "p1"}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// alter lends the tables what the program of today needs for writing events.
func alter(t *testing.T, o store.Options, statements ...string) {
	t.Helper()
	driver, dsn := "sqlite", "file:"+filepath.Join(o.Dir, "polis.db")+"?_pragma=busy_timeout(15000)"
	if o.DSN != "" {
		driver, dsn = "pgx", o.DSN
	}
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, s := range statements {
		if _, err := raw.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOlderBackup(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"sqlite", "postgres"} {
		t.Run("made by "+from, func(t *testing.T) {
			t.Parallel()
			o := store.Options{Dir: t.TempDir()}
			if from == "postgres" {
				o = store.Options{DSN: storetest.PostgresDSN(t)}
			}
			s := oldSystem(t, o)
			file, manifest := backup(t, s)
			t.Run("it names its schema", func(t *testing.T) {
				if manifest.Schema != old || s.DB.Schema() != old {
					t.Errorf("manifest %d, database %d", manifest.Schema, s.DB.Schema())
				}
			})
			for _, into := range []string{"sqlite", "postgres"} {
				t.Run("it is restored into "+into+" and brought up to date", func(t *testing.T) {
					restoresUpToDate(t, s, file, into)
				})
			}
			t.Run("one that does not name its schema yet is restored as well", func(t *testing.T) {
				restoresUpToDate(t, s, withoutSchema(t, file), "sqlite")
			})
		})
	}
}

func restoresUpToDate(t *testing.T, s archive.System, file, into string) {
	t.Helper()
	dsn := ""
	if into == "postgres" {
		dsn = storetest.PostgresDSN(t)
	}
	now, done := restore(t, file, dsn)
	if now.DB.Schema() != store.Newest() || now.DB.Seq() != s.DB.Seq() || len(done.Faults) > 0 {
		t.Errorf("schema %d, event %d of %d, faults %v", now.DB.Schema(), now.DB.Seq(), s.DB.Seq(), done.Faults)
	}
	if v := verify(t, now); len(v.Faults) > 0 {
		t.Error("faults:", v.Faults)
	}
	kept := rows(t, now.DB)
	for table, word := range map[string]string{"person": "Ольга Ким", "language_version": `"title":"Évaluation «ex post» 1"`, "passage": "с полицией"} {
		if n := strings.Count(strings.Join(kept[table], "\n"), word); n != 1 {
			t.Errorf("%s is %d times in %s", word, n, table)
		}
	}
}

// withoutSchema is the backup as it was written before manifests named the schema.
func withoutSchema(t *testing.T, file string) string {
	t.Helper()
	parts := unzip(t, file)
	var manifest map[string]any
	if err := json.Unmarshal([]byte(parts["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	delete(manifest, "schema")
	parts["manifest.json"] = asJSON(t, manifest)
	return zipped(t, parts)
}
