package web

import (
	"bytes"
	"net/http"

	"polis/internal/print"
)

// expertPDF is a profile on one page of paper, as far as the reader sees it: it says for
// whom, of which day and in which language it was made.
func (h *House) expertPDF(w http.ResponseWriter, r *http.Request) error {
	p, x, err := h.opened(r)
	if err != nil {
		return err
	}
	parts, err := p.expertParts(x)
	if err != nil {
		return err
	}
	page := print.Page{
		Lang: p.Lang, Made: p.now, Title: p.name(x.Person), Lead: p.T("expert.by", "by", p.vouchedBy(x)),
		More: p.T("expert.pdf.more"),
		Foot: []string{
			p.T("expert.pdf.seen", "reader", p.Reader.Name, "date", p.Date(p.now)) + " " + p.T("expert.pdf.tongues", "page", p.Lang.Name(), "words", p.tongue(string(x.Lang))),
			h.site.opts.Origin + p.URL(expertPath(x.Person)),
		},
	}
	for _, part := range parts {
		printed := print.Part{Title: part.Title}
		for _, line := range part.Lines {
			printed.Lines = append(printed.Lines, print.Line{Text: line.Text, Words: line.Words})
		}
		page.Parts = append(page.Parts, printed)
	}
	var b bytes.Buffer
	if err := page.Write(&b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="expert-`+string(p.Lang)+`.pdf"`)
	w.Header().Set("Content-Language", string(p.Lang))
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(b.Bytes())
	return err
}
