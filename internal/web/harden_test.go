package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
)

func TestHardenedHeaders(t *testing.T) {
	t.Run("over https a browser is told never to come without it again", func(t *testing.T) {
		const want = "max-age=31536000; includeSubDomains"
		for _, path := range []string{"/en/help", "/en/nothing", assets.path("polis.css")} {
			if got := ask(New(Options{Log: quiet, HTTPS: true}), "GET", path).Header().Get("Strict-Transport-Security"); got != want {
				t.Errorf("%s: %q", path, got)
			}
		}
		if got := ask(New(Options{Log: quiet}), "GET", "/en/help").Header().Get("Strict-Transport-Security"); got != "" {
			t.Errorf("without https: %q", got)
		}
		if got := ask(New(Options{Log: quiet}), "GET", "https://polis.example/en/help").Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("over a connection that is encrypted here: %q", got)
		}
	})
	t.Run("a request that repeats itself with its cookies is refused everywhere", func(t *testing.T) {
		s := New(Options{Log: quiet})
		s.Mount("/api/v1/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = r.Write(w) }))
		for _, method := range []string{"TRACE", "TRACK", "CONNECT", "DEBUG"} {
			for _, path := range []string{"/en/help", "/api/v1/x", "/"} {
				w := ask(s, method, path, "Cookie", "polis=secret")
				if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" || strings.Contains(w.Body.String(), "secret") {
					t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
				}
			}
		}
	})
	t.Run("security.txt is there where a contact is named", func(t *testing.T) {
		if w := ask(New(Options{Log: quiet}), "GET", "/.well-known/security.txt"); w.Code != 404 {
			t.Errorf("%d", w.Code)
		}
		w := ask(New(Options{Log: quiet, Contact: "security@polis.example", Origin: "https://polis.example"}), "GET", "/.well-known/security.txt")
		fields := map[string]string{}
		for line := range strings.Lines(w.Body.String()) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			fields[name] = value
		}
		until, err := time.Parse(time.RFC3339, fields["Expires"])
		if w.Code != 200 || fields["Contact"] != "mailto:security@polis.example" || err != nil || time.Until(until) < 24*time.Hour || time.Until(until) > 366*24*time.Hour ||
			fields["Canonical"] != "https://polis.example/.well-known/security.txt" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%d %v %v", w.Code, fields, err)
		}
	})
}

func TestSigningOutClearsTheBrowser(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("a@polis.example", access.MemberRole)
		r := v.request("POST", "/en/sign-out", "application/x-www-form-urlencoded", nil)
		w, err := v.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		w.Body.Close()
		if got := w.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
			t.Errorf("%q", got)
		}
	})
}

func TestFormsThatAreTooMuch(t *testing.T) {
	s := New(Options{Log: quiet})
	took := func(w http.ResponseWriter, r *http.Request) error {
		_, err := fmt.Fprint(w, len(r.PostForm))
		return err
	}
	s.Handle("POST /form", took)
	s.HandleUpload("POST /files", 1<<20, func(_ http.ResponseWriter, r *http.Request) error {
		return r.ParseMultipartForm(1 << 16)
	})
	send := func(path, kind, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	const form = "application/x-www-form-urlencoded"
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "f%d=1&", i)
	}
	t.Run("a body that is too large is no empty form", func(t *testing.T) {
		says(t, send("/en/form", form, "text="+strings.Repeat("x", 2<<20)), 413, lang.For("en").T("web.fault.large", "limit", lang.For("en").Size(bodyLimit)))
	})
	t.Run("nor are too many fields, or broken ones", func(t *testing.T) {
		for why, body := range map[string]string{"too many": many.String(), "broken": "a=%zz"} {
			if w := send("/ru/form", form, body); w.Code != 400 || !strings.Contains(w.Body.String(), lang.For("ru").T("token.form")) {
				t.Errorf("%s: %d", why, w.Code)
			}
		}
	})
	t.Run("an ordinary form is read", func(t *testing.T) {
		if w := send("/en/form", form, "a=1&b=2"); w.Code != 200 || w.Body.String() != "2" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("nor are too many parts of a form with files, nor parts with endless heads", func(t *testing.T) {
		var parts bytes.Buffer
		w := multipart.NewWriter(&parts)
		for range 1500 {
			_ = w.WriteField("f", "1") // a bytes.Buffer takes everything
		}
		_ = w.Close()
		if got := send("/en/files", w.FormDataContentType(), parts.String()); got.Code < 400 {
			t.Errorf("1500 parts: %d", got.Code)
		}
		heads := "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n" + strings.Repeat("X-Y: z\r\n", 20_000) + "\r\n1\r\n--b--\r\n"
		if got := send("/en/files", "multipart/form-data; boundary=b", heads); got.Code < 400 {
			t.Errorf("20000 heads: %d", got.Code)
		}
	})
}

// served runs the site as in earnest, with the server's own limits.
func listening(t *testing.T, s *Site) net.Addr {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := s.Server("")
	go func() { _ = server.Serve(listener) }() // it ends with Close
	t.Cleanup(func() { server.Close() })
	return listener.Addr()
}

func TestTheServersLimits(t *testing.T) {
	t.Parallel()
	at := listening(t, New(Options{Log: quiet})).String()
	dial := func() net.Conn {
		line, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { line.Close() })
		return line
	}
	t.Run("a head that is too large is refused", func(t *testing.T) {
		line := dial()
		go fmt.Fprintf(line, "GET /en/help HTTP/1.1\r\nHost: polis\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", 64<<10))
		w, err := http.ReadResponse(bufio.NewReader(line), nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Body.Close()
		if w.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%d", w.StatusCode)
		}
	})
	t.Run("requests that could be read in two ways are refused", func(t *testing.T) {
		for why, head := range map[string]string{
			"two lengths":         "Content-Length: 1\r\nContent-Length: 2\r\n",
			"an unknown transfer": "Transfer-Encoding: chunked, identity\r\n",
			"two hosts":           "Host: elsewhere\r\n",
			"a space in a name":   "X-A : b\r\n",
		} {
			line := dial()
			fmt.Fprintf(line, "POST /en/sign-in HTTP/1.1\r\nHost: polis\r\n%s\r\n", head)
			w, err := http.ReadResponse(bufio.NewReader(line), nil)
			if err != nil {
				t.Errorf("%s: %v", why, err)
				continue
			}
			w.Body.Close()
			if w.StatusCode < 400 {
				t.Errorf("%s: %d", why, w.StatusCode)
			}
		}
	})
	t.Run("who sends its head letter by letter is left after ten seconds", func(t *testing.T) {
		if testing.Short() {
			t.Skip("short")
		}
		line := dial()
		begun := time.Now()
		stop := make(chan struct{})
		go func() {
			for _, letter := range "GET /en/help HTTP/1.1\r\nHost: polis\r\nX-Slow: " + strings.Repeat("x", 100) {
				select {
				case <-stop:
					return
				case <-time.After(300 * time.Millisecond):
				}
				if _, err := line.Write([]byte(string(letter))); err != nil {
					return
				}
			}
		}()
		_ = line.SetReadDeadline(begun.Add(20 * time.Second))
		said, err := io.ReadAll(line)
		close(stop)
		if took := time.Since(begun); took < 8*time.Second || took > 15*time.Second || bytes.Contains(said, []byte("200 OK")) {
			t.Errorf("left after %v: %q %v", took, said, err)
		}
	})
}
