package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// openSecurityText says where a security hole is reported (RFC 9116), where the
// installation has named an address for it.
func (s *Site) openSecurityText() {
	contact := s.opts.Contact
	if contact == "" {
		return
	}
	if !strings.Contains(contact, ":") {
		contact = "mailto:" + contact
	}
	s.Handle("GET /.well-known/security.txt", func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "Contact: %s\r\nExpires: %s\r\nPreferred-Languages: en, fr, de, it, ru, es\r\n",
			contact, time.Now().UTC().AddDate(0, 6, 0).Format(time.RFC3339))
		if strings.HasPrefix(s.opts.Origin, "https://") {
			fmt.Fprintf(w, "Canonical: %s/.well-known/security.txt\r\n", s.opts.Origin)
		}
		return nil
	})
}
