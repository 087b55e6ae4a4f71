package extract_test

import (
	"testing"

	"polis/internal/extract"
	"polis/internal/lang"
)

func TestMessages(t *testing.T) {
	t.Run("every reason says what is wrong and what to do, every note what the reader should know", func(t *testing.T) {
		var keys []string
		for _, r := range extract.Reasons() {
			keys = append(keys, "extract.reason."+string(r), "extract.advice."+string(r))
		}
		for _, n := range extract.NoteCodes() {
			keys = append(keys, "extract.note."+n)
		}
		for _, key := range keys {
			if !lang.Has(key) {
				t.Errorf("no message %s", key)
			}
		}
	})
}
