package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"polis/internal/lang"
	"polis/internal/sheet"
)

var ctx = context.Background()

func read(t testing.TB, data []byte) *sheet.Table {
	t.Helper()
	table, err := sheet.Read(ctx, bytes.NewReader(data), int64(len(data)), sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// refused is why a file is not read: "row column key".
func refused(t *testing.T, data []byte, l sheet.Limits) string {
	t.Helper()
	_, err := sheet.Read(ctx, bytes.NewReader(data), int64(len(data)), l)
	var trouble *sheet.Trouble
	if !errors.As(err, &trouble) {
		t.Fatalf("%v is no trouble", err)
	}
	return brief(*trouble)
}

func brief(t sheet.Trouble) string {
	return strings.TrimSpace(fmt.Sprintf("%d%s %s", t.Row, t.Letter(), strings.TrimPrefix(t.Key, "sheet.error.")))
}

// lines are the rows of a table: "number: cell | cell".
func lines(table *sheet.Table) string {
	var all []string
	for _, row := range table.Rows {
		all = append(all, fmt.Sprintf("%d: %s", row.Number, strings.Join(row.Texts(), " | ")))
	}
	return strings.Join(all, "\n")
}

// workbook makes a file with Excel's own structure.
func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(t testing.TB, f *excelize.File, name string, values map[string]any) {
	t.Helper()
	for cell, v := range values {
		if err := f.SetCellValue(name, cell, v); err != nil {
			t.Fatal(err)
		}
	}
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestWorkbooks(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		set(t, f, "Sheet1", map[string]any{"A1": "hidden"})
		_, err := f.NewSheet("Plan")
		must(t, err)
		_, err = f.NewSheet("Later")
		must(t, err)
		set(t, f, "Later", map[string]any{"A1": "later"})
		set(t, f, "Plan", map[string]any{
			"A2": "State", "B2": "Course", "C2": "Starts", "D2": "Cost", "E2": "Note",
			"A3": "Kyrgyzstan", "B3": "  Crime\nscene ", "C3": time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), "D3": 0.1 + 0.2,
			"B4": "Forensics", "C4": 46387, "D4": 1234567.5,
			"B5": "Cybercrime", "D5": true,
			"A8": "", "C900": "",
		})
		must(t, f.SetCellFormula("Plan", "E3", "D3*2"), f.SetCellStr("Plan", "E4", "=1+1"))
		must(t, f.MergeCell("Plan", "A3", "A5"), f.MergeCell("Plan", "A1", "E1"))
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		must(t, f.SetCellStyle("Plan", "C4", "C4", day))
		f.SetActiveSheet(1)
		must(t, f.SetSheetVisible("Sheet1", false))
	})
	table := read(t, data)
	want := "2: State | Course | Starts | Cost | Note\n" +
		"3: Kyrgyzstan | Crime\nscene | 2026-12-31 | 0.3\n" +
		"4: Kyrgyzstan | Forensics | 2026-12-31 | 1234567.5 | =1+1\n" +
		"5: Kyrgyzstan | Cybercrime |  | 1"
	if got := lines(table); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if table.Format != sheet.XLSX || table.Sheet != "Plan" {
		t.Error(table.Format, table.Sheet)
	}
	if !table.Rows[1].Cells[2].Exact || table.Rows[1].Cells[1].Exact {
		t.Error("what is exact is not told from what was typed")
	}
}

// packed packs parts into a workbook by hand: what no library would write.
func packed(t testing.TB, sheetXML string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":         `<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="One" sheetId="1" r:id="s"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="t" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": sheetXML,
	}
	for name, part := range more {
		parts[name] = part
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"} {
		if parts[name] == "" {
			continue
		}
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, parts[name])
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func TestWorkbooksFromElsewhere(t *testing.T) {
	data := packed(t, `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>B</t></is></c></row>`+
		`<row r="5"><c r="B5" t="str"><f>A1</f><v>computed</v></c><c r="D5" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData></worksheet>`,
		map[string]string{"xl/sharedStrings.xml": `<sst><si><r><t>two </t></r><r><t>runs</t></r></si></sst>`})
	table := read(t, data)
	if got := lines(table); got != "1: two runs | B\n5:  | computed |  | " {
		t.Error(got)
	}
	if c := table.Rows[1].Cells[3]; c.Fault != "#DIV/0!" {
		t.Errorf("%+v", c)
	}
}

func TestBrokenAndHostileFilesAreRefused(t *testing.T) {
	whole := workbook(t, func(f *excelize.File) { set(t, f, "Sheet1", map[string]any{"A1": "x", "A2": "y"}) })
	cut := bytes.Clone(whole[:len(whole)/2])
	garbled := bytes.Clone(whole)
	for i := 60; i < len(garbled)-2000; i += 7 {
		garbled[i] ^= 0x55
	}
	var ods bytes.Buffer
	z := zip.NewWriter(&ods)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "mimetype", Method: zip.Store})
	must(t, err)
	_, err = io.WriteString(w, "application/vnd.oasis.opendocument.spreadsheet")
	must(t, err, z.Close())
	small := sheet.DefaultLimits()
	small.Rows, small.Columns, small.Cell, small.Bytes, small.Unpacked = 3, 4, 10, 10_000, 1<<20
	usual := sheet.DefaultLimits()
	for _, c := range []struct {
		what string
		data []byte
		l    sheet.Limits
		want string
	}{
		{"nothing", nil, usual, "0 empty"},
		{"blanks", []byte(" \r\n\n"), usual, "0 empty"},
		{"only a mark", []byte("\xef\xbb\xbf"), usual, "0 empty"},
		{"only separators", []byte(";;;\n;;\n"), usual, "0 empty"},
		{"an empty sheet", workbook(t, func(*excelize.File) {}), usual, "0 empty"},
		{"a workbook that is cut off", cut, usual, "0 broken"},
		{"one with wrong bytes", garbled, usual, "0 broken"},
		{"XML that ends early", packed(t, `<worksheet><sheetData><row><c><v>1</v></c></row>`, nil), usual, "0 broken"},
		{"XML that is none", packed(t, `<worksheet><<`, nil), usual, "0 broken"},
		{"a zip that is no workbook", ods.Bytes(), usual, "0 format"},
		{"a workbook before 2007 or with a password", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...), usual, "0 old"},
		{"a PDF", []byte("%PDF-1.7\n1 0 obj"), usual, "0 format"},
		{"a page of HTML that is called a sheet", []byte("<html><table><tr><td>x</td></tr></table>"), usual, "0 format"},
		{"bytes that are nothing", bytes.Repeat([]byte{1, 2, 3, 0, 250, 7}, 100), usual, "0 format"},
		{"too many bytes", bytes.Repeat([]byte("a,b\n"), 3000), small, "0 too-large"},
		{"too many rows", []byte("a\nb\nc\nd\n"), small, "4 too-large"},
		{"too many columns", []byte("a,b\nc,,,,e\n"), small, "2E columns"},
		{"too long a cell", []byte("a\nb,ячейка ячейка\n"), small, "2B cell-long"},
		{"a bomb", packed(t, `<worksheet><sheetData>`+strings.Repeat(`<row><c><v>1</v></c></row>`, 60_000)+`</sheetData></worksheet>`, nil), small, "4 too-large"},
		{"a bomb of blanks", packed(t, `<worksheet><sheetData>`+strings.Repeat(" ", 2<<20)+`</sheetData></worksheet>`, nil), small, "0 too-large"},
		{"a cell beyond every sheet", packed(t, `<worksheet><sheetData><row><c r="ZZZZZ1"><v>1</v></c></row></sheetData></worksheet>`, nil), usual, "0 too-large"},
		{"a quotation mark that is never closed", []byte("a,b\n1,\"x\n2,y\n3,z\n"), usual, "2 quote"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := refused(t, c.data, c.l); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
		})
	}
	t.Run("a reader that fails is no fault of the file", func(t *testing.T) {
		var trouble *sheet.Trouble
		if _, err := sheet.Read(ctx, bytes.NewReader(nil), 100, usual); err == nil || errors.As(err, &trouble) {
			t.Error(err)
		}
		stopped, stop := context.WithCancel(ctx)
		stop()
		for _, data := range [][]byte{whole, []byte("a,b\n")} {
			if _, err := sheet.Read(stopped, bytes.NewReader(data), int64(len(data)), usual); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
	t.Run("areas that overlap without end cost nothing", func(t *testing.T) {
		areas := strings.Repeat(`<mergeCell ref="A1:A1048576"/>`, 20_000)
		rows := strings.Repeat(`<row><c r="B1"><v>1</v></c></row>`, 5000)
		data := packed(t, `<worksheet><sheetData><row><c><v>1</v></c></row>`+rows+`</sheetData><mergeCells>`+areas+`</mergeCells></worksheet>`, nil)
		if table := read(t, data); len(table.Rows) != 5001 || table.Rows[5000].Cells[0].Text != "1" {
			t.Error(len(table.Rows))
		}
	})
}

func TestCSVInManyWays(t *testing.T) {
	const russian = "Название;Участники\nУчебный курс;12\n"
	const german = "Titel;Übungen\nPrüfung;12\n"
	const ru, de = "1: Название | Участники\n2: Учебный курс | 12", "1: Titel | Übungen\n2: Prüfung | 12"
	for _, c := range []struct {
		what, csv string
		as        encoding.Encoding
		encoding  string
		want      string
	}{
		{"UTF-8", russian, nil, "UTF-8", ru},
		{"UTF-8 with its mark", "\ufeff" + russian, nil, "UTF-8", ru},
		{"Windows-1251", russian, charmap.Windows1251, "Windows 1251", ru},
		{"Windows-1252", german, charmap.Windows1252, "Windows 1252", de},
		{"KOI8-R", russian, charmap.KOI8R, "KOI8-R", ru},
		{"UTF-16 with its mark, and tabs", strings.ReplaceAll(russian, ";", "\t"), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16", ru},
		{"UTF-16 the other way round", german, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "UTF-16", de},
		{"UTF-16 without a mark", german, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16", de},
		{"commas and quotation marks", "Titel,Übungen\n\"Prüfung\",\"12\"\n", nil, "UTF-8", de},
		{"a first line that names the separator", "sep=;\r\n" + strings.ReplaceAll(german, "\n", "\r\n"), nil, "UTF-8", "2: Titel | Übungen\n3: Prüfung | 12"},
		{"a title above the columns", "Kurse 2026\n\n" + german, nil, "UTF-8", "1: Kurse 2026\n3: Titel | Übungen\n4: Prüfung | 12"},
		{"cells of several lines count as the spreadsheet counts", "a,b\n\"x\ny\",\"z\"\"z\n\n\"\nlast,\n", nil, "UTF-8", "1: a | b\n2: x\ny | z\"z\n3: last"},
		{"cells that were guarded", "a,b,c\n'=1+1,'-x,'tis\n", nil, "UTF-8", "1: a | b | c\n2: =1+1 | -x | 'tis"},
		{"invisible marks and broken bytes", "a\u200b,b\nx\x00y,\u00adz\n" + strings.Repeat("\n", 100), nil, "UTF-8", "1: a | b\n2: xy | z"},
	} {
		t.Run(c.what, func(t *testing.T) {
			data := c.csv
			if c.as != nil {
				var err error
				if data, err = c.as.NewEncoder().String(data); err != nil {
					t.Fatal(err)
				}
			}
			table := read(t, []byte(data))
			if got := lines(table); got != c.want || table.Encoding != c.encoding || table.Format != sheet.CSV {
				t.Errorf("%s\n%s", table.Encoding, got)
			}
		})
	}
	t.Run("what can be read once only is read too", func(t *testing.T) {
		table, err := sheet.ReadFrom(ctx, strings.NewReader("a,b\n"), sheet.DefaultLimits())
		if err != nil || lines(table) != "1: a | b" {
			t.Error(err)
		}
		l := sheet.DefaultLimits()
		l.Bytes = 3
		var trouble *sheet.Trouble
		if _, err = sheet.ReadFrom(ctx, strings.NewReader("a,b\n"), l); !errors.As(err, &trouble) {
			t.Error(err)
		}
	})
}

func TestTroublesAreSentences(t *testing.T) {
	trouble := sheet.Trouble{Row: 1234, Column: 28, Key: "sheet.error.missing", Args: []any{"column", lang.Names{"en": "Title", "ru": "Название"}}}
	for tag, want := range map[lang.Tag]string{
		"en": "Row 1234, column AB: “Title” is missing here. Fill in the cell.",
		"ru": "Строка 1234, столбец AB: Здесь не заполнено «Название». Заполните ячейку.",
	} {
		p := lang.For(tag)
		if got := trouble.Place(p) + ": " + trouble.Say(p); got != want {
			t.Error(got)
		}
	}
	if got := trouble.Error(); !strings.HasPrefix(got, "Row 1234, column AB: ") {
		t.Error(got)
	}
	keys := slices.DeleteFunc(lang.Keys(), func(k string) bool { return !strings.HasPrefix(k, "sheet.") })
	if len(keys) < 30 {
		t.Error("the messages of the room are missing")
	}
}
