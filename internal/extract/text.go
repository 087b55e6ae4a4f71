package extract

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// readText reads plain text in any encoding as a stream, so that neither its size nor a line without end matter.
// Blank lines divide paragraphs; a form feed is a new page.
func readText(w *work) error {
	enc, err := w.encoding()
	if err != nil {
		return err
	}
	r := bufio.NewReaderSize(transform.NewReader(w.reader(), enc.NewDecoder()), 64<<10)
	t, carry := &plain{work: w}, ""
	for !w.full {
		piece, err := r.ReadSlice('\n')
		l, more := carry+string(piece), errors.Is(err, bufio.ErrBufferFull)
		carry = ""
		if more { // a line longer than the buffer is divided like a passage, not in the middle of a word
			end := cut(l, len(l)-utf8.UTFMax)
			l, carry = l[:end], l[end:]
		}
		if len(l) > 0 {
			t.line(l, more)
		}
		switch {
		case errors.Is(err, io.EOF):
			t.flush()
			t.settle()
			return nil
		case err != nil && !more:
			return fail(reasonOf(err), "read the text: %w", err)
		}
	}
	t.settle()
	return nil
}

// plain gathers the lines of a paragraph.
type plain struct {
	work  *work
	block []string
	bytes int
	pages int
}

// line takes one line, or a piece of a line that is not over.
func (t *plain) line(l string, more bool) {
	if strings.Contains(l, "\f") {
		t.flush()
		t.pages += strings.Count(l, "\f")
	}
	l = strings.TrimRightFunc(scrub(l, false), unicode.IsSpace)
	if strings.TrimSpace(l) == "" && !more {
		t.flush()
		return
	}
	if t.startsNew(l) {
		t.flush()
	}
	t.block = append(t.block, l)
	if t.bytes += len(l); t.bytes > passageBytes*4 {
		t.flush()
	}
}

// startsNew finds paragraphs that no blank line divides: list items, indented first lines, and lines so long that
// each must be a paragraph of its own.
func (t *plain) startsNew(l string) bool {
	if len(t.block) == 0 {
		return false
	}
	first, prev := t.block[0], t.block[len(t.block)-1]
	trimmed := strings.TrimLeft(l, " \t")
	switch {
	case decision.MatchString(strings.TrimSpace(prev)) && len(prev) < 40: // the title stands under the number
		return true
	case strings.HasPrefix(trimmed, "- ") || strings.HasPrefix(trimmed, "* ") || strings.HasPrefix(trimmed, "•"):
		return true
	case isListItem(trimmed) && endsSentence(prev):
		return true
	case isListItem(strings.TrimLeft(first, " \t")):
		return false
	case len(trimmed) < len(l) && indent(first) == 0 && endsSentence(prev):
		return true
	}
	return utf8.RuneCountInString(prev) > 160
}

func indent(l string) int { return len(l) - len(strings.TrimLeft(l, " \t")) }

// flush ends the paragraph.
func (t *plain) flush() {
	if len(t.block) == 0 {
		return
	}
	t.work.page = t.pages + 1
	kind, level := Paragraph, 0
	switch first := strings.TrimSpace(t.block[0]); {
	case isListItem(first):
		kind = ListItem
	case len(t.block) == 1 && len(first) < 150 && isCapitals(first):
		kind, level = Heading, 2
	}
	t.work.add(kind, level, joinLines(t.block))
	t.block, t.bytes = t.block[:0], 0
}

// joinLines undoes the wrapping and the hyphens that it made.
func joinLines(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if i == len(lines)-1 {
			b.WriteString(l)
			break
		}
		next, _ := utf8.DecodeRuneInString(strings.TrimSpace(lines[i+1]))
		last, width := utf8.DecodeLastRuneInString(strings.TrimSuffix(l, "-"))
		if strings.HasSuffix(l, "-") && width > 0 && unicode.IsLower(last) && unicode.IsLower(next) {
			b.WriteString(strings.TrimSuffix(l, "-"))
			continue
		}
		b.WriteString(l)
		b.WriteByte(' ')
	}
	return b.String()
}

// isCapitals says that a line shouts as headings in plain text do.
func isCapitals(s string) bool {
	upper := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			upper++
		}
	}
	return upper >= 4
}

// settle drops page numbers where there were no pages.
func (t *plain) settle() {
	w := t.work
	w.page = 0
	if t.pages > 0 {
		w.content.Pages = t.pages + 1
		return
	}
	for i := range w.content.Passages {
		w.content.Passages[i].Page = 0
	}
}

// looksLikeText says that bytes are text in some encoding: UTF-16, or hardly any control characters. Some NULs, which
// damaged exports leave in texts, are forgiven.
func looksLikeText(head []byte) bool {
	if wideOrder(head) != nil || bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		return true
	}
	control := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b {
			control++
		}
	}
	return control*50 <= len(head)
}
