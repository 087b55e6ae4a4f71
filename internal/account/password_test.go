package account_test

import (
	"errors"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
)

// refusal is the message with which a new password is refused, or "".
func refusal(password string) string {
	n := account.New{Email: "aigul.asanova@interior.example", Name: "Aigul Asanova", Role: access.Visitor, Password: password}
	var wrong account.Invalid
	if errors.As(n.Validate(), &wrong) {
		return wrong["password"]
	}
	return ""
}

// ASVS 5.0 6.2.1, 6.2.4, 6.2.5, 6.2.9, 6.2.11.
func TestAPasswordIsLongAndNotWhatEverybodyTriesFirst(t *testing.T) {
	for want, passwords := range map[string][]string{
		"account.error.password": {"", "short", "elevenchars", strings.Repeat("ä", 257)},
		"signin.error.common": {
			"1qaz2wsx3edc", "leavemealone", "Password2024!", "Passw0rd2024", "footballmonkey", "monkey-football1", "!!superman1234",
			"qwerty123456", "sonyericsson",
		},
		"signin.error.pattern": {
			"aaaaaaaaaaaa", "abcabcabcabc", "234567890123", "abcdefghijklmnop", "qwertyuiopas", "йцукенгшщзхъ", "fedcba987654",
			"tr4in-tr4in-tr4in-", "010101010101",
		},
		"signin.error.personal": {"aigul.asanova", "Asanova-2024", "polis-202444", "interior1234x", "POLISpolis-1x"},
		"": {
			"a long enough password", "demonstration only", "correct horse battery staple", "vier Woerter ohne Sinn", "семь раз отмерь, один отрежь",
			"7265 1183 9046", "kT9#vQ2!mZ7x", "polis-kT9#vQ2!mZ7x", strings.Repeat("long words ä ", 19),
		},
	} {
		for _, p := range passwords {
			if got := refusal(p); got != want {
				t.Errorf("%q: %q, want %q", p, got, want)
			}
		}
	}
}
