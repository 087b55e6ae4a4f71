package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		sessions := newSessions(db, true)
		site := sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/in":
				sessions.Put(r.Context(), "person", "somebody")
			case "/out":
				_ = sessions.Destroy(r.Context())
			}
			fmt.Fprint(w, sessions.GetString(r.Context(), "person"))
		}))
		ask := func(path string, cookie *http.Cookie) *http.Response {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			if cookie != nil {
				r.AddCookie(cookie)
			}
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			return w.Result()
		}
		who := func(cookie *http.Cookie) string {
			b := new(strings.Builder)
			_ = ask("/", cookie).Write(b)
			_, body, _ := strings.Cut(b.String(), "\r\n\r\n")
			return body
		}

		if c := ask("/", nil).Cookies(); len(c) > 0 {
			t.Errorf("a cookie before sign-in: %v", c)
		}
		if c := ask("/", &http.Cookie{Name: "__Host-polis", Value: "planted"}).Cookies(); len(c) > 0 {
			t.Errorf("a planted token became a session: %v", c)
		}
		cookies := ask("/in", nil).Cookies()
		if len(cookies) != 1 {
			t.Fatal("signed in without one cookie:", cookies)
		}
		c := cookies[0]
		if c.Name != "__Host-polis" || c.Path != "/" || c.Domain != "" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 0 {
			t.Errorf("the cookie is %v", c)
		}
		for range 3 { // the second time nothing is written, and it holds all the same
			if got := who(c); got != "somebody" {
				t.Errorf("signed in as %q", got)
			}
		}
		kept, err := store.List[string](t.Context(), db, store.Everything("test"), "SELECT hash FROM session WHERE {scope}")
		if err != nil || len(kept) != 1 || kept[0] == c.Value {
			t.Errorf("the table holds %v, %v", kept, err)
		}
		ask("/out", c)
		if got := who(c); got != "" {
			t.Errorf("signed out, and still %q", got)
		}
	})
}

// TestASessionLastsAWorkingDay (ASVS 5.0 7.1.1, 7.2.3, 7.3.1, 7.3.2): as doc/security.md
// says.
func TestASessionLastsAWorkingDay(t *testing.T) {
	sessions := newSessions(storetest.SQLite(t), true)
	if sessions.IdleTimeout != 2*time.Hour || sessions.Lifetime != 12*time.Hour {
		t.Errorf("%v without a page, %v in all", sessions.IdleTimeout, sessions.Lifetime)
	}
	tokens := map[string]bool{}
	for range 100 {
		ctx, err := sessions.Load(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		sessions.Put(ctx, "person", "somebody")
		token, _, err := sessions.Commit(ctx)
		if raw, broken := base64.RawURLEncoding.DecodeString(token); err != nil || broken != nil || len(raw) < 32 || tokens[token] {
			t.Fatalf("a token of %d bytes, %v", len(raw), err)
		}
		tokens[token] = true
	}
}
