package search

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/lang"
)

// place is an entry in the order of the hits.
type place struct {
	shelf int
	n     uint32
	score float64 // by date the day: newer is better
}

// order is what the hits are ordered by, for each shelf.
type order struct {
	boards    []*board   // scores, nil in the order of dates
	dates     [][]uint32 // nil in the order of scores
	documents [][]uint64
	langs     []*column
	ranks     [][]int // by the refs of langs: 0 for the preferred language
}

// arrange prepares the order that the query asks for.
func (f *finding) arrange(q Query) error {
	n := len(f.view.shelves)
	f.order = order{documents: make([][]uint64, n), langs: make([]*column, n), ranks: make([][]int, n)}
	for k, s := range f.view.shelves {
		var err error
		if f.order.documents[k], err = s.documents(); err != nil {
			return err
		}
		if f.order.langs[k], err = s.column(Lang); err != nil {
			return err
		}
		f.order.ranks[k] = preference(f.order.langs[k].values, q.Lang)
	}
	if q.Sort == ByDate || !f.wordy() {
		return f.arrangeByDate()
	}
	return f.arrangeByScore()
}

// preference ranks languages: the preferred one, English, the others in the
// order of lang.All, those that POLIS does not speak.
func preference(keys []string, prefer lang.Tag) []int {
	ranks := make([]int, len(keys))
	for i, key := range keys {
		t := lang.Tag(key)
		switch {
		case t == prefer:
		case t == lang.English:
			ranks[i] = 1
		case key == OtherLang:
			ranks[i] = 2 + len(languages)
		default:
			ranks[i] = 2 + slices.Index(languages, t)
		}
	}
	return ranks
}

func (f *finding) arrangeByDate() error {
	f.order.dates = make([][]uint32, len(f.view.shelves))
	for k, s := range f.view.shelves {
		dates, err := s.dates()
		if err != nil {
			return err
		}
		f.order.dates[k] = dates
	}
	return nil
}

func (f *finding) arrangeByScore() error {
	f.order.boards = make([]*board, len(f.view.shelves))
	for k, s := range f.view.shelves {
		if f.matched[k].IsEmpty() {
			continue
		}
		b := borrowBoard(s.size())
		f.order.boards[k] = b
		for _, r := range f.readings {
			if err := b.fill(r, k, s, f.nearness(r)); err != nil {
				return err
			}
		}
	}
	f.lead()
	return nil
}

// nearness is what the entries of a language count beside those in the language
// of the question.
func (f *finding) nearness(r *reading) float64 {
	switch {
	case f.from == "" || r.tag == f.from:
		return 1
	case r.across:
		return translated
	}
	return foreign
}

// giveBack returns the boards for the next question.
func (o *order) giveBack() {
	for _, b := range o.boards {
		if b != nil {
			b.giveBack()
		}
	}
	o.boards = nil
}

// place is entry n of shelf k with its score.
func (o *order) place(k int, n uint32) place {
	if o.boards != nil {
		return place{k, n, float64(o.boards[k].score[n])}
	}
	return place{k, n, float64(o.dates[k][n])}
}

// before reports whether a comes before b. Places of the same score stand in an
// order that does not change when the index is built again, so that pages do
// not shift.
func (o *order) before(a, b place) bool {
	return cmp.Or(
		cmp.Compare(b.score, a.score),
		cmp.Compare(o.documents[a.shelf][a.n], o.documents[b.shelf][b.n]),
		cmp.Compare(o.rank(a), o.rank(b)),
	) < 0
}

// stands reports whether a stands for its document rather than b of the same.
func (o *order) stands(a, b place) bool {
	if o.boards != nil && a.score != b.score {
		return a.score > b.score
	}
	return o.rank(a) < o.rank(b)
}

func (o *order) rank(p place) int {
	c := o.langs[p.shelf]
	return o.ranks[p.shelf][c.refs[c.starts[p.n]]] // every entry has one language
}

// best are the places of one page in the order of the hits.
func (f *finding) best(found []*roaring.Bitmap, limit, offset int) []place {
	top := ranking{order: &f.order, size: limit + offset}
	for k, set := range found {
		walk(set, func(n uint32) { top.offer(f.order.place(k, n)) })
	}
	return top.from(offset)
}

// ranking keeps the best places seen so far, the worst of them first: a heap.
type ranking struct {
	order  *order
	size   int
	places []place
}

func (r *ranking) offer(p place) {
	switch {
	case len(r.places) < r.size:
		heap.Push(r, p)
	case r.size > 0 && p.score >= r.places[0].score && r.order.before(p, r.places[0]):
		r.places[0] = p
		heap.Fix(r, 0)
	}
}

// from empties the ranking into a list, best first, without the first offset.
func (r *ranking) from(offset int) []place {
	slices.SortFunc(r.places, func(a, b place) int {
		if r.order.before(a, b) {
			return -1
		}
		return 1
	})
	return r.places[min(offset, len(r.places)):]
}

// What follows is what container/heap asks.

func (r *ranking) Len() int           { return len(r.places) }
func (r *ranking) Less(i, j int) bool { return r.order.before(r.places[j], r.places[i]) }
func (r *ranking) Swap(i, j int)      { r.places[i], r.places[j] = r.places[j], r.places[i] }
func (r *ranking) Push(p any)         { r.places = append(r.places, p.(place)) }
func (r *ranking) Pop() any           { return nil } // not used

func total(sets []*roaring.Bitmap) int {
	n := uint64(0)
	for _, set := range sets {
		n += set.GetCardinality()
	}
	return int(n)
}
