// Package api is the face of POLIS to programs: REST under /api/v1, described
// by its own OpenAPI 3.1 document, with errors as RFC 9457 says.
//
// It shows what the pages show, to the same people, through the same scope.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"polis/internal/access"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// API is the room with what it needs from the others.
type API struct {
	DB      *store.DB
	Keys    *keyring.Ring // with which is marked what is sent once
	Library *library.Library
	Index   *search.Index
	Log     *slog.Logger // nil means slog.Default
	// Who tells on whose behalf a request comes.
	Who     func(*http.Request) access.Subject
	Version string
}

// Base is where the API lives.
const Base = "/api/v1"

// Handler answers everything below Base.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("POLIS", a.Version)
	config.Info.Description = "The Policing OnLine Information System: documents, the States and structures they come from, " +
		"and the Strategic Framework they serve. A caller sees what the person on whose behalf it asks may see."
	config.OpenAPIPath = Base + "/openapi"
	config.DocsPath = ""
	config.SchemasPath = Base + "/schemas"
	config.CreateHooks = nil // no $schema field in every answer
	describeAccess(config.OpenAPI)
	h := humago.New(mux, config)
	h.UseMiddleware(a.meet)
	a.registerSearch(h)
	a.registerDocuments(h)
	a.registerUsage(h)
	a.registerHelp(h)
	a.registerAssessments(h)
	a.registerProjects(h)
	a.registerActivities(h)
	a.registerEvaluations(h)
	a.registerLessons(h)
	a.registerProgrammes(h)
	a.registerMandates(h)
	a.registerDirectory(h)
	a.registerFramework(h)
	describeFiles(h.OpenAPI())
	return mux
}

// call is a request as the operations see it: on whose behalf it comes, in which
// language its refusals are read, and where is told what goes wrong.
type call struct {
	who access.Subject
	in  lang.Tag
	log *slog.Logger
}

type callKey struct{}

// meet puts the call into the context of the request.
func (a *API) meet(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	next(huma.WithValue(ctx, callKey{}, call{a.Who(r), lang.Negotiate(r.Header.Get("Accept-Language")), a.Log}))
}

func subject(ctx context.Context) access.Subject {
	c, _ := ctx.Value(callKey{}).(call)
	return c.who
}

func scope(ctx context.Context) access.Scope { return subject(ctx).Scope() }

// asked is the language of the caller's Accept-Language, else English.
func asked(ctx context.Context) lang.Tag {
	if c, ok := ctx.Value(callKey{}).(call); ok {
		return c.in
	}
	return lang.English
}

// problem turns an error into the answer that RFC 9457 asks for. What is ours
// is not told: it stands in the server's own log.
func problem(ctx context.Context, err error) error {
	var known huma.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("there is nothing at this address, or you may not see it")
	case errors.Is(err, store.ErrText):
		return huma.Error400BadRequest("what was sent holds NUL, or bytes that are no UTF-8")
	}
	log := slog.Default()
	if c, ok := ctx.Value(callKey{}).(call); ok && c.log != nil {
		log = c.log
	}
	log.Error("the API could not answer", "error", err)
	return huma.Error500InternalServerError("something went wrong here, and it is written down")
}
