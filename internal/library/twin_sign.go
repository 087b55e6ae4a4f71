package library

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"polis/internal/lang"
	"polis/internal/store"
)

// textSign is the signature of a language version as it is kept.
type textSign struct {
	N        int64
	Edition  string
	Document string
	Version  string
	Lang     lang.Tag
	Words    int64
	Exact    int64
	Title    int64
	Titled   int64 // title, year and origin
	Symbol   int64
	File     int64
	Sketch   string
}

const signColumns = "s.n, s.edition, s.document, s.version, s.lang, s.words, s.exact, s.title, s.titled, s.symbol, s.file, s.sketch"

// keys are those under which the text is looked up.
func (s textSign) keys() []int64 {
	keys := bandKeys(readSketch(s.Sketch))
	for _, one := range []struct {
		kind  byte
		value int64
	}{{'f', s.File}, {'s', s.Symbol}, {'t', s.Titled}} {
		if one.value != 0 {
			keys = append(keys, keyOf(one.kind, one.value))
		}
	}
	if s.Words > 0 {
		keys = append(keys, keyOf('e', s.Exact^s.shortTitle()))
	}
	return keys
}

// shortTitle is the title of a text that says too little by itself.
func (s textSign) shortTitle() int64 {
	if s.Words < minWords {
		return s.Title
	}
	return 0
}

// signed is a document with the signatures of its texts.
type signed struct {
	Document
	signs []textSign
}

// revised finds what makes a symbol that of a revision.
var revised = regexp.MustCompile(`(?i)[/. -]*(rev|corr)\.?\s*\d*$`)

// baseSymbol is a symbol without Rev. and Corr., as it is compared.
func baseSymbol(symbol string) string {
	for {
		cut := revised.ReplaceAllString(symbol, "")
		if cut == symbol {
			return strings.ToUpper(strings.Join(strings.Fields(symbol), ""))
		}
		symbol = cut
	}
}

// leastTitle is how many words a title has to have for it to say, with year and
// origin, which document it is: there are many "Annual reports".
const leastTitle = 3

// describe fills in what the metadata say.
func (s *textSign) describe(d Document, title string) {
	s.Title = wordsOf(title, 1)
	year, _, _ := strings.Cut(d.Dated, "-")
	if t := wordsOf(title, leastTitle); t != 0 && year != "" && d.Origin != "" {
		s.Titled = int64(mix(uint64(t) ^ uint64(wordsOf(year+" "+d.Origin, 1))))
	}
	if d.Symbol != "" {
		s.Symbol = wordsOf(strings.Map(spelled, baseSymbol(d.Symbol)), 1)
	}
}

// spelled keeps the signs of a symbol apart that are no letters.
func spelled(r rune) rune {
	if inWord(r) {
		return r
	}
	return 'ǀ' // a letter that no symbol has
}

// sign makes the signatures of documents. What was signed before, and has the same
// text still, is not read again.
func (l *Library) sign(ctx context.Context, ids []string) ([]signed, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := among(ids, 1)
	docs, err := store.List[Document](ctx, l.DB, parts, "SELECT "+documentColumns+" FROM document d WHERE {scope} AND d.id IN "+in+" ORDER BY d.id", args...)
	if err != nil {
		return nil, err
	}
	before, err := store.List[textSign](ctx, l.DB, parts, "SELECT "+signColumns+" FROM text_sign s WHERE {scope} AND s.document IN "+in, args...)
	if err != nil {
		return nil, err
	}
	known := map[string]textSign{}
	for _, s := range before {
		known[s.Version] = s
	}
	list := make([]signed, len(docs))
	for i, d := range docs {
		texts, err := editions(ctx, l.DB, d.ID)
		if err != nil {
			return nil, err
		}
		list[i].Document = d
		for _, e := range texts {
			s, err := l.signText(ctx, d, e, known[e.Version.ID])
			if err != nil {
				return nil, err
			}
			list[i].signs = append(list[i].signs, s)
		}
	}
	return list, nil
}

func (l *Library) signText(ctx context.Context, d Document, e Edition, was textSign) (textSign, error) {
	s := textSign{Edition: e.ID, Document: d.ID, Version: e.Version.ID, Lang: e.Lang, Words: was.Words, Exact: was.Exact, Sketch: was.Sketch}
	s.describe(d, e.Title)
	s.File = fileSign(e.Version)
	if was.Version == e.Version.ID {
		return s, nil
	}
	made := newSigner()
	for body, err := range store.Rows[string](ctx, l.DB, parts, "SELECT body FROM passage WHERE {scope} AND version = $1 AND kind <> 'margin' ORDER BY n", e.Version.ID) {
		if err != nil {
			return s, err
		}
		made.add(body)
	}
	s.take(made.signature())
	return s, nil
}

func (s *textSign) take(m signature) {
	s.Words, s.Exact, s.Sketch = m.words, m.exact, sketchText(m.sketch)
}

// fileSign is a number for the file of a version, 0 where it has none.
func fileSign(v Version) int64 {
	if v.File == "" || len(v.Sum) < 15 {
		return 0
	}
	n, err := strconv.ParseInt(v.Sum[:15], 16, 64)
	if err != nil {
		return 0
	}
	return n
}

// likes is how two texts are alike.
type likes struct {
	Lang                 lang.Tag // of the texts
	Likeness             int64    // of a thousand runs of words; a thousand is all
	File, Symbol, Titled bool
}

// nearly is from what likeness on two texts are taken to be nearly the same.
const nearly = 750

// like compares two texts, and says whether they may be one. Two symbols that differ
// say that the documents do, however many words they share.
func (s textSign) like(o textSign) (likes, bool) {
	apart := s.Symbol != 0 && o.Symbol != 0 && s.Symbol != o.Symbol
	k := likes{
		Lang: s.Lang, File: s.File != 0 && s.File == o.File, Symbol: s.Symbol != 0 && s.Symbol == o.Symbol,
		Titled: s.Titled != 0 && s.Titled == o.Titled && !apart,
	}
	same := s.Words > 0 && s.Words == o.Words && s.Exact == o.Exact && s.shortTitle() == o.shortTitle()
	if k.Likeness = min(likeness(readSketch(s.Sketch), readSketch(o.Sketch)), 999); same || k.File {
		k.Likeness = 1000
	}
	near := k.Likeness == 1000 || k.Likeness >= nearly && !apart
	return k, near || k.Symbol || k.Titled
}

// join takes of two texts of the same documents what is the most alike.
func (k likes) join(o likes) likes {
	if o.Likeness > k.Likeness {
		k.Likeness, k.Lang = o.Likeness, o.Lang
	}
	k.File, k.Symbol, k.Titled = k.File || o.File, k.Symbol || o.Symbol, k.Titled || o.Titled
	return k
}
