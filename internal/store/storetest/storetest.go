// Package storetest runs a test on each engine: SQLite in a directory of its
// own, PostgreSQL in a schema of its own, so that all tests run side by side.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"polis/internal/store"
)

var schemas atomic.Int64

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
	return open(t, store.Options{Dir: t.TempDir()})
}

// Postgres opens an empty schema of its own, which goes with the test.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, store.Options{DSN: PostgresDSN(t)})
}

// PostgresDSN makes an empty schema of its own and returns its address.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	base := os.Getenv("POLIS_TEST_POSTGRES")
	if base == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("POLIS_TEST_POSTGRES is not set: in CI both engines are tested")
		}
		t.Skip("POLIS_TEST_POSTGRES is not set")
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("POLIS_TEST_POSTGRES:", err)
	}
	schema := fmt.Sprintf("t%d_%d_%d", os.Getpid(), time.Now().UnixNano(), schemas.Add(1))
	exec(t, base, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { exec(t, base, "DROP SCHEMA "+schema+" CASCADE") })
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func exec(t testing.TB, dsn, stmt string) {
	t.Helper()
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(stmt); err != nil {
		t.Fatal(err)
	}
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
