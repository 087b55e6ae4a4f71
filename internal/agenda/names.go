package agenda

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Named is somebody or something with its names in all languages.
type Named struct {
	ID    string
	Names []string // whole, in any case of their language that Russian gives them
	Short []string // abbreviations: exactly so
}

// Known are the names that a text is searched for.
type Known struct {
	States []Named // participating States, by their code
	Bodies []Named // who may organise something
}

// about is what a name stands for.
type about int

const (
	aCity about = iota + 1
	aState
	aBody
)

// mention is a name in a text.
type mention struct {
	about      about
	id         string // of the State or body; of a city its State
	city       *city
	start, end int // bytes
}

// entry is a name in the book: its words as they are compared.
type entry struct {
	stems []string
	mention
}

// book finds names in texts, by their first word.
type book map[string][]entry

// newBook puts the cities and what is known into a book.
func newBook(known Known) book {
	b := book{}
	for i := range cities {
		c := &cities[i]
		for _, name := range c.names {
			b.add(name, mention{about: aCity, id: c.state, city: c})
		}
	}
	for _, s := range known.States {
		for _, name := range s.Names {
			b.add(name, mention{about: aState, id: s.ID})
		}
	}
	for _, s := range known.Bodies {
		for _, name := range s.Names {
			b.add(name, mention{about: aBody, id: s.ID})
		}
		for _, name := range s.Short {
			if len([]rune(name)) >= 3 {
				b.add(name, mention{about: aBody, id: s.ID})
			}
		}
	}
	for _, list := range b {
		slices.SortStableFunc(list, func(x, y entry) int { return len(y.stems) - len(x.stems) })
	}
	return b
}

func (b book) add(name string, m mention) {
	var stems []string
	for _, p := range pieces(name) {
		stems = append(stems, p.stem)
	}
	if len(stems) > 0 {
		b[stems[0]] = append(b[stems[0]], entry{stems, m})
	}
}

// find are the names in a text, the longest at each place. A name begins with a
// capital letter.
func (b book) find(text string) (found []mention) {
	list := pieces(text)
	for i := 0; i < len(list); i++ {
		if !list[i].capital {
			continue
		}
		for _, e := range b[list[i].stem] {
			if !matches(e.stems, list[i:]) {
				continue
			}
			m, last := e.mention, list[i+len(e.stems)-1]
			m.start, m.end = list[i].start, last.end
			found = append(found, m)
			i += len(e.stems) - 1
			break
		}
	}
	return found
}

func matches(stems []string, list []piece) bool {
	if len(stems) > len(list) {
		return false
	}
	for i, s := range stems {
		if list[i].stem != s {
			return false
		}
	}
	return true
}

// piece is a word of a text as it is compared.
type piece struct {
	stem       string
	capital    bool
	start, end int
}

func pieces(text string) (list []piece) {
	start := -1
	flush := func(end int) {
		if start >= 0 {
			word := text[start:end]
			first := []rune(word)[0]
			list = append(list, piece{stem(word), unicode.IsUpper(first) || unicode.IsDigit(first), start, end})
			start = -1
		}
	}
	for i, c := range text {
		switch in := unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c); {
		case in && start < 0:
			start = i
		case !in:
			flush(i)
		}
	}
	flush(len(text))
	return list
}

// stem is a word without case and accents, and without the endings of Russian cases:
// Бишкек and Бишкеке, Вена and Вене are the same.
func stem(word string) string {
	plain := strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFD.String(word))
	plain = strings.ReplaceAll(norm.NFC.String(plain), "ß", "ss")
	letters := []rune(plain)
	if !unicode.Is(unicode.Cyrillic, letters[0]) {
		return plain
	}
	for cut := 0; cut < 3 && len(letters) > 3 && strings.ContainsRune("аеиоуыэюяйьмх", letters[len(letters)-1]); cut++ {
		letters = letters[:len(letters)-1]
	}
	return string(letters)
}
