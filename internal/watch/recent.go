package watch

import (
	"context"
	"net/url"
	"time"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// maxRecent is how many questions are remembered of a person.
const maxRecent = 20

// Remember keeps what the caller looks for, for herself alone. Of who is not
// signed in nothing is kept, nor of a list without words.
func (k *Watch) Remember(ctx context.Context, who access.Subject, q search.Query) error {
	asked := library.Asked(q)
	if !who.SignedIn() || who.Program || asked.Get("q") == "" {
		return nil
	}
	_, err := store.Upkeep(ctx, k.DB, `
		INSERT INTO recent_search (person, query, at) VALUES ($1, $2, $3)
		ON CONFLICT (person, query) DO UPDATE SET at = excluded.at`, who.ID, asked.Encode(), time.Now())
	if err != nil {
		return err
	}
	_, err = store.Upkeep(ctx, k.DB, `
		DELETE FROM recent_search
		WHERE person = $1 AND query NOT IN (SELECT query FROM recent_search WHERE person = $1 ORDER BY at DESC, query LIMIT $2)`, who.ID, maxRecent)
	return err
}

// Recent lists what the caller looked for, the last first.
func (k *Watch) Recent(ctx context.Context, who access.Subject, limit int) ([]url.Values, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	rows, err := store.List[string](ctx, k.DB, everything,
		"SELECT query FROM recent_search WHERE {scope} AND person = $1 ORDER BY at DESC, query LIMIT $2", who.ID, min(limit, maxRecent))
	list := make([]url.Values, 0, len(rows))
	for _, row := range rows {
		if v, err := url.ParseQuery(row); err == nil {
			list = append(list, v)
		}
	}
	return list, err
}

// Forget clears what the caller looked for.
func (k *Watch) Forget(ctx context.Context, who access.Subject) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	_, err := store.Upkeep(ctx, k.DB, "DELETE FROM recent_search WHERE person = $1", who.ID)
	return err
}
