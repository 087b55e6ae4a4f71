package rdf

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// property reads a property element of the subject to its end.
func (x *xmlReader) property(subject Term, el xml.StartElement, outer *setting) error {
	set, err := x.inside(*outer, el.Attr)
	if err != nil {
		return err
	}
	predicate := el.Name.Space + el.Name.Local
	switch {
	case el.Name.Space == "":
		return x.fault(Syntax, near(el.Name.Local))
	case predicate == NS+"li":
		outer.list++
		predicate = NS + "_" + strconv.Itoa(outer.list)
	}
	var object Term
	attrs := grammarOf(el)
	switch {
	case attrs["parseType"] == "Resource":
		object, err = x.nested(set)
	case attrs["parseType"] == "Collection":
		object, err = x.list(set)
	case attrs["parseType"] != "": // of XML as it is nothing is kept
		return x.skip()
	default:
		var done bool
		if object, done, err = x.referred(el, attrs, set); err == nil && !done {
			object, err = x.content(attrs["datatype"], set)
		}
	}
	if err != nil {
		return err
	}
	return x.say(subject, predicate, object)
}

// grammarOf are the attributes of RDF's own.
func grammarOf(el xml.StartElement) map[string]string {
	m := map[string]string{}
	for _, a := range el.Attr {
		if a.Name.Space == NS {
			m[a.Name.Local] = a.Value
		}
	}
	return m
}

// referred is the object that the attributes of a property name or describe;
// done is false where they do neither.
func (x *xmlReader) referred(el xml.StartElement, attrs map[string]string, set setting) (object Term, done bool, err error) {
	if iri, ok := attrs["resource"]; ok {
		object, err = x.resolve(set, iri)
	} else if name, ok := attrs["nodeID"]; ok {
		object = Term{Kind: Blank, Value: name}
	} else if !describes(el) {
		return Term{}, false, nil
	} else {
		object = x.blank()
	}
	if err != nil {
		return Term{}, false, err
	}
	if err := x.attributes(object, el, set); err != nil {
		return Term{}, false, err
	}
	inner, err := x.element()
	if err == nil && inner != nil {
		err = x.fault(Syntax, near(inner.Name.Local))
	}
	return object, true, err
}

// describes reports whether an element has properties as attributes.
func describes(el xml.StartElement) bool {
	for _, a := range el.Attr {
		if s := a.Name.Space; s != "" && s != xmlNS && s != "xml" && s != "xmlns" && (s != NS || !grammar[a.Name.Local]) {
			return true
		}
	}
	return false
}

// content reads a property's text, or the one node inside it.
func (x *xmlReader) content(datatype string, set setting) (Term, error) {
	var text strings.Builder
	for {
		tok, err := x.token()
		if err != nil {
			return Term{}, err
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text.Write(tok)
			if text.Len() > maxLiteral {
				return Term{}, x.fault(Long, near(text.String()))
			}
		case xml.StartElement:
			if s := strings.TrimSpace(text.String()); s != "" {
				return Term{}, x.fault(Syntax, near(s))
			}
			object, err := x.node(tok, set)
			if err != nil {
				return Term{}, err
			}
			more, err := x.element()
			if err == nil && more != nil {
				err = x.fault(Syntax, near(more.Name.Local))
			}
			return object, err
		case xml.EndElement:
			object := Term{Kind: Literal, Value: text.String(), Lang: set.lang}
			if datatype != "" {
				kind, err := x.resolve(set, datatype)
				if err != nil {
					return Term{}, err
				}
				object.Lang, object.Type = "", kind.Value
			}
			return object, nil
		default:
			return Term{}, x.fault(Ended, "")
		}
	}
}

// nested reads the properties of a node without a name.
func (x *xmlReader) nested(set setting) (Term, error) {
	if x.depth++; x.depth > maxDepth {
		return Term{}, x.fault(Deep, "")
	}
	defer func() { x.depth-- }()
	node := x.blank()
	for {
		el, err := x.element()
		if err != nil || el == nil {
			return node, err
		}
		if err := x.property(node, *el, &set); err != nil {
			return Term{}, err
		}
	}
}

// list reads the nodes of a collection.
func (x *xmlReader) list(set setting) (Term, error) {
	head, last := Term{Kind: IRI, Value: Nil}, Term{}
	for {
		el, err := x.element()
		if err != nil {
			return Term{}, err
		}
		if el == nil {
			break
		}
		item, err := x.node(*el, set)
		if err != nil {
			return Term{}, err
		}
		link := x.blank()
		if last.Value == "" {
			head = link
		} else if err := x.say(last, Rest, link); err != nil {
			return Term{}, err
		}
		if err := x.say(link, First, item); err != nil {
			return Term{}, err
		}
		last = link
	}
	if last.Value == "" {
		return head, nil
	}
	return head, x.say(last, Rest, Term{Kind: IRI, Value: Nil})
}

// skip reads over the rest of an element.
func (x *xmlReader) skip() error {
	for depth := 1; depth > 0; {
		tok, err := x.token()
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case nil:
			return x.fault(Ended, "")
		}
	}
	return nil
}
