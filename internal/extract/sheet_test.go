package extract_test

import (
	"slices"
	"strings"
	"testing"

	"polis/internal/extract"
)

// inExcel packs a workbook with one visible sheet of those rows, in the shape in which Excel writes it.
func inExcel(rows string, strict bool) []byte {
	links := relations(map[string]string{"worksheet": "worksheets/sheet1.xml", "worksheet#2": "worksheets/sheet2.xml", "sharedStrings": "texts.xml", "styles": "styles.xml"})
	more := map[string]string{
		"xl/_rels/workbook.xml.rels": links,
		"xl/texts.xml": `<sst><si><t>Course</t></si><si><r><t xml:space="preserve">Crime </t></r><r><rPr><b/></rPr><t>scene</t></r><rPh sb="0" eb="1"><t>furigana</t></rPh></si>` +
			`<si><t>two_x000D_&#10;lines</t></si></sst>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-407]d/\ mmmm\ yyyy;@"/><numFmt numFmtId="165" formatCode="#,##0.00\ [$MDL]"/><numFmt numFmtId="166" formatCode="dd/mm/yyyy\ hh:mm"/>` +
			`<numFmt numFmtId="167" formatCode="0.0%"/><numFmt numFmtId="168" formatCode="[h]:mm"/><numFmt numFmtId="169" formatCode="[Red]0&quot; days&quot;"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="169"/><xf numFmtId="20"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml":            `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml":            `<worksheet><sheetData><row><c t="inlineStr"><is><t>Hidden list</t></is></c></row></sheetData></worksheet>`,
		"xl/worksheets/_rels/sheet1.xml.rels": relations(map[string]string{"drawing": "../drawings/drawing1.xml"}),
		"xl/drawings/drawing1.xml":            `<xdr:wsDr xmlns:xdr="x" xmlns:a="a"><xdr:sp><xdr:txBody><a:p><a:r><a:t>Fill in the grey cells.</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>`,
	}
	main := `<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Plan" sheetId="1" r:id="worksheet"/><sheet name="Lists" sheetId="2" state="veryHidden" r:id="worksheet#2"/></sheets></workbook>`
	if strict {
		main = strings.Replace(main, "<workbookPr/>", `<workbookPr date1904="1"/>`, 1)
		for name, part := range more {
			more[name] = strings.ReplaceAll(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
		}
	}
	return office("xl/workbook.xml", main, more)
}

func TestExcelCells(t *testing.T) {
	row := func(cells string) string { return "<row>" + cells + "</row>" }
	for name, want := range map[string]string{
		`<c t="s"><v>1</v></c><c t="s"><v>2</v></c>`:           "Crime scene\ttwo lines",
		`<c s="1"><v>41116</v></c>`:                            "2012-07-26",
		`<c s="2"><v>41116</v></c>`:                            "41116",
		`<c s="3"><v>41116.395833333336</v></c>`:               "2012-07-26 09:30",
		`<c s="4"><v>0.28999999999999998</v></c>`:              "29%",
		`<c s="5"><v>1.5</v></c><c s="7"><v>0.75</v></c>`:      "36:00\t18:00",
		`<c s="6"><v>12</v></c>`:                               "12",
		`<c><v>0.30000000000000004</v></c><c><v>1E-3</v></c>`:  "0.3\t0.001",
		`<c t="d"><v>2012-07-26T00:00:00</v></c>`:              "2012-07-26",
		`<c t="str"><f>A1&amp;B1</f><v>Basic training</v></c>`: "Basic training",
		`<c t="e"><v>#REF!</v></c><c t="s"><v>99</v></c>`:      "",
		`<c s="1"><v>99999999999</v></c>`:                      "99999999999",
	} {
		c := read(t, "a.xlsx", inExcel(row(name), false))
		got := ""
		for _, p := range c.Passages {
			if p.Kind == extract.TableRow {
				got += p.Text
			}
		}
		if got != want {
			t.Errorf("%s reads %q, not %q", name, got, want)
		}
	}
	t.Run("a number is shown as its format means it, in the strict form and from 1904 too", func(t *testing.T) {
		c := read(t, "a.xlsx", inExcel(row(`<c s="1"><v>39654</v></c>`), true))
		has(t, c, extract.Passage{Kind: extract.TableRow, Page: 1, Text: "2012-07-26"})
	})
	t.Run("hidden sheets are not read, boxes on a sheet are", func(t *testing.T) {
		c := read(t, "a.xlsx", inExcel(row(`<c t="s"><v>0</v></c>`), false))
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 1, Page: 1, Text: "Plan"},
			{Kind: extract.TableRow, Page: 1, Text: "Course"},
			{Kind: extract.Paragraph, Page: 1, Text: "Fill in the grey cells."},
		}
		if !slices.Equal(c.Passages, want) || c.Pages != 1 {
			t.Errorf("passages %+v, pages %d", c.Passages, c.Pages)
		}
	})
}

func TestPowerPointShapes(t *testing.T) {
	slide := `<p:sld xmlns:p="p" xmlns:a="a" xmlns:r="r"><p:cSld><p:spTree>` +
		`<p:sp><p:nvSpPr><p:nvPr><p:ph type="ctrTitle"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Referral</a:t></a:r></a:p></p:txBody></p:sp>` +
		`<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm="diagramData"/></a:graphicData></a:graphic></p:graphicFrame>` +
		`<p:graphicFrame><a:graphic><a:graphicData><c:chart r:id="chart"/></a:graphicData></a:graphic></p:graphicFrame>` +
		`<p:sp><p:txBody><a:p><a:r><a:t>Page_x000B_</a:t></a:r><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p></p:txBody></p:sp>` +
		`<p:sp><p:nvSpPr><p:nvPr><p:ph type="ftr"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Footer</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`
	c := read(t, "a.pptx", office("ppt/presentation.xml", `<p:presentation xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="slide"/></p:sldIdLst></p:presentation>`, map[string]string{
		"ppt/_rels/presentation.xml.rels":  relations(map[string]string{"slide": "slides/slide1.xml"}),
		"ppt/slides/slide1.xml":            slide,
		"ppt/slides/_rels/slide1.xml.rels": relations(map[string]string{"diagramData": "../diagrams/data1.xml", "chart": "../charts/chart1.xml", "notesSlide": "../notesSlides/notesSlide1.xml"}),
		"ppt/diagrams/data1.xml":           `<dgm:dataModel><dgm:pt><dgm:t><a:p><a:r><a:t>Identify</a:t></a:r></a:p><a:p><a:r><a:t>Protect</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>`,
		"ppt/charts/chart1.xml":            `<c:chartSpace><c:title><c:tx><c:rich><a:p><a:r><a:t>Women in training</a:t></a:r></a:p></c:rich></c:tx></c:title><c:v>12</c:v></c:chartSpace>`,
		"ppt/notesSlides/notesSlide1.xml":  `<p:notes><p:sp><p:nvPr><p:ph type="hdr"/></p:nvPr><a:p><a:r><a:t>Head</a:t></a:r></a:p></p:sp><p:sp><p:nvPr><p:ph type="body" idx="1"/></p:nvPr><a:p><a:r><a:t>Speak slowly.</a:t></a:r></a:p></p:sp></p:notes>`,
	}))
	t.Run("diagrams, titles of charts and notes are read where they stand; numbers, heads and feet are not", func(t *testing.T) {
		want := "Referral\nIdentify\nProtect\nWomen in training\nPage\nSpeak slowly.\n"
		if got := c.Text(); got != want {
			t.Errorf("read\n%s\nnot\n%s", got, want)
		}
	})
}

func TestOpenDocumentAsWritersLeaveIt(t *testing.T) {
	c := read(t, "a.odt", archive(map[string]string{
		"mimetype": "application/vnd.oasis.opendocument.text",
		"content.xml": `<office:document-content><office:automatic-styles><style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style></office:automatic-styles><office:body><office:text>` +
			`<text:h text:outline-level="1">Needs<draw:frame><draw:text-box><text:p>In a frame</text:p></draw:text-box><svg:desc>A picture</svg:desc></draw:frame> assessment</text:h>` +
			`<text:p>The law<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Of 2012.</text:p></text:note-body></text:note> holds<text:span text:style-name="T1">, they say</text:span>.</text:p>` +
			`<text:section text:display="none"><text:p>Not shown</text:p></text:section></office:text></office:body></office:document-content>`,
		"styles.xml": `<office:document-styles><office:master-styles><style:master-page><style:header><text:p>PC.DEC/1049</text:p></style:header></style:master-page></office:master-styles></office:document-styles>`,
	}))
	t.Run("frames follow their block, marks of notes and hidden text are left out", func(t *testing.T) {
		want := "Needs assessment\nIn a frame\nThe law Of 2012. holds.\n"
		if got := c.Text(); got != want {
			t.Errorf("read\n%s\nnot\n%s", got, want)
		}
	})
	t.Run("the symbol comes from the head of the page", func(t *testing.T) {
		if c.Symbol != "PC.DEC/1049" {
			t.Errorf("symbol %q", c.Symbol)
		}
	})
}
