package web

import (
	"context"
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

// desk is a tab on the specimen page, at which somebody works.
type desk struct {
	*testing.T
	ctx      context.Context
	address  string
	warned   atomic.Bool // the browser asked before leaving
	received []string
}

func newDesk(t *testing.T) *desk {
	d := &desk{T: t}
	site := testSite(t, Options{})
	site.HandleUpload("POST /library/upload", 1<<20, receive(&d.received))
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	d.ctx, d.address = tab(t, browser(t)), server.URL+"/en/sample/specimen"
	err := chromedp.Listen(d.ctx, func(event any) {
		if _, ok := event.(*page.EventJavascriptDialogOpening); ok {
			d.warned.Store(true)
			go func() {
				_, _ = chromedp.Call(d.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			}()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	d.do(chromedp.Navigate(d.address))
	return d
}

func (d *desk) do(steps ...step) {
	d.Helper()
	if err := chromedp.Do(d.ctx, steps...); err != nil {
		d.Fatal(err)
	}
}

// ask evaluates a script that gives a text.
func (d *desk) ask(script string) (answer string) {
	d.Helper()
	d.do(into(&answer, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise)))
	return answer
}

// TestSlash holds that the slash goes to the search box, but not out of a field.
func TestSlash(t *testing.T) {
	d := newDesk(t)
	d.do(chromedp.KeyEvent("/"))
	if id := d.ask("document.activeElement.id"); id != "bar-q" {
		t.Errorf("the focus is on %q", id)
	}
	d.do(chromedp.Focus(chromedp.CSS("#summary")), chromedp.KeyEvent("/"))
	if id := d.ask("document.activeElement.id"); id != "summary" {
		t.Errorf("the focus went to %q", id)
	}
}

// TestCite holds that a citation has the text, the place and the address.
func TestCite(t *testing.T) {
	copied := newDesk(t).ask(`new Promise(resolve => {
		navigator.clipboard.writeText = async text => resolve(text)
		document.querySelector('[data-cite]').click()
	})`)
	for _, part := range []string{"Local problems", "page 12", "/en/sample/specimen#p0"} {
		if !strings.Contains(copied, part) {
			t.Errorf("%q lacks %q", copied, part)
		}
	}
}

// TestDraft holds that leaving unsent work is asked about, and that the work is
// there again afterwards.
func TestDraft(t *testing.T) {
	d := newDesk(t)
	d.do(chromedp.SendKeys(chromedp.CSS("#title"), "Half a title"),
		chromedp.Evaluate[chromedp.Void]("setTimeout(() => location.reload())"),
		chromedp.Sleep(300*time.Millisecond), chromedp.WaitVisible(chromedp.CSS("form .note")))
	if !d.warned.Load() {
		t.Error("nothing was asked")
	}
	if got := d.ask("document.getElementById('title').value"); got != "Half a title" {
		t.Errorf("the field holds %q", got)
	}
}

// TestUpload holds that files are sent one by one, and that one that is refused
// does not stop the next.
func TestUpload(t *testing.T) {
	d := newDesk(t)
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"a.pdf", "b.exe", "в.docx"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	d.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), files),
		chromedp.WaitVisible(chromedp.CSS(".uploads li:nth-child(3)[data-state]")))
	states := d.ask("[...document.querySelectorAll('.uploads li')].map(li => li.dataset.state).join()")
	if states != "done,refused,done" {
		t.Errorf("states %q", states)
	}
	if got := strings.Join(d.received, ","); got != "a.pdf,b.exe,в.docx" {
		t.Errorf("received %q", got)
	}
}
