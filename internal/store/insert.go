package store

import (
	"context"
	"fmt"
	"strings"
)

// atOnce is how many rows go into one statement. It is small because SQLite
// takes a time that grows with the square of a statement's parameters; PostgreSQL
// takes more, because each statement is a way there and back.
const (
	atOnce         = 16
	atOncePostgres = 128
)

// Insert writes rows, several with each statement. into names the table and its
// columns, "place (id, name)"; end follows the rows, such as " ON CONFLICT DO
// NOTHING", or is "".
func (tx *Tx) Insert(ctx context.Context, into string, rows [][]any, end string) error {
	most := atOnce
	if tx.postgres {
		most = atOncePostgres
	}
	for len(rows) > 0 {
		batch := rows[:min(most, len(rows))]
		rows = rows[len(batch):]
		var stmt strings.Builder
		stmt.WriteString("INSERT INTO " + into + " VALUES ")
		args := make([]any, 0, len(batch)*len(batch[0]))
		for i, row := range batch {
			if i > 0 {
				stmt.WriteString(", ")
			}
			for j, v := range row {
				sep := ", "
				if j == 0 {
					sep = "("
				}
				args = append(args, v)
				fmt.Fprintf(&stmt, "%s$%d", sep, len(args))
			}
			stmt.WriteByte(')')
		}
		if _, err := tx.Exec(ctx, stmt.String()+end, args...); err != nil {
			return err
		}
	}
	return nil
}
