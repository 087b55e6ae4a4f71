package search

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"polis/internal/lang"
)

// ledger is what is remembered of a segment while it is part of the index. Its
// postings say which entries have a value; the ledger holds the other way
// round, which values an entry has, so that facets, dates and documents are
// read off in one pass over what was found. Each part is made when it is first
// asked for, from the dictionaries, and about 100 bytes an entry are enough for
// all of them. A segment never changes; only deletions come, and they are part
// of a circle.
type ledger struct {
	mu           sync.Mutex
	columns      map[Facet]*column
	documents    []uint64 // hashOfDocument
	dates        []uint32 // dayOf
	words        []uint32 // length of the entry
	circles      map[string]*circle
	vocabularies map[lang.Tag]vocabulary
	endings      []string               // of German words
	often        map[fieldTerm][]uint16 // see tally
	oftenBytes   int
}

// circle is what a scope reads of a segment; read only.
type circle struct {
	deleted *roaring.Bitmap // what was, when the circle was drawn
	allowed *roaring.Bitmap
	langs   map[lang.Tag]lengths
}

// lengths are how many entries there are and how many words they have together.
type lengths struct{ entries, words int }

// maxCircles is how many scopes a ledger remembers.
const maxCircles = 32

// ledgers are those of the segments in use, by the segment's number.
type ledgers struct {
	mu    sync.Mutex
	known map[uint64]*ledger
}

// of returns the ledgers of a snapshot's segments. Those of segments that were
// merged away are dropped when new ones come.
func (l *ledgers) of(segments []*scorch.SegmentSnapshot) []*ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	list, now := make([]*ledger, len(segments)), make(map[uint64]*ledger, len(segments))
	fresh := false
	for i, s := range segments {
		list[i] = l.known[s.Id()]
		if list[i] == nil {
			list[i], fresh = &ledger{columns: map[Facet]*column{}, circles: map[string]*circle{}, vocabularies: map[lang.Tag]vocabulary{}}, true
		}
		now[s.Id()] = list[i]
	}
	if fresh {
		l.known = now
	}
	return list
}

// circleKey names what the tokens of a scope read, or everything.
func circleKey(tokens []string, all bool) string {
	if all {
		return "\x00"
	}
	return strings.Join(tokens, "\x00")
}

// draw finds what the tokens of a scope read, or everything.
func (s *shelf) draw(tokens []string, all bool) (*circle, error) {
	key := circleKey(tokens, all)
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	deleted := s.snap.Deleted()
	if c := s.ledger.circles[key]; c != nil && same(c.deleted, deleted) {
		return c, nil
	}
	c := &circle{deleted: deleted, allowed: s.snap.DocNumbersLive()}
	if !all {
		read, err := s.any(accessField, tokens)
		if err != nil {
			return nil, err
		}
		read.CloneCopyOnWriteContainers() // it outlives the file that it was read from
		c.allowed.And(read)
	}
	if err := s.measure(c); err != nil {
		return nil, err
	}
	if len(s.ledger.circles) >= maxCircles {
		clear(s.ledger.circles)
	}
	s.ledger.circles[key] = c
	return c, nil
}

func same(a, b *roaring.Bitmap) bool {
	return a == b || a != nil && b != nil && a.Equals(b)
}

// measure counts the entries and words of each language in a circle.
func (s *shelf) measure(c *circle) error {
	c.langs = map[lang.Tag]lengths{}
	words, err := s.words()
	if err != nil {
		return err
	}
	for _, t := range languages {
		set, err := s.of(string(Lang), langKey(t))
		if err != nil {
			return err
		}
		l := lengths{}
		roaring.And(set, c.allowed).Iterate(func(n uint32) bool {
			l.entries++
			l.words += int(words[n])
			return true
		})
		if l.entries > 0 {
			c.langs[t] = l
		}
	}
	return nil
}

// words are the lengths of the entries, which the postings of their languages
// carry.
func (s *shelf) words() ([]uint32, error) {
	if s.ledger.words != nil {
		return s.ledger.words, nil
	}
	words := make([]uint32, s.size())
	for _, t := range languages {
		list, err := s.list(string(Lang), langKey(t))
		if err != nil {
			return nil, err
		}
		it := list.list.Iterator(true, false, false, nil)
		p, err := it.Next()
		for ; p != nil && err == nil; p, err = it.Next() {
			words[p.Number()] = uint32(p.Frequency() - 1)
		}
		if err != nil {
			return nil, fmt.Errorf("search: lengths: %w", err)
		}
	}
	s.ledger.words = words
	return words, nil
}

// size is how many entries the segment has, deleted ones included.
func (s *shelf) size() int { return int(s.snap.Segment().Count()) }

// dates are the days of the entries.
func (s *shelf) dates() ([]uint32, error) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if s.ledger.dates != nil {
		return s.ledger.dates, nil
	}
	dates := make([]uint32, s.size())
	err := s.read(dateField, func(n int, date []byte) { dates[n] = dayOf(string(date)) })
	if err != nil {
		return nil, err
	}
	s.ledger.dates = dates
	return dates, nil
}

// dayOf makes a number of a full or partial date, 20120700 of "2012-07", that
// sorts as dates do: the partial before the days within it, 0 for none.
func dayOf(date string) uint32 {
	if yearOf(date) == "" {
		return 0
	}
	day, part := uint64(0), ""
	for i := range 3 {
		part, date, _ = strings.Cut(date, "-")
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil || i > 0 && n > 99 {
			n = 0
		}
		day = day*100 + n
	}
	return uint32(day)
}

// documents are the hashes of the entries' documents.
func (s *shelf) documents() ([]uint64, error) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if s.ledger.documents != nil {
		return s.ledger.documents, nil
	}
	hashes := make([]uint64, s.size())
	err := s.read("_id", func(n int, id []byte) {
		_, document := splitID(string(id))
		hashes[n] = hashOfDocument(document)
	})
	if err != nil {
		return nil, err
	}
	s.ledger.documents = hashes
	return hashes, nil
}

// hashOfDocument stands for a document's id. Two documents with one hash would
// be taken for one where hits are grouped: among a million documents the odds
// are one in 37 million.
func hashOfDocument(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id)) // never fails
	return h.Sum64()
}
