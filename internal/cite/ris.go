package cite

import (
	"bufio"
	"fmt"
	"io"
)

// WriteRIS writes the works in the tagged format of reference managers, in UTF-8:
// two letters, two spaces, a hyphen and a space, one value a line.
func WriteRIS(w io.Writer, works []Work) error {
	out := bufio.NewWriter(w)
	names := keys(works)
	for i, work := range works {
		put := func(tag, value string) {
			if value = line(value); value != "" {
				fmt.Fprintf(out, "%s  - %s\r\n", tag, value)
			}
		}
		put("TY", formOf(work.Kind).ris)
		put("ID", names[i])
		put("TI", work.Title)
		put("AU", work.Author)
		put("PB", work.Author)
		put("PY", year(work.Dated))
		put("DA", slashed(work.Dated))
		put("M1", work.Symbol)
		put("M3", work.Genre)
		put("ET", work.Mark)
		if work.Pages > 0 {
			put("SP", fmt.Sprint(work.Pages))
		}
		put("AB", work.Summary)
		for _, k := range work.Keywords {
			put("KW", k)
		}
		put("LA", string(work.Lang))
		put("C1", work.Licence)
		put("DB", "POLIS")
		put("UR", work.URL)
		fmt.Fprint(out, "ER  - \r\n\r\n")
	}
	return out.Flush()
}

func year(dated string) string {
	if p := parts(dated); len(p) > 0 {
		return fmt.Sprintf("%04d", p[0])
	}
	return ""
}

// slashed is YYYY/MM/DD/ with what is not known left empty.
func slashed(dated string) string {
	switch p := parts(dated); len(p) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%04d///", p[0])
	case 2:
		return fmt.Sprintf("%04d/%02d//", p[0], p[1])
	default:
		return fmt.Sprintf("%04d/%02d/%02d/", p[0], p[1], p[2])
	}
}
