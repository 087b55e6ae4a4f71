package assistance_test

import (
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// TestTheTablesHold runs statements that go around every page and every function.
func TestTheTablesHold(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := map[string]string{
			"DRAFT": draft(t, a), "ACKNOWLEDGED": at(t, a, assistance.Acknowledged).ID, "ACCEPTED": at(t, a, assistance.Accepted).ID,
			"ASKED": asked(t, a), "RETRACTED": consentAt(t, a, assistance.ConsentRetracted).ID, "REFUSED": consentAt(t, a, assistance.ConsentRefused).ID, "GIVEN": consentAt(t, a, assistance.ConsentGiven).ID, "WITHDRAWN": consentAt(t, a, assistance.ConsentWithdrawn).ID,
		}
		const step = "INSERT INTO request_step (request, n, prior, was, move, stage, words, former, by_whom, at, mark) VALUES ($1, "
		narrowed := consentAt(t, a, assistance.ConsentGiven)
		if err := a.CloseArea(ctx, focal, narrowed.ID, narrowed.Rev, "drugs", ""); err != nil {
			t.Fatal(err)
		}
		id["NARROWED"] = narrowed.ID
		const consentStep = "INSERT INTO consent_step (consent, n, prior, was, move, stage, theme, words, by_whom, at, mark) VALUES ($1, "
		for name, c := range map[string]struct{ of, query string }{
			"accept without a step":                      {"ACKNOWLEDGED", "UPDATE request SET stage = 'accepted', due = '' WHERE id = $1"},
			"accept by a step that is not there":         {"ACKNOWLEDGED", "UPDATE request SET stage = 'accepted', due = '', moves = 4, step = id || ' 4 accepted' WHERE id = $1"},
			"accept by the step that acknowledged it":    {"ACKNOWLEDGED", "UPDATE request SET stage = 'accepted', due = '', step = id || ' 3 acknowledged' WHERE id = $1"},
			"accept a draft":                             {"DRAFT", step + "2, 1, 'draft', 'accept', 'accepted', '', '', 'x', 1, $1 || ' 2 accepted')"},
			"accept from nowhere":                        {"DRAFT", step + "2, NULL, NULL, 'accept', 'accepted', '', '', 'x', 1, $1 || ' 2 accepted')"},
			"decline without a reason":                   {"ACKNOWLEDGED", step + "4, 3, 'acknowledged', 'decline', 'declined', '', '', 'x', 1, $1 || ' 4 declined')"},
			"ask without a question":                     {"ACKNOWLEDGED", step + "4, 3, 'acknowledged', 'ask', 'clarification', '', '', 'x', 1, $1 || ' 4 clarification')"},
			"a step by nobody":                           {"ACKNOWLEDGED", step + "4, 3, 'acknowledged', 'accept', 'accepted', '', '', '', 1, $1 || ' 4 accepted')"},
			"a step that leaves one out":                 {"ACKNOWLEDGED", step + "5, 3, 'acknowledged', 'accept', 'accepted', '', '', 'x', 1, $1 || ' 5 accepted')"},
			"a step on another stage than it was at":     {"ACKNOWLEDGED", step + "4, 3, 'clarification', 'answer', 'acknowledged', 'w', '', 'x', 1, $1 || ' 4 acknowledged')"},
			"the same step twice":                        {"ACKNOWLEDGED", step + "3, 2, 'submitted', 'acknowledge', 'acknowledged', '', '', 'x', 1, $1 || ' 3 acknowledged')"},
			"a move that there is not":                   {"ACKNOWLEDGED", step + "4, 3, 'acknowledged', 'approve', 'accepted', '', '', 'x', 1, $1 || ' 4 accepted')"},
			"back into a draft":                          {"ACCEPTED", "UPDATE request SET stage = 'draft', moves = 0, step = NULL WHERE id = $1"},
			"take a step away":                           {"ACCEPTED", "DELETE FROM request_step WHERE request = $1 AND n = 2"},
			"take the last step away":                    {"ACCEPTED", "DELETE FROM request_step WHERE request = $1 AND n = 4"},
			"take all steps away":                        {"ACCEPTED", "DELETE FROM request_step WHERE request = $1"},
			"write another stage into a step":            {"ACCEPTED", "UPDATE request_step SET stage = 'declined' WHERE request = $1 AND n = 4"},
			"take a request away":                        {"ACCEPTED", "DELETE FROM request WHERE id = $1"},
			"take a draft away":                          {"DRAFT", "DELETE FROM request WHERE id = $1"},
			"open a draft to others":                     {"DRAFT", "UPDATE request SET level = 2 WHERE id = $1"},
			"close what was submitted":                   {"ACCEPTED", "UPDATE request SET level = 3 WHERE id = $1"},
			"publish it":                                 {"ACCEPTED", "UPDATE request SET level = 0 WHERE id = $1"},
			"give it to another State":                   {"ACCEPTED", "UPDATE request SET asker = 'TJ' WHERE id = $1"},
			"make it another State's, label and all":     {"GIVEN", "UPDATE consent SET giver = 'nowhere', state = 'nowhere' WHERE id = $1"},
			"take the words away":                        {"ACCEPTED", "UPDATE request SET wish = '' WHERE id = $1"},
			"let it wait for ever":                       {"ACKNOWLEDGED", "UPDATE request SET due = '' WHERE id = $1"},
			"give a consent without a step":              {"ASKED", "UPDATE consent SET stage = 'given', authority = 'a', office = 'o', given = '2026-01-01', since = '2026-01-01', until = '2026-12-31', recorded = 'state' WHERE id = $1"},
			"refuse one that is given":                   {"GIVEN", "INSERT INTO consent_step (consent, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, 3, 2, 'given', 'refuse', 'refused', '', 'x', 1, $1 || ' 3 refused')"},
			"give one that is withdrawn":                 {"WITHDRAWN", "INSERT INTO consent_step (consent, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, 4, 3, 'withdrawn', 'give', 'given', '', 'x', 1, $1 || ' 4 given')"},
			"let it expire by a person":                  {"GIVEN", "INSERT INTO consent_step (consent, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, 3, 2, 'given', 'expire', 'expired', '', 'x', 1, $1 || ' 3 expired')"},
			"close an area without naming it":            {"GIVEN", "INSERT INTO consent_step (consent, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, 3, 2, 'given', 'close', 'given', '', 'x', 1, $1 || ' 3 given')"},
			"without its authority":                      {"GIVEN", "UPDATE consent SET authority = '' WHERE id = $1"},
			"without the office":                         {"GIVEN", "UPDATE consent SET office = '' WHERE id = $1"},
			"without the day":                            {"GIVEN", "UPDATE consent SET given = '' WHERE id = $1"},
			"without an end that is written":             {"GIVEN", "UPDATE consent SET until = '' WHERE id = $1"},
			"that ends before it begins":                 {"GIVEN", "UPDATE consent SET until = '2020-01-01' WHERE id = $1"},
			"by the desk without a paper":                {"GIVEN", "UPDATE consent SET recorded = 'desk', document = '' WHERE id = $1"},
			"open an area that is only asked for":        {"ASKED", "UPDATE consent_area SET standing = 'open' WHERE consent = $1"},
			"open an area of what was withdrawn":         {"WITHDRAWN", "UPDATE consent_area SET standing = 'open', closed = '' WHERE consent = $1"},
			"an area that says its consent is given":     {"ASKED", "UPDATE consent_area SET consent_stage = 'given', standing = 'open' WHERE consent = $1"},
			"an area that holds longer than its consent": {"GIVEN", "UPDATE consent_area SET until = '9999-12-31' WHERE consent = $1"},
			"an area of another State":                   {"GIVEN", "UPDATE consent_area SET giver = 'TJ' WHERE consent = $1"},
			"close an area without the day":              {"GIVEN", "UPDATE consent_area SET standing = 'closed' WHERE consent = $1"},
			"a new area that is open at once":            {"ASKED", "INSERT INTO consent_area (consent, theme, giver, consent_stage, since, until, standing, closed, reason) VALUES ($1, 'terrorism', 'KG', 'asked', '', '', 'open', '', '')"},
			"give one that was taken back":               {"RETRACTED", consentStep + "3, 2, 'retracted', 'give', 'given', NULL, '', 'x', 1, $1 || ' 3 given')"},
			"take back one that is given":                {"GIVEN", consentStep + "3, 2, 'given', 'retract', 'retracted', NULL, '', 'x', 1, $1 || ' 3 retracted')"},
			"take one back without a step":               {"ASKED", "UPDATE consent SET stage = 'retracted' WHERE id = $1"},
			"say who gave what was taken back":           {"RETRACTED", "UPDATE consent SET given = '2026-01-01' WHERE id = $1"},
			"close an area without a step":               {"GIVEN", "UPDATE consent_area SET standing = 'closed', closed = '2026-01-01' WHERE consent = $1 AND theme = 'drugs'"},
			"close it by a step that is not there":       {"GIVEN", "UPDATE consent_area SET standing = 'closed', closed = '2026-01-01', step = consent || ' drugs close 3' WHERE consent = $1 AND theme = 'drugs'"},
			"close it by the step that gave it":          {"GIVEN", "UPDATE consent_area SET standing = 'closed', closed = '2026-01-01', step = consent || '  give 2' WHERE consent = $1 AND theme = 'drugs'"},
			"open an area without a step":                {"NARROWED", "UPDATE consent_area SET standing = 'open', closed = '' WHERE consent = $1 AND theme = 'drugs'"},
			"open an area that was refused":              {"NARROWED", "UPDATE consent_area SET standing = 'open', step = consent || ' trafficking open 3' WHERE consent = $1 AND theme = 'trafficking'"},
			"open it by the step of another area":        {"NARROWED", "UPDATE consent_area SET standing = 'open', step = consent || ' drugs close 3' WHERE consent = $1 AND theme = 'trafficking'"},
			"open it by the step of another consent":     {"NARROWED", "UPDATE consent_area SET standing = 'open', closed = '', step = (SELECT MIN(ground) FROM consent_step WHERE move = 'give' AND consent <> $1) WHERE consent = $1 AND theme = 'drugs'"},
			"an area that rests on nothing":              {"GIVEN", "UPDATE consent_area SET step = NULL WHERE consent = $1"},
			"a ground that says another move":            {"NARROWED", "UPDATE consent_step SET ground = consent || ' drugs open 3' WHERE consent = $1 AND n = 3"},
			"take the ground from under an area":         {"NARROWED", "UPDATE consent_step SET ground = NULL WHERE consent = $1 AND n = 3"},
			"refuse an area by the step that asked":      {"ASKED", "UPDATE consent_area SET standing = 'refused' WHERE consent = $1"},
			"ask anew for what was refused":              {"REFUSED", "UPDATE consent_area SET standing = 'asked' WHERE consent = $1"},
			"take a consent away":                        {"GIVEN", "DELETE FROM consent WHERE id = $1"},
			"take its steps away":                        {"GIVEN", "DELETE FROM consent_step WHERE consent = $1 AND n = 1"},
			"hide a consent":                             {"GIVEN", "UPDATE consent SET level = 3 WHERE id = $1"},
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
		t.Run("a consent cannot end while an area is open", func(t *testing.T) {
			_, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, `INSERT INTO consent_step (consent, n, prior, was, move, stage, words, by_whom, at, mark)
					VALUES ($1, 3, 2, 'given', 'withdraw', 'withdrawn', '', 'x', 1, $1 || ' 3 withdrawn')`, id["GIVEN"])
				if err == nil {
					_, err = tx.Exec(ctx, "UPDATE consent SET stage = 'withdrawn', moves = 3, step = $1 || ' 3 withdrawn' WHERE id = $1", id["GIVEN"])
				}
				return store.Event{Act: "test.attack"}, err
			})
			if !store.Refused(err) {
				t.Error(err)
			}
		})
	})
}
