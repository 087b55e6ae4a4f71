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
// in the placeholder. What its owner has closed to herself keeps the circle that it
// had before that, or that it is a draft: she opens it up to there again by herself,
// because those people have read it, and what she has written since then nobody has.
func nextCircle(placeholder string) string {
	return `circle = ` + placeholder + `,
		was = CASE WHEN circle = ` + placeholder + ` OR circle = 'nobody' THEN was ELSE circle END,
		lowering = CASE WHEN circle = ` + placeholder + ` THEN lowering ELSE NULL END`
}

// Measure is what a document's next label is held against: its own or, where its
// owner has closed it to herself, the one from before that. Free is true for a
// draft, which she publishes as she likes.
type Measure struct {
	access.Label
	Free bool
}

// Opens reports whether the label would open the document to people who could not
// read it: that takes a second person.
func (m Measure) Opens(next access.Label) bool { return !m.Free && access.Wider(m.Label, next) }

// Measure reads it.
func (l *Library) Measure(ctx context.Context, d Document) (Measure, error) {
	return measure(ctx, l.DB, d)
}

func measure(ctx context.Context, q store.Reader, d Document) (Measure, error) {
	m := Measure{Label: d.Label}
	if d.Circle() != "nobody" {
		return m, nil
	}
	was, err := store.Get[string](ctx, q, parts, "SELECT was FROM document WHERE {scope} AND id = $1", d.ID)
	if err != nil {
		return m, err
	}
	if before, ok := access.ParseCircle(was); ok {
		before.Owner = d.Owner
		m.Label = before
	}
	m.Free = was == draftCircle
	return m, nil
}
