package main

import (
	"context"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"polis/internal/account"
	"polis/internal/store"
)

// How long somebody stays signed in: at most a working day, and two hours
// without doing anything.
const (
	longestSession = 12 * time.Hour
	idleSession    = 2 * time.Hour
)

// newSessions keeps who is signed in. There is no cookie before somebody is.
func newSessions(db *store.DB, https bool) *scs.SessionManager {
	m := scs.New()
	m.Store = &calmStore{SessionStore: account.SessionStore{DB: db}, written: map[string]written{}}
	m.Lifetime = longestSession
	m.IdleTimeout = idleSession
	m.Cookie.Name = "polis"
	if https { // no page of another host, nor one without encryption, can then plant it
		m.Cookie.Name = "__Host-polis"
	}
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = https
	m.Cookie.Persist = false // it goes when the browser is closed
	return m
}

// calmStore writes a session down again only when it says something new. The
// idle time moves on with every page that is read, and a write for that is one
// for nothing.
type calmStore struct {
	account.SessionStore
	mu      sync.Mutex
	written map[string]written
}

// written is what a session says: two bytes of the same may differ, since its codec writes
// a map in any order.
type written struct {
	values  map[string]any
	expires time.Time
}

// news is by how much the idle time moves before it is written down.
const news = 5 * time.Minute

// CommitCtx stores the session, unless it stands so already.
func (s *calmStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return err
	}
	if s.stands(token, values, expires) {
		return nil
	}
	if err := s.SessionStore.CommitCtx(ctx, token, data, expires); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(time.Now())
	s.written[token] = written{values, expires}
	return nil
}

func (s *calmStore) stands(token string, values map[string]any, expires time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, known := s.written[token]
	return known && reflect.DeepEqual(w.values, values) && expires.Sub(w.expires) < news
}

// forget drops the sessions that have ended by themselves, once there are many.
func (s *calmStore) forget(now time.Time) {
	if len(s.written) < 1000 {
		return
	}
	for token, w := range s.written {
		if w.expires.Before(now) {
			delete(s.written, token)
		}
	}
}

// DeleteCtx ends a session.
func (s *calmStore) DeleteCtx(ctx context.Context, token string) error {
	s.mu.Lock()
	delete(s.written, token)
	s.mu.Unlock()
	return s.SessionStore.DeleteCtx(ctx, token)
}
