package web

import (
	"net/http"
	"net/url"

	"polis/internal/assistance"
	"polis/internal/search"
)

func (h *House) openActivities() {
	h.site.Handle("GET /assistance/activities", h.official(h.activities))
	h.site.Handle("GET /assistance/projects/{id}/activities", h.official(h.projectActivities))
	h.site.Handle("GET /assistance/projects/{id}/activities/new", h.official(h.newActivity))
	h.site.Handle("POST /assistance/projects/{id}/activities", h.official(h.once(h.planActivity)))
	h.site.Handle("GET /assistance/activities/{id}", h.official(h.activity))
	h.site.Handle("GET /assistance/activities/{id}/edit", h.official(h.editActivity))
	h.site.Handle("POST /assistance/activities/{id}/edit", h.official(h.reviseActivity))
	h.site.Handle("GET /assistance/activities/{id}/held", h.official(h.askHeld))
	h.site.Handle("POST /assistance/activities/{id}/held", h.official(h.sayHeld))
	h.site.Handle("POST /assistance/activities/{id}/move/{move}", h.official(h.moveActivity))
	h.openOffline()
}

// activityPath is the address of an activity, or of one of its pages.
func activityPath(id, part string) string {
	if part == "" {
		return "/assistance/activities/" + id
	}
	return "/assistance/activities/" + id + "/" + part
}

var activityMoods = map[assistance.ActivityStage]Mood{
	assistance.ActivityPlanned: Attention, assistance.ActivityHeld: Done, assistance.ActivityCancelled: Refusal,
}

func (p *helping) activityStage(s assistance.ActivityStage) Tag {
	return Tag{activityMoods[s], p.T("activity.stage." + string(s))}
}

// past reports whether its days are over and nobody has said how it went.
func (p *helping) past(x assistance.Activity) bool {
	return x.Stage == assistance.ActivityPlanned && x.Ends < p.now.UTC().Format("2006-01-02")
}

// activityLine is an activity in a list.
func (p *helping) activityLine(x assistance.Activity) HelpLine {
	line := HelpLine{Title: x.Title, URL: p.URL(activityPath(x.ID, "")), Lang: string(x.Lang), Tag: p.activityStage(x.Stage)}
	line.Meta = p.T("activity.kind.line", "kind", p.T("activity.kind."+x.Kind), "number", x.Number)
	for _, part := range []string{p.period(x.Starts, x.Ends), p.where(x), p.all(search.Origin, x.States())} {
		if part != "" {
			line.Meta += " · " + part
		}
	}
	switch {
	case x.Stage == assistance.ActivityHeld && x.Total > 0:
		line.Next = p.turnout(x.Figures)
	case p.past(x):
		line.Next = p.T("activity.says.past")
	}
	return line
}

// period is one day, or from one to another.
func (p *helping) period(starts, ends string) string {
	if starts == ends {
		return p.day(starts)
	}
	return p.span(starts, ends)
}

// where is the place in words.
func (p *helping) where(x assistance.Activity) string {
	switch {
	case !x.Online:
		return x.Place
	case x.Place == "":
		return p.T("activity.online")
	}
	return x.Place + ", " + p.T("activity.online")
}

// turnout says how many took part, and of them how many women and men.
func (p *helping) turnout(f assistance.Figures) string {
	text := p.T("activity.people", "n", f.Total)
	for _, part := range []struct {
		key string
		n   int64
	}{{"women", f.Women}, {"men", f.Men}, {"other", f.Total - f.Women - f.Men}} {
		if part.n > 0 && part.n < f.Total || part.n == f.Total && part.key != "other" {
			text += " · " + p.T("activity.people."+part.key, "n", part.n)
		}
	}
	return text
}

// readActivityFilter reads what the address asks for; typed are the days as they were
// written.
func readActivityFilter(r *http.Request) (f assistance.ActivityFilter, after assistance.Place, ok bool) {
	q := r.URL.Query()
	f = assistance.ActivityFilter{
		State: q.Get("state"), Theme: q.Get("theme"), Body: q.Get("organiser"), Kind: q.Get("kind"), Project: q.Get("project"),
		From: wholeDay(plainDate(plain(q, "from")), false), To: wholeDay(plainDate(plain(q, "to")), true),
	}
	for _, s := range assistance.ActivityStages {
		if string(s) == q.Get("stage") {
			f.Stages = []assistance.ActivityStage{s}
		}
	}
	if text := q.Get("after"); text != "" {
		if after, ok = assistance.ParsePlace(text); !ok {
			return f, after, false
		}
	}
	return f, after, true
}

// activities lists those that the reader may read.
func (h *House) activities(w http.ResponseWriter, r *http.Request) error {
	filter, after, ok := readActivityFilter(r)
	if !ok {
		return NotFound()
	}
	list, more, err := h.helps().Activities(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountActivities(r.Context(), scope(r), filter, assistance.Countable+1)
	if err != nil {
		return err
	}
	f := h.asking(r, "activity.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{
		Lead: f.T("activity.lead"), Action: f.URL("/assistance/activities"), Count: f.counted("activity.count", count),
		Fields: p.activityFilters(r.URL.Query(), filter), None: f.T("activity.none"),
		Sheets: p.sheets("/assistance/activities"),
	}
	if mayBring(r) == nil {
		v.New = &Link{f.T("activityimport.link"), f.URL("/assistance/imports")}
	}
	for _, x := range list {
		v.Lines = append(v.Lines, p.activityLine(x))
	}
	if err := p.activityChips(&v, r.URL.Query(), filter); err != nil {
		return err
	}
	if len(v.Chips) == 0 {
		v.None = f.T("activity.none.yet")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	return assistanceListPage.Show(w, f, v)
}

func (p *helping) activityFilters(q url.Values, f assistance.ActivityFilter) []Field {
	any := Option{Text: p.T("assistance.any")}
	stages, kinds := []Option{any}, []Option{any}
	for _, s := range assistance.ActivityStages {
		stages = append(stages, Option{Value: string(s), Text: p.T("activity.stage." + string(s)), Chosen: string(s) == q.Get("stage")})
	}
	for _, kind := range assistance.ActivityKinds {
		kinds = append(kinds, Option{Value: kind, Text: p.T("activity.kind." + kind), Chosen: kind == f.Kind})
	}
	fields := []Field{
		{Name: "stage", Label: p.T("activity.field.stage"), Type: "select", Options: stages},
		{Name: "kind", Label: p.T("activity.field.kind"), Type: "select", Options: kinds},
		{Name: "state", Label: p.T("activity.field.state"), Type: "select", Options: p.stateOptions(f.State)},
		{Name: "theme", Label: p.T("activity.field.theme"), Type: "select", Options: p.themeOptions(f.Theme)},
		{Name: "organiser", Label: p.T("activity.field.body"), Type: "select", Options: p.structureOptions(f.Body)},
		{Name: "from", Label: p.T("activity.field.from"), Hint: p.T("library.hint.date"), Value: plain(q, "from"), Auto: "off"},
		{Name: "to", Label: p.T("activity.field.to"), Value: plain(q, "to"), Auto: "off"},
	}
	wrong := map[string]string{}
	for name, day := range map[string]string{"from": f.From, "to": f.To} {
		if plain(q, name) != "" && day == "" {
			wrong[name] = "assistance.error.date"
		}
	}
	p.flag(fields, wrong)
	return fields
}

// activityChips are what was chosen, each to be taken away.
func (p *helping) activityChips(v *HelpListView, q url.Values, f assistance.ActivityFilter) error {
	p.chips(v, q.Get("stage"), assistance.RequestFilter{State: f.State, Theme: f.Theme})
	add := func(name, label, value, text string) {
		if value != "" {
			chip := p.Chip(name, label, value, text)
			chip.Remove = p.instead(name)
			v.Chips = append(v.Chips, chip)
		}
	}
	add("organiser", p.T("activity.field.body"), f.Body, p.entry(f.Body).Text)
	for _, o := range v.Fields[1].Options {
		if o.Chosen {
			add("kind", p.T("activity.field.kind"), f.Kind, o.Text)
		}
	}
	add("from", p.T("activity.field.from"), f.From, p.day(f.From))
	add("to", p.T("activity.field.to"), f.To, p.day(f.To))
	if f.Project == "" {
		return nil
	}
	project, err := p.h.helps().Project(p.r.Context(), scope(p.r), f.Project)
	if err == nil {
		add("project", p.T("activity.field.project"), f.Project, project.Number)
	}
	return err
}

// ProjectActivitiesView are the activities of a project.
type ProjectActivitiesView struct {
	Head     ProjectHead
	New      string // address of the form, or ""
	Agenda   string // address where an agenda fills it in
	Says     string // why nothing can be planned, or ""
	Copy     *Field // the number of one that is taken over
	Lines    []HelpLine
	More     string // address of all of them in the list
	Timeline *Timeline
	None     string
}

var projectActivitiesPage = newPage("project-activities", ProjectActivitiesView{
	Head: sampleProjectHead, New: "/en/assistance/projects/1/activities/new", Agenda: "/en/assistance/projects/1/activities/agenda", Says: "It is closed.", Copy: &Field{Name: "from", Label: "Number"},
	Lines: []HelpLine{sampleHelpLine}, More: "/en/assistance/activities?project=1", None: "None.", Timeline: &sampleTimeline,
})

func (h *House) projectActivities(w http.ResponseWriter, r *http.Request) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	list, more, err := h.helps().Activities(r.Context(), scope(r), assistance.ActivityFilter{Project: q.ID}, assistance.Place{}, 2*shownInList)
	if err != nil {
		return err
	}
	v := ProjectActivitiesView{Head: p.projectHead(q, "activities"), None: p.T("activity.none.project")}
	for _, x := range list {
		v.Lines = append(v.Lines, p.activityLine(x))
	}
	if v.Timeline, err = p.timelineOfProject(q); err != nil {
		return err
	}
	if more != (assistance.Place{}) {
		v.More = p.URL("/assistance/activities") + "?" + url.Values{"project": {q.ID}}.Encode()
	}
	switch {
	case !q.Writes(p.Reader.Subject):
	case !q.Plans():
		v.Says = p.T("activity.impossible.project." + string(q.Stage))
	default:
		v.New, v.Copy = p.URL(projectPath(q.ID, "activities/new")), p.copyField("")
		v.Agenda = p.URL(projectPath(q.ID, "activities/agenda"))
	}
	return projectActivitiesPage.Show(w, p.Frame, v)
}

// copyField asks for the number of an activity that is taken over.
func (p *helping) copyField(typed string) *Field {
	return &Field{Name: "from", Label: p.T("activity.copy.field"), Hint: p.T("activity.copy.hint"), Value: typed, Width: "short", Auto: "off"}
}
