package extract

import (
	"slices"
	"strings"
)

// flow collects running text into passages for the formats that mark where a block starts and ends. Within a row of a
// table the blocks are only words; the row is the passage, whatever is nested in it. A box that is anchored in the
// middle of a block is no part of it and follows it.
type flow struct {
	work *work
	piece
	rows int     // rows that are open, nested ones counted
	held []piece // blocks that go on after their box
}

// piece is a block on its way to be a passage.
type piece struct {
	kind  Kind
	level int
	text  []byte
	page  int // where it begins, 0 before its first word
	boxes int // number of the first passage of its boxes, counted from 1; 0 where it has none
}

func newFlow(w *work) *flow { return &flow{work: w, piece: piece{kind: Paragraph}} }

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
		f.text = append(f.text, ' ')
		return
	}
	f.flush(f.kind, f.level)
	f.piece = piece{kind: Paragraph}
}

// flush adds the passage, with the page that it begins on and before those of its boxes.
func (f *flow) flush(kind Kind, level int) {
	if len(f.text) == 0 {
		return
	}
	w, from := f.work, len(f.work.content.Passages)
	page := w.page
	if f.page > 0 {
		w.page = f.page
	}
	w.add(kind, level, string(f.text))
	w.page = page
	if all := w.content.Passages; f.boxes > 0 && f.boxes <= from {
		own := slices.Clone(all[from:])
		w.content.Passages = slices.Insert(all[:from], f.boxes-1, own...)
	}
	f.text, f.page, f.boxes = f.text[:0], 0, 0
}

// enter leaves the block for a box. Within a row the box is only words.
func (f *flow) enter() {
	if f.rows > 0 {
		f.held = append(f.held, piece{})
		return
	}
	if f.boxes == 0 {
		f.boxes = len(f.work.content.Passages) + 1
	}
	f.held = append(f.held, f.piece)
	f.piece = piece{kind: Paragraph}
}

// leave ends the box and goes on with the block.
func (f *flow) leave() {
	f.end()
	last := len(f.held) - 1
	if last < 0 {
		return
	}
	if outer := f.held[last]; outer.boxes > 0 {
		f.piece = outer
	}
	f.held = f.held[:last]
}

// write adds words. A block that grows without end is handed on in pieces.
func (f *flow) write(s string) {
	if f.kind != Code {
		s = strings.ReplaceAll(s, "\t", " ")
	}
	if f.page == 0 && strings.TrimSpace(s) != "" {
		f.page = f.work.page
	}
	f.text = append(f.text, s...)
	if len(f.text) > 1<<20 {
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
		f.text = append(f.text, '\t')
	} else {
		f.text = append(f.text, ' ')
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
