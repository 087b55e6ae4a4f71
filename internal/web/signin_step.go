package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"polis/internal/account"
	"polis/internal/store"
)

// StepView is the second step of signing in.
type StepView struct {
	Step    string // sealed: who has shown her first factor, and when
	Code    *Field // nil where she has neither an app nor codes
	Passkey *PasskeyView
}

var stepPage = newPage("signin-step", StepView{
	Step:    "sealed",
	Code:    &Field{Name: "code", Label: "Code", Hint: "Six digits of your app, or one of your recovery codes", Auto: "one-time-code", Width: "short", Must: true, Error: "Wrong"},
	Passkey: &PasskeyView{Options: "/en/passkey/options", Purpose: "step", Button: "Use a passkey", Failed: "That did not work."},
})

// halfway is somebody who has shown her first factor. It travels sealed in the
// form: there is no session, and no cookie, before the second.
type halfway struct {
	Person string
	How    string
	Start  time.Time
	Next   string
}

// stepLasts is how long the second step may take.
const stepLasts = 10 * time.Minute

func (h *House) sealStep(s halfway) string { return h.Keys.Seal("second step", store.JSON(s)) }

// openStep opens the seal and reads who it is. ErrSignIn where the step has taken
// too long, or her sessions were ended meanwhile: she begins anew.
func (h *House) openStep(r *http.Request) (s halfway, p account.Person, f account.Factors, err error) {
	text, err := h.Keys.Unseal("second step", r.PostFormValue("step"))
	if err != nil || json.Unmarshal([]byte(text), &s) != nil || time.Since(s.Start) > stepLasts {
		return s, p, f, account.ErrSignIn
	}
	out, err := account.SignedOut(r.Context(), h.DB, s.Person)
	if err == nil && s.Start.Before(out) {
		err = account.ErrSignIn
	}
	if err == nil {
		p, err = account.Load(r.Context(), h.DB, s.Person)
	}
	if err == nil {
		f, err = account.LoadFactors(r.Context(), h.DB, s.Person)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Blocked {
		err = account.ErrSignIn
	}
	return s, p, f, err
}

// showStep asks for the second factor; err says why it is asked again.
func (h *House) showStep(w http.ResponseWriter, r *http.Request, s halfway, p account.Person, factors account.Factors, err error) error {
	f := h.site.Frame(r)
	f.Title, f.Private = f.T("signin.step.title"), true
	v := StepView{Step: h.sealStep(s)}
	if !factors.Authenticator.IsZero() || factors.Codes > 0 {
		v.Code = f.codeField(factors)
	}
	if h.hasPasskeyHere(r, factors) {
		v.Passkey = f.passkey("step", "signin.passkey.use")
	}
	field := v.Code
	if field == nil {
		field = &Field{}
	}
	if err := f.unwelcome(w, field, "signin.error.code", err); err != nil {
		return err
	}
	return stepPage.Show(w, f, v)
}

// codeField asks for a code of the app, or a recovery code.
func (f *Frame) codeField(factors account.Factors) *Field {
	hint := "signin.code.hint"
	if factors.Authenticator.IsZero() {
		hint = "signin.code.hint.recovery"
	}
	return &Field{Name: "code", Label: f.T("signin.code"), Hint: f.T(hint), Auto: "one-time-code", Width: "medium", Must: true}
}

func (h *House) signInCode(w http.ResponseWriter, r *http.Request) error {
	s, p, factors, err := h.openStep(r)
	if errors.Is(err, account.ErrSignIn) {
		return h.tooLate(w, r)
	}
	if err != nil {
		return err
	}
	how, err := h.door().Code(r.Context(), h.knock(r), p, r.PostFormValue("code"))
	if err != nil {
		return h.showStep(w, r, s, p, factors, err)
	}
	return h.finish(w, r, s, p, how)
}

// stepPasskey takes a passkey as the second factor.
func (h *House) stepPasskey(w http.ResponseWriter, r *http.Request, state, answer string) error {
	s, p, factors, err := h.openStep(r)
	if errors.Is(err, account.ErrSignIn) {
		return h.tooLate(w, r)
	}
	if err != nil {
		return err
	}
	site, ok := h.passkeySite(r)
	if !ok {
		return NotFound()
	}
	_, err = h.door().Passkey(r.Context(), h.knock(r), site, p.ID, false, state, answer)
	if err != nil {
		return h.showStep(w, r, s, p, factors, err)
	}
	return h.finish(w, r, s, p, "passkey")
}

// finish lets in somebody who has shown both.
func (h *House) finish(w http.ResponseWriter, r *http.Request, s halfway, p account.Person, second string) error {
	if err := h.enter(w, r, p, account.TwoFactors, s.How+"+"+second, s.Start); err != nil {
		return err
	}
	return h.lead(w, r, p, account.TwoFactors, s.Next)
}

// tooLate sends somebody back to the first step, and says so.
func (h *House) tooLate(w http.ResponseWriter, r *http.Request) error {
	f, v, err := h.signInView(r, "", "")
	if err != nil {
		return err
	}
	f.Status, f.Errors = http.StatusUnprocessableEntity, []Error{{"", f.T("signin.step.late")}}
	return signInPage.Show(w, f, v)
}
