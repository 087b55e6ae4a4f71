package assistance

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// SaidOfAssessment is what a State says to the draft of an assessment: to the whole
// of it, and to findings by their ids.
type SaidOfAssessment struct {
	Whole    string
	Findings map[string]string
}

// AssessmentComment is something that a State has said. It stands beside the draft and
// is never overwritten.
type AssessmentComment struct {
	N       int64  // number of the step by which it was said
	Finding string // its id, or "" where it is about the whole
	Words   string
	Former  FindingDraft `db:"former,json"` // the finding as it stood then
	By      string       `db:"by_whom"`
	At      time.Time
}

// CommentOn takes what the State says to the draft. It may say more until the
// assessment is final.
func (a *Assistance) CommentOn(ctx context.Context, who access.Subject, id string, rev int64, said SaidOfAssessment) error {
	said.Whole = strings.TrimSpace(said.Whole)
	return a.moveAssessment(ctx, who, id, rev, CommentAssessment, "", func(tx *store.Tx, x Assessment) error {
		list, err := findings(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		v := Invalid{}
		v.text("words", said.Whole, maxText, false)
		var rows [][]any
		add := func(finding any, words, former string) {
			rows = append(rows, []any{x.ID, x.Moves + 1, string(CommentAssessment), len(rows), finding, words, former, tx.Now()})
		}
		if said.Whole != "" {
			add(nil, said.Whole, "")
		}
		for _, f := range list {
			words := strings.TrimSpace(said.Findings[f.ID])
			if v.text(f.ID, words, maxText, false); words != "" {
				add(f.ID, words, store.JSON(f.FindingDraft))
			}
		}
		if len(rows) == 0 {
			v["words"] = "assessment.error.words.comment"
		}
		if len(v) > 0 {
			return v
		}
		return tx.Insert(ctx, "assessment_comment (assessment, n, move, nth, finding, words, former, at)", rows, "")
	})
}

// Comments are what the State has said to an assessment, the first first, where she
// may read them: see Assessment.Shows.
func (a *Assistance) Comments(ctx context.Context, who access.Subject, x Assessment) ([]AssessmentComment, error) {
	if !x.Shows(who) {
		return nil, ErrForbidden
	}
	return store.List[AssessmentComment](ctx, a.DB, everything, `
		SELECT c.n, COALESCE(c.finding, '') AS finding, c.words, c.former, s.by_whom, c.at
		FROM assessment_comment c
		JOIN assessment_step s ON s.assessment = c.assessment AND s.n = c.n
		WHERE {scope} AND c.assessment = $1
		ORDER BY c.n, c.nth`, x.ID)
}
