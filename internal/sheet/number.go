package sheet

import (
	"iter"
	"regexp"
	"strings"
)

// spaces divide the thousands in several languages: blanks of several widths, and the apostrophe of Switzerland.
var spaces = strings.NewReplacer(" ", "_", "\u00a0", "_", "\u202f", "_", "\u2009", "_", "\u2007", "_", "'", "_", "’", "_")

// bare takes what divides thousands away.
var bare = strings.NewReplacer("_", "", ".", "", ",", "")

var (
	digitsOnly = regexp.MustCompile(`^[0-9]+$`)
	grouped    = regexp.MustCompile(`^[0-9]{1,3}(?:(?:_[0-9]{3})+|(?:\.[0-9]{3})+|(?:,[0-9]{3})+)$`)
)

// readNumber reads a number as people type it in the six languages, and gives it with a point and without separators.
// mark is what stands before the decimals where that is known, else 0; whole numbers have none, so that a separator in
// them stands before thousands. A workbook's own numbers are exact.
func readNumber(text string, mark byte, whole, exact bool) (number, key string) {
	bad := "sheet.error.number"
	if whole {
		bad = "sheet.error.whole"
	}
	sign := ""
	text = strings.TrimPrefix(strings.TrimSpace(text), "+")
	for _, minus := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutPrefix(text, minus); ok {
			text, sign = strings.TrimSpace(rest), "-"
			break
		}
	}
	text = spaces.Replace(text)
	if at := doubt(text); at >= 0 && !exact {
		switch {
		case whole:
			mark = "., "[strings.IndexByte(",.", text[at])] // the other one
		case mark == 0:
			return "", "sheet.error.number-order"
		}
	} else if !exact {
		mark = decimalMark(text)
	}
	integer, fraction := text, ""
	if at := strings.LastIndexByte(text, mark); mark != 0 && at >= 0 {
		integer, fraction = text[:at], text[at+1:]
	}
	if integer == "" && fraction != "" {
		integer = "0" // ",5"
	}
	if !digitsOnly.MatchString(integer) && !grouped.MatchString(integer) || strings.Trim(fraction, "0123456789") != "" {
		return "", bad
	}
	integer = strings.TrimLeft(bare.Replace(integer), "0")
	fraction = strings.TrimRight(fraction, "0")
	if whole && fraction != "" || len(integer) > 15 || len(fraction) > 12 {
		return "", bad
	}
	return compose(sign, integer, fraction), ""
}

// compose writes a number.
func compose(sign, integer, fraction string) string {
	if integer == "" {
		integer = "0"
	}
	if fraction != "" {
		return sign + integer + "." + fraction
	}
	if integer == "0" {
		return integer
	}
	return sign + integer
}

// doubt is the place of the one separator that may stand before decimals or before thousands: 1,234 but not 0,234 or
// 1,23 or 1 234,567. It is -1 where there is no doubt.
func doubt(text string) int {
	at := strings.IndexAny(text, ".,")
	switch {
	case at < 1 || at > 3 || len(text)-at != 4 || text[0] == '0':
		return -1
	case strings.ContainsAny(text[at+1:], ".,_") || strings.Contains(text[:at], "_"):
		return -1
	}
	return at
}

// decimalMark finds what stands before the decimals of a number without doubt: what comes last and only once. It is 0
// where there are no decimals.
func decimalMark(text string) byte {
	at := strings.LastIndexAny(text, ".,")
	if at < 0 || strings.Count(text, text[at:at+1]) > 1 {
		return 0
	}
	return text[at]
}

// markOf finds what a column writes before its decimals, by the numbers that can be read in one way only. A column that
// contradicts itself says nothing.
func markOf(cells iter.Seq[string]) (mark byte) {
	for text := range cells {
		text = strings.TrimLeft(spaces.Replace(text), "+-−–_")
		if doubt(text) >= 0 || strings.Trim(text, "0123456789.,_") != "" {
			continue
		}
		now := decimalMark(text)
		if at := strings.IndexAny(text, ".,"); now == 0 && at >= 0 { // 1.234.567: what divides thousands is no mark
			now = ".,"[1-strings.IndexByte(".,", text[at])]
		}
		if mark != 0 && now != 0 && now != mark {
			return 0
		}
		mark = max(mark, now)
	}
	return mark
}
