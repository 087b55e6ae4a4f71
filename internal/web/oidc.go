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

// Signing in elsewhere: a provider's button, the way to it, and the way back
// (OpenID Connect, authorization code with PKCE). The cookie that binds the way to
// this browser is set when the button is pressed and is gone when she is back.

// WayView is the button of a provider.
type WayView struct {
	Action, Text string
	Next         string // page to go on to
}

// LeaveView is the page that leads to a provider, or from here to its sign-out.
// The browser goes on by itself where the page says so.
type LeaveView struct {
	Lead    string
	Host    string // where the link leads
	Address string
	Go      string // words of the link
	Back    *Link
}

var leavePage = newPage("provider-leave", LeaveView{
	Lead: "You go on to sign in with the Ministry.", Host: "id.example", Address: "/en/sign-in", Go: "Go on", Back: &Link{"Back", "/en/sign-in"},
})

// StrangerView is for somebody whom a provider knows and nobody here.
type StrangerView struct {
	Lead     string
	Connect  string // address to go on to with an account that is here
	Register string // address to make one, or ""
}

var strangerPage = newPage("provider-stranger", StrangerView{
	Lead: "The Ministry has said who you are, but nobody is known here by that.", Connect: "/en/sign-in?next=x", Register: "/en/register",
})

// sessionProvider is in the session where somebody has signed in elsewhere: the
// provider's id.
const sessionProvider = "provider"

func (h *House) openProviders() {
	if h.Outgoing == nil {
		h.Outgoing = &http.Client{Transport: nowhere{}}
	}
	h.providers = account.NewProviders(h.DB, h.Keys, h.Outgoing)
	// Both ways ask another host, in our name: nobody makes us knock there without end.
	h.site.Handle("POST /sign-in/with/{id}", h.site.costly(h.goToProvider(account.ToSignIn)))
	h.site.Handle("GET /sign-in/with/{id}/back", h.site.costly(h.backFromProvider))
	h.site.Handle("POST /prove/with/{id}", h.site.costly(h.goToProvider(account.ToProve)))
	h.site.Handle("POST /account/identities/with/{id}", h.site.costly(h.proven(h.goToProvider(account.ToConnect))))
	h.site.Handle("GET /account/identities/connect", h.introduced)
	h.site.Handle("POST /account/identities/connect", h.proven(h.connectIntroduced))
	h.site.Handle("POST /account/identities/remove", h.proven(h.removeIdentity))
	h.openAdminProviders()
}

// nowhere lets no request leave: the house was opened without a way out.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("web: this house has no way out")
}

// backFrom is where a provider sends people back to. It begins with the
// installation's own origin and never with the name by which a request calls the
// server, and differs from provider to provider.
func (h *House) backFrom(id string) string { return h.ownOrigin() + "/sign-in/with/" + id + "/back" }

func (h *House) ownOrigin() string { return strings.TrimSuffix(h.site.opts.Origin, "/") }

// ways are the buttons of the providers; path stands before the id.
func (h *House) ways(r *http.Request, f *Frame, path, key, next string) ([]WayView, error) {
	if h.ownOrigin() == "" || h.providers == nil {
		return nil, nil // nobody would find the way back
	}
	list, err := account.EnabledProviders(r.Context(), h.DB)
	var ways []WayView
	for _, p := range list {
		ways = append(ways, WayView{Action: f.URL(path + p.ID), Text: f.T(key, "name", p.Names.In(f.Lang)), Next: next})
	}
	return ways, err
}

// goToProvider begins the way to a provider, for one purpose.
func (h *House) goToProvider(purpose account.Purpose) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who := ReaderOf(r)
		if purpose != account.ToSignIn && !who.SignedIn() {
			return h.mustSignIn(w, r)
		}
		p, err := account.LoadProvider(r.Context(), h.DB, r.PathValue("id"))
		if errors.Is(err, store.ErrNotFound) || err == nil && (!p.Enabled || h.ownOrigin() == "") {
			return NotFound()
		}
		if err != nil {
			return err
		}
		e := account.Errand{Purpose: purpose, Next: inside(r.PostFormValue("next")), Lang: LangOf(r)}
		if len(e.Next) > longestNext {
			e.Next = ""
		}
		if purpose != account.ToSignIn {
			e.Person = who.ID
		}
		e, address, err := h.providers.Begin(r.Context(), p, h.backFrom(p.ID), e)
		if err != nil {
			return h.notFromThere(w, r, p, e, err)
		}
		h.bindErrand(w, r, e)
		f := h.site.Frame(r)
		f.Title, f.Private = f.T("provider.leave.title"), true
		return leave(w, f, LeaveView{
			Lead: f.T("provider.leave.lead", "name", p.Names.In(f.Lang)), Address: address, Go: f.T("core.continue"),
			Back: &Link{f.T("provider.leave.stay"), f.URL("/sign-in")},
		}, true)
	}
}

// longestNext bounds the page to go on to, which travels in a cookie.
const longestNext = 1000

// leave shows the page that leads to another site. A form of ours may not be
// redirected there: the policy lets forms go to this site alone. So the browser
// is told to follow by itself, and where it does not there is the link.
func leave(w http.ResponseWriter, f *Frame, v LeaveView, byItself bool) error {
	u, err := url.Parse(v.Address)
	if err != nil {
		return err
	}
	v.Host = u.Host
	if byItself {
		w.Header().Set("Refresh", "0; url="+u.String())
	}
	return leavePage.Show(w, f, v)
}

// backFromProvider is where a provider sends the browser back to.
func (h *House) backFromProvider(w http.ResponseWriter, r *http.Request) error {
	answer := r.URL.Query()
	r.URL.RawQuery = "" // no link of the page that follows carries the code on
	visitOf(r).path = "/sign-in"
	e, err := h.takeErrand(w, r, answer["state"])
	if err == nil && e.Provider != r.PathValue("id") {
		err = account.ErrErrand
	}
	if err != nil {
		return h.showRefusal(w, r, e, http.StatusUnprocessableEntity, "provider.back.stale")
	}
	speak(r, e.Lang)
	p, err := account.LoadProvider(r.Context(), h.DB, e.Provider)
	if err != nil {
		return err
	}
	c, err := h.providers.Return(r.Context(), p, h.backFrom(p.ID), e, answer)
	if err != nil {
		return h.notFromThere(w, r, p, e, err)
	}
	if e.Purpose != account.ToSignIn && ReaderOf(r).ID != e.Person {
		return h.showRefusal(w, r, e, http.StatusUnprocessableEntity, "provider.back.stale")
	}
	switch e.Purpose {
	case account.ToConnect:
		h.setWay(w, introductionCookie, h.providers.SealIntroduction(p, c), introductionAge)
		http.Redirect(w, r, h.site.Frame(r).URL("/account/identities/connect"), http.StatusSeeOther)
		return nil
	case account.ToProve:
		return h.provedThere(w, r, p, e, c)
	}
	return h.signInFromThere(w, r, p, e, c)
}

// signInFromThere lets in whom the provider knows and somebody here too.
func (h *House) signInFromThere(w http.ResponseWriter, r *http.Request, p account.Provider, e account.Errand, c account.Claims) error {
	person, isNew, err := h.providers.Arrive(r.Context(), p, c, e.Lang)
	switch {
	case errors.Is(err, account.ErrStranger):
		return h.showStranger(w, r, p, e, c)
	case errors.Is(err, account.ErrSignIn): // her account is closed: the same answer as at the front door
		return h.showRefusal(w, r, e, http.StatusUnprocessableEntity, "provider.back.closed")
	case err != nil:
		return err
	}
	how := howProvider + p.ID
	if c.Strength < account.TwoFactors && !isNew {
		return h.afterFirst(w, r, person, how, e.Start, e.Next)
	}
	if err := h.enter(w, r, person, c.Strength, how, e.Start); err != nil {
		return err
	}
	if isNew {
		return h.site.Frame(r).Redirect(w, "/welcome", "", 0)
	}
	return h.lead(w, r, person, c.Strength, e.Next)
}

// howProvider begins how somebody has signed in, before the provider's id.
const howProvider = "provider:"

// noteProvider keeps in the session where somebody has signed in, so that signing
// out can lead there too.
func (h *House) noteProvider(r *http.Request, how string) {
	if rest, ok := strings.CutPrefix(how, howProvider); ok {
		id, _, _ := strings.Cut(rest, "+")
		h.Sessions.Put(r.Context(), sessionProvider, id)
	}
}

// provedThere takes a fresh sign-in at a provider as the proof that it is still
// she: the same person, and as surely as she has signed in here.
func (h *House) provedThere(w http.ResponseWriter, r *http.Request, p account.Provider, e account.Errand, c account.Claims) error {
	who := ReaderOf(r)
	known, err := account.Identities(r.Context(), h.DB, who.Subject, who.ID)
	if err != nil {
		return err
	}
	hers := false
	for _, i := range known {
		hers = hers || i.Issuer == c.Issuer && i.Subject == c.Subject
	}
	if !hers || c.Strength < h.strength(r) {
		return h.showRefusal(w, r, e, http.StatusUnprocessableEntity, "provider.back.other")
	}
	if err := h.proved(r); err != nil {
		return err
	}
	return onward(w, r, h.site.Frame(r), e.Next)
}

// showStranger says that nobody is known here by what the provider says, and both
// ways on: with an account that is here, or to a new one.
func (h *House) showStranger(w http.ResponseWriter, r *http.Request, p account.Provider, e account.Errand, c account.Claims) error {
	h.setWay(w, introductionCookie, h.providers.SealIntroduction(p, c), introductionAge)
	f := h.site.Frame(r)
	f.Title, f.Private = f.T("provider.stranger.title"), true
	name := p.Names.In(f.Lang)
	v := StrangerView{
		Lead:    f.T("provider.stranger.unverified", "name", name),
		Connect: f.URL("/sign-in") + "?" + url.Values{"next": {f.URL("/account/identities/connect")}}.Encode(),
	}
	if c.Verified {
		v.Lead = f.T("provider.stranger.taken", "name", name, "address", c.Email)
	} else if f.Has("/register") {
		v.Register = f.URL("/register")
	}
	return strangerPage.Show(w, f, v)
}

// notFromThere shows why somebody did not come back from a provider as herself.
// What it is in detail stands in the log, for those who run the system.
func (h *House) notFromThere(w http.ResponseWriter, r *http.Request, p account.Provider, e account.Errand, err error) error {
	name := p.Names.In(LangOf(r))
	var fault *account.ProviderFault
	switch {
	case errors.Is(err, account.ErrErrand):
		return h.showRefusal(w, r, e, http.StatusUnprocessableEntity, "provider.back.stale")
	case errors.Is(err, account.ErrDenied):
		return h.showRefusal(w, r, e, http.StatusUnprocessableEntity, "provider.back.denied", "name", name)
	case !errors.As(err, &fault):
		return err
	}
	h.site.log.Warn("sign-in provider", "request", visitOf(r).id, "provider", p.ID, "fault", fault.Key, "said", fault.Said)
	if fault.Down {
		return h.showRefusal(w, r, e, http.StatusServiceUnavailable, "provider.back.down", "name", name)
	}
	return h.showRefusal(w, r, e, http.StatusUnprocessableEntity, "provider.back.wrong", "name", name, "number", visitOf(r).id)
}

// showRefusal shows the sign-in page with the sentence above it: the other ways
// in stay open. Whoever is signed in already gets it on a page of its own.
func (h *House) showRefusal(w http.ResponseWriter, r *http.Request, e account.Errand, status int, key string, args ...any) error {
	if e.Lang != "" {
		speak(r, e.Lang)
	}
	if ReaderOf(r).SignedIn() {
		return &Fault{Status: status, Key: key, Args: args}
	}
	f, v, err := h.signInView(r, e.Next, "")
	if err != nil {
		return err
	}
	f.Status, f.Errors = status, []Error{{"", f.T(key, args...)}}
	return signInPage.Show(w, f, v)
}

// speak makes the request one in the language in which the way began: the
// provider's way back names none.
func speak(r *http.Request, t lang.Tag) {
	v := visitOf(r)
	v.lang, v.prefixed, v.path = t, true, "/sign-in"
}
