package web

import (
	"errors"
	"net/http"

	"polis/internal/account"
)

// Another address: asked for at the account by who has just shown who she is,
// confirmed from the new one, told to the old one, which can undo it.

var noticeMoved = newNotice("joining.address.moved")

func (h *House) openAddress() {
	h.site.Handle("GET /account/address", h.proven(func(w http.ResponseWriter, r *http.Request) error {
		return h.showLetterForm(w, r, h.addressForm(), "", nil)
	}))
	h.site.Handle("POST /account/address", h.proven(h.once(func(w http.ResponseWriter, r *http.Request) error {
		return h.sendLetterForm(w, r, h.addressForm())
	})))
	h.site.Handle("GET /account/address/sent", h.sent("joining.address.title", "joining.address.sent"))
	h.site.Handle("GET /address/confirm", h.moveForm)
	h.site.Handle("POST /address/confirm", h.move)
	h.site.Handle("GET /address/undo", h.stayForm)
	h.site.Handle("POST /address/undo", h.stay)
}

func (h *House) addressForm() letterForm {
	return letterForm{
		title: "joining.address.title", lead: "joining.address.lead", button: "joining.letter.button",
		action: "/account/address", without: "joining.address.without",
		links: func(f *Frame) []Link { return []Link{{f.T("joining.arrival.account"), f.URL("/account")}} },
		ask: func(r *http.Request, email string, _ *Frame) error {
			return account.AskToMove(r.Context(), h.DB, ReaderOf(r).Subject, email)
		},
	}
}

// change reads the change that the link is for; where it opens nothing the page
// that says so is shown, and done is true.
func (h *House) change(w http.ResponseWriter, r *http.Request, f *Frame, kind account.TicketKind) (c account.Change, done bool, err error) {
	c, err = account.ChangeOf(r.Context(), h.DB, kind, r.FormValue("t"))
	if errors.Is(err, account.ErrTicket) {
		return c, true, h.spent(w, f, Link{f.T("joining.arrival.account"), f.URL("/account")})
	}
	return c, false, err
}

func (h *House) moveForm(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	f := h.asking(r, "joining.address.title")
	c, done, err := h.change(w, r, f, account.ToMove)
	if done || err != nil {
		return err
	}
	if c.Person != ReaderOf(r).ID {
		return &Fault{Status: http.StatusForbidden, Key: "joining.address.other"}
	}
	return askPage.Show(w, f, AskView{
		Lead:   []string{f.T("joining.address.confirm", "address", c.Becomes)},
		Action: f.URL("/address/confirm"), Ticket: r.FormValue("t"), Button: f.T("joining.address.button"),
	})
}

func (h *House) move(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	f := h.asking(r, "joining.address.title")
	err := account.Move(r.Context(), h.DB, ReaderOf(r).Subject, r.PostFormValue("t"), h.Sessions.Token(r.Context()))
	var wrong account.Invalid
	switch {
	case errors.As(err, &wrong):
		return &Fault{Status: http.StatusConflict, Key: "joining.address.taken"}
	case errors.Is(err, account.ErrForbidden):
		return &Fault{Status: http.StatusForbidden, Key: "joining.address.other"}
	case errors.Is(err, account.ErrTicket):
		return h.spent(w, f, Link{f.T("joining.arrival.account"), f.URL("/account")})
	case err != nil:
		return err
	}
	p, err := account.Load(r.Context(), h.DB, ReaderOf(r).ID)
	if err != nil {
		return err
	}
	h.know(w, r, p.Email) // by which this browser goes on to be hers
	return f.Redirect(w, "/account", noticeMoved, 0)
}

// stayForm is open to whoever reads the old address, signed in or not: somebody
// else may have changed the password too.
func (h *House) stayForm(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "joining.stay.title")
	c, done, err := h.change(w, r, f, account.ToStay)
	if done || err != nil {
		return err
	}
	lead := "joining.stay.stop"
	if !c.Done.IsZero() {
		lead = "joining.stay.undo"
	}
	return askPage.Show(w, f, AskView{
		Lead:   []string{f.T(lead, "address", c.Was)},
		Action: f.URL("/address/undo"), Ticket: r.FormValue("t"), Button: f.T("joining.stay.button"),
	})
}

func (h *House) stay(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "joining.stay.title")
	c, err := account.Stay(r.Context(), h.DB, r.PostFormValue("t"))
	var wrong account.Invalid
	switch {
	case errors.As(err, &wrong):
		return &Fault{Status: http.StatusConflict, Key: "joining.address.taken"}
	case errors.Is(err, account.ErrTicket):
		return h.spent(w, f, Link{f.T("joining.reset.again"), f.URL("/reset")})
	case err != nil:
		return err
	}
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T("joining.stay.done", "address", c.Was)}, Links: []Link{{f.T("joining.reset.again"), f.URL("/reset")}},
	})
}
