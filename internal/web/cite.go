package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"polis/internal/library"
)

// CiteView is a passage and how to cite it.
type CiteView struct {
	Citation string
	Address  string
	Lang     string
	Passage  string
	Back     string
}

var citePage = newPage("cite", CiteView{
	Citation: "Demonstration Police Academy: Community policing: first contact, POLIS.DEMO/1/26, 3 March 2026, passage 4.",
	Address:  "https://polis.example/library/1/en#p4", Lang: "en", Passage: "Name one contact.", Back: "/en/library/1/en#p4",
})

// cite shows the citation of one passage; the reading page's script copies it
// from here without leaving.
func (h *House) cite(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	ed, err := edition(r, rec)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.FormValue("p"), 10, 64)
	if err != nil || n < 1 {
		return NotFound()
	}
	if err := h.Library.NoteText(r.Context(), ReaderOf(r).Subject, rec.Document, ed.Version.ID); err != nil {
		return err
	}
	passages, err := h.Library.Passages(r.Context(), scope(r), ed.Version.ID, n-1, 1)
	if err != nil {
		return err
	}
	if len(passages) == 0 {
		return NotFound()
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Title = f.T("library.cite.title")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {ed.Title, f.URL("/library/" + rec.ID + "/" + library.LangPath(ed.Lang))}}
	path := library.PassagePath(rec.ID, ed.Lang, int(n-1), "")
	return citePage.Show(w, f, CiteView{
		Citation: citation(words, rec, ed, passages[0]), Lang: string(ed.Lang), Passage: passages[0].Body,
		Address: strings.TrimSuffix(h.address(r, rec.ID), "/library/"+rec.ID) + path, Back: f.URL(path),
	})
}

// citation is author, title, symbol, date, place: what a footnote needs.
func citation(w wording, rec library.Record, ed library.Edition, p library.Passage) string {
	parts := []string{w.source(rec, ed)}
	if p.Page > 0 {
		parts = append(parts, w.T("library.page", "page", strconv.FormatInt(p.Page, 10)))
	}
	parts = append(parts, w.T("library.passage", "n", p.N+1))
	text := sentence(strings.Join(parts, ", "))
	if rec.Origin != "" {
		text = w.names.Name(rec.Origin, rec.Dated, w.Lang) + ": " + text
	}
	return text + " " + sentence("POLIS, "+w.Date(time.Now().UTC()))
}

// sentence ends a text with one stop: a Russian date brings its own.
func sentence(text string) string { return strings.TrimSuffix(text, ".") + "." }

// source names a language version: title, symbol, revision, date.
func (w wording) source(rec library.Record, ed library.Edition) string {
	parts := []string{ed.Title}
	for _, s := range []string{rec.Symbol, ed.Version.Mark, w.PartialDate(rec.Dated)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}
