package lexicon_test

import (
	"bufio"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/lang"
	"polis/internal/lexicon"
	"polis/internal/search"
	"polis/internal/store"
)

var three = map[string]lang.Tag{"eng": "en", "fra": "fr", "deu": "de", "ita": "it", "rus": "ru", "spa": "es"}

// freedict are FreeDict's dictionaries as Debian's dict-freedict-* unpack them.
func freedict(b testing.TB, l *lexicon.Lexicon, dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "freedict-*.index"))
	for _, f := range files {
		p := strings.Split(strings.TrimSuffix(filepath.Base(f), ".index"), "-")
		ix, err := os.Open(f)
		if err != nil {
			b.Fatal(err)
		}
		text, err := os.Open(strings.TrimSuffix(f, ".index") + ".dict.dz")
		if err != nil {
			b.Fatal(err)
		}
		d := lexicon.Direction{From: three[p[1]], To: three[p[2]]}
		if _, _, err := l.Import(b.Context(), access.System("bench"), filepath.Base(f), d, lexicon.Dictd(ix, text), nil); err != nil {
			b.Fatal(f, err)
		}
		ix.Close()
		text.Close()
	}
}

type doc struct {
	ID   string
	Lang lang.Tag
	Text string
}
type rel struct{ Q, D string }

func read[T any](b testing.TB, path string) (list []T) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		var v T
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			b.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// learned is a lexicon that knows the shipped thesaurus and, where
// POLIS_BENCH_FREEDICT names their directory, dictionaries. It is kept in
// POLIS_BENCH_LEXICON, if that is given, because learning takes a minute.
func learned(b testing.TB) *lexicon.Lexicon {
	dir := os.Getenv("POLIS_BENCH_LEXICON")
	if dir == "" {
		dir = b.TempDir()
	}
	db, err := store.Open(b.Context(), store.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	files, err := blob.Open(filepath.Join(dir, "files"))
	if err != nil {
		b.Fatal(err)
	}
	l := lexicon.New(db, files)
	l.Name(labels(b))
	if books := os.Getenv("POLIS_BENCH_FREEDICT"); books != "" {
		freedict(b, l, books)
		start := time.Now()
		nothing := func(a, b lang.Tag) (lexicon.Lesson, error) { return lexicon.Lesson{}, nil }
		n, err := l.Learn(b.Context(), access.System("bench"), nothing, func(int, int) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		b.Log(n, "tables learned in", time.Since(start))
	}
	if err := l.Refresh(b.Context(), slog.Default()); err != nil {
		b.Fatal(err)
	}
	return l
}

func BenchmarkAcross(b *testing.B) {
	dir := filepath.Join(os.Getenv("POLIS_BENCH_SEARCH"), "xl-ntrex")
	docs, queries := read[doc](b, dir+"/docs.jsonl"), read[doc](b, dir+"/queries.jsonl")
	good := map[rel]bool{}
	for _, r := range read[rel](b, dir+"/qrels.jsonl") {
		good[r] = true
	}
	ix, _ := search.Open("")
	var put []search.Entry
	for _, d := range docs {
		put = append(put, search.Entry{Document: d.ID, Lang: d.Lang, Passages: []string{d.Text}})
	}
	if err := ix.Update(1, put, nil); err != nil {
		b.Fatal(err)
	}
	words := learned(b)
	defer words.Close()
	ix.Speak(words.Translate)
	start := time.Now()
	var all, ru, allN, ruN float64
	asked := 0
	for _, q := range queries {
		for _, t := range lang.All {
			if t == q.Lang {
				continue
			}
			a, err := ix.Search(b.Context(), access.System("bench").Scope(), search.Query{Text: q.Text, Lang: q.Lang, Limit: 10, Filter: map[search.Facet][]string{search.Lang: {string(t)}}})
			if err != nil {
				b.Fatal(err)
			}
			asked++
			hit := 0.0
			if slices.ContainsFunc(a.Hits, func(h search.Hit) bool { return good[rel{q.ID, h.Document}] }) {
				hit = 1
			}
			all, allN = all+hit, allN+1
			if t == "ru" || q.Lang == "ru" {
				ru, ruN = ru+hit, ruN+1
			}
		}
	}
	b.ReportMetric(all/allN, "R10-across")
	b.ReportMetric(ru/ruN, "R10-russian")
	b.ReportMetric(float64(time.Since(start).Microseconds())/float64(asked), "us/search")
}

var labelled = regexp.MustCompile(`"([^"]+)"@(\w\w)`)

func labels(b testing.TB) (list []lexicon.Label) {
	files, _ := filepath.Glob("../thesaurus/policing/*.ttl")
	for _, f := range files {
		data, _ := os.ReadFile(f)
		id := ""
		for _, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(line, ":") {
				id = strings.Fields(line)[0]
			}
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "skos:prefLabel") && !strings.HasPrefix(line, "skos:altLabel") {
				continue
			}
			for _, m := range labelled.FindAllStringSubmatch(line, -1) {
				list = append(list, lexicon.Label{Concept: id, Lang: lang.Tag(m[2]), Preferred: strings.HasPrefix(line, "skos:pref"), Text: m[1]})
			}
		}
	}
	return list
}
