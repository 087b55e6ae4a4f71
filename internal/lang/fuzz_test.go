package lang_test

import (
	"slices"
	"testing"

	"polis/internal/lang"
)

// Browsers, proxies and strangers write the header as they like.
func FuzzNegotiate(f *testing.F) {
	for _, header := range []string{"", "ru", "uk-UA,ru;q=0.9,en;q=0.8", "*", "en;q=1e9,fr;q=NaN,de;q=-1", ";;;,,,q=", "zh-Hant-TW;q=.5", "it;q=\x00", "es;q=0.999999999999999999999"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if got := lang.Negotiate(header); !slices.Contains(lang.All, got) {
			t.Errorf("%q chooses %q", header, got)
		}
		if tag, ok := lang.Base(header); ok != slices.Contains(lang.All, tag) {
			t.Errorf("%q is of the language %q: %v", header, tag, ok)
		}
		if tag, ok := lang.Parse(header); ok && string(tag) != header {
			t.Errorf("%q is read as %q", header, tag)
		}
	})
}
