package assistance_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// course is an activity in the States of a project, some days ago.
func course(hosts ...string) assistance.ActivityDraft {
	d := assistance.ActivityDraft{
		Kind: "training", Lang: "en", Title: "Course for trainers", Starts: day(-10), Ends: day(-8), Place: "Bishkek", Agenda: "Day 1: methods.",
		Organisers: []string{"spmu", "The police academy"}, Languages: []string{"Russian"}, Trainers: []string{"Department of training of a police academy"},
	}
	for _, host := range hosts {
		d.Hosts = append(d.Hosts, assistance.ActivityHost{Host: host, Area: area})
	}
	return d
}

// turnout is a course that was held with 20 people.
func turnout() assistance.Held {
	return assistance.Held{Starts: day(-10), Ends: day(-8), Place: "Bishkek", Figures: assistance.Figures{Total: 20, Women: 3, Men: 17, Remark: "All passed."}}
}

func readActivity(t testing.TB, a *assistance.Assistance, id string) assistance.Activity {
	t.Helper()
	x, err := a.Activity(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// arranged is an activity of the project.
func arranged(t testing.TB, a *assistance.Assistance, project string, d assistance.ActivityDraft) string {
	t.Helper()
	id, err := a.PlanActivity(ctx, officer, project, d, "")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// activityAt is a course of the project at the stage.
func activityAt(t testing.TB, a *assistance.Assistance, project string, s assistance.ActivityStage, hosts ...string) assistance.Activity {
	t.Helper()
	id := arranged(t, a, project, course(hosts...))
	var err error
	switch s {
	case assistance.ActivityHeld:
		err = a.HoldActivity(ctx, officer, id, 2-1, turnout())
	case assistance.ActivityCancelled:
		err = a.CancelActivity(ctx, officer, id, 1, "The trainers are ill.")
	}
	if err != nil {
		t.Fatal(s, err)
	}
	return readActivity(t, a, id)
}

func TestAnActivityGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG", "TJ")
		id := arranged(t, a, project, course("KG", "TJ"))
		x := readActivity(t, a, id)
		t.Run("what was written is what is read", func(t *testing.T) {
			if store.JSON(x.Draft()) != store.JSON(course("KG", "TJ")) || x.Number == "" || x.ProjectNumber != readProject(t, a, project).Number || x.Stage != assistance.ActivityPlanned {
				t.Errorf("%+v", x)
			}
			if found, err := a.NumberedActivity(ctx, desk.Scope(), x.Number); err != nil || found.ID != id {
				t.Error(err)
			}
		})
		t.Run("changed, what stood there is kept", func(t *testing.T) {
			d := x.Draft()
			d.Title, d.Hosts, d.Materials = "Course for trainers, in two groups", d.Hosts[1:], []string{"a-document"}
			if err := a.ReviseActivity(ctx, officer, id, x.Rev, d); err != nil {
				t.Fatal(err)
			}
			steps, err := a.ActivitySteps(ctx, id)
			got := readActivity(t, a, id)
			if last := steps[len(steps)-1]; err != nil || last.Former.Draft == nil || last.Former.Draft.Title != x.Title || !slices.Equal(got.States(), []string{"TJ"}) || len(got.Materials) != 1 {
				t.Errorf("%+v %+v %v", got, last, err)
			}
		})
		t.Run("a stale page changes nothing", func(t *testing.T) {
			var stale assistance.Stale
			for name, err := range map[string]error{
				"revise": a.ReviseActivity(ctx, officer, id, 1, course("KG")), "hold": a.HoldActivity(ctx, officer, id, 1, turnout()), "cancel": a.CancelActivity(ctx, officer, id, 1, "no"),
			} {
				if !errors.As(err, &stale) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
		t.Run("it is held, with figures by group, and mended with a reason", func(t *testing.T) {
			h := turnout()
			h.Who = []assistance.Participants{{"f", "middle", "police", "TJ", 3}, {"m", "line", "police", "TJ", 10}, {"m", "line", "police", "TJ", 6}, {"m", "unknown", "other", "", 1}}
			h.Feedback = assistance.Feedback{Answers: 18, Relevance: 460, Content: 425, Opinions: "More practice."}
			if err := a.HoldActivity(ctx, officer, id, readActivity(t, a, id).Rev, h); err != nil {
				t.Fatal(err)
			}
			x := readActivity(t, a, id)
			if x.Stage != assistance.ActivityHeld || len(x.Who) != 3 || x.Women != 3 || x.Content != 425 {
				t.Errorf("%+v", x)
			}
			var wrong assistance.Invalid
			h.Total, h.Who, h.Starts = 21, nil, day(-9)
			if err := a.MendActivity(ctx, officer, id, x.Rev, h, ""); !errors.As(err, &wrong) || wrong["words"] == "" {
				t.Error(err)
			}
			if err := a.MendActivity(ctx, officer, id, x.Rev, h, "One came on the second day."); err != nil {
				t.Fatal(err)
			}
			steps, _ := a.ActivitySteps(ctx, id)
			list, _, err := a.Activities(ctx, desk.Scope(), assistance.ActivityFilter{State: "TJ", From: day(-9)}, assistance.Place{}, 10)
			if last := steps[len(steps)-1]; last.Former.Held == nil || last.Former.Held.Total != 20 || len(list) != 1 || err != nil {
				t.Errorf("%+v %+v %v", last, list, err)
			}
		})
		t.Run("what was held keeps its days and States, and its words can be written anew", func(t *testing.T) {
			x := readActivity(t, a, id)
			d := course("KG")
			d.Agenda = "What was really done."
			if err := a.ReviseActivity(ctx, officer, id, x.Rev, d); err != nil {
				t.Fatal(err)
			}
			if got := readActivity(t, a, id); got.Agenda != d.Agenda || got.Starts != day(-9) || !slices.Equal(got.States(), []string{"TJ"}) {
				t.Errorf("%+v", got)
			}
		})
		t.Run("a copy is the same a year later, without figures", func(t *testing.T) {
			d := readActivity(t, a, id).Copy(readProject(t, a, project))
			if want, _ := time.Parse(time.DateOnly, day(-9)); d.Starts[:4] == day(-9)[:4] || d.Starts != want.AddDate(1, 0, 0).Format(time.DateOnly) || len(d.Hosts) != 1 {
				t.Errorf("%+v", d)
			}
			d.Starts, d.Ends = day(20), day(21)
			again, err := a.PlanActivity(ctx, officer, project, d, id)
			if x := readActivity(t, a, again); err != nil || x.Model != id || x.Total != 0 {
				t.Errorf("%+v %v", x, err)
			}
		})
	})
}

func TestEveryMoveOfAnActivityAtEveryStageByEverybody(t *testing.T) {
	leads := map[assistance.ActivityStage]map[assistance.ActivityMove]assistance.ActivityStage{
		assistance.ActivityPlanned:   {assistance.HoldMove: assistance.ActivityHeld, assistance.CancelMove: assistance.ActivityCancelled},
		assistance.ActivityHeld:      {assistance.MendMove: assistance.ActivityHeld, assistance.ReopenMove: assistance.ActivityPlanned},
		assistance.ActivityCancelled: {assistance.ReopenMove: assistance.ActivityPlanned},
	}
	people := map[string]struct {
		who          access.Subject
		writes, desk bool
	}{
		"desk": {desk, true, true}, "admin": {admin, true, true}, "officer": {officer, true, false}, "officer of another structure": {officerAstana, false, false},
		"focal point": {focal, false, false}, "delegation": {envoy, false, false}, "expert": {expertKG, false, false}, "visitor": {visitor, false, false}, "nobody": {nobody, false, false},
	}
	moves := []assistance.ActivityMove{assistance.HoldMove, assistance.MendMove, assistance.CancelMove, assistance.ReopenMove}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG")
		for _, stage := range assistance.ActivityStages {
			for name, person := range people {
				for _, m := range moves {
					x := activityAt(t, a, project, stage, "KG")
					to, leads := leads[stage][m]
					may := person.writes && (m != assistance.ReopenMove || person.desk)
					h := turnout()
					h.Total, h.Men = 21, 18
					var err error
					switch m {
					case assistance.HoldMove:
						err = a.HoldActivity(ctx, person.who, x.ID, x.Rev, h)
					case assistance.MendMove:
						err = a.MendActivity(ctx, person.who, x.ID, x.Rev, h, "why")
					case assistance.CancelMove:
						err = a.CancelActivity(ctx, person.who, x.ID, x.Rev, "why")
					case assistance.ReopenMove:
						err = a.ReopenActivity(ctx, person.who, x.ID, x.Rev, "why")
					}
					got := readActivity(t, a, x.ID)
					var not assistance.Impossible
					switch {
					case may && leads:
						if err != nil || got.Stage != to {
							t.Errorf("%s, %s by the %s: %s, %v", stage, m, name, got.Stage, err)
						}
					case may:
						if !errors.As(err, &not) || !lang.Has(not.Key) || got.Stage != stage {
							t.Errorf("%s, %s by the %s: %s, %v", stage, m, name, got.Stage, err)
						}
					case !errors.Is(err, assistance.ErrForbidden) && !errors.Is(err, store.ErrNotFound) || got.Stage != stage:
						t.Errorf("%s, %s by the %s: %s, %v", stage, m, name, got.Stage, err)
					}
					if offered := slices.Contains(assistance.ActivityMoves(person.who, x, readProject(t, a, project)), m); offered != (may && leads) {
						t.Errorf("%s, %s is offered to the %s: %v", stage, m, name, offered)
					}
				}
			}
		}
	})
}

func TestAnActivityFollowsItsProject(t *testing.T) {
	can := map[assistance.ProjectStage]struct{ plan, hold bool }{
		assistance.Idea: {true, false}, assistance.Appraised: {true, false}, assistance.Approved: {true, false},
		assistance.Active: {true, true}, assistance.Suspended: {true, true}, assistance.Closed: {}, assistance.Evaluated: {}, assistance.Stopped: {},
	}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for stage, can := range can {
			project, _ := started(t, a, stage, "KG")
			id, err := a.PlanActivity(ctx, officer, project, course("KG"), "")
			var not assistance.Impossible
			if !can.plan {
				if !errors.As(err, &not) || !lang.Has(not.Key) {
					t.Errorf("planned while %s: %v", stage, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(stage, err)
			}
			err = a.HoldActivity(ctx, officer, id, 1, turnout())
			if can.hold != (err == nil) || !can.hold && (!errors.As(err, &not) || !lang.Has(not.Key)) {
				t.Errorf("held while %s: %v", stage, err)
			}
		}
		t.Run("closed, what is planned is cancelled with the reason, and what was held stays", func(t *testing.T) {
			project, _ := started(t, a, assistance.Active, "KG")
			open, held := arranged(t, a, project, course("KG")), activityAt(t, a, project, assistance.ActivityHeld, "KG")
			answerAt(t, a, project, assistance.AtMidterm)
			answerAt(t, a, project, assistance.AtClose)
			waive(t, a, project, assistance.EvaluationInterim)
			moveProject(t, a, project, assistance.Close)
			steps, err := a.ActivitySteps(ctx, open)
			if x := readActivity(t, a, open); err != nil || x.Stage != assistance.ActivityCancelled || steps[len(steps)-1].Words != "words" {
				t.Errorf("%+v %v", x, err)
			}
			if x := readActivity(t, a, held.ID); x.Stage != assistance.ActivityHeld || x.ProjectStage != assistance.Closed {
				t.Errorf("%+v", x)
			}
			var not assistance.Impossible
			if err := a.ReopenActivity(ctx, desk, open, 2, "why"); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
		})
		t.Run("stopped, too", func(t *testing.T) {
			project, _ := started(t, a, assistance.Approved, "KG")
			id := arranged(t, a, project, course("KG"))
			moveProject(t, a, project, assistance.StopProject)
			if x := readActivity(t, a, id); x.Stage != assistance.ActivityCancelled {
				t.Errorf("%+v", x)
			}
		})
		t.Run("it is not made shorter than its activities, and no State is taken from under them", func(t *testing.T) {
			id, _ := started(t, a, assistance.Appraised, "KG", "TJ")
			activity := arranged(t, a, id, course("TJ"))
			for field, change := range map[string]func(*assistance.ProjectDraft){
				"starts": func(d *assistance.ProjectDraft) { d.Starts = day(-9) }, "hosts": func(d *assistance.ProjectDraft) { d.Hosts = []string{"KG"} },
			} {
				p := readProject(t, a, id)
				d := p.Draft()
				change(&d)
				var wrong assistance.Invalid
				if err := a.ReviseProject(ctx, officer, id, p.Rev, d); !errors.As(err, &wrong) || !lang.Has(wrong[field]) {
					t.Errorf("%s: %v", field, err)
				}
			}
			if err := a.CancelActivity(ctx, officer, activity, 1, "no"); err != nil {
				t.Fatal(err)
			}
			p := readProject(t, a, id)
			d := p.Draft()
			d.Hosts, d.Starts = []string{"KG"}, day(-1)
			if err := a.ReviseProject(ctx, officer, id, p.Rev, d); err != nil {
				t.Error("what is cancelled holds it:", err)
			}
			var not assistance.Impossible
			if err := a.ReopenActivity(ctx, desk, activity, 2, "why"); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
		})
	})
}

func TestClosingAnAreaReachesActivities(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		t.Run("approved and regional: that State is dropped, and where it was the only one the activity is cancelled", func(t *testing.T) {
			project, consents := started(t, a, assistance.Approved, "KG", "TJ")
			both, one, other := arranged(t, a, project, course("KG", "TJ")), arranged(t, a, project, course("KG")), arranged(t, a, project, course("TJ"))
			if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "The law has changed."); err != nil {
				t.Fatal(err)
			}
			x := readActivity(t, a, both)
			steps, err := a.ActivitySteps(ctx, both)
			if last := steps[len(steps)-1]; err != nil || x.Stage != assistance.ActivityPlanned || !slices.Equal(x.States(), []string{"TJ"}) || len(x.Hosts) != 2 || last.Move != "drop" || last.Host != "KG" {
				t.Errorf("%+v %+v", x, last)
			}
			if x := readActivity(t, a, one); x.Stage != assistance.ActivityCancelled {
				t.Errorf("%+v", x)
			}
			if x := readActivity(t, a, other); x.Stage != assistance.ActivityPlanned || x.Rev != 1 {
				t.Errorf("%+v", x)
			}
			list, _, err := a.Activities(ctx, desk.Scope(), assistance.ActivityFilter{State: "KG", Stages: []assistance.ActivityStage{assistance.ActivityPlanned}}, assistance.Place{}, 10)
			if err != nil || len(list) != 0 {
				t.Errorf("%+v %v", list, err)
			}
			var wrong assistance.Invalid
			if _, err := a.PlanActivity(ctx, officer, project, course("KG"), ""); !errors.As(err, &wrong) || !lang.Has(wrong["hosts"]) {
				t.Error(err)
			}
			request, consent := ground(t, a, "KG")
			if err := a.Bind(ctx, desk, project, readProject(t, a, project).Rev, "KG", area, request, consent); err != nil {
				t.Fatal(err)
			}
			if err := a.ReviseActivity(ctx, officer, both, x.Rev, course("KG", "TJ")); err != nil {
				t.Fatal("it does not come back with a new consent:", err)
			}
			if err := a.ReopenActivity(ctx, desk, one, 2, "The State has agreed anew."); err != nil {
				t.Fatal(err)
			}
			if x := readActivity(t, a, both); len(x.States()) != 2 {
				t.Errorf("%+v", x)
			}
		})
		t.Run("while it runs, nothing is held there before it is decided", func(t *testing.T) {
			project, consents := started(t, a, assistance.Active, "KG", "TJ")
			held, open, other := activityAt(t, a, project, assistance.ActivityHeld, "KG"), arranged(t, a, project, course("KG", "TJ")), arranged(t, a, project, course("TJ"))
			if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "The law has changed."); err != nil {
				t.Fatal(err)
			}
			var not assistance.Incomplete
			if err := a.HoldActivity(ctx, officer, open, 1, turnout()); !errors.As(err, &not) || len(not.Needs) != 1 || not.Needs[0].Host != "KG" || !lang.Has(not.Needs[0].Key) {
				t.Error(err)
			}
			if err := a.HoldActivity(ctx, officer, other, 1, turnout()); err != nil {
				t.Error("in the other State:", err)
			}
			if err := a.LeaveOut(ctx, desk, project, readProject(t, a, project).Rev, "KG", area, "It goes on without."); err != nil {
				t.Fatal(err)
			}
			if x := readActivity(t, a, held.ID); x.Stage != assistance.ActivityHeld || !slices.Equal(x.States(), []string{"KG"}) {
				t.Errorf("what was held loses its history: %+v", x)
			}
			x := readActivity(t, a, open)
			if err := a.HoldActivity(ctx, officer, open, x.Rev, turnout()); err != nil || !slices.Equal(x.States(), []string{"TJ"}) {
				t.Error(err)
			}
			var nowhere assistance.Impossible
			if err := a.ReopenActivity(ctx, desk, held.ID, held.Rev, "why"); !errors.As(err, &nowhere) || !lang.Has(nowhere.Key) {
				t.Error(err)
			}
			if err := a.ReopenActivity(ctx, desk, open, x.Rev+1, "why"); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestWhatAnActivityNeeds(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG")
		for name, c := range map[string]struct {
			field  string
			change func(*assistance.ActivityDraft)
		}{
			"no title":                 {"title", func(d *assistance.ActivityDraft) { d.Title = " " }},
			"no kind":                  {"kind", func(d *assistance.ActivityDraft) { d.Kind = "party" }},
			"no language":              {"lang", func(d *assistance.ActivityDraft) { d.Lang = "tlh" }},
			"no day":                   {"starts", func(d *assistance.ActivityDraft) { d.Starts, d.Ends = "", "" }},
			"a month":                  {"starts", func(d *assistance.ActivityDraft) { d.Starts = "2026-11" }},
			"no such day":              {"ends", func(d *assistance.ActivityDraft) { d.Ends = "2026-02-30" }},
			"an end before":            {"ends", func(d *assistance.ActivityDraft) { d.Ends = day(-11) }},
			"before the project":       {"starts", func(d *assistance.ActivityDraft) { d.Starts = day(-31) }},
			"behind the project":       {"ends", func(d *assistance.ActivityDraft) { d.Ends = day(201) }},
			"no State":                 {"hosts", func(d *assistance.ActivityDraft) { d.Hosts = nil }},
			"another State":            {"hosts", func(d *assistance.ActivityDraft) { d.Hosts[0].Host = "TJ" }},
			"another area":             {"hosts", func(d *assistance.ActivityDraft) { d.Hosts[0].Area = "drugs" }},
			"no organiser":             {"organisers", func(d *assistance.ActivityDraft) { d.Organisers = []string{""} }},
			"an endless name":          {"trainers", func(d *assistance.ActivityDraft) { d.Trainers = []string{strings.Repeat("x", 201)} }},
			"guidance by us alone":     {"coauthor", func(d *assistance.ActivityDraft) { d.Kind = "guidance" }},
			"a follow-up on no day":    {"follow-ups", func(d *assistance.ActivityDraft) { d.Kind, d.FollowUps = "forum", []string{"soon"} }},
			"an agenda that is a book": {"agenda", func(d *assistance.ActivityDraft) { d.Agenda = strings.Repeat("x", 20_001) }},
		} {
			d := course("KG")
			c.change(&d)
			var wrong assistance.Invalid
			if _, err := a.PlanActivity(ctx, officer, project, d, ""); !errors.As(err, &wrong) || !lang.Has(wrong[c.field]) {
				t.Errorf("%s: %v", name, err)
			}
		}
		id := arranged(t, a, project, course("KG"))
		for name, c := range map[string]struct {
			field  string
			change func(*assistance.Held)
		}{
			"nobody, and no reason": {"total", func(h *assistance.Held) { h.Figures = assistance.Figures{} }},
			"a reason, and people":  {"unattended", func(h *assistance.Held) { h.Unattended = "equipment" }},
			"more than all":         {"total", func(h *assistance.Held) { h.Women = 4 }},
			"less than nobody":      {"women", func(h *assistance.Held) { h.Women = -1 }},
			"a slip of the finger":  {"total", func(h *assistance.Held) { h.Total = 20_000_000 }},
			"tomorrow":              {"starts", func(h *assistance.Held) { h.Starts, h.Ends = day(1), day(1) }},
			"before the project":    {"starts", func(h *assistance.Held) { h.Starts = day(-31) }},
			"nowhere":               {"place", func(h *assistance.Held) { h.Place = "" }},
			"an average above five": {"question-relevance", func(h *assistance.Held) { h.Answers, h.Relevance = 3, 501 }},
			"answers of nobody":     {"answers", func(h *assistance.Held) { h.Relevance = 300 }},
			"a group that is none":  {"who", func(h *assistance.Held) { h.Who = []assistance.Participants{{"f", "middle", "navy", "KG", 20}} }},
			"a State that is none": {"who", func(h *assistance.Held) {
				h.Women, h.Men, h.Who = 20, 0, []assistance.Participants{{"f", "middle", "police", "XX", 20}}
			}},
			"a negative group": {"who", func(h *assistance.Held) { h.Who = []assistance.Participants{{"f", "middle", "police", "KG", -2}} }},
		} {
			h := turnout()
			c.change(&h)
			var wrong assistance.Invalid
			if err := a.HoldActivity(ctx, officer, id, 1, h); !errors.As(err, &wrong) || !lang.Has(wrong[c.field]) {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Run("participants that do not add up are told by how much", func(t *testing.T) {
			h := turnout()
			h.Who = []assistance.Participants{{"f", "line", "police", "KG", 5}, {"m", "line", "police", "KG", 14}}
			var uneven assistance.Uneven
			if err := a.HoldActivity(ctx, officer, id, 1, h); !errors.As(err, &uneven) || uneven != (assistance.Uneven{-1, 2, -3}) {
				t.Error(err)
			}
		})
		t.Run("equipment is handed over with nobody, and why is said", func(t *testing.T) {
			d := course("KG")
			d.Kind = "equipment"
			id := arranged(t, a, project, d)
			h := turnout()
			h.Figures = assistance.Figures{Unattended: "Ten radios, handed over by a carrier."}
			if err := a.HoldActivity(ctx, officer, id, 1, h); err != nil {
				t.Error(err)
			}
		})
		t.Run("an organiser's officer says how it went, and plans nothing in a project of others", func(t *testing.T) {
			d := course("KG")
			d.Organisers = []string{"spmu", "po-astana"}
			id := arranged(t, a, project, d)
			if _, err := a.PlanActivity(ctx, officerAstana, project, d, ""); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if err := a.HoldActivity(ctx, officerAstana, id, 1, turnout()); err != nil {
				t.Error(err)
			}
		})
	})
}
