package account

import (
	"context"
	"maps"
	"sync"
	"time"

	"polis/internal/store"
)

// counted is how many are in groups, as it stood at one moment of a database. A process has
// one database; another one (in a test) takes its place.
var counted struct {
	sync.Mutex
	db  *store.DB
	seq int64 // the log's end when the figures were found to be true
	at  time.Time
	in  map[string]int
}

// countedFor is for how long figures are remembered: a word runs out without an event.
const countedFor = time.Minute

// MemberCounts is how many are in each of the groups, on words that hold: from memory while
// nothing has been written of people and groups.
func MemberCounts(ctx context.Context, q store.Reader, groups []string) (map[string]int, error) {
	db, ok := q.(*store.DB)
	if !ok {
		return countMembers(ctx, q, groups)
	}
	counted.Lock()
	defer counted.Unlock()
	if err := freshen(ctx, db); err != nil {
		return nil, err
	}
	counts := make(map[string]int, len(groups))
	var unknown []string
	for _, g := range groups {
		if n, ok := counted.in[g]; ok {
			counts[g] = n
		} else {
			unknown = append(unknown, g)
		}
	}
	found, err := countMembers(ctx, db, unknown)
	if err != nil {
		return nil, err
	}
	for _, g := range unknown {
		counted.in[g] = found[g]
	}
	maps.Copy(counts, found)
	return counts, nil
}

// freshen forgets what may not be true any more.
func freshen(ctx context.Context, db *store.DB) error {
	seq, now := db.Content(), time.Now()
	stale := counted.db != db || now.Sub(counted.at) > countedFor
	if !stale && seq > counted.seq {
		n, err := store.Get[int64](ctx, db, everything, "SELECT COUNT(*) FROM event WHERE {scope} AND seq > $1 AND act LIKE 'account.%'", counted.seq)
		if err != nil {
			return err
		}
		stale = n > 0
	}
	if stale {
		counted.db, counted.at, counted.in = db, now, map[string]int{}
	}
	counted.seq = seq
	return nil
}

func countMembers(ctx context.Context, q store.Reader, groups []string) (map[string]int, error) {
	counts := make(map[string]int, len(groups))
	if len(groups) == 0 {
		return counts, nil
	}
	in, args := list(groups, 2)
	rows, err := store.List[struct {
		Grp string
		N   int
	}](ctx, q, everything, `
		SELECT m.grp, COUNT(*) AS n FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND v.ended = 0 AND v.until > $1 AND m.grp IN `+in+" GROUP BY m.grp", append([]any{nowOf(q)}, args...)...)
	for _, r := range rows {
		counts[r.Grp] = r.N
	}
	return counts, err
}
