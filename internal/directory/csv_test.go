package directory_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/sheet"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func load(t *testing.T, db *store.DB, who access.Subject, csv string) directory.Report {
	t.Helper()
	r, err := directory.ImportCSV(ctx, db, who, strings.NewReader(csv), false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// faults are what the report says is wrong, as "line column key".
func faults(r directory.Report) []string {
	list := []string{}
	for _, f := range r.Faults {
		list = append(list, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Key[strings.LastIndex(f.Key, ".")+1:]))
	}
	return list
}

func export(t *testing.T, db *store.DB) string {
	t.Helper()
	var b bytes.Buffer
	if err := directory.ExportCSV(ctx, db, access.Subject{}.Scope(), directory.Filter{}, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnExportComesBackAsItWas(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		csv := export(t, db)
		t.Run("into the same directory it changes nothing", func(t *testing.T) {
			seq := db.Seq()
			r := load(t, db, desk, csv)
			if r.Unchanged != 157 || len(r.Changes) > 0 || len(r.Faults) > 0 || r.Stored || db.Seq() != seq {
				t.Errorf("%+v", r)
			}
		})
		t.Run("into an empty one it makes the same, and twice does not double it", func(t *testing.T) {
			other := storetest.SQLite(t)
			r := load(t, other, desk, csv)
			if len(r.Changes) != 157 || !r.Changes[0].New || !r.Stored || len(r.Faults) > 0 {
				t.Fatalf("%d changes, %v", len(r.Changes), r.Faults)
			}
			if r := load(t, other, desk, csv); r.Unchanged != 157 || r.Stored {
				t.Errorf("%+v", r)
			}
			if export(t, other) != csv {
				t.Error("the export of the copy differs")
			}
			events, err := store.Since(ctx, other, all, 0, 1000)
			if err != nil || len(events) != 157 {
				t.Error(len(events), err)
			}
		})
	})
}

func TestAnImportShowsWhatItWouldDoAndDoesIt(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		csv := "id,website\nKG,https://www.gov.kg/\nTJ,\nUZ,https://gov.uz/\n"
		r, err := directory.ImportCSV(ctx, db, desk, strings.NewReader(csv), true)
		if err != nil {
			t.Fatal(err)
		}
		want := directory.Difference{Column: "website", After: "https://www.gov.kg/"}
		if len(r.Changes) != 2 || r.Unchanged != 1 || r.Stored || r.Changes[0].ID != "KG" || r.Changes[0].New ||
			len(r.Changes[0].Cells) != 1 || r.Changes[0].Cells[0] != want {
			t.Errorf("%+v", r)
		}
		if get(t, db, "KG").Website != "" {
			t.Error("the dry run stored something")
		}
		if r := load(t, db, desk, csv); !r.Stored || len(r.Changes) != 2 {
			t.Errorf("%+v", r)
		}
		e := get(t, db, "KG")
		if e.Website != "https://www.gov.kg/" || e.NameOn("", lang.Russian) != "Кыргызстан" || e.SubRegion != "central-asia" {
			t.Errorf("the absent columns changed: %+v", e)
		}
	})
}

func TestAnImportStoresOnlyWhatWasAgreed(t *testing.T) {
	agree := func(db *store.DB, csv, plan string) (directory.Report, error) {
		return directory.ImportAgreed(ctx, db, desk, strings.NewReader(csv), plan)
	}
	look := func(t *testing.T, db *store.DB, csv string) directory.Report {
		t.Helper()
		r, err := directory.ImportCSV(ctx, db, desk, strings.NewReader(csv), true)
		if err != nil || r.Plan == "" {
			t.Fatal(r, err)
		}
		return r
	}
	seeded(t, func(t *testing.T, db *store.DB) {
		const csv = "id,website\nTJ,https://gov.tj/\n"
		t.Run("what others changed since the look is shown again and kept; agreed to, it is stored", func(t *testing.T) {
			before := look(t, db, csv)
			load(t, db, desk, "id,website\nTJ,https://other.tj/\n")
			r, err := agree(db, csv, before.Plan)
			if err != nil || r.Stored || len(r.Changes) != 1 || r.Changes[0].Cells[0].Before != "https://other.tj/" || get(t, db, "TJ").Website != "https://other.tj/" {
				t.Fatalf("%+v, %v", r, err)
			}
			if r, err = agree(db, csv, r.Plan); err != nil || !r.Stored || get(t, db, "TJ").Website != "https://gov.tj/" {
				t.Errorf("%+v, %v", r, err)
			}
			if r, err = agree(db, csv, r.Plan); err != nil || r.Stored || r.Plan != "" {
				t.Errorf("agreed to twice: %+v, %v", r, err)
			}
		})
		t.Run("what others changed beside it does not hinder, and is kept", func(t *testing.T) {
			plan := look(t, db, "id,website\nUZ,https://gov.uz/\n").Plan
			load(t, db, desk, "id,mandate\nUZ,PC.DEC/1\n")
			r, err := agree(db, "id,website\nUZ,https://gov.uz/\n", plan)
			if e := get(t, db, "UZ"); err != nil || !r.Stored || e.Website != "https://gov.uz/" || e.Mandate != "PC.DEC/1" {
				t.Errorf("%+v, %v: %+v", r, err, e)
			}
		})
		t.Run("of many who agree at the same moment one is stored, and the others see it", func(t *testing.T) {
			sheet := func(i int) string { return fmt.Sprintf("id,website\nKZ,https://%d.kz/\n", i) }
			plans, stored := make([]string, 6), make([]bool, 6)
			for i := range plans {
				plans[i] = look(t, db, sheet(i)).Plan
			}
			var all sync.WaitGroup
			for i := range plans {
				all.Go(func() {
					r, err := agree(db, sheet(i), plans[i])
					if stored[i] = r.Stored; err != nil || !r.Stored && (len(r.Changes) != 1 || r.Changes[0].Cells[0].Before == "") {
						t.Errorf("%+v, %v", r, err)
					}
				})
			}
			all.Wait()
			if n := len(slices.DeleteFunc(stored, func(s bool) bool { return !s })); n != 1 {
				t.Errorf("%d were stored", n)
			}
		})
		t.Run("an entry cannot take the address of a page", func(t *testing.T) {
			for _, id := range directory.Reserved {
				r := load(t, db, desk, "id,kind,long_en\n"+id+",organisation,Something\n")
				if got := faults(r); !slices.Equal(got, []string{"2 id reserved"}) {
					t.Error(id, got)
				}
			}
		})
	})
}

func TestTheLinesOfAnEntryAreItsNames(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		r := load(t, db, desk, "id;name_from;name_to;long_en\n"+
			"office-minsk;2011;;OSCE Office in Minsk (closed)\noffice-minsk;;2010;OSCE Office in Minsk\n")
		e := get(t, db, "office-minsk")
		if !r.Stored || len(e.Names) != 2 || e.NameOn("2005", lang.French) != "Bureau de l’OSCE à Minsk" ||
			e.NameOn("", lang.English) != "OSCE Office in Minsk (closed)" {
			t.Errorf("%+v %v", e.Names, r.Faults)
		}
		t.Run("a name that has no line any more is gone", func(t *testing.T) {
			load(t, db, desk, "id;name_from;long_en\noffice-minsk;;OSCE Office in Minsk\n")
			if e := get(t, db, "office-minsk"); len(e.Names) != 1 || e.Names[0].Long[lang.French] != "Bureau de l’OSCE à Minsk" {
				t.Errorf("%+v", e.Names)
			}
		})
		t.Run("without times it is the newest name", func(t *testing.T) {
			load(t, db, desk, "id,short_fr\nprogramme-office-bishkek,BPB\n")
			e := get(t, db, "programme-office-bishkek")
			if len(e.Names) != 2 || e.ShortOn("", lang.French) != "BPB" || e.ShortOn("2012", lang.French) != "Centre de l’OSCE à Bichkek" {
				t.Errorf("%+v", e.Names)
			}
		})
	})
}

func TestNewEntriesMayReferToEachOtherInAnyOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := load(t, db, desk, "id,kind,parent,host,iso3,sub_region,long_en\n"+
			"demo-cell,unit,demo-office,QQ,,,Cell\ndemo-office,unit,,QQ,,,Office\nQQ,state,,,QQQ,central-asia,Demoland\n")
		if !r.Stored || len(r.Changes) != 3 {
			t.Errorf("%+v", r)
		}
	})
}

func TestEveryFaultIsNamedByLineAndColumn(t *testing.T) {
	cases := []struct{ what, csv, want string }{
		{"an empty file", "", "1  empty"},
		{"only spaces", "  \n\n", "1  empty"},
		{"no header", "KG,state\nTJ,state\n", "1 kg column, 1 state column, 1 id column-missing"},
		{"columns unknown and doubled", "id,wesite,host,HOST\nKG,,,\n", "1 wesite column, 1 host column-twice"},
		{"cells under no column", "id,website\nKG,,lost\n", "2  cells"},
		{"a quotation mark that never ends", "id,website\nKG,\"https://x\nTJ,\n", "2  quote"},
		{"a line without id", "id,website\n,https://gov.kg/\nKG,nonsense\n", "2 id id-missing, 3 website website"},
		{"an id twice without times", "id,website\nKG,\nTJ,\nKG,\n", "4 id id-twice"},
		{"lines that contradict each other", "id,name_from,mandate,long_en\nspmu,2012,,A\nspmu,2002,PC.DEC/1,B\n", "3 mandate differs"},
		{"a code that is not the id", "id,iso2\nKG,KZ\nspmu,SP\n", "2 iso2 iso2, 3 iso2 iso2"},
		{"a name's fault on the name's line", "id,name_from,name_to,long_en\nspmu,2012,2011,A\nspmu,2002,x,B\n", "2 name_to date-order, 3 name_to date"},
		{"a new entry with nothing", "id\nnew-one\n", "2 kind kind, 2 long_en english"},
		{
			"many at once", "id,kind,host,long_en\nnew-one,thing,XX,\nKG,body,,Kyrgyzstan\n",
			"2 host host, 2 kind kind, 2 long_en english, 3 id slug, 3 iso3 iso3, 3 kind kind-fixed",
		},
	}
	seeded(t, func(t *testing.T, db *store.DB) {
		for _, c := range cases {
			t.Run(c.what, func(t *testing.T) {
				before := db.Seq()
				r := load(t, db, desk, c.csv)
				if got := strings.Join(faults(r), ", "); c.want != "" && got != c.want || len(r.Faults) == 0 {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
				if r.Stored || db.Seq() != before {
					t.Error("a faulty file was stored")
				}
			})
		}
		t.Run("more than a directory", func(t *testing.T) {
			for _, csv := range []string{
				"id\n" + strings.Repeat("KG\n", 1501),
				"id\n" + strings.Repeat("x", 5<<20),
			} {
				if r := load(t, db, desk, csv); len(r.Faults) != 1 || r.Faults[0].Key != "directory.error.too-large" {
					t.Error(len(r.Faults), "faults")
				}
			}
		})
	})
}

func TestAReaderThatFailsIsAnError(t *testing.T) {
	db := storetest.SQLite(t)
	broken := errors.New("the line went dead")
	if _, err := directory.ImportCSV(ctx, db, desk, failing{broken}, false); !errors.Is(err, broken) {
		t.Error(err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := directory.ImportCSV(stopped, db, desk, strings.NewReader("id\nKG\n"), false); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestSpreadsheetsWriteCSVInManyWays(t *testing.T) {
	const russian = "id;kind;long_en;long_ru\ndemo-unit;unit;Unit;Учебный отдел полиции\n"
	const german = "id;kind;long_en;long_de\ndemo-unit;unit;Unit;Prüfungsabteilung für Übungen\n"
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	cases := []struct {
		what, csv string
		as        encoding.Encoding
		read      string
		lang      lang.Tag
		want      string
	}{
		{"UTF-8 with semicolons", russian, nil, "UTF-8", lang.Russian, "Учебный отдел полиции"},
		{"UTF-8 with its mark", "\ufeff" + russian, nil, "UTF-8", lang.Russian, "Учебный отдел полиции"},
		{"Windows-1251", russian, charmap.Windows1251, "Windows 1251", lang.Russian, "Учебный отдел полиции"},
		{"Windows-1252", german, charmap.Windows1252, "Windows 1252", lang.German, "Prüfungsabteilung für Übungen"},
		{"UTF-16 with tabs", strings.ReplaceAll(russian, ";", "\t"), utf16, "UTF-16", lang.Russian, "Учебный отдел полиции"},
		{"a first line that names the separator", "sep=;\r\n" + strings.ReplaceAll(german, "\n", "\r\n"), nil, "UTF-8", lang.German, "Prüfungsabteilung für Übungen"},
		{"empty columns and lines at the edges", "id,kind,long_en,,\n\n,,,,\n demo-unit , unit ,Unit,,\n", nil, "UTF-8", lang.English, "Unit"},
		{"a name that looks like a formula", "id,kind,long_en\ndemo-unit,unit,'=1+1\n", nil, "UTF-8", lang.English, "=1+1"},
	}
	for _, c := range cases {
		t.Run(c.what, func(t *testing.T) {
			db := storetest.SQLite(t)
			csv := c.csv
			if c.as != nil {
				var err error
				if csv, err = c.as.NewEncoder().String(csv); err != nil {
					t.Fatal(err)
				}
			}
			r := load(t, db, desk, csv)
			if !r.Stored || r.Encoding != c.read {
				t.Fatalf("read as %s: %v", r.Encoding, faults(r))
			}
			if got := get(t, db, "demo-unit").NameOn("", c.lang); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
			if c.want == "=1+1" && !strings.Contains(export(t, db), ",'=1+1,") {
				t.Error("the export hands a formula to the spreadsheet")
			}
		})
	}
}

func TestAWorkbookIsImportedToo(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		columns := []sheet.Column{{ID: "id", Names: lang.Names{"en": "id"}}, {ID: "website", Names: lang.Names{"en": "website"}}}
		rows := [][]string{{"KG", "https://www.gov.kg/"}, {"TJ", ""}}
		var book bytes.Buffer
		err := sheet.WriteXLSX(&book, lang.English, "Directory", columns, func(yield func([]string, error) bool) {
			_ = yield(rows[0], nil) && yield(rows[1], nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		if r := load(t, db, desk, book.String()); !r.Stored || r.Unchanged != 1 || get(t, db, "KG").Website != "https://www.gov.kg/" {
			t.Errorf("%+v", r)
		}
		if r := load(t, db, desk, book.String()[:300]); !slices.Equal(faults(r), []string{"1  broken"}) {
			t.Error(faults(r))
		}
	})
}

func TestAnImportAsksForEachEntry(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		focal := access.Act("f", access.FocalPoint, "KG", "")
		csv := "id,website\nKG,https://www.gov.kg/\nTJ,\nUZ,https://gov.uz/\n"
		r := load(t, db, focal, csv)
		equal(t, faults(r), []string{"4 id not-yours"})
		if get(t, db, "KG").Website != "" {
			t.Error("half of the file was stored")
		}
		if r := load(t, db, focal, "id,website\nKG,https://www.gov.kg/\nTJ,\n"); !r.Stored {
			t.Error(faults(r))
		}
		if r := load(t, db, access.Subject{}, csv); len(r.Faults) != 1 {
			t.Error("a reader who is not signed in:", faults(r))
		}
	})
}
