package web

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
)

// The sitemap names what readers who are not signed in may find here, whoever
// asks: an index, one part with the pages of the house, one with the collections, and the documents in parts
// of five thousand, each of which begins behind the one before.

func (h *House) openSitemap() {
	h.site.Handle("GET /robots.txt", h.robots)
	h.site.Handle("GET /sitemap.xml", h.site.costly(h.sitemap))
	h.site.Handle("GET /sitemap/pages.xml", h.site.costly(h.sitemapPages))
	h.site.Handle("GET /sitemap/collections.xml", h.site.costly(h.sitemapCollections))
	h.site.Handle("GET /sitemap/documents.xml", h.site.costly(h.sitemapDocuments))
}

// notForRobots are pages of which a search engine has nothing, or too many.
var notForRobots = []string{"/search", "/account", "/admin", "/sign-in", "/register", "/reset", "/invitation", "/feeds/", "/letters/", "/why", "/library/advanced", "/library/upload", "/library/intake"}

func (h *House) robots(w http.ResponseWriter, r *http.Request) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, path := range notForRobots {
		b.WriteString("Disallow: " + path + "\n")
		for _, t := range lang.All {
			b.WriteString("Disallow: /" + string(t) + path + "\n")
		}
	}
	b.WriteString("Disallow: /*?*beside=\nDisallow: /*?*sort=\n\nSitemap: " + h.origin(r) + "/sitemap.xml\n")
	return sendWhole(w, r, []byte(b.String()), "text/plain; charset=utf-8", "private, max-age=3600")
}

// anybody is the scope of who is not signed in.
var anybody = access.Subject{}.Scope()

func (h *House) sitemap(w http.ResponseWriter, r *http.Request) error {
	parts, err := h.Library.SitemapParts(r.Context(), anybody)
	if err != nil {
		return err
	}
	base := h.origin(r)
	out := xmlStream(w)
	fmt.Fprint(out, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`+"\n")
	for _, part := range []string{"pages", "collections"} {
		fmt.Fprintf(out, "<sitemap><loc>%s/sitemap/%s.xml</loc></sitemap>\n", escapeXML(base), part)
	}
	for _, from := range parts {
		fmt.Fprintf(out, "<sitemap><loc>%s</loc></sitemap>\n", escapeXML(base+"/sitemap/documents.xml?from="+url.QueryEscape(from)))
	}
	fmt.Fprint(out, "</sitemapindex>\n")
	return out.Flush()
}

// sitemapDocuments writes a part. It has read it before it sends anything, so that
// a slow reader keeps no hold of the tables.
func (h *House) sitemapDocuments(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Library.SitemapPart(r.Context(), anybody, r.URL.Query().Get("from"))
	if err != nil {
		return err
	}
	Patient(w, 5*time.Minute)
	base, out := h.origin(r), xmlStream(w)
	fmt.Fprint(out, urlsetStart)
	for _, d := range list {
		var alternates strings.Builder
		for _, t := range d.Langs {
			if t != "" && len(d.Langs) > 1 {
				fmt.Fprintf(&alternates, `<xhtml:link rel="alternate" hreflang="%s" href="%s"/>`, t, escapeXML(base+edPath(d.ID, t)))
			}
		}
		for _, t := range d.Langs {
			fmt.Fprintf(out, "<url><loc>%s</loc><lastmod>%s</lastmod>%s</url>\n", escapeXML(base+edPath(d.ID, t)), atomTime(d.Updated), alternates.String())
		}
	}
	fmt.Fprint(out, "</urlset>\n")
	return out.Flush()
}

const urlsetStart = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` + "\n"

// sitemapPages are the pages that are not documents, in each of the six languages.
func (h *House) sitemapPages(w http.ResponseWriter, r *http.Request) error {
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return err
	}
	paths := []string{"/", "/library", "/themes", "/framework", "/states", "/structures", "/organisations", "/about", "/help", "/accessibility", "/privacy"}
	for _, t := range framework.Themes() {
		paths = append(paths, "/themes/"+t.ID)
		for _, sub := range t.Narrower {
			paths = append(paths, "/themes/"+sub.ID)
		}
	}
	for _, e := range names.List(directory.Filter{Lang: "en"}) {
		paths = append(paths, "/directory/"+url.PathEscape(e.ID))
	}
	out := xmlStream(w)
	fmt.Fprint(out, urlsetStart)
	for _, path := range paths {
		sitemapPage(out, h.origin(r), path, "")
	}
	fmt.Fprint(out, "</urlset>\n")
	return out.Flush()
}

// sitemapCollections are the collections that anybody may read, the last changed
// first: as many as a part may name.
func (h *House) sitemapCollections(w http.ResponseWriter, r *http.Request) error {
	list, _, err := h.Library.Collections(r.Context(), anybody, library.Place{}, library.SitemapStep)
	if err != nil {
		return err
	}
	out := xmlStream(w)
	fmt.Fprint(out, urlsetStart)
	for _, k := range list {
		sitemapPage(out, h.origin(r), "/collections/"+k.ID, "<lastmod>"+atomTime(k.Updated)+"</lastmod>")
	}
	fmt.Fprint(out, "</urlset>\n")
	return out.Flush()
}

// sitemapPage names a page in each of the six languages.
func sitemapPage(out io.Writer, base, path, modified string) {
	var alternates strings.Builder
	for _, t := range lang.All {
		fmt.Fprintf(&alternates, `<xhtml:link rel="alternate" hreflang="%s" href="%s"/>`, t, escapeXML(base+"/"+string(t)+path))
	}
	for _, t := range lang.All {
		fmt.Fprintf(out, "<url><loc>%s</loc>%s%s</url>\n", escapeXML(base+"/"+string(t)+path), modified, alternates.String())
	}
}

func xmlStream(w http.ResponseWriter) *bufio.Writer {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	out := bufio.NewWriterSize(w, 32<<10)
	_, _ = out.WriteString(xml.Header)
	return out
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
