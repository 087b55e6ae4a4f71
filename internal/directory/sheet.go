package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// The most that an import takes: the directory has a few hundred entries.
const (
	maxBytes = 4 << 20
	maxLines = 1500
)

// sheet is a CSV as it was read.
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

// readSheet reads what spreadsheets call CSV: separated by comma, semicolon or
// tab, in UTF-8 or UTF-16, in Windows-1251 or Windows-1252. What is wrong with
// it is in its faults; the error is for a reader that fails.
func readSheet(r io.Reader) (*sheet, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBytes {
		return tooLarge(1), nil
	}
	text, encoding := decode(data)
	s := &sheet{encoding: encoding}
	comma, text := separator(text)
	records := csv.NewReader(strings.NewReader(text))
	records.Comma, records.FieldsPerRecord, records.LazyQuotes = comma, -1, true
	for {
		record, err := records.Read()
		var broken *csv.ParseError
		switch {
		case err == io.EOF:
			if s.columns == nil {
				s.fault(1, "", "directory.error.empty", "")
			}
			return s, nil
		case errors.As(err, &broken):
			s.fault(broken.Line, "", "directory.error.line", "")
			return s, nil
		case err != nil:
			return nil, err
		}
		number, _ := records.FieldPos(0)
		if s.columns == nil {
			s.readHeader(number, record)
			continue
		}
		if s.readLine(number, record); len(s.lines) > maxLines {
			return tooLarge(number), nil
		}
	}
}

// tooLarge is what remains of a sheet that is not worth reading on.
func tooLarge(row int) *sheet {
	s := &sheet{}
	s.fault(row, "", "directory.error.too-large", "")
	return s
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

func (s *sheet) readLine(number int, record []string) {
	l := line{number: number, cells: make(map[string]string, len(s.columns))}
	empty := true
	for i, cell := range record {
		cell = tidy(unguard(cell))
		if cell == "" {
			continue
		}
		if empty = false; i >= len(s.columns) || s.columns[i] == "" {
			s.fault(number, "", "directory.error.cells", cell)
			continue
		}
		l.cells[s.columns[i]] = cell
	}
	if !empty {
		s.lines = append(s.lines, l)
	}
}

// separator finds what separates the columns: what the first line has most of,
// or what a first line "sep=;" says, as some spreadsheets write it.
func separator(text string) (rune, string) {
	first, rest, _ := strings.Cut(text, "\n")
	if mark, ok := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); ok && len(mark) == 1 {
		return rune(mark[0]), "\n" + rest
	}
	best := ','
	for _, c := range ";\t" {
		if strings.Count(first, string(c)) > strings.Count(first, string(best)) {
			best = c
		}
	}
	return best, text
}

// decode returns the text and the name of its encoding. One that is not
// Unicode is told by its letters: in Cyrillic words one high byte follows
// another, in Western ones they stand alone.
func decode(data []byte) (text, encoding string) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err == nil {
			return string(out), "UTF-16"
		}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf8.Valid(data) {
		return string(data), "UTF-8"
	}
	high, pairs := 0, 0
	for i, b := range data {
		if b < 0xc0 {
			continue
		}
		if high++; i > 0 && data[i-1] >= 0xc0 {
			pairs++
		}
	}
	page := charmap.Windows1252
	if pairs*2 > high {
		page = charmap.Windows1251
	}
	out, _ := page.NewDecoder().Bytes(data) // every byte stands for something, if only U+FFFD
	return string(out), page.String()
}

// A spreadsheet runs a cell that begins like a formula. In an export such a cell
// is guarded by an apostrophe, which an import takes off again.
const formula = "=+-@\t\r"

func guard(cell string) string {
	if cell != "" && strings.ContainsRune(formula, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formula, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
