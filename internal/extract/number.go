package extract

import (
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// numberFormat is what a cell's format makes of its number, as far as it changes the words: a count of days may be a
// day, a time or both.
type numberFormat int8

const (
	general numberFormat = iota
	day
	clock
	moment
	percent
)

// readFormats reads the format of each cell style.
func (b *workbook) readFormats(name string) error {
	if !b.archive.has(name) {
		return nil
	}
	custom, cells := map[string]numberFormat{}, false
	return b.archive.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				custom[attr(t, "numFmtId")] = formatOf(attr(t, "formatCode"))
			case "cellXfs":
				cells = true
			case "xf":
				if cells {
					b.formats = append(b.formats, formatBy(attr(t, "numFmtId"), custom))
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				cells = false
			}
		}
		return nil
	})
}

// formatBy is a format by its number: the workbook's own, or one of those that every workbook has.
func formatBy(id string, custom map[string]numberFormat) numberFormat {
	if f, ok := custom[id]; ok {
		return f
	}
	switch n, _ := strconv.Atoi(id); {
	case n == 9, n == 10:
		return percent
	case n >= 14 && n <= 17:
		return day
	case n >= 18 && n <= 21, n >= 45 && n <= 47:
		return clock
	case n == 22:
		return moment
	}
	return general
}

// literal is what a format shows as it stands: quotations, escaped characters, colours, currencies and languages. A
// duration in brackets ([h]:mm) is left.
var literal = regexp.MustCompile(`"[^"]*"|\\.|[_*].|\[(?:[^\]hms][^\]]*|[hms]+[^\]hms][^\]]*)\]`)

// formatOf reads a format by its letters; it is written in English whatever the language of Excel.
func formatOf(code string) numberFormat {
	code, _, _ = strings.Cut(literal.ReplaceAllString(strings.ToLower(code), ""), ";")
	hasDay, hasClock := strings.ContainsAny(code, "yd") || strings.Contains(code, "mmm"), strings.ContainsAny(code, "hs")
	switch {
	case strings.Contains(code, "general"):
		return general
	case hasDay && hasClock:
		return moment
	case hasDay:
		return day
	case hasClock:
		return clock
	case strings.Contains(code, "%"):
		return percent
	}
	return general
}

// show writes a number as its format means it, with the fifteen digits that Excel keeps.
func (f numberFormat) show(number float64, from time.Time) string {
	if f == percent {
		return decimal(number*100) + "%"
	}
	if f == general || number < 0 || number >= 200_000 {
		return decimal(number)
	}
	days, part := math.Modf(number)
	at := from.AddDate(0, 0, int(days)).Add(time.Duration(part * 24 * float64(time.Hour))).Round(time.Second)
	date, hours := at.Format(time.DateOnly), at.Format("15:04")
	switch {
	case f == day && number >= 1, f == moment && hours == "00:00":
		return date
	case f == moment && number >= 1:
		return date + " " + hours
	case f == clock && number >= 1: // a duration of more than a day
		return strconv.Itoa(int(days)*24+at.Hour()) + at.Format(":04")
	}
	return hours
}

// decimal writes a number with fifteen digits, without an exponent where that is readable.
func decimal(number float64) string {
	short := strconv.FormatFloat(number, 'g', 15, 64)
	if rounded, err := strconv.ParseFloat(short, 64); err == nil && rounded < 1e15 && rounded > -1e15 {
		if full := strconv.FormatFloat(rounded, 'f', -1, 64); len(full) <= 24 {
			return full
		}
	}
	return short
}
