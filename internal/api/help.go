package api

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

func (a *API) help() *assistance.Assistance { return &assistance.Assistance{DB: a.DB} }

func (a *API) registerHelp(h huma.API) {
	read := []int{http.StatusNotFound}
	moved := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	tags := []string{"Assistance"}
	huma.Register(h, huma.Operation{
		OperationID: "list-requests", Method: http.MethodGet, Path: Base + "/requests", Tags: tags,
		Summary: "What States have asked for, the newest first; what waits, the longest waiting first",
	}, a.requests)
	huma.Register(h, huma.Operation{
		OperationID: "get-request", Method: http.MethodGet, Path: Base + "/requests/{id}", Tags: tags, Errors: read,
		Summary: "A State's request for assistance, with its history",
	}, a.request)
	huma.Register(h, huma.Operation{
		OperationID: "move-request", Method: http.MethodPost, Path: Base + "/requests/{id}/moves", Tags: tags, Errors: moved,
		Summary: "Take a request to its next stage",
	}, a.moveRequest)
	huma.Register(h, huma.Operation{
		OperationID: "list-consents", Method: http.MethodGet, Path: Base + "/consents", Tags: tags,
		Summary: "What States were asked to agree to, the newest first",
	}, a.consents)
	huma.Register(h, huma.Operation{
		OperationID: "get-consent", Method: http.MethodGet, Path: Base + "/consents/{id}", Tags: tags, Errors: read,
		Summary: "A State's consent, area by area, with its history",
	}, a.consent)
	huma.Register(h, huma.Operation{
		OperationID: "move-consent", Method: http.MethodPost, Path: Base + "/consents/{id}/moves", Tags: tags, Errors: moved,
		Summary: "Give, refuse, narrow, widen, withdraw or take back a consent; a State's word is a person's: no token speaks for it",
	}, a.moveConsent)
}

// unmoved is the answer to a move that did not go: what is wrong with the words, who
// may, how it stands now.
func unmoved(who access.Subject, needs access.Action, on access.Label, err error) error {
	say := lang.For(lang.English).T
	var wrong assistance.Invalid
	var stale assistance.Stale
	var not assistance.Impossible
	switch {
	case errors.As(err, &wrong):
		var details []error
		for _, field := range slices.Sorted(maps.Keys(wrong)) {
			details = append(details, &huma.ErrorDetail{Location: "body." + field, Message: say(wrong[field])})
		}
		return huma.Error422UnprocessableEntity("something is missing or wrong", details...)
	case errors.As(err, &stale):
		return huma.Error412PreconditionFailed(say("assistance.fault.stale"), &huma.ErrorDetail{Location: "body.rev", Message: "changed meanwhile", Value: stale.Rev})
	case errors.As(err, &not):
		return huma.Error409Conflict(say(not.Key))
	case errors.Is(err, assistance.ErrForbidden):
		d := who.May(needs, on)
		if d.Allowed { // and yet it was refused: not by her, or not by a program
			d.Rule = access.RuleRole
			if who.Program {
				d.Rule = access.RuleProgram
			}
		}
		return huma.Error403Forbidden(say("access.rule." + string(d.Rule)))
	}
	return problem(err)
}

// placeOf reads where a list goes on.
func placeOf(text string) (assistance.Place, error) {
	if text == "" {
		return assistance.Place{}, nil
	}
	place, ok := assistance.ParsePlace(text)
	if !ok {
		return place, huma.Error422UnprocessableEntity("this is no place in a list", &huma.ErrorDetail{Location: "query.after", Message: "take it from next", Value: text})
	}
	return place, nil
}

// next is where a list goes on, "" where it ends.
func next(more assistance.Place) string {
	if more == (assistance.Place{}) {
		return ""
	}
	return more.String()
}
