package web

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/watch"
)

func TestSavedSearches(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.put("One", access.Public, "en")
		h.put("Secret", access.Member, "en")
		h.put("Official", access.Official, "en")
		v := h.signedIn("anna@polis.example", access.MemberRole)
		t.Run("nobody who is not signed in saves any, or is remembered", func(t *testing.T) {
			if got := h.visitor().post("/en/account/searches", "name", "x", "often", "never"); got.status != http.StatusForbidden && got.status != http.StatusUnauthorized {
				t.Error(got.status)
			}
			if got := h.visitor().get("/en/search?q=patrol"); strings.Contains(got.body, "/account/searches") || len(got.cookies) > 0 {
				t.Error("she is offered to save it, or known")
			}
		})
		if got := v.post("/en/account/searches", "name", "Patrols", "often", "daily", "q", "patrol", "theme", "cybercrime", "page", "3"); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		list := v.get("/en/account/searches")
		address := regexp.MustCompile(`/en/account/searches/[0-9a-f-]{36}`).FindString(list.body)
		t.Run("it stands in her list and leads to the search", func(t *testing.T) {
			if address == "" || !strings.Contains(list.body, `href="/en/search?q=patrol&amp;theme=cybercrime"`) {
				t.Fatal(list.body)
			}
		})
		t.Run("what is wrong is asked again, and nothing is lost", func(t *testing.T) {
			got := v.post("/en/account/searches", "name", " ", "often", "daily", "q", "horses")
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="q" value="horses"`) {
				t.Error(got.status, got.body)
			}
			if got := v.post(address, "name", "", "often", "daily"); got.status != http.StatusUnprocessableEntity {
				t.Error(got.status)
			}
		})
		t.Run("it is renamed, and nobody else's", func(t *testing.T) {
			if got := v.post(address, "name", "By foot", "often", "never"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if !v.get(address).says("By foot") {
				t.Error("it is not")
			}
			other := h.signedIn("bert@polis.example", access.Administrator)
			for _, path := range []string{address, address + "/feed", address + "/delete", address + "/feed/end"} {
				if got := other.post(path, "name", "Mine", "often", "never"); got.status != http.StatusNotFound {
					t.Error(path, got.status)
				}
			}
			if got := other.get(address); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
		t.Run("its feed is read by who knows its address, as members read", func(t *testing.T) {
			made := v.post(address + "/feed")
			secret := regexp.MustCompile(`/en/feeds/[A-Z0-9]{52}`).FindString(made.body)
			if secret == "" {
				t.Fatal(made.status, made.body)
			}
			got := h.visitor().get(secret)
			f := readFeed(t, got.body)
			if f.titles() != "Secret & <en>|One & <en>" || f.Title != "POLIS – By foot" || strings.Contains(got.body, secret) {
				t.Error(got.body)
			}
			if v.get(address).says(secret) || v.get("/en/account/searches").says(secret) {
				t.Error("it is shown again")
			}
			if got := v.post(address + "/feed/end"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if got := h.visitor().get(secret); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
		t.Run("she finds again what she looked for, until she clears it", func(t *testing.T) {
			v.get("/en/search?q=first+question")
			if got := v.get("/en/search?q=second"); !strings.Contains(got.body, `href="/en/search?q=first&#43;question"`) {
				t.Error(got.body)
			}
			v.post("/en/account/searches/forget")
			if got := v.get("/en/account/searches"); strings.Contains(got.body, "first") {
				t.Error(got.body)
			}
		})
		t.Run("it is deleted", func(t *testing.T) {
			if got := v.post(address + "/delete"); got.status != http.StatusSeeOther || v.get(address).status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
	})
}

func TestLettersAboutASearch(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		h.Post.Finish = h.watch().Finish(h.Post.Finish)
		v := h.entered("anna@polis.example", access.MemberRole, "KG")
		v.post("/ru/account/searches", "name", "Патрули", "often", "daily", "q", "patrol")
		id := h.put("One", access.Member, "en", "ru")
		if n, err := h.watch().TellDue(context.Background(), time.Now().Add(25*time.Hour)); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		letter := h.letter("anna@polis.example")
		plain := letter.Parts(t)["text/plain"]
		t.Run("it is written in the language of the search, and leads to the documents", func(t *testing.T) {
			if !strings.Contains(letter.Subject(), "1 новый документ") || !strings.Contains(plain, "One & <ru>") || !strings.Contains(plain, testOrigin+"/ru/library/"+id+"/ru") {
				t.Errorf("%s\n%s", letter.Subject(), plain)
			}
		})
		t.Run("a mail program stops them with one click (RFC 8058)", func(t *testing.T) {
			head := letter.Message.Header
			address := strings.Trim(head.Get("List-Unsubscribe"), "<>")
			if head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(address, testOrigin+"/ru/letters/stop?") {
				t.Fatal(head)
			}
			path := strings.TrimPrefix(address, testOrigin)
			if got := h.visitor().get(path); got.status != http.StatusOK {
				t.Error(got.status)
			}
			if list, err := h.watch().Searches(context.Background(), h.ofAnna(t)); err != nil || list[0].Often != watch.Daily {
				t.Error("to look at the page has stopped them", err)
			}
			for range 2 {
				if got := h.visitor().post(path, "List-Unsubscribe", "One-Click"); got.status != http.StatusOK {
					t.Error(got.status, got.body)
				}
			}
			if list, err := h.watch().Searches(context.Background(), h.ofAnna(t)); err != nil || list[0].Often != watch.Never {
				t.Error("they have not stopped", err)
			}
			if got := h.visitor().post(strings.Replace(path, "t=", "t=0", 1)); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
	})
}

func (h postal) ofAnna(t *testing.T) access.Subject {
	t.Helper()
	p, err := account.ByEmail(t.Context(), h.DB, "anna@polis.example")
	if err != nil {
		t.Fatal(err)
	}
	return h.now(p.ID)
}

func TestWhatIsNewSinceHerLastVisit(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.put("Old", access.Public, "en")
		email := "anna@polis.example"
		v := h.signedIn(email, access.MemberRole)
		if got := v.get("/en/library"); got.says(lang.For("en").T("ways.new.tag")) {
			t.Error("for who is here for the first time everything is new")
		}
		h.put("Fresh", access.Public, "en")
		again := h.visitor()
		again.post("/en/sign-in", "email", email, "password", testPassword)
		got := again.get("/en/library")
		if n := strings.Count(got.body, ">New</strong>"); n != 1 || !strings.Contains(got.body, "1 document is new since") {
			t.Errorf("%d %s", n, got.body)
		}
		if home := again.get("/en/"); !strings.Contains(home.body, "1 document is new since") {
			t.Error(home.body)
		}
		if got := ask(h.site, "GET", "/en/library"); bytes.Contains(got.Body.Bytes(), []byte(">New</strong>")) {
			t.Error("nobody has no last visit")
		}
	})
}
