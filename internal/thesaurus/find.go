package thesaurus

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"polis/internal/lang"
	"polis/internal/store"
)

// Found is a concept that was looked for: by which of its labels it was found,
// and what it is called in the reader's language.
type Found struct {
	Label
	Name   string
	Scheme string
}

// maxFound is how many labels are weighed for one search.
const maxFound = 400

// Find looks for concepts by a part of a label in any language, at most limit:
// whole labels first, then those that begin with the text, then words that do,
// those in the reader's language before others.
func Find(ctx context.Context, q store.Reader, text string, t lang.Tag, limit int) ([]Found, error) {
	text = fold(text)
	if text == "" {
		return nil, nil
	}
	type row struct {
		Label
		Folded, Scheme string
	}
	rows, err := store.List[row](ctx, q, everything, `
		SELECT l.concept, l.lang, l.kind, l.text, l.folded, c.scheme
		FROM concept_label l
		JOIN concept c ON c.id = l.concept
		WHERE {scope} AND NOT c.deprecated AND l.folded LIKE $1 ESCAPE '\'
		ORDER BY LENGTH(l.folded), l.folded, l.concept
		LIMIT $2`, containing(text), maxFound)
	if err != nil {
		return nil, err
	}
	rank := func(r row) int {
		n := 3
		switch {
		case r.Folded == text:
			n = 0
		case strings.HasPrefix(r.Folded, text):
			n = 1
		case strings.Contains(r.Folded, " "+text):
			n = 2
		}
		if n *= 2; r.Lang != t {
			n++
		}
		return n
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(rank(a), rank(b)) })
	var list []Found
	var ids []string
	for _, r := range rows {
		if !slices.Contains(ids, r.Concept) && len(ids) < limit {
			ids = append(ids, r.Concept)
			list = append(list, Found{Label: r.Label, Scheme: r.Scheme})
		}
	}
	names, err := NamesOf(ctx, q, ids...)
	for i := range list {
		list[i].Name = names[list[i].Concept].In(t)
	}
	return list, err
}

// HasWord reports whether a word stands in a label of our own vocabulary, in any of
// the languages.
func HasWord(ctx context.Context, q store.Reader, word string) (bool, error) {
	word = fold(word)
	labels, err := store.List[string](ctx, q, everything, `
		SELECT l.folded FROM concept_label l JOIN concept c ON c.id = l.concept
		WHERE {scope} AND c.scheme = $1 AND l.folded LIKE $2 ESCAPE '\'`, Policing, containing(word))
	return word != "" && slices.ContainsFunc(labels, func(label string) bool { return slices.Contains(strings.Fields(label), word) }), err
}

// containing is the pattern of what has the text somewhere.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}

// Named finds the concept that a person means by what she wrote: its id, or one
// of its labels in her language, else in any; ours before others. It is
// store.ErrNotFound where none is called so, or several are.
func Named(ctx context.Context, q store.Reader, text string, t lang.Tag) (string, error) {
	text = line(text)
	if c, err := Get(ctx, q, text); err == nil {
		return c.ID, nil
	}
	rows, err := store.List[struct {
		Concept, Scheme string
		Lang            lang.Tag
	}](ctx, q, everything, `
		SELECT l.concept, l.lang, c.scheme
		FROM concept_label l
		JOIN concept c ON c.id = l.concept
		WHERE {scope} AND NOT c.deprecated AND l.folded = $1
		ORDER BY l.concept`, fold(text))
	if err != nil {
		return "", err
	}
	for _, fits := range []func(l lang.Tag, scheme string) bool{
		func(l lang.Tag, scheme string) bool { return l == t && scheme == Policing },
		func(_ lang.Tag, scheme string) bool { return scheme == Policing },
		func(l lang.Tag, _ string) bool { return l == t },
		func(lang.Tag, string) bool { return true },
	} {
		var ids []string
		for _, r := range rows {
			if fits(r.Lang, r.Scheme) && !slices.Contains(ids, r.Concept) {
				ids = append(ids, r.Concept)
			}
		}
		if len(ids) == 1 {
			return ids[0], nil
		}
	}
	return "", store.ErrNotFound
}

// Initials are the letters under which labels of a vocabulary stand in a
// language.
func Initials(ctx context.Context, q store.Reader, scheme string, t lang.Tag) ([]string, error) {
	list, err := store.List[string](ctx, q, everything, `
		SELECT DISTINCT l.initial
		FROM concept_label l
		JOIN concept c ON c.id = l.concept
		WHERE {scope} AND l.lang = $1 AND l.kind <> 'hidden' AND c.scheme = $2 AND NOT c.deprecated`, string(t), scheme)
	printer := lang.For(t)
	slices.SortFunc(list, printer.Compare)
	return list, err
}

// Under lists the labels of a vocabulary under a letter of a language, in its
// order. Name is the preferred label where the label is another.
func Under(ctx context.Context, q store.Reader, scheme string, t lang.Tag, initial string) ([]Found, error) {
	list, err := store.List[Found](ctx, q, everything, `
		SELECT l.concept, l.lang, l.kind, l.text, c.scheme, COALESCE(p.text, '') AS name
		FROM concept_label l
		JOIN concept c ON c.id = l.concept
		LEFT JOIN concept_label p ON p.concept = l.concept AND p.lang = l.lang AND p.kind = 'pref'
		WHERE {scope} AND l.lang = $1 AND l.initial = $2 AND l.kind <> 'hidden' AND c.scheme = $3 AND NOT c.deprecated`, string(t), initial, scheme)
	printer := lang.For(t)
	slices.SortFunc(list, func(a, b Found) int {
		return cmp.Or(printer.Compare(a.Text, b.Text), cmp.Compare(a.Concept, b.Concept))
	})
	return list, err
}

// Branch is a concept with those below it.
type Branch struct {
	ID, Name string
	Below    []*Branch
	More     int // concepts below that are left out
}

// maxTree is how many branches a tree shows: a larger vocabulary shows its top and
// what is directly below.
const maxTree = 1500

// Tree is a vocabulary from the top, named in a language, and how many concepts
// it has. A concept with several broader ones stands below each.
func Tree(ctx context.Context, q store.Reader, scheme string, t lang.Tag) ([]*Branch, int, error) {
	rows, err := store.List[struct{ ID, Name string }](ctx, q, everything, `
		SELECT c.id, COALESCE(
		  (SELECT l.text FROM concept_label l WHERE l.concept = c.id AND l.lang = $2 AND l.kind = 'pref'),
		  (SELECT l.text FROM concept_label l WHERE l.concept = c.id AND l.lang = 'en' AND l.kind = 'pref'),
		  (SELECT MIN(l.text) FROM concept_label l WHERE l.concept = c.id AND l.kind = 'pref'), c.id) AS name
		FROM concept c
		WHERE {scope} AND c.scheme = $1 AND NOT c.deprecated`, scheme, string(t))
	if err != nil {
		return nil, 0, err
	}
	printer := lang.For(t)
	slices.SortFunc(rows, func(a, b struct{ ID, Name string }) int {
		return cmp.Or(printer.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	g, err := readGraph(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	names, below := map[string]string{}, map[string][]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	var top []string
	for _, r := range rows {
		above := 0
		for _, id := range g[r.ID] {
			if names[id] != "" {
				above++
				below[id] = append(below[id], r.ID)
			}
		}
		if above == 0 {
			top = append(top, r.ID)
		}
	}
	depth := 20
	if len(rows) > maxTree {
		depth = 2
	}
	left := 2 * maxTree
	var grow func(ids []string, depth int) []*Branch
	grow = func(ids []string, depth int) []*Branch {
		var list []*Branch
		for _, id := range ids {
			left--
			b := &Branch{ID: id, Name: names[id]}
			if depth > 1 && left > 0 {
				b.Below = grow(below[id], depth-1)
			} else {
				b.More = len(below[id])
			}
			list = append(list, b)
		}
		return list
	}
	return grow(top, depth), len(rows), nil
}
