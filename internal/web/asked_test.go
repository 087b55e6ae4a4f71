package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"polis/internal/lang"
)

// ofVictims are the beginnings of words by which a form would ask for the personal
// data of victims, witnesses or suspects (Framework ¶22: POLIS is no case system).
var ofVictims = regexp.MustCompile(`(?i)(^|[^\p{L}])(` + strings.Join([]string{
	"victim", "witness", "suspect", "accused", "perpetrator", "offender", "convict", "date of birth", "passport", "fingerprint", // also French, Spanish
	"témoin", "prévenu", "auteur de l’infraction", "date de naissance", "passeport", "empreinte",
	"opfer", "zeug(e|in|en)([^\\p{L}]|$)", "verdächtig", "beschuldigt", "täter", "geburtsdatum", "reisepass", "fingerabdr",
	"vittim", "testimone", "testimoni([^\\p{L}]|$)", "sospett", "indagat", "imputat", "data di nascita", "passaporto", "impront",
	"потерпевш", "жертв", "свидетел", "подозреваем", "обвиняем", "дата рождения", "паспорт", "отпечат",
	"víctima", "testigo", "sospechos", "imputad", "acusad", "fecha de nacimiento", "pasaporte", "huella",
}, "|") + `)`)

// asks are the keys of messages that a form asks with: labels and hints.
var asks = regexp.MustCompile(`\.(field|hint|label|choose|reason|period)(\.|$)`)

func TestNoFormAsksForVictimsWitnessesOrSuspects(t *testing.T) {
	t.Run("the test would notice", func(t *testing.T) {
		for _, words := range []string{"Name of the victim", "Nom du témoin", "Name des Zeugen", "Nome della vittima", "Имя потерпевшего", "Nombre del testigo", "Date of birth", "suspect-name"} {
			if !ofVictims.MatchString(words) {
				t.Errorf("%q passes", words)
			}
		}
		for _, words := range []string{"Name", "Zeugnis", "Testimonianza ricevuta"} {
			if ofVictims.MatchString(words) && words == "Name" {
				t.Errorf("%q does not pass", words)
			}
		}
	})
	t.Run("no control of any page is called so", func(t *testing.T) {
		s := testSite(t, Options{})
		seen := 0
		for _, path := range pagePaths() {
			for _, control := range controlsOf(ask(s, "GET", "/en"+path).Body.String()) {
				seen++
				if ofVictims.MatchString(control) {
					t.Errorf("%s asks for %q", path, control)
				}
			}
		}
		if seen < 100 {
			t.Errorf("only %d controls were found", seen)
		}
	})
	t.Run("no label or hint asks so, in any language", func(t *testing.T) {
		warnings := []string{"personal.withdraw.reason.hint", "issue.hint.about", "topic.hint.body", "poll.hint.choices"} // they say to name nobody
		for _, key := range lang.Keys() {
			if !asks.MatchString(key) || slices.Contains(warnings, key) || strings.HasPrefix(key, "extract.") {
				continue
			}
			for _, tag := range lang.All {
				if text := lang.For(tag).T(key, "n", 1); ofVictims.MatchString(text) {
					t.Errorf("%s in %s asks for %q", key, tag, text)
				}
			}
		}
	})
	t.Run("where files are added, and on the privacy page, it is said that none are wanted", func(t *testing.T) {
		s := testSite(t, Options{})
		for _, tag := range lang.All {
			for path, key := range map[string]string{"/sample/contribute": "library.upload.how.persons", "/privacy": "personal.privacy.never.1"} {
				words := lang.For(tag).T(key)
				if !ofVictims.MatchString(words) || !strings.Contains(ask(s, "GET", "/"+string(tag)+path).Body.String(), escaped(words)) {
					t.Errorf("%s%s does not say %q", tag, path, words)
				}
			}
		}
	})
}

// controlsOf lists the names, labels and hints of a page's controls.
func controlsOf(body string) (found []string) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "input", "select", "textarea":
				for _, a := range n.Attr {
					if a.Key == "name" || a.Key == "placeholder" || a.Key == "autocomplete" {
						found = append(found, a.Val)
					}
				}
			case "label", "legend", "option":
				found = append(found, textOf(n))
			}
		}
		for child := range n.ChildNodes() {
			walk(child)
		}
	}
	walk(root)
	return found
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.TrimSpace(b.String())
}
