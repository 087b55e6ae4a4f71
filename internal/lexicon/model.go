package lexicon

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// A model says how probable it is that a word of one language is said by a word
// of another: IBM's Model 1, in which every word of a segment may stand for every
// word of the segment that translates it, and repeated looking tells which do
// (Brown et al. 1993). It is trained in both directions at once; what both find
// is believed, what only one finds is mostly chance.
type model struct {
	rows [][]chance // by the source's number: the most probable first
}

// chance is a word and how probable it is.
type chance struct {
	word int32
	p    float32
}

// bitext are segments that translate each other, as numbers of words, one after
// the other: a large dictionary has two million of them.
type bitext struct {
	source, target side
	weights        []float32
}

// side is one language of a bitext.
type side struct {
	numbers
	flat []int32
	ends []int32 // of segment i in flat
}

func (s *side) segment(i int) []int32 {
	start := int32(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.flat[start:s.ends[i]]
}

func (s *side) add(words []string) {
	for _, w := range words {
		s.flat = append(s.flat, s.number(w))
	}
	s.ends = append(s.ends, int32(len(s.flat)))
}

// numbers give each word of a language a number, from 0.
type numbers struct {
	words []string
	of    map[string]int32
}

func (n *numbers) number(word string) int32 {
	if i, ok := n.of[word]; ok {
		return i
	}
	if n.of == nil {
		n.of = map[string]int32{}
	}
	i := int32(len(n.words))
	n.of[word] = i
	n.words = append(n.words, word)
	return i
}

// add adds a segment, which counts as often as weight says.
func (b *bitext) add(source, target []string, weight float32) {
	if len(source) == 0 || len(target) == 0 {
		return
	}
	b.source.add(source)
	b.target.add(target)
	b.weights = append(b.weights, weight)
}

// What is kept of a model: the words of a row and the least of their chances.
const (
	rounds   = 5
	keepWide = 8
	keepFrom = 0.02
)

// train makes the models of both directions.
func (b *bitext) train(ctx context.Context) (there, back *model, err error) {
	forward, backward := b.cells(&b.source, &b.target), b.cells(&b.target, &b.source)
	for range rounds {
		for _, c := range []*cells{forward, backward} {
			if err := c.look(ctx, b.weights); err != nil {
				return nil, nil, err
			}
		}
	}
	return forward.model(backward), backward.model(forward), nil
}

// cells are the pairs of words that meet in any segment, row by row.
type cells struct {
	from, to *side
	starts   []int32 // of row i; one more at the end
	words    []int32
	p, sum   []float32
}

// manyMet is how many meetings are gathered before the same ones are made one.
const manyMet = 1 << 23

func (b *bitext) cells(from, to *side) *cells {
	var met []uint64
	limit := manyMet
	for i := range b.weights {
		for _, f := range from.segment(i) {
			for _, t := range to.segment(i) {
				met = append(met, uint64(f)<<32|uint64(uint32(t)))
			}
		}
		if len(met) > limit {
			met = distinct(met)
			limit = len(met) + manyMet
		}
	}
	met = distinct(met)
	c := &cells{from: from, to: to, starts: make([]int32, len(from.words)+1), words: make([]int32, len(met))}
	for n, m := range met {
		c.words[n] = int32(uint32(m))
		c.starts[m>>32+1]++
	}
	for i := range from.words {
		c.starts[i+1] += c.starts[i]
	}
	c.p, c.sum = make([]float32, len(met)), make([]float32, len(met))
	for i := range from.words {
		row := c.p[c.starts[i]:c.starts[i+1]]
		for n := range row {
			row[n] = 1 / float32(len(row))
		}
	}
	return c
}

func distinct(list []uint64) []uint64 {
	slices.Sort(list)
	return slices.Compact(list)
}

// cell is where the pair stands.
func (c *cells) cell(from, to int32) int {
	start, end := c.starts[from], c.starts[from+1]
	n, _ := slices.BinarySearch(c.words[start:end], to)
	return int(start) + n
}

// look takes one look at all segments: how often each word is said by each, as
// far as is known, makes what is known then.
func (c *cells) look(ctx context.Context, weights []float32) error {
	clear(c.sum)
	var at []int
	for n, weight := range weights {
		if n%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		from := c.from.segment(n)
		for _, j := range c.to.segment(n) {
			at = at[:0]
			total := float32(0)
			for _, i := range from {
				k := c.cell(i, j)
				at = append(at, k)
				total += c.p[k]
			}
			for _, k := range at {
				c.sum[k] += weight * c.p[k] / total
			}
		}
	}
	for i := range len(c.starts) - 1 {
		row := c.sum[c.starts[i]:c.starts[i+1]]
		total := float32(0)
		for _, v := range row {
			total += v
		}
		for n, v := range row {
			c.p[int(c.starts[i])+n] = v / total
		}
	}
	return nil
}

// model keeps the best of each row, weighed by what the other direction says.
func (c *cells) model(other *cells) *model {
	m := &model{rows: make([][]chance, len(c.starts)-1)}
	for i := range m.rows {
		var row []chance
		total := float32(0)
		for k := c.starts[i]; k < c.starts[i+1]; k++ {
			j := c.words[k]
			p := float32(math.Sqrt(float64(c.p[k] * other.p[other.cell(j, int32(i))])))
			row = append(row, chance{j, p})
			total += p
		}
		m.rows[i] = best(row, total)
	}
	return m
}

// best keeps the most probable, in sum one.
func best(row []chance, total float32) []chance {
	slices.SortFunc(row, func(a, b chance) int { return cmp.Or(cmp.Compare(b.p, a.p), cmp.Compare(a.word, b.word)) })
	kept := float32(0)
	n := 0
	for ; n < min(len(row), keepWide) && row[n].p >= keepFrom*total; n++ {
		kept += row[n].p
	}
	row = slices.Clone(row[:n])
	for i := range row {
		row[i].p /= kept
	}
	return row
}
