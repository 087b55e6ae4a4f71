package assistance_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

var officerKG = access.Act("officer-kg", access.ProgrammeOfficer, "", "programme-office-bishkek")

// assessmentVisit is a plan with everything that it takes to be fielded: in two areas that
// answer opens, on days that it covers.
func assessmentVisit() assistance.AssessmentDraft {
	return assistance.AssessmentDraft{
		Lang: "en", Title: "Cybercrime units", Purpose: "What training the units need", Methods: "Interviews, visits to three units",
		Starts: "2027-03-01", Ends: "2027-03-05", Themes: slices.Clone(areas[:2]), Team: []string{"spmu", "Police academy"},
	}
}

// assessmentPlanned makes a plan for a new request; with ground where its consent is there.
func assessmentPlanned(t testing.TB, a *assistance.Assistance, grounded bool) (x assistance.Assessment, consent string) {
	t.Helper()
	r := at(t, a, assistance.Accepted)
	if grounded {
		id, err := a.AskConsent(ctx, desk, assistance.AskedConsent{Giver: "KG", Request: r.ID, Why: "An assessment", Areas: areas})
		if err == nil {
			err = a.Give(ctx, focal, id, 1, answer())
		}
		if err != nil {
			t.Fatal(err)
		}
		consent = id
	}
	id, err := a.PlanAssessment(ctx, officer, r.ID, assessmentVisit())
	if err != nil {
		t.Fatal(err)
	}
	return readAssessment(t, a, id), consent
}

func readAssessment(t testing.TB, a *assistance.Assistance, id string) assistance.Assessment {
	t.Helper()
	x, err := a.Assessment(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func moveAssessment(t testing.TB, a *assistance.Assistance, who access.Subject, id string, m assistance.AssessmentMove) {
	t.Helper()
	x := readAssessment(t, a, id)
	err := a.MoveAssessment(ctx, who, id, x.Rev, m, "words")
	if m == assistance.CommentAssessment {
		err = a.CommentOn(ctx, who, id, x.Rev, assistance.SaidOfAssessment{Whole: "We agree."})
	}
	if err != nil {
		t.Fatal(m, err)
	}
}

// assessmentFound writes a finding with a recommendation.
func assessmentFound(t testing.TB, a *assistance.Assistance, id string) (finding, recommendation string) {
	t.Helper()
	finding, err := a.PutFinding(ctx, officer, id, "", 0, observedFinding())
	if err != nil {
		t.Fatal(err)
	}
	recommendation, err = a.PutRecommendation(ctx, officer, id, finding, "", 0, assistance.RecommendationDraft{Words: "Train ten trainers", Addressee: "Ministry", Priority: "high"})
	if err != nil {
		t.Fatal(err)
	}
	return finding, recommendation
}

func observedFinding() assistance.FindingDraft {
	return assistance.FindingDraft{
		Title: "No trainers", Baseline: "None of three units has a trainer", Evidence: "Visit to the units", Dated: "2026-03",
		Document: "KG/1/26", Priority: "high", Theme: areas[0], Item: "1049/19.1",
	}
}

// waysToAssess are the moves that bring a plan to a stage.
var waysToAssess = map[assistance.AssessmentStage][]assistance.AssessmentMove{
	assistance.AssessmentPlanned:  nil,
	assistance.AssessmentFielded:  {"field"},
	assistance.AssessmentDrafted:  {"field", "return"},
	assistance.AssessmentComments: {"field", "return", "send"},
	assistance.AssessmentFinal:    {"field", "return", "send", "comment", "finalise"},
	assistance.AssessmentStopped:  {"stop"},
}

// assessmentAt makes an assessment that is at the stage.
func assessmentAt(t testing.TB, a *assistance.Assistance, s assistance.AssessmentStage) assistance.Assessment {
	t.Helper()
	x, _ := assessmentPlanned(t, a, true)
	return broughtTo(t, a, x.ID, waysToAssess[s]...)
}

func broughtTo(t testing.TB, a *assistance.Assistance, id string, list ...assistance.AssessmentMove) assistance.Assessment {
	t.Helper()
	for _, m := range list {
		who := officer
		if m == assistance.CommentAssessment {
			who = envoy
		}
		if m == assistance.SendAssessment {
			if x := readAssessment(t, a, id); len(findingsOf(t, a, x)) == 0 {
				assessmentFound(t, a, id)
			}
		}
		moveAssessment(t, a, who, id, m)
	}
	return readAssessment(t, a, id)
}

func findingsOf(t testing.TB, a *assistance.Assistance, x assistance.Assessment) []assistance.AssessmentFinding {
	t.Helper()
	list, err := a.Findings(ctx, theProgram, x)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var theProgram = access.System("test")

// leadsAssessment are where the moves lead: all others are refused. What the stage
// alone does not allow (a draft that was not commented on, days that are not over) has
// its own tests.
var leadsAssessment = map[assistance.AssessmentStage]map[assistance.AssessmentMove]assistance.AssessmentStage{
	assistance.AssessmentPlanned:  {"field": assistance.AssessmentFielded, "stop": assistance.AssessmentStopped},
	assistance.AssessmentFielded:  {"return": assistance.AssessmentDrafted, "stop": assistance.AssessmentStopped},
	assistance.AssessmentDrafted:  {"send": assistance.AssessmentComments, "stop": assistance.AssessmentStopped},
	assistance.AssessmentComments: {"comment": assistance.AssessmentComments, "rework": assistance.AssessmentDrafted, "stop": assistance.AssessmentStopped},
}

func TestEveryMoveOfAnAssessmentByEverybody(t *testing.T) {
	roles := map[string]access.Subject{
		"focal point": focal, "delegation": envoy, "expert of the State": expertKG, "focal point of another State": focalTJ, "delegation of another State": envoyTJ,
		"desk": desk, "administrator": admin, "programme officer": officer, "of another structure": officerKG, "member": member, "visitor": visitor, "nobody": nobody,
		"the program": access.System("test"), "her own program": program,
	}
	writers, voices := []string{"desk", "administrator", "programme officer", "of another structure"}, []string{"focal point", "delegation"}
	moves := []assistance.AssessmentMove{"plan", "field", "return", "send", "comment", "lapse", "finalise", "rework", "resume", "stop", "close", "doubt"}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, stage := range assistance.AssessmentStages {
			base := assessmentAt(t, a, stage)
			if stage == assistance.AssessmentDrafted {
				assessmentFound(t, a, base.ID)
			}
			for _, m := range moves {
				to, leadsOn := leadsAssessment[stage][m]
				for name, who := range roles {
					_, reads := who.Scope().Allows(base.Label)
					may := slices.Contains(writers, name)
					err := a.MoveAssessment(ctx, who, base.ID, base.Rev, m, "words")
					if m == assistance.CommentAssessment {
						may = slices.Contains(voices, name)
						err = a.CommentOn(ctx, who, base.ID, base.Rev, assistance.SaidOfAssessment{Whole: "words"})
					}
					var not assistance.Impossible
					var wrong assistance.Invalid
					ok := false
					switch {
					case m == "plan" || m == "close" || m == "doubt":
						ok = errors.As(err, &wrong)
					case !reads:
						ok = errors.Is(err, store.ErrNotFound)
					case !may:
						ok = errors.Is(err, assistance.ErrForbidden)
					case !leadsOn:
						ok = errors.As(err, &not) && lang.Has(not.Key)
					default:
						ok = err == nil && readAssessment(t, a, base.ID).Stage == to
					}
					if !ok {
						t.Errorf("%s: %s by %s: %v", stage, m, name, err)
					}
					offered := slices.Contains(assistance.AssessmentMoves(who, base, time.Now()), m)
					if who.SignedIn() && offered != (reads && may && leadsOn) {
						t.Errorf("%s: %s is offered to %s: %v", stage, m, name, offered)
					}
					if err == nil {
						base = assessmentAt(t, a, stage)
						if stage == assistance.AssessmentDrafted {
							assessmentFound(t, a, base.ID)
						}
					}
				}
			}
		}
	})
}

func TestAnAssessmentRestsOnRequestAndConsent(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		var not assistance.Impossible
		t.Run("none is planned upon a request that was not accepted, or is not there", func(t *testing.T) {
			for _, s := range []assistance.Stage{assistance.Submitted, assistance.Acknowledged, assistance.Declined, assistance.Withdrawn} {
				if _, err := a.PlanAssessment(ctx, desk, at(t, a, s).ID, assessmentVisit()); !errors.As(err, &not) || !lang.Has(not.Key) {
					t.Error(s, err)
				}
			}
			var wrong assistance.Invalid
			if _, err := a.PlanAssessment(ctx, desk, at(t, a, assistance.Drafted).ID, assessmentVisit()); !errors.As(err, &wrong) {
				t.Error("the desk learns of a State's draft", err)
			}
			for _, who := range []access.Subject{focal, envoy, expertKG, member, visitor, nobody} {
				if _, err := a.PlanAssessment(ctx, who, at(t, a, assistance.Accepted).ID, assessmentVisit()); !errors.Is(err, assistance.ErrForbidden) {
					t.Error(who.ID, err)
				}
			}
		})
		t.Run("closing an area stops what is planned there at once, with its words", func(t *testing.T) {
			x, consent := assessmentPlanned(t, a, true)
			other, _ := assessmentPlanned(t, a, true)
			if err := a.CloseArea(ctx, focal, consent, readConsent(t, a, consent).Rev, areas[1], "Not now"); err != nil {
				t.Fatal(err)
			}
			x = readAssessment(t, a, x.ID)
			steps, err := a.AssessmentSteps(ctx, x.ID)
			last := steps[len(steps)-1]
			if err != nil || x.Stage != assistance.AssessmentStopped || last.Move != "close" || last.Words != "Not now" || last.Theme != areas[1] || last.Consent != consent || last.By != "" {
				t.Error(x, last, err)
			}
			if readAssessment(t, a, other.ID).Stage != assistance.AssessmentPlanned {
				t.Error("another one stopped too")
			}
		})
		for name, take := range map[string]func(x assistance.Assessment, consent string) error{
			"closing an area": func(_ assistance.Assessment, consent string) error {
				return a.CloseArea(ctx, focal, consent, readConsent(t, a, consent).Rev, areas[0], "")
			},
			"withdrawing the consent": func(_ assistance.Assessment, consent string) error {
				return a.WithdrawConsent(ctx, focal, consent, readConsent(t, a, consent).Rev, "A new law")
			},
			"withdrawing the request": func(x assistance.Assessment, _ string) error {
				return a.Move(ctx, focal, x.Request, read(t, a, x.Request).Rev, assistance.Withdraw, "", "")
			},
		} {
			t.Run(name+" sets a day to decide what becomes of what is fielded", func(t *testing.T) {
				x, consent := assessmentPlanned(t, a, true)
				x = broughtTo(t, a, x.ID, "field")
				if err := take(x, consent); err != nil {
					t.Fatal(err)
				}
				x = readAssessment(t, a, x.ID)
				if x.Stage != assistance.AssessmentFielded || len(x.DecideBy) != 10 || x.Last != "doubt" || !x.Overdue(time.Now().AddDate(0, 0, 40)) || x.Overdue(time.Now()) {
					t.Error(x)
				}
				if err := a.MoveAssessment(ctx, officer, x.ID, x.Rev, "resume", ""); !errors.As(err, &not) || !lang.Has(not.Key) {
					t.Error(err)
				}
				if name != "closing an area" {
					if x = broughtTo(t, a, x.ID, "return"); x.DecideBy != "" || x.Stage != assistance.AssessmentDrafted {
						t.Error("what was seen cannot be written down", x)
					}
					return
				}
				if err := a.OpenArea(ctx, focal, consent, readConsent(t, a, consent).Rev, areas[0], ""); err != nil {
					t.Fatal(err)
				}
				if x = broughtTo(t, a, x.ID, "resume"); x.DecideBy != "" || x.Stage != assistance.AssessmentFielded {
					t.Error(x)
				}
			})
			t.Run(name+" stops what is planned", func(t *testing.T) {
				x, consent := assessmentPlanned(t, a, true)
				if err := take(x, consent); err != nil || readAssessment(t, a, x.ID).Stage != assistance.AssessmentStopped {
					t.Error(err)
				}
			})
		}
		t.Run("a second area that closes leaves the day as it was", func(t *testing.T) {
			x, consent := assessmentPlanned(t, a, true)
			x = broughtTo(t, a, x.ID, "field")
			var days []string
			for _, theme := range areas[:2] {
				if err := a.CloseArea(ctx, focal, consent, readConsent(t, a, consent).Rev, theme, ""); err != nil {
					t.Fatal(err)
				}
				x = readAssessment(t, a, x.ID)
				days = append(days, x.DecideBy)
			}
			if days[0] == "" || days[0] != days[1] || x.Moves != 4 {
				t.Error(days, x.Moves)
			}
		})
		t.Run("and so does time", func(t *testing.T) {
			x, _ := assessmentPlanned(t, a, true)
			if err := a.Expire(ctx, time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || readAssessment(t, a, x.ID).Stage != assistance.AssessmentStopped {
				t.Error(err)
			}
		})
	})
}

func TestAnAssessmentIsFieldedOnOpenGround(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		var not assistance.Impossible
		t.Run("it is fielded only where all its areas are open on all its days", func(t *testing.T) {
			x, _ := assessmentPlanned(t, a, false)
			field := func(key string) {
				t.Helper()
				err := a.MoveAssessment(ctx, officer, x.ID, x.Rev, "field", "")
				if (key == "") != (err == nil) || err != nil && (!errors.As(err, &not) || not.Key != "assessment.impossible."+key || !lang.Has(not.Key)) {
					t.Errorf("%q: %v", key, err)
				}
				x = readAssessment(t, a, x.ID)
			}
			give := func(change func(*assistance.GivenConsent)) {
				t.Helper()
				id := asked(t, a)
				g := answer()
				change(&g)
				if err := a.Give(ctx, focal, id, 1, g); err != nil {
					t.Fatal(err)
				}
			}
			field("consent")
			give(func(g *assistance.GivenConsent) { g.Areas = areas[:1] })
			field("consent")
			give(func(g *assistance.GivenConsent) { g.Until = "2027-03-04" })
			field("dates")
			give(func(g *assistance.GivenConsent) { g.Since = "2027-03-02" })
			field("dates")
			give(func(*assistance.GivenConsent) {})
			d := assessmentVisit()
			d.Ends = ""
			if err := a.ReviseAssessment(ctx, officer, x.ID, x.Rev, d); err != nil {
				t.Fatal(err)
			}
			x = readAssessment(t, a, x.ID)
			field("plan")
			if err := a.ReviseAssessment(ctx, officer, x.ID, x.Rev, assessmentVisit()); err != nil {
				t.Fatal(err)
			}
			x = readAssessment(t, a, x.ID)
			field("")
			d.Starts, d.Ends = "2027-03-01", "2199-03-01"
			var wrong assistance.Invalid
			if err := a.ReviseAssessment(ctx, officer, x.ID, x.Rev, d); !errors.As(err, &wrong) || wrong["ends"] == "" {
				t.Error("its days leave the consent", err)
			}
		})
		t.Run("consent that was asked for another request is none for it", func(t *testing.T) {
			x, _ := assessmentPlanned(t, a, false)
			assessmentPlanned(t, a, true)
			list, err := a.AssessmentGrounds(ctx, x)
			for _, area := range list {
				c := readConsent(t, a, area.Consent)
				if err != nil || c.Request != "" {
					t.Error(c, err)
				}
			}
		})
	})
}

func TestTheStateIsHeard(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		var not assistance.Impossible
		aged := func(id string) {
			t.Helper()
			_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				if _, err := tx.Exec(ctx, "UPDATE assessment SET due = '2020-01-01' WHERE id = $1", id); err != nil {
					return store.Event{}, err
				}
				_, err := tx.Exec(ctx, "UPDATE assessment_step SET due = '2020-01-01' WHERE assessment = $1 AND move = 'send'", id)
				return store.Event{Act: "test.aged"}, err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Run("nothing is final before it has commented, or its days are over", func(t *testing.T) {
			x := assessmentAt(t, a, assistance.AssessmentComments)
			for _, m := range []assistance.AssessmentMove{"finalise", "lapse"} {
				if err := a.MoveAssessment(ctx, officer, x.ID, x.Rev, m, ""); !errors.As(err, &not) || !lang.Has(not.Key) {
					t.Error(m, err)
				}
			}
			aged(x.ID)
			if x = readAssessment(t, a, x.ID); !x.Overdue(time.Now()) {
				t.Error(x)
			}
			if err := a.MoveAssessment(ctx, officer, x.ID, x.Rev, "finalise", ""); !errors.As(err, &not) {
				t.Error("it is not written down that the days are over", err)
			}
			x = broughtTo(t, a, x.ID, "lapse", "comment", "finalise")
			if x.Stage != assistance.AssessmentFinal || x.Due != "" {
				t.Error(x)
			}
		})
		t.Run("what it says stands beside the finding as it was then, and stays", func(t *testing.T) {
			x := assessmentAt(t, a, assistance.AssessmentComments)
			f := findingsOf(t, a, x)[0]
			said := assistance.SaidOfAssessment{Whole: "В целом верно", Findings: map[string]string{f.ID: "Один инструктор есть"}}
			if err := a.CommentOn(ctx, envoy, x.ID, x.Rev, said); err != nil {
				t.Fatal(err)
			}
			x = broughtTo(t, a, x.ID, "rework")
			d := observedFinding()
			d.Baseline = "One of three units has a trainer"
			if _, err := a.PutFinding(ctx, desk, x.ID, f.ID, f.Rev, d); err != nil {
				t.Fatal(err)
			}
			list, err := a.Comments(ctx, focal, x)
			if err != nil || len(list) != 2 || list[0].Words != said.Whole || list[0].Finding != "" || list[1].Finding != f.ID || list[1].Words != said.Findings[f.ID] || list[1].Former != observedFinding() || list[1].By != "envoy" {
				t.Error(list, err)
			}
			if err := a.DropFinding(ctx, desk, x.ID, f.ID, f.Rev+1); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
			x = broughtTo(t, a, x.ID, "send")
			if err := a.MoveAssessment(ctx, officer, x.ID, x.Rev, "finalise", ""); !errors.As(err, &not) {
				t.Error("it was not asked about what is new", err)
			}
		})
		t.Run("to say nothing is no comment, and its words are its own", func(t *testing.T) {
			x := assessmentAt(t, a, assistance.AssessmentComments)
			var wrong assistance.Invalid
			if err := a.CommentOn(ctx, focal, x.ID, x.Rev, assistance.SaidOfAssessment{Whole: " ", Findings: map[string]string{"another": "x"}}); !errors.As(err, &wrong) || !lang.Has(wrong["words"]) {
				t.Error(err)
			}
			if err := a.CommentOn(ctx, desk, x.ID, x.Rev, assistance.SaidOfAssessment{Whole: "x"}); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("until they are final, findings are for their authors and the State", func(t *testing.T) {
			for _, s := range []assistance.AssessmentStage{assistance.AssessmentComments, assistance.AssessmentFinal} {
				x := assessmentAt(t, a, s)
				for who, reads := range map[*access.Subject]bool{&desk: true, &officer: true, &focal: true, &expertKG: true, &focalTJ: s == assistance.AssessmentFinal, &envoyTJ: s == assistance.AssessmentFinal} {
					list, err := a.Findings(ctx, *who, x)
					recs, err2 := a.Recommendations(ctx, *who, x)
					_, err3 := a.Comments(ctx, *who, x)
					if (err == nil) != reads || (err2 == nil) != reads || (err3 == nil) != reads || reads != (len(list) == 1) || reads != (len(recs) == 1) {
						t.Errorf("%s %s: %v", s, who.ID, err)
					}
				}
			}
		})
	})
}
