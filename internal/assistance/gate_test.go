package assistance_test

import (
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// TestNothingRunsThroughAClosedGate runs statements that go around every page and
// every function: nothing gets from a draft to approved, and nothing goes on, without
// a request that was accepted and a consent that is open on its days.
func TestNothingRunsThroughAClosedGate(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := map[string]string{}
		consent := map[string]string{}
		for _, stage := range assistance.ProjectStages {
			p, consents := started(t, a, stage, "KG")
			id[strings.ToUpper(string(stage))], consent[strings.ToUpper(string(stage))] = p, consents["KG"]
		}
		bare, err := a.DraftProject(ctx, officer, plan(t, a, "KG", "TJ"), "", "")
		if err != nil {
			t.Fatal(err)
		}
		answerAt(t, a, bare, assistance.AtPlan)
		moveProject(t, a, bare, assistance.Appraise)
		id["BARE"] = bare
		lost, consents := started(t, a, assistance.Active, "KG")
		if err := a.CloseArea(ctx, focal, consents["KG"], readConsent(t, a, consents["KG"]).Rev, area, "no"); err != nil {
			t.Fatal(err)
		}
		id["LOST"] = lost
		tj, tjConsent := ground(t, a, "TJ")
		const (
			step  = "INSERT INTO project_step (project, n, prior, was, move, stage, host, area, words, former, by_whom, at, mark) SELECT id, moves + 1, moves, stage, "
			marks = ", '', 'x', 1, id || ' ' || (moves + 1) || ' ' || "
		)
		for name, c := range map[string]struct {
			of      string
			queries []string
		}{
			"approve without a step": {"APPRAISED", []string{"UPDATE project SET stage = 'approved' WHERE id = $1"}},
			"approve with a step and without a request": {"BARE", []string{
				step + "'approve', 'approved', '', '', ''" + marks + "'approved' FROM project WHERE id = $1",
				"UPDATE project SET interim_due = '2030-01-01', final_due = '2030-01-01', expost_due = '2030-01-01', lead = id || ' KG " + area + " in' WHERE id = $1",
				"UPDATE project SET stage = 'approved', moves = moves + 1, step = id || ' ' || (moves + 1) || ' approved' WHERE id = $1",
			}},
			"approve through a gate that is out": {"BARE", []string{
				"UPDATE gate SET included = FALSE, mark = project || ' ' || host || ' ' || area || ' out' WHERE project = $1",
				step + "'approve', 'approved', '', '', ''" + marks + "'approved' FROM project WHERE id = $1",
				"UPDATE project SET stage = 'approved', moves = moves + 1, step = id || ' ' || (moves + 1) || ' approved', interim_due = '2030-01-01', final_due = '2030-01-01', expost_due = '2030-01-01', lead = id || ' KG " + area + " out' WHERE id = $1",
			}},
			"approve through another project's gate":        {"BARE", []string{"UPDATE project SET lead = '" + id["ACTIVE"] + " KG " + area + " in' WHERE id = $1"}},
			"rest on another State's request":               {"BARE", []string{"UPDATE gate SET request = '" + tj + "', request_stage = 'accepted' WHERE project = $1 AND host = 'KG'"}},
			"rest on another State's consent":               {"BARE", []string{"UPDATE gate SET consent = '" + tjConsent + "', standing = 'open', since = '2020-01-01', until = '2030-01-01' WHERE project = $1 AND host = 'KG'"}},
			"say that a request was accepted":               {"BARE", []string{"UPDATE gate SET request_stage = 'accepted' WHERE project = $1"}},
			"say that an area is open":                      {"LOST", []string{"UPDATE gate SET standing = 'open' WHERE project = $1"}},
			"say that a consent holds longer":               {"ACTIVE", []string{"UPDATE gate SET until = '9999-12-31' WHERE project = $1"}},
			"take the day of the decision away":             {"LOST", []string{"UPDATE gate SET decide_by = '' WHERE project = $1"}},
			"take the consent out from under it":            {"ACTIVE", []string{"UPDATE gate SET consent = NULL, standing = NULL, since = NULL, until = NULL WHERE project = $1"}},
			"take the request out from under it":            {"ACTIVE", []string{"UPDATE gate SET request = NULL, request_stage = NULL WHERE project = $1"}},
			"leave the last State out":                      {"ACTIVE", []string{"UPDATE gate SET included = FALSE, mark = project || ' ' || host || ' ' || area || ' out' WHERE project = $1"}},
			"take the gate away":                            {"ACTIVE", []string{"DELETE FROM gate WHERE project = $1"}},
			"take the lead away":                            {"ACTIVE", []string{"UPDATE project SET lead = NULL WHERE id = $1"}},
			"a State more without its consent":              {"ACTIVE", []string{"INSERT INTO gate (project, project_stage, starts, ends, host, area, included, decide_by, created, mark) SELECT id, stage, starts, ends, 'TJ', '" + area + "', TRUE, '', 1, id || ' TJ " + area + " in' FROM project WHERE id = $1"}},
			"a State more with a day of decision in place":  {"ACTIVE", []string{"INSERT INTO gate (project, project_stage, starts, ends, host, area, included, decide_by, created, mark) SELECT id, stage, starts, ends, 'TJ', '" + area + "', TRUE, '2030-01-01', 1, id || ' TJ " + area + " in' FROM project WHERE id = $1"}},
			"a gate that says its project is an idea":       {"ACTIVE", []string{"UPDATE gate SET project_stage = 'idea' WHERE project = $1"}},
			"longer than the consent":                       {"ACTIVE", []string{"UPDATE project SET ends = '" + day(500) + "' WHERE id = $1"}},
			"earlier than the consent":                      {"ACTIVE", []string{"UPDATE project SET starts = '" + day(-300) + "' WHERE id = $1"}},
			"longer than the mandate":                       {"ACTIVE", []string{"UPDATE project SET mandate_until = '9999-12-31' WHERE id = $1"}},
			"without a mandate":                             {"ACTIVE", []string{"UPDATE project SET mandate = NULL, mandate_since = NULL, mandate_until = NULL WHERE id = $1"}},
			"shorten the mandate under it":                  {"ACTIVE", []string{"UPDATE mandate SET until = '" + day(10) + "' WHERE id = (SELECT mandate FROM project WHERE id = $1)"}},
			"without a word on how it fits the setting":     {"ACTIVE", []string{"UPDATE project SET tailoring = '' WHERE id = $1"}},
			"without its line of action":                    {"ACTIVE", []string{"UPDATE project SET line = '' WHERE id = $1"}},
			"without the days of its evaluations":           {"ACTIVE", []string{"UPDATE project SET expost_due = '' WHERE id = $1"}},
			"without the principles":                        {"ACTIVE", []string{"UPDATE project SET planned = NULL WHERE id = $1"}},
			"take the answers away":                         {"ACTIVE", []string{"DELETE FROM principles WHERE project = $1"}},
			"an answer that says nothing":                   {"ACTIVE", []string{"UPDATE principles SET gender = '' WHERE project = $1"}},
			"close it without the principles":               {"ACTIVE", []string{step + "'close', 'closed', '', '', 'done'" + marks + "'closed' FROM project WHERE id = $1", "UPDATE project SET stage = 'closed', moves = moves + 1, step = id || ' ' || (moves + 1) || ' closed' WHERE id = $1"}},
			"close without a word on what came of it":       {"ACTIVE", []string{step + "'close', 'closed', '', '', ''" + marks + "'closed' FROM project WHERE id = $1"}},
			"begin again what was stopped":                  {"STOPPED", []string{"UPDATE project SET stage = 'active' WHERE id = $1"}},
			"take its history away":                         {"CLOSED", []string{"DELETE FROM project_step WHERE project = $1"}},
			"take a step away":                              {"CLOSED", []string{"DELETE FROM project_step WHERE project = $1 AND n = 2"}},
			"write another stage into a step":               {"CLOSED", []string{"UPDATE project_step SET stage = 'evaluated' WHERE project = $1 AND move = 'close'"}},
			"take the project away":                         {"IDEA", []string{"DELETE FROM project WHERE id = $1"}},
			"publish it":                                    {"ACTIVE", []string{"UPDATE project SET level = 0 WHERE id = $1"}},
			"take the request away on which it rests":       {"ACTIVE", []string{"DELETE FROM request WHERE id = (SELECT request FROM gate WHERE project = $1)"}},
			"withdraw that request without telling it":      {"ACTIVE", []string{"UPDATE request SET stage = 'withdrawn' WHERE id = (SELECT request FROM gate WHERE project = $1)"}},
			"close the area without telling it":             {"ACTIVE", []string{"UPDATE consent_area SET standing = 'closed', closed = '2026-01-01', reason = 'x' WHERE consent = '" + consent["ACTIVE"] + "' AND $1 <> ''"}},
			"close the area under what is approved":         {"APPROVED", []string{"UPDATE consent_area SET standing = 'closed', closed = '2026-01-01', reason = 'x' WHERE consent = '" + consent["APPROVED"] + "' AND $1 <> ''"}},
			"let the consent end earlier":                   {"ACTIVE", []string{"UPDATE consent SET until = '" + day(1) + "' WHERE id = '" + consent["ACTIVE"] + "' AND $1 <> ''"}},
			"give the consent to another State":             {"ACTIVE", []string{"UPDATE consent SET giver = 'TJ', state = 'TJ' WHERE id = '" + consent["ACTIVE"] + "' AND $1 <> ''"}},
			"move the gate to another State":                {"ACTIVE", []string{"UPDATE gate SET host = 'TJ', mark = project || ' TJ ' || area || ' in' WHERE project = $1"}},
			"let a draft be decided about":                  {"IDEA", []string{"UPDATE gate SET decide_by = '2030-01-01' WHERE project = $1"}},
			"a second project with the same number":         {"IDEA", []string{"UPDATE project SET nth = nth + 1 WHERE id = $1"}},
			"a project that lasts without having an end":    {"ACTIVE", []string{"UPDATE project SET ends = '' WHERE id = $1"}},
			"one that ends before it begins":                {"IDEA", []string{"UPDATE project SET starts = '2030-01-01', ends = '2029-01-01' WHERE id = $1"}},
			"a step that nobody has taken":                  {"IDEA", []string{step + "'appraise', 'appraised', '', '', '', '', '', 1, id || ' ' || (moves + 1) || ' appraised' FROM project WHERE id = $1"}},
			"from an idea to active in one step":            {"IDEA", []string{step + "'start', 'active', '', '', ''" + marks + "'active' FROM project WHERE id = $1"}},
			"evaluated without having been closed":          {"ACTIVE", []string{step + "'evaluate', 'evaluated', '', '', ''" + marks + "'evaluated' FROM project WHERE id = $1"}},
			"a step of a gate that does not name the State": {"ACTIVE", []string{step + "'lose', stage, '', '', 'x'" + marks + "stage FROM project WHERE id = $1"}},
		} {
			_, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				for i, query := range c.queries {
					n, err := tx.Exec(ctx, query, id[c.of])
					if err != nil {
						if i < len(c.queries)-1 {
							t.Errorf("%s: refused too early: %v", name, err)
						}
						return store.Event{}, err
					}
					if n == 0 {
						t.Errorf("%s: statement %d touched nothing: the test has gone blind", name, i)
					}
				}
				return store.Event{Act: "test.attack"}, nil
			})
			if !store.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
