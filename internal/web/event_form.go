package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/event"
	"polis/internal/community/notice"
	"polis/internal/lang"
)

// EventFormView is the form of an event, or of its programme.
type EventFormView struct {
	Lead        string
	Says        []string // why it did not go
	Stale       bool
	Differences []Difference // what was typed against what is stored now
	Action      string
	Back        string
	Rev         int64 // 0 makes something
	Fields      []Field
	Themes      *Picks
	After       []Field
	Button      string
}

var eventFormPage = newPage("event-form", EventFormView{
	Lead: "It stays a draft.", Says: []string{"It was changed."}, Stale: true, Differences: []Difference{{"Title", "A", "B"}}, Action: "/en/events/1", Back: "/en/events/1", Rev: 3,
	Fields: []Field{{Name: "title", Label: "Title", Error: "Write it."}}, Themes: &Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{"Police reform", "", []Pick{{"themes-1-1", "police-reform", "In general", true}}}}},
	After: []Field{{Name: "capacity", Label: "Places", Type: "number"}}, Button: "Save",
})

// eventForm is what was typed of an event: its times as they were written.
type eventForm struct {
	in     url.Values
	d      event.Written
	times  event.Invalid // of what is no time
	wrong  event.Invalid
	stored *event.Event // where it was changed meanwhile
	link   string
}

// The times of a form, each as a day and a time of the day.
var eventTimes = []string{"begins", "ends", "closes"}

// readEvent reads the form. The clock is that of the zone that stands in it.
func (h *House) readEvent(r *http.Request) (form eventForm, err error) {
	_ = r.PostFormValue("title") // the form is read
	in := r.PostForm
	number := func(name string) int64 {
		text := strings.TrimSpace(in.Get(name))
		if text == "" && name != "capacity" {
			return 0
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return -1 // which no field takes
		}
		return n
	}
	form = eventForm{in: in, times: event.Invalid{}}
	d := event.Written{
		Title: plain(in, "title"), About: plain(in, "about"), Host: in.Get("host"), Place: plain(in, "place"), Zone: in.Get("zone"), Link: plain(in, "link"),
		Capacity: number("capacity"), Approves: in.Get("approves") != "", PerState: number("per-state"), Women: number("women"), Themes: in["themes"],
	}
	d.Lang, _ = lang.Parse(in.Get("lang"))
	for _, of := range []struct {
		name string
		to   *time.Time
	}{{"begins", &d.Begins}, {"ends", &d.Ends}, {"closes", &d.Closes}} {
		day, clock := strings.TrimSpace(in.Get(of.name)), strings.TrimSpace(in.Get(of.name+"-time"))
		if day == "" && clock == "" && of.name == "closes" {
			continue // until it begins
		}
		var ok bool
		if *of.to, ok = event.Moment(day, clock, d.Zone); !ok {
			form.times[of.name] = "event.error.time"
		}
	}
	d.Organiser, err = h.directoryID(r, in.Get("organiser"))
	form.d = d
	return form, err
}

// fill writes an event into a form, by its own clock.
func (form *eventForm) fill(organiser string) {
	d := form.d
	in := url.Values{
		"title": {d.Title}, "about": {d.About}, "host": {d.Host}, "place": {d.Place}, "zone": {d.Zone}, "link": {d.Link}, "organiser": {organiser}, "lang": {string(d.Lang)}, "themes": d.Themes,
		"capacity": {strconv.FormatInt(d.Capacity, 10)}, "per-state": {strconv.FormatInt(d.PerState, 10)}, "women": {strconv.FormatInt(d.Women, 10)},
	}
	if d.Approves {
		in.Set("approves", "1")
	}
	if there, err := event.Location(d.Zone); err == nil {
		for i, at := range []time.Time{d.Begins, d.Ends, d.Closes} {
			if !at.IsZero() {
				in.Set(eventTimes[i], at.In(there).Format(time.DateOnly))
				in.Set(eventTimes[i]+"-time", at.In(there).Format("15:04"))
			}
		}
	}
	form.in = in
}

// eventFields puts the form's fields into the view.
func (p *helping) eventFields(form eventForm, v *EventFormView) {
	field := func(name, kind string) Field {
		f := Field{Name: name, Label: p.T("event.field." + name), Value: form.in.Get(name), Type: kind, Auto: "off"}
		if lang.Has("event.hint." + name) {
			f.Hint = p.T("event.hint." + name)
		}
		if kind == "number" {
			f.Width = "short"
		}
		return f
	}
	about := field("about", "textarea")
	about.Rows = 8
	host := field("host", "select")
	host.Options = p.stateOptions(form.in.Get("host"))
	host.Options[0].Text = p.T("event.field.host.none")
	language := field("lang", "select")
	language.Options, language.Width = languageOptions(form.in.Get("lang")), "medium"
	zone := field("zone", "select")
	for _, name := range notice.Zones {
		if there, err := event.Location(name); err == nil {
			zone.Options = append(zone.Options, Option{Value: name, Text: strings.ReplaceAll(name, "_", " ") + " (" + p.now.In(there).Format("15:04") + ")", Chosen: form.in.Get("zone") == name})
		}
	}
	v.Fields = []Field{field("title", ""), language, about, zone}
	for _, name := range eventTimes {
		day, clock := field(name, "date"), field(name+"-time", "time")
		day.Width, clock.Width = "medium", "short"
		v.Fields = append(v.Fields, day, clock)
	}
	v.Fields = append(v.Fields, field("place", ""), host, field("organiser", ""), field("link", ""))
	approves := field("approves", "checkboxes")
	approves.Options = []Option{{Value: "1", Text: p.T("event.field.approves.yes"), Chosen: form.in.Get("approves") != ""}}
	v.After = []Field{field("capacity", "number"), approves, field("per-state", "number"), field("women", "number")}
	wrong := map[string]string{}
	for _, list := range []event.Invalid{form.wrong, form.times} {
		for name, key := range list {
			wrong[name] = key
		}
	}
	p.flag(v.Fields, wrong)
	d := drafting{wording: p.wording, wrong: wrong}
	themes := d.themes(form.in["themes"])
	themes.Hint = ""
	v.Themes = &themes
	p.flag(v.After, wrong)
}

// eventWords puts an event's fields into words, in a fixed order.
func (p *helping) eventWords(d event.Written) []described {
	moment := func(t time.Time) string {
		there, err := event.Location(d.Zone)
		if err != nil {
			there = time.UTC
		}
		return t.In(there).Format("2006-01-02 15:04")
	}
	word := func(name, text string) described { return described{p.T("event.field." + name), text} }
	approves := ""
	if d.Approves {
		approves = p.T("event.field.approves.yes")
	}
	if d.Closes.IsZero() {
		d.Closes = d.Begins
	}
	return []described{
		word("title", d.Title), word("lang", d.Lang.Name()), word("about", d.About), word("zone", d.Zone), word("begins", moment(d.Begins)), word("ends", moment(d.Ends)), word("closes", moment(d.Closes)),
		word("place", d.Place), word("host", d.Host), word("organiser", d.Organiser), word("link", d.Link), word("capacity", strconv.FormatInt(d.Capacity, 10)), word("approves", approves),
		word("per-state", strconv.FormatInt(d.PerState, 10)), word("women", strconv.FormatInt(d.Women, 10)), word("themes", strings.Join(d.Themes, ", ")),
	}
}

func (h *House) newEvent(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	g, in, err := h.groupOf(r)
	if err != nil {
		return err
	}
	if !in.Runs() || in.Ended {
		return &Fault{Status: http.StatusForbidden, Key: "event.fault.forbidden", Rule: access.RuleRole}
	}
	form := eventForm{d: event.Written{Lang: g.Lang, Zone: h.zoneAtHand(r), Capacity: 30}}
	form.fill("")
	return h.showNewEvent(w, r, g, form)
}

// zoneAtHand is the reader's time zone, where she has said one.
func (h *House) zoneAtHand(r *http.Request) string {
	if l := h.meets().ZoneOf(r.Context(), ReaderOf(r).Subject); l != nil {
		return l.String()
	}
	return "Europe/Vienna"
}

func (h *House) showNewEvent(w http.ResponseWriter, r *http.Request, g account.Group, form eventForm) error {
	f := h.asking(r, "event.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("groups.title"), f.URL("/groups")}, {g.Name, f.URL("/groups/" + g.ID)}}
	v := EventFormView{Lead: f.T("event.new.lead", "group", g.Name), Action: f.URL("/groups/" + g.ID + "/events"), Back: f.URL("/groups/" + g.ID), Button: f.T("event.new.button")}
	p.eventFields(form, &v)
	return eventFormPage.Show(w, f, v)
}

var (
	noticeEventPlanned = newNotice("event.said.planned")
	noticeEventSaved   = newNotice("event.said.saved")
)

func (h *House) planEvent(w http.ResponseWriter, r *http.Request) error {
	g, _, err := h.groupOf(r)
	if err != nil {
		return err
	}
	form, err := h.readEvent(r)
	if err != nil {
		return err
	}
	if len(form.times) > 0 {
		return h.showNewEvent(w, r, g, form)
	}
	id, err := h.meets().Plan(r.Context(), ReaderOf(r).Subject, g.ID, form.d)
	switch {
	case errors.As(err, &form.wrong):
		return h.showNewEvent(w, r, g, form)
	case err != nil:
		return eventFault(err)
	}
	return h.site.Frame(r).Redirect(w, event.Path(id), noticeEventPlanned, 0)
}

// runEvent reads the event of the address for who runs its group.
func (h *House) runEvent(r *http.Request) (event.Event, error) {
	who := ReaderOf(r).Subject
	e, err := h.meets().Event(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return e, err
	}
	in, err := account.StandingIn(r.Context(), h.DB, who, e.Group)
	if err == nil && !in.Runs() {
		err = &Fault{Status: http.StatusForbidden, Key: "event.fault.forbidden", Rule: access.RuleRole}
	}
	return e, err
}

// linkOf is the online link for its form, "" where there is none.
func (h *House) linkOf(r *http.Request, e event.Event) string {
	link, err := h.meets().Link(r.Context(), ReaderOf(r).Subject, e.ID)
	if err != nil {
		return ""
	}
	return link
}

func (h *House) editEvent(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	e, err := h.runEvent(r)
	if err != nil {
		return err
	}
	form := eventForm{d: e.Written(h.linkOf(r, e))}
	f := h.site.Frame(r)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	organiser := ""
	if e.Organiser != "" {
		organiser = p.entry(e.Organiser).Text
	}
	form.fill(organiser)
	return h.showEventForm(w, r, e, form)
}

func (h *House) showEventForm(w http.ResponseWriter, r *http.Request, e event.Event, form eventForm) error {
	f := h.asking(r, "event.edit")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("event.title"), f.URL("/events")}, {e.Title, f.URL(e.Path())}}
	v := EventFormView{Lead: f.T("event.edit.lead"), Action: f.URL(e.Path()), Back: f.URL(e.Path()), Rev: e.Rev, Button: f.T("core.save")}
	if form.stored != nil {
		v.Stale, f.Status = true, http.StatusConflict
		v.Says = []string{f.T("assistance.says.changed")}
		v.Differences = differing(p.eventWords(form.d), p.eventWords(form.stored.Written(form.link)))
	}
	p.eventFields(form, &v)
	return eventFormPage.Show(w, f, v)
}

func (h *House) changeEvent(w http.ResponseWriter, r *http.Request) error {
	e, err := h.runEvent(r)
	if err != nil {
		return err
	}
	form, err := h.readEvent(r)
	if err != nil {
		return err
	}
	if len(form.times) > 0 {
		return h.showEventForm(w, r, e, form)
	}
	err = h.meets().Edit(r.Context(), ReaderOf(r).Subject, e.ID, revOf(r), form.d)
	var stale event.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showEventForm(w, r, e, form)
	case errors.As(err, &stale):
		form.stored, form.link = &e, h.linkOf(r, e)
		return h.showEventForm(w, r, e, form)
	case err != nil:
		return eventFault(err)
	}
	return h.site.Frame(r).Redirect(w, e.Path(), noticeEventSaved, 0)
}
