package assistance_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// waive lets an evaluation go that is still open.
func waive(t testing.TB, a *assistance.Assistance, project string, kind assistance.EvaluationKind) {
	t.Helper()
	if readEvaluation(t, a, project, kind).Stage.Open() {
		moveEvaluation(t, a, project, kind, assistance.WaiveEvaluation)
	}
}

func readEvaluation(t testing.TB, a *assistance.Assistance, project string, kind assistance.EvaluationKind) assistance.Evaluation {
	t.Helper()
	e, err := a.Evaluation(ctx, all, project, kind)
	if err != nil {
		t.Fatal(kind, err)
	}
	return e
}

func moveEvaluation(t testing.TB, a *assistance.Assistance, project string, kind assistance.EvaluationKind, m assistance.EvaluationMove) {
	t.Helper()
	e := readEvaluation(t, a, project, kind)
	if err := a.MoveEvaluation(ctx, desk, project, kind, e.Rev, m, "words", later(e.Due)); err != nil {
		t.Fatal(m, kind, err)
	}
}

// later is a day after another.
func later(day string) string {
	t, _ := time.Parse(time.DateOnly, day)
	return t.AddDate(0, 1, 0).Format(time.DateOnly)
}

// evaluated is an evaluation with everything that it takes to be final.
func evaluatedDraft() assistance.EvaluationDraft {
	d := assistance.EvaluationDraft{
		Lang: "de", Evaluator: "Institut für Polizeiforschung", Independence: "Das Institut war an der Planung nicht beteiligt.", Summary: "Der Kurs wirkt.",
		Criteria: map[string]assistance.Criterion{}, Answers: answered, NotArising: []string{"minorities"},
	}
	for i, name := range assistance.Criteria {
		d.Criteria[name] = assistance.Criterion{Question: "Frage", Evidence: "Beleg", Finding: "Befund", Rating: int64(i%4 + 1)}
	}
	d.Criteria["impact"] = assistance.Criterion{WhyNot: "Dafür ist es zu früh."}
	return d
}

func writeEvaluation(t testing.TB, a *assistance.Assistance, project string, kind assistance.EvaluationKind) {
	t.Helper()
	if err := a.WriteEvaluation(ctx, officer, project, kind, readEvaluation(t, a, project, kind).Rev, evaluatedDraft()); err != nil {
		t.Fatal(err)
	}
}

// evaluationAt brings an evaluation of a project that runs to the stage.
func evaluationAt(t testing.TB, a *assistance.Assistance, project string, kind assistance.EvaluationKind, to assistance.EvaluationStage) {
	t.Helper()
	switch to {
	case assistance.EvaluationBegun:
		moveEvaluation(t, a, project, kind, assistance.BeginEvaluation)
		writeEvaluation(t, a, project, kind)
	case assistance.EvaluationFinal:
		evaluationAt(t, a, project, kind, assistance.EvaluationBegun)
		moveEvaluation(t, a, project, kind, assistance.FinishEvaluation)
	case assistance.EvaluationWaived:
		moveEvaluation(t, a, project, kind, assistance.WaiveEvaluation)
	}
}

func recommend(t testing.TB, a *assistance.Assistance, project string, kind assistance.EvaluationKind) string {
	t.Helper()
	id, err := a.Recommend(ctx, officer, project, kind, assistance.AdviceDraft{Wish: "Hold it every year.", Addressee: "spmu", Priority: "high"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func recommended(t testing.TB, a *assistance.Assistance, project string, kind assistance.EvaluationKind) []assistance.Recommendation {
	t.Helper()
	list, err := a.RecommendationsOf(ctx, all, readEvaluation(t, a, project, kind).ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAnEvaluationGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Active, "KG")
		p := readProject(t, a, id)
		const end = assistance.EvaluationAtEnd
		t.Run("an approved project has its three evaluations, each with its day", func(t *testing.T) {
			for kind, due := range map[assistance.EvaluationKind]string{assistance.EvaluationInterim: p.InterimDue, end: p.FinalDue, assistance.EvaluationExPost: p.ExPostDue} {
				if e := readEvaluation(t, a, id, kind); e.Due != due || e.Stage != assistance.EvaluationDue || e.Number != p.Number || e.Level != access.Official {
					t.Errorf("%+v", e)
				}
			}
		})
		t.Run("put off, it keeps the day until then and the reason", func(t *testing.T) {
			moveEvaluation(t, a, id, end, assistance.PostponeEvaluation)
			e := readEvaluation(t, a, id, end)
			steps, err := a.EvaluationSteps(ctx, e.ID)
			if err != nil || e.Due != later(p.FinalDue) || readProject(t, a, id).FinalDue != e.Due || steps[1].Due != p.FinalDue || steps[1].Words != "words" {
				t.Errorf("%+v %+v %v", e, steps, err)
			}
		})
		t.Run("what it lacks to be final is said field by field", func(t *testing.T) {
			moveEvaluation(t, a, id, end, assistance.BeginEvaluation)
			e := readEvaluation(t, a, id, end)
			var wrong assistance.Invalid
			if err := a.MoveEvaluation(ctx, officer, id, end, e.Rev, assistance.FinishEvaluation, "", ""); !errors.As(err, &wrong) || len(wrong) != 3+6+6 || wrong["why-impact"] == "" {
				t.Errorf("%v", err)
			}
			for _, key := range wrong {
				if !lang.Has(key) {
					t.Error("no sentence says", key)
				}
			}
		})
		t.Run("half written it is kept, and what contradicts itself is not", func(t *testing.T) {
			d := evaluatedDraft()
			d.Summary, d.Criteria = "", map[string]assistance.Criterion{"relevance": {Rating: 2, Question: "Frage"}}
			if err := a.WriteEvaluation(ctx, officer, id, end, readEvaluation(t, a, id, end).Rev, d); err != nil {
				t.Fatal(err)
			}
			d.Criteria["impact"] = assistance.Criterion{Rating: 3, WhyNot: "zu früh"}
			d.Criteria["coherence"] = assistance.Criterion{Rating: 5}
			d.NotArising = append(d.NotArising, "gender", "nonsense")
			d.Answers = map[string]string{}
			var wrong assistance.Invalid
			err := a.WriteEvaluation(ctx, officer, id, end, readEvaluation(t, a, id, end).Rev, d)
			if !errors.As(err, &wrong) || wrong["why-impact"] == "" || wrong["rating-coherence"] == "" || wrong["not-arising"] == "" || wrong["answer-gender"] == "" {
				t.Errorf("%v", err)
			}
		})
		t.Run("what was written is what is read", func(t *testing.T) {
			writeEvaluation(t, a, id, end)
			if got := store.JSON(readEvaluation(t, a, id, end).Draft()); got != store.JSON(evaluatedDraft()) {
				t.Error(got)
			}
			rev := readEvaluation(t, a, id, end).Rev
			if err := a.WriteEvaluation(ctx, officer, id, end, rev, evaluatedDraft()); err != nil || readEvaluation(t, a, id, end).Rev != rev {
				t.Error("the same words again are no change", err)
			}
		})
		t.Run("a stale page changes nothing", func(t *testing.T) {
			var stale assistance.Stale
			if err := a.WriteEvaluation(ctx, officer, id, end, 1, evaluatedDraft()); !errors.As(err, &stale) {
				t.Error(err)
			}
			if err := a.MoveEvaluation(ctx, officer, id, end, 1, assistance.FinishEvaluation, "", ""); !errors.As(err, &stale) {
				t.Error(err)
			}
		})
		t.Run("final, its recommendations are answered within 28 days", func(t *testing.T) {
			recommend(t, a, id, end)
			moveEvaluation(t, a, id, end, assistance.FinishEvaluation)
			if e := readEvaluation(t, a, id, end); e.AnswerBy != day(28) || e.Waiting != 1 || recommended(t, a, id, end)[0].AnswerBy != day(28) {
				t.Errorf("%+v", e)
			}
			var not assistance.Impossible
			if err := a.WriteEvaluation(ctx, officer, id, end, readEvaluation(t, a, id, end).Rev, evaluatedDraft()); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
		})
	})
}

func TestEveryMoveOfAnEvaluationAtEveryStageByEverybody(t *testing.T) {
	leads := map[assistance.EvaluationStage]map[assistance.EvaluationMove]assistance.EvaluationStage{
		assistance.EvaluationDue: {
			assistance.BeginEvaluation: assistance.EvaluationBegun, assistance.PostponeEvaluation: assistance.EvaluationDue, assistance.WaiveEvaluation: assistance.EvaluationWaived,
		},
		assistance.EvaluationBegun: {
			assistance.FinishEvaluation: assistance.EvaluationFinal, assistance.PostponeEvaluation: assistance.EvaluationBegun, assistance.WaiveEvaluation: assistance.EvaluationWaived,
		},
	}
	moves := []assistance.EvaluationMove{assistance.BeginEvaluation, assistance.FinishEvaluation, assistance.PostponeEvaluation, assistance.WaiveEvaluation, "set", "nonsense"}
	desks := []assistance.EvaluationMove{assistance.PostponeEvaluation, assistance.WaiveEvaluation}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, stage := range assistance.EvaluationStages {
			ready := func() string {
				id, _ := started(t, a, assistance.Active, "KG")
				evaluationAt(t, a, id, assistance.EvaluationInterim, stage)
				return id
			}
			id := ready()
			for _, m := range moves {
				to, leadsOn := leads[stage][m]
				for name, who := range everybody() {
					p, e := readProject(t, a, id), readEvaluation(t, a, id, assistance.EvaluationInterim)
					_, reads := who.Scope().Allows(p.Label)
					may := name == "desk" || name == "administrator" || name == "its officer" && !slices.Contains(desks, m)
					err := a.MoveEvaluation(ctx, who, id, assistance.EvaluationInterim, e.Rev, m, "words", later(e.Due))
					var not assistance.Impossible
					var unknown assistance.Invalid
					ok := false
					switch {
					case m == "set" || m == "nonsense":
						ok = errors.As(err, &unknown)
					case !reads:
						ok = errors.Is(err, store.ErrNotFound)
					case !may:
						ok = errors.Is(err, assistance.ErrForbidden)
					case !leadsOn:
						ok = errors.As(err, &not) && lang.Has(not.Key)
					default:
						ok = err == nil && readEvaluation(t, a, id, assistance.EvaluationInterim).Stage == to
						id = ready()
					}
					if !ok {
						t.Errorf("%s: %s by %s: %v", stage, m, name, err)
					}
					if offered := slices.Contains(assistance.EvaluationMoves(who, p, e), m); offered != (may && leadsOn) {
						t.Errorf("%s: %s is offered to %s: %v", stage, m, name, offered)
					}
				}
			}
		}
	})
}

// everybody is one of each kind, by what she is to a project of the officer.
func everybody() map[string]access.Subject {
	return map[string]access.Subject{
		"desk": desk, "administrator": admin, "its officer": officer, "officer of another structure": officerAstana, "focal point": focal, "delegation": envoy,
		"expert of the State": expertKG, "member": member, "visitor": visitor, "nobody": nobody, "the program": access.System("test"),
	}
}

func TestWhatStandsInTheWayOfAnEvaluation(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		refused := func(t *testing.T, id string, kind assistance.EvaluationKind, m assistance.EvaluationMove, key string) {
			t.Helper()
			e := readEvaluation(t, a, id, kind)
			var not assistance.Impossible
			if err := a.MoveEvaluation(ctx, desk, id, kind, e.Rev, m, "words", later(e.Due)); !errors.As(err, &not) || not.Key != key || !lang.Has(key) {
				t.Errorf("%s: %v", key, err)
			}
		}
		t.Run("a project that has not begun is not evaluated", func(t *testing.T) {
			id, _ := started(t, a, assistance.Approved, "KG")
			refused(t, id, assistance.EvaluationInterim, assistance.BeginEvaluation, "evaluation.impossible.unstarted")
			moveProject(t, a, id, assistance.StopProject)
			refused(t, id, assistance.EvaluationInterim, assistance.BeginEvaluation, "evaluation.impossible.stopped")
			if list := waiting(t, a, desk, assistance.Watch{}, assistance.ToEvaluate, time.Now()); len(list) > 0 {
				t.Error("what was stopped is chased:", list)
			}
		})
		id, _ := started(t, a, assistance.Active, "KG")
		t.Run("ex post is after it is closed", func(t *testing.T) {
			refused(t, id, assistance.EvaluationExPost, assistance.BeginEvaluation, "evaluation.impossible.running")
		})
		t.Run("what recommends is not waived", func(t *testing.T) {
			evaluationAt(t, a, id, assistance.EvaluationInterim, assistance.EvaluationBegun)
			recommend(t, a, id, assistance.EvaluationInterim)
			refused(t, id, assistance.EvaluationInterim, assistance.WaiveEvaluation, "evaluation.impossible.recommends")
		})
		t.Run("waived or put off it is with a reason, and to a later day", func(t *testing.T) {
			e := readEvaluation(t, a, id, assistance.EvaluationAtEnd)
			for _, c := range []struct {
				move              assistance.EvaluationMove
				words, due, field string
			}{
				{assistance.WaiveEvaluation, " ", "", "words"},
				{assistance.PostponeEvaluation, "", later(e.Due), "words"},
				{assistance.PostponeEvaluation, "words", e.Due, "due"},
				{assistance.PostponeEvaluation, "words", "soon", "due"},
				{assistance.PostponeEvaluation, "words", "2031-02-30", "due"},
			} {
				var wrong assistance.Invalid
				if err := a.MoveEvaluation(ctx, desk, id, e.Kind, e.Rev, c.move, c.words, c.due); !errors.As(err, &wrong) || !lang.Has(wrong[c.field]) {
					t.Errorf("%+v: %v", c, err)
				}
			}
		})
		t.Run("it is not closed without the interim one, nor evaluated without the final one and every response", func(t *testing.T) {
			answerAt(t, a, id, assistance.AtMidterm)
			answerAt(t, a, id, assistance.AtClose)
			needs := func(m assistance.ProjectMove, want ...string) {
				t.Helper()
				var not assistance.Incomplete
				var keys []string
				if err := a.MoveProject(ctx, desk, id, readProject(t, a, id).Rev, m, "words", assistance.Due{}); errors.As(err, &not) {
					for _, n := range not.Needs {
						keys = append(keys, n.Key)
					}
				}
				if !slices.Equal(keys, want) || slices.ContainsFunc(keys, func(k string) bool { return !lang.Has(k) }) {
					t.Errorf("%s: %v", m, keys)
				}
			}
			needs(assistance.Close, "evaluation.needs.interim")
			moveEvaluation(t, a, id, assistance.EvaluationInterim, assistance.FinishEvaluation)
			moveProject(t, a, id, assistance.Close)
			needs(assistance.EvaluateProject, "evaluation.needs.final", "evaluation.needs.responses")
			waive(t, a, id, assistance.EvaluationAtEnd)
			needs(assistance.EvaluateProject, "evaluation.needs.responses")
			r := recommended(t, a, id, assistance.EvaluationInterim)[0]
			if err := a.Respond(ctx, desk, r.ID, r.Rev, assistance.RecommendationRejected, "No money."); err != nil {
				t.Fatal(err)
			}
			moveProject(t, a, id, assistance.EvaluateProject)
		})
		t.Run("what is recommended ex post waits for its answer without undoing that", func(t *testing.T) {
			evaluationAt(t, a, id, assistance.EvaluationExPost, assistance.EvaluationBegun)
			recommend(t, a, id, assistance.EvaluationExPost)
			moveEvaluation(t, a, id, assistance.EvaluationExPost, assistance.FinishEvaluation)
			if e := readEvaluation(t, a, id, assistance.EvaluationExPost); e.Waiting != 1 || e.ProjectStage != assistance.Evaluated {
				t.Errorf("%+v", e)
			}
		})
	})
}

func TestOfTwoWhoMoveAnEvaluationAtOnceOneDoes(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Active, "KG")
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, who := range []access.Subject{desk, second} {
			both.Go(func() {
				errs[i] = a.MoveEvaluation(ctx, who, id, assistance.EvaluationInterim, 1, assistance.WaiveEvaluation, "words", "")
			})
		}
		both.Wait()
		var stale assistance.Stale
		if (errs[0] == nil) == (errs[1] == nil) || !errors.As(errors.Join(errs...), &stale) {
			t.Error(errs)
		}
	})
}

func TestListsOfEvaluations(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		kg, _ := started(t, a, assistance.Active, "KG")
		tj, _ := started(t, a, assistance.Active, "TJ")
		evaluationAt(t, a, tj, assistance.EvaluationInterim, assistance.EvaluationFinal)
		list := func(f assistance.EvaluationFilter) (got []string) {
			t.Helper()
			for after := (assistance.Place{}); ; {
				page, more, err := a.Evaluations(ctx, desk.Scope(), f, after, 2)
				if err != nil || len(page) > 2 {
					t.Fatal(err)
				}
				for _, e := range page {
					got = append(got, fmt.Sprintf("%s %s", map[string]string{kg: "KG", tj: "TJ"}[e.Project], e.Kind))
				}
				if more == (assistance.Place{}) {
					break
				}
				after, _ = assistance.ParsePlace(more.String())
			}
			if n, err := a.CountEvaluations(ctx, desk.Scope(), f); err != nil || n != len(got) {
				t.Errorf("%+v: %d are counted, %d listed: %v", f, n, len(got), err)
			}
			return got
		}
		for _, c := range []struct {
			f    assistance.EvaluationFilter
			want []string
		}{
			{assistance.EvaluationFilter{State: "KG"}, []string{"KG expost", "KG final", "KG interim"}},
			{assistance.EvaluationFilter{State: "KG", Before: "2200-01-01"}, []string{"KG interim", "KG final", "KG expost"}},
			{assistance.EvaluationFilter{State: "TJ", Stages: []assistance.EvaluationStage{assistance.EvaluationDue}}, []string{"TJ final", "TJ expost"}},
			{assistance.EvaluationFilter{Stages: []assistance.EvaluationStage{assistance.EvaluationFinal}}, []string{"TJ interim"}},
			{assistance.EvaluationFilter{Before: day(86), Body: "spmu"}, []string{"KG interim"}},
			{assistance.EvaluationFilter{Before: day(85)}, nil},
			{assistance.EvaluationFilter{Project: tj, Kind: assistance.EvaluationExPost}, []string{"TJ expost"}},
			{assistance.EvaluationFilter{Body: "po-astana"}, nil},
		} {
			if got := list(c.f); !slices.Equal(got, c.want) {
				t.Errorf("%+v: %v", c.f, got)
			}
		}
		if got, _, err := a.Evaluations(ctx, member.Scope(), assistance.EvaluationFilter{}, assistance.Place{}, 9); err != nil || len(got) > 0 {
			t.Error("not everybody reads them:", got, err)
		}
	})
}
