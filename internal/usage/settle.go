package usage

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
)

// SettleJob closes the quarters that are over: the timetable's name.
const (
	SettleJob   = "usage.settle"
	SettleEvery = 24 * time.Hour
)

// settleStep is how many documents one write settles.
const settleStep = 200

// Settler is the work of the timetable.
func Settler(db *store.DB) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		return Settle(ctx, db, time.Now(), func(done int64) error { return run.Progress(ctx, done, 0, nil) })
	}
}

// Settle keeps of the quarters that are over what is not too small, and forgets the
// rest. It may stop anywhere and is begun anew: what is settled is gone from what
// waits.
func Settle(ctx context.Context, db *store.DB, now time.Time, progress func(done int64) error) error {
	for done := int64(0); ; {
		var n int
		_, err := store.Write(ctx, db, access.System("usage"), func(tx *store.Tx) (e store.Event, err error) {
			if n, err = settle(ctx, tx, PeriodOf(Quarter, now).Since); err == nil && n == 0 {
				err = store.ErrUnchanged
			}
			return store.Event{
				Act: "usage.settled", Label: access.Label{Level: access.Closed}, Quiet: true, Data: map[string]int{"documents": n},
			}, err
		})
		done += int64(n)
		if err != nil || n < settleStep {
			return err
		}
		if err := progress(done); err != nil {
			return err
		}
	}
}

// pending is what was counted of a document in a quarter.
type pending struct {
	Quarter  time.Time
	Document string
	Figures
	Level access.Level
}

func settle(ctx context.Context, tx *store.Tx, before time.Time) (int, error) {
	// A document that was closed or taken out since then has level 3: nothing is kept.
	list, err := store.List[pending](ctx, tx, everything, `
		SELECT p.quarter, p.document, p.reads, p.found, p.files, p.cites, COALESCE(d.level, 3) AS level
		FROM usage_pending p LEFT JOIN document d ON d.id = p.document
		WHERE {scope} AND p.quarter < $1
		ORDER BY p.quarter, p.document
		LIMIT $2`, before, settleStep)
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		if f := p.kept(); f != (Figures{}) && p.Level < access.Closed {
			query, args := addition(p.Document, map[sum]Figures{
				{PeriodOf(Quarter, p.Quarter), ""}: f, {PeriodOf(Year, p.Quarter), ""}: f, {Period{Span: All}, ""}: f,
			})
			if _, err := tx.Exec(ctx, query, args...); err != nil {
				return 0, err
			}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM usage_pending WHERE quarter = $1 AND document = $2", p.Quarter, p.Document); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
