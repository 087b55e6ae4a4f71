package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
)

// suggests asks for suggestions as the script does.
func (v visitor) suggests(prefix, text string) (a SuggestAnswer) {
	v.h.t.Helper()
	got := v.get(prefix + "/suggest?q=" + url.QueryEscape(text))
	if got.status != http.StatusOK {
		v.h.t.Fatalf("%q answers %d", text, got.status)
	}
	if err := json.Unmarshal([]byte(got.body), &a); err != nil || a.List == nil {
		v.h.t.Fatalf("%q answers %s: %v", text, got.body, err)
	}
	return a
}

func (a SuggestAnswer) texts() (list []string) {
	for _, s := range a.List {
		list = append(list, s.Text)
	}
	return list
}

// name puts a concept with labels into the thesaurus.
func (h inhabited) name(c thesaurus.Concept) {
	h.t.Helper()
	if _, err := thesaurus.Save(context.Background(), h.DB, access.System("test"), c); err != nil {
		h.t.Fatal(err)
	}
}

var patrolling = thesaurus.Concept{ID: "patrolling", Scheme: thesaurus.Policing, Labels: []thesaurus.Label{
	{Lang: "en", Kind: thesaurus.Pref, Text: "patrolling"}, {Lang: "ru", Kind: thesaurus.Pref, Text: "патрулирование"},
}}

func TestASearchBoxSuggestsWhatContinues(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		id := h.shelve(library.Draft{Symbol: "POLIS.GAL/7/26", Tags: library.Tags{}}, "Patrols by night", "Words.")
		h.shelve(library.Draft{Level: access.Official, Symbol: "POLIS.SEC/8/26"}, "Patrols in secret", "Words.")
		h.name(patrolling)
		v := h.visitor()
		t.Run("titles, symbols and concepts", func(t *testing.T) {
			got := v.suggests("/en", "patr")
			if want := []string{"patrolling", "Patrols by night", "Patrols by night (deutsch)"}; !slices.Equal(got.texts(), want) {
				t.Errorf("%q, not %q", got.texts(), want)
			}
			if s := got.List[1]; s.URL != "/en/library/"+id+"/en" || s.Note != "document" || got.Status != "3 suggestions" || got.Label != "Suggestions" {
				t.Errorf("%+v", got)
			}
			if s := got.List[2]; s.Lang != "de" {
				t.Errorf("a German title is %+v", s)
			}
			if got := v.suggests("/en", "polis gal"); !slices.Contains(got.texts(), "POLIS.GAL/7/26") {
				t.Errorf("the symbol is not among %q", got.texts())
			}
			if got := v.suggests("/en", "патру"); len(got.List) != 1 || got.List[0].Lang != "ru" || !strings.HasPrefix(got.List[0].Note, "patrolling") {
				t.Errorf("a concept in another language is %+v", got)
			}
		})
		t.Run("nothing that the reader may not see", func(t *testing.T) {
			for _, text := range []string{"patrols in", "secret", "polis.sec", "POLIS.SEC/8"} {
				if got := v.suggests("/en", text); slices.ContainsFunc(got.texts(), func(s string) bool { return strings.Contains(s, "ecret") || strings.Contains(s, "SEC") }) {
					t.Errorf("%q suggests %q", text, got.texts())
				}
			}
			if got := h.signedIn("desk@example.org", access.DeskOfficer).suggests("/en", "patrols in"); !slices.Contains(got.texts(), "Patrols in secret") {
				t.Errorf("the desk gets %q", got.texts())
			}
			if got := v.suggests("/en", "patrols in"); slices.Contains(got.texts(), "Patrols in secret") {
				t.Error("what the desk was told is told to everybody")
			}
		})
		t.Run("nothing that was closed since the index looked", func(t *testing.T) {
			_, err := store.Write(context.Background(), h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(context.Background(), "UPDATE document SET level = $1, circle = $2 WHERE id = $3", int64(access.Official), access.Label{Level: access.Official}.Circle(), id)
				return store.Event{Act: "library.document.changed", Object: "stale"}, err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := v.suggests("/en", "patrols"); len(got.List) > 0 {
				t.Errorf("%q", got.texts())
			}
		})
		t.Run("bad input", func(t *testing.T) {
			for _, text := range []string{"", "p", " ", "\xff\xfe", "\x00", "%", strings.Repeat("a", 101), strings.Repeat("я ", 5000), "<script>", "' OR 1=1"} {
				if got := v.suggests("/ru", text); len(got.List) > 0 {
					t.Errorf("%.20q suggests %q", text, got.texts())
				}
			}
		})
	})
}

// TestTheSearchBoxIsACombobox tries it with the keys of one, in a real browser.
func TestTheSearchBoxIsACombobox(t *testing.T) {
	t.Parallel()
	h := inhabit(t, storetest.SQLite(t))
	id := h.shelve(library.Draft{}, "Patrols by night", "Words.")
	h.name(patrolling)
	j := journey{t, h, tab(t, browser(t))}
	state := func() (s string) {
		j.Helper()
		j.do(into(&s, chromedp.Evaluate[string](`(() => { const b = document.querySelector('#q'), a = document.getElementById(b.getAttribute('aria-activedescendant'))
			return [b.getAttribute('role'), b.getAttribute('aria-expanded'), a?.querySelector('.text').textContent ?? '', b.value].join('|') })()`)))
		return s
	}
	expect := func(after, want string) {
		j.Helper()
		if got := state(); got != want {
			j.Errorf("after %s it is %q, not %q", after, got, want)
		}
	}
	offered := chromedp.WaitVisible(chromedp.CSS("#q-list li"))
	j.open("/en/search")
	expect("the page came", "combobox|false||")
	j.write("#q", "patr")
	j.do(offered)
	expect("typing", "combobox|true||patr")
	var faults string
	j.do(chromedp.Evaluate[chromedp.Void](axe), into(&faults, chromedp.Evaluate[string](`axe.run('#main, main').then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html).join('; '))`, chromedp.EvalAwaitPromise)))
	if faults != "" {
		t.Errorf("axe: %s", faults)
	}
	j.do(chromedp.KeyEvent(kb.ArrowDown))
	expect("one step down", "combobox|true|patrolling|patr")
	j.do(chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowUp))
	expect("two steps up", "combobox|true|Patrols by night (deutsch)|patr")
	j.do(chromedp.KeyEvent(kb.Escape))
	expect("Escape", "combobox|false||patr")
	j.do(chromedp.KeyEvent("o"), offered, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	expect("one letter more and two steps down", "combobox|true|Patrols by night|patro")
	if _, err := chromedp.Run(j.ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.KeyEvent(kb.Enter))); err != nil {
		t.Fatal(err)
	}
	if at := j.at(); at != "/en/library/"+id+"/en" {
		var loc string
		j.do(into(&loc, chromedp.Evaluate[string]("location.href+' '+performance.getEntriesByType('navigation')[0].type")))
		t.Errorf("Enter on a title leads to %s %s", at, loc)
	}
	j.open("/en/search")
	j.write("#q", "patr")
	j.do(offered)
	if _, err := chromedp.Run(j.ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.KeyEvent(kb.Enter))); err != nil {
		t.Fatal(err)
	}
	if at := j.at(); at != "/en/search" {
		t.Errorf("Enter without a choice leads to %s", at)
	}
}
