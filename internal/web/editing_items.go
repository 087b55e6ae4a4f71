package web

import (
	"net/http"
	"strings"
	"unicode"

	"polis/internal/framework"
	"polis/internal/search"
)

// The Framework's items are written by number. What was understood stands under the
// field in the Framework's own words: on every form that comes back, and with script
// while somebody types.

// mostHeard is how many numbers are answered at a time, and longestHeard how much of
// one that is none is said again, in characters.
const (
	mostHeard    = 60
	longestHeard = 20
)

// heard says of each item which it is.
func (w wording) heard(ids []string) (lines []string) {
	for _, id := range ids[:min(len(ids), mostHeard)] {
		if _, ok := framework.Find(id); ok {
			lines = append(lines, w.value(search.Item, id))
			continue
		}
		number := []rune(strings.Map(numeral, itemNumbers([]string{id})))
		lines = append(lines, w.T("library.items.unknown", "number", string(number[:min(len(number), longestHeard)])))
	}
	return lines
}

// numeral keeps what a number may be written with: nothing else is said again.
func numeral(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("./-", r) {
		return r
	}
	return -1
}

// frameworkNumbers says what is heard in "n", one item a line.
func (h *House) frameworkNumbers(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query().Get("n")
	lines := wording{Frame: h.site.Frame(r)}.heard(readItems(typed[:min(len(typed), longestFilter)]))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=600")
	_, err := w.Write([]byte(strings.Join(lines, "\n")))
	return err
}
