package search

import (
	"sync"

	"polis/internal/lang"
)

// recall remembers what one scope was told of single words, until the index
// changes: questions ask for the same words over and over, and to find the kin of
// one costs more than its postings. What another scope reads is remembered apart.
type recall struct {
	mu      sync.RWMutex
	counts  map[fieldTerm]int
	kin     map[langWord][]form // of language lang, that sound like the word
	related map[string][]string // of a German word: compounds of which it is a part, and its own parts
}

type (
	fieldTerm struct{ field, term string }
	langWord  struct {
		lang lang.Tag
		word string
	}
)

// The scopes that are remembered, and the words of each kind for each of them:
// some megabytes in all.
const (
	maxRecalled = 8
	maxWordsOf  = 1 << 14
)

func newRecall() *recall {
	return &recall{counts: map[fieldTerm]int{}, kin: map[langWord][]form{}, related: map[string][]string{}}
}

// recalled takes what is remembered under a key, or finds it out and remembers it.
func recalled[K comparable, V any](r *recall, words map[K]V, key K, find func() (V, error)) (V, error) {
	r.mu.RLock()
	v, ok := words[key]
	r.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := find()
	if err != nil {
		return v, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(words) >= maxWordsOf {
		clear(words)
	}
	words[key] = v
	return v, nil
}

// recalls are those of the scopes that asked last, of one version of the index.
type recalls struct {
	mu      sync.Mutex
	version int64
	scopes  map[string]*recall
}

// of is what is remembered for the scope of the key. The version is that from
// before the snapshot was taken: what is remembered under it is forgotten when
// the index has a later one.
func (l *recalls) of(version int64, key string) *recall {
	l.mu.Lock()
	defer l.mu.Unlock()
	if version < l.version {
		return newRecall() // a question that began before the change
	}
	if version > l.version || l.scopes == nil {
		l.version, l.scopes = version, map[string]*recall{}
	}
	r := l.scopes[key]
	if r == nil {
		if len(l.scopes) >= maxRecalled {
			clear(l.scopes)
		}
		r = newRecall()
		l.scopes[key] = r
	}
	return r
}
