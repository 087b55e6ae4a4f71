package lang

import (
	"strconv"
	"time"
)

// All dates are written in the location that the time carries: convert with
// t.In first. The zero time is "", because it is no date.

// Date writes a day in full: "3 March 2026", "1er mars 2026", "3. März 2026",
// "3 марта 2026 г.", "3 de marzo de 2026".
func (p *Printer) Date(t time.Time) string {
	return p.day(t, &p.voice.monthsOfDay, p.voice.of)
}

// ShortDate writes a day for tables, the month shortened but not a number, since
// 3/4 is not the same day everywhere: "3 Sept 2026", "3 сент. 2026 г.".
func (p *Printer) ShortDate(t time.Time) string {
	return p.day(t, &p.voice.shortMonths, "")
}

// DateTime writes a day and its time in 24 hours with the zone, which readers
// in 57 States do not share: "3 March 2026, 14:05 UTC".
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Date(t) + t.Format(", 15:04 MST")
}

// Month writes a month with its year: "March 2026", "март 2026 г.", "marzo de
// 2026".
func (p *Printer) Month(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	v := p.voice
	return v.months[t.Month()-1] + " " + v.of + strconv.Itoa(t.Year()) + v.era
}

// MonthName writes a month alone: "March", "март", "marzo".
func (p *Printer) MonthName(m time.Month) string { return p.voice.months[m-1] }

// PartialDate writes what is known of a date: "2012", "2012-07" or
// "2012-07-26". Anything else is returned as it is.
func (p *Printer) PartialDate(s string) string {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return p.Date(t)
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		return p.Month(t)
	}
	return s
}

func (p *Printer) day(t time.Time, months *[12]string, of string) string {
	if t.IsZero() {
		return ""
	}
	v, day := p.voice, strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = v.first
	}
	return day + v.dot + " " + of + months[t.Month()-1] + " " + of + strconv.Itoa(t.Year()) + v.era
}
