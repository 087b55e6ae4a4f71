package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
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
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium, and CI=true wants nothing skipped")
		}
		t.Skip("no Chromium")
	}
	p := place{Data: t.TempDir()}
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), h.library, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	s := &served{}
	if err := s.start("--data", p.Data); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	if err := s.expect("/ready", "200", "ready"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return &journey{t, ctx, s.url}
}

func (j *journey) do(what string, actions ...chromedp.Action) {
	j.Helper()
	if err := chromedp.Run(j.ctx, actions...); err != nil {
		var page string
		_ = chromedp.Run(j.ctx, chromedp.Text("body", &page, chromedp.ByQuery))
		j.Fatalf("%s: %v\non this page:\n%.1500s", what, err, page)
	}
}

func (j *journey) open(path string) {
	j.Helper()
	j.do("open "+path, chromedp.Navigate(j.url+path), chromedp.WaitReady("main"))
}

func (j *journey) text(selector string) string {
	j.Helper()
	var s string
	j.do("read "+selector, chromedp.Text(selector, &s, chromedp.ByQuery))
	return s
}

// follow clicks a link or button and waits for the page behind it.
func (j *journey) follow(selector string) {
	j.Helper()
	var before, now string
	j.do("click "+selector, chromedp.Location(&before), chromedp.Click(selector, chromedp.ByQuery, chromedp.NodeVisible))
	for range 100 {
		j.do("wait for the next page", chromedp.Sleep(50*time.Millisecond), chromedp.Location(&now))
		if now != before {
			j.do("wait for the next page", chromedp.WaitReady("main"))
			return
		}
	}
}

func (j *journey) address() string {
	j.Helper()
	var s string
	j.do("where am I", chromedp.Location(&s))
	return s
}

func (j *journey) signIn(email string) {
	j.Helper()
	j.open("/de/sign-in")
	j.do("sign in", chromedp.SendKeys("#email", email), chromedp.SendKeys("#password", demo.Password))
	j.follow("main form button[type=submit]")
}

func TestAnOfficerAsksAndIsLedToThePassage(t *testing.T) {
	j := begin(t)
	j.open("/ru/")
	j.do("ask", chromedp.SendKeys("#q", "переводчик для потерпевшего от торговли людьми"))
	j.follow("main .search-large button")
	if s := j.text("main"); !strings.Contains(s, "Выявление") && !strings.Contains(s, "торговл") {
		t.Errorf("the results do not speak of it: %.400s", s)
	}
	j.follow("main .hit h2 a")
	if a := j.address(); !strings.Contains(a, "/ru/library/") || !strings.Contains(a, "#p") {
		t.Errorf("the first result leads to %s", a)
	}
	var marks, targets int
	j.do("look at the passage", chromedp.Evaluate("document.querySelectorAll('mark').length", &marks), chromedp.Evaluate("document.querySelectorAll('.passage-row:target').length", &targets))
	if marks == 0 || targets != 1 {
		t.Errorf("%d words are marked, %d passages are the aim", marks, targets)
	}
	var cite string
	j.do("find the citation", chromedp.AttributeValue(".passage-row:target .cite", "href", &cite, nil, chromedp.ByQuery))
	j.open(cite)
	if s := j.text("#citation"); !strings.Contains(s, "POLIS.DEMO/") || !strings.Contains(s, "/library/") {
		t.Errorf("the citation: %s", s)
	}
	var cookies []*network.Cookie
	j.do("count cookies", chromedp.ActionFunc(func(ctx context.Context) (err error) {
		cookies, err = network.GetCookies().Do(ctx)
		return err
	}))
	if len(cookies) != 0 {
		t.Errorf("a reader who is not signed in has the cookies %+v", cookies)
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
	j.do("send two files", chromedp.SetUploadFiles("input[type=file]", []string{good, bad}, chromedp.ByQuery))
	j.do("press the button where there is one", chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.Evaluate("document.querySelector('main form button[type=submit]')?.click()", nil).Do(ctx)
	}), chromedp.Sleep(time.Second))
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
	j.follow("main .hit a[href*='/library/intake/']")
	j.do("confirm", chromedp.WaitReady("input[name=title]"), chromedp.SetValue("input[name=title]", "Fahrradstreifen", chromedp.ByQuery))
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
