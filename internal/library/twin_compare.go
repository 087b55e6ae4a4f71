package library

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
)

// ComparedRow is a passage of one text beside that of the other: the same in both,
// changed, or in one of them alone.
type ComparedRow struct {
	One, Other *Passage
	Same       bool
	Skipped    int // so many passages that are the same stand here and are not shown
}

// Comparison is what differs between two texts.
type Comparison struct {
	Rows    []ComparedRow
	Same    int // passages that are the same
	Changed int // those that are not
	More    int // of them, that are not shown
	Cut     bool
}

const (
	// maxPassages is how many passages of each text are compared.
	maxPassages = 5000
	// maxChanges is how many changes are shown.
	maxChanges = 200
	// around is how many passages that are the same are shown beside a change.
	around = 1
)

// Compare finds what differs between two versions that the reader may read, passage
// by passage.
func (l *Library) Compare(ctx context.Context, scope access.Scope, one, other string) (Comparison, error) {
	a, err := l.compared(ctx, scope, one)
	if err != nil {
		return Comparison{}, err
	}
	b, err := l.compared(ctx, scope, other)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Cut: len(a) == maxPassages || len(b) == maxPassages}
	c.fold(align(a, b))
	return c, nil
}

func (l *Library) compared(ctx context.Context, scope access.Scope, version string) ([]Passage, error) {
	list, err := l.Passages(ctx, scope, version, 0, maxPassages)
	return slices.DeleteFunc(list, func(p Passage) bool { return p.Kind == string(margin) }), err
}

// fold keeps the changes with a little around them, and counts the rest.
func (c *Comparison) fold(rows []ComparedRow) {
	near := func(i int) bool {
		for k := max(i-around, 0); k <= min(i+around, len(rows)-1); k++ {
			if !rows[k].Same {
				return true
			}
		}
		return false
	}
	skipped := 0
	end := func() {
		if skipped > 0 && c.More == 0 {
			c.Rows = append(c.Rows, ComparedRow{Same: true, Skipped: skipped})
		}
		skipped = 0
	}
	for i, row := range rows {
		if row.Same {
			c.Same++
		} else if c.Changed++; c.Changed > maxChanges {
			c.More++
		}
		switch {
		case c.More > 0:
		case row.Same && !near(i):
			skipped++
		default:
			end()
			c.Rows = append(c.Rows, row)
		}
	}
	end()
}

// align puts the passages of two texts beside each other. Those that stand once in
// each, in one order, are the fixed points; what is between them is aligned by itself.
func align(a, b []Passage) (rows []ComparedRow) {
	x, y := bodies(a), bodies(b)
	i, j := 0, 0
	for _, p := range append(anchors(x, y), [2]int{len(a), len(b)}) {
		rows = append(rows, between(a[i:p[0]], b[j:p[1]], x[i:p[0]], y[j:p[1]])...)
		if p[0] < len(a) {
			rows = append(rows, ComparedRow{One: &a[p[0]], Other: &b[p[1]], Same: true})
		}
		i, j = p[0]+1, p[1]+1
	}
	return rows
}

// bodies are the passages as they are compared: how the lines are broken is no
// difference.
func bodies(list []Passage) []string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = strings.Join(strings.Fields(p.Body), " ")
	}
	return texts
}

// anchors are the places of passages that stand once in each text, as far as both
// have them in one order (patience diff: the longest rising sequence).
func anchors(x, y []string) [][2]int {
	places := map[string][2]int{} // -1: more than once
	for i, s := range x {
		if _, twice := places[s]; twice {
			places[s] = [2]int{-1, -1}
			continue
		}
		places[s] = [2]int{i, -1}
	}
	for j, s := range y {
		if p, ok := places[s]; ok && p[0] >= 0 {
			if p[1] >= 0 {
				p[0] = -1
			}
			places[s] = [2]int{p[0], j}
		}
	}
	var tops [][2]int // of the piles, each with the way back in before
	before := map[int]int{}
	for i, s := range x {
		p := places[s]
		if p[0] != i || p[1] < 0 {
			continue
		}
		k, _ := slices.BinarySearchFunc(tops, p, func(top, p [2]int) int { return top[1] - p[1] })
		if before[i] = -1; k > 0 {
			before[i] = tops[k-1][0]
		}
		if k == len(tops) {
			tops = append(tops, p)
		}
		tops[k] = p
	}
	var list [][2]int
	if len(tops) > 0 {
		for i := tops[len(tops)-1][0]; i >= 0; i = before[i] {
			list = append(list, places[x[i]])
		}
	}
	slices.Reverse(list)
	return list
}

// between aligns what stands between two fixed points: the same passages first, then
// those beside each other that have the most words in common.
func between(a, b []Passage, x, y []string) (rows []ComparedRow) {
	inX, inY := common(x, y)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		m, n := i, j
		for m < len(a) && !inX[m] {
			m++
		}
		for n < len(b) && !inY[n] {
			n++
		}
		rows = append(rows, beside(a[i:m], b[j:n])...)
		if m < len(a) && n < len(b) {
			rows = append(rows, ComparedRow{One: &a[m], Other: &b[n], Same: true})
			m, n = m+1, n+1
		}
		i, j = m, n
	}
	return rows
}

// maxBeside bounds the pairs of passages that are looked at for the best fit; in a
// longer run of changes each stands beside the one at its own place.
const maxBeside = 20_000

// beside pairs passages that differ so that in all the most is alike (Needleman and
// Wunsch); two that have little in common do not stand beside each other.
func beside(a, b []Passage) (rows []ComparedRow) {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > maxBeside {
		for i := range max(len(a), len(b)) {
			var row ComparedRow
			if i < len(a) {
				row.One = &a[i]
			}
			if i < len(b) {
				row.Other = &b[i]
			}
			rows = append(rows, row)
		}
		return rows
	}
	m := len(b) + 1
	fit, best := fits(a, b), make([]float64, (len(a)+1)*m)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i*m+j] = max(best[(i+1)*m+j], best[i*m+j+1], best[(i+1)*m+j+1]+fit[i*len(b)+j])
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		f := fit[i*len(b)+j]
		switch {
		case f > 0 && best[i*m+j] == best[(i+1)*m+j+1]+f:
			rows = append(rows, ComparedRow{One: &a[i], Other: &b[j]})
			i, j = i+1, j+1
		case best[i*m+j] == best[(i+1)*m+j]:
			rows = append(rows, ComparedRow{One: &a[i]})
			i++
		default:
			rows = append(rows, ComparedRow{Other: &b[j]})
			j++
		}
	}
	for ; i < len(a); i++ {
		rows = append(rows, ComparedRow{One: &a[i]})
	}
	for ; j < len(b); j++ {
		rows = append(rows, ComparedRow{Other: &b[j]})
	}
	return rows
}

// fits is for each two passages how many of their words both have, 0 where that is
// less than a quarter.
func fits(a, b []Passage) []float64 {
	x, y := make([]map[uint64]int, len(a)), make([]map[uint64]int, len(b))
	bag := func(text string) map[uint64]int {
		words := map[uint64]int{}
		eachWord(text, func(w uint64) { words[w]++ })
		return words
	}
	size := func(words map[uint64]int) (n int) {
		for _, k := range words {
			n += k
		}
		return n
	}
	for i, p := range a {
		x[i] = bag(p.Body)
	}
	for j, p := range b {
		y[j] = bag(p.Body)
	}
	fit := make([]float64, len(a)*len(b))
	for i := range x {
		for j := range y {
			both := 0
			for w, n := range x[i] {
				both += min(n, y[j][w])
			}
			if f := 2 * float64(both) / float64(max(size(x[i])+size(y[j]), 1)); f >= 0.25 {
				fit[i*len(b)+j] = f
			}
		}
	}
	return fit
}
