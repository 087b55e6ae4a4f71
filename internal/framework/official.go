package framework

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"polis/internal/lang"
)

// Official is the official text of an edition in one language, as it was read:
// nothing lost, nothing mended. Joined lines are the only difference, because
// where a line ends is layout and not text.
type Official struct {
	Edition  string    // id of the edition
	Lang     lang.Tag  // as detected, or "" where that failed
	Passages []Passage // in the order of the text
	Notes    []Note    // footnotes, in the order of their numbers
	Running  []string  // page numbers and running heads, which are no text
	Imported time.Time // when it was stored, the zero time before
}

// Kind is what a passage is in the text.
type Kind string

// The kinds of passage.
const (
	Preamble   Kind = "preamble"   // title and decision, before section I
	Heading    Kind = "heading"    // of a section, "V.", "a)", or unnumbered
	Paragraph  Kind = "paragraph"  // numbered
	Dash       Kind = "item"       // dash item of the paragraph before
	Attachment Kind = "attachment" // all that follows the last paragraph
)

// Passage is a piece of the text with an address. Mark and Text together are
// every character of the source, blanks aside.
type Passage struct {
	ID   string // "1049/14.3", "1049/V.a", "1049/heading.2", "1049/preamble.4", "1049/attachment.1"
	Kind Kind
	Mark string // "14.", "–", "a)", "V.", or ""
	Text string // footnote markers stand where they stood: "accord2"
}

// Note is a footnote, and where in the text its marker stands.
type Note struct {
	N    int
	Text string
	In   int `db:"seq"` // index in Passages of the passage with the marker
	At   int // offset of the marker in that passage's text, in bytes
	Len  int // length of the marker in bytes
}

// Run is a stretch of a passage: text, or the marker of a footnote.
type Run struct {
	Text string
	Note int // number of the footnote, or 0 for text
}

// Runs cuts the passage with this index at its footnote markers, for a page
// that raises and links them. All runs together are the passage's text.
func (o Official) Runs(passage int) []Run {
	text, from := o.Passages[passage].Text, 0
	var runs []Run
	for _, n := range o.Notes {
		if n.In != passage {
			continue
		}
		runs = append(runs, Run{Text: text[from:n.At]}, Run{Text: text[n.At : n.At+n.Len], Note: n.N})
		from = n.At + n.Len
	}
	if from < len(text) {
		runs = append(runs, Run{Text: text[from:]})
	}
	return runs
}

// Find returns the passage with this id, such as that of an item.
func (o Official) Find(id string) (Passage, bool) {
	i := slices.IndexFunc(o.Passages, func(p Passage) bool { return p.ID == id })
	if i < 0 {
		return Passage{}, false
	}
	return o.Passages[i], true
}

// TextError says why a text was not taken for an official one.
type TextError struct {
	Reason   Reason
	Problems []string // what is missing, in words, most important first
}

// Reason names why a text is refused. The messages catalogue holds a sentence
// for each under "framework.refused.REASON".
type Reason string

// The reasons.
const (
	Empty      Reason = "empty"      // no text at all
	TooLarge   Reason = "too-large"  // far longer than such a text can be
	Encoding   Reason = "encoding"   // not UTF-8, or not plain text
	Other      Reason = "other"      // another document
	Incomplete Reason = "incomplete" // parts that the edition has are missing
)

func (e *TextError) Error() string {
	return "framework: not an official text (" + string(e.Reason) + "): " + strings.Join(e.Problems, "; ")
}

func refuse(r Reason, format string, args ...any) error {
	return &TextError{Reason: r, Problems: []string{fmt.Sprintf(format, args...)}}
}

// Refusal returns the reason if err says that a text was not taken for an
// official one.
func Refusal(err error) (*TextError, bool) {
	var te *TextError
	ok := errors.As(err, &te)
	return te, ok
}
