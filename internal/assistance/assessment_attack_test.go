package assistance_test

import (
	"bytes"
	"io"
	"os"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// TestTheTablesHoldAssessments runs statements that go around every page and every
// function.
func TestTheTablesHoldAssessments(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		bare, _ := assessmentPlanned(t, a, false)
		fielded := assessmentAt(t, a, assistance.AssessmentFielded)
		doubted := assessmentAt(t, a, assistance.AssessmentFielded)
		consent := readConsent(t, a, doubted.Areas[0].Consent)
		if err := a.CloseArea(ctx, focal, consent.ID, consent.Rev, areas[0], ""); err != nil {
			t.Fatal(err)
		}
		comments := assessmentAt(t, a, assistance.AssessmentComments)
		commented := broughtTo(t, a, assessmentAt(t, a, assistance.AssessmentComments).ID, "comment")
		note := noted(t, a, "2199-01-01")
		id := map[string]string{
			"BARE": bare.ID, "GROUNDED": assessmentAt(t, a, assistance.AssessmentPlanned).ID, "FIELDED": fielded.ID, "DOUBTED": doubted.ID, "COMMENTS": comments.ID, "COMMENTED": commented.ID,
			"FINAL": assessmentAt(t, a, assistance.AssessmentFinal).ID, "STOPPED": assessmentAt(t, a, assistance.AssessmentStopped).ID,
			"CONSENT": fielded.Areas[0].Consent, "REQUEST": fielded.Request, "NOTE": note,
		}
		const step = "INSERT INTO assessment_step (assessment, n, prior, was, prior_move, prior_due, move, stage, words, due, day, by_whom, at, mark) VALUES ($1, "
		for name, c := range map[string]struct{ of, query string }{
			"field it without a step":                      {"GROUNDED", "UPDATE assessment SET stage = 'fielded' WHERE id = $1"},
			"field it without consent":                     {"BARE", "UPDATE assessment SET stage = 'fielded', moves = 2, step = id || ' 2 fielded' WHERE id = $1"},
			"invent the day to decide":                     {"FIELDED", "UPDATE assessment SET decide_by = '2030-01-01' WHERE id = $1"},
			"invent it with a step that is not there":      {"FIELDED", "UPDATE assessment SET decide_by = '2030-01-01', doubted = 2, doubt = id || ' 2 2030-01-01' WHERE id = $1"},
			"put the day off":                              {"DOUBTED", "UPDATE assessment SET decide_by = '2090-01-01' WHERE id = $1"},
			"forget the day":                               {"DOUBTED", "UPDATE assessment SET decide_by = '', doubted = 0, doubt = NULL WHERE id = $1"},
			"close its area under it":                      {"CONSENT", "UPDATE consent_area SET standing = 'closed', closed = '2026-01-01' WHERE consent = $1"},
			"take the consent away":                        {"CONSENT", "DELETE FROM consent_area WHERE consent = $1"},
			"end the consent before the visit":             {"CONSENT", "UPDATE consent SET until = '2026-12-31' WHERE id = $1"},
			"let the consent begin later":                  {"CONSENT", "UPDATE consent SET since = '2027-03-02' WHERE id = $1"},
			"travel longer than the consent":               {"FIELDED", "UPDATE assessment SET ends = '2300-01-01' WHERE id = $1"},
			"travel before the consent":                    {"FIELDED", "UPDATE assessment SET starts = '2020-01-01' WHERE id = $1"},
			"travel without days":                          {"FIELDED", "UPDATE assessment SET starts = '', ends = '' WHERE id = $1"},
			"unlink the consent":                           {"FIELDED", "UPDATE assessment_area SET consent = NULL, standing = NULL, since = NULL, until = NULL WHERE assessment = $1"},
			"half unlink it":                               {"FIELDED", "UPDATE assessment_area SET standing = NULL WHERE assessment = $1"},
			"say that the area is open":                    {"DOUBTED", "UPDATE assessment_area SET standing = 'open' WHERE assessment = $1"},
			"another area that nobody consented to":        {"FIELDED", "INSERT INTO assessment_area (assessment, theme, host, stage, starts, ends, decide_by, mark) VALUES ($1, 'terrorism', 'KG', 'fielded', '2027-03-01', '2027-03-05', '', $1 || ' terrorism')"},
			"another area that says it is only planned":    {"FIELDED", "INSERT INTO assessment_area (assessment, theme, host, stage, starts, ends, decide_by, mark) VALUES ($1, 'terrorism', 'KG', 'planned', '2027-03-01', '2027-03-05', '', $1 || ' terrorism')"},
			"take all its areas away":                      {"FIELDED", "DELETE FROM assessment_area WHERE assessment = $1"},
			"rest on nothing":                              {"FIELDED", "UPDATE assessment SET area = NULL WHERE id = $1"},
			"withdraw the request under it":                {"REQUEST", "UPDATE request SET stage = 'withdrawn', step = NULL WHERE id = $1"},
			"another State's":                              {"FIELDED", "UPDATE assessment SET host = 'TJ', state = 'TJ' WHERE id = $1"},
			"hide it":                                      {"FIELDED", "UPDATE assessment SET level = 3 WHERE id = $1"},
			"publish it":                                   {"FINAL", "UPDATE assessment SET level = 0 WHERE id = $1"},
			"make it final without the State":              {"COMMENTS", step + "5, 4, 'comments', 'send', (SELECT due FROM assessment_step WHERE assessment = $1 AND n = 4), 'finalise', 'final', '', '', '2026-11-23', 'x', 1, $1 || ' 5 final')"},
			"make it final by another step than there was": {"COMMENTS", step + "5, 4, 'comments', 'comment', (SELECT due FROM assessment_step WHERE assessment = $1 AND n = 4), 'finalise', 'final', '', '', '2026-11-23', 'x', 1, $1 || ' 5 final')"},
			"let the days be over before they are":         {"COMMENTS", step + "5, 4, 'comments', 'send', (SELECT due FROM assessment_step WHERE assessment = $1 AND n = 4), 'lapse', 'comments', '', '2026-12-01', '2026-11-23', 'x', 1, $1 || ' 5 comments')"},
			"let them be over by another day":              {"COMMENTS", step + "5, 4, 'comments', 'send', '2020-01-01', 'lapse', 'comments', '', '2026-12-01', '2026-11-23', 'x', 1, $1 || ' 5 comments')"},
			"make it final without a step":                 {"COMMENTED", "UPDATE assessment SET stage = 'final', due = '' WHERE id = $1"},
			"stop it without a reason":                     {"COMMENTED", step + "6, 5, 'comments', 'comment', (SELECT due FROM assessment_step WHERE assessment = $1 AND n = 5), 'stop', 'stopped', '', '', '2026-11-23', 'x', 1, $1 || ' 6 stopped')"},
			"a step by nobody":                             {"COMMENTED", step + "6, 5, 'comments', 'comment', (SELECT due FROM assessment_step WHERE assessment = $1 AND n = 5), 'finalise', 'final', '', '', '2026-11-23', '', 1, $1 || ' 6 final')"},
			"a move that there is not":                     {"COMMENTED", step + "6, 5, 'comments', 'comment', (SELECT due FROM assessment_step WHERE assessment = $1 AND n = 5), 'approve', 'final', '', '', '2026-11-23', 'x', 1, $1 || ' 6 final')"},
			"begin what was stopped again":                 {"STOPPED", "UPDATE assessment SET stage = 'planned', moves = 3, step = id || ' 3 planned' WHERE id = $1"},
			"a comment without the State":                  {"COMMENTS", "INSERT INTO assessment_comment (assessment, n, move, nth, finding, words, former, at) VALUES ($1, 4, 'comment', 0, NULL, 'w', '', 1)"},
			"an empty comment":                             {"COMMENTED", "UPDATE assessment_comment SET words = '' WHERE assessment = $1"},
			"take the step of a comment away":              {"COMMENTED", "DELETE FROM assessment_step WHERE assessment = $1 AND n = 5"},
			"take the history away":                        {"FINAL", "DELETE FROM assessment_step WHERE assessment = $1"},
			"take it away":                                 {"FINAL", "DELETE FROM assessment WHERE id = $1"},
			"a finding without evidence":                   {"FIELDED", "INSERT INTO assessment_finding (id, assessment, n, title, baseline, evidence, dated, document, priority, theme, item, rev, created, updated) VALUES ('f', $1, 9, 't', 'b', '', '2026', '', 'high', 'cybercrime', '', 1, 1, 1)"},
			"a finding in an area that is none":            {"FIELDED", "INSERT INTO assessment_finding (id, assessment, n, title, baseline, evidence, dated, document, priority, theme, item, rev, created, updated) VALUES ('f', $1, 9, 't', 'b', 'e', '2026', '', 'high', 'terrorism', '', 1, 1, 1)"},
			"take a finding from under its recommendation": {"FINAL", "DELETE FROM assessment_finding WHERE assessment = $1"},
			"put a note's review off":                      {"NOTE", "UPDATE context_note SET review_by = '2199-12-31' WHERE id = $1"},
			"a note without a review":                      {"NOTE", "UPDATE context_note SET review_by = '' WHERE id = $1"},
			"a factor that is reviewed before its note":    {"NOTE", "UPDATE context_factor SET review_by = '2000-01-01' WHERE note = $1"},
			"a threat that nobody has graded":              {"NOTE", "UPDATE context_factor SET reliability = '' WHERE note = $1"},
			"a factor without a source":                    {"NOTE", "UPDATE context_factor SET source = '' WHERE note = $1"},
			"a note about nothing":                         {"NOTE", "UPDATE context_note SET about = NULL, state = '' WHERE id = $1"},
			"a note of another State than it is about":     {"NOTE", "UPDATE context_note SET state = 'TJ' WHERE id = $1"},
			"cite what was due without a word":             {"NOTE", "INSERT INTO context_citation (note, kind, object, assessment, review_by, day, words, by_whom, at) SELECT $1, 'assessment', x.id, x.id, '2020-01-01', '2026-11-23', '', 'x', 1 FROM assessment x WHERE x.stage = 'fielded'"},
			"cite it for an assessment that is none":       {"NOTE", "INSERT INTO context_citation (note, kind, object, assessment, review_by, day, words, by_whom, at) VALUES ($1, 'assessment', 'none', 'none', '2199-01-01', '2026-11-23', '', 'x', 1)"},
			"cite it for an assessment without naming it":  {"NOTE", "INSERT INTO context_citation (note, kind, object, assessment, review_by, day, words, by_whom, at) VALUES ($1, 'assessment', 'none', NULL, '2199-01-01', '2026-11-23', '', 'x', 1)"},
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

func TestABackupKeepsAssessments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		a := &assistance.Assistance{DB: db}
		final, fielded := assessmentAt(t, a, assistance.AssessmentFinal), assessmentAt(t, a, assistance.AssessmentFielded)
		doubted := assessmentAt(t, a, assistance.AssessmentFielded)
		consent := readConsent(t, a, doubted.Areas[0].Consent)
		note := noted(t, a, "2199-01-01")
		if err := a.Cite(ctx, officer, fielded.ID, note, ""); err != nil {
			t.Fatal(err)
		}
		if err := a.CloseArea(ctx, focal, consent.ID, consent.Rev, areas[0], ""); err != nil {
			t.Fatal(err)
		}
		doubted = readAssessment(t, a, doubted.ID)
		parts, order := map[string]*bytes.Buffer{}, []string{}
		if err := store.Dump(ctx, db, func(table string) (io.Writer, error) {
			parts[table], order = &bytes.Buffer{}, append(order, table)
			return parts[table], nil
		}); err != nil {
			t.Fatal(err)
		}
		into := map[string]*store.DB{"sqlite": storetest.SQLite(t)}
		if os.Getenv("POLIS_TEST_POSTGRES") != "" {
			into["postgres"] = storetest.Postgres(t)
		}
		for engine, other := range into {
			err := store.Load(ctx, other, func(load func(string, io.Reader) error) error {
				for _, table := range order {
					if err := load(table, bytes.NewReader(parts[table].Bytes())); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(engine, err)
			}
			b := &assistance.Assistance{DB: other}
			for _, x := range []assistance.Assessment{final, fielded, doubted} {
				if got := readAssessment(t, b, x.ID); store.JSON(got) != store.JSON(x) {
					t.Error(engine, got, x)
				}
			}
			c := readConsent(t, b, fielded.Areas[0].Consent)
			if err := b.CloseArea(ctx, focal, c.ID, c.Rev, areas[0], ""); err != nil || readAssessment(t, b, fielded.ID).DecideBy == "" {
				t.Error(engine, "the gate is not there any more:", err)
			}
		}
	})
}
