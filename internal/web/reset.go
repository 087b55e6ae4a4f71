package web

import (
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// A forgotten password: an address, a letter, a link, a new one. Every session of
// the person ends with it.

var noticeReset = newNotice("joining.reset.done")

func (h *House) openReset() {
	h.site.Handle("GET /reset", func(w http.ResponseWriter, r *http.Request) error {
		return h.showLetterForm(w, r, h.resetForm(), "", nil)
	})
	h.site.Handle("POST /reset", h.once(func(w http.ResponseWriter, r *http.Request) error {
		return h.sendLetterForm(w, r, h.resetForm())
	}))
	h.site.Handle("GET /reset/sent", h.sent("joining.reset.title", "joining.reset.sent"))
	h.site.Handle("GET /reset/new", func(w http.ResponseWriter, r *http.Request) error {
		return h.showReset(w, r, r.FormValue("t"), nil)
	})
	h.site.Handle("POST /reset/new", h.reset)
	h.site.Handle("GET /admin/hand-over", h.handOverForm)
	h.site.Handle("POST /admin/hand-over", h.proven(h.once(h.handOver)))
}

func (h *House) resetForm() letterForm {
	return letterForm{
		title: "joining.reset.title", lead: "joining.reset.lead", button: "joining.letter.button",
		action: "/reset", without: "joining.reset.without",
		links: func(f *Frame) []Link { return []Link{{f.T("web.nav.sign-in"), f.URL("/sign-in")}} },
		ask: func(r *http.Request, email string, f *Frame) error {
			return account.AskToReset(r.Context(), h.DB, email, f.Lang)
		},
	}
}

func (h *House) showReset(w http.ResponseWriter, r *http.Request, secret string, wrong account.Invalid) error {
	f := h.asking(r, "joining.reset.title")
	ticket, err := account.Peek(r.Context(), h.DB, account.ToReset, secret)
	if errors.Is(err, account.ErrTicket) {
		return h.spent(w, f, Link{f.T("joining.reset.again"), f.URL("/reset")})
	}
	if err != nil {
		return err
	}
	p, err := account.Load(r.Context(), h.DB, ticket.Object)
	if err != nil {
		return err
	}
	v := AskView{Lead: []string{f.T("joining.reset.new")}, Action: f.URL("/reset/new"), Ticket: secret, Button: f.T("account.password.button")}
	v.Fields = []Field{
		{Name: "username", Label: f.T("account.field.email"), Type: "email", Value: p.Email, Auto: "username", Width: "medium", Fixed: true},
		{Name: "password", Label: f.T("account.field.new"), Hint: f.T("account.hint.password"), Type: "password", Auto: "new-password", Width: "medium", Must: true},
		{Name: "again", Label: f.T("account.field.again"), Type: "password", Auto: "new-password", Width: "medium", Must: true},
	}
	f.flag(v.Fields, wrong)
	return askPage.Show(w, f, v)
}

func (h *House) reset(w http.ResponseWriter, r *http.Request) error {
	secret, password := r.PostFormValue("t"), r.PostFormValue("password")
	if password != r.PostFormValue("again") {
		return h.showReset(w, r, secret, account.Invalid{"again": "account.error.again"})
	}
	_, err := account.Reset(r.Context(), h.DB, secret, password)
	var wrong account.Invalid
	switch {
	case errors.As(err, &wrong), errors.Is(err, account.ErrTicket):
		return h.showReset(w, r, secret, wrong)
	case err != nil:
		return err
	}
	// Whoever is signed in here was so before: that ended too.
	if err := h.Sessions.Destroy(r.Context()); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/sign-in", noticeReset, 0)
}

// handOverForm makes a link for a new password, for somebody who gets no letters.
func (h *House) handOverForm(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showHandOver(w, r, "", nil)
}

func (h *House) showHandOver(w http.ResponseWriter, r *http.Request, typed string, wrong account.Invalid) error {
	if d := ReaderOf(r).May(access.ManagePeople, access.Label{}); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.asking(r, "joining.hand-over.title")
	f.Crumbs = []Link{{f.T("admin.title"), f.URL("/admin")}}
	v := AskView{Lead: []string{f.T("joining.hand-over.lead")}, Action: f.URL("/admin/hand-over"), Button: f.T("joining.link.make")}
	v.Fields = []Field{{Name: "email", Label: f.T("account.field.email"), Type: "email", Width: "medium", Value: typed, Must: true}}
	f.flag(v.Fields, wrong)
	return askPage.Show(w, f, v)
}

func (h *House) handOver(w http.ResponseWriter, r *http.Request) error {
	who, typed := ReaderOf(r).Subject, r.PostFormValue("email")
	if d := who.May(access.ManagePeople, access.Label{}); !d.Allowed {
		return Refused(d.Rule)
	}
	p, err := account.ByEmail(r.Context(), h.DB, typed)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.ID == who.ID {
		return h.showHandOver(w, r, typed, account.Invalid{"email": "joining.hand-over.nobody"})
	}
	if err != nil {
		return err
	}
	secret, err := account.ResetByHand(r.Context(), h.DB, who, p.ID)
	if err != nil {
		return forbidden(r, err)
	}
	f := h.asking(r, "joining.hand-over.title")
	return h.handed(w, f, p.Name, "joining.hand-over.made", "/reset/new", secret)
}

// handed shows a link once, for somebody to hand over in person.
func (h *House) handed(w http.ResponseWriter, f *Frame, name, lead, path, secret string) error {
	return askPage.Show(w, f, AskView{
		Lead:    []string{f.T(lead, "name", name), f.T("joining.link.once")},
		Address: h.Post.Origin + f.URL(path) + "?t=" + secret,
	})
}
