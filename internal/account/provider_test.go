package account_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/account/providertest"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/store"
)

const backHere = "https://polis.example/sign-in/with/mia/back"

// elsewhere is a provider with which an installation signs people in.
type elsewhere struct {
	*account.Providers
	*testing.T
	db     *store.DB
	there  *providertest.Server
	mia    account.Provider
	client *http.Client
}

// anna is a person as the provider knows her.
func anna() map[string]any {
	return map[string]any{
		"email": "anna@mia.example", "email_verified": true, "name": "Anna Example",
		"groups": []string{"experts"}, "amr": []string{"pwd", "otp"},
	}
}

// withProvider runs fn on both engines with a provider that is open.
func withProvider(t *testing.T, fn func(e elsewhere)) {
	t.Helper()
	inhabited(t, func(t *testing.T, db *store.DB) {
		keys, err := keyring.Open(t.TempDir(), "")
		must(t, err)
		there := providertest.New(t, anna())
		e := elsewhere{account.NewProviders(db, keys, &http.Client{Timeout: time.Second}), t, db, there, account.Provider{}, &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}}
		e.mia = account.Provider{
			ID: "mia", Names: lang.Names{"en": "Ministry"}, Issuer: there.URL, Client: there.Client, Scopes: []string{"email"},
			Claim: "groups", AMR: []string{"otp"}, ActsFor: "KG", Enabled: true,
			Mapping: []account.Mapping{{Value: "experts", Role: access.Expert, State: "KG"}, {Value: "keepers", Role: access.Administrator}},
		}
		e.save()
		fn(e)
	})
}

// save stores the provider as it is now.
func (e *elsewhere) save() {
	e.Helper()
	must(e.T, e.SaveProvider(ctx, system, e.mia, e.there.Secret))
	p, err := account.LoadProvider(ctx, e.db, e.mia.ID)
	must(e.T, err)
	e.mia = p
}

// goes is the way there and back: what the provider sends back with the browser.
func (e elsewhere) goes(purpose account.Purpose) (account.Errand, url.Values) {
	e.Helper()
	errand, address, err := e.Begin(ctx, e.mia, backHere, account.Errand{Purpose: purpose})
	must(e.T, err)
	answer, err := e.client.Get(address)
	must(e.T, err)
	answer.Body.Close()
	back, err := answer.Location()
	must(e.T, err)
	if !strings.HasPrefix(back.String(), backHere+"?") {
		e.Fatalf("it sends back to %s", back)
	}
	return errand, back.Query()
}

// claims are what the provider says of whoever signs in there now.
func (e elsewhere) claims(purpose account.Purpose) (account.Claims, error) {
	e.Helper()
	errand, back := e.goes(purpose)
	return e.Return(ctx, e.mia, backHere, errand, back)
}

// arrives signs in whoever is there now.
func (e elsewhere) arrives() (account.Person, bool) {
	e.Helper()
	c, err := e.claims(account.ToSignIn)
	must(e.T, err)
	p, isNew, err := e.Arrive(ctx, e.mia, c, "en")
	must(e.T, err)
	return p, isNew
}

func TestAProviderSaysWhoSomebodyIs(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		c, err := e.claims(account.ToSignIn)
		if err != nil || c.Subject != "person-1" || c.Email != "anna@mia.example" || !c.Verified || c.Strength != account.TwoFactors {
			e.Fatalf("%+v %v", c, err)
		}
		for sentence, change := range map[string]func(map[string]any){
			"a method that does not count is one factor": func(c map[string]any) { c["amr"] = []string{"pwd"} },
			"no method is one factor":                    func(c map[string]any) { delete(c, "amr") },
			"a method that is no list is one factor":     func(c map[string]any) { c["amr"] = map[string]any{"otp": true} },
			"an empty class is one factor":               func(c map[string]any) { c["amr"], c["acr"] = nil, "" },
		} {
			e.there.Break(func(r *providertest.Rules) { r.Token = change })
			if c, err := e.claims(account.ToSignIn); err != nil || c.Strength != account.OneFactor {
				e.Errorf("%s: %v %v", sentence, c.Strength, err)
			}
		}
	})
}

// TestAProviderThatBreaksTheRulesOpensNothing goes through what a provider, or
// somebody who speaks in its name, may send (ASVS 5.0 10.5.1–10.5.4, 9.1.1–9.2.3).
func TestAProviderThatBreaksTheRulesOpensNothing(t *testing.T) {
	claim := func(name string, value any) func(*providertest.Rules) {
		return func(r *providertest.Rules) { r.Token = func(c map[string]any) { c[name] = value } }
	}
	signed := func(by func(*providertest.Server, []byte) string) func(*providertest.Rules) {
		return func(r *providertest.Rules) { r.Sign = by }
	}
	sent := func(change func(url.Values)) func(*providertest.Rules) {
		return func(r *providertest.Rules) { r.Back = change }
	}
	path := func(p string, by func(http.ResponseWriter, *http.Request) bool) func(*providertest.Rules) {
		return func(r *providertest.Rules) {
			r.Path = map[string]func(http.ResponseWriter, *http.Request) bool{p: by}
		}
	}
	huge := func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = w.Write([]byte(`{"x":"` + strings.Repeat("x", 3<<20) + `"}`)) // the other end hangs up
		return true
	}
	slow := func(_ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-r.Context().Done():
		case <-time.After(3 * time.Second):
		}
		return true
	}
	broken := func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "secret words", http.StatusInternalServerError)
		return true
	}
	cases := []struct {
		sentence, key string
		rule          func(*providertest.Rules)
	}{
		{"another issuer", "identity", claim("iss", "https://other.example")},
		{"another audience", "identity", claim("aud", "other")},
		{"several audiences without a word for whom it is", "identity", claim("aud", []string{"polis", "other"})},
		{"a token that was made out for another client", "identity", claim("azp", "other")},
		{"another nonce", "identity", claim("nonce", "other")},
		{"no nonce", "identity", claim("nonce", nil)},
		{"an expired token", "identity", claim("exp", time.Now().Add(-time.Minute).Unix())},
		{"a token that never expires", "identity", claim("exp", nil)},
		{"a token of tomorrow", "identity", claim("iat", time.Now().Add(24*time.Hour).Unix())},
		{"a token for another access token", "identity", claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
		{"nobody in particular", "identity", claim("sub", "")},
		{"a token without a signature", "identity", signed((*providertest.Server).Unsigned)},
		{"a token signed with the public key as a shared secret", "identity", signed((*providertest.Server).WithPublicKey)},
		{"a token signed by a stranger", "identity", signed((*providertest.Server).WithStrangersKey)},
		{"a key of which nobody has heard", "identity", signed(func(s *providertest.Server, p []byte) string { return s.Signed(p, "unheard-of") })},
		{"what is no token at all", "identity", signed(func(*providertest.Server, []byte) string { return "…" })},
		{"no identity", "token", path("/token", func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte(`{"access_token":"x"`)) // cut off
			return true
		})},
		{"another issuer beside the code", "mix-up", sent(func(q url.Values) { q.Set("iss", "https://other.example") })},
		{"no issuer beside the code, though it always names it", "mix-up", sent(func(q url.Values) { q.Del("iss") })},
		{"a code that it did not give", "code", sent(func(q url.Values) { q.Set("code", "guessed") })},
		{"two codes", "code", sent(func(q url.Values) { q.Add("code", "second") })},
		{"an error of its own making", "request", sent(func(q url.Values) { q.Set("error", "<script>") })},
		{"a token endpoint that breaks", "status", path("/token", broken)},
		{"a token endpoint that hangs", "time", path("/token", slow)},
		{"a token endpoint without end", "", path("/token", huge)},
		{"keys without end", "identity", path("/keys", huge)},
		{"user info of another person", "identity", func(r *providertest.Rules) {
			r.Token = func(c map[string]any) { delete(c, "email") }
			r.Info = map[string]any{"sub": "person-2", "email": "boss@mia.example", "email_verified": true}
		}},
	}
	withProvider(t, func(e elsewhere) {
		for _, c := range cases {
			e.there.Mend(anna())
			e.Providers = e.anew() // has no keys yet
			e.there.Break(c.rule)
			_, err := e.claims(account.ToSignIn)
			var fault *account.ProviderFault
			if !errors.As(err, &fault) || c.key != "" && fault.Key != "provider.refusal."+c.key {
				e.Errorf("%s: %v", c.sentence, err)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "script")) {
				e.Errorf("%s: the error repeats what was sent: %v", c.sentence, err)
			}
		}
	})
}

// anew is the same after a start of the program.
func (e elsewhere) anew() *account.Providers {
	return account.NewProviders(e.db, e.Keys, &http.Client{Timeout: time.Second})
}

func TestAProvidersKeysRotate(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		e.arrives()
		e.there.Rotate()
		if _, isNew := e.arrives(); isNew {
			e.Error("she is somebody else with the new key")
		}
	})
}

func TestAWayBackIsTakenOnceAndInTheSameBrowser(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		errand, back := e.goes(account.ToSignIn)
		other, _ := e.goes(account.ToSignIn)
		for sentence, try := range map[string]func() (account.Claims, error){
			"in a browser that has begun another way": func() (account.Claims, error) { return e.Return(ctx, e.mia, backHere, other, back) },
			"in a browser that has begun none": func() (account.Claims, error) {
				return e.Return(ctx, e.mia, backHere, account.Errand{Provider: "mia", Issuer: e.mia.Issuer}, back)
			},
			"at another provider": func() (account.Claims, error) {
				p := e.mia
				p.ID = "other"
				return e.Return(ctx, p, backHere, errand, back)
			},
			"after the issuer was changed": func() (account.Claims, error) {
				p := e.mia
				p.Issuer = "https://other.example"
				return e.Return(ctx, p, backHere, errand, back)
			},
		} {
			if _, err := try(); !errors.Is(err, account.ErrErrand) {
				e.Errorf("%s: %v", sentence, err)
			}
		}
		var once sync.Mutex
		var all sync.WaitGroup
		good, asked := 0, e.there.Asked("/token")
		for range 8 {
			all.Go(func() {
				if _, err := e.Return(ctx, e.mia, backHere, errand, back); err == nil {
					once.Lock()
					good++
					once.Unlock()
				} else if !errors.Is(err, account.ErrErrand) {
					e.Error(err)
				}
			})
		}
		all.Wait()
		if asked = e.there.Asked("/token") - asked; good != 1 || asked != 1 {
			e.Errorf("%d of 8 at the same time came in, the code was shown %d times", good, asked)
		}
	})
}

func TestASealedErrandIsOursAndShort(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		errand, _ := e.goes(account.ToSignIn)
		sealed := e.SealErrand(errand)
		if got, err := e.OpenErrand(sealed); err != nil || got.State != errand.State {
			e.Fatal(err)
		}
		errand.Start = time.Now().Add(-time.Hour)
		for sentence, text := range map[string]string{
			"an old one": e.SealErrand(errand), "a changed one": sealed[:len(sealed)-6] + "AAAAA=", "nothing": "",
			"an introduction": e.SealIntroduction(e.mia, account.Claims{Subject: "x"}),
		} {
			if _, err := e.OpenErrand(text); !errors.Is(err, account.ErrErrand) {
				e.Errorf("%s: %v", sentence, err)
			}
		}
		if strings.Contains(sealed, errand.Verifier) {
			e.Error("the verifier can be read")
		}
	})
}

func TestAProviderThatIsDownIsAskedNowAndThen(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		e.there.Close()
		for range 3 {
			_, _, err := e.Begin(ctx, e.mia, backHere, account.Errand{})
			var fault *account.ProviderFault
			if !errors.As(err, &fault) || !fault.Down || fault.Key != "provider.refusal.nobody-there" {
				e.Errorf("%v", err)
			}
		}
	})
}

func TestWhatAProviderSaysOfItselfIsLookedAt(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		set := func(name string, value any) func(*providertest.Rules) {
			return func(r *providertest.Rules) { r.Metadata = func(m map[string]any) { m[name] = value } }
		}
		says := func(text string, status int) func(*providertest.Rules) {
			return func(r *providertest.Rules) {
				r.Path = map[string]func(http.ResponseWriter, *http.Request) bool{
					"/.well-known/openid-configuration": func(w http.ResponseWriter, r *http.Request) bool {
						if status == http.StatusFound {
							http.Redirect(w, r, "https://other.example/", status)
							return true
						}
						w.WriteHeader(status)
						_, _ = w.Write([]byte(text)) // the other end may have hung up
						return true
					},
				}
			}
		}
		for sentence, c := range map[string]struct {
			rule func(*providertest.Rules)
			key  string
		}{
			"another name":                 {set("issuer", "https://other.example"), "issuer"},
			"a slash more":                 {set("issuer", e.there.URL+"/"), "issuer"},
			"a token endpoint in the open": {set("token_endpoint", "http://id.example/token"), "addresses"},
			"no keys":                      {set("jwks_uri", ""), "addresses"},
			"a sign-out that is a script":  {set("end_session_endpoint", "javascript:alert(1)"), "addresses"},
			"a page in place of JSON":      {says("<!doctype html>", 200), "json"},
			"nothing":                      {says("", 404), "status"},
			"another place":                {says("", 302), "redirect"},
			"more than anybody reads":      {says(strings.Repeat(" ", 2<<20)+"{}", 200), "large"},
		} {
			e.there.Mend(anna())
			e.there.Break(c.rule)
			found := e.Probe(ctx, e.mia, backHere)
			if last := found[len(found)-1]; last.Good || last.Key != "provider.refusal."+c.key || !lang.Has(last.Key) {
				e.Errorf("%s: %+v", sentence, last)
			}
		}
		e.there.Mend(anna())
		for _, f := range e.Probe(ctx, e.mia, backHere) {
			if !f.Good || !lang.Has(f.Key) {
				e.Errorf("%+v", f)
			}
		}
		must(e.T, e.SaveProvider(ctx, system, e.mia, "a wrong secret"))
		p, err := account.LoadProvider(ctx, e.db, "mia")
		must(e.T, err)
		found := e.Probe(ctx, p, backHere)
		if last := found[len(found)-1]; last.Key != "provider.refusal.client" {
			e.Errorf("a wrong secret: %+v", last)
		}
	})
}

func TestAProviderIsKeptByAdministratorsAlone(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		for _, who := range []access.Subject{{}, access.Act("p", access.MemberRole, "", ""), access.Act("d", access.DeskOfficer, "", ""), focalKG} {
			if err := e.SaveProvider(ctx, who, e.mia, ""); !errors.Is(err, account.ErrForbidden) {
				e.Errorf("%v saves: %v", who, err)
			}
			if err := account.RemoveProvider(ctx, e.db, who, "mia"); !errors.Is(err, account.ErrForbidden) {
				e.Errorf("%v removes: %v", who, err)
			}
		}
	})
}

func TestAProvidersFormIsLookedAt(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		good := e.mia
		for field, change := range map[string]func(*account.Provider){
			"name-en": func(p *account.Provider) { p.Names = lang.Names{"fr": " "} },
			"issuer":  func(p *account.Provider) { p.Issuer = "http://id.example" },
			"client":  func(p *account.Provider) { p.Client = "" },
			"scopes":  func(p *account.Provider) { p.Scopes = []string{`a"b`} },
			"claim":   func(p *account.Provider) { p.Claim = "" },
			"for":     func(p *account.Provider) { p.ActsFor = "ZZ" },
			"role-1":  func(p *account.Provider) { p.AMR = nil }, // the line of the administrator
			"value-0": func(p *account.Provider) { p.Mapping = []account.Mapping{{Role: access.Expert}} },
			"role-0":  func(p *account.Provider) { p.Mapping = []account.Mapping{{Value: "x", Role: access.MemberRole}} },
			"for-0":   func(p *account.Provider) { p.Mapping = []account.Mapping{{Value: "x", Role: access.Delegation}} },
			"secret":  func(p *account.Provider) { p.Issuer = "https://other.example" }, // the stored one does not go there
		} {
			p := good
			change(&p)
			var wrong account.Invalid
			if err := e.SaveProvider(ctx, system, p, ""); !errors.As(err, &wrong) || wrong[field] == "" {
				e.Errorf("%s: %v", field, err)
			}
		}
		if err := e.SaveProvider(ctx, system, func() account.Provider { p := good; p.Rev = 0; return p }(), "x"); err == nil {
			e.Error("a second one of the same name")
		}
		must(e.T, e.SaveProvider(ctx, system, good, ""))
		if err := e.SaveProvider(ctx, system, good, ""); !errors.Is(err, account.ErrMoved) {
			e.Errorf("an old form: %v", err)
		}
		p, err := account.LoadProvider(ctx, e.db, "mia")
		must(e.T, err)
		if strings.Contains(p.Sealed, e.there.Secret) {
			e.Error("the secret can be read in the table")
		}
	})
}
