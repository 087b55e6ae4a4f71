package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// sessionPerson is where the session keeps who signed in. It holds the id and
// nothing else: rights are read anew on every request.
const sessionPerson = "person"

// SignInView is the sign-in form.
type SignInView struct {
	Next   string // path to go on to
	Fields []Field
}

var signInPage = newPage("signin", SignInView{
	Next: "/en/library/upload",
	Fields: []Field{
		{Name: "email", Label: "E-mail address", Type: "email", Auto: "username", Must: true, Error: "They do not match."},
		{Name: "password", Label: "Password", Type: "password", Auto: "current-password", Must: true},
	},
})

var noticeSignedOut = newNotice("account.signed-out")

func (h *House) openSignIn() {
	h.site.Handle("GET /sign-in", h.signInForm)
	h.site.Handle("POST /sign-in", h.signIn)
	h.site.Handle("POST /sign-out", h.signOut)
	h.openAccount()
}

// reader tells from the session who sends the request. A session whose account
// was blocked or is gone ends here.
func (h *House) reader(r *http.Request) (Reader, error) {
	ctx := r.Context()
	id := h.Sessions.GetString(ctx, sessionPerson)
	if id == "" {
		return Reader{}, nil
	}
	who, p, err := account.Subject(ctx, h.DB, id, account.OneFactor)
	if errors.Is(err, store.ErrNotFound) {
		return Reader{}, h.Sessions.Destroy(ctx)
	}
	return Reader{Subject: who, Name: p.Name, Lang: p.Lang}, err
}

func (h *House) signInForm(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	next := inside(r.FormValue("next"))
	if next == "" {
		next = cameFrom(r)
	}
	if f.Reader.SignedIn() {
		return onward(w, r, f, next)
	}
	return showSignIn(w, f, next, "", false)
}

// showSignIn shows the form. Whatever was wrong, it says the same: whether an
// address has an account here is nobody's business.
func showSignIn(w http.ResponseWriter, f *Frame, next, email string, failed bool) error {
	f.Title, f.Private = f.T("account.sign-in.title"), true
	fields := []Field{
		{Name: "email", Label: f.T("account.field.email"), Type: "email", Auto: "username", Value: email, Must: true},
		{Name: "password", Label: f.T("account.field.password"), Type: "password", Auto: "current-password", Must: true},
	}
	if failed {
		f.Status = http.StatusUnprocessableEntity
		fields[0].Error = f.T("account.sign-in.failed")
		f.Errors = []Error{{"email", fields[0].Error}}
	}
	return signInPage.Show(w, f, SignInView{Next: next, Fields: fields})
}

func (h *House) signIn(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	next, email := inside(r.PostFormValue("next")), r.PostFormValue("email")
	p, err := account.SignIn(r.Context(), h.DB, email, r.PostFormValue("password"))
	if errors.Is(err, account.ErrSignIn) {
		return showSignIn(w, f, next, email, true)
	}
	if err != nil {
		return err
	}
	// A new token, so that one planted before sign-in opens nothing.
	if err := h.Sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	h.Sessions.Put(r.Context(), sessionPerson, p.ID)
	if !visitOf(r).prefixed && p.Lang != "" {
		f.Lang = p.Lang
	}
	return onward(w, r, f, next)
}

func (h *House) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.Sessions.Destroy(r.Context()); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/", noticeSignedOut, 0)
}

// onward leads a reader who has signed in to where she wanted to go.
func onward(w http.ResponseWriter, r *http.Request, f *Frame, next string) error {
	path, _, _ := strings.Cut(next, "?")
	_, rest, prefixed := splitLanguage(path)
	switch {
	case next == "" || rest == "/sign-in":
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
		!strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
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
