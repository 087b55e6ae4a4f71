package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
)

// inSix is one question as officers of six languages type it, and the passages
// that answer it, by the language of the text.
type inSix struct {
	in      map[lang.Tag]string
	answers map[lang.Tag]string
}

// The first document is held in French alone, the second in all six languages.
var (
	dogs = inSix{
		in: map[lang.Tag]string{
			"en": "police dog in the search for a missing person",
			"fr": "chien policier dans la recherche d’une personne disparue",
			"de": "Polizeihund bei der Suche nach einer vermissten Person",
			"it": "cane poliziotto nella ricerca di una persona scomparsa",
			"ru": "служебная собака в розыске пропавшего без вести",
			"es": "perro policía en la búsqueda de una persona desaparecida",
		},
		answers: map[lang.Tag]string{"fr": "Le chien policier part avant les équipes à pied"},
	}
	reflection = inSix{
		in: map[lang.Tag]string{
			"en": "how many days is the recovery and reflection period",
			"fr": "combien de jours dure le délai de rétablissement et de réflexion",
			"de": "wie viele Tage dauert die Erholungs- und Bedenkzeit",
			"it": "quanti giorni dura il periodo di recupero e riflessione",
			"ru": "сколько дней длится срок на восстановление и размышление",
			"es": "cuántos días dura el período de recuperación y reflexión",
		},
		answers: map[lang.Tag]string{
			"en": "thirty days", "fr": "trente jours", "de": "dreißig Tage", "it": "trenta giorni", "ru": "тридцати дней", "es": "treinta días",
		},
	}
)

// TestOneQuestionInSixLanguagesLeadsToOnePassage asks on each language's own pages,
// as a person does: she types, presses Enter and opens a result.
func TestOneQuestionInSixLanguagesLeadsToOnePassage(t *testing.T) {
	j := beginWith(t, place{Data: t.TempDir()}, func(h *house) error {
		if _, err := h.library.ImportFiles(t.Context(), access.System("import"), "testdata/journey", library.FileOptions{}, func(int, int, string) {}); err != nil {
			return err
		}
		_, err := h.library.Learn(t.Context(), h.words, access.System("learn"), func(int, int) error { return nil })
		return err
	})
	j.until("/fr/search?q=disparition", "Disparition inquiétante")
	t.Run("of a text that there is in French alone, with the reason", func(t *testing.T) {
		aims := map[string]bool{}
		for _, tag := range lang.All {
			j.T = t
			j.ask(tag, dogs.in[tag])
			why, aim := j.aim(tag, "fr", dogs.answers["fr"])
			aims[aim] = true
			switch {
			case !strings.Contains(aim, "/fr#p"):
				t.Errorf("in %s she is led to %s", tag, aim)
			case tag == "fr" && strings.Contains(why, "↔"):
				t.Errorf("in French a reason is given: %s", why)
			case tag != "fr" && (!strings.Contains(why, "chien") || !strings.Contains(why, "↔") || !strings.Contains(why, lang.For(tag).T("lexicon.source.thesaurus"))):
				t.Errorf("in %s the reason is %q", tag, why)
			}
		}
		if len(aims) != 1 {
			t.Errorf("the six lead to %d passages: %v", len(aims), aims)
		}
	})
	t.Run("of a text that there is in all six, each in her own", func(t *testing.T) {
		aims := map[string]bool{}
		for _, tag := range lang.All {
			j.T = t
			j.ask(tag, reflection.in[tag])
			_, aim := j.aim(tag, tag, reflection.answers[tag])
			document, passage, _ := strings.Cut(aim, "/"+string(tag)+"#")
			aims[document+"#"+passage] = true
		}
		if len(aims) != 1 {
			t.Errorf("the six lead to %d passages: %v", len(aims), aims)
		}
	})
}

// ask types a question into the box of the front page of a language and presses
// Enter.
func (j *journey) ask(tag lang.Tag, question string) {
	j.Helper()
	j.open("/" + string(tag) + "/")
	j.do("ask", chromedp.SendKeys(chromedp.CSS("#q"), question+kb.Enter), chromedp.WaitReady(chromedp.CSS("main .hits")))
	if u, err := url.Parse(j.address()); err != nil || u.Path != "/"+string(tag)+"/search" || u.Query().Get("q") != question {
		j.Fatalf("%q leads to %s (%v)", question, j.address(), err)
	}
}

// nearTop is among how many results it has to stand.
const nearTop = 3

// aim opens the first result that is written in a language, and returns why it was
// found, and the path and anchor to which it leads. The passage there must say the
// words, and be marked as the one that is meant.
func (j *journey) aim(tag, written lang.Tag, words string) (why, aim string) {
	j.Helper()
	link := ".hit h2 a[hreflang=" + string(written) + "]"
	place := evaluate[int](j, "1 + [...document.querySelectorAll('.hit')].findIndex(h => h.querySelector('"+link[5:]+"'))")
	if place < 1 || place > nearTop {
		j.Fatalf("asked in %s, the text in %s is result %d of %s", tag, written, place, j.text("main"))
	}
	j.Logf("asked in %s, the text in %s is result %d", tag, written, place)
	why = evaluate[string](j, "document.querySelector('main "+link+"').closest('.hit').querySelector('.meta').innerText")
	j.follow("main " + link)
	if s := evaluate[string](j, "(document.querySelector('.passage-row:target') || {innerText: ''}).innerText"); !strings.Contains(s, words) {
		j.Errorf("in %s the passage is %q", tag, s)
	}
	if evaluate[int](j, "document.querySelectorAll('.passage-row:target mark').length") == 0 {
		j.Errorf("in %s nothing is marked in it", tag)
	}
	u, err := url.Parse(j.address())
	if err != nil {
		j.Fatal(err)
	}
	return why, strings.TrimPrefix(u.Path, "/"+string(tag)) + "#" + u.Fragment
}

// until opens a page again and again until it says the words.
func (j *journey) until(path, words string) string {
	j.Helper()
	var page string
	for range 100 {
		j.open(path)
		if page = j.text("main"); strings.Contains(page, words) {
			return page
		}
		time.Sleep(200 * time.Millisecond)
	}
	j.Fatalf("%s never says %q: %.1500s", path, words, page)
	return ""
}
