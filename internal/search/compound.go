package search

import (
	"cmp"
	"iter"
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

// compounds are those on a shelf, by each of their two parts.
type compounds map[string][]string

// compounds lists the German compounds of the shelf.
func (s *shelf) compounds() (compounds, error) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if s.ledger.compounds != nil {
		return s.ledger.compounds, nil
	}
	known := map[string]bool{}
	var long []string
	err := s.terms(textField(lang.German), nil, nil, nil, func(term string) bool {
		if hasDigit(term) || len(term) < minPart {
			return true
		}
		term = strings.Clone(term)
		known[term] = true
		if len(term) >= minCompound {
			long = append(long, term)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	c := compounds{}
	there := func(w string) bool { return known[w] }
	for _, word := range long {
		for first, last := range splits(word, there) {
			c.add(first, word)
			c.add(last, word)
		}
	}
	s.ledger.compounds = c
	return c, nil
}

func (c compounds) add(part, word string) {
	if list := c[part]; len(list) == 0 || list[len(list)-1] != word {
		c[part] = append(list, word)
	}
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

// split is the best of the splits.
func split(word string, known func(string) bool) (first, last string, ok bool) {
	for first, last := range splits(word, known) {
		return first, last, true
	}
	return "", "", false
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
		found := map[string]bool{}
		for _, s := range v.shelves {
			c, err := s.compounds()
			if err != nil {
				return err
			}
			for _, word := range c[w.forms[0].term] {
				found[word] = true
			}
		}
		forms, err := v.standing(r.tag, v.holding(w.forms[0].term, shortest(found)), maxForms)
		if err != nil {
			return err
		}
		for _, f := range append(forms, v.parts(w.forms[0].term)...) {
			w.addForm(f)
		}
	}
	return nil
}

// holding are those of the compounds of which the word is a part by what the scope
// reads: a shelf knows parts that may stand in hidden entries alone.
func (v *view) holding(word string, list []form) []form {
	return slices.DeleteFunc(list, func(f form) bool {
		first, last, ok := split(f.term, v.knows)
		return !ok || first != word && last != word
	})
}

// knows reports whether the scope reads a German word anywhere.
func (v *view) knows(word string) bool {
	n, err := v.count(textField(lang.German), word)
	return err == nil && n > 0
}

// parts are the two words of which a compound is made, where nothing that the scope
// reads has the compound itself: where it stands, its parts only lead astray (on
// the German manuals they cost .02 of nDCG).
func (v *view) parts(word string) []form {
	if len(word) < minCompound || hasDigit(word) {
		return nil
	}
	first, last, ok := split(word, v.knows)
	if !ok || v.knows(word) {
		return nil
	}
	return []form{{first, partWeight, asPart}, {last, partWeight, asPart}}
}

// shortest are the compounds as forms, those nearest to the word that they hold
// first. A part that very many have, as "polizei", is not looked for in all.
func shortest(found map[string]bool) []form {
	list := make([]form, 0, len(found))
	for word := range found {
		list = append(list, form{word, partWeight, asPart})
	}
	slices.SortFunc(list, func(a, b form) int {
		return cmp.Or(cmp.Compare(len(a.term), len(b.term)), cmp.Compare(a.term, b.term))
	})
	return list[:min(len(list), 4*maxForms)]
}
