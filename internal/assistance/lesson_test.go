package assistance_test

import (
	"errors"
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// learned is a lesson with everything that it takes to be reviewed.
func learned() assistance.LessonDraft {
	return assistance.LessonDraft{
		Lang: "fr", Title: "Former à deux", Happened: "Les formateurs étaient seuls.", Learned: "À deux, ils enseignent mieux.", Guidance: "Prévoir deux formateurs.",
		Origin: "note", Source: "Note du 12 mars 2026", Evidence: "Questionnaires de fin de cours.",
		Themes: []string{area}, Items: []string{"1049/14.2"}, States: []string{"KG"}, Documents: []string{"d1"},
	}
}

func readLesson(t testing.TB, a *assistance.Assistance, id string) assistance.Lesson {
	t.Helper()
	l, err := a.Lesson(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func moveLesson(t testing.TB, a *assistance.Assistance, id string, m assistance.LessonMove) {
	t.Helper()
	if err := a.MoveLesson(ctx, desk, id, readLesson(t, a, id).Rev, m, "words"); err != nil {
		t.Fatal(m, err)
	}
}

// lessonAt makes a lesson that is at the stage.
func lessonAt(t testing.TB, a *assistance.Assistance, to assistance.LessonStage, change func(*assistance.LessonDraft)) string {
	t.Helper()
	d := learned()
	if change != nil {
		change(&d)
	}
	id, err := a.DraftLesson(ctx, officer, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range map[assistance.LessonStage][]assistance.LessonMove{
		assistance.LessonReviewed: {assistance.ReviewLesson}, assistance.LessonPublished: {assistance.ReviewLesson, assistance.PublishLesson},
		assistance.LessonWithdrawn: {assistance.WithdrawLesson},
	}[to] {
		moveLesson(t, a, id, m)
	}
	return id
}

func TestALessonGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		t.Run("what was written is what is read", func(t *testing.T) {
			if got := store.JSON(readLesson(t, a, lessonAt(t, a, assistance.LessonDrafted, nil)).Draft()); got != store.JSON(learned()) {
				t.Error(got)
			}
		})
		t.Run("half a lesson is kept, and is not reviewed", func(t *testing.T) {
			id, err := a.DraftLesson(ctx, officer, assistance.LessonDraft{Lang: "en", Title: "A thought", Origin: "forum"})
			if err != nil {
				t.Fatal(err)
			}
			var wrong assistance.Invalid
			if err := a.MoveLesson(ctx, desk, id, 1, assistance.ReviewLesson, ""); !errors.As(err, &wrong) || len(wrong) != 6 {
				t.Error(err)
			}
			for _, key := range wrong {
				if !lang.Has(key) {
					t.Error("no sentence says", key)
				}
			}
			if err := a.ReviseLesson(ctx, officer, id, 1, learned()); err != nil {
				t.Fatal(err)
			}
			var stale assistance.Stale
			if err := a.ReviseLesson(ctx, officer, id, 1, learned()); !errors.As(err, &stale) {
				t.Error(err)
			}
		})
		t.Run("nobody reviews her own", func(t *testing.T) {
			id, err := a.DraftLesson(ctx, desk, learned())
			if err != nil {
				t.Fatal(err)
			}
			if err := a.MoveLesson(ctx, desk, id, 1, assistance.ReviewLesson, ""); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if err := a.MoveLesson(ctx, second, id, 1, assistance.ReviewLesson, ""); err != nil {
				t.Error(err)
			}
		})
		t.Run("drawn from an evaluation it belongs to that project", func(t *testing.T) {
			project, _ := started(t, a, assistance.Active, "KG")
			of := readEvaluation(t, a, project, assistance.EvaluationInterim).ID
			id := lessonAt(t, a, assistance.LessonPublished, func(d *assistance.LessonDraft) { d.Origin, d.Source, d.Evaluation = "evaluation", "", of })
			list, _, err := a.Lessons(ctx, desk.Scope(), assistance.LessonFilter{Project: project, Evaluation: of}, assistance.Place{}, 9)
			if err != nil || len(list) != 1 || list[0].ID != id {
				t.Error(list, err)
			}
			for _, change := range []func(*assistance.LessonDraft){
				func(d *assistance.LessonDraft) { d.Evaluation = of },                          // of a note
				func(d *assistance.LessonDraft) { d.Origin, d.Evaluation = "evaluation", "x" }, // of none that there is
				func(d *assistance.LessonDraft) { d.Origin, d.Activity = "activity", "x" },
				func(d *assistance.LessonDraft) { d.Origin = "hearsay" },
				func(d *assistance.LessonDraft) { d.Project = "x" },
			} {
				d := learned()
				change(&d)
				var wrong assistance.Invalid
				if _, err := a.DraftLesson(ctx, officer, d); !errors.As(err, &wrong) || wrong["origin"] == "" {
					t.Errorf("%+v: %v", d, err)
				}
			}
		})
		t.Run("carried into guidance it is found from the document, as from what bears it out", func(t *testing.T) {
			id := lessonAt(t, a, assistance.LessonPublished, func(d *assistance.LessonDraft) { d.Documents = []string{"proof"} })
			l := readLesson(t, a, id)
			if err := a.MoveLesson(ctx, desk, id, l.Rev, assistance.AdoptLesson, "guide"); err != nil {
				t.Fatal(err)
			}
			for _, document := range []string{"guide", "proof"} {
				list, _, err := a.Lessons(ctx, desk.Scope(), assistance.LessonFilter{Document: document}, assistance.Place{}, 9)
				if err != nil || len(list) != 1 || list[0].ID != id || list[0].Adopted != "guide" || list[0].AdoptedOn != day(0) {
					t.Error(document, list, err)
				}
			}
			steps, err := a.LessonSteps(ctx, id)
			if last := steps[len(steps)-1]; err != nil || last.Move != assistance.AdoptLesson || last.Words != "guide" || last.By != "desk" {
				t.Errorf("%+v %v", last, err)
			}
		})
	})
}

func TestLessonsAreOfferedToWhoeverWritesSomethingSimilar(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		at := func(themes, states []string) string {
			return lessonAt(t, a, assistance.LessonPublished, func(d *assistance.LessonDraft) { d.Themes, d.States = themes, states })
		}
		wide := at([]string{"cybercrime"}, nil)
		other := at([]string{"cybercrime/cyber-investigation"}, []string{"TJ"})
		both := at([]string{"cybercrime/cyber-investigation"}, []string{"KG"})
		drugs := at([]string{"drugs"}, []string{"KG"})
		lessonAt(t, a, assistance.LessonReviewed, func(d *assistance.LessonDraft) { d.Themes = []string{"cybercrime"} })
		for _, c := range []struct {
			themes, states []string
			limit          int
			want           []string
		}{
			{[]string{"cybercrime/cyber-investigation"}, []string{"KG"}, 9, []string{both, other, wide}},
			{[]string{"cybercrime/cyber-investigation"}, []string{"TJ"}, 1, []string{other}},
			{[]string{"drugs", "cybercrime"}, nil, 9, []string{drugs, wide, both, other}},
			{nil, []string{"KG"}, 9, nil},
			{[]string{"terrorism"}, []string{"KG"}, 9, nil},
		} {
			list, err := a.LessonsFor(ctx, focal.Scope(), c.themes, c.states, c.limit)
			var got []string
			for _, l := range list {
				got = append(got, l.ID)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v %v: %v %v, want %v", c.themes, c.states, got, err, c.want)
			}
		}
		if list, err := a.LessonsFor(ctx, member.Scope(), []string{"drugs"}, nil, 9); err != nil || len(list) > 0 {
			t.Error("not everybody reads them:", list, err)
		}
		var got []string
		for after := (assistance.Place{}); ; {
			list, more, err := a.Lessons(ctx, all, assistance.LessonFilter{Theme: "cybercrime", Stages: []assistance.LessonStage{assistance.LessonPublished}}, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range list {
				got = append(got, l.ID)
			}
			if after = more; more == (assistance.Place{}) {
				break
			}
		}
		if !slices.Equal(got, []string{both, other, wide}) {
			t.Error(got)
		}
		if n, err := a.CountLessons(ctx, all, assistance.LessonFilter{State: "KG"}); err != nil || n != 3 { // the reviewed one too
			t.Error(n, err)
		}
	})
}

func TestEveryMoveOfALessonAtEveryStageByEverybody(t *testing.T) {
	leads := map[assistance.LessonStage]map[assistance.LessonMove]assistance.LessonStage{
		assistance.LessonDrafted: {assistance.ReviewLesson: assistance.LessonReviewed, assistance.WithdrawLesson: assistance.LessonWithdrawn},
		assistance.LessonReviewed: {
			assistance.PublishLesson: assistance.LessonPublished, assistance.ReturnLesson: assistance.LessonDrafted, assistance.WithdrawLesson: assistance.LessonWithdrawn,
		},
		assistance.LessonPublished: {assistance.AdoptLesson: assistance.LessonPublished, assistance.WithdrawLesson: assistance.LessonWithdrawn},
	}
	moves := []assistance.LessonMove{assistance.ReviewLesson, assistance.PublishLesson, assistance.AdoptLesson, assistance.ReturnLesson, assistance.WithdrawLesson, "draft", "nonsense"}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, stage := range assistance.LessonStages {
			id := lessonAt(t, a, stage, nil)
			for _, m := range moves {
				to, leadsOn := leads[stage][m]
				for name, who := range everybody() {
					l := readLesson(t, a, id)
					_, reads := who.Scope().Allows(l.Label)
					may := name == "desk" || name == "administrator" || name == "its officer" && m == assistance.WithdrawLesson
					err := a.MoveLesson(ctx, who, id, l.Rev, m, "words")
					var not assistance.Impossible
					var unknown assistance.Invalid
					ok := false
					switch {
					case m == "draft" || m == "nonsense":
						ok = errors.As(err, &unknown)
					case !reads:
						ok = errors.Is(err, store.ErrNotFound)
					case !may:
						ok = errors.Is(err, assistance.ErrForbidden)
					case !leadsOn:
						ok = errors.As(err, &not) && lang.Has(not.Key)
					default:
						ok = err == nil && readLesson(t, a, id).Stage == to
						id = lessonAt(t, a, stage, nil)
					}
					if !ok {
						t.Errorf("%s: %s by %s: %v", stage, m, name, err)
					}
					if offered := slices.Contains(assistance.LessonMoves(who, l), m); offered != (may && leadsOn) {
						t.Errorf("%s: %s is offered to %s: %v", stage, m, name, offered)
					}
				}
			}
		}
		for _, m := range []assistance.LessonMove{assistance.AdoptLesson, assistance.WithdrawLesson} {
			id := lessonAt(t, a, assistance.LessonPublished, nil)
			var wrong assistance.Invalid
			if err := a.MoveLesson(ctx, desk, id, readLesson(t, a, id).Rev, m, " "); !errors.As(err, &wrong) || !lang.Has(wrong["words"]) {
				t.Errorf("%s without words: %v", m, err)
			}
		}
	})
}

func TestAttacksOnLessons(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := map[string]string{
			"DRAFT": lessonAt(t, a, assistance.LessonDrafted, nil), "REVIEWED": lessonAt(t, a, assistance.LessonReviewed, nil), "PUBLISHED": lessonAt(t, a, assistance.LessonPublished, nil),
		}
		held := course("KG")
		held.Kind = "forum"
		project, _ := started(t, a, assistance.Active, "KG")
		arranged(t, a, project, held)
		const step = "INSERT INTO lesson_step (lesson, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, "
		for name, c := range map[string]struct{ of, query string }{
			"publish without a step":        {"REVIEWED", "UPDATE lesson SET stage = 'published' WHERE id = $1"},
			"publish a draft":               {"DRAFT", step + "2, 1, 'draft', 'publish', 'published', '', 'x', 1, $1 || ' 2 published')"},
			"review without a reviewer":     {"REVIEWED", "UPDATE lesson SET reviewer = '' WHERE id = $1"},
			"by its author":                 {"REVIEWED", "UPDATE lesson SET reviewer = owner WHERE id = $1"},
			"withdraw without a reason":     {"DRAFT", step + "2, 1, 'draft', 'withdraw', 'withdrawn', '', 'x', 1, $1 || ' 2 withdrawn')"},
			"a step by nobody":              {"DRAFT", step + "2, 1, 'draft', 'review', 'reviewed', '', '', 1, $1 || ' 2 reviewed')"},
			"carry a draft into guidance":   {"DRAFT", "UPDATE lesson SET adopted = 'd', adopted_on = '2026-01-01' WHERE id = $1"},
			"into guidance without a day":   {"PUBLISHED", "UPDATE lesson SET adopted = 'd' WHERE id = $1"},
			"without guidance":              {"PUBLISHED", "UPDATE lesson SET guidance = '' WHERE id = $1"},
			"without evidence":              {"REVIEWED", "UPDATE lesson SET evidence = '' WHERE id = $1"},
			"without a source":              {"REVIEWED", "UPDATE lesson SET source = '' WHERE id = $1"},
			"from an evaluation of nowhere": {"DRAFT", "UPDATE lesson SET origin = 'evaluation', evaluation = 'x' WHERE id = $1"},
			"a note from an activity":       {"DRAFT", "UPDATE lesson SET activity = 'x' WHERE id = $1"},
			"a note from a forum":           {"DRAFT", "UPDATE lesson SET activity = (SELECT id FROM activity) WHERE id = $1"},
			"close it":                      {"DRAFT", "UPDATE lesson SET level = 3 WHERE id = $1"},
			"take it away":                  {"DRAFT", "DELETE FROM lesson WHERE id = $1"},
			"take a step away":              {"PUBLISHED", "DELETE FROM lesson_step WHERE lesson = $1 AND n = 2"},
		} {
			_, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				n, err := tx.Exec(ctx, c.query, id[c.of])
				if err == nil && n == 0 {
					t.Errorf("%s: the statement touched nothing: the test has gone blind", name)
				}
				return store.Event{Act: "test.attack"}, err
			})
			if !store.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestALessonFromAnActivityOrAForum(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG")
		talk := course("KG")
		talk.Kind = "forum"
		forum, training := arranged(t, a, project, talk), arranged(t, a, project, course("KG"))
		from := func(origin, activity string) assistance.LessonDraft {
			d := learned()
			d.Origin, d.Source, d.Activity = origin, "", activity
			return d
		}
		for origin, of := range map[string]string{"forum": forum, "activity": training} {
			id := lessonAt(t, a, assistance.LessonPublished, func(d *assistance.LessonDraft) { *d = from(origin, of) })
			list, _, err := a.Lessons(ctx, officer.Scope(), assistance.LessonFilter{Activity: of}, assistance.Place{}, 5)
			if err != nil || len(list) != 1 || list[0].ID != id || list[0].Project != project {
				t.Errorf("%s: %+v %v", origin, list, err)
			}
			if list, _, err := a.Lessons(ctx, member.Scope(), assistance.LessonFilter{Activity: of}, assistance.Place{}, 5); err != nil || len(list) != 0 {
				t.Errorf("a member reads it: %v %v", list, err)
			}
		}
		for what, d := range map[string]assistance.LessonDraft{
			"a training that is called a forum": from("forum", training), "an activity of nowhere": from("activity", "none"), "a note that is an activity": from("note", training),
		} {
			var wrong assistance.Invalid
			if _, err := a.DraftLesson(ctx, officer, d); !errors.As(err, &wrong) || wrong["origin"] == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
