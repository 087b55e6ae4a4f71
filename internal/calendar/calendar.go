// Package calendar writes calendar feeds (iCalendar, RFC 5545) that the calendars of people subscribe to.
//
// Most of what is in them takes whole days: an activity, a deadline, a consent that ends. An event has its instants,
// which are written in UTC: each calendar shows them by its own clock, and no change of the clocks moves them. An entry keeps its UID for ever, so
// that a changed one replaces what a calendar shows and a missing one disappears. The same entries give the same bytes,
// whenever they are asked for: a server can tell by them that nothing has changed.
package calendar

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// Media is the media type of a feed.
const Media = "text/calendar; charset=utf-8"

// every is how often calendars should ask again.
const every = "PT4H"

// Entry is something that takes whole days, from Starts to Ends, or the time between two instants.
type Entry struct {
	UID         string    // the same for ever, and nobody else's: the id of a record
	From, Until time.Time // its instants; zero where it takes whole days
	Sequence    int       // how often it was moved, RFC 5545 3.8.7.4
	Starts      string    // first day: "2026-12-31"
	Ends        string    // last day; "" is the first one
	Title       string
	Place       string    // "" where it is nowhere
	URL         string    // of its page
	Description string    // plain text, of several lines
	Updated     time.Time // when the record was changed last
	Cancelled   bool      // stays in the calendar, crossed out
}

// Feed writes the entries as a calendar of that name. An entry without a UID, a title or days that exist is an error,
// and nothing is written.
func Feed(w io.Writer, name string, entries []Entry) error {
	c := ics.NewCalendar()
	c.SetProductId("-//POLIS//POLIS//EN")
	c.SetMethod(ics.MethodPublish)
	c.SetName(clean(name))
	c.SetRefreshInterval(every)
	c.SetXPublishedTTL(every)
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		if seen[e.UID] {
			return fmt.Errorf("calendar: two entries are %q", e.UID)
		}
		seen[e.UID] = true
		event, err := e.event()
		if err != nil {
			return fmt.Errorf("calendar: entry %q: %w", e.UID, err)
		}
		c.AddVEvent(event)
	}
	return c.SerializeTo(w, ics.WithNewLineWindows)
}

// event is the entry as the library writes it.
func (e Entry) event() (*ics.VEvent, error) {
	if !e.From.IsZero() {
		return e.timed()
	}
	starts, err := time.Parse(time.DateOnly, e.Starts)
	if err != nil {
		return nil, fmt.Errorf("first day: %w", err)
	}
	ends, err := time.Parse(time.DateOnly, cmp.Or(e.Ends, e.Starts))
	switch {
	case err != nil:
		return nil, fmt.Errorf("last day: %w", err)
	case ends.Before(starts):
		return nil, fmt.Errorf("it ends on %s and starts on %s", e.Ends, e.Starts)
	case clean(e.UID) != e.UID || e.UID == "" || clean(e.Title) == "":
		return nil, fmt.Errorf("it needs a UID and a title")
	}
	v := ics.NewEvent(e.UID)
	v.SetDtStampTime(e.Updated)
	v.SetModifiedAt(e.Updated)
	v.SetAllDayStartAt(starts)
	v.SetAllDayEndAt(ends.AddDate(0, 0, 1))            // the first day after it, RFC 5545 3.6.1
	v.SetTimeTransparency(ics.TransparencyTransparent) // nobody is busy because a course is held
	return e.told(v), nil
}

// timed is an entry between two instants.
func (e Entry) timed() (*ics.VEvent, error) {
	switch {
	case !e.Until.After(e.From):
		return nil, fmt.Errorf("it ends at %s and starts at %s", e.Until, e.From)
	case clean(e.UID) != e.UID || e.UID == "" || clean(e.Title) == "":
		return nil, fmt.Errorf("it needs a UID and a title")
	}
	v := ics.NewEvent(e.UID)
	v.SetDtStampTime(e.Updated)
	v.SetModifiedAt(e.Updated)
	v.SetStartAt(e.From)
	v.SetEndAt(e.Until)
	v.SetSequence(e.Sequence)
	return e.told(v), nil
}

// told adds what it is called, where it is and what is said of it.
func (e Entry) told(v *ics.VEvent) *ics.VEvent {
	v.SetSummary(clean(e.Title))
	if e.Cancelled {
		v.SetStatus(ics.ObjectStatusCancelled)
	}
	for _, p := range []struct {
		name ics.ComponentProperty
		text string
	}{
		{ics.ComponentPropertyLocation, clean(e.Place)},
		{ics.ComponentPropertyDescription, strings.TrimSpace(lines(e.Description))},
		{ics.ComponentPropertyUrl, address(e.URL)},
	} {
		if p.text != "" {
			v.SetProperty(p.name, p.text)
		}
	}
	return v
}

// clean makes one line of text: a line break within a value would begin the next property.
func clean(s string) string { return strings.Join(strings.Fields(lines(s)), " ") }

// lines takes away what is no text.
func lines(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), ""))
}

// address is a URL without anything that an address cannot hold.
func address(s string) string {
	if s = lines(s); strings.ContainsFunc(s, unicode.IsSpace) {
		return ""
	}
	return s
}
