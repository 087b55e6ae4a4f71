package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"polis/internal/access"
)

// ErrUnchanged is returned by a write's function that found nothing to do: the
// transaction is rolled back, no event is written, and Write reports no error.
var ErrUnchanged = errors.New("store: nothing to change")

// writers is the number of the advisory lock that makes PostgreSQL, like
// SQLite, take one writer at a time: what a transaction has read is still true
// when it commits, so a sum or a stage checked inside it holds.
const writers = 0x504f4c4953 // "POLIS"

// Tx is a running write. Only Write and WriteAll make one.
type Tx struct {
	tx       *sql.Tx
	now      time.Time
	postgres bool
}

// Now is the one time that everything in this transaction carries.
func (tx *Tx) Now() time.Time { return tx.now }

// Exec runs a statement and returns how many rows it touched. time.Time
// arguments become microseconds.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	args, err := bindable(args)
	if err != nil {
		return 0, err
	}
	res, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return res.RowsAffected()
}

// Write runs fn in a transaction on behalf of who and appends the Event that fn
// returns. fn may run again after a serialisation failure, so it must have no
// effect outside the transaction.
func Write(ctx context.Context, db *DB, who access.Subject, fn func(tx *Tx) (Event, error)) (Event, error) {
	events, err := WriteAll(ctx, db, who, func(tx *Tx) ([]Event, error) {
		e, err := fn(tx)
		return []Event{e}, err
	})
	if err != nil || len(events) == 0 {
		return Event{}, err
	}
	return events[0], nil
}

// WriteAll is Write for many records at once, such as a batch of an import:
// all of them are stored, or none.
func WriteAll(ctx context.Context, db *DB, who access.Subject, fn func(tx *Tx) ([]Event, error)) ([]Event, error) {
	for try := 0; ; try++ {
		events, err := db.writeOnce(ctx, who, fn)
		switch {
		case errors.Is(err, ErrUnchanged):
			return nil, nil
		case err == nil:
			db.advance(ends(events))
			return events, nil
		case try == 9 || !passing(err):
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(try+1) * 5 * time.Millisecond):
		}
	}
}

// ends are the numbers of the last event and of the last one that is not quiet,
// 0 where all are.
func ends(events []Event) (seq, content int64) {
	for _, e := range events {
		seq = e.Seq
		if !e.Quiet {
			content = e.Seq
		}
	}
	return seq, content
}

func (db *DB) writeOnce(ctx context.Context, who access.Subject, fn func(tx *Tx) ([]Event, error)) ([]Event, error) {
	raw, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("store: begin: %w", err)
	}
	defer raw.Rollback() //nolint:errcheck // after a commit it has nothing to do
	if db.postgres {
		if _, err := raw.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(writers)); err != nil {
			return nil, fmt.Errorf("store: wait for the writer before: %w", err)
		}
	}
	tx := &Tx{tx: raw, now: time.Now().UTC().Truncate(time.Microsecond), postgres: db.postgres}
	events, err := fn(tx)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, ErrUnchanged
	}
	if err := tx.append(ctx, who, events); err != nil {
		return nil, err
	}
	if err := raw.Commit(); err != nil {
		return nil, fmt.Errorf("store: commit: %w", err)
	}
	return events, nil
}

// append puts the events at the end of the chain and moves its head.
func (tx *Tx) append(ctx context.Context, who access.Subject, events []Event) error {
	head := struct {
		Seq  int64
		Hash string
	}{}
	if err := tx.tx.QueryRowContext(ctx, "SELECT seq, hash FROM chain WHERE id = 1").Scan(&head.Seq, &head.Hash); err != nil {
		return fmt.Errorf("store: read the log's head: %w", err)
	}
	for i := range events {
		e := &events[i]
		if e.Act == "" {
			return errors.New("store: a write must name what it did in its event")
		}
		data, err := json.Marshal(e.Data)
		if err != nil {
			return fmt.Errorf("store: event data of %s: %w", e.Act, err)
		}
		head.Seq++
		r := eventRow{
			Seq: head.Seq, At: tx.now.UnixMicro(), Who: who.ID, Act: e.Act, Object: e.Object,
			Label: e.Label, Data: string(data), Quiet: e.Quiet,
		}
		head.Hash = r.seal(head.Hash)
		_, err = tx.tx.ExecContext(ctx, `
			INSERT INTO event (seq, at, who, act, object, level, state, grp, owner, data, quiet, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			r.Seq, r.At, r.Who, r.Act, r.Object, int(r.Level), r.State, r.Group, r.Owner, r.Data, r.Quiet, head.Hash)
		if err != nil {
			return fmt.Errorf("store: append event: %w", err)
		}
		e.Seq, e.At, e.Who, e.Hash = r.Seq, tx.now, r.Who, head.Hash
	}
	seq, content := ends(events)
	_, err := tx.tx.ExecContext(ctx, `
		UPDATE chain
		SET seq = $1, hash = $2, content = CASE WHEN $3 > content THEN $3 ELSE content END
		WHERE id = 1`, seq, head.Hash, content)
	if err != nil {
		return fmt.Errorf("store: move the log's head: %w", err)
	}
	return nil
}

// Set stores an installation's setting.
func (tx *Tx) Set(ctx context.Context, name, value string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// passing reports whether the same transaction may succeed when run again.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == 5 // SQLITE_BUSY
}

// Refused reports whether the database itself refused a row: a CHECK, a
// foreign key, a uniqueness.
func Refused(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return len(pg.Code) == 5 && pg.Code[:2] == "23"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == 19 // SQLITE_CONSTRAINT
}

// NewID makes an id whose order is the order of making (UUIDv7).
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
