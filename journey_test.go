package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"polis/internal/demo"
)

// journey is one person's way through a real browser.
type journey struct {
	*testing.T
	ctx context.Context
	url string
}

// begin serves the demonstration and opens a browser on it.
func begin(t *testing.T) *journey {
	t.Helper()
	return beginWith(t, place{Data: t.TempDir()}, func(*house) error { return nil })
}

// beginWith serves the demonstration of a place, with what is done to it before, and
// opens a browser on it.
func beginWith(t *testing.T, p place, prepare func(*house) error, flags ...string) *journey {
	t.Helper()
	return beginAt(t, &served{}, p, prepare, flags...)
}

// beginAt is the same for who wants to know more of what is served.
func beginAt(t *testing.T, s *served, p place, prepare func(*house) error, flags ...string) *journey {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium, and CI=true wants nothing skipped")
		}
		t.Skip("no Chromium")
	}
	serveWith(t, s, p, func(h *house) error {
		return errors.Join(demo.Load(t.Context(), h.library, func(int, int) {}), prepare(h))
	}, flags...)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-features", "BackForwardCache,SpareRendererForSitePerProcess")) // a page less to keep for each that is opened
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 15*time.Minute) // the twelve take two on a machine of their own
	t.Cleanup(cancel)
	return &journey{t, ctx, s.url}
}

// serveWith serves a place, with what is put into it before.
func serveWith(t *testing.T, s *served, p place, prepare func(*house) error, flags ...string) {
	t.Helper()
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(prepare(h), h.close()); err != nil {
		t.Fatal(err)
	}
	if err := s.start(append(p.flags(), flags...)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	if err := s.expect("/ready", "200", "ready"); err != nil {
		t.Fatal(err)
	}
}

func (j *journey) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	j.Helper()
	if err := chromedp.Do(j.ctx, steps...); err != nil {
		page, _ := chromedp.Run(j.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		j.Fatalf("%s: %v\non this page:\n%.1500s", what, err, page)
	}
}

// evaluate runs a script in the page.
func evaluate[T any](j *journey, script string) T {
	j.Helper()
	v, err := chromedp.Run(j.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		j.Fatalf("%s: %v", script, err)
	}
	return v
}

func (j *journey) open(path string) {
	j.Helper()
	j.do("open "+path, chromedp.Navigate(j.url+path), chromedp.WaitReady(chromedp.CSS("main")))
}

func (j *journey) text(selector string) string {
	j.Helper()
	return evaluate[string](j, "document.querySelector("+strconv.Quote(selector)+").innerText")
}

// follow clicks a link or button and waits for the page behind it.
func (j *journey) follow(selector string) {
	j.Helper()
	before := j.address()
	j.do("click "+selector, chromedp.WaitReady(chromedp.CSS(selector)),
		chromedp.Evaluate[chromedp.Void]("setTimeout(() => document.querySelector("+strconv.Quote(selector)+").click())"))
	for range 100 {
		j.do("wait for the next page", chromedp.Sleep(50*time.Millisecond), chromedp.WaitReady(chromedp.CSS("main")))
		if j.address() != before {
			return
		}
	}
	j.Fatalf("%s leads nowhere:\n%.1500s", selector, j.text("main"))
}

func (j *journey) address() string {
	j.Helper()
	return evaluate[string](j, "location.href")
}

func (j *journey) signIn(email string) {
	j.Helper()
	j.open("/de/sign-in")
	j.do("sign in", chromedp.SendKeys(chromedp.CSS("#email"), email), chromedp.SendKeys(chromedp.CSS("#password"), demo.Password))
	j.follow("main form button[type=submit]")
}

func TestAnOfficerAsksAndIsLedToThePassage(t *testing.T) {
	j := begin(t)
	j.open("/ru/")
	j.do("ask", chromedp.SendKeys(chromedp.CSS("#q"), "переводчик для потерпевшего от торговли людьми"))
	j.follow("main .search-large button")
	if s := j.text("main"); !strings.Contains(s, "Выявление") && !strings.Contains(s, "торговл") {
		t.Errorf("the results do not speak of it: %.400s", s)
	}
	j.follow("main .hit h2 a")
	if a := j.address(); !strings.Contains(a, "/ru/library/") || !strings.Contains(a, "#p") {
		t.Errorf("the first result leads to %s", a)
	}
	if n := evaluate[int](j, "document.querySelectorAll('mark').length"); n == 0 {
		t.Error("none of her words is marked")
	}
	if n := evaluate[int](j, "document.querySelectorAll('.passage-row:target').length"); n != 1 {
		t.Errorf("%d passages are the aim", n)
	}
	j.open(evaluate[string](j, "document.querySelector('.passage-row .cite').getAttribute('href')"))
	if s := j.text("#citation"); !strings.Contains(s, "POLIS.DEMO/") || !strings.Contains(s, "/library/") {
		t.Errorf("the citation: %s", s)
	}
	if c := evaluate[string](j, "document.cookie"); c != "" {
		t.Errorf("a reader who is not signed in has the cookies %s", c)
	}
}

func TestATrainerBringsFilesAndFindsThemAgain(t *testing.T) {
	j := begin(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("streife.md", "# Fahrradstreifen im Stadtteil\n\nZwei Bedienstete fahren jeden Abend dieselbe Runde und sprechen mit den Menschen, die sie treffen.\n")
	bad := write("kaputt.pdf", "%PDF-1.7\nthen nothing")
	j.signIn("expert@polis.example")
	j.open("/de/library/upload")
	j.do("send two files", chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{good, bad}),
		chromedp.WaitVisible(chromedp.CSS(".uploads li:nth-child(2)[data-state]")))
	var page string
	for range 60 {
		j.open("/de/library/intake")
		if page = j.text("main"); strings.Contains(page, "Fahrradstreifen im Stadtteil") && strings.Contains(page, "beschädigt") {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	if !strings.Contains(page, "beschädigt oder unvollständig") {
		t.Errorf("the broken file does not wait with its reason: %s", page)
	}
	j.follow("main .acts a")
	j.do("confirm", chromedp.SetValue(chromedp.CSS("[name=title]"), "Fahrradstreifen"),
		chromedp.Evaluate[chromedp.Void]("document.querySelector('[name=level][value=public]').click()"))
	j.follow("main form[method=post] button[type=submit]")
	for range 60 {
		j.open("/de/search?q=Fahrradstreifen")
		if page = j.text("main"); strings.Contains(page, "Fahrradstreifen") && strings.Contains(page, "Bedienstete fahren") {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Errorf("the confirmed document is not found: %s", page)
}
