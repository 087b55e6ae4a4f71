package framework_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"polis/internal/framework"
	"polis/internal/lang"
)

func TestEdition(t *testing.T) {
	e := framework.Current()

	t.Run("the edition of 2012 has 26 paragraphs and 41 dash items, numbered as the source counts", func(t *testing.T) {
		var got []string
		for _, i := range e.Items {
			got = append(got, i.Number())
		}
		want := "1 2 3 4 5 6 6.1 6.2 6.3 6.4 6.5 6.6 7 8 9 9.1 9.2 9.3 10 11 12 12.1 12.2 12.3 12.4 12.5 13 " +
			"14 14.1 14.2 14.3 14.4 14.5 14.6 14.7 14.8 15 15.1 15.2 15.3 16 16.1 16.2 16.3 16.4 16.5 " +
			"17 17.1 17.2 17.3 17.4 17.5 18 18.1 18.2 18.3 18.4 19 19.1 19.2 20 21 22 23 24 25 26"
		if g := strings.Join(got, " "); g != want {
			t.Errorf("got  %s\nwant %s", g, want)
		}
		if n := len(e.Paragraphs()); n != 26 {
			t.Errorf("%d paragraphs", n)
		}
	})

	t.Run("each item is found by its id, here and among all editions", func(t *testing.T) {
		for _, i := range e.Items {
			if here, ok := e.Item(i.ID); !ok || here.ID != i.ID {
				t.Errorf("%s is not found in its edition", i.ID)
			}
			if all, ok := framework.Find(i.ID); !ok || all.Edition() != "1049" {
				t.Errorf("%s is not found", i.ID)
			}
		}
	})

	t.Run("what is no item's id is not found", func(t *testing.T) {
		for _, id := range []string{"", "1049", "1049/", "1049/27", "1049/14.9", "1049/14.", "914/1", "1049/14.3 "} {
			if _, ok := framework.Find(id); ok {
				t.Errorf("%q is found", id)
			}
		}
	})

	t.Run("sections cover the paragraphs without a gap, and each paragraph stands in its own", func(t *testing.T) { sectionsCover(t, e) })

	t.Run("every title has three to nine words in each language, and no two items share one", func(t *testing.T) { titlesAreShort(t, e) })

	t.Run("sections and the edition have names in each language", func(t *testing.T) {
		for _, s := range e.Sections {
			complete(t, s.ID, s.Titles)
		}
		complete(t, e.ID, e.Names)
	})
}

func sectionsCover(t *testing.T, e *framework.Edition) {
	for n, mark := range map[int]string{1: "I", 5: "II", 7: "III", 9: "IV", 11: "V.a", 12: "V.b", 19: "V.c", 25: "V.d", 26: "VI"} {
		if s, ok := e.Section(n); !ok || s.Mark != mark {
			t.Errorf("paragraph %d stands in section %q, want %q", n, s.Mark, mark)
		}
	}
	next := 1
	for _, s := range e.Sections {
		if s.Sub() {
			continue
		}
		if s.First != next {
			t.Errorf("section %s begins with paragraph %d, want %d", s.Mark, s.First, next)
		}
		next = s.Last + 1
	}
	if _, ok := e.Section(27); ok {
		t.Error("paragraph 27 stands in a section")
	}
}

func titlesAreShort(t *testing.T, e *framework.Edition) {
	taken := map[string]string{}
	letter := regexp.MustCompile(`[\p{L}\p{N}]`)
	for _, i := range e.Items {
		for _, tag := range lang.All {
			title := i.Titles[tag]
			words := slices.DeleteFunc(strings.Fields(title), func(w string) bool { return !letter.MatchString(w) })
			if len(words) < 3 || len(words) > 9 {
				t.Errorf("%s in %s has %d words: %q", i.ID, tag, len(words), title)
			}
			if other := taken[string(tag)+title]; other != "" {
				t.Errorf("%s and %s share a title in %s: %q", other, i.ID, tag, title)
			}
			taken[string(tag)+title] = i.ID
		}
	}
}

// The official words are not part of the program (see the package comment).
func TestTitlesAreOurOwn(t *testing.T) {
	file := os.Getenv("POLIS_FRAMEWORK_TEXT")
	if file == "" {
		t.Skip("POLIS_FRAMEWORK_TEXT names no official text")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	official := strings.ToLower(strings.Join(strings.Fields(string(raw)), " "))
	for _, i := range framework.Current().Items {
		for tag, title := range i.Titles {
			if strings.Contains(official, strings.ToLower(title)) {
				t.Errorf("the title of %s in %s is quoted from the official text: %q", i.ID, tag, title)
			}
		}
	}
}

func TestGate(t *testing.T) {
	e := framework.Current()
	for _, c := range []struct {
		rule, id string
		want     framework.Gate
	}{
		{"an item outside the thematic priorities that says nothing asks for nothing", "1049/6.1", framework.Gate{}},
		{"¶3 asks for both records", "1049/3", framework.Gate{Request: true, Agreement: true, By: []string{"1049/3"}}},
		{"a line of action follows its paragraph", "1049/12.3", framework.Gate{Request: true, Agreement: true, By: []string{"1049/12"}}},
		{"a silent thematic item follows ¶13", "1049/19.2", framework.Gate{Request: true, Agreement: true, Host: true, By: []string{"1049/13"}}},
		{"a thematic paragraph follows ¶13", "1049/16", framework.Gate{Request: true, Agreement: true, Host: true, By: []string{"1049/13"}}},
		{"¶15.2 asks for the request only, and ¶13 adds the agreement", "1049/15.2", framework.Gate{Request: true, Agreement: true, Host: true, By: []string{"1049/15.2", "1049/13"}}},
		{"¶14.5 asks for a co-author of the State", "1049/14.5", framework.Gate{Request: true, Agreement: true, CoOperation: true, Host: true, By: []string{"1049/14.5", "1049/13"}}},
		{"¶23 asks for a mandate too", "1049/23", framework.Gate{Request: true, Agreement: true, Host: true, Mandate: true, By: []string{"1049/23"}}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			got, ok := e.Gate(c.id)
			same := got.Request == c.want.Request && got.Agreement == c.want.Agreement && got.Host == c.want.Host &&
				got.CoOperation == c.want.CoOperation && got.Mandate == c.want.Mandate && slices.Equal(got.By, c.want.By)
			if !ok || !same {
				t.Errorf("%s: got %+v, want %+v", c.id, got, c.want)
			}
		})
	}

	t.Run("the wordings stand where the Framework has them", func(t *testing.T) {
		got := map[framework.Wording][]string{}
		for _, i := range e.Items {
			got[i.Consent] = append(got[i.Consent], i.Number())
		}
		for w, want := range map[framework.Wording]string{
			framework.Request: "15.2", framework.Agreed: "3 7 12 14.6 14.8 17.1",
			framework.CoOperation: "14.5", framework.Host: "13", framework.HostMandate: "23",
		} {
			if g := strings.Join(got[w], " "); g != want {
				t.Errorf("%s stands at %s, want %s", w, g, want)
			}
		}
	})

	t.Run("each wording has a sentence", func(t *testing.T) {
		for _, w := range framework.Wordings {
			if !lang.Has("framework.consent." + string(w)) {
				t.Errorf("no sentence for %s", w)
			}
		}
	})

	t.Run("there is no gate for what is no item", func(t *testing.T) {
		if _, ok := e.Gate("1049/99"); ok {
			t.Error("1049/99 has a gate")
		}
	})
}

func TestVocabulary(t *testing.T) {
	lists := map[string][]framework.Term{
		"themes": framework.Themes(), "principles": framework.Principles(), "supports": framework.Supports(),
		"types": framework.Types(), "dimensions": framework.Dimensions(), "lines": framework.Lines(),
	}

	t.Run("ids are the ones that addresses, imports and the API rely on", func(t *testing.T) {
		for name, want := range map[string]string{
			"themes":     "police-reform organised-crime terrorism drugs trafficking cybercrime",
			"principles": "rule-of-law human-rights gender minorities police-public-partnership accountable-criminal-justice co-operation professional-standards good-practice",
			"supports":   "needs-assessment capacity-building institution-building training evaluation",
			"types":      "decision strategy guide training-material curriculum checklist good-practice study report legislation minutes leaflet other",
			"dimensions": "politico-military economic-environmental human",
			"lines":      "1049/12.1 1049/12.2 1049/12.3 1049/12.4 1049/12.5",
		} {
			if g := ids(lists[name]); g != want {
				t.Errorf("%s: got %s, want %s", name, g, want)
			}
		}
	})

	t.Run("every term has a name in each language, and rests on items that exist", func(t *testing.T) {
		for _, list := range lists {
			for _, term := range list {
				checkTerm(t, term)
				for _, sub := range term.Narrower {
					checkTerm(t, sub)
				}
			}
		}
	})

	t.Run("every theme and sub-theme has a sentence in each language", func(t *testing.T) {
		for _, theme := range framework.Themes() {
			for _, term := range append([]framework.Term{theme}, theme.Narrower...) {
				complete(t, term.ID, term.About)
				for tag, about := range term.About {
					if !strings.HasSuffix(about, ".") || strings.Count(about, ". ") > 0 {
						t.Errorf("%s in %s is not one sentence: %q", term.ID, tag, about)
					}
				}
			}
		}
	})

	t.Run("sub-themes belong to their theme and cover all its items", func(t *testing.T) { subThemesCover(t) })

	t.Run("an item that serves two themes shows in both (¶18.4)", func(t *testing.T) {
		got := ids(framework.ThemesOf("1049/18.4"))
		if want := "organised-crime/financial-investigation trafficking/trafficking-investigation"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})

	t.Run("each kind of term is found by its id, and nothing else is", func(t *testing.T) { termsAreFound(t) })
}

func subThemesCover(t *testing.T) {
	for _, theme := range framework.Themes() {
		paragraph, _ := framework.Find(theme.Items[0])
		for _, item := range framework.Current().Dashes(paragraph.Paragraph) {
			covered := slices.ContainsFunc(theme.Narrower, func(s framework.Term) bool { return slices.Contains(s.Items, item.ID) })
			if !covered {
				t.Errorf("%s lies in no sub-theme of %s", item.ID, theme.ID)
			}
		}
		for _, sub := range theme.Narrower {
			if got, ok := framework.Theme(sub.ID); !ok || sub.Parent() != theme.ID || got.ID != sub.ID {
				t.Errorf("%s is not found under %s", sub.ID, theme.ID)
			}
		}
	}
}

func termsAreFound(t *testing.T) {
	finders := map[string]func(string) (framework.Term, bool){
		"trafficking": framework.Theme, "gender": framework.Principle, "training": framework.Support,
		"leaflet": framework.Type, "human": framework.Dimension, "1049/12.4": framework.Line,
	}
	for id, find := range finders {
		if term, ok := find(id); !ok || term.ID != id {
			t.Errorf("%s is not found", id)
		}
		for _, wrong := range []string{"", "nothing", id + "/", id + "/x", strings.ToUpper(id) + "S"} {
			if _, ok := find(wrong); ok {
				t.Errorf("%q is found", wrong)
			}
		}
	}
}

func TestNamesAreCleanText(t *testing.T) {
	for _, file := range []string{"vocabulary.json", "editions/1049.json"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.IndexByte(raw, '\''); i >= 0 {
			t.Errorf("%s has a typewriter apostrophe: …%s…", file, raw[max(0, i-30):i+10])
		}
		if m := regexp.MustCompile(`[A-Za-z][А-я]|[А-я][A-Za-z]`).FindString(strings.ReplaceAll(string(raw), `\n`, "")); m != "" {
			t.Errorf("%s mixes Latin and Cyrillic letters in a word: %q", file, m)
		}
	}
}

func checkTerm(t *testing.T, term framework.Term) {
	t.Helper()
	complete(t, term.ID, term.Names)
	for _, id := range term.Items {
		if _, ok := framework.Find(id); !ok {
			t.Errorf("%s rests on %s, which does not exist", term.ID, id)
		}
	}
}

func complete(t *testing.T, id string, names lang.Names) {
	t.Helper()
	for _, tag := range lang.All {
		if strings.TrimSpace(names[tag]) != names[tag] || names[tag] == "" {
			t.Errorf("%s has no clean name in %s: %q", id, tag, names[tag])
		}
	}
}

func ids(terms []framework.Term) string {
	list := make([]string, len(terms))
	for i, term := range terms {
		list[i] = term.ID
	}
	return strings.Join(list, " ")
}
