package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/lang"
)

// question is a Query's text taken apart, before any language has looked at it.
type question struct {
	words   string   // everything optional
	phrases []string // required
	without []string // excluded: words and phrases
}

// maxWords is how many different words of a question count: a pasted page is
// asked by its first words.
const maxWords = 64

// ask takes a text apart. Quotes that do not close reach to the end.
func ask(text string) question {
	var q question
	var words strings.Builder
	for rest := text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		minus := isMinus(r) && startsTerm(text, len(text)-len(rest), size)
		switch {
		case minus:
			var term string
			term, rest = excluded(rest[size:])
			q.without = append(q.without, term)
		case isQuote(r):
			var phrase string
			phrase, rest = quoted(rest[size:])
			q.phrases = append(q.phrases, phrase)
			words.WriteByte(' ')
		default:
			words.WriteString(rest[:size])
			rest = rest[size:]
		}
	}
	q.words = words.String()
	return q
}

// startsTerm reports whether the minus at the byte excludes something: a space
// or nothing before it, a word or a quote behind it.
func startsTerm(text string, at, size int) bool {
	if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && !unicode.IsSpace(before) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[at+size:])
	return inWord(next) || isQuote(next)
}

// excluded reads what a minus stands before: a phrase, or up to the next space.
func excluded(rest string) (term, after string) {
	if r, size := utf8.DecodeRuneInString(rest); isQuote(r) {
		return quoted(rest[size:])
	}
	end := strings.IndexFunc(rest, unicode.IsSpace)
	if end < 0 {
		end = len(rest)
	}
	return rest[:end], rest[end:]
}

func quoted(rest string) (phrase, after string) {
	end := strings.IndexFunc(rest, isQuote)
	if end < 0 {
		return rest, ""
	}
	_, size := utf8.DecodeRuneInString(rest[end:])
	return rest[:end], rest[end+size:]
}

func isQuote(r rune) bool { return strings.ContainsRune("\"“”„‟«»", r) }
func isMinus(r rune) bool { return r == '-' || r == '−' || r == '–' }

// want is a word of the question in one language.
type want struct {
	typed  string
	forms  []form  // what stands for it in the index
	times  int     // how often the question says it
	sum    bool    // the forms are senses: what they say together counts, not the most frequent
	senses []Sense // what it means in this language, the surest first
}

// form is one way in which a word stands in the index, and how near it is to
// what was typed: 1 is the word itself, less a forgiven typo or one of several
// translations.
type form struct {
	term   string
	weight float64
	kind   kind
	also   []string // the other words of an expression: only where all stand does it count
}

// terms are all words of the form.
func (f form) terms() []string { return append([]string{f.term}, f.also...) }

// kind is how a form is known to stand for its word.
type kind uint8

const (
	asTyped kind = iota
	asSense
	asKin
	asPart
)

// heard is a question as one language understands it.
type heard struct {
	tag     lang.Tag
	wants   []want
	across  bool // its words were translated
	phrases [][]word
	without [][]word
}

// hear analyses a question for a language. Its stop words are left out, unless
// there is nothing else: then they are looked for where they are indexed, in
// titles ("The Who").
func (q question) hear(t lang.Tag) heard {
	a := borrow(t)
	defer a.giveBack()
	h := heard{tag: t}
	text := q.text()
	h.wants = a.wants(text, false)
	h.phrases = a.phrases(q.phrases)
	h.without = a.phrases(q.without)
	if len(h.wants) == 0 && len(h.phrases) == 0 {
		h.wants = a.wants(text, true)
	}
	return h
}

func (a *analyser) wants(text string, stops bool) []want {
	var list []want
	a.tokens(text, func(t token) {
		if t.stop != stops {
			return
		}
		same := func(w want) bool { return w.forms[0].term == t.term }
		if i := slices.IndexFunc(list, same); i >= 0 {
			list[i].times++
			return
		}
		if len(list) < maxWords {
			list = append(list, want{typed: text[t.start:t.end], forms: t.forms(), times: 1})
		}
	})
	return list
}

// phrases keeps the words of each phrase that has any.
func (a *analyser) phrases(texts []string) [][]word {
	var list [][]word
	for _, text := range texts {
		var phrase []word
		a.tokens(text, func(t token) {
			if !t.stop && !t.whole {
				phrase = append(phrase, t.word)
			}
		})
		if len(phrase) > 0 {
			list = append(list, phrase)
		}
	}
	return list
}

func (w word) forms() []form {
	if w.alt == "" {
		return []form{{term: w.term, weight: 1}}
	}
	return []form{{term: w.term, weight: 1}, {term: w.alt, weight: 1}}
}

func (f form) same(other form) bool { return slices.Equal(f.terms(), other.terms()) }

// typed lists the words of a question as they were typed, phrases included.
func (q question) typed() []string {
	a := borrow("")
	defer a.giveBack()
	var list []string
	for _, text := range append([]string{q.words}, q.phrases...) {
		a.tokens(text, func(t token) {
			if w := text[t.start:t.end]; !t.whole && len(list) < maxWords && !slices.Contains(list, w) {
				list = append(list, w)
			}
		})
	}
	return list
}
