package library

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// Suggest is what the index suggests, without what the scope does not read any
// more: an index behind the times names nothing that was closed.
func (l *Library) Suggest(ctx context.Context, ix *search.Index, scope access.Scope, text string, t lang.Tag, limit int) ([]search.Suggestion, error) {
	list, err := ix.Suggest(ctx, scope, text, t, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	wanted, args := values(len(list), "(%s)", func(i int) []any { return []any{list[i].Document} })
	read, err := store.List[string](ctx, l.DB, scope, `
		WITH wanted (document) AS (`+wanted+`)
		SELECT DISTINCT d.id FROM wanted JOIN document d ON d.id = wanted.document WHERE {scope d}`, args...)
	return slices.DeleteFunc(list, func(s search.Suggestion) bool { return !slices.Contains(read, s.Document) }), err
}
