package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"polis/internal/lang"
)

func (o planned) modelGivesTexts(t *testing.T) {
	path := o.begun(t)
	id := path[strings.LastIndex(path, "/")+1:]
	page := o.stranger.get(path)
	if !strings.Contains(page.body, "/assistance/projects/new?model="+id) {
		t.Fatal("it is not offered as a model")
	}
	form := o.stranger.form("/en/assistance/projects/new?model="+id, "/en/assistance/projects")
	for field, want := range map[string]string{"title": "Training <of> trainers", "summary": "A course for trainers.", "line": "1049/12.3", "model": id, "hosts": "", "starts": "", "ends": "", "tailoring": "", "places": "", "bodies": ""} {
		if got := form.fields.Get(field); got != want {
			t.Errorf("%s is %q, not %q", field, got, want)
		}
	}
	got := o.stranger.submit(form.filled("hosts", "Tajikistan"))
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	made, _, _ := strings.Cut(got.location, "?")
	if q := o.read(t, made); q.Model != id || q.Gates[0].Request != "" || q.Gates[0].Consent != "" {
		t.Errorf("%+v", q)
	}
	if !strings.Contains(o.stranger.get(made).body, path) || !strings.Contains(o.officer.get(path).body, made) {
		t.Error("model and what was made after it do not lead to each other")
	}
}

func (o planned) gateAsks(t *testing.T) {
	en := lang.For("en")
	path := o.begun(t, "hosts", "Tajikistan")
	id := path[strings.LastIndex(path, "/")+1:]
	page := o.officer.get(path + "/gates")
	if !page.says(en.T("project.gate.nothing")) || !page.says(en.T("project.gate.no-request")) {
		t.Error("it does not say that nothing is asked yet")
	}
	ask := "/en/assistance/consents/new?" + url.Values{"area": {"cybercrime"}, "host": {"TJ"}, "project": {id}}.Encode()
	if !strings.Contains(page.body, strings.ReplaceAll(ask, "&", "&amp;")) {
		t.Fatalf("no way to %s in %s", ask, page.body)
	}
	form := o.officer.form(ask, "/en/assistance/consents")
	if form.fields.Get("giver") != "Tajikistan" || form.fields.Get("areas") != "cybercrime" || !strings.Contains(form.fields.Get("why"), "Training <of> trainers") {
		t.Errorf("what is known is not filled in: %v", form.fields)
	}
	if got := o.officer.get("/en/assistance/consents/new?project=" + id + "&host=KG&area=cybercrime"); got.status != http.StatusNotFound {
		t.Errorf("a gate that is none: %d", got.status)
	}
	rev := page.rev()
	if got := o.officer.post(path+"/gates/rest", "rev", rev, "host", "TJ", "area", "cybercrime", "request-bind-0", "x", "consent-bind-0", "y"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("project.needs.consent")) {
		t.Errorf("it rests on nothing: %d", got.status)
	}
	if got := o.officer.post(path+"/gates/leave", "rev", rev, "host", "TJ", "area", "cybercrime", "words-leave-0", " "); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#words-leave-0"`) {
		t.Errorf("left out without a reason: %d", got.status)
	}
	if got := o.officer.post(path+"/gates/leave", "rev", rev, "host", "TJ", "area", "drugs", "words-leave-0", "no"); got.status != http.StatusNotFound {
		t.Errorf("a gate that is none: %d", got.status)
	}
	if got := o.officer.post(path+"/gates/leave", "rev", rev, "host", "TJ", "area", "cybercrime", "words-leave-0", "Not wanted."); got.status != http.StatusSeeOther || !o.officer.get(path+"/gates").says(en.T("project.gate.out")) {
		t.Errorf("left out: %d", got.status)
	}
}

func (o planned) listsAreFiltered(t *testing.T) {
	path := o.begun(t, "hosts", "Serbia", "themes", "drugs", "organisers", "programme-office-bishkek", "title", "One of its kind")
	for query, found := range map[string]bool{
		"": true, "?state=RS": true, "?state=RS&theme=drugs&organiser=programme-office-bishkek&stage=idea": true, "?theme=drugs": true, "?organiser=programme-office-bishkek": true,
		"?state=RS&theme=terrorism": false, "?state=RS&stage=active": false, "?organiser=spmu&state=RS": false, "?state=XX": false,
	} {
		page := o.focal.get("/en/assistance/projects" + query)
		if page.status != http.StatusOK || strings.Contains(page.body, path) != found {
			t.Errorf("%q: %d, found %t", query, page.status, !found)
		}
	}
	if page := o.focal.get("/en/assistance/projects?state=RS&organiser=programme-office-bishkek"); !strings.Contains(page.body, `href="/en/assistance/projects?state=RS"`) {
		t.Error("the filter cannot be taken away")
	}
	for i := range shownInList {
		o.begun(t, "title", fmt.Sprintf("Number %d", i))
	}
	page := o.focal.get("/en/assistance/projects")
	_, rest, _ := strings.Cut(page.body, `rel="next"`)
	if rest == "" {
		t.Fatal("the list has no second page")
	}
	if got := o.focal.get("/en/assistance/projects?after=nonsense"); got.status != http.StatusNotFound {
		t.Errorf("a place that is none: %d", got.status)
	}
}

func (o planned) deskKeepsMandates(t *testing.T) {
	if got := o.officer.get("/en/assistance/mandates"); got.status != http.StatusOK || !got.says("PC.DEC/1049") || strings.Contains(got.body, "/mandates/new") {
		t.Errorf("an officer: %d", got.status)
	}
	for _, got := range []seen{o.officer.get("/en/assistance/mandates/new"), o.officer.get("/en/assistance/mandates/" + o.mandate + "/edit"), o.officer.post("/en/assistance/mandates", "title", "x")} {
		if got.status != http.StatusForbidden {
			t.Errorf("an officer writes one: %d", got.status)
		}
	}
	wrong := o.desk.post("/en/assistance/mandates", "holder", "Nobody at all", "lang", "en", "title", "Mine", "document", "", "since", "then", "until", "")
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, `href="#since"`) || !strings.Contains(wrong.body, `value="then"`) {
		t.Errorf("what is wrong: %d", wrong.status)
	}
	form := o.desk.form("/en/assistance/mandates/new", "/en/assistance/mandates").filled("holder", "spmu", "title", "Training of trainers", "document", "PC.DEC/2", "since", "1.2.2026")
	got := o.desk.submit(form)
	if got.status != http.StatusSeeOther || !o.focal.get("/en/assistance/mandates").says("Training of trainers") {
		t.Fatal(got.status, got.body)
	}
	edit := "/en/assistance/mandates/" + o.mandate + "/edit"
	first := o.desk.form(edit, edit)
	if got := o.desk.submit(first.filled("title", "Another has written this")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	second := o.desk.submit(first.filled("title", "This is mine"))
	if second.status != http.StatusConflict || !second.says("Another has written this") || !second.says("This is mine") {
		t.Errorf("the second: %d", second.status)
	}
	if got := o.desk.post(edit, "rev", second.rev(), "holder", "spmu", "lang", "en", "title", "This is mine", "document", "PC.DEC/1049", "since", dayFromNow(-1), "until", ""); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("mandate.error.projects")) {
		t.Errorf("days on which projects rest: %d", got.status)
	}
}
