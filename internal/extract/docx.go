package extract

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
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
	d := &docx{flow: newFlow(w), archive: a, styles: map[string]int{}}
	for _, l := range links {
		if l.kind == "styles" && a.has(l.target) {
			if err := d.readStyles(l.target); err != nil {
				return err
			}
		}
	}
	w.page = 1
	if err := d.readPart(main); err != nil {
		return err
	}
	d.settlePages()
	if err := d.readNotes(links); err != nil {
		return err
	}
	w.meta = a.properties("docProps/core.xml")
	return nil
}

// docx is the state of reading a WordprocessingML part.
type docx struct {
	*flow
	archive *archive
	styles  map[string]int // level of a heading by the id of its style
	skip    int            // open elements that repeat or withdraw text
	inText  bool
}

// skipped are alternatives for old programs, text that was moved away, and deletions.
var skipped = []string{"Fallback", "moveFrom", "del"}

func (d *docx) readPart(name string) error {
	err := d.archive.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			if slices.Contains(skipped, t.Name.Local) {
				d.skip++
			}
			if d.skip == 0 {
				d.open(t)
			}
		case xml.EndElement:
			if d.skip == 0 {
				d.close(t.Name.Local)
			}
			if d.skip > 0 && slices.Contains(skipped, t.Name.Local) {
				d.skip--
			}
		case xml.CharData:
			if d.inText && d.skip == 0 {
				d.write(string(t))
			}
		}
		return nil
	})
	d.end()
	return err
}

func (d *docx) open(e xml.StartElement) {
	switch e.Name.Local {
	case "p":
		d.start(Paragraph, 0)
	case "pStyle":
		if level := d.styles[attr(e, "val")]; level > 0 {
			d.become(Heading, level)
		}
	case "outlineLvl":
		if level, err := strconv.Atoi(attr(e, "val")); err == nil && level < 6 {
			d.become(Heading, level+1)
		}
	case "numPr":
		if d.kind == Paragraph {
			d.become(ListItem, 0)
		}
	case "t":
		d.inText = true
	case "tab", "br", "cr":
		d.write(" ")
	case "noBreakHyphen":
		d.write("-")
	case "lastRenderedPageBreak":
		d.work.page++
	case "tr":
		d.startRow()
	}
}

// become says what the block that has begun is, as its properties come first.
func (d *docx) become(kind Kind, level int) {
	if d.rows == 0 {
		d.kind, d.level = kind, level
	}
}

func (d *docx) close(name string) {
	switch name {
	case "t":
		d.inText = false
	case "p":
		d.end()
	case "tc":
		d.endCell()
	case "tr":
		d.endRow()
	}
}

// readStyles finds the styles that are headings: their names are English in every language of Word.
func (d *docx) readStyles(name string) error {
	id := ""
	return d.archive.walk(name, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "style":
			id = attr(e, "styleId")
		case "name":
			value := strings.ToLower(attr(e, "val"))
			if n, found := strings.CutPrefix(value, "heading "); found {
				if level, err := strconv.Atoi(n); err == nil && level >= 1 {
					d.styles[id] = min(level, 6)
				}
			} else if value == "title" {
				d.styles[id] = 1
			}
		case "outlineLvl":
			if level, err := strconv.Atoi(attr(e, "val")); err == nil && level >= 0 && level < 6 && d.styles[id] == 0 {
				d.styles[id] = level + 1
			}
		}
		return nil
	})
}

// settlePages keeps page numbers only where Word has left its page breaks.
func (d *docx) settlePages() {
	w := d.work
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
			if err := d.readPart(l.target); err != nil {
				return err
			}
		case "header", "footer":
			body := len(d.work.content.Passages)
			if err := d.readPart(l.target); err != nil {
				return err
			}
			all := d.work.content.Passages
			d.work.content.Margins = append(d.work.content.Margins, all[body:]...)
			d.work.content.Passages = all[:body:body]
		}
	}
	return nil
}
