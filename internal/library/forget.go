package library

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"polis/internal/search"
	"polis/internal/store"
)

// forgetEvery is how far apart the index forgets at least: it rewrites what holds
// a dropped document, and several that go together cost it once.
const forgetEvery = time.Minute

// memory lets the index forget what was taken out of the library.
type memory struct {
	index *search.Index
	owed  bool      // something was dropped since it last forgot
	last  time.Time // when that was
	due   time.Time // when it may again
}

// newMemory is that of an index whose files may hold something dropped before
// the program last ended. That has a minute, so that a start stays quick.
func newMemory(ix *search.Index) *memory {
	owed, _ := ix.Remembers() // an index that cannot say so says why when it is asked next
	return &memory{index: ix, owed: owed, due: time.Now().Add(forgetEvery)}
}

// forget has the index forget where it owes that, and has not just done it.
func (m *memory) forget(ctx context.Context, gone bool, log *slog.Logger) {
	if gone {
		m.owed, m.due = true, m.last.Add(forgetEvery)
	}
	if !m.owed || time.Now().Before(m.due) {
		return
	}
	err := m.index.Forget(ctx)
	if err != nil && ctx.Err() == nil {
		log.Error("let the index forget", "err", err)
	}
	m.owed, m.last, m.due = err != nil, time.Now(), time.Now().Add(forgetEvery)
}

// lacks reports whether one of the documents has no entry any more.
func lacks(entries []search.Entry, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		return !slices.ContainsFunc(entries, func(e search.Entry) bool { return e.Document == id })
	})
}

// accompany adds a document that is there to those that go: see Index.Forget.
func (l *Library) accompany(ctx context.Context, ids []string, entries []search.Entry) ([]string, []search.Entry, error) {
	in, args := among(ids, 1)
	more, err := store.List[string](ctx, l.DB, parts, "SELECT id FROM document WHERE {scope} AND id NOT IN "+in+" ORDER BY id LIMIT 1", args...)
	if err != nil {
		return nil, nil, err
	}
	added, err := l.entries(ctx, more)
	return append(ids, more...), append(entries, added...), err
}
