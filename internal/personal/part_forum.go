package personal

// ofForums are the issues that people raise in forums, and what they do about them. Who
// raises one without an account stands nowhere, and their owner is always empty.
var ofForums = []Part{
	{Table: "issue", Columns: []string{"author", "owner"}, Given: []Section{{
		"issues", "SELECT id, forum, lang, title, about, speaks, place, host, stage, moved, created, updated FROM issue WHERE {scope} AND author = $1 ORDER BY created",
	}}},
	{Table: "issue_step", Columns: []string{"by_whom"}, Given: []Section{{
		"issue_steps", "SELECT issue, n, move, stage, words, office, due, at FROM issue_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "issue_word", Columns: []string{"by_whom"}, Given: []Section{{
		"issue_words", "SELECT issue, n, side, words, at FROM issue_word WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
	{Table: "forum_minutes", Columns: []string{"by_whom", "owner"}, Given: []Section{{
		"forum_minutes", "SELECT id, grp, document, held, created FROM forum_minutes WHERE {scope} AND by_whom = $1 ORDER BY created",
	}}},
}
