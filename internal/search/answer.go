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
	for _, p := range f.best(found, min(limit, a.Total-offset), offset) {
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
	k, err := f.view.shelves[p.shelf].kept(uint64(p.n))
	if err != nil {
		return Hit{}, err
	}
	h := Hit{Passage: -1}
	if f.order.boards != nil {
		h.Score = p.score
	}
	h.Lang, h.Document = splitID(k.id)
	if grouped {
		if h.Langs, err = f.view.readable(h.Document); err != nil {
			return Hit{}, err
		}
	}
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
func (f *finding) facets(found []*roaring.Bitmap, grouped bool) (map[Facet][]Count, error) {
	all := map[Facet][]Count{}
	for _, facet := range Facets {
		sets := found
		if f.filters[facet] != nil {
			sets = f.without(facet)
			if grouped && facet != Lang {
				sets = f.group(sets)
			}
		} else if facet == Lang {
			sets = f.found // a document has one entry in a language
		}
		counts, err := f.view.divide(sets, facet)
		if err != nil {
			return nil, err
		}
		all[facet] = counts
	}
	return all, nil
}

// divide counts the entries of the sets by the values of a facet.
func (v *view) divide(sets []*roaring.Bitmap, facet Facet) ([]Count, error) {
	counts := map[string]int{}
	for k, set := range sets {
		if set.IsEmpty() {
			continue
		}
		c, err := v.shelves[k].column(facet)
		if err != nil {
			return nil, err
		}
		for ref, n := range c.count(set) {
			if n > 0 {
				counts[c.values[ref]] += n
			}
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
