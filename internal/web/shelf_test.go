package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"polis/internal/access"
)

// counted is a site with a page that counts how often it was made.
type counted struct {
	*Site
	generation int64
	made       int
	reader     Reader
}

func newCounted(t *testing.T, shelf int64) *counted {
	c := &counted{generation: 1}
	c.Site = testSite(t, Options{
		Shelf:      shelf,
		Generation: func() int64 { return c.generation },
		Reader:     func(*http.Request) (Reader, error) { return c.reader, nil },
	})
	c.Handle("GET /counted", c.page)
	return c
}

func (c *counted) page(w http.ResponseWriter, r *http.Request) error {
	c.made++
	do := r.URL.Query().Get("do")
	switch do {
	case "fail":
		return NotFound()
	case "cookie":
		http.SetCookie(w, &http.Cookie{Name: "s", Value: "1"})
	}
	f := c.Frame(r)
	f.Private = do == "private"
	f.Title = fmt.Sprintf("Made %d times", c.made)
	return textPage.Show(w, f, TextView{})
}

// times tells how often the page is made for three requests.
func (c *counted) times(path string, headers ...string) int {
	before := c.made
	for range 3 {
		ask(c, "GET", path, headers...)
	}
	return c.made - before
}

func TestShelfKeeps(t *testing.T) {
	s := newCounted(t, 0)
	t.Run("a page is made once for all who are not signed in", func(t *testing.T) {
		if n := s.times("/en/counted"); n != 1 {
			t.Errorf("made %d times", n)
		}
	})
	t.Run("what happened since makes it anew", func(t *testing.T) {
		s.generation++
		if n := s.times("/en/counted"); n != 1 {
			t.Errorf("made %d times", n)
		}
	})
	t.Run("each language and each query has its own", func(t *testing.T) {
		if s.times("/fr/counted") != 1 || s.times("/fr/counted?q=a") != 1 || s.times("/counted", "Accept-Language", "es") != 1 {
			t.Error("pages were mixed up or not kept")
		}
		if w := ask(s, "GET", "/counted", "Accept-Language", "fr"); w.Header().Get("Content-Language") != "fr" {
			t.Errorf("speaks %q", w.Header().Get("Content-Language"))
		}
	})
	t.Run("a page of the same content is not sent twice", func(t *testing.T) {
		first := ask(s, "GET", "/en/counted")
		w := ask(s, "GET", "/en/counted", "If-None-Match", first.Header().Get("Etag"))
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
		}
	})
	t.Run("kept and unkept, packed and plain are the same page", func(t *testing.T) {
		fresh := ask(s, "GET", "/en/help")
		plain := ask(s, "GET", "/en/help")
		packed := ask(s, "GET", "/en/help", "Accept-Encoding", "gzip")
		if packed.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("Content-Encoding") != "" {
			t.Fatal("wrong encoding")
		}
		if plain.Body.String() != fresh.Body.String() || unzipped(t, packed) != fresh.Body.String() {
			t.Error("the pages differ")
		}
	})
}

func TestShelfRefuses(t *testing.T) {
	s := newCounted(t, 0)
	for _, do := range []string{"fail", "cookie", "private"} {
		t.Run("never kept: "+do, func(t *testing.T) {
			if n := s.times("/en/counted?do=" + do); n != 3 {
				t.Errorf("made %d times", n)
			}
		})
	}
	t.Run("nothing is kept while nobody knows what is current", func(t *testing.T) {
		s.generation = -1
		if n := s.times("/en/counted"); n != 3 {
			t.Errorf("made %d times", n)
		}
		s.generation = 2
	})
	t.Run("a cookie that names nobody is reason enough", func(t *testing.T) {
		if n := s.times("/en/counted", "Cookie", "old=1"); n != 3 {
			t.Errorf("made %d times", n)
		}
	})
	t.Run("a signed-in reader neither reads nor feeds it", func(t *testing.T) {
		s.reader = Reader{Subject: access.Subject{ID: "p1"}, Name: "Aigul Secret"}
		if n := s.times("/en/counted", "Cookie", "s=1"); n != 3 {
			t.Errorf("made %d times", n)
		}
		hers := ask(s, "GET", "/en/counted", "Cookie", "s=1")
		if !strings.Contains(hers.Body.String(), "Aigul") || hers.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("her own page: %v", hers.Header())
		}
		if next := ask(s, "GET", "/en/counted"); strings.Contains(next.Body.String(), "Aigul") {
			t.Error("the next reader sees her name")
		}
	})
}

func unzipped(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestShelfLimit holds that strangers' questions cannot fill the memory.
func TestShelfLimit(t *testing.T) {
	s := newCounted(t, 64<<10)
	for n := range 500 {
		ask(s, "GET", fmt.Sprintf("/en/counted?q=%d", n))
	}
	if s.shelf.bytes > 64<<10 || len(s.shelf.pages) != s.shelf.order.Len() || len(s.shelf.pages) < 10 {
		t.Errorf("%d bytes in %d pages", s.shelf.bytes, len(s.shelf.pages))
	}
	s.made = 0
	ask(s, "GET", "/en/counted?q=499")
	if s.made != 0 {
		t.Error("the page used last was dropped first")
	}
}

// BenchmarkPage measures a page from the shelf and one made anew, without network.
func BenchmarkPage(b *testing.B) {
	for name, generation := range map[string]func() int64{"kept": func() int64 { return 1 }, "made": nil} {
		s := testSite(b, Options{Generation: generation})
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/ru/sample/home", nil)
			r.Header.Set("Accept-Encoding", "gzip")
			for b.Loop() {
				s.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
