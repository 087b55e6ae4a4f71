//go:build unix

package assistance_test

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/sheet"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// spent is how much processor time this process has taken.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkActivityImport brings 10,000 activities into 20 projects out of a workbook,
// two thirds of them held, then sends the same workbook once more. It reports the
// seconds from the click to the end, those of looking at it, and the processor's.
func BenchmarkActivityImport(b *testing.B) {
	dbs := map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite}
	if os.Getenv("POLIS_TEST_POSTGRES") != "" {
		dbs["postgres"] = storetest.Postgres
	}
	for engine, open := range dbs {
		b.Run(engine, func(b *testing.B) {
			a := &assistance.Assistance{DB: open(b)}
			if err := directory.Seed(ctx, a.DB); err != nil {
				b.Fatal(err)
			}
			i := newImporting(b, a)
			var numbers []string
			for range 20 {
				id, _ := started(b, a, assistance.Active, "KG", "TJ")
				numbers = append(numbers, readProject(b, a, id).Number)
			}
			round := 0
			for b.Loop() {
				round++
				b.StopTimer()
				book := workbook(b, a, numbers, 10_000, round)
				b.StartTimer()
				i.measure(b, book)
			}
		})
	}
}

func (i importing) measure(b *testing.B, book []byte) {
	b.Helper()
	cpu, at := spent(b), time.Now()
	id, err := i.Upload(ctx, officer, "activities.xlsx", lang.English, bytes.NewReader(book))
	if err != nil {
		b.Fatal(err)
	}
	im, err := i.Import(ctx, officer, id)
	if err != nil {
		b.Fatal(err)
	}
	p := i.look(b, officer, im)
	b.ReportMetric(time.Since(at).Seconds(), "s-to-look")
	at = time.Now()
	if err := i.StartImport(ctx, officer, im.ID, p.Plan, false); err != nil {
		b.Fatal(err, says(p.Troubles))
	}
	if im = i.finished(b, officer, im.ID); im.Made != 10_000 {
		b.Fatal(im)
	}
	b.ReportMetric(time.Since(at).Seconds(), "s-to-store")
	b.ReportMetric((spent(b) - cpu).Seconds(), "cpu-s")
	if id, err = i.Upload(ctx, officer, "activities.xlsx", lang.English, bytes.NewReader(book)); err != nil {
		b.Fatal(err)
	}
	if im, err = i.Import(ctx, officer, id); err != nil {
		b.Fatal(err)
	}
	if p := i.look(b, officer, im); p.Same != 10_000 {
		b.Fatal(p.Same, p.Changed, p.Made)
	}
}

// workbook is an XLSX with as many activities.
func workbook(b *testing.B, a *assistance.Assistance, numbers []string, rows, round int) []byte {
	b.Helper()
	names, err := directory.Names(ctx, a.DB)
	if err != nil {
		b.Fatal(err)
	}
	columns := assistance.ImportColumns(names)
	var book bytes.Buffer
	err = sheet.WriteXLSX(&book, lang.English, "Activities", columns, func(yield func([]string, error) bool) {
		for n := range rows {
			row := map[string]string{
				"key": fmt.Sprintf("%d-%d", round, n), "project": numbers[n%len(numbers)], "kind": "training", "title": fmt.Sprintf("Course for trainers, group %d", n),
				"starts": day(-1 - n%25), "place": "Bishkek", "hosts": []string{"KG", "TJ", "KG; TJ"}[n%3], "languages": "Russian", "agenda": "Day 1: methods. Day 2: practice.",
			}
			if n%3 > 0 {
				row["stage"], row["total"], row["women"], row["men"] = "held", "20", "3", "17"
			}
			var cells []string
			for _, c := range columns {
				cells = append(cells, row[c.ID])
			}
			if !yield(cells, nil) {
				return
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	return book.Bytes()
}
