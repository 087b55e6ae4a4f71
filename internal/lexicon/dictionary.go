package lexicon

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/lang"
	"polis/internal/store"
)

// all is the scope of rows that hold nothing to be hidden.
var all = store.Everything("lexicon")

// Dictionary is one that an administrator brought.
type Dictionary struct {
	ID         string
	Name       string
	SourceLang lang.Tag
	TargetLang lang.Tag
	File       string // SHA-256 of its pairs
	Pairs      int64
	Added      time.Time
}

// Errors of dictionaries.
var (
	ErrForbidden = errors.New("lexicon: not allowed")
	ErrEmpty     = errors.New("lexicon: there is no pair in the dictionary")
	ErrLanguages = errors.New("lexicon: a dictionary leads from one of the six languages into another")
)

// maxFile is the most that a dictionary's pairs may take, compressed.
const maxFile = 256 << 20

// Import takes a dictionary in; one of the same name and languages is replaced.
// The new is true unless exactly this one was there. progress hears how many
// pairs were read.
func (l *Lexicon) Import(ctx context.Context, who access.Subject, name string, d Direction, pairs Pairs, progress func(pairs int64)) (dict Dictionary, fresh bool, err error) {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return dict, false, ErrForbidden
	}
	if !d.valid() || name == "" {
		return dict, false, ErrLanguages
	}
	n, sum, err := l.keep(ctx, pairs, progress)
	switch {
	case err != nil:
		return dict, false, err
	case n == 0:
		return dict, false, ErrEmpty
	}
	dict = Dictionary{ID: store.NewID(), Name: name, SourceLang: d.From, TargetLang: d.To, File: string(sum), Pairs: n}
	_, err = store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		old, err := store.Get[Dictionary](ctx, tx, all, `
			SELECT id, name, source_lang, target_lang, file, pairs, added FROM dictionary
			WHERE {scope} AND source_lang = $1 AND target_lang = $2 AND name = $3`, string(d.From), string(d.To), name)
		switch {
		case err == nil && old.File == dict.File:
			dict = old
			return store.Event{}, store.ErrUnchanged
		case err == nil:
			dict.ID = old.ID
		case !errors.Is(err, store.ErrNotFound):
			return store.Event{}, err
		}
		dict.Added, fresh = tx.Now(), true
		_, err = tx.Exec(ctx, `
			INSERT INTO dictionary (id, name, source_lang, target_lang, file, pairs, added)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO UPDATE SET file = excluded.file, pairs = excluded.pairs, added = excluded.added`,
			dict.ID, name, string(d.From), string(d.To), dict.File, n, tx.Now())
		return store.Event{Act: "lexicon.dictionary.imported", Object: dict.ID, Data: map[string]any{"pairs": n}}, err
	})
	if errors.Is(err, store.ErrUnchanged) {
		err = nil
	}
	return dict, fresh, err
}

// keep writes the pairs into a file of two columns.
func (l *Lexicon) keep(ctx context.Context, pairs Pairs, progress func(int64)) (n int64, sum blob.Sum, err error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(writePairs(ctx, w, pairs, &n, progress)) }()
	sum, _, err = l.Files.Put(ctx, r, maxFile)
	r.CloseWithError(err) // ends the writer where the store gave up
	return n, sum, err
}

func writePairs(ctx context.Context, w io.Writer, pairs Pairs, n *int64, progress func(int64)) error {
	z := gzip.NewWriter(w)
	text := bufio.NewWriter(z)
	for p, err := range pairs {
		if err != nil {
			return err
		}
		if p.Source == "" || p.Target == "" {
			continue
		}
		if *n++; *n%1000 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(*n)
			}
		}
		if _, err := text.WriteString(p.Source + "\t" + p.Target + "\n"); err != nil {
			return err
		}
	}
	return errors.Join(text.Flush(), z.Close())
}

// Dictionaries lists those that there are.
func (l *Lexicon) Dictionaries(ctx context.Context) ([]Dictionary, error) {
	return store.List[Dictionary](ctx, l.DB, all, `
		SELECT id, name, source_lang, target_lang, file, pairs, added FROM dictionary
		WHERE {scope} ORDER BY source_lang, target_lang, name`)
}

// Remove takes a dictionary out; what was learned of it goes with the next
// learning.
func (l *Lexicon) Remove(ctx context.Context, who access.Subject, id string) error {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return ErrForbidden
	}
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM dictionary WHERE id = $1", id)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return store.Event{Act: "lexicon.dictionary.removed", Object: id}, err
	})
	return err
}

// pairs reads a dictionary that is kept.
func (l *Lexicon) pairs(ctx context.Context, d Dictionary) Pairs {
	return func(yield func(Pair, error) bool) {
		f, err := l.Files.Get(ctx, blob.Sum(d.File))
		if err != nil {
			yield(Pair{}, fmt.Errorf("lexicon: %s: %w", d.Name, err))
			return
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			yield(Pair{}, fmt.Errorf("lexicon: %s: %w", d.Name, err))
			return
		}
		TSV(z)(yield)
	}
}
