package assistance

import (
	"context"
	"fmt"
	"strings"

	"polis/internal/store"
)

// nextStep is the step that a record takes next. All kinds of records that move stage by
// stage write theirs in the same way, each into a table of its own: the step rests on
// the one before it, and the record's stage on the step.
type nextStep struct {
	kind, id string // "project" and its id: the step goes into project_step
	taken    int64  // steps until now
	was      string // the stage that they led to; nothing before the first
	move     string
	stage    string // after it
	words    string
	by       string // a person's id, "" where time moves it
}

// column is one that only some kinds of steps have, and its value.
type column struct {
	name  string
	value any
}

// mark is what the record's stage rests on.
func (s nextStep) mark() string { return fmt.Sprintf("%s %d %s", s.id, s.taken+1, s.stage) }

// put writes the step and returns its mark.
func (s nextStep) put(ctx context.Context, tx *store.Tx, more ...column) (string, error) {
	var prior, was any
	if s.taken > 0 {
		prior, was = s.taken, s.was
	}
	all := append([]column{
		{s.kind, s.id},
		{"n", s.taken + 1},
		{"prior", prior},
		{"was", was},
		{"move", s.move},
		{"stage", s.stage},
		{"words", s.words},
		{"by_whom", s.by},
		{"at", tx.Now()},
		{"mark", s.mark()},
	}, more...)
	names, row := make([]string, len(all)), make([]any, len(all))
	for i, c := range all {
		names[i], row[i] = c.name, c.value
	}
	return s.mark(), tx.Insert(ctx, s.kind+"_step ("+strings.Join(names, ", ")+")", [][]any{row}, "")
}
