package library

import (
	"cmp"
	"context"
	"errors"

	"polis/internal/access"
	"polis/internal/store"
)

// Left is a document that a person who leaves answers for.
type Left struct {
	ID     string
	Title  string
	Symbol string
	Goes   bool // nobody but she could read it: it goes with her
	May    bool // it was hers alone, and nothing leads to it: it may go, if she wants
	Cited  bool // others lead to it
	Others bool // others have worked on it
	access.Label
}

// LeftBy lists the documents that a person answers for, with what may become of
// each when she leaves: what only she could read goes with her; what others read
// stays with the office of her State or, where it is hers alone and nothing
// leads to it, goes if she wants.
func (l *Library) LeftBy(ctx context.Context, person string) ([]Left, error) {
	return leftBy(ctx, l.DB, person)
}

func leftBy(ctx context.Context, q store.Reader, person string) ([]Left, error) {
	docs, err := store.List[Document](ctx, q, parts,
		"SELECT "+documentColumns+" FROM document d WHERE {scope} AND d.owner = $1 ORDER BY d.id", person)
	if err != nil {
		return nil, err
	}
	list := make([]Left, 0, len(docs))
	for _, d := range docs {
		left := Left{ID: d.ID, Symbol: d.Symbol, Label: d.Label, Goes: d.Level == access.Closed && d.Group == "" && d.State == ""}
		if left.Cited, err = isCited(ctx, q, d); err != nil {
			return nil, err
		}
		if left.Others, err = othersWorked(ctx, q, d.ID, person); err != nil {
			return nil, err
		}
		left.May = !left.Goes && !left.Cited && !left.Others
		left.Title, err = store.Get[string](ctx, q, parts,
			"SELECT title FROM language_version WHERE {scope} AND document = $1 ORDER BY CASE lang WHEN 'en' THEN 0 ELSE 1 END, lang", d.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		list = append(list, left)
	}
	return list, nil
}

// othersWorked reports whether somebody else has changed the document.
func othersWorked(ctx context.Context, q store.Reader, id, person string) (bool, error) {
	n, err := store.Get[int64](ctx, q, parts, `
		SELECT COUNT(*) FROM event
		WHERE {scope} AND object = $1 AND act LIKE 'library.document.%' AND act <> 'library.document.read'
		  AND who <> $2 AND who NOT LIKE 'system:%'`, id, person)
	return n > 0, err
}

// Release takes a person out of the library as part of her erasure: what only
// she could read goes, and of the rest what is named in goes and may; all else
// passes to the office of the State, which keeps it from then on. What she
// brought and did not confirm goes too, and the reading of it stops.
func Release(ctx context.Context, tx *store.Tx, person, state string, goes map[string]bool) ([]store.Event, error) {
	list, err := leftBy(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	var events []store.Event
	for _, left := range list {
		d := Document{ID: left.ID, Label: left.Label}
		if left.Goes || left.May && goes[left.ID] {
			e, err := withdraw(ctx, tx, d, "erasure")
			if err != nil {
				return nil, err
			}
			events = append(events, e)
			continue
		}
		e, err := handOver(ctx, tx, d, state)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	kept, err := releaseCollections(ctx, tx, person, state)
	if err != nil {
		return nil, err
	}
	events = append(events, kept...)
	if err := forgetBatches(ctx, tx, "owner", person); err != nil {
		return nil, err
	}
	for _, query := range []string{
		"DELETE FROM intake WHERE owner = $1",
		"DELETE FROM job WHERE owner = $1 AND every = 0",
		"UPDATE withdrawn_document SET owner = '' WHERE owner = $1",
		"UPDATE lowering SET owner = '' WHERE owner = $1",
	} {
		if _, err := tx.Exec(ctx, query, person); err != nil {
			return nil, err
		}
	}
	_, err = tx.Exec(ctx, "UPDATE lowering SET stage = 'taken-back', decided = $2, decided_by = asked_by WHERE asked_by = $1 AND stage = 'pending'", person, tx.Now())
	return events, err
}

// handOver leaves a document to the office of the State: its focal point keeps
// it, as the desk does.
func handOver(ctx context.Context, tx *store.Tx, d Document, state string) (store.Event, error) {
	d.Owner = ""
	if d.State == "" {
		d.State = state
	}
	_, err := tx.Exec(ctx, "UPDATE document SET owner = '', state = $2, rev = rev + 1, updated = $3 WHERE id = $1", d.ID, d.State, tx.Now())
	return changed("library.document.left", d.ID, d.Label, nil), err
}

// Name is how the document is called: by its title or, where it has none, its
// symbol or id.
func (l Left) Name() string { return cmp.Or(l.Title, l.Symbol, l.ID) }
