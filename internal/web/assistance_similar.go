package web

import (
	"polis/internal/assistance"
	"polis/internal/library"
	"polis/internal/search"
)

// shownBeside is how many similar requests and documents are shown.
const shownBeside = 4

// similar are earlier requests of the State about the same theme, then those of
// other States, as far as the reader may read them.
func (p *helping) similar(id, state string, themes []string) (lines []HelpLine, err error) {
	seen := map[string]bool{id: true}
	for _, of := range []string{state, ""} {
		for _, theme := range themes {
			f := assistance.RequestFilter{State: of, Theme: theme, Stages: shownStages}
			list, _, err := p.h.helps().Requests(p.r.Context(), scope(p.r), f, assistance.Place{}, shownBeside+1)
			if err != nil {
				return nil, err
			}
			for _, q := range list {
				if !seen[q.ID] {
					seen[q.ID] = true
					lines = append(lines, p.line(q))
				}
			}
		}
	}
	return lines[:min(len(lines), shownBeside)], nil
}

// documents are those of the library that say something to the request's title, of
// its themes.
func (p *helping) documents(q assistance.Request) (links []Link, err error) {
	if len(q.Themes) == 0 {
		return nil, nil
	}
	_, found, err := p.h.Library.Search(p.r.Context(), p.h.Index, scope(p.r), search.Query{
		Text: q.Title, Lang: p.Lang, Filter: map[search.Facet][]string{search.Theme: q.Themes}, Group: true, Limit: shownBeside,
	})
	if err != nil {
		return nil, err
	}
	wanted := make([]library.Wish, len(found))
	for i, f := range found {
		wanted[i] = library.Wish{Document: f.Hit.Document, Lang: p.Lang}
	}
	briefs, err := p.h.Library.Briefs(p.r.Context(), scope(p.r), wanted)
	for _, b := range briefs { // in her own language, where there is one
		links = append(links, Link{b.Edition.Title, p.URL(library.Path(b.ID, b.Edition.Lang))})
	}
	return links, err
}
