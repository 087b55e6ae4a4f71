package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"polis/internal/access"
)

// Cell is a column of a row and what stands in it: text, a whole number, true or
// false, nothing.
type Cell struct {
	Name  string
	Value any
}

// Record is a row of whatever columns, in their order. As JSON it is an object.
type Record []Cell

// Get is what stands in the column, or nil.
func (r Record) Get(name string) any {
	for _, c := range r {
		if c.Name == name {
			return c.Value
		}
	}
	return nil
}

// MarshalJSON keeps the columns in their order.
func (r Record) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, c := range r {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(c.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(c.Value)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// Records reads row by row what a statement gives, whatever its columns, in the
// same form from both engines: for what gives out whole tables. After an error
// it ends.
func Records(ctx context.Context, q Reader, scope access.Scope, query string, args ...any) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		query, args, err := scoped(query, scope, args)
		if err != nil {
			yield(nil, err)
			return
		}
		rows, err := q.query(ctx, query, args...)
		if err != nil {
			yield(nil, fmt.Errorf("store: %w", err))
			return
		}
		defer rows.Close()
		columns, err := rows.ColumnTypes()
		if err != nil {
			yield(nil, fmt.Errorf("store: %w", err))
			return
		}
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				yield(nil, fmt.Errorf("store: %w", err))
				return
			}
			r := make(Record, len(columns))
			for i, col := range columns {
				r[i] = Cell{col.Name(), plain(values[i], col)}
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, fmt.Errorf("store: %w", err))
		}
	}
}
