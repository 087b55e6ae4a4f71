package thesaurus_test

import (
	"fmt"
	"strings"
	"testing"

	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
)

// vocabulary is RDF/XML of EuroVoc's size and shape: 24 languages, each label
// plain and as SKOS-XL.
func vocabulary(concepts int) string {
	var b strings.Builder
	b.WriteString(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:xl="http://www.w3.org/2008/05/skos-xl#">`)
	for i := range concepts {
		fmt.Fprintf(&b, "<skos:Concept rdf:about=\"http://v.example/%d\"><skos:inScheme rdf:resource=\"http://v.example/v\"/>\n", i)
		for l := range strings.FieldsSeq("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro ru sk sl") {
			fmt.Fprintf(&b, "<skos:prefLabel xml:lang=\"%s\">concept %d %s</skos:prefLabel><skos:altLabel xml:lang=\"%s\">another %d %s</skos:altLabel>\n", l, i, l, l, i, l)
			fmt.Fprintf(&b, "<xl:prefLabel><xl:Label><xl:literalForm xml:lang=\"%s\">concept %d %s</xl:literalForm></xl:Label></xl:prefLabel>\n", l, i, l)
		}
		if i > 20 {
			fmt.Fprintf(&b, "<skos:broader rdf:resource=\"http://v.example/%d\"/><skos:related rdf:resource=\"http://v.example/%d\"/>\n", i/7, i-3)
		}
		b.WriteString("</skos:Concept>\n")
	}
	return b.String() + "</rdf:RDF>"
}

func BenchmarkImport(b *testing.B) {
	file := vocabulary(7400)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		tally, err := thesaurus.Import(b.Context(), storetest.SQLite(b), desk, strings.NewReader(file), nil)
		if err != nil || tally.New != 7400 {
			b.Fatal(err, tally.New)
		}
	}
}
