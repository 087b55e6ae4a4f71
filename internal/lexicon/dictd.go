package lexicon

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Limits of a dictionary that comes from outside. The largest of FreeDict has
// 900,000 places and 100 MB of text.
const (
	maxPlaces  = 4 << 20
	maxArticle = 1 << 20
	maxText    = 1 << 30
)

// FaultError says what is wrong with a dictionary, and where.
type FaultError struct {
	Line   int    // of the file, from 1; 0 for the file as a whole
	Reason string // "place", "short", "columns", "encoding", "size", "gzip"
}

func (e *FaultError) Error() string { return fmt.Sprintf("lexicon: line %d: %s", e.Line, e.Reason) }

// Dictd reads a dictionary of the DICT server, as FreeDict's come in Debian's
// dict-freedict-*: an index (headword, place and length in base 64) and a text,
// which may be compressed with dictzip. Both are read from their beginning and
// the text only once.
func Dictd(index, text io.Reader) Pairs {
	return func(yield func(Pair, error) bool) {
		places, err := readPlaces(index)
		if err != nil {
			yield(Pair{}, err)
			return
		}
		plain, err := plainText(text)
		if err != nil {
			yield(Pair{}, err)
			return
		}
		readArticles(plain, places, yield)
	}
}

// place is where an article stands in the text.
type place struct{ from, length int64 }

// readPlaces reads the index; articles with several headwords are listed once.
func readPlaces(r io.Reader) ([]place, error) {
	var places []place
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxArticle)
	for n := 1; lines.Scan(); n++ {
		columns := strings.Split(lines.Text(), "\t")
		if len(columns) < 3 {
			return nil, &FaultError{n, "columns"}
		}
		if strings.HasPrefix(columns[0], "00database") || strings.HasPrefix(columns[0], "00-database") {
			continue
		}
		from, ok1 := number64(columns[1])
		length, ok2 := number64(columns[2])
		switch {
		case !ok1 || !ok2 || length > maxArticle:
			return nil, &FaultError{n, "place"}
		case len(places) >= maxPlaces:
			return nil, &FaultError{n, "size"}
		}
		places = append(places, place{from, length})
	}
	if err := lines.Err(); err != nil {
		return nil, &FaultError{0, "columns"}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.length, b.length)) })
	return slices.Compact(places), nil
}

// number64 reads a number as the index of a dictionary writes it.
func number64(s string) (int64, bool) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	n := int64(0)
	for i := range len(s) {
		d := strings.IndexByte(digits, s[i])
		if d < 0 || n > maxText {
			return 0, false
		}
		n = n<<6 | int64(d)
	}
	return n, s != ""
}

// plainText takes the compression off, if there is any.
func plainText(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, &FaultError{0, "gzip"}
	}
	return z, nil
}

func readArticles(text io.Reader, places []place, yield func(Pair, error) bool) {
	var article []byte
	at := int64(0)
	for _, p := range places {
		if p.from < at { // an index may name a part of an article again
			continue
		}
		if _, err := io.CopyN(io.Discard, text, p.from-at); err != nil {
			yield(Pair{}, textError(err))
			return
		}
		article = slices.Grow(article[:0], int(p.length))[:p.length]
		if _, err := io.ReadFull(text, article); err != nil {
			yield(Pair{}, textError(err))
			return
		}
		at = p.from + p.length
		for _, pair := range articlePairs(string(article)) {
			if !yield(pair, nil) {
				return
			}
		}
	}
}

func textError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &FaultError{0, "short"}
	}
	return &FaultError{0, "gzip"}
}

var (
	sense   = regexp.MustCompile(`^\s*\d+\.\s+`)
	trailed = regexp.MustCompile(`\s+\d+\.\s*$`) // the number of the next sense, left at the end of a line
	remark  = regexp.MustCompile(`^\s*(Synonyms?|Antonyms?|Notes?|Hyponyms?|Hypernyms?|see|entry|Entry|Abbreviations?|Etymology):`)
	example = regexp.MustCompile(`^\s*"([^"]+)"\s+-\s+(.+)$`)
)

// articlePairs are the pairs of one article: its headword, or several, with what
// stands on the line after it and on numbered lines, and its examples. What
// stands on other lines explains, mostly in the language of the headword.
func articlePairs(article string) []Pair {
	lines := strings.Split(strings.ToValidUTF8(article, " "), "\n")
	var words []string
	var pairs []Pair
	fresh := false
	for _, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch m := example.FindStringSubmatch(line); {
		case trimmed == "" || strings.HasPrefix(trimmed, "}}"):
		case words == nil:
			words, fresh = alternatives(trimmed), true
		case m != nil:
			pairs = append(pairs, Pair{bare(m[1]), bare(m[2])})
		case remark.MatchString(line):
			fresh = false
		case fresh || sense.MatchString(line):
			fresh = false
			text := trailed.ReplaceAllString(sense.ReplaceAllString(line, ""), "")
			for _, to := range alternatives(text) {
				for _, from := range words {
					pairs = append(pairs, Pair{from, to})
				}
			}
		}
	}
	return pairs
}
