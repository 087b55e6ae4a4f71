package assistance_test

import (
	"errors"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

func TestARecommendationIsAnsweredAndActedOn(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		const end = assistance.EvaluationAtEnd
		id, _ := started(t, a, assistance.Active, "KG")
		impossible := func(t *testing.T, err error, key string) {
			t.Helper()
			var not assistance.Impossible
			if !errors.As(err, &not) || not.Key != key || !lang.Has(key) {
				t.Errorf("%v, not %s", err, key)
			}
		}
		d := assistance.AdviceDraft{Wish: "Hold it every year.", Addressee: "spmu", Priority: "high"}
		t.Run("recommended is what an evaluation writes that has begun", func(t *testing.T) {
			_, err := a.Recommend(ctx, officer, id, end, d)
			impossible(t, err, "evaluation.impossible.due")
			evaluationAt(t, a, id, end, assistance.EvaluationBegun)
			var wrong assistance.Invalid
			if _, err := a.Recommend(ctx, officer, id, end, assistance.AdviceDraft{Priority: "urgent"}); !errors.As(err, &wrong) || len(wrong) != 3 {
				t.Error(err)
			}
			if _, err := a.Recommend(ctx, focal, id, end, d); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("taken out of the middle or the end, the others stay", func(t *testing.T) {
			ids := []string{recommend(t, a, id, end), recommend(t, a, id, end), recommend(t, a, id, end), recommend(t, a, id, end)}
			for _, gone := range []int{1, 3, 0} {
				if err := a.DropAdvice(ctx, officer, ids[gone], 1); err != nil {
					t.Fatal(gone, err)
				}
			}
			last := recommend(t, a, id, end)
			list := recommended(t, a, id, end)
			if len(list) != 2 || list[0].ID != ids[2] || list[1].ID != last {
				t.Errorf("%+v", list)
			}
			if err := a.ReviseAdvice(ctx, officer, last, 1, assistance.AdviceDraft{Wish: "Hold it twice.", Addressee: "Academy", Priority: "low"}); err != nil {
				t.Fatal(err)
			}
			var stale assistance.Stale
			if err := a.ReviseAdvice(ctx, officer, last, 1, d); !errors.As(err, &stale) {
				t.Error(err)
			}
		})
		list := recommended(t, a, id, end)
		first, other := list[0], list[1]
		t.Run("answered is what is final, and with words", func(t *testing.T) {
			impossible(t, a.Respond(ctx, officer, first.ID, first.Rev, assistance.RecommendationAccepted, "Yes."), "evaluation.impossible.early")
			moveEvaluation(t, a, id, end, assistance.FinishEvaluation)
			impossible(t, a.ReviseAdvice(ctx, officer, first.ID, first.Rev, d), "evaluation.impossible.final")
			impossible(t, a.DropAdvice(ctx, officer, first.ID, first.Rev), "evaluation.impossible.final")
			_, err := a.PlanAction(ctx, officer, first.ID, assistance.ActionDraft{Task: "t", Office: "o", Due: day(3)})
			impossible(t, err, "evaluation.impossible.unanswered")
			var wrong assistance.Invalid
			if err := a.Respond(ctx, officer, first.ID, first.Rev, "perhaps", ""); !errors.As(err, &wrong) || len(wrong) != 2 {
				t.Error(err)
			}
			for who, want := range map[string]error{"focal": assistance.ErrForbidden, "officer": nil} {
				err := a.Respond(ctx, map[string]access.Subject{"focal": focal, "officer": officer}[who], first.ID, first.Rev, assistance.RecommendationPartly, "Every second year.")
				if !errors.Is(err, want) {
					t.Error(who, err)
				}
			}
			if err := a.Respond(ctx, desk, other.ID, other.Rev, assistance.RecommendationRejected, "No."); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("what was accepted is acted on, by an office and until a day", func(t *testing.T) {
			_, err := a.PlanAction(ctx, officer, other.ID, assistance.ActionDraft{Task: "t", Office: "o", Due: day(3)})
			impossible(t, err, "evaluation.impossible.rejected")
			var wrong assistance.Invalid
			if _, err := a.PlanAction(ctx, officer, first.ID, assistance.ActionDraft{Due: "soon"}); !errors.As(err, &wrong) || len(wrong) != 3 {
				t.Error(err)
			}
			action, err := a.PlanAction(ctx, officer, first.ID, assistance.ActionDraft{Task: "Plan it", Office: "spmu", Person: "expert-kg", Due: day(3)})
			if err != nil {
				t.Fatal(err)
			}
			r := recommended(t, a, id, end)[0]
			impossible(t, a.Respond(ctx, officer, r.ID, r.Rev, assistance.RecommendationRejected, "After all not."), "evaluation.impossible.acting")
			if err := a.Respond(ctx, officer, r.ID, r.Rev, assistance.RecommendationAccepted, "In full."); err != nil {
				t.Error("the actions do not follow:", err)
			}
			for days, overdue := range map[int]bool{3: false, 4: true} {
				now := time.Now().AddDate(0, 0, days)
				list := waiting(t, a, expertKG, assistance.Watch{Owner: "expert-kg"}, assistance.ToAct, now)
				if (len(list) == 1) != overdue || recommended(t, a, id, end)[0].Actions[0].Overdue(now) != overdue {
					t.Error(days, list)
				}
			}
			if err := a.FinishAction(ctx, expertKG, action, 1, day(1), "Done."); !errors.As(err, &wrong) || wrong["done"] == "" {
				t.Error("a day that is still to come:", err)
			}
			if err := a.FinishAction(ctx, focal, action, 1, "", "Done."); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if err := a.FinishAction(ctx, expertKG, action, 1, "", "Planned for May."); err != nil {
				t.Error("who took it on herself cannot finish it:", err)
			}
			impossible(t, a.FinishAction(ctx, officer, action, 2, "", "Again."), "evaluation.impossible.done")
		})
	})
}

func TestWhatIsOverdueIsListed(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		const interim = assistance.EvaluationInterim
		id, _ := started(t, a, assistance.Active, "KG")
		evaluationAt(t, a, id, interim, assistance.EvaluationBegun)
		for range 3 {
			recommend(t, a, id, interim)
		}
		moveEvaluation(t, a, id, interim, assistance.FinishEvaluation)
		now := time.Now()
		for days, overdue := range map[int]int{28: 0, 29: 1} { // the three stand on one page
			for _, w := range []assistance.Watch{{}, {Owner: "officer"}, {Body: "spmu"}, {State: "KG"}} {
				if list := waiting(t, a, desk, w, assistance.ToRespond, now.AddDate(0, 0, days)); len(list) != overdue {
					t.Error(days, w, list)
				}
			}
			if list := waiting(t, a, desk, assistance.Watch{State: "TJ"}, assistance.ToRespond, now.AddDate(0, 0, days)); len(list) > 0 {
				t.Error(list)
			}
		}
	})
}

func TestAttacksOnEvaluations(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		const interim, end = assistance.EvaluationInterim, assistance.EvaluationAtEnd
		active, _ := started(t, a, assistance.Active, "KG")
		evaluationAt(t, a, active, interim, assistance.EvaluationBegun)
		recommend(t, a, active, interim)
		recommend(t, a, active, interim)
		final, _ := started(t, a, assistance.Active, "KG")
		evaluationAt(t, a, final, interim, assistance.EvaluationBegun)
		advice := recommend(t, a, final, interim)
		recommend(t, a, final, interim)
		moveEvaluation(t, a, final, interim, assistance.FinishEvaluation)
		closed, _ := started(t, a, assistance.Closed, "KG")
		evaluationAt(t, a, closed, end, assistance.EvaluationBegun)
		recommend(t, a, closed, end)
		moveEvaluation(t, a, closed, end, assistance.FinishEvaluation)
		idea, _ := started(t, a, assistance.Idea, "KG")
		id := map[string]string{
			"ACTIVE": active, "CLOSED": closed, "IDEA": idea, "FINAL": final, "ADVICE": advice,
			"BEGUN": readEvaluation(t, a, active, interim).ID, "DUE": readEvaluation(t, a, active, end).ID, "DONE": readEvaluation(t, a, final, interim).ID,
		}
		const step = "INSERT INTO evaluation_step (evaluation, n, prior, was, move, stage, words, due, by_whom, at, mark) VALUES ($1, "
		for name, c := range map[string]struct{ of, query string }{
			"close a project whose interim evaluation is open":   {"ACTIVE", "UPDATE project SET stage = 'closed' WHERE id = $1"},
			"approve without evaluations":                        {"IDEA", "UPDATE project SET interim_mark = NULL, stage = 'approved' WHERE id = $1"},
			"take an evaluation from a project that runs":        {"ACTIVE", "UPDATE project SET interim_mark = NULL WHERE id = $1"},
			"rest on the wrong one of them":                      {"ACTIVE", "UPDATE project SET interim_mark = final_mark WHERE id = $1"},
			"rest on one that is not there":                      {"ACTIVE", "UPDATE project SET interim_mark = id || ' interim final' WHERE id = $1"},
			"delete an evaluation":                               {"DUE", "DELETE FROM evaluation WHERE id = $1"},
			"final without a step":                               {"BEGUN", "UPDATE evaluation SET stage = 'final', answer_by = '2031-01-01', mark = project || ' interim final' WHERE id = $1"},
			"waived without a step":                              {"DUE", "UPDATE evaluation SET stage = 'waived', mark = project || ' final waived' WHERE id = $1"},
			"waived without a reason":                            {"DUE", step + "2, 1, 'due', 'waive', 'waived', '', '', 'x', 1, $1 || ' 2 waived')"},
			"final at once":                                      {"DUE", step + "2, 1, 'due', 'finish', 'final', '', '', 'x', 1, $1 || ' 2 final')"},
			"a step by nobody":                                   {"DUE", step + "2, 1, 'due', 'begin', 'begun', '', '', '', 1, $1 || ' 2 begun')"},
			"put off without the day until then":                 {"DUE", step + "2, 1, 'due', 'postpone', 'due', 'w', '', 'x', 1, $1 || ' 2 due')"},
			"back from what is final":                            {"DONE", "UPDATE evaluation SET stage = 'begun', answer_by = '', mark = project || ' interim begun' WHERE id = $1"},
			"take a step away":                                   {"DONE", "DELETE FROM evaluation_step WHERE evaluation = $1 AND n = 2"},
			"a mark that says more than there is":                {"DUE", "UPDATE evaluation SET mark = project || ' final final' WHERE id = $1"},
			"empty a criterion of what is final":                 {"DONE", "UPDATE evaluation_criterion SET finding = '', mark = evaluation || ' relevance part' WHERE evaluation = $1 AND criterion = 'relevance'"},
			"a mark that says it is whole":                       {"DONE", "UPDATE evaluation_criterion SET finding = '' WHERE evaluation = $1 AND criterion = 'relevance'"},
			"a rating and a reason why there is none":            {"DONE", "UPDATE evaluation_criterion SET why_not = 'x' WHERE evaluation = $1 AND criterion = 'relevance'"},
			"a rating that there is not":                         {"DONE", "UPDATE evaluation_criterion SET rating = 5 WHERE evaluation = $1 AND criterion = 'relevance'"},
			"a criterion that there is not":                      {"DONE", "INSERT INTO evaluation_criterion (evaluation, criterion, question, evidence, finding, rating, why_not, mark) VALUES ($1, 'beauty', '', '', '', 0, '', $1 || ' beauty part')"},
			"delete a criterion":                                 {"DONE", "DELETE FROM evaluation_criterion WHERE evaluation = $1 AND criterion = 'impact'"},
			"final without independence":                         {"DONE", "UPDATE evaluation SET independence = '' WHERE id = $1"},
			"final without a principle":                          {"DONE", "UPDATE evaluation SET gender = '' WHERE id = $1"},
			"final without the day of its answers":               {"DONE", "UPDATE evaluation SET answer_by = '' WHERE id = $1"},
			"evaluated while a recommendation has no answer":     {"CLOSED", "UPDATE project SET stage = 'evaluated' WHERE id = $1"},
			"say of it that it is ex post":                       {"CLOSED", "UPDATE recommendation SET kind = 'expost' WHERE project = $1"},
			"say of it that its project is still closed":         {"CLOSED", "UPDATE recommendation SET project_stage = 'evaluated' WHERE project = $1"},
			"take a recommendation away from the end":            {"CLOSED", "DELETE FROM recommendation WHERE project = $1"},
			"and from the beginning":                             {"ADVICE", "DELETE FROM recommendation WHERE id = $1"},
			"let all of them go":                                 {"DONE", "DELETE FROM recommendation WHERE evaluation = $1"},
			"an answer before it is final":                       {"BEGUN", "UPDATE recommendation SET response = 'accepted', words = 'w', responded = 1, by_whom = 'x' WHERE evaluation = $1"},
			"an answer without words":                            {"ADVICE", "UPDATE recommendation SET response = 'accepted', responded = 1, by_whom = 'x' WHERE id = $1"},
			"an answer by nobody":                                {"ADVICE", "UPDATE recommendation SET response = 'accepted', words = 'w', responded = 1 WHERE id = $1"},
			"another day for its answer than its evaluation has": {"ADVICE", "UPDATE recommendation SET answer_by = '2099-01-01' WHERE id = $1"},
			"an action without an answer":                        {"ADVICE", "INSERT INTO recommendation_action (id, recommendation, response, task, office, person, due, done, how, rev, created, updated) VALUES ('a', $1, 'accepted', 't', 'o', '', '2030-01-01', '', '', 1, 1, 1)"},
		} {
			_, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				n, err := tx.Exec(ctx, c.query, id[c.of])
				if err == nil && n == 0 {
					t.Errorf("%s: the statement touched nothing: the test has gone blind", name)
				}
				return store.Event{Act: "test.attack"}, err
			})
			if !store.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
