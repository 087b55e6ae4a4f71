package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/assistance"
)

// Mandate is what a structure may do, by which decision, and when (Framework ¶22).
type Mandate struct {
	ID       string `json:"id"`
	URL      string `json:"url" doc:"Its page on this server, without the language."`
	Holder   string `json:"holder" doc:"Directory id of the structure."`
	Lang     string `json:"lang" doc:"In which this is written."`
	Title    string `json:"title"`
	Document string `json:"document" doc:"The decision: its symbol, or a document's id."`
	Since    string `json:"since" doc:"The first day on which it is valid."`
	Until    string `json:"until" doc:"The last one; empty where it has no end."`
	Level    string `json:"level"`
	Rev      int64  `json:"rev"`
}

// MandatesOutput are mandates.
type MandatesOutput struct {
	Body struct {
		Mandates []Mandate `json:"mandates" doc:"The one that ends last first. There are some dozens of them: they come all at once."`
	}
}

// MandateOutput is one mandate.
type MandateOutput struct{ Body Mandate }

func (a *API) registerMandates(h huma.API) {
	tags := []string{"Assistance"}
	huma.Register(h, huma.Operation{
		OperationID: "list-mandates", Method: http.MethodGet, Path: Base + "/mandates", Tags: tags,
		Summary: "What structures may do, by which decision, and when",
	}, a.mandates)
	huma.Register(h, huma.Operation{
		OperationID: "get-mandate", Method: http.MethodGet, Path: Base + "/mandates/{id}", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "One mandate",
	}, a.mandate)
}

func newMandate(m assistance.Mandate) Mandate {
	return Mandate{
		ID: m.ID, URL: "/assistance/mandates#" + m.ID, Holder: m.Holder, Lang: string(m.Lang), Title: m.Title, Document: m.Document,
		Since: m.Since, Until: m.Until, Level: m.Level.String(), Rev: m.Rev,
	}
}

func (a *API) mandates(ctx context.Context, in *struct {
	Structure string `query:"structure" maxLength:"200" doc:"Directory id of the structure that holds them."`
},
) (*MandatesOutput, error) {
	found, err := a.help().Mandates(ctx, scope(ctx), in.Structure)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &MandatesOutput{}
	out.Body.Mandates = make([]Mandate, 0, len(found))
	for _, m := range found {
		out.Body.Mandates = append(out.Body.Mandates, newMandate(m))
	}
	return out, nil
}

func (a *API) mandate(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*MandateOutput, error) {
	m, err := a.help().Mandate(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	return &MandateOutput{newMandate(m)}, nil
}
