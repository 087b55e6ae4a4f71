package search

import (
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// column holds the values of a facet entry by entry: those of entry n are
// values[refs[i]], i running from starts[n] to starts[n+1].
type column struct {
	values []string
	starts []uint32
	refs   []uint32
}

// column are the values of a facet.
func (s *shelf) column(facet Facet) (*column, error) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if c := s.ledger.columns[facet]; c != nil {
		return c, nil
	}
	c := &column{starts: make([]uint32, s.size()+1)}
	var sets []*roaring.Bitmap
	err := s.each(string(facet), func(value string, set *roaring.Bitmap) {
		c.values, sets = append(c.values, value), append(sets, set)
	})
	if err != nil {
		return nil, err
	}
	c.fill(sets)
	s.ledger.columns[facet] = c
	return c, nil
}

// fill turns the entries of each value into the values of each entry.
func (c *column) fill(sets []*roaring.Bitmap) {
	for _, set := range sets {
		set.Iterate(func(n uint32) bool { c.starts[n+1]++; return true })
	}
	for n := range c.starts[1:] {
		c.starts[n+1] += c.starts[n]
	}
	c.refs = make([]uint32, c.starts[len(c.starts)-1])
	next := append([]uint32(nil), c.starts...)
	for ref, set := range sets {
		set.Iterate(func(n uint32) bool {
			c.refs[next[n]] = uint32(ref)
			next[n]++
			return true
		})
	}
}

// count adds the entries to the counts of their values.
func (c *column) count(entries []uint32, counts []int) {
	for _, n := range entries {
		for _, ref := range c.refs[c.starts[n]:c.starts[n+1]] {
			counts[ref]++
		}
	}
}

// walk visits a set in order; quicker than an iterator for large ones.
func walk(set *roaring.Bitmap, visit func(n uint32)) {
	walkMany(set, func(entries []uint32) {
		for _, n := range entries {
			visit(n)
		}
	})
}

// walkMany visits a set in order, some hundred entries at a time.
func walkMany(set *roaring.Bitmap, visit func(entries []uint32)) {
	var buffer [256]uint32
	it := set.ManyIterator()
	for got := it.NextMany(buffer[:]); got > 0; got = it.NextMany(buffer[:]) {
		visit(buffer[:got])
	}
}

// read tells the values of a field that is kept in a column, entry by entry: for
// fields of nearly as many values as entries this is many times quicker than to
// go through the dictionary.
func (s *shelf) read(field string, tell func(n int, value []byte)) error {
	columns, ok := s.snap.Segment().(segment.DocValueVisitable)
	if !ok {
		return fmt.Errorf("search: a segment without columns: %T", s.snap.Segment())
	}
	var (
		at     int
		fields = []string{field}
		state  segment.DocVisitState
		err    error
	)
	visit := func(_ string, value []byte) { tell(at, value) }
	for at = range s.size() {
		if state, err = columns.VisitDocValues(uint64(at), fields, visit, state); err != nil {
			return fmt.Errorf("search: column of %s: %w", field, err)
		}
	}
	return nil
}
