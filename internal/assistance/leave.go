package assistance

import (
	"context"

	"polis/internal/store"
)

// Release takes a person out of the room as part of her erasure. What she wrote was
// her State's, and stays with its office; what she asked for stays with the desk.
// Steps keep the id, which then names nobody.
func Release(ctx context.Context, tx *store.Tx, person string) ([]store.Event, error) {
	requests, err := store.List[Request](ctx, tx, everything, "SELECT "+requestColumns+" FROM request r WHERE {scope r} AND r.owner = $1 ORDER BY r.id", person)
	if err != nil {
		return nil, err
	}
	consents, err := store.List[Consent](ctx, tx, everything, "SELECT "+consentColumns+" FROM consent c WHERE {scope c} AND c.owner = $1 ORDER BY c.id", person)
	if err != nil {
		return nil, err
	}
	var events []store.Event
	for _, r := range requests {
		r.Owner = ""
		events = append(events, r.event("assistance.request.left"))
	}
	for _, c := range consents {
		c.Owner = ""
		events = append(events, c.event("assistance.consent.left", ""))
	}
	for _, table := range []string{"request", "consent"} {
		if _, err := tx.Exec(ctx, "UPDATE "+table+" SET owner = '', rev = rev + 1, updated = $2 WHERE owner = $1", person, tx.Now()); err != nil {
			return nil, err
		}
	}
	return events, nil
}
