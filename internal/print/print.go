// Package print sets a record on one page of paper, as a PDF.
//
// A Page knows titles, lines and words, and nothing of where they come from. What is too
// long for a sheet of A4 is set smaller; what is too long still is cut at the end, and the
// page says so: a page that somebody hands on is one page. The letters (Source Sans 3,
// under the SIL Open Font License) are embedded, so it looks the same on every machine and
// in all six languages.
package print

import (
	_ "embed"
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"polis/internal/lang"
)

//go:embed SourceSans3-Regular.ttf
var regular []byte

//go:embed SourceSans3-Semibold.ttf
var semibold []byte

// Page is what stands on a sheet. Title and lead are short; no line is longer than a page.
type Page struct {
	Lang  lang.Tag
	Made  time.Time // also that of the file
	Title string
	Lead  string
	Parts []Part
	Foot  []string // who may see it, of which day
	More  string   // said at the end where not all has found room
}

// Part is a heading with its lines.
type Part struct {
	Title string
	Lines []Line
}

// Line is what a line says, and words to it.
type Line struct{ Text, Words string }

// The sheet, in millimetres, and the sizes of the letters of a text, in points.
const (
	width, height = 210.0, 297.0
	margin        = 20.0
	foot          = 12.0 // for two lines at the foot
	column        = 46.0 // of the headings
	gap           = 4.0
	point         = 25.4 / 72
	leading       = 1.3
)

var sizes = []float64{10.5, 9.5, 8.5, 7.5}

// bottom is where the text ends.
const bottom = height - margin - foot

// Write writes the page as a PDF.
func (p Page) Write(w io.Writer) error {
	s := p.sheet()
	for i, size := range sizes {
		if s.height(p, size) <= bottom {
			s.set(p, size)
			break
		}
		if i == len(sizes)-1 {
			s.set(s.cut(p, size), size)
		}
	}
	s.foot(p)
	return s.Output(w)
}

// sheet is an empty page of the right language.
func (p Page) sheet() sheet {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes("source", "", regular)
	f.AddUTF8FontFromBytes("source", "B", semibold)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	f.SetLang(string(p.Lang))
	f.SetTitle(p.Title, true)
	f.SetProducer("POLIS", true)
	f.SetCreationDate(p.Made)
	f.SetModificationDate(p.Made)
	f.AddPage()
	return sheet{f}
}

// sheet is a page on which is written.
type sheet struct{ *fpdf.Fpdf }

// write sets a text into a column from a height on, and returns where it ends; draw false
// only measures it.
func (s sheet) write(text, style string, size, x, y, width float64, draw bool) float64 {
	if text = legible(text); text == "" {
		return y
	}
	s.SetFont("source", style, size)
	line := size * point * leading
	for _, part := range s.SplitText(text, width) {
		if draw {
			s.SetXY(x, y)
			s.CellFormat(width, line, strings.TrimSpace(part), "", 0, "LM", false, 0, "")
		}
		y += line
	}
	return y
}

// legible is a text without what no letter stands for.
func legible(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xFFFF:
			return '\uFFFD'
		}
		return r
	}, text))
}

// height is where the page would end.
func (s sheet) height(p Page, size float64) float64 { return s.page(p, size, false) }

func (s sheet) set(p Page, size float64) { s.page(p, size, true) }

// page sets title and parts: headings at the left, what they head beside them.
func (s sheet) page(p Page, size float64, draw bool) float64 {
	y := s.write(p.Title, "B", 20, margin, margin, width-2*margin, draw)
	y = s.write(p.Lead, "", 11, margin, y, width-2*margin, draw) + gap
	for _, part := range p.Parts {
		y = s.part(part, size, y, draw) + gap*size/sizes[0]
	}
	return y
}

func (s sheet) part(part Part, size, y float64, draw bool) float64 {
	if draw {
		s.SetDrawColor(177, 180, 182)
		s.SetLineWidth(0.2)
		s.Line(margin, y-1, width-margin, y-1)
	}
	left := s.write(part.Title, "B", size, margin, y, column-gap, draw)
	for _, line := range part.Lines {
		y = s.write(line.Text, "", size, margin+column, y, width-2*margin-column, draw)
		y = s.write(line.Words, "", size, margin+column+gap, y, width-2*margin-column-gap, draw)
	}
	return max(left, y)
}

// cut is the page without the last of its lines: as many as fit, and that there are more.
func (s sheet) cut(p Page, size float64) Page {
	var all []Part
	all, p.Parts = p.Parts, nil
	last := Part{Lines: []Line{{Text: p.More}}}
	for _, part := range all {
		kept := Part{Title: part.Title}
		for _, line := range part.Lines {
			kept.Lines = append(kept.Lines, line)
			tried := p
			tried.Parts = append(append([]Part{}, p.Parts...), kept, last)
			if s.height(tried, size) > bottom {
				if kept.Lines = kept.Lines[:len(kept.Lines)-1]; len(kept.Lines) > 0 {
					p.Parts = append(p.Parts, kept)
				}
				p.Parts = append(p.Parts, last)
				return p
			}
		}
		p.Parts = append(p.Parts, kept)
	}
	return p
}

// foot says at the foot of the page whose and of when it is.
func (s sheet) foot(p Page) {
	s.SetTextColor(80, 90, 95)
	y := height - margin - foot + gap
	for _, text := range p.Foot {
		y = s.write(text, "", 8, margin, y, width-2*margin, true)
	}
}
