package roster

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Words are found by their beginnings: six letters of a word, without case and accents,
// are the same in most of its forms, in each of the six languages. What is found too
// much by it shows itself: the page shows the line.
const (
	stemLetters = 6
	maxStems    = 400 // of a field
	maxAsked    = 6   // of a search
)

// stems are the beginnings of a text's words, each once. Words of one or two letters say
// nothing.
func stems(text string) (list []string) {
	folded := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
	for _, word := range strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		letters := []rune(word)
		if len(letters) < 3 {
			continue
		}
		if stem := string(letters[:min(stemLetters, len(letters))]); !slices.Contains(list, stem) {
			list = append(list, stem)
		}
	}
	return list
}
