package extract

import (
	"encoding/xml"
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

// ordered lists the slides or sheets in the order in which the main part names them.
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
		if !ok || e.Name.Local != element {
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
	if err := readShapes(w, a, name); err != nil {
		return err
	}
	links, err := a.relations(name)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.kind == "notesSlide" && a.has(l.target) {
			return readShapes(w, a, l.target)
		}
	}
	return nil
}

// readShapes reads the text of a slide's shapes. The placeholder of the title is the slide's heading; those of slide
// number, date and footer are no text.
func readShapes(w *work, a *archive, name string) error {
	f := newFlow(w)
	holder, inText, fallback := "", false, 0
	err := a.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "Fallback":
				fallback++
			case "sp", "graphicFrame":
				holder = ""
			case "ph":
				holder = attr(t, "type")
			case "p":
				f.start(kindOfHolder(holder))
			case "t":
				inText = fallback == 0 && holder != "sldNum" && holder != "dt" && holder != "ftr"
			case "br", "tab":
				f.write(" ")
			case "tr":
				f.startRow()
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "Fallback":
				fallback--
			case "t":
				inText = false
			case "p":
				f.end()
			case "tc":
				f.endCell()
			case "tr":
				f.endRow()
			}
		case xml.CharData:
			if inText {
				f.write(string(t))
			}
		}
		return nil
	})
	f.end()
	return err
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
