package web

import (
	"context"
	_ "embed"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"polis/internal/lang"
)

//go:embed testdata/axe.min.js
var axe string

// browser starts Chromium once for a test. Without one the test is skipped,
// or fails where CI=true says that nothing may be.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium, and CI=true wants nothing skipped")
		}
		t.Skip("no Chromium: install it to look at the pages in a real browser")
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// tab opens a tab of the browser, which ends with the test.
func tab(t *testing.T, browser context.Context) context.Context {
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

type step = chromedp.Action[chromedp.Void]

// into runs an action and keeps what it returns.
func into[T any](result *T, action chromedp.Action[T]) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) (err error) {
		*result, err = action(ctx, t)
		return err
	})
}

// scheme asks pages for their light or dark face.
func scheme(name string) step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	})
}

// violations runs axe-core over the page. In the dark only colours differ.
const violations = `(async only => {
	const found = await axe.run(document, only ? {runOnly: {type: 'rule', values: only}} : {})
	return found.violations.map(v => v.id + ': ' + v.help + ' — ' +
		v.nodes.slice(0, 3).map(n => n.html.slice(0, 120) + ' (' + n.failureSummary.replace(/\s+/g, ' ').slice(0, 260) + ')').join(' | '))
})`

func check(only string, found *[]string) step {
	return into(found, chromedp.Evaluate[[]string](violations+"("+only+")", chromedp.EvalAwaitPromise))
}

// TestPagesInBrowser holds for every page: in English, German, Russian and one more
// language, which changes from page to page, nothing is wider than a screen of 320 pixels;
// in English and the one that changes axe-core finds nothing, light or dark.
func TestPagesInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	t.Parallel()
	server := httptest.NewServer(testSite(t, Options{Version: "1.2.3"}))
	t.Cleanup(server.Close)
	chromium := browser(t)
	for i, half := range [][]lang.Tag{lang.All[:3], lang.All[3:]} {
		t.Run(fmt.Sprint("tab ", i+1), func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium)
			heard := listen(t, ctx)
			for n, path := range pagePaths() {
				for _, tag := range half {
					address := "/" + string(tag) + path
					whole := tag == lang.English || tag == lang.All[1+n%(len(lang.All)-1)]
					if !whole && tag != []lang.Tag{lang.German, lang.Russian}[n%2] { // the longest words
						continue
					}
					faults := look(ctx, server.URL+address, whole)
					if tag == lang.English {
						faults = append(append(faults, loses(ctx)...), moves(ctx)...)
					}
					for _, fault := range faults {
						t.Errorf("%s: %s", address, fault)
					}
				}
			}
			for _, complaint := range heard.complaints {
				t.Error(complaint)
			}
		})
	}
}

// TestAxe holds that the check above can fail: it sees what we break.
func TestAxe(t *testing.T) {
	server := httptest.NewServer(testSite(t, Options{}))
	t.Cleanup(server.Close)
	var found []string
	err := chromedp.Do(tab(t, browser(t)),
		chromedp.Navigate(server.URL+"/en/help"),
		chromedp.Evaluate[chromedp.Void](axe),
		chromedp.Evaluate[chromedp.Void](`document.querySelector('h1').outerHTML = '<img src="/x.png"><input id="lone">';
			document.querySelector('.lead').style.color = '#ccc'`),
		check("null", &found),
	)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(found, "\n")
	for _, rule := range []string{"image-alt", "label", "color-contrast", "page-has-heading-one"} {
		if !strings.Contains(all, rule+":") {
			t.Errorf("%s goes unseen in %s", rule, all)
		}
	}
}

// look opens a page and lists what is wrong with it: with its width, or as a whole.
func look(ctx context.Context, address string, whole bool) (faults []string) {
	var light, dark []string
	var width int
	steps := []step{chromedp.EmulateViewport(1280, 800), scheme("light"), chromedp.Navigate(address)}
	if whole {
		steps = append(steps, chromedp.Evaluate[chromedp.Void](axe), check("null", &light),
			scheme("dark"), check("['color-contrast', 'link-in-text-block']", &dark))
	}
	err := chromedp.Do(ctx, append(steps, chromedp.EmulateViewport(320, 640),
		into(&width, chromedp.Evaluate[int]("document.scrollingElement.scrollWidth")))...)
	if err != nil {
		return []string{err.Error()}
	}
	for _, v := range light {
		faults = append(faults, "light: "+v)
	}
	for _, v := range dark {
		faults = append(faults, "dark: "+v)
	}
	if width > 320 {
		faults = append(faults, fmt.Sprintf("%d pixels wide on a screen of 320", width))
	}
	return faults
}

// hearing is what a tab says while pages load.
type hearing struct {
	mu         sync.Mutex
	complaints []string // errors of script, refusals of the policy, requests to other hosts
	bytes      float64  // that came over the line, headers included
	requests   int
}

// listen hears a tab from now on.
func listen(t *testing.T, ctx context.Context) *hearing {
	t.Helper()
	h := &hearing{}
	if err := chromedp.Listen(ctx, h.hear); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hearing) hear(event any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		h.complaints = append(h.complaints, "script: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "status of 404") {
			h.complaints = append(h.complaints, "browser: "+e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "http://127.0.0.1:") && !strings.HasPrefix(e.Request.URL, "data:") {
			h.complaints = append(h.complaints, "another host: "+e.Request.URL)
		}
	case *network.EventLoadingFinished:
		h.bytes += e.EncodedDataLength
		h.requests++
	}
}

// since returns what came over the line and begins to count anew.
func (h *hearing) since() (bytes float64, requests int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	bytes, requests = h.bytes, h.requests
	h.bytes, h.requests = 0, 0
	return bytes, requests
}

// TestWeight holds the promise to readers on a poor line: a first visit in at
// most 50 kB and 8 requests, a second page in at most 12 kB. Headers count.
func TestWeight(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(testSite(t, Options{}))
	t.Cleanup(server.Close)
	ctx := tab(t, browser(t))
	heard := listen(t, ctx)
	visit := func(t *testing.T, path string) (float64, int) {
		heard.since()
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+path), chromedp.Sleep(50*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		return heard.since()
	}
	for i, path := range pagePaths() {
		t.Run(path, func(t *testing.T) {
			if i%4 == 0 { // what comes with the page is the same for most
				if _, err := chromedp.Call(ctx, network.ClearBrowserCache, cdp.Empty{}); err != nil {
					t.Fatal(err)
				}
				if b, n := visit(t, "/en"+path); b > 50_000 || n > 8 {
					t.Errorf("a first visit costs %.0f bytes in %d requests", b, n)
				} else {
					t.Logf("first: %.0f bytes in %d requests", b, n)
				}
			}
			if b, n := visit(t, "/ru"+path); b > 12_000 {
				t.Errorf("a second page costs %.0f bytes", b)
			} else {
				t.Logf("second: %.0f bytes in %d requests", b, n)
			}
		})
	}
}

// TestScreens takes pictures of the pages into the directory that
// POLIS_SCREENS names, for somebody to look at.
func TestScreens(t *testing.T) {
	dir := os.Getenv("POLIS_SCREENS")
	if dir == "" {
		t.Skip("POLIS_SCREENS names no directory for pictures")
	}
	server := httptest.NewServer(testSite(t, Options{Version: "1.2.3"}))
	t.Cleanup(server.Close)
	ctx := tab(t, browser(t))
	for _, path := range pagePaths() {
		for _, shot := range []struct {
			lang   string
			scheme string
			width  int64
		}{{"en", "light", 1280}, {"ru", "dark", 1280}, {"de", "light", 360}, {"ru", "dark", 320}} {
			var picture []byte
			err := chromedp.Do(ctx,
				chromedp.EmulateViewport(shot.width, 800), scheme(shot.scheme),
				chromedp.Navigate(server.URL+"/"+shot.lang+path),
				into(&picture, chromedp.FullScreenshot(100)))
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("%s-%s-%s-%d.png", strings.Trim(strings.ReplaceAll(path, "/", "-"), "-"), shot.lang, shot.scheme, shot.width)
			if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
