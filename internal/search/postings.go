package search

import (
	"fmt"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// postings are the entries of a shelf that have a term, and how often it stands
// in each of them.
type postings struct {
	term fieldTerm
	list segment.PostingsList
	set  *roaring.Bitmap // may lie in the index file: to be read while the view is open, never changed
	tf   []uint16        // of several terms together, how often they stand there
}

// none is an empty set; read only.
var none = roaring.New()

func newPostings(term fieldTerm, list segment.PostingsList) *postings {
	p := &postings{term: term, list: list, set: none}
	if list.Count() == 0 {
		return p
	}
	it, ok := list.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
	if !ok {
		return p
	}
	if n, one := it.DocNum1Hit(); one {
		p.set = roaring.BitmapOf(uint32(n))
	} else if b := it.ActualBitmap(); b != nil {
		p.set = b
	}
	return p
}

// What a ledger remembers of how often words stand in its entries: of the words
// that many entries have, two bytes for each of them.
const (
	oftenFrom = 64      // entries
	maxOften  = 8 << 20 // bytes in all
)

// tally tells how often the term stands in its entries, in the order of the set.
func (s *shelf) tally(p *postings, it segment.PostingsIterator) ([]uint16, segment.PostingsIterator, error) {
	if p.tf != nil {
		return p.tf, it, nil
	}
	s.ledger.mu.Lock()
	known := s.ledger.often[p.term]
	s.ledger.mu.Unlock()
	if known != nil {
		return known, it, nil
	}
	it = p.list.Iterator(true, false, false, it)
	tally := make([]uint16, 0, p.list.Count())
	for {
		next, err := it.Next()
		if err != nil {
			return nil, it, fmt.Errorf("search: postings: %w", err)
		}
		if next == nil {
			break
		}
		tally = append(tally, uint16(min(next.Frequency(), math.MaxUint16)))
	}
	if len(tally) >= oftenFrom {
		s.ledger.remember(p.term, tally)
	}
	return tally, it, nil
}

func (l *ledger) remember(term fieldTerm, tally []uint16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.oftenBytes += 2 * len(tally); l.oftenBytes > maxOften || l.often == nil {
		l.often, l.oftenBytes = map[fieldTerm][]uint16{}, 2*len(tally)
	}
	l.often[term] = tally
}

// together are the entries that have all of the terms, as often as they have the
// one that they have least.
func (s *shelf) together(field string, terms []string) (*postings, error) {
	first, err := s.list(field, terms[0])
	if err != nil || len(terms) == 1 {
		return first, err
	}
	all := &postings{set: first.set.Clone()}
	for _, term := range terms[1:] {
		p, err := s.list(field, term)
		if err != nil {
			return nil, err
		}
		all.set.And(p.set)
	}
	entries := all.set.ToArray()
	all.tf = slices.Repeat([]uint16{math.MaxUint16}, len(entries))
	for _, term := range terms {
		p, _ := s.list(field, term) // looked up above
		tally, _, err := s.tally(p, nil)
		if err != nil {
			return nil, err
		}
		at, i := 0, 0
		walk(p.set, func(n uint32) {
			if at < len(entries) && entries[at] == n {
				all.tf[at] = min(all.tf[at], tally[i])
				at++
			}
			i++
		})
	}
	return all, nil
}
