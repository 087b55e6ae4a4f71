package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/store"
)

// BatchJob is the kind of the job that does or undoes a batch.
const BatchJob = "library.batch"

type batchArgs struct {
	Batch string
	Undo  bool
}

// batchRow is one document of a batch as it stands in the table.
type batchRow struct {
	N        int64
	Document string
	Rev      int64
	Stage    string
	Reason   string
	Was      string
	Became   int64
}

// before is what the document was before the batch changed it.
func (r batchRow) before() (s Snapshot, ok bool) {
	return s, r.Was != "" && json.Unmarshal([]byte(r.Was), &s) == nil
}

// batchStep is how many documents one write changes: all of them, or none.
const batchStep = 50

// runBatch goes through those of a batch's documents that are still to be done. A
// row moves with its document in one write, so it may begin again at any time.
func (l *Library) runBatch(ctx context.Context, run *job.Run) error {
	var args batchArgs
	if err := run.Decode(&args, nil); err != nil {
		return err
	}
	b, err := store.Get[Batch](ctx, l.DB, parts, "SELECT "+batchColumns+" FROM batch b WHERE {scope} AND b.id = $1", args.Batch)
	if err != nil {
		return err
	}
	if b.Job != run.ID {
		return nil // it was left for another one: to be undone
	}
	who, _, err := account.Subject(ctx, l.DB, b.Owner, account.TwoFactors)
	if err != nil {
		return fmt.Errorf("library: whose batch it is: %w", err)
	}
	stage := "waiting"
	if args.Undo {
		stage = "changed"
	}
	total, err := store.Get[int64](ctx, l.DB, parts, "SELECT COUNT(*) FROM batch_document WHERE {scope} AND batch = $1 AND stage = $2", b.ID, stage)
	if err != nil {
		return err
	}
	total += run.Done
	for {
		n, err := l.batchStep(ctx, who, b, stage)
		if err != nil {
			return err
		}
		if n == 0 {
			return l.endBatch(ctx, who, b, args.Undo)
		}
		if err := run.Progress(ctx, min(run.Done+int64(n), total), total, nil); err != nil {
			return err
		}
	}
}

// batchStep does or undoes the next documents and returns how many there were.
func (l *Library) batchStep(ctx context.Context, who access.Subject, b Batch, stage string) (int, error) {
	rows, err := store.List[batchRow](ctx, l.DB, parts,
		"SELECT n, document, rev, stage, reason, was, became FROM batch_document WHERE {scope} AND batch = $1 AND stage = $2 ORDER BY n LIMIT $3", b.ID, stage, batchStep)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	records, err := l.recordsOf(ctx, who.Scope(), rows)
	if err != nil {
		return 0, err
	}
	_, err = store.WriteAll(ctx, l.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		now, err := account.Rights(ctx, tx, who.ID) // she may have lost the right since she began
		if err != nil {
			return nil, err
		}
		var events []store.Event
		for _, row := range rows {
			e, err := l.batchOne(ctx, tx, now, b, row, records[row.Document])
			if err != nil {
				return nil, err
			}
			if e.Act != "" {
				events = append(events, e)
			}
		}
		if len(events) == 0 {
			events = append(events, store.Event{Act: "library.batch.passed", Object: b.ID, Label: b.Label, Data: map[string]int{"documents": len(rows)}, Quiet: true})
		}
		return events, nil
	})
	return len(rows), err
}

// batchOne changes one document, or changes it back, and moves its row; the event
// is empty where it was left as it is.
func (l *Library) batchOne(ctx context.Context, tx *store.Tx, who access.Subject, b Batch, row batchRow, r *Record) (store.Event, error) {
	rev, undo := row.Rev, row.Stage == "changed"
	if undo {
		rev = row.Became
	}
	d, err := mayEdit(ctx, tx, who, row.Document, rev)
	reason, err := passedFor(err)
	if err != nil {
		return store.Event{}, err
	}
	if reason == "" && (r == nil || r.Rev != rev) {
		reason = passedChanged
	}
	if reason != "" {
		return store.Event{}, setAside(ctx, tx, b.ID, row, reason)
	}
	from := snapshotOf(*r)
	to := b.Edit.Apply(from)
	if undo {
		to, _ = row.before()
		to.Circle = from.Circle
	}
	if len(from.Differences(to)) == 0 || !to.fits() {
		return store.Event{}, setAside(ctx, tx, b.ID, row, map[bool]string{true: keptLevel, false: passedSame}[undo])
	}
	label, err := putSnapshot(ctx, tx, who, d, from, to)
	if reason, err = passedFor(err); err != nil {
		return store.Event{}, err
	}
	if reason != "" {
		return store.Event{}, setAside(ctx, tx, b.ID, row, reason)
	}
	query, args := "UPDATE batch_document SET stage = 'changed', was = $3, became = $4 WHERE batch = $1 AND n = $2", []any{b.ID, row.N, store.JSON(from), d.Rev + 1}
	if undo {
		query, args = "UPDATE batch_document SET stage = 'undone' WHERE batch = $1 AND n = $2", args[:2]
	}
	_, err = tx.Exec(ctx, query, args...)
	return changed("library.document.revised", d.ID, label, map[string]string{"batch": b.ID}), err
}

// passedFor turns what stands in one document's way into the reason for leaving it.
func passedFor(err error) (string, error) {
	var stale Stale
	switch {
	case errors.As(err, &stale):
		return passedChanged, nil
	case errors.Is(err, store.ErrNotFound):
		return passedGone, nil
	case errors.Is(err, ErrForbidden), errors.Is(err, ErrLowering):
		return passedForbidden, nil
	}
	return "", err
}

func setAside(ctx context.Context, tx *store.Tx, batch string, row batchRow, reason string) error {
	stage := "passed"
	if row.Stage == "changed" {
		stage = "kept"
	}
	_, err := tx.Exec(ctx, "UPDATE batch_document SET stage = $3, reason = $4 WHERE batch = $1 AND n = $2", batch, row.N, stage, reason)
	return err
}

// putSnapshot writes what differs. It asks for the right to the new readers before
// it writes anything.
func putSnapshot(ctx context.Context, tx *store.Tx, who access.Subject, d Document, from, to Snapshot) (access.Label, error) {
	label := d.Label
	if from.Circle != to.Circle {
		next, _ := access.ParseCircle(to.Circle)
		if next.Owner = d.Owner; next.Level < access.Closed {
			next.State = d.State
		}
		if err := mayRelabel(ctx, tx, who, d, next); err != nil {
			return label, err
		}
		if err := depart(ctx, tx, d.ID, d.Label); err != nil {
			return label, err
		}
		label = next
	}
	_, err := tx.Exec(ctx, `
		UPDATE document
		SET kind = $2, origin = $3, licence = $4, level = $5, state = $6, grp = $7, rev = rev + 1, updated = $8, `+nextCircle("$9")+`
		WHERE id = $1`,
		d.ID, to.Kind, to.Origin, to.Licence, int(label.Level), label.State, label.Group, tx.Now(), label.Circle())
	if err != nil {
		return label, err
	}
	err = putTags(ctx, tx, d.ID, "theme", "", from.Themes, to.Themes)
	for _, t := range append(slices.Clone(lang.All), "") {
		err = errors.Join(err, putTags(ctx, tx, d.ID, "keyword", t, from.Keywords[t], to.Keywords[t]))
	}
	if err != nil {
		return label, err
	}
	var titles []Titles
	for i, t := range to.Texts {
		if i < len(from.Texts) && from.Texts[i] != t {
			titles = append(titles, t)
		}
	}
	return label, retitle(ctx, tx, d.ID, titles)
}

// putTags makes one list of tags of another.
func putTags(ctx context.Context, tx *store.Tx, document, kind string, t lang.Tag, from, to []string) error {
	for _, v := range from {
		if slices.Contains(to, v) {
			continue
		}
		if _, err := tx.Exec(ctx, "DELETE FROM document_tag WHERE document = $1 AND kind = $2 AND lang = $3 AND value = $4", document, kind, string(t), v); err != nil {
			return err
		}
	}
	for _, v := range to {
		if slices.Contains(from, v) {
			continue
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO document_tag (document, kind, lang, value) VALUES ($1, $2, $3, $4)
			ON CONFLICT (document, kind, lang, value) DO NOTHING`, document, kind, string(t), v)
		if err != nil {
			return err
		}
	}
	return nil
}

// endBatch says that there is nothing left to do.
func (l *Library) endBatch(ctx context.Context, who access.Subject, b Batch, undo bool) error {
	stage, act := BatchDone, "library.batch.done"
	if undo {
		stage, act = BatchUndone, "library.batch.undone"
	}
	counts, err := l.BatchCounts(ctx, b.ID)
	if err != nil {
		return err
	}
	told := map[string]int{}
	for _, c := range counts {
		told[c.Stage] += c.N
	}
	_, err = store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE batch SET stage = $2, updated = $3 WHERE id = $1 AND stage <> $2", b.ID, string(stage), tx.Now())
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return changed(act, b.ID, b.Label, told), err
	})
	return err
}
