package web

import (
	"errors"
	"net/http"
	"strings"

	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/lang"
)

// The form in which somebody new says who she is, and chooses how she will sign
// in: with a passkey alone, or with a password.

// newcomer is what it holds.
type newcomer struct {
	account.Newcomer
	again, place string
}

// readNewcomer takes what was typed. placed says that the State or body is asked
// for too.
func (h *House) readNewcomer(r *http.Request, placed bool) (newcomer, account.Invalid, error) {
	n := newcomer{again: r.PostFormValue("again"), place: strings.TrimSpace(r.PostFormValue("for"))}
	n.Name, n.Password = r.PostFormValue("name"), r.PostFormValue("password")
	wrong := account.Invalid{}
	n.Lang = LangOf(r)
	if t, ok := lang.Parse(r.PostFormValue("lang")); ok {
		n.Lang = t
	}
	if n.Password != n.again && r.PostFormValue("answer") == "" {
		wrong["again"] = "account.error.again"
	}
	if !placed || n.place == "" {
		return n, wrong, nil
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return n, nil, err
	}
	if n.ActsFor, n.Body = account.Placed(names, n.place, LangOf(r)); n.ActsFor+n.Body == "" {
		wrong["for"] = "joining.error.for-unclear"
	}
	return n, wrong, nil
}

// readPasskey looks at the passkey that her browser has made with the link of the
// kind, if it has.
func (h *House) readPasskey(r *http.Request, kind account.TicketKind, n *newcomer) error {
	answer := r.PostFormValue("answer")
	if answer == "" {
		return nil
	}
	site, ok := h.passkeySite(r)
	if !ok {
		return account.Invalid{"passkey": "joining.error.passkey"}
	}
	f := h.site.Frame(r)
	name := f.T("joining.passkey.name")
	if device := deviceName(r.UserAgent()); device != "" {
		name = f.T("signin.passkey.suggested", "device", device)
	}
	var err error
	n.First, err = h.door().FirstPasskey(r.Context(), site, kind, r.PostFormValue("t"), name, r.PostFormValue("state"), answer)
	if errors.Is(err, account.ErrFactor) {
		err = account.Invalid{"passkey": "joining.error.passkey"}
	}
	return err
}

// fillNewcomer fills the page with the fields of her form.
func (h *House) fillNewcomer(r *http.Request, w wording, v *AskView, kind account.TicketKind, n newcomer, address string, wrong account.Invalid) {
	v.Fields = []Field{
		{Name: "name", Label: w.T("account.field.name"), Hint: w.T("joining.hint.name"), Value: n.Name, Auto: "name", Width: "medium", Must: true},
		{Name: "username", Label: w.T("account.field.email"), Type: "email", Value: address, Auto: "username", Width: "medium", Fixed: true},
	}
	v.More = []Field{{Name: "lang", Label: w.T("account.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(n.Lang))}}
	v.Secrets = []Field{
		{Name: "password", Label: w.T("account.field.password"), Hint: w.T("account.hint.password"), Type: "password", Auto: "new-password", Width: "medium", Must: true},
		{Name: "again", Label: w.T("joining.field.again"), Type: "password", Auto: "new-password", Width: "medium", Must: true},
	}
	if _, ok := h.passkeySite(r); ok {
		v.Passkey = w.passkey(string(kind), "joining.passkey.button")
		v.Passkey.Title, v.Passkey.Lead, v.Passkey.Other = w.T("joining.passkey.title"), w.T("joining.passkey.lead"), w.T("joining.passkey.other")
	}
	w.flag(v.Fields, wrong)
	w.flag(v.Secrets, wrong)
	if key := wrong["passkey"]; key != "" {
		w.Errors = append(w.Errors, Error{"passkey", w.T(key)})
		w.Status = http.StatusUnprocessableEntity
	}
}
