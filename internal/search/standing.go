package search

import (
	"encoding/json"
	"strings"
	"sync"

	"polis/internal/access"
)

// standing keeps the answers to questions without words, until the index
// changes: every first page and every list asks them again, and counting the
// whole library is what they cost. Answers that are kept are read only.
type standing struct {
	mu      sync.Mutex
	version int64 // of the index that the answers are true of
	answers map[string]Answer
}

// The answers that are kept at once, and the longest of them in hits.
const (
	maxStanding = 200
	maxKeptHits = 100
)

// standingKey names a question without words within a scope; "" for one that
// is not kept. Two scopes with the same tokens read the same.
func standingKey(scope access.Scope, q Query) string {
	if strings.TrimSpace(q.Text) != "" || q.Limit > maxKeptHits {
		return ""
	}
	tokens, all := scope.Tokens()
	key, err := json.Marshal([]any{tokens, all, q})
	if err != nil {
		return "" // nothing in it can fail; then it is answered anew
	}
	return string(key)
}

func (s *standing) get(version int64, key string) (Answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version != s.version {
		return Answer{}, false
	}
	a, ok := s.answers[key]
	return a, ok
}

// put keeps an answer that was computed while the index had the version.
func (s *standing) put(version int64, key string, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version < s.version {
		return
	}
	if version > s.version || len(s.answers) >= maxStanding || s.answers == nil {
		s.version, s.answers = version, map[string]Answer{}
	}
	s.answers[key] = a
}
