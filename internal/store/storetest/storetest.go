// Package storetest runs a test on each engine: SQLite in a directory of its
// own, PostgreSQL in a database of its own, so that all tests run side by side.
// The migrations run once; every test begins with a copy of what they made.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"polis/internal/store"
)

var databases atomic.Int64

// Each runs fn once on SQLite and once on PostgreSQL. PostgreSQL is reached at
// POLIS_TEST_POSTGRES; without it that half is skipped, except where CI=true:
// there it fails.
func Each(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, Postgres(t))
	})
}

// SQLite opens an empty database in the test's own directory.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	file, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, store.Options{Dir: dir})
}

const fileName = "polis.db"

// migrated is the file of an empty database that went through all migrations.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "migrated")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(context.Background(), store.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // the last connection brings everything into the one file
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, fileName))
})

// Postgres opens an empty database of its own, which goes with the test.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	base := server(t)
	template, err := migratedPostgres(base)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, store.Options{DSN: create(t, base, " TEMPLATE "+template)})
}

// migratedPostgres names a database that went through all migrations. It stays on the
// test's server until the process ends or, where that is killed, as long as the server.
var migratedPostgres = func() func(base string) (string, error) {
	var once sync.Once
	var name string
	var err error
	return func(base string) (string, error) {
		once.Do(func() {
			name = newName()
			if err = exec(base, "CREATE DATABASE "+name); err != nil {
				return
			}
			var db *store.DB
			if db, err = store.Open(context.Background(), store.Options{DSN: at(base, name)}); err == nil {
				err = db.Close()
			}
		})
		return name, err
	}
}()

// PostgresDSN makes a database of its own in which no migration has run, and returns
// its address.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	return create(t, server(t), "")
}

// server is the address of the PostgreSQL for tests.
func server(t testing.TB) string {
	t.Helper()
	base := os.Getenv("POLIS_TEST_POSTGRES")
	if base == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("POLIS_TEST_POSTGRES is not set: in CI both engines are tested")
		}
		t.Skip("POLIS_TEST_POSTGRES is not set")
	}
	return base
}

// create makes a database that goes with the test, and returns its address.
func create(t testing.TB, base, how string) string {
	t.Helper()
	name := newName()
	if err := exec(base, "CREATE DATABASE "+name+how); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec(base, "DROP DATABASE "+name) }) // what a killed process still holds goes with the server
	return at(base, name)
}

func newName() string {
	return fmt.Sprintf("t%d_%d_%d", os.Getpid(), time.Now().UnixNano(), databases.Add(1))
}

// at is the server's address with another database.
func at(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(fmt.Sprint("POLIS_TEST_POSTGRES: ", err))
	}
	u.Path = "/" + name
	return u.String()
}

func exec(dsn, stmt string) error {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.Exec(stmt)
	return err
}

func open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal("open database:", err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
