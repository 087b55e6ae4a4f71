package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

// Where somebody goes after she has signed in is ours, whatever a link said.
func FuzzInside(f *testing.F) {
	for _, next := range []string{
		"/library", "/ru/library?q=x#p2", "", "//evil.example", "/\\evil.example", "https://evil.example", "/%2f%2fevil.example", "javascript:alert(1)", "/\tevil", "/x\r\nSet-Cookie: a=b",
		"/..//evil.example", "///evil", "/@evil.example", "http:/evil", "/\x00", "/ж?q=\xff", "/.//evil.example", "\u2028//evil.example", "/x#\x05",
	} {
		f.Add(next)
	}
	home, _ := url.Parse("https://polis.example/en/sign-in")
	f.Fuzz(func(t *testing.T, next string) {
		got := inside(next)
		if got == "" {
			return
		}
		u, err := home.Parse(got)
		if err != nil || u.Scheme != "https" || u.Host != "polis.example" || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && unicode.IsControl(r) }) {
			t.Errorf("%q leads to %v %v", next, u, err)
		}
		// As browsers read it: a backslash is a slash to them, and they leave out tabs.
		as := strings.NewReplacer("\\", "/", "\t", "", "\r", "", "\n", "").Replace(got)
		if strings.HasPrefix(as, "//") {
			t.Errorf("%q leads elsewhere in a browser", next)
		}
	})
}

// A browser is named in our own words and never in its own.
func FuzzDeviceName(f *testing.F) {
	for _, agent := range []string{"", "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0", "curl/8", "<script>", "\x00\xff", strings.Repeat("Chrome/", 1000), "iPhone Safari/"} {
		f.Add(agent)
	}
	ours := map[string]bool{"": true}
	for _, s := range append(append([]sign{}, browsers...), systems...) {
		ours[s.name] = true
	}
	f.Fuzz(func(t *testing.T, agent string) {
		for _, part := range strings.Split(deviceName(agent), ", ") {
			if !ours[part] {
				t.Errorf("%q is called %q", agent, part)
			}
		}
	})
}

// Any address and any header is answered, by the site itself.
func FuzzRequest(f *testing.F) {
	s := testSite(f, Options{})
	f.Add("/en/library", "q=x", "ru", "text/html", "a=b")
	f.Add("/xx/\x00", "%zz", "\xff", "application/json", "session=\x00")
	f.Add("//evil.example/..", ";;", "*", "", "")
	f.Add("/en/../../etc/passwd", "notice=library.edit.saved&n=1e99", "", "", "")
	f.Add("/sample/home", "page=-1&page=9223372036854775808", "de;q=x", "*/*", "=")
	f.Fuzz(func(t *testing.T, path, query, language, accept, cookie string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsFunc(query, unicode.IsControl) {
			t.Skip("no line of HTTP holds it")
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = &url.URL{Path: path, RawQuery: query}
		r.Header.Set("Accept-Language", language)
		r.Header.Set("Accept", accept)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		for _, fault := range sturdy(w) {
			t.Errorf("%q ? %q: %s", path, query, fault)
		}
		if to := w.Header().Get("Location"); to != "" {
			if u, err := url.Parse(to); err != nil || u.Host != "" {
				t.Errorf("%q ? %q leads to %q", path, query, to)
			}
		}
	})
}
