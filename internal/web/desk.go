package web

import (
	"net/http"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// DeskView is what waits for somebody, what comes and what has changed.
type DeskView struct {
	Lead     string
	Tasks    []HelpLine
	Lists    []HelpList
	Sheets   []Link // the tasks for programs
	Calendar *DeskCalendar
}

// DeskCalendar is the address of her calendar.
type DeskCalendar struct {
	Made   string // when, "" where there is none
	Action string
	End    string // address where it is taken back, or ""
}

var deskPage = newPage("desk", DeskView{
	Lead: "What waits for you.", Tasks: []HelpLine{sampleHelpLine},
	Lists:    []HelpList{{"coming", "The next sixty days", []HelpLine{sampleHelpLine}, "Nothing.", Link{"All activities", "/en/assistance/activities"}}},
	Sheets:   []Link{{"CSV", "/en/desk.csv"}, {"XLSX", "/en/desk.xlsx"}},
	Calendar: &DeskCalendar{"made on 3 March 2026", "/en/desk/calendar", "/en/desk/calendar/end"},
})

// How far the desk looks ahead, in days: for what there is to do, and for activities.
const (
	tasksAhead  = 30
	comingAhead = 60
	shownTasks  = 25 // of each kind
)

func (h *House) openDesk() {
	h.site.Handle("GET /desk", h.official(h.desk))
	h.openSheet("/desk", deskSheet)
	h.site.Handle("GET /desk.ics", h.official(h.site.costly(h.deskCalendar)))
	h.site.Handle("POST /desk/calendar", h.official(h.makeCalendar))
	h.site.Handle("POST /desk/calendar/end", h.official(h.endCalendar))
	h.site.Handle("GET /calendars/{secret}", h.site.costly(h.ownCalendar))
	h.openWatches()
	h.openFollows()
}

// watches are whose tasks are asked for: a State's or a structure's by the address,
// else her own.
func watches(r *http.Request, who access.Subject) []assistance.Watch {
	q := r.URL.Query()
	if w := (assistance.Watch{State: q.Get("state"), Body: q.Get("body")}); w != (assistance.Watch{}) {
		return []assistance.Watch{w}
	}
	return assistance.WatchesOf(who)
}

// desk is the reader's own.
func (h *House) desk(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "desk.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := DeskView{Lead: f.T("desk.lead")}
	who := ReaderOf(r).Subject
	if err := p.fill(&v, assistance.WatchesOf(who)); err != nil {
		return err
	}
	if err := p.followedAtDesk(&v); err != nil {
		return err
	}
	var door AssistanceView
	if err := p.waiting(&door); err != nil {
		return err
	}
	v.Tasks = append(door.Waiting, v.Tasks...) // decisions stand among the former
	if err := p.owedInForums(&v); err != nil {
		return err
	}
	made, err := h.watch().CalendarMade(r.Context(), who)
	if err != nil {
		return err
	}
	v.Calendar = &DeskCalendar{Action: f.URL("/desk/calendar")}
	if !made.IsZero() {
		v.Calendar.Made, v.Calendar.End = f.T("desk.calendar.made", "day", made), f.URL("/desk/calendar/end")
	}
	return deskPage.Show(w, f, v)
}

// fill puts the tasks and lists of the watches onto the page.
func (p *helping) fill(v *DeskView, watches []assistance.Watch) error {
	ctx := p.r.Context()
	tasks, err := p.h.helps().Tasks(ctx, scope(p.r), watches, p.now, ahead(p.now, tasksAhead), shownTasks)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Kind != assistance.ToDecideOn || !plansHelp(p.Reader.Subject) {
			v.Tasks = append(v.Tasks, p.taskLine(t))
		}
	}
	coming := HelpList{ID: "coming", Title: p.T("desk.coming"), None: p.T("desk.coming.none"), All: Link{p.T("desk.activities"), p.URL("/assistance/activities")}}
	changed := HelpList{ID: "changed", Title: p.T("desk.changed"), None: p.T("desk.changed.none"), All: Link{p.T("desk.projects"), p.URL("/assistance/projects")}}
	seen := map[string]bool{}
	for _, w := range watches {
		activities, err := p.h.comingActivities(ctx, scope(p.r), w, p.now)
		if err != nil {
			return err
		}
		projects, err := p.h.helps().Changed(ctx, scope(p.r), w, shownAtDoor)
		if err != nil {
			return err
		}
		for _, x := range activities {
			if !seen[x.ID] {
				coming.Lines, seen[x.ID] = append(coming.Lines, p.activityLine(x)), true
			}
		}
		for _, x := range projects {
			if !seen[x.ID] {
				line := p.projectLine(x)
				line.Next = p.T("desk.changed.on", "when", p.DateTime(x.Updated.In(time.Local)))
				changed.Lines, seen[x.ID] = append(changed.Lines, line), true
			}
		}
	}
	v.Lists = append([]HelpList{coming, changed}, v.Lists...)
	v.Sheets = p.sheetLinks("/desk", "")
	return nil
}

func ahead(now time.Time, days int) string {
	return now.UTC().AddDate(0, 0, days).Format(time.DateOnly)
}

var taskMoods = map[assistance.TaskKind]Mood{assistance.ToDecideOn: Attention, assistance.ToRespond: Attention, assistance.ToReport: Attention}

// taskLine is a task in a list.
func (p *helping) taskLine(t assistance.Task) HelpLine {
	mood := taskMoods[t.Kind]
	if mood == "" {
		mood = Plain
	}
	line := HelpLine{
		Title: t.Title, URL: p.URL(t.Path()), Lang: t.Lang, Tag: Tag{mood, p.T("desk.task." + string(t.Kind))}, Meta: t.Number,
		Next: p.T("desk.by", "day", p.day(t.Due)),
	}
	if t.Host != "" {
		line.Meta += " · " + p.names.Name(t.Host, "", p.Lang)
	}
	if t.Of != "" {
		line.Meta += " · " + p.T("evaluation.kind."+t.Of)
	}
	if t.Due < ahead(p.now, 0) {
		line.Late = &Tag{Refusal, p.T("desk.late")}
	}
	return line
}

var (
	noticeCalendarEnded = newNotice("desk.calendar.ended")
	calendarLines       = []string{"desk.calendar.lead", "ways.feed.secret"}
)

// makeCalendar makes the address of her calendar and shows it once.
func (h *House) makeCalendar(w http.ResponseWriter, r *http.Request) error {
	secret, err := h.watch().MakeCalendar(r.Context(), ReaderOf(r).Subject, h.strength(r))
	if err != nil {
		return err
	}
	f := h.asking(r, "desk.calendar")
	f.Crumbs = []Link{{f.T("desk.title"), f.URL("/desk")}}
	v := AskView{Address: h.origin(r) + "/" + string(f.Lang) + "/calendars/" + secret, Links: []Link{{f.T("desk.title"), f.URL("/desk")}}}
	for _, key := range calendarLines {
		v.Lead = append(v.Lead, f.T(key))
	}
	return askPage.Show(w, f, v)
}

func (h *House) endCalendar(w http.ResponseWriter, r *http.Request) error {
	if err := h.watch().EndCalendar(r.Context(), ReaderOf(r).Subject); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/desk", noticeCalendarEnded, 0)
}

// deskCalendar is hers, or a State's or structure's, for a reader who has signed in.
func (h *House) deskCalendar(w http.ResponseWriter, r *http.Request) error {
	return h.sendCalendar(w, r, ReaderOf(r).Subject, scope(r))
}

// ownCalendar is hers for a calendar, which knows nothing but its address; with a State
// or structure behind the address it is theirs, as far as she reads it.
func (h *House) ownCalendar(w http.ResponseWriter, r *http.Request) error {
	who, scope, err := h.watch().Calendar(r.Context(), r.PathValue("secret"))
	if err != nil {
		return err
	}
	return h.sendCalendar(w, r, who, scope)
}

// deskLang is the language of a sheet or calendar.
func deskLang(r *http.Request) *lang.Printer { return lang.For(LangOf(r)) }
