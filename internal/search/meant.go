package search

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/access"
	"polis/internal/lang"
)

// surely is how probable a sense that no thesaurus names must be to be marked
// beside the surest that an entry has.
const surely = 0.2

// Meant lists what the words of a question stand for in one entry: the forms by
// which a search would find it, for Marks and Snippet on a page that was reached
// by the question. from is the language in which it is asked, as in Query.Lang.
// What the scope does not read says nothing, and so does a document that the
// index has not met yet.
func (ix *Index) Meant(ctx context.Context, scope access.Scope, asked string, from lang.Tag, document string, in lang.Tag) (list []string, err error) {
	err = ix.guarded(func() error {
		v, err := ix.look(scope)
		if err != nil {
			return err
		}
		defer v.close()
		order, err := v.sketchOf(entryID(in, document))
		if err != nil || order == nil {
			return err
		}
		f, err := v.find(ctx, Query{Text: asked, Lang: from}, ix.translator())
		if err != nil {
			return err
		}
		if r := f.reading(in); r != nil {
			list = r.meant(order)
		}
		return nil
	})
	return list, err
}

// sketchOf is the sketch of an entry that the scope reads, else nil.
func (v *view) sketchOf(id string) (order sketch, err error) {
	for _, s := range v.shelves {
		set, err := s.of("_id", id)
		if err != nil {
			return nil, err
		}
		set = roaring.And(set, s.allowed) // an entry replaced stands once
		if set.IsEmpty() {
			continue
		}
		err = s.visit(set.Minimum(), func(field string, value []byte) {
			if field == sketchField {
				order = slices.Clone(sketch(value))
			}
		})
		return order, err
	}
	return nil, nil
}

// meant are the forms of the question's words that a sketch holds.
func (r *reading) meant(order sketch) []string {
	if r.clues == nil {
		r.weigh()
	}
	_, found := order.best(r.clues)
	var list []string
	for _, w := range r.wants {
		list = append(list, w.standing(found)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// standing are the forms of a word that were found: the word itself, the surest
// of its senses and those that are nearly as sure, or, where nothing is known of
// it, what sounds like it.
func (w want) standing(found map[uint32]bool) []string {
	var own, kin []string
	for _, f := range w.forms {
		switch {
		case !found[hashOf(f.term)] || f.kind == asSense:
		case f.kind == asKin:
			kin = append(kin, f.term)
		default:
			own = append(own, f.term)
		}
	}
	known := len(own) > 0
	for _, s := range w.senses {
		if slices.ContainsFunc(s.Terms, func(t string) bool { return !found[hashOf(t)] }) {
			continue
		}
		if !known || s.Source == Thesaurus || s.Weight >= surely {
			own, known = append(own, s.Terms...), true
		}
	}
	if known {
		return own
	}
	return kin
}
