package extract

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// Symbol fonts put their own pictures on the places of letters, and Office names them by their code in the font or in
// the private area from U+F000. Here are those that carry meaning in a text.
var (
	greek = map[rune]rune{}

	symbolSigns = map[rune]rune{
		0xa3: '≤', 0xa5: '∞', 0xab: '↔', 0xac: '←', 0xad: '↑', 0xae: '→', 0xaf: '↓', 0xb0: '°', 0xb1: '±', 0xb3: '≥', 0xb4: '×',
		0xb7: '•', 0xb8: '÷', 0xb9: '≠', 0xba: '≡', 0xbb: '≈', 0xbc: '…', 0xd6: '√', 0xdb: '⇔', 0xdc: '⇐', 0xde: '⇒', 0xe5: '∑', 0x2d: '−',
	}
	dingbats = map[rune]rune{
		0x28: '☎', 0x2a: '✉', 0x6c: '●', 0x6e: '■', 0x6f: '☐', 0x71: '❑', 0x76: '❖', 0x78: '☒', 0xa7: '▪', 0xa8: '☐', 0xd8: '➢',
		0xdf: '←', 0xe0: '→', 0xe1: '↑', 0xe2: '↓', 0xe8: '➔', 0xf0: '⇨', 0xfb: '✗', 0xfc: '✓', 0xfd: '☒', 0xfe: '☑', 0xb7: '•',
	}
)

func init() {
	capitals, smalls := []rune("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"), []rune("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")
	for i := range 26 {
		greek['A'+rune(i)], greek['a'+rune(i)] = capitals[i], smalls[i]
	}
}

// symbolIn is the character that a symbol font shows for a code, or a space where it is a picture without a meaning.
func symbolIn(font string, r rune) rune {
	if r >= 0xf000 && r <= 0xf0ff {
		r -= 0xf000
	}
	if strings.EqualFold(font, "Symbol") {
		switch {
		case greek[r] != 0:
			return greek[r]
		case symbolSigns[r] != 0:
			return symbolSigns[r]
		case r > ' ' && r < 0x7f: // digits and brackets stand where they always do
			return r
		}
		return ' '
	}
	if s := dingbats[r]; s != 0 {
		return s
	}
	return ' '
}

// symbolOf is the character of a sym element.
func symbolOf(e xml.StartElement) string {
	code, err := strconv.ParseUint(attr(e, "char"), 16, 16)
	if err != nil {
		return " "
	}
	return string(symbolIn(attr(e, "font"), rune(code)))
}

// readable gives the signs of symbol fonts within a text as characters that every font has.
func readable(font, text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xf020 && r <= 0xf0ff {
			return symbolIn(font, r)
		}
		return r
	}, text)
}

var escape = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescape reads the way in which Excel and PowerPoint write characters that XML has not, such as _x000D_.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(s string) string {
		code, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return s
		}
		return string(rune(code))
	})
}
