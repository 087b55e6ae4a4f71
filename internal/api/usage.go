package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/usage"
)

// Usage is how often a document is used.
type Usage struct {
	Counted string  `json:"counted" enum:"month,quarter,never" doc:"How a document of this level is counted: by month and language where everybody may read it; by quarter where not everybody may, shown when the quarter is over, without figures under five; never where it is closed."`
	Figures []Count `json:"figures"`
}

// Count are the figures of a period.
type Count struct {
	Span      string `json:"span" enum:"month,quarter,all"`
	Since     string `json:"since" doc:"The day on which the period begins, UTC; empty for all of them."`
	Lang      string `json:"lang" doc:"Of the text that was read; empty for all languages together."`
	Reads     int64  `json:"reads"`
	Found     int64  `json:"found" doc:"How many of the readings a search here led to."`
	Downloads int64  `json:"downloads"`
	Citations int64  `json:"citations"`
}

// UsageOutput is the answer.
type UsageOutput struct{ Body Usage }

func (a *API) registerUsage(h huma.API) {
	huma.Register(h, huma.Operation{
		OperationID: "get-usage", Method: http.MethodGet, Path: Base + "/documents/{id}/usage",
		Summary: "How often a document is read, downloaded and cited, for those who may change it", Tags: []string{"Library"},
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone},
	}, a.usage)
}

func (a *API) usage(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*UsageOutput, error) {
	rec, err := a.record(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !subject(ctx).May(access.Edit, rec.Label).Allowed {
		return nil, huma.Error403Forbidden("the figures of a document are for those who may change it")
	}
	counts, err := usage.Of(ctx, a.DB, scope(ctx), rec.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &UsageOutput{Usage{Counted: counted(rec), Figures: make([]Count, 0, len(counts))}}
	for _, c := range counts {
		since := ""
		if !c.Since.IsZero() {
			since = c.Since.Format(time.DateOnly)
		}
		out.Body.Figures = append(out.Body.Figures, Count{string(c.Span), since, c.Lang, c.Reads, c.Found, c.Files, c.Cites})
	}
	return out, nil
}

// counted says how documents of the record's level are counted.
func counted(rec library.Record) string {
	switch rec.Level {
	case access.Public:
		return string(usage.Month)
	case access.Closed:
		return "never"
	}
	return string(usage.Quarter)
}
