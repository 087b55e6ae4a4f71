// Package store keeps the tables: in SQLite on one machine, in PostgreSQL when
// that is outgrown, with the same SQL on both.
//
// Two doors lead in. Write is the only way to change a record, and what it runs
// must return the Event that says what was done; the event joins a hash chain
// in the same transaction. List, Get and Rows are the only ways to read, and
// refuse a statement that does not say where the reader's scope applies.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"
)

// ErrNotFound is returned where no row exists, or none within the reader's scope:
// the two are not told apart.
var ErrNotFound = errors.New("store: not found")

// Options say where the tables are: in Dir (SQLite), or at the PostgreSQL
// address DSN when that is set.
type Options struct {
	Dir string
	DSN string
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	write    *sql.DB
	read     *sql.DB
	postgres bool
	seq      atomic.Int64
	moved    chan struct{}

	preparing sync.Mutex
	prepared  map[string]*sql.Stmt // of the reading connections, SQLite only
}

// Open connects, brings the schema up to date and reads the log's last number.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{postgres: o.DSN != "", moved: make(chan struct{}, 1)}
	var err error
	if db.postgres {
		err = db.openPostgres(o.DSN)
	} else {
		err = db.openSQLite(o.Dir)
	}
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, err
	}
	if _, err := db.Refresh(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) openPostgres(dsn string) error {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return fmt.Errorf("store: open PostgreSQL: %w", err)
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db.write, db.read = pool, pool
	return nil
}

// openSQLite opens one connection that writes and a few that only read. A
// committed write survives a power cut: synchronous is FULL.
func (db *DB) openSQLite(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("store: make data directory: %w", err)
	}
	file := "file:" + (&url.URL{Path: filepath.Join(dir, "polis.db")}).EscapedPath()
	common := "_pragma=busy_timeout(15000)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)"
	var err error
	db.write, err = sql.Open("sqlite", file+"?_pragma=journal_mode(WAL)&_txlock=immediate&_pragma=cache_size(-8000)&"+common)
	if err != nil {
		return fmt.Errorf("store: open SQLite: %w", err)
	}
	db.write.SetMaxOpenConns(1)
	db.read, err = sql.Open("sqlite", file+"?_pragma=query_only(1)&_pragma=cache_size(-2000)&"+common)
	if err != nil {
		return fmt.Errorf("store: open SQLite: %w", err)
	}
	db.read.SetMaxOpenConns(6)
	db.read.SetMaxIdleConns(6)
	db.read.SetConnMaxIdleTime(time.Minute) // each holds a cache of pages
	db.prepared = map[string]*sql.Stmt{}
	return nil
}

// Close releases the connections.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		err = errors.Join(err, db.read.Close())
	}
	return err
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.read.PingContext(ctx) }

// Engine names the engine: "sqlite" or "postgres".
func (db *DB) Engine() string {
	if db.postgres {
		return "postgres"
	}
	return "sqlite"
}

// Seq is the number of the newest event that this process knows of. What was
// computed from the database is still true while it has not moved.
func (db *DB) Seq() int64 { return db.seq.Load() }

// Refresh asks the database for its newest event: other processes write too.
func (db *DB) Refresh(ctx context.Context) (int64, error) {
	var seq int64
	err := db.read.QueryRowContext(ctx, "SELECT seq FROM chain WHERE id = 1").Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("store: read the log's head: %w", err)
	}
	db.advance(seq)
	return seq, nil
}

// Moved delivers a signal after the log has grown. One reader may wait on it.
func (db *DB) Moved() <-chan struct{} { return db.moved }

// advance records a newer end of the log and wakes the follower.
func (db *DB) advance(seq int64) {
	for {
		old := db.seq.Load()
		if seq <= old {
			return
		}
		if db.seq.CompareAndSwap(old, seq) {
			break
		}
	}
	select {
	case db.moved <- struct{}{}:
	default:
	}
}

// Setting reads an installation's setting, "" where it was never set.
func (db *DB) Setting(ctx context.Context, name string) (string, error) {
	var v string
	err := db.read.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = $1", name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

// PlaceName says where the tables are, without user name and password.
func PlaceName(o Options) string {
	if o.DSN == "" {
		return filepath.Join(o.Dir, "polis.db")
	}
	u, err := url.Parse(o.DSN)
	if err != nil || u.Host == "" {
		return "PostgreSQL"
	}
	return "PostgreSQL at " + u.Host + "/" + strings.TrimPrefix(u.Path, "/")
}
