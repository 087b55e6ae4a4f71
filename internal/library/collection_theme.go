package library

import (
	"context"

	"polis/internal/access"
	"polis/internal/store"
)

// ThemedCollection is a collection with how many of its documents on a theme the
// scope reads.
type ThemedCollection struct {
	Collection
	Held int
}

// CollectionsOn lists collections that the scope reads with documents under one of
// the themes that it reads too, the last changed first.
func (l *Library) CollectionsOn(ctx context.Context, scope access.Scope, themes []string, limit int) ([]ThemedCollection, error) {
	in, args := among(themes, 2)
	under := `
		FROM collection_document c
		JOIN document_tag t ON t.document = c.document AND t.kind = 'theme' AND t.lang = '' AND t.value IN ` + in + `
		JOIN document d ON d.id = c.document
		WHERE c.collection = k.id AND {scope d}`
	return store.List[ThemedCollection](ctx, l.DB, scope, `
		SELECT `+collectionColumns+`, (SELECT COUNT(DISTINCT c.document)`+under+`) AS held
		FROM collection k
		WHERE {scope k} AND EXISTS (SELECT 1`+under+`)
		ORDER BY k.updated DESC, k.id DESC
		LIMIT $1`, append([]any{limit}, args...)...)
}

// ConceptsAmong are the concepts of which most of the documents speak, as far as
// the scope reads them and nobody has refused it.
func (l *Library) ConceptsAmong(ctx context.Context, scope access.Scope, documents []string, limit int) ([]string, error) {
	if len(documents) == 0 {
		return nil, nil
	}
	in, args := among(documents, 2)
	return store.List[string](ctx, l.DB, scope, `
		SELECT c.concept
		FROM document_concept c
		JOIN document d ON d.id = c.document
		WHERE {scope d} AND c.stage <> 'refused' AND c.document IN `+in+`
		GROUP BY c.concept
		ORDER BY COUNT(*) DESC, c.concept
		LIMIT $1`, append([]any{limit}, args...)...)
}
