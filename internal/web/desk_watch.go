package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/sheet"
)

// WatchView is everything in a State, or that a structure organises, at a glance: how
// much there is of each kind and how far it is, what waits, what goes on, and what it is
// about. Every figure opens onto the records that it counts.
type WatchView struct {
	Lead     string
	Overdue  string // how many things are overdue, or ""
	Glances  []Glance
	Tasks    []HelpLine
	Waiting  []HelpLine // the tasks behind them
	None     string
	When     string // of the timeline
	Timeline Timeline
	Further  Link
	Charts   []Chart
	Lists    []HelpList
	Sheets   []Link
	Calendar string // how to subscribe
}

// Glance is how many records there are of a kind, and how far they are.
type Glance struct {
	Title, URL, N string
	Parts         []GlancePart
}

// GlancePart are those at one stage; URL is "" where nothing lists them.
type GlancePart struct{ Text, URL, N string }

// Chart is a table with a bar in each row.
type Chart struct {
	ID, Title string
	Heads     [2]string
	Bars      []ChartBar
}

// ChartBar is a figure that opens onto its records, as long as its part of the greatest.
type ChartBar struct {
	Name, URL, N string
	Width        int // of 100
}

var sampleGlance = Glance{"Requests", "/en/assistance/requests?state=KG", "3", []GlancePart{{"Accepted", "/en/assistance/requests?state=KG&stage=accepted", "2"}, {"Women", "", "3 (15 %)"}}}

var watchPage = newPage("desk-watch", WatchView{
	Lead: "What it asks for, agrees to, and what is done.", Overdue: "2 things are overdue.", Glances: []Glance{sampleGlance}, Tasks: []HelpLine{sampleHelpLine}, Waiting: []HelpLine{sampleHelpLine},
	None: "Nothing waits.", When: "2026", Timeline: sampleTimeline, Further: Link{"Other years", "/en/assistance/timeline?state=KG"},
	Charts: []Chart{{"themes", "Projects by theme", [2]string{"Theme", "Projects"}, []ChartBar{{"Cybercrime", "/en/assistance/projects?state=KG", "12", 100}}}},
	Lists:  []HelpList{{"requests", "Requests", []HelpLine{sampleHelpLine}, "None.", Link{"All requests", "/en/assistance/requests?state=KG"}}},
	Sheets: []Link{{"Everything as a workbook (XLSX)", "/en/assistance/territory/KG/book.xlsx"}}, Calendar: "Put ?state=KG behind the address of your calendar.",
})

// How many lines a list of such a page shows, and how many years its chart.
const (
	shownAtGlance = 5
	yearsBack     = 4
	monthsPast    = 2 // before this one in the timeline
)

func (h *House) openWatches() {
	for kind, of := range map[string]func(*http.Request, *helping) (watching, error){"territory": territoryOf, "portfolio": portfolioOf} {
		at := "GET /assistance/" + kind + "/{id}"
		h.site.Handle(at, h.official(func(w http.ResponseWriter, r *http.Request) error { return h.showWatch(w, r, of) }))
		h.site.Handle(at+"/book.xlsx", h.official(h.site.costly(func(w http.ResponseWriter, r *http.Request) error { return h.sendBook(w, r, of) })))
	}
}

// watching is a State or a structure whose page is shown.
type watching struct {
	*helping
	assistance.Watch
	kind string     // "territory", "portfolio"
	name string     // in the reader's language
	list url.Values // how the lists' addresses say it,
	desk url.Values // and the desk's
}

func (p *helping) watchedEntry(r *http.Request) (directory.Entry, bool, error) {
	e, ok := p.names.Entry(r.PathValue("id"))
	if !ok {
		return e, false, NotFound()
	}
	return e, e.Kind == directory.State || e.Kind == directory.PartnerState, nil
}

// territoryOf is a State's.
func territoryOf(r *http.Request, p *helping) (watching, error) {
	e, state, err := p.watchedEntry(r)
	if err != nil || !state {
		return watching{}, NotFound()
	}
	q := url.Values{"state": {e.ID}}
	return watching{p, assistance.Watch{State: e.ID}, "territory", p.names.Label(e, p.Lang), q, q}, nil
}

// portfolioOf is a structure's.
func portfolioOf(r *http.Request, p *helping) (watching, error) {
	e, state, err := p.watchedEntry(r)
	if err != nil || state {
		return watching{}, NotFound()
	}
	return watching{p, assistance.Watch{Body: e.ID}, "portfolio", p.names.Label(e, p.Lang), url.Values{"organiser": {e.ID}}, url.Values{"body": {e.ID}}}, nil
}

// opens is the address of a list of this State or structure.
func (p watching) opens(list string, pairs ...string) string {
	q := url.Values{}
	for name, values := range p.list {
		q[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return p.URL(withQuery("/assistance/"+list, q))
}

func (h *House) showWatch(w http.ResponseWriter, r *http.Request, of func(*http.Request, *helping) (watching, error)) error {
	f := h.asking(r, "desk.title")
	room, err := h.helping(r, f)
	if err != nil {
		return err
	}
	p, err := of(r, room)
	if err != nil {
		return err
	}
	f.Title = f.T("desk."+p.kind, "name", p.name)
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("overview.title"), f.URL("/assistance/overview")}}
	v := WatchView{Lead: f.T("desk.watch." + p.kind), None: f.T("desk.tasks.none"), Calendar: f.T("desk.watch.calendar", "query", "?"+p.desk.Encode())}
	for _, fill := range []func(*WatchView) error{p.count, p.tasks, p.goesOn, p.lists} {
		if err := fill(&v); err != nil {
			return err
		}
	}
	v.Sheets = append([]Link{
		{f.T("desk.watch.book"), f.URL("/assistance/" + p.kind + "/" + url.PathEscape(r.PathValue("id")) + "/book.xlsx")},
		{f.T("desk.watch.ics"), f.URL("/desk.ics?" + p.desk.Encode())},
	}, p.sheetLinks("/desk", p.desk.Encode())...)
	if p.kind == "territory" {
		if err := h.offerFollow(r, f, "state", p.desk.Get("state")); err != nil {
			return err
		}
	}
	return watchPage.Show(w, f, v)
}

// glance is a kind of record with its stages; those of which there are none are left out.
func (p watching) glance(title, list string, parts []GlancePart, total int) Glance {
	return Glance{p.T(title), p.opens(list), p.upTo(total), parts}
}

// upTo is a figure that is counted up to a bound.
func (p *helping) upTo(n int) string {
	if n > assistance.Countable {
		return "> " + p.Number(assistance.Countable)
	}
	return p.Number(n)
}

// byStage are the stages with their figures, in their order.
func byStage[S ~string](p watching, list, words string, order []S, counts map[S]int) (parts []GlancePart, total int) {
	for _, s := range order {
		if n := counts[s]; n > 0 {
			parts = append(parts, GlancePart{p.T(words + string(s)), p.opens(list, "stage", string(s)), p.Number(n)})
			total += n
		}
	}
	return parts, total
}

// count fills in how much there is of each kind, and the charts.
func (p watching) count(v *WatchView) error {
	if p.State != "" {
		if err := p.countAsked(v); err != nil {
			return err
		}
	} else {
		n, err := p.h.helps().CountProgrammes(p.r.Context(), scope(p.r), assistance.ProgrammeFilter{Body: p.Body})
		if err != nil {
			return err
		}
		if n > 0 {
			v.Glances = append(v.Glances, p.glance("programme.title", "programmes", nil, n))
		}
	}
	tally, err := p.h.helps().Tally(p.r.Context(), scope(p.r), p.Watch)
	if err != nil {
		return err
	}
	groups := map[string]int{}
	for group, stages := range assistance.Groups {
		groups[group] = tally.Of(stages)
	}
	parts, total := byStage(p, "projects", "overview.group.", groupsInOrder, groups)
	stopped, n := byStage(p, "projects", "project.stage.", []assistance.ProjectStage{assistance.Stopped}, tally.Stages)
	v.Glances = append(v.Glances, p.glance("project.title", "projects", append(parts, stopped...), total+n))
	p.chartThemes(v, tally)
	if err := p.countActivities(v); err != nil || p.State == "" {
		return err
	}
	n, err = p.h.helps().CountLessons(p.r.Context(), scope(p.r), assistance.LessonFilter{State: p.State})
	v.Glances = append(v.Glances, p.glance("lesson.title", "lessons", nil, n))
	return err
}

// countAsked fills in what a State asks for and agrees to.
func (p watching) countAsked(v *WatchView) error {
	requests, err := p.h.helps().RequestStages(p.r.Context(), scope(p.r), p.State)
	if err != nil {
		return err
	}
	parts, n := byStage(p, "requests", "assistance.stage.", assistance.Stages, requests)
	v.Glances = append(v.Glances, p.glance("assistance.requests.title", "requests", parts, n))
	consents, err := p.h.helps().ConsentStages(p.r.Context(), scope(p.r), p.State)
	parts, n = byStage(p, "consents", "assistance.consent.stage.", assistance.ConsentStages, consents)
	v.Glances = append(v.Glances, p.glance("assistance.consents.title", "consents", parts, n))
	return err
}

// chartThemes draws how many projects there are about each theme.
func (p watching) chartThemes(v *WatchView, tally assistance.Tally) {
	c := Chart{ID: "themes", Title: p.T("desk.chart.themes"), Heads: [2]string{p.T("assistance.field.theme"), p.T("project.title")}}
	var counts []int
	for _, t := range framework.Themes() {
		c.Bars = append(c.Bars, ChartBar{Name: t.Names.In(p.Lang), URL: p.opens("projects", "theme", t.ID)})
		counts = append(counts, tally.Themes[t.ID])
	}
	p.chart(v, c, counts)
}

// chart puts a chart onto the page, as long as there is something in it.
func (p watching) chart(v *WatchView, c Chart, counts []int) {
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	if most == 0 {
		return
	}
	for i, n := range counts {
		c.Bars[i].N, c.Bars[i].Width = p.upTo(n), n*100/most
		if n == 0 {
			c.Bars[i].URL = ""
		}
	}
	v.Charts = append(v.Charts, c)
}

// countActivities fills in the activities: what lies ahead, what was held this year, and
// how many there were year by year.
func (p watching) countActivities(v *WatchView) error {
	of := assistance.ActivityFilter{State: p.State, Body: p.Body}
	ctx, rooms, now := p.r.Context(), p.h.helps(), p.now.UTC()
	total, err := rooms.CountActivities(ctx, scope(p.r), of, assistance.Countable+1)
	if err != nil {
		return err
	}
	year, today := strconv.Itoa(now.Year()), ahead(p.now, 0)
	g := p.glance("activity.title", "activities", nil, total)
	for _, part := range []struct {
		key, from, to string
		stage         assistance.ActivityStage
	}{{"desk.watch.ahead", today, "", assistance.ActivityPlanned}, {"desk.watch.held", year + "-01-01", year + "-12-31", assistance.ActivityHeld}} {
		f := of
		f.Stages, f.From, f.To = []assistance.ActivityStage{part.stage}, part.from, part.to
		n, err := rooms.CountActivities(ctx, scope(p.r), f, assistance.Countable+1)
		if err != nil {
			return err
		}
		if n > 0 {
			g.Parts = append(g.Parts, GlancePart{p.T(part.key, "year", year), p.opens("activities", days("stage", string(part.stage), part.from, part.to)...), p.upTo(n)})
		}
	}
	v.Glances = append(v.Glances, g)
	counts, err := rooms.ActivityYears(ctx, scope(p.r), of, now.Year()-yearsBack, now.Year()+1)
	if err != nil {
		return err
	}
	c := Chart{ID: "years", Title: p.T("desk.chart.years"), Heads: [2]string{p.T("desk.chart.year"), p.T("activity.title")}}
	for i := range counts {
		year := strconv.Itoa(now.Year() - yearsBack + i)
		c.Bars = append(c.Bars, ChartBar{Name: year, URL: p.opens("activities", "from", year+"-01-01", "to", year+"-12-31")})
	}
	p.chart(v, c, counts)
	return nil
}

// days are parameters of a list with the days that are set.
func days(name, value, from, to string) []string {
	pairs := []string{name, value}
	for _, day := range [][2]string{{"from", from}, {"to", to}} {
		if day[1] != "" {
			pairs = append(pairs, day[0], day[1])
		}
	}
	return pairs
}

// tasks fills in what waits: the first of it, and the rest behind.
func (p watching) tasks(v *WatchView) error {
	list, err := p.h.helps().Tasks(p.r.Context(), scope(p.r), []assistance.Watch{p.Watch}, p.now, ahead(p.now, tasksAhead), shownTasks)
	if err != nil {
		return err
	}
	late := 0
	for i, t := range list {
		line := p.taskLine(t)
		if line.Late != nil {
			late++
		}
		if i < shownAtGlance {
			v.Tasks = append(v.Tasks, line)
		} else {
			v.Waiting = append(v.Waiting, line)
		}
	}
	if late > 0 {
		v.Overdue = p.T("desk.watch.overdue", "n", late)
	}
	return nil
}

// goesOn fills in the timeline of a year: what was held lately, and what comes.
func (p watching) goesOn(v *WatchView) (err error) {
	now := p.now.UTC()
	first := time.Date(now.Year(), now.Month()-monthsPast, 1, 0, 0, 0, 0, time.UTC)
	from, to := first.Format(time.DateOnly), first.AddDate(1, 0, -1).Format(time.DateOnly)
	v.When, v.Further = p.T("timeline.title.at", "when", p.period(from, to)), Link{p.T("timeline.whole"), p.opens("timeline")}
	v.Timeline, err = p.timelineOf(assistance.ActivityFilter{State: p.State, Body: p.Body}, from, to, false, someBars)
	return err
}

// lists fills in the records of which something can be said in a line.
func (p watching) lists(v *WatchView) error {
	changed := HelpList{ID: "changed", Title: p.T("desk.changed"), None: p.T("desk.changed.none"), All: Link{p.T("desk.projects"), p.opens("projects")}}
	projects, err := p.h.helps().Changed(p.r.Context(), scope(p.r), p.Watch, shownAtGlance)
	if err != nil {
		return err
	}
	for _, x := range projects {
		line := p.projectLine(x)
		line.Next = p.T("desk.changed.on", "when", p.DateTime(x.Updated.In(time.Local)))
		changed.Lines = append(changed.Lines, line)
	}
	v.Lists = []HelpList{changed}
	if p.State == "" {
		return nil
	}
	requests := HelpList{ID: "requests", Title: p.T("assistance.requests.title"), None: p.T("assistance.latest.none"), All: Link{p.T("assistance.all"), p.opens("requests")}}
	asked, _, err := p.h.helps().Requests(p.r.Context(), scope(p.r), assistance.RequestFilter{State: p.State}, assistance.Place{}, shownAtGlance)
	if err != nil {
		return err
	}
	requests.Lines = p.lines(asked)
	consents := HelpList{ID: "consents", Title: p.T("assistance.consents.title"), None: p.T("desk.consents.none"), All: Link{p.T("assistance.consents.all"), p.opens("consents")}}
	if consents.Lines, err = p.consentLines(assistance.ConsentFilter{State: p.State}, shownAtGlance); err != nil {
		return err
	}
	lessons := HelpList{ID: "lessons", Title: p.T("lesson.title"), None: p.T("lesson.none"), All: Link{p.T("desk.watch.lessons"), p.opens("lessons")}}
	learned, _, err := p.h.helps().Lessons(p.r.Context(), scope(p.r), assistance.LessonFilter{State: p.State}, assistance.Place{}, shownAtGlance)
	for _, l := range learned {
		lessons.Lines = append(lessons.Lines, p.lessonLine(l))
	}
	v.Lists = append(v.Lists, requests, consents, lessons)
	return err
}

// sendBook answers with everything as one workbook: a sheet for each list.
func (h *House) sendBook(w http.ResponseWriter, r *http.Request, of func(*http.Request, *helping) (watching, error)) error {
	f := h.site.Frame(r)
	room, err := h.helping(r, f)
	if err != nil {
		return err
	}
	p, err := of(r, room)
	if err != nil {
		return err
	}
	asked := r.Clone(r.Context())
	q := url.Values{}
	for _, part := range []url.Values{p.list, p.desk} {
		for name, values := range part {
			q[name] = values
		}
	}
	asked.URL.RawQuery = q.Encode()
	p.r = asked
	sheets := []func(*helping) (listSheet, error){projectSheet, activitySheet, deskSheet}
	if p.State != "" {
		sheets = append(sheets, requestSheet, consentSheet, lessonSheet)
	}
	var pages []sheet.Page
	for _, of := range sheets {
		s, err := of(p.helping)
		if err != nil {
			return err
		}
		pages = append(pages, sheet.Page{Title: s.title, Columns: s.columns, Rows: s.all(p.T("desk.sheet.cut"))})
	}
	Patient(w, 10*time.Minute)
	attach(w, sheetMedia["xlsx"], p.kind+"-"+r.PathValue("id")+".xlsx")
	return sheet.WriteBook(w, f.Lang, f.T("desk."+p.kind, "name", p.name), pages[0], pages[1:]...)
}
