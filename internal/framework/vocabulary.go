package framework

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"polis/internal/lang"
)

//go:embed vocabulary.json
var vocabularyFile []byte

// Term is a word that POLIS sorts by: a theme or sub-theme, a line of action, a
// principle, a kind of support, a type of document, a dimension. Its id is
// stable and outlives editions. Terms are shared: do not change them.
type Term struct {
	ID       string     `json:"id"` // "cybercrime", "cybercrime/network-24-7", "training"
	Names    lang.Names `json:"names"`
	About    lang.Names `json:"about"` // one sentence; themes only
	Items    []string   `json:"items"` // ids of the items it rests on
	Narrower []Term     `json:"-"`     // sub-themes
}

// Parent is the id of the theme that a sub-theme belongs to, or "".
func (t Term) Parent() string {
	parent, _, ok := strings.Cut(t.ID, "/")
	if !ok {
		return ""
	}
	return parent
}

type vocabulary struct {
	Themes     []Term `json:"themes"` // read: each theme followed by its sub-themes; kept: the themes
	Principles []Term `json:"principles"`
	Supports   []Term `json:"supports"`
	Types      []Term `json:"types"`
	Dimensions []Term `json:"dimensions"`
}

func loadVocabulary() vocabulary {
	var v vocabulary
	if err := json.Unmarshal(vocabularyFile, &v); err != nil {
		panic(fmt.Errorf("framework: vocabulary.json: %w", err))
	}
	flat := v.Themes
	v.Themes = nil
	for _, t := range flat {
		if t.Parent() == "" {
			v.Themes = append(v.Themes, t)
			continue
		}
		theme := &v.Themes[len(v.Themes)-1]
		theme.Narrower = append(theme.Narrower, t)
	}
	return v
}

// Themes lists the six thematic priorities (¶14–19), each with its sub-themes.
func Themes() []Term { return loaded().words.Themes }

// Principles lists what guides the work (¶10–11).
func Principles() []Term { return loaded().words.Principles }

// Supports lists the kinds of support that the OSCE gives (¶3).
func Supports() []Term { return loaded().words.Supports }

// Types lists the types of document in the library.
func Types() []Term { return loaded().words.Types }

// Dimensions lists the three dimensions of security (¶9.1).
func Dimensions() []Term { return loaded().words.Dimensions }

// Lines lists the lines of action of the edition in force. They are its items
// 12.1 to 12.5 and go by those ids.
func Lines() []Term {
	var list []Term
	for _, i := range Current().Dashes(12) {
		list = append(list, Term{ID: i.ID, Names: i.Titles, Items: []string{i.ID}})
	}
	return list
}

// Theme finds a theme or a sub-theme by its id.
func Theme(id string) (Term, bool) {
	parent, _, sub := strings.Cut(id, "/")
	theme, ok := find(Themes(), parent)
	if !sub || !ok {
		return theme, ok
	}
	return find(theme.Narrower, id)
}

// Principle finds a principle by its id.
func Principle(id string) (Term, bool) { return find(Principles(), id) }

// Support finds a kind of support by its id.
func Support(id string) (Term, bool) { return find(Supports(), id) }

// Type finds a type of document by its id.
func Type(id string) (Term, bool) { return find(Types(), id) }

// Dimension finds a dimension by its id.
func Dimension(id string) (Term, bool) { return find(Dimensions(), id) }

// Line finds a line of action by its id, "1049/12.4".
func Line(id string) (Term, bool) { return find(Lines(), id) }

// ThemesOf lists the themes and sub-themes that rest on the item itself: one
// activity under ¶18.4 counts once and shows in each of them.
func ThemesOf(item string) []Term {
	var list []Term
	for _, theme := range Themes() {
		for _, t := range append([]Term{theme}, theme.Narrower...) {
			if slices.Contains(t.Items, item) {
				list = append(list, t)
			}
		}
	}
	return list
}

func find(list []Term, id string) (Term, bool) {
	i := slices.IndexFunc(list, func(t Term) bool { return t.ID == id })
	if i < 0 {
		return Term{}, false
	}
	return list[i], true
}
