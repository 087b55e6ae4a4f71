// Package lexicon knows what words mean in the other languages, so that somebody
// who asks in one language finds in six (Framework ¶22).
//
// It knows it from three sources. The thesaurus names concepts in all languages.
// Dictionaries are brought by an administrator; none is shipped. And the library
// itself teaches: a guide in six editions is parallel text of its own field. What
// the last two say is learned into tables, one for each direction, which tell for
// a word with which probability it is said by which others (model.go). Where no
// table knows a word, two steps by way of a third language may.
//
// The tables are made of what the database and the files hold; lost, they are
// learned again. Each lies in a file that is mapped.
package lexicon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"polis/internal/blob"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// Direction is from a language into another.
type Direction struct{ From, To lang.Tag }

func (d Direction) valid() bool {
	return d.From != d.To && slices.Contains(lang.All, d.From) && slices.Contains(lang.All, d.To)
}

func (d Direction) back() Direction { return Direction{d.To, d.From} }

// Lexicon answers the index what the words of a question mean in another language.
type Lexicon struct {
	DB    *store.DB
	Files *blob.Store

	mu       sync.RWMutex
	concepts *concepts
	tables   map[Direction]*Table
	files    map[Direction]string // SHA-256 of each table's file
}

// New makes a lexicon that knows nothing yet.
func New(db *store.DB, files *blob.Store) *Lexicon {
	return &Lexicon{DB: db, Files: files, concepts: newConcepts(nil), tables: map[Direction]*Table{}, files: map[Direction]string{}}
}

// Name tells the lexicon what the thesaurus calls its concepts.
func (l *Lexicon) Name(labels []Label) {
	c := newConcepts(labels)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.concepts = c
}

// named are the concepts as the thesaurus calls them now.
func (l *Lexicon) named() *concepts {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.concepts
}

// tableRow is where a table is.
type tableRow struct {
	SourceLang, TargetLang lang.Tag
	File, Fingerprint      string
	Words                  int64
	Learned                time.Time
}

func (r tableRow) direction() Direction { return Direction{r.SourceLang, r.TargetLang} }

func (l *Lexicon) rows(ctx context.Context) ([]tableRow, error) {
	return store.List[tableRow](ctx, l.DB, all, `
		SELECT source_lang, target_lang, file, fingerprint, words, learned FROM translation_table
		WHERE {scope} ORDER BY source_lang, target_lang`)
}

// Refresh opens the tables that were learned since it was last called, here or by
// another node. One that cannot be opened is left out and said in the log: the
// next learning makes it anew.
func (l *Lexicon) Refresh(ctx context.Context, log *slog.Logger) error {
	rows, err := l.rows(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if l.files[r.direction()] == r.File {
			continue
		}
		t, err := l.open(ctx, r)
		if err != nil {
			log.Warn("open a translation table", "from", r.SourceLang, "to", r.TargetLang, "err", err)
			continue
		}
		l.put(r.direction(), t, r.File)
	}
	return nil
}

// put takes a table into use. The one before is closed when nobody reads it.
func (l *Lexicon) put(d Direction, t *Table, file string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if old := l.tables[d]; old != nil {
		_ = old.Close() // was only read
	}
	l.tables[d], l.files[d] = t, file
}

func (l *Lexicon) open(ctx context.Context, r tableRow) (*Table, error) {
	f, err := l.Files.Local(ctx, blob.Sum(r.File))
	if err != nil {
		return nil, err
	}
	t, err := Open(f.Name())
	return t, errors.Join(err, f.Close())
}

// Close closes the tables.
func (l *Lexicon) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	for d, t := range l.tables {
		err = errors.Join(err, t.Close())
		delete(l.tables, d)
	}
	return err
}

// Known says how many words the tables know in a direction, by what was learned.
type Known struct {
	Direction
	Words   int
	Learned time.Time
}

// Known lists the tables.
func (l *Lexicon) Known(ctx context.Context) ([]Known, error) {
	rows, err := l.rows(ctx)
	if err != nil {
		return nil, fmt.Errorf("lexicon: tables: %w", err)
	}
	list := make([]Known, len(rows))
	for i, r := range rows {
		list[i] = Known{r.direction(), int(r.Words), r.Learned}
	}
	return list, nil
}

// Translate is what search.Index.Speak asks for.
func (l *Lexicon) Translate(from, to lang.Tag, words []string) []search.Sense {
	l.mu.RLock()
	defer l.mu.RUnlock()
	list := l.concepts.senses(from, to, words)
	if from == to {
		return list
	}
	for i, w := range words {
		list = l.word(Direction{from, to}, w, i, list)
	}
	return list
}

// word adds the senses of one word: as the table has it, by way of another
// language, or by the parts of a German compound.
func (l *Lexicon) word(d Direction, word string, at int, list []search.Sense) []search.Sense {
	if t := l.tables[d]; t.has(word) {
		return t.senses(word, at, list)
	}
	if by := l.pivot(d, word, at); len(by) > 0 {
		return append(list, by...)
	}
	if d.From != lang.German {
		return list
	}
	n := len(list)
	parts := l.split(d, word)
	for _, part := range parts {
		list = l.tables[d].senses(part, at, list)
	}
	for ; n < len(list); n++ {
		list[n].Weight /= float64(len(parts))
	}
	return list
}

// pivot is what a word means by way of the other languages.
func (l *Lexicon) pivot(d Direction, word string, at int) []search.Sense {
	sums := map[string]search.Sense{}
	for _, by := range lang.All {
		first, second := l.tables[Direction{d.From, by}], l.tables[Direction{by, d.To}]
		if first == nil || second == nil {
			continue
		}
		for _, m := range first.senses(word, at, nil) {
			for _, n := range second.senses(m.Terms[0], at, nil) {
				n.Weight *= m.Weight
				n.Weight += sums[n.Terms[0]].Weight
				sums[n.Terms[0]] = n
			}
		}
	}
	return likeliest(sums)
}

// The least letters of a part of a compound, and what may stand between two.
const minPart = 4

var joints = []string{"", "s", "es", "n", "en", "er", "e"}

// split finds the two words of which a German compound is made, if the table
// knows both: Bedarfs|ermittl. Of several ways the one with the longer last part
// is taken, which names the thing.
func (l *Lexicon) split(d Direction, word string) []string {
	t := l.tables[d]
	for i := minPart; i <= len(word)-minPart; i++ {
		last := word[i:]
		if !t.has(last) {
			continue
		}
		for _, joint := range joints {
			first, ok := cutSuffix(word[:i], joint)
			if ok && len(first) >= minPart-1 && t.has(first) {
				return []string{first, last}
			}
		}
	}
	return nil
}

func cutSuffix(s, suffix string) (string, bool) {
	if len(s) < len(suffix) || s[len(s)-len(suffix):] != suffix {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}
