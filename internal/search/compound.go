package search

import (
	"cmp"
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
	for _, word := range long {
		if first, last, ok := split(word, func(w string) bool { return known[w] }); ok {
			c[first] = append(c[first], word)
			c[last] = append(c[last], word)
		}
	}
	s.ledger.compounds = c
	return c, nil
}

// split finds the two known stems of which a word is made; of several ways the one
// with the longest last part, which names the thing.
func split(word string, known func(string) bool) (first, last string, ok bool) {
	for i := minPart; i <= len(word)-minPart; i++ {
		if last = word[i:]; !known(last) {
			continue
		}
		for _, joint := range joints {
			first, ok = strings.CutSuffix(word[:i], joint)
			if !ok || len(first) < minPart {
				continue
			}
			for _, stem := range []string{first, germanStem(first)} {
				if known(stem) {
					return stem, last, true
				}
			}
		}
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
		for _, word := range append(shortest(found), v.parts(w.forms[0].term)...) {
			w.addForm(form{word, partWeight, asPart})
		}
	}
	return nil
}

// parts are the two words of which a compound is made, where nothing that the scope
// reads has the compound itself: where it stands, its parts only lead astray (on
// the German manuals they cost .02 of nDCG).
func (v *view) parts(word string) []string {
	if len(word) < minCompound || hasDigit(word) {
		return nil
	}
	there := func(w string) bool {
		n, err := v.count(textField(lang.German), w)
		return err == nil && n > 0
	}
	first, last, ok := split(word, there)
	if !ok || there(word) {
		return nil
	}
	return []string{first, last}
}

// shortest are the words nearest to the one that they hold.
func shortest(found map[string]bool) []string {
	list := make([]string, 0, len(found))
	for word := range found {
		list = append(list, word)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return list[:min(len(list), maxForms)]
}
