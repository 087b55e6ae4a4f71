package web

import (
	"net/http"
	"net/url"

	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/search"
)

// ThemesView lists the six themes of the Framework (¶14–19) with their
// sub-themes.
type ThemesView struct{ Themes []ThemeDoor }

// ThemeDoor leads to a theme or a sub-theme.
type ThemeDoor struct {
	ID    string // of the anchor
	Name  string
	About string
	URL   string
	Held  string // "61 documents", of those that the reader may see
	Subs  []ThemeDoor
}

// ThemeView is the doorway of one theme: what it is, what it rests on, and what
// the library has of it.
type ThemeView struct {
	ID          string // as the search form sends it
	About       string
	Subs        []ThemeDoor
	Items       []Link // of the Framework
	Siblings    []Link // the other sub-themes of the same theme
	Documents   DocumentsView
	Feed        string    // address of the feed of its documents
	Figures     []Figures // by type, language, year
	Collections []CollectionLine
	Concepts    []Link // of the thesaurus
}

var themesPage = newPage("themes", ThemesView{Themes: []ThemeDoor{{
	ID: "police-reform", Name: "Police development and reform", About: "How a police service becomes one that the people trust.",
	URL: "/en/themes/police-reform", Held: "148 documents",
	Subs: []ThemeDoor{
		{ID: "community-policing", Name: "Community policing", About: "Police and public solve local problems together.", URL: "/en/themes/police-reform/community-policing", Held: "61 documents"},
		{ID: "anti-corruption", Name: "Anti-corruption", About: "Integrity inside the police.", URL: "/en/themes/police-reform/anti-corruption", Held: "No documents yet"},
	},
}}})

var themePage = newPage("theme", ThemeView{
	ID: "police-reform", About: "How a police service becomes one that the people trust.",
	Subs:     []ThemeDoor{{Name: "Community policing", About: "Police and public solve local problems together.", URL: "/en/themes/police-reform/community-policing", Held: "61 documents"}},
	Items:    []Link{{"14 Police development and reform", "/en/framework/1049/14"}},
	Siblings: []Link{{"Police education and training", "/en/themes/police-reform/police-education"}},
	Documents: DocumentsView{
		Items:   []DocumentItem{{"Полицейское образование", "/en/library/1/ru", "ru", &Tag{Attention, "Closed"}, []string{"Guide", "March 2026"}, []VersionLink{{"Русский", "ru", "/en/library/1/ru", false, ""}}}},
		All:     "/en/library?theme=police-reform",
		AllText: "All 148 documents", Empty: "Nothing yet.",
	},
	Feed: "/en/library.atom?theme=police-reform", Figures: sampleFigures,
	Collections: []CollectionLine{{"First contact", "/en/collections/1", "en", "What to read before the first meeting.", &Tag{Attention, "Members"}, "12 documents"}},
	Concepts:    []Link{{"community policing", "/en/thesaurus/community-policing"}},
})

func (h *House) openThemes() {
	h.site.Handle("GET /themes", h.themes)
	h.site.Handle("GET /themes/{id...}", h.theme)
}

// themes shows what there is on each theme: one count of the index for all.
func (h *House) themes(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	counts, err := h.counts(r, search.Theme)
	if err != nil {
		return err
	}
	var v ThemesView
	for _, t := range framework.Themes() {
		door := f.themeDoor(t, counts)
		for _, sub := range t.Narrower {
			door.Subs = append(door.Subs, f.themeDoor(sub, counts))
		}
		v.Themes = append(v.Themes, door)
	}
	f.Title, f.Description = f.T("web.nav.themes"), f.T("themes.lead")
	return themesPage.Show(w, f, v)
}

func (f *Frame) themeDoor(t framework.Term, counts map[string]int) ThemeDoor {
	door := ThemeDoor{
		ID: t.ID, Name: t.Names.In(f.Lang), About: t.About.In(f.Lang), URL: f.URL("/themes/" + t.ID), Held: f.T("themes.none"),
	}
	if n := counts[t.ID]; n > 0 {
		door.Held = f.T("themes.documents", "n", n)
	}
	return door
}

// theme shows one theme or sub-theme.
func (h *House) theme(w http.ResponseWriter, r *http.Request) error {
	t, ok := framework.Theme(r.PathValue("id"))
	if !ok {
		return NotFound()
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return err
	}
	words := wording{Frame: h.site.Frame(r), names: names}
	list, answer, err := h.documents(r, words, search.Theme, t.ID)
	if err != nil {
		return err
	}
	list.Empty = words.T("themes.empty")
	list.Items = list.Items[:min(len(list.Items), newestOnTheme)]
	chosen := url.Values{"theme": {t.ID}}.Encode()
	v := ThemeView{
		ID: t.ID, About: t.About.In(words.Lang), Items: words.items(t.Items), Documents: list, Feed: words.URL("/library.atom?" + chosen),
		Figures: words.figures("/library?"+chosen, answer, search.Type, search.Lang, search.Year),
	}
	if err := h.beside(r, words, t, &v); err != nil {
		return err
	}
	if err := h.around(r, words.Frame, t, &v); err != nil {
		return err
	}
	words.Title, words.Description = t.Names.In(words.Lang), v.About
	words.Feed = v.Feed
	if err := h.offerFollow(r, words.Frame, "theme", t.ID); err != nil {
		return err
	}
	return themePage.Show(w, words.Frame, v)
}

// around adds what stands below a theme, or beside and above a sub-theme.
func (h *House) around(r *http.Request, f *Frame, t framework.Term, v *ThemeView) error {
	f.Crumbs = []Link{{f.T("web.nav.themes"), f.URL("/themes")}}
	if t.Parent() == "" {
		counts, err := h.counts(r, search.Theme)
		for _, sub := range t.Narrower {
			v.Subs = append(v.Subs, f.themeDoor(sub, counts))
		}
		return err
	}
	parent, _ := framework.Theme(t.Parent())
	f.Crumbs = append(f.Crumbs, Link{parent.Names.In(f.Lang), f.URL("/themes/" + parent.ID)})
	for _, sub := range parent.Narrower {
		if sub.ID != t.ID {
			v.Siblings = append(v.Siblings, Link{sub.Names.In(f.Lang), f.URL("/themes/" + sub.ID)})
		}
	}
	return nil
}

// items are links to items of the Framework, under our titles.
func (f *Frame) items(ids []string) []Link {
	var list []Link
	for _, id := range ids {
		if i, ok := framework.Find(id); ok {
			list = append(list, Link{i.Number() + " " + i.Titles.In(f.Lang), f.URL("/framework/" + i.ID)})
		}
	}
	return list
}
