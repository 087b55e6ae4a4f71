package web

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store/storetest"
)

// journey is one person's way through the house in a real browser that runs no
// script.
type journey struct {
	*testing.T
	inhabited
	ctx context.Context
}

func newJourney(t *testing.T, h inhabited) journey {
	t.Helper()
	j := journey{t, h, tab(t, browser(t))}
	j.do(chromedp.EmulateViewport(1280, 900), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return j
}

func (j journey) do(steps ...step) {
	j.Helper()
	if err := chromedp.Do(j.ctx, steps...); err != nil {
		j.Fatal(err)
	}
}

// open goes to an address of the house.
func (j journey) open(path string) {
	j.Helper()
	j.do(chromedp.Navigate(j.server.URL + path))
}

// write puts the words into the field in place of what stands there.
func (j journey) write(field, words string) {
	j.Helper()
	j.do(chromedp.Clear(chromedp.CSS(field)), chromedp.SendKeys(chromedp.CSS(field), words))
}

// press goes to a control and presses a key on it: what works without script
// works without a mouse.
func press(target, key string) step {
	return chromedp.Steps(chromedp.Focus(chromedp.CSS(target)), chromedp.KeyEvent(key))
}

// follow presses Enter on what leads to another page, and waits for it.
func (j journey) follow(target string) {
	j.Helper()
	ctx, cancel := context.WithTimeout(j.ctx, 20*time.Second)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, press(target, kb.Enter)))
	if err != nil {
		j.Fatalf("%s on %s: %v", target, j.at(), err)
	}
}

// unfold opens what is folded up: without script the browser does it.
func (j journey) unfold(summary string) {
	j.Helper()
	j.do(press(summary, kb.Enter))
}

// at is the path of the page, without its query.
func (j journey) at() string {
	j.Helper()
	var address string
	j.do(into(&address, chromedp.Location()))
	path, _, _ := strings.Cut(strings.TrimPrefix(address, j.server.URL), "?")
	return path
}

// reads complains of words that do not stand on the page.
func (j journey) reads(words ...string) {
	j.Helper()
	var text string
	j.do(into(&text, chromedp.Text(chromedp.CSS("body"))))
	for _, w := range words {
		if !strings.Contains(text, w) {
			j.Errorf("%s does not say %q", j.at(), w)
		}
	}
}

// TestWithoutScript goes the whole way with script off: each step uses what the
// step before has left, as a person would.
func TestWithoutScript(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	h := inhabit(t, storetest.SQLite(t))
	h.person("expert@polis.example", access.Expert, "")
	for i := range hitsAPage + 3 {
		h.document(h.subject("author", access.Expert), library.Draft{Level: access.Public}, textIn("en", "Patrol of the district, part "+string(rune('A'+i))))
	}
	if err := h.Library.CatchUp(context.Background(), h.Index, nil); err != nil {
		t.Fatal(err)
	}
	newJourney(t, h).whole()
}

func (j journey) whole() {
	for _, stage := range []struct {
		sentence string
		walk     func(journey)
	}{
		{"she signs in", journey.signsIn},
		{"she searches, pages on and opens a passage", journey.searches},
		{"she uploads two files with the plain form", journey.uploads},
		{"she confirms one, and a name that is not clear is asked about", journey.confirms},
		{"she edits the document", journey.edits},
		{"she changes the language and stays where she is", journey.changesLanguage},
	} {
		j.Run(stage.sentence, func(t *testing.T) { stage.walk(journey{t, j.inhabited, j.ctx}) })
		if j.Failed() {
			return // what follows has nothing to stand on
		}
	}
}

func (j journey) signsIn() {
	j.open("/en/sign-in")
	j.write("#email", "expert@polis.example")
	j.write("#password", testPassword)
	j.follow("main form button")
	j.reads("Test expert@polis.example")
}

func (j journey) searches() {
	j.open("/en/")
	j.write("#q", "patrol")
	j.follow("main .search button")
	j.reads(lang.For("en").T("library.found", "n", hitsAPage+3))
	j.follow(".pages a[rel=next]")
	var hits int
	j.do(into(&hits, chromedp.Evaluate[int]("document.querySelectorAll('.hit').length")))
	if hits != 3 {
		j.Errorf("%d hits on the second page", hits)
	}
	j.follow(".hit h2 a")
	var marked string
	j.do(into(&marked, chromedp.Text(chromedp.CSS("article mark"))))
	if !strings.EqualFold(marked, "patrol") {
		j.Errorf("%q is marked", marked)
	}
}

func (j journey) uploads() {
	dir := j.TempDir()
	var files []string
	for name, text := range map[string]string{"first.md": guide, "second.md": "# Minutes of the forum\n\nThe police and the public met and agreed on three steps for the coming year.\n"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			j.Fatal(err)
		}
		files = append(files, path)
	}
	j.open("/en/library/upload")
	j.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), files))
	j.follow("main form[data-upload] button") // hidden where script sends the files
	j.reads("first.md", "second.md", "First contact in the district", "Minutes of the forum")
}

func (j journey) confirms() {
	var form string
	j.do(into(&form, chromedp.Evaluate[string](`[...document.querySelectorAll('.hit')].find(e => e.textContent.includes('first.md')).querySelector('.acts a').pathname`)))
	j.open(form)
	j.write("#title", "First contact, checked")
	j.write("#origin", "Programme Office")
	j.do(press("#level", " "))
	j.follow("button[value=show]")
	j.reads("OSCE Programme Office in Bishkek; OSCE Programme Office in Dushanbe")
	j.write("#origin", "OSCE Programme Office in Bishkek")
	j.follow("button[value=show]")
	j.reads("First contact, checked", "OSCE Programme Office in Bishkek", lang.For("en").T("library.intake.saved"))
}

func (j journey) edits() {
	j.follow(`a[href$="/edit"]`)
	j.write("#symbol", "POLIS/7")
	j.unfold("form details.more:last-of-type summary")
	j.write("#items", "14.1, 22")
	j.follow("form[data-draft] button[type=submit]")
	j.reads("POLIS/7", "First contact, checked", lang.For("en").T("library.edit.saved"))
}

func (j journey) changesLanguage() {
	before := j.at()
	j.unfold(".bar-end details:last-of-type summary")
	j.follow(`.menu a[hreflang="ru"]`)
	if after := j.at(); strings.TrimPrefix(after, "/ru/") != strings.TrimPrefix(before, "/en/") {
		j.Errorf("from %s to %s", before, after)
	}
	j.reads("POLIS/7", lang.For("ru").T("library.facts"))
}
