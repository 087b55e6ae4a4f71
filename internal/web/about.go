package web

import (
	"net/http"
	"net/url"
	"strconv"
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
	return s.text(w, r, "privacy", func(f *Frame) []TextPart {
		return []TextPart{
			f.part("privacy", "visitors", 2),
			f.part("privacy", "log", 2),
			f.part("privacy", "account", 2),
			f.part("privacy", "others", 1),
		}
	})
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
