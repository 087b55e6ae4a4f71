package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/access"
	"polis/internal/lang"
)

// Correction is another spelling of one word of a question.
type Correction struct {
	Span  Span   // where the word stands in the question
	Text  string // the word as it should be, or "" where only its stem is known
	Stem  string // which stands in the entry, at the passage (-1 for none)
	Entry struct {
		Document string
		Lang     lang.Tag
		Passage  int
	}
}

// Correct finds other spellings for the words of a question that stand in nothing
// the scope reads and mean nothing in another language: words of titles and
// keywords, words of texts, and those that spelled knows (labels of the
// thesaurus; nil: none), the nearest first. A word that is near to nothing is
// left as it is.
func (ix *Index) Correct(ctx context.Context, scope access.Scope, asked string, spelled func(first string) []string) (list []Correction, err error) {
	if len(asked) > maxCorrected {
		return nil, nil
	}
	err = ix.guarded(func() error {
		v, err := ix.look(scope)
		if err != nil {
			return err
		}
		defer v.close()
		c := correcting{view: v, asked: ask(asked), translate: ix.translator(), spelled: spelled}
		for _, word := range plainWords(asked) {
			if err := ctx.Err(); err != nil {
				return err
			}
			one, ok, err := c.correct(asked, word)
			if err != nil {
				return err
			}
			if ok && len(list) < maxCorrections {
				list = append(list, one)
			}
		}
		return nil
	})
	return list, err
}

// Limits of what is corrected: bytes of a question, words of it.
const (
	maxCorrected   = 300
	maxCorrections = 4
)

// correcting is a question whose words are looked at.
type correcting struct {
	view      *view
	asked     question
	translate Translate
	spelled   func(first string) []string
}

// plainWords are where the words of a question stand.
func plainWords(text string) []token {
	a := borrow("")
	defer a.giveBack()
	var list []token
	a.tokens(text, func(t token) {
		if !t.whole {
			list = append(list, t)
		}
	})
	return list
}

// spelling is how a word might be meant.
type spelling struct {
	text, stem string
	lang       lang.Tag
	away       int
	order      int // what is believed more comes first
}

func (c *correcting) correct(asked string, word token) (Correction, bool, error) {
	typed := asked[word.start:word.end]
	excluded := func(w string) bool { return strings.Contains(w, typed) }
	if utf8.RuneCountInString(word.term) < oneTypoFrom || hasDigit(word.term) || slices.ContainsFunc(c.asked.without, excluded) {
		return Correction{}, false, nil
	}
	known, err := c.known(typed)
	if err != nil || known {
		return Correction{}, false, err
	}
	var list []spelling
	for _, look := range []func(string, token) ([]spelling, error){c.inNames, c.inLabels, c.inTexts} {
		found, err := look(typed, word)
		if err != nil {
			return Correction{}, false, err
		}
		list = append(list, found...)
	}
	if len(list) == 0 {
		return Correction{}, false, nil
	}
	best := slices.MinFunc(list, func(a, b spelling) int {
		return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(a.order, b.order))
	})
	one := Correction{Span: Span{word.start, word.end}, Text: best.text, Stem: best.stem}
	if best.text == "" {
		err = c.place(&one, best)
	}
	return one, true, err
}

// known reports whether the word stands somewhere, in any language, or means
// something in another.
func (c *correcting) known(typed string) (bool, error) {
	for _, t := range languages {
		a := borrow(t)
		wants := a.wants(typed, false)
		stop := len(wants) == 0
		a.giveBack()
		if stop && t != "" && cyrillic(clean(typed)) == (t == lang.Russian) {
			return true, nil // a stop word
		}
		for _, w := range wants {
			for _, f := range w.forms {
				n, err := c.view.count(textField(t), f.term)
				if err != nil || n > 0 {
					return true, err
				}
			}
			f := finding{translate: c.translate}
			if t != "" && f.sensed(t, []string{w.forms[0].term})[0] {
				return true, nil
			}
		}
	}
	return false, nil
}

// inNames are the words of titles, symbols and keywords, as they are written there.
func (c *correcting) inNames(_ string, word token) ([]spelling, error) {
	near, err := c.view.near(nameField, []string{word.term})
	var list []spelling
	for i, f := range near {
		text, err := c.view.written(f.term)
		if err != nil {
			return nil, err
		}
		if text != "" {
			list = append(list, spelling{text: text, away: awayOf(f), order: i})
		}
	}
	return list, err
}

// awayOf is how many letters a forgiven form differs in.
func awayOf(f form) int { return int(math.Round(math.Log(f.weight) / math.Log(typoWeight))) }

// inLabels are the words that the house spells otherwise.
func (c *correcting) inLabels(_ string, word token) ([]spelling, error) {
	if c.spelled == nil {
		return nil, nil
	}
	accept := newTypos([]string{word.term})
	if accept == nil {
		return nil, nil
	}
	first, _ := utf8.DecodeRuneInString(word.term)
	var list []spelling
	for _, text := range c.spelled(string(first)) {
		if letters, ok := accept.away(Fold(text)); ok {
			list = append(list, spelling{text: text, away: max(letters, 1), order: maxGuesses})
		}
	}
	return list, nil
}

// inTexts are the stems of words that stand in texts.
func (c *correcting) inTexts(typed string, _ token) ([]spelling, error) {
	var list []spelling
	for _, t := range lang.All {
		if cyrillic(clean(typed)) != (t == lang.Russian) || c.view.lengths(t).entries == 0 {
			continue
		}
		a := borrow(t)
		wants := a.wants(typed, false)
		a.giveBack()
		if len(wants) == 0 {
			continue
		}
		near, err := c.view.near(textField(t), beginnings(t, wants[0]))
		if err != nil {
			return nil, err
		}
		for i, f := range near {
			list = append(list, spelling{stem: f.term, lang: t, away: awayOf(f), order: 2*maxGuesses + i})
		}
	}
	return list, nil
}

// written is a folded word as a name has it that the scope reads: in small
// letters, unless it is an acronym.
func (v *view) written(term string) (string, error) {
	for _, s := range v.shelves {
		set, err := s.of(nameField, term)
		if err != nil {
			return "", err
		}
		set = roaring.And(set, s.allowed)
		if set.IsEmpty() {
			continue
		}
		found := ""
		err = s.visit(set.Minimum(), func(field string, value []byte) {
			if field == nameField {
				found = wordOf(string(value), term)
			}
		})
		return found, err
	}
	return "", nil
}

func wordOf(names, term string) string {
	found := ""
	for _, name := range strings.Split(names, "\x00") {
		for _, t := range plainWords(name) {
			if t.term == term && found == "" {
				found = name[t.start:t.end]
			}
		}
	}
	if first, size := utf8.DecodeRuneInString(found); unicode.IsUpper(first) && strings.ContainsFunc(found[size:], unicode.IsUpper) {
		return found
	}
	return strings.ToLower(found)
}

// place finds an entry in which the stem stands, and the passage.
func (c *correcting) place(one *Correction, s spelling) error {
	one.Entry.Passage = -1
	for _, shelf := range c.view.shelves {
		set, err := shelf.of(textField(s.lang), s.stem)
		if err != nil {
			return err
		}
		set = roaring.And(set, shelf.allowed)
		if set.IsEmpty() {
			continue
		}
		return shelf.visit(set.Minimum(), func(field string, value []byte) {
			switch field {
			case "_id":
				one.Entry.Lang, one.Entry.Document = splitID(string(value))
			case sketchField:
				one.Entry.Passage, _ = sketch(value).best(map[uint32][]clue{hashOf(s.stem): {{weight: 1}}})
			}
		})
	}
	return nil
}
