package main

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// origin is where readers find the pages, "https://polis.example": as it was
// given or, on the machine of whoever tries it out, as it listens. Links in
// letters and what a passkey is bound to begin with it, and never with the name
// by which a request called the server: that is whatever its sender writes.
func (f faces) origin(listen net.Addr) (string, error) {
	if f.Origin == "" {
		return f.scheme() + "://" + ownName(listen), nil
	}
	u, err := url.Parse(f.Origin)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("--origin %s is no address of a site: write https:// and a name, without a path", f.Origin)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// ownName is the name of this machine for itself, with the port; every other
// address as it is.
func ownName(listen net.Addr) string {
	host, port, err := net.SplitHostPort(listen.String())
	if err != nil {
		return listen.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() || ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
