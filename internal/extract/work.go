package extract

import (
	"context"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// passageBytes is where a paragraph without end is divided: longer than any honest paragraph.
const passageBytes = 8000

// work is one file on its way through its reader, with what it has used of its budget.
type work struct {
	ctx      context.Context
	limits   Limits
	name     string
	file     io.ReaderAt
	size     int64
	format   format
	page     int   // page that the next passages belong to
	unpacked int64 // bytes that came out of the archive so far
	text     int   // bytes of passages so far
	full     bool  // limits.TextBytes was reached
	content  Content
	meta     metadata
}

// metadata is what the file says about itself in its properties; often wrong, so it is only a proposal.
type metadata struct{ title, date string }

// reader reads the file from its start and stops with the context.
func (w *work) reader() io.Reader {
	return &boundReader{ctx: w.ctx, r: io.NewSectionReader(w.file, 0, w.size)}
}

// boundReader ends with its context, so that a parser in a long loop over its input ends too.
type boundReader struct {
	ctx context.Context
	r   io.Reader
}

func (b *boundReader) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.r.Read(p)
}

// note adds n to the note of that code.
func (w *work) note(code string, n int) {
	for i := range w.content.Notes {
		if w.content.Notes[i].Code == code {
			w.content.Notes[i].N += n
			return
		}
	}
	w.content.Notes = append(w.content.Notes, Note{Code: code, N: n})
}

// add appends a passage on the present page, cleaned and divided where it is too long.
func (w *work) add(kind Kind, level int, text string) {
	if w.full {
		return
	}
	if kind != Code {
		text = clean(text)
	} else {
		text = strings.Trim(scrub(text, true), "\n")
	}
	for text != "" {
		part := text
		if len(part) > passageBytes {
			part = text[:cut(text, passageBytes)]
		}
		text = strings.TrimLeft(text[len(part):], " ")
		w.append(Passage{Kind: kind, Level: level, Page: w.page, Text: strings.TrimRight(part, " ")})
	}
}

// append keeps a clean passage while there is room.
func (w *work) append(p Passage) {
	if w.full || w.text+len(p.Text) > w.limits.TextBytes {
		if !w.full {
			w.note("text-cut", w.limits.TextBytes>>20)
		}
		w.full = true
		return
	}
	if p.Text == "" {
		return
	}
	w.text += len(p.Text)
	w.content.Passages = append(w.content.Passages, p)
}

// cut finds where to divide a long text before limit: after a sentence, else after a word, else between two runes.
func cut(text string, limit int) int {
	head := text[:limit]
	for _, end := range []string{". ", "? ", "! ", "; ", " ", "\n"} {
		if i := strings.LastIndex(head, end); i > limit/2 {
			return i + len(end)
		}
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return limit
}

// clean makes one line: white space becomes one space (tabs between cells stay), what cannot be seen goes.
func clean(s string) string {
	s = scrub(s, false)
	var b strings.Builder
	b.Grow(len(s))
	gap := rune(0)
	for _, r := range s {
		if unicode.IsSpace(r) {
			if gap != '\t' {
				gap = ' '
			}
			if r == '\t' {
				gap = '\t'
			}
			continue
		}
		if gap != 0 && b.Len() > 0 {
			b.WriteRune(gap)
		}
		gap = 0
		b.WriteRune(r)
	}
	return b.String()
}

// scrub removes control characters, soft hyphens, zero-width and byte-order marks, and broken UTF-8.
func scrub(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r == '\n':
			if lines {
				return r
			}
			return ' '
		case r == '\u00a0', r == '\r', r == '\u2028', r == '\u2029', r == '\f', r == '\v':
			return ' '
		case r == '\u00ad', r == '\u200b', r == '\ufeff', r == '\ufffe', r == '\uffff', r == utf8.RuneError, unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// hasWords looks for two letters or digits in a row.
func hasWords(passages []Passage) bool {
	for _, p := range passages {
		run := 0
		for _, r := range p.Text {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				run = 0
			} else if run++; run == 2 {
				return true
			}
		}
	}
	return false
}
