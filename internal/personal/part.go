package personal

import (
	"slices"

	"polis/internal/store"
)

// Part is what one table holds of people, and what a person is given of it.
type Part struct {
	Table   string
	Columns []string  // those that name a person
	Given   []Section // what is given out
	Exempt  string    // why nothing is, or ""
}

// Section is one list in the file that a person is given: a name and a statement
// on the person's id, $1. What opens something is in none.
type Section struct{ Name, Query string }

// Parts are all tables in which somebody is named.
var Parts = slices.Concat(ofAccount, ofEntrance, ofLetters, ofWork, ofAssistance, ofNotices, ofForums, ofDiscussions, ofExperts, ofEvents)

var ofAccount = []Part{
	{Table: "person", Columns: []string{"email", "owner"}, Given: []Section{{"person", `
		SELECT id, email, name, acts_for, body, lang, reads, secret <> '' AS has_password, confirmed, seen, signed_out, blocked, warned, warned_again, created, updated
		FROM person WHERE {scope} AND id = $1`}}},
	{Table: "person_word", Columns: []string{"person"}, Exempt: "the words of her name and address, which stand in her row"},
	{Table: "vouching", Columns: []string{"person", "by_whom", "ended_by", "owner"}, Given: []Section{
		{"vouchings", "SELECT id, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason FROM vouching WHERE {scope} AND person = $1 ORDER BY since"},
		{"vouchings_given", "SELECT id, person, acts_for, body, since, until, ended FROM vouching WHERE {scope} AND by_whom = $1 ORDER BY since"},
		{"vouchings_ended", "SELECT id, person, acts_for, body, ended, reason FROM vouching WHERE {scope} AND ended_by = $1 AND person <> $1 ORDER BY ended"},
	}},
	{Table: "role_grant", Columns: []string{"person", "by_whom", "ended_by"}, Given: []Section{
		{"roles", "SELECT id, role, acts_for, body, by_whom, since, until, ended, ended_by, reason FROM role_grant WHERE {scope} AND person = $1 ORDER BY since"},
		{"roles_given", "SELECT id, person, role, acts_for, body, since, until, ended FROM role_grant WHERE {scope} AND by_whom = $1 ORDER BY since"},
		{"roles_ended", "SELECT id, person, role, acts_for, body, ended, reason FROM role_grant WHERE {scope} AND ended_by = $1 AND person <> $1 ORDER BY ended"},
	}},
	{Table: "membership", Columns: []string{"person", "by_whom"}, Given: []Section{
		{"groups", "SELECT m.grp, g.name, m.vouching, m.by_whom, m.since, m.facilitates, m.silent FROM membership m JOIN circle g ON g.id = m.grp WHERE {scope} AND m.person = $1 ORDER BY m.since"},
		{"groups_admitted", "SELECT grp, person, since FROM membership WHERE {scope} AND by_whom = $1 ORDER BY since"},
	}},
	{Table: "circle_silence", Columns: []string{"person"}, Given: []Section{
		{"groups_silent", "SELECT grp, until FROM circle_silence WHERE {scope} AND person = $1 ORDER BY grp"},
	}},
	{Table: "circle_ask", Columns: []string{"person", "by_whom", "decider"}, Given: []Section{
		{"groups_proposed_for", "SELECT words, asked, decided, verdict, reason FROM circle_ask WHERE {scope} AND person = $1 ORDER BY asked"}, // not for which: she is told when she is in
		{"groups_proposed", "SELECT grp, person, words, asked, decided, verdict, reason FROM circle_ask WHERE {scope} AND by_whom = $1 ORDER BY asked"},
		{"groups_answered", "SELECT grp, person, decided, verdict, reason FROM circle_ask WHERE {scope} AND decider = $1 AND by_whom <> $1 ORDER BY decided"},
	}},
	{Table: "circle", Columns: []string{"owner"}, Exempt: "groups are nobody's: the owner is always empty"},
	{Table: "erasure", Columns: []string{"person"}, Exempt: "who stands there is gone"},
}

var ofEntrance = []Part{
	{Table: "session", Columns: []string{"person"}, Given: []Section{{
		"sessions", "SELECT device, strength, created, seen, expires, ended FROM session WHERE {scope} AND person = $1 ORDER BY created",
	}}},
	{Table: "passkey", Columns: []string{"person"}, Given: []Section{{
		"passkeys", "SELECT name, site, created, used FROM passkey WHERE {scope} AND person = $1 ORDER BY created",
	}}},
	{Table: "authenticator", Columns: []string{"person"}, Given: []Section{{
		"authenticator", "SELECT created FROM authenticator WHERE {scope} AND person = $1",
	}}},
	{Table: "recovery_code", Columns: []string{"person"}, Given: []Section{{
		"recovery_codes", "SELECT used FROM recovery_code WHERE {scope} AND person = $1 ORDER BY used",
	}}},
	{Table: "identity", Columns: []string{"person"}, Given: []Section{{
		"identities", "SELECT issuer, subject, provider, created, used FROM identity WHERE {scope} AND person = $1 ORDER BY created",
	}}},
	{Table: "calendar_key", Columns: []string{"person"}, Given: []Section{{"calendar", "SELECT made FROM calendar_key WHERE {scope} AND person = $1"}}},
	{Table: "inbox_address", Columns: []string{"person"}, Given: []Section{{
		"mail_addresses", "SELECT purpose, object, made, ended FROM inbox_address WHERE {scope} AND person = $1 ORDER BY made",
	}}},
	{Table: "inbox_message", Columns: []string{"person"}, Given: []Section{{
		"mail_received", "SELECT id, purpose, object, domain, bytes, stage, reason, created, updated FROM inbox_message WHERE {scope} AND person = $1 ORDER BY created",
	}}},
	{Table: "token", Columns: []string{"person", "ended_by"}, Given: []Section{{"tokens", `
		SELECT t.id, t.name, t.service, t.acts_for, t.body, t.reach, t.changes, t.made, t.until, t.ended, t.ended_by, COALESCE(u.used, 0) AS used
		FROM token t LEFT JOIN token_use u ON u.token = t.id
		WHERE {scope} AND t.person = $1 ORDER BY t.made`}}},
}

var ofLetters = []Part{
	{Table: "invitation", Columns: []string{"email", "by_whom", "person", "withdrawn_by", "owner"}, Given: []Section{
		{"invitations", `
			SELECT id, email, name, role, acts_for, body, lang, by_whom, created, sent, expires, accepted, withdrawn FROM invitation
			WHERE {scope} AND (person = $1 OR email = (SELECT email FROM person WHERE id = $1)) ORDER BY created`},
		{"invitations_made", `
			SELECT id, email, name, role, acts_for, body, lang, circles, until, created, sent, expires, accepted, person, withdrawn, withdrawn_by FROM invitation
			WHERE {scope} AND by_whom = $1 ORDER BY created`},
		{"invitations_withdrawn", "SELECT id, role, acts_for, body, created, withdrawn FROM invitation WHERE {scope} AND withdrawn_by = $1 AND by_whom <> $1 ORDER BY withdrawn"},
	}},
	{Table: "address_change", Columns: []string{"person"}, Given: []Section{{
		"address_changes", "SELECT was, becomes, asked, done, undone FROM address_change WHERE {scope} AND person = $1 ORDER BY asked",
	}}},
	{Table: "letter", Columns: []string{"recipient"}, Given: []Section{
		{"letters", `
			SELECT id, recipient, lang, kind, object, stage, tries, created, updated FROM letter
			WHERE {scope} AND (recipient = $1 OR recipient = (SELECT email FROM person WHERE id = $1)) ORDER BY created`}, // without its words, which name others
		{"letters_about", "SELECT id, kind, stage, created, updated FROM letter WHERE {scope} AND object = $1 AND recipient <> $1 ORDER BY created"},
	}},
}

var ofWork = []Part{
	{Table: "event", Columns: []string{"who", "owner"}, Exempt: "given out with its words, see writeEvents"},
	{Table: "document", Columns: []string{"owner"}, Given: []Section{{"documents", `
		SELECT id, symbol, kind, dated, original, origin, licence, sample, confirmed, created, updated, level, state, grp FROM document
		WHERE {scope} AND owner = $1 ORDER BY id`}}},
	{Table: "lowering", Columns: []string{"asked_by", "decided_by", "owner"}, Given: []Section{
		{"lowerings_asked", "SELECT id, document, to_level, to_state, to_grp, reason, asked, stage, decided, answer FROM lowering WHERE {scope} AND asked_by = $1 ORDER BY asked"},
		{"lowerings_decided", "SELECT id, document, to_level, to_state, to_grp, asked, stage, decided, answer FROM lowering WHERE {scope} AND decided_by = $1 AND asked_by <> $1 ORDER BY decided"},
	}},
	{Table: "document_concept", Columns: []string{"by_whom"}, Given: []Section{{
		"concepts_decided", "SELECT document, concept, stage, at FROM document_concept WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "twin", Columns: []string{"by_whom"}, Given: []Section{{
		"duplicates_decided", "SELECT one, other, stage, kept, decided FROM twin WHERE {scope} AND by_whom = $1 ORDER BY decided",
	}}},
	{Table: "intake", Columns: []string{"owner"}, Given: []Section{{"arrived", `
		SELECT id, batch, file, sum, bytes, stage, reason, proposal, document, created, updated FROM intake
		WHERE {scope} AND owner = $1 ORDER BY created, id`}}},
	{Table: "job", Columns: []string{"owner"}, Given: []Section{{
		"jobs", "SELECT id, kind, stage, created, updated FROM job WHERE {scope} AND owner = $1 ORDER BY created",
	}}},
	{Table: "departed", Columns: []string{"owner"}, Exempt: "what left a circle of readers is nobody's: the owner is always empty"},
	{Table: "withdrawn_document", Columns: []string{"owner"}, Given: []Section{{
		"withdrawn_documents", "SELECT id, at, level FROM withdrawn_document WHERE {scope} AND owner = $1 ORDER BY at",
	}}},
	{Table: "saved_search", Columns: []string{"person"}, Given: []Section{{
		"saved_searches", "SELECT id, name, query, lang, often, fed, created, updated FROM saved_search WHERE {scope} AND person = $1 ORDER BY created",
	}}},
	{Table: "follow", Columns: []string{"person"}, Given: []Section{{
		"follows", "SELECT kind, object, seen, created FROM follow WHERE {scope} AND person = $1 ORDER BY created",
	}}},
	{Table: "recent_search", Columns: []string{"person"}, Given: []Section{{
		"recent_searches", "SELECT query, at FROM recent_search WHERE {scope} AND person = $1 ORDER BY at",
	}}},
	{Table: "batch", Columns: []string{"owner"}, Given: []Section{{"batches", `
		SELECT id, edit, asked, stage, created, updated FROM batch
		WHERE {scope} AND owner = $1 ORDER BY created`}}},
	{Table: "collection", Columns: []string{"owner"}, Given: []Section{{"collections", `
		SELECT id, titles, abouts, created, updated, level, state, grp FROM collection
		WHERE {scope} AND owner = $1 ORDER BY created`}}},
	{Table: "directory_entry", Columns: []string{"owner"}, Exempt: "the directory is nobody's: the owner is always empty"},
	{Table: "framework_text", Columns: []string{"owner"}, Exempt: "the Framework's text is nobody's"},
	{Table: "framework_note", Columns: []string{"owner"}, Exempt: "the Framework's notes are nobody's"},
}

var ofAssistance = []Part{
	{Table: "request", Columns: []string{"handler", "owner"}, Given: []Section{
		{"requests", `
			SELECT id, asker, lang, title, wish, reason, since AS wished_from, until AS wished_to, stage, moved, created, updated, level FROM request
			WHERE {scope} AND owner = $1 ORDER BY created`},
		{"requests_handled", "SELECT id, asker, stage, moved FROM request WHERE {scope} AND handler = $1 ORDER BY moved"},
	}},
	{Table: "request_step", Columns: []string{"by_whom"}, Given: []Section{{
		"request_steps", "SELECT request, n, move, stage, words, former, at FROM request_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "consent", Columns: []string{"owner"}, Given: []Section{{
		"consents_asked", "SELECT id, giver, request, why, stage, created, updated FROM consent WHERE {scope} AND owner = $1 ORDER BY created",
	}}},
	{Table: "consent_step", Columns: []string{"by_whom"}, Given: []Section{{
		"consent_steps", "SELECT consent, n, move, stage, theme, words, at FROM consent_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "assessment", Columns: []string{"owner"}, Given: []Section{{
		"assessments", `
			SELECT id, host, request, lang, title, purpose, methods, team, starts, ends, stage, moved, created, updated FROM assessment
			WHERE {scope} AND owner = $1 ORDER BY created`,
	}}},
	{Table: "assessment_step", Columns: []string{"by_whom"}, Given: []Section{
		{"assessment_steps", "SELECT assessment, n, move, stage, words, at FROM assessment_step WHERE {scope} AND by_whom = $1 ORDER BY at"},
		{"assessment_comments", `
			SELECT c.assessment, c.n, c.finding, c.words, c.at FROM assessment_comment c
			JOIN assessment_step s ON s.assessment = c.assessment AND s.n = c.n
			WHERE {scope} AND s.by_whom = $1 ORDER BY c.at, c.nth`},
	}},
	{Table: "advised_project", Columns: []string{"by_whom"}, Given: []Section{{
		"recommendations_made_projects", "SELECT recommendation, project, at FROM advised_project WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "context_note", Columns: []string{"owner"}, Given: []Section{{
		"context_notes", "SELECT id, about, theme, lang, title, summary, review_by, retired, created, updated FROM context_note WHERE {scope} AND owner = $1 ORDER BY created",
	}}},
	{Table: "context_step", Columns: []string{"by_whom"}, Given: []Section{{
		"context_steps", "SELECT note, n, move, words, former, at FROM context_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "context_citation", Columns: []string{"by_whom"}, Given: []Section{{
		"context_citations", "SELECT note, kind, object, review_by, words, at FROM context_citation WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "mandate", Columns: []string{"owner"}, Given: []Section{{
		"mandates", "SELECT id, holder, title, document, since AS valid_from, until AS valid_to, created, updated FROM mandate WHERE {scope} AND owner = $1 ORDER BY created",
	}}},
	{Table: "project", Columns: []string{"owner"}, Given: []Section{{
		"projects", `
			SELECT id, lang, title, summary, tailoring, starts, ends, stage, moved, created, updated FROM project
			WHERE {scope} AND owner = $1 ORDER BY created`,
	}}},
	{Table: "project_step", Columns: []string{"by_whom"}, Given: []Section{{
		"project_steps", "SELECT project, n, move, stage, host, area, words, former, at FROM project_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "evaluation_step", Columns: []string{"by_whom"}, Given: []Section{{
		"evaluation_steps", "SELECT evaluation, n, move, stage, words, at FROM evaluation_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "recommendation", Columns: []string{"by_whom"}, Given: []Section{{
		"recommendations_answered", "SELECT id, evaluation, response, words, responded FROM recommendation WHERE {scope} AND by_whom = $1 ORDER BY responded",
	}}},
	{Table: "recommendation_action", Columns: []string{"person"}, Given: []Section{{
		"actions_taken_on", "SELECT id, recommendation, task, office, due, done, how, created, updated FROM recommendation_action WHERE {scope} AND person = $1 ORDER BY created",
	}}},
	{Table: "lesson", Columns: []string{"reviewer", "owner"}, Given: []Section{
		{"lessons", `
			SELECT id, lang, title, happened, learned, guidance, origin, source, evidence, stage, moved, created, updated FROM lesson
			WHERE {scope} AND owner = $1 ORDER BY created`},
		{"lessons_reviewed", "SELECT id, title, stage, moved FROM lesson WHERE {scope} AND reviewer = $1 ORDER BY moved"},
	}},
	{Table: "lesson_step", Columns: []string{"by_whom"}, Given: []Section{{
		"lesson_steps", "SELECT lesson, n, move, stage, words, at FROM lesson_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "programme", Columns: []string{"owner"}, Given: []Section{{
		"programmes", `
			SELECT id, lang, title, purpose, since AS runs_from, until AS runs_to, ownership, handover, handover_day, stage, moved, created, updated FROM programme
			WHERE {scope} AND owner = $1 ORDER BY created`,
	}}},
	{Table: "programme_step", Columns: []string{"by_whom"}, Given: []Section{{
		"programme_steps", "SELECT programme, n, move, stage, words, former, at FROM programme_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "actual", Columns: []string{"by_whom"}, Given: []Section{{
		"measured", "SELECT indicator, n, project, day, value, words, evidence, document, at FROM actual WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "result_change", Columns: []string{"by_whom"}, Given: []Section{{
		"result_changes", "SELECT result, rev, project, former, at FROM result_change WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "risk_step", Columns: []string{"by_whom"}, Given: []Section{{
		"risk_steps", "SELECT risk, n, move, stage, words, at FROM risk_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "consultation", Columns: []string{"by_whom"}, Given: []Section{{
		"consultations", "SELECT id, project, stakeholder, day, said, follows, due, done AS done_on, outcome, created, updated FROM consultation WHERE {scope} AND by_whom = $1 ORDER BY created",
	}}},
	{Table: "project_place", Columns: []string{"owner"}, Exempt: "counts are nobody's: the owner is always empty"},
	{Table: "task", Columns: []string{"whose", "owner"}, Exempt: "they follow from what she owns or has taken on, which stands in its own rows"},
	{Table: "project_count", Columns: []string{"owner"}, Exempt: "counts are nobody's: the owner is always empty"},
	{Table: "principles", Columns: []string{"by_whom"}, Given: []Section{{
		"principles", `
			SELECT project, moment, rule_of_law, human_rights, gender, minorities, partnership, accountability, at FROM principles
			WHERE {scope} AND by_whom = $1 ORDER BY at`,
	}}},
	{Table: "ledger", Columns: []string{"by_whom"}, Given: []Section{{
		"ledger_entries", "SELECT project, n, move, amount, currency, day, words, paper, former, at FROM ledger WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "rate", Columns: []string{"by_whom"}, Given: []Section{{
		"exchange_rates", "SELECT currency, day, per_euro, source, at FROM rate WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "activity", Columns: []string{"owner"}, Given: []Section{{
		"activities", `
			SELECT id, project, kind, lang, title, starts, ends, place, agenda, stage, total, women, men, remark, created, updated FROM activity
			WHERE {scope} AND owner = $1 ORDER BY created`,
	}}},
	{Table: "activity_import", Columns: []string{"owner"}, Given: []Section{{
		"activity_imports", "SELECT id, name, importer, stage, total, made, changed, created, updated FROM activity_import WHERE {scope} AND owner = $1 ORDER BY created",
	}}},
	{Table: "agenda", Columns: []string{"owner"}, Given: []Section{{
		"agendas_waiting", "SELECT id, name, letter, project, found, created FROM agenda WHERE {scope} AND owner = $1 ORDER BY created",
	}}},
	{Table: "activity_step", Columns: []string{"by_whom"}, Given: []Section{{
		"activity_steps", "SELECT activity, n, move, stage, host, area, words, former, at FROM activity_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
}

// times are the columns in which a whole number is a moment.
var times = []string{
	"confirmed", "seen", "signed_out", "warned", "warned_again", "created", "updated", "since", "until", "ended", "expires",
	"begins", "ends", "used", "made", "sent", "accepted", "withdrawn", "asked", "decided", "done", "undone", "at", "fed", "moved",
	"consented", "reviewed", "review_by", "reminded",
}

// legible writes the moments of a row as people read them.
func legible(r store.Record) store.Record {
	for i, c := range r {
		if n, ok := c.Value.(int64); ok && slices.Contains(times, c.Name) {
			r[i].Value = moment(n)
		}
	}
	return r
}
