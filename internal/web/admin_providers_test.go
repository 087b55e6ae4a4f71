package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/account/providertest"
	"polis/internal/lang"
	"polis/internal/store/storetest"
)

// providerFields are the fields of the form, as a browser sends them.
func providerFields(there *providertest.Server, pairs ...string) []string {
	form := []string{
		"name-en", "Border Guard", "issuer", there.URL, "client", there.Client, "scopes", "profile email", "for", "Kyrgyzstan",
		"amr", "mfa otp", "acr", "", "claim", "groups", "enabled", "1",
		"value-0", "cyber", "role-0", "expert", "for-0", "Kyrgyzstan", "value-1", "", "role-1", "expert", "for-1", "",
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if at := slices.Index(form, pairs[i]); at >= 0 && at%2 == 0 {
			form[at+1] = pairs[i+1]
		} else {
			form = append(form, pairs[i], pairs[i+1])
		}
	}
	return form
}

func TestProvidersAreKeptInTheBrowser(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.site.opts.Origin = h.server.URL
		h.providers = account.NewProviders(h.DB, h.Keys, &http.Client{Timeout: 2 * time.Second})
		there := providertest.New(t, anna())
		en := lang.For("en")
		v := h.signedIn("admin@polis.example", access.Administrator)
		t.Run("a mistake is shown at its field, with all that was typed", func(t *testing.T) {
			got := v.post("/en/admin/providers/new", providerFields(there, "id", "Bad Id", "secret", "", "for-1", "Nowhereland", "value-1", "x")...)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="Border Guard"`) || !got.says("Nowhereland") {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("it is saved, and its secret never shown again", func(t *testing.T) {
			got := v.post("/en/admin/providers/new", providerFields(there, "id", "guard", "secret", there.Secret)...)
			if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/en/admin/providers/guard") {
				t.Fatalf("%d %s", got.status, got.body)
			}
			for _, path := range []string{"/en/admin/providers/guard", "/en/admin/providers"} {
				if page := v.get(path); page.status != http.StatusOK || strings.Contains(page.body, there.Secret) || !page.says("Border Guard") {
					t.Errorf("%s: %d", path, page.status)
				}
			}
			if page := v.get("/en/admin/providers/guard"); !page.says(h.server.URL + "/sign-in/with/guard/back") {
				t.Error("it does not say what the provider has to be told")
			}
		})
		t.Run("a test says what the provider answers", func(t *testing.T) {
			page := v.post("/en/admin/providers/guard/test")
			for _, words := range []string{en.T("provider.found.issuer"), en.T("provider.found.keys", "n", 1), en.T("provider.found.client")} {
				if !page.says(words) {
					t.Errorf("no %q", words)
				}
			}
			there.Break(func(r *providertest.Rules) {
				r.Metadata = func(m map[string]any) { m["issuer"] = "https://other.example" }
			})
			if page := v.post("/en/admin/providers/guard/test"); !page.says(en.T("provider.refusal.issuer")) || !page.says("https://other.example") {
				t.Error("another issuer is not said")
			}
		})
		t.Run("a preview says what groups would give", func(t *testing.T) {
			page := v.get("/en/admin/providers/guard?groups=" + url.QueryEscape("cyber\nnone"))
			if !page.says(en.T("access.role.expert") + " · Kyrgyzstan") {
				t.Error("not the role")
			}
			if page := v.get("/en/admin/providers/guard?groups=none"); !page.says(en.T("provider.preview.nothing")) {
				t.Error("a group without a line gives something")
			}
		})
		t.Run("a secret that was lost on the way through the proof is asked for again", func(t *testing.T) {
			if got := v.post("/en/admin/providers/guard", providerFields(there, "rev", "1")...); got.status != http.StatusUnprocessableEntity || !got.says(en.T("provider.error.again")) {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("an old form overwrites nothing", func(t *testing.T) {
			if got := v.post("/en/admin/providers/guard", providerFields(there, "rev", "7", "secret", "")...); got.status != http.StatusConflict {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("nobody else comes near it", func(t *testing.T) {
			for _, who := range []visitor{h.signedIn("desk@polis.example", access.DeskOfficer), h.signedIn("member@polis.example", access.MemberRole)} {
				for _, path := range []string{"/en/admin/providers", "/en/admin/providers/new", "/en/admin/providers/guard"} {
					if got := who.get(path); got.status != http.StatusForbidden {
						t.Errorf("%s: %d", path, got.status)
					}
				}
				for _, path := range []string{"/new", "/guard", "/guard/test", "/guard/remove"} {
					if got := who.post("/en/admin/providers"+path, providerFields(there)...); got.status != http.StatusForbidden {
						t.Errorf("%s: %d", path, got.status)
					}
				}
			}
			if got := h.visitor().post("/en/admin/providers/guard/remove"); got.status != http.StatusForbidden {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("it asks again who is there", func(t *testing.T) {
			h.growOld(time.Hour)
			if got := v.get("/en/admin/providers/guard"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/en/prove?") {
				t.Errorf("%d %s", got.status, got.location)
			}
			got := v.post("/en/admin/providers/guard/remove")
			if got.status == http.StatusSeeOther {
				t.Error("it is removed without a proof")
			}
		})
	})
}

// TestTheWayElsewhereInABrowser goes the whole way in Chromium with script off:
// the policy of ours lets no form be redirected to another site, and the house
// and the provider are two sites.
func TestTheWayElsewhereInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	h := inhabit(t, storetest.SQLite(t)).federate()
	h.there.Break(func(r *providertest.Rules) { r.Page = true })
	j := newJourney(t, h.inhabited)
	en := lang.For("en")
	j.open("/en/sign-in")
	j.do(chromedp.Click(chromedp.CSS(`form[action="/en/sign-in/with/mia"] button`)), chromedp.WaitVisible(chromedp.CSS("#go")))
	j.do(chromedp.Click(chromedp.CSS("#go")), chromedp.WaitVisible(chromedp.CSS(".note")))
	if at := j.at(); at != "/en/welcome" {
		t.Errorf("she comes back to %s", at)
	}
	j.reads("Anna Example", en.T("joining.arrival.visitor"))
	j.open("/en/account/security")
	j.reads("Ministry of the Interior", en.T("provider.identity.remove"))
	j.open("/en/account")
	j.follow(`main form[action="/en/sign-out"] button`)
	j.reads(en.T("provider.logout.go", "name", "Ministry of the Interior"))
	j.follow("main .govuk-button")
	if at := j.at(); at != "/" && at != "/en/" {
		t.Errorf("signing out there leads back to %s", at)
	}
	j.open("/en/account")
	if at := j.at(); at != "/en/sign-in" {
		t.Errorf("she is still signed in: %s", at)
	}
}

// TestProviderScreens takes pictures into the directory that POLIS_SCREENS names,
// for somebody to look at.
func TestProviderScreens(t *testing.T) {
	dir := os.Getenv("POLIS_SCREENS")
	if dir == "" {
		t.Skip("POLIS_SCREENS names no directory for pictures")
	}
	h := inhabit(t, storetest.SQLite(t)).federate()
	h.person("admin@polis.example", access.Administrator, "")
	j := journey{t, h.inhabited, tab(t, browser(t))}
	shoot := func(name, path string) {
		for _, tag := range []string{"en", "ru"} {
			for _, width := range []int64{1280, 360} {
				var picture []byte
				j.do(chromedp.EmulateViewport(width, 800), chromedp.Navigate(h.server.URL+"/"+tag+path), into(&picture, chromedp.FullScreenshot(100)))
				file := filepath.Join(dir, name+"-"+tag+"-"+map[int64]string{1280: "wide", 360: "small"}[width]+".png")
				if err := os.WriteFile(file, picture, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	shoot("sign-in", "/sign-in")
	j.open("/en/sign-in")
	j.do(chromedp.EmulateViewport(1280, 800))
	j.write("#email", "admin@polis.example")
	j.write("#password", testPassword)
	j.follow("main form button")
	shoot("providers", "/admin/providers")
	shoot("provider", "/admin/providers/mia?groups=experts")
	shoot("security", "/account/security")
}
