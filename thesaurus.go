package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/lang"
	"polis/internal/thesaurus"
	"polis/internal/thesaurus/rdf"
)

type importThesaurus struct {
	importer `embed:""`
	File     string `arg:"" help:"SKOS file in Turtle or RDF/XML."`
}

func (importThesaurus) Help() string {
	return `The vocabulary stands beside the thesaurus of POLIS; where a concept in it has the names of one of ours, the two are proposed as the same, and a person decides in the browser. Labels and notes in other languages than the six are counted and left out. What the file says of a concept replaces what was known of it.

A file that is broken changes nothing. The same file again changes nothing either, so an import that was interrupted is run again and goes on where it was.`
}

func (i importThesaurus) Run(ctx context.Context, c *console) error {
	file, _, err := openFile(i.File)
	if err != nil {
		return err
	}
	defer file.Close()
	h, who, err := i.begin(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	bar := c.bar("Stored", "concepts")
	tally, err := thesaurus.Import(ctx, h.db, who, file, func(done, total int64) error {
		bar.set(done, total)
		return ctx.Err()
	})
	bar.end()
	english := lang.For("en")
	var fault *rdf.Fault
	if errors.As(err, &fault) {
		c.tell("polis: line %d: %s; nothing was stored", fault.Line, strings.TrimSuffix(english.T("thesaurus.fault."+fault.What, "near", fault.Near), "."))
		return errTold
	}
	for _, bad := range tally.Bad {
		c.say("line %d %s: %s", bad.Line, bad.URI, english.T("thesaurus.flaw."+bad.What))
	}
	c.say("%d new, %d changed, %d the same, %d with a flaw; %d texts in other languages and %d relations to unknown concepts left out; %d proposed as the same as one of ours.",
		tally.New, tally.Changed, tally.Same, len(tally.Bad), tally.Foreign, tally.Lost, tally.Proposed)
	if err != nil {
		return err
	}
	return worthless(len(tally.Bad), tally.New+tally.Changed+tally.Same, c)
}

type exportThesaurus struct {
	place  `embed:""`
	File   string `arg:"" optional:"" help:"File to write it to, in the format that its ending says: .ttl, .rdf or .jsonld. It appears when it is complete. Not given: the output."`
	Format string `help:"Format, where no file says it: ttl, rdf or jsonld." default:"ttl" enum:"ttl,rdf,jsonld"`
	Scheme string `help:"Identifier of the vocabulary, such as policing. Not given: all of them." placeholder:"ID"`
}

func (e exportThesaurus) Run(ctx context.Context, c *console) error {
	h, err := e.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if e.File == "" {
		return thesaurus.Export(ctx, h.db, c.out, thesaurus.Format(e.Format), e.Scheme)
	}
	format := thesaurus.Format(strings.TrimPrefix(filepath.Ext(e.File), "."))
	if format.Media() == "" {
		return fmt.Errorf("%s ends neither with .ttl nor with .rdf nor with .jsonld: which format shall it be?", e.File)
	}
	err = writeWhole(e.File, func(w io.Writer) error { return thesaurus.Export(ctx, h.db, w, format, e.Scheme) })
	if err == nil {
		c.say("%s is written.", e.File)
	}
	return err
}

// indexCommand groups what documents are indexed with.
type indexCommand struct {
	Concepts indexConcepts `cmd:"" help:"Look through every document and propose concepts for it."`
}

type indexConcepts struct {
	place `embed:""`
}

func (indexConcepts) Help() string {
	return `A POLIS that serves does so by itself for what is new or changed. After a change of the thesaurus this looks through all documents again. What people have confirmed or refused stays. It can be stopped at any time: a POLIS that serves goes on there.`
}

func (i indexConcepts) Run(ctx context.Context, c *console) error {
	h, err := i.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	bar := c.bar("Looked through", "documents")
	err = h.library.ProposeConcepts(ctx, true, func(done, total int64) error {
		bar.set(done, total)
		return ctx.Err()
	})
	bar.end()
	return err
}

// openSum opens a stored file by its SHA-256.
func (h *house) openSum(ctx context.Context, text string) (io.ReadCloser, error) {
	return h.files.Get(ctx, blob.Sum(text))
}

// subject is what a person may do now, for work that she began.
func (h *house) subject(ctx context.Context, id string) (access.Subject, error) {
	who, _, err := account.Subject(ctx, h.db, id, account.TwoFactors)
	return who, err
}
