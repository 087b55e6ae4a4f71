package assistance_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

func TestFindings(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		x := assessmentAt(t, a, assistance.AssessmentFielded)
		t.Run("a finding says how it is, how one knows and since when", func(t *testing.T) {
			for field, change := range map[string]func(*assistance.FindingDraft){
				"title": func(d *assistance.FindingDraft) { d.Title = " " }, "baseline": func(d *assistance.FindingDraft) { d.Baseline = "" },
				"evidence": func(d *assistance.FindingDraft) { d.Evidence = "" }, "dated": func(d *assistance.FindingDraft) { d.Dated = "2199" },
				"priority": func(d *assistance.FindingDraft) { d.Priority = "urgent" }, "theme": func(d *assistance.FindingDraft) { d.Theme = areas[2] },
				"item": func(d *assistance.FindingDraft) { d.Item = "1049/99" }, "document": func(d *assistance.FindingDraft) { d.Document = strings.Repeat("я", 201) },
			} {
				d := observedFinding()
				change(&d)
				var wrong assistance.Invalid
				if _, err := a.PutFinding(ctx, officer, x.ID, "", 0, d); !errors.As(err, &wrong) || len(wrong) != 1 || !lang.Has(wrong[field]) {
					t.Errorf("%s: %v", field, err)
				}
			}
		})
		f, r := assessmentFound(t, a, x.ID)
		t.Run("of two who write one the second is told", func(t *testing.T) {
			d := observedFinding()
			d.Priority = "low"
			if _, err := a.PutFinding(ctx, desk, x.ID, f, 1, d); err != nil {
				t.Fatal(err)
			}
			var stale assistance.Stale
			if _, err := a.PutFinding(ctx, officer, x.ID, f, 1, observedFinding()); !errors.As(err, &stale) || stale.Rev != 2 {
				t.Error(err)
			}
			if _, err := a.PutRecommendation(ctx, officer, x.ID, f, r, 7, assistance.RecommendationDraft{Words: "w", Addressee: "a", Priority: "low"}); !errors.As(err, &stale) {
				t.Error(err)
			}
			if got := findingsOf(t, a, x); len(got) != 1 || got[0].FindingDraft != d || got[0].N != 1 {
				t.Error(got)
			}
		})
		t.Run("one that something is recommended upon stays; else it can be dropped", func(t *testing.T) {
			var not assistance.Impossible
			if err := a.DropFinding(ctx, desk, x.ID, f, 2); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
			if err := errors.Join(a.DropRecommendation(ctx, desk, x.ID, f, r, 1), a.DropFinding(ctx, desk, x.ID, f, 2)); err != nil {
				t.Error(err)
			}
			x = broughtTo(t, a, x.ID, "return")
			if err := a.MoveAssessment(ctx, desk, x.ID, x.Rev, "send", ""); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error("nothing was found", err)
			}
		})
		t.Run("none is written before the visit or behind it, nor by others", func(t *testing.T) {
			for _, s := range assistance.AssessmentStages {
				x := assessmentAt(t, a, s)
				var not assistance.Impossible
				_, err := a.PutFinding(ctx, desk, x.ID, "", 0, observedFinding())
				if s.Written() != (err == nil) || err != nil && (!errors.As(err, &not) || !lang.Has(not.Key)) {
					t.Error(s, err)
				}
				for _, who := range []access.Subject{focal, envoy, focalTJ, expertKG} {
					if _, err := a.PutFinding(ctx, who, x.ID, "", 0, observedFinding()); !errors.Is(err, assistance.ErrForbidden) {
						t.Error(who.ID, err)
					}
				}
			}
		})
	})
}

func TestAssessmentLists(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := map[assistance.AssessmentStage]string{}
		want := []string{}
		for _, s := range assistance.AssessmentStages {
			id[s] = assessmentAt(t, a, s).ID
			want = append([]string{id[s]}, want...)
		}
		read := func(who access.Subject, f assistance.AssessmentFilter) (ids []string) {
			for after := (assistance.Place{}); ; {
				list, more, err := a.Assessments(ctx, who.Scope(), f, after, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range list {
					ids = append(ids, x.ID)
				}
				if after = more; more == (assistance.Place{}) {
					break
				}
			}
			if n, err := a.CountAssessments(ctx, who.Scope(), f); err != nil || n != len(ids) {
				t.Errorf("%+v: %d counted, %d listed: %v", f, n, len(ids), err)
			}
			return ids
		}
		for name, c := range map[string]struct {
			who  access.Subject
			f    assistance.AssessmentFilter
			want []string
		}{
			"the newest first": {desk, assistance.AssessmentFilter{}, want}, "of a State": {focalTJ, assistance.AssessmentFilter{State: "KG"}, want},
			"of another": {desk, assistance.AssessmentFilter{State: "TJ"}, nil}, "by a stage": {desk, assistance.AssessmentFilter{Stages: []assistance.AssessmentStage{"final"}}, []string{id["final"]}},
			"of a theme": {desk, assistance.AssessmentFilter{Theme: areas[0]}, want}, "of one that it is not about": {desk, assistance.AssessmentFilter{Theme: "trafficking"}, nil},
			"of a request": {desk, assistance.AssessmentFilter{Request: readAssessment(t, a, id["draft"]).Request}, []string{id["draft"]}},
			"by a member":  {member, assistance.AssessmentFilter{}, nil}, "by a visitor": {visitor, assistance.AssessmentFilter{}, nil}, "by nobody": {nobody, assistance.AssessmentFilter{}, nil},
		} {
			if got := read(c.who, c.f); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v", name, got)
			}
		}
		t.Run("each has its number and its history", func(t *testing.T) {
			x := readAssessment(t, a, id["final"])
			steps, err := a.AssessmentSteps(ctx, x.ID)
			var told []string
			for _, s := range steps {
				told = append(told, fmt.Sprintf("%s→%s %s", s.Move, s.Stage, s.By))
			}
			if err != nil || x.Number == "" || strings.Join(told, "|") != "plan→planned officer|field→fielded officer|return→draft officer|send→comments officer|comment→comments envoy|finalise→final officer" {
				t.Error(err, told)
			}
		})
	})
}
