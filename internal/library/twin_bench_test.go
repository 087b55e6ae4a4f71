package library_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// BenchmarkTwins tells what it costs to find the twins of one more document among as
// many as POLIS_BENCH_TWINS says (100,000), of which one in fifty is a copy of another
// with one word in thirty misread. Most of the time goes into filling the library.
func BenchmarkTwins(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("POLIS_BENCH_TWINS"))
	if err != nil {
		n = 2000
	}
	db := storetest.SQLite(b)
	l := newLibrary(b, db)
	fill(b, l, n)
	rows := func(table string) float64 {
		k, err := store.Get[int64](ctx, db, store.Everything("bench"), "SELECT COUNT(*) FROM "+table+" WHERE {scope}")
		if err != nil {
			b.Fatal(err)
		}
		return float64(k)
	}
	began := time.Now()
	seekAll(b, l)
	whole := time.Since(began)
	r := rand.New(rand.NewPCG(3, 3))
	b.ResetTimer()
	for i := range b.N {
		b.StopTimer()
		body := smudged(prose(uint64(r.IntN(n/50)*50), 8, 40), 30)
		if _, err := l.Create(ctx, access.System("bench"), library.Draft{}, text("en", fmt.Sprint("More ", i), body...)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		seekAll(b, l)
	}
	b.ReportMetric(rows("twin"), "pairs")
	b.ReportMetric(rows("twin_key"), "keys")
	b.ReportMetric(float64(whole.Microseconds())/float64(n), "µs/document")
}

func seekAll(b *testing.B, l *library.Library) {
	if err := l.SeekTwins(ctx, func(int64, int64) error { return nil }); err != nil {
		b.Fatal(err)
	}
}

func fill(b *testing.B, l *library.Library, n int) {
	for i := range n {
		body := prose(uint64(i), 8, 40)
		if i%50 == 49 {
			body = smudged(prose(uint64(i-49), 8, 40), 30)
		}
		if _, err := l.Create(ctx, access.System("bench"), library.Draft{}, text("en", fmt.Sprint("Text ", i), body...)); err != nil {
			b.Fatal(err)
		}
	}
}
