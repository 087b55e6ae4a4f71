package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// receive takes files as the upload page's address does.
func receive(names *[]string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, head, err := r.FormFile("file")
		if err != nil {
			return Wrong("web.fault.method")
		}
		*names = append(*names, head.Filename)
		if strings.HasSuffix(head.Filename, ".exe") {
			return &Fault{Status: http.StatusUnprocessableEntity, Key: "web.fault.foreign"}
		}
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(UploadAnswer{State: "done", Text: "in the library", URL: "/en/library/1"})
	}
}

// TestScript holds what script adds to pages that work without it.
func TestScript(t *testing.T) {
	var received []string
	site := testSite(t, Options{})
	site.HandleUpload("POST /library/upload", 1<<20, receive(&received))
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	ctx := tab(t, browser(t))
	var asked atomic.Bool
	err := chromedp.Listen(ctx, func(event any) {
		if _, ok := event.(*page.EventJavascriptDialogOpening); ok {
			asked.Store(true)
			go func() {
				_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			}()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	do := func(t *testing.T, steps ...step) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(t *testing.T, script string) (answer string) {
		t.Helper()
		do(t, into(&answer, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise)))
		return answer
	}
	open := func(t *testing.T) { t.Helper(); do(t, chromedp.Navigate(server.URL+"/en/sample/specimen")) }

	t.Run("the slash goes to the search box, but not out of a field", func(t *testing.T) {
		open(t)
		do(t, chromedp.KeyEvent("/"))
		if id := ask(t, "document.activeElement.id"); id != "bar-q" {
			t.Errorf("the focus is on %q", id)
		}
		do(t, chromedp.Focus(chromedp.CSS("#summary")), chromedp.KeyEvent("/"))
		if id := ask(t, "document.activeElement.id"); id != "summary" {
			t.Errorf("the focus went to %q", id)
		}
	})
	t.Run("a citation holds the text, the place and the address", func(t *testing.T) {
		open(t)
		copied := ask(t, `new Promise(resolve => {
			navigator.clipboard.writeText = async text => resolve(text)
			document.querySelector('[data-cite]').click()
		})`)
		for _, part := range []string{"Local problems", "page 12", "/en/sample/specimen#p0"} {
			if !strings.Contains(copied, part) {
				t.Errorf("%q lacks %q", copied, part)
			}
		}
	})
	t.Run("leaving unsent work is asked about, and it is there again afterwards", func(t *testing.T) {
		open(t)
		asked.Store(false)
		do(t, chromedp.SendKeys(chromedp.CSS("#title"), "Half a title"))
		do(t, chromedp.Evaluate[chromedp.Void]("setTimeout(() => location.reload())"))
		do(t, chromedp.Sleep(300*time.Millisecond), chromedp.WaitVisible(chromedp.CSS("#title")))
		if !asked.Load() {
			t.Error("nothing was asked")
		}
		if got := ask(t, "document.getElementById('title').value"); got != "Half a title" {
			t.Errorf("the field holds %q", got)
		}
		do(t, chromedp.Evaluate[chromedp.Void]("sessionStorage.clear()"))
	})
	t.Run("files are sent one by one, and one that is refused does not stop the next", func(t *testing.T) {
		open(t)
		dir := t.TempDir()
		var files []string
		for _, name := range []string{"a.pdf", "b.exe", "в.docx"} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		}
		do(t, chromedp.SetUploadFiles(chromedp.CSS("#file"), files),
			chromedp.WaitVisible(chromedp.CSS(".uploads li:nth-child(3)[data-state]")))
		states := ask(t, "[...document.querySelectorAll('.uploads li')].map(li => li.dataset.state).join()")
		if states != "done,refused,done" {
			t.Errorf("states %q", states)
		}
		if got := strings.Join(received, ","); got != "a.pdf,b.exe,в.docx" {
			t.Errorf("received %q", got)
		}
	})
}
