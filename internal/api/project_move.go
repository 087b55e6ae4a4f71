package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
)

// deskMoves are the moves of a project that are the desk's.
var deskMoves = map[assistance.ProjectMove]bool{assistance.Approve: true, assistance.EvaluateProject: true, assistance.ReturnIdea: true}

// waiveMidterm is the move that records why the principles are not asked at mid-term;
// it changes no stage.
const waiveMidterm = "waive"

func (a *API) registerProjectWrites(h huma.API) {
	tags := []string{"Assistance"}
	drafted := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict}
	moved := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	huma.Register(h, huma.Operation{
		OperationID: "draft-project", Method: http.MethodPost, Path: Base + "/projects", Tags: tags, Errors: drafted, DefaultStatus: http.StatusCreated,
		Summary: "Begin a project as an idea; what it lacks for its approval is no fault of it",
	}, a.draftProject)
	huma.Register(h, huma.Operation{
		OperationID: "revise-project", Method: http.MethodPut, Path: Base + "/projects/{id}", Tags: tags, Errors: moved,
		Summary: "Write a project anew, as a whole: what is left out is emptied",
	}, a.reviseProject)
	huma.Register(h, huma.Operation{
		OperationID: "move-project", Method: http.MethodPost, Path: Base + "/projects/{id}/moves", Tags: tags, Errors: moved,
		Summary: "Take a project to its next stage; whatever is missing is named, all of it at once",
	}, a.moveProject)
	huma.Register(h, huma.Operation{
		OperationID: "move-gate", Method: http.MethodPost, Path: Base + "/projects/{id}/gates", Tags: tags, Errors: moved,
		Summary: "Let a host State's gate rest on its request and its consent, or go on without that State in an area",
	}, a.moveGate)
	huma.Register(h, huma.Operation{
		OperationID: "answer-principles", Method: http.MethodPut, Path: Base + "/projects/{id}/principles/{moment}", Tags: tags, Errors: moved,
		Summary: "Answer the six principles of democratic policing, at the plan, at mid-term and at the end",
	}, a.answerPrinciples)
}

func (a *API) draftProject(ctx context.Context, in *struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"Of the same that is sent twice under one key within a day, one is done."`
	Body struct {
		ProjectDraft
		Model   string `json:"model" required:"false" maxLength:"100" doc:"Id of the project after which it is made. Its States' consents are never taken over."`
		Request string `json:"request" required:"false" maxLength:"100" doc:"Id of the accepted request for which it is made: the gates of that State rest on it."`
	}
},
) (*ProjectOutput, error) {
	who := subject(ctx)
	id, err := a.once(ctx, in.Key, "projects", in.Body, func() (string, error) {
		return a.help().DraftProject(ctx, who, in.Body.draft(), in.Body.Model, in.Body.Request)
	})
	if err != nil {
		return nil, unmoved(ctx, access.PlanHelp, access.Label{Level: access.Official, Owner: who.ID}, renamed(err, draftNames))
	}
	return a.projectOf(ctx, id)
}

func (a *API) reviseProject(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		ProjectDraft
		Rev int64 `json:"rev" doc:"Of the project as it was read: where it was changed meanwhile nothing is done, and what stands there now is told."`
	}
},
) (*ProjectOutput, error) {
	err := a.help().ReviseProject(ctx, subject(ctx), in.ID, in.Body.Rev, in.Body.draft())
	if failed(err) {
		p, _ := a.help().Project(ctx, scope(ctx), in.ID)
		return nil, unsaved(ctx, access.PlanHelp, p.Label, renamed(err, draftNames), in.Body.ProjectDraft, newProjectDraft(p.Draft()))
	}
	return a.projectOf(ctx, in.ID)
}

func (a *API) moveProject(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Move    string `json:"move" enum:"appraise,return,approve,start,suspend,resume,close,evaluate,stop,waive" doc:"waive: the principles are not asked at mid-term, for the reason in words; the stage stays."`
		Rev     int64  `json:"rev" doc:"Of the project as it was read: where it was changed meanwhile nothing is done."`
		Words   string `json:"words" required:"false" maxLength:"20000" doc:"The reason, or what came of it."`
		Interim string `json:"interim" required:"false" maxLength:"10" doc:"To approve: the day by which it is evaluated while it runs; empty for the usual one, halfway."`
		Final   string `json:"final" required:"false" maxLength:"10" doc:"To approve: the day of the final evaluation; empty for two months after the end."`
		ExPost  string `json:"expost" required:"false" maxLength:"10" doc:"To approve: the day of the evaluation ex post; empty for a year after the end."`
	}
},
) (*ProjectOutput, error) {
	who, move := subject(ctx), assistance.ProjectMove(in.Body.Move)
	var err error
	if in.Body.Move == waiveMidterm {
		err = a.help().WaiveMidterm(ctx, who, in.ID, in.Body.Rev, in.Body.Words)
	} else {
		err = a.help().MoveProject(ctx, who, in.ID, in.Body.Rev, move, in.Body.Words, assistance.Due{Interim: in.Body.Interim, Final: in.Body.Final, ExPost: in.Body.ExPost})
	}
	if err != nil {
		needs := access.PlanHelp
		if deskMoves[move] {
			needs = access.HandleHelp
		}
		p, _ := a.help().Project(ctx, scope(ctx), in.ID)
		return nil, unready(ctx, p, needs, p.Label, err)
	}
	return a.projectOf(ctx, in.ID)
}

func (a *API) moveGate(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Move    string `json:"move" enum:"bind,leave" doc:"bind: it rests on the request and the consent. leave: the project goes on without the State there, for the reason in words."`
		Rev     int64  `json:"rev" doc:"Of the project as it was read: where it was changed meanwhile nothing is done."`
		State   string `json:"state" maxLength:"100" doc:"A host State of the project."`
		Theme   string `json:"theme" maxLength:"100" doc:"One of its areas."`
		Request string `json:"request" required:"false" maxLength:"100" doc:"To bind: id of a request of that State that was accepted."`
		Consent string `json:"consent" required:"false" maxLength:"100" doc:"To bind: id of a consent of that State that is open in the area on the project's days."`
		Words   string `json:"words" required:"false" maxLength:"20000" doc:"To leave: the reason."`
	}
},
) (*ProjectOutput, error) {
	who, b := subject(ctx), in.Body
	var err error
	if b.Move == "bind" {
		err = a.help().Bind(ctx, who, in.ID, b.Rev, b.State, b.Theme, b.Request, b.Consent)
	} else {
		err = a.help().LeaveOut(ctx, who, in.ID, b.Rev, b.State, b.Theme, b.Words)
	}
	if err != nil {
		p, _ := a.help().Project(ctx, scope(ctx), in.ID)
		return nil, unready(ctx, p, access.PlanHelp, p.Label, err)
	}
	return a.projectOf(ctx, in.ID)
}

func (a *API) answerPrinciples(ctx context.Context, in *struct {
	ID     string `path:"id" maxLength:"100"`
	Moment string `path:"moment" enum:"plan,midterm,close"`
	Body   struct {
		Rev        int64            `json:"rev" doc:"Of the project as it was read: where it was changed meanwhile nothing is done."`
		Answers    PrincipleAnswers `json:"answers" doc:"All six. None is a tick."`
		NotArising []string         `json:"notArising" required:"false" maxItems:"6" enum:"rule-of-law,human-rights,gender,minorities,partnership,accountability" doc:"Those that do not arise: their answer is the reason."`
	}
},
) (*ProjectOutput, error) {
	said := assistance.Answers{Moment: assistance.Moment(in.Moment), Texts: in.Body.Answers.texts(), NotArising: in.Body.NotArising}
	if err := a.help().Answer(ctx, subject(ctx), in.ID, in.Body.Rev, said); err != nil {
		names := map[string]string{"not-arising": "notArising"}
		for _, name := range assistance.Principles {
			names[name] = "answers." + name
		}
		p, _ := a.help().Project(ctx, scope(ctx), in.ID)
		return nil, unready(ctx, p, access.PlanHelp, p.Label, renamed(err, names))
	}
	return a.projectOf(ctx, in.ID)
}
