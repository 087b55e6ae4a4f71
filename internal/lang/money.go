package lang

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// The reasons for which a text is no amount.
var (
	ErrAmount    = errors.New("lang: no amount")
	ErrAmbiguous = errors.New("lang: an amount that can be read in two ways")
	ErrDecimals  = errors.New("lang: more decimals than there are")
)

// Amount writes a whole number of smallest units, of which 10^digits make one, as the
// language writes it: 123450 with two digits is "1,234.50", "1.234,50" or "1 234,50".
// No float has a part in it.
func (p *Printer) Amount(smallest int64, digits int) string {
	whole, rest := split(smallest, digits)
	text := p.Number(whole)
	if digits > 0 {
		_, decimal := p.separators()
		text += decimal + pad(rest, digits)
	}
	if smallest < 0 {
		text = "−" + text
	}
	return text
}

// PlainAmount is the same for programs: "1234.50", "-0.05".
func PlainAmount(smallest int64, digits int) string {
	whole, rest := split(smallest, digits)
	text := strconv.FormatUint(whole, 10)
	if digits > 0 {
		text += "." + pad(rest, digits)
	}
	if smallest < 0 {
		text = "-" + text
	}
	return text
}

func split(smallest int64, digits int) (whole, rest uint64) {
	size := uint64(smallest)
	if smallest < 0 {
		size = -size
	}
	unit := uint64(math.Pow10(digits))
	return size / unit, size % unit
}

func pad(n uint64, digits int) string {
	text := strconv.FormatUint(n, 10)
	return strings.Repeat("0", digits-len(text)) + text
}

// separators are what the language writes between thousands and before decimals.
func (p *Printer) separators() (thousands, decimal string) {
	text := p.decimal(1234567.5, 1234567.5)
	digit := func(r rune) bool { return '0' <= r && r <= '9' }
	marks := strings.FieldsFunc(text, digit)
	return marks[0], marks[len(marks)-1]
}

// blanks divide thousands in several languages, and so does the apostrophe.
var blanks = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u2007", " ", "'", " ", "’", " ")

// maxAmount bounds the digits of an amount, so that no sum of them overflows.
const maxAmount = 15

// ParseAmount reads an amount as people of all six languages type it, into smallest
// units: "1,234.50", "1.234,50", "1 234,50", "1234". One separator before three digits
// may stand before thousands or before decimals: it is read as the reader's language
// writes it, and where that settles nothing it is ErrAmbiguous.
func (p *Printer) ParseAmount(text string, digits int) (int64, error) {
	text = strings.TrimSpace(blanks.Replace(text))
	negative := false
	for _, minus := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutPrefix(text, minus); ok {
			text, negative = strings.TrimSpace(rest), true
			break
		}
	}
	whole, decimals, err := p.divide(text, digits)
	if err != nil {
		return 0, err
	}
	if len(decimals) > digits {
		return 0, ErrDecimals
	}
	n, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", digits-len(decimals)), 10, 64)
	if err != nil || len(whole) > maxAmount {
		return 0, ErrAmount
	}
	if negative {
		n = -n
	}
	return n, nil
}

// divide finds the decimals of a number.
func (p *Printer) divide(text string, digits int) (whole, decimals string, err error) {
	at := strings.LastIndexAny(text, ".,")
	if at < 0 {
		whole, err = ungrouped(text)
		return whole, "", err
	}
	mark := text[at : at+1]
	before, after := text[:at], text[at+1:]
	if strings.Count(text, mark) > 1 || len(after) == 3 && !strings.ContainsAny(before, "., ") && p.groups(mark, before, digits) {
		whole, err = ungrouped(text) // thousands, and no decimals
		return whole, "", err
	}
	if len(after) == 3 && !strings.ContainsAny(before, "., ") && !p.decides(mark, before, digits) {
		return "", "", ErrAmbiguous
	}
	if strings.Trim(after, "0123456789") != "" || after == "" {
		return "", "", ErrAmount
	}
	if before == "" {
		return "0", after, nil
	}
	whole, err = ungrouped(before)
	return whole, after, err
}

// groups reports whether the one separator before three digits can only stand before
// thousands.
func (p *Printer) groups(mark, before string, digits int) bool {
	thousands, _ := p.separators()
	return mark == thousands && digits < 3 && before != "" && before[0] != '0'
}

// decides reports whether it can only stand before decimals.
func (p *Printer) decides(mark, before string, digits int) bool {
	_, decimal := p.separators()
	return digits >= 3 && (mark == decimal || before == "0") || before == "" || before[0] == '0' || len(before) > 3
}

// ungrouped takes the separators of thousands out of a whole number.
func ungrouped(text string) (string, error) {
	separator := ""
	if at := strings.IndexAny(text, "., "); at >= 0 {
		separator = text[at : at+1]
	}
	groups := []string{text}
	if separator != "" {
		groups = strings.Split(text, separator)
	}
	for i, g := range groups {
		if g == "" || strings.Trim(g, "0123456789") != "" || i > 0 && len(g) != 3 || i == 0 && separator != "" && len(g) > 3 {
			return "", ErrAmount
		}
	}
	whole := strings.TrimLeft(strings.Join(groups, ""), "0")
	if whole == "" {
		whole = "0"
	}
	return whole, nil
}
