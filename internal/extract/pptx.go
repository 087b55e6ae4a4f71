package extract

import (
	"encoding/xml"
	"slices"
	"strings"
)

// readPPTX reads the slides in the order of the show, each with its speaker's notes.
func readPPTX(w *work) error {
	a, err := w.openArchive()
	if err != nil {
		return err
	}
	parts, err := a.ordered("sldId", "slide")
	if err != nil {
		return err
	}
	for i, slide := range parts {
		if i >= w.limits.Pages {
			w.note("pages-cut", w.limits.Pages)
			break
		}
		w.page = i + 1
		if err := readSlide(w, a, slide.target); err != nil {
			return err
		}
	}
	w.page = 0
	w.content.Pages = len(parts)
	w.meta = a.properties("docProps/core.xml")
	return nil
}

// part is a slide or a sheet with the name that the main part gives it.
type part struct{ name, target string }

// ordered lists the slides or sheets in the order in which the main part names them, without hidden sheets: no reader
// of the original sees them.
func (a *archive) ordered(element, kind string) ([]part, error) {
	main, err := a.mainPart()
	if err != nil {
		return nil, err
	}
	if main == "" {
		return nil, fail(Broken, "the file does not say which part comes first")
	}
	links, err := a.relations(main)
	if err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, l := range links {
		if l.kind == kind {
			targets[l.id] = l.target
		}
	}
	var parts []part
	err = a.walk(main, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != element || strings.Contains(strings.ToLower(attr(e, "state")), "hidden") {
			return nil
		}
		for _, at := range e.Attr { // the relation's id is r:id; a plain id stands beside it
			if target := targets[at.Value]; at.Name.Local == "id" && at.Name.Space != "" && a.has(target) {
				parts = append(parts, part{attr(e, "name"), target})
			}
		}
		return nil
	})
	return parts, err
}

func readSlide(w *work, a *archive, name string) error {
	links, err := a.relations(name)
	if err != nil {
		return err
	}
	if err := readShapes(w, a, name, links); err != nil {
		return err
	}
	for _, l := range links {
		if l.kind == "notesSlide" && a.has(l.target) {
			return readShapes(w, a, l.target, nil)
		}
	}
	return nil
}

// shapes is the state of reading a slide.
type shapes struct {
	*flow
	archive *archive
	links   []relation
	holder  string // what the shape is a placeholder for
	skip    int    // open alternatives for old programs
	number  bool   // within a field with the number of the slide
	inText  bool
}

// margins are the placeholders whose text is the same on every slide.
var margins = []string{"sldNum", "dt", "ftr", "hdr"}

// readShapes reads the text of a slide's shapes. The placeholder of the title is the slide's heading; those of slide
// number, date, header and footer are no text.
func readShapes(w *work, a *archive, name string, links []relation) error {
	s := &shapes{flow: newFlow(w), archive: a, links: links}
	err := a.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			return s.begin(t)
		case xml.EndElement:
			s.close(t.Name.Local)
		case xml.CharData:
			if s.inText {
				s.write(readable("", unescape(string(t))))
			}
		}
		return nil
	})
	s.end()
	return err
}

func (s *shapes) begin(e xml.StartElement) error {
	switch e.Name.Local {
	case "Fallback":
		s.skip++
	case "fld":
		s.number = attr(e, "type") == "slidenum"
	case "sp", "graphicFrame":
		s.holder = ""
	case "ph":
		s.holder = attr(e, "type")
	case "p":
		s.start(kindOfHolder(s.holder))
	case "t":
		s.inText = s.skip == 0 && !s.number && !slices.Contains(margins, s.holder)
	case "br", "tab":
		s.write(" ")
	case "tr":
		s.startRow()
	case "relIds", "chart":
		if s.skip == 0 {
			return s.readDrawing(s.archive, target(e, s.links))
		}
	}
	return nil
}

func (s *shapes) close(name string) {
	switch name {
	case "Fallback":
		s.skip--
	case "fld":
		s.number = false
	case "t":
		s.inText = false
	case "p":
		s.end()
	case "tc":
		s.endCell()
	case "tr":
		s.endRow()
	}
}

func kindOfHolder(holder string) (Kind, int) {
	switch holder {
	case "title", "ctrTitle":
		return Heading, 1
	case "subTitle":
		return Heading, 2
	}
	return Paragraph, 0
}
