package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
)

// Programme holds projects together under one purpose, for longer than a budget year
// (Framework ¶24).
type Programme struct {
	ID          string   `json:"id"`
	URL         string   `json:"url" doc:"Its page on this server, without the language."`
	Number      string   `json:"number"`
	Lang        string   `json:"lang" doc:"In which this is written."`
	Title       string   `json:"title"`
	Purpose     string   `json:"purpose"`
	Since       string   `json:"since" doc:"The first day, or empty while nobody knows."`
	Until       string   `json:"until" doc:"The last day."`
	Brief       string   `json:"brief" doc:"Why it ends within a year."`
	Ownership   string   `json:"ownership" doc:"Who carries it, and what lasts when it is over."`
	Handover    string   `json:"handover" doc:"What is handed over to whom, and how."`
	HandoverDay string   `json:"handoverDay"`
	Themes      []string `json:"themes"`
	States      []string `json:"states" doc:"Directory ids."`
	Government  []string `json:"government" doc:"Co-owners of the State: directory ids, or names."`
	Civil       []string `json:"civil" doc:"Co-owners from civil society."`
	Organisers  []string `json:"organisers"`
	Partners    []string `json:"partners"`
	Stage       string   `json:"stage" enum:"draft,agreed,running,handed-over,ended"`
	Moved       string   `json:"moved" doc:"Since when it is at this stage."`
	Level       string   `json:"level"`
	Rev         int64    `json:"rev" doc:"What a move has to name."`
	Created     string   `json:"created"`
	Updated     string   `json:"updated"`
	Moves       []string `json:"moves" doc:"Those that the caller can make now."`
}

// ProgrammesOutput is a page of programmes.
type ProgrammesOutput struct {
	Body struct {
		Programmes []Programme `json:"programmes"`
		Next       string      `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// ProgrammeOutput is one programme.
type ProgrammeOutput struct {
	Body struct {
		Programme
		Steps []HelpStep `json:"steps" doc:"The first first."`
	}
}

func (a *API) registerProgrammes(h huma.API) {
	tags := []string{"Assistance"}
	huma.Register(h, huma.Operation{
		OperationID: "list-programmes", Method: http.MethodGet, Path: Base + "/programmes", Tags: tags,
		Summary: "Long-term programmes, the newest first; their projects are listed as projects of the programme",
	}, a.programmes)
	huma.Register(h, huma.Operation{
		OperationID: "get-programme", Method: http.MethodGet, Path: Base + "/programmes/{id}", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "A programme with its history",
	}, a.programme)
	huma.Register(h, huma.Operation{
		OperationID: "move-programme", Method: http.MethodPost, Path: Base + "/programmes/{id}/moves", Tags: tags,
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed},
		Summary: "Take a programme to its next stage",
	}, a.moveProgramme)
}

func newProgramme(who access.Subject, g assistance.Programme) Programme {
	out := Programme{
		ID: g.ID, URL: "/assistance/programmes/" + g.ID, Number: g.Number, Lang: string(g.Lang), Title: g.Title, Purpose: g.Purpose, Since: g.Since, Until: g.Until,
		Brief: g.Brief, Ownership: g.Ownership, Handover: g.Handover, HandoverDay: g.HandoverDay, Themes: list(g.Themes), States: list(g.States),
		Government: list(g.Government), Civil: list(g.Civil), Organisers: list(g.Organisers), Partners: list(g.Partners), Stage: string(g.Stage),
		Moved: moment(g.Moved), Level: g.Level.String(), Rev: g.Rev, Created: moment(g.Created), Updated: moment(g.Updated), Moves: []string{},
	}
	for _, m := range assistance.ProgrammeMoves(who, g) {
		out.Moves = append(out.Moves, string(m))
	}
	return out
}

func (a *API) programmes(ctx context.Context, in *struct {
	State     string   `query:"state" maxLength:"100" doc:"Directory id of a State that it is about."`
	Theme     string   `query:"theme" maxLength:"100" doc:"And those that belong to it."`
	Structure string   `query:"structure" maxLength:"200" doc:"Directory id of an organiser."`
	Stage     []string `query:"stage,explode" maxItems:"5" enum:"draft,agreed,running,handed-over,ended"`
	After     string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit     int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*ProgrammesOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	f := assistance.ProgrammeFilter{State: in.State, Theme: in.Theme, Body: in.Structure}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.ProgrammeStage(s))
	}
	found, more, err := a.help().Programmes(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ProgrammesOutput{}
	out.Body.Programmes, out.Body.Next = make([]Programme, 0, len(found)), next(more)
	for _, g := range found {
		out.Body.Programmes = append(out.Body.Programmes, newProgramme(subject(ctx), g))
	}
	return out, nil
}

func (a *API) programme(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*ProgrammeOutput, error) {
	return a.programmeOf(ctx, in.ID)
}

func (a *API) programmeOf(ctx context.Context, id string) (*ProgrammeOutput, error) {
	g, err := a.help().Programme(ctx, scope(ctx), id)
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().ProgrammeSteps(ctx, g.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ProgrammeOutput{}
	out.Body.Programme, out.Body.Steps = newProgramme(subject(ctx), g), make([]HelpStep, 0, len(steps))
	for _, s := range steps {
		out.Body.Steps = append(out.Body.Steps, HelpStep{N: s.N, Move: string(s.Move), Stage: string(s.Stage), Words: s.Words, At: moment(s.At)})
	}
	return out, nil
}

func (a *API) moveProgramme(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Move  string `json:"move" enum:"agree,begin,hand-over,reopen,end"`
		Rev   int64  `json:"rev" doc:"Of the programme as it was read: where it was changed meanwhile nothing is done."`
		Words string `json:"words" required:"false" maxLength:"20000" doc:"The reason, or what was handed over to whom."`
	}
},
) (*ProgrammeOutput, error) {
	move := assistance.ProgrammeMove(in.Body.Move)
	if err := a.help().MoveProgramme(ctx, subject(ctx), in.ID, in.Body.Rev, move, in.Body.Words); err != nil {
		needs := access.PlanHelp
		if move == assistance.AgreeProgramme || move == assistance.ReopenProgramme {
			needs = access.HandleHelp
		}
		g, _ := a.help().Programme(ctx, scope(ctx), in.ID)
		return nil, unmoved(ctx, needs, g.Label, renamed(err, map[string]string{"handover_day": "handoverDay"}))
	}
	return a.programmeOf(ctx, in.ID)
}
