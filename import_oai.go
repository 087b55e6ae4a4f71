package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"polis/internal/fetch"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/mail"
	"polis/internal/oai"
)

// importOAI harvests another library.
type importOAI struct {
	importer      `embed:""`
	URL           string   `arg:"" help:"Base URL of the OAI-PMH repository, such as https://library.example/oai."`
	Set           string   `help:"Set of the repository that is wanted. Not given: everything." placeholder:"SET"`
	Prefix        string   `help:"What Dublin Core is called there." default:"oai_dc" placeholder:"PREFIX"`
	Origin        string   `help:"Identifier in the directory of where the documents come from. Not given: as the publisher that a record names is called there." placeholder:"ID"`
	Nightly       bool     `help:"Harvest it every night from now on."`
	InternalHosts []string `help:"Hosts that POLIS may ask although they do not stand on the public network." env:"POLIS_INTERNAL_HOSTS" placeholder:"HOST"`
}

func (importOAI) Help() string {
	return `The first harvest takes in every record of the repository, each further one what has changed since; one that was interrupted goes on where it was. A record that says the same as before changes nothing. What was withdrawn there is withdrawn here, if it came from there and nobody has confirmed it. Records that cannot be taken are set aside and named with the reason.

Documents that were harvested are public, and marked until a person has looked at them.`
}

func (i importOAI) Run(ctx context.Context, c *console) error {
	h, who, err := i.begin(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	source, err := h.library.AddSource(ctx, who, library.SourceDraft{URL: i.URL, Prefix: i.Prefix, Set: i.Set, Origin: i.Origin}, i.Nightly)
	if err == nil && i.Nightly {
		err = h.library.SetNightly(ctx, who, source.ID, true)
	}
	if err != nil {
		return plainly(err)
	}
	bar := c.bar("Harvested", "records")
	harvester := harvesterOf(h, i.InternalHosts, c.log(slog.LevelWarn))
	tally, err := harvester.Harvest(ctx, who, source, bar.set)
	bar.end()
	if tally.Aside > 0 {
		i.nameAside(context.WithoutCancel(ctx), c, h, source)
	}
	c.say("%d new, %d changed, %d the same, %d withdrawn, %d set aside.", tally.Added, tally.Changed, tally.Same, tally.Withdrawn, tally.Aside)
	if ctx.Err() != nil {
		return errors.New("stopped: the same command goes on where it was")
	}
	return err
}

// shownAside is how many records that were set aside are named.
const shownAside = 20

func (importOAI) nameAside(ctx context.Context, c *console, h *house, source library.Source) {
	list, err := h.library.SetAside(ctx, source.ID, shownAside)
	if err != nil {
		c.tell("polis: %v", err)
	}
	for _, a := range list {
		c.say("%s: %s", a.Identifier, lang.For("en").T(a.Reason))
	}
}

// plainly says what is wrong with the fields of a command in words.
func plainly(err error) error {
	var invalid library.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	var all []error
	for _, key := range invalid {
		all = append(all, errors.New(lang.For("en").T(key)))
	}
	return errors.Join(all...)
}

// longestPage is the largest answer that is taken of a repository, in bytes, and
// slowestPage how long it may take.
const (
	longestPage = 64 << 20
	slowestPage = 3 * time.Minute
)

// harvesterOf harvests for an installation.
func harvesterOf(h *house, internal []string, log *slog.Logger) *oai.Harvester {
	return &oai.Harvester{Library: h.library, Log: log, Client: fetch.Client(fetch.Options{Internal: internal, Limit: longestPage, Time: slowestPage})}
}

func (s shield) harvester(h *house, log *slog.Logger) *oai.Harvester {
	return harvesterOf(h, s.InternalHosts, log)
}

// keeperAddress is the address from which letters come: harvesters are told to whom
// to write.
func (h *house) keeperAddress(ctx context.Context) string {
	s, err := mail.Load(ctx, h.db, h.keys)
	if err != nil {
		return ""
	}
	return s.From
}
