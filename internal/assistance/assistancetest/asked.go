package assistancetest

import (
	"context"
	"time"

	"polis/internal/store"
)

// ask writes a request and a consent of the State of each project; three of four are
// settled.
func (m many) ask(ctx context.Context, tx *store.Tx, list []made) error {
	if err := m.requests(ctx, tx, list); err != nil {
		return err
	}
	return m.consents(ctx, tx, list)
}

// requests come as far as their number says: two of twenty are drafts, one is submitted,
// one acknowledged, one asked back, one declined, and the others are accepted.
func (m many) requests(ctx context.Context, tx *store.Tx, list []made) error {
	these := " AND " + beneath("r.id", "many-q-", list)
	const stepped = "INSERT INTO request_step (request, n, prior, was, move, stage, words, former, by_whom, at, mark) SELECT r.id, "
	due := m.day.AddDate(0, 0, 9).Format(time.DateOnly)
	return m.exec(ctx, tx,
		`INSERT INTO request (id, of_year, nth, asker, lang, title, wish, reason, since, until, stage, moves, moved, due, referred, handler, rev, created, updated, level, state, grp, owner)
		SELECT 'many-q-' || SUBSTR(p.id, 8), 0, 0, MIN(g.host), 'en', 'Assistance with reform', 'Courses and advice', 'A new law', '', '', 'draft', 0, p.created, '', '', '', 1, p.created, p.created, 3, MIN(g.host), '', 'test'
		FROM project p JOIN gate g ON g.project = p.id WHERE `+within("p.id", list)+" GROUP BY p.id, p.created",
		`INSERT INTO request_tag (request, kind, value, n, created)
		SELECT 'many-q-' || SUBSTR(project, 8), kind, value, n, created FROM project_tag WHERE kind IN ('theme', 'under') AND `+within("project", list),
		stepped+"1, NULL, NULL, 'draft', 'draft', '', '', 'test', r.created, r.id || ' 1 draft' FROM request r WHERE TRUE"+these,
		stepped+"2, 1, 'draft', 'submit', 'submitted', '', '', 'test', r.created, r.id || ' 2 submitted' FROM request r WHERE r.created % 20 > 1"+these,
		stepped+"3, 2, 'submitted', 'acknowledge', 'acknowledged', '', '', 'test', r.created, r.id || ' 3 acknowledged' FROM request r WHERE r.created % 20 > 2"+these,
		stepped+"4, 3, 'acknowledged', 'ask', 'clarification', 'How many?', '', 'test', r.created, r.id || ' 4 clarification' FROM request r WHERE r.created % 20 = 4"+these,
		stepped+"4, 3, 'acknowledged', 'decline', 'declined', 'No money.', '', 'test', r.created, r.id || ' 4 declined' FROM request r WHERE r.created % 20 = 5"+these,
		stepped+"4, 3, 'acknowledged', 'accept', 'accepted', '', '', 'test', r.created, r.id || ' 4 accepted' FROM request r WHERE r.created % 20 > 5"+these,
		`UPDATE request SET stage = s.stage, moves = s.n, step = s.mark, handler = CASE WHEN s.n > 2 THEN 'test' ELSE '' END,
		  of_year = CASE WHEN s.n > 1 THEN 1500 ELSE 0 END, nth = CASE WHEN s.n > 1 THEN CAST(SUBSTR(request.id, 8) AS BIGINT) + 1 ELSE 0 END, level = CASE WHEN s.n > 1 THEN 2 ELSE 3 END,
		  due = CASE WHEN s.stage IN ('submitted', 'acknowledged', 'clarification') THEN '`+due+`' ELSE '' END
		FROM request_step s
		WHERE s.request = request.id AND s.n = (SELECT MAX(l.n) FROM request_step l WHERE l.request = request.id) AND `+beneath("request.id", "many-q-", list))
}

// consents were given, but for one of ten that waits and one that was refused.
func (m many) consents(ctx context.Context, tx *store.Tx, list []made) error {
	these := " AND " + beneath("c.id", "many-a-", list)
	const stepped = "INSERT INTO consent_step (consent, n, prior, was, move, stage, words, by_whom, at, mark, ground) SELECT c.id, "
	const last = "(SELECT MAX(l.n) FROM consent_step l WHERE l.consent = c.id)"
	return m.exec(ctx, tx,
		`INSERT INTO consent (id, of_year, nth, giver, request, stage, why, authority, office, given, since, until, conditions, document, recorded, moves, rev, created, updated, level, state, grp, owner)
		SELECT 'many-a-' || SUBSTR(r.id, 8), 1500, CAST(SUBSTR(r.id, 8) AS BIGINT) + 1, r.asker, r.id, 'asked', 'Courses and advice', '', '', '', '', '', '', '', '', 0, 1, r.created, r.created, 2, r.asker, '', 'test'
		FROM request r WHERE `+beneath("r.id", "many-q-", list),
		stepped+"1, NULL, NULL, 'ask', 'asked', '', 'test', c.created, c.id || ' 1 asked', c.id || '  ask 1' FROM consent c WHERE TRUE"+these,
		stepped+"2, 1, 'asked', 'give', 'given', '', 'test', c.created, c.id || ' 2 given', c.id || '  give 2' FROM consent c WHERE c.created % 10 > 1"+these,
		stepped+"2, 1, 'asked', 'refuse', 'refused', '', 'test', c.created, c.id || ' 2 refused', c.id || '  refuse 2' FROM consent c WHERE c.created % 10 = 1"+these,
		`UPDATE consent SET stage = s.stage, moves = s.n, step = s.mark, authority = 'Ministry', office = 'Minister', given = CASE s.stage WHEN 'given' THEN '1990-01-01' ELSE '' END,
		  since = CASE s.stage WHEN 'given' THEN '1990-01-01' ELSE '' END, until = CASE s.stage WHEN 'given' THEN '9999-12-31' ELSE '' END, recorded = CASE s.stage WHEN 'given' THEN 'state' ELSE '' END
		FROM consent_step s WHERE s.consent = consent.id AND s.n = (SELECT MAX(l.n) FROM consent_step l WHERE l.consent = consent.id)`+
			" AND "+beneath("consent.id", "many-a-", list),
		`INSERT INTO consent_area (consent, theme, giver, consent_stage, since, until, standing, closed, reason, step, stood)
		SELECT c.id, t.value, c.giver, c.stage, c.since, c.until, CASE c.stage WHEN 'given' THEN 'open' ELSE c.stage END, '', '', s.ground, c.created
		FROM consent c JOIN consent_step s ON s.consent = c.id AND s.n = `+last+" JOIN project_tag t ON t.project = 'many-p-' || SUBSTR(c.id, 8) AND t.kind = 'theme' WHERE TRUE"+these)
}
