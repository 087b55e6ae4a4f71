package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/extract"
)

// Read reads a table from the size bytes of r. What is wrong with the file comes as a *Trouble; any other error is of
// this machine or of ctx.
func Read(ctx context.Context, r io.ReaderAt, size int64, l Limits) (*Table, error) {
	if size > l.Bytes {
		return nil, tooLarge(l)
	}
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, fmt.Errorf("sheet: read the first bytes: %w", err)
	}
	b := &builder{limits: l}
	var err error
	switch blank := bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"); {
	case len(blank) == 0 && size <= int64(len(head)):
		err = wrong("sheet.error.empty")
	case bytes.HasPrefix(head, []byte("PK")):
		err = b.readWorkbook(ctx, r, size)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		err = wrong("sheet.error.old") // Excel before 2007, or a workbook with a password
	case bytes.HasPrefix(head, []byte("%PDF")), blank[0] == '<', blank[0] == '{':
		err = wrong("sheet.error.format")
	default:
		err = b.readCSV(ctx, r, size)
	}
	if err == nil && len(b.table.Rows) == 0 {
		err = wrong("sheet.error.empty")
	}
	if err != nil {
		return nil, err
	}
	return &b.table, nil
}

// ReadFrom is Read for what can be read once only. No more than Limits.Bytes of it are held.
func ReadFrom(ctx context.Context, r io.Reader, l Limits) (*Table, error) {
	data, err := io.ReadAll(io.LimitReader(r, l.Bytes+1))
	if err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	return Read(ctx, bytes.NewReader(data), int64(len(data)), l)
}

func wrong(key string, args ...any) *Trouble { return &Trouble{Key: key, Args: args} }

func tooLarge(l Limits) *Trouble {
	return wrong("sheet.error.too-large", "n", l.Rows, "size", l.Bytes>>20)
}

// builder puts a table together within its limits.
type builder struct {
	limits Limits
	table  Table
	bytes  int
}

// add takes a row, if there is anything in it. The cells stay the caller's.
func (b *builder) add(number int, cells []Cell) error {
	for len(cells) > 0 && cells[len(cells)-1] == (Cell{Exact: cells[len(cells)-1].Exact}) {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil
	}
	row := Row{Number: number, Cells: make([]Cell, len(cells))}
	last := 0
	for i, c := range cells {
		if c.Text = tidy(c.Text); c.Text == "" && c.Fault == "" {
			continue
		}
		last = i + 1
		if c.Fault != "" && !isFault(c.Fault) {
			c.Fault = "#VALUE!"
		}
		if b.bytes += len(c.Text); len(c.Text) > b.limits.Cell && utf8.RuneCountInString(c.Text) > b.limits.Cell {
			return &Trouble{number, i + 1, "sheet.error.cell-long", []any{"n", b.limits.Cell}}
		}
		row.Cells[i] = c
	}
	switch row.Cells = row.Cells[:last]; {
	case last == 0:
		return nil
	case last > b.limits.Columns:
		return &Trouble{number, last, "sheet.error.columns", []any{"n", b.limits.Columns}}
	case len(b.table.Rows) >= b.limits.Rows, b.bytes > b.limits.Text:
		t := tooLarge(b.limits)
		t.Row = number
		return t
	}
	b.table.Rows = append(b.table.Rows, row)
	return nil
}

// readWorkbook reads the first visible sheet.
func (b *builder) readWorkbook(ctx context.Context, r io.ReaderAt, size int64) error {
	l := extract.DefaultLimits()
	l.FileBytes, l.UnpackedBytes, l.Time = b.limits.Bytes, b.limits.Unpacked, b.limits.Time
	found, err := extract.Rows(ctx, r, size, l, b.add)
	if err == nil {
		b.table.Format, b.table.Sheet, b.table.from = XLSX, found.Sheet, found.From
		b.spread(found.Merged)
		return nil
	}
	var known *extract.Error
	if !errors.As(err, &known) {
		return err
	}
	switch known.Reason {
	case extract.Cancelled, extract.Failed:
		return fmt.Errorf("sheet: %w", err)
	case extract.Oversized, extract.Bomb, extract.TooSlow, extract.TooMuchMemory:
		return tooLarge(b.limits)
	case extract.Encrypted:
		return wrong("sheet.error.old")
	case extract.Unsupported, extract.Mislabelled:
		return wrong("sheet.error.format")
	}
	return wrong("sheet.error.broken")
}

// spread gives each row of a merged area what its first cell says: three courses beside one State are three courses of
// that State. Only the first column is given, since two columns that say the same would be a doubt.
func (b *builder) spread(areas []string) {
	place := make(map[int]int, len(b.table.Rows))
	for i, row := range b.table.Rows {
		place[row.Number] = i
	}
	for most := b.limits.Rows; len(areas) > 0; areas = areas[1:] {
		left, top, _, bottom, ok := extract.Area(areas[0])
		first, there := place[top]
		if !ok || !there || left >= len(b.table.Rows[first].Cells) {
			continue
		}
		cell := b.table.Rows[first].Cells[left]
		for i := first + 1; i < len(b.table.Rows) && b.table.Rows[i].Number <= bottom && most > 0; i++ {
			row := &b.table.Rows[i]
			for len(row.Cells) <= left {
				row.Cells = append(row.Cells, Cell{})
			}
			row.Cells[left] = cell
			most-- // areas that overlap are the work of no spreadsheet
		}
	}
}

// tidy makes clean text: neither engine of the store takes NUL or broken UTF-8, and invisible marks only deceive.
func tidy(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf), r == '\ufffe', r == '\uffff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), ""))
	return strings.TrimSpace(s)
}

// isPlain finds the texts that need no second look: printable ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isFault recognises what a formula leaves that could not be calculated; spreadsheets write it into CSV too.
func isFault(text string) bool {
	switch text {
	case "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return false
}
