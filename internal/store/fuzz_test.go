package store_test

import (
	"strings"
	"testing"

	"polis/internal/store"
)

// A checkpoint comes from outside: from whoever kept it.
func FuzzReadCheckpoint(f *testing.F) {
	whole := `{"format":1,"log":"l","seq":7,"count":7,"hash":"ab","at":"2026-11-23T10:00:00Z","key":"k","signature":"s"}`
	for _, text := range []string{whole, whole[:40], "", "null", "[]", `{"format":1}`, `{"format":1,"seq":-1}`, `{"format":1,"seq":1e30}`, whole + whole, strings.Repeat("[", 70_000), `{"format":1,"seq":1,"at":"never"}`, "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := store.ReadCheckpoint(strings.NewReader(text))
		if err == nil && c.Seq < 1 {
			t.Errorf("%q is read as %+v", text, c)
		}
	})
}
