package extract

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of pictures
	_ "image/png"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"polis/internal/lang"
)

// pixelsMost is the largest picture that is read: a page of A3 at 600 dots an inch.
const pixelsMost = 72_000_000

// dots an inch at which a page is drawn for OCR, what tesseract was trained on.
const dots = 300

// ocr reads text from pictures with the tesseract program, where there is one.
type ocr struct {
	limits Limits
	once   sync.Once
	binary string
	tags   []lang.Tag // languages that it reads
	every  string     // all of them as tesseract names them, such as "eng+fra+rus"
}

func newOCR(l Limits) *ocr { return &ocr{limits: l} }

var tesseractNames = map[lang.Tag]string{
	lang.English: "eng", lang.French: "fra", lang.German: "deu", lang.Italian: "ita", lang.Russian: "rus", lang.Spanish: "spa",
}

// OCRLanguages lists the languages that the tesseract of this machine reads; none where it is not installed.
func (x *Extractor) OCRLanguages() []lang.Tag {
	if !x.ocr.ready() {
		return nil
	}
	return slices.Clone(x.ocr.tags)
}

// ready looks for the program and its languages once.
func (o *ocr) ready() bool {
	o.once.Do(func() {
		binary, err := exec.LookPath("tesseract")
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, binary, "--list-langs").CombinedOutput()
		if err != nil {
			return
		}
		installed := strings.Fields(string(out))
		for _, t := range lang.All {
			if slices.Contains(installed, tesseractNames[t]) {
				o.tags = append(o.tags, t)
			}
		}
		if len(o.tags) > 0 {
			o.binary, o.every = binary, names(o.tags...)
		}
	})
	return o.binary != ""
}

// names are languages as tesseract takes them: the first of them counts most.
func names(tags ...lang.Tag) string {
	var list []string
	for _, t := range tags {
		if n := tesseractNames[t]; !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return strings.Join(list, "+")
}

// with names a language with English, which stands in papers of every other.
func (o *ocr) with(t lang.Tag) string {
	if slices.Contains(o.tags, lang.English) {
		return names(t, lang.English)
	}
	return names(t)
}

// read reads one picture in the language that it is in. Read in all languages at once, a page loses its accents to
// the first of them; so the language is found first, and what was found on the page before is tried before that.
func (o *ocr) read(ctx context.Context, picture func() io.Reader, expected lang.Tag) (text string, found lang.Tag, err error) {
	if expected != "" {
		text, err = o.recognise(ctx, picture(), o.with(expected))
		if err != nil || languageOf(text) == expected {
			return text, expected, err
		}
	}
	if text, err = o.recognise(ctx, picture(), o.every); err != nil {
		return "", "", err
	}
	found = languageOf(text)
	if found == "" || found == o.tags[0] || !slices.Contains(o.tags, found) {
		return text, found, nil
	}
	better, err := o.recognise(ctx, picture(), o.with(found))
	if err != nil || languageOf(better) != found {
		return text, found, nil //nolint:nilerr // the first reading stands
	}
	return better, found, nil
}

// languageOf is the language of a text where that is sure.
func languageOf(text string) lang.Tag {
	if tag, sure := detectLanguage([]Passage{{Kind: Paragraph, Text: clean(text)}}); sure {
		return tag
	}
	return ""
}

// recognise reads one picture in the languages that are named. The program has one processor, bounded memory and time, and is killed with ctx.
func (o *ocr) recognise(ctx context.Context, picture io.Reader, langs string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, o.limits.OCRTime)
	defer cancel()
	args := []string{"stdin", "stdout", "-l", langs, "--psm", "3"}
	command := exec.CommandContext(ctx, o.binary, args...)
	if runtime.GOOS != "windows" {
		script := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, o.limits.OCRBytes>>10)
		command = exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, o.binary}, args...)...)
	}
	command.Env = []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C", "PATH=/usr/bin:/bin"}
	command.Stdin = picture
	command.WaitDelay = 2 * time.Second
	var out bytes.Buffer
	command.Stdout = &bounded{w: &out, left: 4 << 20}
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("tesseract: %w", err)
	}
	return out.String(), nil
}

// bounded drops what is written beyond its bound.
type bounded struct {
	w    io.Writer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	if _, err := b.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// readImage reads a picture, or says that nothing here can.
func (x *Extractor) readImage(w *work) error {
	w.content.Pages = 1
	if !x.ocr.ready() {
		w.note("ocr-missing", 1)
		return nil
	}
	if config, _, err := image.DecodeConfig(w.reader()); err == nil && config.Width*config.Height > pixelsMost {
		return fail(Bomb, "the picture has %d × %d dots", config.Width, config.Height)
	} else if err != nil && w.content.Media != "image/tiff" {
		return fail(Broken, "read the picture's head: %w", err)
	}
	w.page = 1
	found, err := x.readPicture(w, w.reader, "")
	if w.content.OCR {
		w.note("ocr-used", 1)
	}
	x.noteLanguages(w, found == "")
	return err
}

// noteLanguages says that not all languages can be recognised, where that may be why the language of a page was not.
func (x *Extractor) noteLanguages(w *work, unknown bool) {
	if n := len(x.ocr.tags); unknown && n < len(lang.All) {
		w.note("ocr-languages", n)
	}
}

// readPicture adds the text of one picture and returns its language, where that is sure. A picture that cannot be read
// is a note; the end of time is an error.
func (x *Extractor) readPicture(w *work, picture func() io.Reader, expected lang.Tag) (lang.Tag, error) {
	text, found, err := x.ocr.read(w.ctx, picture, expected)
	switch {
	case w.ctx.Err() != nil:
		return "", w.ctx.Err()
	case err != nil:
		w.note("ocr-failed", 1)
		return expected, nil
	case !hasWords([]Passage{{Text: text}}):
		w.note("ocr-nothing", 1)
		return expected, nil
	}
	w.content.OCR = true
	for _, block := range strings.Split(strings.ReplaceAll(text, "\f", ""), "\n\n") {
		w.add(Paragraph, 0, joinLines(strings.Split(strings.TrimSpace(block), "\n")))
	}
	return found, nil
}

// readPictures reads the pages of a PDF that have no text, and puts the passages where they belong.
func (x *Extractor) readPictures(w *work, d *document, pages []int) error {
	if !x.ocr.ready() {
		w.note("ocr-missing", len(pages))
		return nil
	}
	if len(pages) > x.limits.OCRPages {
		w.note("ocr-cut", x.limits.OCRPages)
		pages = pages[:x.limits.OCRPages]
	}
	read, expected, unknown := 0, lang.Tag(""), false
	for i, page := range pages {
		if deadline, ok := w.ctx.Deadline(); ok && time.Until(deadline) < x.limits.Time/4 {
			w.note("ocr-cut", i) // what was read is better than nothing
			break
		}
		picture, err := d.draw(page)
		if err != nil {
			return err
		}
		w.page = page
		before := len(w.content.Passages)
		found, err := x.readPicture(w, func() io.Reader { return bytes.NewReader(picture) }, expected)
		if err != nil {
			return err
		}
		if len(w.content.Passages) > before {
			read++
			unknown = unknown || found == ""
		}
		expected = cmp.Or(found, expected)
	}
	w.page = 0
	slices.SortStableFunc(w.content.Passages, func(a, b Passage) int { return a.Page - b.Page })
	if w.content.OCR {
		w.note("ocr-used", read)
	}
	x.noteLanguages(w, unknown || read == 0)
	return nil
}

// draw renders a page in shades of grey, as a portable graymap.
func (d *document) draw(number int) ([]byte, error) {
	page, err := d.call("FPDF_LoadPage", d.handle, uint64(number-1))
	if err != nil || page == 0 {
		return nil, fail(reasonOf(err), "load page %d to draw it", number)
	}
	width, height, err := d.pixels(page)
	if err != nil {
		return nil, err
	}
	const gray, white = 1, 0xffffffff
	bitmap, err := d.call("FPDFBitmap_CreateEx", width, height, gray, 0, 0)
	if err != nil || bitmap == 0 {
		return nil, fail(TooMuchMemory, "no room to draw page %d", number)
	}
	for _, step := range [][]uint64{
		{0, bitmap, 0, 0, width, height, white},
		{1, bitmap, page, 0, 0, width, height, 0, 0},
	} {
		if _, err := d.call([]string{"FPDFBitmap_FillRect", "FPDF_RenderPageBitmap"}[step[0]], step[1:]...); err != nil {
			return nil, err
		}
	}
	buffer, err := d.call("FPDFBitmap_GetBuffer", bitmap)
	if err != nil {
		return nil, err
	}
	stride, err := d.call("FPDFBitmap_GetStride", bitmap)
	if err != nil {
		return nil, err
	}
	raster := d.arena.slice(buffer, stride*height)
	if raster == nil || stride < width {
		return nil, fail(Broken, "page %d was drawn outside its memory", number)
	}
	graymap := fmt.Appendf(nil, "P5 %d %d 255\n", width, height)
	for y := range height {
		graymap = append(graymap, raster[y*stride:y*stride+width]...)
	}
	if _, err := d.call("FPDFBitmap_Destroy", bitmap); err != nil {
		return nil, err
	}
	_, err = d.call("FPDF_ClosePage", page)
	return graymap, err
}

// pixels is the size of a page at dots an inch, reduced for posters.
func (d *document) pixels(page uint64) (width, height uint64, err error) {
	var points [2]float64
	for i, name := range []string{"FPDF_GetPageWidth", "FPDF_GetPageHeight"} {
		bits, err := d.call(name, page)
		if err != nil {
			return 0, 0, err
		}
		points[i] = min(max(doubleOf(bits), 1), 100_000)
	}
	scale := float64(dots) / 72
	for points[0]*points[1]*scale*scale > 20_000_000 {
		scale *= 0.8
	}
	return uint64(points[0]*scale) + 1, uint64(points[1]*scale) + 1, nil
}
