package web

import (
	"bytes"
	"compress/gzip"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
)

// sentFile is a file of a form, as a browser sends it.
type sentFile struct{ field, name, content string }

// sendBook fills in the form that brings a dictionary.
func (v visitor) sendBook(from, to string, files ...sentFile) seen {
	v.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		w, err := form.CreateFormFile(f.field, f.name)
		if err == nil {
			_, err = w.Write([]byte(f.content))
		}
		if err != nil {
			v.h.t.Fatal(err)
		}
	}
	for name, value := range map[string]string{"from": from, "to": to} {
		if err := form.WriteField(name, value); err != nil {
			v.h.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		v.h.t.Fatal(err)
	}
	return v.do(v.request("POST", "/en/admin/dictionaries", form.FormDataContentType(), &body))
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnAdministratorBringsDictionaries(t *testing.T) {
	const first, second, digits = "Streife /ʃtʁaɪfə/\npatrol\n", "Wache\nguard, police station\n", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	const articles = first + second
	index := "Streife\tA\t" + digits[len(first):][:1] + "\nWache\t" + digits[len(first):][:1] + "\t" + digits[len(second):][:1] + "\n"
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("admin@polis.example", access.Administrator)
		text := func(key string) string { return lang.For("en").T(key) }
		brings := func(what, line string, files ...sentFile) {
			t.Helper()
			if got := v.sendBook("de", "en", files...); got.status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", what, got.status, got.body)
			}
			if got := v.get("/en/admin/dictionaries"); !got.says(line) {
				t.Errorf("%s is not in the list as %q: %s", what, line, got.body)
			}
		}
		count := func() int {
			list, err := h.Lexicon.Dictionaries(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		t.Run("a file of two columns, and the two of a DICT server, packed or not", func(t *testing.T) {
			brings("a file of two columns", "Deutsch → English · 2 pairs", sentFile{"file", "words.tsv", "Streife\tpatrol\nWache\tguard\n"})
			brings("a DICT dictionary", "freedict-deu-eng", sentFile{"file", "freedict-deu-eng.dict", articles}, sentFile{"index", "freedict-deu-eng.index", index})
			brings("a packed one", "packed-deu-eng", sentFile{"file", "packed-deu-eng.dict.dz", packed(t, articles)}, sentFile{"index", "packed-deu-eng.index", index})
		})
		t.Run("what cannot be read is said at its field, and changes nothing", func(t *testing.T) {
			before := count()
			for what, c := range map[string]struct {
				from, to, says string
				files          []sentFile
			}{
				"no file":                    {"de", "en", "lexicon.wrong.file", nil},
				"no index":                   {"de", "en", "lexicon.wrong.index", []sentFile{{"file", "a.dict.dz", packed(t, articles)}}},
				"an index of another one":    {"de", "en", "lexicon.fault.short", []sentFile{{"file", "a.dict", "short"}, {"index", "a.index", index}}},
				"an index that is none":      {"de", "en", "lexicon.fault.columns", []sentFile{{"file", "a.dict", articles}, {"index", "a.index", "\x00\xff\n"}}},
				"a damaged compression":      {"de", "en", "lexicon.fault.gzip", []sentFile{{"file", "a.dict.dz", "\x1f\x8bnothing"}, {"index", "a.index", index}}},
				"a file of one column":       {"de", "en", "lexicon.fault.columns", []sentFile{{"file", "a.tsv", "Streife\n"}}},
				"an empty file":              {"de", "en", "lexicon.wrong.empty", []sentFile{{"file", "a.tsv", ""}}},
				"another encoding":           {"de", "en", "lexicon.fault.encoding", []sentFile{{"file", "a.tsv", "T\xe4ter\toffender\n"}}},
				"UTF-16":                     {"de", "en", "lexicon.fault.encoding", []sentFile{{"file", "a.tsv", "\xff\xfeS\x00\t\x00p\x00\n\x00"}}},
				"a line without an end":      {"de", "en", "lexicon.fault.size", []sentFile{{"file", "a.tsv", strings.Repeat("a", 2<<20)}}},
				"the same language twice":    {"de", "de", "lexicon.wrong.languages", []sentFile{{"file", "a.tsv", "a\tb\n"}}},
				"a language that is not":     {"de", "xx", "lexicon.wrong.languages", []sentFile{{"file", "a.tsv", "a\tb\n"}}},
				"a picture":                  {"de", "en", "lexicon.fault.encoding", []sentFile{{"file", "a.tsv", "\x89PNG\r\n\x1a\n\x00\xff\n"}}},
				"an index that leads astray": {"de", "en", "lexicon.fault.place", []sentFile{{"file", "a.dict", articles}, {"index", "a.index", "Streife\t/////////////\tB\n"}}},
			} {
				got := v.sendBook(c.from, c.to, c.files...)
				if got.status != http.StatusUnprocessableEntity || !got.says(text(c.says)) || !strings.Contains(got.body, "error-summary") {
					t.Errorf("%s: %d, without %q", what, got.status, text(c.says))
				}
			}
			if after := count(); after != before {
				t.Errorf("%d dictionaries, before %d", after, before)
			}
		})
		t.Run("one that is larger than a form may be is refused", func(t *testing.T) {
			if got := v.sendBook("de", "en", sentFile{"file", "a.tsv", strings.Repeat("Streife\tpatrol\n", dictionaryLimit/15+1)}); got.status != http.StatusRequestEntityTooLarge {
				t.Error(got.status)
			}
		})
		t.Run("nobody else brings or removes one", func(t *testing.T) {
			desk := h.signedIn("desk@polis.example", access.DeskOfficer)
			if got := desk.sendBook("de", "en", sentFile{"file", "a.tsv", "a\tb\n"}); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
		})
	})
}
