package web

import (
	"encoding/csv"
	"net/http"
	"strings"
	"time"

	"polis/internal/assistance"
	"polis/internal/search"
)

func (h *House) openHelpSheets() {
	h.site.Handle("GET /assistance/requests.csv", h.official(h.site.costly(h.helpCSV)))
	h.site.Handle("GET /assistance/consents.csv", h.official(h.site.costly(h.consentsCSV)))
}

// sheetStep is how many rows of a sheet are read at once.
const sheetStep = 500

// sheetAddress is the sheet of a list with the list's filters.
func (f *Frame) sheetAddress(r *http.Request, path string) string {
	q := r.URL.Query()
	q.Del("after")
	return strings.TrimSuffix(f.URL(path)+"?"+q.Encode(), "?")
}

// sheet answers with a sheet of at most maxSheet rows. rows writes those behind a
// place, and returns the place of the last where there are others.
func (p *helping) sheet(w http.ResponseWriter, name string, heads []string, rows func(out *csv.Writer, after assistance.Place) (assistance.Place, error)) error {
	cells := make([]string, len(heads))
	for i, key := range heads {
		cells[i] = p.T(key)
	}
	return p.sheetOf(w, name, cells, rows)
}

// sheetOf is sheet with heads that are words already.
func (p *helping) sheetOf(w http.ResponseWriter, name string, cells []string, rows func(out *csv.Writer, after assistance.Place) (assistance.Place, error)) error {
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	head.Set("Cache-Control", "private, no-store")
	var page strings.Builder
	out := csv.NewWriter(&page)
	writeCells(out, cells)
	after := assistance.Place{}
	for n := 0; n < maxSheet; n += sheetStep {
		more, err := rows(out, after)
		if err != nil {
			return err
		}
		out.Flush()
		if _, err := w.Write([]byte(page.String())); err != nil || more == (assistance.Place{}) {
			return nil // a reader who left needs no answer
		}
		page.Reset()
		after = more
	}
	return nil
}

var helpHeads = []string{
	"assistance.sheet.number", "assistance.field.state", "assistance.field.title", "assistance.field.lang", "assistance.field.stage", "assistance.sheet.moved",
	"assistance.sheet.due", "library.field.themes", "assistance.field.since", "assistance.field.until", "assistance.sheet.address",
}

// helpCSV is the list of requests as a sheet. The texts stay on their pages.
func (h *House) helpCSV(w http.ResponseWriter, r *http.Request) error {
	filter, _, ok := readHelpFilter(r)
	if !ok {
		return NotFound()
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	return p.sheet(w, "requests.csv", helpHeads, func(out *csv.Writer, after assistance.Place) (assistance.Place, error) {
		list, more, err := h.helps().Requests(r.Context(), scope(r), filter, after, sheetStep)
		for _, q := range list {
			writeCells(out, []string{
				q.Number, p.names.Name(q.Asker, "", p.Lang), q.Title, q.Lang.Name(), p.stage(q.Stage).Text, q.Moved.UTC().Format(time.DateOnly),
				q.Due, p.all(search.Theme, q.Themes), q.Since, q.Until, h.Post.Origin + p.URL(helpPath(q.ID)),
			})
		}
		return more, err
	})
}

var consentHeads = []string{
	"assistance.sheet.number", "assistance.field.state", "assistance.field.stage", "assistance.field.areas", "assistance.sheet.open", "assistance.field.authority",
	"assistance.field.given", "assistance.field.valid.since", "assistance.field.valid.until", "assistance.sheet.address",
}

// consentsCSV is the list of consents as a sheet.
func (h *House) consentsCSV(w http.ResponseWriter, r *http.Request) error {
	filter, ok := readConsentFilter(r)
	if !ok {
		return NotFound()
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	return p.sheet(w, "consents.csv", consentHeads, func(out *csv.Writer, after assistance.Place) (assistance.Place, error) {
		list, more, err := h.helps().Consents(r.Context(), scope(r), filter, after, sheetStep)
		for _, c := range list {
			var all, open []string
			for _, a := range c.Areas {
				all = append(all, a.Theme)
				if a.Standing == assistance.AreaOpen {
					open = append(open, a.Theme)
				}
			}
			writeCells(out, []string{
				c.Number, p.names.Name(c.Giver, "", p.Lang), p.consentStage(c.Stage).Text, p.all(search.Theme, all), p.all(search.Theme, open), c.Authority,
				c.Given, c.Since, c.Until, h.Post.Origin + p.URL(consentPath(c.ID)),
			})
		}
		return more, err
	})
}
