package agenda

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/lang"
)

var (
	// tied are words for what is online, which are not the subject of a course ("online
	// child abuse").
	tied = regexp.MustCompile(`(?i)(?:^|\P{L})(` +
		`(?:online|virtual|remote|hybrid)[ -](?:training|course|workshop|meeting|seminar|session|event|conference|class|format|mode|briefing|round ?table)|webinar\w*|video-?conferenc\w*|held online|via (?:zoom|webex|(?:microsoft |ms )?teams)|zoom\.us|teams\.microsoft\.com|` +
		`(?:formation|cours|atelier|réunion|séminaire|session|conférence) (?:en ligne|à distance|virtuelle?)|visioconférence|webinaire|(?:se tiendra|tenue?) en ligne|` +
		`online-(?:kurs|schulung|seminar|veranstaltung|workshop|treffen|sitzung|format|training)|videokonferenz|findet online statt|virtuelle[rsn]? (?:treffen|sitzung|workshop|kurs)|` +
		`(?:corso|seminario|riunione|incontro|formazione|evento) (?:online|on-line|a distanza|virtuale|in videoconferenza)|videoconferenza|modalità (?:telematica|online|a distanza)|` +
		`онлайн-?\s?(?:курс\p{L}*|семинар\p{L}*|встреч\p{L}*|тренинг\p{L}*|формат\p{L}*|совещани\p{L}*|обучени\p{L}*)|в (?:режиме|формате) онлайн|в онлайн-формате|вебинар\p{L}*|видеоконференц\p{L}*|дистанционн\p{L}*|` +
		`(?:curso|taller|reunión|seminario|formación) (?:en línea|virtual|a distancia|online)|videoconferencia|seminario web|en formato virtual)`)
	// plainly are such words where a place is expected.
	plainly   = regexp.MustCompile(`(?i)(?:^|\P{L})(online|on-line|virtual\p{L}*|hybrid\p{L}*|hybride|zoom|webex|teams|en ligne|visioconférence|à distance|videokonferenz|videoconferenza|a distanza|онлайн|zoom|видеоконференц\p{L}*|дистанционно|en línea|videoconferencia)(?:$|\P{L})`)
	organised = regexp.MustCompile(`(?i)(?:^|\P{L})(organi[sz]ed by|organi[sz]ed jointly|jointly organi[sz]ed|hosted by|organisée? par|organisés par|veranstaltet von|durchgeführt von|organisiert von|organizzat[oa] da|организ(?:ован|уем|уют|ует)|organizad[oa] por)`)
	paid      = regexp.MustCompile(`(?i)(fund(?:ed|ing)|support of|supported by|donor|financ|soutien|appui|finanziert|unterstütz|gefördert|finanziat|sostegno|contributo|финанс|поддержк|financiad|apoyo)`)
)

// onlineIn is where a text says that something is held online; place tells that a place
// is expected there.
func onlineIn(text string, place bool) (where [2]int, online bool) {
	m := tied.FindStringSubmatchIndex(text)
	if m == nil && place {
		m = plainly.FindStringSubmatchIndex(text)
	}
	if m == nil {
		return where, false
	}
	return [2]int{m[2], m[3]}, true
}

func (s *scan) findOnline(a *Agenda) {
	for i, l := range s.lines {
		if !l.head && l.label&ofPlace == 0 {
			continue
		}
		alone := l.head && utf8.RuneCountInString(l.text) <= 24
		if where, online := onlineIn(l.text, l.label&ofPlace != 0 || alone); online {
			a.Online = s.finding(i, "1", Likely, where[0], where[1])
			return
		}
	}
}

// findPlace proposes where it is held: what the text announces as the place, else the
// city beside the days, else the first that its head names.
func (s *scan) findPlace(a *Agenda) {
	for i, l := range s.lines {
		if l.label&ofPlace == 0 || l.value >= len(l.text) || l.label == ofOther {
			continue
		}
		place := stateless(placeText(without(l.text, l.value, l.spans)), l)
		if _, online := onlineIn(place, true); online && !slices.ContainsFunc(l.mentions, isPlace) {
			return
		}
		if place != "" {
			a.Place = s.finding(i, place, Likely, l.value, len(l.text))
			s.findState(a, i)
			return
		}
	}
	s.placeBesideDays(a)
}

func isPlace(m mention) bool { return m.about != aBody }

// findState proposes the State of a line that names the place: the one that it names, or
// that of the city.
func (s *scan) findState(a *Agenda, i int) {
	for _, kind := range []about{aState, aCity} {
		for _, m := range s.lines[i].mentions {
			if m.about == kind {
				a.State = s.finding(i, m.id, Likely, m.start, m.end)
				return
			}
		}
	}
}

// placeBesideDays looks for a city without a label.
func (s *scan) placeBesideDays(a *Agenda) {
	best, at, weight := mention{}, -1, 0
	beside := func(i int) bool {
		return i != s.title && s.lines[i].short() && (i > 0 && len(s.lines[i-1].spans) > 0 || i+1 < len(s.lines) && len(s.lines[i+1].spans) > 0)
	}
	for i, l := range s.lines {
		for _, m := range l.mentions {
			if m.about != aCity || !l.head || l.label == ofOther || clocks.MatchString(l.text) {
				continue
			}
			w := 1
			if len(l.spans) > 0 && !elsewhere.MatchString(l.text[:l.spans[0].start]) {
				w += 4
			}
			if l.short() {
				w++
			}
			if beside(i) {
				w += 2
			}
			if w > weight {
				best, at, weight = m, i, w
			}
		}
	}
	if at < 0 {
		s.unknownPlace(a)
		return
	}
	l, sure := s.lines[at], Unsure
	if weight >= 5 {
		sure = Likely
	}
	value := best.city.names[cmp.Or(s.tag, lang.English)]
	if rest := stateless(placeText(without(l.text, 0, l.spans)), l); l.short() && at != s.title && aName(rest, beside(at)) && !kinds.MatchString(rest) {
		value = rest
	}
	a.Place = s.finding(at, value, sure, best.start, best.end)
	s.findState(a, at)
}

// aName reports whether a text is made of names: all its longer words begin with a
// capital letter or a figure; beside the days two may be small ("Palais des congrès").
func aName(text string, besideDays bool) bool {
	words, allowed := strings.Fields(text), 0
	if len(words) == 0 || len(words) > 9 {
		return false
	}
	if besideDays {
		allowed = 2
	}
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "«\"“(„"))
		if utf8.RuneCountInString(w) > 3 && !unicode.IsUpper(first) && !unicode.IsDigit(first) {
			allowed--
		}
	}
	first, _ := utf8.DecodeRuneInString(text)
	return allowed >= 0 && unicode.IsUpper(first)
}

// clocks are lines that say by which city's time it goes.
var clocks = regexp.MustCompile(`(?i)(?:^|\P{L})(?:times?|uhrzeit|zeitangaben|ortszeit|heures? de|heure d[’']|ora di|hora de|время|времени)(?:$|\P{L})`)

// stateless is a place without the State behind it, which is proposed beside it.
func stateless(place string, l line) string {
	for _, m := range l.mentions {
		if name := l.text[m.start:m.end]; m.about == aState && len(place) > len(name) {
			if rest, ok := strings.CutSuffix(strings.TrimRight(place, ")"), name); ok {
				return strings.TrimRight(rest, " ,(–-")
			}
		}
	}
	return place
}

var beforeDays = regexp.MustCompile(`^((?:\p{Lu}[\p{L}’'-]+)(?: \p{Lu}[\p{L}’'-]+){0,2}),\s*$`)

// unknownPlace proposes the name in front of the days: "Naryn, 3 June 2026".
func (s *scan) unknownPlace(a *Agenda) {
	for i, l := range s.lines {
		if !l.head || len(l.spans) == 0 || !l.short() {
			continue
		}
		m := beforeDays.FindStringSubmatch(l.text[:l.spans[0].start])
		if m == nil || generic(m[1]) || slices.ContainsFunc(lex(m[1]), func(t token) bool { return t.kind == weekday || t.kind == month || countsParts[t.text] }) {
			continue
		}
		a.Place = s.finding(i, m[1], Unsure, 0, len(m[1]))
		s.findState(a, i)
		return
	}
}

// without is a text from a byte on without its days, their weekdays and times.
func without(text string, from int, days []span) string {
	var b strings.Builder
	at := from
	for _, x := range days {
		if x.start >= at {
			b.WriteString(text[at:x.start] + "\x00")
			at = x.end
		}
	}
	b.WriteString(text[at:])
	return b.String()
}

var beside = regexp.MustCompile(`(?i)(?:(?:^|[\s,;(])(?:from|on|du|le|les|vom|am|den|dal|il|с|со|del|el|los)?\s*\x00[,;]?|(?:(?:^|[\s,;])(?:at|à|um|alle|ore|ora|a las|в)\s+)?\d{1,2}[:.]\d{2}\s*(?:uhr|h|hrs|ч\.?)?(?:\s*[-–]\s*\d{1,2}[:.]\d{2})?(?:\s*(?:uhr|hrs|h))?)`)

// placeText is a place as one writes it into a form.
func placeText(text string) string {
	text = beside.ReplaceAllString(text, " ")
	text = strings.Map(func(c rune) rune {
		if c == '\t' || c == 0 {
			return ' '
		}
		return c
	}, text)
	var kept []string
	for _, w := range strings.Fields(text) {
		if t := lex(w); len(t) > 0 && t[0].kind == weekday {
			continue
		}
		kept = append(kept, w)
	}
	text = strings.Trim(strings.Join(kept, " "), " ,;:.–—-|·•()")
	if strings.Count(text, "(") > strings.Count(text, ")") {
		text += ")"
	}
	if utf8.RuneCountInString(text) > longestTitle || !strings.ContainsFunc(text, unicode.IsLetter) {
		return ""
	}
	return text
}
