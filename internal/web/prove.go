package web

import (
	"net/http"
	"net/url"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// Some things are asked of a person twice: who grants, exports, deletes or
// changes how she signs in says again who she is, unless she has just done so
// (ASVS 5.0 7.5.1, 7.5.3). An open screen is not proof of who sits before it.

// freshProof is how long a proof lasts.
const freshProof = 10 * time.Minute

// The proof's own fields begin with this, so that they stay apart from those of
// the form that is carried over.
const proofPrefix = "proof-"

// ProveView asks a person who is signed in to show again who she is.
type ProveView struct {
	Action  string    // where the form goes
	Carried []Carried // what was typed before, on its way
	Fields  []Field   // none where only a passkey will do, or nothing
	Passkey *PasskeyView
	Ways    []WayView // to prove it where she has an account elsewhere
}

var provePage = newPage("prove", ProveView{
	Action:  "/en/people/1/grant",
	Carried: []Carried{{"role", "expert"}, {"reason", "She is on the roster."}},
	Fields:  []Field{{Name: "proof-password", Label: "Password", Type: "password", Auto: "current-password", Must: true, Error: "Wrong"}},
	Passkey: &PasskeyView{Options: "/en/passkey/options", Purpose: "prove", Prefix: "proof-", Button: "Use a passkey", Failed: "That did not work."},
	Ways:    []WayView{{"/en/prove/with/mia", "Show it to the Ministry", "/en/people/1"}},
})

func (h *House) openProof() {
	h.site.Handle("GET /prove", h.proofForm)
	h.site.Handle("POST /prove", h.proofGiven)
}

// proven lets a request pass to the handler only when its sender has shown
// within the last ten minutes who she is. Else a page leads through the proof
// and back, and a form is shown the proof with all that was typed carried over:
// nothing is lost. Readers who are not signed in are led there first.
func (h *House) proven(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		reading := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch {
		case !ReaderOf(r).SignedIn() && reading:
			return h.mustSignIn(w, r)
		case !ReaderOf(r).SignedIn():
			return Refused(access.RuleSignIn)
		case h.fresh(r):
			return next(w, r)
		case reading:
			f := h.site.Frame(r)
			http.Redirect(w, r, f.URL("/prove")+"?"+url.Values{"next": {f.here(r.URL.Query())}}.Encode(), http.StatusSeeOther)
			return nil
		case wantsJSON(r):
			return &Fault{Status: http.StatusForbidden, Key: "signin.prove.stale"}
		}
		return h.proveOnTheWay(w, r, next)
	}
}

// fresh reports whether the sender has just shown who she is.
func (h *House) fresh(r *http.Request) bool {
	at := h.Sessions.GetInt64(r.Context(), account.SessionProved)
	return at > 0 && time.Since(time.UnixMicro(at)) < freshProof
}

// proofForm asks for the proof and then leads on.
func (h *House) proofForm(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.site.Frame(r)
	return h.askProof(w, r, f.URL("/prove"), []Carried{{"next", inside(r.FormValue("next"))}}, nil)
}

func (h *House) proofGiven(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return Refused(access.RuleSignIn)
	}
	f := h.site.Frame(r)
	next := inside(r.PostFormValue("next"))
	wrong, err := h.prove(r)
	if err != nil {
		return err
	}
	if wrong != nil {
		return h.askProof(w, r, f.URL("/prove"), []Carried{{"next", next}}, wrong)
	}
	return onward(w, r, f, next)
}

// proveOnTheWay stands before a form's handler: it takes the proof out of the
// form, if it is there, or asks for it.
func (h *House) proveOnTheWay(w http.ResponseWriter, r *http.Request, next Handler) error {
	carried, err := carry(r)
	if err != nil {
		return err
	}
	action := h.site.Frame(r).here(r.URL.Query())
	if _, given := r.PostForm[proofPrefix+"given"]; !given {
		return h.askProof(w, r, action, carried, nil)
	}
	wrong, err := h.prove(r)
	if err != nil {
		return err
	}
	if wrong != nil {
		return h.askProof(w, r, action, carried, wrong)
	}
	if err := unload(r, carried); err != nil {
		return err
	}
	return next(w, r)
}

// prove takes the proof that the form holds: a passkey, or the password and, from
// whoever has a second factor, a code. It is as strong as the sign-in was. It
// returns what is wrong with it, field by field, or what stops it.
func (h *House) prove(r *http.Request) (map[string]error, error) {
	ctx, who := r.Context(), ReaderOf(r)
	p, err := account.Load(ctx, h.DB, who.ID)
	if err != nil {
		return nil, err
	}
	factors, err := account.LoadFactors(ctx, h.DB, who.ID)
	if err != nil {
		return nil, err
	}
	if answer := r.PostFormValue(proofPrefix + "answer"); answer != "" {
		site, ok := h.passkeySite(r)
		if !ok {
			return nil, NotFound()
		}
		if _, err := h.door().Passkey(ctx, h.knock(r), site, p.ID, true, r.PostFormValue(proofPrefix+"state"), answer); err != nil {
			return map[string]error{"": err}, nil
		}
		return nil, h.proved(r)
	}
	if _, err := h.door().Password(ctx, h.knock(r), p.Email, r.PostFormValue(proofPrefix+"password")); err != nil {
		return map[string]error{proofPrefix + "password": err}, nil
	}
	if factors.Second() {
		if _, err := h.door().Code(ctx, h.knock(r), p, r.PostFormValue(proofPrefix+"code")); err != nil {
			return map[string]error{proofPrefix + "code": err}, nil
		}
	}
	return nil, h.proved(r)
}

// proved notes the proof. A new token makes the old one worthless to whoever may
// have it too (ASVS 5.0 7.2.4); a session that was ended meanwhile stays ended.
func (h *House) proved(r *http.Request) error {
	ctx := r.Context()
	held, err := account.Retire(ctx, h.DB, h.Sessions.Token(ctx))
	if err != nil {
		return err
	}
	if !held {
		return Refused(access.RuleSignIn)
	}
	if err := h.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	h.Sessions.Put(ctx, account.SessionProved, time.Now().UnixMicro())
	return nil
}

// askProof shows the page; wrong says why it is shown again.
func (h *House) askProof(w http.ResponseWriter, r *http.Request, action string, carried []Carried, wrong map[string]error) error {
	factors, err := account.LoadFactors(r.Context(), h.DB, ReaderOf(r).ID)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title = f.T("signin.prove.title")
	v := ProveView{Action: action, Carried: carried, Fields: f.proofFields(factors)}
	if h.hasPasskeyHere(r, factors) {
		v.Passkey = f.passkey("prove", "signin.passkey.use")
		v.Passkey.Prefix = proofPrefix
	}
	if v.Ways, err = h.proofWays(r, f, proofNext(r, carried)); err != nil {
		return err
	}
	if err := wrong[""]; err != nil {
		nowhere := Field{}
		if err := f.unwelcome(w, &nowhere, "signin.passkey.refused", err); err != nil {
			return err
		}
	}
	for i, key := range []string{"account.error.current", "signin.error.code"}[:len(v.Fields)] {
		if err := f.unwelcome(w, &v.Fields[i], key, wrong[v.Fields[i].Name]); err != nil {
			return err
		}
	}
	return provePage.Show(w, f, v)
}

// proofFields ask for what proves it without a passkey: nothing does where there
// is no password.
func (f *Frame) proofFields(factors account.Factors) []Field {
	if !factors.Password {
		return nil
	}
	fields := []Field{{
		Name: proofPrefix + "password", Label: f.T("account.field.password"), Type: "password",
		Auto: "current-password", Width: "medium", Must: true,
	}}
	if factors.Second() {
		code := f.codeField(factors)
		code.Name = proofPrefix + "code"
		fields = append(fields, *code)
	}
	return fields
}
