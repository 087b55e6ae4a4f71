package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// withApp gives the person with this address an app, and returns its secret.
func (h inhabited) withApp(email string) string {
	h.t.Helper()
	p, err := account.ByEmail(h.t.Context(), h.DB, email)
	if err != nil {
		h.t.Fatal(err)
	}
	offer := h.door().OfferAuthenticator(p)
	if err := h.door().AddAuthenticator(h.t.Context(), access.Subject{ID: p.ID}, p, offer.State, h.code(offer.Secret, -30*time.Second)); err != nil {
		h.t.Fatal(err)
	}
	return offer.Secret
}

// code is what an app shows, so much before or after now.
func (h inhabited) code(secret string, shift time.Duration) string {
	h.t.Helper()
	c, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), time.Now().Add(shift))
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// ASVS 5.0 6.3.3, 6.3.4, 6.5.1.
func TestTheSecondStep(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		id := h.person("a@polis.example", access.Expert, "")
		secret := h.withApp("a@polis.example")
		first := func(v visitor) seen {
			got := v.post("/en/sign-in", "email", "a@polis.example", "password", testPassword, "next", "/en/account")
			if got.status != http.StatusOK || !got.says(en.T("signin.step.title")) || len(got.cookies) > 0 {
				t.Fatalf("%d %v", got.status, got.cookies)
			}
			return got
		}
		right := h.code(secret, 0)
		t.Run("the password alone opens nothing", func(t *testing.T) {
			v := h.visitor()
			if first(v); v.in() {
				t.Error("she is in")
			}
		})
		t.Run("a wrong code is said to be wrong, and may be tried again", func(t *testing.T) {
			v := h.visitor()
			step := first(v)
			wrong := v.post("/en/sign-in/code", append(step.hidden(), "code", "000000")...)
			if wrong.status != http.StatusUnprocessableEntity || !wrong.says(en.T("signin.error.code")) || len(wrong.cookies) > 0 {
				t.Fatal(wrong.status)
			}
			done := v.post("/en/sign-in/code", append(wrong.hidden(), "code", right)...)
			if done.status != http.StatusSeeOther || done.location != "/en/account" || !v.in() {
				t.Fatal(done.status, done.location)
			}
			if page := v.get("/en/account/security"); !page.says(en.T("signin.strength.two")) {
				t.Error("the session does not say that it stands on two factors")
			}
		})
		t.Run("a code that somebody has overheard is worth nothing", func(t *testing.T) {
			v := h.visitor()
			if got := v.post("/en/sign-in/code", append(first(v).hidden(), "code", right)...); got.status != http.StatusUnprocessableEntity {
				t.Error(got.status)
			}
		})
		t.Run("a first step that is forged, somebody else's or old begins anew", func(t *testing.T) {
			v := h.visitor()
			stale := h.sealStep(halfway{id, "password", time.Now().Add(-stepLasts), ""})
			for name, step := range map[string]string{
				"none": "", "forged": "AAAA", "old": stale, "sealed for something else": h.Keys.Seal("else", store.JSON(halfway{id, "password", time.Now(), ""})),
				"of nobody": h.sealStep(halfway{"nobody", "password", time.Now(), ""}),
			} {
				got := v.post("/en/sign-in/code", "step", step, "code", h.code(secret, 30*time.Second))
				if got.status != http.StatusUnprocessableEntity || !got.says(en.T("signin.step.late")) || len(got.cookies) > 0 {
					t.Errorf("%s: %d", name, got.status)
				}
			}
		})
		t.Run("step-up asks for the code as well", func(t *testing.T) {
			v := h.visitor()
			if got := v.post("/en/sign-in/code", append(first(v).hidden(), "code", h.code(secret, 30*time.Second))...); got.status != http.StatusSeeOther {
				t.Fatal(got.status)
			}
			h.growOld(freshProof)
			if got := v.post("/en/prove", "proof-password", testPassword); got.status != http.StatusUnprocessableEntity {
				t.Error("the password alone proves it:", got.status)
			}
		})
		t.Run("a new password in between begins anew", func(t *testing.T) {
			v := h.visitor()
			step := first(v)
			if err := account.SetPassword(t.Context(), h.DB, access.System("test"), id, testPassword); err != nil {
				t.Fatal(err)
			}
			if got := v.post("/en/sign-in/code", append(step.hidden(), "code", h.code(secret, 0))...); !got.says(en.T("signin.step.late")) {
				t.Error(got.status)
			}
		})
	})
}

var secretText = regexp.MustCompile(`<code class="secret">([^<]+)</code>`)

var codeText = regexp.MustCompile(`<li><code>([^<]+)</code>`)

// unwaived asks for a second factor again, as every real installation does.
func (h inhabited) unwaived() {
	h.t.Helper()
	_, err := store.Write(h.t.Context(), h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "test"}, tx.Set(h.t.Context(), "account.second-factor", "")
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// ASVS 5.0 6.3.3: without script, from the first sign-in to the first page that
// the role opens.
func TestRolesThatWaitLeadToASecondFactor(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		h.unwaived()
		h.person("focal@polis.example", access.FocalPoint, "KG")
		v := h.visitor()
		got := v.post("/en/sign-in", "email", "focal@polis.example", "password", testPassword, "next", "/en/library/upload")
		if got.status != http.StatusSeeOther || got.location != "/en/account/security?next=%2Fen%2Flibrary%2Fupload" {
			t.Fatal(got.status, got.location)
		}
		page := v.get(got.location)
		if !page.says(en.T("signin.withheld.title")) || !strings.Contains(page.body, `href="/en/library/upload"`) || !page.says(en.T("signin.passkey.number")) {
			t.Fatal("the page does not lead on")
		}
		if got := v.get("/en/library/upload"); got.status != http.StatusForbidden {
			t.Error("the role is in force without a second factor:", got.status)
		}
		form := v.get("/en/account/security/app?next=%2Fen%2Flibrary%2Fupload")
		secret := secretText.FindStringSubmatch(form.body)
		if secret == nil || !strings.Contains(form.body, `<svg class="qr"`) {
			t.Fatal("no secret, or no picture of it")
		}
		wrong := v.post("/en/account/security/app", append(form.hidden(), "code", "000000")...)
		if again := secretText.FindStringSubmatch(wrong.body); wrong.status != http.StatusUnprocessableEntity || again == nil || again[1] != secret[1] {
			t.Fatal("after a wrong code another secret is offered:", wrong.status)
		}
		token := v.session()
		codes := v.post("/en/account/security/app", append(wrong.hidden(), "code", h.code(secret[1], 0))...)
		kept := codeText.FindAllStringSubmatch(codes.body, -1)
		if codes.status != 200 || len(kept) != 10 || !strings.Contains(codes.body, `href="/en/library/upload"`) || v.session() == token {
			t.Fatal(codes.status, len(kept))
		}
		if got := v.get("/en/library/upload"); got.status != http.StatusOK {
			t.Error("the role still waits:", got.status)
		}
		w := h.visitor()
		step := w.post("/en/sign-in", "email", "focal@polis.example", "password", testPassword)
		if got := w.post("/en/sign-in/code", append(step.hidden(), "code", kept[3][1])...); got.status != http.StatusSeeOther || got.location != "/en/" {
			t.Fatal("a recovery code opens nothing:", got.status, got.location)
		}
		if page := w.get("/en/account/security"); !page.says(en.T("signin.codes.left", "n", 9)) {
			t.Error("it is not gone")
		}
		if got := w.post("/en/account/security/app/remove"); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		if got := w.get("/en/library/upload"); got.status != http.StatusForbidden || v.in() {
			t.Error("without the app the role goes on, or the other session does:", got.status)
		}
	})
}

func TestFactorFormsRefuseWhatWasNotOffered(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("a@polis.example", access.Expert)
		for _, c := range [][]string{
			{"/en/account/security/app", "state", "forged", "code", "123456"},
			{"/en/account/security/app", "code", "123456"},
			{"/en/account/security/codes"},
		} {
			if got := v.post(c[0], c[1:]...); got.status != http.StatusBadRequest {
				t.Errorf("%v: %d", c, got.status)
			}
		}
		for path, want := range map[string]int{
			"/en/account/security/app/remove": http.StatusNotFound, "/en/account/security/passkey/remove": http.StatusNotFound,
			"/en/account/security/passkey/rename": http.StatusNotFound, "/en/account/security/passkey": http.StatusNotFound, // by number
			"/en/passkey/options": http.StatusNotFound, "/en/sign-in/passkey": http.StatusNotFound,
		} {
			if got := v.post(path, "id", "x"); got.status != want {
				t.Errorf("%s: %d, not %d", path, got.status, want)
			}
			if got := h.visitor().post(path, "id", "x"); got.status == http.StatusOK || got.status >= 500 {
				t.Errorf("%s, signed out: %d", path, got.status)
			}
		}
	})
}
