package web

import (
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
)

// lowerings is the list of what waits, and of the reader's own.
func (h *House) lowerings(w http.ResponseWriter, r *http.Request) error {
	return h.showLowerings(w, r, nil)
}

// confirmLowering takes the word of a second person who cannot read the document:
// it has no page for her, so she decides in the list.
func (h *House) confirmLowering(notice string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !ReaderOf(r).SignedIn() {
			return Refused(access.RuleSignIn)
		}
		err := h.decided(r, notice)
		var wrong library.Invalid
		if errors.As(err, &wrong) {
			return h.showLowerings(w, r, wrong)
		}
		if err != nil {
			return loweringFault(r, access.Label{}, err)
		}
		return h.site.Frame(r).Redirect(w, "/library/lowering", notice, 0)
	}
}

// showLowerings shows the list, with what is wrong with the refusal of one.
func (h *House) showLowerings(w http.ResponseWriter, r *http.Request, wrong library.Invalid) error {
	who := ReaderOf(r)
	if !who.SignedIn() {
		return h.mustSignIn(w, r)
	}
	if d := who.May(access.Lower, access.Label{}); !d.Allowed && !lowersForState(who.Subject) {
		return Refused(d.Rule)
	}
	waiting, own, err := h.Library.LoweringsFor(r.Context(), who.Subject)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	p, err := h.requests(r, words, append(append([]library.Lowering{}, waiting...), own...))
	if err != nil {
		return err
	}
	f.Title = f.T("lowering.title.all")
	var v LoweringsView
	for _, one := range waiting {
		line := p.line(one)
		if one.Unread {
			line = p.unread(one, wrong)
		}
		v.Waiting = append(v.Waiting, line)
	}
	for _, one := range own {
		v.Own = append(v.Own, p.line(one))
	}
	return loweringsPage.Show(w, f, v)
}

func (p requests) line(one library.Lowering) RequestView {
	v := p.view(one)
	title := p.titles[one.Document]
	if title == "" {
		title = one.Document
	}
	v.Title = &Link{title, p.URL(loweringPath(one.Document))}
	return v
}

// unread is a request about a document that the reader may not read: its title and
// address stay away from her.
func (p requests) unread(one library.Lowering, wrong library.Invalid) RequestView {
	v := p.view(one)
	if p.r.PostFormValue("request") != one.ID {
		wrong = nil
	}
	v.Title = &Link{Text: p.T("lowering.unread.title", "state", p.names.Name(one.State, "", p.Lang))}
	v.Says, v.Forms = p.T("lowering.unread.says"), p.toDecide(one, "/library/lowering", wrong)
	return v
}
