package extract

import (
	"encoding/xml"
	"path"
	"strconv"
	"strings"
	"time"
)

// readXLSX reads the sheets in their order: the sheet's name as a heading, then its rows as they were last calculated.
func readXLSX(w *work) error {
	a, err := w.openArchive()
	if err != nil {
		return err
	}
	sheets, err := a.ordered("sheet", "worksheet")
	if err != nil {
		return err
	}
	b := &workbook{work: w, archive: a}
	if err := b.readParts(); err != nil {
		return err
	}
	for i, sheet := range sheets {
		if i >= w.limits.Pages {
			w.note("pages-cut", w.limits.Pages)
			break
		}
		w.page = i + 1
		rows := len(w.content.Passages)
		w.add(Heading, 1, sheet.name)
		if err := b.readSheet(sheet.target); err != nil {
			return err
		}
		if len(w.content.Passages) == rows+1 { // an empty sheet's name is no text
			w.content.Passages = w.content.Passages[:rows]
		}
	}
	w.page = 0
	w.content.Pages = len(sheets)
	w.meta = a.properties("docProps/core.xml")
	return nil
}

// workbook holds what the sheets refer to.
type workbook struct {
	work    *work
	archive *archive
	shared  []string
	formats []numberFormat // by cell style
	from    time.Time      // day 0
	merged  []string       // areas of the sheet that was read last, such as "A2:A4"
}

// readParts reads what the sheets refer to.
func (b *workbook) readParts() error {
	main, err := b.archive.mainPart()
	if err != nil {
		return err
	}
	links, err := b.archive.relations(main)
	if err != nil {
		return err
	}
	b.from = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	err = b.archive.walk(main, func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "workbookPr" && (attr(e, "date1904") == "1" || attr(e, "date1904") == "true") {
			b.from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return nil
	})
	if err != nil {
		return err
	}
	named := map[string]string{"sharedStrings": "sharedStrings.xml", "styles": "styles.xml"}
	for kind, usual := range named {
		named[kind] = path.Join(path.Dir(main), usual)
		for _, l := range links {
			if l.kind == kind {
				named[kind] = l.target
			}
		}
	}
	if err := b.readShared(named["sharedStrings"]); err != nil {
		return err
	}
	return b.readFormats(named["styles"])
}

// readShared reads the strings that cells name by number.
func (b *workbook) readShared(name string) error {
	if !b.archive.has(name) {
		return nil
	}
	var text strings.Builder
	inText, phonetic, bytes := false, 0, 0
	return b.archive.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				inText = phonetic == 0
			case "rPh":
				phonetic++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				phonetic--
			case "si":
				b.shared = append(b.shared, unescape(text.String()))
				text.Reset()
			}
		case xml.CharData:
			if inText {
				text.Write(t)
			}
			if bytes += len(t); bytes > 4*b.work.limits.TextBytes {
				return fail(Bomb, "the workbook's strings have more than %d bytes", bytes)
			}
		}
		return nil
	})
}

// readSheet reads the rows of one sheet.
func (b *workbook) readSheet(name string) error {
	f := newFlow(b.work)
	err := b.readRows(name, func(_ int, cells []Cell) error {
		f.startRow()
		for _, c := range cells {
			f.write(c.Text)
			f.endCell()
		}
		f.endRow()
		if b.work.full {
			return errStop
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.readBoxes(f, name)
}

// readBoxes reads the shapes that lie on a sheet.
func (b *workbook) readBoxes(f *flow, sheet string) error {
	links, err := b.archive.relations(sheet)
	for _, l := range links {
		if l.kind == "drawing" && err == nil {
			err = f.readDrawing(b.archive, l.target)
		}
	}
	return err
}

// cell writes a cell's value as a reader would see it.
func (b *workbook) cell(kind, style, value string) Cell {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(value); err == nil && i >= 0 && i < len(b.shared) {
			return Cell{Text: b.shared[i]}
		}
		return Cell{}
	case "e":
		return Cell{Fault: value}
	case "d": // ISO 8601, as the strict form of the standard has it
		return Cell{Text: strings.Replace(strings.TrimSuffix(value, "T00:00:00"), "T", " ", 1), Exact: true}
	case "", "n":
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return Cell{Text: value}
		}
		format := general
		if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(b.formats) {
			format = b.formats[i]
		}
		return Cell{Text: format.show(number, b.from), Exact: true}
	}
	return Cell{Text: unescape(value)}
}
