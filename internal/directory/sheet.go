package directory

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	table "polis/internal/sheet"
)

// The most that an import takes: the directory has a few hundred entries.
const (
	maxBytes = 4 << 20
	maxLines = 1500
)

// sheet is a table as it was read.
type sheet struct {
	encoding string
	columns  []string
	lines    []line
	faults   []Fault
}

// line is one line of the sheet; number is its place in the file, the header
// being 1.
type line struct {
	number int
	cells  map[string]string
}

// Fault is what is wrong in one cell of an import. Key is a message key, Value
// what the cell holds. Column is "" where the whole line is meant.
type Fault struct {
	Row    int
	Column string
	Key    string
	Value  string
}

// has reports whether the sheet has the column.
func (s *sheet) has(column string) bool { return slices.Contains(s.columns, column) }

func (s *sheet) fault(row int, column, key, value string) {
	s.faults = append(s.faults, Fault{row, column, key, value})
}

// readSheet reads a table as spreadsheets save it. What is wrong with it is in
// its faults; the error is for a reader that fails.
func readSheet(ctx context.Context, r io.Reader) (*sheet, error) {
	limits := table.DefaultLimits()
	limits.Bytes, limits.Rows = maxBytes, maxLines+1
	found, err := table.ReadFrom(ctx, r, limits)
	s := &sheet{}
	var trouble *table.Trouble
	switch {
	case errors.As(err, &trouble) && len(trouble.Args) > 0: // what it says of limits is of a table that may be larger
		s.fault(max(trouble.Row, 1), "", "directory.error.too-large", "")
		return s, nil
	case errors.As(err, &trouble):
		s.fault(max(trouble.Row, 1), "", trouble.Key, "")
		return s, nil
	case err != nil:
		return nil, err
	}
	s.encoding = found.Encoding
	s.readHeader(found.Rows[0].Number, found.Rows[0].Texts())
	for _, row := range found.Rows[1:] {
		s.readLine(row)
	}
	return s, nil
}

func (s *sheet) readHeader(number int, record []string) {
	for _, cell := range record {
		name := strings.ToLower(tidy(cell))
		switch {
		case name == "": // an empty column at the edge of a spreadsheet
		case !slices.Contains(entryColumns, name) && !slices.Contains(nameColumns, name):
			s.fault(number, name, "directory.error.column", name)
		case s.has(name):
			s.fault(number, name, "directory.error.column-twice", name)
		}
		s.columns = append(s.columns, name)
	}
	if !s.has("id") {
		s.fault(number, "id", "directory.error.column-missing", "id")
	}
}

func (s *sheet) readLine(row table.Row) {
	l := line{number: row.Number, cells: make(map[string]string, len(s.columns))}
	for i, c := range row.Cells {
		cell := tidy(cmp.Or(c.Text, c.Fault))
		if cell == "" {
			continue
		}
		if i >= len(s.columns) || s.columns[i] == "" {
			s.fault(row.Number, "", "directory.error.cells", cell)
			continue
		}
		l.cells[s.columns[i]] = cell
	}
	s.lines = append(s.lines, l)
}
