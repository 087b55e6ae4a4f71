package oai

import (
	"encoding/xml"
	"slices"

	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
)

// dublinCore is a description in the fifteen elements.
type dublinCore struct {
	XMLName xml.Name `xml:"oai_dc:dc"`
	Space   string   `xml:"xmlns:oai_dc,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	Schema  string   `xml:"xsi:schemaLocation,attr"`
	Fields  []element
}

// element is one of the fifteen, in a language or in none.
type element struct {
	XMLName xml.Name
	Lang    lang.Tag `xml:"xml:lang,attr,omitempty"`
	Text    string   `xml:",chardata"`
}

func (d *dublinCore) open() {
	d.Space, d.DC, d.Schema = dcSpace, elements, dcSpace+" http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
}

// add puts an element at the end, once.
func (d *dublinCore) add(name string, t lang.Tag, text string) {
	e := element{xml.Name{Local: "dc:" + name}, t, text}
	if text != "" && !slices.Contains(d.Fields, e) {
		d.Fields = append(d.Fields, e)
	}
}

// dublinCore describes a document: what differs by language says in which it is.
// Themes, concepts, types and origins are named in English and in the languages of its texts.
func (w writer) dublinCore(fed library.Fed) dublinCore {
	var d dublinCore
	d.open()
	r := fed.Record
	spoken := languagesOf(r)
	for _, e := range ordered(r) {
		d.add("title", e.Lang, e.Title)
	}
	for _, e := range ordered(r) {
		d.add("description", e.Lang, e.Summary)
	}
	for _, t := range spoken {
		for _, id := range r.Themes {
			theme, _ := framework.Theme(id)
			d.add("subject", t, theme.Names[t])
		}
		for _, c := range fed.About {
			d.add("subject", t, c.Names[t])
		}
		for _, word := range r.Keywords[t] {
			d.add("subject", t, word)
		}
	}
	if origin, ok := w.names.Entry(r.Origin); ok {
		for _, t := range spoken {
			d.add("publisher", t, origin.NameOn(r.Dated, t))
		}
	}
	d.add("date", "", r.Dated)
	kind, _ := framework.Type(r.Kind)
	for _, t := range spoken {
		d.add("type", t, kind.Names[t])
	}
	d.add("type", "", "Text")
	for _, e := range ordered(r) {
		d.add("format", "", e.Version.Media)
	}
	d.add("identifier", "", w.address(r.ID))
	d.add("identifier", "", r.Symbol)
	for _, e := range ordered(r) {
		d.add("language", "", string(e.Lang))
	}
	for _, rel := range r.Related {
		d.add("relation", "", w.end(rel))
	}
	d.add("rights", "", r.Licence)
	return d
}

// address is where a document is read.
func (p *Provider) address(document string) string { return p.Origin + "/library/" + document }

// end is the other end of a relation: its page, or its symbol.
func (p *Provider) end(r library.Related) string {
	if r.ID != "" {
		return p.address(r.ID)
	}
	return r.Symbol
}

// ordered are the language versions, the original first.
func ordered(r library.Record) []library.Edition {
	list := slices.Clone(r.Editions)
	slices.SortStableFunc(list, func(a, b library.Edition) int {
		switch {
		case r.Original != "" && a.Lang == r.Original && b.Lang != r.Original:
			return -1
		case r.Original != "" && b.Lang == r.Original && a.Lang != r.Original:
			return 1
		}
		return 0
	})
	return list
}

// languagesOf are those of the document's texts, and English.
func languagesOf(r library.Record) []lang.Tag {
	return slices.DeleteFunc(slices.Clone(lang.All), func(t lang.Tag) bool {
		return t != "en" && !slices.ContainsFunc(r.Editions, func(e library.Edition) bool { return e.Lang == t })
	})
}
