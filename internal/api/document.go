package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// Document is a document with its language versions.
type Document struct {
	ID        string              `json:"id"`
	URL       string              `json:"url" doc:"Permanent path of the document on this server."`
	Symbol    string              `json:"symbol"`
	Type      string              `json:"type"`
	Date      string              `json:"date" doc:"2012, 2012-07 or 2012-07-26; empty where unknown."`
	Original  string              `json:"original" doc:"Language in which it was written."`
	Origin    string              `json:"origin" doc:"Directory id of the State, structure or organisation it comes from."`
	Licence   string              `json:"licence"`
	Level     string              `json:"level"`
	Sample    bool                `json:"sample" doc:"Written for the demonstration."`
	Confirmed bool                `json:"confirmed" doc:"A person has looked at these details."`
	Themes    []string            `json:"themes"`
	Lines     []string            `json:"lines"`
	Items     []string            `json:"items"`
	Keywords  map[string][]string `json:"keywords"`
	Versions  []LanguageVersion   `json:"language_versions"`
	Relations []Relation          `json:"relations"`
}

// LanguageVersion is a document in one language, as it stands now.
type LanguageVersion struct {
	Lang       string `json:"lang"`
	Title      string `json:"title"`
	Summary    string `json:"summary"`
	ExternalID string `json:"external_id"`
	Mark       string `json:"mark" doc:"Rev.1, Corr.1, or empty for the first."`
	Version    int64  `json:"version"`
	File       string `json:"file" doc:"Path of the original, or empty where there is only text."`
	Media      string `json:"media"`
	Bytes      int64  `json:"bytes"`
	Pages      int64  `json:"pages"`
	SHA256     string `json:"sha256"`
	Text       string `json:"text" doc:"Path of the text in passages."`
}

// Relation leads to or from another document.
type Relation struct {
	Kind    string `json:"kind"`
	Inverse bool   `json:"inverse" doc:"The relation leads from the other document to this one."`
	ID      string `json:"id" doc:"Empty where the other is not in the library, or not for the caller."`
	Symbol  string `json:"symbol"`
}

// DocumentOutput is one document.
type DocumentOutput struct{ Body Document }

// TextOutput is a text in passages.
type TextOutput struct {
	Body struct {
		Total    int64     `json:"total" doc:"How many passages the text has, margins aside."`
		Passages []Passage `json:"passages"`
	}
}

// Passage is a paragraph of a text.
type Passage struct {
	Number int64  `json:"number" doc:"From 1; the anchor on the reading page is #pNUMBER."`
	Page   int64  `json:"page" doc:"Page of the original, 0 where unknown."`
	Kind   string `json:"kind" doc:"heading, paragraph, list-item, table-row or code; behind the text margin: running heads and page numbers of the original."`
	Depth  int64  `json:"depth" doc:"Of a heading, 1 to 6."`
	Text   string `json:"text"`
}

func (a *API) registerDocuments(h huma.API) {
	huma.Register(h, huma.Operation{
		OperationID: "get-document", Method: http.MethodGet, Path: Base + "/documents/{id}",
		Summary: "A document with its language versions and relations", Tags: []string{"Library"}, Errors: []int{http.StatusNotFound, http.StatusGone},
	}, a.document)
	huma.Register(h, huma.Operation{
		OperationID: "get-text", Method: http.MethodGet, Path: Base + "/documents/{id}/{lang}/text",
		Summary: "The text of a language version, passage by passage", Tags: []string{"Library"}, Errors: []int{http.StatusNotFound, http.StatusGone},
	}, a.text)
}

func (a *API) document(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*DocumentOutput, error) {
	rec, err := a.record(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &DocumentOutput{Body: newDocument(rec)}, nil
}

// record reads a document. One that was withdrawn says so to those who could have
// read it; for everybody else there is none of that id.
func (a *API) record(ctx context.Context, id string) (library.Record, error) {
	rec, err := a.Library.Get(ctx, scope(ctx), id)
	if errors.Is(err, store.ErrNotFound) {
		if _, err = a.Library.Withdrawn(ctx, scope(ctx), id); err == nil {
			return rec, huma.Error410Gone(lang.For(lang.English).T("personal.withdrawn"))
		}
	}
	if err != nil {
		return rec, problem(ctx, err)
	}
	return rec, nil
}

func newDocument(rec library.Record) Document {
	d := Document{
		ID: rec.ID, URL: "/library/" + rec.ID, Symbol: rec.Symbol, Type: rec.Kind, Date: rec.Dated, Original: string(rec.Original),
		Origin: rec.Origin, Licence: rec.Licence, Level: rec.Level.String(), Sample: rec.Sample, Confirmed: rec.Confirmed,
		Themes: list(rec.Themes), Lines: list(rec.Lines), Items: list(rec.Items), Keywords: map[string][]string{},
		Versions: []LanguageVersion{}, Relations: []Relation{},
	}
	for t, words := range rec.Keywords {
		d.Keywords[string(t)] = words
	}
	for _, e := range rec.Editions {
		v := LanguageVersion{
			Lang: string(e.Lang), Title: e.Title, Summary: e.Summary, ExternalID: e.External, Mark: e.Version.Mark, Version: e.Version.Number,
			Media: e.Version.Media, Bytes: e.Version.Bytes, Pages: e.Version.Pages, SHA256: e.Version.Sum,
			Text: Base + "/documents/" + rec.ID + "/" + library.LangPath(e.Lang) + "/text",
		}
		if e.Version.File != "" {
			v.File = Base + "/files/" + e.Version.ID
		}
		d.Versions = append(d.Versions, v)
	}
	for _, r := range rec.Related {
		d.Relations = append(d.Relations, Relation{r.Kind, false, r.ID, r.Symbol})
	}
	for _, r := range rec.Inverse {
		d.Relations = append(d.Relations, Relation{r.Kind, true, r.ID, r.Symbol})
	}
	return d
}

// list makes of no list an empty one, as JSON needs it.
func list(ids []string) []string { return append([]string{}, ids...) }

func (a *API) text(ctx context.Context, in *struct {
	ID     string `path:"id" maxLength:"100"`
	Lang   string `path:"lang" maxLength:"10"`
	Offset int64  `query:"offset" minimum:"0" maximum:"10000000" default:"0" doc:"How many passages to skip."`
	Limit  int64  `query:"limit" minimum:"1" maximum:"1000" default:"200" doc:"How many passages to return."`
},
) (*TextOutput, error) {
	rec, err := a.record(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(rec.Editions, func(e library.Edition) bool { return library.LangPath(e.Lang) == in.Lang })
	if i < 0 {
		return nil, huma.Error404NotFound("the document has no language version " + string(lang.Tag(in.Lang)))
	}
	version := rec.Editions[i].Version.ID
	if err := a.Library.NoteText(ctx, subject(ctx), rec.Document, version); err != nil {
		return nil, problem(ctx, err)
	}
	passages, err := a.Library.Passages(ctx, scope(ctx), version, in.Offset, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &TextOutput{}
	if out.Body.Total, err = a.Library.Length(ctx, version); err != nil {
		return nil, problem(ctx, err)
	}
	out.Body.Passages = make([]Passage, 0, len(passages))
	for _, p := range passages {
		out.Body.Passages = append(out.Body.Passages, Passage{p.N + 1, p.Page, p.Kind, p.Depth, p.Body})
	}
	return out, nil
}
