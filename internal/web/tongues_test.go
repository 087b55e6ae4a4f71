package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
)

// tongued is a house with documents in several languages, all found by "lanterns".
type tongued struct {
	inhabited
	both, german, french, twin, russian string
}

func (h inhabited) tongued() tongued {
	h.t.Helper()
	follow := func(id string) string {
		if err := h.Library.CatchUp(context.Background(), h.Index, nil); err != nil {
			h.t.Fatal(err)
		}
		return id
	}
	system := access.System("test")
	d := library.Draft{Kind: "guide", Dated: "2024", Tags: library.Tags{Themes: []string{"drugs"}}}
	t := tongued{inhabited: h}
	t.both = follow(h.document(system, d, textIn("en", "Lanterns in the street"), textIn("de", "Lanterns auf der Straße")))
	t.german = follow(h.document(system, d, textIn("de", "Lanterns im Dienst")))
	t.french = follow(h.document(system, d, textIn("fr", "Lanterns de nuit")))
	t.russian = follow(h.document(system, d, textIn("ru", "Lanterns ночью")))
	d.Relations = []library.Relation{{Kind: "translation-of", Target: t.german}}
	t.twin = follow(h.document(system, d, textIn("en", "Lamps on duty")))
	h.name(thesaurus.Concept{ID: "night-lighting", Scheme: thesaurus.Policing, Labels: []thesaurus.Label{
		{Lang: "en", Kind: thesaurus.Pref, Text: "night lighting"}, {Lang: "fr", Kind: thesaurus.Pref, Text: "lanterns de nuit"},
	}})
	return t
}

// reads makes the choice on the form, as a visitor who comes from the page.
func (v visitor) readsIn(page string, tags ...string) seen {
	v.h.t.Helper()
	pairs := []string{"back", page}
	for _, t := range tags {
		pairs = append(pairs, "reads", t)
	}
	got := v.post("/en/languages", pairs...)
	if got.status != http.StatusSeeOther {
		v.h.t.Fatalf("%d %s", got.status, got.body)
	}
	return got
}

const lanterns = "/en/search?q=lanterns"

func TestAReaderChoosesTheLanguagesSheReads(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, inhabited inhabited) {
		h := inhabited.tongued()
		usual := h.visitor().get(lanterns).body
		t.Run("without a choice nothing is folded, and nothing is kept at the reader", func(t *testing.T) {
			v := h.visitor()
			for _, path := range []string{lanterns, "/en/languages", "/en/library"} {
				if got := v.get(path); got.status != http.StatusOK || len(got.cookies) > 0 || strings.Contains(got.body, `class="others"`) {
					t.Errorf("%s: %d %v", path, got.status, got.cookies)
				}
			}
			if !strings.Contains(usual, `href="/en/languages"`) {
				t.Error("the results do not lead to the form")
			}
		})
		t.Run("a visitor's choice is kept in her browser, for her alone", func(t *testing.T) { h.aVisitorsChoice(t, usual) })
		t.Run("what only other languages have is folded, under a title she can read", h.folded)
		t.Run("a language that the address names wins", func(t *testing.T) {
			v := h.visitor()
			v.readsIn(lanterns, "en")
			got := v.get(lanterns + "&lang=fr")
			if !strings.Contains(got.body, "Lanterns de nuit") || strings.Contains(got.body, "In the languages") || strings.Contains(got.body, `class="others"`) {
				t.Error("the choice narrows what the address asks for")
			}
		})
		t.Run("where nothing is in her languages the others stand open", func(t *testing.T) {
			v := h.visitor()
			v.readsIn(lanterns, "it")
			got := v.get("/it/search?q=lanterns")
			if !strings.Contains(got.body, `<details class="others" open>`) || !got.says(lang.For("it").T("tongues.nothing")) || strings.Count(got.body, `<li class="hit">`) != 4 {
				t.Errorf("%d", strings.Count(got.body, `<li class="hit">`))
			}
			if missed := v.get("/it/search?q=xylophonist"); !missed.says(lang.For("it").T("library.nothing", "q", "xylophonist")) {
				t.Error("what nobody has is not said to be found nowhere")
			}
		})
		t.Run("suggestions in her languages come first", func(t *testing.T) {
			v := h.visitor()
			before := v.suggests("/es", "lantern").texts()
			v.readsIn(lanterns, "en")
			after := v.suggests("/es", "lantern").texts()
			if at := slices.Index(after, "Lanterns in the street"); at < 0 || slices.Index(before, "Lanterns in the street") <= at || slices.Index(after, "Lanterns ночью") < at {
				t.Errorf("%q, before %q", after, before)
			}
		})
		t.Run("feeds and references are answered by their address alone", func(t *testing.T) {
			v := h.visitor()
			for _, path := range []string{"/en/library.bib?q=lanterns", "/en/library.json?q=lanterns"} {
				before := v.get(path).body
				v.readsIn(lanterns, "ru")
				if v.get(path).body != before {
					t.Errorf("%s changes", path)
				}
				v.post("/en/languages", "none", "1")
			}
		})
		t.Run("a doorway names its documents in her language", h.atADoorway)
	})
}

func (h tongued) atADoorway(t *testing.T) {
	v := h.visitor()
	page := func() string { return v.get("/ru/themes/drugs").body }
	if !strings.Contains(page(), "Lanterns in the street") {
		t.Fatal("the document is not there")
	}
	v.readsIn(lanterns, "de")
	if got := page(); !strings.Contains(got, "Lanterns auf der Straße") || strings.Contains(got, "Lanterns in the street") {
		t.Error("it is named in another")
	}
}

func (h tongued) aVisitorsChoice(t *testing.T, usual string) {
	v := h.visitor()
	v.get(lanterns) // fills the shelf
	got := v.readsIn(lanterns, "en", "ru")
	if !strings.HasPrefix(got.location, lanterns+"&n=0&notice=tongues.saved") {
		t.Errorf("she is led to %s", got.location)
	}
	if len(got.cookies) != 1 || got.cookies[0].Name != tonguesCookie || got.cookies[0].Value != "en.ru" || !got.cookies[0].HttpOnly || got.cookies[0].SameSite != http.SameSiteLaxMode {
		t.Errorf("%v", got.cookies)
	}
	if page := v.get(lanterns); !page.says("2 in the languages that you read: English and Русский") || !page.says("Also in other languages (2)") {
		t.Error("her choice has no effect")
	}
	other := h.visitor()
	other.readsIn(lanterns, "fr")
	if page := other.get(lanterns); !page.says("1 in the languages that you read: Français") {
		t.Error("another's choice has no effect")
	}
	if h.visitor().get(lanterns).body != usual {
		t.Error("the kept page shows somebody's choice")
	}
	ask := v.request("GET", "/en/languages", "", nil)
	ask.Header.Set("Referer", h.server.URL+lanterns)
	if page := v.do(ask).body; strings.Count(page, " checked") != 2 || !strings.Contains(page, `name="back" value="`+lanterns+`"`) {
		t.Error("the form does not show what is chosen, or where she came from")
	}
	if page := h.visitor().get("/en/languages").body; strings.Contains(page, "lanterns") || strings.Count(page, " checked") != 1 {
		t.Error("the form shows another's")
	}
	if got := v.post("/en/languages", "none", "1", "reads", "en"); len(got.cookies) != 1 || got.cookies[0].MaxAge >= 0 {
		t.Errorf("the cookie stays: %v", got.cookies)
	}
	if v.get(lanterns).body != usual {
		t.Error("the choice lives on")
	}
}

// folded is what a reader of English sees.
func (h tongued) folded(t *testing.T) {
	v := h.visitor()
	v.readsIn(lanterns, "en")
	for _, path := range []string{lanterns, lanterns + "&sort=date", "/en/library"} {
		page := v.get(path).body
		mine, others, ok := strings.Cut(page, `<details class="others"`)
		if !ok {
			t.Fatalf("%s folds nothing", path)
		}
		if !strings.Contains(mine, `hreflang="en">Lanterns in the street</a>`) || strings.Contains(mine, "Lanterns im Dienst") || strings.Contains(others, h.both) {
			t.Errorf("%s: what she reads is not apart from the rest", path)
		}
		for _, want := range []string{
			`hreflang="de">Lanterns im Dienst</a> <strong class="tag tag-plain">`, "Deutsch</strong>",
			`<p class="own-title"><a href="/en/library/` + h.twin + `/en" lang="en">Lamps on duty</a></p>`,
			`<p class="own-title"><a href="/en/thesaurus/night-lighting" lang="en">night lighting</a> <span class="count">(thesaurus)</span></p>`,
			"Русский</strong>", "lang=de&amp;lang=it&amp;lang=ru&amp;lang=es&amp;lang=other",
		} {
			if !strings.Contains(others, want) && !strings.Contains(others, strings.Replace(want, "lang=de", "lang=fr&amp;lang=de", 1)) {
				t.Errorf("%s: the others lack %s", path, want)
			}
		}
	}
	t.Run("a document found in a version she does not read leads to the one she does", func(t *testing.T) {
		h.knowing()
		id := h.shelve(library.Draft{}, "Telephones", "They ring.")
		page := v.get("/en/search?q=custody").body
		_, others, _ := strings.Cut(page, `<details class="others"`)
		for _, want := range []string{
			`<a href="/en/library/` + id + `/en?q=custody" lang="en" hreflang="en">Telephones</a>`, "Found in: Deutsch", `<p class="passage" lang="de">`, "Beweise ↔ custody, dictionary",
		} {
			if !strings.Contains(others, want) {
				t.Errorf("the others lack %s", want)
			}
		}
	})
}

func TestTheChoiceOfLanguagesOfWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, inhabited inhabited) {
		h := inhabited.tongued()
		v := h.signedIn("reader@polis.example", access.MemberRole)
		v.readsIn(lanterns, "fr") // the form of the account sends the same
		t.Run("stands in her account and on its page", func(t *testing.T) {
			if page := v.get("/en/account").body; !strings.Contains(page, `value="fr" checked`) || strings.Contains(page, `value="de" checked`) {
				t.Error("the account does not show it")
			}
			again := h.enter("reader@polis.example", "Firefox")
			if page := again.get(lanterns); !page.says("1 in the languages that you read: Français") {
				t.Error("another browser does not know it")
			}
			if page := again.get("/en/account/log"); !page.says("Chose the languages to read in") {
				t.Error("the log does not say so")
			}
		})
		t.Run("wins over the browser's", func(t *testing.T) {
			other := h.visitor()
			other.readsIn(lanterns, "de")
			other.post("/en/sign-in", "email", "reader@polis.example", "password", testPassword)
			if page := other.get(lanterns); !page.says("1 in the languages that you read: Français") {
				t.Error("the browser's choice is taken")
			}
		})
		t.Run("what is no language changes nothing", func(t *testing.T) {
			if got := v.post("/en/languages", "reads", "tlh"); got.status != http.StatusBadRequest {
				t.Errorf("%d", got.status)
			}
			if page := v.get(lanterns); !page.says("languages that you read: Français") {
				t.Error("it did")
			}
		})
		t.Run("is taken back", func(t *testing.T) {
			v.readsIn("/en/account")
			if page := v.get(lanterns).body; strings.Contains(page, `class="others"`) {
				t.Error("it stays")
			}
		})
	})
}

func TestACookieOfLanguagesThatNobodyHereWrote(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, inhabited inhabited) {
		h := inhabited.tongued()
		usual := h.visitor().get(lanterns).body
		for _, value := range []string{
			"tlh", "EN", "en.en", "en,ru", ".", "en.", "..en", "en.fr.de.it.ru.es.en", "%65n", `"en`, `"><script>`, "' OR 1=1", "other",
			strings.Repeat("en.", 1000), "\x00en", "en\xff", "",
		} {
			r := httptest.NewRequest("GET", lanterns, nil)
			r.Header.Set("Cookie", tonguesCookie+"="+value)
			w := httptest.NewRecorder()
			h.site.ServeHTTP(w, r)
			if w.Code != http.StatusOK || w.Body.String() != usual || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%.40q: %d", value, w.Code)
			}
		}
	})
}

func TestTheFormLeadsBackToPagesOfOursOnly(t *testing.T) {
	for address, want := range map[string]string{
		"/en/search?q=a&page=3&notice=x": "/search?q=a", "/search?q=a+b": "/search?q=a+b", "/ru/library": "/library", "/en/account#x": "/account",
		"": "/library", "//evil.example": "/library", "https://evil.example/en/search": "/library", `/\evil.example`: "/library", "/en//evil.example": "/library",
		"javascript:alert(1)": "/library", "/en/search?q=" + strings.Repeat("a", 3000): "/library", "/%0d%0aSet-Cookie:x": "/library", "/en": "/",
	} {
		if got := backTo(address); got != want {
			t.Errorf("%.60q leads to %q", address, got)
		}
	}
}

// TestTheLanguagesAreChosenWithoutScript goes the way in a real browser, which says
// by itself where it came from.
func TestTheLanguagesAreChosenWithoutScript(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	h := inhabit(t, storetest.SQLite(t)).tongued()
	j := newJourney(t, h.inhabited)
	j.open(lanterns)
	j.follow(`a[href="/en/languages"]`)
	j.reads("Languages I read", "one cookie")
	j.do(press(`input[value="de"]`, " "))
	j.follow(`main form button`)
	j.reads("Your choice of languages is saved.", "2 in the languages that you read: English and Deutsch")
	if at := j.at(); at != "/en/search" {
		t.Errorf("she is led to %s", at)
	}
	var open bool
	j.do(into(&open, chromedp.Evaluate[bool](`document.querySelector("details.others").open`)))
	if !open {
		t.Error("there is little else, and the others are folded")
	}
	j.reads("Lanterns de nuit", "night lighting", "Lanterns ночью")
	j.follow(`.mine a[href="/en/languages"]`)
	j.follow(`button[name="none"]`)
	if j.at() != "/en/search" {
		t.Errorf("she is led to %s", j.at())
	}
}
