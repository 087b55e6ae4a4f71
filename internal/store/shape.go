package store

import (
	"context"
	"fmt"
)

// Column is a column of a table as the database has it now.
type Column struct{ Table, Name string }

// Columns lists the columns of every table, by table and place: for those who
// must know all that there is, whoever added it.
func Columns(ctx context.Context, db *DB) ([]Column, error) {
	query := `
		SELECT m.name, c.name
		FROM sqlite_master m
		JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
		ORDER BY m.name, c.cid`
	if db.postgres {
		query = `
			SELECT table_name, column_name
			FROM information_schema.columns
			WHERE table_schema = current_schema()
			ORDER BY table_name, ordinal_position`
	}
	rows, err := db.read.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("store: list columns: %w", err)
	}
	defer rows.Close()
	var list []Column
	for rows.Next() {
		var c Column
		if err := rows.Scan(&c.Table, &c.Name); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Size is how many bytes the tables take on their disk, indexes and free pages
// included.
func (db *DB) Size(ctx context.Context) (int64, error) {
	query := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if db.postgres {
		query = "SELECT pg_database_size(current_database())"
	}
	var bytes int64
	if err := db.read.QueryRowContext(ctx, query).Scan(&bytes); err != nil {
		return 0, fmt.Errorf("store: size: %w", err)
	}
	return bytes, nil
}

// Release names the engine with its version: "SQLite 3.51.0".
func (db *DB) Release(ctx context.Context) (string, error) {
	name, query := "SQLite ", "SELECT sqlite_version()"
	if db.postgres {
		name, query = "PostgreSQL ", "SHOW server_version"
	}
	var version string
	if err := db.read.QueryRowContext(ctx, query).Scan(&version); err != nil {
		return "", fmt.Errorf("store: version: %w", err)
	}
	return name + version, nil
}
