package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"polis/internal/search"
)

// reindexCommand builds the index anew.
type reindexCommand struct {
	place `embed:""`
}

func (reindexCommand) Help() string {
	return `The index is a copy made from the tables, and nothing is lost with it. It is built beside the one that is there and takes its place when it is complete. POLIS must not be serving meanwhile; a POLIS that finds its index unusable builds it anew by itself while it serves.`
}

func (r reindexCommand) Run(ctx context.Context, c *console) error {
	h, err := r.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	release, err := r.lock("stop it first; the index cannot be exchanged under it")
	if err != nil {
		return err
	}
	defer release()
	fresh := r.index() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove what an earlier run left: %w", err)
	}
	count, err := h.buildIndex(ctx, c, fresh)
	if err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := errors.Join(os.RemoveAll(r.index()), os.Rename(fresh, r.index())); err != nil {
		return fmt.Errorf("put the index in its place: %w", err)
	}
	c.say("The search index holds %d language versions.", count)
	return nil
}

// buildIndex makes an index in a directory of its own.
func (h *house) buildIndex(ctx context.Context, c *console, dir string) (count int, err error) {
	ix, err := search.Open(dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, ix.Close()) }()
	bar := c.bar("Indexed", "events")
	defer bar.end()
	if err := h.library.CatchUp(ctx, ix, bar.set); err != nil {
		return 0, err
	}
	if err := ix.Compact(ctx); err != nil {
		return 0, err
	}
	return ix.Count()
}
