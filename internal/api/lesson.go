package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/assistance"
)

// LessonDraft is what is written of a lesson.
type LessonDraft struct {
	Lang       string   `json:"lang" enum:"en,fr,de,it,ru,es" doc:"In which this is written."`
	Title      string   `json:"title" maxLength:"1000"`
	Happened   string   `json:"happened" required:"false" maxLength:"50000"`
	Learned    string   `json:"learned" required:"false" maxLength:"50000"`
	Guidance   string   `json:"guidance" required:"false" maxLength:"50000" doc:"What is proposed to follow from it."`
	Origin     string   `json:"origin" enum:"evaluation,note,forum,activity" doc:"From what it is drawn."`
	Source     string   `json:"source" required:"false" maxLength:"1000" doc:"The note, the forum or the activity in words."`
	Project    string   `json:"project" required:"false" maxLength:"100" doc:"Id, or empty; it follows from an evaluation or an activity."`
	Evaluation string   `json:"evaluation" required:"false" maxLength:"100" doc:"Id of the evaluation from which it is drawn, or empty."`
	Activity   string   `json:"activity" required:"false" maxLength:"100" doc:"Id, or empty."`
	Evidence   string   `json:"evidence" required:"false" maxLength:"50000" doc:"What bears it out."`
	Themes     []string `json:"themes" required:"false" maxItems:"100"`
	Items      []string `json:"items" required:"false" maxItems:"200" doc:"Of the Framework."`
	States     []string `json:"states" required:"false" maxItems:"100" doc:"In which it was learned: directory ids."`
	Documents  []string `json:"documents" required:"false" maxItems:"100" doc:"Ids of documents of the library that bear it out."`
}

// Lesson is what was learned from help that was given, and the guidance that follows
// (Framework ¶12.5).
type Lesson struct {
	ID  string `json:"id"`
	URL string `json:"url" doc:"Its page on this server, without the language."`
	LessonDraft
	Stage     string   `json:"stage" enum:"draft,reviewed,published,withdrawn"`
	Moved     string   `json:"moved" doc:"Since when it is at this stage."`
	Adopted   string   `json:"adopted" doc:"Id of the document into which it was carried, or empty."`
	AdoptedOn string   `json:"adoptedOn" doc:"The day."`
	Level     string   `json:"level"`
	Rev       int64    `json:"rev" doc:"What a change or a move has to name."`
	Created   string   `json:"created"`
	Updated   string   `json:"updated"`
	Moves     []string `json:"moves" doc:"Those that the caller can make now."`
}

// LessonsOutput is a page of lessons.
type LessonsOutput struct {
	Body struct {
		Lessons []Lesson `json:"lessons"`
		Next    string   `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// LessonOutput is one lesson.
type LessonOutput struct {
	Body struct {
		Lesson
		Steps []HelpStep `json:"steps" doc:"The first first."`
	}
}

func (a *API) registerLessons(h huma.API) {
	tags := []string{"Assistance"}
	moved := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	huma.Register(h, huma.Operation{
		OperationID: "list-lessons", Method: http.MethodGet, Path: Base + "/lessons", Tags: tags,
		Summary: "What was learned, the newest first",
	}, a.lessons)
	huma.Register(h, huma.Operation{
		OperationID: "get-lesson", Method: http.MethodGet, Path: Base + "/lessons/{id}", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "A lesson with its history",
	}, a.lesson)
	huma.Register(h, huma.Operation{
		OperationID: "draft-lesson", Method: http.MethodPost, Path: Base + "/lessons", Tags: tags, DefaultStatus: http.StatusCreated,
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
		Summary: "Begin a lesson; what it lacks to be reviewed is no fault of a draft",
	}, a.draftLesson)
	huma.Register(h, huma.Operation{
		OperationID: "revise-lesson", Method: http.MethodPut, Path: Base + "/lessons/{id}", Tags: tags, Errors: moved,
		Summary: "Write the draft of a lesson anew, as a whole: what is left out is emptied",
	}, a.reviseLesson)
	huma.Register(h, huma.Operation{
		OperationID: "move-lesson", Method: http.MethodPost, Path: Base + "/lessons/{id}/moves", Tags: tags, Errors: moved,
		Summary: "Take a lesson to its next stage; nobody reviews her own",
	}, a.moveLesson)
}

// newLessons are lessons as the caller reads them: without the documents that she may
// not read.
func (a *API) newLessons(ctx context.Context, found ...assistance.Lesson) ([]Lesson, error) {
	var ids []string
	for _, l := range found {
		ids = append(ids, l.Documents...)
		if l.Adopted != "" {
			ids = append(ids, l.Adopted)
		}
	}
	readable, err := a.readable(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Lesson, 0, len(found))
	for _, l := range found {
		made := Lesson{
			ID: l.ID, URL: "/assistance/lessons/" + l.ID, LessonDraft: newLessonDraft(l.Draft(), readable), Stage: string(l.Stage), Moved: moment(l.Moved), AdoptedOn: l.AdoptedOn,
			Level: l.Level.String(), Rev: l.Rev, Created: moment(l.Created), Updated: moment(l.Updated), Moves: []string{},
		}
		if readable[l.Adopted] {
			made.Adopted = l.Adopted
		}
		for _, m := range assistance.LessonMoves(subject(ctx), l) {
			made.Moves = append(made.Moves, string(m))
		}
		out = append(out, made)
	}
	return out, nil
}

func newLessonDraft(d assistance.LessonDraft, readable map[string]bool) LessonDraft {
	out := LessonDraft{
		Lang: string(d.Lang), Title: d.Title, Happened: d.Happened, Learned: d.Learned, Guidance: d.Guidance, Origin: d.Origin, Source: d.Source, Project: d.Project,
		Evaluation: d.Evaluation, Activity: d.Activity, Evidence: d.Evidence, Themes: list(d.Themes), Items: list(d.Items), States: list(d.States), Documents: []string{},
	}
	for _, id := range d.Documents {
		if readable[id] {
			out.Documents = append(out.Documents, id)
		}
	}
	return out
}

func (a *API) lessons(ctx context.Context, in *struct {
	State    string   `query:"state" maxLength:"100" doc:"Directory id of a State in which they were learned."`
	Theme    string   `query:"theme" maxLength:"100" doc:"And those that belong to it."`
	Project  string   `query:"project" maxLength:"100"`
	Document string   `query:"document" maxLength:"100" doc:"It bears them out, or they were carried into it."`
	Stage    []string `query:"stage,explode" maxItems:"4" enum:"draft,reviewed,published,withdrawn"`
	After    string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit    int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*LessonsOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	out := &LessonsOutput{}
	out.Body.Lessons = []Lesson{}
	if in.Document != "" { // what she may not read tells nothing by what is about it
		if readable, err := a.readable(ctx, []string{in.Document}); err != nil || !readable[in.Document] {
			return out, problem(ctx, err)
		}
	}
	f := assistance.LessonFilter{State: in.State, Theme: in.Theme, Project: in.Project, Document: in.Document}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.LessonStage(s))
	}
	found, more, err := a.help().Lessons(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	if out.Body.Lessons, err = a.newLessons(ctx, found...); err != nil {
		return nil, problem(ctx, err)
	}
	out.Body.Next = next(more)
	return out, nil
}

func (a *API) lesson(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*LessonOutput, error) {
	return a.lessonOf(ctx, in.ID)
}

func (a *API) lessonOf(ctx context.Context, id string) (*LessonOutput, error) {
	l, err := a.help().Lesson(ctx, scope(ctx), id)
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().LessonSteps(ctx, l.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	made, err := a.newLessons(ctx, l)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &LessonOutput{}
	out.Body.Lesson, out.Body.Steps = made[0], make([]HelpStep, 0, len(steps))
	for _, s := range steps {
		out.Body.Steps = append(out.Body.Steps, HelpStep{N: s.N, Move: string(s.Move), Stage: string(s.Stage), Words: s.Words, At: moment(s.At)})
	}
	return out, nil
}
