package lang

import (
	"strconv"
	"strings"
)

// Negotiate chooses the language for a reader from the Accept-Language header
// of the browser (RFC 9110 §12.5.4): of those that POLIS speaks, the one with
// the highest q, the first of equals; otherwise English. The base language
// counts ("de-AT" is German); a similar language does not. What cannot be read
// in the header is passed over.
func Negotiate(acceptLanguage string) Tag {
	best, bestQ := English, 0.0
	for entry := range strings.SplitSeq(acceptLanguage, ",") {
		name, params, _ := strings.Cut(entry, ";")
		t, ok := Base(name)
		if !ok {
			continue
		}
		if q := quality(params); q > bestQ {
			best, bestQ = t, q
		}
	}
	return best
}

// quality reads "q=0.8": 1 where nothing is said, 0 ("not this one") where it
// makes no sense.
func quality(params string) float64 {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1
	}
	name, value, _ := strings.Cut(params, "=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if strings.ToLower(strings.TrimSpace(name)) != "q" || err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
