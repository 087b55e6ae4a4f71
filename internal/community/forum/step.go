package forum

import (
	"context"
	"fmt"
	"time"

	"polis/internal/store"
)

// Step is one that was taken.
type Step struct {
	N      int64
	Move   Move
	Stage  Stage  // after it
	Words  string // the answer, what came of it, or why
	Office string // that owes the answer, or for which it was given
	Due    string // by when it is owed, or by when is said what came of it
	By     string `db:"by_whom"` // a person's id, "" of who raised it without an account
	At     time.Time
}

// Steps are those of an issue that the caller has read, the first first.
func (f *Forum) Steps(ctx context.Context, id string) ([]Step, error) {
	return store.List[Step](ctx, f.DB, everything, "SELECT n, move, stage, words, office, due, by_whom, at FROM issue_step WHERE {scope} AND issue = $1 ORDER BY n", id)
}

// taken is the step that an issue takes next.
type taken struct {
	move                   Move
	stage                  Stage
	words, office, due, by string
}

// mark is what the stage of an issue rests on after its next step.
func (i Issue) mark(s Stage) string { return fmt.Sprintf("%s %d %s", i.ID, i.Moves+1, s) }

// owing is what rests on a step that says who owes the answer, and by when.
func (i Issue) owing(s taken) string {
	return fmt.Sprintf("%s %d %s %s", i.ID, i.Moves+1, s.due, s.office)
}

// step writes the next step and returns its mark.
func (i Issue) step(ctx context.Context, tx *store.Tx, s taken) (string, error) {
	var prior, was, owing any
	if i.Moves > 0 {
		prior, was = i.Moves, string(i.Stage)
	}
	if s.move == Take || s.move == Hand {
		owing = i.owing(s)
	}
	mark := i.mark(s.stage)
	return mark, tx.Insert(ctx, "issue_step (issue, n, prior, was, move, stage, words, office, due, day, by_whom, at, mark, owing)", [][]any{{
		i.ID, i.Moves + 1, prior, was, string(s.move), string(s.stage), s.words, s.office, s.due, day(tx.Now()), s.by, tx.Now(), mark, owing,
	}}, "")
}
