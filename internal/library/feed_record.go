package library

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// furnish reads what belongs to the documents of a page of the feed, for all of
// them at once.
func (l *Library) furnish(ctx context.Context, scope access.Scope, list []Fed, heads bool) error {
	at, ids := map[string]*Fed{}, []string(nil)
	for i := range list {
		if !list[i].Gone {
			at[list[i].ID] = &list[i]
			ids = append(ids, list[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	in, args := among(ids, 1)
	tagged, err := l.tagsOf(ctx, in, args)
	if err != nil {
		return err
	}
	for id, fed := range at {
		fed.Record.Tags = tagged[id]
		fed.Sets = sets(fed.Record.Kind, tagged[id].Themes)
	}
	if heads {
		return nil
	}
	if err := l.furnishEditions(ctx, at, in, args); err != nil {
		return err
	}
	if err := l.furnishRelations(ctx, scope, at, in, args); err != nil {
		return err
	}
	if err := l.furnishConcepts(ctx, at, in, args); err != nil {
		return err
	}
	from, err := l.provenances(ctx, in, args)
	for id, p := range from {
		at[id].From = &p
	}
	return err
}

func (l *Library) furnishEditions(ctx context.Context, at map[string]*Fed, in string, args []any) error {
	rows, err := store.List[struct {
		ID, Document, Title, Summary, External string
		Lang                                   lang.Tag
		Version, File, Media                   string
		Bytes, Pages                           int64
		Created                                time.Time
	}](ctx, l.DB, parts, `
		SELECT e.id, e.document, e.lang, e.title, e.summary, e.external, v.id AS version, v.file, v.media, v.bytes, v.pages, v.created
		FROM language_version e
		JOIN version v ON v.edition = e.id
		WHERE {scope} AND e.document IN `+in+` AND `+newest+`
		ORDER BY e.document, e.lang`, args...)
	for _, r := range rows {
		rec := &at[r.Document].Record
		rec.Editions = append(rec.Editions, Edition{
			ID: r.ID, Document: r.Document, Lang: r.Lang, Title: r.Title, Summary: r.Summary, External: r.External,
			Version: Version{ID: r.Version, Edition: r.ID, File: r.File, Media: r.Media, Bytes: r.Bytes, Pages: r.Pages, Created: r.Created},
		})
	}
	return err
}

// furnishRelations reads where documents lead: to ids that the scope reads, and to
// symbols.
func (l *Library) furnishRelations(ctx context.Context, scope access.Scope, at map[string]*Fed, in string, args []any) error {
	type relation struct{ Document, Kind, Target, Symbol string }
	here, err := store.List[relation](ctx, l.DB, scope, `
		SELECT r.document, r.kind, r.target, '' AS symbol
		FROM relation r
		JOIN document d ON d.id = r.target
		WHERE {scope d} AND r.document IN `+in+` AND r.target <> ''
		ORDER BY r.document, r.kind, r.target`, args...)
	if err != nil {
		return err
	}
	elsewhere, err := store.List[relation](ctx, l.DB, parts, `
		SELECT document, kind, target, symbol FROM relation
		WHERE {scope} AND document IN `+in+` AND symbol <> ''
		ORDER BY document, kind, symbol`, args...)
	for _, r := range append(here, elsewhere...) {
		rec := &at[r.Document].Record
		rec.Related = append(rec.Related, Related{Kind: r.Kind, ID: r.Target, Symbol: r.Symbol})
	}
	return err
}

// furnishConcepts reads what people have confirmed the documents to be about: what a
// program alone proposed is given to nobody.
func (l *Library) furnishConcepts(ctx context.Context, at map[string]*Fed, in string, args []any) error {
	rows, err := store.List[struct{ Document, ID, URI, Scheme string }](ctx, l.DB, parts, `
		SELECT t.document, c.id, c.uri, c.scheme
		FROM document_concept t
		JOIN concept c ON c.id = t.concept
		WHERE {scope} AND t.stage = 'confirmed' AND NOT c.deprecated AND t.document IN `+in+`
		ORDER BY t.document, c.id`, args...)
	if err != nil || len(rows) == 0 {
		return err
	}
	var ids []string
	for _, r := range rows {
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	names, err := thesaurus.NamesOf(ctx, l.DB, ids...)
	for _, r := range rows {
		at[r.Document].About = append(at[r.Document].About, FedConcept{r.ID, r.URI, r.Scheme, names[r.ID]})
	}
	return err
}

// provenances are where those of the documents come from that were harvested.
func (l *Library) provenances(ctx context.Context, in string, args []any) (map[string]Provenance, error) {
	rows, err := store.List[Provenance](ctx, l.DB, parts, `
		SELECT h.document, s.id AS source, s.url, s.name, h.identifier, h.stamp, h.link, h.taken
		FROM harvested h
		JOIN harvest_source s ON s.id = h.source
		WHERE {scope} AND h.document <> '' AND h.document IN `+in, args...)
	all := map[string]Provenance{}
	for _, r := range rows {
		all[r.Document] = r
	}
	return all, err
}

// HarvestedFrom is where the document was harvested, or store.ErrNotFound. The
// caller has read the document.
func (l *Library) HarvestedFrom(ctx context.Context, document string) (Provenance, error) {
	in, args := among([]string{document}, 1)
	all, err := l.provenances(ctx, in, args)
	if p, ok := all[document]; ok || err != nil {
		return p, err
	}
	return Provenance{}, store.ErrNotFound
}
