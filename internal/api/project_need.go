package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// projectPage is the address of a project's page, before its id.
const projectPage = "/assistance/projects/"

// Need is something that a project lacks for a move, and where it is put right.
type Need struct {
	Key   string `json:"key" doc:"Of the sentence; it stays the same in every language."`
	Says  string `json:"says" doc:"The sentence, in the language of Accept-Language."`
	Field string `json:"field" doc:"The field of the project that is missing or wrong, or empty."`
	State string `json:"state" doc:"The host State whose gate it is, or empty."`
	Theme string `json:"theme" doc:"And its area."`
	URL   string `json:"url" doc:"The page on which it is put right, without the language."`
}

// NeedsOutput is what a project lacks.
type NeedsOutput struct {
	Vary string `header:"Vary"`
	Body struct {
		Needs []Need `json:"needs" doc:"Empty where nothing is missing."`
	}
}

// newNeed says in words what is missing, and where that is put right.
func newNeed(ctx context.Context, project string, n assistance.Need) Need {
	out := Need{Key: n.Key, Says: lang.For(asked(ctx)).T(n.Key), Field: n.Field, State: n.Host, Theme: n.Area}
	if name, ok := draftNames[n.Field]; ok {
		out.Field = name
	}
	page, part := projectPage+project+"/", n.Part()
	switch {
	case n.Host != "":
		out.URL = page + part + "?" + url.Values{"host": {n.Host}, "area": {n.Area}}.Encode()
	case part != "":
		out.URL = page + part
	default:
		out.URL = page + "edit#" + n.Field
	}
	return out
}

// at is where in the project it is missing.
func (n Need) at() string {
	switch {
	case n.State != "":
		return "project.gates." + n.State + "." + n.Theme
	case n.Field != "":
		return "project." + n.Field
	}
	return "project." + n.URL[strings.LastIndex(n.URL, "/")+1:]
}

// unknowable reports whether a need says what cannot be known yet: as long as a project
// has no days its consents hold on them.
func unknowable(p assistance.Project, key string) bool {
	return p.Starts == "" && key == "project.needs.consent.dates"
}

// needsOf are those of them that can be known.
func needsOf(ctx context.Context, p assistance.Project, list []assistance.Need) []Need {
	out := make([]Need, 0, len(list))
	for _, n := range list {
		if !unknowable(p, n.Key) {
			out = append(out, newNeed(ctx, p.ID, n))
		}
	}
	return out
}

func (a *API) needs(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Move string `query:"move" enum:"appraise,return,approve,start,suspend,resume,close,evaluate,stop" default:"approve"`
},
) (*NeedsOutput, error) {
	p, err := a.help().Project(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	missing, err := a.help().Missing(ctx, p, assistance.ProjectMove(in.Move))
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &NeedsOutput{Vary: "Accept-Language"}
	out.Body.Needs = needsOf(ctx, p, missing)
	return out, nil
}

// unready is unmoved for a project, or for what goes on in it: where something is
// missing each of the needs is named, with the page on which it is put right.
func unready(ctx context.Context, p assistance.Project, needs access.Action, on access.Label, err error) error {
	var incomplete assistance.Incomplete
	if !errors.As(err, &incomplete) {
		return unmoved(ctx, needs, on, err)
	}
	var details []error
	for _, n := range needsOf(ctx, p, incomplete.Needs) {
		details = append(details, &huma.ErrorDetail{Location: n.at(), Message: n.Says, Value: n})
	}
	refused := huma.Error422UnprocessableEntity(lang.For(asked(ctx)).T("project.refused"), details...)
	return huma.ErrorWithHeaders(refused, http.Header{"Content-Language": {string(asked(ctx))}})
}
