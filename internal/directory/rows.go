package directory

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Row is a line of a table as a spreadsheet saved it.
type Row struct {
	Line  int // in the file, the first being 1
	Cells []string
}

// ErrNoTable is returned for what is no table of separated values.
type ErrNoTable struct{ Line int }

func (e ErrNoTable) Error() string {
	return fmt.Sprintf("directory: line %d cannot be read as a table", e.Line)
}

// Rows reads what spreadsheets call CSV, as the import of the directory does:
// separated by comma, semicolon or tab, in Unicode or a Windows code page. Empty
// lines are left out, and no more than most are read.
func Rows(data []byte, most int) ([]Row, error) {
	text, _ := decode(data)
	comma, text := separator(text)
	records := csv.NewReader(strings.NewReader(text))
	records.Comma, records.FieldsPerRecord, records.LazyQuotes = comma, -1, true
	var rows []Row
	for len(rows) <= most {
		record, err := records.Read()
		var broken *csv.ParseError
		switch {
		case err == io.EOF:
			return rows, nil
		case errors.As(err, &broken):
			return rows, ErrNoTable{broken.Line}
		case err != nil:
			return rows, err
		}
		line, _ := records.FieldPos(0)
		row, full := Row{Line: line, Cells: make([]string, len(record))}, false
		for i, cell := range record {
			row.Cells[i] = tidy(unguard(cell))
			full = full || row.Cells[i] != ""
		}
		if full {
			rows = append(rows, row)
		}
	}
	return rows, nil
}
