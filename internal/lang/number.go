package lang

import (
	"fmt"
	"math"
	"reflect"
	"strconv"

	"golang.org/x/text/number"
)

// nbsp keeps a figure and its unit on one line.
const nbsp = "\u00a0"

// Number writes any Go number with the separators of the language: "1,234.5",
// "1 234,5", "1.234,5"; a float with at most three decimals. What is no number
// is printed as it is.
func (p *Printer) Number(v any) string {
	if n, ok := v.(int); ok && 0 <= n && n < 1000 {
		return strconv.Itoa(n) // the same in all six, and most counts on a page
	}
	if !isNumber(v) {
		return fmt.Sprint(v)
	}
	return p.decimal(v, toFloat(v))
}

// Decimal writes v with exactly so many digits after the decimal separator.
func (p *Printer) Decimal(v float64, digits int) string {
	return p.decimal(v, v, number.Scale(digits))
}

// Percent writes a share (0.125) in hundredths with its sign ("12.5%",
// "12,5 %"), with at most one decimal.
func (p *Printer) Percent(f float64) string {
	return p.numbers.Sprint(number.Percent(f, number.MaxFractionDigits(1)))
}

// Size writes a number of bytes in the decimal units of the language: "1.5 MB",
// "1,5 Mo", "1,5 МБ"; one decimal at most, and only below ten.
func (p *Printer) Size(bytes int64) string {
	units := p.voice.bytes
	value, i := float64(bytes), 0
	for math.Abs(value) >= 999.5 && i < len(units)-1 {
		value, i = value/1000, i+1
	}
	digits := 0
	if math.Abs(value) < 9.95 {
		digits = 1
	}
	return p.decimal(value, value, number.MaxFractionDigits(digits)) + nbsp + units[i]
}

// decimal writes v; size is its value for the rule of Spanish, which does not
// group a number of four digits (Ortografía de la lengua española; CLDR
// minimumGroupingDigits).
func (p *Printer) decimal(v any, size float64, opts ...number.Option) string {
	if p.tag == Spanish && math.Abs(size) < 9999.5 {
		opts = append(opts, number.NoSeparator())
	}
	return p.numbers.Sprint(number.Decimal(v, opts...))
}

// isNumber reports whether v is a Go number of a built-in type, which alone the
// formatter can read.
func isNumber(v any) bool {
	switch v.(type) {
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return true
	}
	return false
}

func toFloat(v any) float64 {
	return reflect.ValueOf(v).Convert(reflect.TypeFor[float64]()).Float()
}
