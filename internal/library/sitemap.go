package library

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// SitemapStep is how many documents one part of a sitemap has. A part has at most
// 50,000 addresses, and a document one in each of its languages.
const SitemapStep = 5000

// SitemapParts are the ids with which the parts of a sitemap begin, in order. New
// documents come at the end, so parts that are full stay as they are.
func (l *Library) SitemapParts(ctx context.Context, scope access.Scope) ([]string, error) {
	return store.List[string](ctx, l.DB, scope, `
		SELECT id FROM (SELECT d.id, ROW_NUMBER() OVER (ORDER BY d.id) AS n FROM document d WHERE {scope d}) numbered
		WHERE n % CAST($1 AS BIGINT) = 1 ORDER BY id`, SitemapStep)
}

// Mapped is a document as a sitemap names it.
type Mapped struct {
	ID      string
	Updated time.Time
	Langs   []lang.Tag `db:"-"`
}

// SitemapPart lists the documents of a part, from the one with the id on.
func (l *Library) SitemapPart(ctx context.Context, scope access.Scope, from string) ([]Mapped, error) {
	var list []Mapped
	for row, err := range store.Rows[struct {
		Mapped
		Lang lang.Tag
	}](ctx, l.DB, scope, `
		SELECT d.id, d.updated, e.lang
		FROM (SELECT d.id, d.updated FROM document d WHERE {scope d} AND d.id >= $1 ORDER BY d.id LIMIT $2) d
		JOIN language_version e ON e.document = d.id
		ORDER BY d.id, e.lang`, from, SitemapStep) {
		if err != nil {
			return nil, err
		}
		if n := len(list); n == 0 || list[n-1].ID != row.ID {
			list = append(list, row.Mapped)
		}
		last := &list[len(list)-1]
		last.Langs = append(last.Langs, row.Lang)
	}
	return list, nil
}
