package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// ErrInUse is returned by Lock where another process holds the directory.
var ErrInUse = errors.New("store: the data directory is in use by another process")

// Lock takes the data directory for this process alone, until release is
// called or the process ends, in whatever way. It waits for nobody: where
// another process holds the directory it returns ErrInUse.
//
// The lock is an exclusive transaction on an empty SQLite file beside the data,
// because SQLite locks files on every system in the way that the system drops
// when a process dies. Processes that only read or write tables need no lock;
// the search index and a restore do.
func Lock(dir string) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("store: make data directory: %w", err)
	}
	file := "file:" + (&url.URL{Path: filepath.Join(dir, LockFile)}).EscapedPath()
	pool, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(0)&_txlock=exclusive")
	if err != nil {
		return nil, fmt.Errorf("store: lock the data directory: %w", err)
	}
	tx, err := pool.BeginTx(context.Background(), nil)
	if err != nil {
		err = errors.Join(err, pool.Close())
		var lite *sqlite.Error
		if errors.As(err, &lite) && lite.Code()&0xff == 5 { // SQLITE_BUSY
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("store: lock the data directory: %w", err)
	}
	return func() error { return errors.Join(tx.Rollback(), pool.Close()) }, nil
}

// LockFile is the name in the data directory of the file that Lock holds. It
// stays there, empty.
const LockFile = "running.lock"
