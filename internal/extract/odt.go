package extract

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// readODT reads an OpenDocument text. Page numbers come from the breaks that the writer left, where it left any.
func readODT(w *work) error {
	a, err := w.openArchive()
	if err != nil {
		return err
	}
	if err := refuseEncryptedODF(a); err != nil {
		return err
	}
	o := &odt{hides: map[string]bool{}}
	w.page = 1
	if err := o.readPart(a, "content.xml"); err != nil {
		return err
	}
	w.settlePages()
	if a.has("styles.xml") { // holds the heads and feet of the pages
		if err := w.setAside(func() error { return o.readPart(a, "styles.xml") }); err != nil {
			return err
		}
	}
	w.meta = a.properties("meta.xml")
	return nil
}

// odt is the state of reading an OpenDocument part.
type odt struct {
	*flow
	lists  int             // open list items
	blocks []int           // open paragraphs and headings: in the text, then in each box that is open
	skip   int             // open elements from the one that is no text
	style  string          // the style that is being defined
	hides  map[string]bool // styles that hide their text
}

// noText are deletions, remarks, numbers of notes, descriptions of pictures, readings beside Asian characters and data.
var noText = map[xml.Name]bool{
	{Space: "text", Local: "tracked-changes"}: true, {Space: "office", Local: "annotation"}: true,
	{Space: "text", Local: "note-citation"}: true, {Space: "svg", Local: "title"}: true, {Space: "svg", Local: "desc"}: true,
	{Space: "text", Local: "ruby-text"}: true, {Space: "office", Local: "binary-data"}: true, {Space: "office", Local: "forms"}: true,
}

// boxes are shapes that text can stand in.
var boxes = map[xml.Name]bool{}

func init() {
	for _, name := range strings.Fields("text-box custom-shape rect ellipse circle line polyline polygon path connector caption measure") {
		boxes[xml.Name{Space: "draw", Local: name}] = true
	}
}

func (o *odt) readPart(a *archive, name string) error {
	o.flow, o.blocks, o.lists, o.skip = newFlow(a.work), []int{0}, 0, 0
	err := a.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			if o.skip > 0 || o.withdraws(t) {
				o.skip++
			} else {
				o.open(t)
			}
		case xml.EndElement:
			if o.skip > 0 {
				o.skip--
			} else {
				o.close(t.Name)
			}
		case xml.CharData:
			if o.skip == 0 && *o.inner() > 0 {
				o.write(string(t))
			}
		}
		return nil
	})
	o.end()
	return err
}

// inner counts the paragraphs that are open in the innermost box.
func (o *odt) inner() *int { return &o.blocks[len(o.blocks)-1] }

// withdraws says that an element is no text, or none that a reader sees.
func (o *odt) withdraws(e xml.StartElement) bool {
	switch e.Name.Local {
	case "p", "h", "span", "section":
		return o.hides[attr(e, "style-name")] || attr(e, "display") == "none"
	case "hidden-text":
		return attr(e, "is-hidden") != "false"
	}
	return noText[e.Name]
}

func (o *odt) open(e xml.StartElement) {
	if boxes[e.Name] {
		o.enter()
		o.blocks = append(o.blocks, 0)
		return
	}
	switch e.Name.Local {
	case "style":
		o.style = attr(e, "name")
	case "text-properties":
		if attr(e, "display") == "none" {
			o.hides[o.style] = true
		}
	case "h":
		level, err := strconv.Atoi(attr(e, "outline-level"))
		if err != nil || level < 1 {
			level = 1
		}
		o.block(Heading, min(level, 6))
	case "p":
		if o.lists > 0 {
			o.block(ListItem, 0)
		} else {
			o.block(Paragraph, 0)
		}
	case "list-item":
		o.lists++
	case "s", "tab", "line-break":
		o.write(" ")
	case "soft-page-break":
		o.work.page++
	case "table-row":
		o.startRow()
	}
}

// block begins a paragraph, or goes on with one when it is a note inside it.
func (o *odt) block(kind Kind, level int) {
	if *o.inner()++; *o.inner() > 1 {
		o.write(" ")
	} else {
		o.start(kind, level)
	}
}

func (o *odt) close(name xml.Name) {
	if boxes[name] {
		if o.leave(); len(o.blocks) > 1 {
			o.blocks = o.blocks[:len(o.blocks)-1]
		}
		return
	}
	switch name.Local {
	case "h", "p":
		if *o.inner()--; *o.inner() == 0 {
			o.end()
		} else {
			o.write(" ")
		}
	case "list-item":
		o.lists--
	case "table-cell":
		o.endCell()
	case "table-row":
		o.endRow()
	}
}

// refuseEncryptedODF looks for a password in the manifest.
func refuseEncryptedODF(a *archive) error {
	const manifest = "META-INF/manifest.xml"
	if !a.has(manifest) {
		return nil
	}
	return a.walk(manifest, func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "encryption-data" {
			return fail(Encrypted, "the document needs a password")
		}
		return nil
	})
}
