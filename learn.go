package main

import (
	"context"

	"polis/internal/access"
)

// learnCommand teaches the lexicon.
type learnCommand struct {
	place `embed:""`
}

func (learnCommand) Help() string {
	return `Learned are tables that say what a word of one language means in another: from the dictionaries that were imported, the labels of the thesaurus, and every public document that the library holds in more than one language. Nothing new is nothing learned, so the command may be run at any time, beside a POLIS that serves; stopped, it goes on with the next language pair. A POLIS that serves learns by itself once a day.`
}

func (l learnCommand) Run(ctx context.Context, c *console) error {
	h, err := l.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	bar := c.bar("Learned", "language pairs")
	fresh, err := h.library.Learn(ctx, h.words, access.System("learn"), func(done, of int) error {
		bar.set(int64(done), int64(of))
		return ctx.Err()
	})
	bar.end()
	if err != nil {
		return err
	}
	c.say("%d tables are new.", fresh)
	return nil
}
