package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"polis/internal/job"
	"polis/internal/search"
	"polis/internal/watch"
)

// system is an installation in the hands of the one process that serves it.
type system struct {
	*house
	index *search.Index
	jobs  *job.Runner
	log   *slog.Logger
}

// open opens the stores and the index. It needs the lock on the place.
func (f faces) open(ctx context.Context, p place, log *slog.Logger) (*system, error) {
	h, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.files.Ready(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	if err := h.keepErased(ctx, log); err != nil {
		return nil, errors.Join(err, h.close())
	}
	ix, err := h.openIndex(log)
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	ix.Speak(h.words.Translate)
	h.inbox = f.box(h, log)
	s := &system{house: h, index: ix, jobs: h.queue(log, f.harvester(h, log)), log: log}
	s.jobs.Every(watch.AlertJob, watch.AlertEvery, s.watch().Alerts)
	return s, nil
}

// watch keeps what people want to hear of again.
func (s *system) watch() *watch.Watch {
	return &watch.Watch{DB: s.db, Library: s.library, Index: s.index, Keys: s.keys}
}

func (s *system) close() error { return errors.Join(s.index.Close(), s.house.close()) }

// openIndex opens the search index. One that cannot be used, or that knows of
// events which the log does not have, is set aside for an empty one: the
// follower fills it from the log while POLIS serves already.
func (h *house) openIndex(log *slog.Logger) (*search.Index, error) {
	ix, err := search.Open(h.place.index())
	var unusable *search.UnusableError
	switch {
	case errors.As(err, &unusable):
	case err != nil:
		return nil, err
	default:
		at, err := ix.Seq()
		if err == nil && at <= h.db.Seq() {
			return ix, nil
		}
		unusable = &search.UnusableError{
			Dir: h.place.index(), Err: errors.Join(err, ix.Close()),
			Reason: fmt.Sprintf("it is at event %d, and the log ends with event %d", at, h.db.Seq()),
		}
	}
	log.Warn("the search index is built anew", "reason", unusable.Error())
	aside := h.place.index() + ".unusable"
	if err := errors.Join(os.RemoveAll(aside), os.Rename(h.place.index(), aside)); err != nil {
		return nil, fmt.Errorf("set the search index aside: %w", err)
	}
	return search.Open(h.place.index())
}
