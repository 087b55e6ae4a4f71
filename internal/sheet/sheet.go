// Package sheet takes tables in and gives them out, as CSV and as workbooks of Excel (XLSX).
//
// People keep lists in spreadsheets. What they send is a table: Read recognises it by its bytes, not by its name, and
// finds out encoding and separator by itself. Then a list of Columns says what is expected, and Bind finds them by
// their names, in any of the six languages, in whatever order and case they stand:
//
//	table, err := sheet.Read(ctx, file, size, sheet.DefaultLimits())
//	binding, troubles := table.Bind(columns, reader)
//	records, more := binding.Records()
//	records[0].Text("starts")                                  // "2026-12-31", however it was written
//
// Everything that is wrong is told at once, as Troubles: by row and column, as the spreadsheet counts them, and as the
// key of a sentence that says what to do. Where a cell can be read in two ways (03/04/2026, 1,234) the other cells of
// its column decide; where they do not either, nothing is guessed.
//
// WriteCSV and WriteXLSX write what Records gives, and stream: any number of rows needs the same memory. What they
// write is read back as it was. WriteTemplate is the empty form, with the choices as lists and an explanation of each
// column. No cell that a person wrote becomes a formula.
package sheet

import (
	"strconv"
	"strings"
	"time"

	"polis/internal/extract"
	"polis/internal/lang"
)

// Limits bound what a table may cost. What goes beyond them is refused and not cut off.
type Limits struct {
	Bytes    int64         // of the file
	Unpacked int64         // bytes that come out of a workbook
	Rows     int           // rows with something in them, with the header
	Columns  int           // columns of a row
	Cell     int           // characters of a cell
	Text     int           // bytes of all cells
	Time     time.Duration // for a workbook
}

// DefaultLimits suit lists of some ten thousand rows.
func DefaultLimits() Limits {
	return Limits{Bytes: 20 << 20, Unpacked: 256 << 20, Rows: 50_000, Columns: 200, Cell: 20_000, Text: 64 << 20, Time: time.Minute}
}

// Format is the kind of file that a table came in.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Table is what a file holds: of a workbook the first visible sheet.
type Table struct {
	Format   Format
	Encoding string // of CSV, as people know it: "UTF-8", "UTF-16", "Windows 1251", "Windows 1252"
	Sheet    string // name of a workbook's sheet
	Rows     []Row  // those with something in them

	from time.Time // the day that the number 0 stands for in the workbook
}

// Row is a row of a table, without the empty cells at its end.
type Row struct {
	Number int // as the spreadsheet counts it, from 1
	Cells  []Cell
}

// Cell is a cell with its text (trimmed, without invisible marks; line breaks stay), whether a workbook holds an exact
// number or day, and the error that a formula left. Merged cells: each row has the text of an area's first column.
type Cell = extract.Cell

// Texts are the texts of the cells.
func (r Row) Texts() []string {
	texts := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		texts[i] = c.Text
	}
	return texts
}

// Trouble is one thing that is wrong with a table. As an error it is what makes the whole file unreadable.
type Trouble struct {
	Row    int    // as the spreadsheet counts, from 1; 0 where the whole file is meant
	Column int    // from 1; 0 where the whole row is meant
	Key    string // of the sentence
	Args   []any  // its placeholders, name and value in turn; Names are told in the reader's language
}

// Error tells it in English, for the log.
func (t *Trouble) Error() string {
	p := lang.For(lang.English)
	return strings.TrimPrefix(t.Place(p)+": "+t.Say(p), ": ")
}

// Say tells what is wrong and what to do.
func (t *Trouble) Say(p *lang.Printer) string {
	args := make([]any, len(t.Args))
	for i, arg := range t.Args {
		switch arg := arg.(type) {
		case lang.Names:
			args[i] = arg.In(p.Tag())
		case []Option:
			args[i] = choiceNames(arg, p)
		default:
			args[i] = arg
		}
	}
	return p.T(t.Key, args...)
}

// Place tells where it is: "Row 12, column C"; "" for the whole file.
func (t *Trouble) Place(p *lang.Printer) string {
	switch row := strconv.Itoa(t.Row); {
	case t.Row == 0:
		return ""
	case t.Column == 0:
		return p.T("sheet.place.row", "row", row)
	default:
		return p.T("sheet.place.cell", "row", row, "column", t.Letter())
	}
}

// Letter is the column as a spreadsheet names it: "A", "AB"; "" where there is none.
func (t *Trouble) Letter() string { return letter(t.Column) }

func letter(column int) (name string) {
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// choiceNames lists some choices for a sentence.
func choiceNames(choices []Option, p *lang.Printer) string {
	const most = 12
	var names []string
	for _, c := range choices[:min(most, len(choices))] {
		names = append(names, c.Names.In(p.Tag()))
	}
	list := strings.Join(names, "; ")
	if len(choices) > most {
		list += "; …"
	}
	return list
}
