package discussion

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/store"
)

// wordsOf are the words of a title in small letters, each once: those of three letters
// and more, and numbers.
func wordsOf(text string) (words []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		if n := utf8.RuneCountInString(w); (n >= 3 || unicode.IsDigit([]rune(w)[0])) && len(w) <= 100 && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// putWords keeps the words of a topic's title.
func putWords(ctx context.Context, tx *store.Tx, topic, title string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM topic_word WHERE topic = $1", topic); err != nil {
		return err
	}
	var rows [][]any
	for _, w := range wordsOf(title) {
		rows = append(rows, []any{topic, w})
	}
	return tx.Insert(ctx, "topic_word (topic, word)", rows, "")
}

// common is in how many titles a word stands that tells topics apart no more.
const common = 400

// Similar are topics that the scope reads whose titles have words of this one, questions
// or not: the rarer the words they share, the nearer.
func (d *Discussion) Similar(ctx context.Context, scope access.Scope, title, except string, limit int) ([]Topic, error) {
	weight := map[string]float64{}
	for _, word := range firstOf(wordsOf(title), 16) {
		ids, err := store.List[string](ctx, d.DB, scope, `
			SELECT w.topic FROM topic_word w JOIN topic t ON t.id = w.topic
			WHERE {scope t} AND t.posts > 0 AND w.word = $1 LIMIT $2`, word, common)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if id != except && len(ids) < common {
				weight[id] += 1 / float64(len(ids)+1)
			}
		}
	}
	ids := make([]string, 0, len(weight))
	for id := range weight {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(weight[b], weight[a]), strings.Compare(b, a)) })
	var list []Topic
	for _, id := range firstOf(ids, limit) {
		t, err := store.Get[Topic](ctx, d.DB, scope, "SELECT "+topicColumns+" FROM topic t WHERE {scope t} AND t.id = $1", id)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}
