package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// AddressOf is the network address of whoever sends the request: what is counted,
// slowed down and written down everywhere.
func AddressOf(r *http.Request) netip.Addr {
	if v := visitOf(r); v.address.IsValid() {
		return v.address
	}
	return peerOf(r)
}

// peerOf is the other end of the connection.
func peerOf(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, _ := netip.ParseAddr(host)
	return peer.Unmap()
}

// clientOf finds the address. A proxy in front says for whom it asks, in
// X-Forwarded-For; it is believed only where the peer is one of the proxies that
// are named in the options. Each proxy adds the one that asked it at the end, so
// the list is read from there: what stands before the first address that is no
// proxy of ours, anybody may have written (ASVS 5.0 4.1.3).
func (s *Site) clientOf(r *http.Request) netip.Addr {
	client := peerOf(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.isProxy(client) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		client = next.WithZone("").Unmap()
	}
	return client
}

func (s *Site) isProxy(peer netip.Addr) bool {
	return slices.ContainsFunc(s.opts.Proxies, func(p netip.Prefix) bool { return p.Contains(peer) })
}

// networkOf is what one subscriber has: an IPv4 address, or the /64 of an IPv6.
func networkOf(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
