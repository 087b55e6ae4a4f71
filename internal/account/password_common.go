package account

import (
	"crypto/sha256"
	_ "embed"
	"sort"
	"strings"
	"unicode"
)

// common holds the passwords that are tried first: those of the most frequent
// ones that are long enough to be chosen here, and the most frequent of the
// shorter ones, of which longer ones are made. Each is the first five bytes of a
// SHA-256, sorted. tools/passwords makes the file; NOTICE says from what.
//
//go:embed common.bin
var common string

// markSize is the length of an entry of common, in bytes.
const markSize = 5

// listed reports whether the word, in small letters, is among the common ones.
func listed(word string) bool {
	sum := sha256.Sum256([]byte(word))
	mark := string(sum[:markSize])
	at := func(i int) string { return common[i*markSize : (i+1)*markSize] }
	n := len(common) / markSize
	i := sort.Search(n, func(i int) bool { return at(i) >= mark })
	return i < n && at(i) == mark
}

// guessed says why a password would be guessed early, as a message key, or "".
// It asks for no kinds of characters (ASVS 5.0 6.2.4, 6.2.5, 6.2.11).
func guessed(password string, about ...string) string {
	lower := strings.ToLower(password)
	switch {
	case listed(lower) || everyday(lower):
		return "signin.error.common"
	case repeats([]rune(lower)):
		return "signin.error.pattern"
	case personal(lower, about):
		return "signin.error.personal"
	}
	return ""
}

// maxExtras is how many digits and signs around a common word make it no better.
const maxExtras = 8

// everyday reports whether the password is one or two common words with a few
// digits and signs: "Football2024!", "p4ssw0rd-Monkey".
func everyday(lower string) bool {
	core := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	if len(lower)-len(core) > maxExtras {
		return false
	}
	for _, form := range []string{core, leet.Replace(core)} {
		words := strings.FieldsFunc(form, func(r rune) bool { return !unicode.IsLetter(r) })
		switch len(words) {
		case 1:
			if listed(words[0]) || twoWords(words[0]) {
				return true
			}
		case 2:
			if listed(words[0]) && listed(words[1]) {
				return true
			}
		}
	}
	return false
}

// leet reads the signs that are written for letters.
var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// twoWords reports whether the word is two common ones written together.
func twoWords(word string) bool {
	for i := range word {
		if i > 0 && listed(word[:i]) && listed(word[i:]) {
			return true
		}
	}
	return false
}

// repeats reports whether the password is few characters, something too short for
// a password again and again, or mostly steps along the alphabet, the digits or a
// keyboard.
func repeats(p []rune) bool {
	kinds := map[rune]bool{}
	steps := 0
	for i, r := range p {
		kinds[r] = true
		if i > 0 && neighbours(p[i-1], r) {
			steps++
		}
	}
	if len(kinds) < 5 || steps*4 >= len(p)*3 {
		return true
	}
	for period := 1; period <= min(len(p)/2, minPassword-1); period++ {
		same := 0
		for i := period; i < len(p); i++ {
			if p[i] == p[i-period] {
				same++
			}
		}
		if same == len(p)-period {
			return true
		}
	}
	return false
}

// rows are what fingers run along.
var rows = []string{
	"qwertyuiop", "qwertzuiopü", "asdfghjklöä", "zxcvbnm", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
	"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "1234567890",
}

// neighbours reports whether one character follows the other, forwards or back.
func neighbours(a, b rune) bool {
	if d := a - b; d >= -1 && d <= 1 {
		return true
	}
	for _, row := range rows {
		if strings.Contains(row, string([]rune{a, b})) || strings.Contains(row, string([]rune{b, a})) {
			return true
		}
	}
	return false
}

// house are the words that lie near in this place.
var house = []string{"polis", "osce", "police", "password"}

// personal reports whether hardly anything is left without what everybody knows
// of the person: her address, her name, this house.
func personal(lower string, about []string) bool {
	words := house
	for _, text := range about {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len([]rune(word)) >= shortestWord {
				words = append(words[:len(words):len(words)], word)
			}
		}
	}
	rest := lower
	for _, word := range words {
		rest = strings.ReplaceAll(rest, word, "")
	}
	return rest != lower && len([]rune(rest)) < leastOwn
}

const (
	shortestWord = 4 // of a name, to be looked for
	leastOwn     = 8 // characters that must be left without them
)
