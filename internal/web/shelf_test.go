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

// counter is a page that counts how often it was made.
func counter(s *Site, made *int) {
	s.Handle("GET /counted", func(w http.ResponseWriter, r *http.Request) error {
		*made++
		switch r.URL.Query().Get("do") {
		case "fail":
			return NotFound()
		case "cookie":
			http.SetCookie(w, &http.Cookie{Name: "s", Value: "1"})
		}
		f := s.Frame(r)
		f.Private = r.URL.Query().Get("do") == "private"
		f.Title = fmt.Sprintf("Made %d times", *made)
		return textPage.Show(w, f, TextView{})
	})
}

func TestShelf(t *testing.T) {
	generation, made := int64(1), 0
	var reader Reader
	s := testSite(t, Options{
		Generation: func() int64 { return generation },
		Reader:     func(*http.Request) (Reader, error) { return reader, nil },
	})
	counter(s, &made)
	times := func(path string, headers ...string) int {
		before := made
		for range 3 {
			ask(s, "GET", path, headers...)
		}
		return made - before
	}

	t.Run("a page is made once for all who are not signed in", func(t *testing.T) {
		if n := times("/en/counted"); n != 1 {
			t.Errorf("made %d times", n)
		}
	})
	t.Run("what happened since makes it anew", func(t *testing.T) {
		generation++
		if n := times("/en/counted"); n != 1 {
			t.Errorf("made %d times", n)
		}
	})
	t.Run("each language and each query has its own", func(t *testing.T) {
		if times("/fr/counted") != 1 || times("/fr/counted?q=a") != 1 || times("/counted", "Accept-Language", "es") != 1 {
			t.Error("pages were mixed up or not kept")
		}
		if w := ask(s, "GET", "/counted", "Accept-Language", "fr"); w.Header().Get("Content-Language") != "fr" {
			t.Errorf("speaks %q", w.Header().Get("Content-Language"))
		}
	})
	t.Run("a signed-in reader neither reads nor feeds it", func(t *testing.T) {
		reader = Reader{Subject: access.Subject{ID: "p1"}, Name: "Aigul Secret"}
		generation++
		if n := times("/en/counted", "Cookie", "s=1"); n != 3 {
			t.Errorf("made %d times", n)
		}
		w := ask(s, "GET", "/en/counted")
		if strings.Contains(w.Body.String(), "Aigul") {
			t.Error("the next reader sees her name")
		}
		if w := ask(s, "GET", "/en/counted", "Cookie", "s=1"); w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("her browser may keep it: %q", w.Header().Get("Cache-Control"))
		}
	})
	t.Run("a cookie of nobody is not kept for either", func(t *testing.T) {
		reader = Reader{}
		if n := times("/en/counted?a", "Cookie", "old=1"); n != 3 {
			t.Errorf("made %d times", n)
		}
	})
	for _, do := range []string{"fail", "cookie", "private"} {
		t.Run("never kept: "+do, func(t *testing.T) {
			if n := times("/en/counted?do=" + do); n != 3 {
				t.Errorf("made %d times", n)
			}
		})
	}
	t.Run("a page of the same content is not sent twice", func(t *testing.T) {
		first := ask(s, "GET", "/en/counted")
		w := ask(s, "GET", "/en/counted", "If-None-Match", first.Header().Get("Etag"))
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
		}
	})
	t.Run("kept and unkept, packed and plain are the same page", func(t *testing.T) {
		generation++
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
	made := 0
	s := testSite(t, Options{Generation: func() int64 { return 1 }, Shelf: 64 << 10})
	counter(s, &made)
	for n := range 500 {
		ask(s, "GET", fmt.Sprintf("/en/counted?q=%d", n))
	}
	if s.shelf.bytes > 64<<10 || len(s.shelf.pages) != s.shelf.order.Len() || len(s.shelf.pages) < 10 {
		t.Errorf("%d bytes in %d pages", s.shelf.bytes, len(s.shelf.pages))
	}
	made = 0
	ask(s, "GET", "/en/counted?q=499")
	if made != 0 {
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
