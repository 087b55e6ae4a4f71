package framework

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// parser walks through the lines of an official text. Blank lines alone say
// little in it (items have one after their first line, pages break sentences),
// so it goes by the marks that must come next: the next section's number, a
// higher paragraph number, a dash, the next footnote's number.
type parser struct {
	e     *Edition
	out   Official
	place Kind // Preamble, Paragraph (the body) or Attachment

	open    *draft // passage being read
	note    *draft // footnote being read; the open passage goes on after it
	pending []pendingNote
	markers map[string]bool // numbers that were glued to a word: a footnote needs its own

	section   int // index in e.Sections of the next one
	paragraph int // number of the last one
	dash      int
	free      int // passages without a number, by which they are called
	headings  int
}

// draft is a passage or footnote that may still grow.
type draft struct {
	Passage
	lines []line
}

func (d *draft) add(l line) { d.lines = append(d.lines, l) }

// end is its last line so far, which shows whether it has come to a stop.
func (d *draft) end() string {
	if len(d.lines) == 0 {
		return ""
	}
	return d.lines[len(d.lines)-1].text
}

// blocks are its lines joined between one blank line and the next.
func (d *draft) blocks() []string {
	var blocks []string
	for i := 0; i < len(d.lines); {
		n := i + 1
		for n < len(d.lines) && !d.lines[n].fresh {
			n++
		}
		blocks = append(blocks, join(d.lines[i:n]))
		i = n
	}
	return blocks
}

// feed takes the next line of the text.
func (p *parser) feed(l line) {
	switch {
	case p.place == Attachment:
		p.freely(Attachment, l)
	case p.startSection(l):
	case p.place == Preamble:
		p.freely(Preamble, l)
	case p.startNote(l), p.startParagraph(l), p.startDash(l):
	case p.note != nil && !(l.fresh && ended(p.note.end())):
		p.note.add(l)
	case p.pastEnd(l):
		p.place, p.free = Attachment, 0
		p.freely(Attachment, l)
	default:
		p.closeNote()
		p.open.add(l)
		p.watch(l)
	}
}

// watch remembers which footnote markers stand in the line.
func (p *parser) watch(l line) {
	for _, m := range anyMarker.FindAllStringSubmatch(l.text, -1) {
		p.markers[m[1]] = true
	}
}

// begin closes what is open and opens a passage with the rest of its first line.
func (p *parser) begin(pass Passage, rest string) {
	p.closeNote()
	p.closePassage()
	p.open = &draft{Passage: pass}
	if rest != "" {
		p.open.add(line{text: rest})
	}
	p.watch(line{text: rest})
}

// freely reads text without numbers: a passage for each block.
func (p *parser) freely(kind Kind, l line) {
	if p.open != nil && p.open.Kind == kind && (!l.fresh || goesOn(p.open.end(), l.text)) {
		p.open.add(l)
		return
	}
	p.free++
	p.begin(Passage{ID: fmt.Sprintf("%s/%s.%d", p.e.ID, kind, p.free), Kind: kind}, l.text)
}

var (
	romanMark  = regexp.MustCompile(`^([IVX]+)\.\s+(\S.*)$`)
	letterMark = regexp.MustCompile(`^(\(?(\p{Ll})\))\s+(\S.*)$`)
	numberMark = regexp.MustCompile(`^((\d{1,2})\.)\s+(\S.*)$`)
	dashMark   = regexp.MustCompile(`^([–—−•-])\s+(\S.*)$`)
)

// letters are the subsections' letters in the order of the Latin and of the
// Cyrillic alphabet, with the Latin letters that Russian texts use unawares.
var letters = []string{"aа", "bб", "cвс", "dгд"}

// startSection opens a section if the line is the heading of one that has not
// come yet.
func (p *parser) startSection(l line) bool {
	if p.open != nil && !p.atStart(l) {
		return false
	}
	for n := p.section; n < len(p.e.Sections); n++ {
		s := p.e.Sections[n]
		mark, rest, ok := sectionMark(l.text, s)
		if !ok || p.place == Preamble && n > 0 {
			continue
		}
		p.section, p.place = n+1, Paragraph
		p.begin(Passage{ID: s.ID, Kind: Heading, Mark: mark}, rest)
		return true
	}
	return false
}

// sectionMark cuts the section's mark off its heading.
func sectionMark(text string, s Section) (mark, rest string, ok bool) {
	_, letter, sub := strings.Cut(s.Mark, ".")
	if !sub {
		m := romanMark.FindStringSubmatch(text)
		if m == nil || m[1] != s.Mark {
			return "", "", false
		}
		return m[1] + ".", m[2], true
	}
	m := letterMark.FindStringSubmatch(text)
	if m == nil || !strings.Contains(letters[letter[0]-'a'], m[2]) {
		return "", "", false
	}
	return m[1], m[3], true
}

// startParagraph opens the next numbered paragraph. A number may be left out of
// a damaged text; it never goes back.
func (p *parser) startParagraph(l line) bool {
	m := numberMark.FindStringSubmatch(l.text)
	if m == nil || !p.atStart(l) {
		return false
	}
	n, _ := strconv.Atoi(m[2])
	if n <= p.paragraph || n > p.e.last() {
		return false
	}
	p.paragraph, p.dash = n, 0
	p.begin(Passage{ID: p.e.paragraph(n), Kind: Paragraph, Mark: m[1]}, m[3])
	return true
}

// startDash opens the next dash item of the paragraph.
func (p *parser) startDash(l line) bool {
	m := dashMark.FindStringSubmatch(l.text)
	if m == nil || p.paragraph == 0 || !p.atStart(l) {
		return false
	}
	p.dash++
	p.begin(Passage{ID: fmt.Sprintf("%s.%d", p.e.paragraph(p.paragraph), p.dash), Kind: Dash, Mark: m[1]}, m[2])
	return true
}

// atStart reports whether a numbered passage may begin with the line: a block
// begins here, or the text before has come to a stop.
func (p *parser) atStart(l line) bool {
	return l.fresh || p.open.Kind == Heading || paused(p.open.end()) || p.note != nil && paused(p.note.end())
}

// pastEnd reports whether the line comes after the end of the last paragraph.
func (p *parser) pastEnd(l line) bool {
	return l.fresh && p.paragraph == p.e.last() && p.open.Kind != Heading && ended(p.open.end())
}

// closePassage stores the open passage. Unnumbered headings that stand before
// the next number were read as its last blocks; here they become passages.
func (p *parser) closePassage() {
	if p.open == nil {
		return
	}
	blocks := p.open.blocks()
	heads := len(blocks)
	if p.open.Kind == Paragraph || p.open.Kind == Dash {
		heads = headingsFrom(blocks)
	}
	pass := p.open.Passage
	pass.Text = joined(blocks[:heads])
	p.out.Passages = append(p.out.Passages, pass)
	for _, h := range blocks[heads:] {
		last := &p.out.Passages[len(p.out.Passages)-1]
		if last.Kind == Heading && goesOn(last.Text, h) {
			last.Text = joined([]string{last.Text, h})
			continue
		}
		p.headings++
		p.out.Passages = append(p.out.Passages, Passage{
			ID: fmt.Sprintf("%s/heading.%d", p.e.ID, p.headings), Kind: Heading, Text: h,
		})
	}
	p.open = nil
}

// headingsFrom is the index of the first block that is a heading: after the end
// of a sentence, it and all that follow have no punctuation at their end.
func headingsFrom(blocks []string) int {
	n := len(blocks)
	for n > 1 && !paused(blocks[n-1]) {
		n--
	}
	for n < len(blocks) && !ended(blocks[n-1]) {
		n++
	}
	return n
}

// finish closes everything and finds where the footnotes' markers stand.
func (p *parser) finish() Official {
	p.closeNote()
	p.closePassage()
	p.placeNotes()
	return p.out
}
