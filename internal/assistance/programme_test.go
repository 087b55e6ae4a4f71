package assistance_test

import (
	"errors"
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// lasting is a programme with everything that it takes to be agreed.
func lasting() assistance.ProgrammeDraft {
	return assistance.ProgrammeDraft{
		Lang: "en", Title: "A police academy that lasts", Purpose: "The academy trains on its own.", Since: day(-100), Until: day(900),
		Ownership: "The ministry pays for the staff from the third year on.", Handover: "Curricula and trainers go to the academy.", HandoverDay: day(800),
		Themes: []string{area}, States: []string{"KG"}, Government: []string{"Ministry of Internal Affairs"}, Civil: []string{"Council of residents"},
		Organisers: []string{"spmu"}, Partners: []string{"A police academy"},
	}
}

func readProgramme(t testing.TB, a *assistance.Assistance, id string) assistance.Programme {
	t.Helper()
	g, err := a.Programme(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var waysOfProgrammes = map[assistance.ProgrammeStage][]assistance.ProgrammeMove{
	assistance.ProgrammeDrafted:    nil,
	assistance.ProgrammeAgreed:     {assistance.AgreeProgramme},
	assistance.ProgrammeRunning:    {assistance.AgreeProgramme, assistance.BeginProgramme},
	assistance.ProgrammeHandedOver: {assistance.AgreeProgramme, assistance.BeginProgramme, assistance.HandOver},
	assistance.ProgrammeEnded:      {assistance.EndProgramme},
}

func moveProgramme(t testing.TB, a *assistance.Assistance, id string, m assistance.ProgrammeMove) {
	t.Helper()
	if err := a.MoveProgramme(ctx, desk, id, readProgramme(t, a, id).Rev, m, "words"); err != nil {
		t.Fatal(m, err)
	}
}

func programmeAt(t testing.TB, a *assistance.Assistance, s assistance.ProgrammeStage) string {
	t.Helper()
	id, err := a.DraftProgramme(ctx, officer, lasting())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range waysOfProgrammes[s] {
		moveProgramme(t, a, id, m)
	}
	return id
}

func TestAProgrammeGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		t.Run("what was written is what is read, in its order", func(t *testing.T) {
			g := readProgramme(t, a, programmeAt(t, a, assistance.ProgrammeDrafted))
			if got := store.JSON(g.ProgrammeDraft); got != store.JSON(lasting()) || g.Rev != 1 || g.Number == "" {
				t.Error(got, g.Rev)
			}
		})
		t.Run("what is missing for its agreement is named, all at once", func(t *testing.T) {
			id, err := a.DraftProgramme(ctx, officer, assistance.ProgrammeDraft{Lang: "ru", Title: "Мысль", Since: day(0), Until: day(100)})
			if err != nil {
				t.Fatal(err)
			}
			var wrong assistance.Invalid
			err = a.MoveProgramme(ctx, desk, id, 1, assistance.AgreeProgramme, "")
			if !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			for _, field := range []string{"purpose", "themes", "states", "government", "civil", "organisers", "brief", "ownership", "handover", "handover_day"} {
				if wrong[field] != "programme.needs."+field {
					t.Errorf("%s: %q", field, wrong[field])
				}
			}
		})
		t.Run("a shorter one says why, and is agreed", func(t *testing.T) {
			d := lasting()
			d.Until, d.HandoverDay, d.Brief = day(100), day(90), "The mandate ends then."
			id, err := a.DraftProgramme(ctx, officer, d)
			if err != nil {
				t.Fatal(err)
			}
			moveProgramme(t, a, id, assistance.AgreeProgramme)
		})
		t.Run("what was agreed keeps what stood there, and stays whole", func(t *testing.T) {
			id := programmeAt(t, a, assistance.ProgrammeRunning)
			g := readProgramme(t, a, id)
			d := g.ProgrammeDraft
			d.Government, d.Civil = []string{"Council of residents"}, []string{"Ministry of Internal Affairs"} // exchanged
			if err := a.ReviseProgramme(ctx, officer, id, g.Rev, d); err != nil {
				t.Fatal(err)
			}
			steps, err := a.ProgrammeSteps(ctx, id)
			if last := steps[len(steps)-1]; err != nil || last.Move != "revise" || !slices.Equal(last.Former.Civil, lasting().Civil) || last.By != "officer" {
				t.Errorf("%+v %v", last, err)
			}
			g = readProgramme(t, a, id)
			if !slices.Equal(g.Government, d.Government) {
				t.Error(g.Government)
			}
			for field, change := range map[string]func(*assistance.ProgrammeDraft){
				"civil": func(d *assistance.ProgrammeDraft) { d.Civil = nil }, "government": func(d *assistance.ProgrammeDraft) { d.Government = nil },
				"ownership": func(d *assistance.ProgrammeDraft) { d.Ownership = " " }, "handover_day": func(d *assistance.ProgrammeDraft) { d.HandoverDay = day(1000) },
				"states": func(d *assistance.ProgrammeDraft) { d.States = []string{"Atlantis"} }, "until": func(d *assistance.ProgrammeDraft) { d.Until = "2020-01-01" },
			} {
				d := g.ProgrammeDraft
				change(&d)
				var wrong assistance.Invalid
				if err := a.ReviseProgramme(ctx, officer, id, g.Rev, d); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			both := g.ProgrammeDraft
			both.Civil = both.Government
			var wrong assistance.Invalid
			if err := a.ReviseProgramme(ctx, officer, id, g.Rev, both); !errors.As(err, &wrong) || wrong["civil"] != "programme.error.both" {
				t.Error("one body is both owners", err)
			}
			var stale assistance.Stale
			if err := a.ReviseProgramme(ctx, officer, id, g.Rev-1, d); !errors.As(err, &stale) || stale.Rev != g.Rev {
				t.Error(err)
			}
		})
		t.Run("the lists find it by State, theme, structure and stage, page by page", func(t *testing.T) {
			f := assistance.ProgrammeFilter{State: "KG", Theme: area, Body: "spmu", Stages: []assistance.ProgrammeStage{assistance.ProgrammeRunning, assistance.ProgrammeAgreed}}
			n, err := a.CountProgrammes(ctx, officer.Scope(), f)
			if err != nil || n < 2 {
				t.Fatal(n, err)
			}
			seen, after := map[string]bool{}, assistance.Place{}
			for {
				list, more, err := a.Programmes(ctx, officer.Scope(), f, after, 1)
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range list {
					seen[g.ID] = true
				}
				if after = more; more == (assistance.Place{}) {
					break
				}
			}
			if len(seen) != n {
				t.Error(len(seen), n)
			}
			if list, _, err := a.Programmes(ctx, officer.Scope(), assistance.ProgrammeFilter{State: "TJ"}, assistance.Place{}, 5); err != nil || len(list) > 0 {
				t.Error(list, err)
			}
			if list, _, err := a.Programmes(ctx, visitor.Scope(), assistance.ProgrammeFilter{}, assistance.Place{}, 5); err != nil || len(list) > 0 {
				t.Error("a visitor reads", list, err)
			}
		})
	})
}

// TestProgrammeMovesByStageAndRole holds every move at every stage against everybody.
func TestProgrammeMovesByStageAndRole(t *testing.T) {
	moves := []assistance.ProgrammeMove{assistance.AgreeProgramme, assistance.BeginProgramme, assistance.HandOver, assistance.ReopenProgramme, assistance.EndProgramme}
	from := map[assistance.ProgrammeMove][]assistance.ProgrammeStage{
		assistance.AgreeProgramme: {"draft"}, assistance.BeginProgramme: {"agreed"}, assistance.HandOver: {"running"},
		assistance.ReopenProgramme: {"agreed"}, assistance.EndProgramme: {"draft", "agreed", "running"},
	}
	desks := []assistance.ProgrammeMove{assistance.AgreeProgramme, assistance.ReopenProgramme}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, stage := range assistance.ProgrammeStages {
			for _, move := range moves {
				for who, kind := range map[*access.Subject]string{&desk: "desk", &admin: "desk", &officer: "writer", &officerAstana: "no", &focal: "no", &expertKG: "no"} {
					id := programmeAt(t, a, stage)
					g := readProgramme(t, a, id)
					err := a.MoveProgramme(ctx, *who, id, g.Rev, move, "words")
					var not assistance.Impossible
					may := kind == "desk" || kind == "writer" && !slices.Contains(desks, move)
					switch possible := slices.Contains(from[move], stage); {
					case !may && !errors.Is(err, assistance.ErrForbidden), may && possible && err != nil, may && !possible && (!errors.As(err, &not) || not.Key == ""):
						t.Errorf("%s %s by %s: %v", stage, move, who.ID, err)
					case slices.Contains(assistance.ProgrammeMoves(*who, g), move) != (may && possible):
						t.Errorf("%s %s is offered to %s", stage, move, who.ID)
					}
				}
			}
		}
		id := programmeAt(t, a, assistance.ProgrammeRunning)
		for _, m := range []assistance.ProgrammeMove{assistance.HandOver, assistance.EndProgramme} {
			var wrong assistance.Invalid
			if err := a.MoveProgramme(ctx, desk, id, readProgramme(t, a, id).Rev, m, " "); !errors.As(err, &wrong) || wrong["words"] == "" {
				t.Errorf("%s without words: %v", m, err)
			}
		}
		if err := a.MoveProgramme(ctx, visitor, id, 1, assistance.HandOver, "w"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestProjectsBelongToAProgramme(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		g := programmeAt(t, a, assistance.ProgrammeRunning)
		running, _ := started(t, a, assistance.Active, "KG")
		idea, _ := started(t, a, assistance.Idea, "KG")
		put := func(who access.Subject, project, into string) error {
			return a.PutInProgramme(ctx, who, project, readProject(t, a, project).Rev, into)
		}
		for _, id := range []string{running, idea} {
			if err := put(officer, id, g); err != nil {
				t.Fatal(err)
			}
		}
		if list, _, err := a.Projects(ctx, officer.Scope(), assistance.ProjectFilter{Programme: g}, assistance.Place{}, 5); err != nil || len(list) != 2 || list[0].Programme != g {
			t.Error(list, err)
		}
		t.Run("a project goes into one that its writer writes, at its revision", func(t *testing.T) {
			var stale assistance.Stale
			if err := a.PutInProgramme(ctx, officer, idea, 1, ""); !errors.As(err, &stale) {
				t.Error(err)
			}
			if err := put(officerAstana, idea, ""); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if err := put(officer, idea, "nothing"); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			var not assistance.Impossible
			if err := put(officer, idea, programmeAt(t, a, assistance.ProgrammeEnded)); !errors.As(err, &not) || not.Key != "programme.impossible.ended" {
				t.Error(err)
			}
		})
		t.Run("a programme is not over while a project of it runs", func(t *testing.T) {
			var still assistance.Unfinished
			for _, m := range []assistance.ProgrammeMove{assistance.HandOver, assistance.EndProgramme} {
				if err := a.MoveProgramme(ctx, desk, g, readProgramme(t, a, g).Rev, m, "words"); !errors.As(err, &still) || still.Running != 1 {
					t.Errorf("%s: %v", m, err)
				}
			}
			over(t, a, running)
			moveProgramme(t, a, g, assistance.HandOver)
		})
		t.Run("and no project is approved under one that is over, until it is taken out", func(t *testing.T) {
			answerAt(t, a, idea, assistance.AtPlan)
			budget(t, a, idea, 1_000_000, 1_000_000)
			moveProject(t, a, idea, assistance.Appraise)
			var not assistance.Incomplete
			err := a.MoveProject(ctx, desk, idea, readProject(t, a, idea).Rev, assistance.Approve, "", assistance.Due{})
			if !errors.As(err, &not) || not.Needs[0].Key != "programme.needs.open" {
				t.Fatal(err)
			}
			if err := put(officer, idea, ""); err != nil {
				t.Fatal(err)
			}
			budget(t, a, idea, 1_000_000, 1_000_000)
			moveProject(t, a, idea, assistance.Approve)
		})
	})
}

func TestNoStatementBreaksAProgramme(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := map[string]string{"DRAFT": programmeAt(t, a, assistance.ProgrammeDrafted), "RUNNING": programmeAt(t, a, assistance.ProgrammeRunning), "ENDED": programmeAt(t, a, assistance.ProgrammeEnded)}
		bare, err := a.DraftProgramme(ctx, officer, assistance.ProgrammeDraft{Lang: "en", Title: "A thought"})
		if err != nil {
			t.Fatal(err)
		}
		id["BARE"] = bare
		id["PROJECT"], _ = started(t, a, assistance.Active, "KG")
		if err := a.PutInProgramme(ctx, officer, id["PROJECT"], readProject(t, a, id["PROJECT"]).Rev, id["RUNNING"]); err != nil {
			t.Fatal(err)
		}
		const step = "INSERT INTO programme_step (programme, n, prior, was, move, stage, words, former, by_whom, at, mark) VALUES ($1, "
		attack(t, a, id, map[string][2]string{
			"agree it without a step":                   {"DRAFT", "UPDATE programme SET stage = 'agreed', mark = id || ' agreed' WHERE id = $1"},
			"agree it by a step that is not there":      {"DRAFT", "UPDATE programme SET stage = 'agreed', mark = id || ' agreed', moves = 2, step = id || ' 2 agreed' WHERE id = $1"},
			"a stage that its mark does not say":        {"RUNNING", "UPDATE programme SET mark = id || ' agreed' WHERE id = $1"},
			"run from a draft":                          {"DRAFT", step + "2, 1, 'draft', 'begin', 'running', '', '', 'x', 1, $1 || ' 2 running')"},
			"hand it over without words":                {"RUNNING", step + "4, 3, 'running', 'hand-over', 'handed-over', '', '', 'x', 1, $1 || ' 4 handed-over')"},
			"end it by nobody":                          {"RUNNING", step + "4, 3, 'running', 'end', 'ended', 'w', '', '', 1, $1 || ' 4 ended')"},
			"revise without what stood there":           {"RUNNING", step + "4, 3, 'running', 'revise', 'running', '', '', 'x', 1, $1 || ' 4 running')"},
			"take a step away":                          {"RUNNING", "DELETE FROM programme_step WHERE programme = $1 AND n = 2"},
			"take the government away":                  {"RUNNING", "UPDATE programme SET government = NULL WHERE id = $1"},
			"take civil society away":                   {"RUNNING", "UPDATE programme SET civil = NULL WHERE id = $1"},
			"take the row of the government away":       {"RUNNING", "DELETE FROM programme_tag WHERE programme = $1 AND kind = 'government'"},
			"take the row of civil society away":        {"RUNNING", "DELETE FROM programme_tag WHERE programme = $1 AND kind = 'civil'"},
			"name a partner as the government":          {"RUNNING", "UPDATE programme SET government = id || ' partner A police academy' WHERE id = $1"},
			"rest on a government that nobody named":    {"RUNNING", "UPDATE programme SET government = id || ' government Nobody' WHERE id = $1"},
			"take the ownership away":                   {"RUNNING", "UPDATE programme SET ownership = '' WHERE id = $1"},
			"take the hand-over away":                   {"RUNNING", "UPDATE programme SET handover = '' WHERE id = $1"},
			"hand it over after its end":                {"RUNNING", "UPDATE programme SET handover_day = '2199-01-01' WHERE id = $1"},
			"take its days away":                        {"RUNNING", "UPDATE programme SET since = '', until = '' WHERE id = $1"},
			"end it within a year and say nothing":      {"RUNNING", "UPDATE programme SET until = handover_day, since = handover_day WHERE id = $1"},
			"let it end before it begins":               {"RUNNING", "UPDATE programme SET until = '2000-01-01' WHERE id = $1"},
			"publish it":                                {"RUNNING", "UPDATE programme SET level = 0 WHERE id = $1"},
			"let a project run under one that is over":  {"ENDED", "UPDATE project SET programme = $1, programme_mark = $1 || ' ended' WHERE stage = 'active'"},
			"say that one that is over runs":            {"ENDED", "UPDATE project SET programme = $1, programme_mark = $1 || ' running' WHERE stage = 'active'"},
			"put a project in by its mark alone":        {"DRAFT", "UPDATE project SET programme = NULL WHERE programme IS NOT NULL AND $1 <> ''"},
			"put a project under another's mark":        {"DRAFT", "UPDATE project SET programme = $1 WHERE programme IS NOT NULL"},
			"end a programme under a project that runs": {"RUNNING", "UPDATE project SET programme_mark = $1 || ' ended' WHERE programme = $1"},
			"take a programme away":                     {"DRAFT", "DELETE FROM programme WHERE id = $1"},
			"agree a thought":                           {"BARE", "UPDATE programme SET stage = 'agreed', mark = id || ' agreed', step = NULL, moves = 0 WHERE id = $1"},
		})
	})
}

// over closes a project that runs.
func over(t testing.TB, a *assistance.Assistance, id string) {
	t.Helper()
	answerAt(t, a, id, assistance.AtMidterm)
	answerAt(t, a, id, assistance.AtClose)
	waive(t, a, id, assistance.EvaluationInterim)
	moveProject(t, a, id, assistance.Close)
}

// attack writes each statement in a transaction of its own, with the id of what it is
// about, and reports those that were let through.
func attack(t *testing.T, a *assistance.Assistance, ids map[string]string, statements map[string][2]string) {
	t.Helper()
	for name, s := range statements {
		_, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
			n, err := tx.Exec(ctx, s[1], ids[s[0]])
			if err == nil && n == 0 {
				t.Errorf("%s: the statement touched nothing: the test has gone blind", name)
			}
			return store.Event{Act: "test.attack"}, err
		})
		if !store.Refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
