package assistance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// AssessmentMove leads an assessment from one stage to the next.
type AssessmentMove string

// The moves: of those who assess, of the State, and two that follow when the State
// takes its request or consent away.
const (
	PlanAssessment     AssessmentMove = "plan"
	FieldAssessment    AssessmentMove = "field"
	ReturnAssessment   AssessmentMove = "return" // the visit is over
	SendAssessment     AssessmentMove = "send"   // the draft to the State
	CommentAssessment  AssessmentMove = "comment"
	LapseAssessment    AssessmentMove = "lapse" // the State has let its days pass
	FinaliseAssessment AssessmentMove = "finalise"
	ReworkAssessment   AssessmentMove = "rework" // back into a draft, with words
	ResumeAssessment   AssessmentMove = "resume" // its ground is there again
	StopAssessment     AssessmentMove = "stop"   // with words
	LoseAssessment     AssessmentMove = "close"
	DoubtAssessment    AssessmentMove = "doubt"
)

// assessmentDays is how many working days there are at a stage: to write the draft, to
// comment on it; and answerDays how many to take up what the State has said.
var assessmentDays = map[AssessmentStage]int{AssessmentDrafted: 30, AssessmentComments: 20}

const answerDays = 10

// assessmentWay is what a move takes and where it leads.
type assessmentWay struct {
	move  AssessmentMove
	from  []AssessmentStage
	to    AssessmentStage
	takes access.Action
	words bool
	did   string
}

// assessmentWays are all moves of people, in the order in which they are offered.
var assessmentWays = []assessmentWay{
	{FieldAssessment, []AssessmentStage{AssessmentPlanned}, AssessmentFielded, access.Assess, false, "assistance.assessment.fielded"},
	{ResumeAssessment, []AssessmentStage{AssessmentFielded}, AssessmentFielded, access.Assess, false, "assistance.assessment.resumed"},
	{ReturnAssessment, []AssessmentStage{AssessmentFielded}, AssessmentDrafted, access.Assess, false, "assistance.assessment.returned"},
	{SendAssessment, []AssessmentStage{AssessmentDrafted}, AssessmentComments, access.Assess, false, "assistance.assessment.sent"},
	{CommentAssessment, []AssessmentStage{AssessmentComments}, AssessmentComments, access.Comment, false, "assistance.assessment.commented"},
	{FinaliseAssessment, []AssessmentStage{AssessmentComments}, AssessmentFinal, access.Assess, false, "assistance.assessment.finalised"},
	{LapseAssessment, []AssessmentStage{AssessmentComments}, AssessmentComments, access.Assess, false, "assistance.assessment.lapsed"},
	{ReworkAssessment, []AssessmentStage{AssessmentComments}, AssessmentDrafted, access.Assess, true, "assistance.assessment.reworked"},
	{StopAssessment, []AssessmentStage{AssessmentPlanned, AssessmentFielded, AssessmentDrafted, AssessmentComments}, AssessmentStopped, access.Assess, true, "assistance.assessment.stopped"},
}

// AssessmentMoves are those that are possible to her now, as far as the assessment
// itself says it; whether consents cover its days is said when it is tried.
func AssessmentMoves(who access.Subject, x Assessment, now time.Time) []AssessmentMove {
	var list []AssessmentMove
	for _, w := range assessmentWays {
		if slices.Contains(w.from, x.Stage) && w.hinders(x, now) == "" && who.May(w.takes, x.Label).Allowed {
			list = append(list, w.move)
		}
	}
	return list
}

// hinders is the sentence that says what is missing, "" for nothing.
func (w assessmentWay) hinders(x Assessment, now time.Time) string {
	switch {
	case w.move == ResumeAssessment && x.DecideBy == "":
		return "assessment.impossible.undoubted"
	case w.move == FinaliseAssessment && x.Last == SendAssessment:
		return "assessment.impossible.unheard"
	case w.move == LapseAssessment && x.Last != SendAssessment:
		return "assessment.impossible.heard"
	case w.move == LapseAssessment && x.Due >= today(now):
		return "assessment.impossible.early"
	}
	return ""
}

// MoveAssessment makes a move; what a State comments it says by CommentOn. rev is the
// revision that the caller read: of two who move it at once, one does.
func (a *Assistance) MoveAssessment(ctx context.Context, who access.Subject, id string, rev int64, m AssessmentMove, words string) error {
	if m == CommentAssessment {
		return Invalid{"move": "assistance.error.move"}
	}
	return a.moveAssessment(ctx, who, id, rev, m, words, nil)
}

// moveAssessment reads it for somebody who may make the move, asks whether it leads on,
// and takes the step. and, where it is there, writes what belongs to the step.
func (a *Assistance) moveAssessment(ctx context.Context, who access.Subject, id string, rev int64, m AssessmentMove, words string, and func(*store.Tx, Assessment) error) error {
	words = strings.TrimSpace(words)
	i := slices.IndexFunc(assessmentWays, func(w assessmentWay) bool { return w.move == m })
	if i < 0 {
		return Invalid{"move": "assistance.error.move"}
	}
	w := assessmentWays[i]
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, err := assessment(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !who.SignedIn() || !who.May(w.takes, x.Label).Allowed:
			return store.Event{}, ErrForbidden
		case x.Rev != rev:
			return store.Event{}, Stale{x.Rev}
		case !slices.Contains(w.from, x.Stage):
			return store.Event{}, Impossible{string(m), string(x.Stage), "assessment.impossible." + string(x.Stage)}
		}
		if key := w.hinders(x, tx.Now()); key != "" {
			return store.Event{}, Impossible{string(m), string(x.Stage), key}
		}
		if err := w.check(ctx, tx, x, words); err != nil {
			return store.Event{}, err
		}
		s := assessmentStep{move: w.move, stage: w.to, words: words, due: w.due(tx.Now())}
		mark, err := putAssessmentStep(ctx, tx, who, x, s)
		if err != nil {
			return store.Event{}, err
		}
		if and != nil {
			if err := and(tx, x); err != nil {
				return store.Event{}, err
			}
		}
		return x.event(w.did), x.settle(ctx, tx, s, mark)
	})
	return err
}

// due is the day by which somebody acts upon the move, or "".
func (w assessmentWay) due(now time.Time) string {
	n := assessmentDays[w.to]
	switch {
	case n == 0:
		return ""
	case w.move == CommentAssessment || w.move == LapseAssessment:
		n = answerDays
	}
	return workingDays(now, n)
}

// check asks whether the move has what it needs.
func (w assessmentWay) check(ctx context.Context, tx *store.Tx, x Assessment, words string) error {
	v := Invalid{}
	v.text("words", words, maxWords, false)
	if w.words && words == "" {
		v["words"] = "assessment.error.words." + string(w.move)
	}
	if len(v) > 0 {
		return v
	}
	switch w.move {
	case FieldAssessment, ResumeAssessment:
		return w.grounded(ctx, tx, x)
	case SendAssessment:
		n, err := store.Get[int64](ctx, tx, everything, "SELECT COUNT(*) FROM assessment_finding WHERE {scope} AND assessment = $1", x.ID)
		if err == nil && n == 0 {
			err = Impossible{string(w.move), string(x.Stage), "assessment.impossible.empty"}
		}
		return err
	}
	return nil
}

// grounded lets it rest on the consents of now, and asks whether they are all there
// and cover the visit (Framework ¶3, 13).
func (w assessmentWay) grounded(ctx context.Context, tx *store.Tx, x Assessment) error {
	var lacks Invalid
	if err := x.Draft().Validate(true); errors.As(err, &lacks) {
		return Impossible{string(w.move), string(x.Stage), "assessment.impossible.plan"}
	}
	if x.Asked != Accepted {
		return Impossible{string(w.move), string(x.Stage), "assessment.impossible.request"}
	}
	if err := groundAssessment(ctx, tx, x.ID); err != nil {
		return err
	}
	x, err := assessment(ctx, tx, everything, x.ID)
	for _, area := range x.Areas {
		switch {
		case area.Consent == "" || area.Standing != AreaOpen:
			return Impossible{string(w.move), string(x.Stage), "assessment.impossible.consent"}
		case !area.Covers(x.Starts, x.Ends):
			return Impossible{string(w.move), string(x.Stage), "assessment.impossible.dates"}
		}
	}
	return err
}

// assessmentStep is one that is being taken.
type assessmentStep struct {
	move           AssessmentMove
	stage          AssessmentStage
	words, due     string
	consent, theme string
}

// putAssessmentStep writes the next step, and returns the mark on which its stage
// rests.
func putAssessmentStep(ctx context.Context, tx *store.Tx, who access.Subject, x Assessment, s assessmentStep) (string, error) {
	var priorMove, priorDue, consent, theme, doubt any
	if x.Moves > 0 {
		due, err := store.Get[string](ctx, tx, everything, "SELECT due FROM assessment_step WHERE {scope} AND assessment = $1 AND n = $2", x.ID, x.Moves)
		if err != nil {
			return "", err
		}
		priorMove, priorDue = string(x.Last), due
	}
	if s.consent != "" {
		consent, theme = s.consent, s.theme
	}
	if s.move == DoubtAssessment {
		doubt = fmt.Sprintf("%s %d %s", x.ID, x.Moves+1, s.due)
	}
	next := nextStep{"assessment", x.ID, x.Moves, string(x.Stage), string(s.move), string(s.stage), s.words, owner(who)}
	return next.put(ctx, tx, column{"prior_move", priorMove}, column{"prior_due", priorDue}, column{"consent", consent}, column{"theme", theme},
		column{"due", s.due}, column{"day", today(tx.Now())}, column{"doubt", doubt})
}

// settle brings it to where the step leads; its areas follow by their key.
func (x Assessment) settle(ctx context.Context, tx *store.Tx, s assessmentStep, mark string) error {
	due, decide, doubted, doubt, moved := s.due, "", int64(0), any(nil), x.Moved
	if s.move == DoubtAssessment {
		due, decide, doubted, doubt = "", s.due, x.Moves+1, fmt.Sprintf("%s %d %s", x.ID, x.Moves+1, s.due)
	}
	if s.stage != x.Stage {
		moved = tx.Now()
	}
	_, err := tx.Exec(ctx, `
		UPDATE assessment
		SET stage = $2, moves = moves + 1, step = $3, moved = $4, due = $5, decide_by = $6, doubted = $7, doubt = $8, rev = rev + 1, updated = $9
		WHERE id = $1`, x.ID, string(s.stage), mark, moved, due, decide, doubted, doubt, tx.Now())
	return err
}
