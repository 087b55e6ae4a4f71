package assistance_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
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
