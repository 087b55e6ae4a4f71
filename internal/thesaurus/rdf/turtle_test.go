package rdf_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"polis/internal/thesaurus/rdf"
)

// lines are the statements as N-Triples write them.
func lines(triples iter.Seq2[rdf.Triple, error]) ([]string, error) {
	var list []string
	for t, err := range triples {
		if err != nil {
			return list, err
		}
		list = append(list, fmt.Sprintf("%s <%s> %s", text(t.Subject), t.Predicate, text(t.Object)))
	}
	return list, nil
}

func text(t rdf.Term) string {
	switch {
	case t.Kind == rdf.IRI:
		return "<" + t.Value + ">"
	case t.Kind == rdf.Blank:
		return "_:" + t.Value
	case t.Lang != "":
		return fmt.Sprintf("%q@%s", t.Value, t.Lang)
	case t.Type != "":
		return fmt.Sprintf("%q^^<%s>", t.Value, t.Type)
	}
	return fmt.Sprintf("%q", t.Value)
}

func TestTurtle(t *testing.T) {
	const head = "@prefix s: <http://s/> .\nPREFIX : <http://d/>\n@base <http://b/dir/file> .\n"
	for _, c := range []struct{ name, in, want string }{
		{"a is the type, and ; and , go on", ":x a s:C ; s:p :y, :z ; ; .", `<http://d/x> <` + rdf.Type + `> <http://s/C>|<http://d/x> <http://s/p> <http://d/y>|<http://d/x> <http://s/p> <http://d/z>`},
		{"an address is resolved by the base", "<#a> s:p <../b>, <c>, <//h/d>, </e>, <urn:f> .", `<http://b/dir/file#a> <http://s/p> <http://b/b>|<http://b/dir/file#a> <http://s/p> <http://b/dir/c>|<http://b/dir/file#a> <http://s/p> <http://h/d>|<http://b/dir/file#a> <http://s/p> <http://b/e>|<http://b/dir/file#a> <http://s/p> <urn:f>`},
		{"a text has a language", `:x s:p "Polizei"@de-AT, 'полиция'@RU.`, `<http://d/x> <http://s/p> "Polizei"@de-at|<http://d/x> <http://s/p> "полиция"@ru`},
		{"a text has a datatype", `:x s:p "1"^^s:t, true, -4.5, 1e3, 7.`, `<http://d/x> <http://s/p> "1"^^<http://s/t>|<http://d/x> <http://s/p> "true"^^<http://www.w3.org/2001/XMLSchema#boolean>|<http://d/x> <http://s/p> "-4.5"^^<http://www.w3.org/2001/XMLSchema#decimal>|<http://d/x> <http://s/p> "1e3"^^<http://www.w3.org/2001/XMLSchema#double>|<http://d/x> <http://s/p> "7"^^<http://www.w3.org/2001/XMLSchema#integer>`},
		{"a text goes over lines in three quotes", ":x s:p \"\"\"a \"b\"\nc\"\"\"\", ''''d'''.", `<http://d/x> <http://s/p> "a \"b\"\nc\""|<http://d/x> <http://s/p> "'d"`},
		{"escapes are read", `:x s:p "\t\u00e9\U0001F600\"", <http://b/\u00e9> .`, `<http://d/x> <http://s/p> "\té😀\""|<http://d/x> <http://s/p> <http://b/é>`},
		{"a name may have stops and escaped signs", `:a.b s:p :c\,d, :e%20f, s:.`, `<http://d/a.b> <http://s/p> <http://d/c,d>|<http://d/a.b> <http://s/p> <http://d/e%20f>|<http://d/a.b> <http://s/p> <http://s/>`},
		{"nodes without a name are read", `:x s:p [ s:q _:n ; s:r [] ] . [ s:q "1" ] .`, `_:.1 <http://s/q> _:n|_:.1 <http://s/r> _:.2|<http://d/x> <http://s/p> _:.1|_:.3 <http://s/q> "1"`},
		{"a list is a chain", `:x s:p (:a "b"), () .`, `_:.1 <` + rdf.First + `> <http://d/a>|_:.1 <` + rdf.Rest + `> _:.2|_:.2 <` + rdf.First + `> "b"|_:.2 <` + rdf.Rest + `> <` + rdf.Nil + `>|<http://d/x> <http://s/p> _:.1|<http://d/x> <http://s/p> <` + rdf.Nil + `>`},
		{"comments are passed over", "# one\n:x # two\n s:p :y . # three", `<http://d/x> <http://s/p> <http://d/y>`},
		{"a prefix may be called a or base", "@prefix a: <http://a/> . @prefix base: <http://c/> .\na:x a:y base:z .", `<http://a/x> <http://a/y> <http://c/z>`},
		{"a byte order mark and Windows line ends do no harm", "\r\n:x s:p :y .\r\n", `<http://d/x> <http://s/p> <http://d/y>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := lines(rdf.Turtle(strings.NewReader("\uFEFF" + head + c.in)))
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Split(c.want, "|"); !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestTurtleThatIsBroken(t *testing.T) {
	for _, c := range []struct {
		name, in, what string
		line           int
	}{
		{"a prefix that was not declared", "\n:x a :y .", rdf.Prefix, 2},
		{"no stop at the end", "<a> <b> <c>", rdf.Ended, 1},
		{"a text that does not end", "<a> <b> \"c", rdf.Ended, 1},
		{"a line end in a short text", "<a> <b> \"c\nd\" .", rdf.Syntax, 1},
		{"a sign that may not stand there", "<a> <b> <c> .\n\n<a> } <c> .", rdf.Syntax, 3},
		{"a wrong escape", `<a> <b> "\x" .`, rdf.Escape, 1},
		{"a surrogate", `<a> <b> "\ud800" .`, rdf.Escape, 1},
		{"bytes that are no UTF-8", "<a> <b> \"\xff\" .", rdf.Encoding, 1},
		{"a NUL", "<a> <b> \"\x00\" .", rdf.Encoding, 1},
		{"a space in an address", "<a b> <b> <c> .", rdf.Address, 1},
		{"a literal as subject", `"a" <b> <c> .`, rdf.Syntax, 1},
		{"brackets without end", strings.Repeat("[ <p> ", 5000), rdf.Deep, 1},
		{"lists without end", "<a> <b> " + strings.Repeat("( ", 5000), rdf.Deep, 1},
		{"a text of two megabytes", `<a> <b> "` + strings.Repeat("x", 2<<20) + `" .`, rdf.Long, 1},
		{"an address of a megabyte", "<" + strings.Repeat("x", 1<<20), rdf.Long, 1},
		{"a page of HTML", "<!DOCTYPE html>\n<html><body>", rdf.Address, 1},
	} {
		t.Run(c.name, func(t *testing.T) { expectFault(t, rdf.Turtle(strings.NewReader(c.in)), c.what, c.line) })
	}
}

func expectFault(t *testing.T, triples iter.Seq2[rdf.Triple, error], what string, line int) {
	t.Helper()
	_, err := lines(triples)
	var fault *rdf.Fault
	if !errors.As(err, &fault) || fault.What != what || fault.Line != line {
		t.Errorf("got %v, want %s in line %d", err, what, line)
	}
}

func FuzzTurtle(f *testing.F) {
	f.Add("@prefix s: <http://s/> .\ns:x a s:C ; s:p \"a\"@en, [ s:q ( 1 2.5 true ) ] .")
	f.Add("<a> <b> '''c\n''''^^<d> .")
	f.Add("BASE <urn:x> PREFIX : <#> :a.b :c\\,d _:n .")
	f.Fuzz(func(t *testing.T, in string) {
		n := 0
		for triple, err := range rdf.Turtle(strings.NewReader(in)) {
			if err != nil {
				var fault *rdf.Fault
				if !errors.As(err, &fault) || fault.Line < 1 {
					t.Fatalf("%v is no fault with a line", err)
				}
				return
			}
			if n++; triple.Predicate == "" && !strings.Contains(in, "<>") && n > len(in) {
				t.Fatal("more is said than stands there")
			}
		}
	})
}
