// Package job does long work in the background so that it survives a crash,
// shows how far it is, can be stopped, and goes on where it was.
//
// A job is a row. A worker claims it for a while (a lease), does a piece,
// saves a mark, and renews the lease. A worker that was killed lets its lease
// run out: the next one goes on from the mark.
//
// What has to be done again and again stands in the timetable: a job that waits
// until it is due, and after its turn waits for the next one. See Every.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Stage is where a job is in its life.
type Stage string

// The stages: waiting → running → done | failed; running → stopping → stopped
// → waiting again when somebody resumes it.
const (
	Waiting  Stage = "waiting"
	Running  Stage = "running"
	Stopping Stage = "stopping"
	Stopped  Stage = "stopped"
	Done     Stage = "done"
	Failed   Stage = "failed"
)

// Job is one piece of long work.
type Job struct {
	ID         string
	Kind       string
	Args       string // JSON, as the kind's handler understands it
	Stage      Stage
	Done       int64 // pieces done, of Total; Total 0 while unknown
	Total      int64
	Mark       string // JSON: where to go on
	Reason     string // of a failure, for the administrator
	Tries      int64  // claims since the mark last moved
	LeaseUntil time.Time
	Created    time.Time
	Updated    time.Time
	Every      time.Duration // between two turns, 0 for work that is done once
	Due        time.Time     // when the next turn is, or a job that waits for something is begun again; during one, when it was
	Ran        time.Time     // when the last turn ended
	access.Label
}

const columns = "id, kind, args, stage, done, total, mark, reason, tries, lease_until, created, updated, every, due, ran, level, state, grp, owner"

// ErrStopped is what Run.Progress returns once somebody asked the job to stop.
// The handler hands it on.
var ErrStopped = errors.New("job: stopped on request")

// maxTries is how often a job may be claimed without its mark moving: what
// kills the program again and again is not tried for ever.
const maxTries = 3

// Lease is how long a claimed job may be silent before another worker takes it.
const Lease = 12 * time.Second

// Add puts a job in the queue as part of a write. args becomes JSON.
func Add(ctx context.Context, tx *store.Tx, kind string, args any, label access.Label) (string, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return "", fmt.Errorf("job: args of %s: %w", kind, err)
	}
	id := store.NewID()
	_, err = tx.Exec(ctx, `
		INSERT INTO job (id, kind, args, stage, done, total, mark, reason, tries, lease_until, created, updated, level, state, grp, owner)
		VALUES ($1, $2, $3, 'waiting', 0, 0, '', '', 0, 0, $4, $4, $5, $6, $7, $8)`,
		id, kind, string(text), tx.Now(), int(label.Level), label.State, label.Group, label.Owner)
	return id, err
}

// Get reads one job within the scope.
func Get(ctx context.Context, q store.Reader, scope access.Scope, id string) (Job, error) {
	return store.Get[Job](ctx, q, scope, "SELECT "+columns+" FROM job WHERE {scope} AND id = $1", id)
}

// List reads the newest jobs within the scope, without the timetable's.
func List(ctx context.Context, q store.Reader, scope access.Scope, limit, offset int) ([]Job, error) {
	return store.List[Job](ctx, q, scope,
		"SELECT "+columns+" FROM job WHERE {scope} AND every = 0 ORDER BY created DESC, id DESC LIMIT $1 OFFSET $2", limit, offset)
}

// Count is how many jobs List reads in all.
func Count(ctx context.Context, q store.Reader, scope access.Scope) (int, error) {
	return store.Get[int](ctx, q, scope, "SELECT COUNT(*) FROM job WHERE {scope} AND every = 0")
}

// Stop asks a job to stop at the next piece; one that waits stops at once.
func Stop(ctx context.Context, db *store.DB, id string) error {
	n, err := store.Upkeep(ctx, db, `
		UPDATE job
		SET stage = CASE stage WHEN 'waiting' THEN 'stopped' ELSE 'stopping' END, updated = $2
		WHERE id = $1 AND stage IN ('waiting', 'running')`, id, time.Now())
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// Resume puts a stopped or failed job back in the queue, at its mark.
func Resume(ctx context.Context, db *store.DB, id string) error {
	n, err := store.Upkeep(ctx, db, `
		UPDATE job
		SET stage = 'waiting', tries = 0, reason = '', updated = $2, due = CASE WHEN every = 0 THEN 0 ELSE due END
		WHERE id = $1 AND stage IN ('stopped', 'failed')`, id, time.Now())
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// Handler does the work of one kind. It starts at run.Mark, calls Progress
// after each piece, and must stand being run again from its last mark.
type Handler func(ctx context.Context, run *Run) error

// Runner claims jobs and hands them to the handler of their kind.
type Runner struct {
	db       *store.DB
	log      *slog.Logger
	handlers map[string]Handler
	turns    map[string]time.Duration // of the timetable: kind → time between two turns
	wake     chan struct{}
}

// NewRunner makes a runner for the kinds in handlers, to which Every may add.
func NewRunner(db *store.DB, log *slog.Logger, handlers map[string]Handler) *Runner {
	known := map[string]Handler{}
	maps.Copy(known, handlers)
	return &Runner{db: db, log: log, handlers: known, turns: map[string]time.Duration{}, wake: make(chan struct{}, 1)}
}

// Wake tells an idle worker that a job may be waiting.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Work runs jobs one after the other until the context ends. Several nodes may
// call it; each job is done by one of them.
func (r *Runner) Work(ctx context.Context) {
	if err := r.enrol(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("write the timetable", "err", err)
	}
	for ctx.Err() == nil {
		j, err := r.claim(ctx, "")
		if err == nil {
			r.run(ctx, j, nil)
			continue
		}
		if !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
			r.log.Error("claim a job", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-time.After(2 * time.Second):
		}
	}
}

// RunNow runs one waiting job in the caller's own time, as the command line
// does, telling report after each piece. It returns the job as it ended.
func (r *Runner) RunNow(ctx context.Context, id string, report func(Job)) (Job, error) {
	j, err := r.claim(ctx, id)
	if err != nil {
		return Job{}, err
	}
	err = r.run(ctx, j, report)
	ended, gerr := Get(context.WithoutCancel(ctx), r.db, store.Everything("job"), id)
	return ended, errors.Join(err, gerr)
}

// claimable is a job that waits, or whose worker is gone, at $2.
const claimable = "stage = 'waiting' AND due <= $2 OR stage IN ('running', 'stopping') AND lease_until < $2"

// claim takes the job that has waited longest or was abandoned, or the one named: a
// turn of the timetable waits since it is due.
func (r *Runner) claim(ctx context.Context, id string) (Job, error) {
	now := time.Now()
	return store.UpkeepGet[Job](ctx, r.db, `
		UPDATE job
		SET stage = 'running', tries = tries + 1, lease_until = $1, updated = $2
		WHERE id = (
		  SELECT id FROM job
		  WHERE (`+claimable+`) AND ($3 = '' OR id = $3)
		  ORDER BY CASE WHEN every > 0 THEN due ELSE created END, id
		  LIMIT 1)
		AND (`+claimable+`)
		RETURNING `+columns, now.Add(Lease), now, id)
}

// run does one claimed job to its end, or to where the context ends: then it
// waits again, for the next start.
func (r *Runner) run(ctx context.Context, j Job, report func(Job)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	run := &Run{Job: j, db: r.db, cancel: cancel, report: report}
	beat := run.heartbeat(ctx)
	err := r.handle(ctx, run)
	cancel(nil)
	<-beat
	if errors.Is(context.Cause(ctx), ErrStopped) {
		err = ErrStopped
	}
	stage, reason, due := Done, "", j.Due
	var wait *later
	switch {
	case errors.Is(err, ErrStopped):
		stage, err = Stopped, nil
	case errors.As(err, &wait) && j.Every == 0:
		stage, reason, due, err = Waiting, wait.Error(), time.Now().Add(wait.after), nil
	case errors.Is(err, errGaveWay):
		stage, due, err = Waiting, time.Now(), nil
	case errors.Is(err, context.Canceled):
		stage = Waiting
	case err != nil:
		stage, reason = Failed, err.Error()
		r.log.Error("job failed", "kind", j.Kind, "job", j.ID, "err", err)
	}
	if j.Every > 0 && (stage == Done || stage == Failed) {
		return errors.Join(err, r.rest(context.WithoutCancel(ctx), j, reason))
	}
	_, uerr := store.Upkeep(context.WithoutCancel(ctx), r.db, `
		UPDATE job
		SET stage = $2, reason = $3, lease_until = 0, updated = $4, due = $5,
		    tries = CASE WHEN $2 = 'waiting' THEN 0 ELSE tries END
		WHERE id = $1`, j.ID, string(stage), reason, time.Now(), due)
	return errors.Join(err, uerr)
}

// handle calls the kind's handler and turns a panic into a failure.
func (r *Runner) handle(ctx context.Context, run *Run) (err error) {
	if run.Tries > maxTries {
		return fmt.Errorf("given up: it was begun %d times without getting further", maxTries)
	}
	h, ok := r.handlers[run.Kind]
	if !ok {
		return fmt.Errorf("this version knows no job %q", run.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it broke: %v", p)
		}
	}()
	return h(ctx, run)
}

// later is the error of a job that cannot go on yet.
type later struct {
	after time.Duration
	why   error
}

func (l *later) Error() string { return l.why.Error() }
func (l *later) Unwrap() error { return l.why }

// Later is what a handler returns that waits for something which is away: the job
// goes back into the queue, its worker does other work, and it is begun again,
// from its mark, when the time is over. That is no try, and no failure.
func Later(after time.Duration, why error) error { return &later{after, why} }

// Run is a job while it runs.
type Run struct {
	Job
	db     *store.DB
	cancel context.CancelCauseFunc
	report func(Job)
}

// Decode reads the job's args, and its mark where there is one.
func (run *Run) Decode(args, mark any) error {
	if err := json.Unmarshal([]byte(run.Args), args); err != nil {
		return fmt.Errorf("job: args: %w", err)
	}
	if mark == nil || run.Mark == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(run.Mark), mark); err != nil {
		return fmt.Errorf("job: mark: %w", err)
	}
	return nil
}

// Progress saves how far the job is and where to go on. It returns ErrStopped
// where somebody asked it to stop, and the context's error where that ended.
func (run *Run) Progress(ctx context.Context, done, total int64, mark any) error {
	text, err := json.Marshal(mark)
	if err != nil {
		return fmt.Errorf("job: mark: %w", err)
	}
	run.Done, run.Total, run.Mark = done, total, string(text)
	now := time.Now()
	stage, err := store.UpkeepGet[string](ctx, run.db, `
		UPDATE job
		SET done = $2, total = $3, mark = $4, tries = 1, lease_until = $5, updated = $6
		WHERE id = $1
		RETURNING stage`, run.ID, done, total, run.Mark, now.Add(Lease), now)
	if err != nil {
		return err
	}
	if run.report != nil {
		run.report(run.Job)
	}
	if Stage(stage) == Stopping {
		run.cancel(ErrStopped)
		return ErrStopped
	}
	return ctx.Err()
}

// errGaveWay ends a turn that goes on as soon as what waits is done.
var errGaveWay = errors.New("job: others wait")

// GiveWay returns an error, to be handed on, where work that somebody asked for waits, or was left behind by a worker that is gone.
// A turn of the timetable that may take minutes asks after each piece, and remembers
// by itself where it was: so an upload is read at once after a large import.
func (run *Run) GiveWay(ctx context.Context) error {
	waiting, err := store.Get[int](ctx, run.db, store.Everything("job"),
		"SELECT COUNT(*) FROM (SELECT id FROM job WHERE {scope} AND every = $1 AND ("+claimable+") LIMIT 1) w", 0, time.Now())
	if err == nil && waiting > 0 {
		err = errGaveWay
	}
	return err
}

// heartbeat renews the lease while a long piece is worked on, and notices a
// request to stop.
func (run *Run) heartbeat(ctx context.Context) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(Lease / 6)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			stage, err := store.UpkeepGet[string](ctx, run.db,
				"UPDATE job SET lease_until = $2 WHERE id = $1 RETURNING stage", run.ID, time.Now().Add(Lease))
			if err == nil && Stage(stage) == Stopping {
				run.cancel(ErrStopped)
			}
		}
	}()
	return ended
}
