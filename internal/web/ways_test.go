package web

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
)

// put makes a document with a text in each of the languages, and lets the index
// follow.
func (h inhabited) put(title string, level access.Level, tags ...lang.Tag) string {
	h.t.Helper()
	d := library.Draft{
		Kind: "guide", Symbol: "PC.DEC/" + title, Dated: "2012-07-26", Origin: "spmu", Licence: "CC BY 4.0", Level: level, Confirmed: true,
		Tags: library.Tags{Themes: []string{"cybercrime"}},
	}
	var texts []library.Text
	for _, t := range tags {
		texts = append(texts, library.Text{
			Lang: t, Title: title + " & <" + string(t) + ">", Summary: "Summary of " + title, Sum: title + string(t), Media: "text/plain",
			Passages: []extract.Passage{{Kind: extract.Paragraph, Text: "A patrol on " + title}},
		})
	}
	id, err := h.Library.Create(context.Background(), access.System("test"), d, texts...)
	if err == nil {
		err = h.Library.CatchUp(context.Background(), h.Index, nil)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

type feedRead struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Lang string `xml:"hreflang,attr"`
			Type string `xml:"type,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

// readFeed reads a feed and holds it against RFC 4287.
func readFeed(t *testing.T, body string) feedRead {
	t.Helper()
	var f feedRead
	if err := xml.Unmarshal([]byte(body), &f); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if _, err := uuid.Parse(f.ID); err != nil && !strings.HasPrefix(f.ID, "tag:") || f.Title == "" {
		t.Errorf("the feed's id is %q, its title %q", f.ID, f.Title)
	}
	ids := map[string]bool{f.ID: true}
	for _, e := range append(f.Entries[:0:0], f.Entries...) {
		_, err := uuid.Parse(e.ID)
		_, terr := time.Parse(time.RFC3339, e.Updated)
		if err != nil || terr != nil || e.Title == "" || ids[e.ID] {
			t.Errorf("%+v", e)
		}
		ids[e.ID] = true
		alternates := map[string]bool{} // §4.1.2: none twice with the same type and language
		for _, l := range e.Links {
			if key := l.Rel + l.Type + l.Lang; alternates[key] {
				t.Errorf("%s twice", key)
			} else {
				alternates[key] = true
			}
		}
		if len(alternates) == 0 {
			t.Errorf("%s leads nowhere", e.ID)
		}
	}
	if _, err := time.Parse(time.RFC3339, f.Updated); err != nil {
		t.Error(err)
	}
	return f
}

func (f feedRead) titles() string {
	var list []string
	for _, e := range f.Entries {
		list = append(list, e.Title)
	}
	return strings.Join(list, "|")
}

func (f feedRead) link(rel string) string {
	for _, l := range f.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func TestFeeds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		t.Run("of nothing there is an empty one", func(t *testing.T) {
			if f := readFeed(t, ask(h.site, "GET", "/en/library.atom").Body.String()); len(f.Entries) != 0 {
				t.Error(f)
			}
		})
		h.put("One", access.Public, "en", "ru")
		h.put("Two", access.Public, "ru")
		h.put("Secret", access.Member, "en")
		t.Run("it has what the reader may see, the last first, in her language where there is one", func(t *testing.T) {
			if f := readFeed(t, ask(h.site, "GET", "/en/library.atom").Body.String()); f.titles() != "Two & <ru>|One & <en>" {
				t.Error(f.titles())
			}
			if f := readFeed(t, ask(h.site, "GET", "/ru/library.atom?theme=cybercrime&q=patrol").Body.String()); f.titles() != "Two & <ru>|One & <ru>" {
				t.Error(f.titles())
			}
			if got := h.signedIn("member@polis.example", access.MemberRole).get("/en/library.atom?q=secret"); readFeed(t, got.body).titles() != "Secret & <en>" {
				t.Error(got.body)
			}
		})
		t.Run("its id is that of the question, however it is written", func(t *testing.T) {
			a := readFeed(t, ask(h.site, "GET", "/en/library.atom?theme=cybercrime&q=patrol&page=2").Body.String())
			b := readFeed(t, ask(h.site, "GET", "/en/library.atom?q=+patrol&theme=cybercrime&sort=date").Body.String())
			c := readFeed(t, ask(h.site, "GET", "/en/library.atom?q=other").Body.String())
			if a.ID != b.ID || a.ID == c.ID || !strings.Contains(a.link("alternate"), "/en/library?q=patrol&theme=cybercrime") || !strings.Contains(a.link("self"), "page=2") {
				t.Error(a, b, c)
			}
		})
		t.Run("who has it already is told so, until something changes", func(t *testing.T) {
			first := ask(h.site, "GET", "/en/library.atom")
			tag := first.Header().Get("ETag")
			if got := ask(h.site, "GET", "/en/library.atom", "If-None-Match", tag); tag == "" || got.Code != http.StatusNotModified || got.Body.Len() > 0 {
				t.Error(got.Code, tag)
			}
			h.put("Hidden", access.Closed, "en")
			if got := ask(h.site, "GET", "/en/library.atom", "If-None-Match", tag); got.Code != http.StatusNotModified {
				t.Error("what she may not see has changed her feed")
			}
			h.put("Three", access.Public, "en")
			if got := ask(h.site, "GET", "/en/library.atom", "If-None-Match", tag); got.Code != http.StatusOK {
				t.Error(got.Code)
			}
		})
		t.Run("a long one comes in pages", func(t *testing.T) {
			for range entriesAPage {
				h.put("Many "+uuid.NewString(), access.Public, "en")
			}
			f := readFeed(t, ask(h.site, "GET", "/en/library.atom").Body.String())
			next, err := url.Parse(f.link("next"))
			if err != nil || len(f.Entries) != entriesAPage || next.Path == "" {
				t.Fatal(len(f.Entries), next, err)
			}
			if rest := readFeed(t, ask(h.site, "GET", next.RequestURI()).Body.String()); len(rest.Entries) != 3 || rest.link("next") != "" || rest.ID != f.ID {
				t.Error(rest.titles())
			}
		})
		t.Run("a place that is none is not found", func(t *testing.T) {
			for _, bad := range []string{"x", "1-", "-1-x-", "%00"} {
				if got := ask(h.site, "GET", "/en/library.atom?after="+bad); got.Code == http.StatusOK && bad != "-1-x-" || got.Code >= 500 {
					t.Error(bad, got.Code)
				}
			}
		})
		t.Run("pages name their feed", func(t *testing.T) {
			if got := ask(h.site, "GET", "/de/search?q=patrol&theme=cybercrime").Body.String(); !strings.Contains(got, `type="application/atom+xml"`) ||
				!strings.Contains(got, `href="/de/library.atom?q=patrol&amp;theme=cybercrime"`) {
				t.Error(got)
			}
		})
	})
}

func TestReferences(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		id := h.put("One", access.Public, "en", "ru")
		h.put("Secret", access.Member, "en")
		t.Run("of a document, in the language that is asked for", func(t *testing.T) {
			for path, want := range map[string][]string{
				"/en/library/" + id + "/cite.bib":           {"@manual{PC.DEC-One-en,", `title = {{One \& <en>}}`, "year = {2012}", "month = jul", "/en}"},
				"/en/library/" + id + "/cite.bib?lang=ru":   {"@manual{PC.DEC-One-ru,", `{{One \& <ru>}}`, "langid = {russian}"},
				"/ru/library/" + id + "/cite.ris":           {"TY  - RPRT\r\n", "TI  - One & <ru>\r\n", "DA  - 2012/07/26/", "LA  - ru"},
				"/de/library/" + id + "/cite.json":          {`"date-parts"`, `"title": "One & <en>"`, `"number": "PC.DEC/One"`},
				"/en/library/" + id + "/cite.json?lang=%00": {`"title": "One & <en>"`},
			} {
				got := ask(h.site, "GET", path)
				for _, words := range want {
					if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), words) {
						t.Errorf("%s: %d, no %q in %s", path, got.Code, words, got.Body)
					}
				}
			}
			if got := ask(h.site, "GET", "/en/library/"+id+"/cite.bib"); !strings.HasPrefix(got.Header().Get("Content-Type"), "application/x-bibtex") ||
				!strings.Contains(got.Header().Get("Content-Disposition"), ".bib") {
				t.Error(got.Header())
			}
		})
		t.Run("of a search, as far as the reader may see it", func(t *testing.T) {
			var items []map[string]any
			if err := json.Unmarshal(ask(h.site, "GET", "/en/library.json?q=patrol").Body.Bytes(), &items); err != nil || len(items) != 1 {
				t.Error(items, err)
			}
			if err := json.Unmarshal([]byte(h.signedIn("member@polis.example", access.MemberRole).get("/en/library.json").body), &items); err != nil || len(items) != 2 {
				t.Error(items, err)
			}
		})
		t.Run("the page of a citation leads to all of them", func(t *testing.T) {
			for _, path := range []string{"/en/library/" + id + "/ru/cite", "/en/library/" + id + "/ru/cite?p=1"} {
				got := ask(h.site, "GET", path)
				if got.Code != http.StatusOK || strings.Count(got.Body.String(), "?lang=ru\" download") != 3 {
					t.Error(path, got.Code, got.Body)
				}
			}
			if got := ask(h.site, "GET", "/en/library/"+id+"/ru/cite?p=x"); got.Code != http.StatusNotFound {
				t.Error(got.Code)
			}
		})
	})
}

func TestWhatProgramsAreToldOfADocument(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		id := h.put("One", access.Public, "en", "ru")
		path := "/en/library/" + id + "/ru"
		for _, kept := range []string{"made anew", "from the shelf"} {
			t.Run("the head of the answer leads on, "+kept, func(t *testing.T) {
				link := ask(h.site, "GET", path).Header().Get("Link")
				for _, want := range []string{
					`<http://example.com/library/` + id + `>; rel="cite-as"`, `rel="describedby"; type="application/x-bibtex"`, `<https://schema.org/AboutPage>; rel="type"`,
					`/directory/spmu>; rel="author"`, `<https://creativecommons.org/licenses/by/4.0/>; rel="license"`, `/linkset.json>; rel="linkset"; type="application/linkset+json"`,
				} {
					if !strings.Contains(link, want) {
						t.Errorf("no %s in %s", want, link)
					}
				}
			})
		}
		t.Run("the link set says the same", func(t *testing.T) {
			got := ask(h.site, "GET", "/library/"+id+"/linkset.json")
			var set struct {
				Linkset []map[string]any `json:"linkset"`
			}
			if err := json.Unmarshal(got.Body.Bytes(), &set); err != nil || len(set.Linkset) != 1 || !strings.HasPrefix(got.Header().Get("Content-Type"), "application/linkset+json") {
				t.Fatal(got.Body, err)
			}
			if set.Linkset[0]["anchor"] != "http://example.com/library/"+id || len(set.Linkset[0]["describedby"].([]any)) != 3 {
				t.Error(set)
			}
		})
		t.Run("the page describes it as data", func(t *testing.T) {
			body := ask(h.site, "GET", path).Body.String()
			block := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body)
			if block == nil {
				t.Fatal(body)
			}
			var m map[string]any
			if err := json.Unmarshal([]byte(block[1]), &m); err != nil || m["name"] != "One & <ru>" || m["@type"] != "Guide" || m["inLanguage"] != "ru" || m["datePublished"] != "2012-07-26" {
				t.Error(m, err)
			}
			for _, want := range []string{
				`<meta name="DC.title" content="One &amp; &lt;ru&gt;" lang="ru">`, `<link rel="canonical" href="http://example.com/ru/library/` + id + `/ru">`,
				`hreflang="x-default" href="http://example.com/library/` + id + `"`, `hreflang="en" href="http://example.com/en/library/` + id + `/en"`,
			} {
				if !strings.Contains(body, want) {
					t.Errorf("no %s", want)
				}
			}
		})
		t.Run("a licence by its name has its address", func(t *testing.T) {
			for name, want := range map[string]string{
				"CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/", "cc-by-nc-sa 3.0": "https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC0": "",
				"CC 0": "https://creativecommons.org/publicdomain/zero/1.0/", "https://x.example/l": "https://x.example/l", "javascript:alert(1)": "", "All rights reserved": "", "CC": "", "https://x.example/>; rel=x": "",
			} {
				if got := licenceURL(name); got != want {
					t.Errorf("%q is %q", name, got)
				}
			}
		})
	})
}

// collected makes a collection that is open to a circle.
func (h inhabited) collected(title string, level access.Level) string {
	h.t.Helper()
	id, err := h.Library.Collect(h.t.Context(), access.System("test"), library.CollectionDraft{Titles: lang.Names{"en": title}, Label: access.Label{Level: level}})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func TestTheSitemap(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		one, secret := h.put("One", access.Public, "en", "ru"), h.put("Secret", access.Member, "en")
		shared, hers := h.collected("Shared", access.Public), h.collected("Hers", access.Member)
		v := h.signedIn("member@polis.example", access.MemberRole)
		index := v.get("/sitemap.xml").body
		if !strings.Contains(index, "/sitemap/collections.xml</loc>") {
			t.Error("the index names no collections")
		}
		part := regexp.MustCompile(`<loc>http://[^/<]*(/sitemap/documents.xml\?from=[^<]*)</loc>`).FindStringSubmatch(index)
		if part == nil {
			t.Fatal(index)
		}
		for name, body := range map[string]string{"index": index, "documents": v.get(part[1]).body, "pages": v.get("/sitemap/pages.xml").body, "collections": v.get("/sitemap/collections.xml").body} {
			if err := xml.NewDecoder(strings.NewReader(body)).Decode(&struct{}{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if name == "collections" && !strings.Contains(body, "/de/collections/"+shared+"</loc><lastmod>") {
				t.Error(body)
			}
			if strings.Contains(body, secret) || strings.Contains(body, hers) {
				t.Errorf("%s names what only members read", name)
			}
			if name == "documents" && (!strings.Contains(body, "/en/library/"+one+"/en</loc>") || !strings.Contains(body, "/ru/library/"+one+"/ru</loc>")) {
				t.Error(body)
			}
			if name == "pages" && !strings.Contains(body, "/es/themes/cybercrime</loc>") {
				t.Error("no themes")
			}
		}
		if got := v.get("/robots.txt").body; !strings.Contains(got, "/sitemap.xml") || !strings.Contains(got, "Disallow: /feeds/") {
			t.Error(got)
		}
	})
}

func TestTheFormForMoreExactQuestions(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		for form, want := range map[string]string{
			"go=1&q=patrol&all=two+words&phrase=joint+team&without=drugs+-arms": "/en/search?q=" + url.QueryEscape(`patrol "two" "words" "joint team" -drugs -arms`),
			"go=1&phrase=a+%22b%22+%C2%ABc%C2%BB":                               "/en/search?q=" + url.QueryEscape(`"a b c"`),
			"go=1&type=guide&type=study&theme=cybercrime&lang=ru":               "/en/library?lang=ru&theme=cybercrime&type=guide&type=study",
			"go=1&since=2011&to=2013":                                           "/en/library?year=2011&year=2012&year=2013",
			"go=1&from=Kyrgyzstan&level=member":                                 "/en/library?level=member&origin=KG",
			"go=1":                                                              "/en/library",
		} {
			got := ask(h.site, "GET", "/en/library/advanced?"+form)
			if got.Code != http.StatusSeeOther || got.Header().Get("Location") != want {
				t.Errorf("%s: %d %s, not %s", form, got.Code, got.Header().Get("Location"), want)
			}
		}
		for _, bad := range []string{"since=abc", "to=99999", "since=2020&to=2010", "since=1900&to=2020", "from=Atlantis"} {
			if got := ask(h.site, "GET", "/en/library/advanced?go=1&"+bad); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "govuk-error-message") {
				t.Error(bad, got.Code)
			}
		}
		if got := ask(h.site, "GET", "/de/library/advanced?q=Streife&type=guide&year=2012&year=2014&origin=KG").Body.String(); !strings.Contains(got, `value="Streife"`) ||
			!strings.Contains(got, `value="guide" checked`) || !strings.Contains(got, `value="2012"`) || !strings.Contains(got, `value="2014"`) || !strings.Contains(got, `value="Kirgisistan"`) {
			t.Error("what was asked is lost", got)
		}
	})
}
