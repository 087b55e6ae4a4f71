package assistance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"polis/internal/assistance"
	"polis/internal/assistance/assistancetest"
	"polis/internal/store"
)

func TestWhicheverIndexIsReadAListHasWhatAScanFinds(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		if err := assistancetest.Many(ctx, a.DB, 240, 480); err != nil {
			t.Fatal(err)
		}
		t.Run("projects", func(t *testing.T) { projectsByScan(t, a) })
		t.Run("activities", func(t *testing.T) { activitiesByScan(t, a) })
	})
}

// paged reads a list to its end, some at a time.
func paged(t *testing.T, read func(assistance.Place) ([]string, assistance.Place, error)) (ids []string) {
	t.Helper()
	for after := (assistance.Place{}); ; {
		list, more, err := read(after)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, list...)
		if after = more; more == (assistance.Place{}) {
			return ids
		}
	}
}

func projectsByScan(t *testing.T, a *assistance.Assistance) {
	all, _, err := a.Projects(ctx, desk.Scope(), assistance.ProjectFilter{}, assistance.Place{}, 1000)
	if err != nil || len(all) < 240 {
		t.Fatal(err, len(all))
	}
	about := func(list []string, theme string) bool {
		return slices.ContainsFunc(list, func(v string) bool { return v == theme || strings.HasPrefix(v, theme+"/") })
	}
	for _, state := range []string{"", all[0].Hosts[0], "KG"} {
		for _, theme := range []string{"", "police-reform", "drugs"} {
			for _, body := range []string{"", "spmu", "odihr"} {
				for _, stages := range [][]assistance.ProjectStage{nil, {assistance.Stopped}, assistance.Groups["running"]} {
					f := assistance.ProjectFilter{State: state, Theme: theme, Body: body, Stages: stages}
					var want []string
					for _, p := range all {
						if (state == "" || slices.Contains(p.Hosts, state)) && (theme == "" || about(p.Themes, theme)) &&
							(body == "" || slices.Contains(p.Organisers, body)) && (stages == nil || slices.Contains(stages, p.Stage)) {
							want = append(want, p.ID)
						}
					}
					got := paged(t, func(after assistance.Place) (ids []string, more assistance.Place, err error) {
						list, more, err := a.Projects(ctx, desk.Scope(), f, after, 7)
						for _, p := range list {
							ids = append(ids, p.ID)
						}
						return ids, more, err
					})
					n, err := a.CountProjects(ctx, desk.Scope(), f, 1000)
					if !slices.Equal(got, want) || err != nil || n != len(want) {
						t.Errorf("%+v: %d listed and %d counted in place of %d (%v)", f, len(got), n, len(want), err)
					}
				}
			}
		}
	}
}

func activitiesByScan(t *testing.T, a *assistance.Assistance) {
	all, _, err := a.Activities(ctx, desk.Scope(), assistance.ActivityFilter{}, assistance.Place{}, 1000)
	if err != nil || len(all) < 400 {
		t.Fatal(err, len(all))
	}
	half := all[len(all)/2]
	for _, state := range []string{"", half.States()[0]} {
		for _, body := range []string{"", "spmu"} {
			for _, kind := range []string{"", "training", "forum"} {
				for _, stages := range [][]assistance.ActivityStage{nil, {assistance.ActivityCancelled}, {assistance.ActivityHeld, assistance.ActivityPlanned}} {
					for _, from := range []string{"", half.Starts} {
						f := assistance.ActivityFilter{State: state, Body: body, Kind: kind, Stages: stages, From: from}
						var want []string
						for _, x := range all {
							if (state == "" || slices.Contains(x.States(), state)) && (body == "" || slices.Contains(x.Organisers, body)) &&
								(kind == "" || x.Kind == kind) && (stages == nil || slices.Contains(stages, x.Stage)) && x.Starts >= from {
								want = append(want, x.ID)
							}
						}
						got := paged(t, func(after assistance.Place) (ids []string, more assistance.Place, err error) {
							list, more, err := a.Activities(ctx, desk.Scope(), f, after, 11)
							for _, x := range list {
								ids = append(ids, x.ID)
							}
							return ids, more, err
						})
						n, err := a.CountActivities(ctx, desk.Scope(), f, 1000)
						if !slices.Equal(got, want) || err != nil || n != len(want) {
							t.Errorf("%+v: %d listed and %d counted in place of %d (%v)", f, len(got), n, len(want), err)
						}
					}
				}
			}
		}
	}
}

func TestCountsAreKeptWithWhatTheyCount(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		same := func(when string) {
			t.Helper()
			read := func(query string) []string {
				list, err := store.List[struct {
					Kind, Place, Theme, Stage string
					N, Once                   int
				}](ctx, a.DB, store.Everything("test"), query)
				if err != nil {
					t.Fatal(err)
				}
				var rows []string
				for _, r := range list {
					rows = append(rows, fmt.Sprint(r))
				}
				slices.Sort(rows)
				return rows
			}
			kept := read("SELECT kind, place, theme, project_stage AS stage, n, once FROM project_count WHERE {scope} AND n > 0")
			counted := read("SELECT kind, place, theme, project_stage AS stage, COUNT(*) AS n, SUM(once) AS once FROM project_place WHERE {scope} GROUP BY kind, place, theme, project_stage")
			if len(kept) == 0 || !slices.Equal(kept, counted) {
				t.Errorf("%s: %v, and there are %v", when, kept, counted)
			}
		}
		id, _ := started(t, a, assistance.Active, "KG", "TJ")
		same("begun in two States")
		p := readProject(t, a, id)
		if err := a.LeaveOut(ctx, desk, id, p.Rev, "KG", area, "no"); err != nil {
			t.Fatal(err)
		}
		same("one State left out")
		p = readProject(t, a, id)
		if err := a.MoveProject(ctx, desk, id, p.Rev, assistance.Suspend, "Elections.", assistance.Due{}); err != nil {
			t.Fatal(err)
		}
		same("suspended")
		p = readProject(t, a, id)
		d := p.Draft()
		d.Organisers = append(d.Organisers, "atu")
		if err := a.ReviseProject(ctx, desk, id, p.Rev, d); err != nil {
			t.Fatal(err)
		}
		same("with one more organiser")
		if tally, err := a.Tally(ctx, desk.Scope(), assistance.Watch{Body: "atu"}); err != nil || tally.Stages[assistance.Suspended] != 1 {
			t.Error(tally, err)
		}
	})
}
