package api_test

import (
	"fmt"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
)

// A project goes all its way through the API, from an idea until it is evaluated.
func TestAProjectGoesItsWayByPrograms(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		path := w.readied(w.planned("KG"))
		if needs := w.done("officer", "GET", path+"/needs").j["needs"].([]any); len(needs) != 0 {
			t.Error(needs)
		}
		got := w.done("program of desk", "POST", path+"/moves", w.move(path, "approve", j{"final": day(260)})).j
		if got["stage"] != "approved" || got["finalDue"] != day(260) || got["interimDue"] == "" || len(got["principles"].([]any)) != 1 {
			t.Errorf("%v", got)
		}
		gate := got["gates"].([]any)[0].(j)
		if gate["state"] != "KG" || gate["lacks"] != "" || gate["included"] != true || gate["standing"] != "open" || gate["until"] != day(400) {
			t.Errorf("%v", gate)
		}
		w.done("officer", "POST", path+"/moves", w.move(path, "start"))
		activity := w.done("officer", "POST", path+"/activities", j{
			"kind": "training", "lang": "ru", "title": "Курс", "starts": day(-3), "ends": day(-1), "place": "Bishkek", "organisers": []string{"spmu"}, "hosts": []j{{"state": "KG", "area": area}},
		}).j
		at := "/activities/" + activity["id"].(string)
		revised := j{
			"rev": w.rev(at), "kind": "training", "lang": "ru", "title": "Курс для инструкторов", "starts": day(-4), "ends": day(-1), "place": "Osh", "organisers": []string{"spmu"},
			"hosts": []j{{"state": "KG", "area": area}}, "trainers": []string{"The police academy"},
		}
		w.done("officer", "PUT", at, revised)
		w.refused(412, "desk", "PUT", at, revised, "body.rev")
		held := w.done("program of officer", "POST", at+"/moves", w.move(at, "hold", j{"held": j{"total": 20, "women": 3, "men": 17, "remark": "Well received.", "feedback": j{"answers": 18, "relevance": 4.25}}})).j
		if held["stage"] != "held" || held["starts"] != day(-4) || held["place"] != "Osh" || held["women"] != 3.0 || held["feedback"].(j)["relevance"] != 4.25 || fmt.Sprint(held["moves"]) != "[mend]" {
			t.Errorf("%v", held)
		}
		w.done("officer", "POST", at+"/moves", w.move(at, "mend", j{"held": j{"total": 21, "women": 4, "men": 17}}))
		w.refused(422, "desk", "POST", path+"/moves", w.move(path, "close"), "project.needs.principles.midterm", "project.needs.principles.close", "evaluation.needs.interim", `"location":"project.evaluation"`)
		w.done("officer", "POST", path+"/moves", w.move(path, "waive"))
		w.done("officer", "PUT", path+"/principles/close", j{"rev": w.rev(path), "answers": answers, "notArising": []string{"minorities"}})
		w.done("desk", "POST", path+"/evaluations/interim/moves", w.move(path+"/evaluations/interim", "waive"))
		w.done("officer", "POST", path+"/moves", w.move(path, "close"))
		w.refused(422, "desk", "POST", path+"/moves", w.move(path, "evaluate"), `"key":"evaluation.needs.final"`)
		w.evaluated(path)
		got = w.done("desk", "POST", path+"/moves", w.move(path, "evaluate")).j
		if got["stage"] != "evaluated" || len(got["principles"].([]any)) != 2 || got["midtermWaived"] == "" || fmt.Sprint(got["moves"]) != "[]" {
			t.Errorf("%v", got)
		}
		t.Run("and naming nobody", func(t *testing.T) {
			w := w.in(t)
			for _, at := range []string{path, path + "/results", path + "/money", path + "/evaluations/final", at, "/projects", "/activities", "/evaluations", "/lessons", "/mandates"} {
				text := w.done("focal of TJ", "GET", at).text
				for _, id := range []string{`"desk"`, `"desk-2"`, `"officer"`, `"focal"`, `"tj"`} {
					if strings.Contains(text, id) {
						t.Errorf("%s names %s: %s", at, id, text)
					}
				}
			}
		})
	})
}

// evaluated makes the final evaluation of a project final, with a recommendation that
// is answered, and a lesson that is drawn from it.
func (w world) evaluated(path string) {
	w.t.Helper()
	id, at := strings.TrimPrefix(path, "/projects/"), path+"/evaluations/final"
	w.refused(409, "officer", "POST", at+"/moves", w.move(at, "finish"))
	w.done("officer", "POST", at+"/moves", w.move(at, "begin"))
	w.refused(422, "officer", "POST", at+"/moves", w.move(at, "finish"), "body.summary")
	texts := map[string]string{}
	for name, text := range answers {
		texts[name] = text.(string)
	}
	d := assistance.EvaluationDraft{Lang: "de", Evaluator: "Institut für Polizeiforschung", Independence: "Nicht beteiligt.", Summary: "Der Kurs wirkt.", Criteria: map[string]assistance.Criterion{}, Answers: texts}
	for _, name := range assistance.Criteria {
		d.Criteria[name] = assistance.Criterion{Question: "Frage", Evidence: "Beleg", Finding: "Befund", Rating: 3}
	}
	officer := people["officer"]
	if err := w.WriteEvaluation(ctx, officer, id, assistance.EvaluationAtEnd, w.rev(at), d); err != nil {
		w.t.Fatal(err)
	}
	advice, err := w.Recommend(ctx, officer, id, assistance.EvaluationAtEnd, assistance.AdviceDraft{Wish: "Train ten more", Addressee: "spmu", Priority: "high"})
	if err != nil {
		w.t.Fatal(err)
	}
	respond := j{"response": "accepted", "rev": 1, "words": "Next year."}
	w.refused(409, "officer", "POST", at+"/recommendations/"+advice+"/response", respond)
	w.done("officer", "POST", at+"/moves", w.move(at, "finish"))
	w.refused(422, "desk", "POST", path+"/moves", w.move(path, "evaluate"), `"key":"evaluation.needs.responses"`)
	for as, code := range map[string]int{"focal": 403, "officer elsewhere": 403, "member": 404, "reader of officer": 403} {
		w.refused(code, as, "POST", at+"/recommendations/"+advice+"/response", respond)
	}
	w.refused(404, "officer", "POST", path+"/evaluations/expost/recommendations/"+advice+"/response", respond)
	got := w.done("officer", "POST", at+"/recommendations/"+advice+"/response", respond).j
	if list := got["recommendations"].([]any); len(list) != 1 || list[0].(j)["response"] != "accepted" || got["waiting"] != 0.0 || len(got["criteria"].([]any)) != 6 {
		w.t.Errorf("%v", got)
	}
	w.learned(got["id"].(string), id)
}

// learned draws a lesson from an evaluation and takes it until it is published.
func (w world) learned(evaluation, project string) {
	w.t.Helper()
	draft := j{
		"lang": "fr", "title": "Former à deux", "happened": "Le cours.", "learned": "À deux, ils enseignent mieux.", "guidance": "Deux instructeurs.", "origin": "evaluation",
		"evaluation": evaluation, "evidence": "L'évaluation finale.", "states": []string{"KG"},
	}
	lesson := w.done("officer", "POST", "/lessons", draft).j
	at := "/lessons/" + lesson["id"].(string)
	if lesson["project"] != project {
		w.t.Errorf("%v", lesson)
	}
	w.refused(403, "officer", "POST", at+"/moves", w.move(at, "review"))
	w.refused(422, "desk", "POST", at+"/moves", w.move(at, "review"), "body.themes")
	draft["themes"], draft["rev"], draft["project"] = []string{area}, w.rev(at), project
	w.done("officer", "PUT", at, draft)
	w.refused(412, "desk", "PUT", at, draft, "body.rev")
	draft["rev"], draft["documents"] = w.rev(at), []string{"none"}
	w.refused(422, "officer", "PUT", at, draft, "body.documents")
	w.done("program of desk", "POST", at+"/moves", w.move(at, "review"))
	w.done("desk", "POST", at+"/moves", w.move(at, "publish"))
	w.refused(422, "desk", "POST", at+"/moves", w.move(at, "adopt", j{"words": "none"}), "body.words")
	if n := len(w.done("focal", "GET", "/lessons?stage=published&theme="+area+"&state=KG&project="+project).j["lessons"].([]any)); n != 1 {
		w.t.Errorf("%d lessons", n)
	}
}

func TestListsOfProjectsAreFilteredAndGoOn(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		draft, request := w.planned("KG"), w.asked("KG")
		draft["request"] = request
		consent := w.given("KG", request, -60, 400)
		for i := range 3 {
			draft["title"] = fmt.Sprint("Project ", i)
			w.done("officer", "POST", "/projects", draft)
		}
		other := w.planned("TJ")
		other["themes"], other["organisers"], other["model"] = []string{"drugs"}, []string{"po-astana"}, w.done("desk", "GET", "/projects").j["projects"].([]any)[0].(j)["id"]
		path := "/projects/" + w.done("desk", "POST", "/projects", other).j["id"].(string)
		w.done("desk", "POST", path+"/moves", w.move(path, "appraise"))
		for query, want := range map[string]int{
			"": 4, "state=KG": 3, "state=TJ&theme=drugs": 1, "theme=" + area: 3, "structure=spmu": 3, "structure=po-astana&stage=appraised": 1, "stage=active": 0, "stage=idea&stage=appraised": 4,
			"request=" + request: 3, "consent=" + consent: 3, "mandate=" + draft["mandate"].(string): 3, "model=" + other["model"].(string): 1, "programme=none": 0,
		} {
			if got := w.done("focal of TJ", "GET", "/projects?"+query); len(got.j["projects"].([]any)) != want {
				t.Errorf("%q: %s", query, got.text)
			}
		}
		seen := map[any]bool{}
		for after := ""; ; {
			page := w.done("desk", "GET", "/projects?limit=1&state=KG&after="+after).j
			for _, p := range page["projects"].([]any) {
				seen[p.(j)["id"]] = true
			}
			if after = page["next"].(string); after == "" {
				break
			}
		}
		if len(seen) != 3 {
			t.Error(seen)
		}
		for _, query := range []string{"projects?after=x", "projects?stage=lost", "projects?limit=0", "lessons?after=x", "assessments?stage=x", "evaluations?before=soon", "evaluations?kind=x", "programmes?after=x", path[1:] + "/needs?move=fly"} {
			if got := w.ask("desk", "GET", "/"+query); got.code != 422 {
				t.Errorf("%s: %d", query, got.code)
			}
		}
	})
}

// What is for official use is for nobody else: its address is one at which there is
// nothing, and no list tells of it.
func TestWhatMayNotBeSeenIsNotThere(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		path := w.readied(w.planned("KG"))
		w.done("desk", "POST", path+"/moves", w.move(path, "approve"))
		ones := []string{path, path + "/needs", path + "/results", path + "/money", path + "/evaluations/final", "/mandates/" + w.done("desk", "GET", path).j["mandate"].(string)}
		ones = append(ones, w.others()...)
		lists := map[string]string{"/projects": "projects", "/evaluations": "evaluations", "/lessons": "lessons", "/assessments": "assessments", "/programmes": "programmes", "/mandates": "mandates"}
		for _, as := range []string{"", "member", "program of member", "member's program of desk"} {
			for _, at := range ones {
				if got := w.ask(as, "GET", at); got.code != 404 || strings.Contains(got.text, "course") {
					t.Errorf("%q reads %s: %d %s", as, at, got.code, got.text)
				}
			}
			for at, name := range lists {
				if got := w.done(as, "GET", at); len(got.j[name].([]any)) != 0 || got.j["next"] != nil && got.j["next"] != "" {
					t.Errorf("%q lists %s: %s", as, at, got.text)
				}
			}
		}
		for _, as := range []string{"focal", "focal of TJ", "officer elsewhere", "reader of desk", "program of focal"} {
			for _, at := range ones {
				if got := w.ask(as, "GET", at); got.code != 200 {
					t.Errorf("%q reads %s: %d", as, at, got.code)
				}
			}
			for at, name := range lists {
				if n := len(w.done(as, "GET", at).j[name].([]any)); n == 0 {
					t.Errorf("%q lists nothing at %s", as, at)
				}
			}
		}
	})
}

// others are the addresses of a lesson, a needs assessment and a programme.
func (w world) others() []string {
	w.t.Helper()
	lesson := w.done("officer", "POST", "/lessons", j{"lang": "en", "title": "Two trainers", "origin": "note"}).j["id"].(string)
	assessment, err := w.PlanAssessment(ctx, people["officer"], w.asked("KG"), assistance.AssessmentDraft{Lang: "en", Title: "Training needs", Themes: []string{area}})
	if err != nil {
		w.t.Fatal(err)
	}
	programme, err := w.DraftProgramme(ctx, people["officer"], assistance.ProgrammeDraft{Lang: "en", Title: "Police training", Themes: []string{area}, States: []string{"KG"}, Organisers: []string{"spmu"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return []string{"/lessons/" + lesson, "/assessments/" + assessment, "/programmes/" + programme}
}

// Of documents that the caller may not read not even the ids are told, and what is
// written anew keeps them.
func TestClosedDocumentsStayClosedBehindTheWorkThatUsesThem(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		records := `{"id":"open","lang":"en","title":"Handbook","text":"How to teach."}
{"id":"closed","lang":"en","title":"Secret","text":"How to hide.","level":"closed","state":"KG"}`
		if _, err := w.library.ImportRecords(ctx, access.System("test"), strings.NewReader(records), access.Public, func(int64) {}); err != nil {
			t.Fatal(err)
		}
		ids := map[string]string{}
		for _, name := range []string{"open", "closed"} {
			ids[name] = w.document(name)
		}
		draft := j{"lang": "en", "title": "Two trainers", "origin": "note", "documents": []string{ids["open"], ids["closed"]}}
		w.refused(422, "officer", "POST", "/lessons", draft, "body.documents")
		draft["documents"] = []string{ids["open"]}
		at := "/lessons/" + w.done("officer", "POST", "/lessons", draft).j["id"].(string)
		l, err := w.Lesson(ctx, people["desk"].Scope(), at[len("/lessons/"):])
		if err != nil {
			t.Fatal(err)
		}
		d := l.Draft()
		d.Documents = append(d.Documents, ids["closed"])
		if err := w.ReviseLesson(ctx, people["desk"], l.ID, l.Rev, d); err != nil {
			t.Fatal(err)
		}
		if got := w.done("officer", "GET", at); strings.Contains(got.text, ids["closed"]) || !strings.Contains(got.text, ids["open"]) {
			t.Error(got.text)
		}
		if got := w.done("focal", "GET", at); !strings.Contains(got.text, ids["closed"]) {
			t.Error("its own State does not read it:", got.text)
		}
		draft["title"], draft["rev"], draft["documents"] = "Two trainers teach better", w.rev(at), []string{}
		w.done("officer", "PUT", at, draft)
		if got := w.done("focal", "GET", at); strings.Contains(got.text, ids["open"]) || !strings.Contains(got.text, ids["closed"]) {
			t.Error("what she does not read went with what she did:", got.text)
		}
		for as, want := range map[string]int{"focal": 1, "officer": 0, "member": 0} {
			if n := len(w.done(as, "GET", "/lessons?document="+ids["closed"]).j["lessons"].([]any)); n != want {
				t.Errorf("%q finds %d lessons by a closed document", as, n)
			}
		}
	})
}
