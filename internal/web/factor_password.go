package web

import (
	"errors"
	"net/http"

	"polis/internal/account"
)

var noticePassword = newNotice("account.password.saved")

func (h *House) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return h.showPassword(w, r, nil, nil)
}

// showPassword shows the form; wrong and err say why it is shown again.
func (h *House) showPassword(w http.ResponseWriter, r *http.Request, wrong account.Invalid, err error) error {
	factors, lerr := account.LoadFactors(r.Context(), h.DB, ReaderOf(r).ID)
	if lerr != nil {
		return lerr
	}
	f := h.factorFrame(r, "account.password")
	v := FactorView{Action: f.URL("/account/security/password"), Lead: f.T("signin.password.lead"), Button: f.T("account.password.button"), Fields: []Field{
		{Name: "current", Label: f.T("account.field.current"), Type: "password", Auto: "current-password", Width: "medium", Must: true},
		{Name: "password", Label: f.T("account.field.new"), Hint: f.T("account.hint.password"), Type: "password", Auto: "new-password", Width: "medium", Must: true},
		{Name: "again", Label: f.T("account.field.again"), Type: "password", Auto: "new-password", Width: "medium", Must: true},
	}}
	if err := f.unwelcome(w, &v.Fields[0], "account.error.current", err); err != nil {
		return err
	}
	if !factors.Password {
		v.Fields = v.Fields[1:]
	}
	f.flag(v.Fields, wrong)
	return factorPage.Show(w, f, v)
}

// setPassword asks for the present password as well, where there is one (ASVS 5.0
// 6.2.3). Every session ends with it, but for this one, which goes on.
func (h *House) setPassword(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	p, err := account.Load(r.Context(), h.DB, who.ID)
	if err != nil {
		return err
	}
	factors, err := account.LoadFactors(r.Context(), h.DB, who.ID)
	if err != nil {
		return err
	}
	if factors.Password {
		if _, err := h.door().Password(r.Context(), h.knock(r), p.Email, r.PostFormValue("current")); err != nil {
			return h.showPassword(w, r, nil, err)
		}
	}
	if r.PostFormValue("password") != r.PostFormValue("again") {
		return h.showPassword(w, r, account.Invalid{"again": "account.error.again"}, nil)
	}
	err = account.SetPassword(r.Context(), h.DB, who.Subject, who.ID, r.PostFormValue("password"))
	var wrong account.Invalid
	if errors.As(err, &wrong) {
		return h.showPassword(w, r, wrong, nil)
	}
	if err != nil {
		return err
	}
	if err := h.goOn(r, h.strength(r)); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/account/security", noticePassword, 0)
}
