package lang_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/lang"
)

// six checks one thing in the six languages, in the order of lang.All.
// No-break spaces count as spaces.
func six(t *testing.T, speak func(p *lang.Printer) string, want ...string) {
	t.Helper()
	for i, tag := range lang.All {
		got := strings.ReplaceAll(speak(lang.For(tag)), "\u00a0", " ")
		if got != want[i] {
			t.Errorf("%s: got %q, want %q", tag, got, want[i])
		}
	}
}

func TestMessages(t *testing.T) {
	t.Run("a message is in the reader's language", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.T("core.cancel") },
			"Cancel", "Annuler", "Abbrechen", "Annulla", "Отменить", "Cancelar")
	})
	t.Run("a placeholder takes its argument", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.T("core.page", "pages", 1200, "page", 3) },
			"Page 3 of 1,200", "Page 3 sur 1 200", "Seite 3 von 1.200",
			"Pagina 3 di 1.200", "Страница 3 из 1 200", "Página 3 de 1200")
	})
	t.Run("a date, a name and a list among the arguments are written as the language does", func(t *testing.T) {
		day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		name := lang.Names{"en": "Vienna", "fr": "Vienne"}
		fr := lang.For("fr")
		if got := fr.T("core.created", "date", day); got != "Créé le 1er mars 2026" {
			t.Errorf("got %q", got)
		}
		if got := fr.T("core.page", "page", name, "pages", []string{"a", "b"}); got != "Page Vienne sur a et b" {
			t.Errorf("got %q", got)
		}
		if got := fr.T("core.page", "page", nil, "pages", time.Second); got != "Page  sur 1s" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a key that does not exist stays visible", func(t *testing.T) {
		if got := lang.For("fr").T("core.nothing-of-the-kind"); got != "⟦core.nothing-of-the-kind⟧" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("an argument that is missing or has no value stays visible", func(t *testing.T) {
		if got := lang.For("en").T("core.page", "page", 3, "pages"); got != "Page 3 of {pages}" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("braces in a value are text", func(t *testing.T) {
		if got := lang.For("en").T("core.page", "page", "{pages}", "pages", "{"); got != "Page {pages} of {" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a language that POLIS does not speak gets English", func(t *testing.T) {
		if p := lang.For("uk"); p.Tag() != lang.English || p.T("core.yes") != "Yes" {
			t.Errorf("got %q", p.Tag())
		}
	})
}

func TestPlurals(t *testing.T) {
	t.Run("Russian has its own form for 1, 2 and 5, and 11 is like 5", func(t *testing.T) {
		ru := lang.For("ru")
		for n, want := range map[any]string{
			0: "0 результатов", 1: "1 результат", 2: "2 результата", 5: "5 результатов", 11: "11 результатов",
			21: "21 результат", int64(112): "112 результатов", uint8(24): "24 результата", 1.5: "1,5 результата", 3.0: "3 результата",
		} {
			if got := ru.T("core.results", "n", n); got != want {
				t.Errorf("%v: got %q, want %q", n, got, want)
			}
		}
	})
	t.Run("none is plural in English and singular in French", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.T("core.results", "n", 0) },
			"0 results", "0 résultat", "0 Ergebnisse", "0 risultati", "0 результатов", "0 resultados")
	})
	t.Run("a million takes its preposition where the language has one", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.T("core.results", "n", 1_000_000) },
			"1,000,000 results", "1 000 000 de résultats", "1.000.000 Ergebnisse",
			"1.000.000 di risultati", "1 000 000 результатов", "1.000.000 de resultados")
	})
	t.Run("a count that is none takes the general form", func(t *testing.T) {
		en := lang.For("en")
		for _, n := range []any{"many", math.NaN(), math.Inf(1), nil} {
			if got := en.T("core.results", "n", n); !strings.HasSuffix(got, " results") {
				t.Errorf("%v: got %q", n, got)
			}
		}
		if got := en.T("core.results"); got != "{n} results" {
			t.Errorf("without a count: got %q", got)
		}
	})
}

func TestNumbers(t *testing.T) {
	t.Run("thousands are grouped, four digits not in Spanish", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Number(1234) }, "1,234", "1 234", "1.234", "1.234", "1 234", "1234")
		six(t, func(p *lang.Printer) string { return p.Number(uint64(12345)) }, "12,345", "12 345", "12.345", "12.345", "12 345", "12.345")
	})
	t.Run("a float has the separator of the language and at most three decimals", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Number(-0.12345) }, "-0.123", "-0,123", "-0,123", "-0,123", "-0,123", "-0,123")
	})
	t.Run("what is no number is printed as it is", func(t *testing.T) {
		if got := lang.For("de").Number("viele"); got != "viele" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a decimal has exactly so many digits", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Decimal(9999.999, 2) },
			"10,000.00", "10 000,00", "10.000,00", "10.000,00", "10 000,00", "10.000,00")
		six(t, func(p *lang.Printer) string { return p.Decimal(2, 1) }, "2.0", "2,0", "2,0", "2,0", "2,0", "2,0")
	})
	t.Run("a share is written in hundredths", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Percent(0.125) }, "12.5%", "12,5 %", "12,5 %", "12,5%", "12,5 %", "12,5 %")
		six(t, func(p *lang.Printer) string { return p.Percent(1) }, "100%", "100 %", "100 %", "100%", "100 %", "100 %")
	})
	t.Run("a size has the units of the language", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Size(1_540_000) }, "1.5 MB", "1,5 Mo", "1,5 MB", "1,5 MB", "1,5 МБ", "1,5 MB")
		six(t, func(p *lang.Printer) string { return p.Size(81_200) }, "81 kB", "81 ko", "81 kB", "81 kB", "81 кБ", "81 kB")
	})
	t.Run("a size is rounded into the unit that fits", func(t *testing.T) {
		en := lang.For("en")
		for n, want := range map[int64]string{
			0: "0 B", 999: "999 B", 1000: "1 kB", 9960: "10 kB", 999_499: "999 kB", 999_600: "1 MB", 3_000_000_000: "3 GB",
			math.MaxInt64: "9,223,372 TB", -2500: "-2.5 kB",
		} {
			if got := strings.ReplaceAll(en.Size(n), "\u00a0", " "); got != want {
				t.Errorf("%d: got %q, want %q", n, got, want)
			}
		}
	})
}

func TestDates(t *testing.T) {
	day := time.Date(2026, 3, 1, 14, 5, 0, 0, time.UTC)
	t.Run("the first of a month, in full", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Date(day) },
			"1 March 2026", "1er mars 2026", "1. März 2026", "1 marzo 2026", "1 марта 2026 г.", "1 de marzo de 2026")
	})
	t.Run("any other day, in full", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Date(day.AddDate(0, 0, 2)) },
			"3 March 2026", "3 mars 2026", "3. März 2026", "3 marzo 2026", "3 марта 2026 г.", "3 de marzo de 2026")
	})
	t.Run("short, for tables", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.ShortDate(day.AddDate(0, 6, 2)) },
			"3 Sept 2026", "3 sept. 2026", "3. Sept. 2026", "3 set 2026", "3 сент. 2026 г.", "3 sept 2026")
	})
	t.Run("with its time and zone", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.DateTime(day) },
			"1 March 2026, 14:05 UTC", "1er mars 2026, 14:05 UTC", "1. März 2026, 14:05 UTC",
			"1 marzo 2026, 14:05 UTC", "1 марта 2026 г., 14:05 UTC", "1 de marzo de 2026, 14:05 UTC")
	})
	t.Run("a month alone", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.Month(day) },
			"March 2026", "mars 2026", "März 2026", "marzo 2026", "март 2026 г.", "marzo de 2026")
	})
	t.Run("as much of a date as is known", func(t *testing.T) {
		ru := lang.For("ru")
		for s, want := range map[string]string{
			"2012": "2012", "2012-07": "июль 2012 г.", "2012-07-26": "26 июля 2012 г.",
			"": "", "2012-13": "2012-13", "2012-02-30": "2012-02-30", "summer 2012": "summer 2012",
		} {
			if got := ru.PartialDate(s); got != want {
				t.Errorf("%q: got %q, want %q", s, got, want)
			}
		}
	})
	t.Run("the zero time is no date", func(t *testing.T) {
		p := lang.For("en")
		if got := p.Date(time.Time{}) + p.ShortDate(time.Time{}) + p.DateTime(time.Time{}) + p.Month(time.Time{}); got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("every month has a name in each language", func(t *testing.T) {
		for _, tag := range lang.All {
			seen := map[string]bool{}
			for m := range 12 {
				seen[lang.For(tag).Month(time.Date(2026, time.Month(m+1), 15, 0, 0, 0, 0, time.UTC))] = true
			}
			if len(seen) != 12 {
				t.Errorf("%s: %d different months", tag, len(seen))
			}
		}
	})
}

func TestLists(t *testing.T) {
	t.Run("the last item has its conjunction", func(t *testing.T) {
		six(t, func(p *lang.Printer) string { return p.List([]string{"A", "B", "C"}) },
			"A, B and C", "A, B et C", "A, B und C", "A, B e C", "A, B и C", "A, B y C")
	})
	t.Run("none is empty, one is itself, two have no comma", func(t *testing.T) {
		p := lang.For("fr")
		if got := p.List(nil) + "|" + p.List([]string{"A"}) + "|" + p.List([]string{"A", "B"}); got != "|A|A et B" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("Spanish says e before the sound i", func(t *testing.T) {
		es := lang.For("es")
		for last, want := range map[string]string{
			"Italia": "e", "inglés": "e", "Índice": "e", "historia": "e", "Hungría": "y", "hielo": "y", "iones": "y", "España": "y", "": "y", "i": "e",
		} {
			if got := es.List([]string{"A", last}); got != "A "+want+" "+last {
				t.Errorf("got %q, want %q between", got, want)
			}
		}
	})
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		sentence string
		tag      lang.Tag
		want     []string
	}{
		{"German sorts an umlaut with its vowel", "de", []string{"Andorra", "Ärmel", "Belgien", "Österreich", "Polen"}},
		{"French sorts letters before accents", "fr", []string{"Espagne", "Estonie", "État", "étude", "Finlande"}},
		{"Spanish sorts ñ after n", "es", []string{"nube", "ñandú", "oro"}},
		{"Russian sorts ё with е", "ru", []string{"ездить", "ёлка", "ель", "жить"}},
		{"numbers sort by their value", "en", []string{"Annex 2", "Annex 10", "annex 11"}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			got := slices.Clone(c.want)
			slices.Reverse(got)
			slices.SortFunc(got, lang.For(c.tag).Compare)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
	t.Run("only equal strings are equal", func(t *testing.T) {
		p := lang.For("en")
		if p.Compare("a", "a") != 0 || p.Compare("é", "e\u0301") == 0 || p.Compare("a", "A") == 0 {
			t.Error("different strings compare as equal, or equal ones as different")
		}
	})
	t.Run("many readers may compare and read at once", func(t *testing.T) {
		var readers sync.WaitGroup
		for range 8 {
			readers.Go(func() {
				for range 200 {
					p := lang.For("ru")
					if p.Compare("Албания", "Беларусь") >= 0 || p.T("core.results", "n", 2345) != "2\u00a0345 результатов" {
						t.Error("wrong under concurrency")
					}
				}
			})
		}
		readers.Wait()
	})
}
