package extract

import (
	"math"
	"regexp"
	"strings"
)

var (
	digits = regexp.MustCompile(`[0-9]+`)
	roman  = regexp.MustCompile(`(^|\s)[ivxlcIVXLC]{1,7}($|\s)`)
)

// place is where a margin line stands: the same words at the same height, whatever the page number in them.
type place struct {
	text   string
	height float64
}

func placeOf(l line) place {
	text := digits.ReplaceAllString(strings.ToLower(l.text), "#")
	text = strings.TrimSpace(roman.ReplaceAllString(text, " # "))
	return place{text, math.Round(l.base / 3)}
}

// setAside separates running headers, footers and page numbers: the outermost lines of a page that stand on at least
// three pages at the same height with the same words.
func setAside(lines []line) (text []line, margins []Passage) {
	outer := outermost(lines)
	places, counts, pages := map[int]place{}, map[place]int{}, map[int]bool{}
	for i, l := range lines {
		pages[l.page] = true
		if outer[i] {
			places[i] = placeOf(l)
			counts[places[i]]++
		}
	}
	for i, l := range lines {
		if outer[i] && repeats(counts, places[i], len(pages)) {
			margins = append(margins, Passage{Kind: Paragraph, Page: l.page, Text: clean(l.text)})
			continue
		}
		text = append(text, l)
	}
	return text, margins
}

// repeats allows for a rounding of the height, and trusts two pages only for a page number in a short document.
func repeats(counts map[place]int, p place, pages int) bool {
	n := counts[p] + counts[place{p.text, p.height - 1}] + counts[place{p.text, p.height + 1}]
	return n >= 3 || (n == 2 && pages <= 4 && strings.Contains(p.text, "#") && len(p.text) <= 24)
}

// outermost marks the highest and the lowest lines of each page.
func outermost(lines []line) map[int]bool {
	marked := map[int]bool{}
	for start := 0; start < len(lines); {
		end := start
		for end < len(lines) && lines[end].page == lines[start].page {
			end++
		}
		for _, sign := range []float64{1, -1} {
			markExtreme(lines[start:end], start, sign, marked)
		}
		start = end
	}
	return marked
}

// secondLine is how far from the outermost base line a second line of a header may be, in points.
const secondLine = 20

// markExtreme marks the lines on the base line that is furthest in the direction of sign, and those of a second line
// close to it.
func markExtreme(page []line, offset int, sign float64, marked map[int]bool) {
	first, second := math.Inf(-1), math.Inf(-1)
	for _, l := range page {
		switch at := sign * l.base; {
		case at > first+2:
			first, second = at, first
		case at < first-2 && at > second:
			second = at
		}
	}
	for i, l := range page {
		if at := sign * l.base; at >= max(second-2, first-secondLine) && len(l.text) <= 160 {
			marked[offset+i] = true
		}
	}
}
