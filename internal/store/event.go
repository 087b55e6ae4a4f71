package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	Data string
	Hash string
}

// seal computes the hash that binds the row to the one before it: SHA-256 over
// the previous hash and the row as a JSON array in the order of its columns.
func (r eventRow) seal(prev string) (string, error) {
	row, err := json.Marshal([]any{
		r.Seq, r.At, r.Who, r.Act, r.Object,
		int(r.Level), r.State, r.Group, r.Owner, r.Data,
	})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(prev+"\n"), row...))
	return hex.EncodeToString(sum[:]), nil
}

func (r eventRow) event() Event {
	return Event{
		Seq: r.Seq, At: time.UnixMicro(r.At).UTC(), Who: r.Who, Act: r.Act,
		Object: r.Object, Label: r.Label, Data: json.RawMessage(r.Data), Hash: r.Hash,
	}
}

const eventColumns = "seq, at, who, act, object, level, state, grp, owner, data, hash"

// Since lists at most limit events that follow number seq, oldest first.
func Since(ctx context.Context, q Reader, scope access.Scope, seq int64, limit int) ([]Event, error) {
	return events(ctx, q, scope, "seq > $1 ORDER BY seq", seq, limit)
}

// History lists the events of one record, newest first.
func History(ctx context.Context, q Reader, scope access.Scope, object string, limit int) ([]Event, error) {
	return events(ctx, q, scope, "object = $1 ORDER BY seq DESC", object, limit)
}

// events reads at most limit events that meet the condition on $1.
func events(ctx context.Context, q Reader, scope access.Scope, which string, arg any, limit int) ([]Event, error) {
	rows, err := List[eventRow](ctx, q, scope, "SELECT "+eventColumns+" FROM event WHERE {scope} AND "+which+" LIMIT $2", arg, limit)
	if err != nil {
		return nil, err
	}
	list := make([]Event, len(rows))
	for i, r := range rows {
		list[i] = r.event()
	}
	return list, nil
}

// Fault is a place where the log is not what was written.
type Fault struct {
	Seq  int64
	What string // "changed", "missing", "cut off", "head"
}

func (f Fault) String() string { return fmt.Sprintf("event %d: %s", f.Seq, f.What) }

// Verify walks the whole chain and names each fault: a changed row, a missing
// one, a tail that was cut off. It returns how many events it read.
func Verify(ctx context.Context, db *DB) (int64, []Fault, error) {
	var (
		faults []Fault
		prev   string
		next   int64 = 1
		count  int64
	)
	head, err := Get[struct {
		Seq  int64
		Hash string
	}](ctx, db, access.System("verify").Scope(), "SELECT seq, hash FROM chain WHERE {scope} AND id = 1")
	if err != nil {
		return 0, nil, err
	}
	rows := Rows[eventRow](ctx, db, access.System("verify").Scope(), "SELECT "+eventColumns+" FROM event WHERE {scope} ORDER BY seq")
	for r, err := range rows {
		if err != nil {
			return count, faults, err
		}
		count++
		for ; next < r.Seq; next++ {
			faults = append(faults, Fault{next, "missing"})
		}
		sum, err := r.seal(prev)
		if err != nil {
			return count, faults, err
		}
		if sum != r.Hash {
			faults = append(faults, Fault{r.Seq, "changed"})
		}
		prev, next = r.Hash, r.Seq+1
	}
	switch {
	case head.Seq >= next:
		faults = append(faults, Fault{next, "cut off"})
	case head.Seq != next-1 || head.Hash != prev:
		// Events may have arrived while we were reading; only older heads lie.
		if head.Seq == next-1 {
			faults = append(faults, Fault{head.Seq, "head"})
		}
	}
	return count, faults, nil
}
