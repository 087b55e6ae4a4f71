package library

import (
	"context"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Titles are the titles of those of the documents that the scope reads, in the
// language as far as they have one in it: id → title.
func (l *Library) Titles(ctx context.Context, scope access.Scope, ids []string, t lang.Tag) (map[string]string, error) {
	titles := map[string]string{}
	if len(ids) == 0 {
		return titles, nil
	}
	in, args := among(ids, 1)
	rows, err := store.List[struct {
		ID, Title string
		Lang      lang.Tag
	}](ctx, l.DB, scope, `
		SELECT d.id, e.lang, e.title
		FROM document d
		JOIN language_version e ON e.document = d.id
		WHERE {scope d} AND d.id IN `+in, args...)
	names := map[string]lang.Names{}
	for _, r := range rows {
		if names[r.ID] == nil {
			names[r.ID] = lang.Names{}
		}
		names[r.ID][r.Lang] = r.Title
	}
	for id, n := range names {
		titles[id] = n.In(t)
	}
	return titles, err
}

// LabelOf is the label of a document, whoever asks: for those who explain why
// somebody may not read it, and show nothing else of it.
func (l *Library) LabelOf(ctx context.Context, id string) (access.Label, error) {
	row, err := store.Get[struct{ access.Label }](ctx, l.DB, parts, "SELECT level, state, grp, owner FROM document WHERE {scope} AND id = $1", id)
	return row.Label, err
}
