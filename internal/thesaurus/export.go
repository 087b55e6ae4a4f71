package thesaurus

import (
	"bufio"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/thesaurus/rdf"
)

// Format is a way of writing SKOS down.
type Format string

// The formats, by the endings of their files.
const (
	Turtle Format = "ttl"
	RDFXML Format = "rdf"
	JSONLD Format = "jsonld"
)

// Formats lists all formats.
var Formats = []Format{Turtle, RDFXML, JSONLD}

// Media is the format's media type.
func (f Format) Media() string {
	return map[Format]string{Turtle: "text/turtle", RDFXML: "application/rdf+xml", JSONLD: "application/ld+json"}[f]
}

// writer writes SKOS in one format.
type writer interface {
	begin()
	scheme(Scheme)
	concept(c Concept, uri func(id string) string, scheme string)
	end()
}

func (f Format) writer(w *bufio.Writer) writer {
	switch f {
	case RDFXML:
		return xmlWriter{w}
	case JSONLD:
		return &jsonWriter{w: w}
	}
	return turtleWriter{w}
}

// Export writes the concepts of a vocabulary, or with "" of all of them.
func Export(ctx context.Context, q store.Reader, w io.Writer, f Format, scheme string) error {
	return export(ctx, q, w, f, scheme, All(ctx, q, scheme))
}

// ExportOne writes one concept.
func ExportOne(ctx context.Context, q store.Reader, w io.Writer, f Format, c Concept) error {
	return export(ctx, q, w, f, c.Scheme, func(yield func(Concept, error) bool) { yield(c, nil) })
}

func export(ctx context.Context, q store.Reader, w io.Writer, f Format, scheme string, concepts iter.Seq2[Concept, error]) error {
	schemes, err := Schemes(ctx, q)
	if err != nil {
		return err
	}
	rows, err := store.List[struct{ ID, URI string }](ctx, q, everything, "SELECT id, uri FROM concept WHERE {scope}")
	if err != nil {
		return err
	}
	uris := make(map[string]string, len(rows))
	for _, r := range rows {
		uris[r.ID] = r.URI
	}
	out := bufio.NewWriterSize(w, 64<<10)
	to := f.writer(out)
	to.begin()
	known := map[string]string{}
	for _, s := range schemes {
		if known[s.ID] = s.URI; scheme == "" || s.ID == scheme {
			to.scheme(s)
		}
	}
	for c, err := range concepts {
		if err != nil {
			return err
		}
		to.concept(c, func(id string) string { return uris[id] }, known[c.Scheme])
	}
	to.end()
	return out.Flush()
}

// statement is a predicate and an object, both as they are written: the
// predicate short, the object a URI, or a text in a language, or neither.
type statement struct {
	predicate string
	uri       string
	text      string
	lang      lang.Tag
	boolean   bool
}

var writtenAs = map[string]string{
	"pref": "skos:prefLabel", "alt": "skos:altLabel", "hidden": "skos:hiddenLabel",
	"definition": "skos:definition", "scope": "skos:scopeNote", "note": "skos:note", "example": "skos:example",
	"broader": "skos:broader", "related": "skos:related", "notation": "skos:notation",
	"match-exact": "skos:exactMatch", "match-close": "skos:closeMatch", "match-broad": "skos:broadMatch",
	"match-narrow": "skos:narrowMatch", "match-related": "skos:relatedMatch",
	"deprecated": "owl:deprecated", "replaced": "dct:isReplacedBy",
}

// writing is the order in which what is said of a concept is written.
var writing = []string{
	"skos:inScheme", "skos:topConceptOf", "skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "skos:notation", "skos:definition", "skos:scopeNote", "skos:note", "skos:example",
	"skos:broader", "skos:narrower", "skos:related", "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch", "owl:deprecated", "dct:isReplacedBy",
}

// statements are what the formats write of a concept.
func (c Concept) statements(uri func(id string) string, scheme string) []statement {
	list := []statement{{predicate: "skos:inScheme", uri: scheme}}
	if len(c.Broader) == 0 {
		list = append(list, statement{predicate: "skos:topConceptOf", uri: scheme})
	}
	for _, f := range c.facts() {
		s := statement{predicate: writtenAs[f.What]}
		switch {
		case f.What == "broader" || f.What == "related" || f.What == "replaced":
			s.uri = uri(f.Text)
		case strings.HasPrefix(f.What, "match-"):
			s.uri = f.Text
		default:
			s.text, s.lang, s.boolean = f.Text, f.Lang, f.What == "deprecated"
		}
		list = append(list, s)
	}
	for _, id := range c.Narrower {
		list = append(list, statement{predicate: "skos:narrower", uri: uri(id)})
	}
	slices.SortStableFunc(list, func(a, b statement) int {
		if a.predicate != b.predicate {
			return slices.Index(writing, a.predicate) - slices.Index(writing, b.predicate)
		}
		return slices.Index(lang.All, a.lang) - slices.Index(lang.All, b.lang)
	})
	return list
}

// turtleWriter writes Turtle. The buffer keeps the first error until Flush.
type turtleWriter struct{ w *bufio.Writer }

func (t turtleWriter) begin() {
	fmt.Fprintf(t.w, "@prefix rdf: <%s> .\n@prefix skos: <%s> .\n@prefix dct: <%s> .\n@prefix owl: <%s> .\n@prefix xsd: <%s> .\n", rdf.NS, skos, dcTerms, owl, rdf.XSD)
}

func (t turtleWriter) scheme(s Scheme) {
	fmt.Fprintf(t.w, "\n<%s> a skos:ConceptScheme ;\n  dct:title %s@en .\n", s.URI, quoted(s.Title))
}

func (t turtleWriter) concept(c Concept, uri func(string) string, scheme string) {
	fmt.Fprintf(t.w, "\n<%s> a skos:Concept", c.URI)
	last := ""
	for _, s := range c.statements(uri, scheme) {
		if s.predicate == last {
			_, _ = t.w.WriteString(", ")
		} else {
			fmt.Fprintf(t.w, " ;\n  %s ", s.predicate)
		}
		last = s.predicate
		switch {
		case s.uri != "":
			fmt.Fprintf(t.w, "<%s>", s.uri)
		case s.boolean:
			_, _ = t.w.WriteString(s.text)
		case s.lang != "":
			fmt.Fprintf(t.w, "%s@%s", quoted(s.text), s.lang)
		default:
			_, _ = t.w.WriteString(quoted(s.text))
		}
	}
	_, _ = t.w.WriteString(" .\n")
}

func (t turtleWriter) end() {}

var turtleEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func quoted(s string) string { return `"` + turtleEscapes.Replace(s) + `"` }

// xmlWriter writes RDF/XML.
type xmlWriter struct{ w *bufio.Writer }

func (x xmlWriter) begin() {
	fmt.Fprintf(x.w, "%s<rdf:RDF xmlns:rdf=%q xmlns:skos=%q xmlns:dct=%q xmlns:owl=%q>\n", xml.Header, rdf.NS, skos, dcTerms, owl)
}

func (x xmlWriter) scheme(s Scheme) {
	fmt.Fprintf(x.w, "  <skos:ConceptScheme rdf:about=\"%s\">\n    <dct:title xml:lang=\"en\">%s</dct:title>\n  </skos:ConceptScheme>\n", escaped(s.URI), escaped(s.Title))
}

func (x xmlWriter) concept(c Concept, uri func(string) string, scheme string) {
	fmt.Fprintf(x.w, "  <skos:Concept rdf:about=\"%s\">\n", escaped(c.URI))
	for _, s := range c.statements(uri, scheme) {
		switch {
		case s.uri != "":
			fmt.Fprintf(x.w, "    <%s rdf:resource=\"%s\"/>\n", s.predicate, escaped(s.uri))
		case s.boolean:
			fmt.Fprintf(x.w, "    <%s rdf:datatype=\"%sboolean\">%s</%s>\n", s.predicate, rdf.XSD, s.text, s.predicate)
		case s.lang != "":
			fmt.Fprintf(x.w, "    <%s xml:lang=\"%s\">%s</%s>\n", s.predicate, s.lang, escaped(s.text), s.predicate)
		default:
			fmt.Fprintf(x.w, "    <%s>%s</%s>\n", s.predicate, escaped(s.text), s.predicate)
		}
	}
	_, _ = x.w.WriteString("  </skos:Concept>\n")
}

func (x xmlWriter) end() { _, _ = x.w.WriteString("</rdf:RDF>\n") }

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// jsonWriter writes JSON-LD: one object a concept, its texts by language.
type jsonWriter struct {
	w    *bufio.Writer
	more bool
}

func (j *jsonWriter) begin() {
	byLang, link := func(p string) any { return map[string]any{"@id": "skos:" + p, "@container": "@language"} }, func(p string) any { return map[string]any{"@id": p, "@type": "@id"} }
	context := map[string]any{"skos": skos, "dct": dcTerms, "owl": owl, "id": "@id", "type": "@type", "notation": "skos:notation", "deprecated": "owl:deprecated", "title": "dct:title", "isReplacedBy": link("dct:isReplacedBy")}
	for _, p := range writing {
		name, inSKOS := strings.CutPrefix(p, "skos:")
		switch {
		case !inSKOS || name == "notation":
		case strings.HasSuffix(name, "Label") || slices.Contains([]string{"definition", "scopeNote", "note", "example"}, name):
			context[name] = byLang(name)
		default:
			context[name] = link(p)
		}
	}
	fmt.Fprintf(j.w, "{\"@context\": %s,\n\"@graph\": [", store.JSON(context))
}

func (j *jsonWriter) item(v any) {
	if j.more {
		_ = j.w.WriteByte(',')
	}
	j.more = true
	_ = j.w.WriteByte('\n')
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // of maps of texts
	}
	_, _ = j.w.Write(text)
}

func (j *jsonWriter) scheme(s Scheme) {
	j.item(map[string]any{"id": s.URI, "type": "skos:ConceptScheme", "title": s.Title})
}

func (j *jsonWriter) concept(c Concept, uri func(string) string, scheme string) {
	item := map[string]any{"id": c.URI, "type": "skos:Concept"}
	for _, s := range c.statements(uri, scheme) {
		_, name, _ := strings.Cut(s.predicate, ":")
		switch {
		case s.uri != "":
			links, _ := item[name].([]string)
			item[name] = append(links, s.uri)
		case s.lang != "":
			texts, _ := item[name].(map[lang.Tag][]string)
			if texts == nil {
				texts = map[lang.Tag][]string{}
			}
			texts[s.lang] = append(texts[s.lang], s.text)
			item[name] = texts
		case s.boolean:
			item[name] = true
		default:
			item[name] = s.text
		}
	}
	j.item(item)
}

func (j *jsonWriter) end() { _, _ = j.w.WriteString("\n]}\n") }
