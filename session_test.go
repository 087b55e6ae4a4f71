package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
