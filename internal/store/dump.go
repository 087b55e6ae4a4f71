package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// volatile tables are not part of a backup: who was signed in, what was to be
// sent (a copy that is tried out must not write to people) or had just come by
// mail, and what goose did to this database.
var volatile = []string{"session", "attempt", "letter", "ticket", "inbox_message", "goose_db_version"}

// Dump writes every table as it stood at one moment, while others go on
// writing. next is asked for a writer per table; each line is one row as a JSON
// object. The lines are the same for both engines.
func Dump(ctx context.Context, db *DB, next func(table string) (io.Writer, error)) error {
	level := sql.LevelDefault
	if db.postgres {
		level = sql.LevelRepeatableRead
	}
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{Isolation: level, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("store: begin snapshot: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	tables, err := tables(ctx, tx, db.postgres)
	if err != nil {
		return err
	}
	for _, table := range tables {
		w, err := next(table)
		if err != nil {
			return err
		}
		if err := dumpTable(ctx, tx, table, w); err != nil {
			return fmt.Errorf("store: dump %s: %w", table, err)
		}
	}
	return nil
}

// tables lists the tables of a backup by name.
func tables(ctx context.Context, tx *sql.Tx, postgres bool) ([]string, error) {
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name"
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("store: list tables: %w", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if !slices.Contains(volatile, name) {
			names = append(names, name)
		}
	}
	return names, rows.Err()
}

func dumpTable(ctx context.Context, tx *sql.Tx, table string, w io.Writer) error {
	query := "SELECT * FROM " + table
	if table == "event" {
		query += " ORDER BY seq" // so that the chain can be followed in the backup
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		row := make(map[string]any, len(columns))
		for i, col := range columns {
			row[col.Name()] = plain(values[i], col)
		}
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain is a column's value as both engines write it: SQLite has no booleans
// but 0 and 1 in columns that are declared so.
func plain(value any, col *sql.ColumnType) any {
	switch v := value.(type) {
	case []byte:
		return string(v)
	case int64:
		if col.DatabaseTypeName() == "BOOLEAN" {
			return v != 0
		}
	}
	return value
}

// ErrNotEmpty is returned by Load where the database already holds events.
var ErrNotEmpty = errors.New("store: the database is not empty")

// Load puts the tables of a dump into an empty database of either engine, in
// one transaction. each calls its argument once per table of the dump.
func Load(ctx context.Context, db *DB, each func(load func(table string, r io.Reader) error) error) error {
	if db.Seq() != 0 {
		return ErrNotEmpty
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it has nothing to do
	relax := "PRAGMA defer_foreign_keys = ON"
	if db.postgres {
		relax = "SET CONSTRAINTS ALL DEFERRED"
	}
	if _, err := tx.ExecContext(ctx, relax); err != nil {
		return fmt.Errorf("store: defer foreign keys: %w", err)
	}
	known, err := tables(ctx, tx, db.postgres)
	if err != nil {
		return err
	}
	err = each(func(table string, r io.Reader) error {
		if !slices.Contains(known, table) {
			return fmt.Errorf("store: this version knows no table %q", table)
		}
		if err := loadTable(ctx, tx, table, r); err != nil {
			return fmt.Errorf("store: load %s: %w", table, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	_, err = db.Refresh(ctx)
	return err
}

func loadTable(ctx context.Context, tx *sql.Tx, table string, r io.Reader) error {
	if table != "event" && table != "checkpoint" { // a fresh schema's own rows; the log is empty and protected
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	lines := bufio.NewReader(r)
	inserts := map[string]*sql.Stmt{}
	defer func() {
		for _, s := range inserts {
			s.Close()
		}
	}()
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			if err := loadRow(ctx, tx, inserts, table, line); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func loadRow(ctx context.Context, tx *sql.Tx, inserts map[string]*sql.Stmt, table string, line []byte) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var row map[string]any
	if err := dec.Decode(&row); err != nil {
		return fmt.Errorf("read row: %w", err)
	}
	columns := make([]string, 0, len(row))
	for col := range row {
		if !columnName.MatchString(col) {
			return fmt.Errorf("no column can be called %q", col)
		}
		columns = append(columns, col)
	}
	slices.Sort(columns)
	args, marks := make([]any, len(columns)), make([]string, len(columns))
	for i, col := range columns {
		marks[i] = fmt.Sprintf("$%d", i+1)
		args[i] = row[col]
		if n, ok := row[col].(json.Number); ok {
			whole, err := n.Int64()
			if err != nil {
				return fmt.Errorf("column %s: %w", col, err)
			}
			args[i] = whole
		}
	}
	names := strings.Join(columns, ", ")
	stmt, ok := inserts[names]
	if !ok {
		var err error
		stmt, err = tx.PrepareContext(ctx, "INSERT INTO "+table+" ("+names+") VALUES ("+strings.Join(marks, ", ")+")")
		if err != nil {
			return err
		}
		inserts[names] = stmt
	}
	_, err := stmt.ExecContext(ctx, args...)
	return err
}
