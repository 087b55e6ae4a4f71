package search

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/blevesearch/vellum/levenshtein"

	"polis/internal/lang"
)

// How near a word must be to count as a typo of it, and for how much.
const (
	oneTypoFrom  = 4   // letters of the stem
	twoTyposFrom = 8   // likewise
	maxEnding    = 5   // letters of an ending that may hide a stem
	maxGuesses   = 5   // forms tried for a word
	typoWeight   = 0.5 // for each letter that differs
)

// tolerance recognises the words within one or two letters of another. Making
// one takes some milliseconds, and it is the same for all words.
var tolerance = [3]func() *levenshtein.LevenshteinAutomatonBuilder{
	1: sync.OnceValue(func() *levenshtein.LevenshteinAutomatonBuilder { return mustTolerate(1) }),
	2: sync.OnceValue(func() *levenshtein.LevenshteinAutomatonBuilder { return mustTolerate(2) }),
}

func mustTolerate(letters uint8) *levenshtein.LevenshteinAutomatonBuilder {
	b, err := levenshtein.NewLevenshteinAutomatonBuilder(letters, true)
	if err != nil {
		panic(err) // only for distances it does not know
	}
	return b
}

// forgive replaces the words by those near them, where the scope reads nothing
// at all that has one of the words as typed.
func (f *finding) forgive(ctx context.Context) error {
	if !f.wordy() || total(f.matched) > 0 {
		return nil
	}
	fuzzy := fuzziness{}
	for _, r := range f.readings {
		for i, w := range r.wants {
			if err := ctx.Err(); err != nil {
				return err
			}
			near, err := f.view.near(textField(r.tag), beginnings(r.tag, w), fuzzy)
			if err != nil {
				return err
			}
			if len(near) > 0 {
				r.wants[i].forms, f.forgiven = near, true
			}
		}
		if err := r.look(f.view); err != nil {
			return err
		}
	}
	return f.match()
}

// beginnings are what the index may hold of a word whose ending, because of the
// typo, was not taken off: its stem, the whole word, the word without its last
// letters.
func beginnings(t lang.Tag, w want) []string {
	a := borrow(t)
	defer a.giveBack()
	list := []string{w.forms[0].term}
	word := []rune(a.fold(clean(w.typed)))
	for n := len(word); n >= max(oneTypoFrom+1, len(word)-maxEnding) && len(word) <= maxTerm; n-- {
		list = append(list, string(word[:n]))
	}
	return list
}

// fuzziness keeps the automata of one question: languages share them.
type fuzziness map[string]*levenshtein.DFA

func (f fuzziness) around(term string) (*levenshtein.DFA, error) {
	if d, ok := f[term]; ok {
		return d, nil
	}
	letters := uint8(1)
	switch n := utf8.RuneCountInString(term); {
	case hasDigit(term) || n < oneTypoFrom:
		return nil, nil
	case n >= twoTyposFrom:
		letters = 2
	}
	d, err := tolerance[letters]().BuildDfa(term, letters)
	if err != nil {
		return nil, fmt.Errorf("search: forgive %q: %w", term, err)
	}
	f[term] = d
	return d, nil
}

// near are the terms of a field within the tolerance of one of the beginnings
// that stand in something the scope reads, nearest first. A letter cut off
// counts as a letter that differs.
func (v *view) near(field string, beginnings []string, fuzzy fuzziness) ([]form, error) {
	distances := map[string]int{}
	for i, term := range beginnings {
		accept, err := fuzzy.around(term)
		if err != nil {
			return nil, err
		}
		if accept == nil {
			continue
		}
		for _, s := range v.shelves {
			err := s.terms(field, accept, nil, nil, func(t string) bool {
				_, letters := accept.MatchAndDistance(t)
				away := int(letters) + max(i-1, 0)
				if old, ok := distances[t]; !ok || away < old {
					distances[t] = away
				}
				return true
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return v.nearest(field, distances)
}

// nearest keeps the best guesses: the fewest letters away, then the most frequent.
func (v *view) nearest(field string, distances map[string]int) ([]form, error) {
	type guess struct {
		term string
		away int
		df   int
	}
	var guesses []guess
	for term, away := range distances {
		df, err := v.count(field, term)
		if err != nil {
			return nil, err
		}
		if df > 0 {
			guesses = append(guesses, guess{term, away, df})
		}
	}
	slices.SortFunc(guesses, func(a, b guess) int {
		return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(b.df, a.df), cmp.Compare(a.term, b.term))
	})
	var forms []form
	for _, g := range guesses[:min(len(guesses), maxGuesses)] {
		forms = append(forms, form{term: g.term, weight: math.Pow(typoWeight, float64(max(g.away, 1)))})
	}
	return forms, nil
}
