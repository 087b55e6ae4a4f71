// Package agenda proposes from agendas what an activity is: its title, its days, its
// place and who organises it.
//
// It is a pure reading of texts that package extract has taken out of files, and of
// invitations. What it proposes stands somewhere in the text: each Finding bears the
// passage that says so and how sure it is, and a person decides. What cannot be told is
// not guessed: 03/04/2026 is offered as both days that it may be, and a newsletter with
// forty dates proposes none.
//
// Days are read by a small grammar of our own (day.go): the languages write them alike,
// number, month, year, joined by a dash or a word, and the libraries that know many
// languages know no ranges.
package agenda

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"polis/internal/calendar"
	"polis/internal/extract"
	"polis/internal/lang"
)

// Sure is how sure a finding is. Messages: "agenda.sure.SURE".
type Sure string

// The degrees: an invitation says it as a fact; the text names it as what it is; it
// stands where such things stand.
const (
	Stated Sure = "stated"
	Likely Sure = "likely"
	Unsure Sure = "unsure"
)

// Finding is one proposal; the zero Finding is none.
type Finding struct {
	Value string
	Sure  Sure
	Quote string // the passage, or what of it stands around
	File  string // in which it stands
	Page  int    // 0 where the file has none
}

// Found reports whether there is a proposal.
func (f Finding) Found() bool { return f.Value != "" }

// Days are a first and a last day.
type Days struct{ Starts, Ends string }

// Agenda is what files propose.
type Agenda struct {
	Title      Finding
	Starts     Finding // a day
	Ends       Finding // a day, also where it is the first one
	Either     []Days  // the two that 03/04/2026 can be, instead of Starts and Ends
	Place      Finding
	State      Finding // code of the participating State of the place
	Online     Finding
	Lang       Finding   // in which it is written
	Languages  []Finding // in which it is held, as the text names them
	Organisers []Finding // ids of the directory
	Many       bool      // it names so many days that none is proposed
	Past       bool      // the last day is over
}

// Empty reports whether nothing was found that a person would have to type.
func (a Agenda) Empty() bool {
	return !a.Title.Found() && !a.Starts.Found() && a.Either == nil && !a.Place.Found() && len(a.Organisers) == 0
}

// Text is a file as it was read.
type Text struct {
	File     string
	Body     bool   // the words of a letter: what is attached to it is believed before
	Subject  string // of a letter
	Content  extract.Content
	Meetings []calendar.Entry // of an invitation
}

// Read proposes from some files. near is the day around which dates without a year are
// sought: the letter's, or today.
func Read(texts []Text, known Known, near time.Time) Agenda {
	names := newBook(known)
	var all []Agenda
	for _, t := range ranked(texts) {
		if len(t.Meetings) > 0 {
			all = append(all, t.invitation(names))
			continue
		}
		all = append(all, newScan(t, names, near).agenda())
	}
	a := merge(all)
	a.Past = a.Ends.Found() && a.Ends.Value < near.UTC().Format(time.DateOnly)
	return a
}

// ranked puts invitations first, then documents, then what somebody wrote around them.
func ranked(texts []Text) []Text {
	rank := func(t Text) int {
		switch {
		case len(t.Meetings) > 0:
			return 0
		case t.Body:
			return 2
		}
		return 1
	}
	list := slices.Clone(texts)
	slices.SortStableFunc(list, func(a, b Text) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

// merge takes each proposal from the first that has it. Days stay together.
func merge(all []Agenda) (a Agenda) {
	first := func(into *Finding, of Finding) {
		if !into.Found() {
			*into = of
		}
	}
	for _, one := range all {
		if !a.Starts.Found() && a.Either == nil {
			a.Starts, a.Ends, a.Either = one.Starts, one.Ends, one.Either
		}
		if !a.Place.Found() {
			a.Place = one.Place
			if one.State.Found() {
				a.State = one.State
			}
		}
		first(&a.Title, one.Title)
		first(&a.State, one.State)
		first(&a.Online, one.Online)
		first(&a.Lang, one.Lang)
		if a.Languages == nil {
			a.Languages = one.Languages
		}
		if a.Organisers == nil {
			a.Organisers = one.Organisers
		}
		a.Many = a.Many || one.Many
	}
	a.Many = a.Many && !a.Starts.Found() && a.Either == nil
	return a
}

// invitation takes the facts of an invitation's first meeting.
func (t Text) invitation(names book) (a Agenda) {
	m := t.Meetings[0]
	stated := func(value, quote string) Finding {
		if value == "" {
			return Finding{}
		}
		return Finding{Value: value, Sure: Stated, Quote: excerpt(quote, 0, 0), File: t.File}
	}
	days := m.Starts
	if m.Ends != m.Starts {
		days += " – " + m.Ends
	}
	a.Title = stated(shortened(m.Title), m.Title)
	a.Starts, a.Ends = stated(m.Starts, days), stated(m.Ends, days)
	if where, online := onlineIn(m.Place, true); online {
		a.Online = stated("1", m.Place[where[0]:where[1]])
	}
	if place := placeText(m.Place); place != "" && (!a.Online.Found() || names.located(place)) {
		a.Place = stated(place, m.Place)
	}
	for _, name := range names.find(m.Place) {
		if name.about != aBody && !a.State.Found() {
			a.State = Finding{Value: name.id, Sure: Likely, Quote: m.Place, File: t.File}
		}
	}
	return a
}

// located reports whether a text names a city or a State.
func (b book) located(text string) bool {
	return slices.ContainsFunc(b.find(text), func(m mention) bool { return m.about != aBody })
}

// How long a quote and a title may be, in letters.
const (
	longestQuote = 240
	longestTitle = 200
)

// excerpt is a passage, or what of it stands around the bytes from start to end.
func excerpt(text string, start, end int) string {
	runes := []rune(text)
	if len(runes) <= longestQuote {
		return text
	}
	from, to := len([]rune(text[:start])), len([]rune(text[:end]))
	from = max(0, min(from-longestQuote/3, len(runes)-longestQuote))
	to = min(len(runes), max(to, from+longestQuote))
	cut := string(runes[from:min(to, from+2*longestQuote)])
	if from > 0 {
		_, cut, _ = strings.Cut(cut, " ")
		cut = "… " + cut
	}
	if to < len(runes) {
		if i := strings.LastIndexByte(cut, ' '); i > 0 {
			cut = cut[:i]
		}
		cut += " …"
	}
	return cut
}

// shortened is a title no longer than titles may be.
func shortened(title string) string {
	title = strings.Join(strings.Fields(title), " ")
	if r := []rune(title); len(r) > longestTitle {
		return strings.TrimSpace(string(r[:longestTitle-1])) + "…"
	}
	return title
}

// language is the language of a text, where it is one of ours.
func (t Text) language() (tag lang.Tag, sure bool) { return t.Content.Lang, t.Content.LangSure }
