package agenda

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/extract"
	"polis/internal/lang"
)

// How far a text is read: days may stand in a programme of several pages, all else stands
// at its head.
const (
	headPassages = 14
	headBytes    = 4_000
	readPassages = 400
	readBytes    = 60_000
)

// line is a passage of a text, with what stands in it.
type line struct {
	text     string
	page     int
	label    label
	value    int // where what the label announces begins
	head     bool
	spans    []span
	mentions []mention
}

// scan is the reading of one file.
type scan struct {
	Text
	lines []line
	near  time.Time
	tag   lang.Tag // "" where the language is none of ours
	sure  bool
	title int // the line of the title, -1 where there is none
}

func newScan(t Text, names book, near time.Time) *scan {
	s := &scan{Text: t, near: near, title: -1}
	s.tag, s.sure = t.language()
	size := 0
	margins := slices.DeleteFunc(slices.Clone(t.Content.Margins), func(p extract.Passage) bool { return p.Page > 1 })
	for i, p := range slices.Concat(t.Content.Passages, margins) {
		if size += len(p.Text); len(s.lines) == readPassages || size > readBytes+len(p.Text) {
			break
		}
		l := line{text: p.Text, page: p.Page, head: i < headPassages && size <= headBytes+len(p.Text)}
		if len(l.text) > headBytes { // a page in one piece
			l.text = strings.ToValidUTF8(l.text[:headBytes], "")
		}
		l.label, l.value = labelOf(l.text)
		l.spans = spans(l.text)
		if l.head || l.label != 0 {
			l.mentions = names.find(l.text)
		}
		s.lines = append(s.lines, l)
	}
	s.announce()
	return s
}

// announce gives a line the label that stands alone in the line before.
func (s *scan) announce() {
	for i := 1; i < len(s.lines); i++ {
		if before := s.lines[i-1]; s.lines[i].label == 0 && before.label != 0 && before.value >= len(before.text) {
			s.lines[i].label, s.lines[i].value = before.label, 0
		}
	}
}

// agenda is what the file proposes.
func (s *scan) agenda() (a Agenda) {
	s.findTitle(&a)
	s.findDays(&a)
	s.findPlace(&a)
	s.findOnline(&a)
	s.findLanguages(&a)
	s.findOrganisers(&a)
	return a
}

// finding is a proposal out of a line; start and end are the bytes that say it.
func (s *scan) finding(i int, value string, sure Sure, start, end int) Finding {
	l := s.lines[i]
	return Finding{Value: value, Sure: sure, Quote: excerpt(l.text, start, end), File: s.File, Page: l.page}
}

// short reports whether a line is a heading or the like, and no sentence.
func (l line) short() bool { return utf8.RuneCountInString(l.text) <= 120 }

// findLanguages proposes the language of the text, and those that it names.
func (s *scan) findLanguages(a *Agenda) {
	if s.tag != "" && s.sure && len(s.lines) > 0 {
		a.Lang = Finding{Value: string(s.tag), Sure: Likely, Quote: excerpt(s.lines[max(s.title, 0)].text, 0, 0), File: s.File, Page: s.lines[max(s.title, 0)].page}
	}
	for i, l := range s.lines {
		if l.label&ofLanguages == 0 || l.value >= len(l.text) {
			continue
		}
		for _, name := range strings.FieldsFunc(l.text[l.value:], func(c rune) bool { return strings.ContainsRune(",;/()\t", c) }) {
			for one := range strings.SplitSeq(andRule.ReplaceAllString(name, "\x00"), "\x00") {
				if one = strings.Trim(one, " ."); one != "" && len(strings.Fields(one)) <= 2 && len(a.Languages) < 6 {
					a.Languages = append(a.Languages, s.finding(i, one, Likely, 0, 0))
				}
			}
		}
		return
	}
}

// findOrganisers proposes the bodies that the text names as such; else those that its
// head names, but not who pays.
func (s *scan) findOrganisers(a *Agenda) {
	for _, announced := range []bool{true, false} {
		seen := map[string]bool{}
		for i, l := range s.lines {
			if announced && l.label&ofOrganisers == 0 && !(l.head && organised.MatchString(l.text)) || !announced && (!l.head || l.label == ofOther || paid.MatchString(l.text)) {
				continue
			}
			for _, m := range l.mentions {
				if m.about == aBody && !seen[m.id] && len(a.Organisers) < 8 {
					seen[m.id] = true
					sure := Unsure
					if announced {
						sure = Likely
					}
					a.Organisers = append(a.Organisers, s.finding(i, m.id, sure, m.start, m.end))
				}
			}
		}
		if len(a.Organisers) > 0 {
			return
		}
	}
}
