package search

import (
	"encoding/binary"
	"hash/fnv"
)

// A sketch is the order of the words in an entry, small enough to be kept with
// it: three bytes a word, the hash of its stem, stop words left out, sections
// (title; symbol and keywords; each passage) divided by a zero. It answers
// which passage is the best and whether a phrase stands there without reading
// the text again. 23 bits of hash make about one in 80,000 passages of a
// hundred words seem to hold a word that it does not.
type sketch []byte

// The top bit says that this word stands in the same place as the one before:
// another form of it.
const (
	samePlace   = 1 << 23
	hashBits    = samePlace - 1
	sketchWidth = 3
)

// The sections before the first passage.
const (
	titleSection = iota
	namesSection
	firstPassage
)

func hashOf(term string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(term)) // never fails
	sum := h.Sum32()
	return max((sum^sum>>23)&hashBits, 1)
}

func (s sketch) add(h uint32) sketch {
	return append(s, byte(h), byte(h>>8), byte(h>>16))
}

func (s sketch) addWord(w word) sketch {
	s = s.add(w.hash[0])
	if w.alt != "" {
		s = s.add(w.hash[1] | samePlace)
	}
	return s
}

func (s sketch) divide() sketch { return s.add(0) }

func (s sketch) at(i int) uint32 {
	return uint32(binary.LittleEndian.Uint16(s[i:])) | uint32(s[i+2])<<16
}

// holds reports whether the words of the phrase follow one another in a section.
func (s sketch) holds(phrase [][2]uint32) bool {
	for i := 0; i+sketchWidth <= len(s); i += sketchWidth {
		if s.at(i)&samePlace == 0 && s.follows(i, phrase) {
			return true
		}
	}
	return false
}

// says reports whether the terms follow one another somewhere.
func (s sketch) says(terms []string) bool {
	phrase := make([][2]uint32, len(terms))
	for i, t := range terms {
		phrase[i] = [2]uint32{hashOf(t), hashOf(t)}
	}
	return s.holds(phrase)
}

func (s sketch) follows(i int, phrase [][2]uint32) bool {
	for _, forms := range phrase {
		if i >= len(s) {
			return false
		}
		found := false
		for first := true; i < len(s) && (first || s.at(i)&samePlace != 0); i += sketchWidth {
			h := s.at(i) & hashBits
			found = found || h != 0 && (h == forms[0] || h == forms[1])
			first = false
		}
		if !found {
			return false
		}
	}
	return true
}

// hashes are a phrase as a sketch knows it: two forms a word, the second
// doubling the first where there is only one.
func hashes(phrase []word) [][2]uint32 {
	list := make([][2]uint32, len(phrase))
	for i, w := range phrase {
		list[i] = w.hash
		if w.alt == "" {
			list[i][1] = w.hash[0]
		}
	}
	return list
}

// clue is a form of a word of the question to look for in a sketch.
type clue struct {
	want   int // which word of the question
	weight float64
}

// best finds the passage that answers most: that holds the most weight of
// different words, and of two alike the one that says them in fewer words. The
// second result are the forms that the entry holds at all, by their hashes.
func (s sketch) best(clues map[uint32][]clue) (passage int, found map[uint32]bool) {
	found = map[uint32]bool{}
	counts := map[int]int{}
	passage, top := -1, 0.0
	section, length, weight := 0, 0, 0.0
	close := func() {
		score := weight * (1 + 1/float64(8+length))
		if section >= firstPassage && score > top {
			passage, top = section-firstPassage, score
		}
		clear(counts)
		section, length, weight = section+1, 0, 0
	}
	for i := 0; i+sketchWidth <= len(s); i += sketchWidth {
		h := s.at(i)
		if h == 0 {
			close()
			continue
		}
		length++
		for _, c := range clues[h&hashBits] {
			found[h&hashBits] = true
			counts[c.want]++
			weight += c.weight / float64(counts[c.want]*counts[c.want])
		}
	}
	close()
	return passage, found
}
