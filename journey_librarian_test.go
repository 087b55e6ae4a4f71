package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"polis/internal/access"
)

// held is what the library elsewhere holds, from which she harvests.
const held = `{"id":"n1","lang":"en","title":"Militia patrols and public trust","summary":"What a foot patrol learns in a neighbourhood, and how the militia answers for it.","text":"A foot patrol walks the same round each evening. Community policing begins with the second talk, not the first.","type":"guide","date":"2024-05"}
{"id":"n2","lang":"en","title":"A custody record that a judge can read","summary":"One page for each person in police custody, filled in by the militia as it happens.","text":"The custody record names the hour, the officer and the reason. Access to a lawyer is written down when it is asked for.","type":"checklist","date":"2024-09"}
{"id":"n3","lang":"en","title":"Militia stations on open days","summary":"How a police station opens its doors, and what stays closed.","text":"Visitors see the waiting room, the front desk and one patrol car.","type":"good-practice","date":"2025-02"}
`

// TestTheLibrariansDay is a day of somebody who looks after the library and is new
// to it: she finds each page by a link, from the menu on.
func TestTheLibrariansDay(t *testing.T) {
	elsewhere := &served{}
	serveWith(t, elsewhere, place{Data: t.TempDir()}, func(h *house) error {
		_, err := h.library.ImportRecords(t.Context(), access.System("import"), strings.NewReader(held), access.Public, func(int64) {})
		return err
	})
	j := beginWith(t, place{Data: t.TempDir()}, func(*house) error { return nil }, "--internal-hosts", "127.0.0.1")
	j.signIn("desk-officer@polis.example")
	list := j.harvestFrom(elsewhere.url + "/oai")
	j.replaces(list, "Militia", "Police")
	first, second := j.titled(list, "Police patrols and public trust"), j.titled(list, "A custody record that a judge can read")
	j.confirmConcepts(second, "custody record", "judge")
	collection := j.collects(first, second)
	j.visitsCollection(collection)
}

// press clicks what may lead back to the same address.
func (j *journey) press(selector string) {
	j.Helper()
	j.do("press "+selector, chromedp.WaitReady(chromedp.CSS(selector)), chromedp.Evaluate[chromedp.Void]("window.here = true; setTimeout(() => document.querySelector("+strconv.Quote(selector)+").click())"))
	for range 100 {
		if !evaluate[bool](j, "window.here === true") {
			j.do("wait for the page", chromedp.WaitReady(chromedp.CSS("main")))
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	j.Fatalf("%s does nothing: %.500s", selector, j.text("main"))
}

// harvestFrom names a library and waits for what comes; it returns where that is
// listed.
func (j *journey) harvestFrom(base string) string {
	j.Helper()
	j.open("/en/library")
	j.follow("header a[href$='/admin']")
	j.follow("main a[href$='/admin/sources']")
	j.do("name the library", chromedp.SendKeys(chromedp.CSS("#url"), base))
	j.press("main form[action$='/admin/sources'] button")
	j.until("/en/admin/sources", "3 new")
	j.follow("main a[href*='/library?source=']")
	list := strings.TrimPrefix(j.address(), j.url)
	if s := j.until(list, "3 documents"); !strings.Contains(s, "Militia patrols") || !strings.Contains(s, "Harvested from") {
		j.Errorf("what came is not listed: %s", s)
	}
	return list
}

// replaces changes words in all of a list: once to see it and take it back, once
// for good.
func (j *journey) replaces(list, from, to string) {
	j.Helper()
	for _, back := range []bool{true, false} {
		j.open(list)
		j.follow("main a[href*='/library/bulk?']")
		j.do("say what is replaced", chromedp.SendKeys(chromedp.CSS("#find"), from), chromedp.SendKeys(chromedp.CSS("#with"), to))
		j.press("main form[action*='/library/bulk'] button[type=submit]")
		if s := j.text("main"); !strings.Contains(s, "Nothing has been changed yet") || !strings.Contains(s, to+" patrols") {
			j.Fatalf("she does not see first what would change: %s", s)
		}
		batch := strings.TrimPrefix(j.address(), j.url)
		j.press("main form[action$='/start'] button")
		j.until(batch, "kept until")
		j.until(list, to+" patrols and public trust")
		if back {
			j.open(batch)
			j.press("main form[action$='/undo'] button")
			j.until(batch, "as it was before")
			j.until(list, from+" patrols and public trust")
		}
	}
}

// titled is the address of a document in a list.
func (j *journey) titled(list, title string) string {
	j.Helper()
	j.open(list)
	path := evaluate[string](j, "([...document.querySelectorAll('main .hit h2 a')].find(a => a.innerText === '"+title+"') || {pathname: ''}).pathname")
	if path == "" {
		j.Fatalf("there is no %s in %s", title, j.text("main"))
	}
	return path
}

// confirmConcepts looks at what was proposed for a document, and says that one of it
// is so and another not.
func (j *journey) confirmConcepts(document, concept, not string) {
	j.Helper()
	proposed := func() bool {
		j.open(document)
		return strings.Contains(j.text("aside"), "nobody has looked at it yet")
	}
	for end := time.Now().Add(90 * time.Second); !proposed() && time.Now().Before(end); { // once a minute concepts are proposed
		time.Sleep(time.Second)
	}
	j.follow("aside a[href$='/concepts']")
	if s := j.text("main"); !strings.Contains(s, concept) {
		j.Errorf("%q is not among what is proposed: %s", concept, s)
	}
	j.do("take one out", chromedp.Evaluate[chromedp.Void]("document.querySelector(\"main input[name=concept][value='"+not+"']\").click()")) // the page may still move under a mouse
	j.follow("main form button[type=submit]")
	if s := j.text("aside"); strings.Contains(s, "nobody has looked at it yet") || strings.Contains(s, not) || !strings.Contains(s, concept) {
		j.Errorf("the document does not show what it is about: %s", s)
	}
}

// collects puts two documents into a new collection, the second in front, and opens
// it to everybody.
func (j *journey) collects(first, second string) string {
	j.Helper()
	j.open(first)
	j.follow("aside a[href$='/collect']")
	j.follow("main a[href*='/collections/new']")
	j.do("describe it", chromedp.SendKeys(chromedp.CSS("#title-en"), "First week in custody"), chromedp.SendKeys(chromedp.CSS("#about-en"), "What a new station officer reads before the first arrest."))
	j.follow("main form button[type=submit]")
	collection := strings.TrimPrefix(j.address(), j.url)
	j.open(second)
	j.follow("aside a[href$='/collect']")
	j.follow("main form button[type=submit]")
	j.do("open the second's changes", chromedp.Click(chromedp.CSS(".collected li:nth-child(2) summary")))
	j.press(".collected li:nth-child(2) button[value=up]")
	if s := j.text(".collected li:first-child h2"); s != "A custody record that a judge can read" {
		j.Errorf("in front is %s", s)
	}
	j.follow("aside a[href$='/edit']")
	j.do("open it to everybody", chromedp.Evaluate[chromedp.Void]("document.querySelector('[name=level][value=public]').click()"))
	j.follow("main form button[type=submit]")
	return collection
}

// visitsCollection leaves, comes as a visitor and finds it, with its feed.
func (j *journey) visitsCollection(collection string) {
	j.Helper()
	j.do("sign out", chromedp.Evaluate[chromedp.Void]("document.querySelector('header form[action$=\"/sign-out\"] button').click()"), chromedp.Sleep(500*time.Millisecond))
	j.open("/en/library")
	j.follow("main a[href$='/collections']")
	j.follow("main a[href$='" + strings.Split(collection, "?")[0] + "']")
	s := j.text("main")
	if a, b := strings.Index(s, "A custody record"), strings.Index(s, "Police patrols"); a < 0 || b < a || !strings.Contains(s, "before the first arrest") {
		j.Errorf("the visitor finds %s", s)
	}
	feed := evaluate[string](j, "document.querySelector('aside a[href$=\".atom\"]').href")
	elsewhere := &served{url: strings.TrimSuffix(j.url, "/")}
	status, body, err := elsewhere.fetch(strings.TrimPrefix(feed, j.url))
	if err != nil || status != http.StatusOK || !strings.Contains(body, "A custody record that a judge can read") || !strings.Contains(body, "Police patrols and public trust") {
		j.Errorf("its feed answers %d (%v): %s", status, err, body)
	}
}
