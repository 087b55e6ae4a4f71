package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
)

// published is nDCG@10 of the best engine of each column as it was published
// with the collections.
var published = []struct {
	name string
	best float64
}{{"en-cranfield", .382}, {"en-npl", .443}, {"ki-lohelp-de", .550}, {"ki-lohelp-fr", .577}, {"ki-lohelp-ru", .532}}

// asked is a question of a collection and what answers it.
type asked struct {
	ID   string
	Text string
	Lang lang.Tag
	rel  map[string]int
}

// BenchmarkSearchTable imports each collection as an operator would, serves it,
// asks its questions through the API and prints the figures beside the published
// ones. The thesaurus is the shipped one; POLIS_BENCH_FREEDICT names a directory
// of dictionaries for the last line.
func BenchmarkSearchTable(b *testing.B) {
	dir := os.Getenv("POLIS_BENCH_SEARCH")
	if dir == "" {
		b.Skip("POLIS_BENCH_SEARCH names no directory of collections")
	}
	build(b)
	fmt.Println("\n| collection | POLIS | best published | |\n|---|---|---|---|")
	mean, theirs := 0.0, 0.0
	for _, one := range published {
		s := started(b, collected(b, filepath.Join(dir, one.name), ""))
		got, rate := s.ndcg(b, judged(b, filepath.Join(dir, one.name)))
		s.kill()
		mean, theirs = mean+got/float64(len(published)), theirs+one.best/float64(len(published))
		fmt.Printf("| %s | %.3f | %.3f | %+.3f, %.0f questions/s |\n", one.name, got, one.best, got-one.best, rate)
		b.ReportMetric(got, one.name)
	}
	fmt.Printf("| **mean** | **%.3f** | %.3f | %+.3f |\n", mean, theirs, mean-theirs)
	across := filepath.Join(dir, "xl-ntrex")
	for i, books := range []string{"", os.Getenv("POLIS_BENCH_FREEDICT")} {
		if i > 0 && books == "" {
			continue
		}
		s := started(b, collected(b, across, books))
		all, russian := s.across(b, judged(b, across))
		s.kill()
		name, want := "nothing imported", "| R@10 across, %s | %.3f (Russian %.3f) | .844 (.772) | 4-grams |\n"
		if books != "" {
			name, want = "FreeDict", "| R@10 across, %s | %.3f (Russian %.3f) | .920 (.878) | query translation |\n"
		}
		fmt.Printf(want, name, all, russian)
		b.ReportMetric(all, "R10-"+strings.Fields(name)[0])
	}
	b.ReportMetric(0, "ns/op")
}

// collected is a place that holds a collection.
func collected(b testing.TB, dir, books string) place {
	b.Helper()
	p := place{Data: b.TempDir()}
	sys, err := faces{}.open(b.Context(), p, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	var records bytes.Buffer
	if err := judgedRecords(&records, dir); err != nil {
		b.Fatal(err)
	}
	tally, err := sys.library.ImportRecords(b.Context(), access.System("bench"), bytes.NewReader(records.Bytes()), access.Public, func(int64) {})
	if err == nil && len(tally.Bad) > 0 {
		err = fmt.Errorf("%d records were not taken: %v", len(tally.Bad), tally.Bad[0])
	}
	if books != "" {
		err = errors.Join(err, sys.learnBooks(b.Context(), books))
	}
	if err = errors.Join(err, sys.library.CatchUp(b.Context(), sys.index, nil), sys.close()); err != nil {
		b.Fatal(err)
	}
	return p
}

// learnBooks imports the dictionaries of a directory and learns them.
func (s *system) learnBooks(ctx context.Context, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "freedict-*.index"))
	if err != nil {
		return err
	}
	c := &console{out: io.Discard, err: io.Discard}
	for _, f := range files {
		if err := (importDictionary{}).take(ctx, c, s.house, access.System("bench"), f); err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
	}
	_, err = s.library.Learn(ctx, s.words, access.System("bench"), func(int, int) error { return nil })
	return err
}

// judgedRecords writes a collection's documents as records. Where its questions
// are the headings, those stay out.
func judgedRecords(w io.Writer, dir string) error {
	return eachLine(filepath.Join(dir, "docs.jsonl"), func(line []byte) error {
		var d struct{ ID, Title, Text, Lang string }
		if err := json.Unmarshal(line, &d); err != nil {
			return err
		}
		if d.Title == "" {
			d.Title = d.ID
		}
		return json.NewEncoder(w).Encode(map[string]string{"id": d.ID, "lang": d.Lang, "title": d.Title, "text": d.Text})
	})
}

func eachLine(path string, take func(line []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		if err := take(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func judged(b testing.TB, dir string) []asked {
	var list []asked
	byID := map[string]map[string]int{}
	err := eachLine(filepath.Join(dir, "queries.jsonl"), func(line []byte) error {
		q := asked{rel: map[string]int{}}
		err := json.Unmarshal(line, &q)
		list, byID[q.ID] = append(list, q), q.rel
		return err
	})
	err = errors.Join(err, eachLine(filepath.Join(dir, "qrels.jsonl"), func(line []byte) error {
		var j struct {
			Q, D string
			Rel  int
		}
		err := json.Unmarshal(line, &j)
		if byID[j.Q] != nil {
			byID[j.Q][j.D] = j.Rel
		}
		return err
	}))
	if err != nil {
		b.Fatal(err)
	}
	return list
}

// hits asks the API and returns the ids of the first ten in their collection.
func (s *served) hits(b testing.TB, q asked, languages ...lang.Tag) []string {
	form := url.Values{"q": {q.Text}, "lang": {string(q.Lang)}, "limit": {"10"}, "facets": {"false"}}
	for _, t := range languages {
		form.Add("language", string(t))
	}
	r, err := http.Get(s.url + "/api/v1/search?" + form.Encode())
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	var answer struct {
		Hits []struct {
			ExternalID string `json:"external_id"`
		} `json:"hits"`
	}
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil || r.StatusCode != http.StatusOK {
		b.Fatal(r.Status, err)
	}
	list := make([]string, len(answer.Hits))
	for i, h := range answer.Hits {
		list[i] = h.ExternalID
	}
	return list
}

// ndcg is the mean nDCG@10, as trec_eval has it, and how many questions are
// answered a second, one after the other.
func (s *served) ndcg(b testing.TB, list []asked) (mean, rate float64) {
	began := time.Now()
	for _, q := range list {
		gain, ideal := 0.0, 0.0
		for i, id := range s.hits(b, q) {
			gain += float64(q.rel[id]) / math.Log2(float64(i+2))
		}
		var degrees []int
		for _, r := range q.rel {
			degrees = append(degrees, r)
		}
		slices.Sort(degrees)
		slices.Reverse(degrees)
		for i, r := range degrees[:min(10, len(degrees))] {
			ideal += float64(r) / math.Log2(float64(i+2))
		}
		if ideal > 0 {
			mean += gain / ideal / float64(len(list))
		}
	}
	return mean, float64(len(list)) / time.Since(began).Seconds()
}

// across is how often a question finds its document in another language among the
// first ten; russian, where one of the two languages is Russian.
func (s *served) across(b testing.TB, list []asked) (all, russian float64) {
	pairs, russians := 0.0, 0.0
	for _, q := range list {
		for _, t := range lang.All {
			if t == q.Lang {
				continue
			}
			found := 0.0
			if slices.ContainsFunc(s.hits(b, q, t), func(id string) bool { return q.rel[id] > 0 }) {
				found = 1
			}
			pairs, all = pairs+1, all+found
			if t == lang.Russian || q.Lang == lang.Russian {
				russians, russian = russians+1, russian+found
			}
		}
	}
	return all / pairs, russian / russians
}
