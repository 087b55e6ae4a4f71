package api

import (
	"context"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// draft is the lesson as the room takes it, with the documents that stand there and
// that the caller does not read.
func (a *API) draft(ctx context.Context, d LessonDraft, there []string) (assistance.LessonDraft, error) {
	documents, err := a.named(ctx, "documents", d.Documents, there)
	return assistance.LessonDraft{
		Lang: lang.Tag(d.Lang), Title: d.Title, Happened: d.Happened, Learned: d.Learned, Guidance: d.Guidance, Origin: d.Origin, Source: d.Source, Project: d.Project,
		Evaluation: d.Evaluation, Activity: d.Activity, Evidence: d.Evidence, Themes: d.Themes, Items: d.Items, States: d.States, Documents: documents,
	}, err
}

// named are the documents that the caller names, each of which she reads, with those
// that stand there already and that she does not read.
func (a *API) named(ctx context.Context, field string, named, there []string) ([]string, error) {
	readable, err := a.readable(ctx, append(list(named), there...))
	if err != nil {
		return nil, err
	}
	out := list(named)
	for _, id := range named {
		if !readable[id] {
			return nil, assistance.Invalid{field: "activity.error.materials"}
		}
	}
	for _, id := range there {
		if !readable[id] {
			out = append(out, id)
		}
	}
	return out, nil
}

func (a *API) draftLesson(ctx context.Context, in *struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"Of the same that is sent twice under one key within a day, one is done."`
	Body LessonDraft
},
) (*LessonOutput, error) {
	who := subject(ctx)
	id, err := a.once(ctx, in.Key, "lessons", in.Body, func() (string, error) {
		d, err := a.draft(ctx, in.Body, nil)
		if err != nil {
			return "", err
		}
		return a.help().DraftLesson(ctx, who, d)
	})
	if err != nil {
		return nil, unmoved(ctx, access.PlanHelp, access.Label{Level: access.Official, Owner: who.ID}, err)
	}
	return a.lessonOf(ctx, id)
}

func (a *API) reviseLesson(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		LessonDraft
		Rev int64 `json:"rev" doc:"Of the lesson as it was read: where it was changed meanwhile nothing is done, and what stands there now is told."`
	}
},
) (*LessonOutput, error) {
	l, err := a.help().Lesson(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	d, err := a.draft(ctx, in.Body.LessonDraft, l.Documents)
	if err == nil {
		err = a.help().ReviseLesson(ctx, subject(ctx), in.ID, in.Body.Rev, d)
	}
	if failed(err) {
		stored, missing := a.lessonOf(ctx, in.ID)
		if missing != nil {
			return nil, missing
		}
		return nil, unsaved(ctx, access.PlanHelp, l.Label, err, in.Body.LessonDraft, stored.Body.LessonDraft)
	}
	return a.lessonOf(ctx, in.ID)
}

func (a *API) moveLesson(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Move  string `json:"move" enum:"review,publish,adopt,return,withdraw"`
		Rev   int64  `json:"rev" doc:"Of the lesson as it was read: where it was changed meanwhile nothing is done."`
		Words string `json:"words" required:"false" maxLength:"20000" doc:"The reason; to adopt: the id of the document of the library into which it was carried."`
	}
},
) (*LessonOutput, error) {
	move := assistance.LessonMove(in.Body.Move)
	err := a.adoptable(ctx, move, in.Body.Words)
	if err == nil {
		err = a.help().MoveLesson(ctx, subject(ctx), in.ID, in.Body.Rev, move, in.Body.Words)
	}
	if err != nil {
		needs := access.HandleHelp
		if move == assistance.WithdrawLesson {
			needs = access.PlanHelp
		}
		l, missing := a.help().Lesson(ctx, scope(ctx), in.ID)
		if missing != nil {
			return nil, problem(ctx, missing)
		}
		return nil, unmoved(ctx, needs, l.Label, err)
	}
	return a.lessonOf(ctx, in.ID)
}

// adoptable asks whether a lesson is carried into a document that the library has for
// the caller.
func (a *API) adoptable(ctx context.Context, move assistance.LessonMove, document string) error {
	if move != assistance.AdoptLesson || document == "" {
		return nil
	}
	readable, err := a.readable(ctx, []string{document})
	if err == nil && !readable[document] {
		err = assistance.Invalid{"words": "lesson.error.adopt"}
	}
	return err
}
