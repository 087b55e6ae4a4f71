package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"polis/internal/lang"
)

// Where nothing says what a word means in another language, it is looked for as
// it sounds: names and the many words that Europe's languages share
// ("терроризм", "terrorisme", "Terrorismus") are alike once they are written in
// the same letters. Likeness is that of their pairs of letters; the words
// compared are those of the index itself.

// sound is a word in plain letters that stand for sounds and not for spellings.
func sound(word string) string {
	var b strings.Builder
	last := byte(0)
	put := func(s string) {
		for i := range len(s) {
			if s[i] != last {
				b.WriteByte(s[i])
				last = s[i]
			}
		}
	}
	for i := 0; i < len(word); {
		if from, to, ok := spelled(word[i:]); ok {
			put(to)
			i += len(from)
			continue
		}
		put(word[i : i+1])
		i++
	}
	return b.String()
}

// spelled is the longest spelling that the text begins with.
func spelled(text string) (from, to string, ok bool) {
	for n := min(4, len(text)); n > 0; n-- {
		if to, ok = spellings[text[:n]]; ok {
			return text[:n], to, true
		}
	}
	return "", "", false
}

var spellings = map[string]string{
	"а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "s", "и": "i", "й": "i", "к": "k", "л": "l",
	"м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "s", "ч": "s",
	"ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia", "дж": "j", "кс": "ks", "ий": "i", "ый": "i",
	"sch": "s", "tsch": "s", "sh": "s", "ph": "f", "th": "t", "ck": "k", "qu": "k", "x": "ks", "w": "v", "y": "i", "z": "s",
	"c": "k", "ce": "se", "ci": "si", "cy": "si", "ch": "h", "ou": "u", "oo": "u", "ee": "i", "gh": "g", "ju": "iu", "ja": "ia",
	"eu": "e", "ев": "e", "ae": "e", "oe": "o", "tion": "sion", "ция": "sia", "dg": "j",
}

// signature marks the pairs of letters of a sound, the first letter as a pair
// with what is before it: what two sounds share, their signatures share.
func signature(sound string) (sig uint64) {
	last := byte('^')
	for i := range len(sound) {
		sig |= 1 << (pair(last, sound[i]) * 0x9E37 >> 10 & 63)
		last = sound[i]
	}
	return sig
}

func pair(a, b byte) uint32 { return uint32(a)<<8 | uint32(b) }

// likeness is how many of the pairs of letters two sounds share: 0…1.
func likeness(a, b string) float64 {
	shared, taken := 0, uint64(0)
	last := byte('^')
	for i := range len(a) {
		one := pair(last, a[i])
		last = a[i]
		before := byte('^')
		for j := range min(len(b), 64) {
			if taken&(1<<j) == 0 && pair(before, b[j]) == one {
				taken |= 1 << j
				shared++
				break
			}
			before = b[j]
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}

// vocabulary is the words of one language on a shelf, by how their sounds begin.
type vocabulary map[uint32]*initial

// begins is how a sound begins: the first letter and the second, all vowels being
// one, because they are what differs most.
func begins(sound string) uint32 {
	second := sound[1]
	if strings.IndexByte("aeiou", second) >= 0 {
		second = 'a'
	}
	return pair(sound[0], second)
}

// initial is the words whose sounds begin alike.
type initial struct {
	terms, sounds []string
	signs         []uint64
	marks         []uint8 // how many bits each sign has
}

const (
	kinLetters = 4 // of a sound that is compared
	kinFrom    = 0.6
	maxKin     = 3
	kinWeight  = 0.5
)

// vocabulary lists the words of a language.
func (s *shelf) vocabulary(t lang.Tag) (vocabulary, error) {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if v := s.ledger.vocabularies[t]; v != nil {
		return v, nil
	}
	v := vocabulary{}
	err := s.terms(textField(t), nil, nil, nil, func(term string) bool {
		if !hasDigit(term) {
			v.add(strings.Clone(term))
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	s.ledger.vocabularies[t] = v
	return v, nil
}

func (v vocabulary) add(term string) {
	heard := sound(term)
	if len(heard) < kinLetters {
		return
	}
	i := v[begins(heard)]
	if i == nil {
		i = &initial{}
		v[begins(heard)] = i
	}
	sign := signature(heard)
	i.terms, i.sounds = append(i.terms, term), append(i.sounds, heard)
	i.signs, i.marks = append(i.signs, sign), append(i.marks, uint8(bits.OnesCount64(sign)))
}

// alike adds the words that sound like what was heard, and how much.
func (i *initial) alike(heard string, found map[string]float64) {
	sign := signature(heard)
	marks := bits.OnesCount64(sign)
	for n, other := range i.signs {
		if float64(2*bits.OnesCount64(sign&other)) < kinFrom*float64(marks+int(i.marks[n])) {
			continue
		}
		if l := likeness(heard, i.sounds[n]); l >= kinFrom {
			found[i.terms[n]] = l
		}
	}
}

// kin are the words of language t that sound like a word of another.
func (v *view) kin(t lang.Tag, word string) ([]form, error) {
	return recalled(v.recall, v.recall.kin, langWord{t, word}, func() ([]form, error) { return v.alike(t, word) })
}

func (v *view) alike(t lang.Tag, word string) ([]form, error) {
	heard := sound(word)
	if len(heard) < kinLetters || hasDigit(word) {
		return nil, nil
	}
	found := map[string]float64{}
	for _, s := range v.shelves {
		words, err := s.vocabulary(t)
		if err != nil {
			return nil, err
		}
		if i := words[begins(heard)]; i != nil {
			i.alike(heard, found)
		}
	}
	var forms []form
	for term, l := range found {
		forms = append(forms, form{term: term, weight: l, kind: asKin})
	}
	slices.SortFunc(forms, func(a, b form) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.term, b.term))
	})
	return v.standing(t, forms, maxKin)
}

// standing are the first n forms that stand in something the scope reads: a word
// of a hidden entry must not take the place of another.
func (v *view) standing(t lang.Tag, forms []form, n int) ([]form, error) {
	var list []form
	for _, f := range forms {
		if len(list) == n {
			break
		}
		df, err := v.count(textField(t), f.term)
		if err != nil {
			return nil, err
		}
		if df > 0 {
			list = append(list, f)
		}
	}
	return list, nil
}
