package search

import (
	"fmt"
	"math"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// postings are the entries of a shelf that have a term, and how often it stands
// in each of them.
type postings struct {
	term fieldTerm
	list segment.PostingsList
	set  *roaring.Bitmap // may lie in the index file: to be read while the view is open, never changed
}

// none is an empty set; read only.
var none = roaring.New()

func newPostings(term fieldTerm, list segment.PostingsList) *postings {
	p := &postings{term, list, none}
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
