package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/demo"
)

// demoCommand serves the demonstration.
type demoCommand struct {
	Data     string `help:"Directory of the demonstration's data." default:"polis-demo" env:"POLIS_DEMO_DATA" placeholder:"DIR"`
	Database string `help:"Address of a PostgreSQL database for the tables, instead of SQLite in the directory." placeholder:"postgres://…"`
	Files    string `help:"Address of a bucket in S3-compatible storage for the files, as in polis serve." placeholder:"s3://…"`
	Clamd    string `help:"Address of a ClamAV daemon, as in polis serve." placeholder:"tcp://…"`
	faces    `embed:""`
}

func (demoCommand) Help() string {
	return `The first start makes the directory and loads the demonstration; later ones go on where it was left. Nothing in it is fact about a real State, and its passwords are known to everybody: serve it to nobody but yourself.`
}

// Run loads the demonstration, where it is not there yet, and serves it.
func (d demoCommand) Run(ctx context.Context, c *console) error {
	p := place{Data: d.Data, Database: d.Database, Files: d.Files, Clamd: d.Clamd}
	if err := d.load(ctx, c, p); err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "Sign in as any of these, with the password %q:\n", demo.Password)
	for _, person := range demo.People() {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", person.Email, person.Role, person.ActsFor)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return d.serve(ctx, c, p)
}

func (d demoCommand) load(ctx context.Context, c *console, p place) error {
	release, err := p.lock("stop it first, or name another directory with --data")
	if err != nil {
		return err
	}
	defer release()
	h, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if err := onlyDemonstration(ctx, h); err != nil {
		return err
	}
	bar := c.bar("Loaded", "documents")
	defer bar.end()
	defer debug.FreeOSMemory() // sealing passwords took much of it
	return demo.Load(ctx, h.library, func(done, total int) { bar.set(int64(done), int64(total)) })
}

// onlyDemonstration refuses a place in which real people work: everybody knows
// the passwords of the demonstration.
func onlyDemonstration(ctx context.Context, h *house) error {
	if loaded, err := demo.Loaded(ctx, h.db); err != nil || loaded {
		return err
	}
	people, _, err := account.People(ctx, h.db, access.System("demo"), account.Filter{Limit: 100})
	if err != nil {
		return err
	}
	for _, person := range people {
		if !strings.HasSuffix(person.Email, "@polis.example") {
			return fmt.Errorf("%s is no demonstration: %s has an account there", h.Data, person.Email)
		}
	}
	return nil
}
