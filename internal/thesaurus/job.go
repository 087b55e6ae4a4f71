package thesaurus

import (
	"context"
	"errors"
	"io"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
	"polis/internal/thesaurus/rdf"
)

// ImportJob is the kind of the job in which a file is imported that came through
// a form.
const ImportJob = "thesaurus.import"

// ImportArgs are what such a job is told.
type ImportArgs struct {
	Sum  string // of the file, SHA-256
	Name string // of the file, as it came
	By   string // id of the person
}

// ImportMark is what such a job tells: Tally when it is done, Fault where the file
// was broken.
type ImportMark struct {
	Tally *Tally     `json:"tally,omitempty"`
	Fault *rdf.Fault `json:"fault,omitempty"`
}

// Importer does such jobs. open opens a stored file by its SHA-256, subject reads
// what a person may do now.
func Importer(db *store.DB, open func(ctx context.Context, sum string) (io.ReadCloser, error), subject func(ctx context.Context, id string) (access.Subject, error)) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		var args ImportArgs
		if err := run.Decode(&args, nil); err != nil {
			return err
		}
		who, err := subject(ctx, args.By)
		if err != nil {
			return err
		}
		file, err := open(ctx, args.Sum)
		if err != nil {
			return err
		}
		defer file.Close()
		tally, err := Import(ctx, db, who, file, func(done, total int64) error {
			return run.Progress(ctx, done, total, ImportMark{})
		})
		mark := ImportMark{Tally: &tally}
		if errors.As(err, &mark.Fault) {
			mark.Tally, err = nil, nil
		}
		if err != nil {
			return err
		}
		return run.Progress(ctx, max(run.Total, 1), max(run.Total, 1), mark)
	}
}
