package demo

import (
	"context"
	"fmt"

	"polis/internal/assistance"
)

// assess writes a context note and a needs assessment of a request that cites it, and
// takes the assessment through its visit and the State's comments until it is final. It
// returns the recommendation of which a project is made.
func (g giving) assess(ctx context.Context, request string, areas []string) (string, error) {
	curriculum, err := g.document(ctx, "POLIS.DEMO/3/26")
	if err != nil {
		return "", err
	}
	curriculum = "/library/" + curriculum
	note, err := g.context(ctx, areas[0], curriculum)
	if err != nil {
		return "", fmt.Errorf("context: %w", err)
	}
	id, err := g.PlanAssessment(ctx, g.officer, request, assistance.AssessmentDraft{
		Lang: "en", Title: "Demonstration: how the academy trains its trainers",
		Purpose: "Demonstration: to see what the academy's trainers need before a course for them is planned.",
		Methods: "Demonstration: reading of the plan of study, visits to lessons, talks with trainers and with residents' councils.",
		Starts:  g.day(-78), Ends: g.day(-74), Themes: areas, Team: []string{"demo-unit", "demo-forum"},
	})
	if err != nil {
		return "", err
	}
	if err := g.Cite(ctx, g.officer, id, note, ""); err != nil {
		return "", err
	}
	for _, m := range []assistance.AssessmentMove{assistance.FieldAssessment, assistance.ReturnAssessment} {
		if err := g.takeAssessment(ctx, id, m); err != nil {
			return "", err
		}
	}
	finding, recommendation, err := g.find(ctx, id, areas[0], curriculum)
	if err != nil {
		return "", err
	}
	if err := g.takeAssessment(ctx, id, assistance.SendAssessment); err != nil {
		return "", err
	}
	x, err := g.Assessment(ctx, system.Scope(), id)
	if err != nil {
		return "", err
	}
	if err := g.CommentOn(ctx, g.focal, id, x.Rev, assistance.SaidOfAssessment{
		Whole:    "Демонстрация: академия согласна с выводами и готова предоставить помещения.",
		Findings: map[string]string{finding: "Демонстрация: с осени занятия по разбору случаев включены в расписание."},
	}); err != nil {
		return "", err
	}
	return recommendation, g.takeAssessment(ctx, id, assistance.FinaliseAssessment)
}

func (g giving) takeAssessment(ctx context.Context, id string, m assistance.AssessmentMove) error {
	x, err := g.Assessment(ctx, system.Scope(), id)
	if err == nil {
		err = g.MoveAssessment(ctx, g.officer, id, x.Rev, m, "")
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", m, err)
	}
	return err
}

// context writes a note on the setting, with two factors; one rests on a document.
func (g giving) context(ctx context.Context, theme, document string) (string, error) {
	note, err := g.WriteContext(ctx, g.officer, assistance.ContextDraft{
		About: State, Theme: theme, Lang: "en", Title: "Demonstration: the setting of the academy's training",
		Summary: "Demonstration: the academy revises its plan of study and wants lessons that begin with cases. Everything here is made up.",
	})
	if err != nil {
		return "", err
	}
	for _, f := range []assistance.FactorDraft{
		{
			Kind: "institutional", Words: "Demonstration: the academy chooses its trainers itself and keeps most of them for several years.",
			Source: "Demonstration Police Academy", Dated: g.day(-110)[:7], Reliability: "B", Credibility: "2", ReviewBy: g.day(160),
		},
		{
			Kind: "legal", Words: "Demonstration: a new plan of study comes into force at the beginning of the next year of study.",
			Source: "Demonstration ministry", Dated: g.day(-95), Document: document, ReviewBy: g.day(40),
		},
	} {
		if err := g.PutFactor(ctx, g.officer, note, "", 0, f); err != nil {
			return "", err
		}
	}
	return note, nil
}

// find writes down what was found in an assessment and what is recommended.
func (g giving) find(ctx context.Context, assessment, area, document string) (finding, recommendation string, err error) {
	finding, err = g.PutFinding(ctx, g.officer, assessment, "", 0, assistance.FindingDraft{
		Title:    "Demonstration: lessons are read out",
		Baseline: "Demonstration: in four of twenty lessons that were visited pupils worked on a case; in the others the trainer read from a script.",
		Evidence: "Demonstration: notes of twenty visits to lessons, and the plan of study",
		Dated:    g.day(-75), Document: document, Priority: "high", Theme: area, Item: "1049/14.2",
	})
	if err != nil {
		return "", "", err
	}
	recommendation, err = g.PutRecommendation(ctx, g.officer, assessment, finding, "", 0, assistance.RecommendationDraft{
		Words:     "Demonstration: train twenty trainers to teach by cases, and let them train the others.",
		Addressee: "demo-academy", Priority: "high",
	})
	return finding, recommendation, err
}

// programme is one that government and civil society carry together, in which the
// project stands.
func (g giving) programme(ctx context.Context, project string, areas []string) error {
	id, err := g.DraftProgramme(ctx, g.officer, assistance.ProgrammeDraft{
		Lang: "en", Title: "Demonstration: police education close to residents",
		Purpose: "Demonstration: the academy teaches what residents ask of their police, and goes on by itself afterwards.",
		Since:   g.day(-70), Until: g.day(880), Themes: areas, States: []string{State},
		Ownership: "Demonstration: the ministry and the academy lead it, the forum speaks for residents. The academy's own budget carries the courses from the third year on.",
		Handover:  "Demonstration: curriculum, cases and the register of trainers go to the academy; the forum keeps the round tables.", HandoverDay: g.day(820),
		Government: []string{"Demonstration ministry", "demo-academy"}, Civil: []string{"demo-forum"}, Organisers: []string{"demo-unit"},
	})
	if err != nil {
		return err
	}
	for i, m := range []assistance.ProgrammeMove{assistance.AgreeProgramme, assistance.BeginProgramme} {
		if err := g.MoveProgramme(ctx, g.desk, id, int64(i+1), m, ""); err != nil {
			return fmt.Errorf("%s: %w", m, err)
		}
	}
	return g.through(ctx, project, func(p assistance.Project) error {
		return g.PutInProgramme(ctx, g.officer, p.ID, p.Rev, id)
	})
}

// watch gives a project its framework of results with what was measured, a risk, and
// with whom it is talked over.
func (g giving) watch(ctx context.Context, id string) error {
	if err := g.results(ctx, id); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	if _, err := g.AddRisk(ctx, g.officer, id, assistance.RiskDraft{
		Text: "Demonstration: trained trainers are moved to other posts.", Likelihood: 3, Impact: 4,
		Measure: "Demonstration: the academy agrees to keep them in teaching for two years, and trains two of each subject.",
		Office:  "demo-academy", Review: g.day(30),
	}); err != nil {
		return fmt.Errorf("risk: %w", err)
	}
	if _, err := g.AddStakeholder(ctx, g.officer, id, assistance.StakeholderDraft{
		Name: "demo-academy", Kind: "academia", Interest: "Demonstration: leads the courses and wants a curriculum that it can keep.", Influence: 3,
	}); err != nil {
		return fmt.Errorf("stakeholder: %w", err)
	}
	forum, err := g.AddStakeholder(ctx, g.officer, id, assistance.StakeholderDraft{
		Name: "demo-forum", Kind: "civil-society", Interest: "Demonstration: brings residents to the round tables and asks what changes for them.", Influence: 2,
	})
	if err != nil {
		return fmt.Errorf("stakeholder: %w", err)
	}
	_, err = g.Consult(ctx, g.officer, id, assistance.ConsultationDraft{
		Stakeholder: forum, Day: g.day(-50), Said: "Demonstration: residents want cases about traffic stops and about how a complaint is taken.",
		Follows: "Demonstration: write two such cases for the second course.", Due: g.day(15),
	})
	return err
}

// measured is an indicator with what was found on it.
type measured struct {
	assistance.IndicatorDraft
	actuals []assistance.Actual
}

// results are an impact, an outcome below it and an output below that, each with what
// tells whether it comes.
func (g giving) results(ctx context.Context, id string) error {
	parent := ""
	for _, r := range []struct {
		assistance.ResultDraft
		indicator measured
	}{
		{assistance.ResultDraft{
			Kind: assistance.Impact, Text: "Demonstration: residents turn to police officers who explain what they do and why.",
			Assumptions: "Demonstration: round tables go on in the districts.",
		}, measured{assistance.IndicatorDraft{
			Text: "Residents at round tables who would turn to the police again", Unit: assistance.InPercent,
			Baseline: figure(40), BaselineDay: g.day(-58), Target: figure(60), TargetDay: g.day(290), Means: "Demonstration: a question asked at each round table.",
		}, nil}},
		{assistance.ResultDraft{
			Kind: assistance.Outcome, Capacity: "training", Text: "Demonstration: trainers of the academy teach by cases and measure what their pupils keep.",
			Assumptions: "Demonstration: the academy keeps trained trainers in teaching.",
		}, measured{assistance.IndicatorDraft{
			Text: "Lessons out of twenty visited in which pupils work on a case", Unit: assistance.InNumber,
			Baseline: figure(4), BaselineDay: g.day(-60), Target: figure(16), TargetDay: g.day(280), Means: "Demonstration: visits to lessons by two observers.",
		}, []assistance.Actual{{Day: g.day(-10), Value: figure(9), Evidence: "Demonstration: notes of twenty visits."}}}},
		{assistance.ResultDraft{
			Kind: assistance.Output, Capacity: "training", Text: "Demonstration: trainers have completed the course.",
			Assumptions: "Demonstration: trainers are released from duty for the days of the course.",
		}, measured{assistance.IndicatorDraft{
			Text: "Trainers who have completed the course", Unit: assistance.InNumber, Split: []string{"sex"},
			Baseline: figure(0), BaselineDay: g.day(-60), Target: figure(40), TargetDay: g.day(200), Means: "Demonstration: list of attendance, kept by the academy.",
		}, []assistance.Actual{{
			Day: g.day(-37), Value: figure(20), Evidence: "Demonstration: list of attendance of the first course.",
			Parts: []assistance.Part{{Split: "sex", Name: "women", Figure: 6_00}, {Split: "sex", Name: "men", Figure: 14_00}},
		}}}},
	} {
		r.Parent = parent
		var err error
		if parent, err = g.AddResult(ctx, g.officer, id, r.ResultDraft); err != nil {
			return err
		}
		if err := g.measure(ctx, id, parent, r.indicator); err != nil {
			return err
		}
	}
	return nil
}

// figure is a figure as indicators hold it, in hundredths.
func figure(n int64) assistance.Value { return assistance.Value{Known: true, Figure: n * 100} }

func (g giving) measure(ctx context.Context, project, result string, m measured) error {
	id, err := g.AddIndicator(ctx, g.officer, project, result, m.IndicatorDraft)
	for _, a := range m.actuals {
		if err == nil {
			err = g.Enter(ctx, g.officer, project, id, 1, a)
		}
	}
	return err
}
