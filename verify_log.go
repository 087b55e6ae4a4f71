package main

import (
	"errors"
	"fmt"
	"os"

	"polis/internal/archive"
	"polis/internal/store"
)

// checkpoint reads the checkpoint of the command line, if there is one, and
// checks its signature: with the pinned key, else with the installation's own,
// else, which is said, with the one that it names itself.
func (v verifyCommand) checkpoint(c *console, own string) ([]store.Checkpoint, error) {
	if v.Checkpoint == "" {
		if v.Key != "" {
			return nil, errors.New("--key is for a checkpoint: name one with --checkpoint")
		}
		return nil, nil
	}
	f, err := os.Open(v.Checkpoint)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := store.ReadCheckpoint(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.Checkpoint, err)
	}
	key := own
	switch {
	case v.Key != "":
		key = v.Key
	case own == "":
		key = p.Key
		c.say("No --key was given: whoever changed the log could have made this checkpoint too. Its key is %s", p.Key)
	}
	if err := p.Check(key); err != nil {
		return nil, fmt.Errorf("%s: %w", v.Checkpoint, err)
	}
	c.say("%s was signed on %s over %d events.", v.Checkpoint, p.At.Format(stamp), p.Count)
	return []store.Checkpoint{p}, nil
}

// offline checks a log in a file.
func (v verifyCommand) offline(c *console) error {
	against, err := v.checkpoint(c, "")
	if err != nil {
		return err
	}
	events, faults, err := v.read(against)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return tellFaults(c, faults, fmt.Sprintf("%d faults", len(faults)))
	}
	c.say("The log holds %d events, and its chain is whole.", events)
	if against == nil {
		c.say("Without a checkpoint nobody can tell whether its end was cut off, or all of it rewritten.")
		return nil
	}
	c.say("It holds exactly what the checkpoint signed, and %d events that followed.", events-against[0].Count)
	return nil
}

func (v verifyCommand) read(against []store.Checkpoint) (int64, []store.Fault, error) {
	if v.Backup != "" {
		return archive.VerifyLog(v.Backup, against...)
	}
	f, err := os.Open(v.Log)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	return store.VerifyFile(f, true, against...)
}
