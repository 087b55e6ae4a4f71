package web

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// PasskeyView is a button that asks the browser for a passkey. It is there only
// where a script can: passkey.js shows it.
type PasskeyView struct {
	Options string // address of the challenge
	Purpose string // "in", "step", "prove", "add", "register", "join"
	Prefix  string // of the names of its hidden fields, state and answer
	Button  string
	Failed  string // what is said where the browser gives none
	Title   string // over it, or ""
	Lead    string // under the title
	Other   string // title of the way that follows it, or ""
}

func (f *Frame) passkey(purpose, button string) *PasskeyView {
	return &PasskeyView{Options: f.URL("/passkey/options"), Purpose: purpose, Button: f.T(button), Failed: f.T("signin.passkey.failed")}
}

// passkeySite is for whom passkeys are made where the request came in: the name
// of the installation or, where it was given none but this machine's, the one by
// which the reader calls it. A number is no name: there can be none then.
func (h *House) passkeySite(r *http.Request) (account.Site, bool) {
	u, err := url.Parse(h.site.opts.Origin)
	if err != nil || u.Hostname() == "" || u.Hostname() == "localhost" {
		u = &url.URL{Scheme: "http", Host: r.Host}
		if r.TLS != nil || h.Sessions.Cookie.Secure {
			u.Scheme = "https"
		}
	}
	if u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return account.Site{}, false
	}
	return account.Site{Host: strings.ToLower(u.Hostname()), Origin: strings.ToLower(u.Scheme + "://" + u.Host)}, true
}

// hasPasskeyHere reports whether one of the person's passkeys works where the
// request came in.
func (h *House) hasPasskeyHere(r *http.Request, factors account.Factors) bool {
	site, ok := h.passkeySite(r)
	if !ok {
		return false
	}
	for _, k := range factors.Passkeys {
		if k.Site == site.Host {
			return true
		}
	}
	return false
}

// passkeyOptions gives a script the challenge for what it is about to ask of the
// browser. The form that brings the answer is an ordinary one.
func (h *House) passkeyOptions(w http.ResponseWriter, r *http.Request) error {
	site, ok := h.passkeySite(r)
	if !ok {
		return NotFound()
	}
	challenge, err := h.challenge(r, site)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, account.ErrSignIn) || errors.Is(err, account.ErrTicket) {
		return NotFound()
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(challenge)
}

func (h *House) challenge(r *http.Request, site account.Site) (account.Challenge, error) {
	who := ReaderOf(r)
	switch purpose := r.PostFormValue("purpose"); {
	case purpose == "in":
		return h.door().AskPasskey(r.Context(), site, "", true)
	case purpose == string(account.ToRegister), purpose == string(account.ToJoin):
		return h.door().OfferFirstPasskey(r.Context(), site, account.TicketKind(purpose), r.PostFormValue("t"))
	case purpose == "step":
		s, _, _, err := h.openStep(r)
		if err != nil {
			return account.Challenge{}, err
		}
		return h.door().AskPasskey(r.Context(), site, s.Person, false)
	case !who.SignedIn():
		return account.Challenge{}, Refused(access.RuleSignIn)
	case purpose == "prove":
		return h.door().AskPasskey(r.Context(), site, who.ID, true)
	case purpose == "add" && h.fresh(r):
		return h.door().OfferPasskey(r.Context(), site, who.ID)
	case purpose == "add":
		return account.Challenge{}, &Fault{Status: http.StatusForbidden, Key: "signin.prove.stale"}
	}
	return account.Challenge{}, NotFound()
}
