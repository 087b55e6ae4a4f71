package search

import (
	"math"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// The score of an entry is, over the words of the question that it has,
//
//	Σ √tf · idf^1.5 / √(length + mean/5)   times   √(share of the words it has)
//
// tf being how often the word stands in it (in the title: three times as
// often), idf = 1 + ln(entries / (entries with the word + 1)) within the scope
// and the language. The mean length in the root keeps very short entries from
// winning by shortness. Measured on five collections this is ahead of BM25 at
// any k1 and b and of bleve's tf-idf; see BenchmarkRelevance.
const (
	rarity     = 1.5
	lengthen   = 0.2
	foreign    = 0.2 // for entries that are not in the language of the question
	translated = 0.3 // likewise, where it was translated for them
)

// board holds the scores on one shelf while a question is answered.
type board struct {
	score []float32
	words []uint8   // how many words of the question the entry has
	tf    []float32 // of one word of several forms
	seen  []uint32  // entries that have it
	found []uint32  // entries that have any word, those of one language behind those of another
	it    segment.PostingsIterator
}

var boards sync.Pool // of *board

func borrowBoard(entries int) *board {
	b, ok := boards.Get().(*board)
	if !ok {
		b = &board{}
	}
	if len(b.score) < entries {
		b.score, b.words, b.tf = make([]float32, entries), make([]uint8, entries), make([]float32, entries)
	}
	return b
}

// giveBack wipes what was written: a question touches few of the entries.
func (b *board) giveBack() {
	for _, n := range b.found {
		b.score[n], b.words[n] = 0, 0
	}
	for _, n := range b.seen { // left by a word whose reading failed
		b.tf[n] = 0
	}
	b.found, b.seen = b.found[:0], b.seen[:0]
	boards.Put(b)
}

// fill scores the entries of shelf k for one language, times factor. Entries of
// other languages have no postings in its field.
func (b *board) fill(r *reading, k int, s *shelf, factor float64) error {
	before := len(b.found)
	short := float32(max(r.mean*lengthen, 0.1)) // above nothing: an entry may have only stop words
	for i, w := range r.wanted {
		if w.df == 0 || w.sets[k].IsEmpty() {
			continue
		}
		weight := float32(float64(r.wants[i].times) * math.Pow(idf(r.entries, w.df), rarity))
		if err := b.read(w, k, s, r.wants[i]); err != nil {
			return err
		}
		for _, n := range b.seen {
			if b.words[n] == 0 {
				b.found = append(b.found, n)
			}
			b.words[n]++
			b.score[n] += weight * float32(math.Sqrt(float64(b.tf[n]/(float32(s.ledger.words[n])+short))))
			b.tf[n] = 0
		}
		b.seen = b.seen[:0]
	}
	for _, n := range b.found[before:] {
		share := float64(b.words[n]) / float64(len(r.wants))
		b.score[n] *= float32(factor * math.Sqrt(share))
	}
	return nil
}

// read notes for every entry on shelf k how often a word stands in it. Two forms
// of the same word are the same word: the more frequent counts. Senses of a word
// count together, each as far as it is probable: a probabilistic structured query
// (Darwish and Oard 2003).
func (b *board) read(w wanted, k int, s *shelf, of want) error {
	for j, form := range of.forms {
		p := w.lists[j][k]
		if p == nil {
			continue
		}
		var tally []uint16
		var err error
		if tally, b.it, err = s.tally(p, b.it); err != nil {
			return err
		}
		b.note(p.set, tally, float32(form.weight), of.sum)
	}
	return nil
}

// note adds one form of a word to what is noted of it.
func (b *board) note(set *roaring.Bitmap, tally []uint16, weight float32, sum bool) {
	walkMany(set, func(entries []uint32) {
		for i, n := range entries {
			tf := weight * float32(tally[i])
			switch {
			case b.tf[n] == 0:
				b.seen, b.tf[n] = append(b.seen, n), tf
			case sum:
				b.tf[n] += tf
			default:
				b.tf[n] = max(b.tf[n], tf)
			}
		}
		tally = tally[len(entries):]
	})
}

func idf(entries int, df float64) float64 {
	return max(1+math.Log(float64(entries)/(df+1)), 0.1)
}
