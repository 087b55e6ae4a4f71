package search

import (
	"math/bits"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/lang"
)

// group keeps, of each document in the sets, the entry that stands for it.
// Versions of a document may lie on different shelves.
func (f *finding) group(sets []*roaring.Bitmap) []*roaring.Bitmap {
	seen := borrowTable(total(sets))
	defer tables.Put(seen)
	kept := make([][]uint64, len(sets)) // a bit for each entry that stands
	for k, set := range sets {
		kept[k] = make([]uint64, f.view.shelves[k].size()/64+1)
		walk(set, func(n uint32) {
			slot := seen.find(f.order.documents[k][n])
			if slot.shelf > 0 {
				old := f.order.place(int(slot.shelf-1), slot.n)
				if !f.order.stands(f.order.place(k, n), old) {
					return
				}
				kept[old.shelf][old.n/64] &^= 1 << (old.n % 64)
			}
			slot.shelf, slot.n = uint32(k+1), n
			kept[k][n/64] |= 1 << (n % 64)
		})
	}
	out := make([]*roaring.Bitmap, len(sets))
	for k := range out {
		out[k] = roaring.FromDense(kept[k], false)
	}
	return out
}

// table finds the entry that stands for a document by the document's hash: an
// open hash table, because a map takes several times as long.
type table struct {
	slots []slot
	shift int
}

type slot struct {
	hash  uint64
	n     uint32
	shelf uint32 // counted from 1: 0 is a free slot
}

var tables sync.Pool // of *table

func borrowTable(entries int) *table {
	t, ok := tables.Get().(*table)
	if !ok {
		t = &table{}
	}
	width := bits.Len(uint(entries + entries/2 + 1))
	t.slots = slices.Grow(t.slots[:0], 1<<width)[:1<<width]
	clear(t.slots)
	t.shift = 64 - width
	return t
}

// find returns the slot of a document, which may be free yet.
func (t *table) find(hash uint64) *slot {
	const golden = 0x9E3779B97F4A7C15 // spreads the hash over the high bits
	for i := hash * golden >> t.shift; ; i = (i + 1) & uint64(len(t.slots)-1) {
		if s := &t.slots[i]; s.shelf == 0 || s.hash == hash {
			s.hash = hash
			return s
		}
	}
}

// readable are the languages in which the scope reads a document.
func (v *view) readable(document string) ([]lang.Tag, error) {
	var list []lang.Tag
	for _, t := range languages {
		id := entryID(t, document)
		for _, s := range v.shelves {
			reads, err := s.reads(id)
			if err != nil {
				return nil, err
			}
			if reads {
				list = append(list, t)
				break
			}
		}
	}
	return list, nil
}

// reads reports whether the scope reads the entry with the id, if it is here.
func (s *shelf) reads(id string) (bool, error) {
	set, err := s.of("_id", id)
	return err == nil && set.Intersects(s.allowed), err
}
