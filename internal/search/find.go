package search

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/access"
	"polis/internal/lang"
)

// languages are those that have a field of their own, the plain one last.
var languages = append(slices.Clone(lang.All), "")

// Search answers a question within a scope.
//
// Entries in every language are found, each by its own language's reading of
// the question. Those in q.Lang come first as a rule: the score of the others
// is multiplied by foreign, because a word that two languages share by accident
// ("die", "Gift") must not outweigh one in the language of the question.
func (ix *Index) Search(ctx context.Context, scope access.Scope, q Query) (a Answer, err error) {
	version, key := ix.version.Load(), standingKey(scope, q)
	if kept, ok := ix.standing.get(version, key); ok && key != "" {
		return kept, nil
	}
	err = ix.guarded(func() error {
		v, err := ix.look(scope)
		if err != nil {
			return err
		}
		defer v.close()
		f, err := v.find(ctx, q, ix.translator())
		if err != nil {
			return err
		}
		a, err = f.answer(ctx, q)
		return err
	})
	if err == nil && key != "" {
		ix.standing.put(version, key, a)
	}
	return a, err
}

// finding is a question being answered.
type finding struct {
	view      *view
	asked     question
	from      lang.Tag // in which it seems to be asked
	lang      lang.Tag // in which it is asked, as far as the query says
	translate Translate
	langs     []string // looked in; all where there are none
	readings  []*reading
	loose     bool
	forgiven  bool
	symbols   []map[uint32]int            // per shelf: how surely the question names an entry's symbol
	filters   map[Facet][]*roaring.Bitmap // per shelf, for facets with a selection
	matched   []*roaring.Bitmap           // per shelf, before the filters
	found     []*roaring.Bitmap           // per shelf, after them
	order     order
}

// reading is the question as one language understands it, with the postings of
// its words on each shelf.
type reading struct {
	heard
	wanted  []wanted
	clues   map[uint32][]clue // made by weigh
	entries int               // in this language, that the scope reads
	mean    float64           // their length in words
}

// wanted is one word with its postings.
type wanted struct {
	lists [][]*postings     // of each form on each shelf; nil where there are none
	sets  []*roaring.Bitmap // per shelf: the entries that have one of the forms; read only
	df    float64           // those of them that the scope reads, by the weights of their forms
}

func (v *view) find(ctx context.Context, q Query, translate Translate) (*finding, error) {
	f := &finding{view: v, asked: ask(q.Text), lang: q.Lang, translate: translate}
	if !q.Facets { // facets are counted in every language, chosen or not
		f.langs = q.Filter[Lang]
	}
	for _, step := range []func() error{
		f.hear,
		f.match,
		f.name,
		f.require,
		func() error { return f.forgive(ctx) },
		f.exclude,
		func() error { return f.filter(q.Filter) },
		func() error { return f.among(q.Among) },
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// hear reads the question in every language that the scope has entries in.
func (f *finding) hear() error {
	from, err := f.askedIn()
	if err != nil {
		return err
	}
	f.from = from
	asked := f.asked.in(from, f.translate)
	for _, t := range languages {
		l := f.view.lengths(t)
		if l.entries == 0 || len(f.langs) > 0 && !slices.Contains(f.langs, langKey(t)) {
			continue
		}
		r := &reading{heard: asked.hear(t), entries: l.entries, mean: float64(l.words) / float64(l.entries)}
		if err := errors.Join(f.view.addCompounds(r), asked.addKin(f.view, r)); err != nil {
			return err
		}
		if err := r.look(f.view); err != nil {
			return err
		}
		f.readings = append(f.readings, r)
	}
	return nil
}

// lengths are those of a language's entries that the scope reads.
func (v *view) lengths(t lang.Tag) (sum lengths) {
	for _, s := range v.shelves {
		sum.entries += s.langs[t].entries
		sum.words += s.langs[t].words
	}
	return sum
}

// count is how many entries that the scope reads have the term.
func (v *view) count(field, term string) (int, error) {
	return recalled(v.recall, v.recall.counts, fieldTerm{field, term}, func() (int, error) {
		n := uint64(0)
		for _, s := range v.shelves {
			b, err := s.of(field, term)
			if err != nil {
				return 0, err
			}
			n += b.AndCardinality(s.allowed)
		}
		return int(n), nil
	})
}

// look finds the postings of every form of every word.
func (r *reading) look(v *view) error {
	r.wanted = make([]wanted, len(r.wants))
	field := textField(r.tag)
	for i := range r.wants {
		w := &r.wanted[i]
		w.lists = make([][]*postings, len(r.wants[i].forms))
		w.sets = make([]*roaring.Bitmap, len(v.shelves))
		for j := range w.lists {
			w.lists[j] = make([]*postings, len(v.shelves))
		}
		for k, s := range v.shelves {
			if err := w.lookOn(s, k, field, r.wants[i].forms); err != nil {
				return err
			}
			w.df += w.frequency(s, k, r.wants[i])
		}
	}
	return nil
}

// lookOn finds the postings of a word's forms on shelf k.
func (w *wanted) lookOn(s *shelf, k int, field string, forms []form) error {
	w.sets[k] = none
	for j, form := range forms {
		list, err := s.together(field, form.terms())
		if err != nil {
			return err
		}
		set := list.set
		if set.IsEmpty() {
			continue
		}
		w.lists[j][k] = list
		if !w.sets[k].IsEmpty() {
			set = roaring.Or(w.sets[k], set)
		}
		w.sets[k] = set
	}
	return nil
}

// frequency is how many entries on shelf k that the scope reads have the word: by
// any form, or where the forms are senses, each as far as it is probable.
func (w *wanted) frequency(s *shelf, k int, of want) float64 {
	if !of.sum {
		return float64(w.sets[k].AndCardinality(s.allowed))
	}
	sum := 0.0
	for j, form := range of.forms {
		if list := w.lists[j][k]; list != nil {
			sum += form.weight * float64(list.set.AndCardinality(s.allowed))
		}
	}
	return sum
}

// match finds the entries that have any of the words. Where the question has
// none, it is everything.
func (f *finding) match() error {
	f.matched = make([]*roaring.Bitmap, len(f.view.shelves))
	for k, s := range f.view.shelves {
		if !f.wordy() {
			f.matched[k] = s.allowed.Clone()
			continue
		}
		var sets []*roaring.Bitmap
		for _, r := range f.readings {
			for _, w := range r.wanted {
				if !w.sets[k].IsEmpty() {
					sets = append(sets, w.sets[k])
				}
			}
		}
		f.matched[k] = roaring.And(roaring.FastOr(sets...), s.allowed)
	}
	return nil
}

// wordy reports whether there is a word to look for.
func (f *finding) wordy() bool {
	return slices.ContainsFunc(f.readings, func(r *reading) bool { return len(r.wants) > 0 })
}

// phrased reports whether there is a phrase to require.
func (f *finding) phrased() bool {
	return slices.ContainsFunc(f.readings, func(r *reading) bool { return len(r.phrases) > 0 })
}

// require keeps the entries that have all the phrases in their own language. If
// there are none, the words of the phrases were enough: a headline pasted whole
// often has quotes in it.
func (f *finding) require() error {
	if !f.phrased() {
		return nil
	}
	phrased := make([]*roaring.Bitmap, len(f.matched))
	for k, s := range f.view.shelves {
		phrased[k] = roaring.New()
		for _, r := range f.readings {
			if len(r.phrases) == 0 {
				continue
			}
			have := f.matched[k].Clone()
			for _, p := range r.phrases {
				if err := s.phrase(r.tag, p, have); err != nil {
					return err
				}
			}
			phrased[k].Or(have)
		}
	}
	if f.loose = total(phrased) == 0; !f.loose {
		f.matched = phrased
	}
	return nil
}

// exclude takes out the entries that have what the question does without.
func (f *finding) exclude() error {
	for k, s := range f.view.shelves {
		for _, r := range f.readings {
			for _, p := range r.without {
				out := f.matched[k].Clone()
				if err := s.phrase(r.tag, p, out); err != nil {
					return err
				}
				f.matched[k].AndNot(out)
			}
		}
	}
	return nil
}

// phrase narrows a set to the entries in which the words of a phrase follow one
// another.
func (s *shelf) phrase(t lang.Tag, phrase []word, set *roaring.Bitmap) error {
	for _, w := range phrase {
		terms := []string{w.term}
		if w.alt != "" {
			terms = append(terms, w.alt)
		}
		have, err := s.any(textField(t), terms)
		if err != nil {
			return err
		}
		set.And(have)
	}
	if len(phrase) == 1 {
		return nil
	}
	wanted := hashes(phrase)
	var without []uint32
	for _, n := range set.ToArray() {
		holds := false
		err := s.visit(n, func(field string, value []byte) {
			holds = holds || field == sketchField && sketch(value).holds(wanted)
		})
		if err != nil {
			return err
		}
		if !holds {
			without = append(without, n)
		}
	}
	set.AndNot(roaring.BitmapOf(without...))
	return nil
}

// filter narrows what was matched to the selected values.
func (f *finding) filter(selected map[Facet][]string) error {
	f.filters = map[Facet][]*roaring.Bitmap{}
	f.found = f.matched
	for facet, values := range selected {
		if len(values) == 0 {
			continue
		}
		field, values := fieldOf(facet, values)
		sets := make([]*roaring.Bitmap, len(f.view.shelves))
		for k, s := range f.view.shelves {
			set, err := s.any(field, values)
			if err != nil {
				return err
			}
			sets[k] = set
		}
		f.filters[facet] = sets
		f.found = both(f.found, sets)
	}
	return nil
}

// fieldOf is where a facet's values stand. A group is a token of the label.
func fieldOf(facet Facet, values []string) (string, []string) {
	if facet != Group {
		return string(facet), values
	}
	tokens := make([]string, len(values))
	for i, id := range values {
		tokens[i] = access.Label{Level: access.Closed, Group: id}.Circle()
	}
	return accessField, tokens
}

func both(a, b []*roaring.Bitmap) []*roaring.Bitmap {
	out := make([]*roaring.Bitmap, len(a))
	for k := range a {
		out[k] = roaring.And(a[k], b[k])
	}
	return out
}

// visit shows what is kept of an entry, field by field; the values are not to be
// held on to.
func (s *shelf) visit(n uint32, show func(field string, value []byte)) error {
	err := s.snap.VisitDocument(uint64(n), func(field string, _ byte, value []byte, _ []uint64) bool {
		show(field, value)
		return true
	})
	if err != nil {
		return fmt.Errorf("search: entry %d: %w", n, err)
	}
	return nil
}
