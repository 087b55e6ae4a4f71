package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// cookie is the one of that name that came back, or an empty one.
func (s seen) cookie(name string) *http.Cookie {
	for _, c := range s.cookies {
		if c.Name == name {
			return c
		}
	}
	return &http.Cookie{Name: name}
}

// growOld lets time pass for all sessions: their proofs and their beginnings lie
// so much further back.
func (h inhabited) growOld(d time.Duration) {
	h.t.Helper()
	type row struct{ Hash, Data string }
	rows, err := store.List[row](h.t.Context(), h.DB, store.Everything("test"), "SELECT hash, data FROM session WHERE {scope} AND ended = 0")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range rows {
		raw, _ := base64.StdEncoding.DecodeString(r.Data) // ours
		deadline, values, err := scs.GobCodec{}.Decode(raw)
		if err != nil {
			h.t.Fatal(err)
		}
		if at, ok := values[account.SessionProved].(int64); ok {
			values[account.SessionProved] = at - d.Microseconds()
		}
		data, err := scs.GobCodec{}.Encode(deadline, values)
		if err == nil {
			_, err = store.Upkeep(h.t.Context(), h.DB, "UPDATE session SET data = $2 WHERE hash = $1", r.Hash, base64.StdEncoding.EncodeToString(data))
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// hidden are the hidden fields of a page, as pairs.
func (s seen) hidden() (pairs []string) {
	for _, m := range hiddenField.FindAllStringSubmatch(s.body, -1) {
		pairs = append(pairs, m[1], unescape(m[2]))
	}
	return pairs
}

func unescape(s string) string {
	return strings.NewReplacer("&#43;", "+", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// ASVS 5.0 7.5.1, 7.5.3, 7.2.4.
func TestStepUp(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		v := h.signedIn("expert@polis.example", access.Expert)
		var got *http.Request
		h.site.Handle("POST /test/proven", h.proven(func(w http.ResponseWriter, r *http.Request) error {
			if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
				return err
			}
			got = r
			return nil
		}))
		page := "/en/account/security/app"
		t.Run("who has just signed in is not asked again", func(t *testing.T) {
			if got := v.get(page); got.status != http.StatusOK {
				t.Fatal(got.status)
			}
		})
		t.Run("after ten minutes a page leads through the proof and back, with a new token", func(t *testing.T) {
			h.growOld(freshProof)
			asked := v.get(page + "?x=1")
			if asked.status != http.StatusSeeOther || asked.location != "/en/prove?next="+url.QueryEscape(page+"?x=1") {
				t.Fatal(asked.status, asked.location)
			}
			form := v.get(asked.location)
			if form.status != 200 || !form.says(en.T("signin.prove.title")) || strings.Contains(form.body, "proof-code") {
				t.Fatal(form.status)
			}
			refused := v.post("/en/prove", append(form.hidden(), "proof-password", "a wrong password")...)
			if refused.status != http.StatusUnprocessableEntity || !refused.says(en.T("account.error.current")) {
				t.Fatal(refused.status)
			}
			before := v.session()
			done := v.post("/en/prove", append(refused.hidden(), "proof-password", testPassword)...)
			if done.status != http.StatusSeeOther || done.location != page+"?x=1" || v.session() == before {
				t.Fatal(done.status, done.location)
			}
			if got := v.get(page); got.status != http.StatusOK {
				t.Error(got.status)
			}
			old := h.visitor()
			r := old.request("GET", "/en/account", "", nil)
			r.AddCookie(&http.Cookie{Name: "session", Value: before})
			if got := old.do(r); got.status != http.StatusSeeOther {
				t.Error("the token from before the proof still opens the account")
			}
		})
		t.Run("a form goes through the proof with everything that was typed", func(t *testing.T) {
			h.growOld(freshProof)
			typed := []string{"a", "ä \"<&>'", "b", "1", "b", "2", "text", "line\r\nline", "password", "not carried"}
			form := v.post("/en/test/proven?q=1", typed...)
			if form.status != 200 || got != nil || strings.Contains(form.body, "not carried") {
				t.Fatal(form.status, got)
			}
			v.post("/en/test/proven?q=1", append(form.hidden(), "proof-password", "a wrong password")...)
			if got != nil {
				t.Fatal("it went through without the proof")
			}
			v.post("/en/test/proven?q=1", append(form.hidden(), "proof-password", testPassword)...)
			want := url.Values{}
			want["a"], want["b"], want["text"] = typed[1:2], []string{"1", "2"}, typed[7:8]
			if got == nil || got.PostForm.Encode() != want.Encode() || got.FormValue("q") != "1" {
				t.Fatalf("%v arrived", got)
			}
		})
		t.Run("files go through it too", func(t *testing.T) {
			h.growOld(freshProof)
			got = nil
			form := v.send("/en/test/proven", false, "люди.csv", "name;address\r\n\x00ä", "b.csv", "")
			v.post("/en/test/proven", append(form.hidden(), "proof-password", testPassword)...)
			if got == nil || len(got.MultipartForm.File["file"]) != 2 {
				t.Fatalf("%v arrived", got)
			}
			head := got.MultipartForm.File["file"][0]
			if content := read(t, head); head.Filename != "люди.csv" || content != "name;address\r\n\x00ä" {
				t.Errorf("%q: %q", head.Filename, content)
			}
		})
		t.Run("nobody signed in gets no further, and scripts are told", func(t *testing.T) {
			h.growOld(freshProof)
			got = nil
			if a := h.visitor().post("/en/test/proven", "proof-given", "1", "proof-password", testPassword); a.status != http.StatusForbidden {
				t.Error(a.status)
			}
			if a := h.visitor().get(page); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/en/sign-in?") {
				t.Error(a.status, a.location)
			}
			r := v.request("POST", "/en/test/proven", "application/x-www-form-urlencoded", bytes.NewBufferString("a=1"))
			r.Header.Set("Accept", "application/json")
			if a := v.do(r); a.status != http.StatusForbidden || got != nil {
				t.Error(a.status)
			}
			if a := h.visitor().post("/en/prove", "proof-password", testPassword); a.status != http.StatusForbidden {
				t.Error(a.status)
			}
		})
		t.Run("guessing is slowed here as well", func(t *testing.T) {
			var last seen
			for range 12 {
				last = v.post("/en/prove", "next", "/en/", "proof-password", "a wrong password")
			}
			if last.status != http.StatusTooManyRequests {
				t.Error(last.status)
			}
		})
	})
}

func read(t *testing.T, head *multipart.FileHeader) string {
	t.Helper()
	f, err := head.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// session is the token of the visitor's session.
func (v visitor) session() string {
	u, _ := url.Parse(v.h.server.URL) // it is the server's own
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == "session" {
			return c.Value
		}
	}
	return ""
}

func TestARevokedSessionIsNotProvedBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("expert@polis.example", access.Expert)
		h.site.Handle("POST /test/under-way", func(_ http.ResponseWriter, r *http.Request) error {
			who := ReaderOf(r)
			if err := account.EndAllSessions(r.Context(), h.DB, who.Subject, who.ID); err != nil {
				return err
			}
			return h.proved(r)
		})
		if got := v.post("/en/test/under-way"); got.status != http.StatusForbidden {
			t.Error(got.status)
		}
		if got := v.get("/en/account"); got.status != http.StatusSeeOther {
			t.Error("the session is back")
		}
	})
}
