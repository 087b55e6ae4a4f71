package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// farBehind is how many events the index may be behind the log before POLIS
// says that it is not ready: what was added just now is then not found yet.
const farBehind = 1000

// healthBeside answers for machines that watch over POLIS, outside the site:
// these requests have no language, no reader and no line in the log.
func (s *system) healthBeside(site http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, r *http.Request) {
		if err := s.ready(r.Context()); err != nil {
			answer(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		answer(w, http.StatusOK, "ready"+s.scannerState(r.Context()))
	})
	mux.Handle("/", site)
	return mux
}

func answer(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, sentence)
}

// scannerState says where files wait for a virus scanner that does not answer. The
// rest of POLIS is ready all the same.
func (s *system) scannerState(ctx context.Context) string {
	if s.library.Scanner == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.library.Scanner.Ready(ctx); err != nil {
		s.log.Warn("virus scanner", "err", err)
		return "; the virus scanner does not answer, and files wait for it"
	}
	return ""
}

// ready says in a sentence what is still missing, or nil.
func (s *system) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, err := s.db.Refresh(ctx); err != nil {
		s.log.Warn("not ready", "err", err)
		return fmt.Errorf("the database does not answer")
	}
	end := s.db.Content()
	at, err := s.index.Seq()
	if err != nil {
		s.log.Warn("not ready", "err", err)
		return fmt.Errorf("the search index does not answer")
	}
	if err := s.files.Ready(ctx); err != nil {
		s.log.Warn("not ready", "err", err)
		return fmt.Errorf("the file storage does not answer")
	}
	if end-at > farBehind {
		return fmt.Errorf("the search index is at event %d of %d", at, end)
	}
	return nil
}
