package sheet

import (
	"iter"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"polis/internal/extract"
)

// order is which of day and month stands first between strokes: 03/04/2026.
type order int8

const (
	unknown order = iota
	dayFirst
	monthFirst
)

var (
	// clock is a time of day behind a date, which a column of days leaves out.
	clock = regexp.MustCompile(`[T ,]+[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?( ?[AaPp]\.?[Mm]\.?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$`)
	// threeNumbers is a date in figures.
	threeNumbers = regexp.MustCompile(`^([0-9]{1,4}) ?([./-]) ?([0-9]{1,2}) ?([./-]) ?([0-9]{1,4})\.?( ?г\.?)?$`)
)

// readDate reads a day as people write it in the six languages, and gives it in ISO 8601. Where it may be two days and
// the order is unknown, it gives the one with the day first and says so by the key.
func readDate(text string, o order) (iso, key string) {
	text = strings.TrimSpace(clock.ReplaceAllString(strings.Join(strings.Fields(text), " "), ""))
	m := threeNumbers.FindStringSubmatch(text)
	if m == nil {
		return namedDate(text)
	}
	first, second, third := atoi(m[1]), atoi(m[3]), atoi(m[5])
	switch {
	case m[2] != m[4]:
		return "", "sheet.error.date"
	case len(m[1]) == 4 && len(m[5]) <= 2:
		return isoDate(first, second, third)
	case len(m[1]) <= 2 && len(m[5]) == 2:
		return "", "sheet.error.date-year"
	case len(m[1]) > 2 || len(m[5]) != 4:
		return "", "sheet.error.date"
	case m[2] == "." || first > 12 || first == second: // nobody writes the month first before a dot
		return isoDate(third, second, first)
	case second > 12 || o == monthFirst:
		return isoDate(third, first, second)
	}
	if iso, key = isoDate(third, second, first); key == "" && o == unknown {
		key = "sheet.error.date-order"
	}
	return iso, key
}

// orderOf finds in which order a column writes its days, by those that can be read in one way only. A column that
// contradicts itself says nothing.
func orderOf(cells iter.Seq[string]) (o order) {
	for text := range cells {
		m := threeNumbers.FindStringSubmatch(clock.ReplaceAllString(text, ""))
		if m == nil || len(m[5]) != 4 || m[2] == "." {
			continue
		}
		now := unknown
		if first, second := atoi(m[1]), atoi(m[3]); first > 12 && second <= 12 {
			now = dayFirst
		} else if second > 12 && first <= 12 {
			now = monthFirst
		}
		if o != unknown && now != unknown && now != o {
			return unknown
		}
		o = max(o, now)
	}
	return o
}

// between are the words that stand in a date and say nothing.
var between = map[string]bool{"de": true, "del": true, "of": true, "the": true, "le": true, "il": true, "г": true, "года": true}

// namedDate reads "3 March 2026", "1er mars 2026", "3. März 2026", "3 de marzo de 2026", "3 марта 2026 г.", "March 3, 2026".
func namedDate(text string) (iso, key string) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var numbers []string
	month := 0
	for _, w := range words {
		digits := strings.TrimRight(w, "erstndhºª")
		switch {
		case between[w]:
		case digits != "" && strings.Trim(digits, "0123456789") == "":
			numbers = append(numbers, digits)
		case month == 0 && extract.MonthOf(w) > 0:
			month = extract.MonthOf(w)
		default:
			return "", "sheet.error.date"
		}
	}
	switch {
	case month == 0 || len(numbers) != 2:
		return "", "sheet.error.date"
	case len(numbers[0]) == 4 && len(numbers[1]) <= 2:
		return isoDate(atoi(numbers[0]), month, atoi(numbers[1]))
	case len(numbers[0]) <= 2 && len(numbers[1]) == 4:
		return isoDate(atoi(numbers[1]), month, atoi(numbers[0]))
	case len(numbers[0]) <= 2 && len(numbers[1]) == 2:
		return "", "sheet.error.date-year"
	}
	return "", "sheet.error.date"
}

// isoDate writes a day, if there is such a one in two centuries around.
func isoDate(year, month, day int) (iso, key string) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1900 || year > 2199 || int(t.Month()) != month || t.Day() != day {
		return "", "sheet.error.date"
	}
	return t.Format(time.DateOnly), ""
}

// atoi is for what a pattern has found to be digits.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
