package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// typos recognises what a word with a typo may stand for: an automaton over the
// dictionaries of the index. One pass serves the word and all its beginnings,
// because a state is a row of the table of edit distances between the word and
// what was read so far, in which each beginning has its place. Two letters that
// changed places count once. States are made when they are met.
type typos struct {
	trunks []trunk
	states []*typoState
	known  map[string]int // by their rows and pending bytes
}

// trunk is a word of which some beginnings are looked for.
type trunk struct {
	letters []rune
	wanted  []beginning
}

// beginning is the first letters of a trunk: how many of them may differ, and for
// how many letters that differ those count that were cut off.
type beginning struct{ length, most, cut int }

// typoState holds, for each trunk, two numbers for each of its beginnings: how far
// it is from what was read, and how far it will be if the next letter is the one
// that changed places with the last.
type typoState struct {
	rows    []byte
	pending []byte // of a letter of several bytes
	away    int    // of the nearest beginning that this is a typo of, -1 for none
	alive   bool
	next    [256]int32 // 0: not made yet
}

// tooFar stands for all distances that nothing forgives.
const tooFar = 3

// The state of what can be no typo any more, and the first one.
const (
	lostState = iota
	firstState
)

// newTypos recognises what is near one of the beginnings, of which the first is
// the stem, the second the whole word, and each that follows one letter shorter;
// nil where all are too short to tell a typo.
func newTypos(beginnings []string) *typos {
	y := &typos{known: map[string]int{}, states: []*typoState{{away: -1}}}
	order := make([]int, len(beginnings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(beginnings[b]) - len(beginnings[a]) })
	for _, i := range order {
		if most := forgiven(beginnings[i]); most > 0 {
			y.want([]rune(beginnings[i]), most, max(i-1, 0))
		}
	}
	if len(y.trunks) == 0 {
		return nil
	}
	var rows []byte
	for _, t := range y.trunks {
		for j := range t.letters {
			rows = append(rows, byte(min(j, tooFar)), tooFar)
		}
		rows = append(rows, byte(min(len(t.letters), tooFar)), tooFar)
	}
	y.state(rows, nil)
	return y
}

// forgiven is how many letters of a word may differ.
func forgiven(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case hasDigit(word) || n < oneTypoFrom:
		return 0
	case n < twoTyposFrom:
		return 1
	}
	return 2
}

// want adds a beginning, to the trunk that it is one of where there is one.
func (y *typos) want(letters []rune, most, cut int) {
	for i, t := range y.trunks {
		if len(t.letters) >= len(letters) && slices.Equal(t.letters[:len(letters)], letters) {
			y.trunks[i].wanted = append(t.wanted, beginning{len(letters), most, cut})
			return
		}
	}
	y.trunks = append(y.trunks, trunk{letters, []beginning{{len(letters), most, cut}}})
}

// state is the number of a state, which is made where it is new.
func (y *typos) state(rows, pending []byte) int {
	key := string(rows) + string(pending)
	if n, ok := y.known[key]; ok {
		return n
	}
	s := &typoState{rows: rows, pending: pending, away: -1}
	s.alive = slices.ContainsFunc(rows, func(far byte) bool { return far < tooFar })
	at := 0
	for _, t := range y.trunks {
		for _, w := range t.wanted {
			far := int(rows[at+2*w.length])
			if len(pending) == 0 && far <= w.most && (s.away < 0 || far+w.cut < s.away) {
				s.away = far + w.cut
			}
		}
		at += 2 * (len(t.letters) + 1)
	}
	n := lostState
	if s.alive {
		n = len(y.states)
		y.states = append(y.states, s)
	}
	y.known[key] = n
	return n
}

// read is the state behind one more letter.
func (y *typos) read(s *typoState, letter rune) int {
	rows, at := make([]byte, 0, len(s.rows)), 0
	for _, t := range y.trunks {
		old := s.rows[at : at+2*(len(t.letters)+1)]
		at += len(old)
		left := min(old[0]+1, tooFar)
		rows = append(rows, left, tooFar)
		for j, own := range t.letters {
			far, swapped := min(old[2*j+2], left)+1, byte(tooFar)
			if own == letter {
				far = min(far, old[2*j])
				if j > 0 {
					swapped = min(old[2*j-2]+1, tooFar)
				}
			} else {
				far = min(far, old[2*j]+1)
			}
			if j > 0 && t.letters[j-1] == letter {
				far = min(far, old[2*j+3])
			}
			left = min(far, tooFar)
			rows = append(rows, left, swapped)
		}
	}
	return y.state(rows, nil)
}

// away reports whether a word may be meant, and how many letters it differs in.
func (y *typos) away(word string) (letters int, ok bool) {
	n := firstState
	for i := range len(word) {
		n = y.Accept(n, word[i])
	}
	return y.states[n].away, y.IsMatch(n)
}

// What follows is what a dictionary asks of an automaton.

// Start is the state before the first byte.
func (y *typos) Start() int { return firstState }

// IsMatch reports whether what was read may be meant.
func (y *typos) IsMatch(n int) bool { return y.states[n].away >= 0 }

// CanMatch reports whether anything that begins so may be.
func (y *typos) CanMatch(n int) bool { return n != lostState }

// WillAlwaysMatch is asked and never so.
func (y *typos) WillAlwaysMatch(int) bool { return false }

// Accept is the state behind one more byte.
func (y *typos) Accept(n int, b byte) int {
	if n == lostState {
		return lostState
	}
	s := y.states[n]
	if to := s.next[b]; to > 0 {
		return int(to - 1)
	}
	to, bytes := lostState, append(slices.Clip(s.pending), b)
	switch r, _ := utf8.DecodeRune(bytes); {
	case r != utf8.RuneError:
		to = y.read(s, r)
	case !utf8.FullRune(bytes):
		to = y.state(s.rows, bytes)
	}
	s.next[b] = int32(to + 1)
	return to
}

// meantBy are the terms of a field that the word may stand for, with the number of
// letters in which each differs.
func (v *view) meantBy(field string, y *typos) (map[string]int, error) {
	found := map[string]int{}
	for _, s := range v.shelves {
		err := s.terms(field, y, nil, nil, func(term string) bool {
			if letters, ok := y.away(term); ok {
				found[strings.Clone(term)] = letters
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
