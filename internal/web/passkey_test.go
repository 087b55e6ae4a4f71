package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// keyed is somebody before a real browser that has an authenticator: a telephone
// which knows its owner's finger.
type keyed struct {
	*testing.T
	inhabited
	ctx           context.Context
	base          string // the house by its name: passkeys know no numbers
	authenticator webauthn.AuthenticatorID
}

func newKeyed(t *testing.T, h inhabited) keyed {
	t.Helper()
	u, err := url.Parse(h.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	k := keyed{t, h, tab(t, browser(t)), "http://localhost:" + u.Port(), ""}
	k.do(chromedp.EmulateViewport(1280, 900), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		made, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true,
			IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		k.authenticator = made.AuthenticatorID
		return err
	}))
	return k
}

func (k keyed) do(steps ...step) {
	k.Helper()
	if err := chromedp.Do(k.ctx, steps...); err != nil {
		k.Fatal(err)
	}
}

func (k keyed) open(path string) { k.Helper(); k.do(chromedp.Navigate(k.base + path)) }

func (k keyed) ask(script string) (answer string) {
	k.Helper()
	k.do(into(&answer, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise)))
	return answer
}

// press presses Enter on what leads to another page, and waits for it.
func (k keyed) press(target string) {
	k.Helper()
	ctx, cancel := context.WithTimeout(k.ctx, 20*time.Second)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, press(target, kb.Enter)))
	if err != nil {
		k.Fatalf("%s on %s: %v\n%s", target, k.at(), err, k.ask("document.querySelector('main').innerText"))
	}
}

func (k keyed) at() string { k.Helper(); return k.ask("location.pathname") }

func (k keyed) says(words string) bool {
	k.Helper()
	return strings.Contains(k.ask("document.querySelector('main').textContent"), words)
}

const passkeyButton = "[data-passkey] button"

// TestPasskeys walks through a passkey's life in Chromium: it is made, signs in
// alone, proves, is refused where it does not belong, and is removed. ASVS 5.0
// 6.3.3, 6.7.1, 6.7.2, 7.5.3.
func TestPasskeys(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := inhabit(t, db)
		h.unwaived()
		h.person("focal@polis.example", access.FocalPoint, "KG")
		k, en := newKeyed(t, h), lang.For("en")

		k.open("/en/sign-in?next=/en/library/upload")
		k.do(chromedp.SendKeys(chromedp.CSS("#email"), "focal@polis.example"), chromedp.SendKeys(chromedp.CSS("#password"), testPassword))
		k.press("main form button[type=submit]")
		if k.at() != "/en/account/security" || !k.says(en.T("signin.withheld.title")) {
			t.Fatal("she is not led to a second factor but to", k.at())
		}
		k.press(`a[href^="/en/account/security/passkey"]`)
		k.do(chromedp.Clear(chromedp.CSS("#name")), chromedp.SendKeys(chromedp.CSS("#name"), "My telephone"))
		k.press(passkeyButton)
		if !k.says(en.T("signin.codes.once")) {
			t.Fatal("no recovery codes at", k.at())
		}
		k.press("main a.govuk-button")
		if k.at() != "/en/library/upload" {
			t.Fatal("the role still waits:", k.at(), k.ask("document.querySelector('main').innerText"))
		}
		k.open("/en/account/security")
		for _, words := range []string{"My telephone", "Linux", en.T("signin.strength.two"), en.T("signin.passkey.never")} {
			if !k.says(words) {
				t.Errorf("the page lacks %q", words)
			}
		}

		t.Run("it signs in alone, and counts for two factors", func(t *testing.T) {
			k.signOut()
			k.open("/en/sign-in?next=/en/library/upload")
			k.press(passkeyButton)
			if k.at() != "/en/library/upload" {
				t.Fatal(k.at(), k.ask("document.querySelector('main').innerText"))
			}
		})
		t.Run("it is the second step after the password", func(t *testing.T) {
			k.signOut()
			k.open("/en/sign-in?next=/en/library/upload")
			k.do(chromedp.SendKeys(chromedp.CSS("#email"), "focal@polis.example"), chromedp.SendKeys(chromedp.CSS("#password"), testPassword))
			k.press("main form button[type=submit]")
			if !k.says(en.T("signin.step.lead")) {
				t.Fatal(k.at())
			}
			k.press(passkeyButton)
			if k.at() != "/en/library/upload" {
				t.Fatal(k.at(), k.ask("document.querySelector('main').innerText"))
			}
		})
		t.Run("it proves that it is she", func(t *testing.T) {
			h.growOld(freshProof)
			k.open("/en/account/security/app")
			if k.at() != "/en/prove" {
				t.Fatal(k.at())
			}
			k.press(passkeyButton)
			if k.at() != "/en/account/security/app" {
				t.Fatal(k.at(), k.ask("document.querySelector('main').innerText"))
			}
		})
		t.Run("an answer works once, at the site for which it was given", func(t *testing.T) { k.answers(t) })
		t.Run("it is renamed and removed, with the proof on the way", func(t *testing.T) {
			k.open("/en/account/security")
			k.do(press(".factor summary", kb.Enter), chromedp.Clear(chromedp.CSS("#name-0")), chromedp.SendKeys(chromedp.CSS("#name-0"), "Old telephone"))
			k.press(`form[action="/en/account/security/passkey/rename"] button`)
			if !k.says("Old telephone") {
				t.Fatal("it has no new name")
			}
			h.growOld(freshProof)
			k.press(`form[action="/en/account/security/passkey/remove"] button`)
			if !k.says(en.T("signin.prove.carried")) {
				t.Fatal("it is removed without a proof, at", k.at())
			}
			k.press(passkeyButton)
			if k.says("Old telephone") || !k.says(en.T("signin.withheld.title")) {
				t.Error("it is still there:", k.ask("document.querySelector('main').innerText"))
			}
			k.signOut()
			k.open("/en/sign-in")
			k.press(passkeyButton)
			if !k.says(en.T("signin.passkey.refused")) {
				t.Error("a passkey that was removed opens", k.at())
			}
		})
	})
}

// signOut leaves by the account's page.
func (k keyed) signOut() {
	k.Helper()
	k.open("/en/account")
	k.press(`main form[action="/en/sign-out"] button`)
}

// answerTo lets the browser answer a challenge at the site where it is.
func (k keyed) answerTo(challenge account.Challenge) string {
	k.Helper()
	options, err := json.Marshal(challenge.Options)
	if err != nil {
		k.Fatal(err)
	}
	return k.ask(`(async options => {
		const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
		options.challenge = bytes(options.challenge)
		delete options.allowCredentials
		const answer = await navigator.credentials.get({ publicKey: options })
		return JSON.stringify(answer.toJSON())
	})(` + string(options) + `)`)
}

// answers shows the same answer twice, at another site, altered and for another
// purpose, by hand.
func (k keyed) answers(t *testing.T) {
	asked := func(base string) (c account.Challenge) {
		t.Helper()
		got, err := http.PostForm(base+"/en/passkey/options", url.Values{"purpose": {"in"}})
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		if err := json.NewDecoder(got.Body).Decode(&c); err != nil || got.StatusCode != http.StatusOK {
			t.Fatal(got.Status, err)
		}
		return c
	}
	shown := func(state, answer string) int {
		t.Helper()
		v := visitor{h: k.inhabited, client: k.visitor().client}
		r, err := http.NewRequest("POST", k.base+"/en/sign-in/passkey", strings.NewReader(url.Values{"state": {state}, "answer": {answer}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return v.do(r).status
	}
	elsewhere := httptest.NewServer(k.site)
	defer elsewhere.Close()
	u, _ := url.Parse(elsewhere.URL) // it is the server's own
	other := "http://localhost:" + u.Port()

	c := asked(k.base)
	answer := k.answerTo(c)
	if got := shown(c.State, strings.Replace(answer, `"signature":"`, `"signature":"AAAA`, 1)); got != http.StatusUnprocessableEntity {
		t.Error("a forged answer:", got)
	}
	if got := shown(c.State, answer); got != http.StatusUnprocessableEntity {
		t.Error("the right answer to a challenge that was answered already:", got)
	}
	c = asked(k.base)
	answer = k.answerTo(c)
	if got := shown(asked(k.base).State, answer); got != http.StatusUnprocessableEntity {
		t.Error("an answer to another challenge:", got)
	}
	if got := shown("", answer); got != http.StatusUnprocessableEntity {
		t.Error("an answer to none:", got)
	}
	if got := shown(c.State, answer); got != http.StatusSeeOther {
		t.Fatal("the right answer:", got)
	}
	if got := shown(c.State, answer); got != http.StatusUnprocessableEntity {
		t.Error("the same answer again:", got)
	}
	c = asked(k.base)
	k.do(chromedp.Navigate(other + "/en/"))
	if got := shown(c.State, k.answerTo(c)); got != http.StatusUnprocessableEntity {
		t.Error("an answer that was given at another origin:", got)
	}
	p, err := account.ByEmail(t.Context(), k.DB, "focal@polis.example")
	if err != nil {
		t.Fatal(err)
	}
	k.open("/en/")
	proof, err := k.door().AskPasskey(t.Context(), account.Site{Host: "localhost", Origin: k.base}, p.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	if got := shown(proof.State, k.answerTo(proof)); got != http.StatusUnprocessableEntity {
		t.Error("a proof signs in:", got)
	}
	if got := shown(strings.Repeat("A", 5000), "{"); got != http.StatusUnprocessableEntity {
		t.Error("nonsense:", got)
	}
}
