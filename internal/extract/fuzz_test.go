package extract_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"polis/internal/extract"
)

// sound reads a file and holds what every outcome keeps to: a reason that people
// can be told, or passages that can be stored, shown and cited.
func sound(t *testing.T, x *extract.Extractor, name string, data []byte) {
	t.Helper()
	c, err := x.File(context.Background(), name, bytes.NewReader(data), int64(len(data)))
	var e *extract.Error
	if err != nil && (!errors.As(err, &e) || e.Reason == extract.Failed || e.Reason == extract.TooSlow) {
		t.Fatalf("%v", err)
	}
	for _, p := range append(c.Passages, c.Margins...) {
		if p.Text == "" || len(p.Text) > 8000 || (p.Level > 0) != (p.Kind == extract.Heading) || p.Level > 6 || p.Page < 0 || p.Page > max(c.Pages, 0) && c.Pages > 0 {
			t.Fatalf("passage %+v", p)
		}
	}
	for _, text := range []string{c.Title, c.Symbol, c.Date, c.Text()} {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Fatalf("%q is no clean text", text)
		}
	}
	if strings.Contains(c.Title, "\n") {
		t.Fatalf("the title has lines: %q", c.Title)
	}
}

// fuzzing is an extractor for what a fuzzer makes up.
func fuzzing(f *testing.F) *extract.Extractor {
	limits := extract.DefaultLimits()
	limits.Time, limits.UnpackedBytes, limits.OCRPages = 20*time.Second, 16<<20, 0
	x := extract.New(cache, limits)
	f.Cleanup(x.Close)
	return x
}

// The formats below are archives: a fuzzer that changes their bytes gets no further
// than the archive. Here it changes two parts, and pack puts them into a whole one.
func fuzzParts(f *testing.F, name string, pack func(first, second string) []byte, seeds ...[2]string) {
	x := fuzzing(f)
	for _, s := range append(seeds, [2]string{"", ""}, [2]string{"<", "\x00"}, [2]string{`<?xml version="1.0" encoding="UTF-16"?><x/>`, "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}) {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, first, second string) { sound(t, x, name, pack(first, second)) })
}

func FuzzDOCX(f *testing.F) {
	fuzzParts(f, "a.docx", func(main, styles string) []byte {
		return office("word/document.xml", main, map[string]string{
			"word/_rels/document.xml.rels": relations(map[string]string{"styles": "styles.xml"}), "word/styles.xml": styles,
		})
	},
		[2]string{document(styled("berschrift1", "", "Patrol") + `<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>` + text("one") + `</w:p>`), wordStyles},
		[2]string{document(`<w:tbl><w:tr><w:tc><w:p>` + text("a") + `</w:p></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p>` + text("b") + `</w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>`), ""},
		[2]string{document(`<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType="end"/><w:tab/><w:br w:type="page"/><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>`), wordStyles},
		[2]string{document(`<w:p><w:pPr><w:outlineLvl w:val="99999999999999999999"/></w:pPr>` + text("deep") + `</w:p>`), ""},
	)
}

func FuzzODT(f *testing.F) {
	const content = `<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:body><office:text>`
	fuzzParts(f, "a.odt", func(content, styles string) []byte {
		return archive(map[string]string{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, "styles.xml": styles, "meta.xml": styles})
	},
		[2]string{content + `<text:h text:outline-level="2">Patrol</text:h><text:p>one<text:s text:c="3"/>two<text:tab/><text:line-break/></text:p></office:text></office:body></office:document-content>`, `<office:document-meta><office:meta><dc:title>Patrol</dc:title><meta:creation-date>2019-03-04T10:00:00</meta:creation-date></office:meta></office:document-meta>`},
		[2]string{content + `<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>two</text:p></text:list-item></text:list></text:list-item></text:list><table:table><table:table-row table:number-rows-repeated="99999999"><table:table-cell table:number-columns-repeated="99999999"><text:p>a</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>`, ""},
		[2]string{content + `<text:p>a<text:s text:c="99999999999"/>b<text:note><text:note-body><text:p>n</text:p></text:note-body></text:note></text:p></office:text></office:body></office:document-content>`, ""},
	)
}

func FuzzXLSX(f *testing.F) {
	fuzzParts(f, "a.xlsx", func(sheet, texts string) []byte {
		return office("xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Plan" sheetId="1" r:id="worksheet"/></sheets></workbook>`, map[string]string{
			"xl/_rels/workbook.xml.rels": relations(map[string]string{"worksheet": "worksheets/sheet1.xml", "sharedStrings": "sharedStrings.xml", "styles": "styles.xml"}),
			"xl/worksheets/sheet1.xml":   sheet, "xl/sharedStrings.xml": texts, "xl/styles.xml": texts,
		})
	},
		[2]string{`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>41116</v></c><c r="XFD1" t="b"><v>1</v></c></row></sheetData></worksheet>`, `<sst><si><t>Course</t></si><si><r><t>Crime </t></r></si></sst>`},
		[2]string{`<worksheet><sheetData><row><c t="s"><v>-1</v></c><c t="s"><v>99999999999999999999</v></c><c s="-5"><v>1e308</v></c><c s="1"><v>NaN</v></c></row></sheetData></worksheet>`, `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-407]d/\ mmmm\ yyyy;@"/></numFmts><cellXfs><xf numFmtId="164"/><xf numFmtId="22"/></cellXfs></styleSheet>`},
		[2]string{`<worksheet><sheetData><row r="1048577"><c r="AAAAAAAA99999999999" t="inlineStr"><is><t>far</t></is></c></row></sheetData></worksheet>`, `<styleSheet><numFmts><numFmt numFmtId="1" formatCode="[h]:mm;&quot;"/></numFmts><cellXfs><xf numFmtId="1"/></cellXfs></styleSheet>`},
	)
}

func FuzzPPTX(f *testing.F) {
	const deck = `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="slide"/></p:sldIdLst></p:presentation>`
	fuzzParts(f, "a.pptx", func(slide, main string) []byte {
		return office("ppt/presentation.xml", main, map[string]string{
			"ppt/_rels/presentation.xml.rels": relations(map[string]string{"slide": "slides/slide1.xml"}), "ppt/slides/slide1.xml": slide,
			"ppt/slides/_rels/slide1.xml.rels": relations(map[string]string{"notesSlide": "../slides/slide1.xml"}),
		})
	},
		[2]string{`<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Patrol</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`, deck},
		[2]string{`<p:sld><p:cSld><p:spTree><p:grpSp><p:graphicFrame><a:tbl><a:tr><a:tc gridSpan="99999999"><a:txBody><a:p><a:pPr lvl="-3"/><a:r><a:t>a</a:t></a:r><a:br/></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame></p:grpSp></p:spTree></p:cSld></p:sld>`, deck},
		[2]string{`<p:sld show="0"><p:cSld/></p:sld>`, `<p:presentation><p:sldIdLst><p:sldId r:id="none"/><p:sldId/></p:sldIdLst></p:presentation>`},
	)
}

func FuzzEPUB(f *testing.F) {
	const opf = `<package><metadata><dc:title>Streife</dc:title></metadata><manifest><item id="a" href="ein.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>`
	fuzzParts(f, "a.epub", func(text, book string) []byte {
		return archive(map[string]string{
			"mimetype": "application/epub+zip", "META-INF/container.xml": `<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
			"OEBPS/book.opf": book, "OEBPS/ein.xhtml": text,
		})
	},
		[2]string{`<html><body><h1>Streife</h1><p>Erster&nbsp;Teil.</p></body></html>`, opf},
		[2]string{`<html><body><p>x`, strings.Replace(opf, "ein.xhtml", "../../../../etc/passwd", 1)},
		[2]string{`<html/>`, strings.Replace(opf, "ein.xhtml", "book.opf#%zz", 1)},
		[2]string{`<p>`, strings.ReplaceAll(opf, `<itemref idref="a"/>`, strings.Repeat(`<itemref idref="a"/>`, 300))},
	)
}

func FuzzHTML(f *testing.F) {
	x := fuzzing(f)
	for _, page := range []string{
		"<!doctype html><title>Patrol</title><h1>Patrol</h1><ul><li>one<li>two</ul><table><tr><td>a<td>b</table>", "<p>a<h7>b</h7><pre>c\n\td</pre>",
		`<meta charset="windows-1251"><p>` + "\xcf\xf0\xe8\xe2\xe5\xf2", "<table><table><tr><td><table>", "<svg><title>x</title><math><mi>y", "<p>" + strings.Repeat("<b>", 600) + "deep",
		"<template><p>hidden</template><noscript><p>shown</noscript><script>x</script><style>y</style>", "<p>\u202eturned\u0000</p>&#0;&#x110000;&#xD800;",
		`<html lang="ru"><body hidden><p>a</p></body>`, "<ol start=99999999999><li><li value=-1>x",
	} {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, x, "a.html", data) })
}

// Plain text in whatever encoding: the name says whether it has marks.
func FuzzText(f *testing.F) {
	x := fuzzing(f)
	for _, text := range []string{
		"A text about patrols.\n\nAnd another.", "\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0", "\xff\xfeA\x00\x10\x04", "\xfe\xff\x04\x10", "\xef\xbb\xbfpatrol", "\xff\xfe\x00\x00A\x00\x00\x00",
		"\xd8\x00", "\xff\xfe\x00\xd8", "a\x00b", "\x1b[31mred", "\r\r\n\n\u2028\u0085", "# \n## a\n```\ncode\n", "| a | b |\n|---|---|\n| c |", "> > > q\n- \n  - x\n1. y\n999999999999. z",
		"PC.DEC/1049\n26 July 2012\nOriginal: ENGLISH\n", "\xf0\xd2\xc9\xd7\xc5\xd4", "\x8f\xe0\xa8\xa2\xa5\xe2",
	} {
		f.Add([]byte(text), false)
		f.Add([]byte(text), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, marks bool) {
		name := "a.txt"
		if marks {
			name = "a.md"
		}
		sound(t, x, name, data)
	})
}
