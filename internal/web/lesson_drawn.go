package web

import (
	"net/url"

	"polis/internal/assistance"
)

// LessonsDrawn are the lessons of something: those drawn from a project, an activity or
// a document, and of a document those that were carried into it.
type LessonsDrawn struct {
	Lines []HelpLine
	All   string // address of the whole list, or ""
	New   string // address where one is written, or ""
}

var sampleDrawn = LessonsDrawn{Lines: []HelpLine{sampleHelpLine}, All: "/en/assistance/lessons?document=1", New: "/en/assistance/lessons/new?project=1"}

// drawnHere are the lessons that the filter chooses, and where whoever plans help
// writes another; from says of what, in the address, or is "". It is nil where there
// is nothing to show.
func (p *helping) drawnHere(f assistance.LessonFilter, from string) (*LessonsDrawn, error) {
	list, more, err := p.h.helps().Lessons(p.r.Context(), scope(p.r), f, assistance.Place{}, shownBeside)
	if err != nil {
		return nil, err
	}
	v := LessonsDrawn{}
	for _, l := range list {
		line := p.lessonLine(l)
		if f.Document != "" && l.Adopted == f.Document {
			line.Next = p.T("lesson.carried", "day", p.day(l.AdoptedOn))
		}
		v.Lines = append(v.Lines, line)
	}
	if more != (assistance.Place{}) {
		v.All = p.URL(withQuery("/assistance/lessons", ofLessons(f)))
	}
	if from != "" && plansHelp(p.Reader.Subject) {
		v.New = p.URL("/assistance/lessons/new?" + from)
	}
	if len(v.Lines) == 0 && v.New == "" {
		return nil, nil
	}
	return &v, nil
}

// lessonsDrawn are those that the document bears out or into which they were carried.
// Who reads nothing official is not asked for at all: a page that everybody reads
// costs no more for it.
func (p *reading) lessonsDrawn() (*LessonsDrawn, error) {
	if !p.Reader.ReadsOfficial() {
		return nil, nil
	}
	helping, err := p.h.helping(p.r, p.Frame)
	if err != nil {
		return nil, err
	}
	return helping.drawnHere(assistance.LessonFilter{Document: p.rec.ID}, "document="+p.rec.ID)
}

// ofLessons are the parameters of the list of lessons that are drawn from one thing.
func ofLessons(f assistance.LessonFilter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"project": f.Project, "activity": f.Activity, "document": f.Document} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// drawnChips say from what the lessons of a list are drawn.
func (p *helping) drawnChips(v *HelpListView, f assistance.LessonFilter) error {
	add := func(name, key, value, text string) {
		chip := p.Chip(name, p.T(key), value, text)
		chip.Remove = p.instead(name)
		v.Chips = append(v.Chips, chip)
	}
	if f.Project != "" {
		q, err := p.h.helps().Project(p.r.Context(), scope(p.r), f.Project)
		if err != nil {
			return err
		}
		add("project", "lesson.fact.project", q.ID, q.Number+" "+q.Title)
	}
	if f.Activity != "" {
		x, err := p.h.helps().Activity(p.r.Context(), scope(p.r), f.Activity)
		if err != nil {
			return err
		}
		add("activity", "lesson.fact.activity", x.ID, x.Number+" "+x.Title)
	}
	if f.Document == "" {
		return nil
	}
	rec, err := p.h.Library.Get(p.r.Context(), scope(p.r), f.Document)
	if err != nil {
		return err
	}
	add("document", "lesson.field.documents", rec.ID, rec.Edition(p.Lang).Title)
	return nil
}
