package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"polis/internal/lang"
	"polis/internal/sheet"
)

// rows are values as Record gives them, in the order of the columns of courses.
var rows = [][]string{
	{"Crime scene", "2026-12-31", "1234.5", "1200", "training", "KG; TJ", "Osh"},
	{"=HYPERLINK(\"http://x\")", "2026-04-03", "-1.234", "-3", "visit", "BA", "@home; 'tis\nhere"},
	{"'=1+1", "2026-01-01", "0.1", "", "", "", "+1; -2"},
	{"-\"x\", y; z", "2100-01-01", "123456789012345", "", "gone", "", ""},
	{"01234", "2026-01-02", "", "", "", "", "Übung – Учебный\u00a0курс"},
}

func each(rows [][]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// values reads a file back with the columns of courses.
func values(t *testing.T, data []byte, reader lang.Tag) [][]string {
	t.Helper()
	b, troubles := read(t, data).Bind(courses, reader)
	records, more := b.Records()
	if all := append(troubles, more...); briefs(all) != "5E choice" {
		t.Error(briefs(all))
	}
	var got [][]string
	for _, r := range records {
		var row []string
		for _, c := range courses {
			row = append(row, r.Text(c.ID))
		}
		got = append(got, row)
	}
	return got
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	want := slices.Clone(rows)
	want[3] = slices.Clone(want[3])
	want[3][4] = "" // a choice that is no longer offered is written by its id, and told when it comes back
	want[1] = slices.Clone(want[1])
	want[1][6] = "@home; 'tis; here" // a line divides a list as a semicolon does
	for _, tag := range lang.All {
		t.Run(tag.Name(), func(t *testing.T) {
			for format, write := range map[string]func(*bytes.Buffer) error{
				"CSV":  func(b *bytes.Buffer) error { return sheet.WriteCSV(b, tag, courses, each(rows)) },
				"XLSX": func(b *bytes.Buffer) error { return sheet.WriteXLSX(b, tag, "Courses", courses, each(rows)) },
			} {
				var b bytes.Buffer
				must(t, write(&b))
				got := values(t, b.Bytes(), tag)
				if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
					t.Errorf("%s\ngot  %q\nwant %q", format, got, want)
				}
			}
		})
	}
}

func TestNoCellOfCSVRuns(t *testing.T) {
	var b bytes.Buffer
	must(t, sheet.WriteCSV(&b, lang.English, courses, each(rows)))
	if !bytes.HasPrefix(b.Bytes(), []byte("\xef\xbb\xbfTitle,Starts on,Cost,")) {
		t.Errorf("%.40q", b.String())
	}
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	must(t, err)
	for _, record := range records[1:] {
		for i, cell := range record {
			if number := courses[i].Kind == sheet.Number || courses[i].Kind == sheet.Whole; !number && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q would run", cell)
			}
		}
	}
	if records[2][2] != "-1.2340" || records[1][4] != "Training" || records[1][5] != "Kyrgyzstan; Tajikistan" {
		t.Errorf("%q", records[1:3])
	}
	t.Run("an error of the rows ends it", func(t *testing.T) {
		gone := errors.New("the database is gone")
		failing := func(yield func([]string, error) bool) { _ = yield(rows[0], nil) && yield(nil, gone) }
		if err := sheet.WriteCSV(&b, lang.English, courses, failing); !errors.Is(err, gone) {
			t.Error(err)
		}
		var x bytes.Buffer
		if err := sheet.WriteXLSX(&x, lang.English, "T", courses, failing); !errors.Is(err, gone) || x.Len() > 0 {
			t.Error(err, x.Len())
		}
	})
}

// part is a part of a workbook as it is written.
func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	f, err := z.Open(name)
	must(t, err)
	text, err := io.ReadAll(f)
	must(t, err)
	return string(text)
}

func opened(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f
}

func TestAWorkbookIsOneToWorkWith(t *testing.T) {
	var b bytes.Buffer
	must(t, sheet.WriteXLSX(&b, lang.German, "Kurse: 2026/27 [Entwurf] mit sehr langem Namen", courses, each(rows)))
	f := opened(t, b.Bytes())
	name := f.GetSheetName(0)
	if name != "Kurse 2026 27 Entwurf mit sehr" {
		t.Errorf("%q", name)
	}
	t.Run("its header is bold, in sight, and filters", func(t *testing.T) {
		id, err := f.GetCellStyle(name, "A1")
		must(t, err)
		style, err := f.GetStyle(id)
		must(t, err)
		panes, err := f.GetPanes(name)
		must(t, err)
		if !style.Font.Bold || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%+v %+v", style.Font, panes)
		}
		if names := f.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'"+name+"'!$A$1:$G$6" {
			t.Errorf("%+v", names)
		}
		if w, err := f.GetColWidth(name, "A"); err != nil || w < 30 {
			t.Error(w, err)
		}
	})
	t.Run("numbers and days count, texts do not run", func(t *testing.T) {
		for cell, want := range map[string]excelize.CellType{"B2": excelize.CellTypeUnset, "C2": excelize.CellTypeUnset, "A3": excelize.CellTypeInlineString, "A6": excelize.CellTypeInlineString, "G4": excelize.CellTypeInlineString} {
			kind, err := f.GetCellType(name, cell)
			formula, err2 := f.GetCellFormula(name, cell)
			must(t, err, err2)
			if kind != want || formula != "" {
				t.Error(cell, kind, formula)
			}
		}
		for cell, want := range map[string]string{"B2": "2026-12-31", "C2": "1234.5", "C3": "-1.234", "E2": "Schulung", "A6": "01234"} {
			if got, err := f.GetCellValue(name, cell); got != want || err != nil {
				t.Error(cell, got, err)
			}
		}
	})
	t.Run("Excel finds its columns in their order", func(t *testing.T) {
		found := regexp.MustCompile(`<col min="(\d+)"`).FindAllStringSubmatch(part(t, b.Bytes(), "xl/worksheets/sheet1.xml"), -1)
		for i, m := range found {
			if m[1] != strconv.Itoa(i+1) {
				t.Error(found)
			}
		}
		if len(found) != len(courses) {
			t.Error(found)
		}
	})
	t.Run("without rows it is whole too", func(t *testing.T) {
		var b bytes.Buffer
		must(t, sheet.WriteXLSX(&b, lang.Russian, "", courses, each(nil)))
		if table := read(t, b.Bytes()); len(table.Rows) != 1 || table.Sheet != "POLIS" {
			t.Error(lines(table))
		}
	})
}

func TestATemplateExplainsItself(t *testing.T) {
	for _, tag := range lang.All {
		var b bytes.Buffer
		must(t, sheet.WriteTemplate(&b, tag, lang.For(tag).T("sheet.template.explain"), courses)) // the same name as the explanation's
		f := opened(t, b.Bytes())
		sheets := f.GetSheetList()
		if len(sheets) != 3 {
			t.Fatal(sheets)
		}
		rules, err := f.GetDataValidations(sheets[0])
		must(t, err)
		if len(rules) != 4 {
			t.Fatalf("%d rules", len(rules))
		}
		for _, r := range rules {
			if strings.HasPrefix(r.Sqref, "E2:") && r.Formula1 != "'"+sheets[1]+"'!$A$1:$A$2" {
				t.Errorf("%+v", *r)
			}
		}
		if visible, err := f.GetSheetVisible(sheets[1]); visible || err != nil {
			t.Error("the lists are in sight", err)
		}
		lists, err := f.GetRows(sheets[1])
		must(t, err)
		if lists[1][0] != courses[4].Choices[1].Names.In(tag) {
			t.Error(lists)
		}
		help, err := f.GetRows(sheets[2])
		must(t, err)
		if len(help) != len(courses)+1 || help[1][1] != lang.For(tag).T("core.yes") || !strings.Contains(help[5][2], courses[4].Hint.In(tag)) || help[5][3] != courses[4].Choices[1].Names.In(tag) {
			t.Errorf("%q", help)
		}
		table := read(t, b.Bytes())
		if _, troubles := table.Bind(courses, tag); len(troubles) > 0 || len(table.Rows) != 1 || table.Rows[0].Cells[0].Text != courses[0].Names.In(tag)+" *" {
			t.Error(briefs(troubles), lines(table))
		}
		t.Run("filled in, it is read", func(t *testing.T) {
			must(t, f.SetSheetRow(sheets[0], "A2", &[]any{"x", "31.12.2026"}))
			var filled bytes.Buffer
			must(t, f.Write(&filled))
			b, _ := read(t, filled.Bytes()).Bind(courses, tag)
			if records, troubles := b.Records(); len(records) != 1 || len(troubles) > 0 || records[0].Text("starts") != "2026-12-31" {
				t.Error(records, briefs(troubles))
			}
		})
	}
}

// A hundred thousand rows are written with the memory of some: what waits, waits
// on the disk, and nothing of it is left there.
func TestManyRowsNeedLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var most uint64
	many := func(yield func([]string, error) bool) {
		var m runtime.MemStats
		for i := range 100_000 {
			if i%20_000 == 19_999 {
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
			if !yield(rows[i%len(rows)], nil) {
				return
			}
		}
	}
	var count counter
	must(t, sheet.WriteXLSX(&count, lang.English, "Courses", courses, many))
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	if most > 64<<20 || count < 1<<20 || len(left) > 0 {
		t.Errorf("%d MB of memory for %d bytes; left: %v", most>>20, count, left)
	}
	t.Logf("%d MB of memory at most, %d bytes written", most>>20, count)
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func TestABookHasSeveralSheets(t *testing.T) {
	var b bytes.Buffer
	must(t, sheet.WriteBook(&b, lang.German, "Kirgisistan", sheet.Page{"Kurse", courses, each(rows)}, sheet.Page{"Leer", courses, each(nil)}, sheet.Page{"Mehr", courses, each(rows[:2])}))
	f := opened(t, b.Bytes())
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Kurse", "Leer", "Mehr"}) {
		t.Fatal(got)
	}
	for name, n := range map[string]int{"Kurse": len(rows) + 1, "Leer": 1, "Mehr": 3} {
		if got, err := f.GetRows(name); err != nil || len(got) != n {
			t.Errorf("%s: %d rows, not %d: %v", name, len(got), n, err)
		}
	}
	if formula, err := f.GetCellFormula("Mehr", "A3"); err != nil || formula != "" {
		t.Error(formula, err)
	}
	t.Run("two of one name are refused, and nothing is written", func(t *testing.T) {
		var b bytes.Buffer
		if err := sheet.WriteBook(&b, lang.German, "K", sheet.Page{"Kurse", courses, each(rows)}, sheet.Page{"Kurse", courses, each(rows)}); err == nil || b.Len() > 0 {
			t.Error(err, b.Len())
		}
	})
}
