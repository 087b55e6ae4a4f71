package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// The benchmarks run the real program as a process of its own and ask it as
// eight readers do. doc/benchmarks.md says how to run them and what came out.

// readers is how many ask at the same time.
const readers = 8

// build makes "polis" the real program, without what the tests bring along.
func build(b *testing.B) {
	b.Helper()
	dir := b.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "polis"), ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	b.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// started is the program on the place, ready to answer.
func started(b testing.TB, p place, flags ...string) *served {
	b.Helper()
	s := &served{}
	if err := s.start(append(p.flags(), flags...)...); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.kill)
	if err := s.expect("/ready", "200", "ready"); err != nil {
		b.Fatal(err)
	}
	return s
}

// usage is the processor time that the process has used, and its memory in MiB:
// all of it, and what is its own and not a file of the disk.
func (s *served) usage(b testing.TB) (cpu time.Duration, resident, own float64) {
	b.Helper()
	proc := fmt.Sprintf("/proc/%d/", s.process.Process.Pid)
	stat, err := os.ReadFile(proc + "stat")
	if err != nil {
		b.Skip("processor time and memory are read where Linux shows them:", err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // from the third of proc(5) on
	for _, f := range fields[11:13] {
		ticks, _ := strconv.Atoi(f)
		cpu += time.Duration(ticks) * 10 * time.Millisecond
	}
	status, err := os.ReadFile(proc + "status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && (f[0] == "VmRSS:" || f[0] == "RssAnon:") {
			kib, _ := strconv.ParseFloat(f[1], 64)
			if f[0] == "VmRSS:" {
				resident = kib / 1024
			} else {
				own = kib / 1024
			}
		}
	}
	return cpu, resident, own
}

// reader is one keep-alive connection that asks as a browser does.
type reader struct {
	line net.Conn
	in   *bufio.Reader
}

func (s *served) reader(b testing.TB) *reader {
	u, err := url.Parse(s.url)
	if err != nil {
		b.Fatal(err)
	}
	line, err := net.Dial("tcp", u.Host)
	if err != nil {
		b.Fatal(err)
	}
	return &reader{line, bufio.NewReader(line)}
}

// get asks for the path and reads the answer to its end.
func (r *reader) get(path, cookie string) (*http.Response, error) {
	if cookie != "" {
		cookie = "Cookie: " + cookie + "\r\n"
	}
	if _, err := io.WriteString(r.line, "GET "+path+" HTTP/1.1\r\nHost: polis\r\nAccept-Encoding: gzip\r\n"+cookie+"\r\n"); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(r.in, nil)
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || n < 200) {
		err = fmt.Errorf("%s answers %s with %d bytes", path, answer.Status, n)
	}
	return answer, err
}

// class is a kind of page with its addresses, asked for in turn.
type class struct {
	name  string
	paths []string
}

// classes are the pages of the comparison, for the documents that are there.
func classes(b testing.TB, p place) []class {
	home, list := class{"home", []string{"/en/"}}, class{"list", []string{"/en/library"}}
	document, search, api := class{name: "document"}, class{name: "search"}, class{name: "api-search"}
	for _, filter := range []string{"theme=cybercrime", "theme=drugs", "type=guide", "lang=ru", "lang=en&type=report", "year=2012", "origin=KG", "page=2", "page=20"} {
		list.paths = append(list.paths, "/en/library?"+filter)
	}
	h, err := p.open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer h.close()
	ids, err := store.List[string](b.Context(), h.db, access.Subject{}.Scope(), "SELECT id FROM document WHERE {scope} ORDER BY id LIMIT 1000")
	if err != nil || len(ids) == 0 {
		b.Fatal("no documents:", err)
	}
	for _, id := range ids {
		document.paths = append(document.paths, "/en/library/"+id)
	}
	for _, q := range questions {
		search.paths = append(search.paths, "/en/search?q="+url.QueryEscape(q))
		api.paths = append(api.paths, "/api/v1/search?q="+url.QueryEscape(q))
	}
	return []class{home, list, document, search, api}
}

// ask has eight readers ask the class's addresses in turn until next says no,
// and returns how long each answer took.
func (s *served) ask(b testing.TB, c class, vary bool, cookie string, next func() bool) []time.Duration {
	var (
		turn  atomic.Int64
		mu    sync.Mutex
		all   []time.Duration
		group sync.WaitGroup
	)
	for range readers {
		r := s.reader(b)
		group.Go(func() {
			defer r.line.Close()
			var took []time.Duration
			for next() {
				n := turn.Add(1)
				path := c.paths[n%int64(len(c.paths))]
				if vary { // no page is the same as one before
					path += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "n=" + strconv.FormatInt(n+time.Now().UnixNano(), 36)
				}
				began := time.Now()
				if _, err := r.get(path, cookie); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(began))
			}
			mu.Lock()
			all = append(all, took...)
			mu.Unlock()
		})
	}
	group.Wait()
	slices.Sort(all)
	return all
}

// times is a next that says yes n times.
func times(n int) func() bool {
	left := atomic.Int64{}
	left.Store(int64(n))
	return func() bool { return left.Add(-1) >= 0 }
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// BenchmarkPages measures each kind of page as an anonymous reader gets it
// ("kept"), made anew for every request ("made"), and for one who is signed in.
func BenchmarkPages(b *testing.B) {
	build(b)
	p := stocked(b, many())
	admit(b, p)
	s := started(b, p)
	cookie := s.signIn(b)
	for _, c := range classes(b, p) {
		s.ask(b, c, false, "", times(len(c.paths)))
		b.Run(c.name+"/kept", func(b *testing.B) { s.measure(b, c, false, "") })
		b.Run(c.name+"/made", func(b *testing.B) { s.measure(b, c, true, "") })
		b.Run(c.name+"/signed-in", func(b *testing.B) { s.measure(b, c, false, cookie) })
	}
}

// measure reports processor time and answer times of b.N requests.
func (s *served) measure(b *testing.B, c class, vary bool, cookie string) {
	before, _, _ := s.usage(b)
	began := time.Now()
	took := s.ask(b, c, vary, cookie, times(b.N))
	elapsed := time.Since(began)
	after, _, _ := s.usage(b)
	if len(took) == 0 {
		return
	}
	b.ReportMetric(milliseconds(after-before)/float64(len(took)), "CPU-ms/req")
	b.ReportMetric(float64(len(took))/elapsed.Seconds(), "req/s")
	b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
	b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// The one who is signed in.
const readerEmail, readerPassword = "reader@polis.example", "only to measure with"

// admit makes her account, unless she has one.
func admit(b testing.TB, p place) {
	b.Helper()
	h, err := p.open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer h.close()
	if _, err := h.person(b.Context(), readerEmail); err == nil {
		return
	}
	if _, err := account.Create(b.Context(), h.db, access.System("bench"), account.New{
		Email: readerEmail, Name: "Bench Reader", Role: access.MemberRole, Lang: "en", Password: readerPassword,
	}); err != nil {
		b.Fatal(err)
	}
}

// signIn signs her in and returns the cookies she gets.
func (s *served) signIn(b testing.TB) string {
	b.Helper()
	form := url.Values{"email": {readerEmail}, "password": {readerPassword}}.Encode()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.url+"/en/sign-in", strings.NewReader(form))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther || len(answer.Cookies()) == 0 {
		b.Fatal("sign-in answers", answer.Status)
	}
	var all []string
	for _, c := range answer.Cookies() {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// BenchmarkGrowth asks a library and one of a tenth of it, turn by turn, for
// pages made anew, and reports how much more the larger one costs.
func BenchmarkGrowth(b *testing.B) {
	build(b)
	small, large := stocked(b, many()/10), stocked(b, many())
	one, ten := started(b, small), started(b, large)
	ofOne, ofTen := classes(b, small), classes(b, large)
	for i := range ofOne {
		b.Run(ofOne[i].name, func(b *testing.B) { grown(b, []*served{one, ten}, []class{ofOne[i], ofTen[i]}, nil) })
	}
}

// grown asks both for their pages, turn by turn: anonymous readers for pages made anew, or
// who is signed in. It reports what the second costs as a multiple of the first.
func grown(b *testing.B, both []*served, pages []class, cookies []string) {
	var p99, cpu [2]float64
	for b.Loop() {
		for k, s := range both {
			cookie := ""
			if cookies != nil {
				cookie = cookies[k]
			}
			before, _, _ := s.usage(b)
			took := s.ask(b, pages[k], cookie == "", cookie, times(500))
			after, _, _ := s.usage(b)
			cpu[k] += (after - before).Seconds()
			p99[k] += took[len(took)*99/100].Seconds()
		}
	}
	b.ReportMetric(p99[1]/p99[0], "p99-ratio")
	b.ReportMetric(cpu[1]/max(cpu[0], 0.01), "CPU-ratio")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart measures from the start of the process to the end of its first
// page, with the demonstration's data and with many documents.
func BenchmarkStart(b *testing.B) {
	build(b)
	for _, p := range []place{demonstrated(b), stocked(b, many())} {
		b.Run(filepath.Base(p.Data), func(b *testing.B) {
			var took []time.Duration
			cpu := time.Duration(0)
			for range 10 {
				s, began := &served{}, time.Now()
				if err := s.start(p.flags()...); err != nil {
					b.Fatal(err)
				}
				r := s.reader(b)
				if _, err := r.get("/en/library", ""); err != nil {
					b.Error(err)
				}
				took = append(took, time.Since(began))
				used, _, _ := s.usage(b)
				cpu += used / 10
				r.line.Close()
				s.kill()
			}
			slices.Sort(took)
			b.ReportMetric(milliseconds(took[0]), "best-ms")
			b.ReportMetric(milliseconds(took[5]), "median-ms")
			b.ReportMetric(milliseconds(cpu), "CPU-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkMemory measures what the program holds: some seconds after its start,
// and again after eight readers have asked for everything there is.
func BenchmarkMemory(b *testing.B) {
	build(b)
	for _, p := range []place{demonstrated(b), stocked(b, many())} {
		b.Run(filepath.Base(p.Data), func(b *testing.B) {
			s := started(b, p)
			report := func(when string) {
				time.Sleep(3 * time.Second) // nobody asks
				_, resident, own := s.usage(b)
				b.ReportMetric(resident, when+"-MiB")
				b.ReportMetric(own, when+"-own-MiB")
			}
			report("idle")
			for _, c := range classes(b, p) {
				s.ask(b, c, true, "", times(2000))
			}
			report("loaded")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// visits are pages of every class, each with another one of the same class.
func visits(b testing.TB, p place) map[string][2]string {
	found := classes(b, p)
	document := found[2].paths
	return map[string][2]string{
		"home":      {"/en/", "/ru/"},
		"list":      {"/en/library", "/de/library?theme=cybercrime"},
		"search":    {"/en/search?q=victims", "/ru/search?q=" + url.QueryEscape("полиция")},
		"document":  {document[0], strings.Replace(document[len(document)-1], "/en/", "/ru/", 1)},
		"theme":     {"/en/themes/police-reform", "/fr/themes/drugs"},
		"framework": {"/en/framework", "/ru/framework"},
		"States":    {"/en/states", "/ru/states"},
		"help":      {"/en/help", "/it/help"},
	}
}

// TestPageWeights opens the demonstration in a browser. Everything of a first
// visit comes in at most 50 kB and 8 requests, a second page in at most 12 kB,
// from no other host, and without a cookie.
func TestPageWeights(t *testing.T) {
	t.Parallel()
	p := demonstrated(t)
	s := started(t, p)
	ctx := chromiumTab(t)
	heard := &traffic{host: s.url}
	if err := chromedp.Listen(ctx, heard.hear); err != nil {
		t.Fatal(err)
	}
	for name, pair := range visits(t, p) {
		t.Run(name, func(t *testing.T) {
			if _, err := chromedp.Call(ctx, network.ClearBrowserCache, cdp.Empty{}); err != nil {
				t.Fatal(err)
			}
			bytes, requests := heard.visit(t, ctx, pair[0])
			again, _ := heard.visit(t, ctx, pair[1])
			t.Logf("%s: first visit %.1f kB in %d requests; %s after it: %.1f kB", pair[0], bytes/1000, requests, pair[1], again/1000)
			if bytes > 50_000 || requests > 8 || again > 12_000 {
				t.Error("heavier than 50 kB in 8 requests, or 12 kB for the second")
			}
		})
	}
	jar, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil || len(jar.Cookies) > 0 {
		t.Errorf("cookies before sign-in: %v, %v", jar.Cookies, err)
	}
	if len(heard.elsewhere) > 0 {
		t.Errorf("asked elsewhere: %v", heard.elsewhere)
	}
}

// chromiumTab is a tab of a Chromium of its own. Without one the test is skipped,
// or fails where CI=true says that nothing may be.
func chromiumTab(t *testing.T) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium, and CI=true wants nothing skipped")
		}
		t.Skip("no Chromium: install it to weigh the pages")
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath("chromium"), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// traffic is what comes over the line while a browser loads pages.
type traffic struct {
	host string

	mu        sync.Mutex
	bytes     float64 // headers included
	requests  int
	elsewhere []string
}

func (h *traffic) hear(event any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, h.host+"/") && !strings.HasPrefix(e.Request.URL, "data:") {
			h.elsewhere = append(h.elsewhere, e.Request.URL)
		}
	case *network.EventLoadingFinished:
		h.bytes += e.EncodedDataLength
		h.requests++
	}
}

// visit opens a page and returns what it took.
func (h *traffic) visit(t *testing.T, ctx context.Context, path string) (bytes float64, requests int) {
	t.Helper()
	h.mu.Lock()
	h.bytes, h.requests = 0, 0
	h.mu.Unlock()
	if err := chromedp.Do(ctx, chromedp.Navigate(h.host+path), chromedp.Sleep(100*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bytes == 0 {
		t.Fatal("nothing was heard of", path)
	}
	return h.bytes, h.requests
}
