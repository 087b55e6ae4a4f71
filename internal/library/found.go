package library

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// Found is a hit with what the page of results shows.
type Found struct {
	search.Hit
	Title    string
	External string
	Symbol   string
	Kind     string
	Dated    string
	Origin   string
	Version  string
	Pages    int64
	Sample   bool
	Summary  string
	Passage  string // text of the passage that answers best; if only the title does, the summary or the opening
	Page     int64  // of the original
	Created  time.Time
	Own      string // its title in the language of the question, where it was found in another and has one
	access.Label
}

// Search asks the index and reads the hits again within the scope, so that an
// index behind the times shows nothing that the reader may not see.
func (l *Library) Search(ctx context.Context, ix *search.Index, scope access.Scope, q search.Query) (search.Answer, []Found, error) {
	answer, err := ix.Search(ctx, scope, q)
	if err != nil || len(answer.Hits) == 0 {
		return answer, nil, err
	}
	wanted, args := values(len(answer.Hits), "(%s, %s)", func(i int) []any {
		return []any{answer.Hits[i].Document, string(answer.Hits[i].Lang)}
	})
	rows, err := store.List[struct {
		Document, External, Title, Symbol, Kind, Dated, Origin, Version, Summary, Own string
		Lang                                                                          lang.Tag
		Pages                                                                         int64
		Sample                                                                        bool
		Created                                                                       time.Time
		access.Label
	}](ctx, l.DB, scope, `
		WITH wanted (document, lang) AS (`+wanted+`)
		SELECT e.document, e.lang, e.external, e.title, e.summary, d.symbol, d.kind, d.dated, d.origin, d.sample, d.created,
		       d.level, d.state, d.grp, d.owner, v.id AS version, v.pages, COALESCE(own.title, '') AS own
		FROM wanted
		JOIN language_version e ON e.document = wanted.document AND e.lang = wanted.lang
		LEFT JOIN language_version own ON own.document = e.document AND own.lang = $`+strconv.Itoa(len(args)+1)+` AND own.lang <> e.lang AND own.lang <> ''
		JOIN document d ON d.id = e.document
		JOIN version v ON v.edition = e.id
		WHERE {scope d} AND `+newest, append(args, string(q.Lang))...)
	if err != nil {
		return answer, nil, err
	}
	byName := map[[2]string]int{}
	for i, r := range rows {
		byName[[2]string{r.Document, string(r.Lang)}] = i
	}
	found := make([]Found, 0, len(rows))
	for _, h := range answer.Hits {
		if i, ok := byName[[2]string{h.Document, string(h.Lang)}]; ok {
			r := rows[i]
			found = append(found, Found{
				Hit: h, Title: r.Title, External: r.External, Symbol: r.Symbol, Kind: r.Kind, Dated: r.Dated, Origin: r.Origin,
				Version: r.Version, Pages: r.Pages, Sample: r.Sample, Summary: r.Summary, Created: r.Created, Own: r.Own, Label: r.Label,
			})
		}
	}
	return answer, found, l.fillPassages(ctx, found)
}

// Quote cuts the window of about width bytes out of one of the hit's texts where
// the words stand, as typed or as they were forgiven.
func (f Found) Quote(text string, words []string, width int) search.Extract {
	for _, r := range f.Why {
		words = append(words[:len(words):len(words)], r.Found...)
	}
	return search.Snippet(f.Hit.Lang, text, words, width)
}

// fillPassages reads the passage of each hit, and where that is a heading, what
// stands under it. Where only the title was found, the summary stands for it, or
// without one the text's opening.
func (l *Library) fillPassages(ctx context.Context, found []Found) error {
	var places []place
	for i, f := range found {
		if f.Hit.Passage < 0 && f.Summary != "" {
			found[i].Passage = f.Summary
			continue
		}
		n := int64(max(f.Hit.Passage, 0))
		places = append(places, place{f.Version, n}, place{f.Version, n + 1})
	}
	if len(places) == 0 {
		return nil
	}
	wanted, args := values(len(places), "(%s, CAST(%s AS BIGINT))", func(i int) []any {
		return []any{places[i].version, places[i].n}
	})
	rows, err := store.List[standing](ctx, l.DB, parts, `
		WITH wanted (version, n) AS (`+wanted+`)
		SELECT p.version, p.n, p.page, p.kind, p.body
		FROM wanted
		JOIN passage p ON p.version = wanted.version AND p.n = wanted.n
		WHERE {scope}`, args...)
	if err != nil {
		return err
	}
	texts := map[place]standing{}
	for _, r := range rows {
		texts[place{r.Version, r.N}] = r
	}
	for i := range found {
		if found[i].Passage == "" {
			found[i].fill(texts)
		}
		found[i].show()
	}
	return nil
}

// place is where a passage stands.
type place struct {
	version string
	n       int64
}

// standing is what stands there.
type standing struct {
	Version, Kind, Body string
	N, Page             int64
}

func (f *Found) fill(texts map[place]standing) {
	n := int64(max(f.Hit.Passage, 0))
	p := texts[place{f.Version, n}]
	f.Passage, f.Page = p.Body, p.Page
	if under := texts[place{f.Version, n + 1}]; p.Kind == "heading" && under.Body != "" && under.Kind != "heading" {
		f.Passage = under.Body
	}
}

// show gives the reasons that the index knows by their stems alone the form in
// which they stand in the passage or the title.
func (f *Found) show() {
	for i, r := range f.Why {
		if r.Source != search.Kin && r.Source != search.Compound {
			continue
		}
		for _, text := range []string{f.Passage, f.Title} {
			if marks := search.Marks(f.Hit.Lang, text, r.Found); len(marks) > 0 {
				f.Why[i].Shown = text[marks[0].Start:marks[0].End]
				break
			}
		}
	}
}

// values renders n rows of placeholders, each in the form of row, with their
// arguments: what a statement looks up is joined to it, which both engines do
// with one look into the index for each.
func values(n int, row string, of func(i int) []any) (string, []any) {
	rows, args := make([]string, n), []any(nil)
	for i := range rows {
		var marks []any
		for _, arg := range of(i) {
			args = append(args, arg)
			marks = append(marks, "$"+strconv.Itoa(len(args)))
		}
		rows[i] = fmt.Sprintf(row, marks...)
	}
	return "VALUES " + strings.Join(rows, ", "), args
}
