package web

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/library"
	"polis/internal/store/storetest"
)

// active are files with a script that would ask for /en/ran if it ran.
var active = map[string][2]string{
	"page.html":  {"text/html", `<!doctype html><html><body><p>Words.</p><script>fetch('/en/ran?html')</script><img src=x onerror="fetch('/en/ran?img')"></body></html>`},
	"page.xhtml": {"application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml"><body><script>fetch('/en/ran?xhtml')</script></body></html>`},
	"image.svg":  {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('/en/ran?onload')"><script>fetch('/en/ran?svg')</script></svg>`},
	"page.txt":   {"text/plain", `<!doctype html><html><body><script>fetch('/en/ran?sniffed')</script></body></html>`},
	"page.pdf":   {"application/pdf", `<!doctype html><html><body><script>fetch('/en/ran?no-pdf')</script></body></html>`},
	"page.png":   {"image/png", `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('/en/ran?no-png')"/>`},
}

// TestNothingUploadedEverRuns opens in a real browser every address at which an
// uploaded file is served.
func TestNothingUploadedEverRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	h := inhabit(t, storetest.SQLite(t)) // what a browser does is no matter of the engine
	var ran, answered atomic.Int64
	var asked atomic.Value
	asked.Store("")
	h.site.Handle("GET /ran", func(_ http.ResponseWriter, r *http.Request) error {
		ran.Add(1)
		asked.Store(r.URL.RawQuery)
		return nil
	})
	h.site.opts.Served = func(string, int, time.Duration) { answered.Add(1) }
	ctx := tab(t, browser(t))
	// open leads on from a page of ours, and waits until the answer is there: a
	// download never becomes a page for which one could wait.
	open := func(path string) {
		var went string
		if err := chromedp.Do(ctx, chromedp.Navigate(h.server.URL+"/en/help")); err != nil {
			t.Fatal(err)
		}
		before := answered.Load()
		if err := chromedp.Do(ctx, into(&went, chromedp.Evaluate[string]("location.href = "+strconv.Quote(path)))); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(20 * time.Second); answered.Load() == before; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nobody asked for", path)
			}
		}
		time.Sleep(250 * time.Millisecond)
	}
	h.site.Mount("GET /naked", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Del("Content-Security-Policy")
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(active["page.html"][1])) // a browser that left is missed below
	}))
	if open("/naked"); ran.Swap(0) == 0 {
		t.Fatal("the script does not even run where nothing stops it, so nothing would be seen")
	}
	for name, file := range active {
		id := h.uploaded(t, name, file[0], file[1])
		rec, err := h.Library.Get(t.Context(), access.Scope{}, id)
		if err != nil {
			t.Fatal(err)
		}
		version := rec.Editions[0].Version.ID
		for _, path := range []string{
			"/files/" + version, "/files/" + version + "?view=1", "/en/files/" + version + "?view=1", "/api/v1/files/" + version + "?view=1",
			"/library/" + id + "/en/file?v=" + version, "/library/" + id + "/en/file?v=" + version + "&view=1", "/en/library/" + id + "/en",
		} {
			open(path)
			if ran.Swap(0) > 0 {
				t.Errorf("%s ran at %s: %s", name, path, asked.Load())
			}
			h.servesInert(t, name, path)
		}
	}
}

// uploaded makes a document of a file as if somebody had uploaded it.
func (h inhabited) uploaded(t *testing.T, name, media, content string) string {
	t.Helper()
	sum, size, err := h.Library.Files.Put(t.Context(), strings.NewReader(content), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.Library.Create(t.Context(), access.System("test"), library.Draft{}, library.Text{
		Lang: "en", Title: name, Sum: string(sum), File: name, Media: media, Bytes: size,
		Passages: []extract.Passage{{Kind: extract.Paragraph, Text: content}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// servesInert looks at the heads: what is no page of ours comes as a download, or
// in a sandbox and as what it is said to be.
func (h inhabited) servesInert(t *testing.T, name, path string) {
	t.Helper()
	v := h.visitor()
	v.client.CheckRedirect = nil
	w, err := v.client.Do(v.request("GET", path, "", nil))
	if err != nil {
		t.Fatal(err)
	}
	w.Body.Close()
	head := w.Header
	if head.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s at %s may be taken for something else", name, path)
	}
	if strings.HasPrefix(path, "/en/library/") {
		return
	}
	shown := strings.HasPrefix(head.Get("Content-Disposition"), "inline")
	switch media := head.Get("Content-Type"); {
	case !shown && (media != "application/octet-stream" || !strings.HasPrefix(head.Get("Content-Disposition"), "attachment")):
		t.Errorf("%s at %s: %q %q", name, path, media, head.Get("Content-Disposition"))
	case shown && !viewable(media):
		t.Errorf("%s at %s is shown as %s", name, path, media)
	}
	if policy := head.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") && head.Get("Content-Type") != "application/pdf" {
		t.Errorf("%s at %s is in no sandbox: %s", name, path, policy)
	}
}
