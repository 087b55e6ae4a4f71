package extract

import (
	"encoding/xml"
	"slices"
)

// readDOCX reads the body, then foot- and endnotes. Headers and footers are set aside as margins: an OSCE document
// carries its symbol there.
func readDOCX(w *work) error {
	a, err := w.openArchive()
	if err != nil {
		return err
	}
	main, err := a.mainPart()
	if err != nil {
		return err
	}
	if main == "" {
		return fail(Broken, "the file does not say which part is the document")
	}
	links, err := a.relations(main)
	if err != nil {
		return err
	}
	d := &docx{work: w, archive: a}
	for _, l := range links {
		if l.kind == "styles" && a.has(l.target) {
			if d.styles, err = readStyles(a, l.target); err != nil {
				return err
			}
		}
	}
	w.page = 1
	if err := d.readPart(main, links, true); err != nil {
		return err
	}
	w.settlePages()
	if err := d.readNotes(links); err != nil {
		return err
	}
	w.meta = a.properties("docProps/core.xml")
	return nil
}

// docx is a file of WordprocessingML.
type docx struct {
	work    *work
	archive *archive
	styles  map[string]style
}

// story is the state of reading one of its parts.
type story struct {
	*docx
	*flow
	links  []relation
	body   bool // only the body has pages
	skip   int  // open elements that repeat or withdraw text
	inText bool
	inMark bool // within the properties of a paragraph, which are those of its mark
	joined bool // the mark of the paragraph was deleted: the next one goes on with it
	run
	outer []run // what goes on after a box
}

// run is what is known of a run of characters, and of its paragraph.
type run struct {
	open    bool
	hidden  setting
	font    string
	unshown setting // the paragraph's style hides its text
}

// skipped are alternatives for old programs, text that was moved away, deletions, how things were formatted before,
// and readings beside Asian characters.
var skipped = []string{
	"Fallback", "moveFrom", "del", "pPrChange", "rPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange", "rt",
}

func (d *docx) readPart(name string, links []relation, body bool) error {
	s := &story{docx: d, flow: newFlow(d.work), links: links, body: body}
	err := d.archive.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			if slices.Contains(skipped, t.Name.Local) {
				s.joined = s.joined || s.inMark && s.skip == 0 && (t.Name.Local == "del" || t.Name.Local == "moveFrom")
				s.skip++
			}
			if s.skip == 0 {
				return s.begin(t)
			}
		case xml.EndElement:
			if s.skip == 0 {
				s.close(t.Name.Local)
			}
			if s.skip > 0 && slices.Contains(skipped, t.Name.Local) {
				s.skip--
			}
		case xml.CharData:
			if s.inText && s.skip == 0 && s.hidden != yes {
				s.write(readable(s.font, string(t)))
			}
		}
		return nil
	})
	s.end()
	return err
}

// begin reads the start of an element: what blocks are made of here, the rest in format and insert.
func (s *story) begin(e xml.StartElement) error {
	switch e.Name.Local {
	case "p":
		if !s.joined {
			s.start(Paragraph, 0)
		}
		s.joined, s.run = false, run{}
	case "r":
		s.open, s.hidden, s.font = true, s.unshown, ""
	case "t":
		s.inText = true
	case "tr":
		s.startRow()
	case "lastRenderedPageBreak":
		if s.body {
			s.flow.work.page++
		}
	case "drawing", "pict", "object":
		s.enter()
		s.outer, s.run = append(s.outer, s.run), run{}
	case "relIds", "chart":
		return s.readDrawing(s.archive, target(e, s.links))
	default:
		s.format(e)
		s.insert(e)
	}
	return nil
}

// format reads a property of a paragraph or of a run.
func (s *story) format(e xml.StartElement) {
	switch e.Name.Local {
	case "pPr":
		s.inMark = true
	case "pStyle":
		is := s.styleOf(attr(e, "val"))
		switch {
		case is.heading == yes:
			s.become(Heading, is.level)
		case is.list == yes:
			s.become(ListItem, 0)
		}
		s.unshown = is.hidden
	case "outlineLvl":
		if heading, level := outline(e); heading == yes {
			s.become(Heading, level)
		} else if heading == no && s.kind == Heading {
			s.become(Paragraph, 0)
		}
	case "numPr":
		if s.kind == Paragraph {
			s.become(ListItem, 0)
		}
	case "numId":
		if numbered(e) == no && s.kind == ListItem {
			s.become(Paragraph, 0)
		}
	case "rStyle":
		if s.open {
			s.hidden = s.styleOf(attr(e, "val")).hidden.or(s.hidden)
		}
	case "vanish":
		if s.open {
			s.hidden = settingOf(e)
		}
	case "rFonts":
		s.font = attr(e, "ascii")
	}
}

// insert writes what stands for a character.
func (s *story) insert(e xml.StartElement) {
	if s.hidden == yes {
		return
	}
	switch e.Name.Local {
	case "tab", "br", "cr", "ptab":
		s.write(" ")
	case "noBreakHyphen":
		s.write("-")
	case "sym":
		s.write(symbolOf(e))
	}
}

// styleOf is a style by its id. One that the file does not define tells by its id what it is.
func (d *docx) styleOf(id string) style {
	s, known := d.styles[id]
	if level := headingLevel(id); !known && level > 0 {
		return style{heading: yes, level: level}
	}
	return s
}

// become says what the block that has begun is, as its properties come first.
func (s *story) become(kind Kind, level int) {
	if s.rows == 0 {
		s.kind, s.level = kind, level
	}
}

func (s *story) close(name string) {
	switch name {
	case "t":
		s.inText = false
	case "r":
		s.open, s.hidden = false, unset
	case "pPr":
		s.inMark = false
	case "p":
		if !s.joined {
			s.end()
		}
	case "tc":
		s.joined = false
		s.endCell()
	case "tr":
		s.endRow()
	case "drawing", "pict", "object":
		s.joined = false
		s.leave()
		if last := len(s.outer) - 1; last >= 0 {
			s.run, s.outer = s.outer[last], s.outer[:last]
		}
	}
}

// settlePages keeps page numbers only where the program has left its page breaks.
func (w *work) settlePages() {
	if w.page > 1 {
		w.content.Pages = w.page
	} else {
		for i := range w.content.Passages {
			w.content.Passages[i].Page = 0
		}
	}
	w.page = 0
}

// readNotes reads what stands outside the body.
func (d *docx) readNotes(links []relation) error {
	for _, l := range links {
		if !d.archive.has(l.target) {
			continue
		}
		switch l.kind {
		case "footnotes", "endnotes":
			if err := d.readPart(l.target, nil, false); err != nil {
				return err
			}
		case "header", "footer":
			if err := d.work.setAside(func() error { return d.readPart(l.target, nil, false) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// setAside makes margins of the passages that read adds. Margins that are damaged do not spoil a text that is whole.
func (w *work) setAside(read func() error) error {
	body := len(w.content.Passages)
	err := read()
	all := w.content.Passages
	w.content.Margins = append(w.content.Margins, all[body:]...)
	w.content.Passages = all[:body:body]
	if err != nil && reasonOf(err) == Broken && w.ctx.Err() == nil {
		return nil
	}
	return err
}
