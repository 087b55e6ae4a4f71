package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/extract"
	"polis/internal/store"
)

// ReadyOf lists a person's own files that wait for confirmation, in the order
// in which they came: those of one batch, or with "" all of them.
func (l *Library) ReadyOf(ctx context.Context, who access.Subject, batch string, limit int) ([]Intake, error) {
	return store.List[Intake](ctx, l.DB, who.Scope(), "SELECT "+intakeColumns+` FROM intake
		WHERE {scope} AND owner = $1 AND stage = 'ready' AND ($2 = '' OR batch = $2)
		ORDER BY created, id
		LIMIT $3`, who.ID, batch, limit)
}

// Opening returns the first passages of a file that was read, at most n, and
// none of one that was not. Only the beginning of the stored text is read.
func (l *Library) Opening(ctx context.Context, in Intake, n int) ([]extract.Passage, error) {
	if in.TextSum == "" {
		return nil, nil
	}
	f, err := l.Files.Get(ctx, blob.Sum(in.TextSum))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	read := json.NewDecoder(f)
	if _, err := read.Token(); err != nil { // the list's bracket, or null
		return nil, fmt.Errorf("library: stored text: %w", err)
	}
	var list []extract.Passage
	for len(list) < n && read.More() {
		var p extract.Passage
		if err := read.Decode(&p); err != nil {
			return nil, fmt.Errorf("library: stored text: %w", err)
		}
		list = append(list, p)
	}
	return list, nil
}

// Relations lists a document's own relations as they are stored, for those who
// may read the document: open are those whose other end may be read as well.
// The hidden ones must survive an edit without being shown.
func (l *Library) Relations(ctx context.Context, scope access.Scope, id string) (open, hidden []Relation, err error) {
	all, err := store.List[Relation](ctx, l.DB, scope, `
		SELECT r.document, r.kind, r.target, r.symbol
		FROM relation r
		JOIN document d ON d.id = r.document
		WHERE {scope d} AND r.document = $1
		ORDER BY r.kind, r.symbol, r.target`, id)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range all {
		seen, err := l.mayRead(ctx, scope, r.Target)
		if err != nil {
			return nil, nil, err
		}
		if seen {
			open = append(open, r)
		} else {
			hidden = append(hidden, r)
		}
	}
	return open, hidden, nil
}

// mayRead reports whether the scope reads the document; "" is a relation to a
// symbol, which everybody may read.
func (l *Library) mayRead(ctx context.Context, scope access.Scope, id string) (bool, error) {
	if id == "" {
		return true, nil
	}
	_, err := store.Get[string](ctx, l.DB, scope, "SELECT d.id FROM document d WHERE {scope d} AND d.id = $1", id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
