package web

import (
	"net/http"
	"net/url"
	"strconv"

	"polis/internal/personal"
)

// Pages of plain text that need no other room.

// TextView is a page of headed paragraphs.
type TextView struct{ Parts []TextPart }

// TextPart is a heading with its paragraphs and points.
type TextPart struct {
	ID, Head   string
	Paragraphs []string
	Points     []TextPoint
}

// TextPoint is a line of a list; Term is set apart where there is one.
type TextPoint struct{ Term, Text string }

var textPage = newPage("text", TextView{Parts: []TextPart{{
	ID: "search", Head: "Searching", Paragraphs: []string{"Write what you would ask a colleague."},
	Points: []TextPoint{{"“joint team”", "finds these words in this order"}},
}}})

func (f *Frame) search(question string) string {
	return f.URL("/search?" + url.Values{"q": {question}}.Encode())
}

// part reads a headed part from the catalogue: web.PAGE.ID, its paragraphs .1,
// .2 … up to paragraphs.
func (f *Frame) part(page, id string, paragraphs int, points ...TextPoint) TextPart {
	p := TextPart{ID: id, Head: f.T("web." + page + "." + id), Points: points}
	for n := range paragraphs {
		p.Paragraphs = append(p.Paragraphs, f.T("web."+page+"."+id+"."+strconv.Itoa(n+1)))
	}
	return p
}

// points reads list lines web.PAGE.ID.NAME, with the term under …NAME.term.
func (f *Frame) points(prefix string, names ...string) []TextPoint {
	points := make([]TextPoint, len(names))
	for i, name := range names {
		points[i] = TextPoint{Term: f.T(prefix + "." + name + ".term"), Text: f.T(prefix + "." + name)}
	}
	return points
}

func (s *Site) text(w http.ResponseWriter, r *http.Request, page string, parts func(*Frame) []TextPart) error {
	f := s.Frame(r)
	f.Title = f.T("web." + page + ".title")
	f.Description = f.T("web." + page + ".line")
	return textPage.Show(w, f, TextView{Parts: parts(f)})
}

func (s *Site) help(w http.ResponseWriter, r *http.Request) error {
	return s.text(w, r, "help", func(f *Frame) []TextPart {
		return []TextPart{
			f.part("help", "search", 2, f.points("web.help.search", "phrase", "minus", "typo")...),
			f.part("help", "filter", 1),
			f.part("help", "cite", 2),
			f.part("help", "keys", 1, f.points("web.help.keys", "slash", "tab")...),
			f.part("help", "closed", 1),
		}
	})
}

func (s *Site) accessibility(w http.ResponseWriter, r *http.Request) error {
	return s.text(w, r, "accessibility", func(f *Frame) []TextPart {
		return []TextPart{
			f.part("accessibility", "aim", 1),
			f.part("accessibility", "works", 0, f.points("web.accessibility.works", "keyboard", "size", "script", "colour", "motion")...),
			f.part("accessibility", "limits", 2),
			f.part("accessibility", "tested", 1),
		}
	})
}

func (s *Site) privacy(w http.ResponseWriter, r *http.Request) error {
	chosen := personal.Chosen{}
	for _, p := range personal.Periods {
		chosen[p.Name] = p.Usual
	}
	if s.periods != nil {
		var err error
		if chosen, err = s.periods(r.Context()); err != nil {
			return err
		}
	}
	return s.text(w, r, "privacy", func(f *Frame) []TextPart {
		return []TextPart{
			f.part("privacy", "visitors", 2),
			f.part("privacy", "log", 2),
			f.usagePart(),
			f.personalPart("account", 3),
			f.personalPart("events", 3),
			f.personalPart("rights", 4),
			f.personalPart("kept", 1, f.periods(chosen)...),
			f.personalPart("never", 1),
			f.devicePart(),
			f.part("privacy", "others", 1),
		}
	})
}

// personalPart is a part of the privacy page with its paragraphs .1, .2 … up to
// paragraphs, from the words of the personal data.
func (f *Frame) personalPart(id string, paragraphs int, points ...TextPoint) TextPart {
	p := TextPart{ID: id, Head: f.T("personal.privacy." + id), Points: points}
	for n := range paragraphs {
		p.Paragraphs = append(p.Paragraphs, f.T("personal.privacy."+id+"."+strconv.Itoa(n+1)))
	}
	return p
}

// periods are the periods of this installation as points.
func (f *Frame) periods(chosen personal.Chosen) (points []TextPoint) {
	for _, p := range personal.Periods {
		text := f.T("personal.days", "n", chosen[p.Name])
		switch {
		case p.Years && chosen[p.Name] == 0:
			text = f.T("personal.never")
		case p.Years:
			text = f.T("personal.years", "n", chosen[p.Name])
		}
		points = append(points, TextPoint{f.T("admin.retention.period." + p.Name), text})
	}
	return points
}

func (s *Site) about(w http.ResponseWriter, r *http.Request) error {
	return s.text(w, r, "about", func(f *Frame) []TextPart {
		return []TextPart{
			f.part("about", "what", 2),
			f.part("about", "principles", 1),
			f.part("about", "languages", 1),
			f.part("about", "software", 2),
		}
	})
}
