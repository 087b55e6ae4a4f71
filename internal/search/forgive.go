package search

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

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

// forgive replaces the words by those near them, where the scope reads nothing
// at all that has one of the words as typed.
func (f *finding) forgive(ctx context.Context) error {
	if !f.wordy() || total(f.matched) > 0 {
		return nil
	}
	for _, r := range f.readings {
		for i, w := range r.wants {
			if err := ctx.Err(); err != nil {
				return err
			}
			near, err := f.view.near(textField(r.tag), beginnings(r.tag, w))
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

// near are the terms of a field within the tolerance of one of the beginnings
// that stand in something the scope reads, nearest first. A letter cut off
// counts as a letter that differs.
func (v *view) near(field string, beginnings []string) ([]form, error) {
	accept := newTypos(beginnings)
	if accept == nil {
		return nil, nil
	}
	distances, err := v.meantBy(field, accept)
	if err != nil {
		return nil, err
	}
	return v.nearest(field, distances)
}

// nearest keeps the best guesses: the fewest letters away, then the most frequent.
func (v *view) nearest(field string, distances map[string]int) ([]form, error) {
	byDistance := map[int][]string{}
	for term, away := range distances {
		byDistance[away] = append(byDistance[away], term)
	}
	var forms []form
	for _, away := range slices.Sorted(maps.Keys(byDistance)) {
		known, err := v.frequent(field, byDistance[away])
		if err != nil {
			return nil, err
		}
		for _, term := range known[:min(len(known), maxGuesses-len(forms))] {
			forms = append(forms, form{term: term, weight: math.Pow(typoWeight, float64(max(away, 1)))})
		}
		if len(forms) == maxGuesses {
			break
		}
	}
	return forms, nil
}

// frequent sorts terms by how often the scope reads them, without those that it
// does not read.
func (v *view) frequent(field string, terms []string) ([]string, error) {
	df := map[string]int{}
	for _, term := range terms {
		n, err := v.count(field, term)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			df[term] = n
		}
	}
	return slices.SortedFunc(maps.Keys(df), func(a, b string) int {
		return cmp.Or(cmp.Compare(df[b], df[a]), cmp.Compare(a, b))
	}), nil
}
