package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
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

// unmoved is the answer to a move that did not go, in the caller's language: what is
// wrong with the words, what is missing and where that is put right, who may, how it
// stands now.
func unmoved(ctx context.Context, needs access.Action, on access.Label, err error) error {
	return huma.ErrorWithHeaders(refusal(ctx, needs, on, err), http.Header{"Content-Language": {string(asked(ctx))}})
}

func refusal(ctx context.Context, needs access.Action, on access.Label, err error) error {
	p := lang.For(asked(ctx))
	var wrong assistance.Invalid
	var stale assistance.Stale
	var not assistance.Impossible
	var still assistance.Unfinished
	switch {
	case errors.As(err, &wrong):
		var details []error
		for _, field := range slices.Sorted(maps.Keys(wrong)) {
			details = append(details, &huma.ErrorDetail{Location: "body." + field, Message: p.T(wrong[field])})
		}
		return huma.Error422UnprocessableEntity("something is missing or wrong", details...)
	case errors.As(err, &stale):
		return huma.Error412PreconditionFailed(p.T("assistance.fault.stale"), &huma.ErrorDetail{Location: "body.rev", Message: "changed meanwhile", Value: stale.Rev})
	case errors.As(err, &not):
		return huma.Error409Conflict(p.T(not.Key))
	case errors.As(err, &still):
		return huma.Error409Conflict(p.T("programme.says.running", "n", still.Running))
	case errors.Is(err, assistance.ErrForbidden):
		who := subject(ctx)
		d := who.May(needs, on)
		if d.Allowed { // and yet it was refused: not by her, or not by a program
			d.Rule = access.RuleRole
			if who.Program {
				d.Rule = access.RuleProgram
			}
		}
		return huma.Error403Forbidden(p.T("access.rule." + string(d.Rule)))
	}
	return problem(ctx, err)
}

// renamed says what is wrong with the names that the fields have here.
func renamed(err error, names map[string]string) error {
	var wrong assistance.Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	here := assistance.Invalid{}
	for field, key := range wrong {
		if name, ok := names[field]; ok {
			field = name
		}
		here[field] = key
	}
	return here
}

// unsaved is unmoved for what is written anew. Where it was changed since the caller
// read it, what stands there now is told beside it, field by field.
func unsaved(ctx context.Context, needs access.Action, on access.Label, err error, sent, stored any) error {
	var stale assistance.Stale
	if !errors.As(err, &stale) {
		return unmoved(ctx, needs, on, err)
	}
	details := []error{&huma.ErrorDetail{Location: "body.rev", Message: "changed meanwhile", Value: stale.Rev}}
	was, is := fields(sent), fields(stored)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if store.JSON(was[name]) != store.JSON(is[name]) {
			details = append(details, &huma.ErrorDetail{Location: "body." + name, Message: "this is stored now", Value: is[name]})
		}
	}
	refused := huma.Error412PreconditionFailed(lang.For(asked(ctx)).T("assistance.fault.stale"), details...)
	return huma.ErrorWithHeaders(refused, http.Header{"Content-Language": {string(asked(ctx))}})
}

// failed reports whether something that was written anew was not stored. What changes
// nothing stands there as it is.
func failed(err error) bool { return err != nil && !errors.Is(err, store.ErrUnchanged) }

// fields are those of something as JSON has them; a list that was left out is an empty
// one.
func fields(of any) (m map[string]any) {
	_ = json.Unmarshal([]byte(store.JSON(of)), &m) // it was made here
	for name, value := range m {
		if value == nil {
			m[name] = []any{}
		}
	}
	return m
}

// once lets make run for the first of those who send the same under one key; without a
// key each is meant. Where it came to nothing the same may be sent again.
func (a *API) once(ctx context.Context, key, path string, body any, made func() (string, error)) (string, error) {
	if key == "" {
		return made()
	}
	door := account.Door{DB: a.DB, Keys: a.Keys}
	sent := strings.Join([]string{path, subject(ctx).ID, key, store.JSON(body)}, " ")
	first, err := door.First(ctx, sent)
	switch {
	case err != nil:
		return "", err
	case !first:
		return "", huma.Error409Conflict("this was sent before with the same Idempotency-Key, and done once")
	}
	id, err := made()
	if err != nil {
		err = errors.Join(err, door.Undone(ctx, sent))
	}
	return id, err
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
