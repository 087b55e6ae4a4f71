package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"polis/internal/lang"
)

// What stands around the engine, with a hundred thousand documents: how many
// searches a second the API answers, what a suggestion costs while somebody types,
// and the lists that other machines read to their end.

// manyPaced is how many documents there are, in six languages.
const manyPaced = 100_000

// BenchmarkPace imports the documents as an operator would, serves them without
// background work, asks with two clients and prints one line for each kind of
// request. POLIS_BENCH_SEARCH names the collections of whose sentences the documents
// are made, POLIS_BENCH_DATA a directory in which they stay for the next run,
// POLIS_BENCH_PACE the kinds that are wanted, as an expression.
func BenchmarkPace(b *testing.B) {
	dir := os.Getenv("POLIS_BENCH_SEARCH")
	if dir == "" {
		b.Skip("POLIS_BENCH_SEARCH names no directory of collections")
	}
	build(b)
	p := paced(b, dir)
	token := programToken(b, p)
	s := started(b, p, "--workers", "0", "--rate", "0", "--rate-costly", "0")
	fmt.Println("\n| request | a second | CPU ms | p50 ms | p95 ms | p99 ms | worst |\n|---|---|---|---|---|---|---|")
	wanted := regexp.MustCompile(os.Getenv("POLIS_BENCH_PACE"))
	for _, k := range s.kinds(b, dir, token) {
		if wanted.MatchString(k.name) {
			s.pace(b, k)
		}
	}
	if wanted.MatchString("OAI") {
		s.harvest(b)
	}
	time.Sleep(3 * time.Second) // nobody asks
	_, resident, own := s.usage(b)
	fmt.Printf("\nAfter it %.0f MiB resident, %.0f of it its own.\n", resident, own)
	b.ReportMetric(0, "ns/op")
}

// kind is a kind of request, asked by two clients unless alone.
type kind struct {
	name  string
	token string
	paths []string
	alone bool
}

// kinds are the requests that are measured.
func (s *served) kinds(b testing.TB, dir, token string) []kind {
	asked := pacedQuestions(b, dir)
	var api, page []string
	for _, q := range asked {
		form := url.Values{"q": {q.Text}, "lang": {string(q.Lang)}, "limit": {"10"}}
		api = append(api, "/api/v1/search?"+form.Encode()+"&facets=false")
		page = append(page, fmt.Sprintf("/%s/search?q=%s", q.Lang, url.QueryEscape(q.Text)))
	}
	return []kind{
		{name: "API search, nobody", paths: api},
		{name: "API search, a member's token", paths: api, token: token},
		{name: "API search with facets, a member's token", paths: withFacets(api[:300]), token: token},
		{name: "suggestion, as typed", paths: suggestPaths(""), alone: true},
		{name: "suggestion, kept", paths: suggestPaths("&n=2"), alone: true},
		{name: "search page, made", paths: page[:300]},
		{name: "search page, did you mean", paths: mistyped(asked[:150]), alone: true},
		{name: "home page, made", paths: numbered("/en/?n=%d", 100)},
		{name: "list, made", paths: numbered("/en/library?n=%d", 100)},
		{name: "Atom feed of a search", paths: feeds(asked[:100]), alone: true},
		{name: "Atom feed of the whole library", paths: numbered("/en/library.atom?n=%d", 30), alone: true},
		{name: "sitemap, index", paths: numbered("/sitemap.xml?n=%d", 20), alone: true},
		{name: "sitemap, first part", paths: []string{s.sitemapPart(b, 0)}, alone: true},
		{name: "sitemap, last part", paths: []string{s.sitemapPart(b, -1)}, alone: true},
	}
}

func withFacets(paths []string) []string {
	var list []string
	for _, p := range paths {
		list = append(list, strings.TrimSuffix(p, "&facets=false"))
	}
	return list
}

func numbered(form string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(form, time.Now().UnixNano()%1e9+int64(i))
	}
	return list
}

func feeds(asked []asked) []string {
	var list []string
	for _, q := range asked {
		list = append(list, fmt.Sprintf("/%s/library.atom?q=%s", q.Lang, url.QueryEscape(q.Text)))
	}
	return list
}

// sitemapPart is the path of a part, the last one for -1.
func (s *served) sitemapPart(b testing.TB, n int) string {
	parts := regexp.MustCompile(`/sitemap/documents\.xml[^<]*`).FindAllString(s.page(b, "/sitemap.xml"), -1)
	if len(parts) == 0 {
		b.Fatal("the sitemap has no parts")
	}
	if n < 0 {
		n = len(parts) - 1
	}
	return parts[n]
}

func (s *served) page(b testing.TB, path string) string {
	r, err := http.Get(s.url + path)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		b.Fatal(path, r.Status, err)
	}
	return string(text)
}

// pace asks for the paths once and prints what it took.
func (s *served) pace(b testing.TB, k kind) {
	clients := 2
	if k.alone {
		clients = 1
	}
	var (
		turn  atomic.Int64
		mu    sync.Mutex
		took  []time.Duration
		worst string
		group sync.WaitGroup
	)
	before, _, _ := s.usage(b)
	began := time.Now()
	for range clients {
		group.Go(func() {
			for n := turn.Add(1) - 1; n < int64(len(k.paths)); n = turn.Add(1) - 1 {
				asked := time.Now()
				s.request(b, k.paths[n], k.token)
				d := time.Since(asked)
				mu.Lock()
				if took = append(took, d); d == slices.Max(took) {
					worst = k.paths[n]
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	elapsed := time.Since(began)
	after, _, _ := s.usage(b)
	slices.Sort(took)
	at := func(percent int) float64 { return milliseconds(took[min(len(took)*percent/100, len(took)-1)]) }
	fmt.Printf("| %s | %.0f | %.2f | %.1f | %.1f | %.1f | %s |\n", k.name, float64(len(took))/elapsed.Seconds(),
		milliseconds(after-before)/float64(len(took)), at(50), at(95), at(99), worst)
}

func (s *served) request(b testing.TB, path, token string) {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		b.Error(err)
		return
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		b.Error(path, answer.Status, err)
	}
}

// suggestPaths are suggestions as they are asked for while somebody types: after
// each letter from the second on. Each ends with the rest.
func suggestPaths(rest string) []string {
	var list []string
	for _, one := range []struct {
		t    lang.Tag
		text string
	}{
		{"en", "police 12 patrol"},
		{"en", "PC.DEC/1049"},
		{"en", "dec 2210"},
		{"en", "cio.gal/24001/rev"},
		{"en", "the flow of heat"},
		{"en", "radio wave"},
		{"en", "transistor amplif"},
		{"fr", "l’insertion d’images"},
		{"fr", "créer une formule"},
		{"fr", "sec.gal/512"},
		{"de", "Tabellenblatt einf"},
		{"de", "Schriftart ändern"},
		{"de", "die Formel"},
		{"it", "il presidente del"},
		{"it", "elezioni"},
		{"ru", "вставка изображения"},
		{"ru", "таблица и текст"},
		{"ru", "РЕШ 1049"},
		{"es", "el gobierno de"},
		{"es", "presidente"},
		{"en", "bakorli"},
		{"en", "12"},
		{"en", "2024 report 7"},
		{"en", "a b c"},
	} {
		typed := []rune(one.text)
		for n := 2; n <= len(typed); n++ {
			list = append(list, fmt.Sprintf("/%s/suggest?q=%s%s", one.t, url.QueryEscape(string(typed[:n])), rest))
		}
	}
	return list
}

// mistyped are the questions with two letters of their longest word in the place
// of each other and one doubled, so that the page has to ask what was meant.
func mistyped(asked []asked) []string {
	var list []string
	for _, q := range asked {
		words := strings.Fields(q.Text)
		longest := slices.MaxFunc(words, func(a, b string) int { return len([]rune(a)) - len([]rune(b)) })
		r := []rune(longest)
		if len(r) < 5 {
			continue
		}
		i := len(r) / 2
		r[i], r[i-1] = r[i-1], r[i]
		wrong := string(r[:i]) + string(r[i-1:])
		list = append(list, fmt.Sprintf("/%s/search?q=%s", q.Lang, url.QueryEscape(strings.Replace(q.Text, longest, wrong, 1))))
	}
	return list
}

// harvest reads the whole library by OAI-PMH and prints what its first twenty pages
// cost and its last.
func (s *served) harvest(b testing.TB) {
	next := regexp.MustCompile(`<resumptionToken[^>]*>([^<]+)<`)
	var took []time.Duration
	for path := "/oai?verb=ListRecords&metadataPrefix=oai_dc"; path != ""; {
		began := time.Now()
		text := s.page(b, path)
		took = append(took, time.Since(began))
		if path = ""; next.MatchString(text) {
			path = "/oai?verb=ListRecords&resumptionToken=" + url.QueryEscape(next.FindStringSubmatch(text)[1])
		}
	}
	few := min(20, len(took)/2)
	for _, part := range []struct {
		name string
		took []time.Duration
	}{{"OAI, the first page with its count", took[:1]}, {"OAI, the next pages of 100", took[1 : few+1]}, {"OAI, the last pages", took[len(took)-1-few : len(took)-1]}} {
		slices.Sort(part.took)
		n := len(part.took)
		fmt.Printf("| %s | | | %.1f | %.1f | %.1f | |\n", part.name, milliseconds(part.took[n/2]), milliseconds(part.took[n*95/100]), milliseconds(part.took[n-1]))
	}
}
