package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"polis/internal/keyring"
	"polis/internal/store"
)

// Door is where people come in: it looks at what they show, and slows down
// those who guess.
//
// Guesses are counted for an account and for a network address, known accounts
// and unknown ones alike, and each beyond the free ones has to wait longer. A
// browser in which a person has signed in before is counted for itself, so that
// a stranger who guesses cannot lock her out (ASVS 5.0 6.1.1, 6.3.1).
type Door struct {
	DB   *store.DB
	Keys *keyring.Ring
	// Pace is the rhythm in which failures are answered, so that whatever was
	// looked up or written meanwhile does not show in the time it took; 0 means
	// half a second.
	Pace time.Duration
}

// Knock is from where somebody tries to come in.
type Knock struct {
	Address string // IPv4 address, or the /64 of an IPv6 address
	Device  Device
	Browser string // and system, as people name them, or ""
}

// Slow is the error of a try that came too early.
type Slow struct{ Wait time.Duration }

func (s Slow) Error() string { return fmt.Sprintf("account: too many tries; wait %s", s.Wait) }

// limit is how often something may be tried: free tries, then waits that double
// up to the longest. A day without tries forgets them all.
type limit struct {
	kind string
	free int
}

var (
	byAccount = limit{"account", 5}
	byAddress = limit{"address", 30} // a ministry may stand behind one
	byDevice  = limit{"device", 10}
	byCode    = limit{"code", 5} // second step: the password was right
)

const (
	firstWait   = 2 * time.Second
	longestWait = 15 * time.Minute
	forgotten   = 24 * time.Hour
)

// bucket is where the tries of one kind for one value are counted.
type bucket struct {
	limit
	name string
}

func (d Door) bucket(l limit, value string) bucket {
	return bucket{l, d.Keys.Mark("attempt", l.kind+" "+value)}
}

// buckets are those in which a try with an address is counted: the network
// address first, so that a flood from there does not count against the account.
func (d Door) buckets(k Knock, email string) []bucket {
	if d.Recognises(k.Device, email) {
		return []bucket{d.bucket(byDevice, k.Device.id()+" "+email)}
	}
	return []bucket{d.bucket(byAddress, k.Address), d.bucket(byAccount, email)}
}

// try counts a try before its outcome is known, so that a hundred at the same
// time are a hundred. It returns Slow where it came too early.
func (d Door) try(ctx context.Context, buckets ...bucket) error {
	for _, b := range buckets {
		if err := d.count(ctx, b, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (d Door) count(ctx context.Context, b bucket, now time.Time) error {
	_, err := store.UpkeepGet[int64](ctx, d.DB, `
		INSERT INTO attempt (bucket, count, wait, last, expires) VALUES ($1, 1, 0, $2, $3)
		ON CONFLICT (bucket) DO UPDATE SET
			count = CASE WHEN attempt.expires <= $2 THEN 1 ELSE attempt.count + 1 END,
			wait = CASE
				WHEN attempt.expires <= $2 OR attempt.count + 1 < $4 THEN 0
				WHEN attempt.wait = 0 THEN $5
				WHEN attempt.wait * 2 > $6 THEN $6
				ELSE attempt.wait * 2 END,
			last = $2, expires = $3
		WHERE attempt.wait = 0 OR attempt.last + attempt.wait <= $2
		RETURNING count`,
		b.name, now, now.Add(forgotten), b.free, firstWait.Microseconds(), longestWait.Microseconds())
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	next, err := store.Get[time.Time](ctx, d.DB, everything, "SELECT last + wait FROM attempt WHERE {scope} AND bucket = $1", b.name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return Slow{max(next.Sub(now), time.Second)}
}

// forgive takes back the try that turned out to be right. It does not forget
// the others: they may have been somebody else's.
func (d Door) forgive(ctx context.Context, buckets ...bucket) error {
	for _, b := range buckets {
		query := "UPDATE attempt SET count = count - 1, wait = wait / 2 WHERE bucket = $1 AND count > 0"
		if b.kind == byDevice.kind {
			query = "DELETE FROM attempt WHERE bucket = $1"
		}
		if _, err := store.Upkeep(ctx, d.DB, query, b.name); err != nil {
			return err
		}
	}
	_, err := store.Upkeep(ctx, d.DB, "DELETE FROM attempt WHERE expires < $1", time.Now())
	return err
}

// once reports whether this is the first time that something is shown: a code,
// an answer to a challenge. It stays known for that long.
func (d Door) once(ctx context.Context, what string, long time.Duration) (bool, error) {
	now := time.Now()
	n, err := store.Upkeep(ctx, d.DB, `
		INSERT INTO attempt (bucket, count, wait, last, expires) VALUES ($1, 1, 0, $2, $3)
		ON CONFLICT (bucket) DO UPDATE SET last = $2, expires = $3 WHERE attempt.expires <= $2`, d.Keys.Mark("once", what), now, now.Add(long))
	return n == 1, err
}

// formLasts is for how long a form that was sent is known: longer than any session.
const formLasts = 24 * time.Hour

// First reports whether a form is sent for the first time. It stays known for a
// day, unless it was Undone.
func (d Door) First(ctx context.Context, form string) (bool, error) {
	return d.once(ctx, "form "+form, formLasts)
}

// Undone forgets a form that came to nothing.
func (d Door) Undone(ctx context.Context, form string) error {
	_, err := store.Upkeep(context.WithoutCancel(ctx), d.DB, "DELETE FROM attempt WHERE bucket = $1", d.Keys.Mark("once", "form "+form))
	return err
}

// keepPace waits until the next beat after start.
func (d Door) keepPace(ctx context.Context, start time.Time) {
	pace := d.Pace
	if pace <= 0 {
		pace = 500 * time.Millisecond
	}
	select {
	case <-time.After(pace - time.Since(start)%pace):
	case <-ctx.Done():
	}
}
