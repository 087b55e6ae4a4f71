package search_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"polis/internal/lang"
	"polis/internal/search"
)

// The collections of POLIS_BENCH_SEARCH: a directory with one folder each, in
// it docs.jsonl, queries.jsonl, qrels.jsonl.
type judgedDoc struct {
	ID, Title, Text string
	Lang            lang.Tag
}

type judgedQuery struct {
	ID, Text string
	Lang     lang.Tag
}

type judgement struct {
	Q, D string
	Rel  int
}

type collection struct {
	docs    []judgedDoc
	queries []judgedQuery
	rel     map[string]map[string]int // query → document → degree
}

func collections(b testing.TB) string {
	dir := os.Getenv("POLIS_BENCH_SEARCH")
	if dir == "" {
		b.Skip("POLIS_BENCH_SEARCH names no directory of collections")
	}
	return dir
}

func readCollection(b testing.TB, dir string) collection {
	c := collection{
		docs:    lines[judgedDoc](b, filepath.Join(dir, "docs.jsonl")),
		queries: lines[judgedQuery](b, filepath.Join(dir, "queries.jsonl")),
		rel:     map[string]map[string]int{},
	}
	for _, j := range lines[judgement](b, filepath.Join(dir, "qrels.jsonl")) {
		if c.rel[j.Q] == nil {
			c.rel[j.Q] = map[string]int{}
		}
		c.rel[j.Q][j.D] = j.Rel
	}
	return c
}

func lines[T any](b testing.TB, path string) []T {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<24)
	var list []T
	for in.Scan() {
		var v T
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			b.Fatal(path, err)
		}
		list = append(list, v)
	}
	return list
}

func (c collection) index(b testing.TB, ix *search.Index) {
	var put []search.Entry
	for _, d := range c.docs {
		put = append(put, search.Entry{Document: d.ID, Lang: d.Lang, Title: d.Title, Passages: []string{d.Text}})
	}
	for part := range slices.Chunk(put, 2000) {
		if err := ix.Update(1, part, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// ndcg is the mean nDCG at 10 over the queries, as trec_eval has it.
func (c collection) ndcg(b testing.TB, ix *search.Index) float64 {
	sum := 0.0
	for _, q := range c.queries {
		a, err := ix.Search(b.Context(), everyone, search.Query{Text: q.Text, Lang: q.Lang, Limit: 10})
		if err != nil {
			b.Fatal(err)
		}
		gain := 0.0
		for i, h := range a.Hits {
			gain += float64(c.rel[q.ID][h.Document]) / math.Log2(float64(i+2))
		}
		var degrees []int
		for _, r := range c.rel[q.ID] {
			degrees = append(degrees, r)
		}
		slices.Sort(degrees)
		slices.Reverse(degrees)
		ideal := 0.0
		for i, r := range degrees[:min(10, len(degrees))] {
			ideal += float64(r) / math.Log2(float64(i+2))
		}
		if ideal > 0 {
			sum += gain / ideal
		}
	}
	return sum / float64(len(c.queries))
}

// BenchmarkRelevance measures nDCG@10 on judged collections, each in an index
// of its own and the three translations of one manual in one.
func BenchmarkRelevance(b *testing.B) {
	dir := collections(b)
	mixed, err := search.Open("")
	if err != nil {
		b.Fatal(err)
	}
	defer mixed.Close()
	all := map[string]collection{}
	mean := 0.0
	names := []string{"en-cranfield", "en-npl", "ki-lohelp-de", "ki-lohelp-fr", "ki-lohelp-ru"}
	for _, name := range names {
		c := readCollection(b, filepath.Join(dir, name))
		ix, err := search.Open("")
		if err != nil {
			b.Fatal(err)
		}
		c.index(b, ix)
		c.index(b, mixed)
		all[name] = c
		v := c.ndcg(b, ix)
		mean += v / float64(len(names))
		b.ReportMetric(v, name)
		ix.Close()
	}
	b.ReportMetric(mean, "mean")
	for _, name := range names[2:] {
		b.ReportMetric(all[name].ndcg(b, mixed), fmt.Sprint("mixed-", name))
	}
	news := readCollection(b, filepath.Join(dir, "xl-ntrex"))
	own, other := news.across(b)
	b.ReportMetric(own, "R10-own-language")
	b.ReportMetric(other, "R10-untranslated")
	b.ReportMetric(0, "ns/op")
}

// across is how often a headline finds its article among the first ten in its
// own language, and in another without any translation.
func (c collection) across(b testing.TB) (own, other float64) {
	ix, err := search.Open("")
	if err != nil {
		b.Fatal(err)
	}
	defer ix.Close()
	c.index(b, ix)
	for _, q := range c.queries {
		for _, t := range lang.All {
			a, err := ix.Search(b.Context(), everyone, search.Query{
				Text: q.Text, Lang: q.Lang, Limit: 10, Filter: map[search.Facet][]string{search.Lang: {string(t)}},
			})
			if err != nil {
				b.Fatal(err)
			}
			if !slices.ContainsFunc(a.Hits, func(h search.Hit) bool { return c.rel[q.ID][h.Document] > 0 }) {
				continue
			}
			if t == q.Lang {
				own++
			} else {
				other++
			}
		}
	}
	n := float64(len(c.queries))
	return own / n, other / n / float64(len(lang.All)-1)
}
