package assistance

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// chased are those who should have acted on projects: the desk, if anything is overdue
// at all, and of each thing its owner. Overdue are decisions about an area that a State
// has closed, evaluations, responses to what they recommend, and what was promised in
// them.
func chased(ctx context.Context, tx *store.Tx, now time.Time) ([]string, error) {
	people, err := store.List[string](ctx, tx, everything, `
		SELECT p.owner FROM evaluation e JOIN project p ON p.id = e.project
		WHERE {scope} AND e.stage IN ('due', 'begun') AND p.stage <> 'stopped' AND e.due < $1
		UNION SELECT p.owner FROM recommendation r JOIN project p ON p.id = r.project
		WHERE r.evaluation_stage = 'final' AND r.response = '' AND r.answer_by < $1
		UNION SELECT CASE a.person WHEN '' THEN p.owner ELSE a.person END
		FROM recommendation_action a JOIN recommendation r ON r.id = a.recommendation JOIN project p ON p.id = r.project
		WHERE a.done = '' AND a.due < $1
		UNION SELECT p.owner FROM gate g JOIN project p ON p.id = g.project
		WHERE g.decide_by <> '' AND g.decide_by < $1
		ORDER BY 1`, today(now))
	if err != nil || len(people) == 0 {
		return nil, err
	}
	desk, err := account.Desk(ctx, tx)
	return append(people, ids(desk)...), err
}

// overdueRest is what is overdue of projects: for the desk all of it, for others what is
// theirs.
func (a *Assistance) overdueRest(ctx context.Context, who access.Subject, tag lang.Tag, now time.Time) (lines []mail.Line, err error) {
	c, w, words := Chase{}, Watch{}, lang.For(tag)
	if !who.May(access.HandleHelp, access.Label{}).Allowed {
		c.Owner, w.Owner = who.ID, who.ID
	}
	decisions, err := a.decisions(ctx, who.Scope(), w, now, "", countedMost)
	if err != nil {
		return nil, err
	}
	for _, t := range decisions {
		if t.Due < today(now) {
			text := words.T("desk.task."+string(t.Kind)) + ": " + t.Number + " " + t.Title
			lines = append(lines, mail.Line{Text: text, Path: t.Path()})
		}
	}
	evaluations, err := a.overdueEvaluations(ctx, who, c, words, now)
	return append(lines, evaluations...), err
}

// overdueEvaluations are evaluations, responses and actions.
func (a *Assistance) overdueEvaluations(ctx context.Context, who access.Subject, c Chase, words *lang.Printer, now time.Time) (lines []mail.Line, err error) {
	line := func(number string, kind EvaluationKind, title, project string) {
		text := words.T("evaluation.line", "kind", words.T("evaluation.kind."+string(kind)), "number", number) + " · " + strings.TrimSpace(title)
		lines = append(lines, mail.Line{Text: text, Path: "/assistance/projects/" + project + "/evaluation/" + string(kind)})
	}
	evaluations, _, err := a.OverdueEvaluations(ctx, who.Scope(), c, now, Place{}, countedMost)
	if err != nil {
		return nil, err
	}
	for _, e := range evaluations {
		line(e.Number, e.Kind, e.Title, e.Project)
	}
	responses, _, err := a.OverdueResponses(ctx, who.Scope(), c, now, Place{}, countedMost)
	if err != nil {
		return nil, err
	}
	for _, r := range responses {
		line(r.Number, r.Kind, r.Title, r.Project)
	}
	actions, _, err := a.OverdueActions(ctx, who.Scope(), c, now, Place{}, countedMost)
	for _, x := range actions {
		line(x.Number, x.Kind, x.Title, x.Project)
	}
	return lines, err
}
