package web

import (
	"net/http"
	"strings"
	"time"

	"polis/internal/account"
)

// The cookies of the way to a provider and back. They hold what is sealed with
// the installation's key, open nothing by themselves, and go with the way.
const (
	errandCookie       = "polis-way-" // and the first letters of the state: several ways may be under way
	introductionCookie = "polis-introduction"

	errandAge       = 10 * time.Minute
	introductionAge = 15 * time.Minute
	maxErrands      = 4
)

// setWay sets one of the cookies; without age it is taken away. Lax, because she
// comes back with a link of another site.
func (h *House) setWay(w http.ResponseWriter, name, value string, age time.Duration) {
	c := &http.Cookie{
		Name: h.wayName(name), Value: value, Path: "/", MaxAge: int(age.Seconds()),
		HttpOnly: true, Secure: h.Sessions.Cookie.Secure, SameSite: http.SameSiteLaxMode,
	}
	if age == 0 {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// wayName is what the cookie is called: over https with the prefix that lets no
// other host plant it.
func (h *House) wayName(name string) string {
	if h.Sessions.Cookie.Secure {
		return securePrefix + name
	}
	return name
}

func errandName(state string) string {
	return errandCookie + strings.ToLower(state[:min(8, len(state))])
}

// bindErrand binds an errand to the browser. Ways that led nowhere do not pile up.
func (h *House) bindErrand(w http.ResponseWriter, r *http.Request, e account.Errand) {
	var begun []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, h.wayName(errandCookie)) {
			begun = append(begun, strings.TrimPrefix(c.Name, h.wayName("")))
		}
	}
	if len(begun) >= maxErrands {
		for _, name := range begun {
			h.setWay(w, name, "", 0)
		}
	}
	h.setWay(w, errandName(e.State), h.providers.SealErrand(e), errandAge)
}

// takeErrand takes the errand that the browser has begun under the state with
// which it comes back.
func (h *House) takeErrand(w http.ResponseWriter, r *http.Request, states []string) (account.Errand, error) {
	if len(states) != 1 || len(states[0]) < 8 {
		return account.Errand{}, account.ErrErrand
	}
	name := errandName(states[0])
	c, err := r.Cookie(h.wayName(name))
	if err != nil {
		return account.Errand{}, account.ErrErrand
	}
	h.setWay(w, name, "", 0)
	return h.providers.OpenErrand(c.Value)
}

// introduction reads what a provider has said of somebody in this browser whom
// nobody is known as yet.
func (h *House) introduction(r *http.Request) (account.Introduction, error) {
	c, err := r.Cookie(h.wayName(introductionCookie))
	if err != nil {
		return account.Introduction{}, account.ErrErrand
	}
	return h.providers.OpenIntroduction(c.Value)
}
