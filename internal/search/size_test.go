package search_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
)

// library makes n entries, half of them English, out of the collections'
// sentences, each with some names of its own, so that the dictionary grows with
// the library as a real one does.
func library(b testing.TB, dir string, n int) (entries []search.Entry, queries []judgedQuery) {
	sentences := map[lang.Tag][]string{}
	for _, name := range []string{"en-cranfield", "en-npl", "ki-lohelp-de", "ki-lohelp-fr", "ki-lohelp-ru", "xl-ntrex"} {
		c := readCollection(b, filepath.Join(dir, name))
		for _, d := range c.docs {
			sentences[d.Lang] = append(sentences[d.Lang], strings.SplitAfter(d.Text, ". ")...)
		}
		queries = append(queries, c.queries...)
	}
	r := rand.New(rand.NewPCG(4, 22))
	r.Shuffle(len(queries), func(i, j int) { queries[i], queries[j] = queries[j], queries[i] })
	for i := range n {
		t := lang.English
		if i%2 == 1 {
			t = lang.All[1+r.IntN(5)]
		}
		pool := sentences[t]
		e := search.Entry{
			Document: fmt.Sprintf("d%06d", i), Lang: t, Title: name(r) + " " + firstWords(pool[r.IntN(len(pool))]),
			Type: fmt.Sprint("type", r.IntN(13)), Origin: fmt.Sprint("S", r.IntN(80)),
			Themes: []string{fmt.Sprint("theme", r.IntN(30))}, Items: []string{fmt.Sprint("1049/", r.IntN(41))},
			Date:  fmt.Sprintf("%d-%02d-%02d", 1998+r.IntN(28), 1+r.IntN(12), 1+r.IntN(28)),
			Label: access.Label{Level: access.Level(r.IntN(3))},
		}
		for range 4 + r.IntN(4) {
			e.Passages = append(e.Passages, pool[r.IntN(len(pool))]+pool[r.IntN(len(pool))]+name(r))
		}
		entries = append(entries, e)
	}
	return entries, queries
}

func firstWords(s string) string {
	words := strings.Fields(s)
	return strings.Join(words[:min(len(words), 6)], " ")
}

func name(r *rand.Rand) string {
	syllables := []string{"ba", "den", "kor", "li", "mas", "no", "per", "ris", "sto", "tu", "val", "zem"}
	var s strings.Builder
	for range 3 + r.IntN(2) {
		s.WriteString(syllables[r.IntN(len(syllables))])
	}
	return s.String()
}

// BenchmarkHundredThousand builds an index of 100,000 entries in six languages
// and asks it 900 questions, one after the other, as a member would. Where
// POLIS_BENCH_INDEX names a directory, the index is kept there for the next time.
func BenchmarkHundredThousand(b *testing.B) {
	entries, queries := library(b, collections(b), 100_000)
	dir := os.Getenv("POLIS_BENCH_INDEX")
	if dir == "" {
		dir = b.TempDir()
	}
	if _, err := os.Stat(filepath.Join(dir, "root.bolt")); err != nil {
		build(b, dir, entries)
	}
	started := time.Now()
	ix, err := search.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer ix.Close()
	b.ReportMetric(time.Since(started).Seconds()*1000, "open-ms")
	before := cpu()
	if err := ix.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric((cpu()-before).Seconds()*1000, "warm-CPU-ms")
	time.Sleep(5 * time.Second) // merges settle
	b.ReportMetric(float64(size(b, dir))/1e6, "MB")
	scope := access.Act("p", access.Trainer, "", "").Scope()
	for _, kind := range []struct {
		name  string
		query search.Query
	}{{"", search.Query{Limit: 10}}, {"facets-", search.Query{Limit: 10, Facets: true}}, {"date-", search.Query{Limit: 10, Sort: search.ByDate}}, {"group-", search.Query{Limit: 10, Group: true}}} {
		var times []time.Duration
		before := cpu()
		for _, jq := range queries[:900] {
			q := kind.query
			q.Text, q.Lang = jq.Text, jq.Lang
			began := time.Now()
			if _, err := ix.Search(b.Context(), scope, q); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(began))
		}
		used := cpu() - before
		slices.Sort(times)
		b.ReportMetric(times[450].Seconds()*1000, kind.name+"p50-ms")
		b.ReportMetric(times[891].Seconds()*1000, kind.name+"p99-ms")
		b.ReportMetric(used.Seconds()*1000/900, kind.name+"CPU-ms/query")
	}
	b.ReportMetric(0, "ns/op")
}

// build puts the entries into a new index, and tells what that costs.
func build(b *testing.B, dir string, entries []search.Entry) {
	ix, err := search.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	before := cpu()
	for part := range slices.Chunk(entries, 2500) {
		if err := ix.Update(1, part, nil); err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(ix.Compact(b.Context()), ix.Close()); err != nil { // as after every import
		b.Fatal(err)
	}
	b.ReportMetric((cpu() - before).Seconds(), "build-CPU-s")
}

// BenchmarkGroupedList shows the whole list of 10,000 documents in one to six
// languages, with all facets, one hit a document.
func BenchmarkGroupedList(b *testing.B) {
	ix := indexOf(b)
	r := rand.New(rand.NewPCG(4, 22))
	versions := 0
	for batch := range 10 {
		var put []search.Entry
		for i := range 1000 {
			e := search.Entry{
				Document: fmt.Sprintf("%08x-%04d", r.Uint32(), batch*1000+i), Title: name(r), Passages: []string{name(r), name(r)},
				Type: fmt.Sprint("type", r.IntN(13)), Origin: fmt.Sprint("S", r.IntN(80)),
				Themes: []string{fmt.Sprint("theme", r.IntN(15)), fmt.Sprint("theme", 15+r.IntN(15))}, Items: []string{fmt.Sprint("1049/", r.IntN(41))},
				Date:  fmt.Sprintf("%d-%02d-%02d", 1998+r.IntN(28), 1+r.IntN(12), 1+r.IntN(28)),
				Label: access.Label{Level: access.Level(r.IntN(3))},
			}
			for _, e.Lang = range lang.All[:1+r.IntN(6)] {
				put = append(put, e)
				versions++
			}
		}
		if err := ix.Update(int64(batch+1), put, nil); err != nil {
			b.Fatal(err)
		}
	}
	scope := access.Act("p", access.DeskOfficer, "", "").Scope()
	ask := func(text string) {
		a, err := ix.Search(b.Context(), scope, search.Query{Text: text, Lang: "fr", Group: true, Facets: true, Limit: 20})
		if err != nil || a.Total == 0 {
			b.Fatal(a.Total, err)
		}
	}
	began := cpu()
	ask("")
	first, before := cpu()-began, cpu()
	for b.Loop() {
		ask("")
	}
	b.ReportMetric((cpu()-before).Seconds()*1000/float64(b.N), "CPU-ms/list")
	b.ReportMetric(first.Seconds()*1000, "first-CPU-ms")
	b.ReportMetric(float64(versions), "versions")
}

// cpu is the processor time that the process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func size(b testing.TB, dir string) int64 {
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		sum += info.Size()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return sum
}
