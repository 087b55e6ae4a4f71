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
			if n, err := a.ChaseEvaluations(ctx, now); err != nil || n != want {
				t.Errorf("%d letters, not %d: %v", n, want, err)
			}
		}
		id, _ := started(t, a, assistance.Active, "KG")
		chase(now, 0)
		o.arrived() // what the project began with
		late := func(query string, args ...any) {
			t.Helper()
			_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, query, args...)
				return store.Event{Act: "test.late"}, err
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
	})
}
