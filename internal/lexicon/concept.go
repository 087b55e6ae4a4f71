package lexicon

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"polis/internal/lang"
	"polis/internal/search"
)

// Label is a name of a concept of the thesaurus in one language.
type Label struct {
	Concept   string
	Lang      lang.Tag
	Preferred bool
	Hidden    bool // found by and never shown or said
	Text      string
}

// concepts find the concepts that a question speaks of, by their names in the
// language in which it is asked.
type concepts struct {
	marks  map[lang.Tag]string            // names what a language's names are
	names  map[lang.Tag]map[string][]name // by the first stem, the longest first
	labels map[lang.Tag]map[string][]name // by the concept, the preferred first
}

// name is a label as stems.
type name struct {
	concept   string
	stems     []string
	preferred bool
	shown     string
}

// A name of more words than this is not looked for.
const maxName = 8

func newConcepts(labels []Label) *concepts {
	c := &concepts{marks: map[lang.Tag]string{}, names: map[lang.Tag]map[string][]name{}, labels: map[lang.Tag]map[string][]name{}}
	for _, t := range lang.All {
		c.names[t], c.labels[t] = map[string][]name{}, map[string][]name{}
	}
	for _, l := range labels {
		n := name{concept: l.Concept, preferred: l.Preferred, shown: l.Text, stems: stems(l.Lang, l.Text)}
		if c.names[l.Lang] == nil || len(n.stems) == 0 || len(n.stems) > maxName {
			continue
		}
		c.names[l.Lang][n.stems[0]] = append(c.names[l.Lang][n.stems[0]], n)
		if l.Hidden {
			continue
		}
		c.labels[l.Lang][l.Concept] = append(c.labels[l.Lang][l.Concept], n)
	}
	for _, t := range lang.All {
		for _, list := range c.names[t] {
			slices.SortStableFunc(list, func(a, b name) int { return len(b.stems) - len(a.stems) })
		}
		for _, list := range c.labels[t] {
			slices.SortStableFunc(list, func(a, b name) int {
				switch {
				case a.preferred == b.preferred:
					return strings.Compare(a.shown, b.shown)
				case a.preferred:
					return -1
				}
				return 1
			})
		}
	}
	for _, t := range lang.All {
		c.marks[t] = markOf(c.labels[t])
	}
	return c
}

func stems(t lang.Tag, text string) []string {
	var list []string
	for _, term := range search.Terms(t, text) {
		list = append(list, term.Stem)
	}
	return list
}

// spans calls found for the concepts in a row of stems. Where one name holds
// another, the longer is meant: a "needs assessment" is no "assessment".
func (c *concepts) spans(t lang.Tag, words []string, found func(n name, from, to int)) {
	for i := 0; i < len(words); {
		length := 1
		for _, n := range c.names[t][words[i]] {
			if len(n.stems) < length {
				break
			}
			if i+len(n.stems) <= len(words) && slices.Equal(n.stems, words[i:i+len(n.stems)]) {
				length = len(n.stems)
				found(n, i, i+length)
			}
		}
		i += length
	}
}

// senses are what the concepts in a question are called in a language.
func (c *concepts) senses(from, to lang.Tag, words []string) []search.Sense {
	var list []search.Sense
	c.spans(from, words, func(n name, start, end int) {
		labels := c.labels[to][n.concept]
		for _, l := range labels {
			if from == to && slices.Equal(l.stems, n.stems) {
				continue
			}
			list = append(list, search.Sense{
				From: start, To: end, Terms: l.stems, Shown: l.shown,
				Weight: labelWeight(l, labels), Source: search.Thesaurus,
			})
		}
	})
	return list
}

// labelWeight is how probable a label is among those of its concept.
func labelWeight(l name, all []name) float64 {
	const preferred = 0.6
	switch {
	case len(all) == 1:
		return 1
	case !all[0].preferred:
		return 1 / float64(len(all))
	case l.preferred:
		return preferred
	}
	return (1 - preferred) / float64(len(all)-1)
}

// mark names the names between two languages.
func (c *concepts) mark(a, b lang.Tag) string { return c.marks[a] + c.marks[b] }

// pairs are the names of each concept in two languages, each with each.
func (c *concepts) pairs(a, b lang.Tag) iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		for _, id := range slices.Sorted(maps.Keys(c.labels[a])) {
			for _, x := range c.labels[a][id] {
				for _, y := range c.labels[b][id] {
					if !yield(Pair{x.shown, y.shown}) {
						return
					}
				}
			}
		}
	}
}

func markOf(labels map[string][]name) string {
	h := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(labels)) {
		for _, n := range labels[id] {
			fmt.Fprintf(h, "%s\t%s\n", id, n.shown)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
