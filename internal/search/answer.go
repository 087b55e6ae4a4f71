package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// answer counts what was found and takes one page of it.
func (f *finding) answer(ctx context.Context, q Query) (Answer, error) {
	a := Answer{Total: total(f.found), Loose: f.loose, Forgiven: f.forgiven, Words: f.asked.typed()}
	limit, offset := q.clampPage()
	if q.Facets {
		facets, err := f.facets()
		if err != nil {
			return Answer{}, err
		}
		a.Facets = facets
	}
	if err := ctx.Err(); err != nil || limit == 0 || offset >= a.Total {
		return a, err
	}
	limit = min(limit, a.Total-offset)
	places, err := f.places(q, limit, offset)
	if err != nil {
		return Answer{}, err
	}
	for _, p := range places {
		h, err := f.hit(p)
		if err != nil {
			return Answer{}, err
		}
		a.Hits = append(a.Hits, h)
	}
	return a, nil
}

func (f *finding) places(q Query, limit, offset int) ([]place, error) {
	if q.Sort == ByDate || !f.wordy() {
		return f.newest(limit, offset)
	}
	return f.best(q.Lang, limit, offset)
}

// hit looks into an entry's sketch for its best passage and the reasons.
func (f *finding) hit(p place) (Hit, error) {
	k, err := f.view.shelves[p.shelf].kept(uint64(p.n))
	if err != nil {
		return Hit{}, err
	}
	h := Hit{Score: float64(p.score), Passage: -1}
	h.Lang, h.Document = splitID(k.id)
	i := slices.IndexFunc(f.readings, func(r *reading) bool { return r.tag == h.Lang })
	if i < 0 {
		return h, nil
	}
	r := f.readings[i]
	passage, found := k.sketch.best(r.clues())
	h.Passage = passage
	for w, want := range r.wants {
		for j, form := range want.forms {
			if found[[2]int{w, j}] {
				h.Why = append(h.Why, Reason{Word: want.typed, Found: form.term, Forgiven: form.weight < 1})
				break
			}
		}
	}
	return h, nil
}

// clues are the forms of the question's words, weighed by rarity.
func (r *reading) clues() map[uint32]clue {
	clues := map[uint32]clue{}
	for i, w := range r.wants {
		weight := math.Pow(idf(r.entries, r.wanted[i].df), rarity)
		for j, form := range w.forms {
			clues[hashOf(form.term)] = clue{want: i, form: j, weight: weight * form.weight}
		}
	}
	return clues
}

// facets counts the values of every facet among what was found; those of a
// facet with a selection among what the other selections leave.
func (f *finding) facets() (map[Facet][]Count, error) {
	all := map[Facet][]Count{}
	for _, facet := range Facets {
		counts, err := f.facet(facet)
		if err != nil {
			return nil, err
		}
		all[facet] = counts
	}
	return all, nil
}

func (f *finding) facet(facet Facet) ([]Count, error) {
	counts := map[string]int{}
	for k, set := range f.without(facet) {
		if set.IsEmpty() {
			continue
		}
		s := f.view.shelves[k]
		var failed error
		err := s.terms(string(facet), nil, nil, nil, func(value string) bool {
			b, err := s.of(string(facet), value)
			if err != nil {
				failed = err
				return false
			}
			if n := b.AndCardinality(set); n > 0 {
				counts[value] += int(n)
			}
			return true
		})
		if err = cmp.Or(failed, err); err != nil {
			return nil, err
		}
	}
	list := make([]Count, 0, len(counts))
	for value, n := range counts {
		list = append(list, Count{value, n})
	}
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
	})
	return list, nil
}

// without is what was found if the facet had no selection.
func (f *finding) without(facet Facet) []*roaring.Bitmap {
	if f.filters[facet] == nil {
		return f.found
	}
	sets := f.matched
	for other, filter := range f.filters {
		if other != facet {
			sets = both(sets, filter)
		}
	}
	return sets
}
