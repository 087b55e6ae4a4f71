package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"polis/internal/access"
)

// Event says what a write did. It holds ids, never names or texts of people,
// so that a person can be erased while the chain stays whole.
type Event struct {
	Seq    int64
	At     time.Time
	Who    string       // subject's id
	Act    string       // "library.document.created": room, noun, past participle
	Object string       // id of the record
	Label  access.Label // of the record, after the change
	Data   any          // anything JSON takes; on reading, json.RawMessage
	Quiet  bool         // evidence alone, such as a sign-in: no page shows anything else for it
	Hash   string       // hex SHA-256 over the event before and this one
}

// eventRow is an event as the table holds it.
type eventRow struct {
	Seq    int64
	At     int64
	Who    string
	Act    string
	Object string
	access.Label
	Data  string
	Quiet bool
	Hash  string
}

// seal computes the hash that binds the row to the one before it: SHA-256 over
// the previous hash and the row as a JSON array in the order of its columns.
// What is quiet has one element more, so that events from before there were any
// keep their hashes.
func (r eventRow) seal(prev string) string {
	columns := []any{
		r.Seq, r.At, r.Who, r.Act, r.Object,
		int(r.Level), r.State, r.Group, r.Owner, r.Data,
	}
	if r.Quiet {
		columns = append(columns, "quiet")
	}
	row, err := json.Marshal(columns)
	if err != nil {
		panic(err) // numbers and strings always become JSON
	}
	sum := sha256.Sum256(append([]byte(prev+"\n"), row...))
	return hex.EncodeToString(sum[:])
}

func (r eventRow) event() Event {
	return Event{
		Seq: r.Seq, At: time.UnixMicro(r.At).UTC(), Who: r.Who, Act: r.Act,
		Object: r.Object, Label: r.Label, Data: json.RawMessage(r.Data),
		Quiet: r.Quiet, Hash: r.Hash,
	}
}

const eventColumns = "seq, at, who, act, object, level, state, grp, owner, data, quiet, hash"

// Since lists at most limit events that follow number seq, oldest first.
func Since(ctx context.Context, q Reader, scope access.Scope, seq int64, limit int) ([]Event, error) {
	return events(ctx, q, scope, "seq > $1 ORDER BY seq", seq, limit)
}

// Changes is Since without what is quiet: what a projection of the records
// follows.
func Changes(ctx context.Context, q Reader, scope access.Scope, seq int64, limit int) ([]Event, error) {
	return events(ctx, q, scope, "seq > $1 AND NOT quiet ORDER BY seq", seq, limit)
}

// History lists the events of one record, newest first.
func History(ctx context.Context, q Reader, scope access.Scope, object string, limit int) ([]Event, error) {
	return events(ctx, q, scope, "object = $1 ORDER BY at DESC, seq DESC", object, limit)
}

// events reads at most limit events that meet the condition on $1.
func events(ctx context.Context, q Reader, scope access.Scope, which string, arg any, limit int) ([]Event, error) {
	rows, err := List[eventRow](ctx, q, scope, "SELECT "+eventColumns+" FROM event WHERE {scope} AND "+which+" LIMIT $2", arg, limit)
	return eventsOf(rows), err
}

func eventsOf(rows []eventRow) []Event {
	list := make([]Event, len(rows))
	for i, r := range rows {
		list[i] = r.event()
	}
	return list
}
