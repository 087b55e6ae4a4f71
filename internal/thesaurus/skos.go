package thesaurus

import (
	"bufio"
	"bytes"
	"io"
	"iter"
	"strings"
	"unicode"

	"polis/internal/lang"
	"polis/internal/thesaurus/rdf"
)

// Namespaces of what is exchanged.
const (
	skos    = "http://www.w3.org/2004/02/skos/core#"
	skosXL  = "http://www.w3.org/2008/05/skos-xl#"
	dcTerms = "http://purl.org/dc/terms/"
	dcOld   = "http://purl.org/dc/elements/1.1/"
	owl     = "http://www.w3.org/2002/07/owl#"
	rdfs    = "http://www.w3.org/2000/01/rdf-schema#"
)

// The most that one file may hold, and the longest texts, in letters.
const (
	maxConcepts = 200_000
	maxFacts    = 5_000_000
	maxLabel    = 300
	maxNote     = 4000
	maxURI      = 1000
)

// TooBig is the fault of a file with more than a vocabulary has.
const TooBig = "big"

// predicates are what a statement with this predicate says of its concept.
var predicates = map[string]string{
	skos + "prefLabel": "pref", skos + "altLabel": "alt", skos + "hiddenLabel": "hidden",
	skosXL + "prefLabel": "xl-pref", skosXL + "altLabel": "xl-alt", skosXL + "hiddenLabel": "xl-hidden",
	skos + "definition": "definition", skos + "scopeNote": "scope", skos + "note": "note", skos + "example": "example",
	skos + "broader": "broader", skos + "narrower": "narrower", skos + "related": "related",
	skos + "broaderGeneric": "broader", skos + "broaderPartitive": "broader",
	skos + "inScheme": "scheme", skos + "topConceptOf": "scheme", skos + "hasTopConcept": "top",
	skos + "exactMatch": "match-exact", skos + "closeMatch": "match-close", skos + "broadMatch": "match-broad",
	skos + "narrowMatch": "match-narrow", skos + "relatedMatch": "match-related",
	skos + "notation": "notation", owl + "deprecated": "deprecated", dcTerms + "isReplacedBy": "replaced",
	dcTerms + "title": "title", dcOld + "title": "title", rdfs + "label": "title",
	rdf.Type: "type", rdf.Value: "text", skosXL + "literalForm": "text",
}

// said is a statement about a node, as far as it matters here.
type said struct {
	what string
	lang lang.Tag
	text string
	node bool // text names another node
}

// node is a subject of the file.
type node struct {
	name   string
	line   int // of its first statement
	facts  []said
	scheme bool
	thing  bool // a concept, by its type
}

// sheet is a SKOS file, read.
type sheet struct {
	nodes   map[string]*node
	order   []*node
	facts   int
	foreign int // labels and notes in other languages than the six
}

// sniff tells the two formats apart by their first signs.
func sniff(r io.Reader) iter.Seq2[rdf.Triple, error] {
	in := bufio.NewReaderSize(r, 4096)
	head, _ := in.Peek(1024)
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n")
	for _, mark := range []string{"<?xml", "<!--", "<!DOCTYPE", "<rdf:RDF", "<RDF"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return rdf.XML(in)
		}
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return rdf.XML(in)
	}
	return rdf.Turtle(in)
}

// readSKOS gathers what a file says of each node. After a fault nothing of it is
// of use.
func readSKOS(triples iter.Seq2[rdf.Triple, error]) (*sheet, error) {
	s := &sheet{nodes: map[string]*node{}}
	for t, err := range triples {
		if err != nil {
			return nil, err
		}
		if err := s.add(t); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// nameOf tells blank nodes from IRIs.
func nameOf(t rdf.Term) string {
	if t.Kind == rdf.Blank {
		return "_:" + t.Value
	}
	return t.Value
}

func (s *sheet) add(t rdf.Triple) error {
	what, ok := predicates[t.Predicate]
	if !ok {
		return nil
	}
	name := nameOf(t.Subject)
	if what == "type" {
		s.classify(name, t)
		return nil
	}
	f := said{what: what, text: t.Object.Value, node: t.Object.Kind != rdf.Literal}
	if f.node {
		f.text = nameOf(t.Object)
	} else if !s.speaks(&f, t.Object) {
		return nil
	}
	n := s.node(name, t.Line)
	if s.facts++; s.facts > maxFacts || len(s.nodes) > 5*maxConcepts {
		return &rdf.Fault{Line: t.Line, What: TooBig}
	}
	n.facts = append(n.facts, f)
	return nil
}

// speaks sets the language of a text, and reports whether it is one that is kept.
func (s *sheet) speaks(f *said, o rdf.Term) bool {
	if f.what == "notation" || f.what == "deprecated" {
		return true
	}
	t, ok := lang.Base(o.Lang)
	if f.what == "title" {
		f.lang = t
		return ok || o.Lang == ""
	}
	if !ok {
		s.foreign++
		return false
	}
	f.lang = t
	return true
}

func (s *sheet) classify(name string, t rdf.Triple) {
	switch t.Object.Value {
	case skos + "Concept":
		s.node(name, t.Line).thing = true
	case skos + "ConceptScheme":
		s.node(name, t.Line).scheme = true
	}
}

func (s *sheet) node(name string, line int) *node {
	n := s.nodes[name]
	if n == nil {
		n = &node{name: name, line: line}
		s.nodes[name] = n
		s.order = append(s.order, n)
	}
	return n
}

// drafts are the concepts of the file, each with its facts: those of relations
// name URIs. Narrower is turned around; what is related is so both ways.
func (s *sheet) drafts() []*draft {
	var list []*draft
	byURI := map[string]*draft{}
	for _, n := range s.order {
		if n.scheme || !n.thing || strings.HasPrefix(n.name, "_:") {
			continue
		}
		d := s.draft(n)
		byURI[n.name] = d
		list = append(list, d)
	}
	for _, n := range s.order {
		for _, f := range n.facts {
			if d := byURI[n.name]; d != nil && f.node {
				d.relate(f, byURI[f.text])
			}
			if d := byURI[f.text]; n.scheme && f.what == "top" && d != nil {
				d.schemes = append(d.schemes, n.name)
			}
		}
	}
	return list
}

// draft is a concept of a file.
type draft struct {
	uri     string
	line    int
	schemes []string
	facts   []fact
	id      string // in the tables, when it is known
}

func (d *draft) say(what string, t lang.Tag, text string) {
	d.facts = append(d.facts, fact{what, t, text})
}

// relate takes a statement that leads to another node; to is the concept there,
// or nil.
func (d *draft) relate(f said, to *draft) {
	switch {
	case f.what == "scheme":
		d.schemes = append(d.schemes, f.text)
	case strings.HasPrefix(f.what, "match-"):
		d.say(f.what, "", f.text)
	case f.what == "narrower" && to != nil:
		to.say("broader", "", d.uri)
	case f.what == "broader", f.what == "replaced":
		d.say(f.what, "", f.text)
	case f.what == "related":
		d.say("related", "", f.text)
		if to != nil {
			to.say("related", "", d.uri)
		}
	}
}

// draft takes the labels and notes of a node. Labels of SKOS-XL count where the
// node has no plain one of the kind in the language.
func (s *sheet) draft(n *node) *draft {
	d := &draft{uri: n.name, line: n.line}
	plain := map[said]bool{}
	for _, f := range n.facts {
		if !f.node {
			plain[said{what: f.what, lang: f.lang}] = true
			d.literal(f)
		}
	}
	for _, f := range n.facts {
		if !f.node || s.nodes[f.text] == nil {
			continue
		}
		kind, xl := strings.CutPrefix(f.what, "xl-")
		if _, note := noteKinds[kind]; !xl && !note {
			continue
		}
		for _, text := range s.nodes[f.text].facts {
			if text.what == "text" && !(xl && plain[said{what: kind, lang: text.lang}]) {
				d.literal(said{what: kind, lang: text.lang, text: text.text})
			}
		}
	}
	d.preferOne()
	return d
}

var noteKinds = map[string]NoteKind{"definition": Definition, "scope": ScopeNote, "note": Remark, "example": Example}

// literal takes a label, a note, a notation.
func (d *draft) literal(f said) {
	switch f.what {
	case "pref", "alt", "hidden":
		if text := line(f.text); text != "" {
			d.say(f.what, f.lang, cut(text, maxLabel))
		}
	case "definition", "scope", "note", "example":
		if text := paragraph(f.text); text != "" {
			d.say(f.what, f.lang, cut(text, maxNote))
		}
	case "notation":
		if text := line(f.text); text != "" {
			d.say(f.what, "", cut(text, maxLabel))
		}
	case "deprecated":
		if f.text == "true" || f.text == "1" {
			d.say("deprecated", "", "true")
		}
	}
}

// preferOne makes every preferred label of a language but the first another
// one: British and American English come as two. It keeps one definition and one
// notation.
func (d *draft) preferOne() {
	has := map[fact]bool{}
	for i, f := range d.facts {
		slot := f.slot()
		if slot.Text != "" {
			continue
		}
		switch {
		case !has[slot]:
			has[slot] = true
		case f.What == string(Pref):
			d.facts[i].What = string(Alt)
		case f.What == string(Definition):
			d.facts[i].What = string(Remark)
		default:
			d.facts[i].Text = ""
		}
	}
	kept := d.facts[:0]
	for _, f := range d.facts {
		if f.Text != "" {
			kept = append(kept, f)
		}
	}
	d.facts = kept
}

// labelled reports whether the draft has a preferred label.
func (d *draft) labelled() bool {
	for _, f := range d.facts {
		if f.What == string(Pref) {
			return true
		}
	}
	return false
}

// line makes one line of a text, free of what is no text.
func line(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }

// paragraph is a text free of what is no text; its lines stay.
func paragraph(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = line(l)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
