package account

import (
	"context"
	"slices"

	"polis/internal/store"
)

// InName reports whether a text names somebody who has an account: what people look
// for is not written down where it does. One word of a name is enough, unless it is
// ordinary, as Richter, Paz and Надежда are words as well as names; two words of one
// name always are.
func InName(ctx context.Context, q store.Reader, text string, ordinary func(word string) (bool, error)) (bool, error) {
	had := map[string]bool{} // names of which an ordinary word stands in the text
	for _, word := range wordsOf(text) {
		if len([]rune(word)) < 3 {
			continue
		}
		names, err := namesWith(ctx, q, word)
		switch {
		case err != nil:
			return false, err
		case len(names) == 0:
			continue
		}
		if plain, err := ordinary(word); err != nil || !plain {
			return err == nil, err
		}
		for _, name := range names {
			if had[name] {
				return true, nil
			}
			had[name] = true
		}
	}
	return false, nil
}

// namesWith are the names of which the word is one, each once.
func namesWith(ctx context.Context, q store.Reader, word string) ([]string, error) {
	names, err := store.List[string](ctx, q, everything, `
		SELECT DISTINCT p.name FROM person p JOIN person_word w ON w.person = p.id
		WHERE {scope} AND w.head = $1 AND w.word = $2 LIMIT 500`, headOf(word), word)
	return slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(wordsOf(name), word) }), err
}
