package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"polis/internal/store"
)

// turnID is the id of a job of the timetable: there is one of a name.
func turnID(name string) string { return "timetable/" + name }

// Every puts work into the timetable: the handler has a turn whenever the time
// between two has passed, on one node of all that know it. A turn that was
// missed because nothing ran is had once, at the next start; one that failed
// says why and is tried again at its next turn. It is called before Work.
func (r *Runner) Every(name string, between time.Duration, h Handler) {
	if between <= 0 {
		panic(fmt.Sprintf("job: %s: no time between two turns", name)) // a slip in the program
	}
	r.handlers[name], r.turns[name] = h, between
}

// enrol writes the timetable: what is new has its first turn at once, what is
// there already keeps its next turn, unless that is further away than it may be.
func (r *Runner) enrol(ctx context.Context) error {
	now := time.Now()
	for name, every := range r.turns {
		_, err := store.Upkeep(ctx, r.db, `
			INSERT INTO job (id, kind, args, stage, done, total, mark, reason, tries, lease_until, created, updated, every, due, ran, level, state, grp, owner)
			VALUES ($1, $2, '{}', 'waiting', 0, 0, '', '', 0, 0, $3, $3, $4, $3, 0, 3, '', '', '')
			ON CONFLICT (id) DO UPDATE
			SET every = excluded.every, due = CASE WHEN job.due > $5 THEN $5 ELSE job.due END
			WHERE job.every <> excluded.every`,
			turnID(name), name, now, int64(every), now.Add(every))
		if err != nil {
			return fmt.Errorf("job: timetable: %s: %w", name, err)
		}
	}
	return nil
}

// rest lets a job of the timetable wait for its next turn, the first in its
// rhythm that lies ahead.
func (r *Runner) rest(ctx context.Context, j Job, reason string) error {
	now := time.Now()
	_, err := store.Upkeep(ctx, r.db, `
		UPDATE job
		SET stage = 'waiting', reason = $2, mark = '', tries = 0, lease_until = 0, ran = $3, updated = $3, due = $4
		WHERE id = $1`, j.ID, reason, now, next(j.Due, j.Every, now))
	return err
}

// next is the first turn after now of those that follow due at equal distance.
func next(due time.Time, every time.Duration, now time.Time) time.Time {
	if now.Before(due) {
		return due.Add(every)
	}
	return due.Add((now.Sub(due)/every + 1) * every)
}

// Timetable lists the work that comes round again, by name.
func Timetable(ctx context.Context, q store.Reader) ([]Job, error) {
	return store.List[Job](ctx, q, store.Everything("timetable"),
		"SELECT "+columns+" FROM job WHERE {scope} AND every > 0 ORDER BY kind")
}

// ErrRunning is returned where a turn is under way already.
var ErrRunning = errors.New("job: its turn is under way")

// Now brings the next turn of a job of the timetable forward, and begins its
// rhythm anew from there.
func (r *Runner) Now(ctx context.Context, name string) error {
	now := time.Now()
	n, err := store.Upkeep(ctx, r.db,
		"UPDATE job SET stage = 'waiting', due = $2, updated = $2 WHERE id = $1 AND stage IN ('waiting', 'stopped')", turnID(name), now)
	if err != nil {
		return err
	}
	if n == 0 {
		if _, err := Get(ctx, r.db, store.Everything("timetable"), turnID(name)); err != nil {
			return err
		}
		return ErrRunning
	}
	r.Wake()
	return nil
}
