package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
)

func TestSigningIn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		id := h.person("aigul@polis.example", access.FocalPoint, "KG")
		en := lang.For("en")
		t.Run("reading the pages sets no cookie", func(t *testing.T) {
			v := h.visitor()
			for _, path := range []string{"/en/", "/en/library", "/en/sign-in"} {
				if got := v.get(path); got.status != 200 || len(got.cookies) > 0 {
					t.Errorf("%s: %d %v", path, got.status, got.cookies)
				}
			}
		})
		t.Run("every failure has the same answer and sets no cookie", func(t *testing.T) {
			if err := account.Block(context.Background(), h.DB, access.System("test"), h.person("out@polis.example", access.MemberRole, ""), true); err != nil {
				t.Fatal(err)
			}
			for _, c := range [][2]string{
				{"aigul@polis.example", "a wrong password"},
				{"aigul@polis.example", ""},
				{"nobody@polis.example", testPassword},
				{"out@polis.example", testPassword},
				{"", ""},
			} {
				got := h.visitor().post("/en/sign-in", "email", c[0], "password", c[1])
				if got.status != http.StatusUnprocessableEntity || !got.says(en.T("account.sign-in.failed")) || len(got.cookies) > 0 {
					t.Errorf("%q: %d %v", c, got.status, got.cookies)
				}
				if c[1] != "" && strings.Contains(got.body, c[1]) {
					t.Error("the page repeats the password")
				}
			}
		})
		t.Run("it leads where she wanted to go, but to no other site", func(t *testing.T) {
			for next, want := range map[string]string{
				"/ru/library/upload": "/ru/library/upload", "/library/upload?x=1": "/en/library/upload?x=1", "": "/en/",
				"https://elsewhere.example/": "/en/", "//elsewhere.example/": "/en/", `/\elsewhere.example`: "/en/",
				"javascript:alert(1)": "/en/", "/en/sign-in": "/en/", "/\t/elsewhere.example": "/en/",
			} {
				got := h.visitor().post("/en/sign-in", "email", "aigul@polis.example", "password", testPassword, "next", next)
				if got.status != http.StatusSeeOther || got.location != want {
					t.Errorf("%q leads to %d %q, want %q", next, got.status, got.location, want)
				}
			}
		})
		t.Run("the form remembers the page from which she came", func(t *testing.T) {
			v := h.visitor()
			r := v.request("GET", "/en/sign-in", "", nil)
			r.Header.Set("Referer", h.server.URL+"/en/library?q=patrol")
			if got := v.do(r); !strings.Contains(got.body, `name="next" value="/en/library?q=patrol"`) {
				t.Error("the way back is lost")
			}
		})
		t.Run("signing in gives a new token, signing out ends it", func(t *testing.T) {
			v := h.visitor()
			first := v.post("/en/sign-in", "email", "AIGUL@polis.example ", "password", testPassword)
			second := v.post("/en/sign-in", "email", "aigul@polis.example", "password", testPassword)
			if first.cookie("session").Value == "" || first.cookie("session").Value == second.cookie("session").Value {
				t.Fatalf("%v then %v", first.cookies, second.cookies)
			}
			if page := v.get("/en/account"); page.status != 200 || !page.says("Kyrgyzstan") {
				t.Errorf("account: %d", page.status)
			}
			old := h.visitor()
			r := old.request("GET", "/en/account", "", nil)
			r.AddCookie(first.cookie("session"))
			if got := old.do(r); got.status != http.StatusSeeOther {
				t.Error("the token from before still opens the account")
			}
			if got := v.post("/en/sign-out"); got.status != http.StatusSeeOther {
				t.Errorf("sign-out: %d", got.status)
			}
			if got := v.get("/en/account"); got.status != http.StatusSeeOther {
				t.Error("she is still signed in")
			}
		})
		t.Run("a blocked account is out with the next page", func(t *testing.T) {
			v := h.visitor()
			v.post("/en/sign-in", "email", "aigul@polis.example", "password", testPassword)
			if err := account.Block(context.Background(), h.DB, access.System("test"), id, true); err != nil {
				t.Fatal(err)
			}
			if got := v.get("/en/account"); got.status != http.StatusSeeOther {
				t.Errorf("%d", got.status)
			}
		})
	})
}

func TestAccount(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("expert@polis.example", access.Expert)
		en := lang.For("en")
		t.Run("it says what she reads, and what not, and why", func(t *testing.T) {
			page := v.get("/en/account")
			for _, words := range []string{en.T("access.level.member.hint"), en.T("account.reads.not"), en.T("account.may.contribute"), en.T("access.role.expert")} {
				if !page.says(words) {
					t.Errorf("no %q", words)
				}
			}
		})
		t.Run("her language is used where an address names none", func(t *testing.T) {
			if got := v.post("/en/account/language", "lang", "ru"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/ru/account") {
				t.Fatalf("%d %s", got.status, got.location)
			}
			if !v.get("/account").says(lang.For("ru").T("account.title")) {
				t.Error("the page is not in Russian")
			}
			if got := v.post("/en/account/language", "lang", "tlh"); got.status != http.StatusBadRequest {
				t.Errorf("a seventh language: %d", got.status)
			}
		})
		t.Run("a new password needs the present one, twice the same, and length", func(t *testing.T) {
			for _, c := range []struct{ current, password, again, says string }{
				{"wrong password here", "a quite new password", "a quite new password", "account.error.current"},
				{testPassword, "a quite new password", "another new password", "account.error.again"},
				{testPassword, "short", "short", "account.error.password"},
			} {
				got := v.post("/en/account/security/password", "current", c.current, "password", c.password, "again", c.again)
				if got.status != http.StatusUnprocessableEntity || !got.says(en.T(c.says)) {
					t.Errorf("%s: %d", c.says, got.status)
				}
			}
			if got := v.post("/en/account/security/password", "current", testPassword, "password", "a quite new password", "again", "a quite new password"); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			if got := h.visitor().post("/en/sign-in", "email", "expert@polis.example", "password", "a quite new password"); got.status != http.StatusSeeOther {
				t.Error("the new password opens nothing")
			}
		})
		t.Run("nobody signed in changes nothing", func(t *testing.T) {
			for _, path := range []string{"/en/account/language", "/en/account/security/password"} {
				if got := h.visitor().post(path, "lang", "fr"); got.status != http.StatusForbidden {
					t.Errorf("%s: %d", path, got.status)
				}
			}
		})
	})
}
