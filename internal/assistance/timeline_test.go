package assistance_test

import (
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
)

func TestATimelineShowsWhatGoesOn(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG", "TJ")
		plan := func(title, starts, ends string, hosts ...string) string {
			d := course(hosts...)
			d.Title, d.Starts, d.Ends = title, starts, ends
			return arranged(t, a, project, d)
		}
		// The days are near today, where the project runs; the window is the days around the fifth.
		long := plan("Long", day(-20), day(60), "KG")
		early := plan("Early", day(-20), day(-19), "KG")
		first := plan("First", day(3), day(5), "KG")
		second := plan("Second", day(5), day(5), "TJ")
		third := plan("Third", day(6), day(6), "KG")
		late := plan("Late", day(30), day(31), "KG")
		shown := func(f assistance.ActivityFilter, from, to string, most int) (assistance.Timeline, []string) {
			t.Helper()
			got, err := a.Timeline(ctx, desk.Scope(), f, from, to, most)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, x := range got.Activities {
				ids = append(ids, x.ID)
			}
			return got, ids
		}
		t.Run("what began before and goes on stands in front", func(t *testing.T) {
			got, ids := shown(assistance.ActivityFilter{}, day(4), day(7), 100)
			if !slices.Equal(ids, []string{long, first, second, third}) || got.Earlier || got.Rest != "" {
				t.Error(ids, got.Earlier, got.Rest)
			}
			if name := got.Projects[project]; name.Title == "" || name.Number == "" {
				t.Errorf("%+v", got.Projects)
			}
			if x := got.Activities[2]; !slices.Equal(x.States(), []string{"TJ"}) {
				t.Errorf("it is not whole: %+v", x)
			}
		})
		t.Run("the filter holds for both", func(t *testing.T) {
			if _, ids := shown(assistance.ActivityFilter{State: "TJ"}, day(4), day(7), 100); !slices.Equal(ids, []string{second}) {
				t.Error(ids)
			}
			if _, ids := shown(assistance.ActivityFilter{State: "KG", Body: "spmu", Project: project}, day(-40), day(-18), 100); !slices.Equal(ids, []string{long, early}) && !slices.Equal(ids, []string{early, long}) {
				t.Error(ids)
			}
		})
		t.Run("of more than fit it says from which day on", func(t *testing.T) {
			got, ids := shown(assistance.ActivityFilter{}, day(4), day(40), 4)
			if got.Rest == "" || slices.Contains(ids, late) || len(ids) > 4 {
				t.Error(ids, got.Rest)
			}
			n, err := a.CountActivities(ctx, desk.Scope(), assistance.ActivityFilter{From: got.Rest, To: day(40)}, 100)
			if err != nil || n+len(ids) != 5 {
				t.Errorf("%d stand there and %d are behind, of 5: %v", len(ids), n, err)
			}
		})
		t.Run("nobody sees what she may not read", func(t *testing.T) {
			got, err := a.Timeline(ctx, access.Subject{}.Scope(), assistance.ActivityFilter{}, day(4), day(7), 100)
			if err != nil || len(got.Activities) > 0 {
				t.Error(got.Activities, err)
			}
		})
		t.Run("its figures are those of what was held", func(t *testing.T) {
			if err := a.HoldActivity(ctx, officer, early, 1, func() assistance.Held { h := turnout(); h.Starts, h.Ends = day(-20), day(-19); return h }()); err != nil {
				t.Fatal(err)
			}
			f, err := a.ActivityFigures(ctx, project)
			if err != nil || f != (assistance.ActivityFigures{Planned: 5, Held: 1, People: 20, Women: 3, Men: 17}) {
				t.Errorf("%+v %v", f, err)
			}
		})
	})
}
