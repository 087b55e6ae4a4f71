package web

import (
	"net/http"
	"strings"

	"polis/internal/search"
)

// didYouMean leads to the question as it may have been meant, where what was
// typed finds nothing or less than a page.
func (h *House) didYouMean(r *http.Request, f *Frame, q search.Query, answer search.Answer) (*Link, error) {
	if strings.TrimSpace(q.Text) == "" || q.Offset > 0 || answer.Total >= hitsAPage && !answer.Forgiven {
		return nil, nil
	}
	var failed error
	labels := func(first string) []string {
		list, err := h.labels.Words(r.Context(), h.DB, first)
		if err != nil {
			failed = err
		}
		return list
	}
	text, err := h.Library.Corrected(r.Context(), h.Index, scope(r), q, labels)
	if err == nil {
		err = failed
	}
	if err != nil || text == "" {
		return nil, err
	}
	return &Link{text, f.With("q", text)}, nil
}
