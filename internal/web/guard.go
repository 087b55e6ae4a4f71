package web

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// policy lets a page load its own style, script and pictures and nothing else,
// and be framed by nobody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// guard is the outermost layer: it numbers the request, sets the headers that
// every answer carries, catches panics and writes one line to the log.
func (s *Site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{id: rand.Text()[:10], path: r.URL.Path, lang: "en", address: s.clientOf(r)}
		r = withVisit(r, v)
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()")
		h.Set("X-Request-Id", v.id)
		if s.opts.HTTPS || r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		seen := &witness{ResponseWriter: w}
		start := time.Now()
		defer func() {
			s.recover(seen, r, recover())
			s.note(r, v, seen, time.Since(start))
		}()
		if !slices.Contains(methods, r.Method) {
			h.Set("Allow", strings.Join(methods, ", "))
			s.showFault(seen, r, &Fault{Status: http.StatusMethodNotAllowed, Key: "web.fault.method"})
			return
		}
		next.ServeHTTP(seen, r)
	})
}

// methods are those that mean anything here. TRACE, which repeats a request with
// its cookies, is none of them, nor CONNECT (ASVS 5.0 13.4.4).
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// recover turns a panic into the error page, if nothing was sent yet.
func (s *Site) recover(w *witness, r *http.Request, cause any) {
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	s.log.Error("panic", "request", visitOf(r).id, "cause", cause, "stack", string(debug.Stack()))
	if w.status == 0 {
		s.showFault(w, r, fmt.Errorf("panic: %v", cause))
	}
}

// note writes the access log and tells who counts: the route and not the address,
// because addresses hold people's ids; no query, because questions are nobody's
// business. What was refused is a warning, and says to whom, by which rule and about
// what: ids and nothing else (ASVS 5.0 16.3.2, 16.3.3).
func (s *Site) note(r *http.Request, v *visit, seen *witness, took time.Duration) {
	level, refusal := slog.LevelInfo, []slog.Attr(nil)
	if isRefusal(seen.status, v.reader.SignedIn()) {
		level = slog.LevelWarn
		refusal = []slog.Attr{slog.String("who", v.reader.ID), slog.String("rule", string(v.rule))}
		if _, err := uuid.Parse(v.object); err == nil {
			refusal = append(refusal, slog.String("object", v.object))
		}
	}
	s.log.LogAttrs(r.Context(), level, "request", append([]slog.Attr{
		slog.String("request", v.id),
		slog.String("method", r.Method),
		slog.String("route", v.route),
		slog.Int("status", seen.status),
		slog.Int64("bytes", seen.bytes),
		slog.Duration("took", took.Round(time.Microsecond)),
		slog.String("lang", string(v.lang)),
		slog.Bool("signed_in", v.reader.SignedIn()),
	}, refusal...)...)
	s.tally(r, v, seen.status)
	if s.opts.Served != nil {
		s.opts.Served(v.route, seen.status, took)
	}
}

// isRefusal reports whether the answer refused something: a right, a proof, a form,
// a step out of order, one request too many. What is hidden is answered as if it were
// not there, so that counts of somebody who is signed in too.
func isRefusal(status int, signedIn bool) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests:
		return true
	case http.StatusNotFound:
		return signedIn
	}
	return false
}

// refuseForeignForms stops forms that another site's page sends in a reader's
// name. It needs no token and no cookie.
func (s *Site) refuseForeignForms(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.showFault(w, r, &Fault{Status: http.StatusForbidden, Key: "web.fault.foreign"})
	}))
	guarded := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forged(r) {
			s.showFault(w, r, &Fault{Status: http.StatusForbidden, Key: "web.fault.foreign"})
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// witness remembers what was answered.
type witness struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *witness) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *witness) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }
