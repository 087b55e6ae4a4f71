package web

import (
	"errors"
	"net/http"
	"strings"

	"polis/internal/account"
)

// programPath and harvestPath are where programs ask. Tokens are heard there and
// nowhere else: a page that took them would be one more door to everything that
// forms can do.
const (
	programPath = "/api/"
	harvestPath = "/oai"
)

func forProgram(r *http.Request) bool {
	path := visitOf(r).path
	return strings.HasPrefix(path, programPath) || path == harvestPath
}

// showsToken reports whether a program says with a token who it is.
func showsToken(r *http.Request) bool {
	return forProgram(r) && len(r.Header.Values("Authorization")) > 0
}

// whoAsks tells who sends the request: by a token where a program shows one, and
// then by nothing else; else by the session.
func (h *House) whoAsks(r *http.Request) (Reader, error) {
	if !showsToken(r) {
		return h.reader(r)
	}
	b, err := account.UseToken(r.Context(), h.DB, bearer(r.Header.Values("Authorization")))
	if errors.Is(err, account.ErrToken) {
		return Reader{}, &Fault{Status: http.StatusUnauthorized, Key: "token.refused"}
	}
	return Reader{Subject: b.Subject, Token: b.Token}, err
}

// bearer is the secret in the Authorization header (RFC 6750), "" where there is
// none, or more than one.
func bearer(headers []string) string {
	if len(headers) != 1 {
		return ""
	}
	scheme, secret, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

// meetProgram is what a program hears that shows a token from an address which has
// shown too many that open nothing.
func (s *Site) meetProgram(w http.ResponseWriter, r *http.Request) error {
	if !showsToken(r) {
		return nil
	}
	return s.programRates.admit(w, r, false)
}

// turnAway says why somebody is not known. An address that shows many tokens which
// open nothing is counted for it.
func (s *Site) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	var fault *Fault
	if errors.As(err, &fault) && fault.Status == http.StatusUnauthorized {
		if late := s.programRates.admit(w, r, true); late != nil {
			err = late
		}
	}
	s.showFault(w, r, err)
}

// forged reports whether a request that would change something comes with a
// session and without the browser's word on where it comes from. Programs show
// tokens; a browser says so in Sec-Fetch-Site or Origin (ASVS 5.0 3.5.1).
func forged(r *http.Request) bool {
	who := ReaderOf(r)
	if !forProgram(r) || who.Token != "" || !who.SignedIn() {
		return false
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == ""
}
