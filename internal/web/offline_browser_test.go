package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/account"
)

// TestTheShortFormWorksWithoutALine goes the whole way on a telephone whose line is cut:
// for the page and for its worker.
func TestTheShortFormWorksWithoutALine(t *testing.T) {
	p := newTelephone(t, "de")
	for _, stage := range []struct {
		sentence string
		walk     func(*telephone)
	}{
		{"nothing lies on a device before she has chosen it", (*telephone).choosesNothing},
		{"she takes forms along, opens one without a line and writes; it is sent once when the line is back", (*telephone).writesWithoutALine},
		{"an answer that is lost on the way does nothing twice", (*telephone).losesAnAnswer},
		{"what is wrong is said at the fields, mended and sent again", (*telephone).mends},
		{"what others have stored meanwhile stands beside hers, and she chooses field by field", (*telephone).meetsOthers},
		{"an activity that was cancelled keeps her figures readable", (*telephone).findsItCancelled},
		{"a session that ended meanwhile loses nothing", (*telephone).sessionEnds},
		{"somebody else in the same browser neither reads nor sends hers", (*telephone).lends},
		{"who signs out is asked, and leaves nothing", (*telephone).signsOut},
	} {
		t.Run(stage.sentence, func(t *testing.T) { p.T = t; stage.walk(p) })
		if t.Failed() {
			return // what follows has nothing to stand on
		}
	}
	if broken := p.broken.Load(); broken != nil {
		t.Error(broken)
	}
}

// TestTheShortFormWorksWithoutALineInRussian goes the first steps of that way.
func TestTheShortFormWorksWithoutALineInRussian(t *testing.T) {
	p := newTelephone(t, "ru")
	p.choosesNothing()
	p.writesWithoutALine()
}

const officerMail = "officer@plan.example"

func (p *telephone) choosesNothing() {
	p.plan("Vor der Wahl")
	p.signsIn(officerMail)
	p.visit(offlinePath)
	p.reads("offline.take.title")
	p.looks("nothing is kept")
	p.expect("before she chose", p.lies(), "0 pages, 0 written, 0 workers")
}

func (p *telephone) writesWithoutALine() {
	at := p.plan("Runder Tisch in Osch")
	p.takes()
	p.looks("forms are kept")
	var named bool
	p.do(into(&named, chromedp.Evaluate[bool](`(async () => {
		const cache = await caches.open('polis-held')
		for (const r of await cache.keys()) if (!r.url.includes('/static/') && (await (await cache.match(r)).text()).includes('`+officerMail+`')) return true
		return false
	})()`, chromedp.EvalAwaitPromise)))
	if named {
		p.Error("what is kept names her")
	}
	p.line(false)
	p.open() // the tab is closed and another one opened
	p.visit(offlinePath)
	p.press("[data-list=kept] a[href$='" + at + "/held']")
	p.until("the form is there", "location.pathname.endsWith('"+at+"/held') && document.querySelector('#total')")
	p.looks("the kept form")
	p.fills("total", "20", "women", "3")
	p.reads("offline.says.waiting")
	p.looks("saved on the device")
	p.visit(offlinePath)
	p.reads("offline.says.waiting")
	p.looks("it waits")
	p.expect("without a line", p.counts(at), "0 held, 0 mended, 0 events")
	p.open()
	p.line(true)
	p.visit("/help") // any page of POLIS
	p.until("it is sent", "caches.open('polis-held').then(c => c.match('/"+string(p.tag)+at+"/held')).then(kept => !kept)")
	p.expect("with a line", p.counts(at), "1 held, 0 mended, 1 events")
	if total, women, _ := p.stored(at); total != 20 || women != 3 {
		p.Errorf("%d, %d women", total, women)
	}
	p.visit(offlinePath)
	p.reads("offline.says.done")
	p.looks("it was sent")
	p.expect("once more", p.counts(at), "1 held, 0 mended, 1 events")
}

func (p *telephone) losesAnAnswer() {
	at := p.plan("Lehrgang in Talas")
	p.takes()
	p.gate.loses.Store("answer")
	p.says(at, "total", "12", "women", "5")
	p.reads("offline.says.waiting")
	p.eventually("it arrives", func() bool { return p.counts(at) == "1 held, 0 mended, 1 events" })
	p.gate.loses.Store("")
	before := p.gate.forms.Load()
	p.visit(offlinePath)
	p.entry(at, "done")
	p.expect("after two ways", p.counts(at), "1 held, 0 mended, 1 events")
	if p.gate.forms.Load() == before {
		p.Error("it was not sent again: this test sees nothing")
	}
}

func (p *telephone) mends() {
	at := p.plan("Beratung in Naryn")
	p.takes()
	p.line(false)
	p.says(at, "total", "20", "women", "30")
	p.reads("offline.says.waiting")
	p.line(true)
	p.reads("offline.says.refused")
	p.reads("activity.error.total")
	p.looks("it was refused")
	p.until("the sentence stands at the field", "document.querySelector('#total[aria-invalid]') && document.querySelector('#device a[href=\"#total\"]')")
	p.expect("refused", p.counts(at), "0 held, 0 mended, 0 events")
	p.open()
	p.visit(at + "/held")
	p.until("what she wrote is there", "document.querySelector('#women').value === '30' && document.querySelector('#total[aria-invalid]')")
	p.fills("women", "3")
	p.reads("offline.says.done")
	p.expect("mended", p.counts(at), "1 held, 0 mended, 1 events")
}

func (p *telephone) meetsOthers() {
	at := p.plan("Seminar in Karakol")
	p.takes()
	p.line(false)
	p.says(at, "total", "20", "women", "3", "place", "Karakol")
	p.reads("offline.says.waiting")
	p.colleagueHolds(at, "total", "18", "women", "2", "place", "Balyktschy")
	p.line(true)
	p.reads("offline.says.conflict")
	p.until("both figures stand there", "[...document.querySelectorAll('[data-choose] fieldset')].some(f => f.innerText.includes('20') && f.innerText.includes('18'))")
	p.looks("it is to be chosen")
	if total, _, _ := p.stored(at); total != 18 {
		p.Error("it was overwritten unseen")
	}
	p.open() // the choice outlives the tab
	p.visit(at + "/held")
	p.reads("offline.choose.title")
	var chosen int
	p.do(into(&chosen, chromedp.Evaluate[int]("document.querySelectorAll('[data-choose] input:checked').length")))
	if chosen > 0 {
		p.Error("something is chosen for her")
	}
	p.do(chromedp.Evaluate[chromedp.Void](`for (const f of document.querySelectorAll('[data-choose] fieldset')) {
		f.querySelector(f.querySelector('legend').textContent === ` + strconv.Quote(p.words.T("activity.field.place")) + ` ? '[value=stored]' : '[value=mine]').click()
	}`))
	p.write("choose-words", "Zwei kamen später.")
	p.press("[data-choose] button")
	p.reads("offline.says.done")
	p.expect("chosen", p.counts(at), "1 held, 1 mended, 2 events")
	if total, women, place := p.stored(at); total != 20 || women != 3 || place != "Balyktschy" {
		p.Errorf("%d, %d women in %s", total, women, place)
	}
}

// colleagueHolds lets the desk say how it went.
func (p *telephone) colleagueHolds(at string, pairs ...string) {
	p.Helper()
	if got := p.desk.submit(p.desk.form("/en"+at+"/held", "/en"+at+"/held").filled(pairs...)); got.status != http.StatusSeeOther {
		p.Fatal(got.status, got.body)
	}
}

func (p *telephone) findsItCancelled() {
	at := p.plan("Forum in Batken")
	p.takes()
	p.line(false)
	p.says(at, "total", "41")
	p.reads("offline.says.waiting")
	if got := p.desk.post("/en"+at+"/move/cancel", "rev", p.desk.get("/en"+at).rev(), "words-cancel", "Snow."); got.status != http.StatusSeeOther {
		p.Fatal(got.status, got.body)
	}
	p.line(true)
	p.reads("activity.impossible.cancelled")
	p.visit(offlinePath)
	p.reads("activity.impossible.cancelled")
	p.press("[data-list=said] details summary")
	p.until("her figures can be read", "document.querySelector('[data-list=said] details[open]').innerText.includes('41')")
	p.looks("cancelled meanwhile")
	p.agrees.Store(true)
	p.press("[data-list=said] li:has([data-state=refused]) [data-forget]")
	p.reads("offline.told.removed")
	p.agrees.Store(false)
}

// endsSession ends the session of the telephone, as time would.
func (p *telephone) endsSession(who access.Subject) {
	p.Helper()
	list, err := account.Sessions(everywhere, p.DB, who, who.ID)
	if err != nil {
		p.Fatal(err)
	}
	for _, s := range list {
		if strings.HasPrefix(s.Device, "Chrome") {
			if err := account.EndSession(everywhere, p.DB, who, who.ID, s.ID); err != nil {
				p.Fatal(err)
			}
		}
	}
}

func (p *telephone) sessionEnds() {
	at := p.plan("Besuch in Tokmok")
	p.takes()
	p.line(false)
	p.says(at, "total", "9", "women", "4")
	p.reads("offline.says.waiting")
	p.endsSession(p.asOfficer)
	p.line(true)
	p.reads("offline.says.sign-in")
	p.looks("her session has ended")
	p.expect("signed out", p.counts(at), "0 held, 0 mended, 0 events")
	p.press("#device a[data-state=sign-in]")
	p.until("she is asked to sign in", "document.querySelector('#password')")
	p.signsInHere(officerMail)
	p.entry(at, "done")
	p.expect("signed in", p.counts(at), "1 held, 0 mended, 1 events")
}

func (p *telephone) lends() {
	at := p.plan("Kurs in Kant")
	p.takes()
	p.line(false)
	p.says(at, "total", "7")
	p.reads("offline.says.waiting")
	p.endsSession(p.asOfficer)
	p.open()
	p.line(true)
	p.signsIn("desk@plan.example")
	p.visit(offlinePath)
	p.reads("offline.others")
	p.looks("somebody else's waits")
	p.reads("offline.kept.none")
	p.until("nothing of hers is listed", "!document.querySelector('[data-list=said] li')")
	asked := p.asked.Load()
	p.press("form[action$='/sign-out'] button")
	p.eventually("she is asked", func() bool { return p.asked.Load() > asked })
	p.expect("under another name", p.counts(at), "0 held, 0 mended, 0 events")
	p.endsSession(p.asDesk)
	p.signsIn(officerMail)
	p.visit(offlinePath)
	p.entry(at, "done")
	p.expect("by herself", p.counts(at), "1 held, 0 mended, 1 events")
}

func (p *telephone) signsOut() {
	at := p.plan("Treffen in Uzgen")
	p.takes()
	p.gate.loses.Store("form")
	p.says(at, "total", "5")
	p.reads("offline.says.waiting")
	p.visit("/about")
	asked := p.asked.Load()
	p.press("form[action$='/sign-out'] button")
	p.eventually("she is asked", func() bool { return p.asked.Load() > asked })
	p.do(chromedp.Sleep(200 * time.Millisecond))
	if lies := p.lies(); !strings.Contains(lies, "1 workers") || strings.Contains(lies, "0 written") {
		p.Errorf("she said no: %s", lies)
	}
	p.agrees.Store(true)
	p.press("form[action$='/sign-out'] button")
	p.until("she is out", "!document.body.dataset.holder")
	p.gate.loses.Store("")
	p.expect("afterwards", p.lies(), "0 pages, 0 written, 0 workers")
	p.expect("what she gave up", p.counts(at), "0 held, 0 mended, 0 events")
}
