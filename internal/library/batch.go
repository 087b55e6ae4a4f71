package library

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
)

// Batch is one change to many documents that somebody has prepared, with what
// became of each. It is hers alone; the documents' events tell all others.
type Batch struct {
	ID      string
	Edit    BatchEdit      `db:"edit,json"`
	Asked   string         // the search that found the documents
	Passed  map[string]int `db:"passed,json"` // why documents were left out: reason → how many
	Stage   BatchStage
	Job     string
	Created time.Time
	Updated time.Time
	access.Label
}

// BatchStage is where a batch is in its life.
type BatchStage string

// The stages: prepared → running → done → undoing → undone.
const (
	BatchPrepared BatchStage = "prepared"
	BatchRunning  BatchStage = "running"
	BatchDone     BatchStage = "done"
	BatchUndoing  BatchStage = "undoing"
	BatchUndone   BatchStage = "undone"
)

// Why a document was left out, or kept as it is when a batch was undone.
const (
	passedForbidden = "forbidden" // she may not change it, or not for these readers
	passedSame      = "same"      // it is so already
	passedInvalid   = "invalid"   // a title would be empty or too long
	passedChanged   = "changed"   // somebody changed it meanwhile
	passedGone      = "gone"
	keptLevel       = "level" // only who reads it was changed, and opening takes two
)

// MaxBatch is how many documents one batch changes.
const MaxBatch = 20_000

const batchColumns = "b.id, b.edit, b.asked, b.passed, b.stage, b.job, b.created, b.updated, b.level, b.state, b.grp, b.owner"

// MayBatch reports whether she may change documents of others, and so many at once.
func MayBatch(who access.Subject) access.Decision {
	d := who.May(access.Edit, access.Label{})
	if !d.Allowed && who.State != "" {
		if own := who.May(access.Edit, access.Label{State: who.State}); own.Allowed {
			return own
		}
	}
	return d
}

// planned is a document that a batch will change.
type planned struct {
	id  string
	rev int64
}

// PrepareBatch looks at each of the documents and keeps what the edit would
// change, without changing anything. asked is the search that found them.
func (l *Library) PrepareBatch(ctx context.Context, who access.Subject, e BatchEdit, asked string, ids []string) (string, error) {
	if d := MayBatch(who); !d.Allowed || who.ID == "" {
		return "", ErrForbidden
	}
	if err := e.Validate(ctx, l.DB); err != nil {
		return "", err
	}
	if to, ok := access.ParseCircle(e.Raise); ok && !who.May(access.Contribute, to).Allowed {
		return "", Invalid{"raise": "library.error.level"}
	}
	if len(ids) > MaxBatch {
		return "", Invalid{"find": "tidy.error.many"}
	}
	list, passed, err := l.plan(ctx, who, e, ids)
	if err != nil {
		return "", err
	}
	id := store.NewID()
	_, err = store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		label := access.Label{Level: access.Closed, Owner: who.ID}
		_, err := tx.Exec(ctx, `
			INSERT INTO batch (id, edit, asked, passed, stage, job, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, 'prepared', '', $5, $5, 3, '', '', $6)`, id, store.JSON(e), asked, store.JSON(passed), tx.Now(), who.ID)
		if err != nil {
			return store.Event{}, err
		}
		return changed("library.batch.prepared", id, label, map[string]int{"documents": len(list)}), putPlan(ctx, tx, id, list)
	})
	return id, err
}

// plan goes through the documents, some hundreds at a time.
func (l *Library) plan(ctx context.Context, who access.Subject, e BatchEdit, ids []string) (list []planned, passed map[string]int, err error) {
	const step = 400
	passed = map[string]int{}
	for from := 0; from < len(ids); from += step {
		chunk := ids[from:min(from+step, len(ids))]
		in, args := among(chunk, 1)
		records, err := l.records(ctx, who.Scope(), in, args)
		if err != nil {
			return nil, nil, err
		}
		for _, id := range chunk {
			r, ok := records[id]
			if !ok {
				continue
			}
			if reason := e.passes(who, *r); reason != "" {
				passed[reason]++
				continue
			}
			list = append(list, planned{id, r.Rev})
		}
	}
	return list, passed, nil
}

// passes says why the edit would leave a document out, "" where it changes it.
func (e BatchEdit) passes(who access.Subject, r Record) string {
	if !who.May(access.Edit, r.Label).Allowed {
		return passedForbidden
	}
	now := snapshotOf(r)
	next := e.Apply(now)
	switch {
	case len(now.Differences(next)) == 0:
		return passedSame
	case !next.fits():
		return passedInvalid
	}
	return ""
}

func putPlan(ctx context.Context, tx *store.Tx, batch string, list []planned) error {
	rows := make([][]any, len(list))
	for i, p := range list {
		rows[i] = []any{batch, int64(i + 1), p.id, p.rev, "waiting", "", "", 0}
	}
	return tx.Insert(ctx, "batch_document (batch, n, document, rev, stage, reason, was, became)", rows, "")
}

// Batch reads one of hers, or store.ErrNotFound.
func (l *Library) Batch(ctx context.Context, who access.Subject, id string) (Batch, error) {
	return store.Get[Batch](ctx, l.DB, who.Scope(), "SELECT "+batchColumns+" FROM batch b WHERE {scope b} AND b.id = $1", id)
}

// Batches lists hers, the newest first.
func (l *Library) Batches(ctx context.Context, who access.Subject, limit int) ([]Batch, error) {
	return store.List[Batch](ctx, l.DB, who.Scope(), "SELECT "+batchColumns+" FROM batch b WHERE {scope b} AND b.owner = $1 ORDER BY b.created DESC LIMIT $2", who.ID, limit)
}

// BatchCount is how many documents of a batch are at a stage for a reason.
type BatchCount struct {
	Stage, Reason string
	N             int
}

// BatchCounts counts the documents of a batch that the caller has read.
func (l *Library) BatchCounts(ctx context.Context, batch string) ([]BatchCount, error) {
	return store.List[BatchCount](ctx, l.DB, parts,
		"SELECT stage, reason, COUNT(*) AS n FROM batch_document WHERE {scope} AND batch = $1 GROUP BY stage, reason ORDER BY stage, reason", batch)
}

// BatchLine is one document of a batch: what the batch does to it, or has done.
type BatchLine struct {
	N           int64
	Document    string
	Stage       string
	Reason      string
	Differences []BatchDifference
}

// BatchLines lists documents of her batch from behind number after on, those that
// she may still read.
func (l *Library) BatchLines(ctx context.Context, who access.Subject, b Batch, after int64, limit int) (list []BatchLine, more int64, err error) {
	rows, err := store.List[batchRow](ctx, l.DB, parts,
		"SELECT n, document, rev, stage, reason, was, became FROM batch_document WHERE {scope} AND batch = $1 AND n > $2 ORDER BY n LIMIT $3", b.ID, after, limit+1)
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		more = rows[limit-1].N
	}
	records, err := l.recordsOf(ctx, who.Scope(), rows)
	for _, row := range rows {
		r, ok := records[row.Document]
		if !ok {
			continue
		}
		line := BatchLine{N: row.N, Document: row.Document, Stage: row.Stage, Reason: row.Reason}
		switch was, ok := row.before(); {
		case ok:
			line.Differences = was.Differences(b.Edit.Apply(was))
		case row.Stage == "waiting" && r.Rev == row.Rev:
			now := snapshotOf(*r)
			line.Differences = now.Differences(b.Edit.Apply(now))
		case row.Stage == "waiting":
			line.Reason = passedChanged
		}
		list = append(list, line)
	}
	return list, more, err
}

func (l *Library) recordsOf(ctx context.Context, scope access.Scope, rows []batchRow) (map[string]*Record, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Document
	}
	in, args := among(ids, 1)
	return l.records(ctx, scope, in, args)
}

// StartBatch has the prepared batch done in the background.
func (l *Library) StartBatch(ctx context.Context, who access.Subject, id string) error {
	return l.moveBatch(ctx, who, id, BatchRunning, "library.batch.started", func(b Batch, _ job.Stage) bool { return b.Stage == BatchPrepared })
}

// UndoBatch has it undone in the background: each document that nobody has changed
// since gets back what it was.
func (l *Library) UndoBatch(ctx context.Context, who access.Subject, id string) error {
	return l.moveBatch(ctx, who, id, BatchUndoing, "library.batch.undo", func(b Batch, working job.Stage) bool {
		return b.Stage == BatchDone || b.Stage == BatchRunning && (working == job.Stopped || working == job.Failed)
	})
}

func (l *Library) moveBatch(ctx context.Context, who access.Subject, id string, to BatchStage, act string, may func(Batch, job.Stage) bool) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		b, err := store.Get[Batch](ctx, tx, who.Scope(), "SELECT "+batchColumns+" FROM batch b WHERE {scope b} AND b.id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		working, err := job.Get(ctx, tx, parts, b.Job)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return store.Event{}, err
		}
		if !may(b, working.Stage) {
			return store.Event{}, store.ErrUnchanged // the second click of a double click
		}
		made, err := job.Add(ctx, tx, BatchJob, batchArgs{id, to == BatchUndoing}, b.Label)
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE batch SET stage = $2, job = $3, updated = $4 WHERE id = $1", id, string(to), made, tx.Now())
		return changed(act, id, b.Label, nil), err
	})
	return err
}

// DropBatch forgets a batch that was prepared and not begun.
func (l *Library) DropBatch(ctx context.Context, who access.Subject, id string) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		b, err := store.Get[Batch](ctx, tx, who.Scope(), "SELECT "+batchColumns+" FROM batch b WHERE {scope b} AND b.id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		if b.Stage != BatchPrepared {
			return store.Event{}, ErrForbidden
		}
		return changed("library.batch.dropped", id, b.Label, nil), forgetBatches(ctx, tx, "id", id)
	})
	return err
}

// forgetBatches removes the rows of batches by a column.
func forgetBatches(ctx context.Context, tx *store.Tx, column, value string) error {
	for _, query := range []string{"DELETE FROM batch_document WHERE batch IN (SELECT id FROM batch WHERE " + column + " = $1)", "DELETE FROM batch WHERE " + column + " = $1"} {
		if _, err := tx.Exec(ctx, query, value); err != nil {
			return err
		}
	}
	return nil
}
