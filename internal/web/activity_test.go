package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/library"
)

func TestActivityPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		path, consent := o.active(t, "cybercrime")
		t.Run("one is planned, and what is wrong is said beside the field", func(t *testing.T) { o.planIsChecked(t, path) })
		t.Run("of two who write the second sees the difference, and loses nothing", func(t *testing.T) { o.secondActivityDiffers(t, path) })
		t.Run("we did it: a few figures are enough, and those that do not add up are told by how much", func(t *testing.T) { o.didIt(t, path) })
		t.Run("what is cancelled keeps its reason, and the desk opens it again", func(t *testing.T) { o.cancelIsKept(t, path) })
		t.Run("a copy from last year fills the form, without figures", func(t *testing.T) { o.copied(t, path) })
		t.Run("the list is filtered, and only those who read official records see it", func(t *testing.T) { o.activitiesAreListed(t) })
		t.Run("material that a reader may not see is not named to her, and not lost by her", func(t *testing.T) { o.materialIsHidden(t, path) })
		t.Run("in an area that was closed nothing is held before it is decided", func(t *testing.T) { o.closedAreaHolds(t, path, consent) })
	})
}

// planFields are what a form of an activity needs.
func planFields(pairs ...string) []string {
	return append([]string{
		"kind", "training", "title", "Course <for> trainers", "starts", dayFromNow(-10), "ends", dayFromNow(-8), "place", "Bishkek", "hosts", "KG cybercrime",
		"organisers", "spmu\r\nThe academy", "lang", "en", "agenda", "Day 1: methods.",
	}, pairs...)
}

// arranged is an activity that was planned on the page.
func (o planned) arranged(t *testing.T, project string, pairs ...string) string {
	t.Helper()
	got := o.officer.submit(o.officer.form(project+"/activities/new", project+"/activities").filled(planFields(pairs...)...))
	if got.status != http.StatusSeeOther {
		t.Fatalf("%d %.3000s", got.status, got.body)
	}
	path, _, _ := strings.Cut(got.location, "?")
	return path
}

func (o planned) planIsChecked(t *testing.T, project string) {
	form := o.officer.form(project+"/activities/new", project+"/activities")
	got := o.officer.submit(form.filled(planFields("kind", "guidance", "title", " ", "starts", dayFromNow(-30), "materials", "/library/nothing")...))
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#materials"`) {
		t.Errorf("material that is none: %d", got.status)
	}
	got = o.officer.submit(o.officer.form(project+"/activities/new", project+"/activities").filled(planFields("kind", "guidance", "title", " ", "starts", dayFromNow(-30))...))
	for _, field := range []string{"title", "coauthor", "starts"} {
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#`+field+`"`) {
			t.Errorf("%s: %d", field, got.status)
		}
	}
	for name, v := range map[string]visitor{"an officer of another structure": o.stranger, "a focal point": o.focal} {
		if got := v.get(project + "/activities/new"); got.status != http.StatusForbidden {
			t.Errorf("%s plans: %d", name, got.status)
		}
		if got := v.get(project + "/activities"); got.status != http.StatusOK || strings.Contains(got.body, "activities/new") {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	at := o.arranged(t, project)
	page := o.focal.get(at)
	if page.status != http.StatusOK || !page.says("Course &lt;for&gt; trainers") || !page.says("Day 1: methods.") || strings.Contains(page.body, at+"/held") || strings.Contains(page.body, at+"/edit") {
		t.Error(page.status, page.body)
	}
	if !strings.Contains(o.focal.get(project+"/activities").body, at) {
		t.Error("the project does not list it")
	}
}

func (o planned) secondActivityDiffers(t *testing.T, project string) {
	at := o.arranged(t, project)
	form := o.officer.form(at+"/edit", at+"/edit")
	if got := o.officer.submit(form.filled("title", "Another has written this.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	got := o.officer.submit(form.filled("title", "This is mine."))
	if got.status != http.StatusConflict || !got.says("Another has written this.") || !strings.Contains(got.body, "This is mine.") {
		t.Fatal(got.status, got.body)
	}
	if got := o.officer.submit(form.filled("rev", got.rev(), "title", "This is mine.")); got.status != http.StatusSeeOther || !o.officer.get(at).says("This is mine.") {
		t.Errorf("saved once more: %d", got.status)
	}
	for _, v := range []visitor{o.stranger, o.focal} {
		if got := v.get(at + "/edit"); got.status != http.StatusForbidden {
			t.Errorf("somebody else: %d", got.status)
		}
	}
}

func (o planned) didIt(t *testing.T, project string) {
	at, words := o.arranged(t, project), lang.For("en")
	short := []string{"starts", dayFromNow(-10), "ends", dayFromNow(-8), "place", "Osh", "remark", "All passed."}
	if got := o.officer.post(at+"/held", append(short, "rev", o.officer.get(at).rev(), "total", "many")...); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#total"`) || !strings.Contains(got.body, `value="many"`) {
		t.Errorf("no number: %d", got.status)
	}
	groups := []string{"number-1", "2", "sex-1", "f", "service-1", "police", "rank-1", "line", "state-1", "KG", "number-2", "17", "sex-2", "m", "service-2", "police", "rank-2", "line", "state-2", "KG"}
	sums := append(append(short, "rev", o.officer.form(at+"/held", at+"/held").fields.Get("rev"), "total", "20", "women", "3", "men", "17"), groups...)
	got := o.officer.post(at+"/held", sums...)
	if got.status != http.StatusUnprocessableEntity || !got.says(words.T("activity.uneven.women", "sum", 2, "typed", 3, "by", words.T("activity.uneven.less", "n", 1))) {
		t.Errorf("figures that do not add up: %d %s", got.status, got.body)
	}
	form := o.officer.form(at+"/held", at+"/held")
	if got := o.officer.submit(form.filled("total", "20", "women", "3", "men", "17", "remark", "All passed.", "answers", "18", "question-content", "4,3")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	page := o.focal.get(at)
	if !page.says("All passed.") || !page.says(words.T("activity.stage.held")) || !page.says(words.T("activity.feedback.of", "value", words.Decimal(4.3, 2))) {
		t.Error(page.body)
	}
	if got := o.officer.submit(form.filled("total", "21", "women", "3", "men", "18")); got.status != http.StatusConflict || !got.says("21") || !strings.Contains(got.body, `name="words"`) {
		t.Errorf("said twice: %d", got.status)
	}
	mend := o.officer.form(at+"/held", at+"/held")
	if got := o.officer.submit(mend.filled("total", "21", "men", "18")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#words"`) {
		t.Errorf("mended without a reason: %d", got.status)
	}
	if got := o.officer.submit(mend.filled("total", "21", "men", "18", "words", "One came later.")); got.status != http.StatusSeeOther || !o.desk.get(at).says("One came later.") {
		t.Errorf("mended: %d", got.status)
	}
	if got := o.stranger.post(at+"/held", append(short, "rev", "1", "total", "5")...); got.status != http.StatusForbidden {
		t.Errorf("a stranger says how it went: %d", got.status)
	}
	edit := o.officer.form(at+"/edit", at+"/edit")
	if _, asked := edit.fields["starts"]; asked {
		t.Error("the days of what was held are asked for")
	}
	if got := o.officer.submit(edit.filled("agenda", "What was really done.")); got.status != http.StatusSeeOther || !o.focal.get(at).says("What was really done.") {
		t.Errorf("its agenda afterwards: %d", got.status)
	}
}

func (o planned) cancelIsKept(t *testing.T, project string) {
	at := o.arranged(t, project)
	if got := o.officer.post(at+"/move/cancel", "rev", o.officer.get(at).rev(), "words-cancel", " "); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("activity.error.words.cancel")) {
		t.Errorf("without a reason: %d", got.status)
	}
	rev := o.officer.get(at).rev()
	if got := o.officer.post(at+"/move/cancel", "rev", rev, "words-cancel", "The trainers are ill."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.officer.post(at+"/move/cancel", "rev", rev, "words-cancel", "No money."); got.status != http.StatusConflict || !got.says("No money.") || !got.says("The trainers are ill.") {
		t.Errorf("twice: %d", got.status)
	}
	if got := o.officer.post(at+"/move/reopen", "rev", "2", "words-reopen", "They are well."); got.status != http.StatusForbidden {
		t.Errorf("the officer opens it again: %d", got.status)
	}
	if got := o.officer.get(at + "/held"); got.status != http.StatusConflict {
		t.Errorf("held after all: %d", got.status)
	}
	if got := o.desk.post(at+"/move/reopen", "rev", o.desk.get(at).rev(), "words-reopen", "They are well."); got.status != http.StatusSeeOther || !o.focal.get(at).says("They are well.") {
		t.Errorf("the desk: %d", got.status)
	}
	if got := o.desk.post(at+"/move/nonsense", "rev", "1"); got.status != http.StatusNotFound {
		t.Errorf("a move that is none: %d", got.status)
	}
}

func (o planned) copied(t *testing.T, project string) {
	at := o.arranged(t, project, "title", "Yearly course")
	x, err := o.helps().Activity(everywhere, o.asDesk.Scope(), at[strings.LastIndex(at, "/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	page := project + "/activities/new?" + url.Values{"from": {x.Number}}.Encode()
	form := o.officer.form(page, project+"/activities")
	if form.fields.Get("title") != "Yearly course" || form.fields.Get("starts") <= x.Starts || form.fields.Get("model") != x.ID {
		t.Errorf("%v", form.fields)
	}
	got := o.officer.submit(form.filled("starts", dayFromNow(5), "ends", ""))
	if got.status != http.StatusSeeOther || !o.focal.get(got.location).says(x.Number+" Yearly course") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := o.officer.get(project + "/activities/new?from=1999%2F1"); got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
		t.Errorf("after one that is none: %d", got.status)
	}
}

func (o planned) activitiesAreListed(t *testing.T) {
	chosen := url.Values{"stage": {"held"}, "kind": {"training"}, "state": {"KG"}, "theme": {"cybercrime"}, "organiser": {"spmu"}, "from": {"2020"}, "to": {"12.2199"}}
	page := o.focal.get("/en/assistance/activities?" + chosen.Encode())
	if page.status != http.StatusOK || strings.Count(page.body, `class="chip-name"`) != 7 || !page.says("21 participants") {
		t.Error(page.status, page.body)
	}
	if got := o.focal.get("/en/assistance/activities?state=TJ"); got.status != http.StatusOK || got.says("Course") {
		t.Errorf("of another State: %d", got.status)
	}
	if got := o.focal.get("/en/assistance/activities?from=soon"); !strings.Contains(got.body, `href="#from"`) || !strings.Contains(got.body, `value="soon"`) {
		t.Errorf("from a day that is none: %d", got.status)
	}
	if got := o.focal.get("/en/assistance/activities?after=nonsense"); got.status != http.StatusNotFound {
		t.Errorf("a place that is none: %d", got.status)
	}
	member := o.signedIn("member@plan.example", access.Visitor)
	if got := member.get("/en/assistance/activities"); got.status != http.StatusForbidden {
		t.Errorf("a visitor: %d", got.status)
	}
}

func (o planned) materialIsHidden(t *testing.T, project string) {
	hidden := o.document(o.asDesk, library.Draft{Level: access.Closed}, textIn("en", "Hidden handout"))
	shown := o.document(access.System("test"), library.Draft{}, textIn("en", "Open handout"))
	at := o.arranged(t, project)
	if got := o.desk.submit(o.desk.form(at+"/edit", at+"/edit").filled("materials", "/library/"+hidden+"\r\n/library/"+shown)); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.desk.get(at); !page.says("Hidden handout") || !page.says("Open handout") {
		t.Error("the desk does not see them")
	}
	for _, page := range []seen{o.officer.get(at), o.officer.get(at + "/edit")} {
		if strings.Contains(page.body, hidden) || page.says("Hidden handout") {
			t.Error(page.body)
		}
	}
	if got := o.officer.submit(o.officer.form(at+"/edit", at+"/edit").filled("materials", "")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.desk.get(at); !page.says("Hidden handout") {
		t.Error("what she could not see is lost")
	}
	if got := o.officer.submit(o.officer.form(at+"/edit", at+"/edit").filled("materials", "/library/"+hidden)); got.status != http.StatusUnprocessableEntity {
		t.Errorf("she names what she may not read: %d", got.status)
	}
}

func (o planned) closedAreaHolds(t *testing.T, project, consent string) {
	at := o.arranged(t, project)
	c, err := o.helps().Consent(everywhere, o.asFocal.Scope(), consent)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.helps().CloseArea(everywhere, o.asFocal, consent, c.Rev, "cybercrime", "The law has changed."); err != nil {
		t.Fatal(err)
	}
	got := o.officer.submit(o.officer.form(at+"/held", at+"/held").filled("total", "5"))
	if got.status != http.StatusConflict || !got.says(lang.For("en").T("activity.needs.decision")) || !strings.Contains(got.body, project+"/gates") || !strings.Contains(got.body, `value="5"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	x, err := o.helps().Activity(everywhere, o.asDesk.Scope(), at[strings.LastIndex(at, "/")+1:])
	if err != nil || x.Stage != assistance.ActivityPlanned {
		t.Errorf("%s %v", x.Stage, err)
	}
}
