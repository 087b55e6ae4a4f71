package search_test

import (
	"slices"
	"testing"

	"polis/internal/lang"
	"polis/internal/search"
)

// speaks is a lexicon of a few words.
func speaks(known map[[2]string][]search.Sense) search.Translate {
	return func(from, to lang.Tag, words []string) (list []search.Sense) {
		for i, w := range words {
			for _, s := range known[[2]string{string(from) + string(to), w}] {
				s.From, s.To = i, min(i+max(s.To, 1), len(words))
				list = append(list, s)
			}
		}
		return list
	}
}

func found(a search.Answer) (ids []string) {
	for _, h := range a.Hits {
		ids = append(ids, h.Document)
	}
	return ids
}

func TestAcrossLanguages(t *testing.T) {
	ix := indexOf(t,
		text("guide", "de", "Leitfaden", "Am Anfang steht die Bedarfsermittlung.", "Danach kommt der Plan."),
		text("die", "en", "A die is cast", "To die for one's country is no duty of the police."),
		text("film", "fr", "Le cinéma", "Un film sur la police et le terrorisme en Bulgarie."),
		text("report", "en", "A report", "Needs assessment comes first, and Bulgaria knows it."),
	)
	ix.Speak(speaks(map[[2]string][]search.Sense{
		{"ende", "need"}:    {{To: 2, Terms: []string{"bedarfsermittl"}, Shown: "Bedarfsermittlung", Weight: 1, Source: search.Thesaurus}},
		{"deen", "polizei"}: {{Terms: []string{"polic"}, Shown: "police", Weight: 1, Source: search.Dictionary}},
		{"defr", "polizei"}: {{Terms: []string{"polic"}, Shown: "police", Weight: .7, Source: search.Learned}, {Terms: []string{"commissariat"}, Shown: "commissariat", Weight: .3, Source: search.Dictionary}},
	}))
	t.Run("a hit in another language says by what it was found", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "needs assessment", Lang: "en", Limit: 5})
		if got := found(a); !slices.Equal(got, []string{"report", "guide"}) {
			t.Fatal(got)
		}
		why := a.Hits[1].Why
		if len(why) != 1 || why[0].Word != "needs assessment" || why[0].Shown != "Bedarfsermittlung" || why[0].Source != search.Thesaurus || a.Hits[1].Passage != 1 {
			t.Errorf("%+v, passage %d", why, a.Hits[1].Passage)
		}
	})
	t.Run("a stop word of the question is no noun of another language", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "die Polizei", Lang: "de", Limit: 5})
		for _, h := range a.Hits {
			for _, r := range h.Why {
				if r.Word == "die" {
					t.Errorf("%+v", h)
				}
			}
		}
		if got := found(a); !slices.Contains(got, "film") || !slices.Contains(got, "die") {
			t.Error(got)
		}
	})
	t.Run("what nobody translates is found by its sound, in other letters too", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "терроризм в Болгарии", Lang: "ru", Limit: 5})
		if len(a.Hits) == 0 || a.Hits[0].Document != "film" || a.Hits[0].Why[0].Source != search.Kin {
			t.Errorf("%+v", a.Hits)
		}
	})
	t.Run("an English question on a Russian page is heard as English", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "what comes first in a needs assessment", Lang: "ru", Limit: 5})
		if got := found(a); len(got) < 2 || got[0] != "report" || got[1] != "guide" {
			t.Error(got)
		}
	})
	t.Run("one language alone is found if only it is wanted", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "needs assessment", Lang: "en", Limit: 5, Filter: map[search.Facet][]string{search.Lang: {"de"}}})
		if got := found(a); !slices.Equal(got, []string{"guide"}) {
			t.Error(got)
		}
	})
}

func TestSynonyms(t *testing.T) {
	ix := indexOf(t,
		text("long", "en", "On extremism", "Violent extremism and radicalization that lead to terrorism."),
		text("short", "en", "VERLT", "VERLT is what the guide is about."),
	)
	ix.Speak(speaks(map[[2]string][]search.Sense{
		{"enen", "verlt"}: {{Terms: []string{"violent", "extrem"}, Shown: "violent extremism", Weight: 1, Source: search.Thesaurus}},
	}))
	a := answer(t, ix, search.Query{Text: "VERLT", Lang: "en", Limit: 5})
	if got := found(a); !slices.Equal(got, []string{"short", "long"}) {
		t.Fatal("an acronym also finds what it abbreviates, behind itself:", got)
	}
	if r := a.Hits[1].Why; len(r) != 1 || r[0].Shown != "violent extremism" {
		t.Errorf("%+v", r)
	}
	ix = indexOf(t, text("apart", "en", "Violent men", "They were violent and drunk. Extremism is something else."))
	ix.Speak(speaks(map[[2]string][]search.Sense{
		{"enen", "verlt"}: {{Terms: []string{"violent", "extrem"}, Shown: "violent extremism", Weight: 1, Source: search.Thesaurus}},
	}))
	if r := answer(t, ix, search.Query{Text: "VERLT", Lang: "en", Limit: 5}).Hits[0].Why; len(r) != 1 || r[0].Shown != "violent … extremism" {
		t.Errorf("words that stand apart are not the expression: %+v", r)
	}
	ix = indexOf(t, text("unit", "en", "The unit", "A unit of the railway."), text("dog", "en", "The canine unit", "Of dogs."))
	ix.Speak(speaks(map[[2]string][]search.Sense{
		{"enen", "dog"}: {{Terms: []string{"canin", "unit"}, Shown: "canine unit", Weight: 1, Source: search.Thesaurus}},
	}))
	if got := found(answer(t, ix, search.Query{Text: "dog", Lang: "en", Limit: 5})); !slices.Equal(got, []string{"dog"}) {
		t.Error("a word of another name is not the name:", got)
	}
}

func TestGermanCompounds(t *testing.T) {
	ix := indexOf(t,
		text("compound", "de", "Leitfaden", "Die Bedarfsermittlung beginnt im Frühjahr."),
		text("parts", "de", "Bericht", "Die Ermittlung dauert lange, der Bedarf ist groß."),
		text("other", "de", "Anderes", "Von nichts davon ist hier die Rede."),
	)
	t.Run("a word is found inside a compound, behind itself", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "Ermittlung", Lang: "de", Limit: 5})
		if got := found(a); !slices.Equal(got, []string{"parts", "compound"}) {
			t.Fatal(got)
		}
		if r := a.Hits[1].Why; len(r) != 1 || r[0].Source != search.Compound {
			t.Errorf("%+v", r)
		}
	})
	t.Run("a compound that stands nowhere is found by its parts", func(t *testing.T) {
		a := answer(t, ix, search.Query{Text: "Ermittlungsbedarf", Lang: "de", Limit: 5})
		if got := found(a); !slices.Equal(got, []string{"parts"}) {
			t.Error(got)
		}
	})
}
