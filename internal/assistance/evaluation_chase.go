package assistance

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// chasedKinds are what people are told of by letter once its day is over.
var chasedKinds = []TaskKind{ToDecideOn, ToEvaluate, ToRespond, ToAct}

// chased are those who should have acted on projects: the desk, if anything is overdue
// at all, and of each thing its owner or who has taken it on herself.
func chased(ctx context.Context, tx *store.Tx, now time.Time) ([]string, error) {
	people, err := store.List[string](ctx, tx, everything,
		"SELECT DISTINCT whose FROM task WHERE {scope} AND desk IN ('all', 'owner') AND kind IN ('decide', 'evaluate', 'respond', 'act') AND due < $1 ORDER BY whose", today(now))
	if err != nil || len(people) == 0 {
		return nil, err
	}
	desk, err := account.Desk(ctx, tx)
	return append(slices.DeleteFunc(people, func(id string) bool { return id == "" }), ids(desk)...), err
}

// overdueRest is what is overdue of projects: for the desk all of it, for others what is
// theirs.
func (a *Assistance) overdueRest(ctx context.Context, who access.Subject, tag lang.Tag, now time.Time) (lines []mail.Line, err error) {
	w, words := Watch{}, lang.For(tag)
	if !who.May(access.HandleHelp, access.Label{}).Allowed {
		w.Owner = who.ID
	}
	tasks, err := a.onDesk(ctx, who.Scope(), w, chasedKinds, now, today(now.AddDate(0, 0, -1)), countedMost)
	for _, t := range tasks {
		switch {
		case t.Due >= today(now): // a decision is shown before its day
		case t.Kind == ToDecideOn:
			lines = append(lines, mail.Line{Text: words.T("desk.task."+string(t.Kind)) + ": " + t.Number + " " + t.Title, Path: t.Path()})
		default:
			text := words.T("evaluation.line", "kind", words.T("evaluation.kind."+t.Of), "number", t.Number) + " · " + t.Title
			lines = append(lines, mail.Line{Text: text, Path: t.Path()})
		}
	}
	return lines, err
}
