package directory

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"

	"polis/internal/access"
	"polis/internal/store"
)

// seed is the directory that an installation begins with: the 57 participating
// States and 11 Partners for Co-operation, the OSCE's structures, field
// operations past and present, and organisations. It is a CSV like any other.
//
// What it does not know it leaves out: a mandate is given where its symbol is
// certain, a date in the precision that is.
//
//go:embed seed.csv
var seed []byte

// seeded is the setting that says the seed was given.
const seeded = "directory.seeded"

// Seed gives a new installation its directory, once; from then on it belongs to
// those who keep it.
func Seed(ctx context.Context, db *store.DB) error {
	done, err := db.Setting(ctx, seeded)
	if err != nil || done != "" {
		return err
	}
	who := access.System("directory")
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		// Another node may have been quicker.
		n, err := store.Get[int64](ctx, tx, who.Scope(), "SELECT COUNT(*) FROM setting WHERE {scope} AND name = $1", seeded)
		if err != nil {
			return store.Event{}, err
		}
		if n > 0 {
			return store.Event{}, store.ErrUnchanged
		}
		if n, err = plant(ctx, tx, who); err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: "directory.seeded", Object: "directory", Data: map[string]int64{"entries": n}},
			tx.Set(ctx, seeded, "1")
	})
	if err != nil {
		return fmt.Errorf("directory: seed: %w", err)
	}
	return nil
}

// plant stores the seed and returns how many entries it has.
func plant(ctx context.Context, tx *store.Tx, who access.Subject) (int64, error) {
	s, err := readSheet(ctx, bytes.NewReader(seed))
	if err != nil {
		return 0, err
	}
	report, drafts, err := s.plan(ctx, tx, who)
	if err != nil {
		return 0, err
	}
	if len(report.Faults) > 0 {
		return 0, fmt.Errorf("it is faulty: %v", report.Faults)
	}
	entries := make([]Entry, len(drafts))
	for i, d := range drafts {
		entries[i] = d.after.stored(d.before, tx.Now())
	}
	return int64(len(entries)), put(ctx, tx, entries)
}
