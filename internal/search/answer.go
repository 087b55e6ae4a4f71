package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/lang"
)

// answer counts what was found and takes one page of it.
func (f *finding) answer(ctx context.Context, q Query) (Answer, error) {
	a := Answer{Loose: f.loose, Forgiven: f.forgiven, Words: f.asked.typed()}
	limit, offset := q.clampPage()
	if limit > 0 || q.Group {
		if err := f.arrange(q); err != nil {
			return Answer{}, err
		}
		defer f.order.giveBack()
	}
	found := f.found
	if q.Group {
		found = f.group(found)
	}
	a.Total = total(found)
	if q.Facets {
		facets, err := f.facets(found, q.Group)
		if err != nil {
			return Answer{}, err
		}
		a.Facets = facets
	}
	if err := ctx.Err(); err != nil || limit == 0 || offset >= a.Total {
		return a, err
	}
	places, err := f.page(found, min(limit, a.Total-offset), offset)
	if err != nil {
		return Answer{}, err
	}
	for _, p := range places {
		h, err := f.hit(p, q.Group)
		if err != nil {
			return Answer{}, err
		}
		a.Hits = append(a.Hits, h)
	}
	return a, nil
}

// hit looks into an entry's sketch for its best passage and the reasons.
func (f *finding) hit(p place, grouped bool) (Hit, error) {
	h := Hit{Passage: -1}
	if f.order.boards != nil {
		h.Score = p.score
	}
	err := f.view.shelves[p.shelf].visit(p.n, func(field string, value []byte) {
		switch field {
		case "_id": // comes first
			h.Lang, h.Document = splitID(string(value))
		case sketchField:
			if r := f.reading(h.Lang); r != nil {
				h.Passage, h.Why = r.answer(sketch(value))
			}
		}
	})
	if err == nil && grouped {
		h.Langs, err = f.view.readable(h.Document)
	}
	return h, err
}

// reading is how the question is heard in a language, nil if it is not.
func (f *finding) reading(t lang.Tag) *reading {
	i := slices.IndexFunc(f.readings, func(r *reading) bool { return r.tag == t })
	if i < 0 {
		return nil
	}
	return f.readings[i]
}

// answer is the passage of an entry that answers best, and why.
func (r *reading) answer(s sketch) (passage int, why []Reason) {
	if r.clues == nil {
		r.weigh()
	}
	passage, found := s.best(r.clues)
	for _, want := range r.wants {
		if reason, ok := r.reason(want, s, found); ok && !slices.ContainsFunc(why, reason.same) {
			why = append(why, reason)
		}
	}
	return passage, why
}

// reason is why an entry answers a word of the question: because it has the word,
// or what the word means, the surest sense first.
func (r *reading) reason(w want, text sketch, found map[uint32]bool) (Reason, bool) {
	for _, form := range w.forms {
		if form.kind == asTyped && found[hashOf(form.term)] {
			return Reason{Word: w.typed, Found: []string{form.term}, Forgiven: form.weight < 1 && !w.sum}, true
		}
	}
	for _, s := range w.senses {
		if text.says(s.Terms) {
			return Reason{Word: s.Word, Found: s.Terms, Source: s.Source, Shown: s.Shown}, true
		}
	}
	if reason, ok := r.partly(w, found); ok {
		return reason, true
	}
	for _, form := range w.forms {
		source, ok := bySound[form.kind]
		if ok && found[hashOf(form.term)] {
			return Reason{Word: w.typed, Found: []string{form.term}, Source: source, Shown: form.term}, true
		}
	}
	return Reason{}, false
}

// partly is a reason where the words of a concept's name stand apart from each other
// in the entry, or of what is learned only one: it claims that and no more.
func (r *reading) partly(w want, found map[uint32]bool) (Reason, bool) {
	for _, s := range w.senses {
		if !r.across || s.Source == Thesaurus {
			if reason, ok := r.apart(s, found); ok {
				return reason, true
			}
			continue
		}
		for _, word := range Terms(r.tag, s.Shown) {
			if found[hashOf(word.Stem)] && slices.Contains(s.Terms, word.Stem) {
				return Reason{Word: w.typed, Found: []string{word.Stem}, Source: s.Source, Shown: word.Word}, true
			}
		}
	}
	return Reason{}, false
}

// apart is the reason where all words of an expression stand somewhere in the entry.
func (r *reading) apart(s Sense, found map[uint32]bool) (Reason, bool) {
	for _, term := range s.Terms {
		if !found[hashOf(term)] {
			return Reason{}, false
		}
	}
	var words []string
	for _, word := range Terms(r.tag, s.Shown) {
		words = append(words, word.Word)
	}
	return Reason{Word: s.Word, Found: s.Terms, Source: s.Source, Shown: strings.Join(words, " … ")}, true
}

// bySound are the kinds of forms that the index itself knows of.
var bySound = map[kind]Source{asKin: Kin, asPart: Compound}

func (r Reason) same(other Reason) bool {
	return r.Word == other.Word && slices.Equal(r.Found, other.Found)
}

// weigh makes clues of the forms of the question's words, weighed by rarity.
func (r *reading) weigh() {
	r.clues = map[uint32][]clue{}
	for i, w := range r.wants {
		weight := math.Pow(idf(r.entries, r.wanted[i].df), rarity)
		for _, form := range w.forms {
			terms := form.terms()
			for _, term := range terms {
				h := hashOf(term)
				r.clues[h] = append(r.clues[h], clue{want: i, weight: weight * form.weight / float64(len(terms))})
			}
		}
	}
}

// facets counts the values of every facet among what was found; those of a
// facet with a selection among what the other selections leave.
func (f *finding) facets(found []*roaring.Bitmap, grouped bool) (map[Facet][]Count, error) {
	all := map[Facet][]Count{}
	var plain []Facet
	for _, facet := range Facets {
		sets := found
		switch {
		case f.filters[facet] != nil:
			sets = f.without(facet)
			if grouped && facet != Lang {
				sets = f.group(sets)
			}
		case facet == Lang && grouped:
			sets = f.found // a document has one entry in a language
		default:
			plain = append(plain, facet)
			continue
		}
		if err := f.view.divide(sets, all, facet); err != nil {
			return nil, err
		}
	}
	return all, f.view.divide(found, all, plain...)
}

// divide counts the entries of the sets by the values of each of the facets, in
// one walk, and puts the counts with the others.
func (v *view) divide(sets []*roaring.Bitmap, all map[Facet][]Count, facets ...Facet) error {
	sums := make([]map[string]int, len(facets))
	for i := range sums {
		sums[i] = map[string]int{}
	}
	for k, set := range sets {
		if set.IsEmpty() {
			continue
		}
		columns, counts := make([]*column, len(facets)), make([][]int, len(facets))
		for i, facet := range facets {
			c, err := v.shelves[k].column(facet)
			if err != nil {
				return err
			}
			columns[i], counts[i] = c, make([]int, len(c.values))
		}
		walkMany(set, func(entries []uint32) {
			for i, c := range columns {
				c.count(entries, counts[i])
			}
		})
		for i, c := range columns {
			for ref, n := range counts[i] {
				if n > 0 {
					sums[i][c.values[ref]] += n
				}
			}
		}
	}
	for i, facet := range facets {
		all[facet] = ranked(sums[i])
	}
	return nil
}

// ranked lists counts, the most frequent value first.
func ranked(counts map[string]int) []Count {
	list := make([]Count, 0, len(counts))
	for value, n := range counts {
		list = append(list, Count{value, n})
	}
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
	})
	return list
}

// without is what would be found if the facet had no selection.
func (f *finding) without(facet Facet) []*roaring.Bitmap {
	sets := f.matched
	for other, filter := range f.filters {
		if other != facet {
			sets = both(sets, filter)
		}
	}
	return sets
}
