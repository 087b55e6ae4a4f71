package agenda

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"polis/internal/extract"
)

// kind is what a token is for a day.
type kind int

const (
	none kind = iota
	number
	month
	weekday
	clock  // 09:30, 9h30
	dash   // –
	until  // to, au, bis, al, по
	and    // and, et, und, e, и, y
	comma  // ,
	dot    // .
	slash  // /
	filler // of, de, le, den, с
	word   // any other
	sign   // any other
)

// token is a piece of a text.
type token struct {
	kind       kind
	text       string // in lower case
	value      int    // of a number, month or weekday
	digits     int    // of a number
	start, end int    // bytes
}

var weekdays = wordNumbers(map[time.Weekday]string{
	time.Monday:    "monday mon lundi montag lunedì lunedi понедельник понедельника понедельником lunes",
	time.Tuesday:   "tuesday tue mardi dienstag martedì martedi вторник вторника вторником martes",
	time.Wednesday: "wednesday wed mercredi mittwoch mercoledì mercoledi среда среды среду средой miércoles miercoles",
	time.Thursday:  "thursday thu jeudi donnerstag giovedì giovedi четверг четверга четвергом jueves",
	time.Friday:    "friday fri vendredi freitag venerdì venerdi пятница пятницы пятницу пятницей viernes",
	time.Saturday:  "saturday sat samedi samstag sonnabend sabato суббота субботы субботу субботой sábado sabado",
	time.Sunday:    "sunday sun dimanche sonntag domenica воскресенье воскресенья воскресеньем domingo",
})

func wordNumbers(of map[time.Weekday]string) map[string]int {
	all := map[string]int{}
	for day, names := range of {
		for name := range strings.FieldsSeq(names) {
			all[name] = int(day)
		}
	}
	return all
}

var (
	untilWords  = set("to until till through thru au jusqu'au bis al a по до")
	andWords    = set("and et und e ed и y &")
	yearWords   = set("г года году гг год")
	fillerWords = set("of the from on de del du d' le la les den der am vom il lo dal dall' dell' с со el los das zum um à at von г года году гг год")
	// countsParts are words whose number is no day.
	countsParts = set("day days session sessions module room part item annex week unit step jour journée séance salle annexe semaine tag sitzung modul raum teil anhang woche block " +
		"giorno giornata sessione modulo sala allegato settimana parte день сессия модуль зал часть приложение неделя занятие заседание día dia jornada sesión sesion módulo modulo anexo semana no nr nº")
	// suffixes stand right behind the number of a day.
	suffixes = set("st nd rd th er ère º ° ª го е й")
)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

// lex divides a text into tokens; blanks are none.
func lex(text string) (tokens []token) {
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(c):
			i += n
			continue
		case c >= '0' && c <= '9':
			tokens = append(tokens, figureAt(text, i))
		case unicode.IsLetter(c):
			tokens = append(tokens, wordAt(text, i))
		default:
			tokens = append(tokens, token{kind: signs[c], text: string(c), start: i, end: i + n})
			if t := &tokens[len(tokens)-1]; t.kind == none {
				t.kind = sign
			}
		}
		i = tokens[len(tokens)-1].end
	}
	return tokens
}

var signs = map[rune]kind{
	'-': dash, '‐': dash, '‑': dash, '–': dash, '—': dash, '−': dash, ',': comma, '.': dot, '/': slash, '&': and,
}

// figureAt is a number with the ending that makes it a day, or a time.
func figureAt(text string, start int) token {
	end := start
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	t := token{kind: number, digits: end - start, start: start, end: end}
	if t.digits > 4 {
		t.kind = sign
		return t
	}
	for _, c := range text[start:end] {
		t.value = t.value*10 + int(c-'0')
	}
	rest := text[end:]
	if len(rest) > 2 && strings.ContainsRune(":h", rune(rest[0])) && isDigit(rest[1]) && isDigit(rest[2]) {
		t.kind, t.end = clock, end+3
		return t
	}
	if tail := strings.TrimPrefix(rest, "-"); tail != "" {
		last := strings.IndexFunc(tail, func(c rune) bool { return !unicode.IsLetter(c) && c != 'º' && c != '°' && c != 'ª' })
		if last < 0 {
			last = len(tail)
		}
		switch ending := strings.ToLower(tail[:last]); {
		case suffixes[ending]:
			t.end = len(text) - len(tail) + last
		case last > 0 && len(tail) == len(rest): // 3D, 24h
			t.kind = sign
		}
	}
	return t
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// wordAt is a word: a month, a weekday, what joins days, or any other.
func wordAt(text string, start int) token {
	end := len(text)
	if n := strings.IndexFunc(text[start:], func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.Is(unicode.Mn, c) && c != '\'' && c != '’'
	}); n >= 0 {
		end = start + n
	}
	lower := strings.ReplaceAll(strings.ToLower(text[start:end]), "’", "'")
	if head, _, cut := strings.Cut(lower, "'"); cut && fillerWords[head+"'"] { // d'avril, dall'1
		end = start + strings.IndexAny(text[start:end], "'’")
		_, n := utf8.DecodeRuneInString(text[end:])
		return token{kind: filler, text: head + "'", start: start, end: end + n}
	}
	t := token{kind: word, text: lower, start: start, end: end}
	if day, ok := weekdays[lower]; ok {
		t.kind, t.value = weekday, day
		return t
	}
	if m := extract.MonthNamed(lower); m > 0 {
		t.kind, t.value = month, m
		return t
	}
	switch {
	case untilWords[lower]:
		t.kind = until
	case andWords[lower]:
		t.kind = and
	case fillerWords[lower]:
		t.kind = filler
	}
	return t
}
