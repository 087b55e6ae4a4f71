package library

import (
	"context"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// Corrected is the question as it may have been meant, with the words that stand
// nowhere in another spelling; "" where there is none that finds something.
// labels lists words of the thesaurus that begin with a letter; nil: none.
func (l *Library) Corrected(ctx context.Context, ix *search.Index, scope access.Scope, q search.Query, labels func(first string) []string) (string, error) {
	words, err := ix.Correct(ctx, scope, q.Text, labels)
	if err != nil || len(words) == 0 {
		return "", err
	}
	var b strings.Builder
	at := 0
	for _, w := range words {
		if w.Text == "" {
			if w.Text, err = l.written(ctx, scope, w); err != nil {
				return "", err
			}
		}
		if w.Text == "" {
			continue
		}
		b.WriteString(q.Text[at:w.Span.Start])
		b.WriteString(w.Text)
		at = w.Span.End
	}
	b.WriteString(q.Text[at:])
	if at == 0 {
		return "", nil
	}
	q.Text, q.Limit, q.Offset, q.Facets = b.String(), 0, 0, false
	answer, err := ix.Search(ctx, scope, q)
	if err != nil || answer.Total == 0 || answer.Forgiven {
		return "", err
	}
	return q.Text, nil
}

// written is a word as the passage has it in which its stem stands.
func (l *Library) written(ctx context.Context, scope access.Scope, w search.Correction) (string, error) {
	texts, err := store.List[struct{ Title, Body string }](ctx, l.DB, scope, `
		SELECT e.title, COALESCE(p.body, '') AS body
		FROM language_version e
		JOIN document d ON d.id = e.document
		JOIN version v ON v.edition = e.id
		LEFT JOIN passage p ON p.version = v.id AND p.n = $3
		WHERE {scope d} AND e.document = $1 AND e.lang = $2 AND `+newest,
		w.Entry.Document, string(w.Entry.Lang), int64(w.Entry.Passage))
	if err != nil {
		return "", err
	}
	for _, t := range texts {
		for _, text := range []string{t.Body, t.Title} {
			for _, m := range search.Marks(w.Entry.Lang, text, []string{w.Stem}) {
				return lowered(w.Entry.Lang, text[m.Start:m.End]), nil
			}
		}
	}
	return "", nil
}

// lowered is a word in the small letters of a question, unless its language or its
// being an acronym has it in capitals.
func lowered(t lang.Tag, word string) string {
	if t == lang.German || word == strings.ToUpper(word) {
		return word
	}
	return strings.ToLower(word)
}
