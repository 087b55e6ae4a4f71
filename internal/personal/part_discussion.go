package personal

// ofDiscussions is what is kept of people who write in groups.
var ofDiscussions = []Part{
	{Table: "topic", Columns: []string{"author", "owner"}, Given: []Section{
		{"topics", "SELECT id, kind, title, lang, posts, answered, review_by, created, updated, level, grp FROM topic WHERE {scope} AND author = $1 ORDER BY created"},
	}},
	{Table: "post", Columns: []string{"author", "owner"}, Given: []Section{
		{"posts", "SELECT id, topic, n, lang, body, way, stage, reason, answer, edits, created, updated, level, grp FROM post WHERE {scope} AND author = $1 ORDER BY created"},
	}},
	{Table: "post_edit", Columns: []string{"by_whom"}, Given: []Section{
		{"posts_changed", "SELECT post, n, title, body, lang, at FROM post_edit WHERE {scope} AND by_whom = $1 ORDER BY at"},
	}},
	{Table: "post_mention", Columns: []string{"person"}, Given: []Section{
		{"mentions", "SELECT post, at FROM post_mention WHERE {scope} AND person = $1 ORDER BY at"},
	}},
	{Table: "post_reaction", Columns: []string{"person"}, Given: []Section{
		{"reactions", "SELECT post, word, at FROM post_reaction WHERE {scope} AND person = $1 ORDER BY at"},
	}},
	{Table: "post_hiding", Columns: []string{"author", "by_whom", "decider"}, Given: []Section{
		{"posts_hidden_of_hers", "SELECT post, n, reason, at, ended, appeal, appealed, verdict, answer, decided FROM post_hiding WHERE {scope} AND author = $1 ORDER BY at"},
		{"posts_hidden", "SELECT post, n, reason, at, ended FROM post_hiding WHERE {scope} AND by_whom = $1 ORDER BY at"},
		{"appeals_decided", "SELECT post, n, verdict, answer, decided FROM post_hiding WHERE {scope} AND decider = $1 ORDER BY decided"},
	}},
	{Table: "post_report", Columns: []string{"person", "decider"}, Given: []Section{
		{"posts_reported", "SELECT post, reason, words, at, verdict, decided FROM post_report WHERE {scope} AND person = $1 ORDER BY at"},
		{"reports_decided", "SELECT post, reason, at, verdict, answer, decided FROM post_report WHERE {scope} AND decider = $1 ORDER BY decided"},
	}},
	{Table: "post_file", Columns: []string{"person"}, Given: []Section{
		{"post_files", "SELECT id, post, name, media, bytes, stage, reason, created FROM post_file WHERE {scope} AND person = $1 ORDER BY created"},
	}},
	{Table: "post_draft", Columns: []string{"person"}, Given: []Section{
		{"post_drafts", "SELECT place, draft, updated FROM post_draft WHERE {scope} AND person = $1 ORDER BY updated"},
	}},
	{Table: "post_translation", Columns: []string{"by_whom"}, Given: []Section{
		{"posts_translated", "SELECT post, lang, title, body, created, updated FROM post_translation WHERE {scope} AND by_whom = $1 ORDER BY updated"},
	}},
	{Table: "poll", Columns: []string{"by_whom"}, Given: []Section{
		{"polls", "SELECT topic, many, CASE WHEN secret THEN 'unread' ELSE 'by name' END AS votes, results, until, created FROM poll WHERE {scope} AND by_whom = $1 ORDER BY created"},
	}},
	{Table: "poll_voter", Columns: []string{"person"}, Given: []Section{
		{"polls_voted", "SELECT topic FROM poll_voter WHERE {scope} AND person = $1 ORDER BY topic"},
	}},
	{Table: "poll_vote", Columns: []string{"person"}, Given: []Section{ // what was chosen in secret is given out to nobody
		{"votes", "SELECT v.topic, c.text FROM poll_vote v JOIN poll_choice c ON c.topic = v.topic AND c.n = v.choice WHERE {scope} AND v.person = $1 ORDER BY v.topic, c.n"},
	}},
	{Table: "topic_outcome", Columns: []string{"by_whom"}, Given: []Section{
		{"topics_drawn", "SELECT topic, kind, object, at FROM topic_outcome WHERE {scope} AND by_whom = $1 ORDER BY at"},
	}},
}
