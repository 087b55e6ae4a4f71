package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// gate stands before the house like a line that can be cut, and that can lose an answer
// on its way. The browser is told to be without a line too; a worker that it starts
// afterwards does not know of that, and meets the gate.
type gate struct {
	house http.Handler
	cut   atomic.Bool
	loses atomic.Value // of a form of an activity: "form", "answer" or ""
	forms atomic.Int64 // forms of activities that came through
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	form := r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/held")
	if form {
		g.forms.Add(1)
	}
	if loses := g.loses.Load(); form && loses != "" {
		if loses == "answer" {
			g.house.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler)
	}
	g.house.ServeHTTP(w, r)
}

// telephone is a browser of 360 pixels that somebody carries along.
type telephone struct {
	*testing.T            // of the stage
	root       *testing.T // of the whole way
	planned
	words   *lang.Printer
	tag     lang.Tag
	project string
	browser context.Context
	tab     context.Context
	close   context.CancelFunc
	gate    *gate
	url     string
	offline bool
	asked   *atomic.Int64 // how often the browser asked her something,
	agrees  *atomic.Bool  // and what she answers
	broken  *atomic.Value // what a script of ours could not do
}

func newTelephone(t *testing.T, tag lang.Tag) *telephone {
	t.Helper()
	if testing.Short() {
		t.Skip("short")
	}
	o := inhabit(t, storetest.SQLite(t)).planned()
	p := &telephone{T: t, root: t, planned: o, words: lang.For(tag), tag: tag, gate: &gate{house: o.site}, asked: &atomic.Int64{}, agrees: &atomic.Bool{}, broken: &atomic.Value{}}
	p.gate.loses.Store("")
	p.project, _ = o.active(t, "cybercrime")
	server := httptest.NewServer(p.gate)
	t.Cleanup(server.Close)
	p.url, p.browser = server.URL, browser(t)
	p.open()
	return p
}

// open opens a new tab; what is on the device is all that it knows.
func (p *telephone) open() {
	p.Helper()
	if p.close != nil {
		p.close()
	}
	ctx, done := chromedp.NewContext(p.browser)
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	p.tab, p.close = ctx, func() { cancel(); done() }
	p.root.Cleanup(p.close)
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *page.EventJavascriptDialogOpening:
			p.asked.Add(1)
			go func() {
				_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: p.agrees.Load()})
			}()
		case *runtime.EventExceptionThrown:
			p.broken.Store(e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		p.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(360, 740), scheme("light"))
	p.line(!p.offline)
}

func (p *telephone) do(steps ...step) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.tab, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatalf("%v\non this page:\n%.2500s", err, p.text())
	}
}

// line cuts the line, for the page and for its worker, or brings it back.
func (p *telephone) line(up bool) {
	p.Helper()
	p.offline = !up
	p.gate.cut.Store(!up)
	rules, worker := []*network.Conditions{}, !up
	if !up {
		rules = []*network.Conditions{{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}}
	}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{EmulateOfflineServiceWorker: &worker, MatchedNetworkConditions: rules})
		if err == nil {
			_, err = chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !up, DownloadThroughput: -1, UploadThroughput: -1})
		}
		return err
	}))
}

func (p *telephone) text() string {
	ctx, cancel := context.WithTimeout(p.tab, 5*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.querySelector('main')?.innerText ?? document.body.innerText"))
	return text
}

func (p *telephone) visit(path string) {
	p.Helper()
	p.do(chromedp.Navigate(p.url+"/"+string(p.tag)+path), chromedp.WaitReady(chromedp.CSS("main")))
}

// until waits for a script to become true.
func (p *telephone) until(what, script string) {
	p.Helper()
	for range 200 {
		ctx, cancel := context.WithTimeout(p.tab, 5*time.Second)
		ok, _ := chromedp.Run(ctx, chromedp.Evaluate[bool]("(async () => Boolean(await ("+script+")))()", chromedp.EvalAwaitPromise))
		cancel()
		if ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Fatalf("it never comes that %s:\n%.2500s", what, p.text())
}

func (p *telephone) reads(key string, args ...any) {
	p.Helper()
	want := p.words.T(key, args...)
	p.until("the page says "+want, "document.querySelector('main')?.innerText.includes("+strconv.Quote(want)+")")
}

func (p *telephone) press(selector string) {
	p.Helper()
	p.do(chromedp.WaitReady(chromedp.CSS(selector)), chromedp.Evaluate[chromedp.Void]("setTimeout(() => document.querySelector("+strconv.Quote(selector)+").click())"))
}

func (p *telephone) write(pairs ...string) {
	p.Helper()
	for i := 0; i < len(pairs); i += 2 {
		field := "#" + pairs[i]
		p.do(chromedp.WaitReady(chromedp.CSS(field)),
			chromedp.Evaluate[chromedp.Void]("document.querySelector("+strconv.Quote(field)+").value = ''"), // what a script wrote too
			chromedp.SendKeys(chromedp.CSS(field), pairs[i+1]))
	}
}

// looks holds that the page as it is now is fit for everybody, light and dark, at 360
// pixels.
func (p *telephone) looks(state string) {
	p.Helper()
	var light, dark []string
	var width int
	p.do(chromedp.Evaluate[chromedp.Void](axe), check("null", &light), scheme("dark"), check("['color-contrast', 'link-in-text-block']", &dark), scheme("light"),
		into(&width, chromedp.Evaluate[int]("document.scrollingElement.scrollWidth")))
	for _, v := range append(light, dark...) {
		p.Errorf("%s: %s", state, v)
	}
	if width > 360 {
		p.Errorf("%s: %d pixels wide", state, width)
	}
	p.picture(state)
}

func (p *telephone) signsIn(email string) {
	p.Helper()
	p.visit("/sign-in")
	p.signsInHere(email)
}

func (p *telephone) signsInHere(email string) {
	p.Helper()
	p.write("email", email, "password", testPassword)
	p.press("main form button[type=submit]")
	p.until("she is in", "document.body.dataset.holder")
}

// lies is what lies on the device: pages, things written, workers.
func (p *telephone) lies() string {
	p.Helper()
	var got string
	p.do(into(&got, chromedp.Evaluate[string](`(async () => {
		let pages = 0, said = 0
		for (const name of await caches.keys()) pages += (await (await caches.open(name)).keys()).filter(r => !r.url.includes('/static/')).length
		if ((await indexedDB.databases()).length) said = await new Promise(resolve => {
			const asked = indexedDB.open('polis-held')
			asked.onsuccess = () => {
				const count = asked.result.transaction('said').objectStore('said').count()
				count.onsuccess = () => { asked.result.close(); resolve(count.result) }
			}
		})
		return pages + ' pages, ' + said + ' written, ' + (await navigator.serviceWorker.getRegistrations()).length + ' workers'
	})()`, chromedp.EvalAwaitPromise)))
	return got
}

// counts are the steps of an activity and the events about it.
func (p *telephone) counts(at string) string {
	p.Helper()
	id := at[strings.LastIndex(at, "/")+1:]
	count := func(query string) int {
		n, err := store.Get[int](p.Context(), p.DB, store.Everything("test"), query, id)
		if err != nil {
			p.Fatal(err)
		}
		return n
	}
	return fmt.Sprintf("%d held, %d mended, %d events",
		count("SELECT COUNT(*) FROM activity_step WHERE {scope} AND activity = $1 AND move = 'hold'"),
		count("SELECT COUNT(*) FROM activity_step WHERE {scope} AND activity = $1 AND move = 'mend'"),
		count("SELECT COUNT(*) FROM event WHERE {scope} AND object = $1 AND act LIKE 'assistance.activity.%' AND act <> 'assistance.activity.planned'"))
}

func (p *telephone) stored(at string) (total, women int64, place string) {
	p.Helper()
	x, err := p.helps().Activity(everywhere, p.asDesk.Scope(), at[strings.LastIndex(at, "/")+1:])
	if err != nil {
		p.Fatal(err)
	}
	return x.Total, x.Women, x.Place
}

func (p *telephone) expect(what, got, want string) {
	p.Helper()
	if got != want {
		p.Fatalf("%s: %s instead of %s", what, got, want)
	}
}

// plan plans an activity and returns its path without language.
func (p *telephone) plan(title string) string {
	p.Helper()
	return strings.TrimPrefix(p.arranged(p.T, p.project, "title", title), "/en")
}

// takes takes the forms of all her activities along.
func (p *telephone) takes() {
	p.Helper()
	p.visit(offlinePath)
	p.until("the page knows its device", "!document.querySelector('[data-device]').hidden")
	p.press("[data-take] button")
	p.reads("offline.told.taken")
}

// says fills in the form of an activity and saves it.
func (p *telephone) says(at string, pairs ...string) {
	p.Helper()
	p.visit(at + "/held")
	p.fills(pairs...)
}

// fills fills in the form that is open, and saves it.
func (p *telephone) fills(pairs ...string) {
	p.Helper()
	p.until("the form is taken", "performance.getEntriesByType('resource').some(e => e.name.includes('/offline.'))")
	p.do(chromedp.Sleep(100 * time.Millisecond))
	p.write(pairs...)
	p.press("form[data-held] button[type=submit]")
}

// entry waits on the page about the device until it says so of an activity.
func (p *telephone) entry(at, state string) {
	p.Helper()
	p.until(at+" is "+state, "[...document.querySelectorAll('[data-list=said] li')].some(li => li.querySelector('a').href.includes('"+at+"') && li.querySelector('[data-state="+state+"]'))")
}

// eventually waits for what the house does by itself.
func (p *telephone) eventually(what string, is func() bool) {
	p.Helper()
	for range 200 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Fatalf("it never comes that %s:\n%.2500s", what, p.text())
}

// picture keeps what the page looks like in the directory that POLIS_SCREENS names.
func (p *telephone) picture(state string) {
	p.Helper()
	dir := os.Getenv("POLIS_SCREENS")
	if dir == "" {
		return
	}
	var picture []byte
	p.do(into(&picture, chromedp.FullScreenshot(100)))
	if err := os.WriteFile(filepath.Join(dir, string(p.tag)+" "+state+".png"), picture, 0o644); err != nil {
		p.Fatal(err)
	}
}
