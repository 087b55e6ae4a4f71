// Package fetch asks other servers for what POLIS needs from outside, such as an
// identity provider's keys, without letting an address that somebody typed reach
// into the network behind POLIS (server-side request forgery).
//
// What counts is the address that is dialled, after the name was resolved, for
// every connection anew: a name that answers differently the second time gains
// nothing. Only public addresses are dialled, except for hosts that whoever runs
// the installation has named. Redirects stay with http and https, and never lead
// from the second to the first; answers and the time they take are bounded.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Options are what a Client may do beyond the public network.
type Options struct {
	// Internal are the names or addresses of hosts that may be asked wherever they
	// stand, without port.
	Internal []string
	// Limit is the largest answer, in bytes; 0 means 10 MiB.
	Limit int64
	// Time is how long one request takes at most, answer included; 0 means 20 s.
	Time time.Duration
	// Resolver finds addresses; nil means the system's.
	Resolver *net.Resolver
}

// The ways in which a request is refused before it is sent.
var (
	ErrInternal = errors.New("fetch: this address is not on the public network")
	ErrScheme   = errors.New("fetch: only http and https are asked, and https leads to nothing less")
	ErrTooLarge = errors.New("fetch: the answer is larger than allowed")
	ErrTooFar   = errors.New("fetch: too many redirects")
)

const maxRedirects = 5

// Client returns an HTTP client that keeps to the rules of the package.
func Client(o Options) *http.Client {
	if o.Limit == 0 {
		o.Limit = 10 << 20
	}
	if o.Time == 0 {
		o.Time = 20 * time.Second
	}
	o.Internal = slices.Clone(o.Internal)
	for i, host := range o.Internal {
		o.Internal[i] = strings.ToLower(strings.TrimSpace(host))
	}
	way := &http.Transport{
		Proxy:                  nil, // a proxy would resolve for itself
		DialContext:            o.dial,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  10 * time.Second,
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConns:           10,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &http.Client{Transport: bounded{way, o.Limit}, CheckRedirect: follow, Timeout: o.Time}
}

// dial connects to a public address of the host, or to any where it is named.
func (o Options) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: 10 * time.Second, Resolver: o.Resolver}
	if !slices.Contains(o.Internal, strings.ToLower(strings.TrimSuffix(host, "."))) {
		if numeric(host) {
			return nil, fmt.Errorf("%w: %s", ErrInternal, host)
		}
		d.Control = onlyPublic
	}
	return d.DialContext(ctx, network, address)
}

// onlyPublic is asked with the very address to which the system connects next.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	end, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if !Public(end.Addr()) {
		return fmt.Errorf("%w: %s", ErrInternal, end.Addr())
	}
	return nil
}

// numeric reports whether a host is a number that is no address as it is written
// today: 2130706433, 0177.0.0.1 and 0x7f.1 are this machine to some resolvers.
func numeric(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last == "" || strings.HasPrefix(strings.ToLower(last), "0x") || strings.Trim(last, "0123456789") == ""
}

// follow decides whether a redirect is followed.
func follow(to *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return ErrTooFar
	}
	if !web(to) || via[len(via)-1].URL.Scheme == "https" && to.URL.Scheme != "https" {
		return ErrScheme
	}
	return nil
}

func web(r *http.Request) bool { return r.URL.Scheme == "https" || r.URL.Scheme == "http" }

// bounded bounds answers.
type bounded struct {
	way   http.RoundTripper
	limit int64
}

// RoundTrip sends one request.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !web(r) {
		return nil, ErrScheme
	}
	answer, err := b.way.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.ContentLength > b.limit {
		answer.Body.Close()
		return nil, ErrTooLarge
	}
	answer.Body = &body{answer.Body, b.limit}
	return answer, nil
}

// body fails with ErrTooLarge after so many bytes, packed or not.
type body struct {
	io.ReadCloser
	left int64
}

func (b *body) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, ErrTooLarge
	}
	return n, err
}
