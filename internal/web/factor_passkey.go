package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"polis/internal/account"
)

func (h *House) passkeyForm(w http.ResponseWriter, r *http.Request) error {
	return h.showPasskey(w, r, nil)
}

func (h *House) showPasskey(w http.ResponseWriter, r *http.Request, wrong account.Invalid) error {
	f := h.factorFrame(r, "signin.passkey.title")
	name, err := h.suggestName(r, f)
	if err != nil {
		return err
	}
	v := FactorView{
		Action: f.URL("/account/security/passkey"), Lead: f.T("signin.passkey.lead"), Next: inside(r.FormValue("next")),
		Fields: []Field{{Name: "name", Label: f.T("signin.passkey.name"), Hint: f.T("signin.passkey.name.hint"), Value: name, Width: "medium", Must: true}},
	}
	if _, ok := h.passkeySite(r); ok {
		v.Passkey, v.None = f.passkey("add", "signin.passkey.make"), f.T("signin.passkey.script")
	} else {
		v.None = f.T("signin.passkey.number")
	}
	f.flag(v.Fields, wrong)
	return factorPage.Show(w, f, v)
}

// suggestName is the name that she has typed, or one for this device that none of
// her passkeys has, nor her session in it.
func (h *House) suggestName(r *http.Request, f *Frame) (string, error) {
	if name := r.PostFormValue("name"); name != "" {
		return name, nil
	}
	own, err := account.LoadFactors(r.Context(), h.DB, f.Reader.ID)
	if err != nil {
		return "", err
	}
	device := deviceName(r.UserAgent())
	if device == "" {
		return "", nil
	}
	name := f.T("signin.passkey.suggested", "device", device)
	for n := 2; slices.ContainsFunc(own.Passkeys, func(k account.Passkey) bool { return k.Name == name }); n++ {
		name = f.T("signin.passkey.suggested", "device", device) + " " + strconv.Itoa(n)
	}
	return name, nil
}

func (h *House) addPasskey(w http.ResponseWriter, r *http.Request) error {
	site, ok := h.passkeySite(r)
	if !ok {
		return NotFound()
	}
	err := h.door().AddPasskey(r.Context(), ReaderOf(r).Subject, site, r.PostFormValue("name"), r.PostFormValue("state"), r.PostFormValue("answer"))
	var wrong account.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showPasskey(w, r, wrong)
	case errors.Is(err, account.ErrFactor):
		return Wrong("signin.factor.stale")
	case err != nil:
		return err
	}
	return h.factorAdded(w, r)
}

func (h *House) renamePasskey(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	if !who.SignedIn() {
		return h.mustSignIn(w, r)
	}
	id := r.PostFormValue("id")
	err := account.RenamePasskey(r.Context(), h.DB, who.Subject, id, r.PostFormValue(r.PostFormValue("field")))
	var wrong account.Invalid
	if errors.As(err, &wrong) {
		return h.showSecurity(w, r, id, wrong)
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/account/security", noticeRenamed, 0)
}

func (h *House) removePasskey(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	err := account.RemovePasskey(r.Context(), h.DB, who.Subject, who.ID, r.PostFormValue("id"))
	if errors.Is(err, account.ErrLastWay) {
		return Wrong("provider.identity.last")
	}
	if err != nil {
		return err
	}
	return h.factorRemoved(w, r)
}
