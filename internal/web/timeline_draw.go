package web

import (
	"cmp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"polis/internal/assistance"
	"polis/internal/search"
)

// Timeline is a picture of what goes on in a stretch of days, in lanes, and the same as a
// table: that is what a screen reader and a telephone get.
type Timeline struct {
	Width  int // of the picture, in its own units
	Height int
	Ticks  []TimelineTick
	Today  *TimelineTick
	Lanes  []TimelineLane
	Legend []TimelineMark
	Table  Table
	More   *Link  // to those that do not stand here
	Says   string // what else does not
	None   string // where nothing goes on
}

// TimelineTick is where a month, quarter or year begins, or today.
type TimelineTick struct {
	X, TextX int
	Text     string
}

// TimelineLane is a project or a State with what goes on in it.
type TimelineLane struct {
	Y, TextY int
	Text     string
	Lang     string
	URL      string
	Bars     []TimelineBar
}

// TimelineBar is an activity. It says how far it is by its shape: filled, hollow, or
// dashed and struck out.
type TimelineBar struct {
	X, Y, Width, Middle, Right int
	Stage                      string
	URL, Title                 string
	Text, Lang                 string // beside it, where there is room
	TextX, TextY               int
	Before                     bool // the text stands before the bar
}

// TimelineMark explains a shape.
type TimelineMark struct{ Stage, Text string }

var sampleTimeline = Timeline{
	Width: timelineWidth, Height: 120, Ticks: []TimelineTick{{0, 4, "January"}}, Today: &TimelineTick{300, 304, "Today"},
	Lanes:  []TimelineLane{{28, 42, "2026/17 Training of trainers", "en", "/en/assistance/projects/1", []TimelineBar{{100, 50, 40, 56, 140, "held", "/en/assistance/activities/1", "Course: 3 March 2026, held", "Course", "ru", 146, 60, false}, {400, 50, 40, 56, 440, "cancelled", "/en/assistance/activities/2", "Course: 3 July 2026, cancelled", "", "", 0, 0, false}}}},
	Legend: []TimelineMark{{"held", "Held"}, {"cancelled", "Cancelled"}},
	Table: Table{
		Caption: "Activities", Columns: []Column{{Text: "Title"}, {Text: "Stage"}},
		Rows: [][]Cell{{{Text: "Course", URL: "/en/assistance/activities/1"}, {Tag: &Tag{Done, "Held"}}}},
	},
	More: &Link{"312 more begin from 3 May 2026 on", "/en/assistance/activities"}, Says: "Some that began earlier do not stand here.", None: "Nothing goes on.",
}

// The picture in its own units; a letter of its texts is about seven of them wide.
const (
	timelineWidth  = 1000
	timelineHead   = 28 // over the first lane
	timelineTitle  = 22 // of a lane
	timelineRow    = 20
	timelineBar    = 12
	timelineLetter = 7
	longestMonth   = 10 // letters: septiembre
	timelineGap    = 8
	timelineSpace  = 5   // over the bars of a lane
	timelineNames  = 190 // for the names of States
	fewBars        = 60  // so many have their titles beside them
	longestTitle   = 36  // letters beside a bar
	longestLane    = 110
	longestName    = 26
)

// drawing is a timeline that is being drawn.
type drawing struct {
	*helping
	of       assistance.Timeline
	from, to time.Time
	byState  bool
	titles   bool // beside the bars
	left     int  // where the first day begins
}

// drawn is what the domain has found, as a picture and as a table.
func (p *helping) drawn(of assistance.Timeline, byState bool) Timeline {
	d := drawing{helping: p, of: of, byState: byState, titles: len(of.Activities) <= fewBars}
	if byState {
		d.left = timelineNames
	}
	d.from, _ = time.Parse(time.DateOnly, of.From) // they were days when it was asked for
	d.to, _ = time.Parse(time.DateOnly, of.To)
	t := Timeline{Width: timelineWidth, Ticks: d.ticks(), Table: d.table(), None: p.T("timeline.none")}
	t.Lanes, t.Height = d.lanes()
	if now := p.now.UTC(); !now.Before(d.from) && now.Before(d.to.AddDate(0, 0, 1)) {
		x := d.at(now)
		t.Today = &TimelineTick{x, x, p.T("timeline.today")}
	}
	for _, s := range assistance.ActivityStages {
		t.Legend = append(t.Legend, TimelineMark{string(s), p.T("activity.stage." + string(s))})
	}
	if of.Earlier {
		t.Says = p.T("timeline.earlier")
	}
	return t
}

// at is where a moment stands, in the picture's units.
func (d drawing) at(t time.Time) int {
	whole := d.to.AddDate(0, 0, 1).Sub(d.from).Hours()
	return d.left + int(t.Sub(d.from).Hours()/whole*float64(timelineWidth-d.left))
}

// ticks are the months; of long stretches the quarters, and of very long ones the years.
func (d drawing) ticks() (list []TimelineTick) {
	months := 1
	switch days := d.to.Sub(d.from).Hours() / 24; {
	case days > 5*366:
		months = 12
	case days > 430:
		months = 3
	}
	t := time.Date(d.from.Year(), d.from.Month(), 1, 0, 0, 0, 0, time.UTC)
	for (int(t.Month())-1)%months != 0 {
		t = t.AddDate(0, 1, 0)
	}
	narrow := d.at(d.from.AddDate(0, 0, 28))-d.at(d.from) < longestMonth*(timelineLetter+1)
	for ; !t.After(d.to); t = t.AddDate(0, months, 0) {
		text := d.MonthName(t.Month())
		if narrow { // all alike
			text = string([]rune(text)[:min(3, utf8.RuneCountInString(text))])
		}
		switch {
		case months == 12, months == 1 && t.Month() == time.January && d.from.Year() != d.to.Year():
			text = strconv.Itoa(t.Year())
		case months == 3:
			text = d.quarter(t.Year(), (int(t.Month())+2)/3)
		}
		x := max(d.at(t), d.left)
		list = append(list, TimelineTick{x, x + 5, fitting(text, min(d.at(t.AddDate(0, months, 0)), timelineWidth)-x)})
	}
	return list
}

// fitting is the text, or its beginning, or nothing, as there is room for it.
func fitting(text string, room int) string {
	switch letters := utf8.RuneCountInString(text); {
	case letters*(timelineLetter+1) <= room:
		return text
	case 4*(timelineLetter+1) <= room:
		return string([]rune(text)[:3])
	}
	return ""
}

// quarter is one in words.
func (p *helping) quarter(year, n int) string {
	return p.T("timeline.quarter", "n", strconv.Itoa(n), "year", strconv.Itoa(year))
}

// lanes are the activities by their projects or States, and how high they are in all.
func (d drawing) lanes() (list []TimelineLane, height int) {
	in := map[string][]assistance.Activity{}
	var order []string
	for _, x := range d.of.Activities {
		keys := []string{x.Project}
		if d.byState {
			keys = x.States()
		}
		for _, key := range keys {
			if in[key] == nil {
				order = append(order, key)
			}
			in[key] = append(in[key], x)
		}
	}
	if d.byState {
		slices.SortFunc(order, func(a, b string) int { return d.Compare(d.entry(a).Text, d.entry(b).Text) })
	}
	y := timelineHead
	for _, key := range order {
		lane := d.lane(key)
		lane.Y, lane.TextY = y, y+15
		if !d.byState { // a name stands before its bars, a title over them
			y += timelineTitle - timelineSpace
		}
		rows := d.rows(&lane, in[key], y+timelineSpace)
		y += rows*timelineRow + timelineGap
		list = append(list, lane)
	}
	return list, y
}

// lane is the head of one.
func (d drawing) lane(key string) TimelineLane {
	if d.byState {
		return TimelineLane{Text: short(d.entry(key).Text, longestName), URL: d.URL("/assistance/territory/" + key)}
	}
	p := d.of.Projects[key]
	return TimelineLane{Text: short(p.Number+" "+p.Title, longestLane), Lang: string(p.Lang), URL: d.URL(projectPath(key, ""))}
}

// rows places the bars so that none stands upon another, and counts the rows.
func (d drawing) rows(lane *TimelineLane, list []assistance.Activity, y int) int {
	var ends []int
	for _, x := range list {
		bar, left, right := d.bar(x)
		row := slices.IndexFunc(ends, func(end int) bool { return left >= end })
		if row < 0 {
			row = len(ends)
			ends = append(ends, 0)
		}
		ends[row] = right + timelineGap
		bar.Y = y + row*timelineRow
		bar.Middle, bar.TextY = bar.Y+timelineBar/2, bar.Y+timelineBar-2
		lane.Bars = append(lane.Bars, bar)
	}
	return len(ends)
}

// bar is an activity, and from where to where it takes room with its title.
func (d drawing) bar(x assistance.Activity) (bar TimelineBar, left, right int) {
	starts, _ := time.Parse(time.DateOnly, x.Starts) // the table holds days
	ends, _ := time.Parse(time.DateOnly, x.Ends)
	left, right = max(d.at(starts), d.left), min(d.at(ends.AddDate(0, 0, 1)), timelineWidth)
	right = max(right, left+timelineBar)
	if right > timelineWidth {
		left, right = timelineWidth-timelineBar, timelineWidth
	}
	bar = TimelineBar{
		X: left, Width: right - left, Right: right, Stage: string(x.Stage), URL: d.URL(activityPath(x.ID, "")),
		Title: d.T("timeline.bar", "title", x.Title, "when", d.period(x.Starts, x.Ends), "stage", d.activityStage(x.Stage).Text),
	}
	if !d.titles {
		return bar, left, right
	}
	bar.Text, bar.Lang = short(x.Title, longestTitle), string(x.Lang)
	room := utf8.RuneCountInString(bar.Text)*timelineLetter + 6
	switch {
	case right+room <= timelineWidth:
		bar.TextX, right = right+6, right+room
	case left >= d.left+room:
		bar.TextX, bar.Before, left = left-6, true, left-room
	default:
		bar.Text = ""
	}
	return bar, left, right
}

// short is a text of at most so many letters.
func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// table is the same without a picture.
func (d drawing) table() Table {
	t := Table{Caption: d.T("timeline.table")}
	for _, key := range []string{"activity.field.title", "activity.field.dates", "activity.field.stage", "activity.field.project", "activity.field.state"} {
		t.Columns = append(t.Columns, Column{Text: d.T(key)})
	}
	list := slices.Clone(d.of.Activities)
	slices.SortStableFunc(list, func(a, b assistance.Activity) int { return cmp.Compare(a.Starts, b.Starts) })
	for _, x := range list {
		stage := d.activityStage(x.Stage)
		t.Rows = append(t.Rows, []Cell{
			{Text: x.Title, URL: d.URL(activityPath(x.ID, "")), Lang: string(x.Lang)},
			{Text: d.period(x.Starts, x.Ends)},
			{Tag: &stage},
			{Text: d.of.Projects[x.Project].Number, URL: d.URL(projectPath(x.Project, ""))},
			{Text: d.all(search.Origin, x.States())},
		})
	}
	return t
}
