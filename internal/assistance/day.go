package assistance

import (
	"slices"
	"time"

	"polis/internal/framework"
)

// validDate reports whether the text is a year, a month or a day, or nothing.
func validDate(s string) bool {
	layout, ok := map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}[len(s)]
	if !ok {
		return s == ""
	}
	t, err := time.Parse(layout, s)
	return err == nil && t.Year() >= 1900 && t.Year() <= 2200
}

// endless is how the tables write the end of what has none, so that every day is
// before it.
const endless = "9999-12-31"

// firstDay is the day with which a year, month or day begins.
func firstDay(s string) string {
	return s + "-01-01"[min(len(s)-4, 6):]
}

// lastDay is the day with which it ends.
func lastDay(s string) string {
	switch len(s) {
	case 4:
		return s + "-12-31"
	case 7:
		t, _ := time.Parse("2006-01", s) // it was found valid
		return t.AddDate(0, 1, -1).Format(time.DateOnly)
	}
	return s
}

// later reports whether date a is after b, at the precision that both have.
func later(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] > b[:n]
}

// today is the day of a moment.
func today(now time.Time) string { return now.UTC().Format(time.DateOnly) }

// workingDays is the day so many working days after another: Saturdays and Sundays
// do not count. Holidays do, because those of 57 States differ.
func workingDays(from time.Time, n int) string {
	day := from.UTC()
	for n > 0 {
		if day = day.AddDate(0, 0, 1); day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return day.Format(time.DateOnly)
}

// under are the theme and those that belong to it.
func under(theme string) []string {
	list := []string{theme}
	term, _ := framework.Theme(theme)
	for _, narrower := range term.Narrower {
		list = append(list, narrower.ID)
	}
	return list
}

// above are the themes and those that they belong to.
func above(themes []string) []string {
	list := slices.Clone(themes)
	for _, theme := range themes {
		if t, ok := framework.Theme(theme); ok {
			list = append(list, t.Parent())
		}
	}
	return clean(list)
}

// midway is the day in the middle of two.
func midway(starts, ends string) string {
	from, err := time.Parse(time.DateOnly, starts)
	to, terr := time.Parse(time.DateOnly, ends)
	if err != nil || terr != nil {
		return ""
	}
	return from.Add(to.Sub(from) / 2).Format(time.DateOnly)
}
