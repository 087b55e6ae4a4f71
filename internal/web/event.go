package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/calendar"
	"polis/internal/community/event"
)

func (h *House) openEvents() {
	h.site.Handle("GET /events", h.events)
	h.site.Handle("POST /events/feed", h.makeEventFeed)
	h.site.Handle("POST /events/feed/end", h.endEventFeed)
	h.site.Handle("GET /feeds/events/{secret}", h.eventFeed)
	h.site.Handle("GET /groups/{id}/events/new", h.newEvent)
	h.site.Handle("POST /groups/{id}/events", h.once(h.planEvent))
	h.site.Handle("GET /events/{id}", h.event)
	h.site.Handle("GET /events/{id}/event.ics", h.eventFile)
	h.site.Handle("GET /events/{id}/edit", h.editEvent)
	h.site.Handle("POST /events/{id}", h.changeEvent)
	h.site.Handle("GET /events/{id}/programme", h.eventProgramme)
	h.site.Handle("POST /events/{id}/programme", h.setProgramme)
	h.site.Handle("POST /events/{id}/move/{move}", h.moveEvent)
	h.site.Handle("POST /events/{id}/register", h.registerForEvent)
	h.site.Handle("POST /events/{id}/withdraw", h.withdrawFromEvent)
	h.site.Handle("GET /events/{id}/people", h.eventPeople)
	h.site.Handle("POST /events/{id}/decide", h.decideEntry)
	h.site.Handle("POST /events/{id}/attendance", h.noteAttendance)
	h.site.Handle("POST /events/{id}/rating", h.rateEvent)
	h.site.Handle("GET /events/{id}/certificate", h.certificate)
	h.site.Handle("GET /certificates", h.askCertificate)
	h.site.Handle("POST /certificates", h.site.costly(h.checkCertificate))
}

// meets is the room behind these pages.
func (h *House) meets() *event.Events { return &event.Events{DB: h.DB} }

// EventsView is the calendar: a list of what is to come or was, or a month by its days.
type EventsView struct {
	Lead   string
	Ways   []StageLink // list, month, past
	Month  *EventMonth
	Action string
	Hidden []Carried
	Fields []Field
	Chips  []Chip
	Count  string
	Lines  []HelpLine
	More   string
	None   string
	Feed   *PersonForm // to make the address of a calendar
	Made   string      // since when there is one
	End    string      // address that ends it
}

// EventMonth is a month with the days on which something is.
type EventMonth struct {
	Title          string
	Previous, Next Link
	Days           []EventDay
}

// EventDay is a day with its events.
type EventDay struct {
	Text  string
	Lines []HelpLine
}

var sampleEventLine = HelpLine{"Round table", "/en/events/1", "ru", Tag{Done, "Open"}, nil, "3 March 2026, 09:00–12:00 (Asia/Bishkek)", "Investigators · Osh"}

var eventsPage = newPage("events", EventsView{
	Lead: "What groups hold.", Ways: []StageLink{{Text: "To come", URL: "/en/events", Here: true}}, Month: &EventMonth{"March 2026", Link{"February", "/en/events?month=2026-02"}, Link{"April", "/en/events?month=2026-04"}, []EventDay{{"3 March", []HelpLine{sampleEventLine}}}},
	Action: "/en/events", Hidden: []Carried{{"month", "2026-03"}}, Fields: []Field{{Name: "theme", Label: "Theme", Type: "select", Options: []Option{{Value: "drugs", Text: "Drugs"}}}}, Chips: []Chip{{"Theme", "Drugs", "/en/events", "Theme: Drugs, take away"}},
	Count: "3 events", Lines: []HelpLine{sampleEventLine}, More: "/en/events?after=1", None: "None.", Feed: &samplePersonForm, Made: "Since 3 March 2026", End: "/en/events/feed/end",
})

var eventMoods = map[event.Stage]Mood{event.Draft: Plain, event.Open: Done, event.Closed: Attention, event.Held: Plain, event.Cancelled: Refusal}

func (f *Frame) eventStage(s event.Stage) Tag {
	return Tag{eventMoods[s], f.T("event.stage." + string(s))}
}

// eventLine is an event in a list, by its own clock and the reader's.
func (p *helping) eventLine(e event.Event, zone *time.Location) HelpLine {
	line := HelpLine{Title: e.Title, URL: p.URL(e.Path()), Lang: string(e.Lang), Tag: p.eventStage(e.Stage), Meta: event.When(p.Printer, e, zone)}
	if e.Stage == event.Open && !e.Registers(p.now) {
		line.Tag = p.eventStage(event.Closed)
	}
	var where []string
	if e.Place != "" {
		where = append(where, e.Place)
	}
	if e.Host != "" {
		where = append(where, p.entry(e.Host).Text)
	}
	if e.Online {
		where = append(where, p.T("event.online"))
	}
	line.Next = strings.Join(where, " · ")
	return line
}

func (p *helping) eventLines(list []event.Event) (lines []HelpLine) {
	zone := p.h.meets().ZoneOf(p.r.Context(), p.Reader.Subject)
	for _, e := range list {
		lines = append(lines, p.eventLine(e, zone))
	}
	return lines
}

// eventsAsked is what the address of the calendar asks for.
type eventsAsked struct {
	event.Filter
	after event.Place
	month time.Time // its first moment, zero for the list
}

// readEvents reads it. A month is one of the reader's clock.
func readEvents(r *http.Request, here *time.Location, now time.Time) (a eventsAsked, ok bool) {
	q := r.URL.Query()
	a.Filter = event.Filter{Group: q.Get("group"), Theme: q.Get("theme"), Host: q.Get("state"), Organiser: q.Get("organiser")}
	if text := q.Get("after"); text != "" {
		if a.after, ok = event.ParsePlace(text); !ok {
			return a, false
		}
	}
	switch {
	case q.Get("month") != "":
		month, err := time.ParseInLocation("2006-01", q.Get("month"), here)
		if err != nil || month.Year() < 1990 || month.Year() > 2200 {
			return a, false
		}
		a.month, a.From, a.To = month, month, month.AddDate(0, 1, 0)
	case q.Get("when") == "past":
		a.Past, a.To = true, now
	default:
		a.From = now
	}
	return a, true
}

// mostOfMonth is how many events a month shows.
const mostOfMonth = 300

func (h *House) events(w http.ResponseWriter, r *http.Request) error {
	here := h.meets().ZoneOf(r.Context(), ReaderOf(r).Subject)
	if here == nil {
		here = time.Local
	}
	f := h.site.Frame(r)
	f.Title, f.Crumbs = f.T("event.title"), []Link{{f.T("community.title"), f.URL("/community")}}
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	a, ok := readEvents(r, here, p.now)
	if !ok {
		return NotFound()
	}
	limit := shownInList
	if !a.month.IsZero() {
		limit = mostOfMonth
	}
	list, more, err := h.meets().List(r.Context(), scope(r), a.Filter, a.after, limit)
	if err != nil {
		return err
	}
	count, err := h.meets().Count(r.Context(), scope(r), a.Filter)
	if err != nil {
		return err
	}
	v := EventsView{Lead: f.T("event.lead"), Action: f.URL("/events"), Count: f.T("event.count", "n", count), None: f.T("event.none")}
	if v.Fields, err = p.eventFilters(a.Filter); err != nil {
		return err
	}
	chips := HelpListView{Fields: v.Fields}
	p.fieldChips(&chips)
	v.Chips = chips.Chips
	p.eventWays(&v, a, here)
	if a.month.IsZero() {
		v.Lines = p.eventLines(list)
	} else {
		p.eventMonth(&v, a, list, here)
	}
	if more != (event.Place{}) {
		v.More = f.With("after", more.String())
	}
	if err := p.eventFeedForm(&v); err != nil {
		return err
	}
	return eventsPage.Show(w, f, v)
}

// eventFilters are the fields of the calendar.
func (p *helping) eventFilters(f event.Filter) ([]Field, error) {
	any := Option{Text: p.T("assistance.any")}
	organisers, groups := []Option{any}, []Option{any}
	ids, err := p.h.meets().Organisers(p.r.Context(), scope(p.r), p.now)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		organisers = append(organisers, Option{Value: id, Text: p.entry(id).Text, Chosen: f.Organiser == id})
	}
	mine, err := account.GroupsOf(p.r.Context(), p.h.DB, p.Reader.Subject)
	if err != nil {
		return nil, err
	}
	named := false
	for _, g := range mine {
		groups, named = append(groups, Option{Value: g.ID, Text: g.Name, Chosen: f.Group == g.ID}), named || f.Group == g.ID
	}
	if f.Group != "" && !named {
		g, err := account.GetGroup(p.r.Context(), p.h.DB, p.Reader.Subject, f.Group)
		if err == nil {
			groups = append(groups, Option{Value: g.ID, Text: g.Name, Chosen: true})
		}
	}
	return []Field{
		{Name: "theme", Label: p.T("assistance.field.theme"), Type: "select", Options: p.themeOptions(f.Theme)},
		{Name: "state", Label: p.T("event.field.host"), Type: "select", Options: p.stateOptions(f.Host)},
		{Name: "organiser", Label: p.T("event.field.organiser"), Type: "select", Options: organisers},
		{Name: "group", Label: p.T("event.field.group"), Type: "select", Options: groups},
	}, nil
}

// eventWays lead from the list to the month and back, with the same filters.
func (p *helping) eventWays(v *EventsView, a eventsAsked, here *time.Location) {
	q := url.Values{}
	for name, value := range map[string]string{"theme": a.Theme, "state": a.Host, "organiser": a.Organiser, "group": a.Group} {
		if value != "" {
			q.Set(name, value)
		}
	}
	at := func(name, value string) string {
		q.Del("when")
		q.Del("month")
		if name != "" {
			q.Set(name, value)
		}
		if len(q) == 0 {
			return p.URL("/events")
		}
		return p.URL("/events?" + q.Encode())
	}
	month := a.month
	if month.IsZero() {
		month = p.now.In(here)
	}
	v.Ways = []StageLink{
		{Text: p.T("event.way.coming"), URL: at("", ""), Here: a.month.IsZero() && !a.Past},
		{Text: p.T("event.way.month"), URL: at("month", month.Format("2006-01")), Here: !a.month.IsZero()},
		{Text: p.T("event.way.past"), URL: at("when", "past"), Here: a.Past},
	}
	if a.Past {
		v.Hidden = []Carried{{"when", "past"}}
	}
	if !a.month.IsZero() {
		v.Hidden = []Carried{{"month", month.Format("2006-01")}}
		before, after := month.AddDate(0, -1, 0), month.AddDate(0, 1, 0)
		v.Month = &EventMonth{
			Title:    p.Month(month),
			Previous: Link{p.Month(before), at("month", before.Format("2006-01"))},
			Next:     Link{p.Month(after), at("month", after.Format("2006-01"))},
		}
	}
}

// eventMonth puts events under each day of the month on which they are.
func (p *helping) eventMonth(v *EventsView, a eventsAsked, list []event.Event, here *time.Location) {
	lines := p.eventLines(list)
	for day := a.month; day.Before(a.To); day = day.AddDate(0, 0, 1) {
		next := day.AddDate(0, 0, 1)
		d := EventDay{Text: p.Date(day.In(here))}
		for i, e := range list {
			if e.Begins.Before(next) && e.Ends.After(day) {
				d.Lines = append(d.Lines, lines[i])
			}
		}
		if len(d.Lines) > 0 {
			v.Month.Days = append(v.Month.Days, d)
		}
	}
}

// comingEvents are the next events of a group, or of all that the reader reads.
func (p *helping) comingEvents(group string, limit int) ([]HelpLine, error) {
	list, _, err := p.h.meets().List(p.r.Context(), scope(p.r), event.Filter{Group: group, From: p.now}, event.Place{}, limit)
	return p.eventLines(list), err
}

// eventFeedForm offers the address of a calendar to who is signed in.
func (p *helping) eventFeedForm(v *EventsView) error {
	if !p.Reader.SignedIn() || p.Reader.Program {
		return nil
	}
	made, err := p.h.meets().FeedMade(p.r.Context(), p.Reader.Subject)
	if err != nil {
		return err
	}
	v.Feed = &PersonForm{ID: "feed", Title: p.T("event.feed"), Says: []string{p.T("event.feed.says"), p.T("ways.feed.secret")}, Action: p.URL("/events/feed"), Button: p.T("event.feed.make")}
	if !made.IsZero() {
		v.Made, v.End = p.T("event.feed.made", "day", made), p.URL("/events/feed/end")
	}
	return nil
}

// makeEventFeed makes the address and shows it, which no other page does.
func (h *House) makeEventFeed(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	secret, err := h.meets().MakeFeed(r.Context(), ReaderOf(r).Subject)
	if err != nil {
		return eventFault(err)
	}
	f := h.asking(r, "event.feed")
	f.Crumbs = []Link{{f.T("event.title"), f.URL("/events")}}
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T("event.feed.says"), f.T("ways.feed.secret")}, Address: h.origin(r) + f.URL("/feeds/events/"+secret), Links: []Link{{f.T("event.title"), f.URL("/events")}},
	})
}

var noticeEventFeedEnded = newNotice("event.feed.ended")

func (h *House) endEventFeed(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if err := h.meets().EndFeed(r.Context(), ReaderOf(r).Subject); err != nil {
		return eventFault(err)
	}
	return h.site.Frame(r).Redirect(w, "/events", noticeEventFeedEnded, 0)
}

// fedEvents is how many events a calendar of events holds.
const fedEvents = 500

// eventFeed is what the secret opens, for the calendar program that knows nothing else.
func (h *House) eventFeed(w http.ResponseWriter, r *http.Request) error {
	who, err := h.meets().Fed(r.Context(), r.PathValue("secret"))
	if err != nil {
		return err
	}
	list, _, err := h.meets().List(r.Context(), who.Scope(), event.Filter{Person: who.ID, From: time.Now().AddDate(0, -2, 0)}, event.Place{}, fedEvents)
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	w.Header().Set("Referrer-Policy", "no-referrer")
	return h.sendEvents(w, r, list)
}

// eventFile is one event for a calendar: an invitation that everybody takes who reads it.
func (h *House) eventFile(w http.ResponseWriter, r *http.Request) error {
	e, err := h.meets().Event(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return h.readForum(w, r, err)
	}
	return h.sendEvents(w, r, []event.Event{e})
}

func (h *House) sendEvents(w http.ResponseWriter, r *http.Request, list []event.Event) error {
	f := h.site.Frame(r)
	base := h.origin(r)
	var body strings.Builder
	if err := calendar.Feed(&body, "POLIS – "+f.T("event.title"), event.Calendar(f.Printer, list, func(path string) string { return base + f.URL(path) })); err != nil {
		return err
	}
	attach(w, calendar.Media, "polis.ics")
	_, err := w.Write([]byte(body.String()))
	return err
}

// eventFault says of an error what those who act have to know.
func eventFault(err error) error {
	var stale event.Stale
	var impossible event.Impossible
	switch {
	case errors.Is(err, event.ErrForbidden):
		return &Fault{Status: http.StatusForbidden, Key: "event.fault.forbidden", Rule: access.RuleRole, Err: err}
	case errors.As(err, &stale):
		return &Fault{Status: http.StatusConflict, Key: "assistance.fault.stale", Err: err}
	case errors.As(err, &impossible):
		return &Fault{Status: http.StatusConflict, Key: impossible.Key, Err: err}
	}
	return err
}
