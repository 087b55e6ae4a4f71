package lexicon

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"sort"

	"github.com/blevesearch/mmap-go"

	"polis/internal/search"
)

// meaning is what a word means in another language.
type meaning struct {
	term   string // the stem
	p      float32
	source search.Source
}

// draft is a table while it is made: the meanings of each word.
type draft map[string][]meaning

// Table holds what the words of one language mean in another. It lies in a file
// that is mapped and not read, so that a dictionary of a quarter of a million
// words costs the memory of the pages that are looked at.
//
// The file: a line that names the format; the numbers of terms and of words; where
// each term and each word begins (four bytes each, one more at the end); the
// terms, each its stem, a zero and the form shown; the words in order, each its
// stem, a zero and five bytes a meaning: three of the term's number, one of its
// chance in 255ths, one of its source.
type Table struct {
	data         mmap.MMap
	terms, words offsets
	texts, rows  []byte
}

// offsets are where the parts of a block begin.
type offsets []byte

func (o offsets) at(i int) int { return int(binary.LittleEndian.Uint32(o[4*i:])) }
func (o offsets) len() int     { return len(o)/4 - 1 }
func (o offsets) part(block []byte, i int) []byte {
	return block[o.at(i):o.at(i+1)]
}

const (
	magic        = "POLIS lexicon 1\n"
	meaningWidth = 5
	maxTerms     = 1 << 24
)

// sources in the order of their numbers in a table.
var sources = []search.Source{search.Thesaurus, search.Dictionary, search.Learned}

// ErrDamaged says that a table cannot be used: make it anew.
var ErrDamaged = errors.New("lexicon: a damaged table")

// write writes a table; shown gives the form of a stem that is shown. The same
// draft is the same bytes.
func (d draft) write(w io.Writer, shown map[string]string) error {
	numbers := map[string]int{}
	var texts, rows bytes.Buffer
	var terms, words []uint32
	for _, row := range d {
		for _, m := range row {
			numbers[m.term] = 0
		}
	}
	if len(numbers) >= maxTerms {
		return fmt.Errorf("lexicon: %d terms are too many for a table", len(numbers))
	}
	for i, term := range slices.Sorted(maps.Keys(numbers)) {
		numbers[term] = i
		terms = append(terms, uint32(texts.Len()))
		texts.WriteString(term + "\x00" + cmp.Or(shown[term], term))
	}
	for _, word := range slices.Sorted(maps.Keys(d)) {
		words = append(words, uint32(rows.Len()))
		rows.WriteString(word + "\x00")
		for _, m := range d[word] {
			n := numbers[m.term]
			rows.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(math.Round(float64(m.p) * 255)), byte(slices.Index(sources, m.source))})
		}
	}
	var head bytes.Buffer
	head.WriteString(magic)
	for _, list := range [][]uint32{{uint32(len(terms)), uint32(len(words))}, append(terms, uint32(texts.Len())), append(words, uint32(rows.Len()))} {
		if err := binary.Write(&head, binary.LittleEndian, list); err != nil {
			return err
		}
	}
	for _, part := range []*bytes.Buffer{&head, &texts, &rows} {
		if _, err := part.WriteTo(w); err != nil {
			return fmt.Errorf("lexicon: write a table: %w", err)
		}
	}
	return nil
}

// Open maps the table in a file; close it. ErrDamaged says that it is none.
func Open(path string) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	defer f.Close()
	data, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("lexicon: map %s: %w", path, err)
	}
	t := &Table{data: data}
	if !t.divide() {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrDamaged, path), t.Close())
	}
	return t, nil
}

// divide finds the parts of the file, and whether they are whole.
func (t *Table) divide() bool {
	rest, ok := bytes.CutPrefix(t.data, []byte(magic))
	if !ok || len(rest) < 8 {
		return false
	}
	terms, words := int(binary.LittleEndian.Uint32(rest)), int(binary.LittleEndian.Uint32(rest[4:]))
	rest = rest[8:]
	take := func(n int) []byte {
		if n < 0 || n > len(rest) {
			ok = false
			return nil
		}
		part := rest[:n]
		rest = rest[n:]
		return part
	}
	t.terms, t.words = take(4*(terms+1)), take(4*(words+1))
	if !ok {
		return false
	}
	t.texts = take(t.terms.at(terms))
	t.rows = take(t.words.at(words))
	return ok && len(rest) == 0
}

// Close gives the file back.
func (t *Table) Close() error { return t.data.Unmap() }

// Words is how many words the table knows.
func (t *Table) Words() int { return t.words.len() }

// row finds the meanings of a word.
func (t *Table) row(word string) []byte {
	if t == nil {
		return nil
	}
	key := []byte(word)
	n := t.words.len()
	i := sort.Search(n, func(i int) bool {
		w, _, _ := bytes.Cut(t.words.part(t.rows, i), []byte{0})
		return bytes.Compare(w, key) >= 0
	})
	if i == n {
		return nil
	}
	w, row, _ := bytes.Cut(t.words.part(t.rows, i), []byte{0})
	if !bytes.Equal(w, key) {
		return nil
	}
	return row
}

// has reports whether the table knows a word.
func (t *Table) has(word string) bool { return t.row(word) != nil }

// senses are the meanings of the word at a place of a question.
func (t *Table) senses(word string, at int, list []search.Sense) []search.Sense {
	row := t.row(word)
	for ; len(row) >= meaningWidth; row = row[meaningWidth:] {
		n := int(row[0]) | int(row[1])<<8 | int(row[2])<<16
		if n >= t.terms.len() || int(row[4]) >= len(sources) {
			break
		}
		term, shown, _ := bytes.Cut(t.terms.part(t.texts, n), []byte{0})
		list = append(list, search.Sense{
			From: at, To: at + 1, Terms: []string{string(term)}, Shown: string(shown),
			Weight: float64(row[3]) / 255, Source: sources[row[4]],
		})
	}
	return list
}
