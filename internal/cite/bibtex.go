package cite

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"polis/internal/lang"
)

// languages are as the babel package of LaTeX names them.
var languages = map[lang.Tag]string{
	"en": "english", "fr": "french", "de": "ngerman", "it": "italian", "ru": "russian", "es": "spanish",
}

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// WriteBibTeX writes the works as entries of a .bib file in UTF-8. Titles and
// names stand in braces of their own, so that no style changes their capitals or
// takes an office for a person.
func WriteBibTeX(w io.Writer, works []Work) error {
	out := bufio.NewWriter(w)
	names := keys(works)
	for i, work := range works {
		kind := formOf(work.Kind).bibtex
		fmt.Fprintf(out, "@%s{%s", kind, names[i])
		for _, f := range work.bibtex(kind) {
			if f[1] != "" {
				fmt.Fprintf(out, ",\n  %s = %s", f[0], f[1])
			}
		}
		fmt.Fprint(out, "\n}\n\n")
	}
	return out.Flush()
}

// bibtex are the fields of an entry; who brings a work out stands where its kind
// of entry expects it.
func (w Work) bibtex(kind string) [][2]string {
	fields := [][2]string{{"title", kept(w.Title)}, {"author", kept(w.Author)}}
	switch kind {
	case "techreport":
		fields = append(fields, [2]string{"institution", kept(w.Author)}, [2]string{"type", braced(w.Genre)}, [2]string{"number", braced(w.Symbol)})
	case "manual":
		fields = append(fields, [2]string{"organization", kept(w.Author)}, [2]string{"type", braced(w.Genre)}, [2]string{"number", braced(w.Symbol)})
	case "booklet":
		fields = append(fields, [2]string{"howpublished", braced(strings.Trim(w.Genre+", "+w.Symbol, ", "))})
	default:
		fields = append(fields, [2]string{"howpublished", braced(strings.Trim(w.Genre+", "+w.Symbol, ", "))}, [2]string{"number", braced(w.Symbol)})
	}
	day := parts(w.Dated)
	for i, name := range []string{"year", "month", "day"} {
		if i >= len(day) {
			break
		}
		value := "{" + strconv.Itoa(day[i]) + "}"
		if name == "month" {
			if day[i] > len(months) {
				break
			}
			value = months[day[i]-1]
		}
		fields = append(fields, [2]string{name, value})
	}
	fields = append(
		fields,
		[2]string{"version", braced(w.Mark)},
		[2]string{"langid", braced(languages[w.Lang])},
		[2]string{"language", braced(string(w.Lang))},
		[2]string{"url", verbatim(w.URL)},
		[2]string{"abstract", braced(w.Summary)},
		[2]string{"keywords", braced(strings.Join(w.Keywords, ", "))},
		[2]string{"copyright", braced(w.Licence)},
	)
	if w.Pages > 0 {
		fields = append(fields, [2]string{"pagetotal", fmt.Sprintf("{%d}", w.Pages)})
	}
	return fields
}

// special are the characters that mean something to TeX, but for braces.
var special = strings.NewReplacer(
	`\`, `\textbackslash{}`, `~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`,
	`&`, `\&`, `%`, `\%`, `$`, `\$`, `#`, `\#`, `_`, `\_`, `{`, `\{`, `}`, `\}`,
)

// odd takes the place of special where braces do not close: BibTeX counts them
// even behind a backslash.
var odd = strings.NewReplacer(`\{`, `\textbraceleft{}`, `\}`, `\textbraceright{}`)

// braced is a value between braces, "" where there is none.
func braced(s string) string {
	if s = line(s); s == "" {
		return ""
	}
	text := special.Replace(s)
	if !closes(s) {
		text = odd.Replace(text)
	}
	return "{" + text + "}"
}

// closes reports whether every brace of the text has its other.
func closes(s string) bool {
	depth := 0
	for _, r := range s {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// kept is a value whose capitals and words stay together.
func kept(s string) string {
	if s = braced(s); s == "" {
		return ""
	}
	return "{" + s + "}"
}

// verbatim is an address, of which programs read every character as it stands.
func verbatim(s string) string {
	if s = line(s); s == "" || strings.ContainsAny(s, "{}") {
		return ""
	}
	return "{" + s + "}"
}
