package web

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/account/providertest"
	"polis/internal/lang"
)

// federated is a house with a provider elsewhere.
type federated struct {
	inhabited
	there *providertest.Server
}

func anna() map[string]any {
	return map[string]any{"email": "anna@mia.example", "email_verified": true, "name": "Anna Example", "groups": []string{"experts"}, "amr": []string{"otp"}}
}

// federate opens a provider at which Anna signs in.
func (h inhabited) federate(change ...func(*account.Provider)) federated {
	h.t.Helper()
	e := federated{h, providertest.New(h.t, anna())}
	h.site.opts.Origin = h.server.URL
	h.providers = account.NewProviders(h.DB, h.Keys, &http.Client{Timeout: 2 * time.Second})
	p := account.Provider{
		ID: "mia", Names: lang.Names{"en": "Ministry of the Interior", "ru": "Министерство внутренних дел"}, Issuer: e.there.URL, Client: e.there.Client,
		Scopes: []string{"profile", "email"}, Claim: "groups", AMR: []string{"otp"}, ActsFor: "KG", Enabled: true,
		Mapping: []account.Mapping{{Value: "experts", Role: access.Expert, State: "KG"}},
	}
	for _, c := range change {
		c(&p)
	}
	if err := h.providers.SaveProvider(context.Background(), access.System("test"), p, e.there.Secret); err != nil {
		h.t.Fatal(err)
	}
	return e
}

// eachFederated runs the test in a house with a provider, on each engine.
func eachFederated(t *testing.T, fn func(t *testing.T, h federated)) {
	t.Helper()
	eachHouse(t, func(t *testing.T, h inhabited) { fn(t, h.federate()) })
}

// away presses a provider's button and signs in there: it returns the way back,
// which has not been gone yet.
func (v visitor) away(path string, pairs ...string) string {
	v.h.t.Helper()
	page := v.post(path, pairs...)
	at := strings.Index(page.body, `class="govuk-button" href="`)
	if page.status != http.StatusOK || at < 0 {
		v.h.t.Fatalf("%s: %d %s", path, page.status, page.body)
	}
	address, _, _ := strings.Cut(page.body[at+len(`class="govuk-button" href="`):], `"`)
	r, err := http.NewRequest("GET", html.UnescapeString(address), nil)
	if err != nil {
		v.h.t.Fatal(err)
	}
	back := v.do(r)
	if back.status != http.StatusFound || !strings.HasPrefix(back.location, v.h.server.URL) {
		v.h.t.Fatalf("the provider: %d %s %s", back.status, back.location, back.body)
	}
	return strings.TrimPrefix(back.location, v.h.server.URL)
}

// through is the whole way, there and back.
func (v visitor) through(pairs ...string) seen {
	v.h.t.Helper()
	return v.get(v.away("/en/sign-in/with/mia", pairs...))
}

func (s seen) given(part string) *http.Cookie {
	for _, c := range s.cookies {
		if strings.Contains(c.Name, part) {
			return c
		}
	}
	return nil
}

func TestSigningInElsewhere(t *testing.T) {
	eachFederated(t, func(t *testing.T, h federated) {
		en := lang.For("en")
		t.Run("a cookie is set when the button is pressed, not before, and goes with the way", func(t *testing.T) {
			v := h.visitor()
			page := v.get("/ru/sign-in")
			if len(page.cookies) > 0 || !page.says("Войти через Министерство внутренних дел") || !strings.Contains(page.body, `action="/ru/sign-in/with/mia"`) {
				t.Errorf("%v", page.cookies)
			}
			pressed := v.post("/en/sign-in/with/mia")
			c := pressed.given("polis-way-")
			if c == nil || len(pressed.cookies) != 1 || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge > 600 || c.Path != "/" {
				t.Fatalf("%v", pressed.cookies)
			}
			if back := h.visitor().through(); back.status != http.StatusSeeOther {
				t.Fatalf("%d", back.status)
			} else if gone := back.given("polis-way-"); gone == nil || gone.MaxAge >= 0 {
				t.Errorf("the way's cookie stays: %v", back.cookies)
			}
		})
		t.Run("a newcomer lands on the page that says who has been asked to vouch", func(t *testing.T) {
			claims := anna()
			claims["sub"], claims["email"] = "person-2", "bermet@mia.example"
			h.there.Mend(claims)
			defer h.there.Mend(anna())
			v := h.visitor()
			back := v.away("/ru/sign-in/with/mia")
			if got := v.get(back); got.status != http.StatusSeeOther || got.location != "/ru/welcome" {
				t.Fatalf("%d %s %s", got.status, got.location, got.body)
			}
			if page := v.get("/en/welcome"); page.status != http.StatusOK || !page.says(en.T("joining.arrival.visitor")) {
				t.Errorf("%d", page.status)
			}
			if page := v.get("/en/library/upload"); page.status == http.StatusOK {
				t.Error("she contributes though nobody vouches for her")
			}
		})
		t.Run("it leads where she wanted to go, but to no other site", func(t *testing.T) {
			for next, want := range map[string]string{
				"/ru/library/upload": "/ru/library/upload", "/library?x=1": "/en/library?x=1", "https://elsewhere.example/": "/en/", "//elsewhere.example/": "/en/",
				`/\elsewhere.example`: "/en/", "/sign-in/with/mia/back": "/en/", "/" + strings.Repeat("x", 2000): "/en/",
			} {
				if got := h.visitor().through("next", next); got.status != http.StatusSeeOther || got.location != want {
					t.Errorf("%.40q leads to %d %q, want %q", next, got.status, got.location, want)
				}
			}
		})
		t.Run("the redirect address is the installation's, whatever the request calls it", func(t *testing.T) {
			v := h.visitor()
			r := v.request("POST", "/en/sign-in/with/mia", "application/x-www-form-urlencoded", strings.NewReader(""))
			r.Host = "evil.example"
			r.Header.Set("X-Forwarded-Host", "evil.example")
			page := v.do(r)
			if strings.Contains(page.body, "evil.example") || !strings.Contains(page.body, url.QueryEscape(h.server.URL+"/sign-in/with/mia/back")) {
				t.Error(page.body)
			}
		})
		t.Run("signing out offers to sign out there too", func(t *testing.T) {
			v := h.visitor()
			v.through()
			page := v.post("/en/sign-out")
			if page.status != http.StatusOK || !strings.Contains(page.body, h.there.URL+"/logout?client_id=polis&amp;post_logout_redirect_uri="+url.QueryEscape(h.server.URL+"/")) {
				t.Errorf("%d %s", page.status, page.body)
			}
			if v.get("/en/account").status != http.StatusSeeOther {
				t.Error("she is still signed in here")
			}
		})
	})
}

func TestAWayBackOpensNothingInAnotherBrowser(t *testing.T) {
	eachFederated(t, func(t *testing.T, h federated) {
		stale := lang.For("en").T("provider.back.stale")
		refused := func(t *testing.T, got seen) {
			t.Helper()
			if got.status != http.StatusUnprocessableEntity || !got.says(stale) || got.given("session") != nil || !strings.Contains(got.body, `name="password"`) {
				t.Errorf("%d %v", got.status, got.cookies)
			}
		}
		attacker := h.visitor()
		back := attacker.away("/en/sign-in/with/mia")
		t.Run("in one without a cookie", func(t *testing.T) { refused(t, h.visitor().get(back)) })
		t.Run("in one that has begun a way of its own", func(t *testing.T) {
			victim := h.visitor()
			victim.away("/en/sign-in/with/mia")
			refused(t, victim.get(back))
		})
		t.Run("with another state, two states or none", func(t *testing.T) {
			for _, change := range []func(state string) []string{
				func(s string) []string { return []string{s + "x"} },
				func(s string) []string { return []string{s, s} },
				func(s string) []string { return []string{s[:8]} },
				func(string) []string { return []string{""} },
				func(string) []string { return nil },
			} {
				path, query, _ := strings.Cut(attacker.away("/en/sign-in/with/mia"), "?")
				q, _ := url.ParseQuery(query)
				q["state"] = change(q.Get("state"))
				refused(t, attacker.get(path+"?"+q.Encode()))
			}
		})
		t.Run("a second time", func(t *testing.T) {
			way := attacker.away("/en/sign-in/with/mia")
			if got := attacker.get(way); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			if got := attacker.get(way); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("two ways begun in one browser both end", func(t *testing.T) {
			v := h.visitor()
			first, second := v.away("/en/sign-in/with/mia"), v.away("/en/sign-in/with/mia")
			if a, b := v.get(first), v.get(second); a.status != http.StatusSeeOther || b.status != http.StatusSeeOther {
				t.Errorf("%d %d", a.status, b.status)
			}
		})
	})
}

func TestTroubleElsewhereLeavesTheOtherWaysIn(t *testing.T) {
	eachFederated(t, func(t *testing.T, h federated) {
		en := lang.For("en")
		name := "Ministry of the Interior"
		t.Run("she did not sign in there", func(t *testing.T) {
			h.there.Break(func(r *providertest.Rules) {
				r.Back = func(q url.Values) {
					q.Del("code")
					q.Set("error", "access_denied")
					q.Set("error_description", "<b>gotcha</b>")
				}
			})
			got := h.visitor().through()
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T("provider.back.denied", "name", name)) || strings.Contains(got.body, "gotcha") || strings.Contains(got.body, "state=") {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
		t.Run("its answer is not in order", func(t *testing.T) {
			h.there.Mend(anna())
			h.there.Break(func(r *providertest.Rules) { r.Token = func(c map[string]any) { c["aud"] = "other" } })
			got := h.visitor().through()
			if got.status != http.StatusUnprocessableEntity || !got.says("is not in order") || got.given("session") != nil {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("it is down", func(t *testing.T) {
			h.there.Close()
			h.providers = account.NewProviders(h.DB, h.Keys, &http.Client{Timeout: time.Second})
			got := h.visitor().post("/en/sign-in/with/mia")
			if got.status != http.StatusServiceUnavailable || !got.says(en.T("provider.back.down", "name", name)) || !strings.Contains(got.body, `name="password"`) || len(got.cookies) > 0 {
				t.Errorf("%d %v", got.status, got.cookies)
			}
		})
		t.Run("there is no such provider", func(t *testing.T) {
			if got := h.visitor().post("/en/sign-in/with/nobody"); got.status != http.StatusNotFound {
				t.Errorf("%d", got.status)
			}
		})
	})
}

func TestConnectingAnAccountElsewhere(t *testing.T) {
	eachFederated(t, func(t *testing.T, h federated) {
		en := lang.For("en")
		h.person("anna@mia.example", access.MemberRole, "")
		v := h.visitor()
		got := v.through()
		if got.status != http.StatusOK || !got.says(en.T("provider.stranger.taken", "name", "Ministry of the Interior", "address", "anna@mia.example")) || got.given("session") != nil {
			t.Fatalf("an address opens an account: %d %v", got.status, got.cookies)
		}
		if got := v.post("/en/account/identities/connect"); got.status != http.StatusForbidden {
			t.Errorf("nobody connects: %d", got.status)
		}
		in := v.post("/en/sign-in", "email", "anna@mia.example", "password", testPassword, "next", "/en/account/identities/connect")
		if in.location != "/en/account/identities/connect" {
			t.Fatalf("%d %s", in.status, in.location)
		}
		if page := v.get(in.location); page.status != http.StatusOK || !page.says("Ministry of the Interior") {
			t.Fatalf("%d", page.status)
		}
		if got := v.post("/en/account/identities/connect"); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		page := v.get("/en/account/security")
		if page.status != http.StatusOK || !page.says(en.T("provider.identity.remove")) {
			t.Fatalf("%d", page.status)
		}
		if got := h.visitor().through(); got.status != http.StatusSeeOther || got.location != "/en/" {
			t.Errorf("%d %s", got.status, got.location)
		}
		t.Run("a stranger's introduction is not hers", func(t *testing.T) {
			other := h.signedIn("other@polis.example", access.MemberRole)
			back := other.away("/en/account/identities/with/mia")
			other.get(back)
			if got := other.post("/en/account/identities/connect"); got.status != http.StatusBadRequest || !got.says(en.T("provider.connect.taken")) {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("it is taken away on the page of her security", func(t *testing.T) {
			_, rest, _ := strings.Cut(page.body, `/account/identities/remove">`)
			_, rest, _ = strings.Cut(rest, `value="`)
			id, _, _ := strings.Cut(rest, `"`)
			if got := v.post("/en/account/identities/remove", "id", id); got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if v.get("/en/account/security"); strings.Contains(v.get("/en/account/security").body, id) {
				t.Error("it is still there")
			}
		})
	})
}

func TestProvingItElsewhere(t *testing.T) {
	eachFederated(t, func(t *testing.T, h federated) {
		v := h.visitor()
		v.through()
		back := v.away("/en/prove/with/mia", "next", "/en/account/security/app")
		if got := v.get(back); got.status != http.StatusSeeOther || got.location != "/en/account/security/app" {
			t.Errorf("%d %s", got.status, got.location)
		}
		t.Run("as another person it proves nothing", func(t *testing.T) {
			claims := anna()
			claims["sub"] = "person-9"
			back := v.away("/en/prove/with/mia")
			h.there.Mend(claims)
			if got := v.get(back); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("provider.back.other")) {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("without a second factor it proves less than the sign-in did", func(t *testing.T) {
			claims := anna()
			delete(claims, "amr")
			h.there.Mend(claims)
			if got := v.get(v.away("/en/prove/with/mia")); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("a way that another person began does not end in her session", func(t *testing.T) {
			h.there.Mend(anna())
			back := v.away("/en/prove/with/mia")
			v.post("/en/sign-out")
			if got := v.get(back); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%d", got.status)
			}
		})
	})
}

func TestAOneFactorSignInElsewhereTakesTheSecondStepHere(t *testing.T) {
	eachFederated(t, func(t *testing.T, h federated) {
		v := h.visitor()
		v.through()
		p, err := account.ByEmail(context.Background(), h.DB, "anna@mia.example")
		if err != nil {
			t.Fatal(err)
		}
		offer := h.door().OfferAuthenticator(p)
		code, err := totp.GenerateCode(offer.Secret, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.door().AddAuthenticator(context.Background(), access.Subject{ID: p.ID}, p, offer.State, code); err != nil {
			t.Fatal(err)
		}
		claims := anna()
		delete(claims, "amr")
		h.there.Mend(claims)
		got := h.visitor().through()
		if got.status != http.StatusOK || !strings.Contains(got.body, `action="/en/sign-in/code"`) || got.given("session") != nil {
			t.Errorf("%d %v", got.status, got.cookies)
		}
		h.there.Mend(anna())
		if got := h.visitor().through(); got.status != http.StatusSeeOther {
			t.Errorf("a second factor there is asked for again here: %d", got.status)
		}
	})
}
