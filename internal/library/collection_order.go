package library

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/store"
)

// Collected is a document of a collection as a reader sees it.
type Collected struct {
	Document string
	Note     string // why it is here, "" for nothing
	Added    time.Time
	N        int64 // of the order, unseen ones counted: shown to nobody
}

// Collected lists the documents of a collection that the scope reads, in their
// order. The caller has read the collection within the reader's scope.
func (l *Library) Collected(ctx context.Context, scope access.Scope, collection string) ([]Collected, error) {
	return collected(ctx, l.DB, scope, collection)
}

func collected(ctx context.Context, q store.Reader, scope access.Scope, collection string) ([]Collected, error) {
	return store.List[Collected](ctx, q, scope, `
		SELECT c.document, c.note, c.added, c.n
		FROM collection_document c
		JOIN document d ON d.id = c.document
		WHERE {scope d} AND c.collection = $1
		ORDER BY c.n, c.document`, collection)
}

// CountCollected counts for each collection the documents that the scope reads.
func (l *Library) CountCollected(ctx context.Context, scope access.Scope, collections []string) (map[string]int, error) {
	counts := map[string]int{}
	if len(collections) == 0 {
		return counts, nil
	}
	in, args := among(collections, 1)
	rows, err := store.List[struct {
		Collection string
		N          int
	}](ctx, l.DB, scope, `
		SELECT c.collection, COUNT(*) AS n
		FROM collection_document c
		JOIN document d ON d.id = c.document
		WHERE {scope d} AND c.collection IN `+in+`
		GROUP BY c.collection`, args...)
	for _, r := range rows {
		counts[r.Collection] = r.N
	}
	return counts, err
}

// arrange changes what is in a collection, and tells of which document.
func (l *Library) arrange(ctx context.Context, who access.Subject, collection, document, act string, change func(tx *store.Tx, seen []Collected, at int) error) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		k, err := mayArrange(ctx, tx, who, collection)
		if err != nil {
			return store.Event{}, err
		}
		seen, err := collected(ctx, tx, who.Scope(), collection)
		if err != nil {
			return store.Event{}, err
		}
		at := slices.IndexFunc(seen, func(c Collected) bool { return c.Document == document })
		if err := change(tx, seen, at); err != nil {
			return store.Event{}, err
		}
		return changed(act, collection, k.Label, map[string]string{"document": document}), touch(ctx, tx, k, document)
	})
	return err
}

// touch moves a collection to the top of the lists, unless somebody reads it who
// cannot read the document: she is not to see that something happened.
func touch(ctx context.Context, tx *store.Tx, k Collection, document string) error {
	d, err := store.Get[struct{ access.Label }](ctx, tx, parts, "SELECT level, state, grp, owner FROM document WHERE {scope} AND id = $1", document)
	if err != nil {
		return err
	}
	if d.Owner, k.Owner = "", ""; access.Wider(d.Label, k.Label) {
		return nil
	}
	_, err = tx.Exec(ctx, "UPDATE collection SET updated = $2 WHERE id = $1", k.ID, tx.Now())
	return err
}

// AddToCollection puts a document that she may read at the end of a collection.
// One that is in it already gets the note, where there is one.
func (l *Library) AddToCollection(ctx context.Context, who access.Subject, collection, document, note string) error {
	if err := checkNote(&note); err != nil {
		return err
	}
	return l.arrange(ctx, who, collection, document, "library.collection.filled", func(tx *store.Tx, _ []Collected, at int) error {
		if _, err := store.Get[string](ctx, tx, who.Scope(), "SELECT d.id FROM document d WHERE {scope d} AND d.id = $1", document); err != nil {
			return err
		}
		if at >= 0 && note == "" {
			return store.ErrUnchanged
		}
		all, err := store.Get[struct{ Rows, Last int64 }](ctx, tx, parts,
			"SELECT COUNT(*) AS rows, COALESCE(MAX(n), 0) AS last FROM collection_document WHERE {scope} AND collection = $1", collection)
		if err != nil {
			return err
		}
		if at < 0 && all.Rows >= MaxCollected {
			return ErrFull
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO collection_document (collection, document, n, note, added) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (collection, document) DO UPDATE SET note = excluded.note`, collection, document, all.Last+1, note, tx.Now())
		return err
	})
}

func checkNote(note *string) error {
	*note = strings.TrimSpace(plainText(*note))
	if utf8.RuneCountInString(*note) > 1000 {
		return Invalid{"note": "collections.error.note"}
	}
	return nil
}

// Annotate says why a document is in a collection.
func (l *Library) Annotate(ctx context.Context, who access.Subject, collection, document, note string) error {
	if err := checkNote(&note); err != nil {
		return err
	}
	return l.arrange(ctx, who, collection, document, "library.collection.noted", func(tx *store.Tx, seen []Collected, at int) error {
		switch {
		case at < 0:
			return store.ErrNotFound
		case seen[at].Note == note:
			return store.ErrUnchanged
		}
		_, err := tx.Exec(ctx, "UPDATE collection_document SET note = $3 WHERE collection = $1 AND document = $2", collection, document, note)
		return err
	})
}

// TakeFromCollection takes a document out of a collection.
func (l *Library) TakeFromCollection(ctx context.Context, who access.Subject, collection, document string) error {
	return l.arrange(ctx, who, collection, document, "library.collection.emptied", func(tx *store.Tx, _ []Collected, at int) error {
		if at < 0 {
			return store.ErrNotFound
		}
		_, err := tx.Exec(ctx, "DELETE FROM collection_document WHERE collection = $1 AND document = $2", collection, document)
		return err
	})
}

// PlaceInCollection moves a document to a position, counted from 1 among those
// that she sees. Those that she does not see keep their places.
func (l *Library) PlaceInCollection(ctx context.Context, who access.Subject, collection, document string, position int) error {
	return l.arrange(ctx, who, collection, document, "library.collection.ordered", func(tx *store.Tx, seen []Collected, at int) error {
		if at < 0 {
			return store.ErrNotFound
		}
		to := min(max(position, 1), len(seen)) - 1
		if to == at {
			return store.ErrUnchanged
		}
		next := slices.Insert(slices.Delete(slices.Clone(seen), at, at+1), to, seen[at])
		for i, c := range next {
			if c.Document == seen[i].Document {
				continue
			}
			_, err := tx.Exec(ctx, "UPDATE collection_document SET n = $3 WHERE collection = $1 AND document = $2", collection, c.Document, seen[i].N)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
