package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/cite"
	"polis/internal/lang"
	"polis/internal/library"
)

// What programs are told of a document, beside its page: links in the answer's
// head (Signposting, RFC 8288), the same as a link set (RFC 9264), schema.org and
// Dublin Core in the page. Nothing in it is more than the page itself shows.

// portrait is a document as programs are told of it.
type portrait struct {
	wording
	base string // where the pages stand
	rec  library.Record
	ed   library.Edition
}

// signpost is a link of the answer's head.
type signpost struct {
	Rel, Href, Type, Lang string
}

// schemaTypes are schema.org's words for what our types of document are.
var schemaTypes = map[string]string{
	"decision": "Legislation", "legislation": "Legislation", "strategy": "Report", "guide": "Guide", "training-material": "LearningResource",
	"curriculum": "Syllabus", "checklist": "Guide", "good-practice": "Report", "study": "Report", "report": "Report",
}

func (d portrait) schemaType() string {
	if t := schemaTypes[d.rec.Kind]; t != "" {
		return t
	}
	return "DigitalDocument"
}

// address is the document's own, and that of one of its language versions.
func (d portrait) address() string           { return d.base + "/library/" + d.rec.ID }
func (d portrait) version(t lang.Tag) string { return d.base + edPath(d.rec.ID, t) }
func (d portrait) reference(ext string) string {
	return d.base + "/library/" + d.rec.ID + "/cite." + ext + "?lang=" + string(d.ed.Lang)
}

// edPath leads to a text in the pages of its own language, where it has one.
func edPath(id string, t lang.Tag) string {
	if t == "" {
		return library.Path(id, t)
	}
	return "/" + string(t) + library.Path(id, t)
}

// signposts lead from the page to what belongs to it.
func (d portrait) signposts() []signpost {
	list := []signpost{
		{Rel: "cite-as", Href: d.address()},
		{Rel: "type", Href: "https://schema.org/AboutPage"},
		{Rel: "type", Href: "https://schema.org/" + d.schemaType()},
	}
	if d.rec.Origin != "" {
		list = append(list, signpost{Rel: "author", Href: d.base + "/directory/" + url.PathEscape(d.rec.Origin)})
	}
	if l := licenceURL(d.rec.Licence); l != "" {
		list = append(list, signpost{Rel: "license", Href: l})
	}
	for _, f := range cite.Formats {
		media, _, _ := strings.Cut(f.Media, ";")
		list = append(list, signpost{Rel: "describedby", Href: d.reference(f.Ext), Type: media})
	}
	for _, e := range d.rec.Editions {
		if e.Version.File != "" {
			list = append(list, signpost{Rel: "item", Href: d.base + "/files/" + e.Version.ID, Type: mediaOf(e), Lang: string(e.Lang)})
		}
	}
	return list
}

func mediaOf(e library.Edition) string {
	media, _, _ := strings.Cut(e.Version.Media, ";")
	return media
}

// licenceURL is the address of a licence that is known by its name or is an
// address itself, else "".
func licenceURL(name string) string {
	name = strings.TrimSpace(name)
	if u, err := url.Parse(name); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && !strings.ContainsAny(name, " <>\"") {
		return name
	}
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.ReplaceAll(name, "-", " ")), "CC ")
	if !ok {
		return ""
	}
	words := strings.Fields(rest)
	if len(words) == 0 || words[0] == "0" || words[0] == "ZERO" {
		return "https://creativecommons.org/publicdomain/zero/1.0/"
	}
	version := "4.0"
	if last := words[len(words)-1]; slices.Contains([]string{"1.0", "2.0", "2.5", "3.0", "4.0"}, last) {
		version, words = last, words[:len(words)-1]
	}
	kind := strings.ToLower(strings.Join(words, "-"))
	if slices.Contains([]string{"by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"}, kind) {
		return "https://creativecommons.org/licenses/" + kind + "/" + version + "/"
	}
	return ""
}

// header is the links as one Link header; the link set says the same and more.
func (d portrait) header() string {
	var b strings.Builder
	for _, s := range append(d.signposts(), signpost{Rel: "linkset", Href: d.address() + "/linkset.json", Type: linksetMedia}) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString("<" + s.Href + ">; rel=\"" + s.Rel + "\"")
		if s.Type != "" {
			b.WriteString("; type=\"" + s.Type + "\"")
		}
		if s.Lang != "" {
			b.WriteString("; hreflang=\"" + s.Lang + "\"")
		}
	}
	return b.String()
}

const linksetMedia = "application/linkset+json"

// linkset answers with the links of a document as JSON.
func (h *House) linkset(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	d := portrait{wording: words, base: h.origin(r), rec: rec, ed: rec.Edition(LangOf(r))}
	context := map[string]any{"anchor": d.address()}
	for _, s := range d.signposts() {
		target := map[string]any{"href": s.Href}
		if s.Type != "" {
			target["type"] = s.Type
		}
		if s.Lang != "" {
			target["hreflang"] = []string{s.Lang}
		}
		have, _ := context[s.Rel].([]any)
		context[s.Rel] = append(have, target)
	}
	return sendJSON(w, r, map[string]any{"linkset": []any{context}}, linksetMedia)
}

// schema is the document in the words of schema.org. It stands in the page as a
// block of data, which no browser runs and no policy has to allow.
func (d portrait) schema() map[string]any {
	m := map[string]any{
		"@context": "https://schema.org", "@type": d.schemaType(), "@id": d.address(), "url": d.version(d.ed.Lang), "name": d.ed.Title,
		"dateCreated": d.rec.Created.UTC().Format("2006-01-02"), "dateModified": d.rec.Updated.UTC().Format("2006-01-02"),
		"isAccessibleForFree": d.rec.Level == access.Public, "genre": d.kind(d.rec.Kind),
	}
	set := func(name, value string) {
		if value != "" {
			m[name] = value
		}
	}
	set("description", d.ed.Summary)
	set("inLanguage", string(d.ed.Lang))
	set("identifier", d.rec.Symbol)
	set("datePublished", d.rec.Dated)
	set("license", licenceURL(d.rec.Licence))
	set("version", d.ed.Version.Mark)
	if words := d.rec.Keywords[d.ed.Lang]; len(words) > 0 {
		m["keywords"] = words
	}
	if d.rec.Origin != "" {
		m["author"] = map[string]any{
			"@type": "Organization", "@id": d.base + "/directory/" + url.PathEscape(d.rec.Origin), "name": d.names.Name(d.rec.Origin, d.rec.Dated, d.Lang),
		}
	}
	var about, other []any
	for _, id := range d.rec.Themes {
		about = append(about, map[string]any{"@type": "DefinedTerm", "termCode": id, "name": d.value("theme", id), "url": d.base + "/themes/" + id})
	}
	for _, e := range d.rec.Editions {
		if e.ID != d.ed.ID {
			other = append(other, map[string]any{"@type": d.schemaType(), "name": e.Title, "inLanguage": string(e.Lang), "url": d.version(e.Lang)})
		}
	}
	if about != nil {
		m["about"] = about
	}
	if other != nil {
		m["workTranslation"] = other
	}
	if d.ed.Version.File != "" {
		m["encoding"] = map[string]any{"@type": "MediaObject", "contentUrl": d.base + "/files/" + d.ed.Version.ID, "encodingFormat": mediaOf(d.ed)}
	}
	return m
}

// Named is a value of a page's head under a name.
type Named struct{ Name, Value, Lang string }

// dublinCore are the elements of Dublin Core that the document has.
func (d portrait) dublinCore() []Named {
	var list []Named
	add := func(name string, t lang.Tag, values ...string) {
		for _, v := range values {
			if v != "" {
				list = append(list, Named{"DC." + name, v, string(t)})
			}
		}
	}
	add("title", d.ed.Lang, d.ed.Title)
	add("identifier", "", d.address(), d.rec.Symbol)
	if d.rec.Origin != "" {
		add("creator", d.Lang, d.names.Name(d.rec.Origin, d.rec.Dated, d.Lang))
	}
	add("date", "", d.rec.Dated)
	add("type", d.Lang, d.kind(d.rec.Kind))
	add("language", "", string(d.ed.Lang))
	add("description", d.ed.Lang, d.ed.Summary)
	add("rights", "", d.rec.Licence)
	add("format", "", mediaOf(d.ed))
	for _, id := range d.rec.Themes {
		add("subject", d.Lang, d.value("theme", id))
	}
	add("subject", d.ed.Lang, d.rec.Keywords[d.ed.Lang]...)
	return list
}

// describe puts all of it around the page.
func (d portrait) describe(f *Frame) {
	f.Link, f.Schema, f.Elements = d.header(), d.schema(), d.dublinCore()
	f.Canonical = d.version(d.ed.Lang)
	f.Alternates = []LanguageLink{{Tag: "x-default", URL: d.address()}}
	for _, e := range d.rec.Editions {
		if e.Lang != "" {
			f.Alternates = append(f.Alternates, LanguageLink{Tag: e.Lang, URL: d.version(e.Lang)})
		}
	}
}
