package assistance

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// ChaseJob looks once a day what of evaluations is overdue: they themselves, responses
// to what they recommend, and what is done about it.
const (
	ChaseJob   = "assistance.evaluations"
	ChaseEvery = 24 * time.Hour
)

// evaluationLetter tells somebody what of evaluations is overdue.
const evaluationLetter = "evaluation.letter.overdue"

// Chaser is the work of the timetable.
func (a *Assistance) Chaser(ctx context.Context, _ *job.Run) error {
	_, err := a.ChaseEvaluations(ctx, time.Now())
	return err
}

// ChaseEvaluations writes to the desk, to the owners of projects and to those who have
// taken an action on themselves: one letter for all of it, and one at most on a day,
// however often it runs. It returns to how many.
func (a *Assistance) ChaseEvaluations(ctx context.Context, now time.Time) (int, error) {
	events, err := store.WriteAll(ctx, a.DB, access.System("assistance"), func(tx *store.Tx) (events []store.Event, err error) {
		people, err := chased(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		told, err := store.List[string](ctx, tx, everything,
			"SELECT DISTINCT recipient FROM letter WHERE {scope} AND kind = $1 AND created >= $2", evaluationLetter, now.UTC().Truncate(24*time.Hour))
		if err != nil {
			return nil, err
		}
		for _, person := range clean(people) {
			if slices.Contains(told, person) {
				continue
			}
			if err := mail.Queue(ctx, tx, mail.Letter{Kind: evaluationLetter, To: person, Object: person}); err != nil {
				return nil, err
			}
			events = append(events, store.Event{Act: "assistance.reminded", Object: person, Label: access.Label{Level: access.Closed, Owner: person}, Quiet: true})
		}
		if len(events) == 0 {
			return nil, store.ErrUnchanged
		}
		return events, nil
	})
	return len(events), err
}

// chased are those who should have acted: the desk, if anything is overdue at all, and
// of each thing its owner.
func chased(ctx context.Context, tx *store.Tx, now time.Time) ([]string, error) {
	people, err := store.List[string](ctx, tx, everything, `
		SELECT p.owner FROM evaluation e JOIN project p ON p.id = e.project
		WHERE {scope} AND e.stage IN ('due', 'begun') AND p.stage <> 'stopped' AND e.due < $1
		UNION SELECT p.owner FROM recommendation r JOIN project p ON p.id = r.project
		WHERE r.evaluation_stage = 'final' AND r.response = '' AND r.answer_by < $1
		UNION SELECT CASE a.person WHEN '' THEN p.owner ELSE a.person END
		FROM recommendation_action a JOIN recommendation r ON r.id = a.recommendation JOIN project p ON p.id = r.project
		WHERE a.done = '' AND a.due < $1
		ORDER BY 1`, today(now))
	if err != nil || len(people) == 0 {
		return nil, err
	}
	desk, err := account.Desk(ctx, tx)
	return append(people, ids(desk)...), err
}

// finishEvaluations looks up what of evaluations is overdue now: for the desk all of
// it, for others what is theirs. Nobody who has nothing left to do gets a letter.
func (a *Assistance) finishEvaluations(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	c, now, words := Chase{}, time.Now(), lang.For(l.Lang)
	if !who.May(access.HandleHelp, access.Label{}).Allowed {
		c.Owner = who.ID
	}
	line := func(number string, kind EvaluationKind, title, project string) {
		text := words.T("evaluation.line", "kind", words.T("evaluation.kind."+string(kind)), "number", number) + " · " + strings.TrimSpace(title)
		l.Lines = append(l.Lines, mail.Line{Text: text, Path: "/assistance/projects/" + project + "/evaluation/" + string(kind)})
	}
	evaluations, _, err := a.OverdueEvaluations(ctx, who.Scope(), c, now, Place{}, namedMost)
	if err != nil {
		return l, err
	}
	for _, e := range evaluations {
		line(e.Number, e.Kind, e.Title, e.Project)
	}
	responses, _, err := a.OverdueResponses(ctx, who.Scope(), c, now, Place{}, namedMost)
	if err != nil {
		return l, err
	}
	for _, r := range responses {
		line(r.Number, r.Kind, r.Title, r.Project)
	}
	actions, _, err := a.OverdueActions(ctx, who.Scope(), c, now, Place{}, namedMost)
	if err != nil {
		return l, err
	}
	for _, x := range actions {
		line(x.Number, x.Kind, x.Title, x.Project)
	}
	if len(l.Lines) == 0 {
		return l, mail.ErrDropped
	}
	l.Args = map[string]string{"n": strconv.Itoa(len(l.Lines))}
	l.Lines, l.Path = l.Lines[:min(len(l.Lines), namedMost)], "/assistance/evaluations?stage=overdue"
	return l, nil
}
