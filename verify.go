package main

import (
	"context"
	"errors"
	"os"

	"polis/internal/archive"
	"polis/internal/search"
	"polis/internal/store"
)

// verifyCommand checks an installation.
type verifyCommand struct {
	place      `embed:""`
	Checkpoint string `help:"Checkpoint that the log must still hold exactly." placeholder:"FILE"`
	Key        string `help:"Public key, base64, with which the checkpoint must be signed, as it was written down elsewhere." placeholder:"KEY"`
	Log        string `help:"Check this exported log instead of an installation. No database is needed." placeholder:"FILE" xor:"what"`
	Backup     string `help:"Check the log in this backup instead of an installation. Nothing is restored." placeholder:"FILE" xor:"what"`
}

func (verifyCommand) Help() string {
	return `The log's hash chain is walked from its first event and held against the checkpoints, every file is read and compared with its SHA-256, every file that a document or an arrived file refers to is looked for, and the search index is held against the tables. POLIS may be serving meanwhile; the index is then left out. Every fault is named, and the exit code is 1.

With --checkpoint the log must also hold exactly the history that the checkpoint signed. With --log or --backup only the log is checked, without any database, on any machine. The key to trust is the one that was written down when the checkpoint was made: give it with --key. Without it the installation's own key is taken, and for a log in a file the one in the checkpoint, which proves only that the file was not damaged.`
}

func (v verifyCommand) Run(ctx context.Context, c *console) error {
	if v.Log != "" || v.Backup != "" {
		return v.offline(c)
	}
	h, err := v.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	against, err := v.checkpoint(c, h.keys.PublicText())
	if err != nil {
		return err
	}
	found, err := archive.Verify(ctx, h.archived(), c.stages(map[string]*bar{"files": c.bar("Checked", "files")}), against...)
	if err != nil {
		return err
	}
	c.say("The log holds %d events, the store %d files, %d of which nothing refers to.", found.Events, found.Files, found.Idle)
	faults, err := h.verifyIndex(ctx, c)
	if err != nil {
		return err
	}
	faults = append(found.Faults, faults...)
	for _, f := range faults {
		c.say("FAULT %s", f)
	}
	if len(faults) > 0 {
		c.tell("polis: %d faults", len(faults))
		return errTold
	}
	c.say("No fault was found.")
	return nil
}

// verifyIndex compares the index with the tables, where no other process has
// it.
func (h *house) verifyIndex(ctx context.Context, c *console) ([]archive.Fault, error) {
	release, err := store.Lock(h.Data)
	if errors.Is(err, store.ErrInUse) {
		c.say("The search index was left out, because POLIS is running on it.")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer release()
	if _, err := os.Stat(h.place.index()); err != nil {
		c.say("There is no search index yet. POLIS builds it when it serves.")
		return nil, nil
	}
	ix, err := search.Open(h.place.index())
	var unusable *search.UnusableError
	if errors.As(err, &unusable) {
		return []archive.Fault{{Where: "search index", What: unusable.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	defer ix.Close()
	compared, err := archive.CompareIndex(ctx, h.db, ix)
	if n := compared.Behind(); err == nil && n > 0 {
		c.say("The search index has yet to take in %d events. It does so when POLIS serves.", n)
	}
	return compared.Faults, err
}
