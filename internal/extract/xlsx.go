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
	main, err := a.mainPart()
	if err != nil {
		return err
	}
	b := &workbook{work: w, archive: a}
	if err := b.readShared(path.Join(path.Dir(main), "sharedStrings.xml")); err != nil {
		return err
	}
	if err := b.readDates(path.Join(path.Dir(main), "styles.xml")); err != nil {
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
	dates   []bool // by cell style: a number is a day
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
				b.shared = append(b.shared, text.String())
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

// readDates finds the cell styles whose numbers are days.
func (b *workbook) readDates(name string) error {
	if !b.archive.has(name) {
		return nil
	}
	custom, cells := map[string]bool{}, false
	return b.archive.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				custom[attr(t, "numFmtId")] = isDateFormat(attr(t, "formatCode"))
			case "cellXfs":
				cells = true
			case "xf":
				if id := attr(t, "numFmtId"); cells {
					n, _ := strconv.Atoi(id)
					b.dates = append(b.dates, custom[id] || (n >= 14 && n <= 17) || n == 22)
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				cells = false
			}
		}
		return nil
	})
}

// isDateFormat looks for years and days outside quotations.
func isDateFormat(code string) bool {
	code = strings.ToLower(code)
	for strings.Count(code, `"`) >= 2 {
		i := strings.IndexByte(code, '"')
		j := i + 1 + strings.IndexByte(code[i+1:], '"')
		code = code[:i] + code[j+1:]
	}
	return strings.Contains(code, "yy") || (strings.Contains(code, "d") && strings.Contains(code, "m"))
}

// readSheet reads the rows of one sheet.
func (b *workbook) readSheet(name string) error {
	f := newFlow(b.work)
	var kind, style string
	var value strings.Builder
	inValue := false
	err := b.archive.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				f.startRow()
			case "c":
				kind, style = attr(t, "t"), attr(t, "s")
				value.Reset()
			case "v", "t":
				inValue = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v", "t":
				inValue = false
			case "c":
				f.write(b.cell(kind, style, value.String()))
				f.endCell()
			case "row":
				f.endRow()
			}
		case xml.CharData:
			if inValue && value.Len() < 1<<20 {
				value.Write(t)
			}
		}
		if b.work.full {
			return errStop
		}
		return nil
	})
	f.endRow()
	return err
}

// cell writes a cell's value as a reader would see it.
func (b *workbook) cell(kind, style, value string) string {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(value); err == nil && i >= 0 && i < len(b.shared) {
			return b.shared[i]
		}
		return ""
	case "e":
		return ""
	case "", "n":
		i, err := strconv.Atoi(style)
		days, failed := strconv.ParseFloat(value, 64)
		if err == nil && failed == nil && i >= 0 && i < len(b.dates) && b.dates[i] && days > 0 && days < 200_000 {
			return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Format(time.DateOnly)
		}
	}
	return value
}
