package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/directory"
	"polis/internal/lang"
)

// Entry is a State, a structure or an organisation.
type Entry struct {
	ID        string      `json:"id"`
	Kind      string      `json:"kind"`
	Parent    string      `json:"parent"`
	Host      string      `json:"host" doc:"State in whose territory it works or has its seat."`
	ISO3      string      `json:"iso3"`
	SubRegion string      `json:"sub_region"`
	Mandate   string      `json:"mandate"`
	ValidFrom string      `json:"valid_from"`
	ValidTo   string      `json:"valid_to"`
	Names     []EntryName `json:"names" doc:"The newest first."`
}

// EntryName is what an entry was called for a time.
type EntryName struct {
	Since string            `json:"since"`
	Until string            `json:"until"`
	Long  map[string]string `json:"long"`
	Short map[string]string `json:"short"`
}

// DirectoryOutput is a list of entries.
type DirectoryOutput struct {
	Body struct {
		Total   int     `json:"total"`
		Entries []Entry `json:"entries"`
	}
}

// EntryOutput is one entry.
type EntryOutput struct{ Body Entry }

func (a *API) registerDirectory(h huma.API) {
	huma.Register(h, huma.Operation{
		OperationID: "list-directory", Method: http.MethodGet, Path: Base + "/directory",
		Summary: "States, structures and organisations", Tags: []string{"Directory"},
	}, a.entries)
	huma.Register(h, huma.Operation{
		OperationID: "get-entry", Method: http.MethodGet, Path: Base + "/directory/{id}",
		Summary: "One State, structure or organisation", Tags: []string{"Directory"},
	}, a.entry)
}

func (a *API) entries(ctx context.Context, in *struct {
	Kind   string `query:"kind" enum:"state,partner-state,body,unit,institution,field-operation,organisation" doc:"Only entries of this kind."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
	Offset int    `query:"offset" minimum:"0" maximum:"1000000" default:"0"`
},
) (*DirectoryOutput, error) {
	var f directory.Filter
	if in.Kind != "" {
		f.Kinds = []directory.Kind{directory.Kind(in.Kind)}
	}
	found, err := directory.List(ctx, a.DB, scope(ctx), f)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &DirectoryOutput{}
	out.Body.Total, out.Body.Entries = len(found), []Entry{}
	for _, e := range found[min(in.Offset, len(found)):min(in.Offset+in.Limit, len(found))] {
		out.Body.Entries = append(out.Body.Entries, newEntry(e))
	}
	return out, nil
}

func (a *API) entry(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*EntryOutput, error) {
	e, err := directory.Get(ctx, a.DB, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	return &EntryOutput{Body: newEntry(e)}, nil
}

func newEntry(e directory.Entry) Entry {
	out := Entry{
		ID: e.ID, Kind: string(e.Kind), Parent: e.Parent, Host: e.Host, ISO3: e.ISO3, SubRegion: e.SubRegion,
		Mandate: e.Mandate, ValidFrom: e.ValidFrom, ValidTo: e.ValidTo, Names: []EntryName{},
	}
	for _, n := range e.Names {
		out.Names = append(out.Names, EntryName{n.Since, n.Until, words(n.Long), words(n.Short)})
	}
	return out
}

// words are texts by language, as JSON needs them.
func words(n lang.Names) map[string]string {
	m := make(map[string]string, len(n))
	for t, text := range n {
		m[string(t)] = text
	}
	return m
}
