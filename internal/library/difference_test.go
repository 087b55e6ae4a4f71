package library_test

import (
	"strings"
	"testing"

	"polis/internal/library"
)

// shown writes what differs between braces.
func shown(text string, differs bool) string {
	if differs {
		return "{" + text + "}"
	}
	return text
}

func TestWhatDiffersIsMarkedByWords(t *testing.T) {
	for _, c := range [][4]string{
		{"", "", "", ""},
		{"", "new", "", "{new}"},
		{"The militia and the public", "The police and the public", "The {militia} and the public", "The {police} and the public"},
		{"один два три", "один четыре три", "один {два} три", "один {четыре} три"},
		{"a, b; c", "a; b; c", "a{,} b; c", "a{;} b; c"},
		{"same", "same", "same", "same"},
		{"a b c d", "b c d e", "{a }b c d", "b c d{ e}"},
	} {
		was, became := library.MarkDifference(c[0], c[1], shown)
		if a, b := strings.Join(was, ""), strings.Join(became, ""); a != c[2] || b != c[3] {
			t.Errorf("%q and %q: %q and %q", c[0], c[1], a, b)
		}
	}
	t.Run("nothing is lost, of two long texts either", func(t *testing.T) {
		a, b := strings.Repeat("alpha beta ", 20_000), strings.Repeat("beta gamma ", 20_000)
		was, became := library.MarkDifference(a, b, func(s string, _ bool) string { return s })
		if strings.Join(was, "") != a || strings.Join(became, "") != b {
			t.Error("it is not the same text")
		}
	})
}

func FuzzMarkDifference(f *testing.F) {
	f.Add("a b", "b a")
	f.Add("\xff x", "é")
	f.Fuzz(func(t *testing.T, a, b string) {
		was, became := library.MarkDifference(a, b, func(s string, _ bool) string { return s })
		if strings.Join(was, "") != a || strings.Join(became, "") != b {
			t.Errorf("%q %q: %q %q", a, b, was, became)
		}
	})
}
