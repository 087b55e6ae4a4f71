package assistance

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// LessonMove leads a lesson from one stage to the next.
type LessonMove string

// The moves of a lesson.
const (
	ReviewLesson   LessonMove = "review" // by somebody else than its author
	PublishLesson  LessonMove = "publish"
	AdoptLesson    LessonMove = "adopt"  // into guidance: a document of the library
	ReturnLesson   LessonMove = "return" // with what is to be mended
	WithdrawLesson LessonMove = "withdraw"
)

// lessonWay is what a move takes and where it leads.
type lessonWay struct {
	move  LessonMove
	from  []LessonStage
	to    LessonStage
	desk  bool // the desk alone
	words bool // it needs words
	did   string
}

// lessonWays are all moves, in the order in which they are offered.
var lessonWays = []lessonWay{
	{ReviewLesson, []LessonStage{LessonDrafted}, LessonReviewed, true, false, "assistance.lesson.reviewed"},
	{PublishLesson, []LessonStage{LessonReviewed}, LessonPublished, true, false, "assistance.lesson.published"},
	{AdoptLesson, []LessonStage{LessonPublished}, LessonPublished, true, true, "assistance.lesson.adopted"},
	{ReturnLesson, []LessonStage{LessonReviewed}, LessonDrafted, true, true, "assistance.lesson.returned"},
	{WithdrawLesson, []LessonStage{LessonDrafted, LessonReviewed, LessonPublished}, LessonWithdrawn, false, true, "assistance.lesson.withdrawn"},
}

// may: what is published or reviewed is the desk's, a draft its author's too; nobody
// reviews her own.
func (w lessonWay) may(who access.Subject, l Lesson) bool {
	desk := who.SignedIn() && who.May(access.HandleHelp, l.Label).Allowed
	if w.move == ReviewLesson && l.Owner == who.ID {
		return false
	}
	return desk || !w.desk && l.Writes(who)
}

// LessonMoves are those that are possible to her now.
func LessonMoves(who access.Subject, l Lesson) []LessonMove {
	var list []LessonMove
	for _, w := range lessonWays {
		if slices.Contains(w.from, l.Stage) && w.may(who, l) {
			list = append(list, w.move)
		}
	}
	return list
}

// MoveLesson makes a move. words are the reason or, of what is adopted, the document of
// the library. rev is the revision that the caller read.
func (a *Assistance) MoveLesson(ctx context.Context, who access.Subject, id string, rev int64, m LessonMove, words string) error {
	words = strings.TrimSpace(words)
	i := slices.IndexFunc(lessonWays, func(w lessonWay) bool { return w.move == m })
	if i < 0 {
		return Invalid{"move": "assistance.error.move"}
	}
	w := lessonWays[i]
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		l, err := lesson(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !w.may(who, l):
			return store.Event{}, ErrForbidden
		case l.Rev != rev:
			return store.Event{}, Stale{l.Rev}
		case !slices.Contains(w.from, l.Stage):
			return store.Event{}, Impossible{string(m), string(l.Stage), "lesson.impossible." + string(l.Stage)}
		}
		if err := w.check(l, words); err != nil {
			return store.Event{}, err
		}
		return l.event(w.did), l.move(ctx, tx, who, w, words)
	})
	return err
}

// check asks whether the move has what it needs.
func (w lessonWay) check(l Lesson, words string) error {
	if w.move == ReviewLesson {
		return l.Draft().Validate(true)
	}
	v := Invalid{}
	most := maxWords
	if w.move == AdoptLesson {
		most = maxName
	}
	v.text("words", words, most, false)
	if w.words && words == "" {
		v["words"] = "lesson.error.words." + string(w.move)
	}
	return v.orNil()
}

// move takes the step and brings the lesson to where it leads.
func (l Lesson) move(ctx context.Context, tx *store.Tx, who access.Subject, w lessonWay, words string) error {
	mark, err := putLessonStep(ctx, tx, who, l, w.move, w.to, words)
	if err != nil {
		return err
	}
	moved := l.Moved
	if w.to != l.Stage {
		moved = tx.Now()
	}
	switch w.move {
	case ReviewLesson:
		l.Reviewer = who.ID
	case ReturnLesson:
		l.Reviewer = ""
	case AdoptLesson:
		l.Adopted, l.AdoptedOn = words, today(tx.Now())
	}
	_, err = tx.Exec(ctx, `
		UPDATE lesson
		SET stage = $2, moves = moves + 1, step = $3, moved = $4, reviewer = $5, adopted = $6, adopted_on = $7, rev = rev + 1, updated = $8
		WHERE id = $1`, l.ID, string(w.to), mark, moved, l.Reviewer, l.Adopted, l.AdoptedOn, tx.Now())
	return err
}

func putLessonStep(ctx context.Context, tx *store.Tx, who access.Subject, l Lesson, m LessonMove, to LessonStage, words string) (string, error) {
	return nextStep{"lesson", l.ID, l.Moves, string(l.Stage), string(m), string(to), words, who.ID}.put(ctx, tx)
}
