package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"polis/internal/account"
	"polis/internal/store"
)

// enter opens a session for somebody who has shown who she is: how surely and
// how, in what began at start. The token is new, so that one planted before opens
// nothing (ASVS 5.0 7.2.4), and the browser is known to her from now on.
func (h *House) enter(w http.ResponseWriter, r *http.Request, p account.Person, strength account.Strength, how string, start time.Time) error {
	ctx := r.Context()
	if err := h.door().Welcome(ctx, h.knock(r), p, how, strength); err != nil {
		return err
	}
	if err := h.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	if err := h.Sessions.Clear(ctx); err != nil {
		return err
	}
	h.Sessions.Put(ctx, account.SessionPerson, p.ID)
	h.Sessions.Put(ctx, account.SessionStrength, int(strength))
	h.Sessions.Put(ctx, account.SessionDevice, deviceName(r.UserAgent()))
	h.Sessions.Put(ctx, account.SessionSince, start.UnixMicro())
	h.Sessions.Put(ctx, account.SessionProved, start.UnixMicro())
	h.Sessions.Put(ctx, account.SessionBefore, store.Micros(p.Seen))
	h.noteProvider(r, how)
	h.know(w, r, p.Email)
	return nil
}

// goOn gives the present session a new token after a change that ended all
// sessions of its person, this one too.
func (h *House) goOn(r *http.Request, strength account.Strength) error {
	ctx := r.Context()
	if err := h.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	h.Sessions.Put(ctx, account.SessionSince, time.Now().UnixMicro())
	h.Sessions.Put(ctx, account.SessionStrength, int(strength))
	return nil
}

// strength is how surely the sender of the request has signed in.
func (h *House) strength(r *http.Request) account.Strength {
	return account.Strength(h.Sessions.GetInt(r.Context(), account.SessionStrength))
}

// lead takes somebody who has just signed in to where she wanted to go; whose
// roles wait for a second factor, by way of setting one up.
func (h *House) lead(w http.ResponseWriter, r *http.Request, p account.Person, strength account.Strength, next string) error {
	f := h.site.Frame(r)
	if !visitOf(r).prefixed && p.Lang != "" {
		f.Lang = p.Lang
	}
	who, _, err := account.Subject(r.Context(), h.DB, p.ID, strength)
	if err != nil {
		return err
	}
	if who.Withheld {
		path, _, _ := strings.Cut(next, "?")
		if _, _, prefixed := splitLanguage(path); next != "" && !prefixed {
			next = f.URL(next)
		}
		http.Redirect(w, r, f.URL("/account/security")+"?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
		return nil
	}
	return onward(w, r, f, next)
}

// deviceAge is how long a browser remembers who has signed in with it.
const deviceAge = 400 * 24 * time.Hour

// deviceCookie is the name of the cookie by which a browser is known. It opens
// nothing.
func (h *House) deviceCookie() string {
	if h.Sessions.Cookie.Secure {
		return securePrefix + deviceCookieName
	}
	return deviceCookieName
}

const (
	deviceCookieName = "polis-device"
	securePrefix     = "__Host-"
)

func (h *House) know(w http.ResponseWriter, r *http.Request, email string) {
	http.SetCookie(w, &http.Cookie{
		Name: h.deviceCookie(), Value: string(h.door().Remember(h.device(r), email)), Path: "/",
		MaxAge: int(deviceAge.Seconds()), HttpOnly: true, Secure: h.Sessions.Cookie.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func (h *House) device(r *http.Request) account.Device {
	c, err := r.Cookie(h.deviceCookie())
	if err != nil {
		return ""
	}
	return account.Device(c.Value)
}

// knock is from where somebody tries to come in.
func (h *House) knock(r *http.Request) account.Knock {
	return account.Knock{Address: networkOf(AddressOf(r)), Device: h.device(r), Browser: deviceName(r.UserAgent())}
}

// deviceName names a browser and its system in a few letters, as its person would:
// "Firefox, Windows". "" where it says nothing of the kind.
func deviceName(agent string) string {
	browser, system := named(agent, browsers), named(agent, systems)
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + ", " + system
}

// sign is a piece of a browser's own name and what it stands for.
type sign struct{ piece, name string }

// The order matters: most browsers also call themselves by their ancestors' names.
var (
	browsers = []sign{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"YaBrowser/", "Yandex"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Vivaldi/", "Vivaldi"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
	}
	systems = []sign{
		{"Windows", "Windows"},
		{"Android", "Android"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
)

func named(agent string, signs []sign) string {
	for _, s := range signs {
		if strings.Contains(agent, s.piece) {
			return s.name
		}
	}
	return ""
}
