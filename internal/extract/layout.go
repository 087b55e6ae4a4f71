package extract

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compose makes passages of the lines of a PDF: margins are set aside, lines become paragraphs, large type headings.
func compose(w *work, lines []line) {
	lines, w.content.Margins = setAside(lines)
	t := measure(lines)
	var block []line
	flush := func() {
		if len(block) == 0 {
			return
		}
		w.page = block[0].page
		kind, level := t.kind(block)
		w.add(kind, level, t.join(block))
		block = block[:0]
	}
	for i, l := range lines {
		if i > 0 && len(block) > 0 && t.breaks(block, l) {
			flush()
		}
		block = append(block, l)
	}
	flush()
	w.page = 0
}

// typography is what a document's lines have in common.
type typography struct {
	body     float64         // size of most of the text
	leading  float64         // distance of base lines : type size
	right    float64         // where full lines end
	headings []float64       // sizes of headings, largest first
	compound map[string]bool // words seen with their hyphen inside a line
}

// measure finds the commonest size, leading and right edge.
func measure(lines []line) *typography {
	sizes, steps, edges := map[float64]int{}, map[float64]int{}, map[float64]int{}
	t := &typography{compound: map[string]bool{}}
	for i, l := range lines {
		sizes[half(l.size)] += len(l.text)
		edges[math.Round(l.right/8)*8]++
		if i > 0 && lines[i-1].page == l.page && half(lines[i-1].size) == half(l.size) {
			if step := (lines[i-1].base - l.base) / l.size; step > 0.8 && step < 3 {
				steps[math.Round(step*20)/20]++
			}
		}
		t.learn(l.text)
	}
	t.body, t.leading, t.right = commonest(sizes), commonest(steps), commonest(edges)
	if t.leading == 0 {
		t.leading = 1.2
	}
	for size, n := range sizes {
		if size >= t.body*1.12 && n > 0 {
			t.headings = append(t.headings, size)
		}
	}
	slices.SortFunc(t.headings, func(a, b float64) int { return cmp.Compare(b, a) })
	return t
}

func half(size float64) float64 { return math.Round(size*2) / 2 }

// commonest is the key with the largest count, the smallest such key where two are equal.
func commonest(counts map[float64]int) float64 {
	best, most := 0.0, 0
	for k, n := range counts {
		if n > most || (n == most && k < best) {
			best, most = k, n
		}
	}
	return best
}

// learn remembers compounds such as "cross-border" so that they keep their hyphen at a line's end.
func (t *typography) learn(text string) {
	if !strings.Contains(text, "-") {
		return
	}
	for _, word := range strings.Fields(text) {
		if i := strings.IndexByte(word, '-'); i > 0 && i < len(word)-1 {
			t.compound[strings.ToLower(strings.TrimFunc(word, notWord))] = true
		}
	}
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

var (
	bullet  = regexp.MustCompile(`^([•●◦▪■□‣∙·*–—-]|o |\(?[0-9]{1,3}[.)]|\(?[a-zа-я]\)|\(?[ivxlc]{1,6}\)|[0-9]{1,2}(\.[0-9]{1,3})+\.?)\s`)
	leaders = regexp.MustCompile(`(\s*\.\s*){4,}|…{2,}|_{4,}`)
)

// hasLeaders says that a line of a table of contents has its dots. Most lines are spared the expression.
func hasLeaders(s string) bool {
	return (strings.Contains(s, "..") || strings.Contains(s, ". .") || strings.Contains(s, "……") || strings.Contains(s, "____")) &&
		leaders.MatchString(s)
}

// isListItem says that a line begins with a list's mark. Most lines begin with a word of several letters.
func isListItem(s string) bool {
	end := strings.IndexAny(s, " \t")
	if end < 0 {
		end = len(s)
	}
	return end <= 14 && bullet.MatchString(s[:end]+" ")
}

// breaks says whether l starts a new passage after block.
func (t *typography) breaks(block []line, l line) bool {
	first, prev := block[0], block[len(block)-1]
	switch {
	case prev.hyphen:
		return false
	case math.Abs(prev.size-l.size) > 0.11*math.Max(prev.size, l.size):
		return math.Abs(prev.base-l.base) > 0.5*math.Max(prev.size, l.size)
	case hasLeaders(prev.text):
		return true
	case prev.page != l.page:
		return !t.runsOn(prev, l)
	}
	step := (prev.base - l.base) / l.size
	switch {
	case math.Abs(step) < 0.4: // the same line, set in pieces
		return false
	case step < 0: // the next column, or a box beside the text
		return !t.runsOn(prev, l)
	case step > t.leading*1.35:
		return true
	case isListItem(l.text) && !t.midSentence(prev, l):
		return true
	}
	return t.indented(first, prev, l, len(block) == 1) || t.endsShort(prev, l)
}

// runsOn says that the sentence goes on in l, though l stands elsewhere.
func (t *typography) runsOn(prev, l line) bool {
	r, _ := utf8.DecodeRuneInString(l.text)
	return unicode.IsLower(r) && !endsSentence(prev.text) && half(prev.size) == half(l.size) && half(l.size) <= t.body*1.1
}

// midSentence says that l's beginning only looks like a list's mark: "… of Article\n3. It is".
func (t *typography) midSentence(prev, l line) bool {
	r, _ := utf8.DecodeRuneInString(l.text)
	return unicode.IsDigit(r) && !endsSentence(prev.text) && prev.right > t.right*0.93 && math.Abs(prev.left-l.left) < 1
}

// indented says that l begins further right than the text before it, as a paragraph's first line does. A list's item
// continues further right than its mark.
func (t *typography) indented(first, prev, l line, second bool) bool {
	shift := (l.left - prev.left) / l.size
	if second && isListItem(first.text) {
		return shift < -0.5
	}
	r, _ := utf8.DecodeRuneInString(l.text)
	return (shift > 0.9 && (endsSentence(prev.text) || !unicode.IsLower(r))) || (shift < -3 && endsSentence(prev.text))
}

// endsShort says that the line before l ended well before the edge with its sentence.
func (t *typography) endsShort(prev, l line) bool {
	width := t.right - prev.left
	if width <= 0 || prev.right > t.right-0.2*width {
		return false
	}
	r, _ := utf8.DecodeRuneInString(l.text)
	return endsSentence(prev.text) || (!unicode.IsLower(r) && prev.right < t.right-0.45*width)
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, `"'”»“’)]`)
	return s != "" && strings.ContainsRune(".!?:;", rune(s[len(s)-1]))
}

// kind tells headings by their size and lists by their mark.
func (t *typography) kind(block []line) (Kind, int) {
	length := 0
	for _, l := range block {
		length += len(l.text)
	}
	size := half(block[0].size)
	if i := slices.Index(t.headings, size); i >= 0 && length <= 300 && len(block) <= 4 {
		return Heading, min(i+1, 6)
	}
	if isListItem(block[0].text) {
		return ListItem, 0
	}
	return Paragraph, 0
}

// join sets the lines one after the other. A hyphen at a line's end goes, unless the next part begins with a capital
// or a digit, or the compound was seen with it elsewhere.
func (t *typography) join(block []line) string {
	var b strings.Builder
	for i, l := range block {
		text := l.text
		if hasLeaders(text) {
			text = leaders.ReplaceAllString(text, " ")
		}
		b.WriteString(text)
		if i == len(block)-1 {
			if l.hyphen {
				b.WriteByte('-')
			}
			break
		}
		next := block[i+1].text
		switch {
		case l.hyphen && t.keeps(text, next):
			b.WriteByte('-')
		case l.hyphen:
		case l.right == block[i+1].right && l.base == block[i+1].base && text == next:
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// keeps says whether the hyphen between two parts of a word belongs to it.
func (t *typography) keeps(before, after string) bool {
	r, _ := utf8.DecodeRuneInString(after)
	if !unicode.IsLower(r) {
		return true
	}
	head := before[strings.LastIndexByte(before, ' ')+1:]
	tail, _, _ := strings.Cut(after, " ")
	return t.compound[strings.ToLower(strings.TrimFunc(head+"-"+tail, notWord))]
}
