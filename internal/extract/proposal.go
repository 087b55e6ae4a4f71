package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/lang"
)

// openingBytes of a document are where its symbol, date and title stand.
const openingBytes = 4000

// propose fills in what the file says about itself. The beginning of the text is believed before the properties,
// which often describe the file's template or its last printing.
func propose(c *Content, m metadata) {
	opening := openingOf(c)
	c.Symbol = findSymbol(opening)
	c.Original = findOriginal(opening)
	c.Date = findDate(opening)
	if c.Date == "" {
		c.Date = m.date
	}
	c.Title = title(c, m.title, opening)
}

// openingOf is the beginning of the text with the margins of its first page.
func openingOf(c *Content) string {
	var b strings.Builder
	for i, p := range c.Margins {
		if p.Page > 1 || i >= 8 {
			break
		}
		b.WriteString(p.Text + "\n")
	}
	for _, p := range c.Passages {
		b.WriteString(p.Text[:min(len(p.Text), openingBytes)] + "\n")
		if b.Len() > openingBytes {
			break
		}
	}
	return b.String()
}

var (
	// symbol as OSCE registers write it: PC.DEC/1049, MC.DEC/9/01, CIO.GAL/12/20/Rev.1.
	symbol = regexp.MustCompile(`\b[A-Z]{2,6}(?:\.[A-Z]{2,6})+/[0-9]{1,4}(?:/[0-9]{2,4})?(?:/(?:Rev|Corr|Add)\.[0-9]{1,2})*`)
	// decision as its heading names it in six languages.
	decision = regexp.MustCompile(`(?i)^(decision|décision|beschluss|decisione|decisión|решение)\s+(?:no\.?|n[o°º]\.?|nr\.?|n\.|núm\.?|№)\s*([0-9]{1,4}(?:/[0-9]{2,4})?(?:/(?:rev|corr|add)\.[0-9]{1,2})*)`)
	original = regexp.MustCompile(`(?i)(?:^|\n|\s)(?:originale?|оригинал|originalsprache|язык оригинала)\s*[:：]\s*(\p{L}+)`)
)

// lookalikes are Cyrillic letters that typists put into symbols.
var lookalikes = strings.NewReplacer("А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "O", "Р", "P", "С", "C", "Т", "T", "Х", "X")

// findSymbol is the first register symbol, else the number of a decision.
func findSymbol(opening string) string {
	if s := symbol.FindString(lookalikes.Replace(opening)); s != "" {
		return s
	}
	for l := range strings.Lines(opening) {
		if m := decision.FindString(strings.TrimSpace(l)); m != "" && len(l) < 200 {
			return clean(m)
		}
	}
	return ""
}

// originals are names of languages as "Original:" lines give them.
var originals = map[string]lang.Tag{
	"english": lang.English, "anglais": lang.English, "englisch": lang.English, "inglese": lang.English, "английский": lang.English, "inglés": lang.English,
	"french": lang.French, "français": lang.French, "französisch": lang.French, "francese": lang.French, "французский": lang.French, "francés": lang.French,
	"german": lang.German, "allemand": lang.German, "deutsch": lang.German, "tedesco": lang.German, "немецкий": lang.German, "alemán": lang.German,
	"italian": lang.Italian, "italien": lang.Italian, "italienisch": lang.Italian, "italiano": lang.Italian, "итальянский": lang.Italian,
	"russian": lang.Russian, "russe": lang.Russian, "russisch": lang.Russian, "russo": lang.Russian, "русский": lang.Russian, "ruso": lang.Russian,
	"spanish": lang.Spanish, "espagnol": lang.Spanish, "spanisch": lang.Spanish, "spagnolo": lang.Spanish, "испанский": lang.Spanish, "español": lang.Spanish,
}

func findOriginal(opening string) lang.Tag {
	if m := original.FindStringSubmatch(opening); m != nil {
		return originals[strings.ToLower(m[1])]
	}
	return ""
}

// nonsense are titles that programs leave in a file's properties.
var nonsense = regexp.MustCompile(`(?i)^(microsoft (word|powerpoint|excel|office)\b.*|untitled.*|unbenannt.*|sans titre.*|senza titolo.*|sin título.*|без названия.*|` +
	`document ?\d*|dokument ?\d*|presentation ?\d*|powerpoint.presentation|презентация.*powerpoint|présentation powerpoint|folie ?\d+|slide ?\d+|` +
	`title|titel|titre|заголовок|doc\d*|layout \d+|template|cover|.*\.(docx?|rtf|pdf|pptx?|xlsx?|odt|odp|indd|qxd|wpd|tex|dvi|html?|p65|eps))$`)

// title prefers the property where it is a title and its words stand at the beginning of the text, then the first
// heading, then the first short passage.
func title(c *Content, property, opening string) string {
	if sensible(property) && (agrees(property, opening) || len(c.Passages) == 0) {
		return property
	}
	for _, headings := range []bool{true, false} {
		for i, p := range c.Passages[:min(len(c.Passages), 40)] {
			if (p.Kind == Heading) == headings && p.Kind != TableRow && p.Kind != Code && sensible(p.Text) && !formal(p.Text) {
				return whole(c.Passages[i:])
			}
		}
	}
	if sensible(property) {
		return property
	}
	return ""
}

// sensible says that a text can be a title at all.
func sensible(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	n := utf8.RuneCountInString(s)
	return n <= 250 && letters >= 4 && letters*2 >= n && !strings.ContainsRune(s, utf8.RuneError) &&
		!strings.HasPrefix(s, "þÿ") && !nonsense.MatchString(strings.TrimSpace(s))
}

// agrees says that most of a title's words stand in the opening.
func agrees(title, opening string) bool {
	opening = strings.ToLower(opening)
	found, all := 0, 0
	for _, w := range strings.FieldsFunc(strings.ToLower(title), notWord) {
		all++
		if strings.Contains(opening, w) {
			found++
		}
	}
	return found*10 >= all*6
}

// formal are lines that stand above a title: symbol, number of the decision, original language, date, the
// organization's name.
func formal(s string) bool {
	low := strings.ToLower(s)
	switch {
	case symbol.MatchString(s) && len(s) < 80, decision.MatchString(s) && len(s) < 40, original.MatchString(s):
		return true
	case findDate(s) != "" && len([]rune(s)) < 40:
		return true
	}
	for _, name := range []string{
		"organization for security and co", "organisation pour la sécurité et la coopération", "organisation für sicherheit und zusammenarbeit",
		"organizzazione per la sicurezza e la cooperazione", "организация по безопасности и сотрудничеству", "organización para la seguridad y la cooperación",
		"permanent council", "conseil permanent", "ständiger rat", "consiglio permanente", "постоянный совет", "consejo permanente",
		"table of contents", "contents", "inhalt", "sommaire", "indice", "índice", "содержание", "оглавление",
	} {
		if strings.HasPrefix(low, name) && len(s) < 2*len(name)+20 {
			return true
		}
	}
	return false
}

// whole joins a title that is set in several headings of one level.
func whole(passages []Passage) string {
	title := passages[0].Text
	for _, p := range passages[1:min(len(passages), 3)] {
		if p.Kind != Heading || passages[0].Kind != Heading || p.Level != passages[0].Level || p.Page != passages[0].Page ||
			!isCapitals(title) || !isCapitals(p.Text) || len(title)+len(p.Text) > 200 {
			break
		}
		title += " " + p.Text
	}
	return title
}
