package agenda

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// kinds are what titles call an activity.
	kinds = regexp.MustCompile(`(?i)(?:^|\P{L})(workshop|training|course|seminar|conference|meeting|round ?table|study visit|forum|webinar|briefing|consultation|exercise|summer school|symposium|` +
		`atelier|formation|cours|séminaire|conférence|réunion|table ronde|visite d[’']étude|stage|` +
		`arbeitstagung|lehrgang|schulung|kurs|seminar|konferenz|tagung|rundtisch|runder tisch|studienbesuch|studienreise|fachgespräch|übung|fortbildung|` +
		`corso|seminario|conferenza|riunione|tavola rotonda|visita di studio|laboratorio|incontro|formazione|` +
		`семинар\p{L}*|тренинг\p{L}*|курс\p{L}*|конференци\p{L}*|совещани\p{L}*|кругл\p{L} стол\p{L}?|круглый стол|учебн\p{L}+ (?:визит|поездк)\p{L}*|ознакомительн\p{L}+ (?:визит|поездк)\p{L}*|встреч\p{L}*|форум\p{L}*|учени\p{L}+|обучени\p{L}+|` +
		`taller|curso|seminario|conferencia|reunión|mesa redonda|visita de estudio|jornadas|encuentro|capacitación)`)
	// lead is what stands in front of a title: "Agenda of the", "Ordre du jour:".
	lead = regexp.MustCompile(`(?i)^(?:draft |final |provisional )?(?:(?:agenda|programme|program|schedule|invitation|concept note|ordre du jour|programme provisoire|invitation|tagesordnung|programm|einladung|ordine del giorno|programma|invito|повестка дня|программа|приглашение|orden del día|programa|invitación)\s*[:–—-]\s+|` +
		`(?:agenda|programme|program|schedule) (?:of|for) (?:the |a |an )?|invitation to (?:the |a |an )?|` +
		`(?:ordre du jour|programme) (?:de la |de l[’']|du |de )|invitation (?:à la |à l[’']|au |à )|` +
		`(?:ordine del giorno|programma) (?:della |dell[’']|dello |del |di )|invito (?:alla |all[’']|allo |al |a )|` +
		`(?:orden del día|programa) (?:de la |del |de )|invitación (?:a la |al |a ))`)
	// happens is where a sentence goes on after what is held: "… will take place in Osh".
	happens   = regexp.MustCompile(`(?i)[\s,(]+(?:will be held|will take place|takes? place|to be held|is held|aura lieu|se tiendra|se déroulera|tenue? à|findet|wird .{0,40}stattfinden|si (?:terrà|svolgerà)|avrà luogo|состоится|состоятся|пройд[её]т|проводится|которы[йе] пройд|se celebrará|tendrá lugar|se realizará)(?:\s|$).*$`)
	forwarded = regexp.MustCompile(`(?i)^(?:(?:fwd?|re|aw|wg|tr|rif|r|i|inoltra|rv|enc|ha|пер|fw|ответ|переслано|antw)\s*(?:\[\d+\])?\s*:\s*)+`)
	address   = regexp.MustCompile(`(?i)(@|https?://|www\.|tel\.?\s*[:+]|\+\d{2,}|zoom\.us)`)
	// greeting begins the words of a letter.
	greeting = regexp.MustCompile(`(?i)^(dear|hello|hi|good (?:morning|afternoon)|cher|chère|bonjour|madame|monsieur|mesdames|sehr geehrte|liebe|guten tag|hallo|gentil|egregi|buongiorno|car[oaie]\s|уважаем|добрый день|здравствуйте|estimad|buenos días|querid|please find|best regards|kind regards)`)
)

// above are the words that stand above agendas and make no title.
var above = set("draft final provisional preliminary tentative indicative annotated revised updated detailed training workshop course meeting seminar event conference public restricted official use only for original english " +
	"agenda programme program schedule timetable concept note outline invitation annex of the to items item " +
	"projet d l provisoire définitif indicatif ordre du jour horaire calendrier annexe de travail journée français " +
	"entwurf vorläufig vorläufige vorläufiger vorläufiges endgültige endgültiger tagesordnung programm ablauf zeitplan ablaufplan einladung anlage kursprogramm deutsch " +
	"bozza provvisorio definitivo ordine del giorno programma invito allegato orario di massima dei lavori italiano " +
	"проект программы предварительная итоговая повестка дня программа расписание приглашение приложение план мероприятия семинара курса русский оригинал " +
	"borrador orden día programa horario invitación anexo español " +
	"version versione версия versión fassung rev page seite pagina стр página no nr osce osze обсе")

// generic reports whether a line stands above any agenda.
func generic(text string) bool {
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) }) {
		if !above[w] {
			return false
		}
	}
	return true
}

// bare reports whether a line says only what kind of activity it is: "Training course".
func bare(text string) bool {
	return len(strings.Fields(text)) <= 3 && kinds.MatchString(text)
}

// findTitle proposes what the text announces as its title; else the line of its head
// that looks most like one.
func (s *scan) findTitle(a *Agenda) {
	if s.Body {
		s.subjectTitle(a)
		return
	}
	best, weight, announced := -1, 0, false
	for i, l := range s.lines {
		if l.label&ofTitle != 0 && l.label&(ofDays|ofPlace) == 0 && l.value < len(l.text) && i < 2*headPassages && !generic(l.text[l.value:]) {
			best, announced = i, true
			break
		}
		if w := s.titleWeight(i); w > weight {
			best, weight = i, w
		}
	}
	if best < 0 {
		return
	}
	s.title = best
	text, sure := s.titleText(best, announced), Unsure
	if announced || weight >= 8 {
		sure = Likely
	}
	if text != "" {
		a.Title = s.finding(best, text, sure, 0, 0)
	}
}

// subjectTitle proposes a letter's subject: its prose is no title.
func (s *scan) subjectTitle(a *Agenda) {
	text := unled(strings.TrimSpace(forwarded.ReplaceAllString(strings.TrimSpace(s.Subject), "")))
	if text == "" || generic(text) {
		return
	}
	a.Title = Finding{Value: shortened(text), Sure: Unsure, Quote: excerpt(s.Subject, 0, 0), File: s.File}
}

// titleWeight is how much a line looks like a title; 0 is not at all.
func (s *scan) titleWeight(i int) int {
	l := s.lines[i]
	n := utf8.RuneCountInString(l.text)
	words := len(strings.Fields(l.text))
	switch {
	case !l.head || n < 8 || n > 260 || words < 2 || generic(l.text) || address.MatchString(l.text) || greeting.MatchString(l.text):
		return 0
	case l.label&(ofDays|ofPlace|ofOrganisers|ofLanguages) != 0 || l.label == ofOther || s.mostlyNamed(l):
		return 0
	case startsWithClock(l.text):
		return 0
	}
	weight := 4
	if l.page <= 1 {
		weight -= min(i, 10) / 3
	}
	for _, of := range []struct {
		is   bool
		adds int
	}{
		{kinds.MatchString(l.text), 5},
		{strings.ContainsAny(l.text, "«“„\""), 1},
		{l.short(), 1},
		{n > 180, -3},
		{strings.HasSuffix(l.text, ".") && words > 12, -3},
		{loud(l.text), 1},
		{len(l.spans) > 0, -2},
		{organised.MatchString(l.text) || paid.MatchString(l.text), -4},
		{l.text == s.Content.Title, 1},
	} {
		if of.is {
			weight += of.adds
		}
	}
	return max(weight, 0)
}

func startsWithClock(text string) bool {
	t := lex(text)
	return len(t) > 0 && (t[0].kind == clock || len(t) > 2 && t[0].kind == number && t[1].kind == dot && t[2].kind == number)
}

// loud reports whether a line is written in capitals.
func loud(text string) bool {
	return strings.ContainsFunc(text, unicode.IsUpper) && !strings.ContainsFunc(text, unicode.IsLower)
}

// mostlyNamed reports whether a line is hardly more than days and names: a letter's head,
// a place.
func (s *scan) mostlyNamed(l line) bool {
	covered := 0
	for _, x := range l.spans {
		covered += x.end - x.start
	}
	for _, m := range l.mentions {
		covered += m.end - m.start
	}
	return 10*covered >= 6*len(l.text)
}

// titleText is a title with the lines over which it goes on.
func (s *scan) titleText(i int, announced bool) string {
	l := s.lines[i]
	if announced {
		return shortened(trimTitle(l.text[l.value:]))
	}
	if l.label&ofTitle != 0 && l.value > 0 && l.value < len(l.text) && strings.ContainsAny(l.text[:l.value], ":") && len(strings.Fields(l.text[:l.value])) == 1 && labels[strings.ToLower(strings.Trim(l.text[:l.value], ": "))]&ofTitle != 0 && !kinds.MatchString(l.text[:l.value]) {
		return shortened(trimTitle(l.text[l.value:]))
	}
	text := trimTitle(placeless(l))
	if i > 0 && s.lines[i-1].label == 0 && bare(s.lines[i-1].text) && !bare(text) && len(s.lines[i-1].spans) == 0 {
		text = joinedTitle(trimTitle(s.lines[i-1].text), text)
	}
	for next := i + 1; next < len(s.lines) && next < i+4; next++ {
		more := s.lines[next]
		if !goesOn(text, more.text) || more.label != 0 || len(more.spans) > 0 || s.mostlyNamed(more) || generic(more.text) || address.MatchString(more.text) || startsWithClock(more.text) {
			break
		}
		text = joinedTitle(text, trimTitle(more.text))
	}
	return shortened(unled(text))
}

// joinedTitle puts two lines of a title together: a colon stands behind its kind alone.
func joinedTitle(text, more string) string {
	first, _ := utf8.DecodeRuneInString(more)
	if last := lastWord(text); bare(text) && !small[last] && unicode.IsUpper(first) {
		return text + ": " + more
	}
	return text + " " + more
}

// placeless is a line without the days at its end: "Workshop on borders, 3–4 June 2026".
func placeless(l line) string {
	if short := happens.ReplaceAllString(l.text, ""); short != l.text && utf8.RuneCountInString(short) >= 8 {
		return short
	}
	if len(l.spans) == 0 {
		return l.text
	}
	first := l.spans[0].start
	if first < 12 {
		return placeText(without(l.text, 0, l.spans))
	}
	head := l.text[:first]
	for _, m := range l.mentions { // "…, Bishkek, 3–4 June 2026"
		if m.about != aBody && m.end <= first && m.start > 12 && len(l.text[m.end:first]) < 6 {
			if c := strings.TrimRight(l.text[:m.start], " "); strings.HasSuffix(c, ",") || strings.HasSuffix(c, "(") || strings.HasSuffix(c, "–") {
				head = c
			}
		}
	}
	return trailing.ReplaceAllString(head, "")
}

var trailing = regexp.MustCompile(`(?i)[\s,;(–—-]+(?:from|on|du|le|les|vom|am|den|dal|il|с|со|del|el|los|in|à|a|в|en|the)?[\s,;(–—-]*$`)

// goesOn reports whether a title that stands in several lines goes on in the next: it
// ends with a small word, or the next begins with a small letter or in quotes.
func goesOn(text, next string) bool {
	if utf8.RuneCountInString(text)+utf8.RuneCountInString(next) > longestTitle {
		return false
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return false
	}
	last, first := words[len(words)-1], []rune(strings.TrimSpace(next))
	if len(first) == 0 {
		return false
	}
	quoted := strings.ContainsRune("«“„\"", first[0]) && !strings.ContainsAny(text, "«“„\"")
	return bare(text) && !generic(next) || unicode.IsLower(first[0]) && len(words) <= 14 || quoted || small[strings.ToLower(last)] || strings.HasSuffix(text, ":") && len(words) <= 8
}

var small = set("on of for the and in to with against sur de des du la le les et pour en aux au l' zu zur zum und für von der die das über im in bei gegen su di del della dei delle e per la il in contro по на и в о об для с против sobre de del la el y para en contra")

// unled is a title without what announces it.
func unled(text string) string {
	rest := strings.TrimSpace(lead.ReplaceAllString(text, ""))
	if rest == "" || generic(rest) {
		return text
	}
	first, n := utf8.DecodeRuneInString(rest)
	return string(unicode.ToUpper(first)) + rest[n:]
}

func trimTitle(text string) string { return strings.Trim(text, " \t–—-|·•,;:") }
