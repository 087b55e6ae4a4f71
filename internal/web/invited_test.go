package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
)

// invited is a new expert before her browser, and those who let her in.
type invited struct {
	keyed
	words       *lang.Printer
	tag         string
	width       int64 // of her screen
	desk, focal visitor
	mailbox     postal
	looks       int
}

const invitedAddress = "aida@polis.example"

// TestAnInvitedExpert goes the way of somebody new: the letter, a passkey alone (or,
// on the telephone, a password and then a passkey), the closed document of her
// group, and the end of it when her focal point takes the word back. ASVS 5.0 6.3.3,
// 8.3.2.
func TestAnInvitedExpert(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	for tag, width := range map[lang.Tag]int64{"en": 1280, "ru": 360} {
		t.Run(string(tag), func(t *testing.T) {
			eachPostal(t, func(t *testing.T, h postal) {
				v := newInvited(t, h, tag, width)
				document := "/" + v.tag + "/library/" + v.closedTo("investigators", "Undercover servers") + "/en"
				if path := v.letter(); tag == "en" {
					v.acceptsByPasskey(path)
				} else {
					v.accepts(path)
					v.addsPasskey()
				}
				v.returns()
				v.losesIt(document, v.finds(document))
			})
		})
	}
}

func newInvited(t *testing.T, h postal, tag lang.Tag, width int64) *invited {
	t.Helper()
	h.unwaived()
	if err := account.OpenGroup(t.Context(), h.DB, access.System("test"), account.GroupDraft{ID: "investigators", Name: "Network of investigators", Kind: account.GroupClosed}); err != nil {
		t.Fatal(err)
	}
	desk, focal := h.twofold("desk@polis.example", access.DeskOfficer, ""), h.twofold("focal@polis.example", access.FocalPoint, "KG")
	v := &invited{newKeyed(t, h.inhabited), lang.For(tag), string(tag), width, desk, focal, h, 0}
	h.Post.Origin = v.base
	v.do(chromedp.EmulateViewport(width, 800))
	return v
}

// twofold opens a browser in which somebody is signed in with password and code.
func (h inhabited) twofold(email string, role access.Role, state string) visitor {
	h.t.Helper()
	h.person(email, role, state)
	secret, v := h.withApp(email), h.visitor()
	step := v.post("/en/sign-in", "email", email, "password", testPassword)
	if got := v.post("/en/sign-in/code", append(step.hidden(), "code", h.code(secret, 0))...); got.status != http.StatusSeeOther {
		h.t.Fatal(email, "is not in:", got.status)
	}
	return v
}

// letter is where her letter leads. A focal point admits to no group: the desk does.
func (v *invited) letter() string {
	v.Helper()
	form := []string{"email", invitedAddress, "name", "Aida", "role", "expert", "for", "Kyrgyzstan", "lang", v.tag, "groups", "investigators"}
	if got := v.focal.post("/en/invitations/new", form...); got.status == http.StatusSeeOther {
		v.Error("a focal point admits to a group that she does not keep")
	}
	if got := v.desk.post("/en/invitations/new", form...); got.status != http.StatusSeeOther {
		v.Fatal(got.status, got.body)
	}
	origin, path := v.mailbox.letter(invitedAddress).Link(v)
	if origin != v.base || !strings.HasPrefix(path, "/"+v.tag+"/invitation?t=") {
		v.Fatal("the letter leads to", origin, path)
	}
	return path
}

// accepts opens the letter's link and says who she is.
func (v *invited) accepts(path string) {
	v.Helper()
	v.open(path)
	v.look("invitation", "", "Network of investigators", v.words.T("access.role.expert"))
	for field, text := range map[string]string{"#name": "Aida Asanova", "#password": "four words nobody joins", "#again": "four words nobody joins"} {
		v.do(chromedp.Clear(chromedp.CSS(field)), chromedp.SendKeys(chromedp.CSS(field), text))
	}
	v.press("main form button[type=submit]")
	v.look("second-factor", "/account/security", v.words.T("signin.withheld.title"))
}

// acceptsByPasskey opens the letter's link and makes a passkey, and no password.
func (v *invited) acceptsByPasskey(path string) {
	v.Helper()
	v.open(path)
	v.do(chromedp.Clear(chromedp.CSS("#name")), chromedp.SendKeys(chromedp.CSS("#name"), "Aida Asanova"))
	v.look("invitation", "", v.words.T("joining.passkey.title"), v.words.T("joining.passkey.other"))
	v.press(passkeyButton)
	v.look("welcome", "/welcome", "Aida Asanova", "Network of investigators", "Undercover servers", v.words.T("joining.arrival.codes"))
	v.press(`main form[action$="/account/security/codes"] button`)
	v.look("codes", "", v.words.T("signin.codes.once"))
	v.press("main a.govuk-button")
	v.look("welcome-again", "/welcome")
	if v.says(v.words.T("joining.arrival.codes")) {
		v.Error("she is asked for recovery codes that she has")
	}
	v.open("/" + v.tag + "/account/security")
	v.look("security", "/account/security", v.words.T("signin.strength.two"), v.words.T("signin.password.none"))
	v.press(`main form[action$="/passkey/remove"] button`)
	v.look("last-way", "", v.words.T("provider.identity.last"))
}

// addsPasskey follows where the page leads, up to her first page.
func (v *invited) addsPasskey() {
	v.Helper()
	v.press(`main a[href*="/account/security/passkey"]`)
	v.look("passkey", "/account/security/passkey")
	v.press(passkeyButton)
	v.look("codes", "", v.words.T("signin.codes.once"))
	v.press("main a.govuk-button")
	v.look("welcome", "/welcome", "Aida Asanova", "Network of investigators", "Undercover servers")
	v.open("/" + v.tag + "/account/security")
	v.look("security", "/account/security", v.words.T("signin.strength.two"))
}

// returns signs out, and in again with the passkey alone.
func (v *invited) returns() {
	v.Helper()
	v.open("/" + v.tag + "/account")
	v.look("account", "/account", "Network of investigators")
	v.press(`main form[action$="/sign-out"] button`)
	v.open("/" + v.tag + "/sign-in")
	v.look("sign-in", "/sign-in")
	v.press(passkeyButton)
	v.look("home", "/", "Undercover servers")
}

// finds opens the closed document by the search box, and returns its file.
func (v *invited) finds(document string) (file string) {
	v.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS("input[type=search]"), "undercover"))
	v.press("input[type=search]")
	v.look("search", "/search", "Undercover servers")
	v.press(`.hit a[href^="` + document + `"]`)
	v.look("document", strings.TrimPrefix(document, "/"+v.tag), "are undercover", v.words.T("groups.label", "group", "Network of investigators"))
	file = v.ask(`document.querySelector('main a[href*="/files/"]').getAttribute('href')`)
	if got := v.fetches(file); got != "200 Undercover servers" {
		v.Errorf("the file: %q", got)
	}
	return file
}

// losesIt has her focal point take the word back, and opens the next page.
func (v *invited) losesIt(document, file string) {
	v.Helper()
	p, unknown := account.ByEmail(v.Context(), v.DB, invitedAddress)
	words, err := account.Vouchings(v.Context(), v.DB, p.ID)
	if unknown != nil || err != nil || len(words) != 1 || words[0].ActsFor != "KG" {
		v.Fatal(words, unknown, err)
	}
	if got := v.focal.post("/en/people/"+p.ID+"/withdraw", "word", words[0].ID, "reason-"+words[0].ID, "Has left."); got.status != http.StatusSeeOther {
		v.Fatal(got.status, got.body)
	}
	v.open(document)
	v.look("refused", "", v.words.T("web.fault.title.missing"))
	search := "/" + v.tag + "/search?q=undercover"
	for path, status := range map[string]string{document: "404", file: "404", search: "200"} {
		if got := v.fetches(path); !strings.HasPrefix(got, status+" ") || strings.Contains(got, "Undercover servers") {
			v.Errorf("%s is open still: %s", path, got)
		}
	}
	v.open(search)
	v.look("refused-search", "/search")
}

// fetches is status and body of an address, as her browser gets it.
func (v *invited) fetches(path string) string {
	v.Helper()
	return v.ask(fmt.Sprintf(`fetch(%q).then(async got => got.status + ' ' + await got.text())`, path))
}

// look holds that this is the page, that it says the words and that it fits on a
// small screen. It takes a picture into the directory that POLIS_SCREENS names.
func (v *invited) look(name, path string, says ...string) {
	v.Helper()
	if at := v.at(); path != "" && at != "/"+v.tag+path {
		v.Fatalf("%s is at %s", name, at)
	}
	for _, w := range says {
		if !v.says(w) {
			v.Errorf("%s lacks %q: %s", name, w, v.ask("document.querySelector('main').innerText"))
		}
	}
	var wide int
	width := into(&wide, chromedp.Evaluate[int]("document.scrollingElement.scrollWidth"))
	v.do(chromedp.EmulateViewport(320, 640), width, chromedp.EmulateViewport(v.width, 800))
	if wide > 320 {
		v.Errorf("%s is %d pixels wide on a screen of 320", name, wide)
	}
	v.looks++
	if dir := os.Getenv("POLIS_SCREENS"); dir != "" {
		var picture []byte
		v.do(into(&picture, chromedp.FullScreenshot(100)))
		_ = os.WriteFile(filepath.Join(dir, fmt.Sprintf("invited-%s-%02d-%s.png", v.tag, v.looks, name)), picture, 0o600) // for who looks
	}
}

// TestTheFirstPasskey holds that one made with a link opens the account of that link
// alone, once, and only where it asked for its owner; and that whoever types a name
// or a State that nobody knows keeps one passkey, not two. A lost one is replaced by
// a letter and a recovery code. ASVS 5.0 6.4.3.
func TestTheFirstPasskey(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	eachPostal(t, func(t *testing.T, h postal) {
		v := &invited{newKeyed(t, h.inhabited), lang.For("en"), "en", 1280, visitor{}, visitor{}, h, 0}
		h.Post.Origin = v.base
		asks := func(email string) string {
			h.visitor().post("/en/register", "email", email)
			_, path := h.letter(email).Link(t)
			return path
		}
		first, other := asks("first@polis.example"), asks("other@polis.example")
		v.open(first)
		v.do(chromedp.SendKeys(chromedp.CSS("#name"), "First Person"), chromedp.SendKeys(chromedp.CSS("#for"), "Nowhere at all"))
		v.press(passkeyButton)
		if !v.says(v.words.T("joining.error.for-unclear")) {
			t.Fatal("a State that nobody knows:", v.ask("document.querySelector('main').innerText"))
		}

		challenge, err := h.door().OfferFirstPasskey(t.Context(), account.Site{Host: "localhost", Origin: v.base}, account.ToRegister, secretOf(t, first))
		if err != nil {
			t.Fatal(err)
		}
		answer := v.makes(challenge)
		for name, form := range map[string][]string{
			"with another link": {"t", secretOf(t, other), "state", challenge.State, "answer", answer},
			"without its state": {"t", secretOf(t, first), "state", "", "answer", answer},
			"that is nonsense":  {"t", secretOf(t, first), "state", challenge.State, "answer", "{"},
		} {
			got := h.visitor().post("/en/register/confirm", append(form, "name", "Eve", "lang", "en")...)
			if got.status != http.StatusUnprocessableEntity || !got.says(v.words.T("joining.error.passkey")) {
				t.Errorf("a passkey %s: %d", name, got.status)
			}
		}
		if got := h.visitor().post("/en/passkey/options", "purpose", "register", "t", "no such link"); got.status != http.StatusNotFound {
			t.Errorf("a challenge without a link: %d", got.status)
		}
		if got := h.visitor().post("/en/passkey/options", "purpose", "reset", "t", secretOf(t, first)); got.status != http.StatusNotFound {
			t.Errorf("a challenge for another purpose: %d", got.status)
		}

		v.open(first)
		v.do(chromedp.SendKeys(chromedp.CSS("#name"), "First Person"))
		v.press(passkeyButton)
		if v.at() != "/en/welcome" {
			t.Fatal(v.at(), v.ask("document.querySelector('main').innerText"))
		}
		if n := v.keeps(); n != 1 {
			t.Errorf("her telephone keeps %d passkeys of one account", n)
		}
		v.press(`main form[action$="/account/security/codes"] button`)
		code := v.ask(`document.querySelector('.codes code').textContent`)
		if got := h.visitor().post("/en/sign-in", "email", "first@polis.example", "password", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("no password opens her account: %d", got.status)
		}
		v.signOut()
		h.recovers(t, v.base, code)
	})
}

// recovers comes in as somebody who has lost her passkey, by a letter and a code.
func (h postal) recovers(t *testing.T, base, code string) {
	t.Helper()
	lost := h.visitor()
	lost.post("/en/reset", "email", "first@polis.example")
	_, path := h.letter("first@polis.example").Link(t)
	set := lost.post("/en/reset/new", "t", secretOf(t, path), "password", "four words nobody joins", "again", "four words nobody joins")
	if set.status != http.StatusSeeOther {
		t.Fatalf("a new password by letter: %d %s", set.status, set.body)
	}
	step := lost.post("/en/sign-in", "email", "first@polis.example", "password", "four words nobody joins")
	if got := lost.post("/en/sign-in/code", append(step.hidden(), "code", code)...); got.status != http.StatusSeeOther {
		t.Errorf("password and recovery code: %d", got.status)
	}
}

// makes lets the browser make a passkey for a challenge.
func (v *invited) makes(challenge account.Challenge) string {
	v.Helper()
	options, err := json.Marshal(challenge.Options)
	if err != nil {
		v.Fatal(err)
	}
	return v.ask(`(async options => {
		const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
		options.challenge = bytes(options.challenge)
		options.user.id = bytes(options.user.id)
		return JSON.stringify((await navigator.credentials.create({ publicKey: options })).toJSON())
	})(` + string(options) + `)`)
}

// keeps is how many passkeys her authenticator has.
func (v *invited) keeps() (n int) {
	v.Helper()
	v.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		got, err := chromedp.Call(ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: v.authenticator})
		n = len(got.Credentials)
		return err
	}))
	return n
}
