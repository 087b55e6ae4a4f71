package assistance

import (
	"context"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// LessonStage is how far a lesson is. Messages: "lesson.stage.STAGE".
type LessonStage string

// The stages of a lesson.
const (
	LessonDrafted   LessonStage = "draft"
	LessonReviewed  LessonStage = "reviewed" // by somebody else than its author
	LessonPublished LessonStage = "published"
	LessonWithdrawn LessonStage = "withdrawn"
)

// LessonStages lists them all in their order.
var LessonStages = []LessonStage{LessonDrafted, LessonReviewed, LessonPublished, LessonWithdrawn}

// Origins are what a lesson is drawn from: an evaluation, an after-action note, a
// police–public forum, an activity. Messages: "lesson.origin.ORIGIN".
var Origins = []string{"evaluation", "note", "forum", "activity"}

// Lesson is what was learned from help that was given, and the guidance that follows
// (Framework ¶12.5).
type Lesson struct {
	ID         string
	Lang       lang.Tag
	Title      string
	Happened   string
	Learned    string
	Guidance   string // that is proposed
	Origin     string
	Source     string // the note, forum or activity in words
	Project    string // id, or ""
	Evaluation string
	Activity   string
	Evidence   string   // in words: what bears it out
	Themes     []string `db:"-"`
	Items      []string `db:"-"` // of the Framework
	States     []string `db:"-"` // in which it was learned
	Documents  []string `db:"-"` // of the library that bear it out
	Stage      LessonStage
	Moves      int64
	Moved      time.Time
	Reviewer   string // a person's id, or ""
	Adopted    string // the document of the library into which it was carried, or ""
	AdoptedOn  string // the day
	Rev        int64
	Created    time.Time
	Updated    time.Time
	access.Label
}

const lessonColumns = `l.id, l.lang, l.title, l.happened, l.learned, l.guidance, l.origin, l.source, COALESCE(l.project, '') AS project, COALESCE(l.evaluation, '') AS evaluation,
	COALESCE(l.activity, '') AS activity, l.evidence, l.stage, l.moves, l.moved, l.reviewer, l.adopted, l.adopted_on, l.rev, l.created, l.updated, l.level, l.state, l.grp, l.owner`

// Lesson reads one, or store.ErrNotFound.
func (a *Assistance) Lesson(ctx context.Context, scope access.Scope, id string) (Lesson, error) {
	return lesson(ctx, a.DB, scope, id)
}

func lesson(ctx context.Context, q store.Reader, scope access.Scope, id string) (Lesson, error) {
	l, err := store.Get[Lesson](ctx, q, scope, "SELECT "+lessonColumns+" FROM lesson l WHERE {scope l} AND l.id = $1", id)
	if err != nil {
		return Lesson{}, err
	}
	list := []Lesson{l}
	err = withLessonTags(ctx, q, list)
	return list[0], err
}

// withLessonTags fills in what the lessons are about.
func withLessonTags(ctx context.Context, q store.Reader, list []Lesson) error {
	if len(list) == 0 {
		return nil
	}
	var which query
	at := map[string]*Lesson{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	which.and("t.lesson IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[struct{ Lesson, Kind, Value string }](ctx, q, everything,
		"SELECT t.lesson, t.kind, t.value FROM lesson_tag t WHERE {scope} AND t.kind <> 'under' AND "+which.conditions()+" ORDER BY t.lesson, t.kind, t.n", which.args...)
	for _, row := range rows {
		into := at[row.Lesson].tags()[row.Kind]
		*into = append(*into, row.Value)
	}
	return err
}

// tags are the lists of what it is about, by the kind of their rows.
func (l *Lesson) tags() map[string]*[]string {
	return map[string]*[]string{"theme": &l.Themes, "item": &l.Items, "state": &l.States, "document": &l.Documents}
}

// LessonFilter chooses among lessons; its zero value chooses all.
type LessonFilter struct {
	Stages     []LessonStage
	Theme      string // and those that belong to it
	State      string
	Project    string
	Evaluation string
	Activity   string
	Document   string // of the library: it bears them out, or they were carried into it
}

// lessonTag is a choice by what lessons are about.
func lessonTag(kind, value string) choice {
	return choice{
		"SELECT s.lesson AS id, s.created AS at FROM lesson_tag s WHERE s.kind = '" + kind + "' AND s.value = ?",
		"EXISTS (SELECT 1 FROM lesson_tag o WHERE o.lesson = l.id AND o.kind = '" + kind + "' AND o.value = ?)",
		[]any{value},
		false,
	}
}

func (f LessonFilter) listing() listing {
	l := listing{columns: lessonColumns, table: "lesson l", scope: "{scope l}", at: "created"}
	for _, of := range []struct{ kind, value string }{{"under", f.Theme}, {"state", f.State}} {
		if of.value != "" {
			l.choices = append(l.choices, lessonTag(of.kind, of.value))
		}
	}
	for _, of := range []struct{ column, value string }{{"project", f.Project}, {"evaluation", f.Evaluation}, {"activity", f.Activity}} {
		if of.value != "" {
			l.add("{row}."+of.column+" = ?", of.value)
		}
	}
	if len(f.Stages) > 0 {
		l.among(anys(f.Stages))
	}
	if f.Document != "" {
		l.add("({row}.adopted <> '' AND {row}.adopted = ? OR {row}.id IN (SELECT o.lesson FROM lesson_tag o WHERE o.kind = 'document' AND o.value = ?))", f.Document, f.Document)
	}
	return l
}

// Lessons lists those that the scope reads, the newest first, from behind a place on.
func (a *Assistance) Lessons(ctx context.Context, scope access.Scope, f LessonFilter, after Place, limit int) (list []Lesson, more Place, err error) {
	list, more, err = listed(ctx, a.DB, scope, f.listing(), after, limit, func(l Lesson) Place { return Place{l.Created, l.ID} })
	if err != nil {
		return nil, Place{}, err
	}
	return list, more, withLessonTags(ctx, a.DB, list)
}

// CountLessons is how many there are in all, or Countable+1 where there are more.
func (a *Assistance) CountLessons(ctx context.Context, scope access.Scope, f LessonFilter) (int, error) {
	return tallied(ctx, a.DB, scope, f.listing(), Countable+1)
}

// LessonsFor are the published lessons for whoever writes about these themes for these
// States: first those of the very themes and States, the newest first, of the latest of
// each. Those of the theme that a theme belongs to count as well, and without a theme there are none.
func (a *Assistance) LessonsFor(ctx context.Context, scope access.Scope, themes, states []string, limit int) ([]Lesson, error) {
	themes, states = clean(themes), clean(states)
	if len(themes) == 0 {
		return nil, nil
	}
	wide := above(themes)
	q := query{}
	q.and("t.kind = 'under' AND t.value IN "+marks(len(wide)), anys(wide)...)
	q.and("t.lesson IN (" + q.latest(wide, states) + ")")
	score := query{args: q.args}
	score.and("COUNT(*) + 2 * (SELECT COUNT(*) FROM lesson_tag x WHERE x.lesson = t.lesson AND x.kind = 'theme' AND x.value IN "+marks(len(themes))+")", anys(themes)...)
	if len(states) > 0 {
		score.and("(SELECT COUNT(*) FROM lesson_tag s WHERE s.lesson = t.lesson AND s.kind = 'state' AND s.value IN "+marks(len(states))+")", anys(states)...)
	}
	points := score.where[0]
	for _, more := range score.where[1:] {
		points += " + " + more
	}
	args := append(score.args, limit)
	list, err := store.List[Lesson](ctx, a.DB, scope, "SELECT "+lessonColumns+`
		FROM (SELECT t.lesson, `+points+` AS points FROM lesson_tag t WHERE `+q.conditions()+` GROUP BY t.lesson) f
		JOIN lesson l ON l.id = f.lesson
		WHERE {scope l} AND l.stage = 'published'
		ORDER BY f.points DESC, l.created DESC, l.id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, err
	}
	return list, withLessonTags(ctx, a.DB, list)
}

// offered is how many of the latest lessons of a theme, and of a State, are weighed
// against each other.
const offered = 200

// latest are the ids of the latest lessons of each of the themes and States.
func (q *query) latest(themes, states []string) string {
	var parts []string
	for _, of := range []struct {
		kind   string
		values []string
	}{{"under", themes}, {"theme", themes}, {"state", states}} {
		for _, value := range of.values {
			parts = append(parts, q.bound("SELECT w.lesson FROM (SELECT s.lesson FROM lesson_tag s WHERE s.kind = '"+of.kind+
				"' AND s.value = ? ORDER BY s.created DESC, s.lesson DESC LIMIT "+strconv.Itoa(offered)+") w", value))
		}
	}
	return strings.Join(parts, " UNION ")
}

// LessonStep is one that was taken.
type LessonStep struct {
	N     int64
	Move  LessonMove
	Stage LessonStage // after it
	Words string
	By    string `db:"by_whom"` // a person's id
	At    time.Time
}

// LessonSteps are those of a lesson that was read in the reader's scope, the first
// first.
func (a *Assistance) LessonSteps(ctx context.Context, id string) ([]LessonStep, error) {
	return store.List[LessonStep](ctx, a.DB, everything,
		"SELECT n, move, stage, words, by_whom, at FROM lesson_step WHERE {scope} AND lesson = $1 ORDER BY n", id)
}

// event is about the lesson; its texts stand in no log.
func (l Lesson) event(act string) store.Event {
	return store.Event{Act: act, Object: l.ID, Label: l.Label}
}

// releaseLessons tells of the lessons of somebody who leaves, and takes her from what
// she had taken on herself: its office answers for it still.
func releaseLessons(ctx context.Context, tx *store.Tx, person string) (events []store.Event, err error) {
	list, err := store.List[Lesson](ctx, tx, everything, "SELECT "+lessonColumns+" FROM lesson l WHERE {scope l} AND l.owner = $1 ORDER BY l.id", person)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		l.Owner = ""
		events = append(events, l.event("assistance.lesson.released"))
	}
	_, err = tx.Exec(ctx, "UPDATE recommendation_action SET person = '', rev = rev + 1, updated = $2 WHERE person = $1", person, tx.Now())
	return events, err
}
