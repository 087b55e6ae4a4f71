package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strconv"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
)

// from sends a request from a network address to the site.
func from(s http.Handler, peer, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.RemoteAddr = peer
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestTheAddressOfAReader(t *testing.T) {
	s := New(Options{Log: quiet, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}})
	s.Handle("GET /address", func(w http.ResponseWriter, r *http.Request) error {
		_, err := fmt.Fprint(w, AddressOf(r))
		return err
	})
	for why, c := range map[string]struct {
		peer  string
		heads []string
		want  string
	}{
		"a direct one":                       {"203.0.113.7:5000", nil, "203.0.113.7"},
		"a forged header is nobody's":        {"203.0.113.7:5000", []string{"X-Forwarded-For", "198.51.100.1"}, "203.0.113.7"},
		"this machine is no proxy by itself": {"127.0.0.1:5000", []string{"X-Forwarded-For", "198.51.100.1"}, "127.0.0.1"},
		"a proxy says for whom it asks":      {"10.1.1.1:5000", []string{"X-Forwarded-For", "198.51.100.1"}, "198.51.100.1"},
		"what its client forged is skipped":  {"10.1.1.1:5000", []string{"X-Forwarded-For", "6.6.6.6, 198.51.100.1"}, "198.51.100.1"},
		"in a header of its own too":         {"10.1.1.1:5000", []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "198.51.100.1"}, "198.51.100.1"},
		"two proxies of ours":                {"10.1.1.1:5000", []string{"X-Forwarded-For", "6.6.6.6, 198.51.100.1, fd00::7"}, "198.51.100.1"},
		"nonsense ends the search":           {"10.1.1.1:5000", []string{"X-Forwarded-For", "198.51.100.1, unknown"}, "10.1.1.1"},
		"an empty one too":                   {"10.1.1.1:5000", []string{"X-Forwarded-For", ""}, "10.1.1.1"},
		"IPv4 written as IPv6":               {"[::ffff:10.1.1.1]:5000", []string{"X-Forwarded-For", "::ffff:198.51.100.1"}, "198.51.100.1"},
		"other headers are not heard":        {"10.1.1.1:5000", []string{"X-Real-Ip", "6.6.6.6", "Forwarded", "for=6.6.6.6"}, "10.1.1.1"},
	} {
		if got := from(s, c.peer, "/address", c.heads...).Body.String(); got != c.want {
			t.Errorf("%s: %s, not %s", why, got, c.want)
		}
	}
}

// limited is a site with a slow page and the door of programs; "As" and "Token" in
// the head say who asks.
func limited(rates Rates) *Site {
	s := New(Options{
		Log: quiet, Rates: rates, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Reader: func(r *http.Request) (Reader, error) {
			return Reader{Subject: access.Subject{ID: r.Header.Get("As")}, Token: r.Header.Get("Token")}, nil
		},
	})
	s.Handle("GET /slow", s.costly(func(w http.ResponseWriter, _ *http.Request) error { return nil }))
	s.Handle("GET /quick", func(http.ResponseWriter, *http.Request) error { return nil })
	s.Mount("/api/v1/", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	return s
}

// admitted asks n times and returns how many were let through.
func admitted(s *Site, n int, peer, target string, headers ...string) (ok int) {
	for range n {
		if from(s, peer, target, headers...).Code == 200 {
			ok++
		}
	}
	return ok
}

func TestRates(t *testing.T) {
	const peer = "203.0.113.7:5000"
	t.Run("one address asks so often and no more; another is not concerned", func(t *testing.T) {
		s := limited(Rates{API: 5, Costly: 3})
		if n := admitted(s, 10, peer, "/api/v1/x"); n != 5 {
			t.Errorf("%d of 10", n)
		}
		if n := admitted(s, 10, "203.0.113.8:5000", "/api/v1/x"); n != 5 {
			t.Errorf("the neighbour %d", n)
		}
		if n := admitted(s, 10, peer, "/en/slow"); n != 3 {
			t.Errorf("what is costly is counted for itself: %d", n)
		}
		if n := admitted(s, 50, peer, "/en/quick"); n != 50 {
			t.Errorf("ordinary pages are not counted: %d", n)
		}
	})
	t.Run("a subscriber's whole /64 is one address", func(t *testing.T) {
		s, n := limited(Rates{API: 5}), 0
		for i := range 10 {
			n += admitted(s, 1, fmt.Sprintf("[2001:db8:1:1::%x]:5000", i+1), "/api/v1/x")
		}
		if other := admitted(s, 1, "[2001:db8:1:2::1]:5000", "/api/v1/x"); n != 5 || other != 1 {
			t.Errorf("%d of 10, of another network %d", n, other)
		}
	})
	t.Run("behind a proxy each of its clients is counted, and cannot write itself another address", func(t *testing.T) {
		s, n := limited(Rates{API: 5}), 0
		for i := range 10 {
			n += admitted(s, 1, "127.0.0.1:5000", "/api/v1/x", "X-Forwarded-For", "6.6.6."+strconv.Itoa(i)+", 198.51.100.1")
		}
		if other := admitted(s, 1, "127.0.0.1:5000", "/api/v1/x", "X-Forwarded-For", "198.51.100.2"); n != 5 || other != 1 {
			t.Errorf("%d of 10, another client %d", n, other)
		}
		n = 0
		for i := range 10 {
			n += admitted(s, 1, peer, "/api/v1/x", "X-Forwarded-For", "6.6.6."+strconv.Itoa(i))
		}
		if n != 5 {
			t.Errorf("with a forged header %d of 10", n)
		}
	})
	t.Run("a person is counted wherever she is, and her tokens with her", func(t *testing.T) {
		s, n := limited(Rates{API: 5}), 0
		for i := range 4 {
			n += admitted(s, 10, "203.0.113."+strconv.Itoa(i)+":1", "/api/v1/x", "Authorization", "x", "As", "p", "Token", "t"+strconv.Itoa(i))
		}
		if n != 10 {
			t.Errorf("four tokens of one person: %d", n)
		}
		if n := admitted(s, 10, peer, "/api/v1/x", "Authorization", "x", "As", "token:s", "Token", "s"); n != 5 {
			t.Errorf("a service token: %d", n)
		}
	})
	t.Run("the refusal says in the reader's language how long to wait", func(t *testing.T) {
		s := limited(Rates{API: 1, Costly: 1})
		for i, tag := range lang.All {
			peer := fmt.Sprintf("203.0.113.%d:1", i)
			first := from(s, peer, "/"+string(tag)+"/slow")
			if first.Header().Get("RateLimit") != `"costly";r=0;t=1` || first.Header().Get("RateLimit-Policy") != `"costly";q=1;w=60` {
				t.Errorf("%v", first.Header())
			}
			w := from(s, peer, "/"+string(tag)+"/slow")
			seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
			if w.Code != 429 || err != nil || seconds < 50 || seconds > 60 {
				t.Errorf("%s: %d %q", tag, w.Code, w.Header().Get("Retry-After"))
			}
			says(t, w, 429, lang.For(tag).T("token.rate", "n", seconds))
		}
		from(s, peer, "/api/v1/x")
		if w := from(s, peer, "/api/v1/x"); w.Code != 429 || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	})
	t.Run("0 is off, and this machine itself is not counted", func(t *testing.T) {
		if n := admitted(limited(Rates{}), 50, peer, "/api/v1/x"); n != 50 {
			t.Errorf("off: %d of 50", n)
		}
		if n := admitted(limited(Rates{API: 5}), 50, "127.0.0.1:5000", "/api/v1/x"); n != 50 {
			t.Errorf("from here: %d of 50", n)
		}
	})
	t.Run("many addresses take bounded memory", func(t *testing.T) {
		s := limited(Rates{API: 5})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range 3 * mostBuckets {
			s.programRates.take(testTime, true, asker{"address " + strconv.Itoa(i), 1})
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		held := (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / (1 << 20)
		if len(s.programRates.held) != mostBuckets || s.programRates.order.Len() != mostBuckets || held > 12 {
			t.Errorf("%d buckets in %.1f MiB", len(s.programRates.held), held)
		}
		t.Logf("%d buckets in %.1f MiB", mostBuckets, held)
	})
}

var testTime = time.Now()
