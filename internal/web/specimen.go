package web

// SpecimenView holds every shared part of pages once. No address leads to it:
// it is what the tests look at and what a new page can be copied from.
type SpecimenView struct {
	Line     string
	Tags     []Tag
	Steps    []Step
	Facts    []Fact
	Passages []string
	Facets   []Facet
	Chips    []Chip
	Pages    *Pagination
	Table    Table
	Fields   []Field
	Upload   Upload
}

var _ = newPage("specimen", SpecimenView{
	Line:  "What a record is, in one line",
	Tags:  []Tag{{Plain, "Draft"}, {Done, "Adopted"}, {Attention, "Waits for consent"}, {Refusal, "Refused"}},
	Steps: []Step{{Text: "Request", Done: true}, {Text: "Consent", Here: true, Missing: "Two States have not answered"}, {Text: "Plan"}},
	Facts: []Fact{
		{"Symbol", []Link{{"PC.DEC/1049", ""}}},
		{"Themes", []Link{{"Community policing", "/en/themes/police-reform"}, {"Cybercrime", "/en/themes/cybercrime"}}},
	},
	Passages: []string{"Local problems are solved where they arise.", "What was agreed is written down and shared."},
	Facets: []Facet{{Name: "Theme", Open: true, More: "/en/library?theme=all", All: "All themes", Choices: []Choice{
		{"Community policing", "128", "/en/library?theme=a", true}, {"Fight against trafficking in human beings", "62", "/en/library?theme=b", false},
	}}},
	Chips: []Chip{{"Theme", "Community policing", "/en/library", "Remove the filter Theme: Community policing"}},
	Pages: &Pagination{
		Label: "Pages", Previous: "Previous", Next: "Next", PreviousURL: "/en/library", NextURL: "/en/library?page=3", State: "Page 2 of 9",
		Pages: []PageLink{{"1", "/en/library", "Page 1", false}, {"2", "/en/library?page=2", "Page 2", true}, {}, {"9", "/en/library?page=9", "Page 9", false}},
	},
	Table: Table{
		Caption: "Documents by theme",
		Columns: []Column{{Text: "Theme"}, {Text: "Documents", Figure: true}, {Text: "Pages", Figure: true}, {Text: "State"}},
		Rows: [][]Cell{
			{{Text: "Community policing", URL: "/en/themes/police-reform"}, {Text: "128", Figure: true}, {Text: "4,096", Figure: true}, {Tag: &Tag{Done, "Complete"}}},
			{{Text: "Cybercrime"}, {Text: "39", Figure: true}, {Text: "812", Figure: true}, {Tag: &Tag{Attention, "Two wait"}}},
		},
		CSV: "/en/library.csv",
	},
	Fields: []Field{
		{Name: "title", Label: "Title", Hint: "As it stands on the document, for example “Good practices in building police–public partnerships”", Error: "Write the title", Must: true},
		{Name: "date", Label: "Date", Type: "date", Width: "medium"},
		{Name: "summary", Label: "Summary", Type: "textarea", Value: "In two sentences."},
		{Name: "kind", Label: "Type", Type: "select", Options: []Option{{Value: "guide", Text: "Guide", Chosen: true}, {Value: "study", Text: "Study"}}},
		{Name: "level", Label: "Who may read it", Type: "radios", Options: []Option{
			{Value: "public", Text: "Everyone", Chosen: true}, {Value: "member", Text: "Vetted accounts", Hint: "People whom the desk has checked"},
		}},
		{Name: "theme", Label: "Themes", Type: "checkboxes", Options: []Option{{Value: "a", Text: "Community policing"}, {Value: "b", Text: "Cybercrime", Chosen: true}}},
	},
	Upload: Upload{
		Action: "/en/library/upload", Drop: "Drop files here, or choose them.", Send: "Send",
		Field: Field{Name: "file", Label: "Files", Hint: "PDF, DOCX, HTML and others, at most 64 MB each", Type: "file", Many: true},
		Other: []Field{{Name: "origin", Label: "Origin", Width: "medium", Auto: "off"}},
		Words: UploadWords{"waiting", "sent", "The line broke. Send it again.", "Send again"},
	},
})
