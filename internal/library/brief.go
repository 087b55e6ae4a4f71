package library

import (
	"context"
	"fmt"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Wish names a document, and the language in which it is wanted.
type Wish struct {
	Document string
	Lang     lang.Tag
}

// Brief is a document as lists for other programs name it: feeds, citations.
type Brief struct {
	Document
	Tags
	Edition Edition    // in the language wanted, else as Record.Edition chooses
	Langs   []lang.Tag // all in which there is a text
}

// maxBriefs is how many documents one call reads.
const maxBriefs = 1000

// Briefs reads documents in the order in which they are wanted, as far as the
// scope reads them. What it does not read is left out.
func (l *Library) Briefs(ctx context.Context, scope access.Scope, wanted []Wish) ([]Brief, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	if len(wanted) > maxBriefs {
		return nil, fmt.Errorf("library: %d documents are wanted at once", len(wanted))
	}
	ids := make([]string, len(wanted))
	for i, w := range wanted {
		ids[i] = w.Document
	}
	in, args := among(ids, 1)
	records, err := l.records(ctx, scope, in, args)
	if err != nil {
		return nil, err
	}
	list := make([]Brief, 0, len(wanted))
	for _, w := range wanted {
		r, ok := records[w.Document]
		if !ok || len(r.Editions) == 0 {
			continue
		}
		b := Brief{Document: r.Document, Tags: r.Tags, Edition: r.Edition(w.Lang)}
		for _, e := range r.Editions {
			b.Langs = append(b.Langs, e.Lang)
		}
		list = append(list, b)
	}
	return list, nil
}

// records reads documents with their texts' names and their tags, by id.
func (l *Library) records(ctx context.Context, scope access.Scope, in string, args []any) (map[string]*Record, error) {
	documents, err := store.List[Document](ctx, l.DB, scope, "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	records := make(map[string]*Record, len(documents))
	for _, d := range documents {
		records[d.ID] = &Record{Document: d}
	}
	tagged, err := l.tagsOf(ctx, in, args)
	if err != nil {
		return nil, err
	}
	type text struct {
		Version
		Document string
		Lang     lang.Tag
		Title    string
		Summary  string
		External string
	}
	texts, err := store.List[text](ctx, l.DB, parts, `
		SELECT `+versionColumns+`, e.document, e.lang, e.title, e.summary, e.external
		FROM language_version e
		JOIN version v ON v.edition = e.id
		WHERE {scope} AND e.document IN `+in+` AND `+newest+`
		ORDER BY e.lang`, args...)
	for _, t := range texts {
		if r := records[t.Document]; r != nil {
			r.Tags = tagged[t.Document]
			r.Editions = append(r.Editions, Edition{
				ID: t.Edition, Document: t.Document, Lang: t.Lang, Title: t.Title, Summary: t.Summary, External: t.External, Version: t.Version,
			})
		}
	}
	return records, err
}
