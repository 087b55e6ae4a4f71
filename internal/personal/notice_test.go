package personal_test

import (
	"strings"
	"time"
)

// notices are what she wants to be told of her group, and what she is owed.
func (p *place) notices(now time.Time) {
	p.Helper()
	p.row(`INSERT INTO topic (id, kind, title, lang, author, posts, last, answered, review_by, locked, rev, created, updated, level, state, grp, owner)
		VALUES ('told', 'question', 'Patrols', 'en', $1, 0, $2, FALSE, '', 0, 1, $2, $2, 3, '', 'taskforce', '')`, p.admin.ID, now)
	p.row(`INSERT INTO notice_wish (person, zone, quiet_from, quiet_to, quiet_days, own, digests, asked, updated)
		VALUES ($1, 'Asia/Bishkek', 1320, 420, '67', 'once', TRUE, TRUE, $2)`, p.id, now)
	p.row("INSERT INTO notice_choice (person, kind, object, pace, made) VALUES ($1, 'group', 'taskforce', 'daily', $2)", p.id, now)
	p.row("INSERT INTO notice_feed (person, kind, object, hash, made) VALUES ($1, 'topic', 'told', $2, $3)", p.id, strings.Repeat("b", 64), now)
	p.row("INSERT INTO notice_seen (person, kind, object, seen) VALUES ($1, 'group', 'taskforce', $2)", p.id, now)
	p.row("INSERT INTO notice_own (person, topic) VALUES ($1, 'told')", p.id)
	p.row("INSERT INTO notice_owed (person, kind, object, topic, due, at) VALUES ($1, 'question', 'told', 'told', $2, $2)", p.id, now)
	p.row(`INSERT INTO announcement (id, audience, whose, circle, begins, ends, author, withdrawn, by_whom, reason, created, level, state, grp, owner)
		VALUES ('said', 'group', 'taskforce', 'taskforce', 1, 2, $1, $2, $1, 'It was wrong', $2, 3, '', 'taskforce', '')`, p.id, now)
	p.row("INSERT INTO announcement_text (announcement, lang, title, body) VALUES ('said', 'en', 'We meet on Friday', 'At ten.')")
	p.row("INSERT INTO announcement_seen (person, announcement, at) VALUES ($1, 'said', $2)", p.id, now)
	p.row("INSERT INTO notice_announced (person, told, due) VALUES ($1, $2, $2)", p.id, now)
	p.row("INSERT INTO notice_digest (person, daily, weekly, due) VALUES ($1, $2, $2, $2)", p.id, now)
}
