package web

import (
	"net/http"

	"polis/internal/framework"
	"polis/internal/search"
)

// newOnHome is how many new documents the first page names.
const newOnHome = 6

func (h *House) openHome() { h.site.Handle("GET /{$}", h.welcome) }

// welcome shows what the library holds for this reader.
func (h *House) welcome(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	answer, err := h.Index.Search(r.Context(), scope(r), search.Query{Lang: f.Lang, Facets: true, Group: true})
	if err != nil {
		return err
	}
	newest, err := h.Library.Newest(r.Context(), scope(r), newOnHome)
	if err != nil {
		return err
	}
	words, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := HomeView{Documents: answer.Total, Examples: f.HomeExamples()}
	counts := map[string]int{}
	for _, c := range answer.Facets[search.Theme] {
		counts[c.Value] = c.N
	}
	for _, t := range framework.Themes() {
		v.Themes = append(v.Themes, HomeDoor{
			Name: t.Names.In(f.Lang), Line: t.About.In(f.Lang), URL: f.URL("/themes/" + t.ID), Count: counts[t.ID],
		})
	}
	for _, rec := range newest {
		v.New = append(v.New, words.item(rec))
	}
	if v.Announced, err = words.announced("", "/"); err != nil {
		return err
	}
	if v.News, err = h.news(r, f); err != nil {
		return err
	}
	f.Description, f.OwnSearch, f.Feed = f.T("web.home.line"), true, f.URL("/library.atom")
	return homePage.Show(w, f, v)
}

// line is type, origin and date of a document in one line.
func (w wording) line(kind, origin, dated string) string {
	text := ""
	for _, s := range []string{w.kind(kind), w.names.Short(origin, dated, w.Lang), w.PartialDate(dated)} {
		if s != "" && text != "" {
			text += " · "
		}
		text += s
	}
	return text
}
