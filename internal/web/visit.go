package web

import (
	"context"
	"net/http"
	"net/netip"
	"slices"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/usage"
)

// visit is what the layers around one request tell each other.
type visit struct {
	id       string // number of the request, in the log and on the error page
	lang     lang.Tag
	prefixed bool        // the address named the language
	path     string      // without the language
	route    string      // pattern that answered, "" if none did
	object   string      // the id in the address, where it has one
	rule     access.Rule // that refused it, or ""
	address  netip.Addr  // of whoever sends the request
	reader   Reader
	keep     *keptPage   // the page as shown, if the shelf may have it
	uses     []usage.Use // what is counted once it was answered
}

type visitKey struct{}

// visitOf returns the request's visit. A request that came around the site's
// chain, as in a test of one handler, gets a fresh one in English.
func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{lang: "en", path: r.URL.Path}
}

func withVisit(r *http.Request, v *visit) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

// ReaderOf tells who sends the request.
func ReaderOf(r *http.Request) Reader { return visitOf(r).reader }

// LangOf tells in which language the request is answered.
func LangOf(r *http.Request) lang.Tag { return visitOf(r).lang }

// bringsIdentity reports whether the request carries anything that may say who
// sends it. POLIS sets no cookie before sign-in, so an anonymous reader has none.
// The cookie by which a browser is known says nothing of the kind.
func bringsIdentity(r *http.Request) bool {
	if r.Header.Get("Authorization") != "" {
		return true
	}
	return r.Header.Get("Cookie") != "" && slices.ContainsFunc(r.Cookies(), func(c *http.Cookie) bool {
		return c.Name != deviceCookieName && c.Name != securePrefix+deviceCookieName
	})
}

// meet finds out who reads.
func (s *Site) meet(next http.Handler) http.Handler {
	if s.opts.Reader == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !bringsIdentity(r) {
			next.ServeHTTP(w, r)
			return
		}
		err := s.meetProgram(w, r)
		var reader Reader
		if err == nil {
			reader, err = s.opts.Reader(r)
		}
		if err != nil {
			s.turnAway(w, r, err)
			return
		}
		v := visitOf(r)
		v.reader = reader
		if !v.prefixed && reader.Lang != "" {
			v.lang = reader.Lang
		}
		next.ServeHTTP(w, r)
	})
}
