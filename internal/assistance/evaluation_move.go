package assistance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// EvaluationMove leads an evaluation from one stage to the next.
type EvaluationMove string

// The moves of an evaluation; it is "set" when the project is approved.
const (
	BeginEvaluation    EvaluationMove = "begin"
	FinishEvaluation   EvaluationMove = "finish"
	PostponeEvaluation EvaluationMove = "postpone" // to another day, with a reason
	WaiveEvaluation    EvaluationMove = "waive"    // with a reason
)

// evaluationWay is what a move takes and where it leads; "" stays where it is.
type evaluationWay struct {
	move  EvaluationMove
	from  []EvaluationStage
	to    EvaluationStage
	desk  bool // the desk alone
	words bool // it needs words
	did   string
}

// evaluationWays are all moves of people, in the order in which they are offered.
var evaluationWays = []evaluationWay{
	{BeginEvaluation, []EvaluationStage{EvaluationDue}, EvaluationBegun, false, false, "assistance.evaluation.begun"},
	{FinishEvaluation, []EvaluationStage{EvaluationBegun}, EvaluationFinal, false, false, "assistance.evaluation.finished"},
	{PostponeEvaluation, []EvaluationStage{EvaluationDue, EvaluationBegun}, "", true, true, "assistance.evaluation.postponed"},
	{WaiveEvaluation, []EvaluationStage{EvaluationDue, EvaluationBegun}, EvaluationWaived, true, true, "assistance.evaluation.waived"},
}

// responseDays is how many days the management has to answer what is recommended.
const responseDays = 28

func (w evaluationWay) may(who access.Subject, p Project) bool {
	if w.desk {
		return who.SignedIn() && who.May(access.HandleHelp, p.Label).Allowed
	}
	return p.Writes(who)
}

// hinders is the sentence that says what stands in the way, "" for nothing.
func (w evaluationWay) hinders(e Evaluation) string {
	switch {
	case !slices.Contains(w.from, e.Stage):
		return "evaluation.impossible." + string(e.Stage)
	case e.ProjectStage == Stopped:
		return "evaluation.impossible.stopped"
	case w.move == BeginEvaluation && e.ProjectStage == Approved:
		return "evaluation.impossible.unstarted"
	case w.move == BeginEvaluation && e.Kind == EvaluationExPost && e.ProjectStage.Runs():
		return "evaluation.impossible.running"
	case w.move == WaiveEvaluation && e.Waiting > 0:
		return "evaluation.impossible.recommends"
	}
	return ""
}

// EvaluationMoves are those that are possible to her now.
func EvaluationMoves(who access.Subject, p Project, e Evaluation) []EvaluationMove {
	var list []EvaluationMove
	for _, w := range evaluationWays {
		if w.hinders(e) == "" && w.may(who, p) {
			list = append(list, w.move)
		}
	}
	return list
}

// MoveEvaluation makes a move. words are the reason; due is the day to which it is put
// off. rev is the revision that the caller read. What it lacks to be final comes back
// as an Invalid that names the fields of its form.
func (a *Assistance) MoveEvaluation(ctx context.Context, who access.Subject, project string, kind EvaluationKind, rev int64, m EvaluationMove, words, due string) error {
	words, due = strings.TrimSpace(words), strings.TrimSpace(due)
	i := slices.IndexFunc(evaluationWays, func(w evaluationWay) bool { return w.move == m })
	if i < 0 {
		return Invalid{"move": "assistance.error.move"}
	}
	w := evaluationWays[i]
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, p, err := evaluationOf(ctx, tx, who, project, kind)
		switch {
		case err != nil:
			return store.Event{}, err
		case !w.may(who, p):
			return store.Event{}, ErrForbidden
		case e.Rev != rev:
			return store.Event{}, Stale{e.Rev}
		}
		if key := w.hinders(e); key != "" {
			return store.Event{}, Impossible{string(m), string(e.Stage), key}
		}
		if err := w.check(e, words, due); err != nil {
			return store.Event{}, err
		}
		if w.to == EvaluationBegun {
			if err := e.layOut(ctx, tx); err != nil {
				return store.Event{}, err
			}
		}
		return e.event(w.did), e.move(ctx, tx, who, w, words, due)
	})
	return err
}

// evaluationOf reads an evaluation with its project.
func evaluationOf(ctx context.Context, tx *store.Tx, who access.Subject, id string, kind EvaluationKind) (Evaluation, Project, error) {
	p, err := project(ctx, tx, who.Scope(), id)
	if err != nil {
		return Evaluation{}, p, err
	}
	e, err := evaluation(ctx, tx, who.Scope(), "e.project = $1 AND e.kind = $2", id, string(kind))
	return e, p, err
}

// check asks whether the move has what it needs.
func (w evaluationWay) check(e Evaluation, words, due string) error {
	if w.move == FinishEvaluation {
		return e.Draft().Validate(true)
	}
	v := Invalid{}
	v.text("words", words, maxWords, false)
	if w.words && words == "" {
		v["words"] = "evaluation.error.words." + string(w.move)
	}
	if w.move == PostponeEvaluation {
		switch {
		case len(due) != len(time.DateOnly) || !validDate(due):
			v["due"] = "assistance.error.day"
		case due <= e.Due:
			v["due"] = "evaluation.error.due"
		}
	}
	return v.orNil()
}

// move takes the step and brings the evaluation to where it leads.
func (e Evaluation) move(ctx context.Context, tx *store.Tx, who access.Subject, w evaluationWay, words, due string) error {
	to, former, answerBy, moved := w.to, "", "", e.Moved
	switch w.move {
	case PostponeEvaluation:
		to, former = e.Stage, e.Due
		column := map[EvaluationKind]string{EvaluationInterim: "interim_due", EvaluationAtEnd: "final_due", EvaluationExPost: "expost_due"}[e.Kind]
		if _, err := tx.Exec(ctx, "UPDATE project SET "+column+" = $2 WHERE id = $1", e.Project, due); err != nil {
			return err
		}
	case FinishEvaluation:
		answerBy = today(tx.Now().AddDate(0, 0, responseDays))
	}
	if w.move != PostponeEvaluation {
		due, moved = e.Due, tx.Now()
	}
	mark, err := putEvaluationStep(ctx, tx, who, e, w.move, to, words, former)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE evaluation
		SET stage = $2, mark = $3, moves = moves + 1, step = $4, moved = $5, due = $6, answer_by = $7, rev = rev + 1, updated = $8
		WHERE id = $1`, e.ID, string(to), e.mark(to), mark, moved, due, answerBy, tx.Now())
	return keepTasks(ctx, tx, e.Project, err)
}

// mark is the evaluation as its project rests on it.
func (e Evaluation) mark(s EvaluationStage) string {
	return e.Project + " " + string(e.Kind) + " " + string(s)
}

func putEvaluationStep(ctx context.Context, tx *store.Tx, who access.Subject, e Evaluation, m EvaluationMove, to EvaluationStage, words, former string) (string, error) {
	return nextStep{"evaluation", e.ID, e.Moves, string(e.Stage), string(m), string(to), words, who.ID}.put(ctx, tx, column{"due", former})
}

// layOut makes the six criteria, still empty.
func (e Evaluation) layOut(ctx context.Context, tx *store.Tx) error {
	var rows [][]any
	for _, name := range Criteria {
		rows = append(rows, []any{e.ID, name, "", "", "", 0, "", e.ID + " " + name + " part"})
	}
	if err := tx.Insert(ctx, "evaluation_criterion (evaluation, criterion, question, evidence, finding, rating, why_not, mark)", rows, ""); err != nil {
		return err
	}
	for _, name := range Criteria {
		if _, err := tx.Exec(ctx, "UPDATE evaluation SET "+name+" = $2 WHERE id = $1", e.ID, e.ID+" "+name+" part"); err != nil {
			return err
		}
	}
	return nil
}

// putEvaluations makes the three evaluations of a project that is approved, on the
// days that were chosen for them.
func (p Project) putEvaluations(ctx context.Context, tx *store.Tx, who access.Subject) error {
	for kind, due := range map[EvaluationKind]string{EvaluationInterim: p.InterimDue, EvaluationAtEnd: p.FinalDue, EvaluationExPost: p.ExPostDue} {
		e := Evaluation{ID: store.NewID(), Project: p.ID, Kind: kind, Stage: EvaluationDue}
		_, err := tx.Exec(ctx, `
			INSERT INTO evaluation (id, project, kind, due, lang, evaluator, independence, summary, rule_of_law, human_rights, gender, minorities, partnership, accountability,
			  not_arising, stage, moves, moved, answer_by, rev, created, updated, mark)
			VALUES ($1, $2, $3, $4, $5, '', '', '', '', '', '', '', '', '', '', 'due', 0, $6, '', 1, $6, $6, $7)`,
			e.ID, p.ID, string(kind), due, string(p.Lang), tx.Now(), e.mark(EvaluationDue))
		if err != nil {
			return err
		}
		mark, err := putEvaluationStep(ctx, tx, who, e, "set", EvaluationDue, "", "")
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE evaluation SET moves = 1, step = $2 WHERE id = $1", e.ID, mark); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE project SET "+string(kind)+"_mark = $2 WHERE id = $1", p.ID, e.mark(EvaluationDue)); err != nil {
			return err
		}
	}
	return nil
}

// evaluationNeeds are what its evaluations lack for a move: it is closed when the
// interim one is final or waived, and evaluated when the final one is and everything
// recommended has its response.
func evaluationNeeds(ctx context.Context, q store.Reader, p Project, m ProjectMove) ([]Need, error) {
	kind, ok := map[ProjectMove]EvaluationKind{Close: EvaluationInterim, EvaluateProject: EvaluationAtEnd}[m]
	if !ok || p.Stage.Drafting() {
		return nil, nil
	}
	e, err := evaluation(ctx, q, everything, "e.project = $1 AND e.kind = $2", p.ID, string(kind))
	if errors.Is(err, store.ErrNotFound) {
		return []Need{{Key: "evaluation.needs." + string(kind)}}, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Need
	if e.Stage.Open() {
		list = append(list, Need{Key: "evaluation.needs." + string(kind)})
	}
	if m == EvaluateProject {
		n, err := store.Get[int64](ctx, q, everything, "SELECT COUNT(*) FROM recommendation WHERE {scope} AND project = $1 AND response = ''", p.ID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			list = append(list, Need{Key: "evaluation.needs.responses"})
		}
	}
	return list, nil
}
