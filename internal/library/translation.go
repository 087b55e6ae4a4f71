package library

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Translations finds for documents those that are said to be their translation,
// or of which they are one, in the first of the languages in which the scope reads
// such a document: id → it. The caller has read the documents within the scope.
func (l *Library) Translations(ctx context.Context, scope access.Scope, documents []string, languages []lang.Tag) (map[string]Brief, error) {
	if len(documents) == 0 || len(languages) == 0 {
		return nil, nil
	}
	in, args := among(documents, 1)
	pairs, err := store.List[struct{ Document, Other string }](ctx, l.DB, parts, `
		SELECT document, target AS other FROM relation WHERE {scope} AND kind = 'translation-of' AND target <> '' AND document IN `+in+`
		UNION
		SELECT target AS document, document AS other FROM relation WHERE {scope} AND kind = 'translation-of' AND target IN `+in+`
		ORDER BY document, other
		LIMIT 200`, args...)
	if err != nil {
		return nil, err
	}
	found := map[string]Brief{}
	for _, t := range languages {
		wanted := make([]Wish, len(pairs))
		for i, p := range pairs {
			wanted[i] = Wish{p.Other, t}
		}
		briefs, err := l.Briefs(ctx, scope, wanted)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			at := slices.IndexFunc(briefs, func(b Brief) bool { return b.ID == p.Other && b.Edition.Lang == t })
			if _, has := found[p.Document]; at >= 0 && !has {
				found[p.Document] = briefs[at]
			}
		}
	}
	return found, nil
}
