package demo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/demo"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// subject is somebody of the demonstration, signed in.
func subject(t *testing.T, db *store.DB, role access.Role) access.Subject {
	t.Helper()
	p, err := account.ByEmail(ctx, db, string(role)+"@polis.example")
	if err != nil {
		t.Fatal(err)
	}
	who, _, err := account.Subject(ctx, db, p.ID, account.TwoFactors)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// one is the only thing of a list.
func one[T any](t *testing.T, list []T, err error) T {
	t.Helper()
	if err != nil || len(list) != 1 {
		t.Fatalf("%d of %T, %v", len(list), list, err)
	}
	return list[0]
}

// projectAt is the one project at a stage.
func projectAt(t *testing.T, a *assistance.Assistance, s assistance.ProjectStage) assistance.Project {
	t.Helper()
	list, _, err := a.Projects(ctx, store.Everything("test"), assistance.ProjectFilter{Stages: []assistance.ProjectStage{s}}, assistance.Place{}, 10)
	return one(t, list, err)
}

func TestTheDemonstrationHoldsAWholeCycleOfAssistance(t *testing.T) {
	db := storetest.SQLite(t)
	lib, _ := load(t, db)
	a, all := &assistance.Assistance{DB: db}, store.Everything("test")
	running, over := projectAt(t, a, assistance.Active), projectAt(t, a, assistance.Evaluated)
	t.Run("what runs comes from a note, an assessment and a recommendation, in a programme", func(t *testing.T) {
		assessments, _, err := a.Assessments(ctx, all, assistance.AssessmentFilter{}, assistance.Place{}, 10)
		x := one(t, assessments, err)
		notes, err := a.CitedNotes(ctx, all, x.ID)
		note := one(t, notes, err)
		if factors, err := a.Factors(ctx, note.ID); err != nil || len(factors) != 2 || note.Overdue(time.Now()) {
			t.Errorf("%d factors, %v", len(factors), err)
		}
		comments, err := a.Comments(ctx, subject(t, db, access.FocalPoint), x)
		if x.Stage != assistance.AssessmentFinal || err != nil || len(comments) != 2 {
			t.Errorf("the assessment is %s with %d comments, %v", x.Stage, len(comments), err)
		}
		advised, err := a.AdvisedBy(ctx, all, running.ID)
		if of := one(t, advised, err); of.Assessment.ID != x.ID {
			t.Error("the project is made of another recommendation")
		}
		document := strings.TrimPrefix(advised[0].Finding.Document, "/library/")
		if titles, err := lib.Titles(ctx, all, []string{document}, "de"); err != nil || titles[document] == "" {
			t.Errorf("the finding's document %s is not in the library, %v", document, err)
		}
		programme, err := a.Programme(ctx, all, running.Programme)
		if err != nil || programme.Stage != assistance.ProgrammeRunning || len(programme.Government) == 0 || len(programme.Civil) == 0 {
			t.Errorf("%+v %v", programme, err)
		}
	})
	t.Run("its results are measured, its risk and who has a stake in it are known", func(t *testing.T) {
		f, err := a.Framework(ctx, running.ID)
		measured := 0
		for _, r := range f.Results {
			if f.Measured(r.ID) {
				measured++
			}
		}
		if err != nil || len(f.Results) != 3 || measured == 0 {
			t.Errorf("%d results, %d of them measured, %v", len(f.Results), measured, err)
		}
		risks, err := a.Risks(ctx, running.ID)
		one(t, risks, err)
		if list, err := a.Stakeholders(ctx, running.ID); err != nil || len(list) != 2 {
			t.Errorf("%d stakeholders, %v", len(list), err)
		}
		said, _, err := a.Consultations(ctx, running.ID, assistance.DuePlace{}, 10)
		one(t, said, err)
	})
	t.Run("what is over was evaluated, with one thing overdue and a lesson that is adopted", func(t *testing.T) {
		e, err := a.Evaluation(ctx, all, over.ID, assistance.EvaluationAtEnd)
		if err != nil || e.Stage != assistance.EvaluationFinal || e.Criteria["impact"].WhyNot == "" || over.Ends >= time.Now().UTC().Format(time.DateOnly) {
			t.Errorf("%+v %v", e, err)
		}
		recommendations, err := a.RecommendationsOf(ctx, all, e.ID)
		if err != nil || len(recommendations) != 2 || recommendations[0].Response == "" || recommendations[1].Response == "" {
			t.Errorf("%+v %v", recommendations, err)
		}
		late, err := a.Tasks(ctx, all, []assistance.Watch{{}}, time.Now(), time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly), 10)
		late = slices.DeleteFunc(late, func(x assistance.Task) bool { return x.Kind != assistance.ToAct })
		one(t, late, err)
		lessons, _, err := a.Lessons(ctx, all, assistance.LessonFilter{Project: over.ID}, assistance.Place{}, 10)
		l := one(t, lessons, err)
		if titles, err := lib.Titles(ctx, all, []string{l.Adopted}, "ru"); err != nil || titles[l.Adopted] == "" {
			t.Errorf("the lesson is adopted into %q, %v", l.Adopted, err)
		}
	})
	t.Run("a table with a wrong row and an agenda wait for the officer", func(t *testing.T) {
		officer := subject(t, db, access.ProgrammeOfficer)
		imports, err := a.Imports(ctx, officer, 10)
		room := &assistance.Activities{Assistance: a, Files: lib.Files}
		p, err := room.Look(ctx, officer, one(t, imports, err))
		if err != nil || p.Rows != 3 || p.Made != 2 || p.Faulty != 1 || len(p.Troubles) != 1 {
			t.Errorf("%+v %v", p, err)
		}
		agendas, err := a.WaitingAgendas(ctx, officer)
		if w := one(t, agendas, err); w.Project != running.ID || w.Found.State.Value != demo.State || w.Found.Starts.Value == "" {
			t.Errorf("%+v", w.Found)
		}
	})
}
