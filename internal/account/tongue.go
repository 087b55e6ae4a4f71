package account

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// ParseTongues reads the languages that somebody reads as her row and her browser
// keep them: "en.ru", each once. Anything else says nothing: nil.
func ParseTongues(text string) []lang.Tag {
	if text == "" || len(text) > 3*len(lang.All)-1 {
		return nil
	}
	var list []lang.Tag
	for part := range strings.SplitSeq(text, ".") {
		t, ok := lang.Parse(part)
		if !ok || slices.Contains(list, t) {
			return nil
		}
		list = append(list, t)
	}
	return list
}

// FormatTongues writes what ParseTongues reads, in the order of lang.All.
func FormatTongues(list []lang.Tag) string {
	var parts []string
	for _, t := range lang.All {
		if slices.Contains(list, t) {
			parts = append(parts, string(t))
		}
	}
	return strings.Join(parts, ".")
}

// SetTongues keeps which languages a person reads; none takes it back. The log
// says that she chose, and not what: it is nobody's business and outlives her
// account.
func SetTongues(ctx context.Context, db *store.DB, who access.Subject, id string, list []lang.Tag) error {
	if err := self(who, id); err != nil {
		return err
	}
	return change(ctx, db, who, id, "account.reads.set", nil, "reads = $2", FormatTongues(list))
}
