package web

import (
	"errors"
	"net/http"

	"polis/internal/account"
)

// The link in the letters that tell a person of a sign-in or a change she may not
// have made: it ends her sessions. Like the one that undoes a change of address it
// is open to whoever reads her letters, signed in or not.

func (h *House) openSessionsByLetter() {
	h.site.Handle("GET /sessions/end", h.endByLetterForm)
	h.site.Handle("POST /sessions/end", h.endByLetter)
}

func (h *House) endByLetterForm(w http.ResponseWriter, r *http.Request) error {
	f, secret := h.asking(r, "signin.end.title"), r.FormValue("t")
	_, err := account.Peek(r.Context(), h.DB, account.ToEnd, secret)
	if errors.Is(err, account.ErrTicket) {
		return h.spent(w, f, Link{f.T("joining.reset.again"), f.URL("/reset")})
	}
	if err != nil {
		return err
	}
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T("signin.end.lead")}, Action: f.URL("/sessions/end"), Ticket: secret, Button: f.T("signin.end.title"),
	})
}

func (h *House) endByLetter(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "signin.end.title")
	err := account.EndByLetter(r.Context(), h.DB, r.PostFormValue("t"))
	again := Link{f.T("joining.reset.again"), f.URL("/reset")}
	if errors.Is(err, account.ErrTicket) {
		return h.spent(w, f, again)
	}
	if err != nil {
		return err
	}
	// Whoever is signed in here may be she: that has ended too.
	if err := h.Sessions.Destroy(r.Context()); err != nil {
		return err
	}
	visitOf(r).reader = Reader{}
	f = h.asking(r, "signin.end.title")
	return askPage.Show(w, f, AskView{Lead: []string{f.T("signin.end.done")}, Links: []Link{again}})
}
