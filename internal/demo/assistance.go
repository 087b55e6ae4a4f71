package demo

import (
	"context"
	"fmt"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/library"
)

// State is the host of the demonstration's assistance. What is told of it is made up,
// and its titles say so.
const State = "KG"

// giving is the demonstration's assistance while it is put in, each step by whom it
// would be in earnest.
type giving struct {
	*assistance.Assistance
	library              *library.Library
	focal, desk, officer access.Subject
	now                  time.Time
	mandate              string
}

// loadAssistance puts in one cycle of assistance, once: a request that was accepted and
// one that waits, a consent, a needs assessment, a programme with a project that runs,
// an idea that still lacks its ground, a project that is over and evaluated with the
// lesson of it, and what waits for an officer.
func loadAssistance(ctx context.Context, lib *library.Library) error {
	g := giving{Assistance: &assistance.Assistance{DB: lib.DB}, library: lib, now: time.Now()}
	n, err := g.CountRequests(ctx, system.Scope(), assistance.RequestFilter{})
	if err != nil || n > 0 { // it came with an earlier try
		return err
	}
	for role, into := range map[access.Role]*access.Subject{access.FocalPoint: &g.focal, access.DeskOfficer: &g.desk, access.ProgrammeOfficer: &g.officer} {
		p, err := account.ByEmail(ctx, lib.DB, string(role)+"@polis.example")
		if err != nil {
			return err
		}
		if *into, _, err = account.Subject(ctx, lib.DB, p.ID, account.TwoFactors); err != nil {
			return fmt.Errorf("%s: %w", role, err)
		}
	}
	g.mandate, err = g.PutMandate(ctx, g.desk, assistance.Mandate{
		Holder: "demo-unit", Lang: "en", Title: "Demonstration: police-related activities", Document: "PC.DEC/1049", Since: g.day(-800), Until: g.day(900),
	})
	if err != nil {
		return err
	}
	if err := g.past(ctx); err != nil {
		return fmt.Errorf("past: %w", err)
	}
	project, err := g.present(ctx)
	if err != nil {
		return fmt.Errorf("present: %w", err)
	}
	if err := g.wait(ctx, project); err != nil {
		return fmt.Errorf("waiting: %w", err)
	}
	return nil
}

// made says of a text of the State that it is made up.
const made = "Пример для ознакомления с системой. Всё, что здесь сказано, вымышлено."

// present is what goes on now, and returns the project that runs.
func (g giving) present(ctx context.Context) (string, error) {
	areas := []string{"police-reform/police-education", "police-reform/community-policing"}
	request, err := g.request(ctx, assistance.RequestDraft{
		Lang: "ru", Title: "Демонстрация: подготовка преподавателей полицейской академии",
		Wish:   "Курс для двадцати преподавателей: методика занятий, работа с населением, оценка результатов.",
		Reason: made, Since: g.day(-90), Until: g.day(300), Themes: areas,
		Items: []string{"1049/14.2"}, Lines: []string{"1049/12.3"}, Bodies: []string{"demo-academy"},
	}, assistance.Submit, assistance.Acknowledge, assistance.Accept)
	if err != nil {
		return "", err
	}
	if _, err := g.request(ctx, assistance.RequestDraft{
		Lang: "ru", Title: "Демонстрация: оборудование для класса по цифровым следам",
		Wish: "Двенадцать рабочих мест для учебного класса.", Reason: made,
		Themes: []string{"cybercrime/cyber-investigation"}, Bodies: []string{"demo-academy"},
	}, assistance.Submit); err != nil {
		return "", err
	}
	err = g.consent(ctx, request, -80, "Demonstration: a course for trainers of the academy, and round tables with residents.", areas)
	if err != nil {
		return "", fmt.Errorf("consent: %w", err)
	}
	recommendation, err := g.assess(ctx, request, areas)
	if err != nil {
		return "", fmt.Errorf("assessment: %w", err)
	}
	return g.project(ctx, recommendation, areas)
}

// day is the day so many days from now.
func (g giving) day(days int) string { return g.now.UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// document is the id of one of the library by its symbol.
func (g giving) document(ctx context.Context, symbol string) (string, error) {
	id, err := g.library.BySymbol(ctx, system.Scope(), symbol)
	if err != nil {
		err = fmt.Errorf("%s: %w", symbol, err)
	}
	return id, err
}

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

// consent asks the State and lets it agree, so many days from now.
func (g giving) consent(ctx context.Context, request string, days int, why string, areas []string) error {
	id, err := g.AskConsent(ctx, g.desk, assistance.AskedConsent{Giver: State, Request: request, Why: why, Areas: areas})
	if err != nil {
		return err
	}
	return g.Give(ctx, g.focal, id, 1, assistance.GivenConsent{
		Authority: "Demonstration ministry", Office: "Head of department", Given: g.day(days), Since: g.day(days), Until: g.day(600),
		Conditions: "Demonstration: the curriculum is agreed with the academy.", Areas: areas,
	})
}

// project begins one as it was recommended, in its programme, with its activities, and
// leaves another an idea.
func (g giving) project(ctx context.Context, recommendation string, areas []string) (string, error) {
	id, err := g.DraftAdvised(ctx, g.officer, assistance.ProjectDraft{
		Lang: "en", Title: "Demonstration: training of academy trainers",
		Summary:   "Twenty trainers of the academy learn to teach by cases, to work with residents, and to measure what their pupils keep. Everything here is made up.",
		Tailoring: "Demonstration: builds on the academy's own plan of study; taught in Russian and Kyrgyz; the academy leads from the second course on.",
		Line:      "1049/12.3", Phase: "rule-of-law", Dimension: "politico-military", Gender: "significant", Starts: g.day(-60), Ends: g.day(300), Mandate: g.mandate,
		Themes: areas, Hosts: []string{State}, Items: []string{"1049/14.2", "1049/14.1"},
		Organisers: []string{"demo-unit"}, Partners: []string{"demo-forum"}, Bodies: []string{"demo-academy"},
	}, recommendation)
	if err != nil {
		return "", err
	}
	if err := g.programme(ctx, id, areas); err != nil {
		return "", fmt.Errorf("programme: %w", err)
	}
	if err := g.begin(ctx, id, assistance.BudgetLine{Year: g.now.Year(), Output: "A course for trainers", Category: "experts", Planned: 2_400_000}, 400); err != nil {
		return "", fmt.Errorf("begin: %w", err)
	}
	if err := g.activities(ctx, id, areas[0],
		planned{"training", "Demonstration: first course for trainers", -40, 20, 6},
		planned{"forum", "Demonstration: round table with residents", -3, 0, 0},
		planned{"training", "Demonstration: second course for trainers", 25, 0, 0},
	); err != nil {
		return "", fmt.Errorf("activities: %w", err)
	}
	if err := g.watch(ctx, id); err != nil {
		return "", err
	}
	_, err = g.DraftProject(ctx, g.officer, assistance.ProjectDraft{
		Lang: "en", Title: "Demonstration: the same course for a second academy", Summary: "An idea: the second State asks and agrees for itself before it can be approved.",
		Line: "1049/12.3", Themes: areas[:1], Hosts: []string{"TJ"}, Organisers: []string{"demo-unit"},
	}, id, "")
	return id, err
}

// through takes a project through steps, each at the revision to which the one before
// has brought it.
func (g giving) through(ctx context.Context, id string, steps ...func(assistance.Project) error) error {
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

// move is a step of the desk.
func (g giving) move(ctx context.Context, m assistance.ProjectMove, words string) func(assistance.Project) error {
	return func(p assistance.Project) error {
		return g.MoveProject(ctx, g.desk, p.ID, p.Rev, m, words, assistance.Due{})
	}
}

// answer is what the officer says to the principles at a moment.
func (g giving) answer(ctx context.Context, m assistance.Moment, texts map[string]string) func(assistance.Project) error {
	return func(p assistance.Project) error {
		return g.Answer(ctx, g.officer, p.ID, p.Rev, assistance.Answers{Moment: m, Texts: texts})
	}
}

// begin answers what is asked before a project is approved, funds the one line of its
// budget out of a source that lasts so many days from now, approves and starts it.
func (g giving) begin(ctx context.Context, id string, line assistance.BudgetLine, last int) error {
	order := func(of func(assistance.Money) assistance.Order) func(assistance.Project) error {
		return func(assistance.Project) error { return g.order(ctx, id, of) }
	}
	return g.through(ctx, id,
		g.answer(ctx, assistance.AtPlan, map[string]string{
			"rule-of-law": "The course teaches the law on the police as it stands.", "human-rights": "Each case has its own question on rights.",
			"gender": "A third of the places are kept for women.", "minorities": "Cases and hand-outs in two languages.",
			"partnership": "Residents' councils take part in the round tables.", "accountability": "The academy publishes what was learned.",
		}),
		order(func(assistance.Money) assistance.Order {
			return assistance.Order{Move: assistance.OpenBooks, Currency: "EUR"}
		}),
		order(func(assistance.Money) assistance.Order {
			return assistance.Order{Move: assistance.PlanLine, Line: line}
		}),
		order(func(assistance.Money) assistance.Order {
			return assistance.Order{Move: assistance.PledgeFund, Fund: assistance.Fund{
				Kind: assistance.UnifiedBudget, Source: "demo-unit", Currency: "EUR", Since: g.day(-700), Until: g.day(last), Pledged: line.Planned,
			}}
		}),
		order(func(m assistance.Money) assistance.Order {
			return assistance.Order{Move: assistance.GrantFund, ID: m.Funds[0].ID, Amount: line.Planned, Currency: "EUR"}
		}),
		g.move(ctx, assistance.Appraise, ""), g.move(ctx, assistance.Approve, ""), g.move(ctx, assistance.Start, ""))
}

// order gives one to the money of a project as it stands.
func (g giving) order(ctx context.Context, id string, of func(assistance.Money) assistance.Order) error {
	m, err := g.Money(ctx, id)
	if err == nil {
		_, err = g.Order(ctx, g.desk, id, m.Rev, of(m))
	}
	return err
}

// planned is an activity so many days from now; one with participants was held.
type planned struct {
	kind, title  string
	days         int
	total, women int64
}

// activities are planned in a project and, with figures, held.
func (g giving) activities(ctx context.Context, project, area string, list ...planned) error {
	host := []assistance.ActivityHost{{Host: State, Area: area}}
	for _, x := range list {
		starts, ends := g.day(x.days), g.day(x.days+2)
		id, err := g.PlanActivity(ctx, g.officer, project, assistance.ActivityDraft{
			Kind: x.kind, Lang: "en", Title: x.title, Starts: starts, Ends: ends, Place: "Demonstration academy", Hosts: host,
			Organisers: []string{"demo-unit", "demo-academy"}, Languages: []string{"Русский"}, Trainers: []string{"demo-academy"},
		}, "")
		if err != nil {
			return err
		}
		if x.total == 0 {
			continue
		}
		figures := assistance.Figures{Total: x.total, Women: x.women, Men: x.total - x.women, Remark: "Demonstration: all have taught a trial lesson."}
		if err := g.HoldActivity(ctx, g.officer, id, 1, assistance.Held{Starts: starts, Ends: ends, Place: "Demonstration academy", Figures: figures}); err != nil {
			return err
		}
	}
	return nil
}
