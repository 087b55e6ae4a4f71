package sheet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"polis/internal/lang"
	"polis/internal/sheet"
)

// sound holds what every outcome keeps to: a sentence, or a table whose texts can
// be stored, and records in the form of their kinds.
func sound(t *testing.T, data []byte) {
	t.Helper()
	l := sheet.DefaultLimits()
	l.Rows, l.Unpacked, l.Time = 500, 4<<20, 20*time.Second
	p := lang.For(lang.Russian)
	told := func(trouble *sheet.Trouble) {
		if s := trouble.Say(p) + trouble.Place(p); s == "" || strings.ContainsAny(s, "⟦⟧") || !utf8.ValidString(s) {
			t.Fatalf("%+v says %q", trouble, s)
		}
	}
	table, err := sheet.Read(ctx, bytes.NewReader(data), int64(len(data)), l)
	if err != nil {
		var trouble *sheet.Trouble
		if !errors.As(err, &trouble) {
			t.Fatal(err)
		}
		told(trouble)
		return
	}
	last := 0
	for _, row := range table.Rows {
		if row.Number <= last && table.Format == sheet.CSV || len(row.Cells) == 0 || len(row.Cells) > l.Columns {
			t.Fatalf("row %d after %d with %d cells", row.Number, last, len(row.Cells))
		}
		last = row.Number
		for _, c := range row.Cells {
			if !utf8.ValidString(c.Text) || strings.ContainsRune(c.Text, 0) {
				t.Fatalf("%q is no clean text", c.Text)
			}
		}
	}
	b, troubles := table.Bind(courses, lang.English)
	records, more := b.Records()
	for _, trouble := range append(troubles, more...) {
		told(&trouble)
	}
	for _, r := range records {
		if day := r.Text("starts"); day != "" {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{
		"Title;Starts on;Cost\nx;31.12.2026;1,5\n", "\"", "a,\"b\n\n", "sep=|\na|b\n", "\ufeffTitle,Starts on\n=1,03/04/2026\n", "\xff\xfeT\x00", "Titel\tBeginn\n\xfc\t1.1.2026",
		"Title,Title,Starts on\n#REF!,,\n", "\n\n\nCost,Participants\n\"1,234\",-1 000\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(sound)
}

// A fuzzer that changes the bytes of an archive gets no further than the archive.
// Here it changes the sheet and its texts, and they are packed anew.
func FuzzReadWorkbook(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" s="1"><v>46387</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A9"/></mergeCells></worksheet>`, `<sst><si><t>Title</t></si></sst>`)
	f.Add(`<worksheet><sheetData><row r="-1"><c r="XFD1"><v>1</v></c><c t="inlineStr"><is><t>Starts on</t></is></c></row><row r="1"><c t="e"><v>#N/A</v></c></row></sheetData></worksheet>`, `<`)
	f.Fuzz(func(t *testing.T, sheetXML, texts string) {
		sound(t, packed(t, sheetXML, map[string]string{"xl/sharedStrings.xml": texts}))
	})
}

func FuzzReadBytes(f *testing.F) {
	f.Add(workbook(f, func(w *excelize.File) { set(f, w, "Sheet1", map[string]any{"A1": "Title", "B1": "Starts on", "A2": 1}) }))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xd0\xcf\x11\xe0"))
	f.Fuzz(sound)
}
