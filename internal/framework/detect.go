package framework

import (
	"strings"
	"unicode"

	"polis/internal/lang"
)

// small are words that each language uses all the time and the others hardly.
var small = map[lang.Tag]string{
	"en": " the of and to with ",
	"fr": " les et du aux à dans ",
	"de": " der und den im mit zur ",
	"it": " di della delle nel gli con ",
	"ru": " и в на с по для ",
	"es": " los las y el para con ",
}

// detect tells the language of an official text by its small words; "" where
// it has none of them.
func detect(text string) lang.Tag {
	count := map[string]int{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		count[w]++
	}
	var best lang.Tag
	most := 0
	for _, t := range lang.All {
		sum := 0
		for w := range strings.FieldsSeq(small[t]) {
			sum += count[w]
		}
		if sum > most {
			best, most = t, sum
		}
	}
	return best
}
