package search

import "polis/internal/lang"

// Term is a word of a text as the index knows it.
type Term struct {
	Stem string // without its ending and its accents
	Word string // as it stands in the text
}

// Terms are the words of a text in a language, in order, without its stop words.
// Other rooms that compare texts use them, so that they mean by a word what the
// index means.
func Terms(t lang.Tag, text string) []Term {
	a := borrow(t)
	defer a.giveBack()
	var list []Term
	a.tokens(text, func(t token) {
		if !t.stop && !t.whole {
			list = append(list, Term{t.term, text[t.start:t.end]})
		}
	})
	return list
}

// Fold is a text as it is compared letter by letter: in small letters, without
// accents and what is invisible.
func Fold(text string) string { return fold(clean(text)) }
