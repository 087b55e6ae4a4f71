package inbox

import (
	"context"
	"time"

	"polis/internal/job"
	"polis/internal/store"
)

// SweepJob is the timetable's name of the work that lets messages go.
const (
	SweepJob   = "inbox.sweep"
	SweepEvery = time.Hour
)

// The times for which things stay that are done with.
const (
	keptAside = 7 * 24 * time.Hour  // the file of a message that was put aside; what waits longer is put aside
	kept      = 30 * 24 * time.Hour // the row: so long the same message is known again
)

// Sweeper lets go what has stayed long enough.
func (b *Box) Sweeper(ctx context.Context, _ *job.Run) error { return b.Sweep(ctx, time.Now()) }

// Sweep puts aside what could not be handled for a week, removes the files of what was
// put aside a week ago, and forgets what is done with for a month.
func (b *Box) Sweep(ctx context.Context, now time.Time) error {
	waiting, err := store.List[Held](ctx, b.DB, everything,
		"SELECT "+columns+" FROM inbox_message WHERE {scope} AND stage = 'waiting' AND created < $1 ORDER BY created LIMIT 1000", now.Add(-keptAside))
	if err != nil {
		return err
	}
	for _, h := range waiting {
		if err := b.finish(ctx, h, &outcome{stage: Aside, reason: late}); err != nil {
			return err
		}
	}
	aside, err := store.List[Held](ctx, b.DB, everything,
		"SELECT "+columns+" FROM inbox_message WHERE {scope} AND stage = 'aside' AND sum <> '' AND updated < $1 ORDER BY updated LIMIT 1000", now.Add(-keptAside))
	if err != nil {
		return err
	}
	for _, h := range aside {
		if _, err := store.Upkeep(ctx, b.DB, "UPDATE inbox_message SET sum = '' WHERE id = $1 AND stage = 'aside'", h.ID); err != nil {
			return err
		}
		if err := b.discard(ctx, h.Sum); err != nil {
			return err
		}
	}
	_, err = store.Upkeep(ctx, b.DB, "DELETE FROM inbox_message WHERE stage <> 'waiting' AND sum = '' AND updated < $1", now.Add(-kept))
	return err
}
