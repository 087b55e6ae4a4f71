package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

// as is a browser that calls itself by that name.
func (v visitor) as(agent string) visitor {
	v.client.Transport = naming{agent}
	return v
}

type naming struct{ agent string }

func (n naming) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", n.agent)
	return http.DefaultTransport.RoundTrip(r)
}

// enter signs somebody in with a browser that calls itself by that name.
func (h inhabited) enter(email, agent string) visitor {
	h.t.Helper()
	v := h.visitor().as(agent)
	if got := v.post("/en/sign-in", "email", email, "password", testPassword); got.status != http.StatusSeeOther {
		h.t.Fatalf("sign-in: %d %s", got.status, got.body)
	}
	return v
}

func (v visitor) in() bool { return v.get("/en/account").status == http.StatusOK }

var sessionID = regexp.MustCompile(`name="id" value="([0-9a-f]{64})"`)

// ASVS 5.0 7.5.2, 7.4.3, 7.4.4.
func TestSessionsOnThePage(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		h.person("a@polis.example", access.Expert, "")
		first, second, third := h.enter("a@polis.example", firefox), h.enter("a@polis.example", "curl/8"), h.enter("a@polis.example", "")
		page := first.get("/en/account/security")
		for _, words := range []string{"Firefox, Windows", "curl", en.T("signin.device.unknown"), en.T("signin.session.here"), en.T("signin.strength.one")} {
			if !page.says(words) {
				t.Errorf("the page lacks %q", words)
			}
		}
		ids := sessionID.FindAllStringSubmatch(page.body, -1)
		if len(ids) != 2 {
			t.Fatalf("%d sessions can be ended", len(ids))
		}
		if !strings.Contains(page.body, en.T("web.nav.sign-out")) {
			t.Error("no way out")
		}
		if got := first.post("/en/account/security/sessions/end", "id", ids[0][1]); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
		if !first.in() || second.in() == third.in() {
			t.Error("not one session alone has ended")
		}
		if got := first.post("/en/account/security/sessions/end-others"); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
		if !first.in() || second.in() || third.in() {
			t.Error("not all the others have ended")
		}
		h.person("b@polis.example", access.Expert, "")
		other := h.enter("b@polis.example", firefox)
		if got := other.post("/en/account/security/sessions/end", "id", account.Session{}.ID); got.status != http.StatusSeeOther || !first.in() {
			t.Error("somebody else's session:", got.status)
		}
	})
}

func TestANewPasswordEndsTheOtherSessions(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.person("a@polis.example", access.Expert, "")
		here, there := h.enter("a@polis.example", firefox), h.enter("a@polis.example", firefox)
		token := here.session()
		got := here.post("/en/account/security/password", "current", testPassword, "password", "a quite new password", "again", "a quite new password")
		if got.status != http.StatusSeeOther || !here.in() || there.in() || here.session() == token {
			t.Error(got.status, here.in(), there.in())
		}
	})
}

// ASVS 5.0 7.2.1, 7.2.2, 7.2.3, 7.2.4.
func TestTokensThatOpenNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.person("a@polis.example", access.Expert, "")
		v := h.enter("a@polis.example", firefox)
		token := v.session()
		row, err := store.Get[string](t.Context(), h.DB, store.Everything("test"), "SELECT hash FROM session WHERE {scope}")
		if err != nil || row == token {
			t.Fatal(row, err)
		}
		with := func(token string) seen {
			w := h.visitor()
			r := w.request("GET", "/en/account", "", nil)
			r.AddCookie(&http.Cookie{Name: "session", Value: token})
			return w.do(r)
		}
		if with(token).status != http.StatusOK {
			t.Fatal("her own token opens nothing")
		}
		for name, forged := range map[string]string{
			"the hash from the table": row, "cut": token[:len(token)-1], "in capitals": strings.ToUpper(token), "her id": h.DB.Engine(),
			"nothing": "", "long": strings.Repeat("A", 8000), "SQL": "' OR ended = 0 --", "all": "%",
		} {
			if got := with(forged); got.status != http.StatusSeeOther || got.cookie("session").Value != "" {
				t.Errorf("%s: %d %v", name, got.status, got.cookies)
			}
		}
		t.Run("a token planted before sign-in opens nothing afterwards", func(t *testing.T) {
			w := h.visitor()
			r := w.request("POST", "/en/sign-in", "application/x-www-form-urlencoded",
				strings.NewReader(url.Values{"email": {"a@polis.example"}, "password": {testPassword}}.Encode()))
			r.AddCookie(&http.Cookie{Name: "session", Value: "planted"})
			got := w.do(r)
			if got.status != http.StatusSeeOther || got.cookie("session").Value == "planted" || with("planted").status != http.StatusSeeOther {
				t.Error(got.status, got.cookies)
			}
		})
		t.Run("one session's token becomes worthless where another person signs in", func(t *testing.T) {
			h.person("b@polis.example", access.Expert, "")
			if got := v.post("/en/sign-in", "email", "b@polis.example", "password", testPassword); got.status != http.StatusSeeOther {
				t.Fatal(got.status)
			}
			if with(token).status != http.StatusSeeOther || !v.get("/en/account").says("b@polis.example") {
				t.Error("the sessions mix")
			}
		})
		t.Run("a session from before all were ended is over, wherever it lies", func(t *testing.T) {
			w := h.enter("a@polis.example", firefox)
			_, err := store.Write(t.Context(), h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(t.Context(), "UPDATE person SET signed_out = $1", tx.Now())
				return store.Event{Act: "test"}, err
			})
			if err != nil || w.in() {
				t.Error("a sign-in that was under way holds", err)
			}
		})
	})
}

func TestSigningInManyTimesAtOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.person("a@polis.example", access.Expert, "")
		const n = 4 // who forgets the password has five tries
		tokens := make([]string, n)
		one := h.visitor() // a button pressed twice, and twice again
		var wait sync.WaitGroup
		for i := range n {
			v := h.visitor()
			if i%2 == 0 {
				v = one
			}
			wait.Go(func() {
				got := v.post("/en/sign-in", "email", "a@polis.example", "password", testPassword)
				if got.status != http.StatusSeeOther {
					t.Error(got.status)
				}
				tokens[i] = got.cookie("session").Value
			})
		}
		wait.Wait()
		different := map[string]bool{}
		for _, token := range tokens {
			different[token] = true
		}
		if len(different) != n || different[""] {
			t.Errorf("%d tokens of %d", len(different), n)
		}
		if !one.in() {
			t.Error("pressing the button twice leaves her outside")
		}
	})
}

func TestWhoGuessesWaitsAndTheOwnerDoesNot(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		h.person("owner@polis.example", access.Expert, "")
		own := h.enter("owner@polis.example", firefox)
		if got := own.post("/en/sign-out"); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		texts := map[string]string{}
		for _, email := range []string{"owner@polis.example", "nobody@polis.example"} {
			stranger := h.visitor()
			var wait sync.WaitGroup
			for range 12 {
				wait.Go(func() { stranger.post("/en/sign-in", "email", email, "password", "a wrong password") })
			}
			wait.Wait()
			r := stranger.request("POST", "/en/sign-in", "application/x-www-form-urlencoded",
				strings.NewReader(url.Values{"email": {email}, "password": {testPassword}}.Encode()))
			w, err := stranger.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			w.Body.Close()
			if w.StatusCode != http.StatusTooManyRequests || w.Header.Get("Retry-After") == "" || w.Header.Get("Retry-After") == "0" {
				t.Errorf("%s: %d, Retry-After %q", email, w.StatusCode, w.Header.Get("Retry-After"))
			}
			got := stranger.post("/en/sign-in", "email", email, "password", testPassword)
			if !strings.Contains(got.body, `value="`+email+`"`) || !got.says(en.T("signin.slow.seconds", "n", 2)) && !got.says(en.T("signin.slow.seconds", "n", 1)) {
				t.Errorf("%s: the address is lost, or nothing is said", email)
			}
			texts[email] = strings.ReplaceAll(got.body, email, "")
			later := regexp.MustCompile(`[12] seconds?|one second`)
			texts[email] = later.ReplaceAllString(texts[email], "")
		}
		if texts["owner@polis.example"] != texts["nobody@polis.example"] {
			t.Error("the page tells a known account from an unknown one")
		}
		if got := own.post("/en/sign-in", "email", "owner@polis.example", "password", testPassword); got.status != http.StatusSeeOther {
			t.Error("the owner is locked out of her own browser:", got.status)
		}
	})
}

// ASVS 5.0 3.3.1 to 3.3.4.
func TestCookiesOverHTTPS(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.person("a@polis.example", access.Expert, "")
		h.Sessions.Cookie.Secure, h.Sessions.Cookie.Name, h.Sessions.Cookie.Persist = true, "__Host-polis", false
		got := h.visitor().post("/en/sign-in", "email", "a@polis.example", "password", testPassword)
		for _, name := range []string{"__Host-polis", "__Host-polis-device"} {
			c := got.cookie(name)
			if c.Value == "" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %+v", name, c)
			}
		}
	})
}

func TestABrowsersName(t *testing.T) {
	for agent, want := range map[string]string{
		firefox: "Firefox, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36":                         "Chrome, Android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0":           "Edge, Windows",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 YaBrowser/25.6.0.0 Safari/537.36":                "Yandex, Linux",
		"<script>alert(1)</script>": "", "": "",
	} {
		if got := deviceName(agent); got != want {
			t.Errorf("%q: %q, not %q", agent, got, want)
		}
	}
}

func TestTheKnownBrowserReadsKeptPages(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "polis-device", Value: "X.y"})
	if bringsIdentity(r) {
		t.Error("the cookie by which a browser is known counts as identity")
	}
	r.AddCookie(&http.Cookie{Name: "polis", Value: "token"})
	if !bringsIdentity(r) {
		t.Error("a session does not")
	}
}
