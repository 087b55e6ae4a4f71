package search

import (
	"context"

	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
)

// What is dropped or replaced is found no more, but its words stay in the files
// until the segment that holds them is merged. Where somebody was erased, or a
// document withdrawn, that is too late.

// rewriting makes of each segment that holds something dropped a task of its own.
var rewriting = mergeplan.MergePlanOptions{
	MaxSegmentsPerTier: 1, MaxSegmentSize: mergeplan.MaxSegmentSizeLimit, TierGrowth: 1, SegmentsPerMergeTask: 1, FloorSegmentSize: 1,
	CalcBudget: func(int64, int64, *mergeplan.MergePlanOptions) int { return 0 },
}

// Forget writes the segments anew that hold something dropped, without it, and
// leaves the others as they are. Scorch plans nothing for an index of one segment:
// whoever drops a document puts another one in the same Update.
func (ix *Index) Forget(ctx context.Context) error { return ix.merge(ctx, &rewriting) }

// Remembers reports whether the files hold anything that was dropped.
func (ix *Index) Remembers() (bool, error) {
	s, err := ix.snapshot()
	if err != nil {
		return false, err
	}
	defer s.Close()
	for _, segment := range s.Segments() {
		if segment.LiveSize() < segment.FullSize() {
			return true, nil
		}
	}
	return false, nil
}
