package thesaurus

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// Spotter finds concepts in texts by their labels. It compares stems, so that
// "оценке потребностей" is "оценка потребностей". It is safe for concurrent use.
type Spotter struct {
	Revision int64 // of the thesaurus that it was made of
	labels   map[lang.Tag]map[string][]spotted
}

// spotted is a label under its first stem.
type spotted struct {
	concept string
	stems   []string
	exact   string  // an abbreviation: as it is written, its capitals count
	weight  float64 // how much it says: rare words say more than "police"
}

// NewSpotter makes one of our own thesaurus: what is imported beside it is for
// exchange.
func NewSpotter(ctx context.Context, q store.Reader) (*Spotter, error) {
	revision, err := Revision(ctx, q)
	if err != nil {
		return nil, err
	}
	list, err := store.List[Label](ctx, q, everything, `
		SELECT l.concept, l.lang, l.kind, l.text
		FROM concept_label l
		JOIN concept c ON c.id = l.concept
		WHERE {scope} AND NOT c.deprecated AND c.scheme = $1`, Policing)
	if err != nil {
		return nil, err
	}
	s := &Spotter{Revision: revision, labels: map[lang.Tag]map[string][]spotted{}}
	for _, t := range lang.All {
		s.labels[t] = spotting(t, list)
	}
	return s, nil
}

// spotting prepares the labels of one language.
func spotting(t lang.Tag, list []Label) map[string][]spotted {
	var all []spotted
	in := map[string]float64{} // stem → labels that have it
	for _, l := range list {
		if l.Lang != t {
			continue
		}
		one := spotted{concept: l.Concept, weight: 1}
		for _, term := range search.Terms(t, l.Text) {
			one.stems = append(one.stems, term.Stem)
			in[term.Stem]++
		}
		if abbreviation(l.Text) {
			one.exact = l.Text
		} else if l.Kind != Pref && len(one.stems) == 1 {
			one.weight = 0.5 // a single other word means much besides: "march", "cell"
		}
		if len(one.stems) > 0 {
			all = append(all, one)
		}
	}
	index := map[string][]spotted{}
	for _, one := range all {
		rarest := 0.0
		for _, stem := range one.stems {
			rarest = max(rarest, math.Log(float64(len(all))/in[stem]))
		}
		one.weight *= rarest * math.Sqrt(float64(len(one.stems)))
		index[one.stems[0]] = append(index[one.stems[0]], one)
	}
	for _, list := range index { // the longest first: it is the one that is meant
		slices.SortStableFunc(list, func(a, b spotted) int { return len(b.stems) - len(a.stems) })
	}
	return index
}

// abbreviation reports whether a label is written in capitals.
func abbreviation(text string) bool {
	return utf8.RuneCountInString(text) <= 8 && text == strings.ToUpper(text) && strings.ContainsFunc(text, unicode.IsLetter)
}

// Sighting is a concept in a text, and how strongly it is there: comparable
// within one document.
type Sighting struct {
	Concept string
	Weight  int64 // thousandths
}

// atMost is how many concepts are proposed for a document, and leastShare what a
// concept must have of the strongest one's weight.
const (
	atMost     = 8
	leastShare = 0.3
)

// Sight finds what a document is about: the strongest concepts of its titles and
// texts, by language. A word of the title counts as if the text said it twice
// more; one that is said only once, and not in the title, is none.
func (s *Spotter) Sight(texts map[lang.Tag]Sighted) []Sighting {
	best := map[string]float64{}
	for t, text := range texts {
		counts, says := map[string]float64{}, map[string]float64{}
		s.spot(t, text.Title, 3, counts, says)
		for _, p := range text.Passages {
			s.spot(t, p, 1, counts, says)
		}
		for id, n := range counts {
			if n >= 2 {
				best[id] = max(best[id], says[id]*n/(n+3))
			}
		}
	}
	list := make([]Sighting, 0, len(best))
	for id, w := range best {
		list = append(list, Sighting{id, int64(1000 * w)})
	}
	slices.SortFunc(list, func(a, b Sighting) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Concept, b.Concept))
	})
	list = list[:min(len(list), atMost)]
	return slices.DeleteFunc(list, func(one Sighting) bool {
		return float64(one.Weight) < leastShare*float64(list[0].Weight)
	})
}

// Sighted is one language's text of a document.
type Sighted struct {
	Title    string
	Passages []string
}

// spot counts the labels in a text; says is how much the strongest one of each
// concept says.
func (s *Spotter) spot(t lang.Tag, text string, by float64, counts, says map[string]float64) {
	index := s.labels[t]
	if index == nil {
		return
	}
	terms := search.Terms(t, text)
	for i := 0; i < len(terms); {
		one := match(index[terms[i].Stem], terms[i:])
		if one == nil {
			i++
			continue
		}
		counts[one.concept] += by
		says[one.concept] = max(says[one.concept], one.weight)
		i += len(one.stems)
	}
}

// match is the longest label that the terms begin with.
func match(labels []spotted, terms []search.Term) *spotted {
	for i := range labels {
		one := &labels[i]
		if len(one.stems) > len(terms) || one.exact != "" && len(one.stems) == 1 && terms[0].Word != one.exact {
			continue
		}
		fits := true
		for j, stem := range one.stems {
			fits = fits && terms[j].Stem == stem
		}
		if fits {
			return one
		}
	}
	return nil
}
