package lexicon

import (
	"iter"
	"regexp"
	"strings"
)

// Pair is an expression in one language and the same in another: what a
// dictionary says of a word, two labels of a concept, or two sentences that
// translate each other.
type Pair struct{ Source, Target string }

// Pairs is a stream of them. An error ends it.
type Pairs = iter.Seq2[Pair, error]

// annotations stand in dictionaries beside the words: how a word sounds
// (/haʊs/), its grammar (<n, neut>), its field ([fin.]), what explains it (…).
var annotations = regexp.MustCompile(`//[^/]*//|/[^/\s][^/]*/|<[^<>]*>|\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}`)

// bare is an expression without its annotations.
func bare(s string) string {
	return strings.Join(strings.Fields(annotations.ReplaceAllString(s, " ")), " ")
}

// alternatives are the expressions that a line of a dictionary gives side by side.
func alternatives(line string) []string {
	var list []string
	for _, s := range strings.FieldsFunc(annotations.ReplaceAllString(line, " "), func(r rune) bool { return r == ',' || r == ';' }) {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			list = append(list, s)
		}
	}
	return list
}
