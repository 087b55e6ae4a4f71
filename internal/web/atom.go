package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// Every search, and so every list, is also a feed (Atom, RFC 4287): the same
// parameters at /library.atom, in the language of the address. Its order is that
// of the last change, the newest first, whatever the page's is.

// atomFeed is the document element.
type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      lang.Tag    `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Author    atomPerson  `xml:"author"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomLink struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Lang  string `xml:"hreflang,attr,omitempty"`
	Title string `xml:"title,attr,omitempty"`
	Href  string `xml:"href,attr"`
}

// atomEntry is one document in the language version that a feed's language chooses.
type atomEntry struct {
	Lang       string         `xml:"xml:lang,attr,omitempty"`
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Published  string         `xml:"published"`
	Author     *atomPerson    `xml:"author"`
	Categories []atomCategory `xml:"category"`
	Rights     string         `xml:"rights,omitempty"`
	Links      []atomLink     `xml:"link"`
	Summary    string         `xml:"summary"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
	Label  string `xml:"label,attr"`
}

// entriesAPage is how many documents one page of a feed has.
const entriesAPage = 50

func (h *House) openFeeds() {
	h.site.Handle("GET /library.atom", h.site.costly(h.feed))
	h.site.Handle("GET /feeds/{secret}", h.site.costly(h.ownFeed))
}

// origin is where the pages stand, as readers outside write it.
func (h *House) origin(r *http.Request) string {
	if h.site.opts.Origin != "" {
		return h.site.opts.Origin
	}
	return "http://" + r.Host
}

// feed is that of a search as the reader may see it.
func (h *House) feed(w http.ResponseWriter, r *http.Request) error {
	q, _ := question(r, LangOf(r))
	private := "private, no-cache"
	if ReaderOf(r).SignedIn() {
		private = "private, no-store"
	}
	return h.sendFeed(w, r, feedOf{
		query: q, scope: scope(r), path: "/library.atom", asked: library.Asked(q), cache: private,
	})
}

// feedOf is what a feed is made of.
type feedOf struct {
	query search.Query
	scope access.Scope
	path  string     // of ours, without language; "" where the address is a secret
	asked url.Values // its parameters, as they stand in addresses
	title string     // "": what was asked
	id    string     // "": made of the address
	cache string
}

// withQuery puts parameters behind a path.
func withQuery(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func (h *House) sendFeed(w http.ResponseWriter, r *http.Request, o feedOf) error {
	var after library.Place
	if text := r.URL.Query().Get("after"); text != "" {
		var ok bool
		if after, ok = library.ParsePlace(text); !ok {
			return NotFound()
		}
	}
	list, more, err := h.Library.Latest(r.Context(), h.Index, o.scope, o.query, after, entriesAPage)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	base := h.origin(r)
	own := base + words.URL(o.path)
	f := atomFeed{
		Lang: words.Lang, ID: o.id, Title: o.title, Updated: atomTime(time.Unix(0, 0)), Author: atomPerson{"POLIS", base}, Generator: "POLIS",
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Lang: string(words.Lang), Href: withQuery(base+words.URL("/library"), o.asked)}},
	}
	if o.path != "" {
		f.Links = append(f.Links, atomLink{Rel: "self", Type: atomMedia, Href: withQuery(own, r.URL.Query())})
	} else {
		own = "" // whoever passes the feed on does not pass its secret on
	}
	if f.Title == "" {
		f.Title = "POLIS – " + words.searchWords(o.query)
	}
	if f.ID == "" {
		f.ID = tagURI(base, withQuery(words.URL(o.path), o.asked))
	}
	if more != (library.Place{}) {
		next := r.URL.Query()
		next.Set("after", more.String())
		f.Links = append(f.Links, atomLink{Rel: "next", Type: atomMedia, Href: withQuery(own, next)})
	}
	for i, b := range list {
		if i == 0 {
			f.Updated = atomTime(b.Updated)
		}
		f.Entries = append(f.Entries, words.entry(base, b))
	}
	return sendXML(w, r, f, atomMedia, o.cache)
}

const atomMedia = "application/atom+xml"

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// entry is one document: who follows it is led to the text in the feed's language
// where there is one, and finds the others beside it.
func (w wording) entry(base string, b library.Brief) atomEntry {
	ed := b.Edition
	e := atomEntry{
		Lang: string(ed.Lang), ID: documentURN(base, b.ID), Title: ed.Title, Updated: atomTime(b.Updated), Published: atomTime(b.Created),
		Rights: b.Licence, Summary: ed.Summary,
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Lang: string(ed.Lang), Href: base + w.URL(library.Path(b.ID, ed.Lang))}},
	}
	if e.Summary == "" {
		e.Summary = w.line(b.Kind, b.Origin, b.Dated)
	}
	if name := w.names.Name(b.Origin, b.Dated, w.Lang); b.Origin != "" {
		e.Author = &atomPerson{Name: name, URI: base + w.URL("/directory/"+url.PathEscape(b.Origin))}
	}
	for _, t := range b.Langs {
		if t != ed.Lang && t != "" {
			e.Links = append(e.Links, atomLink{Rel: "alternate", Type: "text/html", Lang: string(t), Href: base + w.URL(library.Path(b.ID, t))})
		}
	}
	for _, id := range b.Themes {
		e.Categories = append(e.Categories, atomCategory{Term: id, Scheme: base + "/themes", Label: w.value(search.Theme, id)})
	}
	if b.Kind != "" {
		e.Categories = append(e.Categories, atomCategory{Term: b.Kind, Scheme: base + "/library?type", Label: w.kind(b.Kind)})
	}
	return e
}

// tagURI names what stands at a path of ours for good (RFC 4151).
func tagURI(base, path string) string {
	host := "polis"
	if u, err := url.Parse(base); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return "tag:" + host + ",2026:" + path
}

// documentURN names a document for good, wherever it stands.
func documentURN(base, id string) string {
	if u, err := uuid.Parse(id); err == nil {
		return u.URN()
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(base+"/library/"+id)).URN()
}

// sendXML sends a document, or says that who asks has it already.
func sendXML(w http.ResponseWriter, r *http.Request, doc any, media, cache string) error {
	body, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		return err
	}
	return sendWhole(w, r, append([]byte(xml.Header), body...), media+"; charset=utf-8", cache)
}

// sendJSON is sendXML in JSON.
func sendJSON(w http.ResponseWriter, r *http.Request, doc any, media string) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return sendWhole(w, r, append(body, '\n'), media, "private, no-cache")
}

// sendWhole sends what was made in memory, with a tag by which it is known again.
func sendWhole(w http.ResponseWriter, r *http.Request, body []byte, media, cache string) error {
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:15])
	h := w.Header()
	h.Set("Cache-Control", cache)
	// Weak: the compressor in front makes other bytes of the same.
	h.Set("ETag", `W/"`+tag+`"`)
	h.Set("Content-Language", string(LangOf(r)))
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // who left needs no answer
	return nil
}
