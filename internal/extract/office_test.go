package extract_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"polis/internal/extract"
	"polis/internal/lang"
)

// archive packs entries; "mimetype" comes first and unpacked, as OpenDocument and EPUB want it.
func archive(entries map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if kind, ok := entries["mimetype"]; ok {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: "mimetype", Method: zip.Store})
		_, _ = io.WriteString(w, kind)
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if name != "mimetype" {
			w, _ := z.Create(name)
			_, _ = io.WriteString(w, entries[name])
		}
	}
	_ = z.Close()
	return b.Bytes()
}

// relations writes links of kind → target; the id is the kind with the target's length, which the tests refer to.
func relations(links map[string]string) string {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, kind := range slices.Sorted(maps.Keys(links)) {
		kind, target := kind, links[kind]
		id, _, _ := strings.Cut(kind, "#")
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`, kind, id, target)
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

// office packs a file whose main part is main.
func office(name, main string, more map[string]string) []byte {
	entries := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":         relations(map[string]string{"officeDocument": name}),
		name:                  main,
	}
	maps.Copy(entries, more)
	return archive(entries)
}

func document(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`
}

func docx(body string) []byte { return office("word/document.xml", document(body), nil) }

func odt(body string) []byte {
	return archive(map[string]string{
		"mimetype": "application/vnd.oasis.opendocument.text",
		"content.xml": `<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:body><office:text>` +
			body + `</office:text></office:body></office:document-content>`,
		"meta.xml": `<office:document-meta><office:meta><dc:title>Rapport de patrouille</dc:title><meta:creation-date>2019-03-04T10:00:00</meta:creation-date></office:meta></office:document-meta>`,
	})
}

func pptx() []byte {
	slide := func(body string) string {
		return `<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>` + body + `</p:spTree></p:cSld></p:sld>`
	}
	shape := func(holder, text string) string {
		return `<p:sp><p:nvSpPr><p:nvPr><p:ph type="` + holder + `"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>` + text + `</a:t></a:r></a:p></p:txBody></p:sp>`
	}
	return office("ppt/presentation.xml",
		`<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="slide#2"/><p:sldId id="257" r:id="slide#1"/></p:sldIdLst></p:presentation>`,
		map[string]string{
			"ppt/_rels/presentation.xml.rels": relations(map[string]string{"slide#1": "slides/slide1.xml", "slide#2": "slides/slide2.xml"}),
			"ppt/slides/slide1.xml":           slide(shape("title", "Second slide") + shape("sldNum", "2")),
			"ppt/slides/slide2.xml": slide(shape("ctrTitle", "Investigating cybercrime") + shape("body", "Preserve the evidence first.") +
				`<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>Step</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>Hours</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>`),
			"ppt/slides/_rels/slide2.xml.rels": relations(map[string]string{"notesSlide": "../notesSlides/notesSlide1.xml"}),
			"ppt/notesSlides/notesSlide1.xml":  slide(shape("body", "Tell the story of the seized router.")),
		})
}

func xlsx() []byte {
	return office("xl/workbook.xml",
		`<workbook xmlns:r="r"><sheets><sheet name="Courses" sheetId="1" r:id="worksheet#1"/></sheets></workbook>`,
		map[string]string{
			"xl/_rels/workbook.xml.rels": relations(map[string]string{"worksheet#1": "worksheets/sheet1.xml"}),
			"xl/sharedStrings.xml":       `<sst><si><t>Course</t></si><si><r><t>Crime </t></r><r><t>scene</t></r></si></sst>`,
			"xl/styles.xml":              `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
			"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>Begins</t></is></c></row>` +
				`<row><c t="s"><v>1</v></c><c s="1"><v>41116</v></c><c><v>24</v></c><c t="e"><v>#REF!</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>`,
		})
}

func epub() []byte {
	return archive(map[string]string{
		"mimetype":               "application/epub+zip",
		"META-INF/container.xml": `<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
		"OEBPS/book.opf": `<package><metadata><dc:title>Handbuch der Streife</dc:title></metadata><manifest><item id="b" href="zwei.xhtml"/><item id="a" href="ein%20s.xhtml"/>` +
			`<item id="n" href="nav.xhtml" properties="nav"/></manifest><spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>`,
		"OEBPS/ein s.xhtml":  `<html><head><title>x</title></head><body><h1>Handbuch der Streife</h1><p>Erster&nbsp;Teil.</p></body></html>`,
		"OEBPS/zwei.xhtml":   `<html><body><p>Zweiter Teil.</p></body></html>`,
		"OEBPS/nav.xhtml":    `<html><body><p>Navigation</p></body></html>`,
		"OEBPS/unused.xhtml": `<html><body><p>Not in the spine.</p></body></html>`,
	})
}

// samples is a small file of each format.
func samples(t *testing.T) map[string][]byte {
	return map[string][]byte{
		"a.pdf": testdata(t, "policing.en.pdf"), "a.docx": docx("<w:p><w:r><w:t>patrol</w:t></w:r></w:p>"), "a.pptx": pptx(), "a.xlsx": xlsx(),
		"a.odt": odt("<text:p>patrouille</text:p>"), "a.epub": epub(), "a.html": []byte("<p>patrol"), "a.md": []byte("# patrol"), "a.txt": []byte("patrol"),
		"a.png": testdata(t, "scan.png"),
	}
}

func TestDOCX(t *testing.T) {
	body := `<w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Needs assessment</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">Two </w:t></w:r><w:del><w:r><w:delText>three</w:delText></w:r></w:del><w:r><w:t>stations</w:t><w:tab/><w:t>were</w:t><w:br/><w:t>visited.</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Training</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Area</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>First line</w:t></w:r></w:p><w:p><w:r><w:t>second line</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:lastRenderedPageBreak/><w:t>On the second page.</w:t></w:r></w:p>
<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>In a box</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>In a box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>`
	c := read(t, "a.docx", office("word/document.xml", document(body), map[string]string{
		"word/_rels/document.xml.rels": relations(map[string]string{"styles": "styles.xml", "footnotes": "footnotes.xml", "header": "header1.xml"}),
		"word/styles.xml":              `<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>`,
		"word/footnotes.xml":           `<w:footnotes><w:footnote><w:p><w:r><w:t>A footnote.</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/header1.xml":             `<w:hdr><w:p><w:r><w:t>SEC.GAL/12/20/Rev.1</w:t></w:r></w:p></w:hdr>`,
		"docProps/core.xml":            `<cp:coreProperties><dc:title>Microsoft Word - needs.doc</dc:title><dcterms:created>2020-02-03T09:00:00Z</dcterms:created></cp:coreProperties>`,
	}))
	t.Run("headings keep their level whatever the language of Word", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Heading, Level: 1, Page: 1, Text: "Needs assessment"})
	})
	t.Run("what was deleted is not text, and a tab or break divides words", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.Paragraph, Page: 1, Text: "Two stations were visited."})
	})
	t.Run("lists, rows, later pages, boxes and footnotes are kept once", func(t *testing.T) {
		has(t, c, extract.Passage{Kind: extract.ListItem, Page: 1, Text: "Training"})
		has(t, c, extract.Passage{Kind: extract.TableRow, Page: 1, Text: "Area\tFirst line second line"})
		has(t, c, extract.Passage{Kind: extract.Paragraph, Page: 2, Text: "On the second page."})
		has(t, c, extract.Passage{Kind: extract.Paragraph, Text: "A footnote."})
		if n := strings.Count(c.Text(), "In a box"); n != 1 {
			t.Errorf("the box was read %d times", n)
		}
	})
	t.Run("the symbol comes from the header, the title from the heading, the date from the properties", func(t *testing.T) {
		if c.Symbol != "SEC.GAL/12/20/Rev.1" || c.Title != "Needs assessment" || c.Date != "2020-02-03" || c.Pages != 2 {
			t.Errorf("symbol %q, title %q, date %q, pages %d", c.Symbol, c.Title, c.Date, c.Pages)
		}
	})
}

func TestPPTX(t *testing.T) {
	c := read(t, "a.pptx", pptx())
	t.Run("slides come in the order of the show, with rows and speaker's notes, without their numbers", func(t *testing.T) {
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 1, Page: 1, Text: "Investigating cybercrime"},
			{Kind: extract.Paragraph, Page: 1, Text: "Preserve the evidence first."},
			{Kind: extract.TableRow, Page: 1, Text: "Step\tHours"},
			{Kind: extract.Paragraph, Page: 1, Text: "Tell the story of the seized router."},
			{Kind: extract.Heading, Level: 1, Page: 2, Text: "Second slide"},
		}
		if !slices.Equal(c.Passages, want) || c.Pages != 2 || c.Title != "Investigating cybercrime" {
			t.Errorf("passages %+v, pages %d, title %q", c.Passages, c.Pages, c.Title)
		}
	})
}

func TestXLSX(t *testing.T) {
	c := read(t, "a.xlsx", xlsx())
	t.Run("a sheet is its name and its rows, with days as days and errors as nothing", func(t *testing.T) {
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 1, Page: 1, Text: "Courses"},
			{Kind: extract.TableRow, Page: 1, Text: "Course\tBegins"},
			{Kind: extract.TableRow, Page: 1, Text: "Crime scene\t2012-07-26\t24"},
		}
		if !slices.Equal(c.Passages, want) {
			t.Errorf("passages %+v", c.Passages)
		}
	})
}

func TestODT(t *testing.T) {
	c := read(t, "a.odt", odt(`<text:h text:outline-level="2">Rapport<text:s/>de patrouille</text:h><text:p>Vu<text:note><text:note-body><text:p>Une note.</text:p></text:note-body></text:note> hier.</text:p>`+
		`<text:list><text:list-item><text:p>Un point</text:p></text:list-item></text:list><text:tracked-changes><text:p>supprimé</text:p></text:tracked-changes>`+
		`<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>`))
	t.Run("headings, notes, lists and rows are read, deletions are not", func(t *testing.T) {
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 2, Text: "Rapport de patrouille"},
			{Kind: extract.Paragraph, Text: "Vu Une note. hier."},
			{Kind: extract.ListItem, Text: "Un point"},
			{Kind: extract.TableRow, Text: "a\tb"},
		}
		if !slices.Equal(c.Passages, want) || c.Title != "Rapport de patrouille" || c.Date != "2019-03-04" {
			t.Errorf("passages %+v, title %q, date %q", c.Passages, c.Title, c.Date)
		}
	})
	t.Run("a document with a password is encrypted", func(t *testing.T) {
		wantReason(t, shared, "a.odt", archive(map[string]string{
			"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "\x8f\x02noise",
			"META-INF/manifest.xml": `<manifest><file-entry><encryption-data/></file-entry></manifest>`,
		}), extract.Encrypted)
	})
}

func TestEPUB(t *testing.T) {
	c := read(t, "a.epub", epub())
	t.Run("chapters come in the order of the spine, without the navigation", func(t *testing.T) {
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 1, Text: "Handbuch der Streife"},
			{Kind: extract.Paragraph, Text: "Erster Teil."},
			{Kind: extract.Paragraph, Text: "Zweiter Teil."},
		}
		if !slices.Equal(c.Passages, want) || c.Title != "Handbuch der Streife" || c.Media != "application/epub+zip" {
			t.Errorf("passages %+v, title %q, media %q", c.Passages, c.Title, c.Media)
		}
	})
	t.Run("a book with a licence is encrypted", func(t *testing.T) {
		wantReason(t, shared, "a.epub", archive(map[string]string{"mimetype": "application/epub+zip", "META-INF/rights.xml": "<rights/>"}), extract.Encrypted)
	})
}

func TestHTML(t *testing.T) {
	c := read(t, "a.html", []byte(`<!doctype html><html lang="fr"><head><title>Patrouilles</title><meta charset="iso-8859-1"><meta name="dcterms.date" content="2014-05-06T00:00"><style>p{}</style></head>
<body><nav><ul><li>Accueil</ul></nav><div role="navigation"><div>Suivant</div>Index</div><h2>La coop&eacute;ration</h2><p>Un <b>texte</b> d'`+"\xe9t\xe9"+`<script>var x = "<p>non</p>"</script>.<p>Deux
<ul><li>Un point<li><p>Un autre</p></ul><table><tr><th>a<th>b<tr><td>c</td><td>d</td></tr></table><pre>x = 1
y = 2</pre>`))
	t.Run("structure and encoding are kept, scripts and navigation are not read", func(t *testing.T) {
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 2, Text: "La coopération"},
			{Kind: extract.Paragraph, Text: "Un texte d'été."},
			{Kind: extract.Paragraph, Text: "Deux"},
			{Kind: extract.ListItem, Text: "Un point"},
			{Kind: extract.ListItem, Text: "Un autre"},
			{Kind: extract.TableRow, Text: "a\tb"},
			{Kind: extract.TableRow, Text: "c\td"},
			{Kind: extract.Code, Text: "x = 1\ny = 2"},
		}
		if !slices.Equal(c.Passages, want) || c.Date != "2014-05-06" {
			t.Errorf("passages %+v, date %q", c.Passages, c.Date)
		}
	})
	t.Run("a page nested a million times is read in one go", func(t *testing.T) {
		c := read(t, "a.html", []byte(strings.Repeat("<div>", 1_000_000)+"patrol"))
		if len(c.Passages) != 1 || c.Passages[0].Text != "patrol" {
			t.Errorf("passages %+v", c.Passages)
		}
	})
}

func TestMarkdown(t *testing.T) {
	c := read(t, "a.md", []byte("---\ntitle: \"Formation continue\"\ndate: 2021-09\n---\n# Formation *continue*\n\nUn [lien](http://x.example) et\nune suite.\n\n- un\n- deux\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nx = 1\n```\n"))
	t.Run("marks become kinds, and front matter proposes", func(t *testing.T) {
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 1, Text: "Formation continue"},
			{Kind: extract.Paragraph, Text: "Un lien et une suite."},
			{Kind: extract.ListItem, Text: "un"},
			{Kind: extract.ListItem, Text: "deux"},
			{Kind: extract.TableRow, Text: "a\tb"},
			{Kind: extract.TableRow, Text: "c\td"},
			{Kind: extract.Code, Text: "x = 1"},
		}
		if !slices.Equal(c.Passages, want) || c.Title != "Formation continue" || c.Date != "2021-09" || c.Media != "text/markdown" {
			t.Errorf("passages %+v, title %q, date %q", c.Passages, c.Title, c.Date)
		}
	})
}

func TestLanguageOfFormats(t *testing.T) {
	t.Run("a document's language is found in its paragraphs", func(t *testing.T) {
		c := read(t, "a.odt", odt("<text:p>"+prose[lang.Italian]+"</text:p>"))
		if c.Lang != lang.Italian || !c.LangSure {
			t.Errorf("language %q, sure %t", c.Lang, c.LangSure)
		}
	})
}
