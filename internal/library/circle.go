package library

import (
	"context"

	"polis/internal/access"
	"polis/internal/store"
)

// A document's row names the circle of its readers beside the label, and the one
// before: the tables refuse a wider one that nobody has agreed to (lowering.go).

// draftCircle stands for the circle before the first one: only the owner has ever
// read it.
const draftCircle = "draft"

// firstCircle is what stood before a new document's circle.
func firstCircle(l access.Label) string {
	if l.Circle() == "nobody" && l.Owner != "" {
		return draftCircle
	}
	return l.Circle()
}

// nextCircle is the part of an UPDATE that moves a document's circle to the one
// in the placeholder.
func nextCircle(placeholder string) string {
	return `circle = ` + placeholder + `,
		was = CASE WHEN circle = ` + placeholder + ` OR circle = 'nobody' AND was = 'draft' THEN was ELSE circle END,
		lowering = CASE WHEN circle = ` + placeholder + ` THEN lowering ELSE NULL END`
}

// IsDraft reports whether nobody but its owner has ever been able to read the
// document: she then publishes it as she likes.
func (l *Library) IsDraft(ctx context.Context, id string) (bool, error) {
	return isDraft(ctx, l.DB, id)
}

func isDraft(ctx context.Context, q store.Reader, id string) (bool, error) {
	n, err := store.Get[int64](ctx, q, parts, "SELECT COUNT(*) FROM document WHERE {scope} AND id = $1 AND circle = 'nobody' AND was = 'draft'", id)
	return n > 0, err
}
