package main

import (
	"net"
	"testing"
)

func TestLinksBeginWithTheOriginThatWasGiven(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	for _, c := range []struct {
		given  string
		listen *net.TCPAddr
		want   string
	}{
		{"https://polis.example", local, "https://polis.example"},
		{"https://POLIS.example/", local, "https://polis.example"},
		{"http://intranet:8080", local, "http://intranet:8080"},
		{"", local, "http://localhost:8080"},
		{"", &net.TCPAddr{IP: net.IPv6zero, Port: 80}, "http://localhost:80"},
		{"", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8080}, "http://192.0.2.7:8080"},
	} {
		if got, err := (faces{Origin: c.given}).origin(c.listen); err != nil || got != c.want {
			t.Errorf("%q at %s: %q %v", c.given, c.listen, got, err)
		}
	}
	for _, bad := range []string{"polis.example", "ftp://polis.example", "https://", "https://polis.example/path", "https://u:p@polis.example", "https://polis.example?x", "javascript:alert(1)"} {
		if got, err := (faces{Origin: bad}).origin(local); err == nil {
			t.Errorf("%q is taken for %q", bad, got)
		}
	}
}
