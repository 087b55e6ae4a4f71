package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
)

// Evaluation is one of the three of a project (Framework ¶21).
type Evaluation struct {
	ID            string   `json:"id" doc:"By which a lesson names it; its address is that of its project with its kind."`
	Project       string   `json:"project" doc:"Id of its project."`
	Kind          string   `json:"kind" enum:"interim,final,expost"`
	URL           string   `json:"url" doc:"Its page on this server, without the language."`
	ProjectNumber string   `json:"projectNumber"`
	ProjectTitle  string   `json:"projectTitle"`
	ProjectStage  string   `json:"projectStage"`
	Due           string   `json:"due" doc:"The day by which it is final."`
	Lang          string   `json:"lang" doc:"In which this is written."`
	Evaluator     string   `json:"evaluator" doc:"An office or organisation, never a person: a directory id, or a name."`
	Stage         string   `json:"stage" enum:"due,begun,final,waived"`
	Moved         string   `json:"moved" doc:"Since when it is at this stage."`
	AnswerBy      string   `json:"answerBy" doc:"The day by which what it recommends is answered; empty until it is final."`
	Waiting       int64    `json:"waiting" doc:"How many of its recommendations have no response."`
	Level         string   `json:"level"`
	Rev           int64    `json:"rev" doc:"What a move has to name."`
	Updated       string   `json:"updated"`
	Moves         []string `json:"moves" doc:"Those that the caller can make now; empty in a list."`
}

// Criterion is what an evaluation says to one of the six criteria of the OECD's
// Development Assistance Committee.
type Criterion struct {
	Name     string `json:"name" enum:"relevance,coherence,effectiveness,efficiency,impact,sustainability"`
	Question string `json:"question"`
	Evidence string `json:"evidence"`
	Finding  string `json:"finding"`
	Rating   int64  `json:"rating" doc:"1 to 4; 0: not assessed, or not yet."`
	WhyNot   string `json:"whyNot" doc:"Why it was not assessed, or empty."`
}

// Recommendation is what an evaluation recommends, and what became of it.
type Recommendation struct {
	ID        string   `json:"id"`
	Wish      string   `json:"wish" doc:"What is recommended."`
	Addressee string   `json:"addressee" doc:"An office: a directory id, or a name."`
	Priority  string   `json:"priority" enum:"high,medium,low"`
	AnswerBy  string   `json:"answerBy"`
	Response  string   `json:"response" enum:",accepted,partly,rejected" doc:"The management's; empty: none yet."`
	Words     string   `json:"words" doc:"The management's."`
	Actions   []Action `json:"actions" doc:"What is done about it."`
	Rev       int64    `json:"rev" doc:"What a response has to name."`
}

// Action is what is done about a recommendation.
type Action struct {
	ID     string `json:"id"`
	Task   string `json:"task"`
	Office string `json:"office" doc:"That answers for it: a directory id, or a name."`
	Due    string `json:"due" doc:"The day by which it is done."`
	Done   string `json:"done" doc:"The day on which it was, or empty."`
	How    string `json:"how" doc:"What was done."`
}

// EvaluationsOutput is a page of evaluations.
type EvaluationsOutput struct {
	Body struct {
		Evaluations []Evaluation `json:"evaluations"`
		Next        string       `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// EvaluationOutput is one evaluation.
type EvaluationOutput struct {
	Body struct {
		Evaluation
		Independence    string           `json:"independence" doc:"How far the evaluator is independent."`
		Summary         string           `json:"summary"`
		Criteria        []Criterion      `json:"criteria" doc:"All six, once it has begun."`
		Answers         PrincipleAnswers `json:"answers" doc:"To the six principles, asked anew (Framework ¶11)."`
		NotArising      []string         `json:"notArising" doc:"The principles that do not arise: their answer is the reason."`
		Recommendations []Recommendation `json:"recommendations"`
		Steps           []HelpStep       `json:"steps" doc:"The first first."`
	}
}

func (a *API) registerEvaluations(h huma.API) {
	tags := []string{"Assistance"}
	read := []int{http.StatusNotFound}
	moved := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	one := Base + "/projects/{id}/evaluations/{kind}"
	huma.Register(h, huma.Operation{
		OperationID: "list-evaluations", Method: http.MethodGet, Path: Base + "/evaluations", Tags: tags,
		Summary: "Evaluations: those still to be done by their day, the first first; else the latest day first",
	}, a.evaluations)
	huma.Register(h, huma.Operation{
		OperationID: "get-evaluation", Method: http.MethodGet, Path: one, Tags: tags, Errors: read,
		Summary: "An evaluation with its criteria, what it recommends and what became of that",
	}, a.evaluation)
	huma.Register(h, huma.Operation{
		OperationID: "move-evaluation", Method: http.MethodPost, Path: one + "/moves", Tags: tags, Errors: moved,
		Summary: "Begin an evaluation, make it final, put it off or waive it",
	}, a.moveEvaluation)
	huma.Register(h, huma.Operation{
		OperationID: "respond", Method: http.MethodPost, Path: one + "/recommendations/{recommendation}/response", Tags: tags, Errors: moved,
		Summary: "The management's response to a recommendation of an evaluation that is final",
	}, a.respond)
}

func newEvaluation(e assistance.Evaluation) Evaluation {
	return Evaluation{
		ID: e.ID, Project: e.Project, Kind: string(e.Kind), URL: projectPage + e.Project + "/evaluation/" + string(e.Kind), ProjectNumber: e.Number, ProjectTitle: e.Title,
		ProjectStage: string(e.ProjectStage), Due: e.Due, Lang: string(e.Lang), Evaluator: e.Evaluator, Stage: string(e.Stage), Moved: moment(e.Moved),
		AnswerBy: e.AnswerBy, Waiting: e.Waiting, Level: e.Level.String(), Rev: e.Rev, Updated: moment(e.Updated), Moves: []string{},
	}
}

func (a *API) evaluations(ctx context.Context, in *struct {
	Project   string   `query:"project" maxLength:"100"`
	State     string   `query:"state" maxLength:"100" doc:"Directory id of a host State of the project."`
	Structure string   `query:"structure" maxLength:"200" doc:"Directory id of an organiser of the project."`
	Kind      string   `query:"kind" enum:"interim,final,expost"`
	Stage     []string `query:"stage,explode" maxItems:"4" enum:"due,begun,final,waived"`
	Before    string   `query:"before" format:"date" doc:"Still to be done, and due before this day."`
	After     string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit     int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*EvaluationsOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	f := assistance.EvaluationFilter{Project: in.Project, State: in.State, Body: in.Structure, Kind: assistance.EvaluationKind(in.Kind), Before: in.Before}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.EvaluationStage(s))
	}
	found, more, err := a.help().Evaluations(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &EvaluationsOutput{}
	out.Body.Evaluations, out.Body.Next = make([]Evaluation, 0, len(found)), next(more)
	for _, e := range found {
		out.Body.Evaluations = append(out.Body.Evaluations, newEvaluation(e))
	}
	return out, nil
}

// EvaluationPath names an evaluation by its project and kind.
type EvaluationPath struct {
	ID   string `path:"id" maxLength:"100" doc:"Of the project."`
	Kind string `path:"kind" enum:"interim,final,expost"`
}

func (p EvaluationPath) kind() assistance.EvaluationKind { return assistance.EvaluationKind(p.Kind) }

func (a *API) evaluation(ctx context.Context, in *EvaluationPath) (*EvaluationOutput, error) {
	return a.evaluationOf(ctx, *in)
}

func (a *API) evaluationOf(ctx context.Context, in EvaluationPath) (*EvaluationOutput, error) {
	p, err := a.help().Project(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	e, err := a.help().Evaluation(ctx, scope(ctx), p.ID, in.kind())
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().EvaluationSteps(ctx, e.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	advice, err := a.help().RecommendationsOf(ctx, scope(ctx), e.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &EvaluationOutput{}
	b := &out.Body
	b.Evaluation, b.Independence, b.Summary = newEvaluation(e), e.Independence, e.Summary
	for _, m := range assistance.EvaluationMoves(subject(ctx), p, e) {
		b.Moves = append(b.Moves, string(m))
	}
	b.Criteria, b.Answers, b.NotArising = criteria(e), newAnswers(e.Answers), list(e.NotArising)
	b.Recommendations, b.Steps = newAdvice(advice), make([]HelpStep, 0, len(steps))
	for _, s := range steps {
		b.Steps = append(b.Steps, HelpStep{N: s.N, Move: string(s.Move), Stage: string(s.Stage), Words: s.Words, At: moment(s.At)})
	}
	return out, nil
}

// criteria are the six in their order, as far as the evaluation has begun.
func criteria(e assistance.Evaluation) []Criterion {
	out := []Criterion{}
	for _, name := range assistance.Criteria {
		if c, ok := e.Criteria[name]; ok {
			out = append(out, Criterion{name, c.Question, c.Evidence, c.Finding, c.Rating, c.WhyNot})
		}
	}
	return out
}

func newAdvice(found []assistance.Recommendation) []Recommendation {
	out := make([]Recommendation, 0, len(found))
	for _, r := range found {
		made := Recommendation{
			ID: r.ID, Wish: r.Wish, Addressee: r.Addressee, Priority: r.Priority, AnswerBy: r.AnswerBy, Response: string(r.Response),
			Words: r.Words, Actions: make([]Action, 0, len(r.Actions)), Rev: r.Rev,
		}
		for _, x := range r.Actions {
			made.Actions = append(made.Actions, Action{x.ID, x.Task, x.Office, x.Due, x.Done, x.How})
		}
		out = append(out, made)
	}
	return out
}

func (a *API) moveEvaluation(ctx context.Context, in *struct {
	EvaluationPath
	Body struct {
		Move  string `json:"move" enum:"begin,finish,postpone,waive"`
		Rev   int64  `json:"rev" doc:"Of the evaluation as it was read: where it was changed meanwhile nothing is done."`
		Words string `json:"words" required:"false" maxLength:"20000" doc:"The reason."`
		Due   string `json:"due" required:"false" maxLength:"10" doc:"To postpone: the new day."`
	}
},
) (*EvaluationOutput, error) {
	move := assistance.EvaluationMove(in.Body.Move)
	if err := a.help().MoveEvaluation(ctx, subject(ctx), in.ID, in.kind(), in.Body.Rev, move, in.Body.Words, in.Body.Due); err != nil {
		needs := access.PlanHelp
		if move == assistance.PostponeEvaluation || move == assistance.WaiveEvaluation {
			needs = access.HandleHelp
		}
		return nil, a.unevaluated(ctx, in.ID, needs, err)
	}
	return a.evaluationOf(ctx, in.EvaluationPath)
}

func (a *API) unevaluated(ctx context.Context, project string, needs access.Action, err error) error {
	p, _ := a.help().Project(ctx, scope(ctx), project)
	return unmoved(ctx, needs, p.Label, err)
}

func (a *API) respond(ctx context.Context, in *struct {
	EvaluationPath
	Recommendation string `path:"recommendation" maxLength:"100"`
	Body           struct {
		Response string `json:"response" enum:"accepted,partly,rejected"`
		Rev      int64  `json:"rev" doc:"Of the recommendation as it was read: where it was changed meanwhile nothing is done."`
		Words    string `json:"words" maxLength:"20000" doc:"What the management says to it."`
	}
},
) (*EvaluationOutput, error) {
	of, err := a.evaluationOf(ctx, in.EvaluationPath)
	if err != nil {
		return nil, err
	}
	there := false
	for _, r := range of.Body.Recommendations {
		there = there || r.ID == in.Recommendation
	}
	if !there {
		return nil, huma.Error404NotFound("the evaluation has no such recommendation")
	}
	err = a.help().Respond(ctx, subject(ctx), in.Recommendation, in.Body.Rev, assistance.Response(in.Body.Response), in.Body.Words)
	if err != nil {
		return nil, a.unevaluated(ctx, in.ID, access.PlanHelp, err)
	}
	return a.evaluationOf(ctx, in.EvaluationPath)
}
