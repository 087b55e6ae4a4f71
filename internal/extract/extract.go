// Package extract turns the bytes of a file into passages.
//
// A passage is what a reader would call one thing: a heading, a paragraph, a list item, a row of a table. It knows
// the page of the original, so that a search result can lead to it and a citation can name it. Beside the passages,
// a file proposes its language, title, symbol and date; a person confirms them.
//
// Files come from outside and may be broken, mistaken or hostile. So every reader works on a budget of bytes, pages
// and time (Limits), PDF is parsed inside a WebAssembly sandbox with its own memory, a panic is caught, and every
// refusal is an *Error with a Reason that the messages explain in six languages ("extract.reason.CODE",
// "extract.advice.CODE"). What could be read but not wholly is kept, with a Note.
package extract

import (
	"context"
	"fmt"
	"io"
	"time"

	"polis/internal/lang"
)

// Kind says what a passage is in the original.
type Kind string

// The kinds of passages. Rows keep their cells apart with a tab.
const (
	Heading   Kind = "heading"
	Paragraph Kind = "paragraph"
	ListItem  Kind = "list-item"
	TableRow  Kind = "table-row"
	Code      Kind = "code"
)

// Passage is the smallest thing that can be found and cited.
type Passage struct {
	Kind  Kind
	Level int    // 1 to 6 for a heading, else 0
	Page  int    // page, slide or sheet of the original, counted from 1; 0 where the format has none
	Text  string // one line without control characters, at most about 8,000 bytes; code keeps its lines
}

// Note is something the reader of the text should know: message "extract.note.CODE" with the number n.
type Note struct {
	Code string
	N    int
}

// NoteCodes lists the codes of all notes.
func NoteCodes() []string {
	return []string{
		"cut-off", "pages-broken", "pages-cut", "text-cut", "ocr-missing", "ocr-used", "ocr-nothing", "ocr-failed", "ocr-cut", "ocr-languages",
	}
}

// Content is what a file holds. Title, Symbol, Date and Original are proposals that may be empty.
type Content struct {
	Media    string   // media type as found in the bytes, such as "application/pdf"
	Lang     lang.Tag // language of the text; "" if it is none of the six
	LangSure bool     // the text is long and clear enough to rely on Lang
	Title    string
	Symbol   string   // such as "PC.DEC/1049" or "MC.DEC/9/01"
	Date     string   // "2012", "2012-07" or "2012-07-26"
	Original lang.Tag // language named by a line such as "Original: ENGLISH"
	Passages []Passage
	Margins  []Passage // repeated headers, footers and page numbers of a PDF, set aside from the text
	Pages    int       // pages, slides or sheets; 0 where the format has none
	OCR      bool      // some of the text was read from pictures
	Notes    []Note
}

// Text joins the passages, one a line.
func (c Content) Text() string {
	size := 0
	for _, p := range c.Passages {
		size += len(p.Text) + 1
	}
	text := make([]byte, 0, size)
	for _, p := range c.Passages {
		text = append(append(text, p.Text...), '\n')
	}
	return string(text)
}

// Extractor reads files. It is safe for concurrent use; the PDF engine in it starts with the first PDF, serves
// two files at a time and is put away when nothing was read for Limits.Idle.
type Extractor struct {
	limits Limits
	engine *engine
	ocr    *ocr
}

// New prepares an extractor. The compiled PDF engine is kept in cacheDir, which may be shared by many programs: the
// first start takes seconds, later ones a fraction of one. An empty cacheDir compiles at every start.
func New(cacheDir string, l Limits) *Extractor {
	return &Extractor{limits: l, engine: newEngine(cacheDir, l), ocr: newOCR(l)}
}

// Head reads only the beginning of files with the same engine: so many pages, of which two by OCR, in so much time.
func (x *Extractor) Head(pages int, patience time.Duration) *Extractor {
	l := x.limits
	l.Pages, l.OCRPages, l.Time, l.TextBytes = min(l.Pages, pages), min(l.OCRPages, 2), min(l.Time, patience), min(l.TextBytes, 1<<20)
	return &Extractor{limits: l, engine: x.engine, ocr: x.ocr}
}

// Close puts the engine away. Reading a PDF after Close starts it again.
func (x *Extractor) Close() { x.engine.close() }

// File reads the size bytes of r. The name is used for its extension, and for nothing else. Every error is an *Error.
func (x *Extractor) File(ctx context.Context, name string, r io.ReaderAt, size int64) (c Content, err error) {
	bounded, cancel := context.WithTimeout(ctx, x.limits.Time)
	defer cancel()
	w := &work{ctx: bounded, limits: x.limits, name: name, file: r, size: size}
	defer func() {
		if p := recover(); p != nil {
			err = fail(Broken, "the reader panicked: %v", p)
		}
		if err != nil {
			c, err = Content{}, explain(ctx, bounded, err)
		}
	}()
	if err := w.identify(); err != nil {
		return Content{}, err
	}
	if err := x.read(w); err != nil {
		return Content{}, err
	}
	return w.finish()
}

// read hands the work to the reader of its format.
func (x *Extractor) read(w *work) error {
	switch w.format {
	case formatPDF:
		return x.readPDF(w)
	case formatImage:
		return x.readImage(w)
	case formatDOCX:
		return readDOCX(w)
	case formatPPTX:
		return readPPTX(w)
	case formatXLSX:
		return readXLSX(w)
	case formatODT:
		return readODT(w)
	case formatEPUB:
		return readEPUB(w)
	case formatHTML:
		return readHTMLFile(w)
	case formatMarkdown:
		return readMarkdown(w)
	case formatText:
		return readText(w)
	}
	return fail(Unsupported, "no reader for %s", w.content.Media)
}

// finish completes the content with its proposals, and refuses a document without a word.
func (w *work) finish() (Content, error) {
	if err := w.ctx.Err(); err != nil {
		return Content{}, err
	}
	c := &w.content
	if !hasWords(c.Passages) && len(c.Notes) == 0 {
		return Content{}, fail(NoText, "%s holds no words", c.Media)
	}
	c.Lang, c.LangSure = detectLanguage(c.Passages)
	propose(c, w.meta)
	return *c, nil
}

// String names the note's code and number for a log.
func (n Note) String() string { return fmt.Sprintf("%s(%d)", n.Code, n.N) }
