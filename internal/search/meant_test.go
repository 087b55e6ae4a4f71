package search_test

import (
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
)

// speak lets the index know one concept and one dictionary word.
func speak(ix *search.Index) {
	stem := func(t lang.Tag, word string) string { return search.Terms(t, word)[0].Stem }
	ix.Speak(func(from, to lang.Tag, words []string) []search.Sense {
		if from != "en" || to != "de" {
			return nil
		}
		var list []search.Sense
		for i, w := range words {
			if i+1 < len(words) && w == stem("en", "needs") && words[i+1] == stem("en", "assessment") {
				list = append(list, search.Sense{From: i, To: i + 2, Terms: []string{stem("de", "Bedarfsermittlung")}, Shown: "Bedarfsermittlung", Weight: 1, Source: search.Thesaurus})
			}
			if w == stem("en", "witness") {
				list = append(list,
					search.Sense{From: i, To: i + 1, Terms: []string{stem("de", "Zeuge")}, Shown: "Zeuge", Weight: .8, Source: search.Dictionary},
					search.Sense{From: i, To: i + 1, Terms: []string{stem("de", "Beleg")}, Shown: "Beleg", Weight: .05, Source: search.Dictionary})
			}
		}
		return list
	})
}

func TestAPageMarksWhatTheQuestionMeansInItsLanguage(t *testing.T) {
	secret := text("secret", "de", "Zeugen.")
	secret.Label = access.Label{Level: access.Official}
	ix := indexOf(
		t,
		text("german", "de", "Die Bedarfsermittlung beginnt mit den Zeugen und einem Beleg.", "Belege."),
		text("french", "fr", "La lutte contre le terrorisme."),
		text("english", "en", "A needs assessment comes first."),
		secret,
	)
	speak(ix)
	for _, c := range []struct {
		rule, asked, document string
		from, in              lang.Tag
		text, want            string
	}{
		{"a concept of two words", "needs assessment", "german", "en", "de", "Die Bedarfsermittlung beginnt", "Bedarfsermittlung"},
		{"what a dictionary says", "the witness", "german", "en", "de", "den Zeugen und einem", "Zeugen"},
		{"no improbable sense beside a sure one", "witness", "german", "en", "de", "einem Beleg", ""},
		{"what sounds alike where nothing is known", "терроризм", "french", "ru", "fr", "contre le terrorisme", "terrorisme"},
		{"the words as typed in their own language", "assessments", "english", "en", "en", "A needs assessment comes", "assessment"},
		{"a forgiven typo", "Bedarfsermitlung", "german", "de", "de", "Die Bedarfsermittlung", "Bedarfsermittlung"},
		{"nothing of what the page has not", "helicopter", "german", "en", "de", "Die Bedarfsermittlung", ""},
		{"nothing without a question", "", "german", "en", "de", "Die Bedarfsermittlung", ""},
		{"nothing of a document that is not there", "witness", "other", "en", "de", "Zeugen", ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			words, err := ix.Meant(t.Context(), everyone, c.asked, c.from, c.document, c.in)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, m := range search.Marks(c.in, c.text, words) {
				got += c.text[m.Start:m.End]
			}
			if got != c.want {
				t.Errorf("%q marks %q (by %q), not %q", c.asked, got, words, c.want)
			}
		})
	}
	t.Run("nothing of what the reader may not see", func(t *testing.T) {
		words, err := ix.Meant(t.Context(), access.Subject{}.Scope(), "witness", "en", "secret", "de")
		if err != nil || len(words) > 0 {
			t.Errorf("%q, %v", words, err)
		}
	})
}
