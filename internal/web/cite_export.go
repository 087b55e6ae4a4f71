package web

import (
	"bytes"
	"mime"
	"net/http"

	"polis/internal/cite"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/usage"
)

// maxReferences is how many documents of a search one file of references has.
const maxReferences = 200

func (h *House) openCitations() {
	for _, f := range cite.Formats {
		h.site.Handle("GET /library/{id}/cite."+f.Ext, h.citeDocument(f))
		h.site.Handle("GET /library."+f.Ext, h.site.costly(h.citeFound(f)))
	}
}

// citeDocument sends the reference of one document, of the language version that
// ?lang= names.
func (h *House) citeDocument(f cite.Format) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		rec, err := h.record(r)
		if err != nil {
			return err
		}
		h.used(r, rec.Document, rec.Edition(wantedLang(r)).Lang, usage.Cite)
		return h.sendReferences(w, r, f, "polis-"+rec.ID, []library.Wish{{Document: rec.ID, Lang: wantedLang(r)}})
	}
}

// citeFound sends the references of what a search finds, in its order, each in
// the language version that the page shows.
func (h *House) citeFound(f cite.Format) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q, _ := question(r, LangOf(r))
		q.Limit, q.Offset, q.Facets = maxReferences, 0, false
		answer, err := h.Index.Search(r.Context(), scope(r), q)
		if err != nil {
			return err
		}
		wanted := make([]library.Wish, len(answer.Hits))
		for i, hit := range answer.Hits {
			wanted[i] = library.Wish{Document: hit.Document, Lang: hit.Lang}
		}
		return h.sendReferences(w, r, f, "polis", wanted)
	}
}

// sendReferences writes the references of a list of documents: those of them that
// the reader may see.
func (h *House) sendReferences(w http.ResponseWriter, r *http.Request, f cite.Format, name string, wanted []library.Wish) error {
	briefs, err := h.Library.Briefs(r.Context(), scope(r), wanted)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	works := make([]cite.Work, len(briefs))
	for i, b := range briefs {
		works[i] = words.work(h.origin(r), b)
	}
	var out bytes.Buffer
	if err := f.Write(&out, works); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + f.Ext}))
	return sendWhole(w, r, out.Bytes(), f.Media, "private, no-cache")
}

// work is a document as a reference list names it: in the words of its text's
// language, not of the reader's.
func (w wording) work(base string, b library.Brief) cite.Work {
	own := w
	own.Frame = w.speaking(b.Edition.Lang)
	work := cite.Work{
		ID: b.ID, Kind: b.Kind, Genre: own.kind(b.Kind), Title: b.Edition.Title, Summary: b.Edition.Summary, Lang: b.Edition.Lang,
		Symbol: b.Symbol, Mark: b.Edition.Version.Mark, Dated: b.Dated, Licence: b.Licence, Keywords: b.Keywords[b.Edition.Lang],
		Pages: b.Edition.Version.Pages, URL: base + "/library/" + b.ID,
	}
	if len(b.Langs) > 1 {
		work.URL = base + library.Path(b.ID, b.Edition.Lang)
	}
	if b.Origin != "" {
		work.Author = w.names.Name(b.Origin, b.Dated, own.Lang)
	}
	return work
}

// speaking is the frame in another language, or the same where it is none of ours.
func (f *Frame) speaking(t lang.Tag) *Frame {
	if t == "" || t == f.Lang {
		return f
	}
	other := *f
	other.Lang, other.Printer = t, lang.For(t)
	return &other
}
