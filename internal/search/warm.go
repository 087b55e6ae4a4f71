package search

import (
	"context"
	"fmt"

	"polis/internal/lang"
)

// largeFrom is how many entries a segment has that is warmed.
const largeFrom = 5000

// Warm makes what questions need beside the postings: the words of each language
// by their sound, the endings of the German ones. The first to ask would wait for
// it, a second for a hundred thousand entries; of small segments it is made when
// they are asked.
func (ix *Index) Warm(ctx context.Context) error {
	return ix.guarded(func() error {
		snap, err := ix.snapshot()
		if err != nil {
			return err
		}
		defer snap.Close()
		segments := snap.Segments()
		for i, ledger := range ix.ledgers.of(segments) {
			s := newShelf(segments[i], ledger)
			if s.size() < largeFrom {
				continue
			}
			if err := s.warm(ctx); err != nil {
				return fmt.Errorf("search: warm: %w", err)
			}
		}
		return nil
	})
}

func (s *shelf) warm(ctx context.Context) error {
	for _, t := range lang.All {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := s.vocabulary(t); err != nil {
			return err
		}
	}
	_, err := s.endings()
	return err
}

// Pieces is in how many segments the index lies: a question looks into each.
func (ix *Index) Pieces() (int, error) {
	snap, err := ix.snapshot()
	if err != nil {
		return 0, err
	}
	defer snap.Close()
	return len(snap.Segments()), nil
}
