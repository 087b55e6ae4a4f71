// Package usage counts how often documents are read, so that a librarian learns
// what serves people and what nobody opens; and it counts nothing else.
//
// What is kept is a number for a document, a language and a month: no person, no
// address, no browser, no hour. Of documents that not everybody may read even that
// would say too much where the circle is small. They are counted by quarter and in
// all languages together, and shown when the quarter is over; a figure under five is
// then not hidden but forgotten. So whatever is shown is either of public documents
// or one of these cells, which do not overlap, or a sum of them: no two figures,
// whatever they are filtered by, have a difference that was not shown itself. Closed
// documents are not counted at all: a group of three is known by name, and who read
// what is official or closed stands in the log, for those whom the log serves.
package usage

import (
	"fmt"
	"strconv"
	"time"
)

// Fewest is the smallest figure that is kept of a document that not everybody reads.
const Fewest = 5

// Kind is what somebody did with a document.
type Kind int

// The kinds: Found is a reading to which a search here led, counted beside it.
const (
	Read Kind = iota
	Found
	File
	Cite
)

// Use is one use of a document. Lang is that of the text, as addresses write it.
type Use struct {
	Document, Lang string
	Kind           Kind
}

// Figures are how often something was done.
type Figures struct{ Reads, Found, Files, Cites int64 }

func (f Figures) with(k Kind) Figures {
	switch k {
	case Read:
		f.Reads++
	case Found:
		f.Found++
	case File:
		f.Files++
	case Cite:
		f.Cites++
	}
	return f
}

// Plus is both together.
func (f Figures) Plus(g Figures) Figures {
	return Figures{f.Reads + g.Reads, f.Found + g.Found, f.Files + g.Files, f.Cites + g.Cites}
}

// kept is what remains of the figures of a quarter: each for itself.
func (f Figures) kept() Figures {
	for _, n := range []*int64{&f.Reads, &f.Found, &f.Files, &f.Cites} {
		if *n < Fewest {
			*n = 0
		}
	}
	return f
}

// Span is how long a period is.
type Span string

// The spans.
const (
	Month   Span = "month"
	Quarter Span = "quarter"
	Year    Span = "year"
	All     Span = "all"
)

// Period is a stretch of time for which there are sums. Since is when it begins,
// UTC, and zero for All.
type Period struct {
	Span  Span
	Since time.Time
}

// PeriodOf is the period of a span in which a moment lies.
func PeriodOf(s Span, at time.Time) Period {
	at = at.UTC()
	month := at.Month()
	switch s {
	case Quarter:
		month = (month-1)/3*3 + 1
	case Year:
		month = time.January
	case All:
		return Period{Span: All}
	}
	return Period{s, time.Date(at.Year(), month, 1, 0, 0, 0, 0, time.UTC)}
}

// String names the period as addresses do: 2026-11, 2026-q4, 2026, all.
func (p Period) String() string {
	switch p.Span {
	case Month:
		return p.Since.Format("2006-01")
	case Quarter:
		return fmt.Sprintf("%d-q%d", p.Since.Year(), p.Number())
	case Year:
		return strconv.Itoa(p.Since.Year())
	}
	return string(All)
}

// Number is the quarter's in its year, from 1.
func (p Period) Number() int { return (int(p.Since.Month()) + 2) / 3 }

// ParsePeriod reads what String wrote.
func ParsePeriod(s string) (Period, bool) {
	if s == string(All) {
		return Period{Span: All}, true
	}
	if len(s) == 7 && s[5] == 'q' && s[6] >= '1' && s[6] <= '4' {
		year, err := time.Parse("2006-", s[:5])
		return PeriodOf(Quarter, year.AddDate(0, 3*int(s[6]-'1'), 0)), err == nil
	}
	if at, err := time.Parse("2006-01", s); err == nil {
		return PeriodOf(Month, at), true
	}
	at, err := time.Parse("2006", s)
	return PeriodOf(Year, at), err == nil
}

// periods are those into which a moment is counted.
func periods(at time.Time) []Period {
	return []Period{PeriodOf(Month, at), PeriodOf(Quarter, at), PeriodOf(Year, at), {Span: All}}
}
