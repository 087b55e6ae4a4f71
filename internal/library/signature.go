package library

import (
	"encoding/base64"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A text's signature says without the text how much of another it is. The words,
// in small letters and without anything between them, make its exact value; of its
// runs of three words a sketch is kept (MinHash, Broder 1997: the share of places
// in which two sketches are equal is the share of runs that the texts have in
// common), of which one byte a place is enough (Li and König 2010). Bands of the
// sketch are keys under which it is found, so that nobody has to compare it with
// every other: texts that have four fifths of their runs in common share a band in
// 99 of 100 cases, those with a fifth in two.

const (
	sketchSize = 128 // places, a byte each
	bandRows   = 4   // places in a band
	bands      = 16
	runLength  = 3 // words

	// minWords is how long a text has to be for its likeness to mean anything: two
	// leaflets of twenty words have an address and a greeting in common.
	minWords = 50
	// maxWords bounds what is read of a text: some thousand pages.
	maxWords = 500_000
)

// signature is what a text is known by.
type signature struct {
	words  int64
	exact  int64
	sketch []byte // nil where the text is shorter than minWords
}

// signer makes the signature of a text, passage by passage.
type signer struct {
	n    int64
	all  uint64
	last [runLength - 1]uint64
	mins [sketchSize]uint64
}

func newSigner() *signer {
	s := &signer{}
	for i := range s.mins {
		s.mins[i] = ^uint64(0)
	}
	return s
}

// mix spreads the bits of a number over all of it (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// turns are the functions by which a sketch orders runs of words: odd factor, summand.
var turns = func() (list [sketchSize][2]uint64) {
	for i := range list {
		list[i] = [2]uint64{mix(uint64(2*i)) | 1, mix(uint64(2*i + 1))}
	}
	return list
}()

// add goes on with another passage.
func (s *signer) add(text string) {
	eachWord(text, func(word uint64) {
		if s.n >= maxWords {
			return
		}
		s.n++
		s.all = mix(s.all ^ word)
		run := mix(mix(s.last[0])*3 + mix(s.last[1])*5 + word)
		s.last[0], s.last[1] = s.last[1], word
		if s.n < runLength {
			return
		}
		for i := range s.mins {
			if x := run*turns[i][0] + turns[i][1]; x < s.mins[i] {
				s.mins[i] = x
			}
		}
	})
}

func (s *signer) signature() signature {
	made := signature{words: s.n, exact: int64(s.all)}
	if s.n < minWords {
		return made
	}
	made.sketch = make([]byte, sketchSize)
	for i, x := range s.mins {
		made.sketch[i] = byte(mix(x))
	}
	return made
}

// eachWord calls f with a number for each word: its letters and figures in their
// plain form, whatever stands between them.
func eachWord(text string, f func(uint64)) {
	const begin, prime = 14695981039346656037, 1099511628211 // FNV-1a
	word := uint64(begin)
	end := func() {
		if word != begin {
			f(mix(word))
			word = begin
		}
	}
	for _, r := range norm.NFKC.String(text) {
		switch {
		case inWord(r):
			word = (word ^ uint64(unicode.ToLower(r))) * prime
		case r == '\u00ad', r == '’', r == '\'': // a word goes on behind these
		default:
			end()
		}
	}
	end()
}

// wordsOf is a number for the words of a short text, 0 where it has fewer than least.
func wordsOf(text string, least int) int64 {
	all, n := uint64(0), 0
	eachWord(text, func(word uint64) { all, n = mix(all^word), n+1 })
	if n < least {
		return 0
	}
	return int64(all)
}

// likeness is how many of a thousand runs two texts have in common, counted by both
// of them (Dice): their sketches tell it to some three in a hundred.
func likeness(a, b []byte) int64 {
	if len(a) != sketchSize || len(b) != sketchSize {
		return 0
	}
	equal := 0
	for i := range a {
		if a[i] == b[i] {
			equal++
		}
	}
	const chance = 1.0 / 256 // that two bytes are equal for no reason
	j := (float64(equal)/sketchSize - chance) / (1 - chance)
	return int64(max(2*j/(1+j), 0)*1000 + 0.5)
}

// bandKeys are the keys of a sketch.
func bandKeys(sketch []byte) (keys []int64) {
	for i := 0; len(sketch) == sketchSize && i < bands; i++ {
		key := uint64(i)
		for _, b := range sketch[i*bandRows : (i+1)*bandRows] {
			key = key<<8 | uint64(b)
		}
		keys = append(keys, keyOf('b', int64(key)))
	}
	return keys
}

// keyOf is the key of a value of some kind.
func keyOf(kind byte, value int64) int64 {
	return int64(mix(mix(uint64(kind)) ^ uint64(value)))
}

func sketchText(sketch []byte) string { return base64.RawStdEncoding.EncodeToString(sketch) }

func readSketch(text string) []byte {
	sketch, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return sketch
}
