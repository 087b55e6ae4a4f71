package lexicon_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/lang"
	"polis/internal/lexicon"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	program = access.System("test")
	enDe    = lexicon.Direction{From: "en", To: "de"}
)

// collect reads pairs to their end, or to what is wrong with them.
func collect(pairs lexicon.Pairs) (list []lexicon.Pair, err error) {
	for p, err := range pairs {
		if err != nil {
			return list, err
		}
		list = append(list, p)
	}
	return list, nil
}

// book makes the two files of a dictionary of articles.
func book(articles ...string) (index, text string) {
	for _, a := range articles {
		word, _, _ := strings.Cut(a, " ")
		index += word + "\t" + base64Number(len(text)) + "\t" + base64Number(len(a)) + "\n"
		text += a
	}
	return index, text
}

func base64Number(n int) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	s := string(digits[n%64])
	for n /= 64; n > 0; n /= 64 {
		s = string(digits[n%64]) + s
	}
	return s
}

func zipped(t *testing.T, s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestADictionaryOfADictServer(t *testing.T) {
	articles := []string{
		"Bedarf /bəˈdaʁf/ <n, masc>\nneed, requirement <n>\n   Synonym: {Nachfrage}\n",
		"Wache /ˈvaxə/ <n, fem>\n1. guard <n>\nwer aufpasst\n2. station 3.\n Gebäude\n",
		"Streife <n>\npatrol\n      \"zu Fuß auf Streife\"  - on foot patrol\n",
	}
	index, text := book(articles...)
	want := []lexicon.Pair{
		{"Bedarf", "need"}, {"Bedarf", "requirement"}, {"Wache", "guard"}, {"Wache", "station"}, {"Streife", "patrol"}, {"zu Fuß auf Streife", "on foot patrol"},
	}
	for name, stored := range map[string]string{"plain": text, "compressed": zipped(t, text)} {
		t.Run(name+", it gives what stands behind the words and not what explains them", func(t *testing.T) {
			got, err := collect(lexicon.Dictd(strings.NewReader(index), strings.NewReader(stored)))
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	faults := map[string]struct{ index, text, reason string }{
		"an index that ends in the middle of a line": {index[:len(index)-6], text, "columns"},
		"a place that is no number":                  {"Wache\t!\tA\n", text, "place"},
		"a place behind the end":                     {"Wache\tA\t" + base64Number(len(text)+1) + "\n", text, "short"},
		"a text that was cut off":                    {index, text[:40], "short"},
		"a compression that was cut off":             {index, zipped(t, text)[:60], "short"},
		"a compression that is damaged":              {index, "\x1f\x8bnothing of the kind", "gzip"},
		"an article that claims to be a gigabyte":    {"Wache\tA\t" + base64Number(1<<30) + "\n", text, "place"},
		"a place so far away that it has no number":  {"Wache\t/////////////\tA\n", text, "place"},
		"a file that is something else":              {"%PDF-1.7\n", text, "columns"},
	}
	for name, f := range faults {
		t.Run(name+" is named", func(t *testing.T) {
			_, err := collect(lexicon.Dictd(strings.NewReader(f.index), strings.NewReader(f.text)))
			var fault *lexicon.FaultError
			if !errors.As(err, &fault) || fault.Reason != f.reason {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestADictionaryOfTwoColumns(t *testing.T) {
	t.Run("comments, empty lines and remarks are passed over", func(t *testing.T) {
		got, err := collect(lexicon.TSV(strings.NewReader("\ufeff# police\n\nneeds assessment\tBedarfsermittlung\tthe desk's\r\n")))
		if err != nil || !slices.Equal(got, []lexicon.Pair{{"needs assessment", "Bedarfsermittlung"}}) {
			t.Errorf("%v, %v", got, err)
		}
	})
	for text, reason := range map[string]string{"a\tb\nalone\n": "columns", "a\tb\n\xff\xfe\tx\n": "encoding"} {
		_, err := collect(lexicon.TSV(strings.NewReader(text)))
		var fault *lexicon.FaultError
		if !errors.As(err, &fault) || fault.Reason != reason || fault.Line != 2 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// open is a lexicon on a database, with files.
func open(t *testing.T, db *store.DB) *lexicon.Lexicon {
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l := lexicon.New(db, files)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func tsv(lines ...string) lexicon.Pairs {
	return lexicon.TSV(strings.NewReader(strings.Join(lines, "\n")))
}

// nothing is a library that holds nothing in two languages.
func nothing(a, b lang.Tag) (lexicon.Lesson, error) { return lexicon.Lesson{}, nil }

func learn(t *testing.T, l *lexicon.Lexicon, lesson func(a, b lang.Tag) (lexicon.Lesson, error)) int {
	n, err := l.Learn(t.Context(), program, lesson, func(int, int) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Refresh(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return n
}

// said are the senses of a text in another language, the likeliest first.
func said(l *lexicon.Lexicon, from, to lang.Tag, text string) (list []string) {
	var words []string
	for _, w := range search.Terms(from, text) {
		words = append(words, w.Stem)
	}
	for _, s := range l.Translate(from, to, words) {
		list = append(list, s.Shown+" ("+string(s.Source)+")")
	}
	return list
}

func TestLearning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		put := func(name string, d lexicon.Direction, pairs lexicon.Pairs) bool {
			_, fresh, err := l.Import(t.Context(), program, name, d, pairs, nil)
			if err != nil {
				t.Fatal(err)
			}
			return fresh
		}
		t.Run("only an administrator brings a dictionary", func(t *testing.T) {
			_, _, err := l.Import(t.Context(), access.Act("p", access.Moderator, "", ""), "x", enDe, tsv("a\tb"), nil)
			if !errors.Is(err, lexicon.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("a dictionary of nothing, or into its own language, is refused", func(t *testing.T) {
			if _, _, err := l.Import(t.Context(), program, "x", enDe, tsv("# nothing"), nil); !errors.Is(err, lexicon.ErrEmpty) {
				t.Error(err)
			}
			if _, _, err := l.Import(t.Context(), program, "x", lexicon.Direction{From: "en", To: "en"}, tsv("a\tb"), nil); !errors.Is(err, lexicon.ErrLanguages) {
				t.Error(err)
			}
		})
		t.Run("a broken dictionary leaves nothing behind", func(t *testing.T) {
			if _, _, err := l.Import(t.Context(), program, "x", enDe, tsv("a\tb", "alone"), nil); err == nil {
				t.Error("it was taken")
			}
			if list, err := l.Dictionaries(t.Context()); err != nil || len(list) != 0 {
				t.Error(list, err)
			}
		})
		words := []string{"guard\tWache", "station\tWache", "need\tBedarf", "police\tPolizei", "police station\tPolizeiwache", "assessment\tErmittlung", "needs assessment\tBedarfsermittlung"}
		t.Run("what a dictionary says is learned in both directions", func(t *testing.T) {
			if !put("words", enDe, tsv(words...)) || learn(t, l, nothing) != 30 {
				t.Error("not learned")
			}
			if got := said(l, "de", "en", "Wache"); !slices.Contains(got, "guard (dictionary)") || !slices.Contains(got, "station (dictionary)") {
				t.Error(got)
			}
			if got := said(l, "en", "de", "police"); len(got) == 0 || got[0] != "Polizei (dictionary)" {
				t.Error(got)
			}
		})
		t.Run("the same again is nothing new", func(t *testing.T) {
			if put("words", enDe, tsv(words...)) || learn(t, l, nothing) != 0 {
				t.Error("learned again")
			}
		})
		t.Run("a pair that is new is learned, and that language pair alone", func(t *testing.T) {
			put("more", lexicon.Direction{From: "de", To: "ru"}, tsv("Polizei\tполиция", "Wache\tкараул"))
			if n := learn(t, l, nothing); n != 2 {
				t.Error(n, "tables")
			}
		})
		t.Run("what no dictionary leads to is reached by way of a third language", func(t *testing.T) {
			if got := said(l, "en", "ru", "police"); !slices.Contains(got, "полиция (dictionary)") {
				t.Error(got)
			}
		})
		t.Run("a German compound that nobody knows is understood by its parts", func(t *testing.T) {
			if got := said(l, "de", "en", "Bedarfswache"); !slices.Contains(got, "need (dictionary)") || !slices.Contains(got, "station (dictionary)") {
				t.Error(got)
			}
		})
		t.Run("what the library holds in two languages is learned from", func(t *testing.T) {
			own := func(a, b lang.Tag) (lexicon.Lesson, error) {
				if a != "en" || b != "fr" {
					return nothing(a, b)
				}
				return lexicon.Lesson{Mark: "1", Pairs: func(yield func(lexicon.Pair, error) bool) {
					_ = yield(lexicon.Pair{Source: "The precursor was seized", Target: "Le précurseur a été saisi"}, nil) &&
						yield(lexicon.Pair{Source: "A precursor is a chemical", Target: "Un précurseur est un produit chimique"}, nil) &&
						yield(lexicon.Pair{Source: "The vehicle was seized", Target: "Le véhicule a été saisi"}, nil)
				}}, nil
			}
			if n := learn(t, l, own); n != 2 {
				t.Error(n, "tables")
			}
			if got := said(l, "en", "fr", "precursors"); len(got) == 0 || got[0] != "précurseur (learned)" {
				t.Error(got)
			}
		})
		t.Run("a dictionary that is taken out is forgotten with the next learning", func(t *testing.T) {
			list, err := l.Dictionaries(t.Context())
			if err != nil || len(list) != 2 {
				t.Fatal(list, err)
			}
			if err := l.Remove(t.Context(), program, list[0].ID); err != nil {
				t.Fatal(err)
			}
			learn(t, l, nothing)
			if got := said(l, "de", "ru", "Polizei"); len(got) != 0 {
				t.Error(got)
			}
		})
	})
}

func TestLearningIsTheSameEveryTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var sums []string
		for range 2 {
			l := open(t, db)
			var lines []string
			for i := range 200 {
				lines = append(lines, fmt.Sprintf("word%d other%d\tWort%d anderes%d", i%17, i%5, i%17, i%7))
			}
			if _, _, err := l.Import(t.Context(), program, fmt.Sprint("d", len(sums)), enDe, tsv(lines...), nil); err != nil {
				t.Fatal(err)
			}
			learn(t, l, nothing)
			rows, err := store.List[string](t.Context(), db, store.Everything("test"), "SELECT file FROM translation_table WHERE {scope} AND source_lang = 'en' AND target_lang = 'de'")
			if err != nil || len(rows) != 1 {
				t.Fatal(rows, err)
			}
			sums = append(sums, rows[0])
			list, _ := l.Dictionaries(t.Context())
			if err := l.Remove(t.Context(), program, list[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		if sums[0] != sums[1] {
			t.Error(sums)
		}
	})
}

func TestAStoppedLearningGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		stop := errors.New("enough")
		_, err := l.Learn(t.Context(), program, nothing, func(done, of int) error {
			if done == 4 {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if n := learn(t, l, nothing); n != 22 {
			t.Errorf("%d tables after 8 were there", n)
		}
	})
}

var labels3 = []lexicon.Label{
	{Concept: "n", Lang: "en", Preferred: true, Text: "needs assessment"},
	{Concept: "n", Lang: "en", Text: "NA"},
	{Concept: "n", Lang: "de", Preferred: true, Text: "Bedarfsermittlung"},
	{Concept: "n", Lang: "fr", Preferred: true, Text: "évaluation des besoins"},
	{Concept: "a", Lang: "en", Preferred: true, Text: "assessment"},
	{Concept: "a", Lang: "de", Preferred: true, Text: "Bewertung"},
	{Concept: "v", Lang: "en", Preferred: true, Text: "violent extremism"},
	{Concept: "v", Lang: "en", Text: "VERLT"},
	{Concept: "v", Lang: "en", Hidden: true, Text: "violent extremsim"},
}

func TestConcepts(t *testing.T) {
	l := lexicon.New(nil, nil)
	l.Name(labels3)
	for _, one := range []struct {
		rule, text string
		from, to   lang.Tag
		want       []string
	}{
		{"a concept is said in the other language", "needs assessments", "en", "de", []string{"Bedarfsermittlung (thesaurus)"}},
		{"of two names the longer is meant", "a needs assessment", "en", "fr", []string{"évaluation des besoins (thesaurus)"}},
		{"one word alone is its own concept", "assessment", "en", "de", []string{"Bewertung (thesaurus)"}},
		{"an acronym stands for what it abbreviates", "VERLT", "en", "en", []string{"violent extremism (thesaurus)"}},
		{"a hidden name leads and is never shown", "violent extremsim", "en", "en", []string{"violent extremism (thesaurus)", "VERLT (thesaurus)"}},
		{"what has no name in a language has none", "VERLT", "en", "ru", nil},
	} {
		t.Run(one.rule, func(t *testing.T) {
			if got := said(l, one.from, one.to, one.text); !slices.Equal(got, one.want) {
				t.Error(got)
			}
		})
	}
}

func TestADamagedTableIsNoTable(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"empty": "", "short": "POLIS lexicon 1\n\x01", "other": strings.Repeat("x", 100),
		"greedy": "POLIS lexicon 1\n\xff\xff\xff\x0f\xff\xff\xff\x0f",
		"long":   "POLIS lexicon 1\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00more",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if table, err := lexicon.Open(path); err == nil {
			t.Errorf("%s was opened: %d words", name, table.Words())
		}
	}
}

func TestAlignment(t *testing.T) {
	t.Run("two sentences may be one in the translation", func(t *testing.T) {
		got := lexicon.Align(
			[]string{"The officers met the residents of the district.", "They listened.", "A report was written the next day by the head of the station."},
			[]string{"Die Beamten trafen die Bewohner des Bezirks und hörten zu.", "Am nächsten Tag schrieb die Leitung der Dienststelle einen Bericht."})
		if len(got) != 2 || !strings.HasSuffix(got[0].Source, "They listened.") {
			t.Errorf("%q", got)
		}
	})
	t.Run("what stands in one text alone is left out", func(t *testing.T) {
		long := strings.Repeat("long text of one paragraph ", 10)
		got := lexicon.Align([]string{"one", long, "two"}, []string{"eins", "zwei"})
		if slices.ContainsFunc(got, func(p lexicon.Pair) bool { return strings.Contains(p.Source, "long") }) {
			t.Errorf("%q", got)
		}
	})
	t.Run("nothing is nothing", func(t *testing.T) {
		if got := lexicon.Align(nil, []string{"x"}); len(got) != 0 {
			t.Error(got)
		}
	})
	t.Run("texts of very different lengths come to an end", func(t *testing.T) {
		lexicon.Align(make([]string, 3000), make([]string, 10))
		lexicon.Align(make([]string, 10), make([]string, 3000))
	})
	t.Run("a paragraph is paired sentence by sentence", func(t *testing.T) {
		got := lexicon.Sentences("The patrol left at 8 a.m. It came back late.", "La patrouille est partie à 8 heures. Elle est rentrée tard.")
		if len(got) != 2 || got[1].Target != "Elle est rentrée tard." {
			t.Errorf("%q", got)
		}
	})
}

func FuzzDictd(f *testing.F) {
	index, text := book("Bedarf <n>\nneed\n", "Wache\n1. guard\n2. station\n")
	f.Add(index, text)
	f.Add("Wache\tA\tB\nWache\tA\tC\n", "Wache\n\"a\" - b\n")
	f.Add(base64.StdEncoding.EncodeToString([]byte(index)), "\x1f\x8b")
	f.Fuzz(func(t *testing.T, index, text string) {
		pairs, _ := collect(lexicon.Dictd(strings.NewReader(index), strings.NewReader(text)))
		for _, p := range pairs {
			if p.Source == "" || p.Target == "" {
				t.Errorf("%q", p)
			}
		}
	})
}
