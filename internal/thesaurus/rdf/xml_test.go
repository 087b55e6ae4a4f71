package rdf_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"polis/internal/thesaurus/rdf"
)

const rdfHead = `<rdf:RDF xmlns:rdf="` + rdf.NS + `" xmlns:s="http://s/" xml:base="http://b/dir/file">`

func TestXML(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a description and a typed node", `<rdf:Description rdf:about="http://x"><rdf:type rdf:resource="http://s/C"/></rdf:Description><s:C rdf:about="http://y"/>`, `<http://x> <` + rdf.Type + `> <http://s/C>|<http://y> <` + rdf.Type + `> <http://s/C>`},
		{"a language is handed down", `<s:C rdf:about="#x" xml:lang="DE"><s:p>a</s:p><s:p xml:lang="ru">б</s:p><s:p xml:lang="">c</s:p></s:C>`, `<http://b/dir/file#x> <` + rdf.Type + `> <http://s/C>|<http://b/dir/file#x> <http://s/p> "a"@de|<http://b/dir/file#x> <http://s/p> "б"@ru|<http://b/dir/file#x> <http://s/p> "c"`},
		{"a datatype, and CDATA", `<rdf:Description rdf:ID="x"><s:p rdf:datatype="http://t">1</s:p><s:p><![CDATA[a<b]]></s:p></rdf:Description>`, `<http://b/dir/file#x> <http://s/p> "1"^^<http://t>|<http://b/dir/file#x> <http://s/p> "a<b"`},
		{"nodes inside properties", `<rdf:Description rdf:about="http://x"><s:p><s:C rdf:nodeID="n"><s:q rdf:parseType="Resource"><s:r>1</s:r></s:q></s:C></s:p></rdf:Description>`, `_:n <` + rdf.Type + `> <http://s/C>|_:.1 <http://s/r> "1"|_:n <http://s/q> _:.1|<http://x> <http://s/p> _:n`},
		{"properties as attributes", `<rdf:Description rdf:about="http://x" s:p="1"><s:q s:r="2"/><s:q rdf:nodeID="m"/></rdf:Description>`, `<http://x> <http://s/p> "1"|_:.1 <http://s/r> "2"|<http://x> <http://s/q> _:.1|<http://x> <http://s/q> _:m`},
		{"a collection and numbered items", `<rdf:Description rdf:about="http://x"><s:p rdf:parseType="Collection"><rdf:Description rdf:about="http://a"/></s:p><rdf:li>1</rdf:li><rdf:li>2</rdf:li></rdf:Description>`, `_:.1 <` + rdf.First + `> <http://a>|_:.1 <` + rdf.Rest + `> <` + rdf.Nil + `>|<http://x> <http://s/p> _:.1|<http://x> <` + rdf.NS + `_1> "1"|<http://x> <` + rdf.NS + `_2> "2"`},
		{"XML as it is is passed over", `<rdf:Description rdf:about="http://x"><s:p rdf:parseType="Literal"><b>1</b></s:p><s:q>2</s:q></rdf:Description>`, `<http://x> <http://s/q> "2"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := lines(rdf.XML(strings.NewReader(`<?xml version="1.0"?><!-- c -->` + rdfHead + c.in + `</rdf:RDF>`)))
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Split(c.want, "|"); !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
	t.Run("short entities of the file's own stand for namespaces", func(t *testing.T) {
		got, err := lines(rdf.XML(strings.NewReader(`<!DOCTYPE rdf:RDF [ <!ENTITY s "http://s/"> ]>` + rdfHead + `<rdf:Description rdf:about="&s;x"><s:p>&s;y</s:p></rdf:Description></rdf:RDF>`)))
		if want := `<http://s/x> <http://s/p> "http://s/y"`; err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("got %v, %v, want %s", got, err, want)
		}
	})
	t.Run("a file may be in another encoding", func(t *testing.T) {
		got, err := lines(rdf.XML(strings.NewReader(`<?xml version="1.0" encoding="windows-1251"?>` + rdfHead + "<rdf:Description rdf:about=\"http://x\"><s:p>\xef</s:p></rdf:Description></rdf:RDF>")))
		if want := `<http://x> <http://s/p> "п"`; err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("got %v, %v, want %s", got, err, want)
		}
	})
}

func TestXMLThatIsBroken(t *testing.T) {
	node := rdfHead + "\n<rdf:Description rdf:about=\"http://x\">\n"
	for _, c := range []struct {
		name, in, what string
		line           int
	}{
		{"an element that does not end", node + "<s:p>", rdf.Ended, 3},
		{"ends that do not fit", node + "</s:p>", rdf.Syntax, 3},
		{"text between properties", node + "text<s:p/>", rdf.Syntax, 3},
		{"two nodes in one property", node + "<s:p><s:C/><s:C/></s:p>", rdf.Syntax, 3},
		{"a page of HTML", "<html><body/></html>", rdf.NoRDF, 1},
		{"nothing at all", "", rdf.NoRDF, 1},
		{"an entity that is not declared", node + "<s:p>&bomb;</s:p>", rdf.Entity, 3},
		{"entities that grow", `<!DOCTYPE r [ <!ENTITY a "aaaaaaaaaa"> <!ENTITY b "&a;&a;&a;"> ]>` + node, rdf.Entity, 1},
		{"a long entity", `<!DOCTYPE r [ <!ENTITY a "` + strings.Repeat("a", 10_000) + `"> ]>` + node, rdf.Entity, 1},
		{"an entity that lies outside", `<!DOCTYPE r [ <!ENTITY a SYSTEM "file:///etc/passwd"> ]>` + node, rdf.Entity, 1},
		{"a parameter entity", `<!DOCTYPE r [ <!ENTITY % a "x"> ]>` + node, rdf.Entity, 1},
		{"a document type that lies outside", `<!DOCTYPE r SYSTEM "http://x/y.dtd">` + node, rdf.Entity, 1},
		{"an encoding that nobody knows", `<?xml version="1.0" encoding="klingon"?>` + node, rdf.Encoding, 1},
		{"bytes that are no UTF-8", node + "<s:p>\xff</s:p>", rdf.Encoding, 3},
		{"nodes without end", node + strings.Repeat("<s:p><s:C>", 5000), rdf.Deep, 3},
		{"a text of two megabytes", node + "<s:p>" + strings.Repeat("x", 3<<20) + "</s:p>", rdf.Long, 3},
	} {
		t.Run(c.name, func(t *testing.T) { expectFault(t, rdf.XML(strings.NewReader(c.in)), c.what, c.line) })
	}
}

func FuzzXML(f *testing.F) {
	f.Add(rdfHead + `<s:C rdf:about="#x" s:q="1"><s:p xml:lang="de">a</s:p><s:p rdf:parseType="Collection"><s:D/></s:p></s:C></rdf:RDF>`)
	f.Add(`<!DOCTYPE r [ <!ENTITY s "http://s/"> ]>` + rdfHead + `<rdf:Description rdf:about="&s;x"/></rdf:RDF>`)
	f.Fuzz(func(t *testing.T, in string) {
		for _, err := range rdf.XML(strings.NewReader(in)) {
			var fault *rdf.Fault
			if err != nil && (!errors.As(err, &fault) || fault.Line < 1) {
				t.Fatalf("%v is no fault with a line", err)
			}
		}
	})
}
