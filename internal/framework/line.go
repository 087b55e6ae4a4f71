package framework

import (
	"regexp"
	"strings"
	"unicode"
)

// line is a line of the source without the blanks around it.
type line struct {
	text  string
	fresh bool // begins a block: after a blank line, a page, or with a deeper indent
}

var (
	pageNumber = regexp.MustCompile(`^([-–—]\s*)?\d{1,3}(\s*[-–—])?$|^\p{L}+\s+\d{1,3}\s+\p{L}+\s+\d{1,3}$`)
	symbolLine = regexp.MustCompile(`^\p{Lu}{2}\.\p{Lu}{3,4}/\d+(/\S+)?$`)
)

// split cuts a text into its lines and puts the running heads aside: page
// numbers, and the symbol with the short lines under it ("26 July 2012",
// "Annex", "Page 2 of 9").
func split(text string) (lines []line, running []string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\n").Replace(text)
	fresh, indent, head := true, 0, false
	for raw := range strings.Lines(text) {
		t := strings.TrimSpace(raw)
		if t == "" {
			fresh, head = true, false
			continue
		}
		head = symbolLine.MatchString(t) || head && len([]rune(t)) <= 30
		if head || fresh && pageNumber.MatchString(t) {
			running, fresh = append(running, t), true
			continue
		}
		in := len(raw) - len(strings.TrimLeftFunc(raw, unicode.IsSpace))
		lines = append(lines, line{text: t, fresh: fresh || in > indent})
		fresh, indent = false, in
	}
	return lines, running
}

// join makes one text of lines. A line that ends in a hyphen goes on without a
// blank; the hyphen stays, because nobody can tell here whether it belongs to
// the word.
func join(lines []line) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.text
	}
	return joined(texts)
}

func joined(texts []string) string {
	var b strings.Builder
	for i, t := range texts {
		if i > 0 && !strings.HasSuffix(texts[i-1], "-") {
			b.WriteByte(' ')
		}
		b.WriteString(t)
	}
	return b.String()
}

var (
	endOfSentence = regexp.MustCompile(`[.!?][»”"’)]*\d{0,2}$`)
	endOfPart     = regexp.MustCompile(`[.!?;:,][»”"’)]*\d{0,2}$`)
)

// ended reports whether a text may stop here: it ends as a sentence does, with
// or without the marker of a footnote.
func ended(text string) bool { return endOfSentence.MatchString(text) }

// paused reports whether a text ends in any punctuation, as a heading does not.
func paused(text string) bool { return endOfPart.MatchString(text) }

// goesOn reports whether a block carries on the sentence of the block before,
// as after the break of a page.
func goesOn(before, block string) bool {
	first := []rune(block)[0]
	return !paused(before) && unicode.IsLower(first)
}
