package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// quiet is a log that nobody reads.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// testSite has every registered page at /sample/NAME, and the addresses of the
// bar, so that pages are seen with everything around them.
func testSite(t testing.TB, opts Options) *Site {
	t.Helper()
	if opts.Log == nil {
		opts.Log = quiet
	}
	s := New(opts)
	for _, page := range samples {
		view := filled(page.view)
		s.Handle("GET /sample/"+page.name, func(w http.ResponseWriter, r *http.Request) error {
			f := s.Frame(r)
			f.Title, f.Description = "Sample of "+page.name, "What a reader sees."
			f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
			f.Notice = &Notice{"Saved."}
			f.OwnSearch = page.name == "home" || page.name == "search"
			f.View = view
			return f.show(w, page.name)
		})
	}
	plain := func(w http.ResponseWriter, r *http.Request) error {
		f := s.Frame(r)
		f.Title = "Plain"
		return textPage.Show(w, f, TextView{})
	}
	for _, path := range []string{"/library", "/library/{id}", "/themes", "/states", "/framework", "/search", "/sign-in"} {
		s.Handle("GET "+path, plain)
	}
	return s
}

// ask sends a request to the site; headers are name, value pairs.
func ask(s http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestLanguage(t *testing.T) {
	s := testSite(t, Options{})
	speaks := func(w *httptest.ResponseRecorder) string { return w.Header().Get("Content-Language") }

	t.Run("the address decides before the browser does", func(t *testing.T) {
		for _, tag := range lang.All {
			w := ask(s, "GET", "/"+string(tag)+"/help", "Accept-Language", "it")
			if speaks(w) != string(tag) || !strings.Contains(w.Body.String(), `<html lang="`+string(tag)+`"`) {
				t.Errorf("/%s/help speaks %q", tag, speaks(w))
			}
		}
	})
	t.Run("without language in the address the browser decides, and the answer says so", func(t *testing.T) {
		w := ask(s, "GET", "/help", "Accept-Language", "ru-RU, en;q=0.5")
		if speaks(w) != "ru" || !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Language") {
			t.Errorf("speaks %q, varies on %q", speaks(w), w.Header().Values("Vary"))
		}
	})
	t.Run("a browser of a seventh language gets English and never a similar language", func(t *testing.T) {
		if got := speaks(ask(s, "GET", "/help", "Accept-Language", "uk")); got != "en" {
			t.Errorf("a Ukrainian browser is answered in %q", got)
		}
	})
	t.Run("the menu leads to the same page in six languages, with its query", func(t *testing.T) {
		body := ask(s, "GET", "/fr/library?q=drone&theme=a").Body.String()
		if !strings.Contains(body, `href="/ru/library?q=drone&amp;theme=a"`) {
			t.Error("the Russian link lost the question")
		}
	})
	t.Run("her own language serves a signed-in reader where the address names none", func(t *testing.T) {
		s := testSite(t, Options{Reader: func(*http.Request) (Reader, error) {
			return Reader{Subject: access.Subject{ID: "p1"}, Name: "Aigul", Lang: "de"}, nil
		}})
		if got := speaks(ask(s, "GET", "/help", "Cookie", "s=1", "Accept-Language", "it")); got != "de" {
			t.Errorf("speaks %q", got)
		}
	})
}

func TestFaults(t *testing.T) {
	s := testSite(t, Options{})
	s.Handle("GET /closed", func(http.ResponseWriter, *http.Request) error { return Refused(access.RuleNotGroup) })
	s.Handle("GET /broken", func(http.ResponseWriter, *http.Request) error { return io.ErrUnexpectedEOF })
	s.Handle("GET /gone", func(http.ResponseWriter, *http.Request) error { return fmt.Errorf("document: %w", store.ErrNotFound) })
	s.Handle("GET /panic", func(http.ResponseWriter, *http.Request) error { panic("secret of the house") })
	s.Handle("POST /form", func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	})

	cases := []struct {
		sentence, method, path string
		status                 int
		says                   string
	}{
		{"an unknown address", "GET", "/en/nothing", 404, "There is no such page"},
		{"a record that nobody has, or that she may not see", "GET", "/en/gone", 404, "There is no such page"},
		{"a method that the page does not know", "DELETE", "/en/help", 405, "cannot do"},
		{"a refusal says by which rule", "GET", "/en/closed", 403, lang.For("en").T("access.rule.not-in-group")},
		{"an error of ours", "GET", "/en/broken", 500, "on our side"},
		{"a panic", "GET", "/en/panic", 500, "on our side"},
	}
	for _, c := range cases {
		t.Run(c.sentence, func(t *testing.T) {
			w := ask(s, c.method, c.path)
			if w.Code != c.status || !strings.Contains(w.Body.String(), escaped(c.says)) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "EOF") || strings.Contains(w.Body.String(), "secret") {
				t.Error("the page tells what only the log should")
			}
		})
	}
	t.Run("the number on the page is the request's", func(t *testing.T) {
		w := ask(s, "GET", "/en/broken")
		if id := w.Header().Get("X-Request-Id"); id == "" || !strings.Contains(w.Body.String(), id) {
			t.Errorf("no number %q on the page", id)
		}
	})
	t.Run("a body over the limit is refused with the limit", func(t *testing.T) {
		r := httptest.NewRequest("POST", "/en/form", strings.NewReader(strings.Repeat("x", bodyLimit+1)))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "MB") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("a form that another site's page sends does nothing", func(t *testing.T) {
		if w := ask(s, "POST", "/en/form", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
			t.Errorf("%d", w.Code)
		}
	})
	t.Run("a script gets a problem document", func(t *testing.T) {
		w := ask(s, "GET", "/fr/closed", "Accept", "application/json")
		if w.Code != 403 || w.Header().Get("Content-Type") != "application/problem+json" || strings.Contains(w.Body.String(), "<html") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// escaped writes a sentence as html/template does.
func escaped(s string) string { return strings.ReplaceAll(s, "'", "&#39;") }

func TestHeaders(t *testing.T) {
	s := testSite(t, Options{})
	for _, path := range []string{"/en/help", "/en/nothing", assets.path("polis.css")} {
		t.Run(path+" is guarded and sets no cookie", func(t *testing.T) {
			h := ask(s, "GET", path).Header()
			if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("policy %q", csp)
			}
			if h.Get("Set-Cookie") != "" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", h)
			}
		})
	}
	t.Run("an asset is fetched once and for good", func(t *testing.T) {
		w := ask(s, "GET", assets.path("govuk.css"), "Accept-Encoding", "gzip")
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	})
	t.Run("an asset of another version is not there", func(t *testing.T) {
		if w := ask(s, "GET", "/static/polis.0000000000.css"); w.Code != 404 {
			t.Errorf("%d", w.Code)
		}
	})
	t.Run("a notice shows only what was registered", func(t *testing.T) {
		if body := ask(s, "GET", "/en/help?notice=web.skip").Body.String(); strings.Contains(body, `class="notice"`) {
			t.Error("any message of the catalogue can be made to appear")
		}
	})
}

// TestLog holds that what a reader searches for is nobody's business.
func TestLog(t *testing.T) {
	var out strings.Builder
	s := testSite(t, Options{Log: slog.New(slog.NewJSONHandler(&out, nil))})
	ask(s, "GET", "/en/library/0199-aigul?q=my+question", "User-Agent", "Lynx")
	line := out.String()
	if !strings.Contains(line, `"route":"GET /library/{id}"`) || !strings.Contains(line, `"status":200`) {
		t.Errorf("the log lacks route or status: %s", line)
	}
	for _, secret := range []string{"question", "aigul", "192.0.2.1", "Lynx"} {
		if strings.Contains(line, secret) {
			t.Errorf("the log tells %q: %s", secret, line)
		}
	}
}
