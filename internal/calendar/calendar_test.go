package calendar_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"polis/internal/calendar"
)

var changed = time.Date(2026, 11, 23, 12, 30, 5, 0, time.UTC)

var course = calendar.Entry{
	UID: "0199a1b2-0000-7000-8000-000000000001", Starts: "2026-12-30", Ends: "2027-01-02", Title: "Учебный курс: осмотр места происшествия, часть 1; Ош",
	Place: "Osh, police academy", URL: "https://polis.example/ru/activities/1?a=b,c;d", Description: "Day one: \"scene\", C:\\photos\nDay two; report\r\nDay three", Updated: changed,
}

func feed(t testing.TB, entries ...calendar.Entry) string {
	t.Helper()
	var b bytes.Buffer
	if err := calendar.Feed(&b, "POLIS: Kyrgyzstan, all", entries); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parsed(t testing.TB, text string) *ics.Calendar {
	t.Helper()
	c, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func value(e *ics.VEvent, p ics.ComponentProperty) string {
	if property := e.GetProperty(p); property != nil {
		return property.Value
	}
	return ""
}

func TestAFeedIsReadBack(t *testing.T) {
	day := calendar.Entry{UID: "2", Starts: "2028-02-29", Title: "Report due", Updated: changed, Cancelled: true}
	text := feed(t, course, day)
	events := parsed(t, text).Events()
	if len(events) != 2 {
		t.Fatal(text)
	}
	for p, want := range map[ics.ComponentProperty]string{
		ics.ComponentPropertyUniqueId: course.UID, ics.ComponentPropertySummary: course.Title, ics.ComponentPropertyLocation: course.Place,
		ics.ComponentPropertyUrl: course.URL, ics.ComponentPropertyDescription: "Day one: \"scene\", C:\\photos\nDay two; report\nDay three",
		ics.ComponentPropertyDtStart: "20261230", ics.ComponentPropertyDtEnd: "20270103", ics.ComponentPropertyDtstamp: "20261123T123005Z",
		ics.ComponentPropertyLastModified: "20261123T123005Z", ics.ComponentPropertyTransp: "TRANSPARENT", ics.ComponentPropertyStatus: "",
	} {
		if got := value(events[0], p); got != want {
			t.Errorf("%s is %q, not %q", p, got, want)
		}
	}
	t.Run("days are whole, and the end is the day after the last", func(t *testing.T) {
		start, err := events[1].GetAllDayStartAt()
		end, err2 := events[1].GetAllDayEndAt()
		if err != nil || err2 != nil || start.Format(time.DateOnly) != "2028-02-29" || end.Format(time.DateOnly) != "2028-03-01" {
			t.Error(start, end, err, err2)
		}
		if !strings.Contains(text, "DTSTART;VALUE=DATE:20280229\r\n") || value(events[1], ics.ComponentPropertyStatus) != "CANCELLED" || value(events[1], ics.ComponentPropertyUrl) != "" {
			t.Error(text)
		}
	})
	t.Run("its name and how often to ask are told", func(t *testing.T) {
		for _, line := range []string{"METHOD:PUBLISH", `X-WR-CALNAME:POLIS: Kyrgyzstan\, all`, "REFRESH-INTERVAL;VALUE=DURATION:PT4H", "VERSION:2.0", "PRODID:-//POLIS//POLIS//EN"} {
			if !strings.Contains(text, line+"\r\n") {
				t.Error(line, "is not there")
			}
		}
	})
	t.Run("the same entries give the same bytes", func(t *testing.T) {
		for range 20 {
			if feed(t, course, day) != text {
				t.Fatal("it differs")
			}
		}
	})
	t.Run("without entries it is a calendar too", func(t *testing.T) {
		if got := len(parsed(t, feed(t)).Events()); got != 0 {
			t.Error(got)
		}
	})
}

// RFC 5545 3.1: lines end with CRLF and have at most 75 bytes, which do not end
// within a letter.
func lawful(t *testing.T, text string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00") || line == "" {
			t.Errorf("%q", line)
		}
	}
}

func TestLinesAreFolded(t *testing.T) {
	long := course
	long.Title = strings.Repeat("Überprüfungskonferenz-", 20)
	long.Description = strings.Repeat("слово ", 300) + strings.Repeat("я", 500) + strings.Repeat(" ", 90) + "x"
	text := feed(t, long)
	lawful(t, text)
	e := parsed(t, text).Events()[0]
	if value(e, ics.ComponentPropertySummary) != long.Title || value(e, ics.ComponentPropertyDescription) != long.Description {
		t.Error("what was folded is not what comes back")
	}
}

func TestNothingWrittenBeginsAProperty(t *testing.T) {
	bad := course
	bad.Title, bad.Place = "a\r\nEND:VEVENT\rX:1\nY:2", "b\x00\u2028c\xff"
	bad.URL, bad.Description = "https://x/\nATTACH:https://y", "c\rATTENDEE:d\vE"
	text := feed(t, bad)
	lawful(t, text)
	c := parsed(t, text)
	if e := c.Events(); len(e) != 1 || value(e[0], ics.ComponentPropertyAttach) != "" || value(e[0], ics.ComponentPropertyUrl) != "" || value(e[0], ics.ComponentPropertySummary) != "a END:VEVENTX:1 Y:2" {
		t.Error(text)
	}
	for name, change := range map[string]func(*calendar.Entry){
		"no day": func(e *calendar.Entry) { e.Starts = "2026-02-30" }, "no last day": func(e *calendar.Entry) { e.Ends = "2027" },
		"an end before its start": func(e *calendar.Entry) { e.Ends = "2026-12-29" }, "no title": func(e *calendar.Entry) { e.Title = " \n" },
		"no UID": func(e *calendar.Entry) { e.UID = "" }, "a UID of two lines": func(e *calendar.Entry) { e.UID = "a\nb" },
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			wrong, b := course, bytes.Buffer{}
			change(&wrong)
			if err := calendar.Feed(&b, "x", []calendar.Entry{course, wrong}); err == nil || b.Len() > 0 {
				t.Error(err, b.String())
			}
		})
	}
	t.Run("refused: a UID twice", func(t *testing.T) {
		if err := calendar.Feed(&bytes.Buffer{}, "x", []calendar.Entry{course, course}); err == nil {
			t.Error("it was written")
		}
	})
}

func FuzzFeed(f *testing.F) {
	f.Add("title", "description", "https://x")
	f.Add("a\r\nb", strings.Repeat("я ", 80), " ")
	f.Fuzz(func(t *testing.T, title, description, url string) {
		var b bytes.Buffer
		e := course
		e.Title, e.Description, e.URL = title, description, url
		if calendar.Feed(&b, title, []calendar.Entry{e}) != nil {
			return
		}
		lawful(t, b.String())
		if events := parsed(t, b.String()).Events(); len(events) != 1 {
			t.Error(b.String())
		}
	})
}

func TestAnEventHasItsInstants(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	summer := calendar.Entry{UID: "3", Title: "Round table", From: time.Date(2026, 10, 24, 9, 0, 0, 0, vienna), Until: time.Date(2026, 10, 25, 9, 0, 0, 0, vienna), Updated: changed, Sequence: 2}
	text := feed(t, summer)
	for _, line := range []string{"DTSTART:20261024T070000Z", "DTEND:20261025T080000Z", "SEQUENCE:2", "SUMMARY:Round table"} {
		if !strings.Contains(text, line+"\r\n") {
			t.Error(line, "is not there:", text)
		}
	}
	summer.Until = summer.From
	if err := calendar.Feed(&bytes.Buffer{}, "x", []calendar.Entry{summer}); err == nil {
		t.Error("an event without length was written")
	}
}
