package demo

import (
	"context"
	"fmt"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/store"
)

// State is the host of the demonstration's assistance. What is told of it is made up,
// and its titles say so.
const State = "KG"

// giving is the demonstration's assistance while it is put in, each step by whom it
// would be in earnest.
type giving struct {
	*assistance.Assistance
	focal, desk, officer access.Subject
	now                  time.Time
}

// loadAssistance puts in one cycle of assistance, once: a request that was accepted
// and one that waits, a consent, a project that runs with what was held and what is
// planned, and an idea that still lacks its ground.
func loadAssistance(ctx context.Context, db *store.DB) error {
	g := giving{Assistance: &assistance.Assistance{DB: db}, now: time.Now()}
	n, err := g.CountRequests(ctx, system.Scope(), assistance.RequestFilter{})
	if err != nil || n > 0 { // it came with an earlier try
		return err
	}
	for role, into := range map[access.Role]*access.Subject{access.FocalPoint: &g.focal, access.DeskOfficer: &g.desk, access.ProgrammeOfficer: &g.officer} {
		p, err := account.ByEmail(ctx, db, string(role)+"@polis.example")
		if err != nil {
			return err
		}
		if *into, _, err = account.Subject(ctx, db, p.ID, account.TwoFactors); err != nil {
			return fmt.Errorf("%s: %w", role, err)
		}
	}
	request, err := g.request(ctx, assistance.RequestDraft{
		Lang: "ru", Title: "Демонстрация: подготовка преподавателей полицейской академии",
		Wish:   "Курс для двадцати преподавателей: методика занятий, работа с населением, оценка результатов.",
		Reason: "Пример для ознакомления с системой. Всё, что здесь сказано, вымышлено.",
		Since:  g.day(-90), Until: g.day(300), Themes: []string{"police-reform/police-education", "police-reform/community-policing"},
		Items: []string{"1049/14.2"}, Lines: []string{"1049/12.3"}, Bodies: []string{"demo-academy"},
	}, assistance.Submit, assistance.Acknowledge, assistance.Accept)
	if err != nil {
		return err
	}
	if _, err := g.request(ctx, assistance.RequestDraft{
		Lang: "ru", Title: "Демонстрация: оборудование для класса по цифровым следам",
		Wish: "Двенадцать рабочих мест для учебного класса.", Reason: "Пример для ознакомления с системой. Всё, что здесь сказано, вымышлено.",
		Themes: []string{"cybercrime/cyber-investigation"}, Bodies: []string{"demo-academy"},
	}, assistance.Submit); err != nil {
		return err
	}
	if err := g.consent(ctx, request); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	return g.project(ctx, request)
}

// day is the day so many days from now.
func (g giving) day(days int) string { return g.now.UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// request writes one for the focal point and takes it through the moves.
func (g giving) request(ctx context.Context, d assistance.RequestDraft, moves ...assistance.Move) (string, error) {
	id, err := g.Draft(ctx, g.focal, d)
	for _, m := range moves {
		if err != nil {
			return "", err
		}
		who := g.desk
		if m == assistance.Submit {
			who = g.focal
		}
		var r assistance.Request
		if r, err = g.Request(ctx, system.Scope(), id); err == nil {
			err = g.Move(ctx, who, id, r.Rev, m, "", "")
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", m, err)
		}
	}
	return id, err
}

// consent asks the State and lets it agree.
func (g giving) consent(ctx context.Context, request string) error {
	areas := []string{"police-reform/police-education", "police-reform/community-policing"}
	id, err := g.AskConsent(ctx, g.desk, assistance.AskedConsent{Giver: State, Request: request, Why: "Demonstration: a course for trainers of the academy, and round tables with residents.", Areas: areas})
	if err != nil {
		return err
	}
	return g.Give(ctx, g.focal, id, 1, assistance.GivenConsent{
		Authority: "Demonstration ministry", Office: "Head of department", Given: g.day(-80), Since: g.day(-80), Until: g.day(600),
		Conditions: "Demonstration: the curriculum is agreed with the academy.", Areas: areas,
	})
}

// project begins one on that ground, with its activities, and leaves another an idea.
func (g giving) project(ctx context.Context, request string) error {
	mandate, err := g.PutMandate(ctx, g.desk, assistance.Mandate{
		Holder: "demo-unit", Lang: "en", Title: "Demonstration: police-related activities", Document: "PC.DEC/1049", Since: g.day(-800), Until: g.day(900),
	})
	if err != nil {
		return err
	}
	d := assistance.ProjectDraft{
		Lang: "en", Title: "Demonstration: training of academy trainers",
		Summary:   "Twenty trainers of the academy learn to teach by cases, to work with residents, and to measure what their pupils keep. Everything here is made up.",
		Tailoring: "Demonstration: builds on the academy's own plan of study; taught in Russian and Kyrgyz; the academy leads from the second course on.",
		Line:      "1049/12.3", Phase: "rule-of-law", Dimension: "politico-military", Gender: "significant", Starts: g.day(-60), Ends: g.day(300), Mandate: mandate,
		Themes: []string{"police-reform/police-education", "police-reform/community-policing"}, Hosts: []string{State}, Items: []string{"1049/14.2", "1049/14.1"},
		Organisers: []string{"demo-unit"}, Partners: []string{"demo-forum"}, Bodies: []string{"demo-academy"},
	}
	id, err := g.DraftProject(ctx, g.officer, d, "", request)
	if err != nil {
		return err
	}
	if err := g.begin(ctx, id); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := g.activities(ctx, id); err != nil {
		return fmt.Errorf("activities: %w", err)
	}
	_, err = g.DraftProject(ctx, g.officer, assistance.ProjectDraft{
		Lang: "en", Title: "Demonstration: the same course for a second academy", Summary: "An idea: the second State asks and agrees for itself before it can be approved.",
		Line: "1049/12.3", Themes: []string{"police-reform/police-education"}, Hosts: []string{"TJ"}, Organisers: []string{"demo-unit"},
	}, id, "")
	return err
}

// begin answers what is asked before a project is approved, approves and starts it.
func (g giving) begin(ctx context.Context, id string) error {
	steps := []func(assistance.Project) error{
		func(p assistance.Project) error {
			return g.Answer(ctx, g.officer, id, p.Rev, assistance.Answers{Moment: assistance.AtPlan, Texts: map[string]string{
				"rule-of-law": "The course teaches the law on the police as it stands.", "human-rights": "Each case has its own question on rights.",
				"gender": "A third of the places are kept for women.", "minorities": "Cases and hand-outs in two languages.",
				"partnership": "Residents' councils take part in the round tables.", "accountability": "The academy publishes what was learned.",
			}})
		},
	}
	for _, o := range []assistance.Order{
		{Move: assistance.OpenBooks, Currency: "EUR"},
		{Move: assistance.PlanLine, Line: assistance.BudgetLine{Year: g.now.Year(), Output: "A course for trainers", Category: "experts", Planned: 2_400_000}},
		{Move: assistance.PledgeFund, Fund: assistance.Fund{Kind: assistance.UnifiedBudget, Source: "demo-unit", Currency: "EUR", Since: g.day(-100), Until: g.day(400), Pledged: 2_400_000}},
	} {
		steps = append(steps, func(assistance.Project) error { return g.order(ctx, id, o) })
	}
	steps = append(steps, func(assistance.Project) error {
		m, err := g.Money(ctx, id)
		if err != nil {
			return err
		}
		return g.order(ctx, id, assistance.Order{Move: assistance.GrantFund, ID: m.Funds[0].ID, Amount: 2_400_000, Currency: "EUR"})
	})
	for _, m := range []assistance.ProjectMove{assistance.Appraise, assistance.Approve, assistance.Start} {
		steps = append(steps, func(p assistance.Project) error {
			return g.MoveProject(ctx, g.desk, id, p.Rev, m, "", assistance.Due{})
		})
	}
	for _, step := range steps {
		p, err := g.Project(ctx, system.Scope(), id)
		if err != nil {
			return err
		}
		if err := step(p); err != nil {
			return err
		}
	}
	return nil
}

func (g giving) order(ctx context.Context, id string, o assistance.Order) error {
	m, err := g.Money(ctx, id)
	if err == nil {
		_, err = g.Order(ctx, g.desk, id, m.Rev, o)
	}
	return err
}

// activities are one that was held, one whose day is over and one that is planned.
func (g giving) activities(ctx context.Context, project string) error {
	host := []assistance.ActivityHost{{Host: State, Area: "police-reform/police-education"}}
	for _, x := range []struct {
		kind, title string
		days        int
	}{
		{"training", "Demonstration: first course for trainers", -40},
		{"forum", "Demonstration: round table with residents", -3},
		{"training", "Demonstration: second course for trainers", 25},
	} {
		id, err := g.PlanActivity(ctx, g.officer, project, assistance.ActivityDraft{
			Kind: x.kind, Lang: "en", Title: x.title, Starts: g.day(x.days), Ends: g.day(x.days + 2), Place: "Demonstration academy", Hosts: host,
			Organisers: []string{"demo-unit", "demo-academy"}, Languages: []string{"Русский"}, Trainers: []string{"demo-academy"},
		}, "")
		if err != nil {
			return err
		}
		if x.days > -10 {
			continue
		}
		held := assistance.Held{Starts: g.day(x.days), Ends: g.day(x.days + 2), Place: "Demonstration academy", Figures: assistance.Figures{Total: 20, Women: 6, Men: 14, Remark: "Demonstration: all have taught a trial lesson."}}
		if err := g.HoldActivity(ctx, g.officer, id, 1, held); err != nil {
			return err
		}
	}
	return nil
}
