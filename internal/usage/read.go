package usage

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Query chooses documents with their figures.
type Query struct {
	Period Period
	Lang   string // of the text that was read, as addresses write it; "": all together
	Theme  string // with those below it
	Type   string
	Added  int // the year in which it came into the library; 0: any
	After  Place
	Limit  int
}

// Place is where a document stands in a list. The zero Place is before all.
type Place struct {
	Reads int64
	ID    string
}

func (p Place) String() string { return strconv.FormatInt(p.Reads, 10) + "-" + p.ID }

// ParsePlace reads what String wrote.
func ParsePlace(s string) (Place, bool) {
	reads, id, _ := strings.Cut(s, "-")
	n, err := strconv.ParseInt(reads, 10, 64)
	return Place{n, id}, err == nil && n >= 0 && id != "" && len(id) <= 100
}

// Line is a document with its figures for a period. Of one that not everybody may
// read they are those that are kept: see Fewest.
type Line struct {
	Document string
	Level    access.Level
	Figures
}

// conditions are a statement's conditions and arguments in the making.
type conditions struct {
	where strings.Builder
	args  []any
}

// and adds a condition, whose %s are the placeholders of the values.
func (c *conditions) and(cond string, values ...any) {
	marks := make([]any, len(values))
	for i, v := range values {
		c.args = append(c.args, v)
		marks[i] = fmt.Sprintf("$%d", len(c.args))
	}
	fmt.Fprintf(&c.where, " AND "+cond, marks...)
}

// Beyond is the level from which on nothing is known of documents: of closed ones
// never, and where a month, a language or the quarter that is running is asked for, of
// all that not everybody may read.
func (q Query) Beyond() access.Level {
	if q.Lang != "" || q.Period.Span == Month || q.Period == PeriodOf(Quarter, time.Now()) {
		return access.Member
	}
	return access.Closed
}

// filter narrows to documents d of which something is known.
func (c *conditions) filter(q Query) {
	c.and("d.level < %s", int(q.Beyond()))
	if q.Type != "" {
		c.and("d.kind = %s", q.Type)
	}
	if q.Theme != "" { // 0 follows the slash
		c.and("d.id IN (SELECT t.document FROM document_tag t WHERE t.kind = 'theme' AND t.lang = '' AND (t.value = %s OR t.value >= %s AND t.value < %s))",
			q.Theme, q.Theme+"/", q.Theme+"0")
	}
	if q.Added > 0 {
		from := time.Date(q.Added, 1, 1, 0, 0, 0, 0, time.UTC)
		c.and("d.created >= %s AND d.created < %s", from, from.AddDate(1, 0, 0))
	}
}

const lineColumns = "u.reads, u.found, u.files, u.cites, d.level"

// Most lists the documents that were read in the period, the most read first. more
// is the place of the last one where others follow.
func Most(ctx context.Context, db *store.DB, scope access.Scope, q Query) (list []Line, more Place, err error) {
	c := q.counted()
	if q.After != (Place{}) {
		c.and("(u.reads, u.document) < (%s, %s)", q.After.Reads, q.After.ID)
	}
	list, err = c.list(ctx, db, scope, "u.reads DESC, u.document DESC", q.Limit+1)
	return cut(list, q.Limit, err)
}

// counted are the conditions of documents that were read in the period.
func (q Query) counted() *conditions {
	c := &conditions{args: []any{string(q.Period.Span), q.Period.Since, q.Lang}}
	c.where.WriteString("u.span = $1 AND u.since = $2 AND u.lang = $3 AND u.reads > 0")
	c.filter(q)
	return c
}

// list reads them in the order of the index. CROSS JOIN keeps SQLite from another.
func (c *conditions) list(ctx context.Context, db *store.DB, scope access.Scope, order string, limit int) ([]Line, error) {
	return store.List[Line](ctx, db, scope, fmt.Sprintf(`
		SELECT u.document, `+lineColumns+`
		FROM usage_count u CROSS JOIN document d
		WHERE d.id = u.document AND {scope d} AND %s
		ORDER BY %s
		LIMIT $%d`, c.where.String(), order, len(c.args)+1), append(c.args, limit)...)
}

// Least lists the documents that came before a moment, the least read in the period
// first: to begin with, those that nobody read.
func Least(ctx context.Context, db *store.DB, scope access.Scope, q Query, before time.Time) (list []Line, more Place, err error) {
	if q.After.Reads == 0 {
		if list, err = unread(ctx, db, scope, q, before); err != nil {
			return nil, Place{}, err
		}
	}
	if n := q.Limit + 1 - len(list); n > 0 {
		c := q.counted()
		c.and("d.created < %s", before)
		if q.After.Reads > 0 {
			c.and("(u.reads, u.document) > (%s, %s)", q.After.Reads, q.After.ID)
		}
		read, err := c.list(ctx, db, scope, "u.reads, u.document", n)
		if err != nil {
			return nil, Place{}, err
		}
		list = append(list, read...)
	}
	return cut(list, q.Limit, nil)
}

// unread are the documents without a reading in the period, in the order in which
// they came.
func unread(ctx context.Context, db *store.DB, scope access.Scope, q Query, before time.Time) ([]Line, error) {
	c := &conditions{args: []any{string(q.Period.Span), q.Period.Since, q.Lang}}
	c.filter(q)
	c.and("d.created < %s AND d.id > %s", before, q.After.ID)
	return store.List[Line](ctx, db, scope, fmt.Sprintf(`
		SELECT d.id AS document, 0 AS reads, COALESCE(u.found, 0) AS found, COALESCE(u.files, 0) AS files, COALESCE(u.cites, 0) AS cites, d.level
		FROM document d LEFT JOIN usage_count u ON u.document = d.id AND u.span = $1 AND u.since = $2 AND u.lang = $3
		WHERE {scope d} AND COALESCE(u.reads, 0) = 0%s
		ORDER BY d.id
		LIMIT $%d`, c.where.String(), len(c.args)+1), append(c.args, q.Limit+1)...)
}

func cut(list []Line, limit int, err error) ([]Line, Place, error) {
	if err != nil || len(list) <= limit {
		return list, Place{}, err
	}
	last := list[limit-1]
	return list[:limit], Place{last.Reads, last.Document}, nil
}

// Count is a figure of one document, or of all public ones, for a period and a
// language; Lang "" is all together.
type Count struct {
	Span  Span
	Since time.Time
	Lang  string
	Figures
}

// Of lists what is counted of a document: by month and language while everybody may
// read it, by quarter, and in all; the newest first.
func Of(ctx context.Context, db *store.DB, scope access.Scope, document string) ([]Count, error) {
	return store.List[Count](ctx, db, scope, `
		SELECT u.span, u.since, u.lang, u.reads, u.found, u.files, u.cites
		FROM document d JOIN usage_count u ON u.document = d.id
		WHERE {scope d} AND d.id = $1 AND d.level < 3 AND (u.span = 'month' AND u.lang <> '' OR u.span IN ('quarter', 'all') AND u.lang = '')
		ORDER BY u.since DESC, u.span, u.lang`, document)
}

// Months are the figures of all public documents together, by month, the oldest
// first: those since a moment that are not empty.
func Months(ctx context.Context, db *store.DB, since time.Time) ([]Count, error) {
	return store.List[Count](ctx, db, everything, `
		SELECT span, since, lang, reads, found, files, cites FROM usage_count
		WHERE {scope} AND document = '' AND span = 'month' AND lang = '' AND since >= $1
		ORDER BY since`, since)
}

// Languages are the figures of all public documents together in a period, by the
// language of the text, the most read first.
func Languages(ctx context.Context, db *store.DB, p Period) ([]Count, error) {
	return store.List[Count](ctx, db, everything, `
		SELECT span, since, lang, reads, found, files, cites FROM usage_count
		WHERE {scope} AND document = '' AND span = $1 AND since = $2 AND lang <> ''
		ORDER BY reads DESC, lang`, string(p.Span), p.Since)
}
