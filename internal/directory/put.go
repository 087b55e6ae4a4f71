package directory

import (
	"context"
	"fmt"
	"time"

	"polis/internal/lang"
	"polis/internal/store"
)

// stored is the entry as the next revision after before.
func (e Entry) stored(before Entry, now time.Time) Entry {
	e.Rev, e.Created, e.Updated, e.Label = before.Rev+1, before.Created, now, e.label()
	if before.Rev == 0 {
		e.Created = now
	}
	return e
}

// put writes the entries with their names over what was there.
func put(ctx context.Context, tx *store.Tx, entries []Entry) error {
	var fresh, names [][]any
	for _, e := range ordered(entries) {
		names = append(names, e.nameRows()...)
		if e.Rev == 1 {
			fresh = append(fresh, e.row())
		}
	}
	if err := tx.Insert(ctx, entryInto, fresh, ""); err != nil {
		return err
	}
	for _, e := range entries {
		if e.Rev == 1 {
			continue
		}
		if err := e.update(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Insert(ctx, nameInto, names, "")
}

// ordered puts each entry after its host and its parent, as foreign keys want.
func ordered(entries []Entry) []Entry {
	waiting := make(map[string]Entry, len(entries))
	for _, e := range entries {
		waiting[e.ID] = e
	}
	done := make([]Entry, 0, len(entries))
	var place func(id string)
	place = func(id string) {
		e, ok := waiting[id]
		if !ok {
			return
		}
		delete(waiting, id)
		place(e.Host)
		place(e.Parent)
		done = append(done, e)
	}
	for _, e := range entries {
		place(e.ID)
	}
	return done
}

const (
	entryInto = `directory_entry (id, kind, parent, host, iso2, iso3, sub_region, mandate,
		website, valid_from, valid_to, rev, created, updated, level, state, grp, owner)`
	nameInto = `directory_name (entry, since, until, lang, long, short, note, english)`
)

// row is the entry in the order of entryInto.
func (e Entry) row() []any {
	return []any{
		e.ID, string(e.Kind), orNull(e.Parent), orNull(e.Host), e.ISO2, e.ISO3, e.SubRegion, e.Mandate,
		e.Website, e.ValidFrom, e.ValidTo, e.Rev, e.Created, e.Updated, int(e.Level), e.State, e.Group, e.Owner,
	}
}

// nameRows are the names in the order of nameInto, English before the
// languages that refer to it.
func (e Entry) nameRows() [][]any {
	var rows [][]any
	for _, n := range e.Names {
		for _, t := range lang.All {
			if n.Long[t] != "" {
				rows = append(rows, []any{e.ID, n.Since, n.Until, string(t), n.Long[t], n.Short[t], n.Note[t], "en"})
			}
		}
	}
	return rows
}

// update writes the entry over its stored revision and takes its names out.
func (e Entry) update(ctx context.Context, tx *store.Tx) error {
	n, err := tx.Exec(ctx, `
		UPDATE directory_entry
		SET kind = $2, parent = $3, host = $4, iso3 = $5, sub_region = $6, mandate = $7, website = $8,
			valid_from = $9, valid_to = $10, rev = $11, updated = $12
		WHERE id = $1 AND rev = $11 - 1`,
		e.ID, string(e.Kind), orNull(e.Parent), orNull(e.Host), e.ISO3, e.SubRegion, e.Mandate, e.Website,
		e.ValidFrom, e.ValidTo, e.Rev, e.Updated)
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("directory: revision %d of %s does not follow what is stored", e.Rev, e.ID)
	}
	_, err = tx.Exec(ctx, "DELETE FROM directory_name WHERE entry = $1", e.ID)
	return err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
