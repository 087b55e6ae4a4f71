package library

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ErrCited is returned where a document that others lead to shall be taken out.
var ErrCited = errors.New("library: other documents lead to this one")

// Tombstone is what is left of a document that was taken out: that it was here.
type Tombstone struct {
	ID string
	At time.Time
	access.Label
}

// Withdraw takes a document out of the library, with all its texts: it is found
// no more, its address says that it was withdrawn, and its events stay. rev is
// the revision that the caller read. A document to which others lead stays, so
// that no citation goes nowhere; the reason goes into the log.
func (l *Library) Withdraw(ctx context.Context, who access.Subject, id string, rev int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > 1000 {
		return Invalid{"reason": "library.error.reason"}
	}
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		d, err := mayEdit(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		cited, err := isCited(ctx, tx, d)
		if err == nil && cited {
			err = ErrCited
		}
		if err != nil {
			return store.Event{}, err
		}
		return withdraw(ctx, tx, d, reason)
	})
	return err
}

// isCited reports whether another document leads to this one.
func isCited(ctx context.Context, q store.Reader, d Document) (bool, error) {
	n, err := store.Get[int64](ctx, q, parts, `
		SELECT COUNT(*) FROM relation r
		WHERE {scope} AND r.document <> $1 AND (r.target <> '' AND r.target = $1 OR r.symbol <> '' AND r.symbol = $2)`, d.ID, d.Symbol)
	return n > 0, err
}

// withdraw removes a document's rows, the files of which are swept later, and
// puts its tombstone.
func withdraw(ctx context.Context, tx *store.Tx, d Document, reason string) (store.Event, error) {
	if err := depart(ctx, tx, d.ID, d.Label); err != nil {
		return store.Event{}, err
	}
	for _, query := range []string{
		"DELETE FROM twin_key WHERE sign IN (SELECT n FROM text_sign WHERE document = $1)",
		"DELETE FROM text_sign WHERE document = $1",
		"DELETE FROM twin WHERE stage <> 'same' AND (one = $1 OR other = $1)",
		"DELETE FROM passage WHERE version IN (SELECT v.id FROM version v JOIN language_version e ON e.id = v.edition WHERE e.document = $1)",
		"DELETE FROM version WHERE edition IN (SELECT id FROM language_version WHERE document = $1)",
		"DELETE FROM language_version WHERE document = $1",
		"DELETE FROM document_tag WHERE document = $1",
		"DELETE FROM document_concept WHERE document = $1",
		"DELETE FROM collection_document WHERE document = $1",
		"DELETE FROM usage_count WHERE document = $1",
		"DELETE FROM usage_pending WHERE document = $1",
		"DELETE FROM batch_document WHERE document = $1",
		"DELETE FROM relation WHERE document = $1 OR target = $1",
		"DELETE FROM intake WHERE document = $1",
		"DELETE FROM document WHERE id = $1",
		"DELETE FROM lowering WHERE document = $1",
		"DELETE FROM lowering WHERE document = $1", // the document refers to one
	} {
		if _, err := tx.Exec(ctx, query, d.ID); err != nil {
			return store.Event{}, err
		}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO withdrawn_document (id, at, level, state, grp, owner) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO NOTHING`, d.ID, tx.Now(), int(d.Level), d.State, d.Group, d.Owner)
	return changed("library.document.withdrawn", d.ID, d.Label, map[string]string{"reason": reason}), err
}

// Withdrawn finds the tombstone of a document that the reader could have read.
func (l *Library) Withdrawn(ctx context.Context, scope access.Scope, id string) (Tombstone, error) {
	return store.Get[Tombstone](ctx, l.DB, scope, "SELECT id, at, level, state, grp, owner FROM withdrawn_document WHERE {scope} AND id = $1", id)
}

// WithdrawAgain takes out a document that came back with a backup from before.
func (l *Library) WithdrawAgain(ctx context.Context, who access.Subject, id string) error {
	if who.May(access.Edit, access.Label{Level: access.Closed}).Rule != access.RuleSystem {
		return ErrForbidden
	}
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		d, err := store.Get[Document](ctx, tx, parts, "SELECT "+documentColumns+" FROM document d WHERE {scope} AND d.id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		return withdraw(ctx, tx, d, "erasure")
	})
	return err
}
