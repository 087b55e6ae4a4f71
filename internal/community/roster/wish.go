package roster

import (
	"slices"
	"time"

	"polis/internal/framework"
)

// Wishes are what a desk needs. What is needed leaves out who does not have it: themes,
// languages, words, a State of deployment, not a national. The rest is wished for: whoever
// meets more of it comes first. Where nothing is needed, all that is wished is.
type Wishes struct {
	Themes     []string // any of them, or of those that belong to them
	Level      int64    // in it at least
	Languages  []Spoken // all of them
	Words      string   // all of them, anywhere
	Host       string   // State of deployment: nobody is sent to her own, nor where she excludes it
	NotOf      string   // not a national of that State
	From, To   string   // days on which she has to be free; To may be ""
	Gender     string
	Service    string
	Rank       string
	Assignment string
}

// Spoken is a language with the level that is needed at least.
type Spoken struct {
	Tongue string
	Level  int64
}

// Check returns an Invalid for what no search can mean.
func (w Wishes) Check() error {
	v := Invalid{}
	for _, t := range w.Themes {
		if _, ok := framework.Theme(t); !ok {
			v["theme"] = "expert.error.value.theme"
		}
	}
	for _, s := range w.Languages {
		if !slices.Contains(Tongues, s.Tongue) || s.Level < 1 || s.Level > Own {
			v["tongue"] = "expert.error.value.language"
		}
	}
	for name, state := range map[string]string{"host": w.Host, "not": w.NotOf} {
		if state != "" && !isState(state) {
			v[name] = "expert.error.value.national"
		}
	}
	if !validDay(w.From) || !validDay(w.To) || w.From == "" && w.To != "" {
		v["from"] = "expert.error.days"
	} else if w.To != "" && w.To < w.From {
		v["from"] = "expert.error.order"
	}
	for _, of := range w.plain() {
		if of.value != "" && !slices.Contains(forms[of.field].values, of.value) {
			v[string(of.field)] = "expert.error.value." + string(of.field)
		}
	}
	return v.orNil()
}

// until is the last day on which she has to be free.
func (w Wishes) until() string {
	if w.To == "" {
		return w.From
	}
	return w.To
}

// plainWish is one that a single value of a field meets.
type plainWish struct {
	field Field
	value string
}

func (w Wishes) plain() []plainWish {
	return []plainWish{{Assignment, w.Assignment}, {Service, w.Service}, {Rank, w.Rank}, {Gender, w.Gender}}
}

// stems are the beginnings of the words that are looked for.
func (w Wishes) stems() []string {
	list := stems(w.Words)
	return list[:min(len(list), maxAsked)]
}

// Narrow reports whether something is needed by which people are found.
func (w Wishes) Narrow() bool {
	return len(w.Themes)+len(w.Languages)+len(w.stems()) > 0
}

// strict reports whether what is wished has to be met.
func (w Wishes) strict() bool { return !w.Narrow() }

// wide are the themes that meet a wish for one: itself and those that belong to it.
func wide(theme string) []string {
	list := []string{theme}
	term, _ := framework.Theme(theme)
	for _, narrower := range term.Narrower {
		list = append(list, narrower.ID)
	}
	return list
}

// Outcome is how a profile stands to one wish. Messages: "expert.reason.OUTCOME".
type Outcome string

// The outcomes.
const (
	Met     Outcome = "met"
	Unmet   Outcome = "unmet"  // she says otherwise
	Unsaid  Outcome = "unsaid" // the searcher sees nothing about it
	refused Outcome = ""       // it leaves her out
)

// Reason is how a profile stands to one wish: by which lines.
type Reason struct {
	Wish    string // "theme", "language", "words", "host", "not", "free", "lead", or the name of a field
	Value   string // what was wished, where the wish has several
	Outcome Outcome
	Field   Field // in which the lines stand
	Lines   []Line
}

// Judged is how a profile, of which only what the searcher sees is left, stands to the
// wishes. ok is false where she is not found by them; met is how many of what is wished
// she meets, level her highest in the themes.
type Judged struct {
	Reasons []Reason
	Met     int
	Level   int64
}

// Judge is the reading of wishes in memory: what the statement of Find finds is what it
// says ok to.
func (w Wishes) Judge(p Profile, now time.Time) (j Judged, ok bool) {
	ok = true
	need := func(r Reason) {
		if r.Outcome == Met {
			j.Reasons = append(j.Reasons, r)
		} else {
			ok = false
		}
	}
	if len(w.Themes) > 0 {
		r := w.judgeTheme(p)
		for _, l := range r.Lines {
			j.Level = max(j.Level, l.Level)
		}
		need(r)
	}
	for _, s := range w.Languages {
		need(judged(Reason{Wish: "language", Value: s.Tongue, Field: Language}, p, func(l Line) bool { return l.Value == s.Tongue && l.Level >= s.Level }))
	}
	if len(w.stems()) > 0 {
		need(w.judgeWords(p))
	}
	for _, r := range w.judgeStates(p, now) {
		if r.Outcome == refused {
			return j, false
		}
		j.Reasons = append(j.Reasons, r)
	}
	for _, r := range w.wished(p, now) {
		j.Reasons = append(j.Reasons, r)
		if r.Outcome == Met {
			j.Met++
		} else if w.strict() {
			ok = false
		}
	}
	return j, ok
}

// judged is a reason by the lines that fit.
func judged(r Reason, p Profile, fits func(Line) bool) Reason {
	r.Outcome = Unsaid
	for _, l := range p.Parts[r.Field].Lines {
		if r.Outcome == Unsaid {
			r.Outcome = Unmet
		}
		if fits(l) {
			r.Outcome, r.Lines = Met, append(r.Lines, l)
		}
	}
	return r
}

func (w Wishes) judgeTheme(p Profile) Reason {
	var any []string
	for _, t := range w.Themes {
		any = append(any, wide(t)...)
	}
	return judged(Reason{Wish: "theme", Field: Theme}, p, func(l Line) bool { return slices.Contains(any, l.Value) && l.Level >= w.Level })
}

// judgeWords: each word stands somewhere.
func (w Wishes) judgeWords(p Profile) Reason {
	r := Reason{Wish: "words", Outcome: Met}
	for _, stem := range w.stems() {
		found := false
		for _, f := range Fields {
			for _, l := range p.Parts[f].Lines {
				if slices.Contains(stems(l.Words), stem) {
					if !found && len(r.Lines) < 3 && !slices.Contains(r.Lines, l) {
						r.Field, r.Lines = f, append(r.Lines, l)
					}
					found = true
				}
			}
		}
		if !found {
			r.Outcome = Unsaid
		}
	}
	return r
}

// judgeStates: nobody is sent to her own State, nor to where she excludes; and what
// nobody sees of her nationality is said to be open.
func (w Wishes) judgeStates(p Profile, now time.Time) (list []Reason) {
	nationals := p.Parts[National].Lines
	of := func(state string) bool {
		return p.ActsFor == state || slices.ContainsFunc(nationals, func(l Line) bool { return l.Value == state })
	}
	for _, wish := range []struct{ name, state string }{{"host", w.Host}, {"not", w.NotOf}} {
		if wish.state == "" {
			continue
		}
		r := Reason{Wish: wish.name, Value: wish.state, Outcome: Met, Field: National, Lines: nationals}
		if len(nationals) == 0 {
			r.Outcome = Unsaid
		}
		if of(wish.state) || wish.name == "host" && w.excluded(p, now) {
			r.Outcome = refused
		}
		list = append(list, r)
	}
	return list
}

// excluded reports whether she says that she does not go to the State, on the first day.
func (w Wishes) excluded(p Profile, now time.Time) bool {
	first := w.first(now)
	return slices.ContainsFunc(p.Parts[Exclusion].Lines, func(l Line) bool {
		return l.Value == w.Host && (l.Until == "" || l.Until >= first)
	})
}

// first is the day on which it would begin, today where none is said.
func (w Wishes) first(now time.Time) string {
	if w.From == "" {
		return day(now)
	}
	return w.From
}

// ahead is in how many days it begins.
func (w Wishes) ahead(now time.Time) int64 {
	from, _ := time.Parse(time.DateOnly, w.From) // it was checked
	today, _ := time.Parse(time.DateOnly, day(now))
	return int64(from.Sub(today).Hours() / 24)
}

// wished are the reasons of what is wished for.
func (w Wishes) wished(p Profile, now time.Time) (list []Reason) {
	for _, of := range w.plain() {
		if of.value != "" {
			list = append(list, judged(Reason{Wish: string(of.field), Value: of.value, Field: of.field}, p, func(l Line) bool { return l.Value == of.value }))
		}
	}
	if w.From == "" {
		return list
	}
	free := Reason{Wish: "free", Field: Free, Outcome: Unsaid}
	lead := Reason{Wish: "lead", Field: Free, Outcome: Unsaid}
	for _, l := range p.Parts[Free].Lines {
		switch {
		case l.Value == "busy" && l.Since <= w.until() && l.Until >= w.From:
			free.Outcome, free.Lines = Unmet, []Line{l}
		case l.Value == "free" && l.Since <= w.From && l.Until >= w.until() && free.Outcome == Unsaid:
			free.Outcome, free.Lines = Met, []Line{l}
		case l.Value == "lead" && l.Level <= w.ahead(now):
			lead.Outcome, lead.Lines = Met, []Line{l}
		case l.Value == "lead":
			lead.Outcome, lead.Lines = Unmet, []Line{l}
		}
	}
	return append(list, free, lead)
}
