package search_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
)

var everyone = access.System("test").Scope()

// indexOf opens an index in memory that holds the entries.
func indexOf(t testing.TB, entries ...search.Entry) *search.Index {
	t.Helper()
	ix, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ix.Close() })
	if err := ix.Update(1, entries, nil); err != nil {
		t.Fatal(err)
	}
	return ix
}

func text(id string, t lang.Tag, passages ...string) search.Entry {
	return search.Entry{Document: id, Lang: t, Passages: passages}
}

// ask returns the ids of the hits, in order.
func ask(t testing.TB, ix *search.Index, q search.Query) []string {
	t.Helper()
	return ids(answer(t, ix, q))
}

func answer(t testing.TB, ix *search.Index, q search.Query) search.Answer {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	a, err := ix.Search(t.Context(), everyone, q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func ids(a search.Answer) []string {
	list := []string{}
	for _, h := range a.Hits {
		list = append(list, h.Document)
	}
	return list
}

func TestWordsAreFoundHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		rule  string
		lang  lang.Tag
		text  string
		asked []string
	}{
		{"English stems", "en", "The trainers assessed the needs.", []string{"training needs", "assess", "NEED"}},
		{"hyphens in English", "en", "police co-operation, counter-terrorism", []string{"cooperation", "co-operation", "counterterrorism", "terrorism"}},
		{"a hyphen in the question", "en", "cooperation", []string{"co-operation"}},
		{"the possessive", "en", "the victim’s rights", []string{"victim", "victim's", "victims"}},
		{"French accents left out or put in", "fr", "Le résumé de la sécurité intérieure", []string{"resume", "résumé", "securite", "Sécurité", "interieure", "INTÉRIEURE"}},
		{"French accents left out in the text", "fr", "LA SECURITE INTERIEURE", []string{"sécurité", "intérieure", "securite"}},
		{"French elision", "fr", "l'évaluation, l’analyse d'un besoin", []string{"évaluation", "analyses", "l'analyse", "besoins"}},
		{"Italian elision and accents", "it", "dell’attività; la responsabilità", []string{"attivita", "attività", "responsabilita"}},
		{"German umlauts in three ways", "de", "Die Führungskräfte überprüfen Maßnahmen", []string{"Führungskräfte", "Fuehrungskraefte", "Fuhrungskrafte", "Massnahmen", "Maßnahme"}},
		{"German umlauts in three ways in the text", "de", "Fuehrung, Strasse, neue Quelle", []string{"Führung", "Straße", "neu", "Quellen"}},
		{"Russian yo", "ru", "учёт и отчёты", []string{"учет", "учёта", "отчет"}},
		{"Russian yo in the question alone", "ru", "учет и отчеты, дёшево", []string{"учёт", "отчёта", "ОТЧЁТ", "дешево"}},
		{"Russian cases", "ru", "сотрудничество полиции с населением", []string{"полиция", "населения", "сотрудничеством"}},
		{"German ss and ß, ue and ü, both ways", "de", "Großübung der Strassenwacht, Maß und Mass, Übergrösse", []string{"Grossübung", "Grossuebung", "Straßenwacht", "Maß", "Mass", "Übergröße", "Uebergroesse"}},
		{"Spanish", "es", "la formación de policías", []string{"formacion", "policía", "policia"}},
		{"soft hyphens and zero width", "en", "infor\u00admation ex\u200bchange", []string{"information", "exchange"}},
		{"decomposed accents", "fr", "re\u0301sume\u0301", []string{"résumé", "resume"}},
		{"symbols as typed", "en", "Decision PC.DEC/1049, item 14.3, on the 24/7 network", []string{"PC.DEC/1049", "pc.dec/1049", "1049", "14.3", "24/7"}},
		{"symbols however they are spaced", "en", "Decision PC.DEC/1049 and MC(9).DEC/4/08", []string{"PC.DEC/1049", "pc dec 1049", "PC DEC/1049", "PC. DEC / 1049", "pc-dec-1049", "PC_DEC_1049", "dec 1049", "1049", "MC(9).DEC/4/08", "mc 9 dec 4 08"}},
		{"symbols spaced in the text", "ru", "решение PC DEC 1049", []string{"PC.DEC/1049", "pc.dec/1049", "PC.DEC/1049 решение"}},
		{"an acronym that is a stop word elsewhere", "en", "The WHO guide for IT crime in the US", []string{"WHO guide"}},
		{"an unknown language", "", "Поліція й громада", []string{"поліція", "ГРОМАДА"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			ix := indexOf(t, text("it", c.lang, c.text), text("not", c.lang, "zzz"))
			for _, q := range c.asked {
				a := answer(t, ix, search.Query{Text: q})
				if got := ids(a); !slices.Equal(got, []string{"it"}) || a.Forgiven {
					t.Errorf("%q finds %v (forgiven %v)", q, got, a.Forgiven)
				}
			}
		})
	}
}

func TestQuestion(t *testing.T) {
	ix := indexOf(t,
		text("a", "en", "community policing builds trust"),
		text("b", "en", "policing of the community of practice"),
		text("c", "en", "trust in institutions"),
		text("d", "de", "Vertrauen in die Polizei"),
	)
	for _, c := range []struct {
		rule, asked string
		want        []string
	}{
		{"any of the words is enough, more of them are better", "community trust", []string{"a", "b", "c"}},
		{"a phrase is required", `"community policing"`, []string{"a"}},
		{"a phrase passes over stop words", `"policing of community"`, []string{"b"}},
		{"a phrase beside a word", `"community policing" institutions`, []string{"a"}},
		{"a minus excludes", "trust -community", []string{"c"}},
		{"a minus excludes a phrase", `community -"community policing"`, []string{"b"}},
		{"a quote that does not close reaches to the end", `"community policing`, []string{"a"}},
		{"French and German quotes too", "„community policing“", []string{"a"}},
		{"a hyphen inside a word is no minus", "community-policing", []string{"a", "b"}},
		{"only a minus leaves the rest", "-trust", []string{"b", "d"}},
		{"wildcards are plain text", "trus*", []string{"a", "c"}},
		{"regular expressions are plain text", "(trust|.*) /[a-z]+/ \\", []string{"a", "c"}},
		{"nothing but signs is no question", "*** ??? -", []string{"a", "b", "c", "d"}},
		{"an empty question finds everything", "", []string{"a", "b", "c", "d"}},
		{"only stop words find no text", "of the in", []string{}},
		{"a typo is forgiven when nothing else is found", "comunity", []string{"a", "b"}},
		{"a typo is not forgiven beside a word that is found", "instituzions trust", []string{"a", "c"}},
		{"a phrase that nothing has is loosened", `"policing community trust"`, []string{"a", "b", "c"}},
		{"invalid UTF-8 is passed over", "trust\xff\xfe", []string{"a", "c"}},
		{"each language reads the question by itself", "die Polizei", []string{"d"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			a := answer(t, ix, search.Query{Text: c.asked})
			got := ids(a)
			slices.Sort(got)
			if !slices.Equal(got, c.want) || a.Total != len(c.want) {
				t.Errorf("%q finds %v (total %d), want %v", c.asked, got, a.Total, c.want)
			}
		})
	}
	t.Run("a loosened phrase is said to be one", func(t *testing.T) {
		for text, want := range map[string]bool{`"trust policing"`: true, `"builds trust"`: false, "trust policing": false} {
			if got := answer(t, ix, search.Query{Text: text}).Loose; got != want {
				t.Errorf("%q is loose: %v", text, got)
			}
		}
	})
	t.Run("the best comes first", func(t *testing.T) {
		if got := ask(t, ix, search.Query{Text: "community trust"}); got[0] != "a" {
			t.Errorf("first is %v", got)
		}
	})
	t.Run("a stop word alone is found in titles", func(t *testing.T) {
		ix := indexOf(t, search.Entry{Document: "w", Lang: "en", Title: "The Who"}, text("x", "en", "who is there"))
		if got := ask(t, ix, search.Query{Text: "the who"}); !slices.Equal(got, []string{"w"}) {
			t.Error(got)
		}
	})
	t.Run("ten kilobytes are asked by their first words", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: strings.Repeat("trust nothing whatsoever ", 400)})
		if a.Total != 2 {
			t.Error(a.Total)
		}
	})
	t.Run("a page behind the last is empty", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "trust", Offset: 1 << 40})
		if a.Total != 2 || len(a.Hits) != 0 {
			t.Error(a)
		}
		if a = answer(t, ix, search.Query{Offset: -5, Limit: -5}); a.Total != 4 {
			t.Error(a)
		}
	})
	t.Run("the reason is given with the hit", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "trusted institutionz"})
		if h := a.Hits[0]; !reflect.DeepEqual(h.Why, []search.Reason{{Word: "trusted", Found: []string{"trust"}}}) {
			t.Error(h.Why)
		}
		a = answer(t, ix, search.Query{Text: "institutionz"})
		if !a.Forgiven || !a.Hits[0].Why[0].Forgiven {
			t.Error(a)
		}
	})
}

func TestLanguageOfTheQuestion(t *testing.T) {
	ix := indexOf(t,
		text("de", "de", "Gift im Labor, ein langer Text über allerlei anderes"),
		text("en", "en", "gift"),
		text("fr", "fr", "gift"),
	)
	t.Run("its entries come before accidental likeness", func(t *testing.T) {
		got := ask(t, ix, search.Query{Text: "Gift", Lang: "de"})
		if got[0] != "de" || len(got) != 3 {
			t.Error(got)
		}
	})
	t.Run("without one no language is preferred", func(t *testing.T) {
		if got := ask(t, ix, search.Query{Text: "gift"}); got[2] != "de" {
			t.Error(got)
		}
	})
}

func TestOrderByDate(t *testing.T) {
	var entries []search.Entry
	for id, date := range map[string]string{"old": "2008-12-01", "new": "2024-05-07", "newer": "2024-11-30", "year": "2024", "none": "", "odd": "soon"} {
		entries = append(entries, search.Entry{Document: id, Lang: "en", Title: "x", Date: date})
	}
	ix := indexOf(t, entries...)
	all := ask(t, ix, search.Query{Sort: search.ByDate})
	t.Run("the newest first and the undated last", func(t *testing.T) {
		if want := []string{"newer", "new", "year", "old"}; !slices.Equal(all[:4], want) {
			t.Error(all)
		}
	})
	t.Run("pages continue one another", func(t *testing.T) {
		var pages []string
		for i := range 6 {
			pages = append(pages, ask(t, ix, search.Query{Text: "x", Sort: search.ByDate, Limit: 1, Offset: i})...)
		}
		if !slices.Equal(pages, all) {
			t.Error(pages, all)
		}
	})
}

func TestFacets(t *testing.T) {
	ix := indexOf(t,
		search.Entry{Document: "1", Lang: "en", Type: "guide", Themes: []string{"drugs", "terrorism"}, Date: "2019-01"},
		search.Entry{Document: "2", Lang: "fr", Type: "guide", Themes: []string{"drugs"}, Date: "2020"},
		search.Entry{Document: "3", Lang: "fr", Type: "report", Themes: []string{"drugs"}, Label: access.Label{Level: access.Member}},
		search.Entry{Document: "4", Lang: "uk", Type: "report"},
	)
	q := search.Query{Facets: true, Filter: map[search.Facet][]string{search.Type: {"guide"}, search.Lang: {"fr", "en"}}}
	a := answer(t, ix, q)
	t.Run("values of one facet widen, facets narrow", func(t *testing.T) {
		if a.Total != 2 {
			t.Error(a.Total)
		}
	})
	t.Run("a selection does not hide its siblings", func(t *testing.T) {
		if got := a.Facets[search.Type]; !slices.Equal(got, []search.Count{{"guide", 2}, {"report", 1}}) {
			t.Error(got)
		}
	})
	t.Run("the others are counted within it", func(t *testing.T) {
		if got := a.Facets[search.Theme]; !slices.Equal(got, []search.Count{{"drugs", 2}, {"terrorism", 1}}) {
			t.Error(got)
		}
		if got := a.Facets[search.Year]; !slices.Equal(got, []search.Count{{"2019", 1}, {"2020", 1}}) {
			t.Error(got)
		}
	})
	t.Run("a language that POLIS does not speak is other", func(t *testing.T) {
		a := answer(t, ix, search.Query{Filter: map[search.Facet][]string{search.Lang: {search.OtherLang}}})
		if !slices.Equal(ids(a), []string{"4"}) || a.Facets != nil {
			t.Error(a)
		}
	})
	t.Run("a value that nothing has finds nothing", func(t *testing.T) {
		if got := ask(t, ix, search.Query{Filter: map[search.Facet][]string{search.Theme: {"nope"}}}); len(got) != 0 {
			t.Error(got)
		}
	})
}

func TestBestPassage(t *testing.T) {
	e := search.Entry{Document: "d", Lang: "fr", Title: "Guide de la police de proximité", Passages: []string{
		"Introduction et remerciements.",
		"L’évaluation des besoins précède toute assistance.",
		"Les besoins.",
		"",
		"Annexe : adresses.",
	}}
	ix := indexOf(t, e)
	for asked, want := range map[string]int{
		"évaluation des besoins": 1, "evaluation besoin": 1, "remerciement": 0, "annexes": 4, "guide": -1, "besoins": 2,
	} {
		if got := answer(t, ix, search.Query{Text: asked, Lang: "fr"}).Hits[0].Passage; got != want {
			t.Errorf("%q leads to passage %d, want %d", asked, got, want)
		}
	}
}

func TestUpdate(t *testing.T) {
	dir := t.TempDir()
	ix, err := search.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(ix.Update(7, []search.Entry{text("a", "en", "first"), text("a", "fr", "premier"), text("b", "en", "first")}, nil))
	t.Run("the sequence number comes with the entries", func(t *testing.T) {
		seq, err := ix.Seq()
		n, _ := ix.Count()
		if seq != 7 || n != 3 || err != nil {
			t.Error(seq, n, err)
		}
	})
	t.Run("an entry replaces the one of its document and language", func(t *testing.T) {
		must(ix.Update(8, []search.Entry{text("a", "en", "second")}, nil))
		if got := ask(t, ix, search.Query{Text: "first"}); !slices.Equal(got, []string{"b"}) {
			t.Error(got)
		}
		if got := ask(t, ix, search.Query{Text: "premier"}); len(got) != 1 {
			t.Error(got)
		}
	})
	t.Run("a document is dropped in all its languages and can be put in the same call", func(t *testing.T) {
		must(ix.Update(9, []search.Entry{text("a", "de", "dritter")}, []string{"a"}))
		if n, _ := ix.Count(); n != 2 {
			t.Error(n)
		}
	})
	t.Run("closing keeps everything", func(t *testing.T) {
		must(ix.Close())
		if _, err := ix.Seq(); !errors.Is(err, search.ErrClosed) {
			t.Error(err)
		}
		ix, err = search.Open(dir)
		must(err)
		seq, _ := ix.Seq()
		if got := ask(t, ix, search.Query{Text: "dritter"}); seq != 9 || len(got) != 1 {
			t.Error(seq, got)
		}
	})
	t.Run("compacting changes nothing but the speed", func(t *testing.T) {
		must(ix.Compact(t.Context()))
		must(ix.Update(10, []search.Entry{text("c", "en", "third")}, nil))
		seq, _ := ix.Seq()
		if got := ask(t, ix, search.Query{Text: "dritter third"}); seq != 10 || len(got) != 2 {
			t.Error(seq, got)
		}
	})
	t.Run("an open index is not opened twice, and not called damaged for it", func(t *testing.T) {
		_, err := search.Open(dir)
		var unusable *search.UnusableError
		if err == nil || errors.As(err, &unusable) {
			t.Error(err)
		}
	})
	must(ix.Close())
	t.Run("a damaged index says that it must be built again", func(t *testing.T) {
		files, _ := filepath.Glob(filepath.Join(dir, "*"))
		for _, f := range files {
			must(os.WriteFile(f, []byte("not an index"), 0o600))
		}
		_, err := search.Open(dir)
		var unusable *search.UnusableError
		if !errors.As(err, &unusable) {
			t.Error(err)
		}
	})
}

func TestReadingWhileWriting(t *testing.T) {
	ix, err := search.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				a, err := ix.Search(context.Background(), everyone, search.Query{Text: "word pair", Limit: 100, Facets: true})
				if err != nil || a.Total%2 != 0 || len(a.Hits) != min(a.Total, 100) {
					t.Errorf("total %d, hits %d, %v", a.Total, len(a.Hits), err)
					return
				}
			}
		})
	}
	for i := range 60 {
		id := fmt.Sprint(i)
		if err := ix.Update(int64(i), []search.Entry{text(id, "en", "pair"), text(id, "fr", "pair")}, []string{fmt.Sprint(i - 20)}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	readers.Wait()
}

func TestMarksAndSnippet(t *testing.T) {
	marked := func(t lang.Tag, text string, words ...string) []string {
		var list []string
		for _, m := range search.Marks(t, text, words) {
			list = append(list, text[m.Start:m.End])
		}
		return list
	}
	t.Run("words are marked with their endings and accents", func(t *testing.T) {
		got := marked("fr", "L’évaluation des besoins : Évaluer, EVALUATION, besoin.", "evaluation", "besoins")
		if !slices.Equal(got, []string{"évaluation", "besoins", "Évaluer", "EVALUATION", "besoin"}) {
			t.Error(got)
		}
	})
	t.Run("stop words are not marked beside others", func(t *testing.T) {
		if got := marked("en", "the state of the art", search.Words(`the "state of" -art`)...); !slices.Equal(got, []string{"state"}) {
			t.Error(got)
		}
	})
	t.Run("a symbol is marked as a whole", func(t *testing.T) {
		if got := marked("en", "see PC.DEC/1049 there", "pc.dec/1049"); strings.Join(got, "|") != "PC|DEC|1049" && strings.Join(got, "|") != "PC.DEC/1049" {
			t.Error(got)
		}
	})
	t.Run("a form found is marked", func(t *testing.T) {
		if got := marked("en", "Policing in communities", "polic", "communiti"); len(got) != 2 {
			t.Error(got)
		}
	})
	long := strings.Repeat("Слова без смысла идут дальше. ", 30) + "Сотрудничество полиции с населением укрепляет доверие. " + strings.Repeat("И ещё слова. ", 40)
	e := search.Snippet("ru", long, []string{"полиция", "население"}, 240)
	t.Run("a snippet shows the words, cut at word ends", func(t *testing.T) {
		if len(e.Marks) != 2 || !e.Before || !e.After || len(e.Text) > 260 || !strings.Contains(e.Text, "полиции с населением") {
			t.Errorf("%q %v", e.Text, e.Marks)
		}
		if i := strings.Index(long, e.Text); long[i-1] != ' ' || long[i+len(e.Text)] != ' ' {
			t.Errorf("%q", e.Text)
		}
	})
	t.Run("a text without the words is shown from its beginning", func(t *testing.T) {
		e := search.Snippet("ru", long, []string{"нет"}, 100)
		if e.Before || !strings.HasPrefix(long, e.Text) || e.Text == "" {
			t.Errorf("%q", e.Text)
		}
	})
	t.Run("one endless word is cut too", func(t *testing.T) {
		e := search.Snippet("ru", strings.Repeat("ж", 5000), []string{"ж"}, 101)
		if len(e.Text) > 101 || len(e.Text) < 90 || strings.ContainsRune(e.Text, '\uFFFD') {
			t.Error(len(e.Text))
		}
	})
}
