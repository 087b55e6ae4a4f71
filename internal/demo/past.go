package demo

import (
	"context"
	"fmt"

	"polis/internal/assistance"
)

// past is a project from its request to the lesson that was drawn from it: held, closed
// and evaluated. Its days lie behind; who took which step when is the day of the
// demonstration, because nobody can date a step back.
func (g giving) past(ctx context.Context) error {
	areas := []string{"police-reform/community-policing"}
	request, err := g.request(ctx, assistance.RequestDraft{
		Lang: "ru", Title: "Демонстрация: участковые и жители, три пробных района",
		Wish:   "Занятия для участковых и встречи с жителями в трёх районах.",
		Reason: made, Since: g.day(-690), Until: g.day(-340), Themes: areas,
		Items: []string{"1049/14.1"}, Lines: []string{"1049/12.3"}, Bodies: []string{"demo-academy"},
	}, assistance.Submit, assistance.Acknowledge, assistance.Accept)
	if err != nil {
		return err
	}
	if err := g.consent(ctx, request, -670, "Demonstration: courses for district officers, and round tables in three districts.", areas); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	id, err := g.DraftProject(ctx, g.officer, assistance.ProjectDraft{
		Lang: "en", Title: "Demonstration: police and residents in three pilot districts",
		Summary:   "District officers and residents met every month in three districts and agreed what to look at first. Everything here is made up.",
		Tailoring: "Demonstration: the districts were chosen by the academy; round tables were held where residents meet anyway.",
		Line:      "1049/12.3", Phase: "rule-of-law", Dimension: "politico-military", Gender: "significant", Starts: g.day(-640), Ends: g.day(-340), Mandate: g.mandate,
		Themes: areas, Hosts: []string{State}, Items: []string{"1049/14.1"},
		Organisers: []string{"demo-unit"}, Partners: []string{"demo-forum"}, Bodies: []string{"demo-academy"},
	}, "", request)
	if err != nil {
		return err
	}
	year := g.now.UTC().AddDate(0, 0, -340).Year()
	if err := g.begin(ctx, id, assistance.BudgetLine{Year: year, Output: "Round tables and courses", Category: "experts", Planned: 1_800_000}, -200); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := g.activities(ctx, id, areas[0],
		planned{"training", "Demonstration: course for district officers", -560, 24, 7},
		planned{"forum", "Demonstration: round tables in three districts", -420, 60, 33},
	); err != nil {
		return fmt.Errorf("activities: %w", err)
	}
	if err := g.end(ctx, id); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	return g.evaluate(ctx, id)
}

// end spends what was promised, asks the principles again and closes a project.
func (g giving) end(ctx context.Context, id string) error {
	for _, of := range []func(assistance.Money) assistance.Order{
		func(m assistance.Money) assistance.Order {
			return assistance.Order{
				Move: assistance.CommitMoney, From: m.Funds[0].ID, Against: m.Lines[0].ID, Title: "Demonstration: two trainers and rooms",
				Amount: 1_750_000, Currency: "EUR", Day: g.day(-600), Paper: "DEMO-1",
			}
		},
		func(m assistance.Money) assistance.Order {
			return assistance.Order{
				Move: assistance.SpendMoney, ID: m.Commitments[0].ID, Amount: 1_750_000, Currency: "EUR", Day: g.day(-350), Paper: "DEMO-2",
			}
		},
	} {
		if err := g.order(ctx, id, of); err != nil {
			return fmt.Errorf("money: %w", err)
		}
	}
	interim := assistance.EvaluationInterim
	if err := g.evaluation(ctx, id, interim, func(e assistance.Evaluation) error {
		return g.MoveEvaluation(ctx, g.desk, id, interim, e.Rev, assistance.WaiveEvaluation, "Demonstration: ten months are too short for one of its own.", "")
	}); err != nil {
		return err
	}
	return g.through(ctx, id,
		g.answer(ctx, assistance.AtMidterm, map[string]string{
			"rule-of-law": "The course keeps to the law on the police.", "human-rights": "Two cases on stops were added.",
			"gender": "Seven of 24 who took part were women.", "minorities": "One district asked for an interpreter and has one.",
			"partnership": "Each round table is led by a resident.", "accountability": "Minutes hang in the town hall.",
		}),
		g.answer(ctx, assistance.AtClose, map[string]string{
			"rule-of-law": "The districts' work plans name the law on which they rest.", "human-rights": "How a complaint is taken is taught in each course.",
			"gender": "More women than men came to the round tables.", "minorities": "Hand-outs remain in two languages.",
			"partnership": "The forum goes on with the round tables.", "accountability": "The districts report to residents twice a year.",
		}),
		g.move(ctx, assistance.Close, "Demonstration: three districts have work plans that residents know; the forum goes on with the round tables."))
}

// evaluation does something with one as it stands.
func (g giving) evaluation(ctx context.Context, project string, kind assistance.EvaluationKind, do func(assistance.Evaluation) error) error {
	e, err := g.Evaluation(ctx, system.Scope(), project, kind)
	if err == nil {
		err = do(e)
	}
	if err != nil {
		err = fmt.Errorf("%s evaluation: %w", kind, err)
	}
	return err
}

// evaluate writes the final evaluation of a project, answers what it recommends, and
// draws a lesson from it.
func (g giving) evaluate(ctx context.Context, id string) error {
	final := assistance.EvaluationAtEnd
	take := func(m assistance.EvaluationMove) func(assistance.Evaluation) error {
		return func(e assistance.Evaluation) error {
			return g.MoveEvaluation(ctx, g.officer, id, final, e.Rev, m, "", "")
		}
	}
	var advice [2]string
	for _, do := range []func(assistance.Evaluation) error{
		take(assistance.BeginEvaluation),
		func(e assistance.Evaluation) error {
			return g.WriteEvaluation(ctx, g.officer, id, final, e.Rev, evaluated)
		},
		func(assistance.Evaluation) (err error) {
			for i, d := range []assistance.AdviceDraft{
				{Wish: "Demonstration: write down how a district begins, so that a fourth one can do it alone.", Addressee: "demo-academy", Priority: "high"},
				{Wish: "Demonstration: open an office in each district.", Addressee: "demo-unit", Priority: "low"},
			} {
				if advice[i], err = g.Recommend(ctx, g.officer, id, final, d); err != nil {
					return err
				}
			}
			return nil
		},
		take(assistance.FinishEvaluation),
	} {
		if err := g.evaluation(ctx, id, final, do); err != nil {
			return err
		}
	}
	if err := g.respond(ctx, advice); err != nil {
		return fmt.Errorf("response: %w", err)
	}
	if err := g.through(ctx, id, g.move(ctx, assistance.EvaluateProject, "")); err != nil {
		return err
	}
	return g.evaluation(ctx, id, final, func(e assistance.Evaluation) error { return g.lesson(ctx, e) })
}

// respond answers the two recommendations: of what is done about the first one thing is
// done, and one is overdue.
func (g giving) respond(ctx context.Context, advice [2]string) error {
	err := g.Respond(ctx, g.officer, advice[0], 1, assistance.RecommendationAccepted, "Demonstration: the academy writes it with the three districts.")
	if err != nil {
		return err
	}
	err = g.Respond(ctx, g.officer, advice[1], 1, assistance.RecommendationRejected, "Demonstration: the districts' own rooms are enough.")
	if err != nil {
		return err
	}
	done, err := g.PlanAction(ctx, g.officer, advice[0], assistance.ActionDraft{
		Task: "Demonstration: gather the work plans of the three districts.", Office: "demo-unit", Due: g.day(-120),
	})
	if err != nil {
		return err
	}
	if err := g.FinishAction(ctx, g.officer, done, 1, g.day(-130), "Demonstration: all three are there."); err != nil {
		return err
	}
	_, err = g.PlanAction(ctx, g.officer, advice[0], assistance.ActionDraft{
		Task: "Demonstration: write the guide for a fourth district.", Office: "demo-academy", Person: g.officer.ID, Due: g.day(-12),
	})
	return err
}

// evaluated is what the final evaluation says.
var evaluated = assistance.EvaluationDraft{
	Lang: "en", Evaluator: "Demonstration evaluation office", Independence: "Demonstration: it took no part in the project and answers to nobody in it.",
	Summary: "Demonstration: residents and officers know each other by name, and the districts have work plans of their own. Whether that lasts without the project is not yet to be seen. Everything here is made up.",
	Criteria: map[string]assistance.Criterion{
		"relevance": {
			Rating: 4, Question: "Was it what the districts needed?", Evidence: "Demonstration: the request, and minutes of eighteen round tables.",
			Finding: "Residents put the same matters first that the districts had named.",
		},
		"coherence": {
			Rating: 3, Question: "Did it fit what others do there?", Evidence: "Demonstration: the academy's plan of study.",
			Finding: "It used the academy's courses; a second partner trained the same officers once.",
		},
		"effectiveness": {
			Rating: 3, Question: "Did it reach what it was to reach?", Evidence: "Demonstration: work plans of the three districts.",
			Finding: "All three districts have a work plan; in one residents do not know it.",
		},
		"efficiency": {
			Rating: 3, Question: "Was the money well spent?", Evidence: "Demonstration: the books of the project.",
			Finding: "Rooms were lent by the districts; the courses cost less than planned.",
		},
		"impact": {
			WhyNot: "Demonstration: too early; it is asked at the ex post evaluation.",
		},
		"sustainability": {
			Rating: 2, Question: "Does it go on?", Evidence: "Demonstration: talks with the forum and the districts.",
			Finding: "The forum goes on with the round tables; nothing is written down from which a fourth district could begin.",
		},
	},
	Answers: map[string]string{
		"rule-of-law": "Work plans name the law on which they rest.", "human-rights": "Complaints are taken as the course teaches it.",
		"gender": "Women spoke as much as men at the round tables.", "minorities": "Hand-outs are there in two languages.",
		"partnership": "Residents lead the round tables.", "accountability": "The districts report to residents twice a year.",
	},
}

// lesson is drawn from an evaluation by the officer, reviewed and adopted by the desk.
func (g giving) lesson(ctx context.Context, e assistance.Evaluation) error {
	guide, err := g.document(ctx, "POLIS.DEMO/1/26")
	if err != nil {
		return err
	}
	id, err := g.DraftLesson(ctx, g.officer, assistance.LessonDraft{
		Lang: "en", Title: "Demonstration: write down how it began before it ends",
		Happened: "Demonstration: three districts worked well with their residents; when a fourth asked how to begin, nobody had written it down.",
		Learned:  "Demonstration: what people have learned by doing leaves with them unless somebody writes it down while they are there.",
		Guidance: "Demonstration: plan two days in the last third of a project in which those who did it write down how they began.",
		Origin:   "evaluation", Evaluation: e.ID, Evidence: "Demonstration: final evaluation, criterion of sustainability.",
		Themes: []string{"police-reform/community-policing"}, Items: []string{"1049/14.1"}, States: []string{State},
	})
	if err != nil {
		return err
	}
	for i, of := range []struct {
		move  assistance.LessonMove
		words string
	}{{assistance.ReviewLesson, ""}, {assistance.PublishLesson, ""}, {assistance.AdoptLesson, guide}} {
		if err := g.MoveLesson(ctx, g.desk, id, int64(i+1), of.move, of.words); err != nil {
			return fmt.Errorf("lesson, %s: %w", of.move, err)
		}
	}
	return nil
}
