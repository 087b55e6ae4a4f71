package search

import (
	"strings"
	"sync"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/it"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"golang.org/x/text/unicode/norm"

	"polis/internal/lang"
)

// word is what a language makes of one word. term is its folded stem. alt is
// the stem of the word as somebody types it who leaves the accents out, where
// that is another ("sécurité": term "secur", alt "securit"); else "".
type word struct {
	term, alt string
	stop      bool
	hash      [2]uint32 // of term and alt, for sketches; set by know
}

// grammar is what the index knows of a language.
type grammar struct {
	stem      func(*snowballstem.Env) bool
	stops     analysis.TokenMap
	articles  analysis.TokenMap // elided before an apostrophe
	foldFirst bool              // the stemmer does without diacritics
}

var grammars = map[lang.Tag]*grammar{
	"en": {stem: english.Stem, stops: words(en.EnglishStopWords), foldFirst: true},
	"fr": {stem: french.Stem, stops: words(fr.FrenchStopWords), articles: words(fr.FrenchArticles)},
	"de": {stem: german.Stem, stops: words(de.GermanStopWords), foldFirst: true},
	"it": {stem: italian.Stem, stops: words(it.ItalianStopWords), articles: words(it.ItalianArticles)},
	"ru": {stem: russian.Stem, stops: words(ru.RussianStopWords), foldFirst: true},
	"es": {stem: spanish.Stem, stops: words(es.SpanishStopWords)},
}

func words(list []byte) analysis.TokenMap {
	m := analysis.NewTokenMap()
	if err := m.LoadBytes(list); err != nil {
		panic(err) // a list in the program's own binary
	}
	return m
}

// analyser splits texts of one language into words. It remembers the words it
// has met, because a language's text is a few thousand words over and over, and
// so serves one goroutine at a time: borrow and give back.
type analyser struct {
	*grammar
	tag   lang.Tag
	known map[string]word
	parts []part
}

// maxKnown bounds an analyser's memory of words: about 3 MB.
const maxKnown = 1 << 15

var analysers sync.Map // lang.Tag → *sync.Pool of *analyser

// borrow returns an analyser for the language; one that the index has no
// grammar for gets the plain one: no stems, no stop words.
func borrow(t lang.Tag) *analyser {
	g, ok := grammars[t]
	if !ok {
		t, g = "", &grammar{foldFirst: true}
	}
	pool, ok := analysers.Load(t)
	if !ok {
		pool, _ = analysers.LoadOrStore(t, &sync.Pool{})
	}
	if a, ok := pool.(*sync.Pool).Get().(*analyser); ok {
		return a
	}
	return &analyser{grammar: g, tag: t, known: map[string]word{}}
}

func (a *analyser) giveBack() {
	if pool, ok := analysers.Load(a.tag); ok {
		pool.(*sync.Pool).Put(a)
	}
}

// know returns the forms of a word as it stands in a text. In a text of mixed
// case, a stop word in capitals is an acronym: WHO, IT, US.
func (a *analyser) know(raw string, mixed bool) word {
	w, ok := a.known[raw]
	if !ok {
		if len(a.known) >= maxKnown {
			clear(a.known)
		}
		w = a.forms(clean(raw))
		w.hash = [2]uint32{hashOf(w.term), hashOf(w.alt)}
		a.known[strings.Clone(raw)] = w
	}
	if w.stop && mixed && len(raw) > 1 && raw == strings.ToUpper(raw) {
		w.stop = false
	}
	return w
}

func (a *analyser) forms(s string) word {
	folded := a.fold(s)
	switch {
	case a.stops[s]:
		return word{term: folded, stop: true}
	case a.stem == nil || hasDigit(s):
		return word{term: cut(folded)}
	case a.foldFirst || folded == s:
		return word{term: cut(fold(a.stemmed(folded)))}
	}
	w := word{term: cut(fold(a.stemmed(s))), alt: cut(fold(a.stemmed(folded)))}
	if w.alt == w.term {
		w.alt = ""
	}
	return w
}

func (a *analyser) stemmed(s string) string {
	env := snowballstem.NewEnv(s)
	a.stem(env)
	return env.Current()
}

func (a *analyser) elides(raw string) bool {
	return a.articles != nil && a.articles[clean(raw)]
}

// fold takes the diacritics off; German also reads ae, oe, ue as ä, ö, ü, except
// after a vowel or q, where they mostly are what they seem (Steuer, Quelle).
func (a *analyser) fold(s string) string {
	s = fold(s)
	if a.tag != "de" || !strings.Contains(s, "e") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		umlaut := s[i] == 'e' && i > 0 && strings.IndexByte("aou", s[i-1]) >= 0
		if umlaut && (i == 1 || strings.IndexByte("aeiouq", s[i-2]) < 0) {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// clean lower-cases a word, composes its accents and removes what is invisible.
func clean(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	s = strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return norm.NFC.String(s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// letters are folded to more than their base, or have no decomposition.
var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ł': "l", 'ı': "i", 'ð': "d", 'þ': "th", 'ё': "е",
}

// fold takes the diacritics off a lower-case word. Cyrillic keeps its й and the
// letters of its other languages, but for ё, which is mostly written е.
func fold(s string) string {
	if ascii(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if to, ok := letters[r]; ok {
			b.WriteString(to)
			continue
		}
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		b.WriteRune(base(r))
	}
	return b.String()
}

// base is the Latin letter under the accents, or the rune itself.
func base(r rune) rune {
	if r < 0x80 || r > 0x24F && (r < 0x1E00 || r > 0x1EFF) {
		return r
	}
	for _, first := range norm.NFKD.String(string(r)) {
		return first
	}
	return r
}
