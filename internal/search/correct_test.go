package search_test

import (
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/search"
)

func TestAWordThatStandsNowhereIsCorrected(t *testing.T) {
	secret := search.Entry{Document: "secret", Lang: "en", Title: "Helicopters", Label: access.Label{Level: access.Official}}
	ix := indexOf(
		t,
		search.Entry{Document: "en", Lang: "en", Title: "Electronic evidence", Keywords: []string{"VERLT"}, Passages: []string{"Opening.", "The seizures of telephones."}},
		search.Entry{Document: "ru", Lang: "ru", Title: "Электронные доказательства", Passages: []string{"Изъятие телефонов."}},
		search.Entry{Document: "fr", Lang: "fr", Title: "La sécurité publique"},
		secret,
	)
	labels := func(first string) []string {
		return map[string][]string{"t": {"trafficking", "terrorism"}, "т": {"терроризм"}}[first]
	}
	corrected := func(scope access.Scope, asked string) string {
		list, err := ix.Correct(t.Context(), scope, asked, labels)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		at := 0
		for _, c := range list {
			b.WriteString(asked[at:c.Span.Start])
			if b.WriteString(c.Text); c.Text == "" {
				b.WriteString("[" + c.Stem + " in " + c.Entry.Document + "]")
			}
			at = c.Span.End
		}
		return b.String() + asked[at:]
	}
	for asked, want := range map[string]string{
		"evidense":                     "evidence",
		"Electronik evidense, quickly": "electronic evidence, quickly", // what is near to nothing is left as it is
		"verld":                        "VERLT",
		"електронные доказательтва": "электронные доказательства",
		"securité publiqe":              "securité publique", // one of them stands there
		"trafikking":                    "trafficking",       // a label of the thesaurus
		"терроризьм":                    "терроризм",
		"seisures evidence":             "[seizur in en] evidence", // only in a text
		"изьятие":                       "[изъят in ru]",
		"evidence":                      "evidence",
		"the evidence":                  "the evidence",
		"-evidense telephones":          "-evidense telephones",
		"\"evidense\"":                  "\"evidence\"",
		"helicoptre":                    "[helicopt in secret]", // for those who may see it
		"xqzwvk":                        "xqzwvk",
		"1049 PC.DEC/1049":              "1049 PC.DEC/1049",
		"":                              "",
		"\x00\xff evidense":             "\x00\xff evidence",
		strings.Repeat("evidense ", 40): strings.Repeat("evidense ", 40), // no question but a text
	} {
		if got := corrected(everyone, asked); got != want {
			t.Errorf("%q is corrected to %q, not %q", asked, got, want)
		}
	}
	if got := corrected(access.Subject{}.Scope(), "helicoptre"); got != "helicoptre" {
		t.Errorf("a word that only the closed has is given away: %q", got)
	}
}
