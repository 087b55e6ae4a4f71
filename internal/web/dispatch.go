package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// answer makes an http.Handler of a Handler: it limits the body and turns the
// error into the error page.
func (s *Site) answer(h Handler, limit int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		if err := readForm(r); err != nil {
			s.showFault(w, r, err)
			return
		}
		if err := h(w, r); err != nil {
			s.showFault(w, r, err)
		}
	})
}

// readForm reads an ordinary form before its handler does, which would take one
// that is too large or has too many fields for an empty one.
func readForm(r *http.Request) error {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil
	}
	err := r.ParseForm()
	var large *http.MaxBytesError
	if err == nil || errors.As(err, &large) {
		return err
	}
	return &Fault{Status: http.StatusBadRequest, Key: "token.form", Err: err}
}

// dispatch sends the request to its handler. Where the mux knows none, the
// error page stands in for the mux's own line of English.
func (s *Site) dispatch(w http.ResponseWriter, r *http.Request) {
	unknown, pattern := s.mux.Handler(r)
	visitOf(r).route = pattern
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		visitOf(r).object = r.PathValue("id")
		return
	}
	verdict := muxVerdict{header: w.Header()}
	unknown.ServeHTTP(&verdict, r)
	w.Header().Del("Content-Type")
	s.showFault(w, r, &Fault{Status: verdict.status, Key: verdict.key()})
}

// muxVerdict hears what the mux says of an address it does not know: 404, or
// 405 with the methods that would do in the Allow header.
type muxVerdict struct {
	header http.Header
	status int
}

func (v *muxVerdict) Header() http.Header         { return v.header }
func (v *muxVerdict) WriteHeader(status int)      { v.status = status }
func (v *muxVerdict) Write(b []byte) (int, error) { return len(b), nil }

func (v *muxVerdict) key() string {
	if v.status == http.StatusMethodNotAllowed {
		return "web.fault.method"
	}
	return "web.fault.missing"
}

// has reports whether some page answers at the path.
func (s *Site) has(path string) bool {
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return pattern != ""
}

// place is an entry of the bar at the top.
type place struct {
	key, path string
	also      []string // paths of pages that belong to it too
	official  bool     // for those who may read official records
}

// findPlaces keeps of the bar what exists. It runs with the first page, when
// every room has registered its handlers.
func (s *Site) findPlaces() []place {
	var there []place
	for _, p := range []place{
		{"web.nav.library", "/library", []string{"/search", "/collections", "/batches"}, false},
		{"web.nav.themes", "/themes", nil, false},
		{"web.nav.states", "/states", []string{"/structures", "/organisations", "/directory"}, false},
		{"web.nav.framework", "/framework", nil, false},
		{"community.title", "/community", []string{"/groups", "/topics", "/experts", "/issues", "/events"}, false},
		{"web.nav.assistance", "/assistance", nil, true},
	} {
		if s.has(p.path) {
			there = append(there, p)
		}
	}
	return there
}

// holds reports whether the page at the path is the place or belongs to it.
func (p place) holds(path string) bool {
	for _, own := range append([]string{p.path}, p.also...) {
		if path == own || strings.HasPrefix(path, own+"/") {
			return true
		}
	}
	return false
}
