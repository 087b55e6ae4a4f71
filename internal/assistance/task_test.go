package assistance_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestTheDeskShowsWhatThereIsToDo(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		running, consents := started(t, a, assistance.Active, "KG")
		course := arranged(t, a, running, course("KG"))
		if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "The law has changed."); err != nil {
			t.Fatal(err)
		}
		elsewhere, _ := started(t, a, assistance.Active, "TJ")
		tasks := func(who access.Subject, until string) []assistance.Task {
			t.Helper()
			list, err := a.Tasks(ctx, who.Scope(), assistance.WatchesOf(who), time.Now(), until, 50)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		of := func(list []assistance.Task, kind assistance.TaskKind) (projects []string) {
			for _, x := range list {
				if x.Kind == kind {
					projects = append(projects, x.Project)
				}
			}
			return projects
		}
		t.Run("a decision waits for the desk, its officer and the State, and for no other State", func(t *testing.T) {
			for who, sees := range map[*access.Subject]bool{&desk: true, &officer: true, &focal: true, &focalTJ: false, &officerAstana: false} {
				if got := slices.Contains(of(tasks(*who, day(30)), assistance.ToDecideOn), running); got != sees {
					t.Errorf("%s sees it: %v", who.ID, got)
				}
			}
		})
		t.Run("an activity whose day is over asks whether it was held", func(t *testing.T) {
			list := tasks(officer, day(30))
			i := slices.IndexFunc(list, func(x assistance.Task) bool { return x.Kind == assistance.ToReport && x.ID == course })
			if i < 0 {
				t.Errorf("%+v", list)
			}
		})
		t.Run("evaluations are due from their day on, and not before it is near", func(t *testing.T) {
			if got := of(tasks(desk, day(84)), assistance.ToEvaluate); len(got) != 0 {
				t.Error(got)
			}
			if got := of(tasks(desk, day(85)), assistance.ToEvaluate); !slices.Contains(got, running) || !slices.Contains(got, elsewhere) {
				t.Error(got)
			}
			if got := of(tasks(focalTJ, day(85)), assistance.ToEvaluate); !slices.Equal(got, []string{elsewhere}) {
				t.Error(got)
			}
		})
		t.Run("what is to be done first stands first, and nothing twice", func(t *testing.T) {
			list := tasks(officer, day(365))
			if !slices.IsSortedFunc(list, func(a, b assistance.Task) int { return strings.Compare(a.Due, b.Due) }) {
				t.Errorf("%+v", list)
			}
			seen := map[string]bool{}
			for _, x := range list {
				if seen[x.UID()] {
					t.Errorf("twice: %+v", x)
				}
				seen[x.UID()] = true
			}
		})
		t.Run("a member and nobody have no desk", func(t *testing.T) {
			if len(assistance.WatchesOf(member))+len(assistance.WatchesOf(nobody)) > 0 || len(tasks(member, day(365))) > 0 {
				t.Error("they have one")
			}
		})
		t.Run("what was changed last is listed first", func(t *testing.T) {
			list, err := a.Changed(ctx, desk.Scope(), assistance.Watch{}, 10)
			if err != nil || len(list) < 2 || list[0].ID != elsewhere {
				t.Errorf("%v, %v", list, err)
			}
			list, err = a.Changed(ctx, focal.Scope(), assistance.Watch{State: "KG"}, 10)
			if err != nil || len(list) != 1 || list[0].ID != running {
				t.Errorf("%v, %v", list, err)
			}
		})
	})
}

// waiting are the tasks of a kind on a desk, until the day before a moment.
func waiting(t *testing.T, a *assistance.Assistance, who access.Subject, w assistance.Watch, kind assistance.TaskKind, now time.Time) (list []assistance.Task) {
	t.Helper()
	all, err := a.Tasks(ctx, who.Scope(), []assistance.Watch{w}, now, now.AddDate(0, 0, -1).Format(time.DateOnly), 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if x.Kind == kind {
			list = append(list, x)
		}
	}
	return list
}

func TestATaskThatLiesWhereItDoesNotBelongIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		a := &assistance.Assistance{DB: db}
		id, _ := started(t, a, assistance.Active, "KG")
		course := arranged(t, a, id, course("KG"))
		for name, query := range map[string]string{
			"none":  "DELETE FROM task WHERE kind = 'report' AND desk = 'host' AND object = $1",
			"late":  "UPDATE task SET due = '2020-01-01' WHERE kind = 'report' AND object = $1",
			"extra": "INSERT INTO task SELECT 'host', 'TJ', kind, due, project, object, part, level, state, grp, owner FROM task WHERE desk = 'all' AND object = $1",
		} {
			_, err := store.Write(ctx, db, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, query, course)
				return store.Event{Act: "test.attack"}, err
			})
			if list, missed := assistance.Misplaced(ctx, db); err != nil || missed != nil || !slices.Equal(list, []string{"report " + course}) {
				t.Errorf("%s: %v, %v, %v", name, list, err, missed)
			}
			if _, err := store.Write(ctx, db, access.System("mend"), func(tx *store.Tx) (store.Event, error) {
				return store.Event{Act: "test.mended"}, assistance.RestoreTasks(ctx, tx)
			}); err != nil {
				t.Fatal(err)
			}
			if list, err := assistance.Misplaced(ctx, db); err != nil || len(list) > 0 {
				t.Errorf("%s, mended: %v, %v", name, list, err)
			}
		}
	})
}
