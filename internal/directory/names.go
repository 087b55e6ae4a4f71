package directory

import (
	"context"
	"sync/atomic"

	"polis/internal/lang"
	"polis/internal/store"
)

// Snapshot is the whole directory in memory as it stood at one moment, for the
// pages that show a name beside every record. It is shared: do not change what
// it returns. The directory is public, so it needs no scope.
type Snapshot struct {
	db      *store.DB
	seq     int64 // the log's end when it was found to be true
	entries []Entry
	at      map[string]int
}

// latest is the snapshot in use. A process has one database; another one (in a
// test) takes its place.
var latest atomic.Pointer[Snapshot]

// Names returns the directory as it stands, from memory while no event of the
// directory has been written.
func Names(ctx context.Context, db *store.DB) (*Snapshot, error) {
	seq := db.Content()
	s := latest.Load()
	if s != nil && s.db == db {
		if s.seq >= seq {
			return s, nil
		}
		moved, err := movedSince(ctx, db, s.seq)
		if err != nil {
			return nil, err
		}
		if !moved {
			same := *s
			same.seq = seq
			latest.Store(&same)
			return &same, nil
		}
	}
	s, err := takeSnapshot(ctx, db, seq)
	if err != nil {
		return nil, err
	}
	latest.Store(s)
	return s, nil
}

// movedSince reports whether the directory has changed after event number seq.
func movedSince(ctx context.Context, db *store.DB, seq int64) (bool, error) {
	n, err := store.Get[int64](ctx, db, store.Everything("directory"),
		"SELECT COUNT(*) FROM event WHERE {scope} AND seq > $1 AND act LIKE 'directory.%'", seq)
	return n > 0, err
}

func takeSnapshot(ctx context.Context, db *store.DB, seq int64) (*Snapshot, error) {
	entries, err := load(ctx, db, store.Everything("directory"))
	if err != nil {
		return nil, err
	}
	s := &Snapshot{db: db, seq: seq, entries: entries, at: make(map[string]int, len(entries))}
	for i, e := range entries {
		s.at[e.ID] = i
	}
	return s, nil
}

// Entry finds an entry by its id.
func (s *Snapshot) Entry(id string) (Entry, bool) {
	i, ok := s.at[id]
	if !ok {
		return Entry{}, false
	}
	return s.entries[i], true
}

// List chooses entries, for the choices of a form.
func (s *Snapshot) List(f Filter) []Entry { return f.choose(s.entries) }

// Name is the entry's full name on the date ("" for now) in the language, or
// the id itself where there is no such entry.
func (s *Snapshot) Name(id, date string, t lang.Tag) string {
	if e, ok := s.Entry(id); ok {
		return e.NameOn(date, t)
	}
	return id
}

// Short is the entry's abbreviation on the date, or its full name, or the id.
func (s *Snapshot) Short(id, date string, t lang.Tag) string {
	if e, ok := s.Entry(id); ok {
		return e.ShortOn(date, t)
	}
	return id
}
