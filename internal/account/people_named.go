package account

import (
	"context"
	"slices"

	"polis/internal/store"
)

// InName reports whether a text has a word of somebody's name: what people look
// for is not written down where it names a person.
func InName(ctx context.Context, q store.Reader, text string) (bool, error) {
	for _, word := range wordsOf(text) {
		if len([]rune(word)) < 3 {
			continue
		}
		names, err := store.List[string](ctx, q, everything, `
			SELECT p.name FROM person p JOIN person_word w ON w.person = p.id
			WHERE {scope} AND w.head = $1 AND w.word = $2 LIMIT 500`, headOf(word), word)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(wordsOf(name), word) }) {
			return true, nil
		}
	}
	return false, nil
}
