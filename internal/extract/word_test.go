package extract_test

import (
	"strings"
	"testing"

	"polis/internal/extract"
)

// inWord packs a document in the shape in which Word writes it: properties first, styles in a part of their own.
func inWord(body string, more map[string]string) []byte {
	links, entries := map[string]string{"styles": "styles.xml"}, map[string]string{"word/styles.xml": wordStyles}
	for name, content := range more {
		if kind, _, ok := strings.Cut(name, "|"); ok {
			_, part, _ := strings.Cut(name, "|")
			links[kind+"#"+part], entries["word/"+part] = part, content
		}
	}
	entries["word/_rels/document.xml.rels"] = relations(links)
	return office("word/document.xml", document(body), entries)
}

const wordStyles = `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:basedOn w:val="Standard"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Inhaltsverzeichnisberschrift"><w:name w:val="TOC Heading"/><w:basedOn w:val="berschrift1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titre2"><w:name w:val="Titre 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Z3"><w:name w:val="Заголовок 3"/></w:style>
<w:style w:type="paragraph" w:styleId="Aufzhlung"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="z-Top"><w:name w:val="z-Top of Form"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Verborgen"><w:name w:val="Hidden"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Kreis"><w:name w:val="Kreis"/><w:basedOn w:val="Kreis2"/></w:style>
<w:style w:type="paragraph" w:styleId="Kreis2"><w:name w:val="Kreis2"/><w:basedOn w:val="Kreis"/></w:style></w:styles>`

// styled is a paragraph of a style; what stands in tags is put in as it is, the rest as text.
func styled(style, properties, runs string) string {
	if !strings.HasPrefix(runs, "<") {
		runs = `<w:r><w:t xml:space="preserve">` + runs + `</w:t></w:r>`
	}
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/>` + properties + `</w:pPr>` + runs + `</w:p>`
}

func text(s string) string { return `<w:r><w:t xml:space="preserve">` + s + `</w:t></w:r>` }

func TestWordStyles(t *testing.T) {
	c := read(t, "a.docx", inWord(
		styled("Kapitel", "", "Community policing")+styled("Inhaltsverzeichnisberschrift", "", "Contents of the guide")+
			styled("Titre2", "", "La patrouille")+styled("Z3", "", "Обучение")+styled("Heading4", "", "Not defined here")+
			styled("Aufzhlung", "", "First point")+styled("Aufzhlung", `<w:numPr><w:numId w:val="0"/></w:numPr>`, "No point")+
			styled("berschrift1", `<w:outlineLvl w:val="9"/>`, "Only large")+styled("Kreis", "", "Going round"), nil))
	t.Run("a style of the author's own is the heading that it is based on", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Heading, Level: 1, Text: "Community policing"})
	})
	t.Run("a style that leaves the outline is no heading", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Text: "Contents of the guide"})
		has(t, c, extract.Passage{Kind: extract.Paragraph, Text: "Only large"})
	})
	t.Run("headings are known by names that were translated, and by the id of a style that is missing", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Heading, Level: 2, Text: "La patrouille"})
		has(t, c, extract.Passage{Kind: extract.Heading, Level: 3, Text: "Обучение"})
		has(t, c, extract.Passage{Kind: extract.Heading, Level: 4, Text: "Not defined here"})
	})
	t.Run("a list can be in the style, and taken away in the paragraph", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.ListItem, Text: "First point"})
		has(t, c, extract.Passage{Kind: extract.Paragraph, Text: "No point"})
	})
	t.Run("styles that are based on each other in a circle do no harm", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Text: "Going round"})
	})
}

func TestWordWithdrawnText(t *testing.T) {
	c := read(t, "a.docx", inWord(
		`<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>`+text("Two para")+`</w:p><w:p>`+text("graphs made one.")+`</w:p>`+
			`<w:p><w:moveFrom w:id="2">`+text("Moved away")+`</w:moveFrom><w:del w:id="3"><w:r><w:delText>Deleted</w:delText></w:r></w:del><w:ins w:id="4">`+text("Inserted")+`</w:ins>`+text(" and kept.")+`</w:p>`+
			`<w:p><w:pPr><w:pPrChange w:id="5"><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr></w:pPrChange></w:pPr>`+text("Was a heading.")+`</w:p>`+
			`<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>`+text("Seen")+`<w:r><w:rPr><w:vanish/></w:rPr><w:t> by nobody</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Verborgen"/></w:rPr><w:t> at all</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Verborgen"/><w:vanish w:val="0"/></w:rPr><w:t> by all</w:t></w:r>`+text(".")+`</w:p>`+
			styled("z-Top", "", "Top of Form")+
			`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://polis.example" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`+text("the platform")+`<w:r><w:fldChar w:fldCharType="end"/></w:r><w:hyperlink>`+text(" and more")+`</w:hyperlink></w:p>`, nil))
	want := []string{"Two paragraphs made one.", "Inserted and kept.", "Was a heading.", "Seen by all.", "the platform and more"}
	t.Run("deleted, moved and hidden text is not read, and a deleted mark joins two paragraphs", func(t *testing.T) {
		if got := strings.TrimSpace(c.Text()); got != strings.Join(want, "\n") {
			t.Errorf("read\n%s\nnot\n%s", got, strings.Join(want, "\n"))
		}
	})
	t.Run("how a paragraph was formatted before it was changed is of no account", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Text: "Was a heading."})
	})
}

func TestWordBoxesAndPictures(t *testing.T) {
	box := `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p>` + text("In the margin") + `</w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p>` + text("In the margin") + `</w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`
	diagram := `<w:p><w:r><w:drawing><a:graphicData><dgm:relIds r:dm="diagramData#diagrams/data1.xml"/></a:graphicData></w:drawing></w:r></w:p>`
	c := read(t, "a.docx", inWord(
		styled("berschrift1", "", text("Evidence")+box+text(" first"))+
			`<w:p>`+text("Begins here ")+`<w:r><w:lastRenderedPageBreak/></w:r>`+text("and ends there.")+`</w:p><w:p>`+text("There.")+`</w:p>`+diagram+
			`<w:p><w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>`+text(" ")+`<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r><w:r><w:t xml:space="preserve"> x</w:t></w:r><w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>&#xF0B3;</w:t></w:r>`+text("2 ")+`<w:r><w:ruby><w:rt>`+text("yomi")+`</w:rt><w:rubyBase>`+text("base")+`</w:rubyBase></w:ruby></w:r></w:p>`,
		map[string]string{
			"diagramData|diagrams/data1.xml": `<dgm:dataModel xmlns:dgm="d" xmlns:a="a"><dgm:pt><dgm:t><a:p><a:r><a:t>Detect</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt type="pres"/><dgm:pt><dgm:t><a:p><a:r><a:t>Preserve</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>`,
			"header|header1.xml":             `<w:hdr><w:p>` + text("SEC.GAL/12/20") + `</w:p><w:p`,
			"footnotes|footnotes.xml":        `<w:footnotes><w:footnote w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote><w:p>` + text("See ") + `<w:r><w:lastRenderedPageBreak/></w:r>` + text("the code.") + `</w:p></w:footnote></w:footnotes>`,
		}))
	t.Run("a box neither divides its paragraph nor comes before it, and is read once", func(t *testing.T) {
		if p := c.Passages; len(p) < 2 || p[0] != (extract.Passage{Kind: extract.Heading, Level: 1, Page: 1, Text: "Evidence first"}) || p[1].Text != "In the margin" {
			t.Errorf("passages %+v", p)
		}
		if n := strings.Count(c.Text(), "In the margin"); n != 1 {
			t.Errorf("the box was read %d times", n)
		}
	})
	t.Run("a paragraph belongs to the page on which it begins", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Page: 1, Text: "Begins here and ends there."})
		has(t, c, extract.Passage{Kind: extract.Paragraph, Page: 2, Text: "There."})
	})
	t.Run("the words of a diagram are read", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Page: 2, Text: "Detect"})
		has(t, c, extract.Passage{Kind: extract.Paragraph, Page: 2, Text: "Preserve"})
	})
	t.Run("signs of symbol fonts become characters, and readings beside characters are left out", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Page: 2, Text: "α → x≥2 base"})
	})
	t.Run("a footnote has no page, and a damaged header does not spoil the text", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Text: "See the code."})
		if c.Symbol != "SEC.GAL/12/20" {
			t.Errorf("symbol %q", c.Symbol)
		}
	})
}
