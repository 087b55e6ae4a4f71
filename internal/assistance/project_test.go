package assistance_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

const area = "police-reform"

var officerAstana = access.Act("officer-astana", access.ProgrammeOfficer, "", "po-astana")

func day(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// valid is a mandate that holds for two years.
func valid(t testing.TB, a *assistance.Assistance) string {
	t.Helper()
	id, err := a.PutMandate(ctx, desk, assistance.Mandate{Holder: "spmu", Lang: "en", Title: "Police-related activities", Document: "PC.DEC/1049", Since: day(-365), Until: day(730)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// plan is a project with everything that it takes to be approved, but gates and
// answers.
func plan(t testing.TB, a *assistance.Assistance, hosts ...string) assistance.ProjectDraft {
	return assistance.ProjectDraft{
		Lang: "en", Title: "Training of trainers", Summary: "A course for trainers of the academy.", Tailoring: "Fits the reform of the academy, which the law of last year began.",
		Line: "1049/12.3", Phase: "rule-of-law", Dimension: "politico-military", Gender: "significant", Starts: day(-30), Ends: day(200), Mandate: valid(t, a),
		Themes: []string{area}, Hosts: hosts, Items: []string{"1049/14.2"}, Organisers: []string{"spmu"}, Partners: []string{"A police academy"},
		Bodies: []string{"The police academy"}, Places: []string{"Bishkek"},
	}
}

var asks = map[string]access.Subject{"KG": focal, "TJ": focalTJ}

// ground is a request of the State that was accepted, and a consent that is open in
// the area.
func ground(t testing.TB, a *assistance.Assistance, state string) (request, consent string) {
	t.Helper()
	d := whole()
	d.Themes = []string{area}
	request, err := a.Draft(ctx, asks[state], d)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []assistance.Move{assistance.Submit, assistance.Acknowledge, assistance.Accept} {
		who := desk
		if m == assistance.Submit {
			who = asks[state]
		}
		move(t, a, who, request, m)
	}
	consent, err = a.AskConsent(ctx, desk, assistance.AskedConsent{Giver: state, Request: request, Why: "A course", Areas: []string{area, "cybercrime"}})
	if err != nil {
		t.Fatal(err)
	}
	err = a.Give(ctx, asks[state], consent, 1, assistance.GivenConsent{
		Authority: "Ministry of Internal Affairs", Office: "Head of department", Given: day(-60), Since: day(-60), Until: day(400), Areas: []string{area, "cybercrime"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return request, consent
}

var answered = map[string]string{
	"rule-of-law": "By the law on the police.", "human-rights": "A module of two days.", "gender": "A third of the places.",
	"minorities": "Taught in two languages.", "partnership": "With residents' councils.", "accountability": "Results are published.",
}

func readProject(t testing.TB, a *assistance.Assistance, id string) assistance.Project {
	t.Helper()
	p, err := a.Project(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func moveProject(t testing.TB, a *assistance.Assistance, id string, m assistance.ProjectMove) {
	t.Helper()
	err := a.MoveProject(ctx, desk, id, readProject(t, a, id).Rev, m, "words", assistance.Due{})
	var not assistance.Incomplete
	if errors.As(err, &not) {
		t.Fatal(m, not.Needs)
	}
	if err != nil {
		t.Fatal(m, err)
	}
}

func answerAt(t testing.TB, a *assistance.Assistance, id string, m assistance.Moment) {
	t.Helper()
	if err := a.Answer(ctx, desk, id, readProject(t, a, id).Rev, assistance.Answers{Moment: m, Texts: answered}); err != nil {
		t.Fatal(m, err)
	}
}

// started is a project at the stage, with the consents on which it rests, by State.
func started(t testing.TB, a *assistance.Assistance, to assistance.ProjectStage, hosts ...string) (id string, consents map[string]string) {
	t.Helper()
	consents = map[string]string{}
	id, err := a.DraftProject(ctx, officer, plan(t, a, hosts...), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range hosts {
		request, consent := ground(t, a, host)
		consents[host] = consent
		if err := a.Bind(ctx, officer, id, readProject(t, a, id).Rev, host, area, request, consent); err != nil {
			t.Fatal(host, err)
		}
	}
	if to == assistance.Idea {
		return id, consents
	}
	if to == assistance.Stopped {
		moveProject(t, a, id, assistance.StopProject)
		return id, consents
	}
	answerAt(t, a, id, assistance.AtPlan)
	budget(t, a, id, 1_000_000, 1_000_000)
	ways := []assistance.ProjectMove{assistance.Appraise, assistance.Approve, assistance.Start, assistance.Close, assistance.EvaluateProject}
	stages := []assistance.ProjectStage{assistance.Appraised, assistance.Approved, assistance.Active, assistance.Closed, assistance.Evaluated}
	for i, m := range ways {
		switch m {
		case assistance.Close:
			answerAt(t, a, id, assistance.AtMidterm)
			answerAt(t, a, id, assistance.AtClose)
			waive(t, a, id, assistance.EvaluationInterim)
		case assistance.EvaluateProject:
			waive(t, a, id, assistance.EvaluationAtEnd)
		}
		moveProject(t, a, id, m)
		if to == assistance.Suspended && m == assistance.Start {
			moveProject(t, a, id, assistance.Suspend)
			return id, consents
		}
		if stages[i] == to {
			return id, consents
		}
	}
	t.Fatal("there is no way to", to)
	return "", nil
}

func TestAProjectGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Active, "KG", "TJ")
		p := readProject(t, a, id)
		if p.Stage != assistance.Active || len(p.Gates) != 2 || p.InterimDue != day(85) || p.FinalDue == "" || p.ExPostDue <= p.FinalDue {
			t.Errorf("%+v", p)
		}
		t.Run("what was written is what is read", func(t *testing.T) {
			d := plan(t, a, "KG", "TJ")
			d.Mandate = p.Mandate
			if got := store.JSON(p.Draft()); got != store.JSON(d) {
				t.Error(got)
			}
		})
		t.Run("changed after approval, what stood there is kept", func(t *testing.T) {
			d := p.Draft()
			d.Summary = "A longer course."
			if err := a.ReviseProject(ctx, officer, id, p.Rev, d); err != nil {
				t.Fatal(err)
			}
			steps, err := a.ProjectSteps(ctx, id)
			if last := steps[len(steps)-1]; err != nil || last.Move != "revise" || last.Former.Summary != p.Summary || last.By != "officer" {
				t.Errorf("%+v, %v", last, err)
			}
		})
		t.Run("what it was approved with cannot be taken out", func(t *testing.T) {
			p := readProject(t, a, id)
			for field, change := range map[string]func(*assistance.ProjectDraft){
				"tailoring": func(d *assistance.ProjectDraft) { d.Tailoring = "" }, "line": func(d *assistance.ProjectDraft) { d.Line = "" },
				"mandate":    func(d *assistance.ProjectDraft) { d.Ends = day(731) },
				"organisers": func(d *assistance.ProjectDraft) { d.Organisers = nil },
				"hosts":      func(d *assistance.ProjectDraft) { d.Hosts = []string{"KG"} },
			} {
				d := p.Draft()
				change(&d)
				var wrong assistance.Invalid
				if err := a.ReviseProject(ctx, officer, id, p.Rev, d); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
		})
		t.Run("days outside a consent are refused, with the sentence", func(t *testing.T) {
			p := readProject(t, a, id)
			d := p.Draft()
			d.Ends = day(401)
			var not assistance.Invalid
			if err := a.ReviseProject(ctx, officer, id, p.Rev, d); !errors.As(err, &not) || not["starts"] != "project.needs.consent.dates" {
				t.Error(err)
			}
		})
		t.Run("a stale page changes nothing", func(t *testing.T) {
			var stale assistance.Stale
			if err := a.ReviseProject(ctx, officer, id, 1, p.Draft()); !errors.As(err, &stale) {
				t.Error(err)
			}
		})
		t.Run("an officer of another structure changes it only where hers organises it", func(t *testing.T) {
			p := readProject(t, a, id)
			d := p.Draft()
			d.Organisers = []string{"spmu", "po-astana"}
			if err := a.ReviseProject(ctx, officerAstana, id, p.Rev, d); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if err := a.ReviseProject(ctx, officer, id, p.Rev, d); err != nil {
				t.Fatal(err)
			}
			d.Title = "Changed by a co-organiser"
			if err := a.ReviseProject(ctx, officerAstana, id, p.Rev+1, d); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestAProjectIsNotApprovedWithoutWhatItNeeds(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, err := a.DraftProject(ctx, officer, assistance.ProjectDraft{Lang: "de", Title: "Nur ein Gedanke", Hosts: []string{"KG"}, Themes: []string{area}}, "", "")
		if err != nil {
			t.Fatal(err)
		}
		moveProject(t, a, id, assistance.Appraise)
		err = a.MoveProject(ctx, desk, id, readProject(t, a, id).Rev, assistance.Approve, "", assistance.Due{})
		var not assistance.Incomplete
		if !errors.As(err, &not) {
			t.Fatal(err)
		}
		var keys []string
		for _, need := range not.Needs {
			keys = append(keys, need.Key)
			if !lang.Has(need.Key) {
				t.Error("no sentence says", need.Key)
			}
		}
		want := []string{
			"project.needs.dimension", "project.needs.gender", "project.needs.line", "project.needs.mandate", "project.needs.phase", "project.needs.starts",
			"project.needs.summary", "project.needs.tailoring", "project.needs.organisers", "project.needs.request", "project.needs.principles.plan", "money.needs.budget",
		}
		if !slices.Equal(keys, want) {
			t.Errorf("%v", keys)
		}
		t.Run("a State without its consent can be left out, and the rest goes on", func(t *testing.T) {
			id, _ := started(t, a, assistance.Appraised, "KG")
			p := readProject(t, a, id)
			d := p.Draft()
			d.Hosts = []string{"KG", "TJ"}
			if err := a.ReviseProject(ctx, officer, id, p.Rev, d); err != nil {
				t.Fatal(err)
			}
			err := a.MoveProject(ctx, desk, id, p.Rev+1, assistance.Approve, "", assistance.Due{})
			if !errors.As(err, &not) || len(not.Needs) != 1 || not.Needs[0].Host != "TJ" {
				t.Fatal(err, not)
			}
			if err := a.LeaveOut(ctx, officer, id, readProject(t, a, id).Rev, "TJ", area, "Tajikistan has not answered yet."); err != nil {
				t.Fatal(err)
			}
			if states := readProject(t, a, id).States(); !slices.Equal(states, []string{"KG"}) {
				t.Errorf("it goes through %v", states)
			}
			moveProject(t, a, id, assistance.Approve)
		})
		t.Run("after a model, another State asks and agrees for itself", func(t *testing.T) {
			model, _ := started(t, a, assistance.Active, "KG")
			d := readProject(t, a, model).Draft()
			d.Hosts = []string{"TJ"}
			request, _ := ground(t, a, "TJ")
			id, err := a.DraftProject(ctx, officer, d, model, request)
			if err != nil {
				t.Fatal(err)
			}
			p := readProject(t, a, id)
			if p.Model != model || len(p.Gates) != 1 || p.Gates[0].Host != "TJ" || p.Gates[0].Need(p.Starts, p.Ends) != "" {
				t.Errorf("%+v", p.Gates)
			}
		})
	})
}

func TestClosingAnArea(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		closing := func(t *testing.T, consent string) {
			t.Helper()
			c := readConsent(t, a, consent)
			if err := a.CloseArea(ctx, focal, consent, c.Rev, area, "The law has changed."); err != nil {
				t.Fatal(err)
			}
		}
		for _, stage := range []assistance.ProjectStage{assistance.Idea, assistance.Appraised, assistance.Approved} {
			t.Run(string(stage)+" stops at once", func(t *testing.T) {
				id, consents := started(t, a, stage, "KG")
				closing(t, consents["KG"])
				if p := readProject(t, a, id); p.Stage != assistance.Stopped {
					t.Errorf("%s", p.Stage)
				}
			})
		}
		for _, stage := range []assistance.ProjectStage{assistance.Active, assistance.Suspended} {
			t.Run(string(stage)+" is put on the list of decisions, with a day", func(t *testing.T) {
				id, consents := started(t, a, stage, "KG")
				closing(t, consents["KG"])
				list, err := a.ToDecide(ctx, desk.Scope(), "KG", 10)
				p := readProject(t, a, id)
				if err != nil || p.Stage != stage || !slices.ContainsFunc(list, func(g assistance.Gate) bool { return g.Project == id && g.DecideBy > day(0) }) {
					t.Errorf("%s, %+v, %v", p.Stage, list, err)
				}
				var not assistance.Impossible
				if err := a.LeaveOut(ctx, desk, id, p.Rev, "KG", area, "no"); !errors.As(err, &not) || !lang.Has(not.Key) {
					t.Errorf("the last State is left out: %v", err)
				}
				request, consent := ground(t, a, "KG")
				if err := a.Bind(ctx, desk, id, p.Rev, "KG", area, request, consent); err != nil {
					t.Fatal("a new consent does not help:", err)
				}
				if g, _ := readProject(t, a, id).Gate("KG", area); g.DecideBy != "" || g.Standing != assistance.AreaOpen {
					t.Errorf("%+v", g)
				}
			})
		}
		for _, stage := range []assistance.ProjectStage{assistance.Closed, assistance.Evaluated, assistance.Stopped} {
			t.Run(string(stage)+" keeps its history", func(t *testing.T) {
				id, consents := started(t, a, stage, "KG")
				moves := readProject(t, a, id).Moves
				closing(t, consents["KG"])
				p := readProject(t, a, id)
				if g, _ := p.Gate("KG", area); p.Stage != stage || p.Moves != moves || g.Standing != assistance.AreaClosed || g.DecideBy != "" {
					t.Errorf("%+v", p)
				}
			})
		}
		t.Run("of a regional project that State is left out, and the others go on", func(t *testing.T) {
			id, consents := started(t, a, assistance.Approved, "KG", "TJ")
			closing(t, consents["KG"])
			p := readProject(t, a, id)
			kg, _ := p.Gate("KG", area)
			tj, _ := p.Gate("TJ", area)
			if p.Stage != assistance.Approved || kg.Included || !tj.Included {
				t.Errorf("%+v", p)
			}
			moveProject(t, a, id, assistance.Start)
		})
		t.Run("a request that is withdrawn takes the ground away as well", func(t *testing.T) {
			id, _ := started(t, a, assistance.Approved, "KG")
			g, _ := readProject(t, a, id).Gate("KG", area)
			move(t, a, focal, g.Request, assistance.Withdraw)
			if p := readProject(t, a, id); p.Stage != assistance.Stopped {
				t.Errorf("%s", p.Stage)
			}
		})
		t.Run("so does a consent that is withdrawn, and one that ends", func(t *testing.T) {
			id, consents := started(t, a, assistance.Approved, "KG")
			if err := a.WithdrawConsent(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, "no"); err != nil {
				t.Fatal(err)
			}
			if p := readProject(t, a, id); p.Stage != assistance.Stopped {
				t.Errorf("%s", p.Stage)
			}
			id, _ = started(t, a, assistance.Active, "KG")
			if err := a.Expire(ctx, time.Now().AddDate(2, 0, 0)); err != nil {
				t.Fatal(err)
			}
			if g, _ := readProject(t, a, id).Gate("KG", area); g.DecideBy == "" || g.Standing != assistance.AreaClosed {
				t.Errorf("%+v", g)
			}
		})
	})
}

func TestEveryMoveOfAProjectAtEveryStageByEverybody(t *testing.T) {
	leads := map[assistance.ProjectStage]map[assistance.ProjectMove]assistance.ProjectStage{
		assistance.Idea:      {assistance.Appraise: assistance.Appraised, assistance.StopProject: assistance.Stopped},
		assistance.Appraised: {assistance.Approve: assistance.Approved, assistance.ReturnIdea: assistance.Idea, assistance.StopProject: assistance.Stopped},
		assistance.Approved:  {assistance.Start: assistance.Active, assistance.StopProject: assistance.Stopped},
		assistance.Active:    {assistance.Suspend: assistance.Suspended, assistance.Close: assistance.Closed},
		assistance.Suspended: {assistance.Resume: assistance.Active, assistance.Close: assistance.Closed},
		assistance.Closed:    {assistance.EvaluateProject: assistance.Evaluated},
	}
	all := []assistance.ProjectMove{
		assistance.Appraise, assistance.Approve, assistance.Start, assistance.Suspend, assistance.Resume,
		assistance.Close, assistance.EvaluateProject, assistance.ReturnIdea, assistance.StopProject, "lose", "bind", "leave", "revise", "draft",
	}
	desks := []assistance.ProjectMove{assistance.Approve, assistance.EvaluateProject, assistance.ReturnIdea}
	roles := map[string]access.Subject{
		"desk": desk, "administrator": admin, "its officer": officer, "officer of another structure": officerAstana, "focal point": focal, "delegation": envoy,
		"expert of the State": expertKG, "member": member, "visitor": visitor, "nobody": nobody, "the program": access.System("test"),
	}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, stage := range assistance.ProjectStages {
			id, _ := started(t, a, stage, "KG")
			for _, m := range all {
				to, leadsOn := leads[stage][m]
				for name, who := range roles {
					if leadsOn && m == assistance.Close && stage != assistance.Closed {
						answerAt(t, a, id, assistance.AtMidterm)
						answerAt(t, a, id, assistance.AtClose)
						waive(t, a, id, assistance.EvaluationInterim)
					}
					if leadsOn && m == assistance.EvaluateProject {
						waive(t, a, id, assistance.EvaluationAtEnd)
					}
					p := readProject(t, a, id)
					_, reads := who.Scope().Allows(p.Label)
					may := name == "desk" || name == "administrator" || name == "its officer" && !slices.Contains(desks, m)
					err := a.MoveProject(ctx, who, id, p.Rev, m, "words", assistance.Due{})
					var not assistance.Impossible
					var unknown assistance.Invalid
					ok := false
					switch {
					case m == "lose" || m == "bind" || m == "leave" || m == "revise" || m == "draft": // nobody's to ask for
						ok = errors.As(err, &unknown)
					case !reads:
						ok = errors.Is(err, store.ErrNotFound)
					case !may:
						ok = errors.Is(err, assistance.ErrForbidden)
					case !leadsOn:
						ok = errors.As(err, &not) && lang.Has(not.Key)
					default:
						ok = err == nil && readProject(t, a, id).Stage == to
						id, _ = started(t, a, stage, "KG")
					}
					if !ok {
						t.Errorf("%s: %s by %s: %v", stage, m, name, err)
					}
					if offered := slices.Contains(assistance.ProjectMoves(who, p), m); offered != (may && leadsOn) {
						t.Errorf("%s: %s is offered to %s: %v", stage, m, name, offered)
					}
				}
			}
		}
	})
}

func TestOfTwoWhoMoveAProjectAtOnceOneDoes(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Active, "KG")
		rev := readProject(t, a, id).Rev
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, who := range []access.Subject{desk, second} {
			both.Go(func() {
				errs[i] = a.MoveProject(ctx, who, id, rev, assistance.Suspend, "words", assistance.Due{})
			})
		}
		both.Wait()
		var stale assistance.Stale
		if (errs[0] == nil) == (errs[1] == nil) || !errors.As(errors.Join(errs...), &stale) {
			t.Error(errs)
		}
	})
}
