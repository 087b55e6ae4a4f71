package main

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestAProjectRestsOnWhatAStateAsksAndAgreesTo is the way of a project: from a State's
// request and consent, after a model, refused with all that is missing, put right,
// approved and begun, until the State closes an area and it is decided what becomes of
// it there.
func TestAProjectRestsOnWhatAStateAsksAndAgreesTo(t *testing.T) {
	j := begin(t)
	j.become("ru", "focal-point@polis.example")
	request := j.writesRequest()
	j.become("en", "desk-officer@polis.example")
	j.follow("main a[href$='" + request + "']")
	j.press("#move-acknowledge button")
	consent := j.deskAccepts(request)
	j.agrees(consent)
	j.become("en", "desk-officer@polis.example")
	j.addsMandate()
	project := j.beginsAfterModel(request)
	j.approvalIsRefused(project)
	j.putsRight(project)
	j.press("#move-approve button")
	j.says("Approved", "Interim:")
	j.press("#move-start button")
	j.says("The project runs.", "Active")
	j.closesArea(consent, project)
	j.decides(project)
}

// agrees gives the consent for both areas.
func (j *journey) agrees(consent string) {
	j.Helper()
	j.become("ru", "focal-point@polis.example")
	j.follow("main a[href$='" + consent + "']")
	j.mark("areas", "police-reform/community-policing", "cybercrime")
	j.fill("authority", "Министерство внутренних дел", "office", "Заместитель министра", "given", time.Now().Format("2.1.2006"), "until", "2028")
	j.press("#move-give button")
}

func (j *journey) addsMandate() {
	j.Helper()
	j.open("/en/assistance/mandates/new")
	j.fill("holder", "spmu", "title", "Police-related activities", "document", "PC.DEC/1049", "since", "2012-07-26")
	j.press("main form button")
	j.says("The mandate is added.", "PC.DEC/1049")
}

// at is the path of the page, without its language.
func (j *journey) at(tag string) string {
	j.Helper()
	path, _, _ := strings.Cut(strings.TrimPrefix(j.address(), j.url+"/"+tag), "?")
	return path
}

// beginsAfterModel begins a project for the request after another one, whose texts it
// takes over and whose States it does not.
func (j *journey) beginsAfterModel(request string) string {
	j.Helper()
	j.open("/en/assistance/projects/new")
	j.fill("title", "A course of ten days", "summary", "Trainers of the academy learn, and then teach.", "hosts", "Tajikistan")
	j.mark("themes", "cybercrime")
	j.press("main form button")
	model := strings.TrimPrefix(j.at("en"), "/assistance/projects/")
	j.open("/en" + request)
	j.follow("main a[href*='/projects/new?request=']")
	j.follow("main a[href*='model=" + model + "']")
	j.says("asks and agrees for itself")
	if hosts := evaluate[string](j, "document.querySelector('#hosts').value"); hosts != "Kyrgyzstan" {
		j.Errorf("the host State is %q", hosts)
	}
	if summary := evaluate[string](j, "document.querySelector('#summary').value"); !strings.Contains(summary, "then teach") {
		j.Errorf("the model's text is not taken over: %q", summary)
	}
	j.press("main form button")
	j.says("Kyrgyzstan", "Made after")
	return j.at("en")
}

// approvalIsRefused tries it too early: everything that is missing is said at once,
// each with the way to where it is put right.
func (j *journey) approvalIsRefused(project string) {
	j.Helper()
	j.press("#move-appraise button")
	j.press("#move-approve button")
	if n := evaluate[int](j, "document.querySelectorAll('.note-refusal li a').length"); n < 7 {
		j.Errorf("only %d things are said to be missing:\n%s", n, j.text("main"))
	}
	if gates := j.text(".note-refusal"); strings.Contains(gates, "Kyrgyzstan") {
		j.Errorf("what the State has agreed to is asked for again:\n%s", gates)
	}
	j.follow(".note-refusal a[href$='#mandate']")
	if at := j.at("en"); !strings.HasPrefix(at, project+"/edit") {
		j.Errorf("it is put right at %s", at)
	}
}

// putsRight fills the form, answers the principles and writes the budget.
func (j *journey) putsRight(project string) {
	j.Helper()
	mandate := evaluate[string](j, "document.querySelector('#mandate').options[1].value")
	j.fill("tailoring", "Fits the reform of the academy.", "line", "1049/12.3", "phase", "rule-of-law", "dimension", "politico-military", "gender", "significant",
		"mandate", mandate, "organisers", "spmu", "starts", "2027-03-01", "ends", "2027-11-30")
	j.press("main form button")
	j.follow("nav.tabs a[href$='/principles']")
	for _, principle := range []string{"rule-of-law", "human-rights", "gender", "minorities", "partnership", "accountability"} {
		j.fill(principle+"-plan", "As the law on the police says.")
	}
	j.press("#answer-plan button")
	j.says("Answered")
	j.open("/en" + project + "/money/open")
	j.press("main form button")
	j.open("/en" + project + "/money/plan")
	j.fill("output", "A course", "category", "experts", "year", "2027", "planned", "1000")
	j.press("main form button")
	j.press("main button[name=sure]")
	j.open("/en" + project + "/money/gap")
	j.fill("words", "From the unified budget of 2027.")
	j.press("main form button")
	j.press("main button[name=sure]")
	j.open("/en" + project)
	if evaluate[bool](j, "!!document.querySelector('#needs')") {
		j.Errorf("something is still missing:\n%s", j.text("main"))
	}
}

// closesArea is the State's: its page shows before what rests on the consent.
func (j *journey) closesArea(consent, project string) {
	j.Helper()
	j.become("ru", "focal-point@polis.example")
	j.open("/ru" + consent)
	if !evaluate[bool](j, "!!document.querySelector('main a[href$=\""+project+"\"]')") {
		j.Error("the consent does not show what rests on it")
	}
	id := evaluate[string](j, "[...document.querySelectorAll('form[action$=\"/close\"]')].find(f => f.theme.value === 'cybercrime').closest('details').id")
	j.fill("reason-close-"+strings.TrimPrefix(id, "move-close-"), "Для этого будет отдельное соглашение.")
	j.press("#" + id + " button")
	j.open("/ru/assistance")
	if !evaluate[bool](j, "!!document.querySelector('#closed')") {
		j.Error("the State does not see what still runs in the area")
	}
}

// decides comes to it from the doorway and goes on without the State in that area.
func (j *journey) decides(project string) {
	j.Helper()
	j.become("en", "desk-officer@polis.example")
	j.follow("main a[href*='" + project + "/gates?']")
	j.says("Closed by the State: decide by")
	n := evaluate[int](j, "[...document.querySelectorAll('form[action$=\"/gates/leave\"]')].findIndex(f => f.area.value === 'cybercrime')")
	id := "leave-" + strconv.Itoa(n)
	j.press("#" + id + " button")
	j.says("Say why it goes on without this State")
	j.fill("words-"+id, "Taken up under an agreement of its own.")
	j.press("#" + id + " button")
	j.says("Left out")
	j.follow("nav.tabs a[href$='/history']")
	j.says("Taken up under an agreement of its own.", "Goes on without the State", "Approved")
	j.open("/en/assistance")
	if evaluate[bool](j, "!!document.querySelector('main a[href*=\""+project+"/gates?\"]')") {
		j.Error("it is still to be decided")
	}
}
