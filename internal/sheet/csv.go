package sheet

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/text/transform"

	"polis/internal/extract"
	"polis/internal/lang"
)

// readCSV reads what spreadsheets call CSV: separated by comma, semicolon or tab, in Unicode or a code page.
func (b *builder) readCSV(ctx context.Context, r io.ReaderAt, size int64) error {
	encoding, name, err := extract.Charset(ctx, r, size)
	var known *extract.Error
	switch {
	case errors.As(err, &known) && known.Reason == extract.Unsupported:
		return wrong("sheet.error.format")
	case err != nil:
		return fmt.Errorf("sheet: %w", err)
	}
	data, err := io.ReadAll(transform.NewReader(io.NewSectionReader(r, 0, size), encoding.NewDecoder()))
	if err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	b.table.Format, b.table.Encoding = CSV, name
	return b.readText(ctx, strings.TrimPrefix(string(data), "\ufeff"))
}

// readText reads the rows. Their numbers are those that a spreadsheet shows: a cell of several lines is in one row, and
// an empty line is a row.
func (b *builder) readText(ctx context.Context, text string) error {
	comma, text := separator(text)
	records := csv.NewReader(strings.NewReader(text))
	records.Comma, records.FieldsPerRecord, records.LazyQuotes, records.ReuseRecord = comma, -1, true, true
	number, end := 0, 0 // the row before, and the line that it ended with
	var cells []Cell
	for {
		record, err := records.Read()
		if err == io.EOF {
			return ctx.Err()
		} else if err != nil {
			return &Trouble{Row: number + 1, Key: "sheet.error.line"}
		}
		line, _ := records.FieldPos(0)
		last, _ := records.FieldPos(len(record) - 1)
		number += line - end
		end = last + strings.Count(record[len(record)-1], "\n")
		if end > line && int(records.InputOffset()) == len(text) && strings.Count(text, `"`)%2 == 1 {
			return &Trouble{Row: number, Key: "sheet.error.quote"} // it has swallowed the rows below
		}
		cells = cells[:0]
		for _, cell := range record {
			cells = append(cells, textCell(unguard(cell)))
		}
		if err := b.add(number, cells); err != nil {
			return err
		}
		if number%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func textCell(text string) Cell {
	if isFault(text) {
		return Cell{Fault: text}
	}
	return Cell{Text: text}
}

// separator finds what separates the columns: what the first line that has any has most of, or what a first line
// "sep=;" says, as some spreadsheets write it.
func separator(text string) (rune, string) {
	first, rest, _ := strings.Cut(text, "\n")
	if mark, ok := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); ok && len(mark) == 1 && strings.Contains(",;\t|", mark) {
		return rune(mark[0]), "\n" + rest
	}
	for line := range strings.Lines(text) {
		best, most := ',', 0
		for _, c := range ",;\t" {
			if n := strings.Count(line, string(c)); n > most {
				best, most = c, n
			}
		}
		if most > 0 {
			return best, text
		}
	}
	return ',', text
}

// WriteCSV writes the rows in UTF-8 with the mark by which spreadsheets know it, under the names of the columns in the
// reader's language. A row has a cell for each column, in the form of its Kind; choices are written by their names. It
// streams, and ends with the error that rows gives.
func WriteCSV(w io.Writer, reader lang.Tag, columns []Column, rows iter.Seq2[[]string, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out, cells := csv.NewWriter(w), make([]string, len(columns))
	for i, c := range columns {
		cells[i] = Guard(c.Names.In(reader))
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	said := make([]teller, len(columns))
	for i, c := range columns {
		said[i] = newTeller(c, reader)
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		for i := range columns {
			cells[i] = said[i].csv(row[i])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// teller says the values of a column as a reader reads them.
type teller struct {
	kind  Kind
	names map[string]string // of choices
}

func newTeller(c Column, reader lang.Tag) teller {
	t := teller{kind: c.Kind, names: make(map[string]string, len(c.Choices))}
	for _, o := range c.Choices {
		t.names[o.ID] = cmp.Or(o.Names.In(reader), o.ID)
	}
	return t
}

// say gives a choice its name; one that is no longer offered keeps its id.
func (t teller) say(value string) string {
	switch {
	case len(t.names) == 0:
		return value
	case t.kind == Choice:
		return cmp.Or(t.names[value], value)
	case t.kind == List:
		parts := split(value)
		for i, part := range parts {
			parts[i] = cmp.Or(t.names[part], part)
		}
		return strings.Join(parts, "; ")
	}
	return value
}

// csv is the cell of a value. A number with three decimals gets a fourth: 1.234 could be read as a thousand.
func (t teller) csv(value string) string {
	switch {
	case value == "" || t.kind == Date:
		return value
	case t.kind == Number || t.kind == Whole:
		if strings.Trim(value, "-0123456789.") != "" {
			return Guard(value)
		}
		if at := strings.IndexByte(value, '.'); at > 0 && len(value)-at == 4 {
			return value + "0"
		}
		return value
	}
	return Guard(t.say(value))
}

// Guard makes a text a cell of CSV. A spreadsheet runs a cell that begins like a formula; such a one gets an apostrophe,
// which Read takes off again.
func Guard(cell string) string {
	if runs(cell) {
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && runs(cell) {
		return cell[1:]
	}
	return cell
}

// runs finds what begins like a formula, guarded or not.
func runs(cell string) bool {
	cell = strings.TrimLeft(cell, "'")
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}
