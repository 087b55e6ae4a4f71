package web

// HomeView is the first page.
type HomeView struct {
	Documents int             // how many the reader may see
	Examples  []Link          // questions in the reader's language, linked to their search
	Themes    []HomeDoor      // the six themes of the Framework (¶14–19)
	New       []HomeItem      // what came last
	Announced []AnnouncedLine // what stands for her
	News      string          // how much is new since her last visit, or ""
}

// HomeDoor leads to a theme.
type HomeDoor struct {
	Name, Line, URL string
	Count           int // documents the reader may see
}

// HomeItem is a document that came last.
type HomeItem struct {
	Title, URL string
	Lang       string // language of the title, for screen readers
	Line       string // type, origin, date
	Tag        *Tag   // who may read what is not public
}

var homePage = newPage("home", HomeView{
	Documents: 412,
	Examples: []Link{
		{"victim protection hate crime", "/en/search?q=victim+protection+hate+crime"},
		{"“joint investigation team”", "/en/search?q=%22joint+investigation+team%22"},
		{"community policing training", "/en/search?q=community+policing+training"},
	},
	Themes: []HomeDoor{
		{"General police development and reform", "Community policing, education, accountability, specialised units", "/en/themes/police-reform", 148},
		{"Fight against organised crime", "Conventions, financial investigation, international co-operation", "/en/themes/organised-crime", 71},
		{"Fight against terrorism", "Prevention in line with human rights, violent extremism", "/en/themes/terrorism", 54},
		{"Fight against drugs and precursors", "Strategies, conventions, dialogue with industry", "/en/themes/drugs", 38},
		{"Fight against trafficking in human beings", "Referral, protection of victims, financial investigation", "/en/themes/trafficking", 62},
		{"Fight against cybercrime", "Investigation, electronic evidence, the 24/7 network", "/en/themes/cybercrime", 39},
	},
	New: []HomeItem{
		{"Trainer’s guide: first response to hate crime", "/en/library/a1", "en", "Training material · Secretariat · 14 November 2026", &Tag{Attention, "Closed"}},
		{"Полицейское образование: учебный план базового курса", "/en/library/a2", "ru", "Curriculum · Programme Office in Bishkek · 9 November 2026", nil},
		{"Guide de l’enquête financière parallèle", "/en/library/a3", "fr", "Guide · Secretariat · 2 November 2026", nil},
	},
	Announced: sampleAnnounced,
	News:      "12 documents are new since your last visit, on 3 March 2026",
})

// HomeExamples are three questions to start with, in the reader's language.
func (f *Frame) HomeExamples() []Link {
	links := []Link{}
	for _, key := range []string{"web.home.example.1", "web.home.example.2", "web.home.example.3"} {
		question := f.T(key)
		links = append(links, Link{question, f.search(question)})
	}
	return links
}
