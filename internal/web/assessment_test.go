package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

func TestAssessmentPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := helped{inhabited: h, desk: h.signedIn("desk@assess.example", access.DeskOfficer)}
		o.focal, _ = h.as("focal@assess.example", access.FocalPoint, "KG")
		o.other, _ = h.as("other@assess.example", access.FocalPoint, "TJ")
		request := o.write(t, "submit", whole...)
		for _, move := range []string{"acknowledge", "accept"} {
			if got := o.desk.post(request+"/move/"+move, "rev", o.desk.get(request).rev()); got.status != http.StatusSeeOther {
				t.Fatal(move, got.status, got.body)
			}
		}
		id := request[strings.LastIndex(request, "/")+1:]
		t.Run("it is planned from an accepted request, and by those who assess", func(t *testing.T) { o.assessmentBegins(t, id) })
		t.Run("the second of two who plan sees the difference", func(t *testing.T) { o.planDiffers(t, id) })
		t.Run("it goes from its ground to the comments of the State, and is final", func(t *testing.T) { o.assessmentGoes(t, id) })
		t.Run("a context note is flagged where its review was due, and used only with words", func(t *testing.T) { o.contextIsFlagged(t, id) })
	})
}

// sixTimes reads a page in each language, and looks whether all its words are there.
func (inhabited) sixTimes(t *testing.T, v visitor, path string) {
	t.Helper()
	for _, tag := range lang.All {
		got := v.get("/" + string(tag) + strings.TrimPrefix(path, "/en"))
		if got.status != http.StatusOK || strings.Contains(got.body, "⟦") {
			t.Errorf("%s in %s: %d %s", path, tag, got.status, after(got.body, "⟦"))
		}
	}
}

// after is a little of what follows a mark.
func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest[:min(len(rest), 60)]
}

// planned plans an assessment, and returns its address.
func (o helped) planned(t *testing.T, request string, pairs ...string) string {
	t.Helper()
	form := o.desk.form("/en/assistance/assessments/new?request="+request, "/en/assistance/assessments").filled(pairs...)
	got := o.desk.submit(form)
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	path, _, _ := strings.Cut(got.location, "?")
	return path
}

func (o helped) assessmentBegins(t *testing.T, request string) {
	for v, status := range map[visitor]int{o.focal: http.StatusForbidden, o.other: http.StatusForbidden, o.visitor(): http.StatusSeeOther} {
		if got := v.get("/en/assistance/assessments/new?request=" + request); got.status != status {
			t.Errorf("not %d: %d", status, got.status)
		}
	}
	if got := o.desk.get("/en/assistance/assessments/new"); got.status != http.StatusBadRequest {
		t.Errorf("without a request: %d", got.status)
	}
	draft := o.write(t, "submit", whole...)
	if got := o.desk.get("/en/assistance/assessments/new?request=" + draft[strings.LastIndex(draft, "/")+1:]); got.status != http.StatusConflict {
		t.Errorf("upon a request that is not accepted: %d", got.status)
	}
	got := o.desk.submit(o.desk.form("/en/assistance/assessments/new?request="+request, "/en/assistance/assessments").filled("title", " ", "starts", "yesterday", "team", "Unit 5"))
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#title"`) || !strings.Contains(got.body, `href="#starts"`) || !got.says("Unit 5") {
		t.Errorf("what is wrong: %d", got.status)
	}
	path := o.planned(t, request, "title", "A first look")
	page := o.desk.get(path)
	if !page.says(lang.For("en").T("assessment.area.missing")) || !strings.Contains(page.body, "/assistance/consents/new?request="+request) {
		t.Error("it does not say that consent is missing, and where to ask for it")
	}
	if list := o.other.get("/en/assistance/assessments?state=KG&theme=cybercrime&stage=planned"); !strings.Contains(list.body, path) || strings.Count(list.body, `class="chip-name"`) != 3 {
		t.Error(list.body)
	}
	if strings.Contains(o.focal.get(path).body, "/move/") {
		t.Error("the State moves what is planned")
	}
	if got := o.desk.post(path+"/move/nonsense", "rev", page.rev()); got.status != http.StatusNotFound {
		t.Errorf("a move that is none: %d", got.status)
	}
	if got := o.focal.post(path+"/move/field", "rev", page.rev()); got.status != http.StatusForbidden {
		t.Errorf("the State sends the team: %d", got.status)
	}
	if got := o.desk.post(path+"/move/field", "rev", page.rev()); got.status != http.StatusConflict || !got.says(lang.For("en").T("assessment.impossible.plan")) {
		t.Errorf("without days: %d", got.status)
	}
	if got := o.desk.get("/en/assistance/assessments?after=nonsense"); got.status != http.StatusNotFound {
		t.Errorf("a place that is none: %d", got.status)
	}
}

func (o helped) planDiffers(t *testing.T, request string) {
	path := o.planned(t, request, "title", "Two plan it")
	form := o.desk.form(path+"/edit", path+"/edit")
	if got := o.desk.submit(form.filled("purpose", "Another has written this.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	got := o.desk.submit(form.filled("purpose", "This is mine."))
	if got.status != http.StatusConflict || !got.says("Another has written this.") || !got.says("This is mine.") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := o.desk.submit(form.filled("purpose", "This is mine.", "rev", got.rev())); got.status != http.StatusSeeOther || !o.desk.get(path).says("This is mine.") {
		t.Errorf("saved once more: %d", got.status)
	}
	if got := o.desk.post(path+"/move/stop", "rev", o.desk.get(path).rev(), "words-stop", " "); got.status != http.StatusUnprocessableEntity {
		t.Errorf("stopped without a reason: %d", got.status)
	}
	rev := o.desk.get(path).rev()
	if got := o.desk.post(path+"/move/stop", "rev", rev, "words-stop", "Not now."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.desk.post(path+"/move/stop", "rev", rev, "words-stop", "Too late."); got.status != http.StatusConflict || !got.says("Too late.") {
		t.Errorf("her reason is lost: %d", got.status)
	}
	if got := o.desk.get(path + "/edit"); got.status != http.StatusConflict {
		t.Errorf("what is stopped is changed: %d", got.status)
	}
	o.sixTimes(t, o.desk, path)
}

// consented lets the State consent to an assessment of its request.
func (o helped) consented(t *testing.T, request string) {
	t.Helper()
	got := o.desk.submit(o.desk.form("/en/assistance/consents/new?request="+request, "/en/assistance/consents").filled("giver", "Kyrgyzstan", "why", "An assessment."))
	at, _, _ := strings.Cut(got.location, "?")
	given := []string{"rev", o.focal.get(at).rev(), "areas", "cybercrime", "authority", "Ministry", "office", "Minister", "given", "1.3.2026"}
	if got := o.focal.post(at+"/give", given...); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
}

func (o helped) assessmentGoes(t *testing.T, request string) {
	path := o.planned(t, request, "title", "Needs of the units", "purpose", "What training is needed", "team", "Police academy", "starts", "1.3.2027", "ends", "5.3.2027")
	move := func(v visitor, name string, pairs ...string) {
		t.Helper()
		if got := v.post(path+"/move/"+name, append([]string{"rev", v.get(path).rev()}, pairs...)...); got.status != http.StatusSeeOther {
			t.Fatal(name, got.status, got.body)
		}
	}
	if got := o.desk.post(path+"/move/field", "rev", o.desk.get(path).rev()); got.status != http.StatusConflict || !got.says(lang.For("en").T("assessment.impossible.consent")) {
		t.Errorf("without consent: %d", got.status)
	}
	o.consented(t, request)
	move(o.desk, "field")
	o.findingIsWritten(t, path)
	o.sixTimes(t, o.desk, path)
	o.sixTimes(t, o.desk, path+"/findings/new")
	o.sixTimes(t, o.desk, path+"/edit")
	move(o.desk, "return")
	move(o.desk, "send")
	if got := o.other.get(path); got.status != http.StatusOK || got.says("No trainers") || !got.says(lang.For("en").T("assessment.closed", "state", "Kyrgyzstan")) {
		t.Error("another State reads a draft", got.status)
	}
	finding, _ := betweenMarks(o.focal.get(path).body, `name="on-`, `"`)
	rev := o.focal.get(path).rev()
	if got := o.focal.post(path+"/move/comment", "rev", rev); got.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing is said: %d", got.status)
	}
	if got := o.desk.post(path+"/move/comment", "rev", rev, "words-comment", "We agree."); got.status != http.StatusForbidden {
		t.Errorf("the desk speaks for the State: %d", got.status)
	}
	move(o.focal, "comment", "words-comment", "We agree <mostly>.", "on-"+finding, "One trainer is there.")
	if page := o.desk.get(path); !page.says("We agree &lt;mostly&gt;.") || !page.says("One trainer is there.") {
		t.Error(page.body)
	}
	if got := o.focal.post(path+"/move/comment", "rev", rev, "words-comment", "And more."); got.status != http.StatusConflict || !got.says("And more.") {
		t.Errorf("her words are lost: %d", got.status)
	}
	o.sixTimes(t, o.focal, path)
	move(o.desk, "finalise")
	if page := o.other.get(path); !page.says("No trainers") || !page.says("One trainer is there.") {
		t.Error("what is final is not read")
	}
	if got := o.desk.get(path + "/findings/new"); got.status != http.StatusConflict {
		t.Errorf("a finding of what is final: %d", got.status)
	}
	o.sixTimes(t, o.other, path)
	o.recommendationBecomes(t, path)
}

// betweenMarks is what stands between two marks of a text, and whether both are there.
func betweenMarks(text, from, to string) (string, bool) {
	_, rest, ok := strings.Cut(text, from)
	part, _, ok2 := strings.Cut(rest, to)
	return part, ok && ok2
}

func (o helped) findingIsWritten(t *testing.T, path string) {
	form := o.desk.form(path+"/findings/new", path+"/findings/new")
	if got := o.desk.submit(form.filled("title", "No trainers", "baseline", "None.", "item", "99.9")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#evidence"`) || !strings.Contains(got.body, `href="#item"`) {
		t.Errorf("without evidence: %d", got.status)
	}
	whole := []string{"title", "No trainers", "baseline", "None of three units.", "evidence", "Visit", "dated", "3.2026", "item", "19.1", "document", "KG/1/26", "priority", "high"}
	if got := o.desk.submit(form.filled(whole...)); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	edit, ok := betweenMarks(o.desk.get(path).body, `<a href="`+path+"/findings/", `"`)
	if !ok {
		t.Fatal("no way to change it")
	}
	at := path + "/findings/" + edit
	form = o.desk.form(at, at)
	if got := o.desk.submit(form.filled("baseline", "One of three units.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.desk.submit(form.filled("baseline", "Two units.")); got.status != http.StatusConflict || !got.says("One of three units.") || !got.says("Two units.") {
		t.Errorf("the second does not see the difference: %d", got.status)
	}
	rec := at + "/recommendations/new"
	if got := o.desk.submit(o.desk.form(rec, rec).filled("words", "Train ten.", "addressee", " ")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#addressee"`) {
		t.Errorf("to nobody: %d", got.status)
	}
	if got := o.desk.submit(o.desk.form(rec, rec).filled("words", "Train ten.", "addressee", "Tajikistan")); got.status != http.StatusSeeOther || !strings.Contains(o.desk.get(path).body, "/directory/TJ") {
		t.Errorf("recommended: %d", got.status)
	}
	if got := o.desk.post(at+"/drop", "rev", "2"); got.status != http.StatusConflict {
		t.Errorf("a finding from under its recommendation: %d", got.status)
	}
	if got := o.focal.post(at+"/drop", "rev", "2"); got.status != http.StatusForbidden {
		t.Errorf("the State takes a finding away: %d", got.status)
	}
	o.sixTimes(t, o.desk, at)
	o.sixTimes(t, o.desk, rec)
}

func (o helped) contextIsFlagged(t *testing.T, request string) {
	if got := o.focal.get("/en/assistance/context/new"); got.status != http.StatusForbidden {
		t.Errorf("a focal point writes one: %d", got.status)
	}
	form := o.desk.form("/en/assistance/context/new", "/en/assistance/context")
	if got := o.desk.submit(form.filled("about", "Atlantis", "title", "The setting")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#about"`) || !got.says("Atlantis") {
		t.Errorf("a State that is none: %d", got.status)
	}
	got := o.desk.submit(form.filled("about", "Kyrgyzstan", "title", "The setting", "theme", "cybercrime"))
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	note, _, _ := strings.Cut(got.location, "?")
	at := note + "/factors/new"
	if got := o.desk.submit(o.desk.form(at, at).filled("kind", "threat", "words", "Fraud.", "source", "Report", "dated", "2026", "review_by", "1.1.2020")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#reliability"`) || !strings.Contains(got.body, `href="#review_by"`) {
		t.Errorf("a threat that is not graded: %d", got.status)
	}
	if got := o.desk.submit(o.desk.form(at, at).filled("kind", "threat", "words", "Fraud.", "source", "Report", "dated", "2026", "reliability", "B", "credibility", "2", "review_by", "1.1.2199")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	edit := o.desk.form(note+"/edit", note+"/edit")
	if first, second := o.desk.submit(edit.filled("summary", "A new law.")), o.desk.submit(edit.filled("summary", "No law.")); first.status != http.StatusSeeOther || second.status != http.StatusConflict || !second.says("A new law.") {
		t.Error(first.status, second.status)
	}
	path := o.planned(t, request, "title", "With its setting")
	_, err := store.Write(t.Context(), o.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		if _, err := tx.Exec(t.Context(), "UPDATE context_note SET review_by = '2020-01-01'"); err != nil {
			return store.Event{}, err
		}
		_, err := tx.Exec(t.Context(), "UPDATE context_factor SET review_by = '2020-01-01'")
		return store.Event{Act: "test.aged"}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	due := lang.For("en").T("context.overdue", "day", lang.For("en").PartialDate("2020-01-01"))
	cite := o.desk.form(path, path+"/cite")
	if got := o.desk.submit(cite); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("context.error.overdue")) || !got.says(due) {
		t.Errorf("used silently: %d", got.status)
	}
	if got := o.desk.submit(cite.filled("words-cite", "Nothing newer is there.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.other.get(path); !page.says(due) || !page.says("Nothing newer is there.") {
		t.Error("whoever reads it does not see that its review was due")
	}
	if page := o.other.get(note); !page.says(due) || !strings.Contains(page.body, path) {
		t.Error(page.body)
	}
	if list := o.desk.get("/en/assistance/context?stage=due&state=KG&theme=cybercrime"); !strings.Contains(list.body, note) {
		t.Error(list.body)
	}
	for _, page := range []string{note, note + "/edit", at, "/en/assistance/context", "/en/assistance/assessments", path} {
		o.sixTimes(t, o.desk, page)
	}
	if got := o.desk.submit(o.desk.form(path, path+"/uncite")); got.status != http.StatusSeeOther {
		t.Errorf("taken back: %d", got.status)
	}
	if got := o.desk.post(note+"/retire", "rev", o.desk.get(note).rev(), "words", ""); got.status != http.StatusUnprocessableEntity {
		t.Errorf("retired without a reason: %d", got.status)
	}
	if got := o.desk.post(note+"/retire", "rev", "2", "words", "Another is there."); got.status != http.StatusSeeOther || o.desk.get(at).status != http.StatusConflict {
		t.Errorf("retired: %d", got.status)
	}
	o.sixTimes(t, o.desk, note)
}
