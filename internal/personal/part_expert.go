package personal

// ofExperts is the expert roster: what somebody says of herself there, who looked, and the
// assignments that she was asked for or keeps.
var ofExperts = []Part{
	{Table: "expert_nomination", Columns: []string{"person", "by_whom", "decider"}, Given: []Section{
		{"expert_nominations", "SELECT id, vouching, by_whom, words, asked, decided, verdict FROM expert_nomination WHERE {scope} AND person = $1 ORDER BY asked"},
		{"expert_nominations_made", "SELECT id, person, words, asked, decided, verdict FROM expert_nomination WHERE {scope} AND by_whom = $1 ORDER BY asked"},
	}},
	{Table: "expert", Columns: []string{"person", "owner"}, Given: []Section{{
		"expert_profile", "SELECT found, consented, acts_for, body, lang, reviewed, review_by, reminded, created, updated FROM expert WHERE {scope} AND person = $1",
	}}},
	{Table: "expert_field", Columns: []string{"person"}, Given: []Section{{
		"expert_fields", "SELECT field, width, updated FROM expert_field WHERE {scope} AND person = $1 ORDER BY field",
	}}},
	{Table: "expert_line", Columns: []string{"person"}, Given: []Section{{
		"expert_lines", "SELECT field, n, value, level, words, since AS from_day, until AS to_day FROM expert_line WHERE {scope} AND person = $1 ORDER BY field, n",
	}}},
	{Table: "expert_word", Columns: []string{"person"}, Exempt: "the beginnings of the words of her lines, which are given out"},
	{Table: "expert_look", Columns: []string{"person", "by_whom"}, Given: []Section{
		{"expert_looked_at_by", "SELECT by_whom, why, day, at FROM expert_look WHERE {scope} AND person = $1 ORDER BY at"},
		{"expert_profiles_opened", "SELECT person, why, day, at FROM expert_look WHERE {scope} AND by_whom = $1 ORDER BY at"},
	}},
	{Table: "expert_ask", Columns: []string{"person", "owner"}, Given: []Section{
		{"expert_assignments", "SELECT id, kind, object, host, starts, ends, task, outcome, stage, moved, created, updated FROM expert_ask WHERE {scope} AND person = $1 AND task <> '' ORDER BY created"},
		{"expert_lists_kept", "SELECT id, person, kind, object, why, host, starts, ends, task, outcome, stage, moved, created, updated FROM expert_ask WHERE {scope} AND owner = $1 ORDER BY created"},
	}},
	{Table: "expert_ask_step", Columns: []string{"person", "by_whom"}, Given: []Section{{
		"expert_assignment_steps", "SELECT ask, n, move, stage, words, at FROM expert_ask_step WHERE {scope} AND by_whom = $1 ORDER BY at",
	}}},
}
