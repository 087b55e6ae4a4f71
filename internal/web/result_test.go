package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance/assistancetest"
	"polis/internal/lang"
)

// resulted is a house with a project that runs.
type resulted struct {
	inhabited
	desk, focal visitor
	project     string // its address without a language
}

func TestResultPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		if err := assistancetest.Many(t.Context(), h.DB, 25, 25); err != nil {
			t.Fatal(err)
		}
		o := resulted{inhabited: h, desk: h.signedIn("desk@result.example", access.DeskOfficer), project: "/assistance/projects/many-p-0000020"}
		o.focal, _ = h.as("focal@result.example", access.FocalPoint, "KG")
		t.Run("a framework grows from its impact, and what is missing is said beside the field", o.grows)
		t.Run("of two who write the second sees the difference", o.seesDifference)
		t.Run("what is measured adds up, and stays", o.measures)
		t.Run("risks are looked at again", o.reviews)
		t.Run("what was said is written down and followed", o.consults)
		t.Run("a programme is agreed, takes a project in and is not over before it", o.programmes)
		t.Run("others read, and change nothing", o.othersRead)
	})
}

// added submits the form of a new part, and returns the address of the link with these
// words on the page to which it leads.
func (o resulted) added(t *testing.T, part, query, named string, pairs ...string) string {
	t.Helper()
	got := o.desk.submit(o.desk.form("/en"+o.project+"/"+part+"/new"+query, "/en"+o.project+"/"+part).filled(pairs...))
	if got.status != http.StatusSeeOther {
		t.Fatal(part, got.status, got.body)
	}
	page := o.desk.get(got.location).body
	end := strings.Index(page, ">"+named+"</a>")
	if end < 0 {
		t.Fatal(named, page)
	}
	link := page[:end]
	link = link[strings.LastIndex(link, `href="`)+6:]
	return link[:strings.Index(link, `"`)]
}

func idIn(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func (o resulted) grows(t *testing.T) {
	at := "/en" + o.project + "/results"
	if got := o.desk.submit(o.desk.form(at+"/new?kind=impact", at)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#text"`) {
		t.Errorf("an empty one: %d", got.status)
	}
	impact := o.added(t, "results", "?kind=impact", "Impact 1", "text", "People <trust> the police", "assumptions", "The reform goes on.")
	if got := o.desk.submit(o.desk.form(at+"/new?kind=outcome", at).filled("text", "An outcome")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#parent"`) || !strings.Contains(got.body, `href="#capacity"`) {
		t.Errorf("without its impact: %d", got.status)
	}
	outcome := o.added(t, "results", "?kind=outcome&parent="+idIn(impact), "Outcome 1.1", "text", "The academy teaches", "capacity", "training")
	output := o.added(t, "results", "?kind=output&parent="+idIn(outcome), "Output 1.1.1", "text", "Twenty trainers", "capacity", "training")
	for _, path := range []string{impact, outcome, output} {
		if got := o.desk.get(path); got.status != 200 || !strings.Contains(got.body, `value="`) {
			t.Error(path, got.status)
		}
	}
	if got := o.desk.get(at + "/nothing"); got.status != http.StatusNotFound {
		t.Error(got.status)
	}
	if got := o.desk.post(output+"/nonsense", "rev", "1"); got.status != http.StatusNotFound {
		t.Error(got.status)
	}
	form := o.desk.form("/en"+o.project+"/indicators/new?result="+idIn(output), "/en"+o.project+"/indicators").filled("text", "Trainers who teach", "unit", "number", "baseline", "2",
		"baseline_day", "2020-01-01", "target", "22", "target_day", "31.12.2199", "means", "Records")
	form.fields["split"] = []string{"service", "sex"}
	if got := o.desk.submit(form); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
}

// link is the address of the link with these words on a part of the project.
func (o resulted) link(t *testing.T, part, named string) string {
	t.Helper()
	page := o.desk.get("/en" + o.project + "/" + part).body
	end := strings.Index(page, ">"+named+"</a>")
	if end < 0 {
		t.Fatal(named, page)
	}
	link := page[:end]
	link = link[strings.LastIndex(link, `href="`)+6:]
	return link[:strings.Index(link, `"`)]
}

func (o resulted) seesDifference(t *testing.T) {
	path := o.link(t, "results", "Impact 1")
	form := o.desk.form(path, path)
	if got := o.desk.submit(form.filled("text", "Another has written this.")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	got := o.desk.submit(form.filled("text", "This is mine."))
	if got.status != http.StatusConflict || !got.says("Another has written this.") || !got.says("This is mine.") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := o.desk.post(path, "rev", got.rev(), "kind", "impact", "text", "This is mine."); got.status != http.StatusSeeOther || !o.desk.get("/en"+o.project+"/results").says("This is mine.") {
		t.Errorf("saved once more: %d", got.status)
	}
	if page := o.desk.get("/en" + o.project + "/results"); !page.says("Another has written this.") || !page.says(lang.For("en").T("result.changes")) {
		t.Error("what stood there after the approval is not kept")
	}
}

func (o resulted) measures(t *testing.T) {
	path := o.link(t, "results", "Trainers who teach")
	today := time.Now().UTC().Format(time.DateOnly)
	entered := []string{"rev", "1", "day-measure", today, "value-measure", "12", "sex-measure", "5", "men-measure", "6", "service-measure", "Border police: 4\r\nPatrol: 8", "evidence-measure", "A list."}
	got := o.desk.post(path+"/measure", entered...)
	if got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("result.error.sum.is", "sum", "11", "value", "12")) || !strings.Contains(got.body, `value="6"`) || !strings.Contains(got.body, "Patrol: 8") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	entered[9] = "7"
	if got := o.desk.post(path+"/measure", entered...); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	page := o.desk.get("/en" + o.project + "/results")
	if !page.says("50% of the way") || !page.says("By sex: Women 5, Men 7") || !page.says("By service: Border police 4, Patrol 8") || !strings.Contains(page.body, `<rect width="50" height="6"/>`) {
		t.Error(page.body)
	}
	if got := o.desk.post(path+"/remove", "rev", "1"); got.status != http.StatusConflict || !got.says(lang.For("en").T("result.impossible.measured")) {
		t.Errorf("removed: %d", got.status)
	}
	if got := o.desk.post(path+"/retire", "rev", "1", "words-retire", " "); got.status != http.StatusUnprocessableEntity {
		t.Errorf("retired without a word: %d", got.status)
	}
	if got := o.desk.post(path+"/measure", "rev", "9", "value-measure", "13", "evidence-measure", "Mine."); got.status != http.StatusConflict || !strings.Contains(got.body, `value="13"`) {
		t.Errorf("what she typed is lost: %d", got.status)
	}
}

func (o resulted) reviews(t *testing.T) {
	day := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }
	path := o.added(t, "risks", "", "Trainers leave", "text", "Trainers leave", "likelihood", "3", "impact", "4", "measure", "Contracts", "office", "spmu", "review", day(5))
	page := o.desk.get(path)
	if !page.says(lang.For("en").T("risk.do.review")) || page.says(lang.For("en").T("risk.do.reopen")) {
		t.Error(page.body)
	}
	if got := o.desk.post(path+"/review", "rev", page.rev(), "words-review", "", "review-review", day(-1)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#words-review"`) || !strings.Contains(got.body, `href="#review-review"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := o.desk.post(path+"/close", "rev", page.rev(), "words-close", "They stay."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.desk.post(path+"/happen", "rev", page.rev(), "words-happen", "Two have left."); got.status != http.StatusConflict || !got.says("Two have left.") {
		t.Errorf("her words are lost: %d", got.status)
	}
	if page := o.desk.get("/en" + o.project + "/results"); !page.says("They stay.") || !page.says("3 × 4 = 12") {
		t.Error(page.body)
	}
}

func (o resulted) consults(t *testing.T) {
	at := "/en" + o.project + "/stakeholders"
	if got := o.desk.submit(o.desk.form(at+"/new", at).filled("name", "anna@council.example", "kind", "community", "interest", "i", "influence", "2")); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("programme.error.body")) {
		t.Errorf("an address: %d", got.status)
	}
	council := o.added(t, "stakeholders", "", "Council of residents", "name", "Council of residents", "kind", "community", "interest", "Patrols on foot", "influence", "2")
	talk := o.added(t, "consultations", "?stakeholder="+idIn(council), "Council of residents, 1 March 2026", "day", "2026-03-01", "said", "Know the street.", "follows", "Invite them.", "due", "2026-03-05")
	if page := o.desk.get(at); !page.says(lang.For("en").T("stakeholder.tag.late", "day", lang.For("en").PartialDate("2026-03-05"))) {
		t.Error(page.body)
	}
	if got := o.desk.post(council+"/remove", "rev", "1"); got.status != http.StatusConflict || !got.says(lang.For("en").T("stakeholder.impossible.consulted")) {
		t.Errorf("removed: %d", got.status)
	}
	if got := o.desk.post(talk+"/follow", "rev", "1", "done-follow", "2026-03-04", "outcome-follow", "Two came."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.desk.get(at); !page.says("Two came.") {
		t.Error(page.body)
	}
	if page := o.desk.get(talk); page.status != 200 || strings.Contains(page.body, "<textarea") {
		t.Error("what was done can be written anew")
	}
}

func (o resulted) programmes(t *testing.T) {
	const at = "/en/assistance/programmes"
	got := o.desk.submit(o.desk.form(at+"/new", at).filled("title", "An academy that <lasts>"))
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	path, _, _ := strings.Cut(got.location, "?")
	page := o.desk.get(path)
	if !page.says(lang.For("en").T("programme.needs.civil")) || !strings.Contains(page.body, path+"/edit#civil") {
		t.Error(page.body)
	}
	if got := o.desk.post(path+"/move/agree", "rev", page.rev()); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#government"`) || !strings.Contains(got.body, `href="#handover_day"`) {
		t.Errorf("agreed as it is: %d %s", got.status, got.body)
	}
	edit := o.desk.form(path+"/edit", path+"/edit").filled("purpose", "Teach.", "themes", "police-reform", "states", "Kyrgyzstan", "government", "Ministry of Internal Affairs",
		"civil", "Council of residents", "organisers", "spmu", "since", "1.1.2026", "until", "31.12.2029", "ownership", "The ministry pays.", "handover", "All of it.", "handover_day", "1.6.2029")
	if got := o.desk.submit(edit); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.desk.submit(edit.filled("purpose", "Learn.")); got.status != http.StatusConflict || !got.says("Learn.") {
		t.Errorf("the second: %d", got.status)
	}
	for _, move := range []string{"agree", "begin"} {
		if got := o.desk.post(path+"/move/"+move, "rev", o.desk.get(path).rev()); got.status != http.StatusSeeOther {
			t.Fatal(move, got.status, got.body)
		}
	}
	if got := o.desk.post(path+"/projects", "project", "1000/999"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="1000/999"`) {
		t.Errorf("a number that is none: %d", got.status)
	}
	if got := o.desk.post(path+"/projects", "project", "1000/21"); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.desk.get(path); !strings.Contains(page.body, o.project) || !page.says("An academy that &lt;lasts&gt;") {
		t.Error(page.body)
	}
	if got := o.desk.post(path+"/move/hand-over", "rev", o.desk.get(path).rev(), "words-hand-over", "All is theirs."); got.status != http.StatusConflict || !got.says(lang.For("en").T("programme.says.running", "n", 1)) || !got.says("All is theirs.") {
		t.Errorf("handed over: %d %s", got.status, got.body)
	}
	if list := o.focal.get(at + "?" + url.Values{"state": {"KG"}, "theme": {"police-reform"}, "stage": {"running"}}.Encode()); !strings.Contains(list.body, path) || strings.Count(list.body, `class="chip-name"`) != 3 {
		t.Error(list.body)
	}
	if got := o.desk.post(path+"/projects", "out", "1000/21"); got.status != http.StatusSeeOther || strings.Contains(o.desk.get(path).body, o.project) {
		t.Errorf("taken out: %d", got.status)
	}
}

func (o resulted) othersRead(t *testing.T) {
	paths := []string{o.project + "/results", o.project + "/stakeholders"}
	for part, named := range map[string]string{"Output 1.1.1": "results", "Trainers who teach": "results", "Trainers leave": "results", "Council of residents": "stakeholders"} {
		paths = append(paths, strings.TrimPrefix(o.link(t, named, part), "/en"))
	}
	programme := o.desk.get("/en/assistance/programmes").body
	programme = programme[strings.Index(programme, "/assistance/programmes/0"):]
	paths = append(paths, programme[:strings.Index(programme, `"`)])
	for _, path := range paths {
		for _, l := range lang.All {
			got := o.focal.get("/" + string(l) + path)
			if got.status != 200 || strings.Contains(got.body, "⟦") || strings.Contains(got.body, `action="/`+string(l)+path) {
				t.Errorf("%s %s: %d", l, path, got.status)
			}
		}
		if got := o.focal.post("/en"+path, "rev", "1", "text", "w", "kind", "impact"); got.status != http.StatusForbidden && got.status != http.StatusMethodNotAllowed && got.status != http.StatusNotFound {
			t.Errorf("a focal point writes %s: %d", path, got.status)
		}
	}
	for _, part := range []string{"results", "indicators", "risks", "stakeholders", "consultations"} {
		if got := o.focal.get("/en" + o.project + "/" + part + "/new"); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", part, got.status)
		}
	}
	if got := o.focal.get("/en/assistance/programmes/new"); got.status != http.StatusForbidden {
		t.Error(got.status)
	}
	if got := o.visitor().get("/en" + o.project + "/results"); got.status != http.StatusSeeOther {
		t.Error(got.status)
	}
}
