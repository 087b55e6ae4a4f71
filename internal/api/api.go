// Package api is the face of POLIS to programs: REST under /api/v1, described
// by its own OpenAPI 3.1 document, with errors as RFC 9457 says.
//
// It shows what the pages show, to the same people, through the same scope.
package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// API is the room with what it needs from the others.
type API struct {
	DB      *store.DB
	Library *library.Library
	Index   *search.Index
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
	a.registerActivities(h)
	a.registerDirectory(h)
	a.registerFramework(h)
	describeFiles(h.OpenAPI())
	return mux
}

type whoKey struct{}

// meet puts the subject of the request into its context.
func (a *API) meet(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	next(huma.WithValue(ctx, whoKey{}, a.Who(r)))
}

func subject(ctx context.Context) access.Subject {
	who, _ := ctx.Value(whoKey{}).(access.Subject)
	return who
}

func scope(ctx context.Context) access.Scope { return subject(ctx).Scope() }

// problem turns an error into the answer that RFC 9457 asks for. What is ours
// is not told.
func problem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("there is nothing at this address, or you may not see it")
	case errors.Is(err, store.ErrText):
		return huma.Error400BadRequest("what was sent holds NUL, or bytes that are no UTF-8")
	}
	return err
}
