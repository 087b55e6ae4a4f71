package framework

import (
	"regexp"
	"strconv"
	"strings"
)

// pendingNote is a footnote whose marker's place is not looked up yet.
type pendingNote struct {
	n    int
	text string
	upTo int // number of passages that had begun when it was met
}

// startNote opens the next footnote: a block that begins with its number, where
// a word with that number glued to it came before.
func (p *parser) startNote(l line) bool {
	n := len(p.pending) + 1
	if p.note != nil {
		n++
	}
	rest, ok := noteMark(l.text, n)
	if !ok || !l.fresh || !p.markers[strconv.Itoa(n)] && !p.markers[raised(n)] {
		return false
	}
	p.closeNote()
	p.note = &draft{}
	p.note.add(line{text: rest})
	return true
}

// noteMark cuts the number n off the beginning of a footnote.
func noteMark(text string, n int) (string, bool) {
	for _, number := range []string{strconv.Itoa(n), raised(n)} {
		rest, ok := strings.CutPrefix(text, number)
		body := strings.TrimLeft(rest, " \t\u00a0")
		if ok && body != "" && (body != rest || number == raised(n)) {
			return body, true
		}
	}
	return "", false
}

// A footnote's marker is its number glued to the end of a word or to the
// punctuation after it. "G8" is none, being in capitals.
const beforeMarker, afterMarker = `\p{Ll}{2}[.,;:)»”’"]?`, `(?:[^\p{L}\p{N}/]|$)`

var anyMarker = regexp.MustCompile(beforeMarker + `(\d{1,2}|[⁰¹²³⁴-⁹]{1,2})` + afterMarker)

// marker finds the marker of footnote n.
func marker(n int) *regexp.Regexp {
	return regexp.MustCompile(beforeMarker + `(` + strconv.Itoa(n) + `|` + raised(n) + `)` + afterMarker)
}

// raised writes a number in superscript digits.
func raised(n int) string {
	return strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
		"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(strconv.Itoa(n))
}

// closeNote ends the footnote that is being read; the passage that it broke into
// goes on.
func (p *parser) closeNote() {
	if p.note == nil {
		return
	}
	begun := len(p.out.Passages) + 1
	p.pending = append(p.pending, pendingNote{len(p.pending) + 1, joined(p.note.blocks()), begun})
	p.note = nil
}

// placeNotes looks for each footnote's marker after that of the footnote before
// and not after the footnote itself. A footnote without one stays out, and the
// count of footnotes tells.
func (p *parser) placeNotes() {
	passage, offset := 0, 0
	for _, note := range p.pending {
		re := marker(note.n)
		for i := passage; i < min(note.upTo, len(p.out.Passages)); i++ {
			if i > passage {
				offset = 0
			}
			m := re.FindStringSubmatchIndex(p.out.Passages[i].Text[offset:])
			if m == nil {
				continue
			}
			at, size := offset+m[2], m[3]-m[2]
			p.out.Notes = append(p.out.Notes, Note{N: note.n, Text: note.text, In: i, At: at, Len: size})
			passage, offset = i, at+size
			break
		}
	}
}
