package oai

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
)

// reader makes of the records of a source what the library takes.
type reader struct {
	source library.Source
	names  *directory.Snapshot
}

// Longest texts that the library keeps, in characters.
const (
	longestTitle   = 500
	longestSummary = 5000
	longestLicence = 300
	mostFields     = 5000 // of one record
	longestName    = 1000 // of a record
)

// foreign reads one record.
func (r reader) foreign(f found) library.Foreign {
	out := library.Foreign{Identifier: strings.TrimSpace(f.Header.Identifier), Stamp: cut(strings.TrimSpace(f.Header.Stamp), 40), Gone: f.Header.Status == "deleted"}
	for _, a := range f.About {
		for _, p := range a.Provenance {
			for o := p.Origin; o != nil && len(out.Before) < 20; o = o.Before {
				if name := strings.TrimSpace(o.Identifier); name != "" && len(name) <= longestName {
					out.Before = append(out.Before, name)
				}
			}
		}
	}
	if out.Gone {
		return out
	}
	fields := dublinCoreOf(f)
	switch {
	case fields == nil:
		out.Fault = "exchange.aside.format"
		return out
	case len(fields) > mostFields:
		out.Fault = "exchange.aside.large"
		return out
	}
	d := core{fields: fields}
	out.Draft, out.Texts, out.Link = r.draft(d, f.Header.Sets), d.texts(), d.link()
	if len(out.Texts) == 0 {
		out.Fault = "exchange.aside.title"
	}
	return out
}

// dublinCoreOf are the fields of a record's Dublin Core, simple or qualified,
// whatever its root is called; nil where it has none.
func dublinCoreOf(f found) []foundField {
	var list []foundField
	for _, m := range f.Metadata {
		for _, of := range m.Of {
			for _, field := range of.Fields {
				field.Text = strings.Join(strings.Fields(field.Text), " ")
				if (field.XMLName.Space == elements || field.XMLName.Space == terms) && field.Text != "" {
					list = append(list, field)
				}
			}
		}
	}
	return list
}

// core is one record's Dublin Core.
type core struct{ fields []foundField }

// all are the values of an element, by its names in simple and qualified.
func (d core) all(names ...string) (list []foundField) {
	for _, f := range d.fields {
		if slices.Contains(names, f.XMLName.Local) {
			list = append(list, f)
		}
	}
	return list
}

// language is that of texts that name none: the record's own where it has one of
// ours, else what the words say.
func (d core) language() lang.Tag {
	named := d.all("language")
	for _, f := range named {
		if t, ok := lang.Base(f.Text); ok {
			return t
		}
	}
	if len(named) > 0 {
		return "" // a language that POLIS does not speak
	}
	var all []string
	for _, f := range d.all("title", "description", "abstract") {
		all = append(all, f.Text)
	}
	if t, sure := extract.LanguageOf(strings.Join(all, ". ")); sure {
		return t
	}
	return ""
}

// texts are the language versions: the titles by their languages, each with the
// descriptions in the same.
func (d core) texts() []library.Text {
	own := d.language()
	in := func(f foundField) lang.Tag {
		if f.Lang == "" {
			return own
		}
		t, _ := lang.Base(f.Lang)
		return t
	}
	var list []library.Text
	for _, f := range d.all("title") {
		t := in(f)
		if !slices.ContainsFunc(list, func(have library.Text) bool { return have.Lang == t }) {
			list = append(list, library.Text{Lang: t, Title: cut(f.Text, longestTitle)})
		}
	}
	for _, f := range d.all("description", "abstract") {
		for i := range list {
			if list[i].Lang == in(f) {
				list[i].Summary = cut(strings.TrimSpace(list[i].Summary+"\n\n"+f.Text), longestSummary)
			}
		}
	}
	return list
}

// link is the first address of the web among the identifiers.
func (d core) link() string {
	for _, f := range d.all("identifier", "source", "relation") {
		u, err := url.Parse(f.Text)
		if f.XMLName.Local == "identifier" && err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(f.Text) <= 2000 {
			return f.Text
		}
	}
	return ""
}

// symbolForm is what a document of an organisation is called by: PC.DEC/1049,
// SEC.GAL/12/26. No address, DOI or ISBN is.
var symbolForm = regexp.MustCompile(`^[\p{Lu}0-9][\p{L}0-9.\-]*(/[\p{L}0-9.\-]+)+(/?(Rev|Corr|Add)\.\d+)*$`)

var dateForm = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d)?)?`)

// draft is what the record says of the document itself.
func (r reader) draft(d core, sets []string) library.Draft {
	var out library.Draft
	for _, f := range d.all("identifier") {
		if out.Symbol == "" && len(f.Text) <= 80 && symbolForm.MatchString(f.Text) && !strings.HasPrefix(f.Text, "10.") {
			out.Symbol = f.Text
		}
	}
	for _, f := range d.all("issued", "date", "created") {
		if date := dateForm.FindString(f.Text); out.Dated == "" {
			out.Dated = date
		}
	}
	for _, f := range d.all("rights", "license") {
		out.Licence = cmp.Or(out.Licence, cut(f.Text, longestLicence))
	}
	out.Kind = kindOf(d, sets)
	r.subjects(&out, d, sets)
	out.Origin = r.origin(d)
	return out
}

// kindOf finds the type of document by its id or name, or by the set.
func kindOf(d core, sets []string) string {
	for _, spec := range sets {
		if id, ok := strings.CutPrefix(spec, library.TypeSet+":"); ok && isType(id) {
			return id
		}
	}
	for _, f := range d.all("type") {
		for _, t := range framework.Types() {
			if named(t, f.Text) {
				return t.ID
			}
		}
	}
	return ""
}

func isType(id string) bool { _, ok := framework.Type(id); return ok }

// named reports whether somebody who writes the text means the term.
func named(t framework.Term, text string) bool {
	if strings.EqualFold(t.ID, text) {
		return true
	}
	for _, name := range t.Names {
		if strings.EqualFold(name, text) {
			return true
		}
	}
	return false
}

// mostWords bounds the keywords of one record in one language.
const mostWords = 50

// subjects makes themes of what is called like one, or stands in its set, and
// keywords of the rest.
func (r reader) subjects(out *library.Draft, d core, sets []string) {
	theme := func(id string) {
		if !slices.Contains(out.Themes, id) {
			out.Themes = append(out.Themes, id)
		}
	}
	for _, spec := range sets {
		if rest, ok := strings.CutPrefix(spec, library.ThemeSet+":"); ok {
			id := strings.ReplaceAll(rest, ":", "/")
			if _, ok := framework.Theme(id); ok {
				theme(id)
			}
		}
	}
	own := d.language()
	for _, f := range d.all("subject") {
		if id := themeNamed(f.Text); id != "" {
			theme(id)
			continue
		}
		t := own
		if f.Lang != "" {
			t, _ = lang.Base(f.Lang)
		}
		if t == "" || len(out.Keywords[t]) >= mostWords {
			continue
		}
		if out.Keywords == nil {
			out.Keywords = map[lang.Tag][]string{}
		}
		if word := cut(f.Text, 200); !slices.Contains(out.Keywords[t], word) {
			out.Keywords[t] = append(out.Keywords[t], word)
		}
	}
	slices.Sort(out.Themes)
}

func themeNamed(text string) string {
	for _, theme := range framework.Themes() {
		for _, t := range append([]framework.Term{theme}, theme.Narrower...) {
			if named(t, text) {
				return t.ID
			}
		}
	}
	return ""
}

// origin is where the document comes from: as whoever harvests says, or the entry of
// the directory that is called as the publisher is.
func (r reader) origin(d core) string {
	if r.source.Origin != "" {
		return r.source.Origin
	}
	for _, f := range d.all("publisher", "creator") {
		t, _ := lang.Base(f.Lang)
		if list := r.names.Named(f.Text, cmp.Or(t, lang.English)); len(list) == 1 {
			return list[0].ID
		}
	}
	return ""
}
