package extract

import (
	"bytes"
	"context"
	"io"
	"strings"
	"unicode/utf8"
)

// line is one line of a PDF page as it was set. Coordinates are points from the lower left corner of the page.
type line struct {
	text   string
	page   int
	left   float64 // origin of the first character
	right  float64 // origin of the last character
	base   float64 // base line
	size   float64 // type size of the first character
	hyphen bool    // ends with a hyphen that divides a word; the hyphen is not in text
}

// document is an open PDF.
type document struct {
	*sandbox
	handle uint64
	pages  int
}

// readPDF reads the text page by page, joins the lines to paragraphs, and gives pages without text to OCR.
func (x *Extractor) readPDF(w *work) error {
	s, err := x.engine.acquire(w.ctx)
	if err != nil {
		return err
	}
	defer s.close()
	source := &boundSeeker{SectionReader: io.NewSectionReader(w.file, 0, w.size), ctx: w.ctx}
	d := &document{sandbox: s}
	if d.handle, err = s.openFile(source, w.size); err != nil {
		return err
	}
	if d.pages, err = s.count("FPDF_GetPageCount", d.handle); err != nil {
		return err
	}
	if d.pages == 0 {
		return fail(Broken, "the PDF has no pages")
	}
	w.content.Pages = d.pages
	lines, pictures, err := d.lines(w)
	if err != nil {
		return err
	}
	w.meta = metadata{title: d.property("Title"), date: pdfDate(d.property("CreationDate"))}
	if err := noteCutOff(w); err != nil {
		return err
	}
	compose(w, lines)
	if len(pictures) > 0 {
		return x.readPictures(w, d, pictures)
	}
	return nil
}

// boundSeeker is a file that the engine reads until the context ends.
type boundSeeker struct {
	*io.SectionReader
	ctx context.Context
}

func (b *boundSeeker) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.SectionReader.Read(p)
}

// lines reads all pages. Pages that show something but hold no letters are returned as pictures.
func (d *document) lines(w *work) (lines []line, pictures []int, err error) {
	broken := 0
	for page := 1; page <= d.pages; page++ {
		if err := w.ctx.Err(); err != nil {
			return nil, nil, err
		}
		if page > w.limits.Pages {
			w.note("pages-cut", w.limits.Pages)
			break
		}
		found, objects, err := d.page(page)
		switch {
		case err != nil:
			return nil, nil, err
		case objects < 0:
			broken++
		case objects > 0 && !hasLetters(found):
			pictures = append(pictures, page)
		}
		lines = append(lines, found...)
	}
	if broken == d.pages {
		return nil, nil, fail(Broken, "none of %d pages can be read", d.pages)
	}
	if broken > 0 {
		w.note("pages-broken", broken)
	}
	return lines, pictures, nil
}

func hasLetters(lines []line) bool {
	letters := 0
	for _, l := range lines {
		letters += utf8.RuneCountInString(l.text)
	}
	return letters >= 8
}

// page reads one page; objects is how many things it shows, or -1 where it cannot be read.
func (d *document) page(number int) (lines []line, objects int, err error) {
	page, err := d.call("FPDF_LoadPage", d.handle, uint64(number-1))
	if err != nil || page == 0 {
		return nil, -1, err
	}
	if objects, err = d.count("FPDFPage_CountObjects", page); err != nil {
		return nil, 0, err
	}
	text, err := d.call("FPDFText_LoadPage", page)
	if err != nil {
		return nil, 0, err
	}
	if text != 0 {
		if lines, err = d.pageLines(text, number); err != nil {
			return nil, 0, err
		}
		if _, err = d.call("FPDFText_ClosePage", text); err != nil {
			return nil, 0, err
		}
	}
	_, err = d.call("FPDF_ClosePage", page)
	return lines, objects, err
}

// pageLines takes the whole text with one call and asks for the place of each line's ends only: a call for each
// character would cost more than PDFium itself.
func (d *document) pageLines(text uint64, number int) ([]line, error) {
	n, err := d.count("FPDFText_CountChars", text)
	if err != nil || n == 0 {
		return nil, err
	}
	whole, err := d.text(n+1, func(buffer uint64) (int, error) {
		return d.count("FPDFText_GetText", text, 0, uint64(n), buffer)
	})
	if err != nil {
		return nil, err
	}
	var lines []line
	position := 0 // in characters
	for rest := strings.TrimRight(whole, "\x00"); rest != ""; {
		end := strings.IndexAny(rest, "\n\ufffe\x02")
		part, hyphen := rest, false
		if end >= 0 {
			part, hyphen = rest[:end], rest[end] != '\n'
			_, width := utf8.DecodeRuneInString(rest[end:])
			rest = rest[end+width:]
		} else {
			rest = ""
		}
		l, ok, err := d.line(text, part, position)
		if err != nil {
			return nil, err
		}
		if ok {
			l.page, l.hyphen = number, hyphen
			lines = append(lines, l)
		}
		position += utf8.RuneCountInString(part)
		if end >= 0 {
			position++
		}
	}
	return lines, nil
}

// line finds where a part of the page's text stands. Parts without ink are no lines.
func (d *document) line(text uint64, part string, position int) (l line, ok bool, err error) {
	l.text = strings.TrimSpace(scrub(part, false))
	if l.text == "" {
		return l, false, nil
	}
	start := len(part) - len(strings.TrimLeft(part, " \r\t\u00a0"))
	stop := len(strings.TrimRight(part, " \r\t\u00a0"))
	first := position + utf8.RuneCountInString(part[:start])
	last := position + utf8.RuneCountInString(part[:stop]) - 1
	if first, err = d.count("FPDFText_GetCharIndexFromTextIndex", text, uint64(first)); err != nil {
		return l, false, err
	}
	if last, err = d.count("FPDFText_GetCharIndexFromTextIndex", text, uint64(last)); err != nil {
		return l, false, err
	}
	if l.left, l.base, err = d.point("FPDFText_GetCharOrigin", text, uint64(first)); err != nil {
		return l, false, err
	}
	if l.right, _, err = d.point("FPDFText_GetCharOrigin", text, uint64(last)); err != nil {
		return l, false, err
	}
	size, err := d.call("FPDFText_GetFontSize", text, uint64(first))
	l.size = doubleOf(size)
	if !(l.size > 0 && l.size < 1000) {
		l.size = 10
	}
	return l, true, err
}

// property is an entry of the document's information dictionary, or "".
func (d *document) property(name string) string {
	var value string
	err := d.cString(name, func(p uint64) error {
		bytes, err := d.count("FPDF_GetMetaText", d.handle, p, 0, 0)
		if err != nil || bytes <= 2 || bytes > 4096 {
			return err
		}
		value, err = d.text(bytes/2, func(buffer uint64) (int, error) {
			n, err := d.count("FPDF_GetMetaText", d.handle, p, buffer, uint64(bytes))
			return n/2 - 1, err
		})
		return err
	})
	if err != nil {
		return ""
	}
	return clean(value)
}

// noteCutOff says so when the end of the file is missing: PDFium mends what it can, and pages may be lost.
func noteCutOff(w *work) error {
	tail := make([]byte, min(w.size, 2048))
	if _, err := w.file.ReadAt(tail, w.size-int64(len(tail))); err != nil && err != io.EOF {
		return fail(Failed, "read the end of the file: %w", err)
	}
	if !bytes.Contains(tail, []byte("%%EOF")) {
		w.note("cut-off", 1)
	}
	return nil
}
