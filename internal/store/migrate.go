package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Several nodes may start at once on
// PostgreSQL: one of them migrates, the others wait.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
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
	done, err := p.Up(ctx)
	if err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			err = partial.Err
		}
		return fmt.Errorf("store: migrate: %w", err)
	}
	if len(done) == 0 || !db.postgres {
		return nil
	}
	return db.protectLog(ctx)
}

// protectLog takes from the application's own role the right to change or
// remove events: on PostgreSQL the log can only grow.
func (db *DB) protectLog(ctx context.Context) error {
	_, err := db.write.ExecContext(ctx, "REVOKE UPDATE, DELETE, TRUNCATE ON event FROM PUBLIC, CURRENT_USER")
	if err != nil {
		return fmt.Errorf("store: protect the log: %w", err)
	}
	return nil
}
