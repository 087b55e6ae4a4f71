package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"polis/internal/fetch"
	"polis/internal/web"
)

// shield is what stands between POLIS and the open network.
type shield struct {
	TLSCert         string         `name:"tls-cert" help:"File with the certificate of this server and those that vouch for it, PEM. With --tls-key the pages are served over https; a renewed file is taken up without a restart." env:"POLIS_TLS_CERT" placeholder:"FILE"`
	TLSKey          string         `name:"tls-key" help:"File with the certificate's private key, PEM." env:"POLIS_TLS_KEY" placeholder:"FILE"`
	Redirect        string         `help:"Address and port on which http:// is answered with the way to https://. Not given: nowhere." env:"POLIS_REDIRECT" placeholder:"ADDR"`
	Proxies         []netip.Prefix `help:"Networks of the proxies in front, whose X-Forwarded-For says for whom they ask. Nobody else's is believed." default:"127.0.0.0/8,::1/128" env:"POLIS_PROXIES" placeholder:"CIDR"`
	Rate            int            `help:"How many requests a minute one token or network address may send to the API, and one person twice as many; 0 for any number. What comes from this machine itself, and from no proxy that says for whom, is not counted." default:"1200" env:"POLIS_RATE" placeholder:"N"`
	RateCostly      int            `help:"The same for what is made anew or large: searches, downloads, exports." default:"300" env:"POLIS_RATE_COSTLY" placeholder:"N"`
	InternalHosts   []string       `help:"Hosts that POLIS may ask although they do not stand on the public network, such as the identity provider of a ministry." env:"POLIS_INTERNAL_HOSTS" placeholder:"HOST"`
	SecurityContact string         `help:"Where security holes are reported, an address of mail or a page: for /.well-known/security.txt." env:"POLIS_SECURITY_CONTACT" placeholder:"ADDRESS"`
}

// check says what does not go together.
func (s shield) check() error {
	switch {
	case (s.TLSCert == "") != (s.TLSKey == ""):
		return errors.New("--tls-cert and --tls-key go together: the certificate and its private key")
	case s.Redirect != "" && s.TLSCert == "":
		return errors.New("--redirect leads to https, which needs --tls-cert and --tls-key")
	case s.Rate < 0 || s.RateCostly < 0:
		return errors.New("--rate and --rate-costly are numbers of requests a minute, or 0 for any number")
	case strings.ContainsAny(s.SecurityContact, "\r\n"):
		return errors.New("--security-contact is one line")
	}
	return nil
}

// encrypted reports whether POLIS itself speaks https.
func (s shield) encrypted() bool { return s.TLSCert != "" }

func (s shield) scheme() string {
	if s.encrypted() {
		return "https"
	}
	return "http"
}

func (s shield) rates() web.Rates { return web.Rates{API: s.Rate, Costly: s.RateCostly} }

// outgoing is how POLIS asks other servers.
func (s shield) outgoing() *http.Client {
	return fetch.Client(fetch.Options{Internal: s.InternalHosts})
}

// redirect answers http:// with the way to https://.
func (r *running) redirect(ctx context.Context, c *console, f faces, to net.Addr) error {
	if f.Redirect == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Redirect)
	if err != nil {
		return fmt.Errorf("cannot listen on %s for http: %w", f.Redirect, err)
	}
	_, port, err := net.SplitHostPort(to.String())
	if err != nil {
		return err
	}
	r.plain = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.HasPrefix(q.URL.Path, "/api/") || q.Header.Get("Authorization") != "" {
				// A program that has sent its token in the open shall learn of it (ASVS 5.0 4.1.2).
				http.Error(w, "This is answered over https only.", http.StatusForbidden)
				return
			}
			base := f.Origin
			if base == "" {
				base = "https://" + net.JoinHostPort(hostOf(q), port)
			}
			http.Redirect(w, q, strings.TrimSuffix(base, "/")+q.URL.RequestURI(), http.StatusPermanentRedirect)
		}),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10,
	}
	go func() { r.failed <- ended(r.plain.Serve(listener)) }()
	c.say("Leads to https from http://%s/", listener.Addr())
	return nil
}

// hostOf is the name by which the request calls the server, without the port.
func hostOf(q *http.Request) string {
	if host, _, err := net.SplitHostPort(q.Host); err == nil {
		return host
	}
	return strings.Trim(q.Host, "[]")
}
