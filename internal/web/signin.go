package web

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// SignInView is the sign-in form, and beside it the way in with a passkey.
type SignInView struct {
	Next    string // path to go on to
	Fields  []Field
	Passkey *PasskeyView // nil where this address can have none
	Ways    []WayView    // to sign in elsewhere
}

var signInPage = newPage("signin", SignInView{
	Next: "/en/library/upload",
	Fields: []Field{
		{Name: "email", Label: "E-mail address", Type: "email", Auto: "username", Must: true, Error: "They do not match."},
		{Name: "password", Label: "Password", Type: "password", Auto: "current-password", Must: true},
	},
	Passkey: &PasskeyView{Options: "/en/passkey/options", Purpose: "in", Button: "Sign in with a passkey", Failed: "That did not work."},
	Ways:    []WayView{{"/en/sign-in/with/mia", "Sign in with the Ministry", "/en/library/upload"}},
})

var noticeSignedOut = newNotice("account.signed-out")

func (h *House) openSignIn() {
	h.site.Handle("GET /sign-in", h.signInForm)
	h.site.Handle("POST /sign-in", h.signIn)
	h.site.Handle("POST /sign-in/code", h.signInCode)
	h.site.Handle("POST /sign-in/passkey", h.signInPasskey)
	h.site.Handle("POST /passkey/options", h.passkeyOptions)
	h.site.Handle("POST /sign-out", h.signOut)
	h.openProof()
	h.openAccount()
	h.openSecurity()
}

// door is where people come in.
func (h *House) door() account.Door { return account.Door{DB: h.DB, Keys: h.Keys} }

// reader tells from the session who sends the request. A session whose account
// was blocked or is gone ends here, and so does one from before all were ended.
func (h *House) reader(r *http.Request) (Reader, error) {
	ctx := r.Context()
	id := h.Sessions.GetString(ctx, account.SessionPerson)
	if id == "" {
		return Reader{}, nil
	}
	who, p, err := account.Subject(ctx, h.DB, id, account.Strength(h.Sessions.GetInt(ctx, account.SessionStrength)))
	if err == nil {
		var out time.Time
		if out, err = account.SignedOut(ctx, h.DB, id); err == nil && h.Sessions.GetInt64(ctx, account.SessionSince) < store.Micros(out) {
			err = store.ErrNotFound
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return Reader{}, h.Sessions.Destroy(ctx)
	}
	return Reader{Subject: who, Name: p.Name, Lang: p.Lang, Reads: account.ParseTongues(p.Reads)}, err
}

func (h *House) signInForm(w http.ResponseWriter, r *http.Request) error {
	next := inside(r.FormValue("next"))
	if next == "" {
		next = cameFrom(r)
	}
	if ReaderOf(r).SignedIn() {
		return onward(w, r, h.site.Frame(r), next)
	}
	return h.showSignIn(w, r, next, "", nil)
}

// showSignIn shows the form; err says why it is shown again. Whatever was wrong,
// it says the same: whether an address has an account here is nobody's business.
func (h *House) showSignIn(w http.ResponseWriter, r *http.Request, next, email string, err error) error {
	f, v, wrong := h.signInView(r, next, email)
	if wrong != nil {
		return wrong
	}
	if err := f.unwelcome(w, &v.Fields[0], "account.sign-in.failed", err); err != nil {
		return err
	}
	return signInPage.Show(w, f, v)
}

func (h *House) signInView(r *http.Request, next, email string) (*Frame, SignInView, error) {
	f := h.site.Frame(r)
	f.Title, f.Private = f.T("account.sign-in.title"), true
	v := SignInView{Next: next, Fields: []Field{
		{Name: "email", Label: f.T("account.field.email"), Type: "email", Value: email, Auto: "username", Must: true},
		{Name: "password", Label: f.T("account.field.password"), Type: "password", Auto: "current-password", Must: true},
	}}
	if _, ok := h.passkeySite(r); ok {
		v.Passkey = f.passkey("in", "signin.passkey.in")
	}
	ways, err := h.ways(r, f, "/sign-in/with/", "provider.in", next)
	v.Ways = ways
	return f, v, err
}

// unwelcome writes at a field why somebody was not let in: with key where what
// she showed is wrong, or how long she has to wait. Other errors it returns.
func (f *Frame) unwelcome(w http.ResponseWriter, field *Field, key string, err error) error {
	var slow account.Slow
	switch {
	case err == nil:
		return nil
	case errors.As(err, &slow):
		seconds := int(math.Ceil(slow.Wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		f.Status, field.Error = http.StatusTooManyRequests, f.T("signin.slow.seconds", "n", seconds)
		if seconds > 90 {
			field.Error = f.T("signin.slow.minutes", "n", (seconds+59)/60)
		}
	case errors.Is(err, account.ErrSignIn):
		f.Status, field.Error = http.StatusUnprocessableEntity, f.T(key)
	default:
		return err
	}
	f.Errors = append(f.Errors, Error{field.Name, field.Error})
	return nil
}

func (h *House) signIn(w http.ResponseWriter, r *http.Request) error {
	next, email, start := inside(r.PostFormValue("next")), r.PostFormValue("email"), time.Now()
	p, err := h.door().Password(r.Context(), h.knock(r), email, r.PostFormValue("password"))
	if err != nil {
		return h.showSignIn(w, r, next, email, err)
	}
	return h.afterFirst(w, r, p, "password", start, next)
}

// afterFirst goes on with somebody whose first factor was right, which began at
// start: to the second step where she has a second factor, else in. how is what
// she has shown, for the log.
func (h *House) afterFirst(w http.ResponseWriter, r *http.Request, p account.Person, how string, start time.Time, next string) error {
	factors, err := account.LoadFactors(r.Context(), h.DB, p.ID)
	if err != nil {
		return err
	}
	if factors.Second() {
		return h.showStep(w, r, halfway{p.ID, how, start, next}, p, factors, nil)
	}
	if err := h.enter(w, r, p, account.OneFactor, how, start); err != nil {
		return err
	}
	return h.lead(w, r, p, account.OneFactor, next)
}

// signInPasskey takes a passkey: after the password, or alone.
func (h *House) signInPasskey(w http.ResponseWriter, r *http.Request) error {
	start := time.Now()
	state, answer := r.PostFormValue("state"), r.PostFormValue("answer")
	if r.PostFormValue("step") != "" {
		return h.stepPasskey(w, r, state, answer)
	}
	next := inside(r.PostFormValue("next"))
	site, ok := h.passkeySite(r)
	if !ok {
		return NotFound()
	}
	p, err := h.door().Passkey(r.Context(), h.knock(r), site, "", true, state, answer)
	if errors.Is(err, account.ErrSignIn) {
		return h.passkeyRefused(w, r, next)
	}
	if err != nil {
		return h.showSignIn(w, r, next, "", err)
	}
	if err := h.enter(w, r, p, account.TwoFactors, "passkey", start); err != nil {
		return err
	}
	return h.lead(w, r, p, account.TwoFactors, next)
}

// passkeyRefused shows the form with the reason above it: no field is at fault.
func (h *House) passkeyRefused(w http.ResponseWriter, r *http.Request, next string) error {
	f, v, err := h.signInView(r, next, "")
	if err != nil {
		return err
	}
	f.Status, f.Errors = http.StatusUnprocessableEntity, []Error{{"", f.T("signin.passkey.refused")}}
	return signInPage.Show(w, f, v)
}

func (h *House) signOut(w http.ResponseWriter, r *http.Request) error {
	provider := h.Sessions.GetString(r.Context(), sessionProvider)
	if err := h.Sessions.Destroy(r.Context()); err != nil {
		return err
	}
	// Nothing of hers stays in the browser; what it is known by opens nothing and
	// stays (ASVS 5.0 14.3.1).
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	if shown, err := h.signOutThere(w, r, provider); shown || err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/", noticeSignedOut, 0)
}

// onward leads a reader who has signed in to where she wanted to go.
func onward(w http.ResponseWriter, r *http.Request, f *Frame, next string) error {
	path, _, _ := strings.Cut(next, "?")
	_, rest, prefixed := splitLanguage(path)
	switch {
	case next == "" || rest == "/sign-in" || strings.HasPrefix(rest, "/sign-in/") || rest == "/prove":
		next = f.URL("/")
	case !prefixed:
		next = f.URL(next)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// inside returns the address if it leads to a page of ours, else "": sign-in
// must not send anybody to another site.
func inside(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, "\\") || strings.ContainsFunc(next, unicode.IsControl) {
		return ""
	}
	return next
}

// cameFrom is the page of ours from which the reader followed "Sign in".
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return ""
	}
	return inside(u.RequestURI())
}

// mustSignIn sends a reader who is not signed in to the form, from where she
// comes back to this page.
func (h *House) mustSignIn(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	here := f.here(r.URL.Query())
	http.Redirect(w, r, f.URL("/sign-in")+"?"+url.Values{"next": {here}}.Encode(), http.StatusSeeOther)
	return nil
}

// languageOptions are the six languages, each in itself.
func languageOptions(chosen string) []Option {
	options := make([]Option, len(lang.All))
	for i, t := range lang.All {
		options[i] = Option{Value: string(t), Text: t.Name(), Chosen: string(t) == chosen}
	}
	return options
}
