package extract

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Cell is one cell of a workbook as it was last calculated.
type Cell struct {
	Text  string // a day as 2012-07-26, a number with a point and without separators, whatever the workbook shows
	Exact bool   // the workbook holds a number or a day; otherwise Text is what somebody typed
	Fault string // the error that a formula left, such as "#REF!"; Text is "" then
}

// Workbook is what a workbook says of the sheet that Rows has read.
type Workbook struct {
	Sheet  string    // its name
	Merged []string  // its merged areas, such as "A2:A4"
	From   time.Time // the day that the number 0 stands for: numbers count days
}

// widest is how many columns a sheet can have.
const widest = 16384

// Rows reads the first visible sheet of a workbook (XLSX), row by row with its number as the reader of the workbook
// sees it. Rows without a cell may be left out. An error of on ends the reading and comes back; every other one is
// an *Error.
func Rows(ctx context.Context, r io.ReaderAt, size int64, l Limits, on func(number int, cells []Cell) error) (found Workbook, err error) {
	bounded, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	var own error
	defer func() {
		if p := recover(); p != nil {
			err = fail(Broken, "the reader panicked: %v", p)
		}
		if own != nil {
			err = own
		} else if err != nil {
			err = explain(ctx, bounded, err)
		}
	}()
	w := &work{ctx: bounded, limits: l, file: r, size: size}
	if err := w.identify(); err != nil {
		return found, err
	}
	if w.format != formatXLSX {
		return found, fail(Unsupported, "%s is no workbook", w.content.Media)
	}
	return w.firstSheet(func(number int, cells []Cell) error {
		own = on(number, cells)
		return own
	})
}

// firstSheet reads the first sheet that is not hidden.
func (w *work) firstSheet(on func(number int, cells []Cell) error) (found Workbook, err error) {
	a, err := w.openArchive()
	if err != nil {
		return found, err
	}
	sheets, err := a.ordered("sheet", "worksheet")
	if err != nil {
		return found, err
	}
	b := &workbook{work: w, archive: a}
	if err := b.readParts(); err != nil {
		return found, err
	}
	found.From = b.from
	if len(sheets) == 0 {
		return found, nil
	}
	found.Sheet = sheets[0].name
	err = b.readRows(sheets[0].target, on)
	found.Merged = b.merged
	return found, err
}

// readRows reads the rows of a sheet and its merged areas.
func (b *workbook) readRows(name string, on func(number int, cells []Cell) error) error {
	r := &rowReader{workbook: b, on: on}
	b.merged = nil
	return b.archive.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			return r.start(t)
		case xml.EndElement:
			return r.end(t)
		case xml.CharData:
			if r.inValue && r.value.Len() < 1<<20 {
				r.value.Write(t)
			}
		}
		return nil
	})
}

// rowReader puts the cells of a row together.
type rowReader struct {
	*workbook
	on          func(number int, cells []Cell) error
	number      int // of the row
	column      int // of the cell, from 0
	cells       []Cell
	kind, style string
	value       strings.Builder
	inValue     bool
}

func (r *rowReader) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "row":
		r.cells, r.number = r.cells[:0], r.number+1
		if n, err := strconv.Atoi(attr(t, "r")); err == nil && n > 0 {
			r.number = n
		}
	case "c":
		r.kind, r.style, r.column = attr(t, "t"), attr(t, "s"), len(r.cells)
		r.value.Reset()
		if n, ok := columnOf(attr(t, "r")); ok {
			r.column = n
		}
		if r.column >= widest {
			return fail(Bomb, "a row has more than %d columns", widest)
		}
	case "v", "t":
		r.inValue = true
	case "mergeCell":
		r.merged = append(r.merged, attr(t, "ref"))
	}
	return nil
}

func (r *rowReader) end(t xml.EndElement) error {
	switch t.Name.Local {
	case "v", "t":
		r.inValue = false
	case "c":
		for len(r.cells) <= r.column {
			r.cells = append(r.cells, Cell{})
		}
		r.cells[r.column] = r.cell(r.kind, r.style, r.value.String())
	case "row":
		err := r.on(r.number, r.cells)
		r.cells = r.cells[:0]
		return err
	}
	return nil
}

// columnOf is the place of a column by a cell's name: 0 for "A7", 26 for "AA7".
func columnOf(ref string) (column int, ok bool) {
	for _, c := range ref {
		if c < 'A' || c > 'Z' || column > widest {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	return column - 1, column > 0
}

// Area reads the name of an area of cells, such as "A2:B4": rows from 1, columns from 0.
func Area(ref string) (left, top, right, bottom int, ok bool) {
	first, last, _ := strings.Cut(ref, ":")
	if last == "" {
		last = first
	}
	left, okLeft := columnOf(first)
	right, okRight := columnOf(last)
	_, err := fmt.Sscanf(strings.TrimLeft(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "%d", &top)
	_, err2 := fmt.Sscanf(strings.TrimLeft(last, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "%d", &bottom)
	return left, top, right, bottom, okLeft && okRight && err == nil && err2 == nil && left <= right && top <= bottom
}
