//go:build unix

package extract_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"polis/internal/extract"
)

// BenchmarkPDF reads all PDF files of the folder POLIS_BENCH_PDF once. It prints pages per CPU second after start, and
// for each file the share of pdftotext's words that were found (multiset, case-folded, letters and digits), in the
// text alone and with the margins that were set aside.
func BenchmarkPDF(b *testing.B) {
	dir := os.Getenv("POLIS_BENCH_PDF")
	if dir == "" {
		b.Skip("POLIS_BENCH_PDF names no folder")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no PDF in %s: %v", dir, err)
	}
	cache := os.Getenv("POLIS_BENCH_CACHE")
	if cache == "" {
		cache = b.TempDir()
	}
	limits := extract.DefaultLimits()
	limits.Idle = time.Hour
	x := extract.New(cache, limits)
	defer x.Close()
	reportStart(b, x, files[0])
	pages, spent, small, smallMargins := 0, time.Duration(0), 1.0, 1.0
	for b.Loop() {
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			before := cpuTime()
			c, err := x.File(context.Background(), name, bytes.NewReader(data), int64(len(data)))
			spent += cpuTime() - before
			if err != nil {
				say("%s: %v", filepath.Base(name), err)
				continue
			}
			pages += c.Pages
			text, margins := shares(b, name, c)
			small, smallMargins = min(small, text), min(smallMargins, margins)
			say("%-34s %4d pages %5d passages  words %.4f, with margins %.4f  %s %q %s %s %v",
				filepath.Base(name), c.Pages, len(c.Passages), text, margins, c.Lang, c.Title, c.Symbol, c.Date, c.Notes)
			dump(b, name, c)
		}
	}
	b.ReportMetric(float64(pages)/spent.Seconds(), "pages/CPU-s")
	b.ReportMetric(small, "least-share")
	b.ReportMetric(smallMargins, "least-share-with-margins")
	report(b, "while running")
	x.Close()
	report(b, "after Close")
}

// reportStart says what the first file costs.
func reportStart(b *testing.B, x *extract.Extractor, name string) {
	report(b, "before start")
	data, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	for _, what := range []string{"cold start, or from POLIS_BENCH_CACHE", "start from the cache", "running"} {
		if what == "start from the cache" {
			x.Close()
		}
		began, cpu := time.Now(), cpuTime()
		if _, err := x.File(context.Background(), "a.pdf", bytes.NewReader(data), int64(len(data))); err != nil {
			b.Fatal(err)
		}
		say("first file, %s: %v, CPU %v", what, time.Since(began), cpuTime()-cpu)
	}
}

// dump writes the passages beside each other for reading, where POLIS_BENCH_DUMP names a folder.
func dump(b *testing.B, name string, c extract.Content) {
	dir := os.Getenv("POLIS_BENCH_DUMP")
	if dir == "" {
		return
	}
	var text strings.Builder
	for _, p := range c.Passages {
		fmt.Fprintf(&text, "[%d %s %d] %s\n", p.Page, p.Kind, p.Level, p.Text)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)+".txt"), []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
}

var word = regexp.MustCompile(`[\p{L}\p{N}]+`)

func count(text string) (words map[string]int, total int) {
	words = map[string]int{}
	for _, w := range word.FindAllString(strings.ToLower(text), -1) {
		words[w]++
		total++
	}
	return words, total
}

// shares compares with pdftotext.
func shares(b *testing.B, name string, c extract.Content) (text, withMargins float64) {
	out, err := exec.Command("pdftotext", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		b.Fatalf("pdftotext: %v", err)
	}
	theirs, total := count(string(out))
	if total == 0 {
		return 1, 1
	}
	share := func(ours map[string]int) float64 {
		found := 0
		for w, n := range theirs {
			found += min(n, ours[w])
		}
		return float64(found) / float64(total)
	}
	ours, _ := count(c.Text())
	text = share(ours)
	all, _ := count(c.Text() + "\n" + extract.Content{Passages: c.Margins}.Text())
	return text, share(all)
}

// say prints at once: a benchmark's own log is cut after ten lines.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// report prints the memory that the process holds.
func report(b *testing.B, when string) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	for l := range strings.Lines(string(status)) {
		if strings.HasPrefix(l, "VmRSS:") || strings.HasPrefix(l, "VmHWM:") {
			say("%s: %s", when, strings.Join(strings.Fields(l), " "))
		}
	}
}
