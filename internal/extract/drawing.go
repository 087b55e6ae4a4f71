package extract

import "encoding/xml"

// Diagrams, charts and the shapes of a sheet stand in parts of their own, in the language of drawings.

// readDrawing adds the paragraphs of such a part; a part that is not there has none.
func (f *flow) readDrawing(a *archive, part string) error {
	if !a.has(part) {
		return nil
	}
	inText := false
	err := a.walk(part, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "p":
				f.start(Paragraph, 0)
			case "t":
				inText = true
			case "br", "tab":
				f.write(" ")
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "p":
				f.end()
			case "t":
				inText = false
			}
		case xml.CharData:
			if inText {
				f.write(readable("", unescape(string(t))))
			}
		}
		return nil
	})
	f.end()
	return err
}

// target is the part that an element names: a diagram by its data, a chart by itself.
func target(e xml.StartElement, links []relation) string {
	name := "id"
	if e.Name.Local == "relIds" {
		name = "dm"
	}
	for _, at := range e.Attr {
		for _, l := range links {
			if at.Name.Local == name && at.Name.Space != "" && at.Value == l.id && (l.kind == "diagramData" || l.kind == "chart") {
				return l.target
			}
		}
	}
	return ""
}
