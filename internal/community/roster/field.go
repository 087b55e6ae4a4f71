package roster

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/framework"
)

// Width is who sees a field, or finds somebody. Messages: "expert.width.NAME".
type Width int64

// The widths, from the narrowest.
const (
	Mine     Width = iota // nobody but her
	Keepers               // who vouches for her, and the desk
	Official              // officials
	Members               // everybody for whom somebody vouches
)

var widthNames = []string{"mine", "keepers", "official", "members"}

func (w Width) String() string {
	if w < Mine || w > Members {
		return "none"
	}
	return widthNames[w]
}

// ParseWidth reads a width's name.
func ParseWidth(name string) (Width, bool) {
	i := slices.Index(widthNames, name)
	return Width(i), i >= 0
}

// Widths lists them all.
var Widths = []Width{Mine, Keepers, Official, Members}

// Field is a part of a profile. Messages: "expert.field.FIELD".
type Field string

// The fields. Contact has no lines: whether her address is shown. Record is written by
// what was confirmed.
const (
	About       Field = "about"
	Theme       Field = "theme"
	Language    Field = "language"
	Free        Field = "free"
	Assignment  Field = "assignment"
	Service     Field = "service"
	Rank        Field = "rank"
	Mission     Field = "mission"
	Training    Field = "training"
	Publication Field = "publication"
	Gender      Field = "gender"
	National    Field = "national"
	Exclusion   Field = "exclusion"
	Contact     Field = "contact"
	Record      Field = "record"
)

// Fields lists them all, in the order in which they are shown.
var Fields = []Field{
	About, Theme, Language, Free, Assignment, Service, Rank, Mission, Training, Publication, Gender, National, Exclusion, Contact, Record,
}

// What may stand as value of a line. Messages: "expert.service.SERVICE" and so on.
var (
	Services = []string{"general", "investigation", "border", "gendarmerie", "public-order", "traffic", "forensics", "intelligence", "academy", "oversight", "prosecution", "civilian"}
	// RankGroups are four and civilian staff: ranks have other names in each service.
	RankGroups  = []string{"junior", "middle", "senior", "executive", "civilian"}
	Assignments = []string{"training", "assessment", "evaluation", "mentoring", "advice", "curriculum", "study"}
	Genders     = []string{"woman", "man", "other"}
	// Times are what a line of Free says: free, not free, or how many days she needs to know
	// before (Level).
	Times = []string{"free", "busy", "lead"}
)

// Own is the level of a language that is somebody's own; A1 to C2 are 1 to 6.
const Own = 7

// Tongues are the languages that a profile can name, by their two letters.
var Tongues = strings.Fields(`en fr de it ru es ar az be bg bs ca cs da el et fa fi ga he hr hu hy is ka kk ky lb lt lv mk mn mt nl no pl ps pt ro sk sl sq sr sv tg tk tr uk uz zh`)

// Line is one entry of a field. What each part means follows from the field.
type Line struct {
	Value string // a theme, a language, a State, …, or ""
	Level int64  // of a theme 1–3, of a language 1–7, of a lead time days
	Words string // evidence, function and with whom, remarks, a reason
	Since string // a day or year, or ""
	Until string
}

// empty reports whether nothing was written into it.
func (l Line) empty() bool { return l == Line{} }

// Bounds of a profile.
const (
	maxLines = 60
	maxText  = 4000 // bytes of a line's words
	maxLead  = 365
)

// form is what the lines of a field are made of.
type form struct {
	most   int      // lines
	values []string // nil: others, see check
	free   bool     // a line may have no value
	words  bool     // it says something in words
	years  bool     // since and until are years
	days   bool     // they are days
	level  int64    // the highest, 0 where there is none
}

var forms = map[Field]form{
	About:       {most: 1, free: true, words: true},
	Theme:       {most: 20, words: true, level: 3},
	Language:    {most: 20, values: Tongues, level: Own},
	Free:        {most: maxLines, values: Times, words: true, days: true, level: maxLead},
	Assignment:  {most: len(Assignments), values: Assignments},
	Service:     {most: len(Services), values: Services},
	Rank:        {most: 1, values: RankGroups},
	Mission:     {most: 40, words: true, years: true},
	Training:    {most: 40, free: true, words: true, years: true},
	Publication: {most: 40, free: true, words: true, years: true},
	Gender:      {most: 1, values: Genders},
	National:    {most: 5},
	Exclusion:   {most: 20, free: true, words: true, days: true},
	Contact:     {},
}

// Writes reports whether the field is one that its owner writes.
func (f Field) Writes() bool { _, ok := forms[f]; return ok }

// check returns the lines as they are kept, without the empty ones, or an Invalid.
func (f Field) check(lines []Line) ([]Line, error) {
	of, ok := forms[f]
	if !ok {
		return nil, Invalid{"field": "expert.error.field"}
	}
	v := Invalid{}
	var kept []Line
	for _, l := range lines {
		l.Words = strings.TrimSpace(l.Words)
		if l.empty() {
			continue
		}
		if key := of.wrong(f, l); key != "" {
			v[string(f)] = key
		}
		again := slices.ContainsFunc(kept, func(k Line) bool { return k.Value == l.Value })
		switch {
		case again && l.Value != "" && slices.Contains([]Field{Theme, Language, Assignment, Service, National}, f):
			v[string(f)] = "expert.error.twice"
		case again && f == Free && l.Value == "lead":
			v[string(f)] = "expert.error.twice"
		}
		kept = append(kept, l)
	}
	if len(kept) > of.most {
		v[string(f)] = "expert.error.many"
	}
	return kept, v.orNil()
}

// wrong is the message of what is wrong with a line, or "".
func (of form) wrong(f Field, l Line) string {
	switch {
	case len(l.Words) > maxText || !utf8.ValidString(l.Words) || strings.ContainsRune(l.Words, 0):
		return "expert.error.long"
	case !of.words && l.Words != "", !of.years && !of.days && l.Since+l.Until != "", of.level == 0 && l.Level != 0:
		return "expert.error.line"
	case l.Value == "" && !of.free:
		return "expert.error.value." + string(f)
	case l.Value != "" && !of.named(f, l.Value):
		return "expert.error.value." + string(f)
	case of.free && l.Value == "" && l.Words == "":
		return "expert.error.words"
	case of.years && !(validYear(l.Since) && validYear(l.Until)), of.days && !(validDay(l.Since) && validDay(l.Until)):
		return "expert.error.dates"
	case l.Since != "" && l.Until != "" && l.Since > l.Until:
		return "expert.error.order"
	case f == Exclusion && l.Words == "":
		return "expert.error.reason"
	}
	return of.degree(f, l)
}

// degree asks whether a line has the level that it needs.
func (of form) degree(f Field, l Line) string {
	switch {
	case f == Free && l.Value == "lead":
		if l.Level < 1 || l.Level > maxLead || l.Since+l.Until != "" {
			return "expert.error.lead"
		}
	case f == Free && (l.Level != 0 || l.Since == "" || l.Until == ""):
		return "expert.error.dates"
	case f != Free && of.level > 0 && (l.Level < 1 || l.Level > of.level):
		return "expert.error.level"
	}
	return ""
}

// named reports whether a value is one that the field knows. States and documents are
// known to others: here they have to be spelt as ids are.
func (of form) named(f Field, value string) bool {
	switch {
	case of.values != nil:
		return slices.Contains(of.values, value)
	case f == Theme:
		_, ok := framework.Theme(value)
		return ok
	case f == Publication:
		return len(value) <= 64 && !strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' })
	}
	return isState(value)
}

// isState reports whether the text is spelt as a State's code.
func isState(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// under is the theme that a theme belongs to, or itself.
func under(theme string) string {
	parent, _, _ := strings.Cut(theme, "/")
	return parent
}
