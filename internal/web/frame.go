package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"polis/internal/lang"
)

// Frame is what stands around a page's view. Templates get it as their dot, so
// {{$.T "key"}}, {{$.Date .When}} and {{$.URL "/library"}} work anywhere.
type Frame struct {
	*lang.Printer
	Lang lang.Tag

	Title       string // of the page, without the name of the site; its h1 as a rule
	Description string // one sentence for search engines, or ""
	Crumbs      []Link // the way here, without the page itself
	Query       string // what the search box in the bar holds
	OwnSearch   bool   // the page has a search box of its own, the bar needs none
	Feed        string // address of a feed of what the page lists, or ""

	// What programs are told of the page; see describe.go.
	Link       string         // the Link header, or ""
	Schema     map[string]any // schema.org
	Elements   []Named        // Dublin Core
	Canonical  string         // whole address under which it is known, or ""
	Alternates []LanguageLink // the same in other languages; none: the page in each of the six
	Errors     []Error        // what is wrong in the form, shown above the page
	Notice     *Notice        // what has just happened
	Follow     *FollowForm    // the button by which the reader follows what the page is about
	Pace       *PaceForm      // how soon she is told of what is written there
	Status     int            // HTTP status, 200 at first
	Private    bool           // never kept for another reader, though nobody is signed in
	Apart      bool           // the page lies on a device: it names nobody, and leads nowhere that needs a line

	Reader Reader
	View   any           // the page's own, of the type it registered
	Main   template.HTML // the page as rendered, for the layout

	site    *Site
	visit   *visit
	request *http.Request
}

// Link is a word with an address.
type Link struct{ Text, URL string }

// Frame begins a page in the language of the request.
func (s *Site) Frame(r *http.Request) *Frame {
	v := visitOf(r)
	f := &Frame{
		Printer: lang.For(v.lang), Lang: v.lang, Status: http.StatusOK,
		Reader: v.reader, site: s, visit: v, request: r,
	}
	f.Notice = f.notice(r.URL.Query())
	return f
}

// URL puts the reader's language before a path of ours: "/library?q=drone".
func (f *Frame) URL(path string) string { return "/" + string(f.Lang) + path }

// With is the address of this page with one value of its query set anew, or
// taken out where value is "". The page number goes with any other change.
func (f *Frame) With(name, value string) string {
	q := f.request.URL.Query()
	if name != "page" {
		q.Del("page")
	}
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	return f.here(q)
}

// Without is the address of this page with one of a name's values taken out:
// what the cross of a chip leads to.
func (f *Frame) Without(name, value string) string {
	q := f.request.URL.Query()
	q.Del("page")
	q[name] = slices.DeleteFunc(q[name], func(v string) bool { return v == value })
	return f.here(q)
}

// And is the address of this page with one more value of a name: a facet.
func (f *Frame) And(name, value string) string {
	q := f.request.URL.Query()
	q.Del("page")
	if !slices.Contains(q[name], value) {
		q.Add(name, value)
	}
	return f.here(q)
}

// Instead is the address of this page with one of a name's values in the place
// of another: a sub-theme narrows the theme that was chosen.
func (f *Frame) Instead(name, old, value string) string {
	q := f.request.URL.Query()
	q.Del("page")
	q[name] = append(slices.DeleteFunc(q[name], func(v string) bool { return v == old }), value)
	return f.here(q)
}

func (f *Frame) here(q url.Values) string {
	q.Del("notice") // what has just happened is said once
	if encoded := q.Encode(); encoded != "" {
		return f.URL(f.visit.path) + "?" + encoded
	}
	return f.URL(f.visit.path)
}

// Path is this page's path without the language.
func (f *Frame) Path() string { return f.visit.path }

// Asset is the address of a file in static/.
func (f *Frame) Asset(name string) string { return assets.path(name) }

// Address is this page's address as it stands on paper.
func (f *Frame) Address() string { return f.site.opts.Origin + f.URL(f.visit.path) }

// Today is the day of printing.
func (f *Frame) Today() time.Time { return time.Now() }

// Version of the program, for the footer.
func (f *Frame) Version() string { return f.site.opts.Version }

// Has reports whether a page answers at the path: templates offer nothing that
// is not there.
func (f *Frame) Has(path string) bool { return f.site.has(path) }

// NavLink is an entry of the bar.
type NavLink struct {
	Link
	Here    bool // this very page
	Current bool // this page or one below it
}

// Nav is the bar: what exists, in the fixed order of the product.
func (f *Frame) Nav() []NavLink {
	links := []NavLink{}
	for _, p := range f.site.places() {
		if p.official && !f.Reader.ReadsOfficial() {
			continue
		}
		links = append(links, NavLink{
			Link:    Link{f.T(p.key), f.URL(p.path)},
			Here:    f.visit.path == p.path,
			Current: p.holds(f.visit.path),
		})
	}
	return links
}

// Others are the pages that say the same in other languages, for the head: the
// language versions of a document, else this page in each of the six.
func (f *Frame) Others() []LanguageLink {
	if f.Alternates != nil {
		return f.Alternates
	}
	return f.languages()
}

// Languages leads to this page in each of the six languages.
func (f *Frame) Languages() []LanguageLink { return f.languages() }
