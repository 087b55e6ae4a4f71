package agenda

import (
	"cmp"
	"slices"
	"time"
)

// day is a day of a span; year 0 where the text names none.
type day struct{ year, month, day int }

func (d day) time() time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
}

func (d day) String() string { return d.time().Format(time.DateOnly) }

// valid reports whether there is such a day. 29 February of no year is one.
func (d day) valid() bool {
	if d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	year := cmp.Or(d.year, 2024)
	return time.Date(year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Day() == d.day
}

// span is one day, or the first and the last of some, where the text names them.
type span struct {
	from, to   day
	swapped    *[2]day      // the same with day and month changed, where 03/04/2026 can be both
	weekday    time.Weekday // of the first day, as the text says; -1 where it does not
	start, end int          // bytes of the text
	slashed    bool         // written with slashes, whose order is not everywhere the same
	monthFirst bool         // of these one that can only be read so: 12/25/2026
}

// spans finds the days that a text names, in their order.
func spans(text string) []span {
	r := reader{tokens: lex(text)}
	var found []span
	for i := 0; i < len(r.tokens); {
		s, next, ok := r.span(i)
		if !ok {
			i++
			continue
		}
		s.start, s.end = r.tokens[i].start, r.tokens[next-1].end
		s.weekday = r.weekdayBefore(i)
		found = append(found, s)
		i = next
	}
	return found
}

// reader finds days in tokens.
type reader struct{ tokens []token }

func (r reader) at(i int) token {
	if i < 0 || i >= len(r.tokens) {
		return token{}
	}
	return r.tokens[i]
}

// span reads the days that begin with a token; next is the first token after them.
func (r reader) span(i int) (s span, next int, ok bool) {
	t := r.at(i)
	switch {
	case t.kind == number && t.digits == 4:
		return r.iso(i)
	case t.kind == number && t.digits <= 2 && t.value >= 1 && t.value <= 31:
		if s, next, ok = r.figures(i); ok {
			return s, next, true
		}
		if r.numbers(i-1) || r.backwards(i) {
			return s, 0, false
		}
		return r.named(i)
	case t.kind == month:
		return r.named(i)
	}
	return s, 0, false
}

// numbers reports whether a word counts parts: "Day 1 – 12 March" is no range.
func (r reader) numbers(i int) bool { return r.at(i).kind == word && countsParts[r.at(i).text] }

// backwards reports whether a day ends what would begin after it: of "14–12 March" one
// cannot tell which is meant.
func (r reader) backwards(i int) bool {
	return r.at(i-1).kind == dash && r.isDay(i-2) && !r.numbers(i-3) && r.at(i-2).value > r.at(i).value
}

// weekdayBefore is the weekday that stands in front of a day: "Thursday, 12 March".
func (r reader) weekdayBefore(i int) time.Weekday {
	for n := 0; n < 3; n++ {
		i--
		switch t := r.at(i); {
		case t.kind == weekday:
			return time.Weekday(t.value)
		case t.kind != comma && t.kind != filler && t.kind != dot:
			return -1
		}
	}
	return -1
}

// iso reads 2026-03-12, also with a second one behind a dash or a slash.
func (r reader) iso(i int) (s span, next int, ok bool) {
	one := func(i int) (day, bool) {
		y, a, m, b, d := r.at(i), r.at(i+1), r.at(i+2), r.at(i+3), r.at(i+4)
		joined := a.kind == dash && b.kind == dash && m.digits == 2 && d.digits == 2 && y.end == a.start && a.end == m.start && m.end == b.start && b.end == d.start
		found := day{y.value, m.value, d.value}
		return found, joined && y.digits == 4 && found.valid()
	}
	from, ok := one(i)
	if !ok {
		return s, 0, false
	}
	s, next = span{from: from, to: from}, i+5
	if k := r.at(next).kind; k == dash || k == until || k == slash {
		if to, ok := one(r.skip(next+1, filler)); ok {
			if later, fine := (span{from: from, to: to}).ordered(); fine {
				return later, r.skip(next+1, filler) + 5, true
			}
		}
	}
	return s, next, true
}

// skip goes on over tokens of some kinds.
func (r reader) skip(i int, kinds ...kind) int {
	for slices.Contains(kinds, r.at(i).kind) {
		i++
	}
	return i
}

// figures reads days of figures that end with a year: 12.03.2026, 12.–14.03.2026,
// 12.03.–14.03.2026, 12/03/2026 – 14/03/2026.
func (r reader) figures(i int) (s span, next int, ok bool) {
	first, next, sep := r.figure(i)
	if sep == none {
		return s, 0, false
	}
	to, end := first, next
	if k := r.at(next).kind; k == dash || k == until || k == and && first.year == 0 {
		second, after, again := r.figure(r.skip(next+1, filler))
		switch {
		case again != none && second.year > 0 && second.month > 0 && (again == sep || first.month == 0):
			to, end, sep = second, after, again
		case first.year == 0:
			return s, 0, false
		}
	}
	if to.year == 0 || to.month == 0 {
		return s, 0, false
	}
	first.year, first.month = cmp.Or(first.year, to.year), cmp.Or(first.month, to.month)
	s, ok = span{from: first, to: to}.ordered()
	if sep != slash {
		return s, end, ok
	}
	s.slashed = true
	turned, other := span{from: first.turned(), to: to.turned()}.ordered()
	switch {
	case !ok && other: // 12/25/2026
		turned.slashed, turned.monthFirst = true, true
		return turned, end, true
	case ok && other && (turned.from != s.from || turned.to != s.to):
		s.swapped = &[2]day{turned.from, turned.to}
	}
	return s, end, ok
}

// turned is the day with its day and month changed.
func (d day) turned() day { return day{d.year, d.day, d.month} }

// figure reads a day with what follows it: 12., 12.03., 12.03.2026. sep is what
// divides its parts, none where there is no day.
func (r reader) figure(i int) (d day, next int, sep kind) {
	t := r.at(i)
	if t.kind != number || t.digits > 2 || t.value > 31 {
		return d, i, none
	}
	d.day = t.value
	sep = r.at(i + 1).kind
	if sep != dot && sep != slash && sep != dash {
		return d, i + 1, dot // the first of 12–14.03.2026
	}
	m := r.at(i + 2)
	if m.kind != number || m.digits > 2 || sep == dash && !r.tight(i) {
		if sep == dot {
			return d, i + 2, dot
		}
		return d, i + 1, dot
	}
	y := r.at(i + 4)
	whole := r.at(i+3).kind == sep && y.kind == number
	switch {
	case whole && y.digits == 4 && y.value >= 1990 && y.value <= 2099:
		return day{y.value, m.value, t.value}, i + 5, sep
	case whole && sep != dash && y.digits == 2 && y.value >= 20 && y.value < 60 && r.tight(i) && r.tight(i+2):
		return day{2000 + y.value, m.value, t.value}, i + 5, sep
	case sep == dash:
		return d, i + 1, dot
	}
	d.month = m.value
	if r.at(i+3).kind == dot && sep == dot {
		return d, i + 4, sep
	}
	return d, i + 3, sep
}

// tight reports whether two numbers and what divides them stand together.
func (r reader) tight(i int) bool {
	return r.at(i).end == r.at(i+1).start && r.at(i+1).end == r.at(i+2).start
}

// ordered turns a span that would end before it begins to the next year, where its
// years were not both written.
func (s span) ordered() (span, bool) {
	if !s.from.valid() || !s.to.valid() {
		return s, false
	}
	a, b := s.from, s.to
	a.year, b.year = cmp.Or(a.year, b.year, 2024), cmp.Or(b.year, a.year, 2024)
	return s, !b.time().Before(a.time()) && b.time().Sub(a.time()) < 400*24*time.Hour
}

// named reads days whose month is a word: 12–14 March 2026, March 12 and 13, du 30 mars
// au 2 avril, 3, 4 и 5 июня.
func (r reader) named(i int) (s span, next int, ok bool) {
	var parts []day
	behind := 0 // the first part
	for {
		d, after, fine := r.part(i)
		if !fine {
			break
		}
		parts, next = append(parts, d), after
		if len(parts) == 1 {
			behind = after
		}
		i, fine = r.joined(after, d)
		if !fine {
			break
		}
	}
	if !slices.ContainsFunc(parts, func(d day) bool { return d.month > 0 }) {
		return s, 0, false
	}
	if last := &parts[len(parts)-1]; last.month == 0 { // March 12–14, 2026
		last.year, next = r.year(next)
	}
	first := parts[0]
	fill(parts)
	s, ok = span{from: parts[0], to: parts[len(parts)-1]}.ordered()
	if !ok && first.month > 0 && first.valid() { // what follows is none of its kind
		return span{from: first, to: first}, behind, true
	}
	return s, next, ok
}

// part reads a day with its month and its year, where they stand with it.
func (r reader) part(i int) (d day, next int, ok bool) {
	first, then := r.at(i), r.skip(i+1, filler, dot)
	switch {
	case first.kind == month && r.isDay(then): // March 12
		d, next = day{0, first.value, r.at(then).value}, then+1
	case r.isDay(i) && r.at(then).kind == month: // 12 March
		d, next = day{0, r.at(then).value, first.value}, then+1
	case r.isDay(i):
		return day{day: first.value}, r.skip(i+1, dot), true
	default:
		return d, i, false
	}
	d.year, next = r.year(next)
	return d, next, true
}

// year reads the year behind a day; 0 and the same place where there is none.
func (r reader) year(i int) (year, next int) {
	at := r.skip(i, filler, dot, comma)
	y := r.at(at)
	if y.kind != number || y.digits != 4 || y.value < 1990 || y.value > 2099 {
		return 0, i
	}
	at++
	if suffix := r.at(at); suffix.kind == filler && yearWords[suffix.text] {
		at = r.skip(at+1, dot)
	}
	return y.value, at
}

func (r reader) isDay(i int) bool {
	t := r.at(i)
	return t.kind == number && t.digits <= 2 && t.value >= 1 && t.value <= 31
}

// joined goes over what joins two days: a dash, a word, and times and weekdays in
// between. A comma joins neighbours alone.
func (r reader) joined(i int, before day) (next int, ok bool) {
	at := i
	if r.at(r.skip(at, comma, filler)).kind == clock {
		at = r.skip(at, comma, filler, clock)
	}
	sep := r.at(at).kind
	if sep == comma && r.at(at+1).kind == and {
		at++
		sep = and
	}
	at = r.skip(at+1, filler, weekday, comma)
	d, _, fine := r.part(at)
	switch {
	case !fine:
		return i, false
	case sep == comma:
		return at, d.day == before.day+1 && before.year == 0
	case sep == slash:
		return at, before.month == 0 && d.day == before.day+1
	}
	return at, sep == dash || sep == until || sep == and
}

// fill gives the parts the month and the year that stand with another of them.
func fill(parts []day) {
	last := len(parts) - 1
	for i := last - 1; i >= 0; i-- {
		parts[i].month = cmp.Or(parts[i].month, parts[i+1].month)
	}
	for i := 1; i <= last; i++ {
		parts[i].month = cmp.Or(parts[i].month, parts[i-1].month)
	}
	for i := last - 1; i >= 0; i-- {
		if next := parts[i+1]; parts[i].year == 0 && next.year > 0 {
			parts[i].year = next.year
			if parts[i].month > next.month { // 30 December – 2 January 2027
				parts[i].year--
			}
		}
	}
	for i := 1; i <= last; i++ {
		if before := parts[i-1]; parts[i].year == 0 && before.year > 0 {
			parts[i].year = before.year
			if parts[i].month < before.month {
				parts[i].year++
			}
		}
	}
}
