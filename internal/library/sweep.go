package library

import (
	"context"
	"errors"
	"time"

	"polis/internal/blob"
	"polis/internal/store"
)

// Stored counts the files that are stored, and those of them that nothing
// refers to.
type Stored struct {
	Files, Bytes         int64
	IdleFiles, IdleBytes int64
}

// settled is how long a file stays that nothing refers to: who brings it writes
// down a moment after it has arrived what it is for.
const settled = 24 * time.Hour

// Stored looks through all files. idle, where not nil, is told each that nothing
// refers to.
func (l *Library) Stored(ctx context.Context, idle func(blob.Entry) error) (Stored, error) {
	var all []blob.Entry
	for e, err := range l.Files.All(ctx) {
		if err != nil {
			return Stored{}, err
		}
		all = append(all, e)
	}
	// Read after the files: what has come since is none of them.
	needed, err := l.needed(ctx)
	if err != nil {
		return Stored{}, err
	}
	var s Stored
	for _, e := range all {
		s.Files++
		s.Bytes += e.Size
		if needed[e.Sum] {
			continue
		}
		s.IdleFiles++
		s.IdleBytes += e.Size
		if idle != nil {
			if err := idle(e); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// Needs reports whether something leads to a file.
func (l *Library) Needs(ctx context.Context, sum blob.Sum) (bool, error) {
	needed, err := l.needed(ctx)
	return needed[sum], err
}

// needed are the files to which a version leads, or something that has arrived
// and was not discarded; dictionaries, and what was learned of them; tables of
// activities that are being brought in, and mail that was not handled yet.
func (l *Library) needed(ctx context.Context) (map[blob.Sum]bool, error) {
	needed := map[blob.Sum]bool{}
	for sum, err := range store.Rows[string](ctx, l.DB, parts, `
		SELECT sum FROM version WHERE {scope} AND file <> ''
		UNION SELECT sum FROM intake WHERE {scope} AND stage <> 'discarded'
		UNION SELECT text_sum FROM intake WHERE {scope} AND stage <> 'discarded'
		UNION SELECT file FROM dictionary
		UNION SELECT sum FROM activity_import WHERE sum <> ''
		UNION SELECT sum FROM inbox_message WHERE sum <> ''
		UNION SELECT sum FROM post_file WHERE sum <> ''
		UNION SELECT file FROM translation_table`) {
		if err != nil {
			return nil, err
		}
		needed[blob.Sum(sum)] = true
	}
	return needed, nil
}

// Sweep removes the files that nothing refers to, unless they came within the
// last day, and returns how many those were and how many bytes. It is begun anew
// after an interruption.
func (l *Library) Sweep(ctx context.Context, progress func(files int64) error) (files, bytes int64, err error) {
	_, err = l.Stored(ctx, func(e blob.Entry) error {
		switch err := l.Files.Remove(ctx, e.Sum, settled); {
		case errors.Is(err, blob.ErrYoung) || errors.Is(err, blob.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		files++
		bytes += e.Size
		if progress != nil && files%100 == 0 {
			return progress(files)
		}
		return nil
	})
	return files, bytes, err
}
