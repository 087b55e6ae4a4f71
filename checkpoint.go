package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"polis/internal/job"
	"polis/internal/store"
)

// checkpointCommand makes a signed checkpoint of the log.
type checkpointCommand struct {
	place `embed:""`
	File  string `arg:"" optional:"" help:"File to write it to. Not given: the output."`
}

func (checkpointCommand) Help() string {
	return `A checkpoint is the number and the hash of the newest event, signed with the installation's key (Ed25519). Whoever keeps one elsewhere can prove with "polis verify --checkpoint" that the log still holds exactly what it held then: what was changed, removed or rewritten since, the end of the log included, is found.

The events since the last checkpoint are checked first, and a log that is not whole is not signed. POLIS makes one every hour by itself; it may be serving meanwhile. Write down the public key, which is said beside the output, at another place: it is what --key of verify takes.`
}

func (k checkpointCommand) Run(ctx context.Context, c *console) error {
	h, err := k.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	p, err := store.Sign(ctx, h.db, h.keys.Signer())
	var broken *store.BrokenError
	switch {
	case errors.As(err, &broken):
		return tellFaults(c, broken.Faults, "no checkpoint was signed, because the log is not whole")
	case errors.Is(err, store.ErrEmpty):
		return errors.New("the log is empty: there is nothing to sign yet")
	case err != nil:
		return err
	}
	if k.File == "" {
		_, err = c.out.Write(p.JSON())
	} else if err = os.WriteFile(k.File, p.JSON(), 0o644); err == nil {
		c.say("%s covers %d events up to %s.", k.File, p.Count, p.At.Format(stamp))
	}
	c.tell("Public key: %s", p.Key)
	return err
}

// signLog is the hourly turn of the timetable. A log that is not whole fails it,
// which the jobs page shows until somebody has looked.
func (h *house) signLog(ctx context.Context, _ *job.Run) error {
	_, err := store.Sign(ctx, h.db, h.keys.Signer())
	if errors.Is(err, store.ErrEmpty) {
		return nil
	}
	return err
}

// stamp is how a moment is written for those who keep the installation.
const stamp = "2 January 2006 15:04:05 MST"

// tellFaults names the faults, and ends the command.
func tellFaults(c *console, faults []store.Fault, why string) error {
	for _, f := range faults {
		c.say("FAULT %s: %s", f.Where(), f.Explain())
	}
	c.tell("polis: %s", why)
	return errTold
}

// exportCommand groups what is given out.
type exportCommand struct {
	Log       exportLog       `cmd:"" help:"Write the whole event log into a file, one event a line as JSON."`
	Thesaurus exportThesaurus `cmd:"" help:"Write the thesaurus into a SKOS file."`
}

type exportLog struct {
	place `embed:""`
	File  string `arg:"" optional:"" help:"File to write it to. It appears when it is complete. Not given: the output."`
}

func (exportLog) Help() string {
	return `The file needs no database to be checked: "polis verify --log FILE --checkpoint FILE" does it on any machine. The events hold ids and no names, but they say who did and read what: keep the file accordingly.`
}

func (e exportLog) Run(ctx context.Context, c *console) error {
	h, err := e.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if e.File == "" {
		_, err = store.ExportLog(ctx, h.db, c.out)
		return err
	}
	n := int64(0)
	err = writeWhole(e.File, func(w io.Writer) (err error) {
		n, err = store.ExportLog(ctx, h.db, w)
		return err
	})
	if err == nil {
		c.say("%s holds %d events.", e.File, n)
	}
	return err
}

// writeWhole makes a file that is there whole or not at all, for its owner alone.
func writeWhole(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".polis-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer os.Remove(f.Name()) // after the rename it is not there any more
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
