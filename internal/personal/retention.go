package personal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/store"
)

// The timetable's names of the work that keeps the periods, and that removes
// files to which nothing refers.
const (
	RetentionJob = "personal.retention"
	SweepJob     = "personal.sweep"
)

// Enrol puts the work into the timetable: both once a day.
func (k *Keeper) Enrol(r *job.Runner) {
	r.Every(RetentionJob, 24*time.Hour, k.retain)
	r.Every(SweepJob, 24*time.Hour, k.sweep)
}

func (k *Keeper) retain(ctx context.Context, run *job.Run) error {
	_, err := k.Keep(ctx, func(done, total int64) error { return run.Progress(ctx, done, total, done) })
	return err
}

func (k *Keeper) sweep(ctx context.Context, run *job.Run) error {
	return k.Sweep(ctx, func(files int64) error { return run.Progress(ctx, files, 0, nil) })
}

// Sweep removes the files to which nothing refers any more, and notes how many.
func (k *Keeper) Sweep(ctx context.Context, progress func(files int64) error) error {
	files, bytes, err := k.Library.Sweep(ctx, progress)
	if files == 0 {
		return err
	}
	return errors.Join(err, store.Note(context.WithoutCancel(ctx), k.DB, access.System("retention"), store.Event{
		Act: "personal.files.swept", Label: access.Label{Level: access.Closed}, Data: map[string]int64{"files": files, "bytes": bytes},
	}, 0))
}

// atOnce is how many rows one write removes, so that nobody waits for it.
const atOnce = 200

// rule is what goes after a period: the rows that a statement removes. $1 is the
// moment before which it goes, $2 now.
type rule struct{ period, query string }

var rules = []rule{
	{"registrations", "DELETE FROM ticket WHERE hash IN (SELECT hash FROM ticket WHERE kind = 'register' AND (made < $1 OR expires < $2) LIMIT 200)"},
	{"invitations", "DELETE FROM ticket WHERE hash IN (SELECT hash FROM ticket WHERE expires < $1 AND expires < $2 LIMIT 200)"},
	{"invitations", `DELETE FROM invitation WHERE id IN (
		SELECT id FROM invitation WHERE accepted = 0 AND (expires < $1 OR (withdrawn > 0 AND withdrawn < $1)) AND created < $2 LIMIT 200)`},
	{"sessions", "DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE expires < $1 AND expires < $2 LIMIT 200)"},
	{"attempts", "DELETE FROM attempt WHERE bucket IN (SELECT bucket FROM attempt WHERE last < $1 AND expires < $2 LIMIT 200)"},
	{"quarantine", "DELETE FROM intake WHERE id IN (SELECT id FROM intake WHERE stage IN ('quarantined', 'discarded') AND updated < $1 AND created < $2 LIMIT 200)"},
	{"letters", "DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE stage <> 'waiting' AND updated < $1 AND created < $2 LIMIT 200)"},
	{"batches", `DELETE FROM batch_document WHERE (batch, n) IN (
		SELECT d.batch, d.n FROM batch_document d JOIN batch b ON b.id = d.batch WHERE b.updated < $1 AND b.created < $2 LIMIT 200)`},
	{"batches", `DELETE FROM batch WHERE id IN (
		SELECT b.id FROM batch b WHERE b.updated < $1 AND b.created < $2 AND NOT EXISTS (SELECT 1 FROM batch_document d WHERE d.batch = b.id) LIMIT 200)`},
	{"agendas", "DELETE FROM agenda WHERE id IN (SELECT id FROM agenda WHERE created < $1 AND created < $2 LIMIT 200)"},
	{"imports", `DELETE FROM imported_activity WHERE (import, activity) IN (
		SELECT x.import, x.activity FROM imported_activity x JOIN activity_import i ON i.id = x.import
		WHERE i.stage <> 'started' AND i.updated < $1 AND i.created < $2 LIMIT 200)`},
	{"imports", `DELETE FROM activity_import WHERE id IN (
		SELECT i.id FROM activity_import i
		WHERE i.stage <> 'started' AND i.updated < $1 AND i.created < $2 AND NOT EXISTS (SELECT 1 FROM imported_activity x WHERE x.import = i.id) LIMIT 200)`},
	{"misses", "DELETE FROM search_miss WHERE (day, lang, asked) IN (SELECT day, lang, asked FROM search_miss WHERE day < $1 AND day < $2 LIMIT 200)"},
}

// Kept counts what went: period → rows.
type Kept map[string]int64

// Keep lets go what has stayed for its period, and says in an event a write how
// much. It may stop anywhere and is begun anew: what is gone is gone.
func (k *Keeper) Keep(ctx context.Context, progress func(done, total int64) error) (Kept, error) {
	chosen, err := LoadPeriods(ctx, k.DB)
	if err != nil {
		return nil, err
	}
	kept, now := Kept{}, k.now()
	total := int64(len(rules) + 2)
	for i, r := range rules {
		if err := k.apply(ctx, r, chosen.before(now, r.period), now, kept); err != nil {
			return kept, fmt.Errorf("personal: %s: %w", r.period, err)
		}
		if err := progress(int64(i+1), total); err != nil {
			return kept, err
		}
	}
	if err := k.unconfirmed(ctx, chosen.before(now, "registrations"), kept); err != nil {
		return kept, err
	}
	if err := progress(total-1, total); err != nil {
		return kept, err
	}
	if err := k.unused(ctx, chosen[Unused], now, kept); err != nil {
		return kept, err
	}
	return kept, progress(total, total)
}

func (k *Keeper) apply(ctx context.Context, r rule, before, now time.Time, kept Kept) error {
	for {
		var n int64
		_, err := store.Write(ctx, k.DB, access.System("retention"), func(tx *store.Tx) (e store.Event, err error) {
			if n, err = tx.Exec(ctx, r.query, before, now); err == nil && n == 0 {
				err = store.ErrUnchanged
			}
			return count(r.period, n), err
		})
		kept[r.period] += n
		if err != nil || n < atOnce {
			return err
		}
	}
}

// count is the event of what went. Nothing of it is on a page that is kept.
func count(period string, n int64) store.Event {
	return store.Event{
		Act: "personal.retention.kept", Object: period, Label: access.Label{Level: access.Closed}, Quiet: true,
		Data: map[string]any{"period": period, "count": n},
	}
}

// unconfirmed erases accounts whose address nobody has confirmed.
func (k *Keeper) unconfirmed(ctx context.Context, before time.Time, kept Kept) error {
	ids, err := store.List[string](ctx, k.DB, everything,
		"SELECT id FROM person WHERE {scope} AND confirmed = 0 AND seen = 0 AND NOT erased AND created < $1", before)
	if err != nil {
		return err
	}
	return k.eraseAll(ctx, ids, "registrations", kept)
}

// eraseAll erases people for whom a period is over. The last administrator stays.
func (k *Keeper) eraseAll(ctx context.Context, ids []string, period string, kept Kept) error {
	var n int64
	for _, id := range ids {
		err := k.Erase(ctx, access.System("retention"), id)
		switch {
		case errors.Is(err, account.ErrLastAdministrator):
		case err != nil:
			return fmt.Errorf("personal: erase %s: %w", id, err)
		default:
			n++
		}
	}
	kept[period] += n
	if n == 0 {
		return nil
	}
	return store.Note(ctx, k.DB, access.System("retention"), count(period, n), 0)
}
