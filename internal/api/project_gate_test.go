package api_test

import (
	"strings"
	"testing"

	"polis/internal/assistance"
)

// The gate (Framework ¶3, 7, 13, 22) is tried through the API: whatever is missing, the
// project stays where it is, and the problem says what, in words and as a key.
func TestNoProgramWalksAroundTheGate(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		approve := func(w world, path string, says ...string) {
			w.t.Helper()
			for _, as := range []string{"desk", "program of desk"} {
				w.refused(422, as, "POST", path+"/moves", w.move(path, "approve"), says...)
			}
			if s := w.stage(path); s != "appraised" {
				w.t.Errorf("it is %s", s)
			}
		}
		t.Run("without a request", func(t *testing.T) {
			w := w.in(t)
			path := w.readied(w.planned("KG"), "gates")
			approve(w, path, `"key":"project.needs.request"`, `"location":"project.gates.KG.police-reform"`, `"url":"/assistance`+path+`/gates?area=police-reform&host=KG"`)
		})
		t.Run("with a request and without a consent", func(t *testing.T) {
			w := w.in(t)
			draft := w.planned("KG")
			draft["request"] = w.asked("KG")
			approve(w, w.readied(draft, "gates"), `"key":"project.needs.consent"`)
		})
		t.Run("without a mandate, or beyond its days", func(t *testing.T) {
			w := w.in(t)
			draft := w.planned("KG")
			draft["mandate"] = ""
			approve(w, w.readied(draft), `"key":"project.needs.mandate"`, `"location":"project.mandate"`, "/edit#mandate")
			draft["mandate"] = w.mandated(-365, 100)
			approve(w, w.readied(draft), `"key":"project.needs.mandate.dates"`)
		})
		t.Run("without the answers to the principles", func(t *testing.T) {
			w := w.in(t)
			path := w.readied(w.planned("KG"), "answers")
			approve(w, path, `"key":"project.needs.principles.plan"`, `"location":"project.principles"`)
			half := j{"rule-of-law": "By the law.", "gender": " "}
			w.refused(422, "officer", "PUT", path+"/principles/plan", j{"rev": w.rev(path), "answers": half}, "body.answers.gender", "body.answers.human-rights")
			w.refused(422, "officer", "PUT", path+"/principles/plan", j{"rev": w.rev(path), "answers": j{"luck": "Yes."}}, "unexpected property")
			w.refused(409, "officer", "PUT", path+"/principles/close", j{"rev": w.rev(path), "answers": answers})
			approve(w, path, `"key":"project.needs.principles.plan"`)
		})
		t.Run("without a budget", func(t *testing.T) {
			w := w.in(t)
			approve(w, w.readied(w.planned("KG"), "budget"), `"key":"money.needs.budget"`, `"location":"project.money"`)
		})
		t.Run("with one of two States' consents", func(t *testing.T) {
			w := w.in(t)
			path := w.readied(w.planned("KG", "TJ"), "gates")
			request := w.asked("KG")
			w.done("officer", "POST", path+"/gates", w.bound(path, "KG", request, w.given("KG", request, -60, 400)))
			approve(w, path, `"location":"project.gates.TJ.police-reform"`)
			w.refused(422, "officer", "POST", path+"/gates", j{"move": "leave", "rev": w.rev(path), "state": "TJ", "theme": area}, "body.words")
			w.done("officer", "POST", path+"/gates", j{"move": "leave", "rev": w.rev(path), "state": "TJ", "theme": area, "words": "It has not answered."})
			w.done("desk", "POST", path+"/moves", w.move(path, "approve")) // the missing one leaves out that State, not the project
		})
	})
}

func TestAGateRestsOnlyOnWhatTheStateHasSaid(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		path := w.readied(w.planned("KG"), "gates", "appraised")
		request, other := w.asked("KG"), w.asked("TJ")
		consent, others := w.given("KG", request, -60, 400), w.given("TJ", other, -60, 400)
		bind := func(code int, request, consent string, says ...string) {
			w.t.Helper()
			w.refused(code, "officer", "POST", path+"/gates", w.bound(path, "KG", request, consent), says...)
		}
		bind(422, request, others, "body.consent")
		bind(422, other, consent, "body.request")
		bind(422, "", "", "body.request", "body.consent")
		bind(422, "none", "none", "body.request", "body.consent")
		bind(422, request, w.given("KG", request, -60, 100), "body.consent")
		bind(422, request, w.given("KG", request, -10, 400), "body.consent")
		closed := w.given("KG", request, -60, 400)
		w.done("focal", "POST", "/consents/"+closed+"/moves", j{"move": "close", "rev": 2, "theme": area, "reason": "Later"})
		bind(422, request, closed, "body.consent")
		asked, err := w.AskConsent(ctx, people["desk"], assistance.AskedConsent{Giver: "KG", Request: request, Why: "A course", Areas: []string{area}})
		if err != nil {
			t.Fatal(err)
		}
		bind(422, request, asked, "body.consent")
		w.refused(404, "officer", "POST", path+"/gates", j{"move": "bind", "rev": w.rev(path), "state": "TJ", "theme": area, "request": other, "consent": others})
		if gate := w.done("desk", "GET", path).j["gates"].([]any)[0].(j); gate["consent"] != "" || gate["lacks"] != "project.needs.request" {
			t.Errorf("%v", gate)
		}
		w.done("officer", "POST", path+"/gates", w.bound(path, "KG", request, consent))
		t.Run("and no days reach beyond the consent", func(t *testing.T) {
			w := w.in(t)
			draft := w.planned("KG")
			draft["ends"], draft["rev"] = day(500), w.rev(path)
			w.done("officer", "PUT", path, draft)
			w.done("officer", "POST", path+"/moves", w.move(path, "appraise"))
			w.refused(422, "desk", "POST", path+"/moves", w.move(path, "approve"), `"key":"project.needs.consent.dates"`)
			draft["ends"], draft["rev"] = day(200), w.rev(path)
			w.done("officer", "PUT", path, draft)
			w.done("desk", "POST", path+"/moves", w.move(path, "approve"))
			draft["ends"], draft["rev"] = day(500), w.rev(path)
			w.refused(422, "desk", "PUT", path, draft, "body.starts")
		})
		t.Run("and what the State takes back stops it before it begins", func(t *testing.T) {
			w := w.in(t)
			w.done("focal", "POST", "/consents/"+consent+"/moves", j{"move": "withdraw", "rev": 2, "reason": "Elections"})
			if s := w.stage(path); s != "stopped" {
				t.Error(s)
			}
			w.refused(409, "desk", "POST", path+"/moves", w.move(path, "start"))
			w.refused(409, "desk", "POST", path+"/gates", w.bound(path, "KG", request, consent))
		})
	})
}

func TestActivitiesGoOnOnlyWhereTheGateIsOpen(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		path := w.readied(w.planned("KG", "TJ"))
		plan := func(state string, starts int) j {
			return j{
				"kind": "training", "lang": "en", "title": "First course", "starts": day(starts), "place": "Bishkek", "organisers": []string{"spmu"},
				"hosts": []j{{"state": state, "area": area}},
			}
		}
		w.refused(422, "officer", "POST", path+"/activities", plan("KZ", -3), "body.hosts")
		w.refused(422, "officer", "POST", path+"/activities", plan("KG", -31), "body.starts")
		w.refused(422, "officer", "POST", path+"/activities", plan("KG", 201), "body.starts")
		w.refused(403, "focal", "POST", path+"/activities", plan("KG", -3))
		activity := "/activities/" + w.done("officer", "POST", path+"/activities", plan("KG", -3)).j["id"].(string)
		held := j{"held": j{"total": 20, "women": 3, "men": 17}}
		w.refused(409, "officer", "POST", activity+"/moves", w.move(activity, "hold", held))
		w.done("desk", "POST", path+"/moves", w.move(path, "approve"))
		w.refused(409, "officer", "POST", activity+"/moves", w.move(activity, "hold", held))
		w.done("officer", "POST", path+"/moves", w.move(path, "start"))
		t.Run("nor where the State has closed it since", func(t *testing.T) {
			w := w.in(t)
			var consent string
			for _, g := range w.done("desk", "GET", path).j["gates"].([]any) {
				if g.(j)["state"] == "KG" {
					consent = g.(j)["consent"].(string)
				}
			}
			w.done("focal", "POST", "/consents/"+consent+"/moves", j{"move": "close", "rev": 2, "theme": area, "reason": "Elections"})
			w.refused(422, "officer", "POST", activity+"/moves", w.move(activity, "hold", held), `"key":"activity.needs.decision"`, `"location":"project.gates.KG.police-reform"`)
			w.done("officer", "POST", path+"/gates", j{"move": "leave", "rev": w.rev(path), "state": "KG", "theme": area, "words": "Closed."})
			if s := w.stage(activity); s != "cancelled" {
				t.Error(s)
			}
			w.refused(422, "officer", "POST", path+"/activities", plan("KG", -3), "body.hosts")
			w.refused(409, "desk", "POST", activity+"/moves", w.move(activity, "reopen"))
			w.refused(409, "officer", "POST", path+"/gates", j{"move": "leave", "rev": w.rev(path), "state": "TJ", "theme": area, "words": "Too."})
		})
		t.Run("and what does not add up is told by how much", func(t *testing.T) {
			w := w.in(t)
			other := "/activities/" + w.done("officer", "POST", path+"/activities", plan("TJ", -3)).j["id"].(string)
			groups := []j{{"state": "TJ", "service": "police", "rank": "line", "sex": "f", "number": 4}, {"state": "TJ", "service": "police", "rank": "line", "sex": "m", "number": 17}}
			uneven := j{"held": j{"total": 20, "women": 3, "men": 17, "participants": groups}}
			w.refused(422, "officer", "POST", other+"/moves", w.move(other, "hold", uneven), "body.held.total", "body.held.women", "1 too many")
			w.refused(422, "officer", "POST", other+"/moves", w.move(other, "hold", j{"held": j{"total": 0}}), "body.held.total")
			w.refused(422, "officer", "POST", other+"/moves", w.move(other, "hold"), "body.held.total")
			w.done("officer", "POST", other+"/moves", w.move(other, "hold", j{"held": j{"total": 21, "women": 4, "men": 17, "participants": groups}}))
			w.refused(422, "officer", "POST", other+"/moves", w.move(other, "mend", held, j{"words": ""}), "body.words")
		})
	})
}

// Who may not, may not by any token either; and a token reaches no further than it was
// made to.
func TestNobodyMovesWhatIsNotHers(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		path := w.readied(w.planned("KG"))
		approve, draft := w.move(path, "approve"), w.planned("KG")
		draft["rev"] = w.rev(path)
		for as, code := range map[string]int{
			"": 404, "member": 404, "program of member": 404, "member's program of desk": 404, "focal": 403, "focal of TJ": 403, "program of focal": 403,
			"officer": 403, "program of officer": 403, "officer elsewhere": 403, "reader of desk": 403,
		} {
			w.refused(code, as, "POST", path+"/moves", approve)
			if as != "officer" && as != "program of officer" { // it is hers
				w.refused(code, as, "PUT", path, draft)
				w.refused(code, as, "POST", path+"/gates", j{"move": "leave", "rev": draft["rev"], "state": "KG", "theme": area, "words": "No."})
				w.refused(code, as, "PUT", path+"/principles/plan", j{"rev": draft["rev"], "answers": answers})
			}
		}
		for _, as := range []string{"", "member", "focal", "reader of officer", "member's program of officer"} {
			w.refused(403, as, "POST", "/projects", w.planned("KG"))
		}
		if s := w.stage(path); s != "appraised" {
			t.Error(s)
		}
	})
}

func TestWhatIsStaleOrSentTwiceDoesNothing(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		draft := w.planned("KG")
		delete(draft, "places")
		w.key = "k1"
		path := "/projects/" + w.done("officer", "POST", "/projects", draft).j["id"].(string)
		w.refused(409, "officer", "POST", "/projects", draft, "Idempotency-Key")
		w.done("program of desk", "POST", "/projects", draft) // another's
		w.key = "k2"
		draft["phase"] = "no such"
		w.refused(422, "officer", "POST", "/projects", draft)
		draft["phase"], draft["mandate"] = "crisis", "none"
		w.refused(422, "officer", "POST", "/projects", draft, "body.mandate")
		w.refused(422, "officer", "POST", "/projects", draft, "body.mandate") // it came to nothing: it may be sent again
		w.key = ""
		if n := len(w.done("desk", "GET", "/projects").j["projects"].([]any)); n != 2 {
			t.Errorf("%d projects", n)
		}
		draft["mandate"], draft["rev"], draft["title"] = "", w.rev(path), "By the first"
		w.done("officer", "PUT", path, draft)
		draft["title"], draft["summary"] = "By the second", "Other"
		w.refused(412, "desk", "PUT", path, draft, `"location":"body.title"`, `"value":"By the first"`, `"location":"body.summary"`, `"location":"body.rev"`)
		if got := w.ask("desk", "PUT", path, draft); strings.Contains(got.text, "body.places") || strings.Contains(got.text, "body.themes") {
			t.Error("it tells of what is the same:", got.text)
		}
		w.refused(412, "desk", "POST", path+"/moves", j{"move": "appraise", "rev": draft["rev"]}, "body.rev")
		draft["rev"] = w.rev(path)
		draft["owner"] = "somebody"
		w.refused(422, "officer", "PUT", path, draft, "unexpected property")
		delete(draft, "owner")
		draft["title"] = "a\x00b"
		w.refused(400, "officer", "PUT", path, draft)
		w.refused(422, "officer", "POST", path+"/moves", j{"move": "fly", "rev": draft["rev"]}, "body.move")
		w.refused(409, "desk", "POST", path+"/moves", w.move(path, "start"))
		if got := w.done("desk", "GET", path); got.j["title"] != "By the first" || got.j["stage"] != "idea" {
			t.Error(got.text)
		}
	})
}

func TestRefusalsAreReadInTheLanguageAskedFor(t *testing.T) {
	behind(t, func(t *testing.T, w world) {
		path := w.readied(w.planned("KG"), "gates", "answers")
		for _, tag := range []string{"de", "ru", "fr-CH, en;q=0.5"} {
			w.lang = tag
			got := w.ask("desk", "POST", path+"/moves", w.move(path, "approve"))
			if want, _, _ := strings.Cut(tag, "-"); got.code != 422 || got.head.Get("Content-Language") != want {
				t.Error(tag, got.code, got.head)
			}
			english := w
			english.lang = ""
			if same := english.ask("desk", "POST", path+"/moves", w.move(path, "approve")); same.text == got.text || strings.Contains(got.text, "⟦") {
				t.Error(tag, got.text)
			}
			needs := w.done("desk", "GET", path+"/needs")
			if list := needs.j["needs"].([]any); len(list) != 2 || !strings.Contains(got.text, list[0].(j)["says"].(string)) || needs.head.Get("Vary") == "" {
				t.Error(needs.text)
			}
		}
	})
}
