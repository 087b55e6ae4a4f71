package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"polis/internal/lang"
)

// WriteXLSX writes the rows into a workbook with one sheet of that title: numbers as numbers, days as days, everything
// else as text that no spreadsheet runs; the header stays in sight and filters. Rows are as for WriteCSV. They wait in
// a temporary file until the last one has come, so nothing is written before an error of rows.
func WriteXLSX(w io.Writer, reader lang.Tag, title string, columns []Column, rows iter.Seq2[[]string, error]) error {
	return WriteBook(w, reader, title, Page{title, columns, rows})
}

// Page is one sheet of a workbook. Its title is unlike that of any other, also in its
// first 31 letters.
type Page struct {
	Title   string
	Columns []Column
	Rows    iter.Seq2[[]string, error] // as for WriteXLSX
}

// WriteBook writes a workbook of several sheets, each as WriteXLSX does.
func WriteBook(w io.Writer, reader lang.Tag, title string, first Page, more ...Page) (err error) {
	b, err := newBook(reader, title, first.Title)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.file.Close()) }()
	if err := b.writeRows(first.Columns, first.Rows); err != nil {
		return err
	}
	for _, p := range more {
		if err := b.add(p.Title); err != nil {
			return err
		}
		if err := b.writeRows(p.Columns, p.Rows); err != nil {
			return err
		}
	}
	return b.write(w)
}

// add goes on with a new sheet.
func (b *book) add(title string) error {
	b.sheet = sheetName(title)
	if at, err := b.file.GetSheetIndex(b.sheet); err != nil || at >= 0 {
		return errors.Join(fmt.Errorf("sheet: %q is there twice", b.sheet), err)
	}
	_, err := b.file.NewSheet(b.sheet)
	return err
}

// book is a workbook that is being written.
type book struct {
	file   *excelize.File
	reader lang.Tag
	sheet  string
	style  map[Kind]int
	bold   int
}

func newBook(reader lang.Tag, title, first string) (*book, error) {
	b := &book{file: excelize.NewFile(), reader: reader, sheet: sheetName(first), style: map[Kind]int{}}
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	var err error
	if b.bold, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: top}); err != nil {
		return nil, err
	}
	day := "yyyy\\-mm\\-dd"
	for _, of := range []struct { // in this order, so that the same rows give the same bytes
		kind  Kind
		style *excelize.Style
	}{
		{Text, &excelize.Style{NumFmt: 49, Alignment: top}}, // text stays text also when somebody edits it
		{Date, &excelize.Style{CustomNumFmt: &day, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}}},
		{Number, &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}},
	} {
		if b.style[of.kind], err = b.file.NewStyle(of.style); err != nil {
			return nil, err
		}
	}
	if err := b.file.SetSheetName("Sheet1", b.sheet); err != nil {
		return nil, fmt.Errorf("sheet: name %q: %w", b.sheet, err)
	}
	now := time.Now().UTC().Truncate(24 * time.Hour).Format(time.RFC3339) // to the day: the same rows give the same bytes
	return b, b.file.SetDocProps(&excelize.DocProperties{Title: title, Creator: "POLIS", Language: string(reader), Created: now, Modified: now})
}

// styleOf is the style of a column's cells.
func (b *book) styleOf(k Kind) int {
	switch k {
	case Date:
		return b.style[Date]
	case Number, Whole:
		return b.style[Number]
	}
	return b.style[Text]
}

// open begins the rows of a sheet under its header.
func (b *book) open(sheet string, header []string, widths []float64, styles []int) (*excelize.StreamWriter, error) {
	if err := b.file.SetSheetDimension(sheet, ""); err != nil { // it would say A1, and some programs believe it
		return nil, err
	}
	s, err := b.file.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	cells := make([]any, len(header))
	for i := len(header) - 1; i >= 0; i-- { // the library writes the columns down in the opposite order, and Excel wants them in theirs
		cells[i] = excelize.Cell{StyleID: b.bold, Value: header[i]}
		if err := s.SetColWidth(i+1, i+1, widths[i]); err != nil {
			return nil, err
		}
		if err := s.SetColStyle(i+1, i+1, styles[i]); err != nil {
			return nil, err
		}
	}
	return s, s.SetRow("A1", cells)
}

// openTable begins the table itself.
func (b *book) openTable(columns []Column, head func(Column) string) (*excelize.StreamWriter, error) {
	header, widths, styles := make([]string, len(columns)), make([]float64, len(columns)), make([]int, len(columns))
	for i, c := range columns {
		header[i], styles[i] = head(c), b.styleOf(c.Kind)
		widths[i] = max(width[c.Kind], min(float64(len([]rune(header[i]))+4), 32))
	}
	return b.open(b.sheet, header, widths, styles)
}

// width of the columns, in characters.
var width = map[Kind]float64{"": 36, Text: 36, Date: 13, Number: 13, Whole: 11, Choice: 24, List: 32}

func (b *book) writeRows(columns []Column, rows iter.Seq2[[]string, error]) error {
	out, err := b.openTable(columns, func(c Column) string { return c.Names.In(b.reader) })
	if err != nil {
		return err
	}
	said := make([]teller, len(columns))
	for i, c := range columns {
		said[i] = newTeller(c, b.reader)
	}
	number, cells := 1, make([]any, len(columns))
	for row, err := range rows {
		if err != nil {
			return err
		}
		for i, c := range columns {
			cells[i] = nil
			if row[i] != "" {
				cells[i] = excelize.Cell{StyleID: b.styleOf(c.Kind), Value: said[i].typed(row[i])}
			}
		}
		number++
		if err := out.SetRow("A"+strconv.Itoa(number), cells); err != nil {
			return fmt.Errorf("sheet: row %d: %w", number, err)
		}
	}
	if err := b.file.AutoFilter(b.sheet, fmt.Sprintf("A1:%s%d", letter(len(columns)), number), nil); err != nil {
		return err
	}
	return out.Flush()
}

// typed is the value as a spreadsheet counts with it. What is no day and no number that it can hold stays text.
func (t teller) typed(value string) any {
	switch t.kind {
	case Date:
		if day, err := time.Parse(time.DateOnly, value); err == nil && day.Year() >= 1900 {
			return day
		}
	case Number, Whole:
		if n, err := strconv.ParseFloat(value, 64); err == nil && len(strings.Trim(value, "-0.")) <= 16 && value != "NaN" {
			return n
		}
	}
	return t.say(value)
}

// write writes the workbook. The library would first put it into memory as a whole; it is made to write through.
func (b *book) write(w io.Writer) error {
	b.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) }
	if err := b.file.Write(io.Discard); err != nil {
		return fmt.Errorf("sheet: write the workbook: %w", err)
	}
	return nil
}

// sheetName makes a title the name of a sheet: 31 UTF-16 units, and none of the signs that Excel refuses.
func sheetName(title string) string {
	title = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, tidy(title))
	title = strings.Join(strings.Fields(title), " ")
	for runes := []rune(title); len(utf16.Encode(runes)) > 31; {
		runes = runes[:len(runes)-1]
		title = string(runes)
	}
	if title = strings.Trim(title, "' "); title == "" {
		return "POLIS"
	}
	return title
}
