package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"polis/internal/access"
)

// Reader is what can be read from: a *DB, or the *Tx of a running write.
type Reader interface {
	query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (db *DB) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := db.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return db.read.QueryContext(ctx, query, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// maxPrepared bounds the statements that are kept ready. The program has fewer;
// lists of many lengths may have more, and go without.
const maxPrepared = 300

// prepare keeps SQLite from reading the same statement anew each time, which
// costs more than running it. pgx does so by itself: there it returns nil.
func (db *DB) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if db.postgres {
		return nil, nil
	}
	db.preparing.Lock()
	defer db.preparing.Unlock()
	if stmt, ok := db.prepared[query]; ok || len(db.prepared) >= maxPrepared {
		return stmt, nil
	}
	stmt, err := db.read.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	db.prepared[query] = stmt
	return stmt, nil
}

func (tx *Tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(ctx, query, args...)
}

var scopeMark = regexp.MustCompile(`\{scope(?: ([a-z_]+))?\}`)

// scoped replaces every {scope} and {scope alias} by the condition that the
// scope sets, and fails where there is none: a list without one would show
// everything to everybody.
func scoped(query string, scope access.Scope, args []any) (string, []any, error) {
	if !scopeMark.MatchString(query) {
		return "", nil, errors.New("store: the statement does not say where {scope} applies")
	}
	args, err := bindable(args)
	if err != nil {
		return "", nil, err
	}
	query = scopeMark.ReplaceAllStringFunc(query, func(mark string) string {
		alias := scopeMark.FindStringSubmatch(mark)[1]
		cond, more := scope.SQL(alias, len(args)+1)
		args = append(args, more...)
		return cond
	})
	return query, args, nil
}

// ErrText is returned where a text holds what no text may: NUL, or bytes that are
// no UTF-8. PostgreSQL takes neither; SQLite would, and its backup could then not
// be restored into the other.
var ErrText = errors.New("store: a text holds what no text may: NUL, or bytes that are no UTF-8")

// bindable turns times into microseconds, as the columns hold them, and lets
// nothing pass that is no text.
func bindable(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			out[i] = Micros(v)
		case string:
			if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
				return nil, ErrText
			}
			out[i] = v
		default:
			out[i] = a
		}
	}
	return out, nil
}

// Micros is a time as a column holds it: microseconds UTC, 0 for no time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// JSON renders a value for a TEXT column that a `db:"name,json"` field reads.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: %T does not become JSON: %v", v, err))
	}
	return string(b)
}

// List reads all rows of a statement within the scope. Columns find the fields
// of Row by `db:"column"` or the field's name in snake case; a Row that is no
// struct takes the only column.
func List[Row any](ctx context.Context, q Reader, scope access.Scope, query string, args ...any) ([]Row, error) {
	var list []Row
	for r, err := range Rows[Row](ctx, q, scope, query, args...) {
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Get reads the first row of a statement within the scope, or ErrNotFound.
func Get[Row any](ctx context.Context, q Reader, scope access.Scope, query string, args ...any) (Row, error) {
	for r, err := range Rows[Row](ctx, q, scope, query, args...) {
		return r, err
	}
	var none Row
	return none, ErrNotFound
}

// Rows reads row by row, for what is too long to hold. After an error it ends.
func Rows[Row any](ctx context.Context, q Reader, scope access.Scope, query string, args ...any) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var none Row
		query, args, err := scoped(query, scope, args)
		if err != nil {
			yield(none, err)
			return
		}
		rows, err := q.query(ctx, query, args...)
		if err != nil {
			yield(none, fmt.Errorf("store: %w", err))
			return
		}
		defer rows.Close()
		scan, err := scanner[Row](rows)
		if err != nil {
			yield(none, err)
			return
		}
		for rows.Next() {
			r, err := scan()
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, fmt.Errorf("store: %w", err))
		}
	}
}

// field is where a column goes, and how it is read.
type field struct {
	index []int
	json  bool
}

var layouts sync.Map // reflect.Type → map[string]field

var timeType, labelType = reflect.TypeFor[time.Time](), reflect.TypeFor[access.Label]()

// layout maps column names to the fields of a struct type, embedded ones too.
func layout(t reflect.Type) map[string]field {
	if known, ok := layouts.Load(t); ok {
		return known.(map[string]field)
	}
	fields := map[string]field{}
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Type == labelType:
			for j, col := range []string{"level", "state", "grp", "owner"} {
				fields[col] = field{index: []int{i, j}}
			}
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			for col, in := range layout(f.Type) {
				fields[col] = field{append([]int{i}, in.index...), in.json}
			}
		default:
			name, opt, _ := strings.Cut(f.Tag.Get("db"), ",")
			if name == "" {
				name = snake(f.Name)
			}
			fields[name] = field{[]int{i}, opt == "json"}
		}
	}
	layouts.Store(t, fields)
	return fields
}

// snake turns LeaseUntil into lease_until and ID into id.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}

// scanner returns a function that reads the current row.
func scanner[Row any](rows *sql.Rows) (func() (Row, error), error) {
	t := reflect.TypeFor[Row]()
	if t.Kind() != reflect.Struct || t == timeType {
		return func() (r Row, err error) {
			err = rows.Scan(target(reflect.ValueOf(&r).Elem(), false))
			return r, err
		}, nil
	}
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	known := layout(t)
	into := make([]field, len(columns))
	for i, col := range columns {
		f, ok := known[col]
		if !ok {
			return nil, fmt.Errorf("store: column %q has no field in %s", col, t)
		}
		into[i] = f
	}
	return func() (r Row, err error) {
		v := reflect.ValueOf(&r).Elem()
		dest := make([]any, len(into))
		for i, f := range into {
			dest[i] = target(v.FieldByIndex(f.index), f.json)
		}
		return r, rows.Scan(dest...)
	}, nil
}

// target is what Scan writes through to reach the field.
func target(v reflect.Value, asJSON bool) any {
	switch {
	case asJSON:
		return &jsonColumn{v.Addr().Interface()}
	case v.Type() == timeType:
		return &timeColumn{v.Addr().Interface().(*time.Time)}
	}
	return v.Addr().Interface()
}

type timeColumn struct{ to *time.Time }

// Scan reads microseconds UTC; 0 is no time.
func (c *timeColumn) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("store: %T is not a time in microseconds", src)
	}
	*c.to = time.Time{}
	if n != 0 {
		*c.to = time.UnixMicro(n).UTC()
	}
	return nil
}

type jsonColumn struct{ to any }

// Scan reads JSON text; empty text leaves the zero value.
func (c *jsonColumn) Scan(src any) error {
	var text []byte
	switch v := src.(type) {
	case string:
		text = []byte(v)
	case []byte:
		text = v
	}
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, c.to)
}
