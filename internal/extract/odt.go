package extract

import (
	"encoding/xml"
	"strconv"
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
	d := &docx{flow: newFlow(w)} // only to settle pages alike
	o := &odt{flow: d.flow}
	w.page = 1
	err = a.walk("content.xml", func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			o.open(t)
		case xml.EndElement:
			o.close(t.Name.Local)
		case xml.CharData:
			if o.skip == 0 && o.blocks > 0 {
				o.write(string(t))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	o.end()
	d.settlePages()
	w.meta = a.properties("meta.xml")
	return nil
}

// odt is the state of reading content.xml.
type odt struct {
	*flow
	lists  int // open list items
	blocks int // open paragraphs and headings; a note within a paragraph opens a second
	skip   int // open elements that are no text: deletions, remarks
}

func (o *odt) open(e xml.StartElement) {
	switch e.Name.Local {
	case "tracked-changes", "annotation":
		o.skip++
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
	if o.blocks++; o.blocks > 1 {
		o.write(" ")
	} else if o.skip == 0 {
		o.start(kind, level)
	}
}

func (o *odt) close(name string) {
	switch name {
	case "tracked-changes", "annotation":
		o.skip--
	case "h", "p":
		if o.blocks--; o.blocks == 0 && o.skip == 0 {
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
