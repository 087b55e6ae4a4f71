package search

import (
	"bytes"
	"container/heap"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/lang"
)

// place is an entry in the order of the hits.
type place struct {
	shelf int
	n     uint32
	score float32
}

// best are the places of the hits in the order of relevance. Entries of the
// same score stand in the order of their ids, so that pages do not shift when
// the index is rebuilt.
func (f *finding) best(prefer lang.Tag, limit, offset int) ([]place, error) {
	top := ranking{view: f.view, size: limit + offset}
	for k, s := range f.view.shelves {
		if f.found[k].IsEmpty() {
			continue
		}
		b := borrowBoard(int(s.snap.Segment().Count()))
		for _, r := range f.readings {
			factor := 1.0
			if prefer != "" && r.tag != prefer {
				factor = foreign
			}
			if err := b.fill(r, k, factor); err != nil {
				return nil, err
			}
		}
		for it := f.found[k].Iterator(); it.HasNext(); {
			n := it.Next()
			top.offer(place{k, n, b.score[n]})
		}
		boards.Put(b)
	}
	return top.from(offset), nil
}

// ranking keeps the best places seen so far, the worst of them first: a heap.
type ranking struct {
	view   *view
	size   int
	places []place
}

func (r *ranking) offer(p place) {
	switch {
	case len(r.places) < r.size:
		heap.Push(r, p)
	case r.size > 0 && r.before(p, r.places[0]):
		r.places[0] = p
		heap.Fix(r, 0)
	}
}

// from empties the ranking into a list, best first, without the first offset.
func (r *ranking) from(offset int) []place {
	slices.SortFunc(r.places, func(a, b place) int {
		if r.before(a, b) {
			return -1
		}
		return 1
	})
	return r.places[min(offset, len(r.places)):]
}

func (r *ranking) before(a, b place) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	return bytes.Compare(r.view.id(a), r.view.id(b)) < 0
}

// id is the entry's id in the index, for telling alike places apart.
func (v *view) id(p place) []byte {
	id, err := v.shelves[p.shelf].snap.DocID(uint64(p.n))
	if err != nil {
		return nil
	}
	return id
}

// Len, Less, Swap, Push and Pop make the ranking a heap.
func (r *ranking) Len() int           { return len(r.places) }
func (r *ranking) Less(i, j int) bool { return r.before(r.places[j], r.places[i]) }
func (r *ranking) Swap(i, j int)      { r.places[i], r.places[j] = r.places[j], r.places[i] }
func (r *ranking) Push(p any)         { r.places = append(r.places, p.(place)) }
func (r *ranking) Pop() any {
	last := r.places[len(r.places)-1]
	r.places = r.places[:len(r.places)-1]
	return last
}

// newest are the places of the hits from the newest to the undated. It walks the
// years first and only within the years that the page touches the dates, so
// that it needs no column of dates in memory.
func (f *finding) newest(limit, offset int) ([]place, error) {
	years, err := f.view.values(string(Year), "")
	if err != nil {
		return nil, err
	}
	page := page{limit: limit, skip: offset}
	rest := slices.Clone(f.found)
	for _, year := range slices.Backward(years) {
		of, err := f.with(string(Year), year)
		if err != nil {
			return nil, err
		}
		for k := range rest {
			rest[k] = roaring.AndNot(rest[k], of[k])
		}
		if page.jump(of) {
			continue
		}
		dates, err := f.view.values(dateField, year)
		if err != nil {
			return nil, err
		}
		for _, date := range slices.Backward(dates) {
			of, err := f.with(dateField, date)
			if err != nil {
				return nil, err
			}
			if page.add(of); page.full() {
				return page.places, nil
			}
		}
	}
	page.add(rest)
	return page.places, nil
}

// values are the terms of a field that begin with prefix, in order.
func (v *view) values(field, prefix string) ([]string, error) {
	var list []string
	for _, s := range v.shelves {
		err := s.terms(field, nil, []byte(prefix), after(prefix), func(term string) bool {
			list = append(list, term)
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// after is the first term behind all those that begin with prefix.
func after(prefix string) []byte {
	if prefix == "" {
		return nil
	}
	return append([]byte(prefix), 0xFF) // no term holds this byte: it is not UTF-8
}

// with are the found entries that have a term, per shelf.
func (f *finding) with(field, term string) ([]*roaring.Bitmap, error) {
	out := make([]*roaring.Bitmap, len(f.found))
	for k, s := range f.view.shelves {
		b, err := s.of(field, term)
		if err != nil {
			return nil, err
		}
		out[k] = roaring.And(b, f.found[k])
	}
	return out, nil
}

// page takes the places of one page out of a stream of sets.
type page struct {
	limit, skip int
	places      []place
}

func (p *page) full() bool { return len(p.places) >= p.limit }

// jump skips whole sets that end before the page begins.
func (p *page) jump(sets []*roaring.Bitmap) bool {
	n := total(sets)
	if n > p.skip {
		return false
	}
	p.skip -= n
	return true
}

// add takes what belongs to the page from sets of one date.
func (p *page) add(sets []*roaring.Bitmap) {
	if p.jump(sets) {
		return
	}
	for k, set := range sets {
		for it := set.Iterator(); it.HasNext() && !p.full(); {
			n := it.Next()
			if p.skip > 0 {
				p.skip--
				continue
			}
			p.places = append(p.places, place{shelf: k, n: n})
		}
	}
}

func total(sets []*roaring.Bitmap) int {
	n := uint64(0)
	for _, set := range sets {
		n += set.GetCardinality()
	}
	return int(n)
}
