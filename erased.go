package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"polis/internal/access"
	"polis/internal/personal"
	"polis/internal/store"
	"polis/internal/web"
)

// repeatErasures erases again who came back with a backup: those in the list, a
// file that POLIS keeps beside its tables, or a newer backup.
func (r restoreCommand) repeatErasures(ctx context.Context, c *console) error {
	if r.Erased == "" {
		return nil
	}
	list, err := personal.OpenList(r.Erased)
	if err != nil {
		return err
	}
	h, err := r.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	people, documents, err := h.keeper().Repeat(ctx, list)
	if err != nil {
		return err
	}
	c.say("Erased again: people %d, documents %d.", people, documents)
	return nil
}

// keepErased repeats the erasures of the list beside the tables: somebody may have
// put back the tables alone.
func (h *house) keepErased(ctx context.Context, log *slog.Logger) error {
	k := h.keeper()
	list, err := personal.OpenList(k.List)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	people, documents, err := k.Repeat(ctx, list)
	if people+documents > 0 {
		log.Warn("erased again what had come back", "people", people, "documents", documents)
	}
	if err != nil {
		return fmt.Errorf("repeat the erasures in %s: %w", k.List, err)
	}
	return nil
}

// noteBackup lets the page of the system's health say when the last backup was
// made.
func (h *house) noteBackup(ctx context.Context, seq int64) error {
	return store.Note(ctx, h.db, access.System("backup"), store.Event{
		Act: web.BackupMade, Label: access.Label{Level: access.Closed}, Data: map[string]int64{"seq": seq},
	}, 0)
}
