package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"polis/internal/access"
	"polis/internal/api"
	"polis/internal/demo"
	"polis/internal/lang"
	"polis/internal/store/storetest"
)

// crawler goes through the site as one person, from link to link.
type crawler struct {
	inhabited
	name   string
	tag    lang.Tag
	cookie string
	many   int            // addresses of one route that it opens
	times  map[string]int // route → addresses opened
	seen   map[string]bool
	faults []string
	forms  map[string]form // those that are sent, by their address
}

// form is one of a page, with what stands in it.
type form struct {
	action, kind string
	fields       url.Values
	files        []string
}

func (h inhabited) crawler(name string, tag lang.Tag, email, password string) *crawler {
	h.t.Helper()
	c := &crawler{inhabited: h, name: name, tag: tag, many: 2, times: map[string]int{}, seen: map[string]bool{}, forms: map[string]form{}}
	if email != "" {
		c.signIn(email, password)
	}
	return c
}

func (c *crawler) signIn(email, password string) {
	c.t.Helper()
	v := c.visitor()
	if got := v.post("/en/sign-in", "email", email, "password", password); got.status != http.StatusSeeOther {
		c.t.Fatalf("%s: %d", email, got.status)
	}
	at, _ := url.Parse(c.server.URL) // the server's own
	var cookies []string
	for _, k := range v.client.Jar.Cookies(at) {
		cookies = append(cookies, k.Name+"="+k.Value)
	}
	c.cookie = strings.Join(cookies, "; ")
}

func (c *crawler) get(path string) *httptest.ResponseRecorder {
	if c.cookie == "" {
		return ask(c.site, "GET", path)
	}
	return ask(c.site, "GET", path, "Cookie", c.cookie)
}

// walk opens the addresses and all that they lead to.
func (c *crawler) walk(from ...string) {
	queue := from
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		for _, next := range c.open(path) {
			if c.wants(next) {
				c.seen[next] = true
				queue = append(queue, next)
			}
		}
	}
}

// severalAsked is how many words of a query tell addresses apart.
const severalAsked = 2

// wants reports whether the address is to be opened: in her language, and not one
// more of a kind that was looked at often enough.
func (c *crawler) wants(path string) bool {
	plain, own := strings.CutPrefix(path, "/"+string(c.tag)+"/")
	if c.seen[path] || !own && slices.ContainsFunc(lang.All, func(t lang.Tag) bool { return strings.HasPrefix(path+"/", "/"+string(t)+"/") }) {
		return false
	}
	if !own {
		plain = strings.TrimPrefix(path, "/")
	}
	u, err := url.Parse("/" + plain)
	if err != nil {
		c.faults = append(c.faults, fmt.Sprintf("%q is no address", path))
		return false
	}
	_, route := c.site.mux.Handler(&http.Request{Method: http.MethodGet, URL: u})
	asked := slices.Sorted(maps.Keys(u.Query()))
	if len(asked) > severalAsked {
		asked = []string{"several"} // the facets of a search by themselves make hundreds of sets
	}
	route += " " + strings.Join(asked, ",")
	c.times[route]++
	return c.times[route] <= c.many
}

// open looks at one page and returns where it leads.
func (c *crawler) open(path string) (links []string) {
	got := c.get(path)
	complain := func(format string, args ...any) {
		c.faults = append(c.faults, path+": "+fmt.Sprintf(format, args...))
	}
	if got.Code >= 400 {
		complain("%d", got.Code)
		return nil
	}
	if to := got.Header().Get("Location"); to != "" {
		return c.link(path, to, complain)
	}
	if !strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") {
		return nil
	}
	body := got.Body.String()
	if at := strings.Index(body, "⟦"); at >= 0 {
		complain("says %s", body[at:min(len(body), at+60)])
	}
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		complain("%v", err)
		return nil
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch at := attributes(n); {
		case n.Data == "a" && at["href"] != "":
			links = append(links, c.link(path, at["href"], complain)...)
		case n.Data == "form" && strings.EqualFold(at["method"], "post"):
			f := readHTMLForm(n, at)
			if f.action == "" {
				f.action = path
			}
			c.forms[f.action] = f
		case n.Data == "form":
			f := readHTMLForm(n, at)
			links = append(links, c.link(path, f.action+"?"+f.fields.Encode(), complain)...)
		}
	}
	return links
}

// link is the address that a page leads to, without the place on it.
func (c *crawler) link(from, to string, complain func(string, ...any)) []string {
	base, err := url.Parse(from)
	if err != nil {
		return nil
	}
	u, err := base.Parse(to)
	switch {
	case err != nil:
		complain("leads to %q, which is no address: %v", to, err)
		return nil
	case u.Scheme == "mailto":
		return nil
	case u.Host != "":
		complain("leads to another host: %s", to)
		return nil
	}
	u.Fragment = ""
	return []string{u.String()}
}

func attributes(n *html.Node) map[string]string {
	at := map[string]string{}
	for _, a := range n.Attr {
		at[a.Key] = a.Val
	}
	return at
}

// readHTMLForm takes what a browser would send of a form that nobody touched.
func readHTMLForm(n *html.Node, at map[string]string) form {
	f := form{action: at["action"], kind: at["enctype"], fields: url.Values{}}
	for field := range n.Descendants() {
		if field.Type != html.ElementNode {
			continue
		}
		a := attributes(field)
		_, checked := a["checked"]
		switch {
		case a["name"] == "" || field.Data == "button":
		case a["type"] == "file":
			f.files = append(f.files, a["name"])
		case (a["type"] == "radio" || a["type"] == "checkbox") && !checked:
			if !f.fields.Has(a["name"]) && a["type"] == "radio" {
				f.fields[a["name"]] = nil
			}
		case field.Data == "select":
			for option := range field.Descendants() {
				if o := attributes(option); option.Data == "option" {
					if _, chosen := o["selected"]; chosen || !f.fields.Has(a["name"]) {
						f.fields.Set(a["name"], o["value"])
					}
				}
			}
		case field.Data == "textarea":
			f.fields.Set(a["name"], text(field))
		case field.Data == "input":
			f.fields.Add(a["name"], a["value"])
		}
	}
	return f
}

func text(n *html.Node) string {
	var b strings.Builder
	for part := range n.Descendants() {
		if part.Type == html.TextNode {
			b.WriteString(part.Data)
		}
	}
	return b.String()
}

// demonstration is a house with the whole demonstration in it.
func demonstration(t *testing.T) inhabited {
	t.Helper()
	h := inhabit(t, storetest.SQLite(t))
	if err := demo.Load(context.Background(), h.Library, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if err := h.Library.CatchUp(context.Background(), h.Index, nil); err != nil {
		t.Fatal(err)
	}
	h.site.Mount(api.Base+"/", (&api.API{
		DB: h.DB, Library: h.Library, Index: h.Index, Version: "test",
		Who: func(r *http.Request) access.Subject { return ReaderOf(r).Subject },
	}).Handler())
	return h
}

// TestNoLinkLeadsToARefusal goes through the demonstration as everybody in it:
// what a page offers is there, is in her language, is allowed, and is ours.
func TestNoLinkLeadsToARefusal(t *testing.T) {
	t.Parallel()
	h := demonstration(t)
	crawlers := []*crawler{h.crawler("nobody", "en", "", "")}
	for i, p := range demo.People() {
		crawlers = append(crawlers, h.crawler(string(p.Role), lang.All[i%len(lang.All)], p.Email, demo.Password))
	}
	for _, c := range crawlers {
		t.Run(c.name, func(t *testing.T) {
			start, before := "/"+string(c.tag), h.DB.Content()
			c.walk(start+"/", start+"/account", start+"/help")
			for _, fault := range c.faults {
				t.Error(fault)
			}
			if h.DB.Content() != before {
				t.Error("looking at pages has changed a record") // ASVS 5.0 3.5.3
			}
			if len(c.seen) < 60 {
				t.Errorf("only %d addresses were found: the crawler has gone blind", len(c.seen))
			}
			t.Logf("%d addresses, %d forms", len(c.seen), len(c.forms))
		})
	}
}
