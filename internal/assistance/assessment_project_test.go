package assistance_test

import (
	"errors"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// recommends is the first recommendation of an assessment.
func recommends(t testing.TB, a *assistance.Assistance, x assistance.Assessment) string {
	t.Helper()
	list, err := a.Recommendations(ctx, officer, x)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list[0].ID
}

func TestARecommendationBecomesAProject(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		x, note := assessmentAt(t, a, assistance.AssessmentFielded), noted(t, a, "2199-01-01")
		if err := a.Cite(ctx, officer, x.ID, note, ""); err != nil {
			t.Fatal(err)
		}
		x = broughtTo(t, a, x.ID, "return", "send", "comment", "finalise")
		rec := recommends(t, a, x)
		s, err := a.Advised(ctx, officer, rec)
		if err != nil {
			t.Fatal(err)
		}
		notes, err := a.CitedNotes(ctx, all, x.ID)
		if err != nil || len(notes) != 1 {
			t.Fatal(notes, err)
		}
		d := s.Draft(notes)
		t.Run("its State, area, item and setting are filled in", func(t *testing.T) {
			if d.Title != "Train ten trainers" || d.Hosts[0] != "KG" || d.Themes[0] != areas[0] || d.Items[0] != "1049/19.1" || d.Tailoring != "A new law" || !strings.Contains(d.Summary, "None of three units") {
				t.Errorf("%+v", d)
			}
		})
		t.Run("it rests on the request of the assessment, and both show the other", func(t *testing.T) {
			id, err := a.DraftAdvised(ctx, officer, d, rec)
			if err != nil {
				t.Fatal(err)
			}
			if p := readProject(t, a, id); len(p.Gates) != 1 || p.Gates[0].Request != x.Request {
				t.Errorf("%+v", p.Gates)
			}
			made, err := a.Outcomes(ctx, officer.Scope(), x.ID)
			if err != nil || len(made[rec]) != 1 || made[rec][0].ID != id || made[rec][0].Hosts[0] != "KG" {
				t.Errorf("%+v %v", made, err)
			}
			by, err := a.AdvisedBy(ctx, officer.Scope(), id)
			if err != nil || len(by) != 1 || by[0].Recommendation.ID != rec || by[0].Assessment.Number != x.Number {
				t.Errorf("%+v %v", by, err)
			}
			if made, err := a.Outcomes(ctx, member.Scope(), x.ID); err != nil || len(made) != 0 {
				t.Errorf("a member sees the project: %v %v", made, err)
			}
			if by, err := a.AdvisedBy(ctx, member.Scope(), id); err != nil || len(by) != 0 {
				t.Errorf("a member sees the assessment: %v %v", by, err)
			}
		})
		t.Run("a request that is withdrawn carries no project, the recommendation still does", func(t *testing.T) {
			move(t, a, focal, x.Request, assistance.Withdraw)
			id, err := a.DraftAdvised(ctx, officer, d, rec)
			if err != nil || readProject(t, a, id).Gates[0].Request != "" {
				t.Error(err)
			}
		})
		t.Run("nothing is made of a draft, of nothing, or by somebody who plans nothing", func(t *testing.T) {
			draft := recommends(t, a, assessmentAt(t, a, assistance.AssessmentComments))
			for _, id := range []string{draft, "none"} {
				if _, err := a.Advised(ctx, officer, id); !errors.Is(err, store.ErrNotFound) {
					t.Error(id, err)
				}
				if _, err := a.DraftAdvised(ctx, officer, d, id); !errors.Is(err, store.ErrNotFound) {
					t.Error(id, err)
				}
			}
			for _, who := range []access.Subject{focal, expertKG, member, nobody} {
				if _, err := a.DraftAdvised(ctx, who, d, rec); !errors.Is(err, assistance.ErrForbidden) {
					t.Error(who.ID, err)
				}
			}
			if _, err := a.Advised(ctx, member, rec); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a member reads it: %v", err)
			}
		})
	})
}

func TestTheTablesHoldWhatIsMadeOfARecommendation(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		x, draft := assessmentAt(t, a, assistance.AssessmentFinal), assessmentAt(t, a, assistance.AssessmentComments)
		s, err := a.Advised(ctx, officer, recommends(t, a, x))
		if err != nil {
			t.Fatal(err)
		}
		id, err := a.DraftAdvised(ctx, officer, s.Draft(nil), s.Recommendation.ID)
		if err != nil {
			t.Fatal(err)
		}
		const row = "INSERT INTO advised_project (recommendation, assessment, assessment_stage, project, by_whom, at) "
		attack(t, a, map[string]string{"PROJECT": id, "DRAFT": draft.ID, "ADVICE": s.Recommendation.ID, "FINAL": x.ID}, map[string][2]string{
			"make a project of a draft":                          {"PROJECT", row + "SELECT r.id, x.id, 'final', $1, 'x', 1 FROM assessment x JOIN assessment_recommendation r ON r.assessment = x.id WHERE x.id = '" + draft.ID + "'"},
			"make it of a draft that is called one":              {"PROJECT", row + "SELECT r.id, x.id, x.stage, $1, 'x', 1 FROM assessment x JOIN assessment_recommendation r ON r.assessment = x.id WHERE x.id = '" + draft.ID + "'"},
			"make it of another assessment's recommendation":     {"DRAFT", row + "SELECT recommendation, $1, 'final', project, 'x', 1 FROM advised_project"},
			"say of nobody that she made it":                     {"PROJECT", "UPDATE advised_project SET by_whom = '' WHERE project = $1"},
			"make a project of it that is not there":             {"PROJECT", "UPDATE advised_project SET project = 'none' WHERE project = $1"},
			"take the recommendation from under the project":     {"ADVICE", "DELETE FROM assessment_recommendation WHERE id = $1"},
			"put the assessment back to where nothing was final": {"FINAL", "UPDATE assessment SET stage = 'comments', due = '2030-01-01', moves = 4, step = id || ' 4 comments' WHERE id = $1"},
		})
	})
}
