package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"polis/internal/cite"
	"polis/internal/library"
	"polis/internal/usage"
)

// CiteView is a passage and how to cite it.
type CiteView struct {
	Citation string
	Address  string
	Lang     string
	Passage  string // "" of the whole document
	Exports  []Link // the same for reference managers
	Back     string
}

var citePage = newPage("cite", CiteView{
	Citation: "Demonstration Police Academy: Community policing: first contact, POLIS.DEMO/1/26, 3 March 2026, passage 4.",
	Address:  "https://polis.example/library/1/en#p4", Lang: "en", Passage: "Name one contact.",
	Exports: []Link{{"BibTeX", "/en/library/1/cite.bib?lang=en"}}, Back: "/en/library/1/en#p4",
})

// cite shows the citation of one passage, or without ?p= of the document; the
// reading page's script copies it from here without leaving.
func (h *House) cite(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	ed, err := edition(r, rec)
	if err != nil {
		return err
	}
	var p *library.Passage
	if r.FormValue("p") != "" {
		if p, err = h.cited(r, rec, ed); err != nil {
			return err
		}
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Title = f.T("library.cite.title")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {ed.Title, f.URL("/library/" + rec.ID + "/" + library.LangPath(ed.Lang))}}
	v := CiteView{Lang: string(ed.Lang), Back: f.URL(library.Path(rec.ID, ed.Lang)), Address: h.address(r, rec.ID)}
	if p != nil {
		path := library.PassagePath(rec.ID, ed.Lang, int(p.N), "")
		v.Passage, v.Address, v.Back = p.Body, h.origin(r)+path, f.URL(path)
	}
	v.Citation = citation(words, rec, ed, p)
	for _, format := range cite.Formats {
		v.Exports = append(v.Exports, Link{format.Name, f.URL("/library/" + rec.ID + "/cite." + format.Ext + "?lang=" + string(ed.Lang))})
	}
	h.used(r, rec.Document, ed.Lang, usage.Cite)
	return citePage.Show(w, f, v)
}

// cited is the passage of the address. That it was read is noted.
func (h *House) cited(r *http.Request, rec library.Record, ed library.Edition) (*library.Passage, error) {
	n, err := strconv.ParseInt(r.FormValue("p"), 10, 64)
	if err != nil || n < 1 {
		return nil, NotFound()
	}
	if err := h.Library.NoteText(r.Context(), ReaderOf(r).Subject, rec.Document, ed.Version.ID); err != nil {
		return nil, err
	}
	passages, err := h.Library.Passages(r.Context(), scope(r), ed.Version.ID, n-1, 1)
	if err != nil {
		return nil, err
	}
	if len(passages) == 0 {
		return nil, NotFound()
	}
	return &passages[0], nil
}

// citation is author, title, symbol, date, place: what a footnote needs.
func citation(w wording, rec library.Record, ed library.Edition, p *library.Passage) string {
	parts := []string{w.source(rec, ed)}
	if p != nil {
		if p.Page > 0 {
			parts = append(parts, w.T("library.page", "page", strconv.FormatInt(p.Page, 10)))
		}
		parts = append(parts, w.T("library.passage", "n", p.N+1))
	}
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
