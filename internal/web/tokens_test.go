package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

var tokenShown = regexp.MustCompile(`value="(polis_[0-9A-Za-z]{49})"`)

// program is something that asks the API with a token.
func (h inhabited) program(method, path, authorization string, headers ...string) (*http.Response, map[string]any) {
	h.t.Helper()
	v := h.visitor()
	r := v.request(method, path, "", nil)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w, err := v.client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer w.Body.Close()
	var body map[string]any
	_ = json.NewDecoder(w.Body).Decode(&body) // pages are no JSON
	return w, body
}

// openProgramDoor mounts what says who asks, as the API would.
func (h inhabited) openProgramDoor() {
	h.site.Mount("/api/v1/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := ReaderOf(r)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": who.ID, "trust": who.Trust.String(), "token": who.Token, "grants": len(who.Grants)})
	}))
}

// make has the visitor make a token on the page and returns its secret.
func (v visitor) make(path string, pairs ...string) string {
	v.h.t.Helper()
	if !slices.Contains(pairs, "name") {
		pairs = append(pairs, "name", "Statistics")
	}
	page := v.post(path, append(pairs, "days", "90")...)
	m := tokenShown.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || m == nil {
		v.h.t.Fatalf("no token: %d %s", page.status, page.body)
	}
	return m[1]
}

func TestTokens(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.openProgramDoor()
		en := lang.For("en")
		expert := h.signedIn("expert@polis.example", access.Expert)
		secret := expert.make("/en/account/tokens", "reach", "member")
		t.Run("a token is shown once, and asks in its person's name", func(t *testing.T) {
			if !account.LooksLikeToken(secret) {
				t.Errorf("%q", secret)
			}
			list := expert.get("/en/account/tokens")
			if strings.Contains(list.body, secret) || !list.says("Statistics") || !list.says(en.T("token.is.holds")) {
				t.Error("the list shows the secret, or not the token")
			}
			w, body := h.program("GET", "/api/v1/who", "Bearer "+secret)
			if w.StatusCode != 200 || body["trust"] != "member" || body["token"] == "" || body["grants"] != 0.0 {
				t.Errorf("%d %v", w.StatusCode, body)
			}
			if list := expert.get("/en/account/tokens"); list.says(en.T("token.line.unused")) {
				t.Error("its use is not shown")
			}
		})
		t.Run("no page takes it, and no form", func(t *testing.T) {
			if w, _ := h.program("GET", "/en/account", "Bearer "+secret); w.StatusCode != http.StatusSeeOther {
				t.Errorf("the account opens: %d", w.StatusCode)
			}
			if w, _ := h.program("POST", "/en/account/tokens", "Bearer "+secret); w.StatusCode != http.StatusForbidden {
				t.Errorf("a form is taken: %d", w.StatusCode)
			}
		})
		t.Run("whatever is wrong with a token, the answer is the same", func(t *testing.T) { h.refusesAlike(t, expert) })
		t.Run("what is wrong with the form is said at its field", func(t *testing.T) {
			for field, pairs := range map[string][]string{
				"reach": {"name", "x", "days", "90", "reach", "everything"},
				"days":  {"name", "x", "days", "366", "reach", "member"},
				"name":  {"name", " ", "days", "30", "reach", "member"},
			} {
				got := expert.post("/en/account/tokens", pairs...)
				if got.status != http.StatusUnprocessableEntity || !got.says(en.T("token.error."+field)) {
					t.Errorf("%s: %d", field, got.status)
				}
			}
		})
		t.Run("what she revokes opens nothing from then on; a stranger revokes nothing", func(t *testing.T) {
			id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(expert.get("/en/account/tokens").body)[1]
			stranger := h.signedIn("stranger@polis.example", access.MemberRole)
			if got := stranger.post("/en/account/tokens/end", "id", id); got.status != http.StatusNotFound {
				t.Errorf("a stranger: %d", got.status)
			}
			if got := h.visitor().post("/en/account/tokens/end", "id", id); got.status != http.StatusForbidden {
				t.Errorf("nobody: %d", got.status)
			}
			if w, _ := h.program("GET", "/api/v1/who", "Bearer "+secret); w.StatusCode != 200 {
				t.Errorf("it was revoked by a stranger: %d", w.StatusCode)
			}
			if got := expert.post("/en/account/tokens/end", "id", id); got.status != http.StatusSeeOther {
				t.Errorf("herself: %d", got.status)
			}
			if w, _ := h.program("GET", "/api/v1/who", "Bearer "+secret); w.StatusCode != http.StatusUnauthorized {
				t.Errorf("afterwards: %d", w.StatusCode)
			}
		})
		t.Run("making one asks again who she is", func(t *testing.T) {
			if _, err := store.Upkeep(t.Context(), h.DB, "DELETE FROM session WHERE person <> ''"); err != nil {
				t.Fatal(err)
			}
			if got := expert.post("/en/account/tokens", "name", "x", "days", "90", "reach", "member"); got.status != http.StatusForbidden {
				t.Errorf("without a session: %d", got.status)
			}
		})
	})
}

// refusesAlike holds that a token which never was, one that was taken back and no
// token at all hear the same.
func (h inhabited) refusesAlike(t *testing.T, v visitor) {
	gone := v.make("/en/account/tokens", "reach", "member", "name", "Gone")
	if _, err := store.Write(t.Context(), h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(t.Context(), "UPDATE token SET ended = 9, ended_by = 'x' WHERE name = 'Gone'")
		return store.Event{Act: "test"}, err
	}); err != nil {
		t.Fatal(err)
	}
	var first string
	var times []time.Duration
	for _, authorization := range []string{
		"Bearer " + gone, "Bearer " + gone[:54] + "x", "Bearer", "Bearer  ", "bearer nothing", "Basic YTpi", gone, "Bearer " + strings.Repeat("x", 9000),
	} {
		begun := time.Now()
		w, body := h.program("GET", "/api/v1/who", authorization)
		times = append(times, time.Since(begun))
		answer := fmt.Sprint(w.StatusCode, body, w.Header["Www-Authenticate"], w.Header["Content-Type"], w.Header["Cache-Control"])
		if first == "" {
			first = answer
		}
		if answer != first || w.StatusCode != 401 || w.Header.Get("Content-Type") != "application/problem+json" || !strings.HasPrefix(w.Header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%.30q answers %s, the first %s", authorization, answer, first)
		}
	}
	t.Log("answered in", times)
}

func TestServiceTokens(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.openProgramDoor()
		admin := h.signedIn("admin@polis.example", access.Administrator)
		h.person("focal@polis.example", access.FocalPoint, "KG")
		focal := h.visitor()
		focal.post("/en/sign-in", "email", "focal@polis.example", "password", testPassword)
		t.Run("a focal point makes one for her State and for no other", func(t *testing.T) {
			secret := focal.make("/en/admin/tokens", "for", "KG", "reach", "official")
			if w, body := h.program("GET", "/api/v1/who", "Bearer "+secret); w.StatusCode != 200 || body["trust"] != "official" || !strings.HasPrefix(body["id"].(string), "token:") {
				t.Errorf("%d %v", w.StatusCode, body)
			}
			if got := focal.post("/en/admin/tokens", "name", "x", "days", "90", "for", "TJ", "reach", "member"); got.status != http.StatusForbidden {
				t.Errorf("for another: %d", got.status)
			}
			if got := focal.post("/en/admin/tokens", "name", "x", "days", "90", "for", "KG", "reach", "closed"); got.status != http.StatusUnprocessableEntity {
				t.Errorf("for what is closed: %d", got.status)
			}
		})
		t.Run("an administrator sees all, others no such page", func(t *testing.T) {
			if page := admin.get("/ru/admin/tokens"); !page.says("Statistics") || !page.says("focal@polis.example") {
				t.Errorf("%d", page.status)
			}
			if got := h.signedIn("member@polis.example", access.MemberRole).get("/en/admin/tokens"); got.status != http.StatusForbidden {
				t.Errorf("a member: %d", got.status)
			}
			if got := h.visitor().get("/en/admin/tokens"); got.status != http.StatusSeeOther {
				t.Errorf("nobody: %d", got.status)
			}
		})
	})
}

func TestASessionOnTheAPIReadsAndChangesNothingForAnotherSite(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.openProgramDoor()
		v := h.signedIn("member@polis.example", access.MemberRole)
		send := func(method string, headers ...string) int {
			r := v.request(method, "/api/v1/who", "", nil)
			for i := 0; i+1 < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			return v.do(r).status
		}
		for _, c := range []struct {
			method  string
			headers []string
			want    int
		}{
			{"GET", nil, 200},
			{"POST", nil, 403},
			{"DELETE", nil, 403},
			{"POST", []string{"Sec-Fetch-Site", "same-origin"}, 200},
			{"POST", []string{"Origin", h.server.URL}, 200},
			{"POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
			{"POST", []string{"Sec-Fetch-Site", "same-site"}, 403},
			{"POST", []string{"Origin", "https://elsewhere.example"}, 403},
			{"POST", []string{"Origin", "null"}, 403},
		} {
			if got := send(c.method, c.headers...); got != c.want {
				t.Errorf("%s with %v: %d, not %d", c.method, c.headers, got, c.want)
			}
		}
	})
}
