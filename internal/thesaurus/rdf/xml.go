package rdf

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// XML reads a file in RDF/XML 1.1. Entities that a file declares for itself are
// understood where they are short and plain, as ontologies use them for
// namespaces; others are a fault: they are how XML is made to explode, or to
// fetch what lies elsewhere. After an error, a *Fault or the reader's own, it
// ends.
func XML(r io.Reader) iter.Seq2[Triple, error] {
	return func(yield func(Triple, error) bool) {
		x := newXML(r, yield)
		if err := x.document(); err != nil && !errors.Is(err, errEnough) {
			yield(Triple{}, err)
		}
	}
}

// xmlReader reads one file.
type xmlReader struct {
	dec    *xml.Decoder
	meter  *meter
	yield  func(Triple, error) bool
	blanks int
	depth  int
}

// setting is what an element hands down to those inside it.
type setting struct {
	base *url.URL
	lang string
	list int // of the items rdf:li that its node had
}

const xmlNS = "http://www.w3.org/XML/1998/namespace"

func newXML(r io.Reader, yield func(Triple, error) bool) *xmlReader {
	x := &xmlReader{meter: &meter{in: r, left: maxLiteral}, yield: yield}
	x.dec = xml.NewDecoder(x.meter)
	x.dec.Entity = map[string]string{}
	x.dec.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		enc, err := htmlindex.Get(name)
		if err != nil {
			return nil, x.fault(Encoding, near(name))
		}
		return enc.NewDecoder().Reader(in), nil
	}
	return x
}

// meter bounds how much one token may take: the decoder gathers it whole.
type meter struct {
	in   io.Reader
	left int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, &Fault{What: Long}
	}
	n, err := m.in.Read(p[:min(len(p), 4096)])
	m.left -= n
	return n, err
}

func (x *xmlReader) fault(what, near string) error {
	line, _ := x.dec.InputPos()
	return &Fault{Line: line, What: what, Near: near}
}

// token reads on, over comments and instructions; nil at the end of the file.
func (x *xmlReader) token() (xml.Token, error) {
	for {
		x.meter.left = maxLiteral
		tok, err := x.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, x.broken(err)
		}
		switch tok := tok.(type) {
		case xml.Comment, xml.ProcInst:
		case xml.Directive:
			if err := x.declare(string(tok)); err != nil {
				return nil, err
			}
		default:
			return tok, nil
		}
	}
}

// broken tells what the decoder complains of.
func (x *xmlReader) broken(err error) error {
	line, _ := x.dec.InputPos()
	var fault *Fault
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &fault):
		return &Fault{Line: line, What: fault.What, Near: fault.Near}
	case errors.As(err, &syntax):
		return &Fault{Line: syntax.Line, What: complaint(syntax.Msg), Near: near(syntax.Msg)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Fault{Line: line, What: Ended}
	case strings.HasPrefix(err.Error(), "xml:"): // an encoding that is not known, a version
		return &Fault{Line: line, What: Encoding, Near: near(err.Error())}
	}
	return fmt.Errorf("rdf: read: %w", err)
}

func complaint(msg string) string {
	switch {
	case strings.Contains(msg, "unexpected EOF"):
		return Ended
	case strings.Contains(msg, "UTF-8"):
		return Encoding
	case strings.Contains(msg, "entity"):
		return Entity
	}
	return Syntax
}

var (
	entityPattern = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"]*)"|'([^']*)')\s*>`)
	entityMark    = regexp.MustCompile(`<!ENTITY`)
	outside       = regexp.MustCompile(`^DOCTYPE\s+\S+\s+(?:SYSTEM|PUBLIC)`)
)

// maxEntity is how long an entity may be: with the limit on tokens it bounds to
// what a text can grow.
const maxEntity = 256

// declare takes the entities of a document type declaration.
func (x *xmlReader) declare(directive string) error {
	found := entityPattern.FindAllStringSubmatch(directive, -1)
	if len(found) != len(entityMark.FindAllString(directive, -1)) || len(found) > maxNames || outside.MatchString(directive) {
		return x.fault(Entity, "")
	}
	for _, e := range found {
		value := e[2] + e[3]
		if len(value) > maxEntity || strings.ContainsAny(value, "&%<") {
			return x.fault(Entity, near(e[1]))
		}
		x.dec.Entity[e[1]] = value
	}
	return nil
}

// document reads rdf:RDF with its nodes, or one node alone.
func (x *xmlReader) document() error {
	root, err := x.element()
	if err != nil {
		return err
	}
	if root == nil {
		return x.fault(NoRDF, "")
	}
	set, err := x.inside(setting{}, root.Attr)
	if err != nil {
		return err
	}
	if root.Name.Space != NS || root.Name.Local != "RDF" {
		if root.Name.Space == "" || !described(root) {
			return x.fault(NoRDF, near(root.Name.Local))
		}
		_, err := x.node(*root, setting{})
		return err
	}
	for {
		el, err := x.element()
		if err != nil || el == nil {
			return err
		}
		if _, err := x.node(*el, set); err != nil {
			return err
		}
	}
}

// described reports whether a lone root is a node: it says of what it speaks.
func described(root *xml.StartElement) bool {
	for _, a := range root.Attr {
		if a.Name.Space == NS {
			return true
		}
	}
	return root.Name.Space == NS && root.Name.Local == "Description"
}

// element reads to the next element, or to the end of the one around it: nil.
// Text between is a fault.
func (x *xmlReader) element() (*xml.StartElement, error) {
	for {
		tok, err := x.token()
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			return &tok, nil
		case xml.CharData:
			if text := strings.TrimSpace(string(tok)); text != "" {
				return nil, x.fault(Syntax, near(text))
			}
		default: // an end, of the element or of the file
			return nil, nil
		}
	}
}

// inside is what holds within an element with these attributes.
func (x *xmlReader) inside(set setting, attrs []xml.Attr) (setting, error) {
	set.list = 0
	for _, a := range attrs {
		if a.Name.Space != xmlNS && a.Name.Space != "xml" {
			continue
		}
		switch a.Name.Local {
		case "lang":
			set.lang = strings.ToLower(a.Value)
		case "base":
			base, err := url.Parse(a.Value)
			if err != nil {
				return set, x.fault(Address, near(a.Value))
			}
			base.Fragment = ""
			set.base = base
		}
	}
	return set, nil
}

func (x *xmlReader) blank() Term {
	x.blanks++
	return Term{Kind: Blank, Value: "." + strconv.Itoa(x.blanks)}
}

func (x *xmlReader) say(subject Term, predicate string, object Term) error {
	line, _ := x.dec.InputPos()
	if !x.yield(Triple{subject, predicate, object, line}, nil) {
		return errEnough
	}
	return nil
}

func (x *xmlReader) resolve(set setting, ref string) (Term, error) {
	iri, ok := resolve(set.base, strings.TrimSpace(ref))
	if !ok || len(iri) > maxName || !utf8.ValidString(iri) {
		return Term{}, x.fault(Address, near(ref))
	}
	return Term{Kind: IRI, Value: iri}, nil
}

// node reads a node element to its end.
func (x *xmlReader) node(el xml.StartElement, outer setting) (Term, error) {
	if x.depth++; x.depth > maxDepth {
		return Term{}, x.fault(Deep, "")
	}
	defer func() { x.depth-- }()
	set, err := x.inside(outer, el.Attr)
	if err != nil {
		return Term{}, err
	}
	subject, err := x.subject(el, set)
	if err != nil {
		return Term{}, err
	}
	if el.Name.Space == "" {
		return Term{}, x.fault(Syntax, near(el.Name.Local))
	}
	if kind := el.Name.Space + el.Name.Local; kind != NS+"Description" {
		if err := x.say(subject, Type, Term{Kind: IRI, Value: kind}); err != nil {
			return Term{}, err
		}
	}
	if err := x.attributes(subject, el, set); err != nil {
		return Term{}, err
	}
	for {
		el, err := x.element()
		if err != nil || el == nil {
			return subject, err
		}
		if err := x.property(subject, *el, &set); err != nil {
			return Term{}, err
		}
	}
}

// subject is of what a node element speaks.
func (x *xmlReader) subject(el xml.StartElement, set setting) (Term, error) {
	for _, a := range el.Attr {
		if a.Name.Space != NS {
			continue
		}
		switch a.Name.Local {
		case "about":
			return x.resolve(set, a.Value)
		case "ID":
			return x.resolve(set, "#"+a.Value)
		case "nodeID":
			return Term{Kind: Blank, Value: a.Value}, nil
		}
	}
	return x.blank(), nil
}

// grammar are the attributes that are no properties.
var grammar = map[string]bool{"about": true, "ID": true, "nodeID": true, "resource": true, "datatype": true, "parseType": true}

// attributes says the properties that stand as attributes.
func (x *xmlReader) attributes(subject Term, el xml.StartElement, set setting) error {
	for _, a := range el.Attr {
		space := a.Name.Space
		if space == "" || space == xmlNS || space == "xml" || space == "xmlns" || space == NS && grammar[a.Name.Local] {
			continue
		}
		object := Term{Kind: Literal, Value: a.Value, Lang: set.lang}
		if space+a.Name.Local == Type {
			var err error
			if object, err = x.resolve(set, a.Value); err != nil {
				return err
			}
		}
		if err := x.say(subject, space+a.Name.Local, object); err != nil {
			return err
		}
	}
	return nil
}
