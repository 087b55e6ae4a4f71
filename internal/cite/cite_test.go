package cite_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"polis/internal/cite"
	"polis/internal/framework"
)

// hard is a work in which every value has something that a format stumbles over.
var hard = cite.Work{
	ID: "019f0000-0000-7000-8000-000000000001", Kind: "study", Genre: "Studie",
	Title:   "Geld & Gewalt: 100 % {Bedarf}, C:\\Akten_2 #1 ~ $5 ^ «кавычки» }",
	Summary: "Erste Zeile.\r\nTY  - JOUR\nER  - \n@misc{x, title = {y}}\x00",
	Lang:    "de", Author: "Müller {Amt} & Söhne, Sekretariat", Symbol: "PC.DEC/1049", Mark: "Rev.1", Dated: "2012-07-26",
	Licence: "CC BY 4.0", Keywords: []string{"Bedarfsermittlung", "100 %"}, Pages: 12, URL: "https://polis.example/library/019f_1?a=1%202",
}

func TestBibTeX(t *testing.T) {
	t.Run("what is written is read back as it was", func(t *testing.T) {
		got := entries(t, written(t, "bib", hard))
		if len(got) != 1 || got[0].kind != "techreport" || got[0].key != "PC.DEC-1049-de" {
			t.Fatalf("%+v", got)
		}
		for name, want := range map[string]string{
			"title": hard.Title, "author": hard.Author, "institution": hard.Author, "type": "Studie", "number": "PC.DEC/1049", "year": "2012", "month": "jul",
			"day": "26", "version": "Rev.1", "langid": "ngerman", "language": "de", "url": hard.URL, "pagetotal": "12", "copyright": "CC BY 4.0",
			"abstract": "Erste Zeile. TY - JOUR ER - @misc{x, title = {y}}", "keywords": "Bedarfsermittlung, 100 %",
		} {
			if got[0].fields[name] != want {
				t.Errorf("%s is %q, not %q", name, got[0].fields[name], want)
			}
		}
	})
	t.Run("what is not known is left out", func(t *testing.T) {
		got := entries(t, written(t, "bib", cite.Work{ID: "x", Kind: "other", Title: "T", Dated: "2012"}))
		if f := got[0].fields; len(f) != 2 || f["title"] != "T" || f["year"] != "2012" || got[0].kind != "misc" || got[0].key != "polis-x" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("two works with one symbol have two keys", func(t *testing.T) {
		got := entries(t, written(t, "bib", hard, hard))
		if len(got) != 2 || got[0].key == got[1].key {
			t.Errorf("%+v", got)
		}
	})
}

func TestRIS(t *testing.T) {
	t.Run("each value is one line, and nothing in it ends the record", func(t *testing.T) {
		text := written(t, "ris", hard, cite.Work{ID: "2", Kind: "leaflet", Title: "Second", Dated: "2020-11"})
		if strings.Count(text, "\r\nER  - ") != 2 || strings.Count(text, "TY  - ") != 2 {
			t.Fatal(text)
		}
		first := map[string][]string{}
		for _, l := range strings.Split(strings.Split(text, "ER  - ")[0], "\r\n") {
			if tag, value, ok := strings.Cut(l, "  - "); ok {
				first[tag] = append(first[tag], value)
			}
		}
		for tag, want := range map[string]string{
			"TY": "RPRT", "TI": hard.Title, "AU": hard.Author, "PY": "2012", "DA": "2012/07/26/", "M1": "PC.DEC/1049", "LA": "de", "UR": hard.URL,
			"AB": "Erste Zeile. TY - JOUR ER - @misc{x, title = {y}}",
		} {
			if got := first[tag]; len(got) != 1 || got[0] != want {
				t.Errorf("%s is %q, not %q", tag, got, want)
			}
		}
		if len(first["KW"]) != 2 || !strings.Contains(text, "TY  - PAMP") || !strings.Contains(text, "DA  - 2020/11//") {
			t.Error(text)
		}
	})
}

func TestCSL(t *testing.T) {
	t.Run("it is an array, dates are numbers, and offices are not divided", func(t *testing.T) {
		var items []map[string]any
		if err := json.Unmarshal([]byte(written(t, "json", hard)), &items); err != nil || len(items) != 1 {
			t.Fatal(err)
		}
		it := items[0]
		if fmt.Sprint(it["issued"]) != "map[date-parts:[[2012 7 26]]]" || fmt.Sprint(it["author"]) != "[map[literal:"+hard.Author+"]]" ||
			it["type"] != "report" || it["title"] != hard.Title || it["URL"] != hard.URL || it["language"] != "de" || it["number"] != "PC.DEC/1049" {
			t.Errorf("%v", it)
		}
	})
	t.Run("nothing at all is an empty array", func(t *testing.T) {
		if got := written(t, "json"); got != "[]\n" {
			t.Errorf("%q", got)
		}
	})
}

func TestEveryTypeOfDocumentHasItsForm(t *testing.T) {
	for _, kind := range framework.Types() {
		w := cite.Work{ID: "1", Kind: kind.ID, Title: "T", Author: "A", Genre: kind.ID}
		for _, f := range cite.Formats {
			if written(t, f.Ext, w) == "" {
				t.Errorf("%s as %s is empty", kind.ID, f.Name)
			}
		}
		if kind.ID != "other" && strings.Contains(written(t, "ris", w), "TY  - GEN") {
			t.Errorf("%s is nothing in particular", kind.ID)
		}
	}
}

func FuzzBibTeX(f *testing.F) {
	f.Add("a{b", "c\\")
	f.Add("}\n@comment{", "%")
	f.Fuzz(func(t *testing.T, title, author string) {
		if !utf8.ValidString(title) || !utf8.ValidString(author) {
			return
		}
		got := entries(t, written(t, "bib", cite.Work{ID: "1", Kind: "guide", Title: title, Author: author}))
		squeezed := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				return ' '
			}
			return r
		}, title)), " ")
		if len(got) != 1 || got[0].fields["title"] != squeezed {
			t.Errorf("%q became %+v", title, got)
		}
	})
}

func written(t *testing.T, ext string, works ...cite.Work) string {
	t.Helper()
	f, ok := cite.Lookup(ext)
	if !ok {
		t.Fatal(ext)
	}
	var out bytes.Buffer
	if err := f.Write(&out, works); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

type entry struct {
	kind, key string
	fields    map[string]string
}

// unspecial reads TeX as the writer wrote it.
var unspecial = strings.NewReplacer(
	`\textbackslash{}`, `\`, `\textbraceleft{}`, `{`, `\textbraceright{}`, `}`, `\textasciitilde{}`, `~`, `\textasciicircum{}`, `^`,
	`\{`, `{`, `\}`, `}`, `\&`, `&`, `\%`, `%`, `\$`, `$`, `\#`, `#`, `\_`, `_`,
)

// entries reads a .bib file as BibTeX does: by counting braces.
func entries(t *testing.T, text string) (list []entry) {
	t.Helper()
	for rest := text; ; {
		at := strings.IndexByte(rest, '@')
		if at < 0 {
			return list
		}
		rest = rest[at+1:]
		kind, after, _ := strings.Cut(rest, "{")
		body := balanced(t, after)
		rest = after[len(body)+1:]
		key, body, _ := strings.Cut(body, ",")
		e := entry{kind, key, map[string]string{}}
		for strings.TrimSpace(body) != "" {
			name, value, ok := strings.Cut(body, " = ")
			if !ok {
				t.Fatalf("no field in %q", body)
			}
			name = strings.Trim(name, ", \n")
			if inner, braced := strings.CutPrefix(value, "{"); braced {
				inner = balanced(t, inner)
				body = value[len(inner)+2:]
				if twice, ok := strings.CutPrefix(inner, "{"); ok && strings.HasSuffix(twice, "}") {
					inner = strings.TrimSuffix(twice, "}")
				}
				if name != "url" {
					inner = unspecial.Replace(inner)
				}
				e.fields[name] = inner
				continue
			}
			word, after, _ := strings.Cut(value, ",")
			e.fields[name], body = strings.TrimSpace(word), after
		}
		list = append(list, e)
	}
}

func balanced(t *testing.T, s string) string {
	t.Helper()
	depth := 1
	for i, r := range s {
		switch r {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[:i]
			}
		}
	}
	t.Fatalf("braces do not close in %q", s)
	return ""
}
