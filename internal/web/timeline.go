package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"polis/internal/assistance"
)

// TimelineView is what goes on in a year or a quarter, with the ways to others.
type TimelineView struct {
	When     string
	Before   Link
	After    Link
	Zoom     []SortLink // the year and its quarters
	Lanes    []SortLink // of what the lanes are
	Action   string
	Hidden   []Carried
	Fields   []Field
	Chips    []Chip
	Timeline Timeline
	List     Link
	Sheets   []Link
}

var timelinePage = newPage("timeline", TimelineView{
	When: "2026", Before: Link{"2025", "/en/assistance/timeline?at=2025"}, After: Link{"2027", "/en/assistance/timeline?at=2027"},
	Zoom: []SortLink{{"2026", "/en/assistance/timeline?at=2026", true}, {"Quarter 1", "/en/assistance/timeline?at=2026-Q1", false}}, Lanes: []SortLink{{"By State", "/en/assistance/timeline", true}},
	Action: "/en/assistance/timeline", Hidden: []Carried{{"at", "2026"}}, Fields: []Field{{Name: "state", Label: "State", Type: "select", Options: []Option{{Value: "KG", Text: "Kyrgyzstan", Chosen: true}}}},
	Chips: []Chip{{"State", "Kyrgyzstan", "/en/assistance/timeline", "State: Kyrgyzstan, take away"}}, Timeline: sampleTimeline, List: Link{"As a list", "/en/assistance/activities"},
	Sheets: []Link{{"As CSV", "/en/assistance/activities.csv"}},
})

// How many bars a timeline shows on its own page, and on that of something else.
const (
	mostBars  = 120
	someBars  = 40
	firstYear = 1990 // before it there was no such assistance
	lastYear  = 2200
)

func (h *House) openTimeline() {
	h.site.Handle("GET /assistance/timeline", h.official(h.timeline))
}

// stretch is a year, or a quarter of it.
type stretch struct{ year, quarter int }

var stretchText = regexp.MustCompile(`^(\d{4})(?:-Q([1-4]))?$`)

// readStretch reads "2026" or "2026-Q3"; nothing is the present year.
func readStretch(text string, now time.Time) (s stretch, ok bool) {
	if text == "" {
		return stretch{year: now.UTC().Year()}, true
	}
	m := stretchText.FindStringSubmatch(text)
	if m == nil {
		return s, false
	}
	s.year, _ = strconv.Atoi(m[1]) // digits by the expression
	s.quarter, _ = strconv.Atoi(m[2])
	return s, s.year >= firstYear && s.year <= lastYear
}

func (s stretch) String() string {
	if s.quarter == 0 {
		return strconv.Itoa(s.year)
	}
	return fmt.Sprintf("%d-Q%d", s.year, s.quarter)
}

// days are its first and its last.
func (s stretch) days() (from, to string) {
	first, months := time.Month(1), 12
	if s.quarter > 0 {
		first, months = time.Month(3*s.quarter-2), 3
	}
	day := time.Date(s.year, first, 1, 0, 0, 0, 0, time.UTC)
	return day.Format(time.DateOnly), day.AddDate(0, months, -1).Format(time.DateOnly)
}

// step is the one so many further on.
func (s stretch) step(n int) stretch {
	if s.quarter == 0 {
		return stretch{year: s.year + n}
	}
	at := 4*s.year + s.quarter - 1 + n
	return stretch{at / 4, at%4 + 1}
}

// named is it in words.
func (p *helping) named(s stretch) string {
	if s.quarter == 0 {
		return strconv.Itoa(s.year)
	}
	return p.quarter(s.year, s.quarter)
}

// timeline is the page.
func (h *House) timeline(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	filter := assistance.ActivityFilter{State: q.Get("state"), Theme: q.Get("theme"), Body: q.Get("organiser"), Project: q.Get("project")}
	f := h.asking(r, "timeline.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	at, ok := readStretch(q.Get("at"), p.now)
	if !ok {
		return NotFound()
	}
	by := q.Get("by")
	if by != "state" && by != "project" {
		by = lanesOf(filter)
	}
	from, to := at.days()
	v := TimelineView{When: p.named(at), Action: f.URL("/assistance/timeline"), Hidden: []Carried{{"at", at.String()}}}
	if v.Timeline, err = p.timelineOf(filter, from, to, by == "state", mostBars); err != nil {
		return err
	}
	f.Title = f.T("timeline.title.at", "when", v.When)
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("activity.title"), f.URL("/assistance/activities")}}
	p.zoom(&v, at)
	for _, lanes := range []string{"state", "project"} {
		v.Lanes = append(v.Lanes, SortLink{f.T("timeline.by." + lanes), f.With("by", lanes), lanes == by})
	}
	if err := p.timelineFilters(&v, q, filter); err != nil {
		return err
	}
	span := activityQuery(filter)
	span.Set("from", from)
	span.Set("to", to)
	v.List = Link{f.T("timeline.list"), f.URL(withQuery("/assistance/activities", span))}
	v.Sheets = p.sheetLinks("/assistance/activities", span.Encode())
	return timelinePage.Show(w, f, v)
}

// lanesOf are what the lanes are of where nobody says: of a State, a structure and a
// project their projects, else the States.
func lanesOf(f assistance.ActivityFilter) string {
	if f.State == "" && f.Body == "" && f.Project == "" {
		return "state"
	}
	return "project"
}

// zoom are the ways to other days.
func (p *helping) zoom(v *TimelineView, at stretch) {
	before, after := at.step(-1), at.step(1)
	v.Before, v.After = Link{p.named(before), p.With("at", before.String())}, Link{p.named(after), p.With("at", after.String())}
	for quarter := range 5 {
		s := stretch{at.year, quarter}
		v.Zoom = append(v.Zoom, SortLink{p.named(s), p.With("at", s.String()), s == at})
	}
}

// timelineFilters are the form and what was chosen in it.
func (p *helping) timelineFilters(v *TimelineView, q url.Values, f assistance.ActivityFilter) error {
	v.Fields = []Field{
		{Name: "state", Label: p.T("activity.field.state"), Type: "select", Options: p.stateOptions(f.State)},
		{Name: "theme", Label: p.T("activity.field.theme"), Type: "select", Options: p.themeOptions(f.Theme)},
		{Name: "organiser", Label: p.T("activity.field.body"), Type: "select", Options: p.structureOptions(f.Body)},
	}
	for _, name := range []string{"by", "project"} {
		if value := q.Get(name); value != "" {
			v.Hidden = append(v.Hidden, Carried{name, value})
		}
	}
	list := HelpListView{Fields: v.Fields}
	p.fieldChips(&list)
	v.Chips = list.Chips
	if f.Project == "" {
		return nil
	}
	project, err := p.h.helps().Project(p.r.Context(), scope(p.r), f.Project)
	if err != nil {
		return err
	}
	chip := p.Chip("project", p.T("activity.field.project"), f.Project, project.Number)
	chip.Remove = p.instead("project")
	v.Chips = append(v.Chips, chip)
	return nil
}

// activityQuery is a filter as the addresses of activities have it.
func activityQuery(f assistance.ActivityFilter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"state": f.State, "theme": f.Theme, "organiser": f.Body, "project": f.Project} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// timelineOf is a timeline of the activities that the filter chooses, with at most so
// many bars; the others are led to.
func (p *helping) timelineOf(f assistance.ActivityFilter, from, to string, byState bool, most int) (Timeline, error) {
	ctx, rooms := p.r.Context(), p.h.helps()
	found, err := rooms.Timeline(ctx, scope(p.r), f, from, to, most)
	if err != nil {
		return Timeline{}, err
	}
	t := p.drawn(found, byState)
	if found.Rest == "" {
		return t, nil
	}
	rest := f
	rest.From, rest.To = found.Rest, to
	n, err := rooms.CountActivities(ctx, scope(p.r), rest, assistance.Countable+1)
	q := activityQuery(f)
	q.Set("from", found.Rest)
	q.Set("to", to)
	key := "timeline.more"
	if n > assistance.Countable {
		key, n = "timeline.more.many", assistance.Countable
	}
	t.More = &Link{p.T(key, "n", n, "day", p.day(found.Rest)), p.URL(withQuery("/assistance/activities", q))}
	return t, err
}
