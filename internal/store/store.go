// Package store keeps the tables: in SQLite on one machine, in PostgreSQL when
// that is outgrown, with the same SQL on both.
//
// Two doors lead in. Write is the only way to change a record, and what it runs
// must return the Event that says what was done; the event joins a hash chain
// in the same transaction. List, Get and Rows are the only ways to read, and
// refuse a statement that does not say where the reader's scope applies.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
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
	// Schema is the number of the last migration to run, 0 for all of them. Only
	// a restore of an older backup stops before the end.
	Schema int64
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	write    *sql.DB
	read     *sql.DB
	postgres bool
	schema   int64
	seq      atomic.Int64
	content  atomic.Int64
	moved    chan struct{}

	preparing sync.Mutex
	prepared  map[string]*sql.Stmt // of the reading connections, SQLite only

	noted noted
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
	if err := db.migrate(ctx, cmp.Or(o.Schema, Newest())); err != nil {
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
	if err := checkTransport(dsn); err != nil {
		return err
	}
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

// checkTransport refuses an address of another machine that leaves open whether the
// connection is encrypted: the driver would then go on in the open where the server
// offers nothing else (ASVS 5.0 12.3.1). Which of the firm ways it is, the operator
// says with sslmode.
func checkTransport(dsn string) error {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("store: open PostgreSQL: %w", err)
	}
	ways := map[bool]bool{c.TLSConfig != nil: true}
	for _, f := range c.Fallbacks {
		if f.Host == c.Host {
			ways[f.TLSConfig != nil] = true
		}
	}
	if ip := net.ParseIP(c.Host); len(ways) < 2 || c.Host == "localhost" || strings.HasPrefix(c.Host, "/") || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("store: the address of the database on %s does not say whether the connection is encrypted: add sslmode=verify-full, "+
		"or sslmode=disable where the network between is your own", c.Host)
}

// openSQLite opens one connection that writes and a few that only read. A
// committed write survives a power cut: synchronous is FULL. What is deleted is
// overwritten: somebody who was erased is in no free page of the file.
func (db *DB) openSQLite(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("store: make data directory: %w", err)
	}
	file := "file:" + (&url.URL{Path: filepath.Join(dir, "polis.db")}).EscapedPath()
	common := "_pragma=busy_timeout(15000)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)"
	var err error
	db.write, err = sql.Open("sqlite", file+"?_pragma=journal_mode(WAL)&_txlock=immediate&_pragma=cache_size(-8000)&_pragma=secure_delete(1)&"+common)
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

// Engine names the engine: "sqlite" or "postgres".
func (db *DB) Engine() string {
	if db.postgres {
		return "postgres"
	}
	return "sqlite"
}

// Schema is the number of the newest migration that the database went through.
func (db *DB) Schema() int64 { return db.schema }

// Seq is the number of the newest event that this process knows of.
func (db *DB) Seq() int64 { return db.seq.Load() }

// Content is the number of the newest event, of those that this process knows
// of, that changed a record or could change a page. What was computed from the
// records is still true while it has not moved, whoever signs in or reads.
func (db *DB) Content() int64 { return db.content.Load() }

// Refresh asks the database for its newest event: other processes write too.
func (db *DB) Refresh(ctx context.Context) (int64, error) {
	var seq, content int64
	query := "SELECT seq, content FROM chain WHERE id = 1"
	if db.schema < quietSchema {
		query = "SELECT seq, seq FROM chain WHERE id = 1"
	}
	err := db.read.QueryRowContext(ctx, query).Scan(&seq, &content)
	if err != nil {
		return 0, fmt.Errorf("store: read the log's head: %w", err)
	}
	db.advance(seq, content)
	return seq, nil
}

// Moved delivers a signal after Content has moved. One reader may wait on it.
func (db *DB) Moved() <-chan struct{} { return db.moved }

// advance records a newer end of the log, and wakes the follower where there is
// something to follow.
func (db *DB) advance(seq, content int64) {
	raise(&db.seq, seq)
	if !raise(&db.content, content) {
		return
	}
	select {
	case db.moved <- struct{}{}:
	default:
	}
}

// raise moves a counter up to n, and reports whether it was below.
func raise(counter *atomic.Int64, n int64) bool {
	for {
		old := counter.Load()
		if n <= old {
			return false
		}
		if counter.CompareAndSwap(old, n) {
			return true
		}
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
