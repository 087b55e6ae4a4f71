package main

import (
	"context"
	"errors"
	"path/filepath"

	"polis/internal/archive"
	"polis/internal/keyring"
)

// backupCommand makes a backup.
type backupCommand struct {
	place `embed:""`
	File  string `arg:"" help:"File to write. It appears when it is complete, in place of one with that name."`
}

func (backupCommand) Help() string {
	return `POLIS may be serving meanwhile: the backup holds everything as it stood at one moment. It is a ZIP file with the tables as JSON lines, the files, and a manifest with the SHA-256 of each part; the search index is not in it. Keep it as safe as POLIS itself: it holds what is closed, too.`
}

func (b backupCommand) Run(ctx context.Context, c *console) error {
	h, err := b.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	m, err := archive.Backup(ctx, h.archived(), b.File, version(), c.stages(map[string]*bar{
		"tables": c.bar("Written", "tables"), "files": c.bar("Written", "files"),
	}))
	if err != nil {
		return err
	}
	c.say("%s holds %d tables and files, up to event %d.", b.File, len(m.Parts), m.Seq)
	if err := h.noteBackup(ctx, m.Seq); err != nil {
		return err
	}
	return lacking(c, m)
}

// lacking names the files that a backup lacks.
func lacking(c *console, m archive.Manifest) error {
	for _, f := range m.Missing {
		c.say("MISSING %s", f)
	}
	if len(m.Missing) > 0 {
		c.tell("polis: %d files were not there to be backed up", len(m.Missing))
		return errTold
	}
	return nil
}

// restoreCommand puts a backup back.
type restoreCommand struct {
	File   string `arg:"" help:"Backup to restore."`
	Erased string `help:"List of the people who were erased since the backup was made: erased.txt of the data directory that was lost, or a newer backup. They are erased again." placeholder:"FILE"`
	place  `embed:""`
}

func (restoreCommand) Help() string {
	return `The data directory must be empty or not there yet, and so must be the PostgreSQL database where one is given; a backup from either engine goes into either, and files from a directory go into a bucket with --files, or back. The bucket may hold other files. A backup that is cut off or damaged is refused, and nothing of it is left behind. The search index is built at the next start.`
}

func (r restoreCommand) Run(ctx context.Context, c *console) error {
	bucket, err := r.bucket()
	if err != nil {
		return err
	}
	keys, err := givenKey()
	if err != nil {
		return err
	}
	done, err := archive.Restore(ctx, r.File, archive.Place{Dir: r.Data, DSN: r.Database, Bucket: bucket, Keys: keys}, c.stages(map[string]*bar{
		"parts": c.bar("Read", "parts"), "files": c.bar("Stored", "parts"),
	}))
	if errors.Is(err, archive.ErrNotEmpty) {
		return errors.New(err.Error() + "; nothing was changed")
	}
	if err != nil {
		return err
	}
	c.say("%s of %s, with %d tables and files up to event %d, was restored into %s.",
		filepath.Base(r.File), done.Made.Format("2 January 2006 15:04 MST"), len(done.Parts), done.Seq, r.Data)
	for _, f := range done.Unopened {
		c.say("WARNING %s", f)
	}
	if len(done.Unopened) > 0 {
		c.say("POLIS_KEY is another key than that of the backup. The backup's is in %s: POLIS takes it when POLIS_KEY is not set.", filepath.Join(r.Data, keyring.File))
	}
	if len(done.Faults) > 0 {
		for _, f := range done.Faults {
			c.say("FAULT %s", f)
		}
		c.tell("polis: the log in the backup was not whole when it was made")
		return errTold
	}
	if err := r.repeatErasures(ctx, c); err != nil {
		return err
	}
	return lacking(c, done.Manifest)
}
