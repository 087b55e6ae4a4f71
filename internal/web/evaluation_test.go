package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/library"
)

// waived lets the evaluation of a project go, on its page.
func (o planned) waived(t *testing.T, path, kind string) {
	t.Helper()
	o.evaluationMoved(t, o.desk, path, kind, "waive", "words-waive", "Too short to be worth it.")
}

func (o planned) evaluationOf(t *testing.T, path, kind string) assistance.Evaluation {
	t.Helper()
	e, err := o.helps().Evaluation(everywhere, o.asDesk.Scope(), o.read(t, path).ID, assistance.EvaluationKind(kind))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// evaluationMoved makes a move on the page, which goes.
func (o planned) evaluationMoved(t *testing.T, v visitor, path, kind, move string, pairs ...string) {
	t.Helper()
	rev := strconv.FormatInt(o.evaluationOf(t, path, kind).Rev, 10)
	got := v.post(path+"/evaluation/"+kind+"/move/"+move, append([]string{"rev", rev, "form", move}, pairs...)...)
	if got.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %.4000s", move, got.status, got.body)
	}
}

func TestEvaluationPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		t.Run("an evaluation goes its way on the pages, in six languages", o.evaluationGoesItsWay)
		t.Run("each sees the forms that are hers, and the list its filters", o.evaluationsAreListed)
		t.Run("a lesson goes its way on the pages and is offered", o.lessonIsOffered)
	})
}

// evaluated is what a form of an evaluation needs to be final.
func evaluated(pairs ...string) []string {
	list := []string{"evaluator", "Institute for police research", "independence", "It had no part in it.", "lang", "en", "summary", "The course <works>.", "not-arising", "minorities"}
	for _, name := range assistance.Criteria {
		list = append(list, "question-"+name, "Asked "+name, "evidence-"+name, "Shown", "finding-"+name, "Found "+name, "rating-"+name, "3")
	}
	for _, name := range assistance.Principles {
		list = append(list, "answer-"+name, "Again by the law.")
	}
	return append(list, pairs...)
}

func (o planned) evaluationGoesItsWay(t *testing.T) {
	path, _ := o.active(t, "cybercrime")
	at := path + "/evaluation/interim"
	o.evaluationMoved(t, o.officer, path, "interim", "begin")
	if got := o.officer.post(at+"/move/finish", "rev", "2", "form", "finish"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#why-impact"`) || !strings.Contains(got.body, `href="#answer-gender"`) {
		t.Errorf("what is missing is not said: %d", got.status)
	}
	form := o.officer.form(at+"/edit", at+"/edit")
	if got := o.officer.submit(form.filled(evaluated("rating-impact", "9")...)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#rating-impact"`) || !got.says("Found coherence") {
		t.Errorf("what is wrong: %d", got.status)
	}
	if got := o.officer.submit(form.filled(evaluated("rating-impact", "0", "question-impact", "", "evidence-impact", "", "finding-impact", "", "why-impact", "Too early.")...)); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.officer.submit(form.filled(evaluated("summary", "This is mine.")...)); got.status != http.StatusConflict || !got.says("This is mine.") || !got.says("The course &lt;works&gt;.") {
		t.Errorf("the second does not see the difference: %d", got.status)
	}
	recommend := o.officer.form(at, at+"/recommendations")
	if got := o.officer.submit(recommend.filled("wish-recommend", "", "addressee-recommend", "spmu")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#wish-recommend"`) {
		t.Errorf("a recommendation of nothing: %d", got.status)
	}
	for _, once := range []string{"r-1", "r-2"} {
		if got := o.officer.post(at+"/recommendations", "once", once, "form", "recommend", "wish-recommend", "Hold it every year.", "addressee-recommend", "Police academy", "priority-recommend", "high"); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
	}
	list := o.recommended(t, path)
	one := at + "/recommendations/" + list[0].ID
	if got := o.officer.post(one+"/revise", "rev", "1", "form", "revise-0", "wish-revise-0", "Hold it twice a year.", "addressee-revise-0", "spmu", "priority-revise-0", "low"); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.officer.post(at+"/recommendations/"+list[1].ID+"/drop", "rev", "1", "form", "drop-1"); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	o.evaluationMoved(t, o.officer, path, "interim", "finish")
	if got := o.officer.post(one+"/respond", "rev", "2", "form", "respond-0", "response-respond-0", "accepted"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#words-respond-0"`) || !strings.Contains(got.body, `value="accepted" checked`) {
		t.Errorf("an answer without words: %d %s", got.status, got.body)
	}
	if got := o.officer.post(one+"/respond", "rev", "2", "form", "respond-0", "response-respond-0", "accepted", "words-respond-0", "We plan it."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.officer.post(one+"/respond", "rev", "2", "form", "respond-0", "response-respond-0", "rejected", "words-respond-0", "I would not."); got.status != http.StatusConflict || !strings.Contains(got.body, ">I would not.</textarea>") {
		t.Errorf("her words are lost: %d", got.status)
	}
	plan := o.officer.form(at, one+"/actions").filled("task-act-0", "Plan it.", "office-act-0", "spmu", "due-act-0", "1.3.2099", "mine-act-0", "yes")
	if got := o.officer.submit(plan); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	done := o.officer.form(at, at+"/actions/")
	if got := o.officer.submit(done.filled("how-done-0-0", "")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#how-done-0-0"`) {
		t.Errorf("done without a word: %d", got.status)
	}
	if got := o.officer.submit(done.filled("how-done-0-0", "It is in the plan.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	for _, l := range lang.All {
		words := lang.For(l)
		there := strings.Replace(at, "/en/", "/"+string(l)+"/", 1)
		page := o.other.get(there)
		for _, says := range []string{words.T("evaluation.criterion.impact"), "Too early.", words.T("evaluation.rating.3"), "Hold it twice a year.", words.T("evaluation.response.accepted"), "It is in the plan.", words.T("evaluation.did.finish")} {
			if page.status != 200 || !page.says(says) {
				t.Errorf("%s: %d, %q is not said", l, page.status, says)
			}
		}
		if strings.Contains(page.body, "⟦") || strings.Contains(page.body, at+"/") {
			t.Errorf("%s: a key for words, or a form for a reader", l)
		}
		if part := o.other.get(strings.TrimSuffix(there, "/interim")); !part.says(words.T("evaluation.kind.expost")) || !part.says(words.T("evaluation.rating.0")) || strings.Contains(part.body, "⟦") {
			t.Errorf("%s: %d", l, part.status)
		}
	}
}

func (o planned) recommended(t *testing.T, path string) []assistance.Recommendation {
	t.Helper()
	list, err := o.helps().RecommendationsOf(everywhere, o.asDesk.Scope(), o.evaluationOf(t, path, "interim").ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (o planned) evaluationsAreListed(t *testing.T) {
	path, _ := o.active(t, "cybercrime")
	at := path + "/evaluation/final"
	if got := o.focal.get(at); got.status != 200 || strings.Contains(got.body, "/move/") {
		t.Errorf("a State evaluates: %d", got.status)
	}
	if got := o.officer.get(at); !strings.Contains(got.body, "/move/begin") || strings.Contains(got.body, "/move/waive") {
		t.Error("the officer waives, or does not begin")
	}
	if got := o.officer.post(at+"/move/waive", "rev", "1", "form", "waive", "words-waive", "x"); got.status != http.StatusForbidden {
		t.Errorf("the officer waives: %d", got.status)
	}
	if got := o.stranger.get(at + "/edit"); got.status != http.StatusForbidden {
		t.Errorf("an officer of another structure writes: %d", got.status)
	}
	if got := o.officer.get(at + "/edit"); got.status != http.StatusConflict {
		t.Errorf("written before it has begun: %d", got.status)
	}
	if got := o.desk.post(at+"/move/postpone", "rev", "1", "form", "postpone", "words-postpone", "The flood.", "due-postpone", "soon"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#due-postpone"`) || !strings.Contains(got.body, ">The flood.</textarea>") {
		t.Errorf("put off until soon: %d", got.status)
	}
	o.evaluationMoved(t, o.desk, path, "final", "postpone", "words-postpone", "The flood.", "due-postpone", "1.3.2099")
	if page := o.officer.get(at); !page.says("The flood.") || !page.says("1 March 2099") {
		t.Error(page.body)
	}
	if got := o.desk.post(at+"/move/waive", "rev", "1", "form", "waive", "words-waive", "Not now."); got.status != http.StatusConflict || !strings.Contains(got.body, ">Not now.</textarea>") {
		t.Errorf("her reason is lost: %d", got.status)
	}
	list := o.focal.get("/en/assistance/evaluations?stage=open&kind=final&state=KG")
	if !strings.Contains(list.body, at) || strings.Contains(list.body, path+"/evaluation/expost") || strings.Count(list.body, `class="chip-name"`) != 3 {
		t.Error(list.body)
	}
	if got := o.focal.get("/en/assistance/evaluations?stage=overdue"); got.status != 200 || strings.Contains(got.body, at) {
		t.Errorf("overdue: %d", got.status)
	}
	for _, wrong := range []string{"/en/assistance/evaluations?after=nonsense", path + "/evaluation/annual", "/en/assistance/lessons?after=x", "/en/assistance/lessons/none"} {
		if got := o.desk.get(wrong); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", wrong, got.status)
		}
	}
	if got := o.desk.post(at+"/move/set", "rev", "1"); got.status != http.StatusNotFound {
		t.Errorf("a move that is none: %d", got.status)
	}
}

func (o planned) lessonIsOffered(t *testing.T) {
	path, _ := o.active(t, "cybercrime")
	document := o.document(access.System("test"), library.Draft{Tags: library.Tags{Themes: []string{"cybercrime"}}}, textIn("en", "Guide for trainers"))
	o.evaluationMoved(t, o.officer, path, "interim", "begin")
	page := o.officer.get(path + "/evaluation/interim")
	begin := "/en/assistance/lessons/new?evaluation=interim&project=" + o.read(t, path).ID
	if !strings.Contains(page.body, strings.ReplaceAll(begin, "&", "&amp;")) || o.focal.get(begin).status != http.StatusForbidden {
		t.Error("a lesson is not begun where it should be")
	}
	form := o.officer.form(begin, "/en/assistance/lessons")
	got := o.officer.submit(form.filled("title", "Teach <in> pairs", "documents", "nowhere", "learned", "Pairs teach better.", "states", "Kyrgyzstan"))
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#documents"`) || !got.says("Pairs teach better.") {
		t.Errorf("a document that is not there: %d", got.status)
	}
	got = o.officer.submit(form.filled("title", "Teach <in> pairs", "documents", "/library/"+document, "learned", "Pairs teach better.", "states", "Kyrgyzstan"))
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	at, _, _ := strings.Cut(got.location, "?")
	if got := o.desk.post(at+"/move/review", "rev", "1"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#guidance"`) {
		t.Errorf("half a lesson is reviewed: %d", got.status)
	}
	edit := o.officer.form(at+"/edit", at+"/edit")
	whole := []string{"happened", "One taught alone.", "guidance", "Plan two.", "evidence", "Questionnaires."}
	if got := o.officer.submit(edit.filled(whole...)); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.officer.submit(edit.filled("learned", "This is mine.")); got.status != http.StatusConflict || !got.says("This is mine.") || !got.says("Plan two.") {
		t.Errorf("the second does not see the difference: %d", got.status)
	}
	if page := o.officer.get(at); strings.Contains(page.body, "/move/review") || !strings.Contains(page.body, "/move/withdraw") {
		t.Error("she reviews her own")
	}
	o.moved(t, o.desk, at, "review")
	o.moved(t, o.desk, at, "publish")
	if got := o.desk.post(at+"/move/adopt", "rev", o.desk.get(at).rev(), "words-adopt", "nowhere"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="nowhere"`) {
		t.Errorf("adopted into nothing: %d", got.status)
	}
	o.moved(t, o.desk, at, "adopt", "words-adopt", "/library/"+document)
	for _, l := range lang.All {
		page := o.focal.get(strings.Replace(at, "/en/", "/"+string(l)+"/", 1))
		if page.status != 200 || !page.says("Guide for trainers") || !page.says("Teach &lt;in&gt; pairs") || !page.says(lang.For(l).T("lesson.did.adopt")) || strings.Contains(page.body, "⟦") {
			t.Errorf("%s: %d %s", l, page.status, page.body)
		}
	}
	for _, where := range []string{path, path + "/edit", path + "/evaluation", "/en/assistance/lessons?theme=cybercrime&stage=published&state=KG"} {
		if page := o.officer.get(where); page.status != 200 || !strings.Contains(page.body, at) {
			t.Errorf("it is not offered at %s: %d", where, page.status)
		}
	}
	request, _ := o.ground(t, "cybercrime")
	if page := o.focal.get("/en/assistance/requests/" + request); !strings.Contains(page.body, at) {
		t.Error("it is not offered beside a request")
	}
}
