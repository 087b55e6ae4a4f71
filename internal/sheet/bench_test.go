package sheet_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"

	"polis/internal/lang"
	"polis/internal/sheet"
)

// wide are twenty columns of all kinds.
func wide() (columns []sheet.Column) {
	for i := range 20 {
		c := courses[i%len(courses)]
		c.ID, c.Names, c.Required = fmt.Sprintf("%s%d", c.ID, i), lang.Names{"en": fmt.Sprintf("%s %d", c.Names["en"], i)}, false
		columns = append(columns, c)
	}
	return columns
}

func wideRows(n int) (all [][]string) {
	for i := range n {
		var row []string
		for c := range 20 {
			cell := rows[i%3][c%len(courses)]
			if c%len(courses) == 0 {
				cell = fmt.Sprintf("Course %d for the instructors of criminal investigation, part %d", i, c)
			}
			row = append(row, cell)
		}
		all = append(all, row)
	}
	return all
}

// byExcel is a workbook as Excel writes it: texts shared.
func byExcel(b *testing.B, columns []sheet.Column, rows [][]string) []byte {
	return workbook(b, func(f *excelize.File) {
		for i, c := range columns {
			cell, err := excelize.CoordinatesToCellName(i+1, 1)
			must(b, err, f.SetCellStr("Sheet1", cell, c.Names["en"]))
		}
		for r, row := range rows {
			cells := make([]any, len(row))
			for i, v := range row {
				cells[i] = v
			}
			cell, err := excelize.CoordinatesToCellName(1, r+2)
			must(b, err, f.SetSheetRow("Sheet1", cell, &cells))
		}
	})
}

// 10,000 rows of 20 columns are read, found and understood in less than two
// seconds on two cores (doc/benchmarks.md).
func BenchmarkRead(b *testing.B) {
	columns, rows := wide(), wideRows(10_000)
	var text, book bytes.Buffer
	must(b, sheet.WriteCSV(&text, lang.English, columns, each(rows)))
	must(b, sheet.WriteXLSX(&book, lang.English, "Courses", columns, each(rows)))
	for name, data := range map[string][]byte{"CSV": text.Bytes(), "XLSX": book.Bytes(), "XLSX with shared texts": byExcel(b, columns, rows)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				binding, troubles := read(b, data).Bind(columns, lang.English)
				if records, more := binding.Records(); len(records) != 10_000 || len(troubles)+len(more) > 0 {
					b.Fatal(len(records), briefs(troubles), briefs(more[:min(10, len(more))]))
				}
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	columns, rows := wide(), wideRows(10_000)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"CSV":  func(w *bytes.Buffer) error { return sheet.WriteCSV(w, lang.English, columns, each(rows)) },
		"XLSX": func(w *bytes.Buffer) error { return sheet.WriteXLSX(w, lang.English, "Courses", columns, each(rows)) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var w bytes.Buffer
				must(b, write(&w))
			}
		})
	}
}
