package personal

// ofEvents are the registrations of people for events of groups, and the events that they
// planned. What somebody thought of an event is kept without her. The number of a
// certificate is given out on the certificate alone, and its calendar's secret nowhere.
var ofEvents = []Part{
	{Table: "meeting", Columns: []string{"author", "owner"}, Given: []Section{{
		"events_planned", "SELECT id, grp, title, lang, zone, begins, ends, stage, created, updated FROM meeting WHERE {scope} AND author = $1 ORDER BY created",
	}}},
	{Table: "meeting_entry", Columns: []string{"person"}, Given: []Section{{
		"events_registered", `
			SELECT meeting, stage, host, woman, words, reason, attended, certificate IS NOT NULL AS has_certificate, rated, created, updated FROM meeting_entry
			WHERE {scope} AND person = $1 ORDER BY created`,
	}}},
	{Table: "meeting_feed", Columns: []string{"person"}, Given: []Section{{
		"events_calendar", "SELECT made FROM meeting_feed WHERE {scope} AND person = $1",
	}}},
}
