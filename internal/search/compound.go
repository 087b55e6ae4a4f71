package search

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"polis/internal/lang"
)

// German writes as one word what others write as several. A word is therefore also
// looked for inside the compounds that the index holds ("Ermittlung" in
// "Bedarfsermittlung"), and a compound also by its parts. What is a compound is
// known from the index itself: both of its parts stand there as words.

// What counts as a part, and how much.
const (
	minPart     = 4   // letters of a part
	minCompound = 9   // letters of a compound
	maxForms    = 12  // compounds looked for, the shortest first
	partWeight  = 0.2 // of a word that is only a part of one, and of a part of it
)

// joints may stand between the parts of a compound.
var joints = []string{"", "s", "es", "n", "en", "er", "e"}

// maxTried is how many words of a shelf that begin or end with the word are tried.
const maxTried = 100

// endings are the long German words of the shelf in the order of their last
// letters, so that those with one ending stand together.
func (s *shelf) endings() ([]string, error) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if s.ledger.endings != nil {
		return s.ledger.endings, nil
	}
	list := []string{}
	err := s.terms(textField(lang.German), nil, nil, nil, func(term string) bool {
		if len(term) >= minCompound && !hasDigit(term) {
			list = append(list, strings.Clone(term))
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, backwards)
	s.ledger.endings = list
	return list, nil
}

// backwards compares two words from their last letters on.
func backwards(a, b string) int {
	for i, j := len(a)-1, len(b)-1; i >= 0 && j >= 0; i, j = i-1, j-1 {
		if a[i] != b[j] {
			return int(a[i]) - int(b[j])
		}
	}
	return len(a) - len(b)
}

// around are the words of the shelf that begin or end with a word.
func (s *shelf) around(word string, add func(string)) error {
	n := 0
	err := s.terms(textField(lang.German), nil, []byte(word), after(word), func(term string) bool {
		if len(term) >= minCompound {
			add(strings.Clone(term))
			n++
		}
		return n < maxTried
	})
	if err != nil {
		return err
	}
	list, err := s.endings()
	if err != nil {
		return err
	}
	from, _ := slices.BinarySearchFunc(list, word, backwards)
	for _, term := range list[from:min(from+maxTried, len(list))] {
		if !strings.HasSuffix(term, word) {
			break
		}
		add(term)
	}
	return nil
}

// splits are the ways in which a word is made of two known stems, the longest last
// part first, which names the thing.
func splits(word string, known func(string) bool) iter.Seq2[string, string] {
	return func(yield func(first, last string) bool) {
		for i := minPart; i <= len(word)-minPart; i++ {
			last := word[i:]
			if !known(last) {
				continue
			}
			for _, joint := range joints {
				first, ok := strings.CutSuffix(word[:i], joint)
				if !ok || len(first) < minPart {
					continue
				}
				for _, stem := range []string{first, germanStem(first)} {
					if known(stem) && !yield(stem, last) {
						return
					}
				}
			}
		}
	}
}

func germanStem(word string) string {
	a := borrow(lang.German)
	defer a.giveBack()
	return a.know(word, false).term
}

// addCompounds adds to the words of a German question the compounds that they are
// part of, and to a compound its parts.
func (v *view) addCompounds(r *reading) error {
	if r.tag != lang.German {
		return nil
	}
	for i := range r.wants {
		w := &r.wants[i]
		if w.sum || len(w.forms) == 0 {
			continue
		}
		word := w.forms[0].term
		related, err := recalled(v.recall, v.recall.related, word, func() ([]string, error) {
			within, err := v.within(word)
			return append(within, v.parts(word)...), err
		})
		if err != nil {
			return err
		}
		for _, part := range related {
			w.addForm(form{term: part, weight: partWeight, kind: asPart})
		}
	}
	return nil
}

// within are the compounds that the scope reads and of which the word is a part,
// those nearest to it first.
func (v *view) within(word string) ([]string, error) {
	if len(word) < minPart || hasDigit(word) {
		return nil, nil
	}
	found := map[string]bool{}
	for _, s := range v.shelves {
		if err := s.around(word, func(term string) { found[term] = term != word }); err != nil {
			return nil, err
		}
	}
	list := slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	var kept []string
	for _, other := range list {
		if len(kept) == maxForms {
			break
		}
		if found[other] && v.made(other, word) && v.knows(other) {
			kept = append(kept, other)
		}
	}
	return kept, nil
}

// made reports whether the word is a part of the compound, of which the scope
// reads the other part.
func (v *view) made(compound, word string) bool {
	for first, last := range splits(compound, func(w string) bool { return w == word || v.knows(w) }) {
		if first == word || last == word {
			return true
		}
	}
	return false
}

// knows reports whether the scope reads a German word anywhere.
func (v *view) knows(word string) bool {
	n, err := v.count(textField(lang.German), word)
	return err == nil && n > 0
}

// parts are the two words of which a compound is made, where nothing that the scope
// reads has the compound itself: where it stands, its parts only lead astray (on
// the German manuals they cost .02 of nDCG).
func (v *view) parts(word string) []string {
	if len(word) < minCompound || hasDigit(word) || v.knows(word) {
		return nil
	}
	for first, last := range splits(word, v.knows) {
		return []string{first, last}
	}
	return nil
}
