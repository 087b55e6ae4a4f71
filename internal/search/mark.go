package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/lang"
)

// Span is a stretch of a text in bytes: text[Start:End].
type Span struct{ Start, End int }

// Words lists the words of a question as they were typed, without those that it
// excludes: what Marks and Snippet look for on a page that was reached by it.
func Words(text string) []string { return ask(text).typed() }

// Marks finds the words in a text of the given language: words with the same
// stem, with or without diacritics, and forms as Reason.Found has them. Stop
// words are not marked, unless there are no others.
func Marks(t lang.Tag, text string, words []string) []Span {
	if len(words) == 0 {
		return nil
	}
	a := borrow(t)
	defer a.giveBack()
	terms := a.sought(words)
	var spans []Span
	a.tokens(text, func(t token) {
		if !terms[t.term] && (t.alt == "" || !terms[t.alt]) {
			return
		}
		if n := len(spans); n > 0 && t.start < spans[n-1].End { // the whole of parts already marked
			spans[n-1].End = max(spans[n-1].End, t.end)
			return
		}
		spans = append(spans, Span{t.start, t.end})
	})
	return spans
}

// sought are the forms of the words that are worth marking.
func (a *analyser) sought(words []string) map[string]bool {
	terms := map[string]bool{}
	stops := map[string]bool{}
	for _, w := range words {
		a.tokens(w, func(t token) {
			if t.stop {
				stops[t.term] = true
				return
			}
			terms[t.term] = true
			if t.alt != "" {
				terms[t.alt] = true
			}
		})
		if len(w) < maxTerm && !a.stops[clean(w)] {
			terms[a.fold(clean(w))] = true // it may be a form already
		}
	}
	if len(terms) == 0 {
		return stops
	}
	return terms
}

// Extract is a piece of a text with the words marked in it.
type Extract struct {
	Text   string // without the ellipses; they are said by Before and After
	Marks  []Span // in Text
	Before bool   // there is text before it
	After  bool   // there is text behind it
}

// Snippet cuts a window of about width bytes (240 makes two lines) out of a
// text, where most different words stand together, at word ends.
func Snippet(t lang.Tag, text string, words []string, width int) Extract {
	marks := Marks(t, text, words)
	if len(text) <= width {
		return Extract{Text: text, Marks: marks}
	}
	start := 0
	if len(marks) > 0 {
		start = max(densest(text, marks, width)-width/4, 0)
	}
	start = wordStart(text, start)
	end := lastWord(text, start, min(start+width, len(text)))
	e := Extract{Text: text[start:end], Before: start > 0, After: end < len(text)}
	for _, m := range marks {
		if m.Start >= start && m.End <= end {
			e.Marks = append(e.Marks, Span{m.Start - start, m.End - start})
		}
	}
	return e
}

// densest is where the window begins that has most different words as they
// stand; of two alike the first.
func densest(text string, marks []Span, width int) int {
	best, most := 0, 0
	for i, from := range marks {
		different := map[string]bool{}
		for _, m := range marks[i:] {
			if m.End-from.Start > width*3/4 {
				break
			}
			different[strings.ToLower(text[m.Start:m.End])] = true
		}
		if len(different) > most {
			best, most = from.Start, len(different)
		}
	}
	return best
}

// wordStart moves a cut forward to the beginning of a word, if one is near.
func wordStart(text string, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	if at == 0 {
		return 0
	}
	if i := strings.IndexFunc(text[at:min(at+maxTerm, len(text))], unicode.IsSpace); i >= 0 {
		rest := text[at+i:]
		return at + i + len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	}
	return at
}

// lastWord moves a cut back to the end of a word, if one is near.
func lastWord(text string, start, end int) int {
	if end == len(text) {
		return end
	}
	for end > start && !utf8.RuneStart(text[end]) {
		end--
	}
	near := max(start, end-maxTerm)
	for near < end && !utf8.RuneStart(text[near]) {
		near++
	}
	if i := strings.LastIndexFunc(text[near:end], unicode.IsSpace); i > 0 {
		return near + i
	}
	return end
}
