package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// quietSchema is the number of the migration that brought quiet events and
// checkpoints.
const quietSchema = 10

// Newest is the number of the newest migration that this program has.
func Newest() int64 {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		panic("store: no migrations") // they are built in
	}
	n, err := strconv.ParseInt(strings.Split(path.Base(names[len(names)-1]), "_")[0], 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// NewerError is returned by Open for tables that a newer program has brought further
// than this one knows. Nothing was changed.
type NewerError struct{ Schema int64 }

func (e *NewerError) Error() string {
	return fmt.Sprintf("the tables are those of a newer POLIS: they went through migration %d, and this program knows %d. "+
		"Start the newer program, or restore a backup that this one can read", e.Schema, Newest())
}

// spoken are the migrations as one engine reads them. The few statements that only
// one of them knows stand in the same file, each line behind "-- sqlite: " or
// "-- postgres: ", and are a comment to the other.
type spoken struct {
	fs.FS
	engine string
}

// Open opens a migration with the lines of the engine.
func (s spoken) Open(name string) (fs.File, error) {
	file, err := s.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return file, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	ours := strings.ReplaceAll("\n"+string(text), "\n-- "+s.engine+": ", "\n")
	return sheet{strings.NewReader(ours[1:]), info}, nil
}

// sheet is a migration that is being read.
type sheet struct {
	*strings.Reader
	info fs.FileInfo
}

func (s sheet) Stat() (fs.FileInfo, error) { return s.info, nil }
func (s sheet) Close() error               { return nil }

// Migrate brings the schema up to date where Open was told to leave it behind.
func (db *DB) Migrate(ctx context.Context) error { return db.migrate(ctx, Newest()) }

// migrate brings the schema up to that migration, and never back. Several nodes
// may start at once on PostgreSQL: one of them migrates, the others wait.
func (db *DB) migrate(ctx context.Context, to int64) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	files = spoken{files, db.Engine()}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption(nil)
	if db.postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("store: migration lock: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, db.write, files, options...)
	if err != nil {
		return fmt.Errorf("store: read migrations: %w", err)
	}
	if db.schema, err = p.GetDBVersion(ctx); err != nil {
		return fmt.Errorf("store: read the schema's number: %w", err)
	}
	if db.schema > Newest() {
		return &NewerError{Schema: db.schema}
	}
	done, err := p.UpTo(ctx, to)
	if err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			err = partial.Err
		}
		return fmt.Errorf("store: migrate: %w", err)
	}
	if db.schema, err = p.GetDBVersion(ctx); err != nil {
		return fmt.Errorf("store: read the schema's number: %w", err)
	}
	if len(done) == 0 || !db.postgres {
		return nil
	}
	return db.protectLog(ctx)
}

// protectLog takes from the application's own role the right to change or
// remove events and checkpoints: on PostgreSQL the log can only grow.
func (db *DB) protectLog(ctx context.Context) error {
	tables := "event"
	if db.schema >= quietSchema {
		tables += ", checkpoint"
	}
	_, err := db.write.ExecContext(ctx, "REVOKE UPDATE, DELETE, TRUNCATE ON "+tables+" FROM PUBLIC, CURRENT_USER")
	if err != nil {
		return fmt.Errorf("store: protect the log: %w", err)
	}
	return nil
}
