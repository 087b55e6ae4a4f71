package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"polis/internal/blob"
	"polis/internal/store"
)

// references are the files that the tables refer to: sum → the first record
// that does.
type references map[blob.Sum]string

// add notes that a record refers to a file; an empty sum refers to none.
func (r references) add(sum, record string) {
	if _, known := r[blob.Sum(sum)]; !known && sum != "" {
		r[blob.Sum(sum)] = record
	}
}

// sums lists the files in a stable order.
func (r references) sums() []blob.Sum { return slices.Sorted(maps.Keys(r)) }

// versionRow is what refers to a file in the table version. A version without a
// file has the sum of its text, which is in the table passage.
type versionRow struct {
	ID   string `json:"id"`
	Sum  string `json:"sum"`
	File string `json:"file"`
}

func (v versionRow) refer(to references) {
	if v.File != "" {
		to.add(v.Sum, "version "+v.ID)
	}
}

// intakeRow is what refers to files in the table intake: what arrived, and the
// text that was read from it. What was discarded may be gone.
type intakeRow struct {
	ID      string `json:"id"`
	Stage   string `json:"stage"`
	Sum     string `json:"sum"`
	TextSum string `json:"text_sum"`
}

func (i intakeRow) refer(to references) {
	if i.Stage != "discarded" {
		to.add(i.Sum, "intake "+i.ID)
		to.add(i.TextSum, "intake "+i.ID)
	}
}

// wordRow is what refers to a file in the tables dictionary and translation_table.
type wordRow struct {
	SourceLang string `json:"source_lang"`
	TargetLang string `json:"target_lang"`
	File       string `json:"file"`
}

func (w wordRow) refer(to references) { to.add(w.File, "dictionary "+w.SourceLang+"-"+w.TargetLang) }

// referred reads from the database which files it refers to now.
func referred(ctx context.Context, db *store.DB) (references, error) {
	refs := references{}
	versions := store.Rows[versionRow](ctx, db, store.Everything("archive"), "SELECT id, sum, file FROM version WHERE {scope}")
	for v, err := range versions {
		if err != nil {
			return nil, err
		}
		v.refer(refs)
	}
	intakes := store.Rows[intakeRow](ctx, db, store.Everything("archive"), "SELECT id, stage, sum, text_sum FROM intake WHERE {scope}")
	for i, err := range intakes {
		if err != nil {
			return nil, err
		}
		i.refer(refs)
	}
	words := store.Rows[wordRow](ctx, db, store.Everything("archive"), `
		SELECT source_lang, target_lang, file FROM dictionary WHERE {scope}
		UNION SELECT source_lang, target_lang, file FROM translation_table WHERE {scope}`)
	for w, err := range words {
		if err != nil {
			return nil, err
		}
		w.refer(refs)
	}
	return refs, nil
}

// head is the row of the table chain.
type head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// witness reads along while tables are dumped, and so knows what the very
// moment of the dump refers to.
type witness struct {
	refs references
	head head
}

// beside returns a writer that passes a table's rows on to w and looks at those
// that matter.
func (s *witness) beside(table string, w io.Writer) io.Writer {
	var look func(line []byte) error
	switch table {
	case "version":
		look = func(line []byte) error { return readRow(line, func(v versionRow) { v.refer(s.refs) }) }
	case "intake":
		look = func(line []byte) error { return readRow(line, func(i intakeRow) { i.refer(s.refs) }) }
	case "dictionary", "translation_table":
		look = func(line []byte) error { return readRow(line, func(w wordRow) { w.refer(s.refs) }) }
	case "chain":
		look = func(line []byte) error { return readRow(line, func(h head) { s.head = h }) }
	default:
		return w
	}
	return &lineReader{w: w, look: look}
}

func readRow[Row any](line []byte, take func(Row)) error {
	var r Row
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("archive: row of a dump: %w", err)
	}
	take(r)
	return nil
}

// lineReader is a writer that shows every whole line to look.
type lineReader struct {
	w    io.Writer
	look func(line []byte) error
	rest []byte
}

func (l *lineReader) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return l.w.Write(p)
		}
		if err := l.look(line); err != nil {
			return 0, err
		}
		l.rest = append(l.rest[:0], rest...)
	}
}
