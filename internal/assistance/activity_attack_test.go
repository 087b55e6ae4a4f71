package assistance_test

import (
	"slices"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

func TestTheTablesHoldActivities(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG", "TJ")
		other, _ := started(t, a, assistance.Active, "TJ")
		id := map[string]string{
			"PLANNED": arranged(t, a, project, course("KG")), "HELD": activityAt(t, a, project, assistance.ActivityHeld, "KG").ID,
			"CANCELLED": activityAt(t, a, project, assistance.ActivityCancelled, "KG").ID, "PROJECT": project, "OTHER": other,
		}
		idea, _ := started(t, a, assistance.Approved, "KG")
		id["WAITING"] = arranged(t, a, idea, course("KG"))
		const step = "INSERT INTO activity_step (activity, n, prior, was, move, stage, host, area, words, former, by_whom, at, mark) VALUES ($1, "
		for name, c := range map[string]struct{ of, query string }{
			"hold it without a step":               {"PLANNED", "UPDATE activity SET stage = 'held', total = 5 WHERE id = $1"},
			"hold it by a step that is not there":  {"PLANNED", "UPDATE activity SET stage = 'held', total = 5, moves = 2, step = $1 || ' 2 held' WHERE id = $1"},
			"hold what is cancelled":               {"CANCELLED", step + "3, 2, 'cancelled', 'hold', 'held', '', '', '', '', 'x', 1, $1 || ' 3 held')"},
			"reopen without a reason":              {"CANCELLED", step + "3, 2, 'cancelled', 'reopen', 'planned', '', '', '', '', 'x', 1, $1 || ' 3 planned')"},
			"cancel without a reason":              {"PLANNED", step + "2, 1, 'planned', 'cancel', 'cancelled', '', '', '', '', 'x', 1, $1 || ' 2 cancelled')"},
			"cancel what was held":                 {"HELD", step + "3, 2, 'held', 'cancel', 'cancelled', '', '', 'why', '', 'x', 1, $1 || ' 3 cancelled')"},
			"mend without what stood there":        {"HELD", step + "3, 2, 'held', 'mend', 'held', '', '', 'why', '', 'x', 1, $1 || ' 3 held')"},
			"a step by nobody":                     {"PLANNED", step + "2, 1, 'planned', 'hold', 'held', '', '', '', '', '', 1, $1 || ' 2 held')"},
			"take its last step away":              {"HELD", "DELETE FROM activity_step WHERE activity = $1 AND n = 2"},
			"take its history away":                {"HELD", "DELETE FROM activity_step WHERE activity = $1"},
			"take it away":                         {"HELD", "DELETE FROM activity WHERE id = $1"},
			"begin before the project":             {"PLANNED", "UPDATE activity SET starts = '2020-01-01' WHERE id = $1"},
			"end behind the project":               {"HELD", "UPDATE activity SET ends = '2199-01-01' WHERE id = $1"},
			"end before it begins":                 {"PLANNED", "UPDATE activity SET ends = '2020-01-01' WHERE id = $1"},
			"say that the project is longer":       {"PLANNED", "UPDATE activity SET project_ends = '2199-01-01' WHERE id = $1"},
			"make the project shorter":             {"PROJECT", "UPDATE project SET ends = starts WHERE id = $1"},
			"say that the project runs":            {"WAITING", "UPDATE activity SET project_stage = 'active' WHERE id = $1"},
			"hold it before the project begins":    {"WAITING", "UPDATE activity SET stage = 'held', total = 1 WHERE id = $1"},
			"give it to another project":           {"PLANNED", "UPDATE activity SET project = (SELECT MAX(id) FROM project WHERE id <> project) WHERE id = $1"},
			"without any State":                    {"PLANNED", "DELETE FROM activity_host WHERE activity = $1"},
			"let it rest on nothing":               {"PLANNED", "UPDATE activity SET lead = NULL WHERE id = $1"},
			"let what was held rest on nothing":    {"HELD", "UPDATE activity SET lead = NULL WHERE id = $1"},
			"let it rest on another's State":       {"PLANNED", "UPDATE activity SET lead = (SELECT MIN(mark) FROM activity_host WHERE activity <> $1) WHERE id = $1"},
			"drop its only State":                  {"PLANNED", "UPDATE activity_host SET dropped = TRUE, mark = activity || ' KG police-reform dropped' WHERE activity = $1"},
			"drop it and say that it is on":        {"PLANNED", "UPDATE activity_host SET dropped = TRUE WHERE activity = $1"},
			"a gate that says out":                 {"PLANNED", "UPDATE activity_host SET gate = project || ' KG police-reform out' WHERE activity = $1"},
			"a State of another project":           {"PLANNED", "UPDATE activity_host SET project = '" + other + "', gate = '" + other + " TJ police-reform in', host = 'TJ', mark = activity || ' TJ police-reform on' WHERE activity = $1"},
			"another project's gate":               {"PLANNED", "UPDATE activity_host SET gate = '" + other + " TJ police-reform in' WHERE activity = $1"},
			"a State that is not the gate's":       {"PLANNED", "UPDATE activity_host SET host = 'TJ', mark = activity || ' TJ police-reform on' WHERE activity = $1"},
			"a State of no gate":                   {"PLANNED", "INSERT INTO activity_host (activity, project, activity_stage, starts, gate, host, area, dropped, mark) SELECT activity, project, activity_stage, starts, project || ' UZ police-reform in', 'UZ', area, FALSE, activity || ' UZ police-reform on' FROM activity_host WHERE activity = $1"},
			"say it is held in the State alone":    {"PLANNED", "UPDATE activity_host SET activity_stage = 'held' WHERE activity = $1"},
			"held with nobody, and no reason":      {"HELD", "UPDATE activity SET total = 0, women = 0, men = 0 WHERE id = $1"},
			"held nowhere":                         {"HELD", "UPDATE activity SET place = '', online = FALSE WHERE id = $1"},
			"more women than people":               {"HELD", "UPDATE activity SET women = 30 WHERE id = $1"},
			"fewer than none":                      {"HELD", "UPDATE activity SET women = -1 WHERE id = $1"},
			"a group of nobody":                    {"HELD", "INSERT INTO participants (activity, sex, rank_group, service, state, number) VALUES ($1, 'f', 'line', 'police', 'KG', 0)"},
			"a negative group":                     {"HELD", "INSERT INTO participants (activity, sex, rank_group, service, state, number) VALUES ($1, 'f', 'line', 'police', 'KG', -3)"},
			"a group of another kind":              {"HELD", "INSERT INTO participants (activity, sex, rank_group, service, state, number) VALUES ($1, 'f', 'general', 'police', 'KG', 3)"},
			"an average above five":                {"HELD", "UPDATE activity SET answers = 3, content = 501 WHERE id = $1"},
			"an average of no answers":             {"HELD", "UPDATE activity SET content = 400 WHERE id = $1"},
			"guidance by us alone":                 {"PLANNED", "UPDATE activity SET kind = 'guidance' WHERE id = $1"},
			"what was raised at what is no forum":  {"PLANNED", "UPDATE activity SET issues = 'something' WHERE id = $1"},
			"hide it":                              {"PLANNED", "UPDATE activity SET level = 3 WHERE id = $1"},
			"show it to all":                       {"PLANNED", "UPDATE activity SET level = 0 WHERE id = $1"},
			"close the project under what is open": {"PROJECT", "UPDATE project SET stage = 'closed' WHERE id = $1"},
			"an import's key of no structure":      {"PLANNED", "UPDATE activity SET external = 'A-1' WHERE id = $1"},
			"take the gate from under it":          {"PROJECT", "DELETE FROM gate WHERE project = $1 AND host = 'KG'"},
			"leave the State out under it":         {"PROJECT", "UPDATE gate SET included = FALSE, mark = project || ' KG police-reform out' WHERE project = $1 AND host = 'KG'"},
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

func TestActivityLists(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		project, _ := started(t, a, assistance.Active, "KG", "TJ")
		var ids []string
		for i := range 5 {
			d := course("KG", "TJ")
			if i%2 == 0 {
				d.Hosts = d.Hosts[:1]
			}
			d.Starts, d.Ends = day(-20+i/2), "" // two on a day
			if i == 4 {
				d.Kind, d.Organisers = "forum", []string{"po-astana"}
			}
			ids = append(ids, arranged(t, a, project, d))
		}
		slices.Reverse(ids) // the latest first
		for name, c := range map[string]struct {
			f    assistance.ActivityFilter
			want []string
		}{
			"all":                {assistance.ActivityFilter{}, ids},
			"newest":             {assistance.ActivityFilter{Newest: true}, ids},
			"newest of a State":  {assistance.ActivityFilter{Newest: true, State: "TJ"}, []string{ids[1], ids[3]}},
			"of a project":       {assistance.ActivityFilter{Project: project, State: "TJ"}, []string{ids[1], ids[3]}},
			"of none":            {assistance.ActivityFilter{Project: "none"}, nil},
			"of a State":         {assistance.ActivityFilter{State: "KG"}, ids},
			"of a theme":         {assistance.ActivityFilter{Theme: area}, ids},
			"of another theme":   {assistance.ActivityFilter{Theme: "drugs", State: "KG"}, nil},
			"of a structure":     {assistance.ActivityFilter{Body: "po-astana"}, ids[:1]},
			"of a kind":          {assistance.ActivityFilter{Kind: "training", State: "KG"}, ids[1:]},
			"at a stage":         {assistance.ActivityFilter{Stages: []assistance.ActivityStage{assistance.ActivityHeld}}, nil},
			"on a day":           {assistance.ActivityFilter{From: day(-19), To: day(-19)}, []string{ids[1], ids[2]}},
			"of a State, by day": {assistance.ActivityFilter{State: "TJ", From: day(-19)}, []string{ids[1]}},
		} {
			var got []string
			var after assistance.Place
			for {
				list, more, err := a.Activities(ctx, desk.Scope(), c.f, after, 2)
				if err != nil {
					t.Fatal(name, err)
				}
				for _, x := range list {
					got = append(got, x.ID)
				}
				if after = more; more == (assistance.Place{}) {
					break
				}
				if again, ok := assistance.ParsePlace(more.String()); !ok || again != more {
					t.Fatal(name, "a place is not read as it was written:", more)
				}
			}
			n, err := a.CountActivities(ctx, desk.Scope(), c.f, 100)
			if err != nil || !slices.Equal(got, c.want) || n != len(c.want) {
				t.Errorf("%s: %v, %d, %v", name, got, n, err)
			}
		}
		t.Run("nobody lists what she may not read", func(t *testing.T) {
			for _, who := range []access.Subject{visitor, nobody} {
				list, _, err := a.Activities(ctx, who.Scope(), assistance.ActivityFilter{}, assistance.Place{}, 10)
				n, cerr := a.CountActivities(ctx, who.Scope(), assistance.ActivityFilter{}, 10)
				_, rerr := a.Activity(ctx, who.Scope(), ids[0])
				if err != nil || cerr != nil || len(list)+n > 0 || rerr == nil {
					t.Errorf("%s: %v %d %v", who.ID, list, n, rerr)
				}
			}
		})
		t.Run("time that ends a consent cancels as well, by nobody", func(t *testing.T) {
			project, _ := started(t, a, assistance.Approved, "KG")
			id := arranged(t, a, project, course("KG"))
			if err := a.Expire(ctx, time.Now().AddDate(2, 0, 0)); err != nil {
				t.Fatal(err)
			}
			steps, err := a.ActivitySteps(ctx, id)
			if last := steps[len(steps)-1]; err != nil || last.Move != assistance.CancelMove || last.By != "" || last.Words == "" {
				t.Errorf("%+v %v", last, err)
			}
		})
	})
}
