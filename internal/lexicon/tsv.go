package lexicon

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// TSV reads a dictionary of two columns with a tab between them: an expression
// and what translates it. Empty lines and lines that begin with # are passed
// over; further columns are remarks.
func TSV(r io.Reader) Pairs {
	return func(yield func(Pair, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxArticle)
		n := 1
		for ; lines.Scan(); n++ {
			line := strings.TrimPrefix(lines.Text(), "\ufeff")
			if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if !utf8.ValidString(line) {
				yield(Pair{}, &FaultError{n, "encoding"})
				return
			}
			columns := strings.Split(line, "\t")
			if len(columns) < 2 || strings.TrimSpace(columns[0]) == "" || strings.TrimSpace(columns[1]) == "" {
				yield(Pair{}, &FaultError{n, "columns"})
				return
			}
			if !yield(Pair{bare(columns[0]), bare(columns[1])}, nil) {
				return
			}
		}
		if lines.Err() != nil {
			yield(Pair{}, &FaultError{n, "size"})
		}
	}
}
