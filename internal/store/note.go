package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"polis/internal/access"
)

// Note writes a quiet event: what somebody has read or asked, which changes
// nothing. Where she did the very same within the time once, it stands in the
// log already and is not written again; with 0 it always is. What must not happen
// without being noted must wait for Note, and not happen where it fails.
func Note(ctx context.Context, db *DB, who access.Subject, e Event, once time.Duration) error {
	e.Quiet = true
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("store: event data of %s: %w", e.Act, err)
	}
	key := fmt.Sprintf("%q %q %q %s", who.ID, e.Act, e.Object, data)
	if once > 0 && db.noted.within(key, once) {
		return nil
	}
	_, err = Write(ctx, db, who, func(tx *Tx) (Event, error) {
		if once == 0 {
			return e, nil
		}
		// Another node may have noted it.
		same, err := List[string](ctx, tx, verifier,
			"SELECT data FROM event WHERE {scope} AND object = $1 AND at > $2 AND who = $3 AND act = $4", e.Object, tx.Now().Add(-once), who.ID, e.Act)
		if err == nil && slices.Contains(same, string(data)) {
			err = ErrUnchanged
		}
		return e, err
	})
	if err == nil && once > 0 {
		db.noted.add(key)
	}
	return err
}

// noted remembers what this process has noted lately, so that a reader who
// turns the pages of one document does not ask the tables each time.
type noted struct {
	mu   sync.Mutex
	when map[string]time.Time
}

// maxNoted is how much is remembered. What is forgotten is looked up.
const maxNoted = 10_000

func (n *noted) within(key string, d time.Duration) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, ok := n.when[key]
	return ok && time.Since(at) < d
}

func (n *noted) add(key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.when == nil || len(n.when) >= maxNoted {
		n.when = map[string]time.Time{}
	}
	n.when[key] = time.Now()
}
