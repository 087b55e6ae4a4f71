package web

import (
	"encoding/csv"
	"net/http"
	"strings"
	"time"

	"polis/internal/account"
	"polis/internal/sheet"
)

// maxSheet is how many rows a sheet holds: no more than a workbook can, which is 1,048,576.
const maxSheet = 1_000_000

// peopleCSV answers with the people whom the filter of the address chooses, as a
// sheet. It is an export: whoever asks for it has just shown who she is.
func (h *House) peopleCSV(w http.ResponseWriter, r *http.Request) error {
	if err := mayKeepPeople(r); err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	filter := peopleFilter(r.URL.Query(), words.names)
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="people.csv"`)
	head.Set("Cache-Control", "private, no-store")
	var page strings.Builder
	sheet := csv.NewWriter(&page)
	writeCells(sheet, words.sheetHead())
	filter.Limit = 500
	for filter.Offset < maxSheet {
		list, _, err := account.People(r.Context(), h.DB, f.Reader.Subject, filter)
		if err != nil {
			return err
		}
		for _, p := range list {
			writeCells(sheet, words.sheetRow(p))
		}
		sheet.Flush()
		if _, err := w.Write([]byte(page.String())); err != nil || len(list) < filter.Limit {
			return nil // a reader who left needs no answer
		}
		page.Reset()
		filter.Offset += filter.Limit
	}
	return nil
}

// writeCells writes a row. What somebody wrote as her name must not run in a
// spreadsheet.
func writeCells(out *csv.Writer, cells []string) {
	for i, cell := range cells {
		cells[i] = sheet.Guard(cell)
	}
	_ = out.Write(cells) // a strings.Builder takes everything
}

func (w wording) sheetHead() []string {
	var cells []string
	for _, key := range []string{
		"account.field.name", "account.field.email", "people.sheet.standing", "account.field.state", "account.field.body",
		"people.sheet.word", "people.sheet.until", "people.sheet.roles", "people.sheet.reads", "people.sheet.seen",
	} {
		cells = append(cells, w.T(key))
	}
	return cells
}

func (w wording) sheetRow(p account.Listed) []string {
	now := time.Now()
	var standing, by, until, seen string
	if t := w.standingTag(p); t != nil {
		standing = t.Text
	}
	for _, v := range p.Words {
		if v.Holds(now) {
			by, until = join(by, w.circleName(v.ActsFor, v.Body)), join(until, v.Until.Format(time.DateOnly))
		}
	}
	if !p.Seen.IsZero() {
		seen = p.Seen.Format(time.DateOnly)
	}
	named := func(id string) string {
		if id == "" {
			return ""
		}
		return w.names.Name(id, "", w.Lang)
	}
	return []string{
		p.Name, p.Email, standing, named(p.ActsFor), named(p.Body), by, until,
		strings.Join(w.heldRoles(p, now), "; "), w.reachLine(p.Reach(now)), seen,
	}
}

// join puts one more into a cell.
func join(cell, more string) string {
	if cell == "" {
		return more
	}
	return cell + "; " + more
}
