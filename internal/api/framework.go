package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/framework"
)

// FrameworkOutput is the edition in force and the terms that rest on it.
type FrameworkOutput struct {
	Body struct {
		ID     string          `json:"id"`
		Symbol string          `json:"symbol"`
		Date   string          `json:"date"`
		Items  []FrameworkItem `json:"items" doc:"Paragraphs and dash items in the order of the text, with the titles that POLIS gives them."`
		Themes []Term          `json:"themes" doc:"Each theme is followed by its sub-themes."`
		Types  []Term          `json:"types" doc:"Types of documents."`
	}
}

// FrameworkItem is a paragraph or a dash item.
type FrameworkItem struct {
	ID     string            `json:"id"`
	Titles map[string]string `json:"titles"`
}

// Term is a word that documents are sorted by.
type Term struct {
	ID    string            `json:"id"`
	Names map[string]string `json:"names"`
	Items []string          `json:"items" doc:"The Framework items that it rests on."`
}

func (a *API) registerFramework(h huma.API) {
	huma.Register(h, huma.Operation{
		OperationID: "get-framework", Method: http.MethodGet, Path: Base + "/framework",
		Summary: "The Strategic Framework as data: items, themes, document types", Tags: []string{"Framework"},
	}, a.framework)
}

func (a *API) framework(context.Context, *struct{}) (*FrameworkOutput, error) {
	e := framework.Current()
	out := &FrameworkOutput{}
	out.Body.ID, out.Body.Symbol, out.Body.Date = e.ID, e.Symbol, e.Date
	for _, i := range e.Items {
		out.Body.Items = append(out.Body.Items, FrameworkItem{i.ID, words(i.Titles)})
	}
	for _, t := range framework.Themes() {
		out.Body.Themes = append(out.Body.Themes, newTerm(t))
		for _, sub := range t.Narrower {
			out.Body.Themes = append(out.Body.Themes, newTerm(sub))
		}
	}
	for _, t := range framework.Types() {
		out.Body.Types = append(out.Body.Types, newTerm(t))
	}
	return out, nil
}

func newTerm(t framework.Term) Term { return Term{t.ID, words(t.Names), list(t.Items)} }
