package personal_test

import "time"

// talk puts rows into every table of what people write in groups.
func (p *place) talk(now time.Time) {
	const post = ", 'de', 'Wir suchen eins.', '', 'page', 'hidden', 'x', FALSE, 1, 1, $2, $2, 3, '', 'taskforce', '')"
	p.row(`INSERT INTO topic (id, kind, title, lang, author, posts, last, answered, review_by, locked, rev, created, updated, level, state, grp, owner)
		VALUES ('talk', 'question', 'Muster?', 'de', $1, 0, $2, FALSE, '', 0, 1, $2, $2, 3, '', 'taskforce', '')`, p.id, now)
	p.row("INSERT INTO post (id, topic, n, author, lang, body, quotes, way, stage, reason, answer, edits, rev, created, updated, level, state, grp, owner) VALUES ('said', 'talk', 1, $1"+post, p.id, now)
	p.row("INSERT INTO topic_outcome (topic, kind, object, by_whom, at) VALUES ('talk', 'document', 'd', $1, $2)", p.id, now)
	p.row("INSERT INTO post_edit (post, n, title, body, lang, by_whom, at) VALUES ('said', 1, '', 'Wir suchten eins.', 'de', $1, $2)", p.id, now)
	p.row("INSERT INTO post_mention (post, person, at) VALUES ('said', $1, $2)", p.id, now)
	p.row("INSERT INTO post_reaction (post, person, word, at) VALUES ('said', $1, 'thanks', $2)", p.id, now)
	p.row(`INSERT INTO post_hiding (post, n, author, by_whom, reason, at, ended, appeal, body, appealed, decider, verdict, answer, decided, grp)
		VALUES ('said', 1, $1, 'lead', 'x', $2, 0, $3, $3, $2, '', '', '', 0, 'taskforce')`, p.id, now, "I, "+herName+", object.")
	p.row(`INSERT INTO post_hiding (post, n, author, by_whom, reason, at, ended, appeal, body, appealed, decider, verdict, answer, decided, grp)
		VALUES ('said', 2, $2, $1, 'x', $3, $3, 'x', '', $3, 'z', 'shown', '', $3, 'taskforce')`, p.id, p.admin.ID, now)
	p.row(`INSERT INTO post_hiding (post, n, author, by_whom, reason, at, ended, appeal, body, appealed, decider, verdict, answer, decided, grp)
		VALUES ('said', 3, $2, 'z', 'x', $3, $3, 'x', '', $3, $1, 'shown', '', $3, 'taskforce')`, p.id, p.admin.ID, now)
	p.row(`INSERT INTO post_report (id, post, grp, person, reason, words, at, decider, verdict, answer, decided)
		VALUES ('re', 'said', 'taskforce', $1, 'other', $3, $2, '', '', '', 0)`, p.id, now, herName+" says so")
	p.row(`INSERT INTO post_report (id, post, grp, person, reason, words, at, decider, verdict, answer, decided)
		VALUES ('rd', 'said', 'taskforce', $2, 'insult', '', $3, $1, 'dismissed', '', $3)`, p.id, p.admin.ID, now)
	p.row("INSERT INTO post_file (id, person, grp, post, name, media, sum, bytes, stage, reason, created) VALUES ('pf', $1, 'taskforce', NULL, $2, 'text/plain', $3, 1, 'clean', '', $4)", p.id, herName+".txt", "bb", now)
	p.row("INSERT INTO post_translation (post, lang, edits, title, body, by_whom, rev, created, updated) VALUES ('said', 'en', 1, '', 'We look for one.', $1, 1, $2, $2)", p.id, now)
	p.row("INSERT INTO poll (topic, many, secret, results, until, voters, settled, by_whom, created) VALUES ('talk', FALSE, FALSE, 'voted', $2, 1, FALSE, $1, $2)", p.id, now)
	p.row("INSERT INTO poll_choice (topic, n, text, votes) VALUES ('talk', 1, 'Yes', 0)")
	p.row("INSERT INTO poll_voter (topic, person) VALUES ('talk', $1)", p.id)
	p.row("INSERT INTO poll_vote (topic, person, choice, secret) VALUES ('talk', $1, 1, FALSE)", p.id)
	p.row("INSERT INTO post_draft (person, place, draft, updated) VALUES ($1, 'topic talk', $2, $3)", p.id, `{"Body": "I am `+herName+`"}`, now)
}
