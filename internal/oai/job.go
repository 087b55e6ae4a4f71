package oai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/library"
	"polis/internal/store"
)

// Job is the kind of background work that harvests one source now, and NightJob the
// one of the timetable that harvests all that are harvested every night.
const (
	Job        = "harvest.source"
	NightJob   = "harvest.night"
	NightEvery = 24 * time.Hour
)

// args name the source of a job.
type args struct {
	Source string `json:"source"`
}

// Begin queues a harvest of the source.
func Begin(ctx context.Context, db *store.DB, who access.Subject, source library.Source) error {
	if !library.MayHarvest(who).Allowed {
		return library.ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		id, err := job.Add(ctx, tx, Job, args{source.ID}, access.Label{Level: access.Closed})
		return store.Event{
			Act: "harvest.source.asked", Object: source.ID, Label: access.Label{Level: access.Closed}, Data: map[string]string{"url": source.URL, "job": id}, Quiet: true,
		}, err
	})
	return err
}

// UnderWay are the sources whose harvest was asked for and has not ended.
func UnderWay(ctx context.Context, q store.Reader) (map[string]bool, error) {
	rows, err := store.List[string](ctx, q, store.Everything("oai"), "SELECT args FROM job WHERE {scope} AND kind = $1 AND stage IN ('waiting', 'running', 'stopping')", Job)
	all := map[string]bool{}
	for _, text := range rows {
		var a args
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return nil, fmt.Errorf("oai: args of a job: %w", err)
		}
		all[a.Source] = true
	}
	return all, err
}

// Handlers are the kinds of work that are asked for.
func (h *Harvester) Handlers() map[string]job.Handler { return map[string]job.Handler{Job: h.now} }

// Enrol puts the harvest of every night into the timetable.
func (h *Harvester) Enrol(r *job.Runner) { r.Every(NightJob, NightEvery, h.night) }

// now is the job for one source.
func (h *Harvester) now(ctx context.Context, run *job.Run) error {
	var a args
	if err := run.Decode(&a, nil); err != nil {
		return err
	}
	s, err := h.Library.Source(ctx, a.Source)
	if err != nil {
		return err
	}
	return h.turn(ctx, run, s)
}

// night is the turn of all: one that cannot be reached does not hold up the others.
func (h *Harvester) night(ctx context.Context, run *job.Run) error {
	list, err := h.Library.Sources(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, s := range list {
		if !s.Nightly {
			continue
		}
		if err := h.turn(ctx, run, s); err != nil {
			if ctx.Err() != nil || errors.Is(err, job.ErrStopped) {
				return err
			}
			faults = append(faults, fmt.Errorf("%s: %w", s.URL, err))
		}
	}
	return errors.Join(faults...)
}

// turn harvests one source and stops where somebody asks for it.
func (h *Harvester) turn(ctx context.Context, run *job.Run, s library.Source) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	_, err := h.Harvest(ctx, access.System("harvest"), s, func(done, total int64) {
		if err := run.Progress(ctx, done, max(done, total), nil); err != nil {
			stop(err)
		}
	})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}
