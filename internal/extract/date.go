package extract

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// months by the first letters of their names in six languages, lower case. The longest prefix wins.
var months = map[string]int{
	"jan": 1, "janv": 1, "jän": 1, "gen": 1, "ene": 1, "янв": 1,
	"feb": 2, "fév": 2, "fev": 2, "фев": 2,
	"mar": 3, "mär": 3, "maer": 3, "мар": 3,
	"apr": 4, "avr": 4, "abr": 4, "апр": 4,
	"may": 5, "mai": 5, "mag": 5, "мая": 5, "май": 5,
	"jun": 6, "juin": 6, "giu": 6, "июн": 6,
	"jul": 7, "juil": 7, "lug": 7, "июл": 7,
	"aug": 8, "aoû": 8, "aou": 8, "ago": 8, "авг": 8,
	"sep": 9, "set": 9, "сен": 9,
	"oct": 10, "okt": 10, "ott": 10, "окт": 10,
	"nov": 11, "ноя": 11,
	"dec": 12, "déc": 12, "dez": 12, "dic": 12, "дек": 12,
}

const monthNames = `(january|february|march|april|may|june|july|august|september|october|november|december|` +
	`janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|` +
	`januar|jänner|februar|märz|juni|juli|oktober|dezember|` +
	`gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|dicembre|` +
	`enero|febrero|abril|mayo|junio|julio|septiembre|setiembre|octubre|noviembre|diciembre|` +
	`января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|` +
	`январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь)`

const notLetter = `(?:^|[^\p{L}\p{N}])`

var (
	dayFirst   = regexp.MustCompile(`(?i)` + notLetter + `([0-3]?[0-9])(?:er|st|nd|rd|th|º|°|\.)?\s+(?:de\s+|of\s+)?` + monthNames + `,?\s+(?:de\s+|del\s+)?((?:19|20)[0-9]{2})`)
	monthFirst = regexp.MustCompile(`(?i)` + notLetter + monthNames + `\s+([0-3]?[0-9])(?:st|nd|rd|th)?,\s+((?:19|20)[0-9]{2})`)
	isoDay     = regexp.MustCompile(notLetter + `((?:19|20)[0-9]{2})-([01][0-9])-([0-3][0-9])`)
	dotDay     = regexp.MustCompile(notLetter + `([0-3]?[0-9])\.([01]?[0-9])\.((?:19|20)[0-9]{2})`)
	monthOnly  = regexp.MustCompile(`(?i)` + notLetter + monthNames + `,?\s+(?:de\s+|del\s+)?((?:19|20)[0-9]{2})`)
	isoStart   = regexp.MustCompile(`^((?:19|20)[0-9]{2})(?:-([01][0-9])(?:-([0-3][0-9]))?)?`)
	pdfStart   = regexp.MustCompile(`^(?:D:)?((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])`)
)

// MonthOf is the number of a month's name in any of the six languages, also shortened; 0 for what is none.
func MonthOf(name string) int {
	name = strings.ToLower(name)
	runes := []rune(name)
	for n := min(len(runes), 4); n >= 3; n-- {
		if m := months[string(runes[:n])]; m > 0 {
			return m
		}
	}
	return 0
}

var wholeMonth = regexp.MustCompile(`^(?:` + monthNames + `|sept|sett|juill|марте|апреле|июне|июле|августе|сентябре|октябре|ноябре|декабре|январе|феврале|мае)$`)

// MonthNamed is the number of the month that a word names in any of the six languages, whole or shortened as people
// do; 0 for what only begins like one.
func MonthNamed(word string) int {
	word = strings.ToLower(word)
	if months[word] > 0 || wholeMonth.MatchString(word) {
		return MonthOf(word)
	}
	return 0
}

// findDate is the first date with a day in the text, else the first with a month.
func findDate(text string) string {
	best, at := "", len(text)+1
	try := func(re *regexp.Regexp, year, month, day int) {
		for _, m := range re.FindAllStringSubmatchIndex(text, 8) {
			part := func(i int) string {
				if i == 0 {
					return ""
				}
				return text[m[2*i]:m[2*i+1]]
			}
			if date := dateOf(part(year), part(month), part(day)); date != "" {
				if m[0] < at {
					best, at = date, m[0]
				}
				return
			}
		}
	}
	try(dayFirst, 3, 2, 1)
	try(monthFirst, 3, 1, 2)
	try(isoDay, 1, 2, 3)
	try(dotDay, 3, 2, 1)
	if best == "" {
		try(monthOnly, 2, 1, 0)
	}
	return best
}

// dateOf writes a date in the form of Content.Date, or "" if there is no such day.
func dateOf(year, month, day string) string {
	m := MonthOf(month)
	if m == 0 {
		m, _ = strconv.Atoi(month)
	}
	y, _ := strconv.Atoi(year)
	switch d, err := strconv.Atoi(day); {
	case y < 1945 || y > 2099:
		return ""
	case month == "":
		return year
	case m < 1 || m > 12:
		return ""
	case day == "":
		return fmt.Sprintf("%04d-%02d", y, m)
	case err != nil || d < 1 || time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() != d:
		return ""
	default:
		return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	}
}

// isoDate takes the date from the start of an ISO 8601 time, or "".
func isoDate(s string) string {
	m := isoStart.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return ""
	}
	return dateOf(m[1], m[2], m[3])
}

// pdfDate takes the date from a PDF's "D:20120726120000Z", or "".
func pdfDate(s string) string {
	m := pdfStart.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	return dateOf(m[1], m[2], m[3])
}
