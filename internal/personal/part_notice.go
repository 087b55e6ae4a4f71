package personal

// ofNotices are how people want to be told of their groups, and what they were.
var ofNotices = []Part{
	{Table: "notice_wish", Columns: []string{"person"}, Given: []Section{{
		"notice_wishes", "SELECT zone, quiet_from, quiet_to, quiet_days, own, digests, asked, announced, updated FROM notice_wish WHERE {scope} AND person = $1",
	}}},
	{Table: "notice_choice", Columns: []string{"person"}, Given: []Section{{
		"notice_choices", "SELECT kind, object, pace, made FROM notice_choice WHERE {scope} AND person = $1 ORDER BY made",
	}}},
	{Table: "notice_feed", Columns: []string{"person"}, Given: []Section{{
		"notice_feeds", "SELECT kind, object, made FROM notice_feed WHERE {scope} AND person = $1 ORDER BY made",
	}}},
	{Table: "notice_seen", Columns: []string{"person"}, Given: []Section{{
		"notice_seen", "SELECT kind, object, seen FROM notice_seen WHERE {scope} AND person = $1 ORDER BY seen",
	}}},
	{Table: "notice_own", Columns: []string{"person"}, Exempt: "in which topics she wrote or is mentioned, which stands with the posts"},
	{Table: "notice_owed", Columns: []string{"person"}, Given: []Section{{
		"letters_owed", "SELECT kind, object, due FROM notice_owed WHERE {scope} AND person = $1 ORDER BY due",
	}}},
	{Table: "notice_digest", Columns: []string{"person"}, Given: []Section{{
		"digests", "SELECT daily, weekly, due FROM notice_digest WHERE {scope} AND person = $1",
	}}},
	{Table: "notice_announced", Columns: []string{"person"}, Given: []Section{{
		"announcements_told", "SELECT told, due FROM notice_announced WHERE {scope} AND person = $1",
	}}},
	{Table: "announcement", Columns: []string{"author", "by_whom", "owner"}, Given: []Section{
		{"announcements", "SELECT id, audience, whose, begins, ends, withdrawn, reason, created, level, grp FROM announcement WHERE {scope} AND author = $1 ORDER BY created"},
		{"announcements_withdrawn", "SELECT id, audience, whose, withdrawn, reason FROM announcement WHERE {scope} AND by_whom = $1 ORDER BY withdrawn"},
	}},
	{Table: "announcement_seen", Columns: []string{"person"}, Given: []Section{{
		"announcements_seen", "SELECT announcement, at FROM announcement_seen WHERE {scope} AND person = $1 ORDER BY at",
	}}},
}
