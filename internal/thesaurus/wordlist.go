package thesaurus

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"unicode"

	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// Wordlist finds labels by their beginnings while somebody types. It keeps them
// in memory, in the order of their letters, as they were at one Revision. The
// zero Wordlist is ready.
type Wordlist struct {
	mu       sync.Mutex
	ready    bool
	revision int64
	begun    []begun // by rest
	names    map[string]lang.Names
}

// begun is a label from one of its words on.
type begun struct {
	rest  string // folded
	whole bool   // from the first word
	label *Label
}

// maxBegun is how many labels are weighed for one beginning.
const maxBegun = 2000

// Begin lists concepts with a label that begins with the text, or has a word
// that does: at most limit, those in the reader's language before others, whole
// labels before their later words, the shorter first. A hidden label leads to its
// concept and is not shown: Text is then the name.
func (w *Wordlist) Begin(ctx context.Context, q store.Reader, text string, t lang.Tag, limit int) ([]Found, error) {
	text = fold(text)
	if text == "" || limit <= 0 {
		return nil, nil
	}
	list, names, err := w.current(ctx, q)
	if err != nil {
		return nil, err
	}
	from, _ := slices.BinarySearchFunc(list, text, func(b begun, text string) int { return strings.Compare(b.rest, text) })
	to := from
	for to < len(list) && to-from < maxBegun && strings.HasPrefix(list[to].rest, text) {
		to++
	}
	candidates := slices.Clone(list[from:to])
	rank := func(b begun) int {
		n := 0
		if b.label.Lang != t {
			n += 2
		}
		if !b.whole {
			n++
		}
		return n
	}
	slices.SortStableFunc(candidates, func(a, b begun) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a.label.Text), len(b.label.Text)))
	})
	var found []Found
	for _, b := range candidates {
		if len(found) == limit {
			break
		}
		if slices.ContainsFunc(found, func(f Found) bool { return f.Concept == b.label.Concept }) {
			continue
		}
		f := Found{Label: *b.label, Name: names[b.label.Concept].In(t)}
		if f.Kind == Hidden {
			f.Text, f.Lang = f.Name, t
		}
		found = append(found, f)
	}
	return found, nil
}

// current are the labels as they now are, read anew if they have moved.
func (w *Wordlist) current(ctx context.Context, q store.Reader) ([]begun, map[string]lang.Names, error) {
	now, err := Revision(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ready && w.revision == now {
		return w.begun, w.names, nil
	}
	var list []begun
	names := map[string]lang.Names{}
	for one, err := range Labels(ctx, q) {
		if err != nil {
			return nil, nil, err
		}
		if one.Kind == Pref {
			if names[one.Concept] == nil {
				names[one.Concept] = lang.Names{}
			}
			names[one.Concept][one.Lang] = one.Text
		}
		list = addBegun(list, one)
	}
	slices.SortStableFunc(list, func(a, b begun) int { return strings.Compare(a.rest, b.rest) })
	w.begun, w.names, w.revision, w.ready = list, names, now, true
	return list, names, nil
}

// addBegun adds a label at each of its words.
func addBegun(list []begun, one Label) []begun {
	text, label := fold(one.Text), &one
	inWord := false
	for at, r := range text {
		letter := unicode.IsLetter(r) || unicode.IsNumber(r)
		if letter && !inWord {
			list = append(list, begun{text[at:], at == 0, label})
		}
		inWord = letter
	}
	return list
}

// Words lists the words of the labels that begin with a letter, as they are
// spelled; what is hidden is a misspelling and is left out.
func (w *Wordlist) Words(ctx context.Context, q store.Reader, first string) ([]string, error) {
	list, _, err := w.current(ctx, q)
	if err != nil {
		return nil, err
	}
	first = fold(first)
	from, _ := slices.BinarySearchFunc(list, first, func(b begun, text string) int { return strings.Compare(b.rest, text) })
	seen := map[string]bool{}
	var words []string
	for _, b := range list[from:] {
		if !strings.HasPrefix(b.rest, first) {
			break
		}
		if b.label.Kind == Hidden {
			continue
		}
		for _, term := range search.Terms(b.label.Lang, b.label.Text) {
			if folded := fold(term.Word); strings.HasPrefix(folded, first) && !seen[folded] {
				seen[folded] = true
				words = append(words, term.Word)
			}
		}
	}
	return words, nil
}
