package event

import (
	"context"

	"polis/internal/store"
)

// Release is part of the erasing of a person. Her places become free for those who wait with
// the next turn of the upkeep; that somebody was there stays as a figure, by an id that
// leads to nobody. Her certificates are none any more.
func Release(ctx context.Context, tx *store.Tx, person string) error {
	for _, query := range []string{
		"UPDATE meeting_entry SET stage = 'withdrawn', seat = NULL WHERE person = $1 AND stage IN ('asked', 'waiting', 'admitted') AND attended = ''",
		"UPDATE meeting_entry SET words = '', reason = CASE WHEN stage = 'declined' THEN '—' ELSE '' END, woman = FALSE, host = '', certificate = NULL WHERE person = $1",
		"DELETE FROM meeting_feed WHERE person = $1",
	} {
		if _, err := tx.Exec(ctx, query, person); err != nil {
			return err
		}
	}
	return nil
}
