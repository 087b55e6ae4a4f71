package directory

import (
	"slices"
	"strings"

	"polis/internal/lang"
)

// Label is the entry's name as a form shows it and takes it back: its full name
// in the language, with its id where another entry is called the same.
func (s *Snapshot) Label(e Entry, t lang.Tag) string {
	name := e.NameOn("", t)
	same := func(other Entry) bool { return other.ID != e.ID && other.NameOn("", t) == name }
	if slices.ContainsFunc(s.entries, same) {
		return name + " (" + e.ID + ")"
	}
	return name
}

// Named returns the entries that somebody means who writes the text: one where
// it is clear, none where nothing is called so. An id or a label decides before
// what is called so today in the language, and that before any name or
// abbreviation that an entry bears or bore in any language. Case and accents
// make no difference, and parts of names are nobody's name.
func (s *Snapshot) Named(text string, t lang.Tag) []Entry {
	text = strings.TrimSpace(text)
	if e, ok := s.Entry(text); ok {
		return []Entry{e}
	}
	if name, id, ok := strings.Cut(strings.TrimSuffix(text, ")"), " ("); ok {
		if e, ok := s.Entry(id); ok && plain(e.NameOn("", t)) == plain(name) {
			return []Entry{e}
		}
	}
	wanted := plain(text)
	if wanted == "" {
		return nil
	}
	today := s.bearing(func(e Entry) bool {
		n := e.Called("")
		return plain(n.Long.In(t)) == wanted || plain(n.Short[t]) == wanted
	})
	if len(today) > 0 {
		return today
	}
	return s.bearing(func(e Entry) bool { return plain(e.ID) == wanted || plain(e.ISO3) == wanted || e.bore(wanted) })
}

func (s *Snapshot) bearing(keep func(Entry) bool) (found []Entry) {
	for _, e := range s.entries {
		if keep(e) {
			found = append(found, e)
		}
	}
	return found
}

// bore reports whether the entry has or had the name, in any language.
func (e Entry) bore(wanted string) bool {
	return slices.ContainsFunc(e.Names, func(n Name) bool {
		return slices.ContainsFunc(lang.All, func(t lang.Tag) bool {
			return plain(n.Long[t]) == wanted || plain(n.Short[t]) == wanted
		})
	})
}

// plain folds a whole name: typed apostrophes, hyphens and spaces count as the
// printed ones.
func plain(name string) string {
	return strings.Join(strings.Fields(strings.Map(typed, fold(name))), " ")
}

// typed is the character that a keyboard has for one that print has.
func typed(r rune) rune {
	switch r {
	case '’', 'ʼ', '‘':
		return '\''
	case '‑', '–':
		return '-'
	}
	return r
}
