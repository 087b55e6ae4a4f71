package extract

import (
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"

	"polis/internal/lang"
)

// sampleBytes of a document are enough to know its language.
const sampleBytes = 16 << 10

// detectLanguage finds which of the six languages a text is in. It would rather say none than take a neighbour for
// one of them: Ukrainian or Kazakh is not Russian, Portuguese is not Spanish.
func detectLanguage(passages []Passage) (tag lang.Tag, sure bool) {
	text := sample(passages)
	latin, cyrillic := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		}
	}
	if cyrillic*3 > latin { // names and commands are Latin in a Russian text, too
		tag, sure = detectRussian(text)
		return tag, sure && cyrillic > latin
	}
	if latin < 12 {
		return "", false
	}
	return detectLatin(text, latin)
}

// LanguageOf finds which of the six languages a short text is in, such as a title with its summary.
func LanguageOf(text string) (tag lang.Tag, sure bool) {
	return detectLanguage([]Passage{{Kind: Paragraph, Text: text}})
}

// sample takes pieces from all over the document: the cover and the contents are poor in words.
func sample(passages []Passage) string {
	total := 0
	for _, p := range passages {
		if p.Kind != Code {
			total += len(p.Text) + 1
		}
	}
	stride := max(1, total/sampleBytes)
	var b strings.Builder
	for i, p := range passages {
		if p.Kind == Code || (i%stride != 0 && total > sampleBytes) {
			continue
		}
		b.WriteString(p.Text[:min(len(p.Text), 2000)])
		b.WriteByte('\n')
		if b.Len() > sampleBytes {
			break
		}
	}
	return b.String()
}

// detectRussian knows Russian by its letters: the neighbours have letters that it has not, and Bulgarian lacks the
// ones that no Russian text does without.
func detectRussian(text string) (lang.Tag, bool) {
	letters, foreign, own := 0, 0, 0
	for _, r := range strings.ToLower(text) {
		switch {
		case r == 'ы' || r == 'э' || r == 'ё':
			own++
			letters++
		case r >= 'а' && r <= 'я':
			letters++
		case unicode.Is(unicode.Cyrillic, r):
			foreign++
			letters++
		}
	}
	switch {
	case foreign*200 > letters, letters >= 200 && own*250 < letters:
		return "", false
	case letters < 200 && whatlanggo.DetectLangWithOptions(text, cyrillicOptions) != whatlanggo.Rus:
		return "", false
	}
	return lang.Russian, letters >= 200 || (letters >= 40 && own > 0)
}

var cyrillicOptions = whatlanggo.Options{Whitelist: map[whatlanggo.Lang]bool{
	whatlanggo.Rus: true, whatlanggo.Ukr: true, whatlanggo.Bul: true, whatlanggo.Srp: true, whatlanggo.Mkd: true, whatlanggo.Bel: true,
}}

var latinTags = map[whatlanggo.Lang]lang.Tag{
	whatlanggo.Eng: lang.English, whatlanggo.Fra: lang.French, whatlanggo.Deu: lang.German,
	whatlanggo.Ita: lang.Italian, whatlanggo.Spa: lang.Spanish,
}

// latinOptions holds the five languages and their neighbours in the region.
var latinOptions = whatlanggo.Options{Whitelist: map[whatlanggo.Lang]bool{
	whatlanggo.Eng: true, whatlanggo.Fra: true, whatlanggo.Deu: true, whatlanggo.Ita: true, whatlanggo.Spa: true,
	whatlanggo.Por: true, whatlanggo.Ron: true, whatlanggo.Nld: true, whatlanggo.Dan: true, whatlanggo.Swe: true,
	whatlanggo.Nob: true, whatlanggo.Pol: true, whatlanggo.Ces: true, whatlanggo.Hrv: true, whatlanggo.Slv: true,
	whatlanggo.Hun: true, whatlanggo.Tur: true, whatlanggo.Azj: true, whatlanggo.Uzb: true, whatlanggo.Tuk: true,
	whatlanggo.Est: true, whatlanggo.Lav: true, whatlanggo.Lit: true, whatlanggo.Fin: true, whatlanggo.Epo: true,
}}

// particles are words that hardly a sentence of a language does without and its neighbours do not share.
var particles = map[lang.Tag]map[string]bool{
	lang.English: words("the and of to in is for that with are be this on by from or as not which shall"),
	lang.French:  words("le la les des et du une est pour dans par sur que qui au aux ou avec sont il elle ne pas ce cette être"),
	lang.German:  words("der die das und den von zu mit für ist im des dem auf eine ein nicht sich werden oder bei als auch sind"),
	lang.Italian: words("il di che della per del le dei con una delle gli sono non nella alla è ed dell sulla nel degli un al da"),
	lang.Spanish: words("el los las y en del una para por con que es se su al lo como más o sus está son este esta ha"),
}

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// detectLatin believes the trigrams only where the particles agree.
func detectLatin(text string, letters int) (lang.Tag, bool) {
	found := whatlanggo.DetectWithOptions(text, latinOptions)
	tag, known := latinTags[found.Lang]
	if !known {
		return "", false
	}
	hits, all := map[lang.Tag]int{}, 0
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		all++
		for t, set := range particles {
			if set[w] {
				hits[t]++
			}
		}
	}
	if all >= 30 && hits[tag]*100 < all*9 {
		return "", false
	}
	for t, n := range hits {
		if n > hits[tag]*5/4+1 {
			tag = t // few words, and the particles are clearer than the trigrams
		}
	}
	return tag, letters >= 80 && hits[tag]*100 >= all*9
}
