package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"

	"polis/internal/access"
	"polis/internal/lang"
)

// Kind says what a suggestion is.
type Kind string

// The kinds of suggestions.
const (
	TitleKind   Kind = "title"
	SymbolKind  Kind = "symbol"
	KeywordKind Kind = "keyword"
)

// Suggestion is a name in the library that continues what somebody types.
type Suggestion struct {
	Text     string
	Kind     Kind
	Document string   // of the entry that bears the name (for a keyword: of one of them)
	Lang     lang.Tag // likewise
}

// Limits that keep a suggestion quicker than the next key.
const (
	maxEndings    = 200 // words tried that continue the prefix
	maxCandidates = 80  // entries looked at in the language, and as many in the others
)

// Suggest returns names of entries that the scope reads, in which each word of
// the text stands, the last one perhaps only begun. Names that begin with the
// text come first, then those in the language t, then the shorter ones.
func (ix *Index) Suggest(ctx context.Context, scope access.Scope, text string, t lang.Tag, limit int) (list []Suggestion, err error) {
	begun := begin(text)
	if len(begun) == 0 || limit <= 0 {
		return nil, ctx.Err()
	}
	err = ix.guarded(func() error {
		v, err := ix.look(scope)
		if err != nil {
			return err
		}
		defer v.close()
		list, err = v.suggest(ctx, begun, t, limit)
		return err
	})
	return list, err
}

// suggest looks through the entries in the language first, and through the
// others if those are not enough.
func (v *view) suggest(ctx context.Context, begun []string, t lang.Tag, limit int) ([]Suggestion, error) {
	sets, err := v.named(begun)
	if err != nil {
		return nil, err
	}
	var list []Suggestion
	for _, own := range []bool{true, false} {
		for k, s := range v.shelves {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			found, err := s.suggest(sets[k], t, own, begun, maxCandidates/len(v.shelves)+1)
			if err != nil {
				return nil, err
			}
			list = append(list, found...)
		}
		if len(list) >= limit {
			break
		}
	}
	return rank(list, begun, t, limit), nil
}

// begin folds the words of a text that is being typed.
func begin(text string) []string {
	a := borrow("")
	defer a.giveBack()
	var list []string
	a.tokens(text, func(t token) {
		if !t.whole && len(list) < maxWords {
			list = append(list, t.term)
		}
	})
	return list
}

// named are the allowed entries whose names have all the words, per shelf.
func (v *view) named(begun []string) ([]*roaring.Bitmap, error) {
	sets := make([]*roaring.Bitmap, len(v.shelves))
	last := begun[len(begun)-1]
	for k, s := range v.shelves {
		var endings []string
		err := s.terms(nameField, nil, []byte(last), after(last), func(term string) bool {
			endings = append(endings, term)
			return len(endings) < maxEndings
		})
		if err != nil {
			return nil, err
		}
		set, err := s.any(nameField, endings)
		if err != nil {
			return nil, err
		}
		set.And(s.allowed)
		for _, word := range begun[:len(begun)-1] {
			b, err := s.of(nameField, word)
			if err != nil {
				return nil, err
			}
			set.And(b)
		}
		sets[k] = set
	}
	return sets, nil
}

// suggest looks at the names of a shelf's entries in the language, or in the
// others.
func (s *shelf) suggest(set *roaring.Bitmap, t lang.Tag, own bool, begun []string, most int) ([]Suggestion, error) {
	b, err := s.of(string(Lang), langKey(t))
	if err != nil {
		return nil, err
	}
	if own {
		set = roaring.And(set, b)
	} else {
		set = roaring.AndNot(set, b)
	}
	var list []Suggestion
	it := set.Iterator()
	for i := 0; it.HasNext() && i < most; i++ {
		var id, names string
		err := s.visit(it.Next(), func(field string, value []byte) {
			switch field {
			case "_id":
				id = string(value)
			case nameField:
				names = string(value)
			}
		})
		if err != nil {
			return nil, err
		}
		list = append(list, suggestions(id, names, begun)...)
	}
	return list, nil
}

// suggestions are the names of an entry that continue what was begun.
func suggestions(id, names string, begun []string) []Suggestion {
	var list []Suggestion
	t, document := splitID(id)
	for i, name := range strings.Split(names, "\x00") {
		if !continues(begin(name), begun) {
			continue
		}
		kind := KeywordKind
		if i < 2 {
			kind = []Kind{TitleKind, SymbolKind}[i]
		}
		list = append(list, Suggestion{Text: name, Kind: kind, Document: document, Lang: t})
	}
	return list
}

// continues reports whether a name has all the words, the last as a beginning.
func continues(name, begun []string) bool {
	last := len(begun) - 1
	for _, word := range begun[:last] {
		if !slices.Contains(name, word) {
			return false
		}
	}
	return slices.ContainsFunc(name, func(w string) bool { return strings.HasPrefix(w, begun[last]) })
}

// rank sorts suggestions, keeps each text once and cuts the list.
func rank(list []Suggestion, begun []string, t lang.Tag, limit int) []Suggestion {
	typed := strings.Join(begun, " ")
	starts := map[string]int{}
	for _, s := range list {
		if !strings.HasPrefix(strings.Join(begin(s.Text), " "), typed) {
			starts[s.Text] = 1
		}
	}
	foreign := func(s Suggestion) int {
		if s.Lang == t {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b Suggestion) int {
		return cmp.Or(
			cmp.Compare(starts[a.Text], starts[b.Text]),
			cmp.Compare(foreign(a), foreign(b)),
			cmp.Compare(utf8.RuneCountInString(a.Text), utf8.RuneCountInString(b.Text)),
			cmp.Compare(a.Text, b.Text),
		)
	})
	list = slices.CompactFunc(list, func(a, b Suggestion) bool { return a.Text == b.Text })
	return list[:min(len(list), limit)]
}

// after is the first term behind all those that begin with prefix.
func after(prefix string) []byte {
	return append([]byte(prefix), 0xFF) // no term holds this byte: it is not UTF-8
}
