package api_test

import (
	"fmt"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/blob"
	"polis/internal/lang"
)

func TestResultsAndMoneyOfAProjectAreRead(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		path := w.readied(w.planned("KG"))
		id, officer := strings.TrimPrefix(path, "/projects/"), people["officer"]
		w.done("desk", "POST", path+"/moves", w.move(path, "approve"))
		w.done("officer", "POST", path+"/moves", w.move(path, "start"))
		add := func(d assistance.ResultDraft) string {
			t.Helper()
			made, err := w.AddResult(ctx, officer, id, d)
			if err != nil {
				t.Fatal(d.Kind, err)
			}
			return made
		}
		impact := add(assistance.ResultDraft{Kind: assistance.Impact, Text: "People trust the police", Assumptions: "The reform goes on."})
		outcome := add(assistance.ResultDraft{Kind: assistance.Outcome, Parent: impact, Text: "The academy trains on its own", Capacity: "training"})
		indicator, err := w.AddIndicator(ctx, officer, id, outcome, assistance.IndicatorDraft{
			Text: "Trainers", Unit: assistance.InNumber, Target: assistance.Value{Known: true, Figure: 2000}, TargetDay: day(200), Split: []string{"sex"}, Means: "Records of the academy",
		})
		if err != nil {
			t.Fatal(err)
		}
		err = w.Enter(ctx, officer, id, indicator, 1, assistance.Actual{Day: day(-1), Value: assistance.Value{Known: true, Figure: 1200}, Evidence: "List of the academy", Parts: []assistance.Part{
			{Split: "sex", Name: "women", Figure: 500}, {Split: "sex", Name: "men", Figure: 700},
		}})
		if err != nil {
			t.Fatal(err)
		}
		list := w.done("focal", "GET", path+"/results").j["results"].([]any)
		if len(list) != 2 || list[1].(j)["number"] != "1.1" || list[1].(j)["parent"] != impact {
			t.Fatal(list)
		}
		got := list[1].(j)["indicators"].([]any)[0].(j)
		actual := got["actuals"].([]any)[0].(j)
		if got["baseline"].(j)["figure"] != nil || got["target"].(j)["figure"] != 20.0 || got["met"] != false || actual["value"].(j)["figure"] != 12.0 || len(actual["parts"].([]any)) != 2 {
			t.Errorf("%v", got)
		}
		money := w.done("focal", "GET", path+"/money").j
		if money["currency"] != "EUR" || money["planned"] != "12000.50" || money["covered"] != "12000.50" || money["uncovered"] != "0.00" {
			t.Errorf("%v", money)
		}
		if fund := money["funds"].([]any)[0].(j); fund["left"] != "12000.50" || fund["kind"] != "unified" || fund["until"] != day(300) {
			t.Errorf("%v", fund)
		}
		if empty := w.done("focal", "GET", w.readied(w.planned("KG"), readying...)+"/money").j; empty["currency"] != "" || len(empty["lines"].([]any)) != 0 {
			t.Errorf("%v", empty)
		}
	})
}

// The draft of a needs assessment is for those who write it and for its State; nobody
// goes there without the State's consent.
func TestANeedsAssessmentGoesItsWayByPrograms(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		request := w.asked("KG")
		id, err := w.PlanAssessment(ctx, people["officer"], request, assistance.AssessmentDraft{
			Lang: "en", Title: "Training needs", Purpose: "What is missing.", Starts: day(-3), Ends: day(-1), Themes: []string{area}, Team: []string{"spmu"},
		})
		if err != nil {
			t.Fatal(err)
		}
		at := "/assessments/" + id
		w.refused(409, "officer", "POST", at+"/moves", w.move(at, "field"), "Consent of the State is missing")
		w.given("KG", request, -2, 400)
		w.refused(409, "officer", "POST", at+"/moves", w.move(at, "field"), "does not cover all days")
		w.given("KG", request, -60, 400)
		for as, code := range map[string]int{"focal": 403, "reader of officer": 403, "member": 404, "": 404} {
			w.refused(code, as, "POST", at+"/moves", w.move(at, "field"))
		}
		if got := w.done("program of officer", "POST", at+"/moves", w.move(at, "field")).j; got["stage"] != "fielded" || got["areas"].([]any)[0].(j)["standing"] != "open" {
			t.Errorf("%v", got)
		}
		w.done("officer", "POST", at+"/moves", w.move(at, "return"))
		w.refused(409, "officer", "POST", at+"/moves", w.move(at, "send"))
		finding, err := w.PutFinding(ctx, people["officer"], id, "", 0, assistance.FindingDraft{Title: "No trainers", Baseline: "There are none.", Evidence: "Visit", Dated: day(-2), Priority: "high", Theme: area})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.PutRecommendation(ctx, people["officer"], id, finding, "", 0, assistance.RecommendationDraft{Words: "Train ten trainers", Addressee: "Ministry", Priority: "high"}); err != nil {
			t.Fatal(err)
		}
		shows := func(as string, shown bool) {
			t.Helper()
			got := w.done(as, "GET", at)
			if got.j["shown"] != shown || strings.Contains(got.text, "No trainers") != shown || strings.Contains(got.text, "ten trainers") != shown {
				t.Errorf("%q: %s", as, got.text)
			}
		}
		shows("officer", true)
		shows("focal", true)
		shows("focal of TJ", false)
		shows("reader of desk", false) // without its roles
		w.done("officer", "POST", at+"/moves", w.move(at, "send"))
		w.refused(422, "focal", "POST", at+"/moves", w.move(at, "comment"), "body.move") // a person says it, on its page
		w.refused(409, "officer", "POST", at+"/moves", w.move(at, "finalise"))
		if err := w.CommentOn(ctx, people["focal"], id, w.rev(at), assistance.SaidOfAssessment{Whole: "We agree.", Findings: map[string]string{finding: "There is one."}}); err != nil {
			t.Fatal(err)
		}
		if got := w.done("focal of TJ", "GET", at); strings.Contains(got.text, "We agree.") || strings.Contains(got.text, "There is one.") || strings.Contains(got.text, "No trainers") {
			t.Error(got.text)
		}
		w.done("officer", "POST", at+"/moves", w.move(at, "finalise"))
		shows("focal of TJ", true)
		got := w.done("focal of TJ", "GET", at).j
		one := got["findings"].([]any)[0].(j)
		if len(one["recommendations"].([]any)) != 1 || one["comments"].([]any)[0].(j)["words"] != "There is one." || len(got["comments"].([]any)) != 1 {
			t.Errorf("%v", got)
		}
		if n := len(w.done("focal", "GET", "/assessments?state=KG&stage=final&theme="+area+"&request="+request).j["assessments"].([]any)); n != 1 {
			t.Errorf("%d assessments", n)
		}
	})
}

func TestProgrammesAndMandatesAreRead(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		id, err := w.DraftProgramme(ctx, people["officer"], assistance.ProgrammeDraft{Lang: "en", Title: "Police training", Themes: []string{area}, States: []string{"KG"}, Organisers: []string{"spmu"}})
		if err != nil {
			t.Fatal(err)
		}
		at := "/programmes/" + id
		w.refused(403, "officer", "POST", at+"/moves", w.move(at, "agree"))
		w.refused(422, "desk", "POST", at+"/moves", w.move(at, "agree"), "body.ownership", "body.handoverDay")
		w.refused(409, "desk", "POST", at+"/moves", w.move(at, "hand-over"))
		w.refused(412, "officer", "POST", at+"/moves", j{"move": "end", "rev": 7, "words": "No."}, "body.rev")
		if n := len(w.done("focal", "GET", "/programmes?state=KG&theme="+area+"&structure=spmu&stage=draft").j["programmes"].([]any)); n != 1 {
			t.Errorf("%d programmes", n)
		}
		if got := w.done("officer", "POST", at+"/moves", w.move(at, "end")).j; got["stage"] != "ended" || len(got["steps"].([]any)) != 2 {
			t.Errorf("%v", got)
		}
		mandate := w.mandated(-10, 10)
		if got := w.done("focal", "GET", "/mandates/"+mandate).j; got["holder"] != "spmu" || got["until"] != day(10) || got["document"] != "PC.DEC/1049" {
			t.Errorf("%v", got)
		}
		for holder, want := range map[string]int{"": 1, "spmu": 1, "po-astana": 0} {
			if n := len(w.done("focal", "GET", "/mandates?structure="+holder).j["mandates"].([]any)); n != want {
				t.Errorf("%q: %d mandates", holder, n)
			}
		}
		if got := w.ask("focal", "GET", "/mandates/none"); got.code != 404 {
			t.Error(got.code)
		}
	})
}

// Rows of a table go through the same gate, and the API shows nothing of those that
// were refused.
func TestATableBringsNothingPastTheGate(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		files, err := blob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		room := &assistance.Activities{Assistance: w.Assistance, Files: files}
		path := w.readied(w.planned("KG", "TJ"))
		w.done("desk", "POST", path+"/moves", w.move(path, "approve"))
		w.done("officer", "POST", path+"/gates", j{"move": "leave", "rev": w.rev(path), "state": "TJ", "theme": area, "words": "It has not answered."})
		number := w.done("desk", "GET", path).j["number"]
		look := func(who access.Subject, state string, starts int) (assistance.Preview, string) {
			t.Helper()
			table := fmt.Sprintf("Project,Kind,Title,First day,Place,States\r\n%v,training,A course,%s,Osh,%s\r\n", number, day(starts), state)
			id, err := room.Upload(ctx, who, "activities.csv", lang.English, strings.NewReader(table))
			if err != nil {
				t.Fatal(err)
			}
			im, err := room.Import(ctx, who, id)
			if err != nil {
				t.Fatal(err)
			}
			p, err := room.Look(ctx, who, im)
			if err != nil {
				t.Fatal(err)
			}
			return p, id
		}
		if p, _ := look(people["officer"], "KG", 5); p.Made != 1 || len(p.Troubles) > 0 {
			t.Fatalf("%+v", p)
		}
		for _, row := range []struct {
			who    access.Subject
			state  string
			starts int
		}{{people["officer"], "TJ", 5}, {people["officer"], "KZ", 5}, {people["officer"], "KG", 250}, {people["officer elsewhere"], "KG", 5}} {
			p, id := look(row.who, row.state, row.starts)
			if p.Made != 0 || len(p.Troubles) != 1 {
				t.Errorf("%v: %+v", row, p)
			}
			if err := room.StartImport(ctx, row.who, id, p.Plan, false); err == nil {
				t.Errorf("%v is begun", row)
			}
		}
		if _, err := room.Upload(ctx, people["focal"], "activities.csv", lang.English, strings.NewReader("x")); err == nil {
			t.Error("a focal point brings activities in")
		}
		if n := len(w.done("desk", "GET", "/activities").j["activities"].([]any)); n != 0 {
			t.Errorf("%d activities are there", n)
		}
	})
}
