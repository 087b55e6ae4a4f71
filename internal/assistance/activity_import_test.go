package assistance_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/sheet"
	"polis/internal/store"
)

// importing is a room into which the officer brings tables.
type importing struct {
	*assistance.Activities
	runner *job.Runner
}

func newImporting(t testing.TB, a *assistance.Assistance) importing {
	t.Helper()
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]access.Subject{officer.ID: officer, officerAstana.ID: officerAstana, desk.ID: desk}
	room := &assistance.Activities{Assistance: a, Files: files, Subject: func(_ context.Context, id string) (access.Subject, error) { return people[id], nil }}
	return importing{room, job.NewRunner(a.DB, slog.New(slog.DiscardHandler), map[string]job.Handler{assistance.ImportJob: room.Importer})}
}

// table is a CSV of the rows below a header: each row is its columns, divided by "|".
func table(header string, rows ...string) string {
	var lines []string
	for _, row := range append([]string{header}, rows...) {
		var cells []string
		for _, cell := range strings.Split(row, "|") {
			cells = append(cells, `"`+strings.ReplaceAll(cell, `"`, `""`)+`"`)
		}
		lines = append(lines, strings.Join(cells, ","))
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// sent is a table that somebody has sent.
func (i importing) sent(t testing.TB, who access.Subject, csv string) assistance.Import {
	t.Helper()
	id, err := i.Upload(ctx, who, "activities.csv", lang.English, strings.NewReader(csv))
	if err != nil {
		t.Fatal(err)
	}
	im, err := i.Import(ctx, who, id)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func (i importing) look(t testing.TB, who access.Subject, im assistance.Import) assistance.Preview {
	t.Helper()
	p, err := i.Look(ctx, who, im)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stores sends a table, starts it and waits until it is done.
func (i importing) stores(t testing.TB, who access.Subject, csv string, partly bool) assistance.Import {
	t.Helper()
	im := i.sent(t, who, csv)
	p := i.look(t, who, im)
	if err := i.StartImport(ctx, who, im.ID, p.Plan, partly); err != nil {
		t.Fatal(err, says(p.Troubles))
	}
	return i.finished(t, who, im.ID)
}

func (i importing) finished(t testing.TB, who access.Subject, id string) assistance.Import {
	t.Helper()
	im, err := i.Import(ctx, who, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.runner.RunNow(ctx, im.Job, nil); err != nil {
		t.Fatal(err)
	}
	if im, err = i.Import(ctx, who, id); err != nil {
		t.Fatal(err)
	}
	return im
}

// says are troubles in words, as "row column key".
func says(list []sheet.Trouble) (told []string) {
	for _, s := range list {
		told = append(told, fmt.Sprintf("%d%s %s", s.Row, s.Letter(), s.Key))
	}
	return told
}

const someColumns = "Own key|Project|Kind|Title|First day|Last day|Place|States|Stage|Participants|Women|Men|Agenda"

func TestActivitiesAreImported(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		i := newImporting(t, a)
		project, _ := started(t, a, assistance.Active, "KG", "TJ")
		number := readProject(t, a, project).Number
		rows := []string{
			"k1|" + number + "|Training|Course for trainers|" + day(-10) + "|" + day(-8) + "|Bishkek|KG; TJ|held|20|3|17|Day 1: methods.",
			"k2|" + number + "|workshop|Round table|" + day(30) + "||Osh|Kyrgyzstan|||||",
			"|" + number + "|Forum|Forum|" + day(40) + "|" + day(41) + "|Dushanbe|TJK|planned||||",
		}
		t.Run("first it is only told what would come", func(t *testing.T) {
			p := i.look(t, officer, i.sent(t, officer, table(someColumns, rows...)))
			if p.Rows != 3 || p.Made != 3 || len(p.Troubles) > 0 || len(p.Changes) != 3 || p.Changes[0].Row != 2 || p.Plan == "" {
				t.Fatalf("%+v %v", p, says(p.Troubles))
			}
			if n, _ := a.CountActivities(ctx, all, assistance.ActivityFilter{}, 10); n != 0 {
				t.Error("something is stored")
			}
		})
		im := i.stores(t, officer, table(someColumns, rows...), false)
		t.Run("then it is stored as the pages store it", func(t *testing.T) {
			if im.Stage != assistance.ImportDone || im.Made != 3 || im.Done != 3 || im.Sum != "" {
				t.Fatalf("%+v", im)
			}
			list, _, err := a.Activities(ctx, all, assistance.ActivityFilter{Project: project}, assistance.Place{}, 10)
			if err != nil || len(list) != 3 {
				t.Fatal(list, err)
			}
			held := list[2]
			steps, err := a.ActivitySteps(ctx, held.ID)
			if err != nil || held.Stage != assistance.ActivityHeld || held.Total != 20 || held.Women != 3 || held.External != "k1" || held.Importer != "spmu" || held.Lang != "en" || held.Rev != 2 ||
				!slices.Equal(held.States(), []string{"KG", "TJ"}) || !slices.Equal(held.Areas(), []string{area}) || len(steps) != 2 || steps[1].Move != assistance.HoldMove || steps[1].By != officer.ID {
				t.Errorf("%+v %+v %v", held, steps, err)
			}
			if x := list[1]; x.Stage != assistance.ActivityPlanned || x.Ends != day(30) || !slices.Equal(x.Organisers, []string{"spmu"}) {
				t.Errorf("%+v", x)
			}
		})
		t.Run("its file is gone", func(t *testing.T) {
			for e := range i.Files.All(ctx) {
				t.Error(e)
			}
		})
		t.Run("the same table once more changes nothing", func(t *testing.T) {
			im := i.sent(t, officer, table(someColumns, rows...))
			p := i.look(t, officer, im)
			if p.Same != 3 || p.Made+p.Changed > 0 || len(p.Gone) > 0 || len(p.Troubles) > 0 {
				t.Errorf("%+v %v", p, says(p.Troubles))
			}
			var not assistance.Impossible
			if err := i.StartImport(ctx, officer, im.ID, p.Plan, false); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
		})
		t.Run("what differs is told field by field, and what is missing is told and stays", func(t *testing.T) {
			changed := slices.Clone(rows[:2])
			changed[0] = strings.Replace(changed[0], "|20|3|17|", "|21|4|17|", 1)
			changed[1] = strings.Replace(changed[1], "Round table", "Round table, second part", 1)
			im := i.sent(t, officer, table(someColumns, changed...))
			p := i.look(t, officer, im)
			if p.Changed != 2 || p.Made > 0 || len(p.Gone) != 1 || p.Gone[0].Title != "Forum" {
				t.Fatalf("%+v %v", p, says(p.Troubles))
			}
			want := []assistance.ImportCell{{"total", "20", "21"}, {"women", "3", "4"}}
			if !slices.Equal(p.Changes[0].Cells, want) || p.Changes[1].Cells[0] != (assistance.ImportCell{"title", "Round table", "Round table, second part"}) {
				t.Errorf("%+v", p.Changes)
			}
			if err := i.StartImport(ctx, officer, im.ID, p.Plan, false); err != nil {
				t.Fatal(err)
			}
			if im = i.finished(t, officer, im.ID); im.Changed != 2 || im.Made > 0 {
				t.Fatalf("%+v", im)
			}
			list, _, err := a.Activities(ctx, all, assistance.ActivityFilter{Project: project}, assistance.Place{}, 10)
			if err != nil || len(list) != 3 || list[2].Total != 21 || list[1].Title != "Round table, second part" {
				t.Errorf("%+v %v", list, err)
			}
			steps, _ := a.ActivitySteps(ctx, list[2].ID)
			if last := steps[len(steps)-1]; last.Move != assistance.MendMove || last.Former.Held == nil || last.Words != "activities.csv" {
				t.Errorf("%+v", last)
			}
		})
		t.Run("what was planned becomes held", func(t *testing.T) {
			row := "k2|" + number + "|workshop|Round table|" + day(-3) + "||Osh|KG|held|12|6|6|"
			if im := i.stores(t, officer, table(someColumns, row), false); im.Changed != 1 {
				t.Fatalf("%+v", im)
			}
			list, _, _ := a.Activities(ctx, all, assistance.ActivityFilter{Project: project, Stages: []assistance.ActivityStage{assistance.ActivityHeld}}, assistance.Place{}, 10)
			if len(list) != 2 || list[0].Starts != day(-3) || list[0].Total != 12 {
				t.Errorf("%+v", list)
			}
		})
	})
}

func TestWhatIsWrongWithATableIsToldAtOnce(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		i := newImporting(t, a)
		project, consents := started(t, a, assistance.Active, "KG", "TJ")
		number := readProject(t, a, project).Number
		other, _ := started(t, a, assistance.Closed, "KG")
		draft, err := a.DraftProject(ctx, officerAstana, plan(t, a, "KG"), "", "")
		if err != nil {
			t.Fatal(err)
		}
		closed, hers := readProject(t, a, other).Number, readProject(t, a, draft).Number
		held := activityAt(t, a, project, assistance.ActivityHeld, "KG")
		off := activityAt(t, a, project, assistance.ActivityCancelled, "TJ")
		if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "The law has changed."); err != nil {
			t.Fatal(err)
		}
		if err := a.LeaveOut(ctx, desk, project, readProject(t, a, project).Rev, "KG", area, "It goes on without."); err != nil {
			t.Fatal(err)
		}
		good := "|" + number + "|training|Course|" + day(-10) + "||Dushanbe|TJ|held|5|2|3|"
		bad := map[string]string{ // row → where and what
			"|2026/9999|training|A|" + day(-10) + "||Osh|TJ|||||":                                      "B activityimport.error.project",
			"|" + closed + "|training|A|" + day(-10) + "||Osh|KG|||||":                                 "B activity.impossible.project.closed",
			"|" + number + "|party|A|" + day(-10) + "||Osh|TJ|||||":                                    "C sheet.error.choice",
			"|" + number + "|training||" + day(-10) + "||Osh|TJ|||||":                                  "D sheet.error.missing",
			"|" + number + "|training|A1|31.2.2026||Osh|TJ|||||":                                       "E sheet.error.date",
			"|" + number + "|training|A2|" + day(-31) + "||Osh|TJ|||||":                                "E activity.error.project.dates",
			"|" + number + "|training|A3|" + day(5) + "|" + day(201) + "|Osh|TJ|||||":                  "F activity.error.project.dates",
			"|" + number + "|training|A4|" + day(5) + "|" + day(4) + "|Osh|TJ|||||":                    "F assistance.error.order",
			"|" + number + "|training|A5|" + day(5) + "||Osh|Atlantis|||||":                            "H sheet.error.choice",
			"|" + number + "|training|A6|" + day(5) + "||Osh|KG|||||":                                  "H activityimport.error.state",
			"|" + number + "|training|A6|" + day(6) + "||Osh|UZ|||||":                                  "H activityimport.error.state", // never asked
			"|" + number + "|training|A7|" + day(-5) + "||Osh|KG|held|5|2|3|":                          "H activityimport.error.state",
			"|" + number + "|training|A8|" + day(5) + "||Osh|TJ|held|5|2|3|":                           "E activity.error.future",
			"|" + number + "|training|A9|" + day(-5) + "||Osh|TJ|held|5|4|3|":                          "J activity.error.total",
			"|" + number + "|training|B1|" + day(-5) + "||Osh|TJ|held||||":                             "J activityimport.error.total",
			"|" + number + "|training|B2|" + day(-5) + "||Osh|TJ|held|-1|||":                           "J activity.error.figure",
			"|" + number + "|training|B3|" + day(-5) + "|||TJ|held|5|2|3|":                             "G activityimport.error.place",
			"|" + number + "|training|B4|" + day(-5) + "||Osh|TJ||5|||":                                "I activityimport.error.unheld",
			"|" + number + "|guidance|B5|" + day(-5) + "||Osh|TJ|||||":                                 " activity.error.coauthor",
			"|" + number + "|training|" + held.Title + "|" + held.Starts + "||Osh|TJ|||||":             " ?",
			"|" + number + "|training|Course|" + day(-10) + "||Dushanbe|TJ|held|6|2|3|":                "D activityimport.error.twice",
			"|" + number + "|training|B6 " + strings.Repeat("x", 300) + "|" + day(5) + "||Osh|TJ|||||": "D assistance.error.long",
		}
		rows, want := []string{good}, []string{}
		for row, what := range bad {
			if what == " ?" { // whichever of the two it is, neither is changed
				continue
			}
			rows = append(rows, row)
			want = append(want, fmt.Sprintf("%d%s", len(rows)+1, what))
		}
		im := i.sent(t, officer, table(someColumns, rows...))
		p := i.look(t, officer, im)
		t.Run("by row and column, in a sentence", func(t *testing.T) {
			got := says(p.Troubles)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("\n%s\n\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			for _, s := range p.Troubles {
				for _, tag := range lang.All {
					if text := s.Say(lang.For(tag)); strings.Contains(text, "⟦") || strings.Contains(text, "{") || strings.Contains(text, "map[") {
						t.Error(tag, text)
					}
				}
			}
		})
		t.Run("nothing is stored while there is one", func(t *testing.T) {
			var not assistance.Impossible
			if err := i.StartImport(ctx, officer, im.ID, p.Plan, false); !errors.As(err, &not) || not.Key != "activityimport.impossible.faults" {
				t.Error(err)
			}
		})
		t.Run("unless she leaves those rows out, and then it is kept which they were", func(t *testing.T) {
			if err := i.StartImport(ctx, officer, im.ID, p.Plan, true); err != nil {
				t.Fatal(err)
			}
			im := i.finished(t, officer, im.ID)
			if im.Made != 1 || im.Changed != 0 || int(im.Total) != len(rows) || len(im.Passed) != len(rows)-1 || im.Passed[0].Says == "" {
				t.Errorf("%+v", im)
			}
		})
		t.Run("what was held or cancelled is not changed behind its pages", func(t *testing.T) {
			p := i.look(t, officer, i.sent(t, officer, table(someColumns,
				"|"+number+"|training|"+held.Title+"|"+held.Starts+"||Osh|TJ|||||",
				"|"+number+"|workshop|Another|"+off.Starts+"||Osh|TJ|||||")))
			if got := says(p.Troubles); len(got) != 1 || got[0] != "2H activityimport.error.held.hosts" {
				t.Error(got)
			}
		})
		t.Run("others' projects are theirs", func(t *testing.T) {
			p := i.look(t, officer, i.sent(t, officer, table(someColumns, "|"+hers+"|training|A|"+day(5)+"||Osh|KG|||||", "|"+number+"|training|B|"+day(5)+"||Osh|TJ|||||")))
			if got := says(p.Troubles); p.Made != 2 && (len(got) != 1 || !strings.HasPrefix(got[0], "2B")) {
				t.Error(got, p.Made)
			}
			p = i.look(t, officerAstana, i.sent(t, officerAstana, table(someColumns, "|"+number+"|training|B|"+day(5)+"||Osh|TJ|||||")))
			if got := says(p.Troubles); !slices.Equal(got, []string{"2B activityimport.error.project.yours"}) {
				t.Error(got)
			}
			if _, err := i.Upload(ctx, focal, "a.csv", "en", strings.NewReader("x")); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if _, err := i.Import(ctx, desk, im.ID); !errors.Is(err, store.ErrNotFound) {
				t.Error("an import is its owner's:", err)
			}
		})
	})
}

func TestAnImportGoesOnWhereItWas(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		i := newImporting(t, a)
		project, consents := started(t, a, assistance.Active, "KG", "TJ")
		number := readProject(t, a, project).Number
		var rows []string
		for n := range 1100 {
			rows = append(rows, fmt.Sprintf("k%d|%s|training|Course %d|%s||Osh|%s|||||", n, number, n, day(n%100), []string{"KG", "TJ"}[n%2]))
		}
		im := i.sent(t, officer, table(someColumns, rows...))
		p := i.look(t, officer, im)
		if err := i.StartImport(ctx, officer, im.ID, p.Plan, false); err != nil {
			t.Fatal(err, says(p.Troubles))
		}
		im, err := i.Import(ctx, officer, im.ID)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("stopped after a step, that step stays", func(t *testing.T) {
			j, err := i.runner.RunNow(ctx, im.Job, func(job.Job) { _ = job.Stop(ctx, a.DB, im.Job) })
			if err != nil {
				t.Fatal(err)
			}
			im, _ = i.Import(ctx, officer, im.ID)
			if n, _ := a.CountActivities(ctx, all, assistance.ActivityFilter{}, 2000); int64(n) != im.Made || im.Done != im.Made || im.Done == 0 || im.Done == 1100 || j.Stage != job.Stopped {
				t.Errorf("%d %+v %+v", n, im, j)
			}
		})
		t.Run("another table that is sent meanwhile ends it", func(t *testing.T) { // tried on one of its own
			own := i.sent(t, desk, table(someColumns, "d|"+number+"|training|Hers|"+day(3)+"||Osh|TJ|||||"))
			if err := i.StartImport(ctx, desk, own.ID, i.look(t, desk, own).Plan, false); err != nil {
				t.Fatal(err)
			}
			own, _ = i.Import(ctx, desk, own.ID)
			if err := job.Stop(ctx, a.DB, own.Job); err != nil {
				t.Fatal(err)
			}
			i.sent(t, desk, "x")
			if own, _ = i.Import(ctx, desk, own.ID); own.Stage != assistance.ImportDone || own.Sum != "" || own.Done != 0 {
				t.Errorf("%+v", own)
			}
		})
		t.Run("a gate that was closed meanwhile lets nothing more through", func(t *testing.T) {
			if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "The law has changed."); err != nil {
				t.Fatal(err)
			}
			if err := a.LeaveOut(ctx, desk, project, readProject(t, a, project).Rev, "KG", area, "It goes on without."); err != nil {
				t.Fatal(err)
			}
			open, _, err := a.Activities(ctx, all, assistance.ActivityFilter{State: "KG", Stages: []assistance.ActivityStage{assistance.ActivityPlanned}}, assistance.Place{}, 2000)
			if err != nil || len(open) > 0 {
				t.Fatal(len(open), err)
			}
			before := im.Made
			if err := job.Resume(ctx, a.DB, im.Job); err != nil {
				t.Fatal(err)
			}
			im = i.finished(t, officer, im.ID)
			open, _, err = a.Activities(ctx, all, assistance.ActivityFilter{State: "KG", Stages: []assistance.ActivityStage{assistance.ActivityPlanned}}, assistance.Place{}, 2000)
			if err != nil || len(open) > 0 || im.Stage != assistance.ImportDone || im.Done != 1100 || im.Made != before+(1100-before)/2 || len(im.Passed) != int(1100-im.Made) {
				t.Errorf("%d %d %v %d %d", len(open), im.Made, err, len(im.Passed), im.Done)
			}
		})
		t.Run("run once more it does nothing", func(t *testing.T) {
			n, _ := a.CountActivities(ctx, all, assistance.ActivityFilter{}, 2000)
			if err := i.StartImport(ctx, officer, im.ID, p.Plan, false); err == nil {
				t.Error("it starts twice")
			}
			if again, _ := a.CountActivities(ctx, all, assistance.ActivityFilter{}, 2000); again != n {
				t.Error(n, again)
			}
		})
	})
}

func TestNoImportPassesAClosedGate(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		i := newImporting(t, a)
		project, consents := started(t, a, assistance.Active, "KG", "TJ")
		idea, _ := started(t, a, assistance.Idea, "KG")
		number, draft := readProject(t, a, project).Number, readProject(t, a, idea).Number
		open := arranged(t, a, project, course("KG", "TJ"))
		if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "The law has changed."); err != nil {
			t.Fatal(err)
		}
		d := course()
		im := i.sent(t, officer, table(someColumns,
			"|"+number+"|training|A|"+day(-5)+"||Osh|KG|held|5|2|3|",
			"|"+number+"|training|B|"+day(-5)+"||Osh|KG; TJ|held|5|2|3|",
			"|"+number+"|training|"+d.Title+"|"+d.Starts+"|"+d.Ends+"|Bishkek|KG; TJ|held|5|2|3|"+d.Agenda,
			"|"+draft+"|training|C|"+day(-5)+"||Osh|KG|held|5|2|3|",
			"|"+number+"|training|D|"+day(-5)+"||Osh|TJ|held|5|2|3|"))
		p := i.look(t, officer, im)
		want := []string{"2H activity.needs.decision", "3H activity.needs.decision", "4H activity.needs.decision", "5I activity.impossible.project.idea"}
		if got := says(p.Troubles); !slices.Equal(got, want) {
			t.Fatal(got)
		}
		if err := i.StartImport(ctx, officer, im.ID, p.Plan, true); err != nil {
			t.Fatal(err)
		}
		if im = i.finished(t, officer, im.ID); im.Made != 1 || im.Changed != 0 || len(im.Passed) != 4 {
			t.Errorf("%+v", im)
		}
		if x := readActivity(t, a, open); x.Stage != assistance.ActivityPlanned {
			t.Errorf("%+v", x)
		}
		list, _, err := a.Activities(ctx, all, assistance.ActivityFilter{State: "KG", Stages: []assistance.ActivityStage{assistance.ActivityHeld}}, assistance.Place{}, 10)
		if err != nil || len(list) > 0 {
			t.Error(list, err)
		}
	})
}

func TestAnImportOverwritesNothingUnseen(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		i := newImporting(t, a)
		project, _ := started(t, a, assistance.Active, "KG")
		number := readProject(t, a, project).Number
		row := func(title string) string {
			return "k1|" + number + "|training|" + title + "|" + day(5) + "||Osh|KG|||||"
		}
		i.stores(t, officer, table(someColumns, row("Course")), false)
		list, _, err := a.Activities(ctx, all, assistance.ActivityFilter{Project: project}, assistance.Place{}, 10)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		x := list[0]
		im := i.sent(t, officer, table(someColumns, row("Course for trainers")))
		p := i.look(t, officer, im)
		d := x.Draft()
		d.Agenda = "Another has written this."
		d.Title = "Course for leaders"
		if err := a.ReviseActivity(ctx, desk, x.ID, x.Rev, d); err != nil {
			t.Fatal(err)
		}
		t.Run("before it begins, the differences are shown again", func(t *testing.T) {
			var not assistance.Impossible
			if err := i.StartImport(ctx, officer, im.ID, p.Plan, false); !errors.As(err, &not) || not.Key != "activityimport.impossible.moved" {
				t.Error(err)
			}
		})
		t.Run("afterwards, the row is left out", func(t *testing.T) {
			if err := i.StartImport(ctx, officer, im.ID, i.look(t, officer, im).Plan, false); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
			d.Place = "Naryn"
			if err := a.ReviseActivity(ctx, desk, x.ID, x.Rev+1, d); err != nil {
				t.Fatal(err)
			}
			im := i.finished(t, officer, im.ID)
			if got := readActivity(t, a, x.ID); im.Changed != 0 || len(im.Passed) != 1 || got.Title != d.Title || got.Place != "Naryn" {
				t.Errorf("%+v %+v", im, got)
			}
		})
		t.Run("a key stays in its project", func(t *testing.T) {
			other, _ := started(t, a, assistance.Active, "KG")
			p := i.look(t, officer, i.sent(t, officer, table(someColumns, strings.Replace(row("Course"), number, readProject(t, a, other).Number, 1))))
			if got := says(p.Troubles); !slices.Equal(got, []string{"2A activityimport.error.key.project"}) {
				t.Error(got)
			}
		})
		t.Run("a column that is absent leaves what stands there", func(t *testing.T) {
			im := i.stores(t, officer, table("Own key|Project|Kind|Title|First day|States", "k1|"+number+"|training|Short|"+day(5)+"|KG"), false)
			if got := readActivity(t, a, x.ID); im.Changed != 1 || got.Title != "Short" || got.Agenda != d.Agenda || got.Place != "Naryn" {
				t.Errorf("%+v %+v", im, got)
			}
		})
		t.Run("a number of a project that a spreadsheet took for a day is one", func(t *testing.T) {
			year, nth, _ := strings.Cut(number, "/")
			p := i.look(t, officer, i.sent(t, officer, table(someColumns, strings.Replace(row("Short"), number, fmt.Sprintf("%s-%02s-01", year, nth), 1))))
			if p.Changed != 1 || len(p.Troubles) > 0 {
				t.Errorf("%+v %v", p, says(p.Troubles))
			}
		})
	})
}

func TestImportColumnsLeaveNoDoubt(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		names, err := directory.Names(ctx, a.DB)
		if err != nil {
			t.Fatal(err)
		}
		columns := assistance.ImportColumns(names)
		for _, doubt := range sheet.Doubts(columns) {
			t.Error(doubt)
		}
		for _, c := range columns {
			for _, tag := range lang.All {
				if c.Names[tag] == "" || c.Hint[tag] == "" || strings.Contains(c.Names[tag]+c.Hint[tag], "⟦") {
					t.Errorf("%s in %s", c.ID, tag)
				}
			}
		}
		i := newImporting(t, a)
		project, _ := started(t, a, assistance.Active, "KG")
		for _, tag := range lang.All {
			var form, csv bytes.Buffer
			if err := sheet.WriteTemplate(&form, tag, "x", columns); err != nil {
				t.Fatal(err)
			}
			if _, err := sheet.ReadFrom(ctx, &form, sheet.DefaultLimits()); err != nil {
				t.Error(tag, err)
			}
			row := map[string]string{"project": readProject(t, a, project).Number, "kind": "training", "title": "A " + string(tag), "starts": day(4), "hosts": "KG", "areas": area, "stage": "planned", "online": "no", "lang": "ru"}
			err := sheet.WriteCSV(&csv, tag, columns, func(yield func([]string, error) bool) {
				var cells []string
				for _, c := range columns {
					cells = append(cells, row[c.ID])
				}
				yield(cells, nil)
			})
			if err != nil {
				t.Fatal(err)
			}
			p := i.look(t, officer, i.sent(t, officer, csv.String()))
			if p.Made != 1 || len(p.Troubles)+len(p.Unknown) > 0 {
				t.Errorf("%s: %+v %v", tag, p, says(p.Troubles))
			}
		}
	})
}
