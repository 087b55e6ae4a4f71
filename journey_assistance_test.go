package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// fill writes into the fields of a form, by their ids.
func (j *journey) fill(pairs ...string) {
	j.Helper()
	for i := 0; i < len(pairs); i += 2 {
		selector := "#" + pairs[i]
		j.do("fill "+selector, chromedp.WaitReady(chromedp.CSS(selector)),
			chromedp.Evaluate[chromedp.Void]("document.querySelector("+strconv.Quote(selector)+").value = "+strconv.Quote(pairs[i+1])))
	}
}

// mark ticks the boxes of a form that have these values.
func (j *journey) mark(name string, values ...string) {
	j.Helper()
	for _, value := range values {
		selector := "[name=" + name + "][value='" + value + "']"
		j.do("mark "+selector, chromedp.WaitReady(chromedp.CSS(selector)),
			chromedp.Evaluate[chromedp.Void]("document.querySelector("+strconv.Quote(selector)+").checked = true"))
	}
}

// says fails where the page does not say the words.
func (j *journey) says(words ...string) {
	j.Helper()
	page := j.text("main")
	for _, w := range words {
		if !strings.Contains(page, w) {
			j.Fatalf("%s does not say %q:\n%.3000s", j.address(), w, page)
		}
	}
}

// become signs out and in as somebody else, and comes to the doorway by the bar.
func (j *journey) become(tag, email string) {
	j.Helper()
	j.open("/" + tag + "/help")
	if evaluate[bool](j, "!!document.querySelector('form[action$=\"/sign-out\"]')") {
		j.press("form[action$='/sign-out'] button")
	}
	j.signIn(email)
	j.open("/" + tag + "/help")
	j.follow("header .bar-nav a[href$='/assistance']")
}

// TestAStateAsksAndConsents is the way from a State's request to its consent: its
// focal point writes in Russian, the desk answers in English, and of two areas the
// State closes one.
func TestAStateAsksAndConsents(t *testing.T) {
	j := begin(t)
	j.become("ru", "focal-point@polis.example")
	request := j.writesRequest()
	j.deskAnswers(request)
	j.stateAnswers(request)
	consent := j.deskAccepts(request)
	j.stateConsents(consent)
	j.become("it", "delegation@polis.example") // of another State
	j.open("/it" + request)
	j.says("Подготовка инструкторов", "Четверо из десяти.")
	j.follow("main a[href$='" + consent + "']")
	if evaluate[bool](j, "!!document.querySelector('main form')") {
		t.Error("another State is offered to change it")
	}
}

// writesRequest drafts and submits; what is missing is said beside the field.
func (j *journey) writesRequest() string {
	j.Helper()
	j.follow("main a[href$='/requests/new']")
	j.fill("title", "Подготовка инструкторов по сотрудничеству полиции с населением")
	j.press("main button[value=submit]")
	if s := j.text(".govuk-error-summary"); s == "" {
		j.Fatal("nothing is said to be missing")
	}
	j.fill("wish", "Десять инструкторов академии, которые затем сами будут учить участковых.", "reason", "Участковые учатся только законам, а не разговору с жителями.",
		"since", "2027-03", "until", "11.2027", "bodies", "Академия полиции\nУчебный центр", "items", "14.1, 14.5")
	j.mark("themes", "police-reform/community-policing", "cybercrime")
	j.press("main button[value=submit]")
	path := strings.TrimPrefix(j.address(), j.url+"/ru")
	path, _, _ = strings.Cut(path, "?")
	j.says("Подготовка инструкторов", "Академия полиции", "ноябр")
	if n := evaluate[int](j, "document.querySelectorAll('.steps [aria-current=step]').length"); n != 1 {
		j.Errorf("%d steps are marked as the present one", n)
	}
	return path
}

func (j *journey) deskAnswers(request string) {
	j.Helper()
	j.become("en", "desk-officer@polis.example")
	j.says("Подготовка инструкторов")
	j.follow("main a[href$='" + request + "']")
	j.press("#move-acknowledge button")
	j.press("#move-ask button") // without a question
	if s := j.text(".govuk-error-summary"); s == "" {
		j.Fatal("a question without words is asked")
	}
	j.fill("words-ask", "How many of them speak English?")
	j.press("#move-ask button")
	j.says("How many of them speak English?")
}

func (j *journey) stateAnswers(request string) {
	j.Helper()
	j.become("ru", "focal-point@polis.example")
	j.follow("main a[href$='" + request + "']")
	j.says("How many of them speak English?")
	j.follow("main a[href$='/edit']")
	j.fill("reason", "Участковые учатся только законам. Английским владеют четверо.")
	j.press("main button[value=save]")
	j.fill("words-answer", "Четверо из десяти.")
	j.press("#move-answer button")
	j.says("Четверо из десяти.", "Английским владеют четверо")
}

// deskAccepts accepts it and asks for consent; it returns where that is.
func (j *journey) deskAccepts(request string) string {
	j.Helper()
	j.become("en", "desk-officer@polis.example")
	j.follow("main a[href$='" + request + "']")
	j.press("#move-accept button")
	j.follow("main a[href*='/consents/new']")
	if evaluate[int](j, "document.querySelectorAll('[name=areas]:checked').length") != 2 {
		j.Error("the request's themes are not proposed as areas")
	}
	j.fill("why", "A course of ten days in the academy.")
	j.follow("main form[action$='/consents'] button")
	path := strings.TrimPrefix(j.address(), j.url+"/en")
	path, _, _ = strings.Cut(path, "?")
	return path
}

// stateConsents gives it for both areas and closes one.
func (j *journey) stateConsents(consent string) {
	j.Helper()
	j.become("ru", "focal-point@polis.example")
	j.follow("main a[href$='" + consent + "']")
	j.mark("areas", "police-reform/community-policing", "cybercrime")
	j.fill("authority", "Министерство внутренних дел", "office", "Заместитель министра", "given", time.Now().Format("2.1.2006"), "until", "2028", "document", "МВД-17")
	j.press("#move-give button")
	j.says("Министерство внутренних дел", "2028", "МВД-17")
	open := j.text("main .note")
	if strings.Count(open, "«") != 2 {
		j.Errorf("it does not cover two areas: %s", open)
	}
	id := evaluate[string](j, "[...document.querySelectorAll('form[action$=\"/close\"]')].find(f => f.theme.value === 'cybercrime').closest('details').id")
	n := strings.TrimPrefix(id, "move-close-")
	j.fill("reason-close-"+n, "Для этого будет отдельное соглашение.")
	j.press("#" + id + " button")
	j.says("Для этого будет отдельное соглашение.")
	if open = j.text("main .note"); strings.Count(open, "«") != 1 {
		j.Errorf("it does not cover one area: %s", open)
	}
}
