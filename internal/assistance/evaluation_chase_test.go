package assistance_test

import (
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

func TestWhatIsOverdueOfEvaluationsIsChased(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		o, now := atHome(t, a), time.Now()
		chase := func(now time.Time, want int) {
			t.Helper()
			if n, err := a.Remind(ctx, now); err != nil || n != want {
				t.Errorf("%d letters, not %d: %v", n, want, err)
			}
		}
		id, _ := started(t, a, assistance.Active, "KG")
		chase(now, 0)
		o.arrived() // what the project began with
		late := func(query string, args ...any) {
			t.Helper()
			_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				if _, err := tx.Exec(ctx, query, args...); err != nil {
					return store.Event{}, err
				}
				return store.Event{Act: "test.late"}, assistance.RestoreTasks(ctx, tx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		late("UPDATE project SET owner = $2 WHERE id = $1", id, o.who["officer"].ID)
		late("UPDATE evaluation SET due = '2020-01-01' WHERE project = $1 AND kind = 'interim'", id)
		t.Run("the desk and the owner get one letter on a day, which leads to it", func(t *testing.T) {
			chase(now, 3)
			chase(now, 0)
			plain := o.reach("an evaluation", "desk", "second", "officer")["officer"].Parts(t)["text/plain"]
			if !strings.Contains(plain, "/assistance/projects/"+id+"/evaluation/interim") || strings.Contains(plain, "Fits the reform") {
				t.Error(plain)
			}
		})
		t.Run("who has taken an action on herself is told instead of the owner", func(t *testing.T) {
			evaluationAt(t, a, id, assistance.EvaluationInterim, assistance.EvaluationBegun)
			advice := recommend(t, a, id, assistance.EvaluationInterim)
			moveEvaluation(t, a, id, assistance.EvaluationInterim, assistance.FinishEvaluation)
			if err := a.Respond(ctx, desk, advice, 1, assistance.RecommendationAccepted, "Yes."); err != nil {
				t.Fatal(err)
			}
			if _, err := a.PlanAction(ctx, desk, advice, assistance.ActionDraft{Task: "Plan it", Office: "spmu", Person: o.who["expert"].ID, Due: "2020-01-01"}); err != nil {
				t.Fatal(err)
			}
			chase(now.AddDate(0, 0, 1), 3)
			o.reach("an action", "desk", "second", "expert")
		})
		t.Run("of requests and of evaluations there is one letter, not two", func(t *testing.T) {
			request := o.submitted()
			o.arrived()
			late("UPDATE request SET due = '2020-01-01' WHERE id = $1", request)
			late("UPDATE evaluation SET due = '2020-01-01' WHERE project = $1 AND kind = 'final'", id)
			chase(now.AddDate(0, 0, 2), 4)
			letters := o.reach("all that is overdue", "desk", "second", "officer", "expert")
			plain := letters["desk"].Parts(t)["text/plain"]
			for _, path := range []string{"/assistance/requests/" + request, "/assistance/projects/" + id + "/evaluation/final", "/en/desk"} {
				if !strings.Contains(plain, path) {
					t.Errorf("%s is not in it: %s", path, plain)
				}
			}
			if plain := letters["officer"].Parts(t)["text/plain"]; strings.Contains(plain, request) || !strings.Contains(plain, "/evaluation/final") {
				t.Error(plain)
			}
		})
		t.Run("a decision whose day is over is told to the desk and the owner", func(t *testing.T) {
			other, consents := started(t, a, assistance.Active, "TJ")
			late("UPDATE project SET owner = $2 WHERE id = $1", other, o.who["admin"].ID)
			if err := a.CloseArea(ctx, focalTJ, consents["TJ"], readConsent(t, a, consents["TJ"]).Rev, area, "Why"); err != nil {
				t.Fatal(err)
			}
			late("UPDATE gate SET decide_by = '2020-01-01' WHERE project = $1", other)
			o.arrived()
			if n, err := a.Remind(ctx, now.AddDate(0, 0, 3)); err != nil || n != 5 {
				t.Errorf("%d letters: %v", n, err)
			}
			plain := o.reach("a decision", "desk", "second", "officer", "expert", "admin")["admin"].Parts(t)["text/plain"]
			if !strings.Contains(plain, "/assistance/projects/"+other+"/gates") || strings.Contains(plain, "Why") {
				t.Error(plain)
			}
		})
	})
}
