package api

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
)

// Request is what a State asks for.
type Request struct {
	ID       string   `json:"id"`
	URL      string   `json:"url" doc:"Its page on this server, without the language."`
	Number   string   `json:"number" doc:"Empty before it is submitted."`
	State    string   `json:"state" doc:"Directory id of the State that asks."`
	Lang     string   `json:"lang" doc:"In which it is written."`
	Title    string   `json:"title"`
	Wish     string   `json:"wish" doc:"What is asked for."`
	Reason   string   `json:"reason"`
	Since    string   `json:"since" doc:"The dates wished for: a year, a month, a day, or empty."`
	Until    string   `json:"until"`
	Themes   []string `json:"themes"`
	Items    []string `json:"items"`
	Lines    []string `json:"lines"`
	Bodies   []string `json:"bodies" doc:"Institutions and units that would benefit: directory ids, or names."`
	Stage    string   `json:"stage" enum:"draft,submitted,acknowledged,clarification,accepted,declined,referred,withdrawn"`
	Referred string   `json:"referred" doc:"To whom: a directory id, or a name."`
	Moved    string   `json:"moved" doc:"Since when it is at this stage."`
	Due      string   `json:"due" doc:"The day by which somebody has to act, or empty."`
	Level    string   `json:"level"`
	Rev      int64    `json:"rev" doc:"What a move has to name."`
	Moves    []string `json:"moves" doc:"Those that the caller can make now."`
}

// HelpStep is one that was taken, with its words.
type HelpStep struct {
	N     int64  `json:"n"`
	Move  string `json:"move"`
	Stage string `json:"stage" doc:"After it."`
	State string `json:"state" doc:"The host State of a project or an activity that it is about, or empty."`
	Theme string `json:"theme" doc:"The area that it is about, or empty."`
	Words string `json:"words"`
	At    string `json:"at"`
}

// RequestsOutput is a page of requests.
type RequestsOutput struct {
	Body struct {
		Requests []Request `json:"requests"`
		Next     string    `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// RequestOutput is one request.
type RequestOutput struct {
	Body struct {
		Request
		Steps []HelpStep `json:"steps" doc:"The first first."`
	}
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func newRequest(who access.Subject, r assistance.Request) Request {
	out := Request{
		ID: r.ID, URL: "/assistance/requests/" + r.ID, Number: r.Number, State: r.Asker, Lang: string(r.Lang), Title: r.Title, Wish: r.Wish, Reason: r.Reason,
		Since: r.Since, Until: r.Until, Themes: list(r.Themes), Items: list(r.Items), Lines: list(r.Lines), Bodies: list(r.Bodies),
		Stage: string(r.Stage), Referred: r.Referred, Moved: moment(r.Moved), Due: r.Due, Level: r.Level.String(), Rev: r.Rev, Moves: []string{},
	}
	for _, m := range assistance.Moves(who, r) {
		out.Moves = append(out.Moves, string(m))
	}
	return out
}

func (a *API) requests(ctx context.Context, in *struct {
	State string   `query:"state" maxLength:"100" doc:"Directory id of the State that asks."`
	Theme string   `query:"theme" maxLength:"100" doc:"And those that belong to it."`
	Stage []string `query:"stage,explode" maxItems:"10" enum:"draft,submitted,acknowledged,clarification,accepted,declined,referred,withdrawn"`
	Only  string   `query:"only" enum:"waiting,overdue" doc:"waiting: what waits for the desk. overdue: what somebody should have acted on."`
	After string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*RequestsOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	f := assistance.RequestFilter{State: in.State, Theme: in.Theme, Waiting: in.Only == "waiting", Overdue: in.Only == "overdue"}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.Stage(s))
	}
	found, more, err := a.help().Requests(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &RequestsOutput{}
	out.Body.Requests, out.Body.Next = make([]Request, 0, len(found)), next(more)
	for _, r := range found {
		out.Body.Requests = append(out.Body.Requests, newRequest(subject(ctx), r))
	}
	return out, nil
}

func (a *API) request(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*RequestOutput, error) {
	return a.requestOf(ctx, in.ID)
}

func (a *API) requestOf(ctx context.Context, id string) (*RequestOutput, error) {
	r, err := a.help().Request(ctx, scope(ctx), id)
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().Steps(ctx, r.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &RequestOutput{}
	out.Body.Request, out.Body.Steps = newRequest(subject(ctx), r), make([]HelpStep, 0, len(steps))
	for _, s := range steps {
		out.Body.Steps = append(out.Body.Steps, HelpStep{N: s.N, Move: string(s.Move), Stage: string(s.Stage), Words: s.Words, At: moment(s.At)})
	}
	return out, nil
}

func (a *API) moveRequest(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Move  string `json:"move" enum:"submit,acknowledge,ask,answer,accept,decline,refer,withdraw"`
		Rev   int64  `json:"rev" doc:"Of the request as it was read: where it was changed meanwhile nothing is done."`
		Words string `json:"words,omitempty" maxLength:"20000" doc:"The question, the answer or the reason."`
		To    string `json:"to,omitempty" maxLength:"1000" doc:"To whom it is referred: a directory id, or a name."`
	}
},
) (*RequestOutput, error) {
	who, move := subject(ctx), assistance.Move(in.Body.Move)
	if err := a.help().Move(ctx, who, in.ID, in.Body.Rev, move, in.Body.Words, in.Body.To); err != nil {
		needs := access.HandleHelp
		if slices.Contains([]assistance.Move{assistance.Submit, assistance.Answer, assistance.Withdraw}, move) {
			needs = access.AskHelp
		}
		r, _ := a.help().Request(ctx, scope(ctx), in.ID)
		return nil, unmoved(ctx, needs, r.Label, err)
	}
	return a.requestOf(ctx, in.ID)
}
