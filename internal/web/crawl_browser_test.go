package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"polis/internal/demo"
	"polis/internal/lang"
)

// stroller is a crawler that looks at each kind of page in a real browser, with
// script on: at the links that the browser has, and at what it complains of.
type stroller struct {
	*crawler
	ctx    context.Context
	heard  *hearing
	routes map[string]bool
	opened int
	known  map[string]int // route → how many have looked at it in the browser, shared by all
}

// severalLook is how many people look at a kind of page in the browser; the others see
// what it says and where it leads.
const severalLook = 2

// ways are where a page leads in the browser: links and forms that ask, those that
// script has made too.
const ways = `[...document.links].map(a => a.href).concat(
	[...document.forms].filter(f => f.method === 'get').map(f => f.action + '?' + new URLSearchParams(new FormData(f))))
	.concat(document.body.textContent.includes('⟦') ? ['says:' + document.body.textContent.match(/⟦[^⟧]*/)[0]] : [])`

// become takes the crawler's cookies into the browser in place of all others.
func (s *stroller) become() {
	s.t.Helper()
	if _, err := chromedp.Call(s.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		s.t.Fatal(err)
	}
	for _, pair := range strings.Split(s.cookie, "; ") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		err := chromedp.Do(s.ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: s.server.URL})
			return err
		}))
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// stroll opens the addresses and, of each kind that they lead to, one.
func (s *stroller) stroll(from ...string) {
	for queue := from; len(queue) > 0; queue = queue[1:] {
		for _, next := range s.look(queue[0]) {
			if s.isNew(next) {
				queue = append(queue, next)
			}
		}
	}
}

// isNew reports whether the address is the first of its kind, in her language.
func (s *stroller) isNew(path string) bool {
	u, err := url.Parse(path)
	if err != nil {
		return false
	}
	tag, _, prefixed := splitLanguage(u.Path)
	if prefixed && tag != s.tag {
		return false
	}
	route := s.route(path)
	first := !s.routes[route]
	s.routes[route] = true
	return first
}

// route is the kind of an address; one that leads nowhere is a kind of its own.
func (s *stroller) route(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	_, rest, _ := splitLanguage(u.Path)
	_, route := s.site.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: rest}})
	if route == "" {
		return path
	}
	return route
}

// look opens one page and returns where it leads. What is no page is asked for, and
// not opened: the browser would download it.
func (s *stroller) look(path string) (links []string) {
	complain := func(format string, args ...any) {
		s.faults = append(s.faults, path+": "+fmt.Sprintf(format, args...))
	}
	if kind := s.get(path); kind.Code < 300 && !strings.HasPrefix(kind.Header().Get("Content-Type"), "text/html") {
		return nil
	}
	s.opened++
	if route := s.route(path); s.known[route] >= severalLook {
		return s.open(path)
	} else {
		s.known[route]++
	}
	var hrefs []string
	err := chromedp.Do(s.ctx, chromedp.Navigate(s.server.URL+path), into(&hrefs, chromedp.Evaluate[[]string](ways)))
	if err != nil {
		complain("%v", err)
		return nil
	}
	for _, said := range s.heard.take() {
		complain("%s", said)
	}
	for _, href := range hrefs {
		switch rest, ours := strings.CutPrefix(href, s.server.URL); {
		case ours:
			rest, _, _ = strings.Cut(rest, "#")
			links = append(links, rest)
		case strings.HasPrefix(href, "says:"):
			complain("%s", href)
		case !strings.HasPrefix(href, "mailto:"):
			complain("leads to %s", href)
		}
	}
	return links
}

// take returns what the tab has complained of since it was last asked.
func (h *hearing) take() (complaints []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	complaints, h.complaints = h.complaints, nil
	return complaints
}

// refusals adds to what a tab says each answer that is a refusal, whatever asked.
func (h *hearing) refusals(event any) {
	if e, ok := event.(*network.EventResponseReceived); ok && e.Response.Status >= 400 {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.complaints = append(h.complaints, fmt.Sprintf("%d from %s", e.Response.Status, e.Response.URL))
	}
}

// TestNoLinkLeadsToARefusalInABrowser is TestNoLinkLeadsToARefusal in Chromium, with
// script on: for everybody one page of each kind, with its script, its styles and
// its policy.
func TestNoLinkLeadsToARefusalInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	t.Parallel()
	ctx := tab(t, browser(t))
	h := demonstration(t)
	heard := listen(t, ctx)
	if err := chromedp.Listen(ctx, heard.refusals); err != nil {
		t.Fatal(err)
	}
	crawlers := []*crawler{h.crawler("nobody", "en", "", "")}
	for i, p := range demo.People() {
		crawlers = append(crawlers, h.crawler(string(p.Role), lang.All[(i+1)%len(lang.All)], p.Email, demo.Password))
	}
	kinds, known := map[string]bool{}, map[string]int{}
	for _, c := range crawlers {
		t.Run(c.name, func(t *testing.T) {
			s := &stroller{crawler: c, ctx: ctx, heard: heard, routes: map[string]bool{}, known: known}
			s.become()
			start := "/" + string(c.tag)
			for _, page := range []string{start + "/", start + "/account", start + "/help"} {
				s.isNew(page)
			}
			s.stroll(start+"/", start+"/account", start+"/help")
			slices.Sort(s.faults)
			for _, fault := range s.faults {
				t.Error(fault)
			}
			if s.opened < 15 {
				t.Errorf("only %d pages were opened: the browser has gone blind", s.opened)
			}
			for route := range s.routes {
				kinds[route] = true
			}
			t.Logf("%d pages", s.opened)
		})
	}
	if len(kinds) < 50 {
		t.Errorf("only %d kinds of pages were found by everybody together", len(kinds))
	}
	t.Run("a page that is refused, and what the policy stops, are heard", func(t *testing.T) {
		heard.take()
		err := chromedp.Do(ctx, chromedp.Navigate(h.server.URL+"/en/nothing-here"),
			chromedp.Evaluate[chromedp.Void](`document.body.append(Object.assign(document.createElement('style'), {textContent: 'h1 { color: red }'}))`))
		said := strings.Join(heard.take(), "\n")
		if err != nil || !strings.Contains(said, "404 from") || !strings.Contains(said, "Content Security Policy") {
			t.Errorf("%v: %s", err, said)
		}
	})
}
