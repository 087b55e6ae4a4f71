package calendar

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// ErrNoEntry is of an invitation in which nothing has a day and a title.
var ErrNoEntry = errors.New("calendar: no entry with a day and a title")

// mostEntries is how many entries of a calendar are read.
const mostEntries = 200

// Read takes the entries out of a calendar or an invitation, in their order. An entry with a time takes the days that
// its own place has then: what the calendar writes, not what a clock shows elsewhere. Cancelled ones are marked.
func Read(r io.Reader) (list []Entry, err error) {
	defer func() { // the library was made for calendars that are whole
		if p := recover(); p != nil {
			list, err = nil, fmt.Errorf("calendar: read: %v", p)
		}
	}()
	c, err := ics.ParseCalendar(r)
	if err != nil {
		return nil, fmt.Errorf("calendar: read: %w", err)
	}
	for _, v := range c.Events() {
		if len(list) == mostEntries {
			break
		}
		if e, ok := readEvent(v); ok {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil, ErrNoEntry
	}
	return list, nil
}

func readEvent(v *ics.VEvent) (Entry, bool) {
	starts, whole, ok := dayOf(v.GetProperty(ics.ComponentPropertyDtStart))
	title := written(v, ics.ComponentPropertySummary)
	if !ok || title == "" {
		return Entry{}, false
	}
	ends, _, ok := dayOf(v.GetProperty(ics.ComponentPropertyDtEnd))
	switch {
	case !ok:
		ends = starts.AddDate(0, 0, days(v.GetProperty(ics.ComponentPropertyDuration)))
	case whole, ends.After(starts) && atMidnight(v.GetProperty(ics.ComponentPropertyDtEnd)):
		ends = ends.AddDate(0, 0, -1) // DTEND is the first moment after it, RFC 5545 3.6.1
	}
	if ends.Before(starts) {
		ends = starts
	}
	return Entry{
		UID: written(v, ics.ComponentPropertyUniqueId), Starts: starts.Format(time.DateOnly), Ends: ends.Format(time.DateOnly),
		Title: title, Place: written(v, ics.ComponentPropertyLocation), Description: written(v, ics.ComponentPropertyDescription),
		Cancelled: written(v, ics.ComponentPropertyStatus) == string(ics.ObjectStatusCancelled),
	}, true
}

// written is the text of a property as one line.
func written(v *ics.VEvent, of ics.ComponentProperty) string {
	p := v.GetProperty(of)
	if p == nil {
		return ""
	}
	return clean(p.Value)
}

// dayOf is the day of a property such as DTSTART;TZID=Asia/Bishkek:20260312T090000. whole says that it has no time.
func dayOf(p *ics.IANAProperty) (day time.Time, whole, ok bool) {
	if p == nil || len(p.Value) < 8 {
		return day, false, false
	}
	day, err := time.Parse("20060102", p.Value[:8])
	return day, len(p.Value) == 8, err == nil
}

func atMidnight(p *ics.IANAProperty) bool {
	_, clock, _ := strings.Cut(p.Value, "T")
	return strings.HasPrefix(clock, "000000")
}

// days is how many days after the first one a DURATION such as P3D ends.
func days(p *ics.IANAProperty) int {
	if p == nil {
		return 0
	}
	var n int
	if _, err := fmt.Sscanf(p.Value, "P%dD", &n); err != nil || n < 1 || n > 366 {
		return 0
	}
	return n - 1
}
