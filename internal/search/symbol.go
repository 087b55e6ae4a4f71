package search

import (
	"slices"
	"strings"
	"unicode"
)

// A document's symbol is typed as it is remembered: "PC.DEC/1049", "pc dec 1049",
// "dec 1049", "pcdec1049", "1049". A question that is nothing but (the end of) a
// symbol leads that document first.

// How surely a question names the symbol of an entry; a revision that is not
// there is passed over ("PC.DEC/1049/Rev.1" for PC.DEC/1049).
const (
	barePart  = iota + 1 // a part of it, without the question's revision
	bareWhole            // all of it, likewise
	inPart               // a part of it: "dec 1049"
	inWhole              // all of it
	inOwn                // added in the reader's language
)

const (
	maxSymbol = 8   // parts of a question that may be a symbol
	maxNamed  = 200 // entries that one names
)

// abbreviated are words of the six languages for what symbols abbreviate; those
// for "number" are left out.
var abbreviated = map[string]string{
	"decision": "dec", "beschluss": "dec", "decisione": "dec", "решение": "dec", "resolution": "res", "resolucion": "res",
	"risoluzione": "res", "резолюция": "res", "no": "", "nr": "", "n": "", "num": "",
}

// revised are the parts after which a symbol names a version.
var revised = []string{"rev", "corr", "add", "amend"}

// symbol is a symbol's letters and figures, part by part.
type symbol []string

func newSymbol(text string) symbol {
	var parts symbol
	kind, start := rune(0), 0
	runes := []rune(clean(text))
	for i := 0; i <= len(runes); i++ {
		now := rune(0)
		if i < len(runes) {
			now = kindOf(runes[i])
		}
		if now == kind {
			continue
		}
		if kind != 0 {
			parts = parts.add(fold(string(runes[start:i])))
		}
		kind, start = now, i
	}
	return parts
}

func (s symbol) add(part string) symbol {
	if short, ok := abbreviated[part]; ok {
		part = short
	}
	if part == "" {
		return s
	}
	return append(s, part)
}

// kindOf is 'a' for letters, '1' for figures, else 0.
func kindOf(r rune) rune {
	switch {
	case unicode.IsDigit(r):
		return '1'
	case unicode.IsLetter(r) || unicode.Is(unicode.M, r):
		return 'a'
	}
	return 0
}

// number is where the first figures stand, -1 where there are none.
func (s symbol) number() int { return slices.IndexFunc(s, hasDigit) }

// bare is the symbol without its revision.
func (s symbol) bare() symbol {
	if i := slices.IndexFunc(s, func(p string) bool { return slices.Contains(revised, p) }); i > 0 {
		return s[:i]
	}
	return s
}

// joined writes the parts as one word; figures stay apart from figures.
func (s symbol) joined() string {
	var b strings.Builder
	for i, p := range s {
		if i > 0 && hasDigit(p) && hasDigit(s[i-1]) {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

// whole stands before a symbol that is typed from its beginning to its end.
const whole = "="

// typed is how an entry's symbol may be typed: from the beginning of one part to
// the end of another, the first figures between them. A part too far from those is
// not typed.
func (s symbol) typed() []string {
	number := s.number()
	if number < 0 {
		return nil
	}
	list := []string{whole + s.joined()}
	for from := max(0, number-maxSymbol); from <= number; from++ {
		for to := number + 1; to <= min(len(s), from+maxSymbol); to++ {
			list = append(list, s[from:to].joined())
		}
	}
	return list
}

// name adds the entries whose symbol the question is to those that were matched.
func (f *finding) name() error {
	asked := newSymbol(f.asked.text())
	if len(asked) == 0 || len(asked) > maxSymbol || asked.number() < 0 || len(f.asked.without) > 0 || !f.wordy() {
		return nil
	}
	f.symbols = make([]map[uint32]int, len(f.view.shelves))
	for k, s := range f.view.shelves {
		named, err := s.named(asked)
		if err != nil {
			return err
		}
		f.symbols[k] = named
		for n := range named {
			f.matched[k].Add(n)
		}
	}
	return nil
}

// named are the entries whose symbol the question names, and how surely.
func (s *shelf) named(asked symbol) (map[uint32]int, error) {
	exact, bare := asked.joined(), asked.bare().joined()
	named := map[uint32]int{}
	for _, way := range []struct {
		term string
		how  int
	}{{whole + exact, inWhole}, {exact, inPart}, {whole + bare, bareWhole}, {bare, barePart}} {
		set, err := s.of(symbolField, way.term)
		if err != nil {
			return nil, err
		}
		for it := set.Iterator(); it.HasNext() && len(named) < maxNamed; {
			if n := it.Next(); named[n] == 0 && s.allowed.Contains(n) {
				named[n] = way.how
			}
		}
	}
	return named, nil
}

// lead puts the entries whose symbol the question is before all others, those in
// the reader's language first.
func (f *finding) lead() {
	top := float32(0)
	for k, b := range f.order.boards {
		if b != nil && f.symbols != nil {
			walk(f.matched[k], func(n uint32) { top = max(top, b.score[n]) })
		}
	}
	for k, named := range f.symbols {
		if f.order.boards[k] == nil { // the phrase in quotes is not there
			continue
		}
		for n, how := range named {
			if f.order.rank(place{shelf: k, n: n}) == 0 {
				how += inOwn
			}
			b := f.order.boards[k]
			b.score[n] += float32(how) * (top + 1)
			b.found = append(b.found, n)
		}
	}
}
