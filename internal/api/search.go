package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// searchInput is the query of a search.
type searchInput struct {
	Q        string   `query:"q" maxLength:"10000" doc:"The question. Words are optional and weigh by rarity; \"phrases\" in quotes are required; -minus words are excluded. Empty lists everything."`
	Lang     string   `query:"lang" doc:"Language in which the question is asked: en, fr, de, it, ru or es. Documents in it come first; others are found too. To see one language only use language."`
	Limit    int      `query:"limit" minimum:"0" maximum:"1000" default:"20" doc:"How many hits to return."`
	Offset   int      `query:"offset" minimum:"0" maximum:"1000000" default:"0" doc:"How many hits to skip."`
	Sort     string   `query:"sort" enum:"relevance,date" default:"relevance"`
	Facets   bool     `query:"facets" default:"true" doc:"Whether to count the facets; leave out what you do not need."`
	Group    bool     `query:"group" default:"false" doc:"One hit a document instead of one a language version; totals and facets then count documents."`
	Theme    []string `query:"theme,explode" doc:"Ids of themes or sub-themes; any of them."`
	Type     []string `query:"type,explode" doc:"Ids of document types; any of them."`
	Language []string `query:"language,explode" doc:"Languages of the documents; any of them."`
	Year     []string `query:"year,explode" doc:"Years; any of them."`
	Origin   []string `query:"origin,explode" doc:"Directory ids of origins; any of them."`
	Line     []string `query:"line,explode" doc:"Ids of lines of action, such as 1049/12.3; any of them."`
	Item     []string `query:"item,explode" doc:"Ids of Framework items, such as 1049/14.3; any of them."`
	Level    []string `query:"level,explode" doc:"Levels: public, member, official, closed; any of them."`
}

// SearchOutput is what was found.
type SearchOutput struct {
	Body struct {
		Total    int                     `json:"total" doc:"How many language versions the caller may read were found."`
		Forgiven bool                    `json:"forgiven" doc:"Nothing was found as typed, so typos were forgiven."`
		Loose    bool                    `json:"loose" doc:"No document has the phrase in quotes, so its words were looked for one by one."`
		Hits     []Hit                   `json:"hits"`
		Facets   map[string][]FacetCount `json:"facets" doc:"For each facet its values, the most frequent first. A facet with a selection is counted as if it had none."`
	}
}

// Hit is one language version that was found.
type Hit struct {
	ID         string   `json:"id" doc:"The document's id; with lang it names the language version."`
	ExternalID string   `json:"external_id" doc:"Its id in the collection it was imported from, or empty."`
	Lang       string   `json:"lang"`
	Title      string   `json:"title"`
	Translated string   `json:"translated_title" doc:"The document's title in the language of the question, where the hit is in another and the document has one; else empty."`
	Snippet    string   `json:"snippet" doc:"The passage that answers best, shortened, as plain text."`
	Marks      [][2]int `json:"marks" doc:"Where the words of the question stand in the snippet: byte offsets, start and end."`
	Score      float64  `json:"score" doc:"Comparable within one answer."`
	Why        []Why    `json:"why" doc:"Which word of the question was found under which form."`
	URL        string   `json:"url" doc:"Path of the passage on this server."`
	Passage    int      `json:"passage" doc:"Number of the passage, from 1; 0 if only the title was found."`
	Page       int64    `json:"page" doc:"Page of the original, 0 where unknown."`
	Symbol     string   `json:"symbol"`
	Type       string   `json:"type"`
	Date       string   `json:"date"`
	Origin     string   `json:"origin"`
	Level      string   `json:"level"`
}

// Why is one reason for a hit.
type Why struct {
	Word     string `json:"word" doc:"One word of the question, or those that name a concept."`
	Found    string `json:"found" doc:"What stands in the document: a stem, or where source is given the expression as it is written."`
	Forgiven bool   `json:"forgiven" doc:"Found is near to the word and not the same."`
	Source   string `json:"source" enum:",thesaurus,dictionary,learned,kin,compound" doc:"How found is known to mean the word: by the thesaurus, an imported dictionary, the library's own language versions, its sound, or as a part of a compound; empty for the word itself."`
}

// FacetCount is a value of a facet and how many of what was found have it.
type FacetCount struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// snippetWidth is how much of a passage a hit quotes, in bytes.
const snippetWidth = 280

func (a *API) registerSearch(h huma.API) {
	huma.Register(h, huma.Operation{
		OperationID: "search", Method: http.MethodGet, Path: Base + "/search",
		Summary: "Find the passages that answer a question", Tags: []string{"Library"},
	}, a.search)
}

func (a *API) search(ctx context.Context, in *searchInput) (*SearchOutput, error) {
	q := search.Query{
		Text: in.Q, Sort: search.Sort(in.Sort), Limit: in.Limit, Offset: in.Offset, Facets: in.Facets, Group: in.Group, Filter: in.filter(),
	}
	q.Lang, _ = lang.Base(in.Lang)
	answer, found, err := a.Library.Search(ctx, a.Index, scope(ctx), q)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &SearchOutput{}
	out.Body.Total, out.Body.Forgiven, out.Body.Loose = answer.Total, answer.Forgiven, answer.Loose
	out.Body.Hits = make([]Hit, 0, len(found))
	for _, f := range found {
		out.Body.Hits = append(out.Body.Hits, newHit(f, answer.Words))
	}
	out.Body.Facets = map[string][]FacetCount{}
	for facet, counts := range answer.Facets {
		name := string(facet)
		if facet == search.Lang {
			name = "language"
		}
		list := make([]FacetCount, 0, len(counts))
		for _, c := range counts {
			list = append(list, FacetCount{c.Value, c.N})
		}
		out.Body.Facets[name] = list
	}
	return out, nil
}

func (in *searchInput) filter() map[search.Facet][]string {
	filter := map[search.Facet][]string{}
	for facet, values := range map[search.Facet][]string{
		search.Theme: in.Theme, search.Type: in.Type, search.Lang: in.Language, search.Year: in.Year,
		search.Origin: in.Origin, search.Line: in.Line, search.Item: in.Item, search.Level: in.Level,
	} {
		if values = slices.DeleteFunc(values, func(v string) bool { return v == "" }); len(values) > 0 {
			filter[facet] = values
		}
	}
	return filter
}

func newHit(f library.Found, words []string) Hit {
	x := f.Quote(f.Passage, words, snippetWidth)
	h := Hit{
		ID: f.Document, ExternalID: f.External, Lang: string(f.Hit.Lang), Title: f.Title, Translated: f.Own, Snippet: x.Text,
		Marks: [][2]int{}, Why: []Why{}, Score: f.Score, Passage: f.Hit.Passage + 1, Page: f.Page, Symbol: f.Symbol, Type: f.Kind,
		Date: f.Dated, Origin: f.Origin, Level: f.Level.String(), URL: library.PassagePath(f.Document, f.Hit.Lang, f.Hit.Passage, ""),
	}
	for _, m := range x.Marks {
		h.Marks = append(h.Marks, [2]int{m.Start, m.End})
	}
	for _, r := range f.Why {
		h.Why = append(h.Why, Why{r.Word, cmp.Or(r.Shown, strings.Join(r.Found, " ")), r.Forgiven, string(r.Source)})
	}
	return h
}
