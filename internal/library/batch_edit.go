package library

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// BatchEdit is one change to many documents: what it does not name stays.
type BatchEdit struct {
	AddThemes    []string `json:",omitempty"`
	DropThemes   []string `json:",omitempty"`
	Kind         *string  `json:",omitempty"` // of all of them; "" takes it away
	Origin       *string  `json:",omitempty"`
	Licence      *string  `json:",omitempty"`
	KeywordLang  lang.Tag `json:",omitempty"` // of the words to add
	AddKeywords  []string `json:",omitempty"`
	DropKeywords []string `json:",omitempty"` // in whichever language, whatever their case
	Raise        string   `json:",omitempty"` // circle of readers, for documents that more people read
	Find         string   `json:",omitempty"` // in the places below
	With         string   `json:",omitempty"` // in its place; "" takes it out
	InTitles     bool     `json:",omitempty"`
	InSummaries  bool     `json:",omitempty"`
	InKeywords   bool     `json:",omitempty"`
	CaseMatters  bool     `json:",omitempty"`
	WholeWords   bool     `json:",omitempty"`
}

// Snapshot is what a batch may change of a document.
type Snapshot struct {
	Kind, Origin, Licence string
	Themes                []string
	Keywords              map[lang.Tag][]string
	Texts                 []Titles
	Circle                string // of its readers, as access.Label.Circle names it
}

func snapshotOf(r Record) Snapshot {
	s := Snapshot{Kind: r.Kind, Origin: r.Origin, Licence: r.Licence, Themes: r.Themes, Keywords: r.Keywords, Circle: r.Circle()}
	for _, e := range r.Editions {
		s.Texts = append(s.Texts, Titles{e.Lang, e.Title, e.Summary})
	}
	return s
}

// Validate returns an Invalid with the form's fields, or nil.
func (e BatchEdit) Validate(ctx context.Context, q store.Reader) error {
	value := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	v := Invalid{}
	err := Draft{Kind: value(e.Kind), Origin: value(e.Origin), Licence: value(e.Licence), Tags: Tags{Themes: slices.Concat(e.AddThemes, e.DropThemes)}}.Validate(ctx, q)
	if err != nil && !errors.As(err, &v) {
		return err
	}
	if e.Find != "" && !e.InTitles && !e.InSummaries && !e.InKeywords {
		v["in"] = "tidy.error.in"
	}
	if e.Find == "" && e.With != "" || utf8.RuneCountInString(e.Find) > 200 {
		v["find"] = "tidy.error.find"
	}
	if utf8.RuneCountInString(e.With) > 300 {
		v["with"] = "tidy.error.with"
	}
	for _, words := range [][]string{e.AddKeywords, e.DropKeywords} {
		if len(words) > 50 || slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > 200 }) {
			v["add-keywords"] = "tidy.error.keywords"
		}
	}
	if to, ok := access.ParseCircle(e.Raise); e.Raise != "" && (!ok || to.Level == access.Public || to.Circle() == "nobody") {
		v["raise"] = "library.error.level"
	}
	if len(v) == 0 && reflect.DeepEqual(e, BatchEdit{KeywordLang: e.KeywordLang, InTitles: e.InTitles, InSummaries: e.InSummaries, InKeywords: e.InKeywords, CaseMatters: e.CaseMatters, WholeWords: e.WholeWords}) {
		v["find"] = "tidy.error.nothing"
	}
	return v.orNil()
}

// Apply is what the document becomes. It leaves s as it is.
func (e BatchEdit) Apply(s Snapshot) Snapshot {
	for to, from := range map[*string]*string{&s.Kind: e.Kind, &s.Origin: e.Origin, &s.Licence: e.Licence} {
		if from != nil {
			*to = *from
		}
	}
	s.Themes = slices.DeleteFunc(joined(s.Themes, e.AddThemes), func(id string) bool { return slices.Contains(e.DropThemes, id) })
	replace := e.replacer()
	s.Keywords = e.keywords(s.Keywords, replace)
	s.Texts = slices.Clone(s.Texts)
	for i := range s.Texts {
		if e.InTitles {
			s.Texts[i].Title = squeezed(s.Texts[i].Title, replace)
		}
		if e.InSummaries {
			s.Texts[i].Summary = squeezed(s.Texts[i].Summary, replace)
		}
	}
	from, _ := access.ParseCircle(s.Circle)
	if to, ok := access.ParseCircle(e.Raise); ok && to.Level > from.Level && !access.Wider(from, to) {
		s.Circle = e.Raise
	}
	return s
}

// squeezed replaces, and takes off the blanks that words taken out leave at the ends.
func squeezed(text string, replace func(string) string) string {
	if next := replace(text); next != text {
		return strings.TrimSpace(next)
	}
	return text
}

// joined puts behind a list what it has not yet.
func joined(list, more []string) []string {
	all := slices.Clone(list)
	for _, v := range more {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func (e BatchEdit) keywords(old map[lang.Tag][]string, replace func(string) string) map[lang.Tag][]string {
	next := map[lang.Tag][]string{}
	for t, words := range old {
		var kept []string
		for _, w := range words {
			if e.InKeywords {
				w = squeezed(w, replace)
			}
			drop := slices.ContainsFunc(e.DropKeywords, func(d string) bool { return strings.EqualFold(d, w) })
			if w != "" && !drop && !slices.Contains(kept, w) {
				kept = append(kept, w)
			}
		}
		if len(kept) > 0 {
			next[t] = kept
		}
	}
	if len(e.AddKeywords) > 0 {
		next[e.KeywordLang] = joined(next[e.KeywordLang], e.AddKeywords)
	}
	return next
}

// replacer puts one text in the place of another.
func (e BatchEdit) replacer() func(string) string {
	if e.Find == "" {
		return func(s string) string { return s }
	}
	flags := "(?i)"
	if e.CaseMatters {
		flags = ""
	}
	pattern, err := regexp.Compile(flags + regexp.QuoteMeta(e.Find))
	if err != nil {
		return func(s string) string { return s } // no UTF-8: it stands in no text
	}
	return func(s string) string {
		var out strings.Builder
		at := 0
		for _, m := range pattern.FindAllStringIndex(s, -1) {
			if e.WholeWords && (joins(s, m[0]) || joins(s, m[1])) {
				continue
			}
			out.WriteString(s[at:m[0]] + e.With)
			at = m[1]
		}
		return out.String() + s[at:]
	}
}

// joins reports whether a word goes on across the place, in any script: what RE2
// calls a word is ASCII.
func joins(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at:])
	return inWord(before) && inWord(after)
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// BatchDifference is one field of a document before and after.
type BatchDifference struct {
	Field       string   // "type", "origin", "licence", "themes", "level", "title", "summary", "keywords"
	Lang        lang.Tag // of the last three
	Was, Became []string
}

// Differences lists what differs, in a fixed order.
func (s Snapshot) Differences(next Snapshot) (list []BatchDifference) {
	add := func(field string, t lang.Tag, was, became []string) {
		if !slices.Equal(was, became) {
			list = append(list, BatchDifference{field, t, was, became})
		}
	}
	for i, t := range s.Texts {
		if i < len(next.Texts) {
			add("title", t.Lang, []string{t.Title}, []string{next.Texts[i].Title})
			add("summary", t.Lang, []string{t.Summary}, []string{next.Texts[i].Summary})
		}
	}
	langs := map[lang.Tag]bool{}
	for _, words := range []map[lang.Tag][]string{s.Keywords, next.Keywords} {
		for t := range words {
			langs[t] = true
		}
	}
	for _, t := range slices.Sorted(maps.Keys(langs)) {
		add("keywords", t, s.Keywords[t], next.Keywords[t])
	}
	add("type", "", []string{s.Kind}, []string{next.Kind})
	add("origin", "", []string{s.Origin}, []string{next.Origin})
	add("licence", "", []string{s.Licence}, []string{next.Licence})
	add("themes", "", s.Themes, next.Themes)
	add("level", "", []string{s.Circle}, []string{next.Circle})
	return list
}

// fits reports whether a document may become so.
func (s Snapshot) fits() bool {
	return !slices.ContainsFunc(s.Texts, func(t Titles) bool { return Text{Lang: t.Lang, Title: t.Title, Summary: t.Summary}.Validate() != nil })
}
