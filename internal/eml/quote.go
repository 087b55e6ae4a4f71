package eml

import (
	"regexp"
	"strings"
)

// attributions say whose words follow, in the six languages as mail programs write
// them, on one line or folded onto up to three: "Am 23.11.2026 um 15:20 schrieb …:".
// Each begins with a line that holds a figure or an address, so that a sentence is not
// taken for one.
var attributions = []*regexp.Regexp{
	regexp.MustCompile(`^On\s.+\swrote\s?:$`),
	regexp.MustCompile(`^Am\s.+\sschrieb(\s.+)?\s?:$`),
	regexp.MustCompile(`^Le\s.+\sa écrit\s?:$`),
	regexp.MustCompile(`^Il\s.+\sha scritto\s?:$`),
	regexp.MustCompile(`^El\s.+\sescribió\s?:$`),
	regexp.MustCompile(`\s(пишет|писала?|написала?|написал\(а\)|писал\(а\))\s?:$`),
	regexp.MustCompile(`(19|20)\d\d.*<[^<>\s]+@[^<>\s]+>\s?:$`), // Gmail's in Russian has no verb
}

var figures = regexp.MustCompile(`[0-9@]`)

// dividers stand before what was answered or forwarded whole.
var dividers = regexp.MustCompile(`(?i)^(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|message d['’]origine|message original|message transféré|messaggio originale|messaggio inoltrato|mensaje original|mensaje reenviado|исходное сообщение|пересылаемое сообщение|пересланное сообщение)\s*-{2,}|(begin forwarded message|anfang der weitergeleiteten nachricht|début du message (réexpédié|transféré)|inizio messaggio inoltrato|inicio del mensaje reenviado|начало (переадресованного|пересылаемого) сообщения)\s?:)$`)

// Outlook writes the head of what was answered, in the language of its user.
var (
	blockFrom = regexp.MustCompile(`^\*?(From|Von|De|Da|От|От кого)\s?:\*?\s+\S`)
	blockSent = regexp.MustCompile(`^\*?(Sent|Date|Gesendet|Datum|Envoyé|Inviato|Data|Отправлено|Дата|Enviado|Enviado el|Fecha)\s?:\*?\s+\S`)
	rule      = regexp.MustCompile(`^_{10,}$`)
)

// footers are what telephones write under a message.
var footers = regexp.MustCompile(`(?i)^(sent from my |get outlook for |von meinem .{1,40} gesendet|gesendet von (meinem )?|envoyé (de mon|depuis mon|à partir) |inviato da(l mio)? |enviado desde mi |отправлено (с|из) ).{0,60}\.?$`)

// split parts a message's words into the sender's own and what she quoted. Answers
// between quoted lines are her own; after a head that quotes without marks, nothing is.
// Her signature belongs to neither.
func split(text string) (own, quoted string) {
	lines := strings.Split(text, "\n")
	var mine, theirs []string
	signed := false
	for i := 0; i < len(lines); i++ {
		text := strings.TrimSpace(strings.ReplaceAll(lines[i], "\u00a0", " "))
		if strings.HasPrefix(text, ">") {
			theirs, signed = append(theirs, unmark(text)), false
			continue
		}
		n, whole := attribution(lines[i:], text)
		switch {
		case whole:
			theirs = append(theirs, unmarked(lines[i:])...)
			return join(mine), join(theirs)
		case n > 0:
			theirs, signed = append(theirs, lines[i:i+n]...), false
			i += n - 1
		case text == "--":
			signed = true
		case signed || footers.MatchString(text):
		default:
			mine = append(mine, strings.TrimRight(lines[i], " \t"))
		}
	}
	return join(mine), join(theirs)
}

// attribution reports how many lines say whose words follow, 0 for none, and whether all
// that comes is quoted: where no marks follow.
func attribution(lines []string, text string) (n int, whole bool) {
	if dividers.MatchString(text) || rule.MatchString(text) && outlook(lines[1:]) || outlook(lines) {
		return 0, true
	}
	if !figures.MatchString(text) { // they begin with the day
		return 0, false
	}
	joined := ""
	for n := 1; n <= min(3, len(lines)); n++ {
		more := strings.TrimSpace(strings.ReplaceAll(lines[n-1], "\u00a0", " "))
		if joined = strings.TrimSpace(joined + " " + more); more == "" || len(joined) > 400 {
			break
		}
		if attributes(joined) {
			return n, !strings.HasPrefix(next(lines[n:]), ">")
		}
	}
	return 0, false
}

func attributes(text string) bool {
	if !strings.HasSuffix(text, ":") {
		return false
	}
	for _, form := range attributions {
		if form.MatchString(text) {
			return true
		}
	}
	return false
}

// outlook reports whether a head of Outlook's begins here.
func outlook(lines []string) bool {
	if len(lines) == 0 || !blockFrom.MatchString(strings.TrimSpace(lines[0])) {
		return false
	}
	for _, text := range lines[1:min(len(lines), 4)] {
		if blockSent.MatchString(strings.TrimSpace(text)) {
			return true
		}
	}
	return false
}

// next is the next line that holds something.
func next(lines []string) string {
	for _, text := range lines {
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
	}
	return ""
}

// unmark takes the marks of quotation away.
func unmark(text string) string {
	for strings.HasPrefix(text, ">") {
		text = strings.TrimPrefix(text[1:], " ")
	}
	return text
}

func unmarked(lines []string) []string {
	list := make([]string, len(lines))
	for i, text := range lines {
		if list[i] = text; strings.HasPrefix(text, ">") {
			list[i] = unmark(text)
		}
	}
	return list
}

var blank = regexp.MustCompile(`\n{3,}`)

func join(lines []string) string {
	return strings.TrimSpace(blank.ReplaceAllString(strings.Join(lines, "\n"), "\n\n"))
}

// unflow joins the lines that a mail program has folded (RFC 3676).
func unflow(text string, drop bool) string {
	var b strings.Builder
	lines := strings.Split(text, "\n")
	for i, s := range lines {
		s = strings.TrimPrefix(s, " ") // stuffed
		flows := strings.HasSuffix(s, " ") && s != "-- " && i+1 < len(lines) && depth(s) == depth(lines[i+1])
		if i > 0 && strings.HasSuffix(lines[i-1], " ") && depth(s) > 0 && depth(s) == depth(lines[i-1]) {
			s = unmark(s)
		}
		if flows && drop {
			s = strings.TrimSuffix(s, " ")
		}
		b.WriteString(s)
		if !flows {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// depth is how often a line is quoted.
func depth(s string) int { return len(s) - len(strings.TrimLeft(s, ">")) }
