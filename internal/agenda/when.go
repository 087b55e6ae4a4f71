package agenda

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"

	"polis/internal/lang"
)

// candidate is a span that may be the days of the activity.
type candidate struct {
	span
	line  int
	score int
}

// enough is the score from which on days are proposed.
const enough = 4

var (
	// elsewhere are words in front of a day that is not the activity's.
	elsewhere = regexp.MustCompile(`(?i)(?:^|\P{L})(?:(?:deadline|register|registration|r\.?s\.?v\.?p|no later than|not later than|before|adopted|dated|as of|updated|version|issued|decision no|published|since|born|` +
		`avant le|au plus tard|date limite|inscri|adopté|décision n|publié|depuis|mis à jour|réponse|` +
		`spätestens|anmeld|frist|rückmeldung|beschluss nr|verabschiedet|stand:|veröffentlicht|seit\s|` +
		`entro|scadenza|iscri|adottat|decisione n|pubblicat|aggiornat|` +
		`не позднее|срок подачи|регистрац|заяв|принят|решени[ея] №|опубликован|` +
		`antes del|plazo|fecha límite|aprobad|decisión n|publicad|actualizad|a más tardar)[^.;]{0,30}|от\s+)$`)
	andRule = regexp.MustCompile(`(?i)\s+(?:and|et|und|e|ed|и|y)\s+`)
	years   = regexp.MustCompile(`(?:^|[^\d/.-])((?:19|20)\d\d)(?:$|[^\d/-])`)
)

// findDays proposes the first and the last day.
func (s *scan) findDays(a *Agenda) {
	all := s.candidates()
	if len(all) == 0 {
		return
	}
	best := slices.MaxFunc(all, func(x, y candidate) int { return cmp.Compare(x.score, y.score) })
	best = *first(all, func(c candidate) bool { return c.score == best.score })
	switch {
	case best.score < enough:
		return
	case crowded(all, best):
		a.Many = true
		return
	}
	if best.swapped != nil {
		a.Either = []Days{{best.from.String(), best.to.String()}, {best.swapped[0].String(), best.swapped[1].String()}}
		a.Starts = s.finding(best.line, "", Unsure, best.start, best.end)
		a.Ends = a.Starts
		return
	}
	sure := Unsure
	if s.lines[best.line].label&ofDays != 0 || best.score >= 7 {
		sure = Likely
	}
	from, to := best, best
	if best.from == best.to {
		from, to = lengthened(all, best)
	}
	a.Starts = s.finding(from.line, from.from.String(), sure, from.start, from.end)
	a.Ends = s.finding(to.line, to.to.String(), sure, to.start, to.end)
}

func first[T any](list []T, is func(T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return &list[i]
	}
	return nil
}

// candidates are the spans of the text with a year, each with its score.
func (s *scan) candidates() (all []candidate) {
	for i, l := range s.lines {
		for _, x := range l.spans {
			all = append(all, candidate{x, i, s.score(l, x)})
		}
	}
	s.settleOrder(all)
	return slices.DeleteFunc(all, func(c candidate) bool { return c.from.year == 0 || !c.from.valid() || !c.to.valid() })
}

// score weighs where a span stands and how.
func (s *scan) score(l line, x span) (n int) {
	for _, of := range []struct {
		is   bool
		adds int
	}{
		{l.label&ofDays != 0, 6},
		{l.label == ofOther, -8},
		{elsewhere.MatchString(l.text[:x.start]), -8},
		{x.from != x.to, 3},
		{l.head, 3},
		{l.short(), 2},
		{slices.ContainsFunc(l.mentions, func(m mention) bool { return m.about == aCity }), 2},
		{x.from.year > 0, 1},
	} {
		if of.is {
			n += of.adds
		}
	}
	if far := x.from.year - s.near.Year(); x.from.year > 0 && (far < -2 || far > 4) {
		n -= 3
	}
	return n
}

// settleOrder decides what of the whole text decides for each: the year of days without
// one, and whether the day or the month comes first between slashes.
func (s *scan) settleOrder(all []candidate) {
	settled := func(monthFirst bool) bool {
		return slices.ContainsFunc(all, func(c candidate) bool {
			return c.slashed && c.swapped == nil && c.monthFirst == monthFirst && c.from.day != c.from.month
		})
	}
	dayFirst, monthFirst := s.sure && s.tag != "" && s.tag != lang.English || settled(false), settled(true)
	for i := range all {
		c := &all[i]
		if c.from.year == 0 {
			c.setYear(s.yearFor(c))
		}
		if c.swapped == nil {
			continue
		}
		fits := func(d day) bool { return c.weekday >= 0 && d.time().Weekday() == c.weekday }
		switch other := c.swapped[0]; {
		case fits(c.from) && !fits(other), dayFirst && !monthFirst && !fits(other):
			c.swapped = nil
		case fits(other) && !fits(c.from), monthFirst && !dayFirst:
			c.from, c.to, c.swapped = c.swapped[0], c.swapped[1], nil
		}
	}
}

// setYear gives a span its year; what ends in an earlier month ends a year later.
func (c *candidate) setYear(year int) {
	if year == 0 {
		return
	}
	c.from.year, c.to.year = year, year
	if c.to.month < c.from.month {
		c.to.year++
	}
}

// yearFor is the year of a day that the text writes without one: the one that stands
// nearest to it, else the one in which the day is on its weekday, else 0.
func (s *scan) yearFor(c *candidate) int {
	for far := range len(s.lines) {
		for _, i := range []int{c.line - far, c.line + far} {
			if i < 0 || i >= len(s.lines) || s.lines[i].label == ofOther {
				continue
			}
			if m := years.FindStringSubmatch(s.lines[i].text); m != nil {
				year, _ := strconv.Atoi(m[1])
				if off := year - s.near.Year(); off >= -2 && off <= 4 {
					return year
				}
			}
		}
	}
	if c.weekday < 0 {
		return 0
	}
	for _, off := range []int{0, 1, -1} {
		if d := (day{s.near.Year() + off, c.from.month, c.from.day}); d.valid() && d.time().Weekday() == c.weekday {
			return d.year
		}
	}
	return 0
}

// How many other days make a list of dates in which none stands out, and over how many
// days they lie.
const (
	crowd       = 8
	crowdedDays = 31
	outstanding = 9 // a score that no crowd hides
)

// crowded reports whether many others are as good as the best, and lie far apart: a
// newsletter, a calendar, a report.
func crowded(all []candidate, best candidate) bool {
	among := func(least int) (n int, wide bool) {
		days := map[day]bool{}
		early, late := best.from.time(), best.from.time()
		for _, c := range all {
			if c.score >= least {
				days[c.from] = true
				early, late = earlier(early, c.from.time()), later(late, c.from.time())
			}
		}
		return len(days), late.Sub(early) > crowdedDays*24*time.Hour
	}
	if n, wide := among(max(best.score-2, enough)); wide && n > crowd {
		return true
	}
	n, wide := among(-100)
	return wide && n > 4*crowd && best.score < outstanding
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// lengthened follows the days of a programme from a single day on: those at the head of
// its parts, each at most three days from another, so that a weekend may lie between.
func lengthened(all []candidate, best candidate) (from, to candidate) {
	from, to = best, best
	near := func(a, b day) bool {
		d := b.time().Sub(a.time())
		return d > 0 && d <= 3*24*time.Hour
	}
	for range len(all) {
		grown := false
		for _, c := range all {
			if c.swapped != nil || c.score < enough-1 || c.from != c.to {
				continue
			}
			if near(to.to, c.to) {
				to, grown = c, true
			}
			if near(c.from, from.from) {
				from, grown = c, true
			}
		}
		if !grown || to.to.time().Sub(from.from.time()) > 21*24*time.Hour {
			break
		}
	}
	return from, to
}
