package assistancetest

import (
	"context"
	"fmt"
	"time"

	"polis/internal/store"
)

// wayOf are the steps that an evaluation has taken, but for the first. Those of the
// first hundred projects have not begun.
func (m many) wayOf(p made, kind string, due string) []step {
	const words = "Too small for one of its own."
	waived, begun := []step{{"waive", "waived", words}}, []step{{"begin", "begun", ""}}
	final := append(begun[:1:1], step{"finish", "final", ""})
	past := due < m.day.Format(time.DateOnly)
	switch {
	case p.i < 100 && !p.over():
	case kind == "interim" && p.over(), kind == "final" && p.stage == "evaluated":
		if p.i%4 == 1 || kind == "interim" && p.i%10 != 3 {
			return waived
		}
		return final
	case kind == "expost" && p.stage != "evaluated" || !past || p.i%20 == 2:
	case p.i%20 == 3:
		return begun
	case p.i%3 == 1:
		return final
	case kind != "final":
		return waived
	}
	return nil
}

// evaluate brings evaluations to where they are, with their criteria, recommendations,
// the answers and what is done about them.
func (m many) evaluate(ctx context.Context, tx *store.Tx, list []made) error {
	var steps [][]any
	for _, p := range list {
		if p.draft() {
			continue
		}
		for _, of := range []struct {
			kind string
			due  int
		}{{"interim", -182}, {"final", 61}, {"expost", 365}} {
			id, was := p.id+"-"+of.kind, "due"
			steps = append(steps, []any{id, 1, nil, nil, "set", "due", "", "", system, p.created, id + " 1 due"})
			for n, s := range m.wayOf(p, of.kind, p.due(of.due)) {
				steps = append(steps, []any{id, n + 2, n + 1, was, s.move, s.stage, s.words, "", system, p.created, fmt.Sprintf("%s %d %s", id, n+2, s.stage)})
				was = s.stage
			}
		}
	}
	err := tx.Insert(ctx, "evaluation_step (evaluation, n, prior, was, move, stage, words, due, by_whom, at, mark)", steps, "")
	if err != nil {
		return err
	}
	these := within("evaluation.id", list)
	const last = ` FROM evaluation_step s WHERE s.evaluation = evaluation.id AND s.n = (SELECT MAX(l.n) FROM evaluation_step l WHERE l.evaluation = evaluation.id AND l.n <= 2) AND `
	const criteria = "(SELECT 'relevance' AS name UNION SELECT 'coherence' UNION SELECT 'effectiveness' UNION SELECT 'efficiency' UNION SELECT 'impact' UNION SELECT 'sustainability')"
	const ends = " EXISTS (SELECT 1 FROM evaluation_step s WHERE s.evaluation = evaluation.id AND s.n = 3) AND "
	recommend := func(n, prior, which string) string {
		return `INSERT INTO recommendation (id, evaluation, project, kind, evaluation_stage, answer_by, project_stage, made, mark, prior, wish, addressee, priority, response, words, responded, by_whom, rev, created, updated)
			SELECT evaluation.id || '-` + n + `', evaluation.id, evaluation.project, evaluation.kind, evaluation.stage, evaluation.answer_by, p.stage, CASE evaluation.kind WHEN 'expost' THEN 'evaluated' ELSE 'closed' END,
			  evaluation.id || ' ' || evaluation.id || '-` + n + `', ` + prior + `, 'Train more trainers.', 'spmu', 'medium', '', '', 0, '', 1, evaluation.created, evaluation.created
			FROM evaluation JOIN project p ON p.id = evaluation.project WHERE` + ends + these + which
	}
	return m.exec(ctx, tx,
		"UPDATE evaluation SET stage = s.stage, moves = s.n, step = s.mark, mark = evaluation.project || ' ' || kind || ' ' || s.stage"+last+these,
		`INSERT INTO evaluation_criterion (evaluation, criterion, question, evidence, finding, rating, why_not, mark)
		SELECT evaluation.id, c.name, 'How far?', 'Interviews.', 'Far enough.', 3, '', evaluation.id || ' ' || c.name || ' whole' FROM evaluation CROSS JOIN `+criteria+` c WHERE`+ends+these,
		recommend("r1", "NULL", ""),
		recommend("r2", "evaluation.id || ' ' || evaluation.id || '-r1'", " AND evaluation.kind = 'final'"),
		`UPDATE evaluation SET stage = 'final', moves = 3, step = id || ' 3 final', mark = project || ' ' || kind || ' final', answer_by = due, evaluator = 'spmu', independence = 'It took no part.',
		  summary = 'It helped.', rule_of_law = 'By law.', human_rights = 'By law.', gender = 'By law.', minorities = 'By law.', partnership = 'By law.', accountability = 'By law.',
		  relevance = id || ' relevance whole', coherence = id || ' coherence whole', effectiveness = id || ' effectiveness whole', efficiency = id || ' efficiency whole',
		  impact = id || ' impact whole', sustainability = id || ' sustainability whole',
		  advice = (SELECT MAX(r.mark) FROM recommendation r WHERE r.evaluation = evaluation.id)
		WHERE`+ends+these,
		`UPDATE recommendation SET response = CASE created % 10 WHEN 3 THEN 'rejected' WHEN 4 THEN 'partly' ELSE 'accepted' END, words = 'We will see to it.', responded = created, by_whom = 'test'
		WHERE NOT (kind = 'expost' AND created % 30 = 7 OR kind = 'interim' AND project_stage = 'active' AND created % 4 = 2
		  AND NOT EXISTS (SELECT 1 FROM project_step s WHERE s.project = recommendation.project AND s.n = 5)) AND `+within("project", list),
		`INSERT INTO recommendation_action (id, recommendation, response, task, office, person, due, done, how, rev, created, updated)
		SELECT id || '-x', id, response, 'Train them.', 'spmu', '', CASE WHEN created % 40 < 2 THEN '`+m.day.AddDate(0, 0, 20).Format(time.DateOnly)+`' ELSE answer_by END,
		  CASE WHEN created % 40 < 3 THEN '' ELSE answer_by END, CASE WHEN created % 40 < 3 THEN '' ELSE 'They are trained.' END, 1, created, created
		FROM recommendation WHERE response IN ('accepted', 'partly') AND `+within("project", list))
}

// end takes the steps that come after a project has begun.
func (m many) end(ctx context.Context, tx *store.Tx, list []made) error {
	var queries []string
	for _, n := range []string{"5", "6"} {
		queries = append(queries, `
			UPDATE project SET stage = s.stage, moves = s.n, step = s.mark, closing = (SELECT a.mark FROM principles a WHERE a.project = project.id AND a.moment = 'close')
			FROM project_step s WHERE s.project = project.id AND s.n = `+n+" AND "+within("project.id", list))
	}
	return m.exec(ctx, tx, append([]string{`
		INSERT INTO principles (project, moment, rule_of_law, human_rights, gender, minorities, partnership, accountability, not_arising, by_whom, at, mark)
		SELECT project, 'close', 'Yes.', 'Yes.', 'Yes.', 'Yes.', 'Yes.', 'Yes.', '', 'test', at, project || ' close' FROM project_step WHERE stage = 'closed' AND ` + within("project", list)},
		append(queries, "UPDATE gate SET decide_by = '"+m.day.AddDate(0, 0, 10).Format(time.DateOnly)+"' WHERE project_stage IN ('active', 'suspended') AND created % 50 = 7 AND "+within("project", list))...)...)
}

// lessons draws one from each evaluation that is final.
func (m many) lessons(ctx context.Context, tx *store.Tx, list []made) error {
	these := beneath("l.id", "many-l-many-p-", list)
	const stepped = "INSERT INTO lesson_step (lesson, n, prior, was, move, stage, words, by_whom, at, mark) SELECT l.id, "
	return m.exec(ctx, tx,
		`INSERT INTO lesson (id, lang, title, happened, learned, guidance, origin, source, project, evaluation, activity, evidence, theme, stage, moves, moved, reviewer, adopted, adopted_on, rev, created, updated, level, state, grp, owner)
		SELECT 'many-l-' || e.id, 'en', 'Trainers who train', 'They trained others.', 'Train two of each.', 'Choose pairs.', 'evaluation', '', e.project, e.id, NULL, 'Interviews.',
		  (SELECT MIN(t.value) FROM project_tag t WHERE t.project = e.project AND t.kind = 'theme'), 'draft', 0, e.created, 'many-r', '', '', 1, e.created, e.created, 2, '', '', 'test'
		FROM evaluation e WHERE e.stage = 'final' AND `+within("e.project", list),
		`INSERT INTO lesson_tag (lesson, kind, value, n, created)
		SELECT l.id, CASE t.kind WHEN 'host' THEN 'state' ELSE t.kind END, t.value, t.n, l.created FROM lesson l JOIN project_tag t ON t.project = l.project WHERE t.kind IN ('theme', 'under', 'host') AND `+these,
		stepped+"1, NULL, NULL, 'draft', 'draft', '', 'test', l.created, l.id || ' 1 draft' FROM lesson l WHERE "+these,
		stepped+"2, 1, 'draft', 'review', 'reviewed', '', 'test', l.created, l.id || ' 2 reviewed' FROM lesson l WHERE created % 10 > 1 AND "+these,
		stepped+"3, 2, 'reviewed', 'publish', 'published', '', 'test', l.created, l.id || ' 3 published' FROM lesson l WHERE created % 10 > 2 AND "+these,
		"UPDATE lesson SET stage = s.stage, moves = s.n, step = s.mark FROM lesson_step s WHERE s.lesson = lesson.id AND s.n = (SELECT MAX(t.n) FROM lesson_step t WHERE t.lesson = lesson.id) AND "+
			beneath("lesson.id", "many-l-many-p-", list))
}

// watch gives every fourth project a risk and a stakeholder with whom something was
// agreed; most of it is long over.
func (m many) watch(ctx context.Context, tx *store.Tx, list []made) error {
	these := "created % 4 = 1 AND " + within("id", list)
	review := "CASE WHEN created % 40 = 1 THEN '" + m.day.AddDate(0, 0, -5).Format(time.DateOnly) + "' ELSE '" + m.day.AddDate(0, 2, 0).Format(time.DateOnly) + "' END"
	return m.exec(ctx, tx,
		`INSERT INTO risk (id, project, project_stage, text, likelihood, impact, measure, office, review, stage, moves, rev, created, updated)
		SELECT id || '-k', id, stage, 'None come.', 2, 3, 'Ask them.', 'spmu', `+review+`, 'open', 0, 1, created, created FROM project WHERE `+these,
		`INSERT INTO risk_step (risk, n, prior, was, move, stage, words, by_whom, at, mark)
		SELECT id, 1, NULL, NULL, 'raise', 'open', '', 'test', created, id || ' 1 open' FROM risk WHERE `+within("project", list),
		"UPDATE risk SET moves = 1, step = id || ' 1 open' WHERE "+within("project", list),
		`INSERT INTO stakeholder (id, project, name, kind, interest, influence, n, rev, created, updated)
		SELECT id || '-s', id, 'Council', 'community', 'Patrols', 2, 1, 1, created, created FROM project WHERE `+these,
		`INSERT INTO consultation (id, project, stakeholder, day, said, follows, due, done, outcome, by_whom, rev, created, updated)
		SELECT id || '-c', id, id || '-s', '2000-01-01', 'Come.', 'Another day.', `+review+`, CASE WHEN created % 40 = 1 THEN '' ELSE '2026-01-01' END,
		  CASE WHEN created % 40 = 1 THEN '' ELSE 'They came.' END, 'test', 1, created, created FROM project WHERE `+these)
}
