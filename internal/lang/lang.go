// Package lang speaks to the reader in her own language.
//
// POLIS has the six working languages of the OSCE. A Tag names one of them, a
// Printer speaks it: For(tag).T("library.count", "n", 3) finds the message in
// the catalogue, chooses the plural form by the rules of the language and
// writes numbers, dates and lists as its readers write them. The texts stand in
// messages/ROOM.json, one file a room, the six languages of a message side by
// side, so that whoever changes one sees the other five:
//
//	"library.title": {"en": "Library", "fr": "Bibliothèque", …},
//	"library.count": {"en": {"one": "{n} document", "other": "{n} documents"}, …}
//
// {name} is a placeholder. A plural is an object of CLDR forms, chosen by the
// argument n: one and other for en and de; one, many and other for fr, it and
// es (many is "1 000 000 de documents"); one, few, many and other for ru (other
// is for fractions). The tests of this package hold every file to that.
//
// A language is chosen by its exact name and never by likeness: a general
// matcher would serve Russian to a Ukrainian, Kazakh or Armenian browser.
package lang

import (
	"slices"
	"strings"
)

// Tag is one of the six languages, as its two-letter code of ISO 639-1.
type Tag string

// The six working languages.
const (
	English Tag = "en"
	French  Tag = "fr"
	German  Tag = "de"
	Italian Tag = "it"
	Russian Tag = "ru"
	Spanish Tag = "es"
)

// All lists the languages in the order of their English names.
var All = []Tag{English, French, German, Italian, Russian, Spanish}

// Name is what the language calls itself ("Français"), or the tag as it is for
// a language that POLIS does not speak.
func (t Tag) Name() string {
	if i := slices.Index(All, t); i >= 0 {
		return voices[i].name
	}
	return string(t)
}

// Parse reads a tag as addresses and our own records write it: "fr" and nothing
// else. "FR", "fr-CH" and "uk" are not tags; see Base for what others write.
func Parse(s string) (Tag, bool) {
	t := Tag(s)
	return t, slices.Contains(All, t)
}

// threeLetters are the codes of ISO 639-2, both kinds, as libraries write them.
var threeLetters = map[string]Tag{
	"eng": English, "fra": French, "fre": French, "deu": German, "ger": German,
	"ita": Italian, "rus": Russian, "spa": Spanish,
}

// Base reads the base language of a tag that somebody else wrote: "de-AT",
// "en_GB", "RUS". It is false for a language that is not one of the six,
// however similar, and for a script or region without a language.
func Base(s string) (Tag, bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "-_"); i >= 0 {
		s = s[:i]
	}
	s = strings.ToLower(s)
	if t, ok := threeLetters[s]; ok {
		return t, true
	}
	return Parse(s)
}

// Names is what something is called in some of the languages.
type Names map[Tag]string

// In returns the name in the language, else in English, else in the first
// language of All that has one. It is "" only where there is no name at all.
func (n Names) In(t Tag) string {
	if s := n[t]; s != "" {
		return s
	}
	for _, other := range All {
		if s := n[other]; s != "" {
			return s
		}
	}
	return ""
}
