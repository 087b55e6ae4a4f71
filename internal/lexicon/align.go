package lexicon

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Align pairs the parts of a text with those of its translation, by their lengths:
// a long sentence is translated by a long one. A part may stand for two, or for
// none (Gale and Church 1993). What stands for nothing is left out.
func Align(source, target []string) []Pair {
	if len(source) == 0 || len(target) == 0 {
		return nil
	}
	a := alignment{source: lengths(source), target: lengths(target), width: len(target) + 1}
	a.ratio = min(max(float64(sum(a.target))/float64(max(sum(a.source), 1)), 1/stretch), stretch)
	a.fill()
	var pairs []Pair
	for _, s := range a.path() {
		if s.source > 0 && s.target > 0 {
			from := strings.Join(source[s.i-s.source:s.i], " ")
			to := strings.Join(target[s.j-s.target:s.j], " ")
			pairs = append(pairs, Pair{from, to})
		}
	}
	return pairs
}

// step is how many parts of each text stand for each other, and where they end.
type step struct{ i, j, source, target int }

// steps with what they cost beside the difference in length: how rare each is in
// translated texts, as the authors counted it.
var steps = []struct {
	source, target int
	cost           float64
}{{1, 1, 0.12}, {1, 0, 4.6}, {0, 1, 4.6}, {2, 1, 2.4}, {1, 2, 2.4}, {2, 2, 4.5}}

type alignment struct {
	source, target []int
	ratio          float64
	width          int
	cost           []float64
	taken          []uint8
}

// stretch is how much longer one language says the same at most, over a text;
// what goes beyond is text that the other has not.
const stretch = 1.3

// How far the second text may run ahead or behind, in parts, beside its share: a
// book of ten thousand paragraphs is not compared each with each.
const band = 200

func (a *alignment) fill() {
	n, m := len(a.source), len(a.target)
	a.cost = make([]float64, (n+1)*a.width)
	a.taken = make([]uint8, (n+1)*a.width)
	for k := range a.cost {
		a.cost[k] = math.Inf(1)
	}
	a.cost[0] = 0
	reach := band + m/n // from one part to the next
	for i := range n + 1 {
		middle := i * m / n
		for j := max(0, middle-reach); j <= min(m, middle+reach); j++ {
			for k, s := range steps {
				if i < s.source || j < s.target {
					continue
				}
				from := a.cost[(i-s.source)*a.width+j-s.target]
				c := from + s.cost + a.mismatch(a.source[i-s.source:i], a.target[j-s.target:j])
				if c < a.cost[i*a.width+j] {
					a.cost[i*a.width+j], a.taken[i*a.width+j] = c, uint8(k)
				}
			}
		}
	}
}

// mismatch is how little the lengths of two stretches fit.
func (a *alignment) mismatch(source, target []int) float64 {
	const (
		variance = 6.8
		alone    = 3 // a long paragraph may be missing as well as a short one
	)
	s, t := float64(sum(source))*a.ratio, float64(sum(target))
	switch {
	case s == 0 && t == 0:
		return 0
	case s == 0 || t == 0:
		return alone
	}
	return math.Abs(t-s) / math.Sqrt(variance*(s+t)/2)
}

func (a *alignment) path() []step {
	var list []step
	for i, j := len(a.source), len(a.target); i > 0 || j > 0; {
		s := steps[a.taken[i*a.width+j]]
		list = append(list, step{i, j, s.source, s.target})
		i, j = i-s.source, j-s.target
	}
	slices.Reverse(list)
	return list
}

func lengths(list []string) []int {
	n := make([]int, len(list))
	for i, s := range list {
		n[i] = utf8.RuneCountInString(s)
	}
	return n
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// Sentences pairs two paragraphs sentence by sentence.
func Sentences(source, target string) []Pair { return Align(sentences(source), sentences(target)) }

// sentences ends one where a stop is followed by a space and a capital or a
// number; an abbreviation now and then is paired in one piece all the same.
func sentences(text string) []string {
	var list []string
	start := 0
	for i, r := range text {
		if r != '.' && r != '!' && r != '?' && r != ';' {
			continue
		}
		rest := text[i+utf8.RuneLen(r):]
		next := strings.TrimLeftFunc(rest, unicode.IsSpace)
		first, _ := utf8.DecodeRuneInString(next)
		if len(next) < len(rest) && (unicode.IsUpper(first) || unicode.IsDigit(first)) {
			list = append(list, strings.TrimSpace(text[start:i+utf8.RuneLen(r)]))
			start = len(text) - len(next)
		}
	}
	if last := strings.TrimSpace(text[start:]); last != "" {
		list = append(list, last)
	}
	return list
}
