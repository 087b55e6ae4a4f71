package search

import (
	"fmt"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum"

	"polis/internal/access"
	"polis/internal/lang"
)

// shelf is one segment of a snapshot as one search sees it. Entries are
// numbered from 0 on each shelf.
type shelf struct {
	snap    *scorch.SegmentSnapshot
	allowed *roaring.Bitmap // what the scope reads
	dicts   map[string]segment.TermDictionary
}

// view is a snapshot of the index in a scope.
type view struct {
	snap    *scorch.IndexSnapshot
	shelves []*shelf
	mean    *means
}

// look opens a view; close it.
func (ix *Index) look(scope access.Scope) (*view, error) {
	snap, err := ix.snapshot()
	if err != nil {
		return nil, err
	}
	v := &view{snap: snap, mean: &ix.mean}
	for _, s := range snap.Segments() {
		sh := &shelf{snap: s, dicts: map[string]segment.TermDictionary{}}
		sh.allowed = s.DocNumbersLive()
		if tokens, all := scope.Tokens(); !all {
			circle, err := sh.any(accessField, tokens)
			if err != nil {
				return nil, closing(v, err)
			}
			sh.allowed.And(circle)
		}
		if !sh.allowed.IsEmpty() {
			v.shelves = append(v.shelves, sh)
		}
	}
	return v, nil
}

func closing(v *view, err error) error {
	v.close()
	return err
}

func (v *view) close() { _ = v.snap.Close() } // counts a reference down

// list returns the postings of a term, nil where there are none.
func (s *shelf) list(field, term string) (segment.PostingsList, error) {
	dict, err := s.dict(field)
	if err != nil {
		return nil, err
	}
	list, err := dict.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("search: postings of %s: %w", field, err)
	}
	return list, nil
}

func (s *shelf) dict(field string) (segment.TermDictionary, error) {
	if d, ok := s.dicts[field]; ok {
		return d, nil
	}
	d, err := s.snap.Segment().Dictionary(field)
	if err != nil {
		return nil, fmt.Errorf("search: dictionary of %s: %w", field, err)
	}
	s.dicts[field] = d
	return d, nil
}

// bits are the entries of a postings list. They may lie in the index file: to
// be read while the view is open, never changed.
func bits(list segment.PostingsList) *roaring.Bitmap {
	it, ok := list.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
	if !ok {
		return roaring.New()
	}
	if n, one := it.DocNum1Hit(); one {
		return roaring.BitmapOf(uint32(n))
	}
	if b := it.ActualBitmap(); b != nil {
		return b
	}
	return roaring.New()
}

// of are the entries that have the term; read only.
func (s *shelf) of(field, term string) (*roaring.Bitmap, error) {
	list, err := s.list(field, term)
	if err != nil {
		return nil, err
	}
	return bits(list), nil
}

// any are the entries that have one of the terms.
func (s *shelf) any(field string, terms []string) (*roaring.Bitmap, error) {
	all := roaring.New()
	for _, term := range terms {
		b, err := s.of(field, term)
		if err != nil {
			return nil, err
		}
		all.Or(b)
	}
	return all, nil
}

// terms calls visit for the terms of a field that an automaton accepts, in
// order, from one on and before another (nil: no bound), until it says no.
func (s *shelf) terms(field string, accept segment.Automaton, from, before []byte, visit func(term string) bool) error {
	dict, err := s.dict(field)
	if err != nil {
		return err
	}
	if accept == nil {
		accept = &vellum.AlwaysMatch{}
	}
	it := dict.AutomatonIterator(accept, from, before)
	for {
		entry, err := it.Next()
		if err != nil {
			return fmt.Errorf("search: terms of %s: %w", field, err)
		}
		if entry == nil || !visit(entry.Term) {
			return nil
		}
	}
}

// means keeps, for each shelf, how many entries of each language there are and
// how long they are together: shelves do not change.
type means struct {
	mu    sync.Mutex
	known map[uint64]map[lang.Tag]lengths
}

type lengths struct{ entries, words uint64 }

// meanLength is the mean length in words of the entries in a language.
func (v *view) meanLength(t lang.Tag) (float64, error) {
	var sum lengths
	for _, s := range v.shelves {
		l, err := v.mean.of(s, t)
		if err != nil {
			return 0, err
		}
		sum.entries += l.entries
		sum.words += l.words
	}
	return float64(sum.words) / float64(max(sum.entries, 1)), nil
}

func (m *means) of(s *shelf, t lang.Tag) (lengths, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.known[s.snap.Id()][t]; ok {
		return l, nil
	}
	list, err := s.list(string(Lang), langKey(t))
	if err != nil {
		return lengths{}, err
	}
	var l lengths
	it := list.Iterator(true, true, false, nil)
	for p, err := it.Next(); p != nil; p, err = it.Next() {
		if err != nil {
			return lengths{}, fmt.Errorf("search: lengths: %w", err)
		}
		l.entries++
		l.words += p.Frequency() - 1
	}
	m.keep(s.snap.Id(), t, l)
	return l, nil
}

// keep remembers; when too many shelves have come and gone, it starts again.
func (m *means) keep(id uint64, t lang.Tag, l lengths) {
	if m.known == nil || len(m.known) > 1000 {
		m.known = map[uint64]map[lang.Tag]lengths{}
	}
	if m.known[id] == nil {
		m.known[id] = map[lang.Tag]lengths{}
	}
	m.known[id][t] = l
}
