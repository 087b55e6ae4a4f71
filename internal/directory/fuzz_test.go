package directory_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/store/storetest"
)

// Whatever a spreadsheet saves is read, or refused line by line; a mere look
// stores nothing.
func FuzzImportCSV(f *testing.F) {
	head := "id,kind,name_en,name_ru\n"
	for _, sheet := range []string{
		"", head, head + "unit-a,organisation,Unit A,Отдел А\n", head + "\"open", "id;kind;name_en\na;b;c\n", "\xef\xbb\xbf" + head, "id\tkind\nx\ty\n",
		head + "\x00,\xff,=1+1,\n", "\xff\xfei\x00d\x00", strings.Repeat("id,", 500), head + strings.Repeat("a,organisation,b,c\n", 50), "id,id\n1,2\n", head + "KG,state,=HYPERLINK(\"x\"),\n",
	} {
		f.Add([]byte(sheet))
	}
	ctx, db := context.Background(), storetest.SQLite(f)
	if err := directory.Seed(ctx, db); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, sheet []byte) {
		before := db.Seq()
		report, err := directory.ImportCSV(ctx, db, access.System("fuzz"), strings.NewReader(string(sheet)), true)
		if err != nil {
			t.Fatalf("%q: %v", sheet, err)
		}
		if db.Seq() != before {
			t.Error("a look was written")
		}
		for _, fault := range report.Faults {
			if !utf8.ValidString(fault.Value) {
				t.Errorf("a fault quotes %q", fault.Value)
			}
		}
	})
}
