package search

import (
	"cmp"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum"

	"polis/internal/access"
)

// shelf is one segment of a snapshot as one search sees it. Entries are
// numbered from 0 on each shelf.
type shelf struct {
	snap   *scorch.SegmentSnapshot
	ledger *ledger
	*circle
	dicts map[string]segment.TermDictionary
	lists map[fieldTerm]*postings // of terms that were looked up: one question asks for some twice
}

// view is a snapshot of the index in a scope.
type view struct {
	snap    *scorch.IndexSnapshot
	shelves []*shelf
	recall  *recall
}

func newShelf(snap *scorch.SegmentSnapshot, l *ledger) *shelf {
	return &shelf{snap: snap, ledger: l, dicts: map[string]segment.TermDictionary{}, lists: map[fieldTerm]*postings{}}
}

// look opens a view; close it.
func (ix *Index) look(scope access.Scope) (*view, error) {
	version := ix.version.Load()
	snap, err := ix.snapshot()
	if err != nil {
		return nil, err
	}
	segments := snap.Segments()
	tokens, all := scope.Tokens()
	v := &view{snap: snap, recall: ix.recalls.of(version, circleKey(tokens, all))}
	for i, ledger := range ix.ledgers.of(segments) {
		s := newShelf(segments[i], ledger)
		if s.circle, err = s.draw(tokens, all); err != nil {
			v.close()
			return nil, err
		}
		if !s.allowed.IsEmpty() {
			v.shelves = append(v.shelves, s)
		}
	}
	return v, nil
}

func (v *view) close() { _ = v.snap.Close() } // counts a reference down

// list returns the postings of a term, empty ones where no entry has it.
func (s *shelf) list(field, term string) (*postings, error) {
	key := fieldTerm{field, term}
	if p, ok := s.lists[key]; ok {
		return p, nil
	}
	dict, err := s.dict(field)
	if err != nil {
		return nil, err
	}
	list, err := dict.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("search: postings of %s: %w", field, err)
	}
	p := newPostings(key, list)
	s.lists[key] = p
	return p, nil
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

// of are the entries that have the term; read only.
func (s *shelf) of(field, term string) (*roaring.Bitmap, error) {
	p, err := s.list(field, term)
	if err != nil {
		return nil, err
	}
	return p.set, nil
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

// each calls visit for all terms of a field, in order, with their entries.
func (s *shelf) each(field string, visit func(term string, set *roaring.Bitmap)) error {
	var failed error
	err := s.terms(field, nil, nil, nil, func(term string) bool {
		var set *roaring.Bitmap
		if set, failed = s.of(field, term); failed != nil {
			return false
		}
		visit(term, set)
		return true
	})
	return cmp.Or(failed, err)
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
