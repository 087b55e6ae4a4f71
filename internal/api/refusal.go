package api

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// describeAccess says how a program shows on whose behalf it asks, and what every
// operation may answer instead of its own answer. The house before the API
// decides both.
func describeAccess(doc *huma.OpenAPI) {
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {
			Type: "http", Scheme: "bearer", BearerFormat: "polis_…",
			Description: "A personal or service token, made at /account/tokens or /admin/tokens. It reads up to its level and never more than the person behind it.",
		},
		"session": {
			Type: "apiKey", In: "cookie", Name: "polis",
			Description: "The session of a browser that is signed in, __Host-polis over https. It reads; what changes anything needs Sec-Fetch-Site or Origin of this very site besides.",
		},
	}
	doc.Security = []map[string][]string{{}, {"token": {}}, {"session": {}}}
	doc.OnAddOperation = append(doc.OnAddOperation, func(_ *huma.OpenAPI, op *huma.Operation) {
		for status, text := range map[int]string{
			401: "The token opens nothing: unknown, expired or revoked.",
			429: "Too many requests; Retry-After says for how many seconds to wait.",
		} {
			op.Responses[strconv.Itoa(status)] = &huma.Response{
				Description: text,
				Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/ErrorModel"}}},
			}
		}
	})
}

// describeFiles describes what the house answers itself: the files.
func describeFiles(doc *huma.OpenAPI) {
	binary := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	doc.AddOperation(&huma.Operation{
		OperationID: "get-file", Method: "GET", Path: Base + "/files/{version}", Tags: []string{"Library"},
		Summary:    "The original file of a language version, as a download",
		Parameters: []*huma.Param{{Name: "version", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}},
		Responses: map[string]*huma.Response{
			"200": {Description: "The file.", Content: map[string]*huma.MediaType{"application/octet-stream": binary}},
			"404": {Description: "There is nothing at this address, or you may not see it."},
		},
	})
}
