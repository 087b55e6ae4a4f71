package api

import (
	"context"

	"polis/internal/access"
	"polis/internal/assistance"
)

// Consent is what a State was asked to agree to, and its answer.
type Consent struct {
	ID         string        `json:"id"`
	URL        string        `json:"url" doc:"Its page on this server, without the language."`
	Number     string        `json:"number"`
	State      string        `json:"state" doc:"Directory id of the State whose consent it is."`
	Request    string        `json:"request" doc:"Id of the request that it was asked for, or empty."`
	Stage      string        `json:"stage" enum:"asked,given,refused,expired,withdrawn,retracted"`
	Why        string        `json:"why" doc:"What it was asked for."`
	Authority  string        `json:"authority"`
	Office     string        `json:"office" doc:"Of who signed; never a name."`
	Given      string        `json:"given" doc:"The day."`
	Since      string        `json:"since" doc:"The first day on which it holds; empty before it is given."`
	Until      string        `json:"until" doc:"The last one; empty where it has no end."`
	Conditions string        `json:"conditions"`
	Document   string        `json:"document" doc:"Symbol or library id of the paper."`
	Recorded   string        `json:"recorded" enum:",state,desk" doc:"Who wrote down that it was given."`
	Areas      []ConsentArea `json:"areas"`
	Rev        int64         `json:"rev" doc:"What a move has to name."`
	Moves      []string      `json:"moves" doc:"Those that the caller can make now."`
}

// ConsentArea is a theme for which consent was asked.
type ConsentArea struct {
	Theme    string `json:"theme"`
	Standing string `json:"standing" enum:"asked,open,refused,closed,retracted" doc:"Work may begin where it is open, within the days of the consent."`
	Since    string `json:"since" doc:"Since when it stands so."`
	Reason   string `json:"reason" doc:"Why it was closed."`
}

// ConsentsOutput is a page of consents.
type ConsentsOutput struct {
	Body struct {
		Consents []Consent `json:"consents"`
		Next     string    `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// ConsentOutput is one consent.
type ConsentOutput struct {
	Body struct {
		Consent
		Steps []HelpStep `json:"steps" doc:"The first first."`
	}
}

func newConsent(who access.Subject, c assistance.Consent) Consent {
	out := Consent{
		ID: c.ID, URL: "/assistance/consents/" + c.ID, Number: c.Number, State: c.Giver, Request: c.Request, Stage: string(c.Stage), Why: c.Why,
		Authority: c.Authority, Office: c.Office, Given: c.Given, Since: c.Since, Until: c.Until, Conditions: c.Conditions, Document: c.Document,
		Recorded: c.Recorded, Areas: make([]ConsentArea, 0, len(c.Areas)), Rev: c.Rev, Moves: []string{},
	}
	for _, area := range c.Areas {
		out.Areas = append(out.Areas, ConsentArea{area.Theme, string(area.Standing), moment(area.Stood), area.Reason})
	}
	for _, m := range assistance.ConsentMoves(who, c) {
		out.Moves = append(out.Moves, string(m))
	}
	return out
}

func (a *API) consents(ctx context.Context, in *struct {
	State   string   `query:"state" maxLength:"100" doc:"Directory id of the State whose consent it is."`
	Request string   `query:"request" maxLength:"100" doc:"Id of the request that they were asked for."`
	Theme   string   `query:"theme" maxLength:"100" doc:"One of their areas, or those that belong to it."`
	Stage   []string `query:"stage,explode" maxItems:"10" enum:"asked,given,refused,expired,withdrawn,retracted"`
	After   string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit   int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*ConsentsOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	f := assistance.ConsentFilter{State: in.State, Request: in.Request, Theme: in.Theme}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.ConsentStage(s))
	}
	found, more, err := a.help().Consents(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ConsentsOutput{}
	out.Body.Consents, out.Body.Next = make([]Consent, 0, len(found)), next(more)
	for _, c := range found {
		out.Body.Consents = append(out.Body.Consents, newConsent(subject(ctx), c))
	}
	return out, nil
}

func (a *API) consent(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*ConsentOutput, error) {
	return a.consentOf(ctx, in.ID)
}

func (a *API) consentOf(ctx context.Context, id string) (*ConsentOutput, error) {
	c, err := a.help().Consent(ctx, scope(ctx), id)
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().ConsentSteps(ctx, c.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ConsentOutput{}
	out.Body.Consent, out.Body.Steps = newConsent(subject(ctx), c), make([]HelpStep, 0, len(steps))
	for _, s := range steps {
		out.Body.Steps = append(out.Body.Steps, HelpStep{N: s.N, Move: string(s.Move), Stage: string(s.Stage), Theme: s.Theme, Words: s.Words, At: moment(s.At)})
	}
	return out, nil
}

// consentMove is a move of a consent as a caller writes it.
type consentMove struct {
	Move       string   `json:"move" enum:"give,refuse,close,open,withdraw,retract"`
	Rev        int64    `json:"rev" doc:"Of the consent as it was read: where it was changed meanwhile nothing is done."`
	Reason     string   `json:"reason,omitempty" maxLength:"20000"`
	Theme      string   `json:"theme,omitempty" maxLength:"100" doc:"The area to close or to open."`
	Areas      []string `json:"areas,omitempty" maxItems:"50" doc:"To give: the areas for which it is given."`
	Authority  string   `json:"authority,omitempty" maxLength:"1000" doc:"To give: the authority that consents."`
	Office     string   `json:"office,omitempty" maxLength:"1000" doc:"To give: the signatory's office; never a name."`
	Given      string   `json:"given,omitempty" maxLength:"10" doc:"To give: the day."`
	Since      string   `json:"since,omitempty" maxLength:"10"`
	Until      string   `json:"until,omitempty" maxLength:"10"`
	Conditions string   `json:"conditions,omitempty" maxLength:"20000"`
	Document   string   `json:"document,omitempty" maxLength:"1000"`
}

func (a *API) moveConsent(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body consentMove
},
) (*ConsentOutput, error) {
	who := subject(ctx)
	if err := in.Body.make(ctx, a.help(), who, in.ID); err != nil {
		needs := access.Consent
		if in.Body.Move == string(assistance.ConsentRetract) {
			needs = access.AskConsent
		}
		c, _ := a.help().Consent(ctx, scope(ctx), in.ID)
		return nil, unmoved(ctx, needs, c.Label, err)
	}
	return a.consentOf(ctx, in.ID)
}

func (m consentMove) make(ctx context.Context, h *assistance.Assistance, who access.Subject, id string) error {
	switch assistance.ConsentMove(m.Move) {
	case assistance.GiveConsent:
		return h.Give(ctx, who, id, m.Rev, assistance.GivenConsent{
			Authority: m.Authority, Office: m.Office, Given: m.Given, Since: m.Since, Until: m.Until, Conditions: m.Conditions, Document: m.Document, Areas: m.Areas,
		})
	case assistance.RefuseConsent:
		return h.Refuse(ctx, who, id, m.Rev, m.Reason)
	case assistance.ConsentClosing:
		return h.CloseArea(ctx, who, id, m.Rev, m.Theme, m.Reason)
	case assistance.ConsentOpening:
		return h.OpenArea(ctx, who, id, m.Rev, m.Theme, m.Reason)
	case assistance.ConsentWithdraw:
		return h.WithdrawConsent(ctx, who, id, m.Rev, m.Reason)
	case assistance.ConsentRetract:
		return h.Retract(ctx, who, id, m.Rev, m.Reason)
	}
	return assistance.Invalid{"move": "assistance.error.move"}
}
