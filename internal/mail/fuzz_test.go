package mail_test

import (
	"strings"
	"testing"
	"unicode"

	"polis/internal/mail"
)

// What is taken for an address becomes a line of a head and a word of the
// conversation with a server.
func FuzzValidAddress(f *testing.F) {
	for _, address := range []string{
		"a@polis.example", "", "@", "a@b", "a b@c.example", "a@c.example\r\nBcc: b@c.example", "Name <a@c.example>", "a@c.example, b@c.example",
		"\"a b\"@c.example", "a@[127.0.0.1]", "ж@пример.рф", "a\u2028@c.example", "=?utf-8?q?a?=@c.example", strings.Repeat("a", 300) + "@c.example",
	} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if !mail.ValidAddress(address) {
			return
		}
		if strings.Count(address, "@") < 1 || len(address) > 254 || strings.ContainsAny(address, " <>,;\r\n\x00") || strings.ContainsFunc(address, unicode.IsControl) {
			t.Errorf("%q is taken for an address", address)
		}
	})
}
