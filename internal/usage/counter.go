package usage

import (
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"polis/internal/store"
)

// Counter counts in memory, so that counting costs a reader nothing, and writes down
// what it has every few seconds: a program that is killed loses no more. Several
// programs on one database add up.
type Counter struct {
	DB  *store.DB
	Log *slog.Logger

	mu      sync.Mutex
	waiting map[cell]Figures
	lately  lately
}

// cell is what is counted together. Document "" is all public ones.
type cell struct {
	document, lang string
	month          time.Time
}

const (
	writeEvery  = 5 * time.Second
	mostWaiting = 100_000 // cells, while nothing can be written
)

// Add counts uses by a reader: one who comes back within the hour, or turns the
// pages, is not counted again. reader is whatever tells readers apart; it is not
// kept. "" is somebody who cannot be told from others, and is counted each time.
func (c *Counter) Add(reader string, at time.Time, uses ...Use) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, u := range uses {
		if reader != "" && c.lately.again(reader, u, at) {
			continue
		}
		k := cell{u.Document, u.Lang, PeriodOf(Month, at).Since}
		before, known := c.waiting[k]
		if !known && len(c.waiting) >= mostWaiting {
			continue
		}
		c.put(k, before.with(u.Kind))
	}
}

// put sets what waits in a cell. The lock is held.
func (c *Counter) put(k cell, f Figures) {
	if c.waiting == nil {
		c.waiting = map[cell]Figures{}
	}
	c.waiting[k] = f
}

// Work writes down what was counted, until the context ends. Flush follows then,
// when nobody reads any more.
func (c *Counter) Work(ctx context.Context) {
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.Flush(ctx); err != nil && ctx.Err() == nil {
			c.Log.Warn("write down how often documents were read", "err", err)
		}
	}
}

// lately remembers who has used what in this hour, to count nobody twice. It holds
// sums under a random key that is never written anywhere and is thrown away with
// them every hour: without it nobody can try addresses until a sum fits, with it
// only within the hour, and only who reads this program's memory, through which the
// requests themselves go.
type lately struct {
	hour time.Time
	seed maphash.Seed
	sums map[uint64]struct{}
}

// mostLately bounds its memory: some two megabytes.
const mostLately = 50_000

func (l *lately) again(reader string, u Use, at time.Time) bool {
	if hour := at.Truncate(time.Hour); l.sums == nil || !l.hour.Equal(hour) || len(l.sums) >= mostLately {
		l.hour, l.seed, l.sums = hour, maphash.MakeSeed(), map[uint64]struct{}{}
	}
	var h maphash.Hash
	h.SetSeed(l.seed)
	for _, part := range []string{reader, u.Document, u.Lang} {
		_, _ = h.WriteString(part) // it takes everything
		_ = h.WriteByte(0)
	}
	_ = h.WriteByte(byte(u.Kind))
	sum := h.Sum64()
	_, was := l.sums[sum]
	l.sums[sum] = struct{}{}
	return was
}
