package translate

import (
	"regexp"
	"strings"
	"unicode"
)

// Markdown is a text taken apart: what is said, in pieces, and what holds them together
// (marks, code, addresses, who is mentioned), which no machine is shown.
type Markdown struct{ parts []part }

type part struct {
	text string
	said bool // it is given to be translated
}

var (
	// leading is what makes a line part of quotes and lists, or a heading.
	leading = regexp.MustCompile(`^[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:#{1,6}[ \t]+)?`)
	quoting = regexp.MustCompile(`^[ \t]*(?:>[ \t]*)*`)
	fence   = regexp.MustCompile("^[ \t]*(?:>[ \t]*)*(?:```|~~~)")
	// kept is what stays as it is inside a line: code, mentions, where links lead, addresses.
	kept = regexp.MustCompile("`[^`]*`|@\\{[^}]*\\}|\\]\\([^)]*\\)|!?\\[|<https?://[^>]*>|https?://[^\\s)\\]]+|[\\w.+-]+@[\\w-]+\\.[\\w.-]+")
)

// Split takes a text apart. Lines of one paragraph are one, so that a sentence which
// goes on in the next line is given whole.
func Split(body string) Markdown {
	var m Markdown
	var run []string // lines of the paragraph that has begun
	quote, code := "", false
	flush := func() {
		m.inline(strings.Join(run, " "))
		run = nil
	}
	for i, line := range strings.Split(body, "\n") {
		mark := leading.FindString(line)
		text := line[len(mark):]
		goesOn := len(run) > 0 && mark == quoting.FindString(line) && strings.TrimSpace(mark) == quote && hasLetters(text) && !isRow(text)
		if goesOn && !code && !fence.MatchString(line) {
			run = append(run, strings.TrimSpace(text))
			continue
		}
		flush()
		if i > 0 {
			m.keep("\n")
		}
		if fence.MatchString(line) {
			code = !code
			m.keep(line)
			continue
		}
		switch {
		case code || !hasLetters(text):
			m.keep(line)
		case isRow(text):
			m.keep(mark)
			m.row(text)
		case strings.Contains(mark, "#"), strings.HasSuffix(text, "  "), strings.HasSuffix(text, `\`):
			m.keep(mark)
			m.inline(text)
		default:
			m.keep(mark)
			run, quote = []string{strings.TrimSpace(text)}, strings.TrimSpace(quoting.FindString(line))
		}
	}
	flush()
	return m
}

// isRow reports whether a line may be a row of a table.
func isRow(text string) bool { return strings.HasPrefix(text, "|") || strings.Contains(text, " | ") }

func (m *Markdown) row(text string) {
	for i, cell := range strings.Split(text, "|") {
		if i > 0 {
			m.keep("|")
		}
		m.inline(cell)
	}
}

// inline takes what is said in a line from what holds it together.
func (m *Markdown) inline(text string) {
	at := 0
	for _, where := range kept.FindAllStringIndex(text, -1) {
		m.say(text[at:where[0]])
		m.keep(text[where[0]:where[1]])
		at = where[1]
	}
	m.say(text[at:])
}

func (m *Markdown) keep(text string) {
	if text != "" {
		m.parts = append(m.parts, part{text, false})
	}
}

// say adds words; the blanks around them, and what has no letters, stay.
func (m *Markdown) say(text string) {
	if !hasLetters(text) {
		m.keep(text)
		return
	}
	words := strings.TrimSpace(text)
	before, after, _ := strings.Cut(text, words)
	m.keep(before)
	m.parts = append(m.parts, part{words, true})
	m.keep(after)
}

func hasLetters(text string) bool { return strings.IndexFunc(text, unicode.IsLetter) >= 0 }

// Texts are the pieces that are said, in their order.
func (m Markdown) Texts() (list []string) {
	for _, p := range m.parts {
		if p.said {
			list = append(list, p.text)
		}
	}
	return list
}

// With puts the pieces together again with others in the places of those that are said,
// one for each. A piece does not become more than it was: it stays in its line, begins no
// list or heading, and mentions nobody.
func (m Markdown) With(texts []string) string {
	var out strings.Builder
	for _, p := range m.parts {
		if !p.said {
			out.WriteString(p.text)
			continue
		}
		out.WriteString(tame(texts[0], p.text))
		texts = texts[1:]
	}
	return out.String()
}

// begins is what would make the beginning of a line something else.
var begins = regexp.MustCompile("^(?:[#>|~=+`-]|\\* |\\d{1,9}[.)] )")

func tame(text, was string) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "@{", "@ {")), " ")
	if begins.MatchString(text) && !begins.MatchString(was) {
		return `\` + text
	}
	return text
}
