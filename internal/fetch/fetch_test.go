package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"polis/internal/fetch"
)

func TestWhatIsPublic(t *testing.T) {
	for _, public := range []string{"8.8.8.8", "193.0.6.139", "100.63.255.255", "172.32.0.1", "2a00:1450:4001::1", "::ffff:8.8.8.8"} {
		if !fetch.Public(netip.MustParseAddr(public)) {
			t.Errorf("%s is refused", public)
		}
	}
	for _, inside := range []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
		"192.0.0.170", "198.18.0.1", "192.0.2.1", "203.0.113.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "100::1",
		"::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:7f00:1::1",
	} {
		if fetch.Public(netip.MustParseAddr(inside)) {
			t.Errorf("%s is let through", inside)
		}
	}
	if fetch.Public(netip.Addr{}) {
		t.Error("no address is let through")
	}
}

// names is a DNS server of the test: each question for a name is answered with the
// next of its addresses.
func names(t *testing.T, known map[string][]string) *net.Resolver {
	t.Helper()
	line, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { line.Close() })
	var asked atomic.Int64
	go func() {
		for {
			buffer := make([]byte, 1500)
			n, peer, err := line.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := answerTo(buffer[:n], known, &asked); answer != nil {
				_, _ = line.WriteTo(answer, peer)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", line.LocalAddr().String())
	}}
}

func answerTo(packet []byte, known map[string][]string, asked *atomic.Int64) []byte {
	var m dnsmessage.Message
	if m.Unpack(packet) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Header.Response, m.Additionals = true, nil
	list := known[q.Name.String()]
	if len(list) > 0 && q.Type == dnsmessage.TypeA {
		a := netip.MustParseAddr(list[min(int(asked.Add(1))-1, len(list)-1)])
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 0},
			Body:   &dnsmessage.AResource{A: a.As4()},
		}}
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

// inside is a server behind POLIS that nobody outside shall reach.
func inside(t *testing.T) (server *httptest.Server, hits *atomic.Int64) {
	hits = new(atomic.Int64)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		fmt.Fprint(w, "inside")
	}))
	t.Cleanup(server.Close)
	return server, hits
}

func TestNothingInsideIsReached(t *testing.T) {
	server, hits := inside(t)
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	resolver := names(t, map[string][]string{"inside.example.": {"127.0.0.1"}, "rebind.example.": {"203.0.113.77", "127.0.0.1", "127.0.0.1"}})
	client := fetch.Client(fetch.Options{Resolver: resolver, Time: 3 * time.Second})
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "inside.example", "inside.example.",
		"2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "127.0.0.1.", "rebind.example", "rebind.example",
	} {
		answer, err := client.Get("http://" + host + port + "/")
		if err == nil {
			answer.Body.Close()
			t.Errorf("%s answers %s", host, answer.Status)
		}
	}
	if hits.Load() > 0 {
		t.Errorf("the inside was asked %d times", hits.Load())
	}
	t.Run("the refusal is known as one", func(t *testing.T) {
		if _, err := client.Get(server.URL); !errors.Is(err, fetch.ErrInternal) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a host that was named is reached, and only that", func(t *testing.T) {
		client := fetch.Client(fetch.Options{Internal: []string{"Inside.example"}, Resolver: names(t, map[string][]string{"inside.example.": {"127.0.0.1"}})})
		answer, err := client.Get("http://inside.example" + port + "/")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if _, err := client.Get(server.URL); !errors.Is(err, fetch.ErrInternal) {
			t.Errorf("another: %v", err)
		}
	})
}

func TestRedirectsAreLookedAtToo(t *testing.T) {
	server, hits := inside(t)
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	mux := http.NewServeMux()
	outside := httptest.NewServer(mux)
	t.Cleanup(outside.Close)
	secure := httptest.NewTLSServer(http.RedirectHandler(outside.URL+"/plain", http.StatusFound))
	t.Cleanup(secure.Close)
	for path, to := range map[string]string{
		"/inside": "http://localhost" + port + "/", "/mapped": "http://[::ffff:127.0.0.1]" + port + "/", "/file": "file:///etc/passwd",
		"/gopher": "gopher://localhost:70/", "/data": "data:text/plain,x", "/round": "/round",
	} {
		mux.Handle(path, http.RedirectHandler(to, http.StatusFound))
	}
	client := fetch.Client(fetch.Options{Internal: []string{"127.0.0.1"}})
	for path, want := range map[string]error{
		"/inside": fetch.ErrInternal, "/mapped": nil, "/file": fetch.ErrScheme, "/gopher": fetch.ErrScheme, "/data": fetch.ErrScheme, "/round": fetch.ErrTooFar,
	} {
		answer, err := client.Get(outside.URL + path)
		if err == nil {
			answer.Body.Close()
			t.Errorf("%s is followed", path)
		} else if want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if hits.Load() > 0 {
		t.Error("the inside was reached")
	}
	t.Run("https does not lead to http", func(t *testing.T) {
		client.Transport = secure.Client().Transport // it trusts the test's certificate
		if _, err := client.Get(secure.URL); !errors.Is(err, fetch.ErrScheme) {
			t.Errorf("%v", err)
		}
	})
}

func TestAnswersAreBounded(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/said", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2000)) })
	mux.HandleFunc("/unsaid", func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = w.Write(make([]byte, 100))
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/whole", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1000)) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client := fetch.Client(fetch.Options{Internal: []string{"127.0.0.1"}, Limit: 1000, Time: time.Second})
	read := func(path string) (int, error) {
		answer, err := client.Get(server.URL + path)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		all, err := io.ReadAll(answer.Body)
		return len(all), err
	}
	for _, path := range []string{"/said", "/unsaid"} {
		if n, err := read(path); !errors.Is(err, fetch.ErrTooLarge) || n > 1001 {
			t.Errorf("%s: %d bytes, %v", path, n, err)
		}
	}
	if n, err := read("/whole"); n != 1000 || err != nil {
		t.Errorf("what just fits: %d, %v", n, err)
	}
	begun := time.Now()
	if _, err := read("/slow"); err == nil || time.Since(begun) > 5*time.Second {
		t.Errorf("slow: %v after %v", err, time.Since(begun))
	}
}
