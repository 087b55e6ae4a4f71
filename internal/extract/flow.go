package extract

import "strings"

// flow collects running text into passages for the formats that mark where a block starts and ends. Within a row of a
// table the blocks are only words; the row is the passage, whatever is nested in it.
type flow struct {
	work  *work
	kind  Kind
	level int
	text  strings.Builder
	rows  int // rows that are open, nested ones counted
}

func newFlow(w *work) *flow { return &flow{work: w, kind: Paragraph} }

// start ends the block before and begins one of that kind.
func (f *flow) start(kind Kind, level int) {
	f.end()
	if f.rows == 0 {
		f.kind, f.level = kind, level
	}
}

// end closes the block.
func (f *flow) end() {
	if f.rows > 0 {
		f.text.WriteByte(' ')
		return
	}
	f.flush(f.kind, f.level)
	f.kind, f.level = Paragraph, 0
}

func (f *flow) flush(kind Kind, level int) {
	if f.text.Len() > 0 {
		f.work.add(kind, level, f.text.String())
		f.text.Reset()
	}
}

// write adds words. A block that grows without end is handed on in pieces.
func (f *flow) write(s string) {
	if f.kind != Code {
		s = strings.ReplaceAll(s, "\t", " ")
	}
	f.text.WriteString(s)
	if f.text.Len() > 1<<20 {
		kind := f.kind
		if f.rows > 0 {
			kind = TableRow
		}
		f.flush(kind, f.level)
	}
}

func (f *flow) startRow() {
	if f.rows == 0 {
		f.end()
	}
	f.rows++
}

// endCell sets the next cell apart.
func (f *flow) endCell() {
	if f.rows == 1 {
		f.text.WriteByte('\t')
	} else {
		f.text.WriteByte(' ')
	}
}

func (f *flow) endRow() {
	if f.rows == 0 {
		return
	}
	if f.rows--; f.rows == 0 {
		f.flush(TableRow, 0)
	}
}
