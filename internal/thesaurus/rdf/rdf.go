// Package rdf reads the statements of RDF files, one after the other.
//
// Vocabularies are exchanged as RDF: in Turtle, which people write, and in
// RDF/XML, which programs write. Both say triples: a subject has, by a
// predicate, an object. Turtle and XML read them from a stream, without holding
// the file, and end with the first Fault, which says in which line something is
// wrong. A file comes from outside, so every size in it has a limit; a literal,
// an address or a nesting beyond it is a fault like any other.
package rdf

import "fmt"

// Kind is what a term is.
type Kind uint8

// The kinds of terms.
const (
	IRI Kind = iota
	Blank
	Literal
)

// Term is a subject or an object.
type Term struct {
	Kind  Kind
	Value string // of an IRI as it is resolved, of a blank node its name in this file
	Lang  string // of a literal, in small letters, as BCP 47 writes it
	Type  string // of a literal, IRI of its datatype; "" for plain text
}

// Triple is one statement.
type Triple struct {
	Subject   Term
	Predicate string // an IRI
	Object    Term
	Line      int // in which it ends, from 1
}

// Namespaces that the formats themselves use.
const (
	NS  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	XSD = "http://www.w3.org/2001/XMLSchema#"

	Type  = NS + "type"
	First = NS + "first"
	Rest  = NS + "rest"
	Nil   = NS + "nil"
	Value = NS + "value"
)

// What can be wrong with a file.
const (
	Syntax   = "syntax"   // a sign stands where it may not; Fault.Near shows it
	Ended    = "ended"    // the file ends in the middle
	Prefix   = "prefix"   // a prefix was not declared; Fault.Near names it
	Address  = "address"  // an IRI is none
	Escape   = "escape"   // an escape is none
	Encoding = "encoding" // not UTF-8, nor what the file says that it is
	Long     = "long"     // a literal or a name is longer than any should be
	Deep     = "deep"     // nested more deeply than any should be
	Entity   = "entity"   // an entity is declared that would grow, or lies outside the file
	NoRDF    = "no-rdf"   // XML, and not RDF
)

// Fault says where a file is wrong. Messages: "thesaurus.fault.WHAT".
type Fault struct {
	Line int
	What string // one of the above
	Near string // what stands there, cut short; or ""
}

func (f *Fault) Error() string {
	if f.Near == "" {
		return fmt.Sprintf("rdf: line %d: %s", f.Line, f.What)
	}
	return fmt.Sprintf("rdf: line %d: %s near %q", f.Line, f.What, f.Near)
}

// The limits, in bytes but for the depth.
const (
	maxLiteral = 1 << 20
	maxName    = 8 << 10
	maxDepth   = 100
	maxNames   = 10_000 // prefixes and entities of a file
)
