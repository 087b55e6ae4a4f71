package assistance_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// tree is an impact, an outcome and an output, with an indicator of the output.
type tree struct{ impact, outcome, output, indicator string }

func number(n int64) assistance.Value { return assistance.Value{Known: true, Figure: n * 100} }

// counted is an indicator in numbers.
func counted() assistance.IndicatorDraft {
	return assistance.IndicatorDraft{
		Text: "Trainers who teach the new curriculum", Unit: assistance.InNumber, Baseline: number(2), BaselineDay: day(-40), Target: number(22), TargetDay: day(150),
		Split: []string{"sex", "service", "state"}, Means: "Records of the academy",
	}
}

func grown(t testing.TB, a *assistance.Assistance, project string) (r tree) {
	t.Helper()
	add := func(d assistance.ResultDraft) string {
		id, err := a.AddResult(ctx, officer, project, d)
		if err != nil {
			t.Fatal(d.Kind, err)
		}
		return id
	}
	r.impact = add(assistance.ResultDraft{Kind: assistance.Impact, Text: "People trust the police", Assumptions: "The reform goes on."})
	r.outcome = add(assistance.ResultDraft{Kind: assistance.Outcome, Parent: r.impact, Text: "The academy trains on its own", Capacity: "training"})
	r.output = add(assistance.ResultDraft{Kind: assistance.Output, Parent: r.outcome, Text: "Twenty trainers", Capacity: "training"})
	id, err := a.AddIndicator(ctx, officer, project, r.output, counted())
	if err != nil {
		t.Fatal(err)
	}
	r.indicator = id
	return r
}

func framework(t testing.TB, a *assistance.Assistance, project string) assistance.Framework {
	t.Helper()
	f, err := a.Framework(ctx, project)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// measured is twelve trainers, broken down.
func measured(on int) assistance.Actual {
	return assistance.Actual{Day: day(on), Value: number(12), Evidence: "List of the academy", Parts: []assistance.Part{
		{Split: "sex", Name: "women", Figure: 500}, {Split: "sex", Name: "men", Figure: 700}, {Split: "service", Name: "Patrol police", Figure: 1200},
	}}
}

func TestAFrameworkGrows(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Idea, "KG")
		r := grown(t, a, project)
		t.Run("it is read as a tree, with its numbers", func(t *testing.T) {
			second, err := a.AddResult(ctx, officer, project, assistance.ResultDraft{Kind: assistance.Output, Parent: r.outcome, Text: "A curriculum", Capacity: "training"})
			if err != nil {
				t.Fatal(err)
			}
			f := framework(t, a, project)
			var told []string
			for _, one := range f.Results {
				told = append(told, fmt.Sprint(f.Number(one.ID), one.Kind, len(one.Indicators)))
			}
			if got := strings.Join(told, " "); got != "[1]impact0 [1 1]outcome0 [1 1 1]output1 [1 1 2]output0" {
				t.Error(got)
			}
			if got, _, _ := f.Indicator(r.indicator); store.JSON(got.IndicatorDraft) != store.JSON(counted()) {
				t.Error(store.JSON(got.IndicatorDraft))
			}
			if err := a.ShiftResult(ctx, officer, project, second, 1, true); err != nil {
				t.Fatal(err)
			}
			if f := framework(t, a, project); f.Results[2].ID != second {
				t.Error(f.Results)
			}
			if err := a.ShiftResult(ctx, officer, project, second, 1, true); !errors.Is(err, store.ErrUnchanged) && err != nil {
				t.Error(err)
			}
		})
		t.Run("what cannot stand there is said beside the field", func(t *testing.T) {
			for field, d := range map[string]assistance.ResultDraft{
				"text": {Kind: assistance.Impact}, "kind": {Kind: "wish", Text: "w"}, "capacity": {Kind: assistance.Outcome, Parent: r.impact, Text: "w"},
				"parent": {Kind: assistance.Output, Parent: r.impact, Text: "w", Capacity: "training"},
			} {
				var wrong assistance.Invalid
				if _, err := a.AddResult(ctx, officer, project, d); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			for field, change := range map[string]func(*assistance.IndicatorDraft){
				"text": func(d *assistance.IndicatorDraft) { d.Text = "" }, "unit": func(d *assistance.IndicatorDraft) { d.Unit = "miles" },
				"means": func(d *assistance.IndicatorDraft) { d.Means = " " }, "target": func(d *assistance.IndicatorDraft) { d.Target = assistance.Value{} },
				"baseline_day": func(d *assistance.IndicatorDraft) { d.BaselineDay = "" }, "baseline": func(d *assistance.IndicatorDraft) { d.Baseline = assistance.Value{Words: "few"} },
				"target_day": func(d *assistance.IndicatorDraft) { d.TargetDay = "2001-01-01" },
			} {
				d := counted()
				change(&d)
				var wrong assistance.Invalid
				if _, err := a.AddIndicator(ctx, officer, project, r.output, d); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			for unit, target := range map[assistance.Unit]assistance.Value{assistance.InPercent: number(101), assistance.InYesNo: number(2), assistance.InWords: number(1)} {
				d := counted()
				d.Unit, d.Target, d.Baseline, d.BaselineDay = unit, target, assistance.Value{}, ""
				var wrong assistance.Invalid
				if _, err := a.AddIndicator(ctx, officer, project, r.output, d); !errors.As(err, &wrong) || wrong["target"] == "" {
					t.Errorf("%s: %v", unit, err)
				}
			}
		})
		t.Run("of two who change one the second is told, and others may not", func(t *testing.T) {
			d := assistance.ResultDraft{Kind: assistance.Impact, Text: "People trust the police more", Assumptions: "The reform goes on."}
			if err := a.ChangeResult(ctx, officer, project, r.impact, 1, d); err != nil {
				t.Fatal(err)
			}
			var stale assistance.Stale
			if err := a.ChangeResult(ctx, officer, project, r.impact, 1, d); !errors.As(err, &stale) || stale.Rev != 2 {
				t.Error(err)
			}
			i := counted()
			i.Target = number(20)
			if err := a.ChangeIndicator(ctx, officer, project, r.indicator, 1, i); err != nil {
				t.Fatal(err)
			}
			if err := a.ChangeIndicator(ctx, officer, project, r.indicator, 1, i); !errors.As(err, &stale) {
				t.Error(err)
			}
			for _, who := range []access.Subject{officerAstana, focal, nobody, visitor} {
				_, err := a.AddResult(ctx, who, project, d)
				if !errors.Is(err, assistance.ErrForbidden) && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: %v", who.ID, err)
				}
			}
			if list, err := a.ResultChanges(ctx, project); err != nil || len(list) > 0 {
				t.Error("a draft keeps no history", list, err)
			}
		})
		t.Run("taken away, it takes those below it along", func(t *testing.T) {
			f := framework(t, a, project)
			outcome, _ := f.Result(r.outcome)
			if err := a.RemoveResult(ctx, officer, project, r.outcome, outcome.Rev); err != nil {
				t.Fatal(err)
			}
			if f := framework(t, a, project); len(f.Results) != 1 {
				t.Error(f.Results)
			}
		})
	})
}

func TestWhatWasMeasuredStays(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		idea, _ := started(t, a, assistance.Idea, "KG")
		before := grown(t, a, idea)
		project, _ := started(t, a, assistance.Active, "KG")
		r := grown(t, a, project)
		var not assistance.Impossible
		if err := a.Enter(ctx, officer, idea, before.indicator, 1, measured(-3)); !errors.As(err, &not) || not.Key != "result.impossible.enter" {
			t.Error(err)
		}
		t.Run("a figure with its parts is read as it was written", func(t *testing.T) {
			if err := a.Enter(ctx, officer, project, r.indicator, 1, measured(-3)); err != nil {
				t.Fatal(err)
			}
			i, _, _ := framework(t, a, project).Indicator(r.indicator)
			last, ok := i.Last()
			if share, known := i.Reached(); !ok || last.By != "officer" || !slices.Equal(last.Parts, []assistance.Part{
				{Split: "service", Name: "Patrol police", Figure: 1200}, {Split: "sex", Name: "women", Figure: 500}, {Split: "sex", Name: "men", Figure: 700},
			}) || share != .5 || !known || i.Met() {
				t.Errorf("%+v %v", last, share)
			}
		})
		t.Run("what does not add up, or was not measured, is refused", func(t *testing.T) {
			for field, change := range map[string]func(*assistance.Actual){
				"sex":     func(m *assistance.Actual) { m.Parts[0].Figure = 400 },
				"service": func(m *assistance.Actual) { m.Parts[2].Name = "a@b.example" },
				"state": func(m *assistance.Actual) {
					m.Parts = append(m.Parts, assistance.Part{Split: "state", Name: "XX", Figure: 1200})
				},
				"day":      func(m *assistance.Actual) { m.Day = day(1) },
				"evidence": func(m *assistance.Actual) { m.Evidence = " " },
				"value":    func(m *assistance.Actual) { m.Value = assistance.Value{Words: "many"} },
				"document": func(m *assistance.Actual) { m.Document = "nothing" },
			} {
				m := measured(-2)
				change(&m)
				var wrong assistance.Invalid
				if err := a.Enter(ctx, officer, project, r.indicator, 1, m); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			early := measured(-31)
			var wrong assistance.Invalid
			if err := a.Enter(ctx, officer, project, r.indicator, 1, early); !errors.As(err, &wrong) || wrong["day"] != "result.error.day.before" {
				t.Error(err)
			}
			if err := a.Enter(ctx, officerAstana, project, r.indicator, 1, measured(-2)); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			var stale assistance.Stale
			if err := a.Enter(ctx, officer, project, r.indicator, 7, measured(-2)); !errors.As(err, &stale) {
				t.Error(err)
			}
		})
		t.Run("corrected, the later one of a day counts and the former stays", func(t *testing.T) {
			m := measured(-3)
			m.Value, m.Parts = number(22), nil
			if err := a.Enter(ctx, desk, project, r.indicator, 1, m); err != nil {
				t.Fatal(err)
			}
			i, _, _ := framework(t, a, project).Indicator(r.indicator)
			if len(i.Actuals) != 1 || len(i.Former) != 1 || !i.Met() || i.Former[0].Value != number(12) {
				t.Errorf("%+v", i)
			}
		})
		t.Run("measured, it is retired and not removed, and its unit stays", func(t *testing.T) {
			f := framework(t, a, project)
			impact, _ := f.Result(r.impact)
			if err := a.RemoveResult(ctx, officer, project, r.impact, impact.Rev); !errors.As(err, &not) || not.Key != "result.impossible.measured" {
				t.Error(err)
			}
			if err := a.RemoveIndicator(ctx, officer, project, r.indicator, 1); !errors.As(err, &not) {
				t.Error(err)
			}
			d := counted()
			d.Unit = assistance.InPercent
			var wrong assistance.Invalid
			if err := a.ChangeIndicator(ctx, officer, project, r.indicator, 1, d); !errors.As(err, &wrong) || wrong["unit"] != "result.error.unit.measured" {
				t.Error(err)
			}
			if err := a.RetireResult(ctx, officer, project, r.outcome, 1, " "); !errors.As(err, &wrong) || wrong["words"] == "" {
				t.Error(err)
			}
			if err := a.RetireResult(ctx, officer, project, r.outcome, 1, "The academy asked for something else."); err != nil {
				t.Fatal(err)
			}
			f = framework(t, a, project)
			if output, _ := f.Result(r.output); output.Retired == "" {
				t.Error("what is below it still counts")
			}
			if err := a.Enter(ctx, officer, project, r.indicator, 1, measured(-1)); !errors.As(err, &not) || not.Key != "result.impossible.retired" {
				t.Error(err)
			}
			if err := a.RestoreResult(ctx, officer, project, r.output, 2); !errors.As(err, &not) || not.Key != "result.impossible.restore" {
				t.Error(err)
			}
			for _, id := range []string{r.outcome, r.output} {
				if err := a.RestoreResult(ctx, officer, project, id, 2); err != nil {
					t.Fatal(err)
				}
			}
		})
		t.Run("a target is not moved unseen once it was approved", func(t *testing.T) {
			d := counted()
			d.Target = number(12)
			if err := a.ChangeIndicator(ctx, officer, project, r.indicator, 1, d); err != nil {
				t.Fatal(err)
			}
			list, err := a.ResultChanges(ctx, project)
			if err != nil || len(list) != 1 || list[0].Indicator.Target != number(22) || list[0].By != "officer" {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("the ex post evaluation measures after the end, and nothing else is changed then", func(t *testing.T) {
			over(t, a, project)
			if err := a.Enter(ctx, officer, project, r.indicator, 2, measured(-1)); err != nil {
				t.Error(err)
			}
			if _, err := a.AddResult(ctx, officer, project, assistance.ResultDraft{Kind: assistance.Impact, Text: "w"}); !errors.As(err, &not) || not.Key != "result.impossible.closed" {
				t.Error(err)
			}
		})
	})
}

func TestNoStatementBreaksAFramework(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG")
		r := grown(t, a, project)
		if err := a.Enter(ctx, officer, project, r.indicator, 1, measured(-3)); err != nil {
			t.Fatal(err)
		}
		idea, _ := started(t, a, assistance.Idea, "KG")
		other := grown(t, a, idea)
		ids := map[string]string{"IMPACT": r.impact, "OUTCOME": r.outcome, "OUTPUT": r.output, "INDICATOR": r.indicator, "IDLE": other.indicator, "OTHER": other.output, "PROJECT": project}
		const under = "UPDATE result SET parent_kind = 'impact', parent_live = TRUE, parent = "
		const add = "INSERT INTO actual (indicator, n, project, project_stage, unit, day, value, words, evidence, document, by_whom, at) SELECT id, 9, project, "
		attack(t, a, ids, map[string][2]string{
			"hang an output under the impact":             {"OUTPUT", under + "(SELECT parent FROM result o WHERE o.id = result.parent) WHERE id = $1"},
			"say that the outcome is an impact":           {"OUTCOME", "UPDATE result SET kind = 'impact' WHERE id = $1"},
			"hang it nowhere":                             {"OUTPUT", "UPDATE result SET parent = NULL, parent_kind = NULL, parent_live = NULL WHERE id = $1"},
			"hang it under half a key":                    {"OUTPUT", "UPDATE result SET parent_kind = NULL WHERE id = $1"},
			"hang it under another project's":             {"OTHER", "UPDATE result SET parent = (SELECT o.id FROM result o WHERE o.kind = 'outcome' AND o.project <> result.project) WHERE id = $1"},
			"retire what has something live below it":     {"IMPACT", "UPDATE result SET retired = 'w', live = FALSE WHERE id = $1"},
			"retire it without a word":                    {"OUTPUT", "UPDATE result SET live = FALSE WHERE id = $1"},
			"remove one that was measured":                {"OUTPUT", "DELETE FROM result WHERE id = $1"},
			"remove an indicator that was measured":       {"INDICATOR", "DELETE FROM indicator WHERE id = $1"},
			"take the capacity away":                      {"OUTPUT", "UPDATE result SET capacity = '' WHERE id = $1"},
			"measure in another unit":                     {"INDICATOR", "UPDATE indicator SET unit = 'percent', split = '' WHERE id = $1"},
			"a target in words of a number":               {"IDLE", "UPDATE indicator SET target = NULL, target_words = 'many' WHERE id = $1"},
			"a share of two hundred per cent":             {"IDLE", "UPDATE indicator SET unit = 'percent', split = '', target = 20000 WHERE id = $1"},
			"break down a share":                          {"IDLE", "UPDATE indicator SET unit = 'percent' WHERE id = $1"},
			"a baseline without its day":                  {"IDLE", "UPDATE indicator SET baseline_day = '' WHERE id = $1"},
			"no means of verification":                    {"IDLE", "UPDATE indicator SET means = '' WHERE id = $1"},
			"measure before the project begins":           {"IDLE", add + "'idea', unit, '2026-01-01', 100, '', 'e', '', 'x', 1 FROM indicator WHERE id = $1"},
			"say that it has begun":                       {"IDLE", add + "'active', unit, '2026-01-01', 100, '', 'e', '', 'x', 1 FROM indicator WHERE id = $1"},
			"measure without evidence":                    {"INDICATOR", add + "'active', unit, '2026-01-01', 100, '', '', '', 'x', 1 FROM indicator WHERE id = $1"},
			"measure by nobody":                           {"INDICATOR", add + "'active', unit, '2026-01-01', 100, '', 'e', '', '', 1 FROM indicator WHERE id = $1"},
			"measure nothing":                             {"INDICATOR", add + "'active', unit, '2026-01-01', NULL, '', 'e', '', 'x', 1 FROM indicator WHERE id = $1"},
			"measure in the unit of another":              {"INDICATOR", add + "'active', 'percent', '2026-01-01', 100, '', 'e', '', 'x', 1 FROM indicator WHERE id = $1"},
			"change the sum beside its parts":             {"INDICATOR", "UPDATE actual SET value = 1300 WHERE indicator = $1"},
			"change a part":                               {"INDICATOR", "UPDATE actual_part SET figure = 600 WHERE indicator = $1 AND part = 'women'"},
			"change a part and its sum":                   {"INDICATOR", "UPDATE actual_part SET figure = 600, upto = 600 WHERE indicator = $1 AND part = 'women'"},
			"change the last part and its sum":            {"INDICATOR", "UPDATE actual_part SET figure = 800, upto = 1300 WHERE indicator = $1 AND part = 'men'"},
			"take a part away":                            {"INDICATOR", "DELETE FROM actual_part WHERE indicator = $1 AND part = 'men'"},
			"a part that begins anew":                     {"INDICATOR", "INSERT INTO actual_part (indicator, n, split, k, prior, part, before, figure, upto) VALUES ($1, 1, 'state', 2, NULL, 'KG', 0, 1200, 1200)"},
			"parts that are less than the sum":            {"INDICATOR", "INSERT INTO actual_split (indicator, n, split, parts, unit, value) VALUES ($1, 1, 'service', 1, 'number', 1100)"},
			"a sum of half the parts":                     {"INDICATOR", "UPDATE actual_split SET parts = 1 WHERE indicator = $1 AND split = 'sex'"},
			"parts of a sex that there is not":            {"INDICATOR", "INSERT INTO actual_part (indicator, n, split, k, prior, part, before, figure, upto) VALUES ($1, 1, 'sex', 3, 2, 'all', 1200, 0, 1200)"},
			"let a project go back from what it measured": {"PROJECT", "UPDATE project SET stage = 'approved' WHERE id = $1"},
		})
	})
}

func danger(t testing.TB, a *assistance.Assistance, project string) string {
	t.Helper()
	id, err := a.AddRisk(ctx, officer, project, assistance.RiskDraft{Text: "Trainers leave the academy", Likelihood: 3, Impact: 4, Measure: "Contracts of three years", Office: "spmu", Review: day(30)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func risk(t testing.TB, a *assistance.Assistance, project, id string) assistance.Risk {
	t.Helper()
	list, err := a.Risks(ctx, project)
	i := slices.IndexFunc(list, func(r assistance.Risk) bool { return r.ID == id })
	if err != nil || i < 0 {
		t.Fatal(list, err)
	}
	return list[i]
}

func TestRisksAreLookedAtAgain(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG")
		from := map[assistance.RiskMove][]assistance.RiskStage{
			assistance.ReviewRisk: {"open", "happened"}, assistance.Happen: {"open"}, assistance.CloseRisk: {"open", "happened"}, assistance.ReopenRisk: {"happened", "closed"},
		}
		ways := map[assistance.RiskStage][]assistance.RiskMove{"open": nil, "happened": {assistance.Happen}, "closed": {assistance.CloseRisk}}
		t.Run("each move goes from its stages, for those who write the project", func(t *testing.T) {
			for stage, way := range ways {
				for move, stages := range from {
					for who, may := range map[*access.Subject]bool{&desk: true, &officer: true, &officerAstana: false, &focal: false} {
						id := danger(t, a, project)
						for _, m := range way {
							if err := a.MoveRisk(ctx, officer, project, id, risk(t, a, project, id).Rev, m, "words", ""); err != nil {
								t.Fatal(m, err)
							}
						}
						r := risk(t, a, project, id)
						err := a.MoveRisk(ctx, *who, project, id, r.Rev, move, "words", day(60))
						var not assistance.Impossible
						switch possible := slices.Contains(stages, stage); {
						case !may && !errors.Is(err, assistance.ErrForbidden), may && possible && err != nil, may && !possible && !errors.As(err, &not):
							t.Errorf("%s %s by %s: %v", stage, move, who.ID, err)
						case slices.Contains(assistance.RiskMoves(*who, readProject(t, a, project), r), move) != (may && possible):
							t.Errorf("%s %s is offered to %s", stage, move, who.ID)
						}
					}
				}
			}
		})
		t.Run("a review needs words and a later day, and is kept", func(t *testing.T) {
			id := danger(t, a, project)
			var wrong assistance.Invalid
			if err := a.MoveRisk(ctx, officer, project, id, 1, assistance.ReviewRisk, " ", day(0)); !errors.As(err, &wrong) || wrong["words"] == "" || wrong["review"] == "" {
				t.Error(err)
			}
			if err := a.MoveRisk(ctx, officer, project, id, 1, assistance.ReviewRisk, "Two have left.", day(60)); err != nil {
				t.Fatal(err)
			}
			r := risk(t, a, project, id)
			var stale assistance.Stale
			if err := a.ChangeRisk(ctx, officer, project, id, 1, r.RiskDraft); !errors.As(err, &stale) || r.Review != day(60) || r.Overdue(time.Now()) {
				t.Error(err, r)
			}
			steps, err := a.RiskSteps(ctx, project)
			i := slices.IndexFunc(steps, func(s assistance.RiskStep) bool { return s.Risk == id })
			if err != nil || steps[i].Words != "Two have left." || steps[i].By != "officer" {
				t.Error(steps, err)
			}
			d := r.RiskDraft
			for field, change := range map[string]func(*assistance.RiskDraft){
				"text": func(d *assistance.RiskDraft) { d.Text = "" }, "likelihood": func(d *assistance.RiskDraft) { d.Likelihood = 6 }, "impact": func(d *assistance.RiskDraft) { d.Impact = 0 },
				"measure": func(d *assistance.RiskDraft) { d.Measure = "" }, "office": func(d *assistance.RiskDraft) { d.Office = "anna@police.example" }, "review": func(d *assistance.RiskDraft) { d.Review = day(-1) },
			} {
				d := d
				change(&d)
				if err := a.ChangeRisk(ctx, officer, project, id, r.Rev, d); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			d.Likelihood = 5
			if err := a.ChangeRisk(ctx, officer, project, id, r.Rev, d); err != nil || risk(t, a, project, id).Weight() != 20 {
				t.Error(err)
			}
		})
		t.Run("what is overdue waits on each desk, as long as the project is not over", func(t *testing.T) {
			later := time.Now().AddDate(0, 0, 40)
			for _, w := range []assistance.Watch{{Owner: "officer"}, {Body: "spmu"}, {State: "KG"}, {}} {
				if list := waiting(t, a, officer, w, assistance.ToReview, later); len(list) == 0 || list[0].Title == "" || list[0].Number == "" {
					t.Errorf("%v: %+v", w, list)
				}
			}
			for _, w := range []assistance.Watch{{Owner: "desk"}, {Body: "po-astana"}, {State: "TJ"}} {
				if list := waiting(t, a, officer, w, assistance.ToReview, later); len(list) > 0 {
					t.Error(w, list)
				}
			}
			if list := waiting(t, a, visitor, assistance.Watch{}, assistance.ToReview, later); len(list) > 0 {
				t.Error(list)
			}
			over(t, a, project)
			if list := waiting(t, a, officer, assistance.Watch{}, assistance.ToReview, later); len(list) > 0 {
				t.Error("of a project that is over", list)
			}
		})
	})
}

func TestWhatWasSaidIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG")
		d := assistance.StakeholderDraft{Name: "Council of residents", Kind: "civil-society", Interest: "Wants patrols on foot.", Influence: 2}
		council, err := a.AddStakeholder(ctx, officer, project, d)
		if err != nil {
			t.Fatal(err)
		}
		var wrong assistance.Invalid
		var not assistance.Impossible
		var stale assistance.Stale
		t.Run("a stakeholder is an office, once, and never an address", func(t *testing.T) {
			for field, change := range map[string]func(*assistance.StakeholderDraft){
				"name": func(d *assistance.StakeholderDraft) {}, "kind": func(d *assistance.StakeholderDraft) { d.Kind = "person" },
				"interest": func(d *assistance.StakeholderDraft) { d.Interest = "" }, "influence": func(d *assistance.StakeholderDraft) { d.Influence = 9 },
			} {
				d := d
				change(&d)
				if _, err := a.AddStakeholder(ctx, officer, project, d); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			d.Name = "anna@council.example"
			if err := a.ChangeStakeholder(ctx, officer, project, council, 1, d); !errors.As(err, &wrong) || wrong["name"] != "programme.error.body" {
				t.Error(err)
			}
			d.Name, d.Influence = "Residents' council", 3
			if err := a.ChangeStakeholder(ctx, officer, project, council, 1, d); err != nil {
				t.Fatal(err)
			}
			if err := a.ChangeStakeholder(ctx, officer, project, council, 1, d); !errors.As(err, &stale) {
				t.Error(err)
			}
			if _, err := a.AddStakeholder(ctx, focal, project, d); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
		})
		said := assistance.ConsultationDraft{Stakeholder: council, Day: day(-20), Said: "Patrols should know the street.", Follows: "Invite them to the course.", Due: day(-5)}
		talk, err := a.Consult(ctx, officer, project, said)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("what cannot have been said is refused", func(t *testing.T) {
			for field, change := range map[string]func(*assistance.ConsultationDraft){
				"stakeholder": func(d *assistance.ConsultationDraft) { d.Stakeholder = "nobody" }, "day": func(d *assistance.ConsultationDraft) { d.Day = day(1) },
				"said": func(d *assistance.ConsultationDraft) { d.Said = "" }, "due": func(d *assistance.ConsultationDraft) { d.Due = "" },
				"follows": func(d *assistance.ConsultationDraft) { d.Follows = "" },
			} {
				d := said
				change(&d)
				if err := a.ChangeConsultation(ctx, officer, project, talk, 1, d); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			if err := a.RemoveStakeholder(ctx, officer, project, council, 2); !errors.As(err, &not) || not.Key != "stakeholder.impossible.consulted" {
				t.Error(err)
			}
		})
		overdue := func(who access.Subject) int {
			list := waiting(t, a, who, assistance.Watch{Body: "spmu"}, assistance.ToFollowUp, time.Now())
			if len(list) > 0 && list[0].Number == "" {
				t.Errorf("%+v", list[0])
			}
			return len(list)
		}
		if overdue(officer) != 1 || overdue(visitor) != 0 {
			t.Error("what follows is overdue, for those who read it")
		}
		t.Run("what follows is done once, also after the end of the project", func(t *testing.T) {
			over(t, a, project)
			if err := a.FollowUp(ctx, officer, project, talk, 1, day(1), " "); !errors.As(err, &wrong) || wrong["done"] == "" || wrong["outcome"] == "" {
				t.Error(err)
			}
			if err := a.FollowUp(ctx, officerAstana, project, talk, 1, day(-1), "Two came."); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if err := a.FollowUp(ctx, officer, project, talk, 1, day(-1), "Two came."); err != nil {
				t.Fatal(err)
			}
			if err := a.FollowUp(ctx, officer, project, talk, 2, day(-1), "Again."); !errors.As(err, &not) || overdue(officer) != 0 {
				t.Error(err)
			}
			if err := a.ChangeConsultation(ctx, officer, project, talk, 2, said); !errors.As(err, &not) {
				t.Error(err)
			}
			if _, err := a.Consult(ctx, officer, project, said); !errors.As(err, &not) || not.Key != "result.impossible.closed" {
				t.Error(err)
			}
			list, _, err := a.Consultations(ctx, project, assistance.DuePlace{}, 5)
			if err != nil || len(list) != 1 || list[0].Outcome != "Two came." {
				t.Error(list, err)
			}
		})
		t.Run("no statement breaks risks, stakeholders and what was said", func(t *testing.T) {
			other, _ := started(t, a, assistance.Active, "KG")
			attack(t, a, map[string]string{"RISK": danger(t, a, other), "COUNCIL": council, "TALK": talk}, map[string][2]string{
				"close a risk without a step":        {"RISK", "UPDATE risk SET stage = 'closed' WHERE id = $1"},
				"close it by a step that is not":     {"RISK", "UPDATE risk SET stage = 'closed', moves = 2, step = id || ' 2 closed' WHERE id = $1"},
				"close it without words":             {"RISK", "INSERT INTO risk_step (risk, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, 2, 1, 'open', 'close', 'closed', '', 'x', 1, $1 || ' 2 closed')"},
				"open what is open":                  {"RISK", "INSERT INTO risk_step (risk, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, 2, 1, 'open', 'reopen', 'open', 'w', 'x', 1, $1 || ' 2 open')"},
				"a likelihood of six":                {"RISK", "UPDATE risk SET likelihood = 6 WHERE id = $1"},
				"nobody owns it":                     {"RISK", "UPDATE risk SET office = '' WHERE id = $1"},
				"never look at it again":             {"RISK", "UPDATE risk SET review = '' WHERE id = $1"},
				"say that its project is over":       {"RISK", "UPDATE risk SET project_stage = 'closed' WHERE id = $1"},
				"take the first step away":           {"RISK", "DELETE FROM risk_step WHERE risk = $1"},
				"write an address":                   {"COUNCIL", "UPDATE stakeholder SET name = 'anna@council.example' WHERE id = $1"},
				"take away whom one has heard":       {"COUNCIL", "DELETE FROM stakeholder WHERE id = $1"},
				"move a stakeholder elsewhere":       {"COUNCIL", "UPDATE stakeholder SET project = (SELECT MAX(id) FROM project) WHERE id = $1"},
				"do what does not follow":            {"TALK", "UPDATE consultation SET follows = '', due = '' WHERE id = $1"},
				"do it without an outcome":           {"TALK", "UPDATE consultation SET outcome = '' WHERE id = $1"},
				"do it before it was said":           {"TALK", "UPDATE consultation SET done = '2001-01-01' WHERE id = $1"},
				"let it follow by a day in the past": {"TALK", "UPDATE consultation SET due = '2001-01-01' WHERE id = $1"},
			})
		})
	})
}
